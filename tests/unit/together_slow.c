/*
 * together_slow.c - eight processes, or threads, that start at once on one
 * fresh file.
 *
 * They are let go by the closing of a pipe.  Each must end without an error;
 * what they say they did must add up to the history; and since every migration
 * writes down that it ran, none can have run twice unseen.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#include "database.h"
#include "image.h"
#include "sets.h"

enum { MEMBERS = 8, ROUNDS = 20, FEWER = 10, MANY = 50, LATEST = 4 };

/* ---------------------------------------------------------- sets that count */

#define COUNTED(number)                                                                            \
    SQL(3, "CREATE TABLE thing_" #number "(id INTEGER)"),                                          \
        SQL(4, "INSERT INTO run VALUES(" #number ")"), SQL(7, "DROP TABLE thing_" #number),        \
        SQL(8, "DELETE FROM run WHERE migration = " #number)

static const migc_step count_1[] = {
    SQL(3, "CREATE TABLE run(migration INTEGER NOT NULL)"),
    SQL(4, "INSERT INTO run VALUES(1)"),
    SQL(7, "DROP TABLE run"),
};
static const migc_step count_2[] = {COUNTED(2)};
static const migc_step count_3[] = {COUNTED(3)};
static const migc_step count_4[] = {COUNTED(4)};

static const migc_step count_outside[] = {
    SQL(3, "INSERT INTO run VALUES(2)"),           SQL(4, "VACUUM"),
    SQL(5, "CREATE TABLE thing_2(id INTEGER)"),    SQL(8, "DROP TABLE thing_2"),
    SQL(9, "DELETE FROM run WHERE migration = 2"),
};

static const migc_migration count_migrations[] = {
    MIGRATION(1, "001_runs", 0, 2, 1, 0, count_1),
    MIGRATION(2, "002_two", 0, 2, 2, 0, count_2),
    MIGRATION(3, "003_three", 0, 2, 2, 0, count_3),
    MIGRATION(4, "004_four", 0, 2, 2, 0, count_4),
};

static const migc_migration outside_migrations[] = {
    MIGRATION(1, "001_runs", 0, 2, 1, 0, count_1),
    MIGRATION(2, "002_vacuum", MIGC_NO_TRANSACTION, 3, 2, 0, count_outside),
    MIGRATION(3, "003_three", 0, 2, 2, 0, count_3),
    MIGRATION(4, "004_four", 0, 2, 2, 0, count_4),
};

static const migc_set counting = SET("counting", count_migrations, NULL);
static const migc_set counting_outside = SET("counting", outside_migrations, &migc_no_transaction);

/* ------------------------------------------------------------------- members */

struct crowd {
    const migc_set *set;
    int threads; /* in place of processes */
    int wal;     /* each sets it first, as hosts do */
    int rounds;
    unsigned flags;
    int64_t older; /* every second one goes to this version; 0: none does */
};

/* What a member has to say; small enough for a pipe to take it whole. */
struct report {
    migc_error error;
    migc_result result;
};

struct member {
    const struct crowd *crowd;
    const char *path;
    int number;
    int gate; /* opens when its other end closes */
    struct report report;
};

/* Answers BUSY whatever the timeout is. */
static int set_wal(sqlite3 *db, void *unused) {
    (void)unused;
    int code;
    while ((code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) == SQLITE_BUSY)
        sched_yield();
    return code;
}

static void go_to_older(struct member *member, const migc_options *options) {
    sqlite3 *db = NULL;
    struct report *report = &member->report;
    if (sqlite3_open(member->path, &db) != SQLITE_OK ||
        (options->on_open && options->on_open(db, NULL) != SQLITE_OK))
        snprintf(report->error.message, sizeof(report->error.message), "%s", sqlite3_errmsg(db));
    else
        migc_to(db, member->crowd->set, member->crowd->older, options, &report->error);
    sqlite3_close(db);
}

static void take_part(struct member *member) {
    char byte;
    sqlite3 *db = NULL;
    const struct crowd *crowd = member->crowd;
    struct report *report = &member->report;
    migc_options options = {
        .flags = crowd->flags, .on_open = crowd->wal ? set_wal : NULL, .result = &report->result};
    while (read(member->gate, &byte, 1) < 0)
        ;
    if (crowd->older && member->number % 2) {
        go_to_older(member, &options);
    } else {
        migc_open(member->path, crowd->set, &options, &db, &report->error);
        sqlite3_close(db);
    }
}

static void *thread_main(void *argument) {
    take_part(argument);
    return NULL;
}

static void let_threads_go(struct member *members, int door) {
    pthread_t threads[MEMBERS];
    int started = 0;
    while (started < MEMBERS &&
           pthread_create(&threads[started], NULL, thread_main, &members[started]) == 0)
        started++;
    close(door);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(MEMBERS, started);
}

_Noreturn static void process_main(struct member *member, int door, int out) {
    close(door);
    take_part(member);
    ssize_t size = write(out, &member->report, sizeof(member->report));
    _exit(size == (ssize_t)sizeof(member->report) ? 0 : 1);
}

static int wait_for(pid_t child) {
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int read_report(int back, struct report *report) {
    return read(back, report, sizeof(*report)) == (ssize_t)sizeof(*report);
}

/* The reports come in the order the members finish in, which is of no matter. */
static void let_processes_go(struct member *members, int door) {
    pid_t children[MEMBERS];
    int back[2], well = 0, came = 0;
    CHECK_INT(0, pipe(back));
    fflush(stdout);
    for (int i = 0; i < MEMBERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            process_main(&members[i], door, back[1]);
    }
    close(door);
    close(back[1]);
    for (int i = 0; i < MEMBERS; i++)
        well += wait_for(children[i]);
    for (int i = 0; i < well; i++)
        came += read_report(back[0], &members[i].report);
    close(back[0]);
    CHECK_INT(MEMBERS, came);
}

static void let_go(const struct crowd *crowd, const char *path, struct member *members) {
    int gate[2];
    CHECK_INT(0, pipe(gate));
    for (int i = 0; i < MEMBERS; i++)
        members[i] = (struct member){.crowd = crowd, .path = path, .number = i, .gate = gate[0]};
    if (crowd->threads)
        let_threads_go(members, gate[1]);
    else
        let_processes_go(members, gate[1]);
    close(gate[0]);
}

/* ------------------------------------------------------------------- checking */

/* The content at a version that was reached alone. */
static uint64_t digest_at(const migc_set *set, int64_t version) {
    sqlite3 *db = db_open(":memory:");
    migc_code code = migc_to(db, set, version, NULL, NULL);
    uint64_t digest = db_digest(db);
    db_close(db);
    CHECK_INT(MIGC_OK, code);
    return digest;
}

static void check_members(const struct member *members, size_t *done) {
    *done = 0;
    for (int i = 0; i < MEMBERS; i++) {
        CHECK_STR("", members[i].report.error.message);
        *done += members[i].report.result.count;
    }
}

static void check_database(sqlite3 *db, const struct crowd *crowd, size_t done) {
    char text[128];
    int64_t version = db_number(db, "SELECT max(version) FROM migc_migrations");
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    CHECK(version == LATEST || (crowd->older && version == crowd->older));
    CHECK_MSG(db_digest(db) == digest_at(crowd->set, version),
              "at version %d it is not what one alone would have made", (int)version);
    CHECK_INT(version, db_number(db, "SELECT count(*) FROM run"));
    CHECK_INT(done, db_number(db, "SELECT count(*) FROM migc_events"
                                  " WHERE action IN ('up', 'down')"));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_events"
                               " WHERE action NOT IN ('up', 'down', 'started', 'step')"));
    CHECK_INT(0,
              db_number(db, "SELECT count(*) FROM (SELECT version FROM migc_events"
                            " WHERE action IN ('up', 'down') GROUP BY version"
                            " HAVING sum(iif(action = 'up', 1, -1)) <> (SELECT count(*)"
                            " FROM migc_migrations AS m WHERE m.version = migc_events.version))"));
    if (!crowd->older)
        CHECK_INT(LATEST, done);
    if (!crowd->older && crowd->set->snapshot) /* nobody ran a migration */
        CHECK_INT(0, db_number(db, "SELECT sum(duration_us) FROM migc_migrations"));
}

static char current[32];

static void tell_round(void *unused) {
    (void)unused;
    if (*current)
        printf("  in %s\n", current);
    *current = '\0';
}

static void meet(const struct crowd *crowd) {
    static struct lab lab;
    static struct member members[MEMBERS];
    size_t done;
    lab_begin(&lab);
    check_defer(tell_round, NULL);
    for (int round = 1; round <= crowd->rounds; round++) {
        snprintf(current, sizeof(current), "round %d", round);
        lab_empty(&lab);
        let_go(crowd, lab.path, members);
        check_members(members, &done);
        sqlite3 *db = db_open(lab.path);
        check_defer(db_close, db);
        check_database(db, crowd, done);
        check_state.deferred_count--;
        db_close(db);
    }
    *current = '\0';
}

#define TOGETHER(name, title, ...)                                                                 \
    TEST(name, title) {                                                                            \
        static const struct crowd crowd = {__VA_ARGS__};                                           \
        meet(&crowd);                                                                              \
    }

TOGETHER(processes, "N10: eight processes at once, rollback journal", .set = &counting,
         .rounds = ROUNDS)
TOGETHER(processes_wal, "N10: eight processes at once, each setting WAL", .set = &counting,
         .wal = 1, .rounds = ROUNDS)
TOGETHER(processes_each, "N10: eight processes at once, a transaction for each migration",
         .set = &counting, .flags = MIGC_EACH, .rounds = FEWER)
TOGETHER(processes_each_wal, "N10: the same, each setting WAL", .set = &counting,
         .flags = MIGC_EACH, .wal = 1, .rounds = FEWER)
TOGETHER(processes_outside, "N10 P4: eight processes at once, a migration outside transactions",
         .set = &counting_outside, .rounds = ROUNDS)
TOGETHER(processes_outside_wal, "N10 P4: the same, each setting WAL", .set = &counting_outside,
         .wal = 1, .rounds = ROUNDS)
TOGETHER(processes_older, "N10: eight processes at once, four up and four to an older version",
         .set = &counting, .older = 2, .rounds = FEWER)
TOGETHER(processes_older_wal, "N10: the same, a transaction for each, each setting WAL",
         .set = &counting, .older = 1, .flags = MIGC_EACH, .wal = 1, .rounds = FEWER)
TOGETHER(threads, "N10: eight threads at once, rollback journal", .set = &counting, .threads = 1,
         .rounds = ROUNDS)
TOGETHER(threads_wal, "N10: eight threads at once, each setting WAL", .set = &counting,
         .threads = 1, .wal = 1, .rounds = ROUNDS)
TOGETHER(threads_each, "N10: eight threads at once, a transaction for each migration",
         .set = &counting, .threads = 1, .flags = MIGC_EACH, .rounds = FEWER)
TOGETHER(threads_outside, "N10 P4: eight threads at once, a migration outside transactions",
         .set = &counting_outside, .threads = 1, .rounds = ROUNDS)
TOGETHER(threads_older, "N10: eight threads at once, four up and four to an older version",
         .set = &counting, .threads = 1, .older = 2, .wal = 1, .rounds = FEWER)

/* Whoever is first makes the file of the snapshot, the others find it, or their own in the way. */
static void meet_at_new(struct crowd crowd) {
    crowd.set = &imaged_set(crowd.set)->set;
    meet(&crowd);
}

#define TOGETHER_NEW(name, title, ...)                                                             \
    TEST(name, title) {                                                                            \
        meet_at_new((struct crowd){__VA_ARGS__});                                                  \
    }

TOGETHER_NEW(new_processes, "N6 N10: eight processes at once make a new database of the snapshot",
             .set = &counting, .rounds = MANY)
TOGETHER_NEW(new_processes_wal, "N6 N10: the same, each setting WAL", .set = &counting, .wal = 1,
             .rounds = ROUNDS)
TOGETHER_NEW(new_processes_older, "N6 N10: the same, four of them migrating to an older version",
             .set = &counting, .older = 2, .rounds = FEWER)
TOGETHER_NEW(new_threads, "N6 N10: eight threads at once make a new database of the snapshot",
             .set = &counting, .threads = 1, .rounds = MANY)
TOGETHER_NEW(new_threads_wal, "N6 N10: the same, each setting WAL", .set = &counting, .threads = 1,
             .wal = 1, .rounds = ROUNDS)

#define TESTS(X)                                                                                   \
    X(processes)                                                                                   \
    X(processes_wal)                                                                               \
    X(processes_each)                                                                              \
    X(processes_each_wal)                                                                          \
    X(processes_outside)                                                                           \
    X(processes_outside_wal)                                                                       \
    X(processes_older)                                                                             \
    X(processes_older_wal)                                                                         \
    X(threads)                                                                                     \
    X(threads_wal)                                                                                 \
    X(threads_each)                                                                                \
    X(threads_outside)                                                                             \
    X(threads_older)                                                                               \
    X(new_processes)                                                                               \
    X(new_processes_wal)                                                                           \
    X(new_processes_older)                                                                         \
    X(new_threads)                                                                                 \
    X(new_threads_wal)
CHECK_MAIN(TESTS)
