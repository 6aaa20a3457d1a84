/*
 * repair_slow.c - a process that is killed between any two statements of a run
 * outside transactions, and what repair makes of what it leaves; a disk that
 * fails while a history is repaired.
 */
#include <sys/wait.h>

#include "journey.h"

enum { SURVIVED = 10, MOST_STATEMENTS = 500 };

/* What the killed process does, and what must come of it. */
struct way {
    const char *journal;
    const migc_set *from; /* applied before, or NULL */
    int64_t to;
    migc_remedy remedy;
};

static const migc_set library_at_1 = {
    .abi = MIGC_ABI, .name = "library", .count = 1, .migrations = library_migrations};

static struct lab lab;
static long until_death;

static int die_at_statement(unsigned type, void *unused, void *unused2, void *text) {
    (void)type, (void)unused, (void)unused2, (void)text;
    if (--until_death == 0)
        kill(getpid(), SIGKILL);
    return 0;
}

_Noreturn static void travel_to_death(const struct way *way, long number) {
    sqlite3 *db = NULL;
    sqlite3_open(lab.path, &db);
    until_death = number;
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, die_at_statement, NULL);
    migc_code code = migc_to(db, &vacuuming, way->to, NULL, NULL);
    _exit(code == MIGC_OK ? SURVIVED : 1);
}

static void start(const struct way *way) {
    char sql[64];
    lab_empty(&lab);
    sqlite3 *db = db_open(lab.path);
    snprintf(sql, sizeof(sql), "PRAGMA journal_mode = %s; VACUUM", way->journal);
    db_exec(db, sql);
    if (way->from)
        CHECK_INT(MIGC_OK, migc_up(db, way->from, NULL, NULL));
    db_close(db);
}

static uint64_t learn(const struct way *way) {
    start(way);
    sqlite3 *db = db_open(lab.path);
    CHECK_INT(MIGC_OK, migc_to(db, &vacuuming, way->to, NULL, NULL));
    uint64_t after = db_digest(db);
    db_close(db);
    return after;
}

/* The person's part: what 002 had still to do, or to undo. */
static void finish_by_hand(sqlite3 *db, const struct way *way) {
    db_exec(db, way->to ? "INSERT OR IGNORE INTO author VALUES(4, 'Calvino'), (5, 'Cortazar')"
                        : "DELETE FROM author WHERE id IN (4, 5)");
}

static void check_told(sqlite3 *db, const migc_error *error, long number) {
    migc_faults faults;
    migc_states states;
    migc_checks checks;
    migc_error seen;
    CHECK_INT(MIGC_INTERRUPTED, migc_status(db, &vacuuming, &states, NULL, &seen));
    CHECK_STR(error->message, seen.message);
    CHECK_INT(MIGC_INTERRUPTED, migc_check(db, &vacuuming, &checks, NULL, &seen));
    CHECK_STR(error->message, seen.message);
    CHECK_INT(MIGC_OK, migc_find_faults(db, &vacuuming, &faults, NULL, &seen));
    CHECK_MSG(faults.count == 1 && faults.faults[0].type == MIGC_FAULT_INTERRUPTED,
              "killed at statement %ld: %zu faults", number, faults.count);
    CHECK(strncmp(error->message, faults.faults[0].text, strlen(faults.faults[0].text)) == 0);
    CHECK(!faults.faults[0].step || strstr(faults.faults[0].text, "may or may not have run") ||
          strstr(faults.faults[0].text, "has not run"));
    migc_faults_free(&faults);
    migc_states_free(&states);
    migc_checks_free(&checks);
}

/* Returns whether it had been interrupted. */
static int check_repaired(const struct way *way, long number, uint64_t after) {
    migc_error error;
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    migc_code code = migc_to(db, &vacuuming, way->to, NULL, &error);
    int interrupted = code == MIGC_INTERRUPTED;
    if (interrupted) {
        check_told(db, &error, number);
        if (way->remedy == MIGC_REPAIR_MARK)
            finish_by_hand(db, way);
        migc_repair(db, &vacuuming, way->remedy, 2, NULL, &error);
        CHECK_MSG(!*error.message, "killed at statement %ld: %s", number, error.message);
        code = migc_to(db, &vacuuming, way->to, NULL, &error);
    }
    CHECK_MSG(code == MIGC_OK, "killed at statement %ld: %s", number, error.message);
    CHECK_MSG(db_digest(db) == after, "killed at statement %ld: not as after", number);
    check_state.deferred_count--;
    db_close(db);
    return interrupted;
}

static void kill_at_each(const struct way *way) {
    int interrupted = 0, status = 0;
    lab_begin(&lab);
    uint64_t after = learn(way);
    for (long number = 1;; number++) {
        CHECK(number < MOST_STATEMENTS);
        start(way);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            travel_to_death(way, number);
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        if (WIFEXITED(status))
            break;
        interrupted += check_repaired(way, number, after);
    }
    CHECK_INT(SURVIVED, WEXITSTATUS(status));
    CHECK_MSG(interrupted > 3, "only %d times in its middle", interrupted);
}

#define KILLED(name, title, ...)                                                                   \
    TEST(name, title) {                                                                            \
        static const struct way way = {__VA_ARGS__};                                               \
        kill_at_each(&way);                                                                        \
    }

KILLED(resume_up, "P4 N11: killed before each statement on the way up, repair resumes", "DELETE",
       &library_at_1, 3, MIGC_REPAIR_RESUME)
KILLED(resume_wal, "P4 N11: the same with a write-ahead log", "WAL", &library_at_1, 3,
       MIGC_REPAIR_RESUME)
KILLED(resume_down, "P4 N11: killed before each statement on the way down, repair resumes",
       "DELETE", &vacuuming, 0, MIGC_REPAIR_RESUME)
KILLED(mark_up, "P4 C5: killed on the way up, finished by hand, repair marks it as applied",
       "DELETE", &library_at_1, 3, MIGC_REPAIR_MARK)
KILLED(mark_down, "P4 C5: killed on the way down, finished by hand, repair marks it as reverted",
       "WAL", &vacuuming, 0, MIGC_REPAIR_MARK)

/* ------------------------------------------------------------- a failing disk */

/* The vacuuming one as its program has it after 001 was edited. */
static migc_migration edited_migrations[3];
static const migc_set edited = SET("library", edited_migrations, &migc_no_transaction);

static void edit_migrations(void) {
    memcpy(edited_migrations, vacuum_migrations, sizeof(edited_migrations));
    edited_migrations[0].checksum = "xxh3:another";
    for (size_t i = 0; i < 3; i++)
        edited_migrations[i].chain = i == 2 ? "xxh3:77777777 all" : "xxh3:66666666 some";
}

static migc_code accept_one(sqlite3 *db, migc_error *error) {
    migc_options options = {.wait_ms = -1};
    return migc_repair(db, &edited, MIGC_REPAIR_ACCEPT, 1, &options, error);
}

static migc_code baseline(sqlite3 *db, migc_error *error) {
    migc_options options = {.wait_ms = -1};
    return migc_baseline(db, &vacuuming, 3, &options, error);
}

struct disk {
    migc_code (*call)(sqlite3 *db, migc_error *error);
    const char *prepare; /* SQL, on the vacuuming one at its end */
};

static uint64_t digest_of_file(void) {
    char text[256];
    sqlite3 *db = db_open(lab.path);
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    uint64_t digest = db_digest(db);
    db_close(db);
    return digest;
}

static void prepare_disk(const struct disk *disk) {
    static const struct way all = {"DELETE", &vacuuming, 3, MIGC_REPAIR_STAMP};
    start(&all);
    sqlite3 *db = db_open(lab.path);
    db_exec(db, disk->prepare);
    db_close(db);
}

/* Returns 0 once the call no longer comes that far. */
static int survive(const struct disk *disk, long number, uint64_t before, uint64_t after) {
    migc_error error;
    prepare_disk(disk);
    sqlite3 *db = db_open(lab.path);
    faulty.kinds = FAULTY_ALL;
    faulty.until = number;
    faulty.reached = 0;
    migc_code code = disk->call(db, &error);
    int reached = faulty.reached;
    faulty.kinds = 0;
    CHECK(sqlite3_get_autocommit(db));
    db_close(db);
    uint64_t left = digest_of_file();
    CHECK_MSG(left == after || (code != MIGC_OK && left == before), "operation %ld: %s", number,
              error.message);
    if (left == before) {
        db = db_open(lab.path);
        disk->call(db, &error);
        db_close(db);
        CHECK_STR("", error.message);
        CHECK(digest_of_file() == after);
    }
    return reached;
}

static void fail_each(const struct disk *disk) {
    migc_error error;
    faulty_vfs_install();
    memset(&faulty, 0, sizeof(faulty));
    lab_begin(&lab);
    edit_migrations();
    prepare_disk(disk);
    uint64_t before = digest_of_file();
    sqlite3 *db = db_open(lab.path);
    disk->call(db, &error);
    db_close(db);
    CHECK_STR("", error.message);
    uint64_t after = digest_of_file();
    CHECK(before != after);
    long number = 1;
    while (survive(disk, number, before, after))
        number++;
    CHECK(number > 5);
}

TEST(disk_accept, "N11 C5: the disk fails at each point of an accept") {
    static const struct disk disk = {accept_one, "SELECT 1"};
    fail_each(&disk);
}

TEST(disk_baseline, "N11 C5: the disk fails at each point of a baseline") {
    static const struct disk disk = {
        baseline, "DROP TABLE migc_migrations; DROP TABLE migc_events; PRAGMA user_version = 0"};
    fail_each(&disk);
}

/* In this mode the deletion of the journal is the commit. */
TEST(lost_answer, "N11 C5: a COMMIT whose answer was lost is told of as what it is") {
    static const struct disk disk = {accept_one, "SELECT 1"};
    migc_error error;
    faulty_vfs_install();
    lab_begin(&lab);
    edit_migrations();
    prepare_disk(&disk);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    memset(&faulty, 0, sizeof(faulty));
    faulty.kinds = FAULTY_DELETE;
    faulty.until = 1;
    faulty.done = 1;
    CHECK_INT(MIGC_IO_ERROR, accept_one(db, &error));
    CHECK(faulty.reached);
    faulty.kinds = 0;
    CHECK_STR("the disk could not be read or written (while committing, SQLite said: disk I/O"
              " error). It is done as a whole or not at all; 'status' and 'repair' say which."
              " Check the disk and the system's log, then start again.",
              error.message);
    CHECK_INT(MIGC_MISUSE, accept_one(db, &error));
}

#define TESTS(X)                                                                                   \
    X(resume_up)                                                                                   \
    X(resume_wal)                                                                                  \
    X(resume_down)                                                                                 \
    X(mark_up)                                                                                     \
    X(mark_down)                                                                                   \
    X(disk_accept)                                                                                 \
    X(disk_baseline)                                                                               \
    X(lost_answer)
CHECK_MAIN(TESTS)
