/*
 * A "Transaction: none" migration that is cut off: each statement that can be in a
 * transaction has run exactly when the record says so.
 */
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "database.h"
#include "sets.h"

static const migc_step archive_steps[] = {
    SQL(3, "CREATE TABLE archive(title TEXT)"),
    SQL(4, "INSERT INTO archive SELECT title FROM book"),
    SQL(5, "VACUUM"),
    SQL(6, "-- once more, and no more\nINSERT INTO archive SELECT title FROM book"),
    SQL(9, "DELETE FROM archive"),
    SQL(10, "PRAGMA optimize"),
    SQL(11, "DROP TABLE archive"),
};

static const migc_migration archive_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_archive", MIGC_NO_TRANSACTION, 4, 3, 0, archive_steps),
};
static const migc_set archiving = SET("library", archive_migrations, &migc_no_transaction);

static struct lab lab;

static int die_at(void *left) {
    if (--*(int *)left == 0)
        raise(SIGKILL);
    return 0;
}

/* In a process that is killed just before its `nth` commit; false: it had fewer. */
static int is_killed(int nth, int down) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        migc_options options = {.wait_ms = -1};
        sqlite3_open(lab.path, &db);
        sqlite3_commit_hook(db, die_at, &nth);
        migc_code code = down ? migc_down(db, &archiving, 1, &options, NULL)
                              : migc_up(db, &archiving, &options, NULL);
        sqlite3_close(db);
        _exit(code == MIGC_OK ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    return status != 0;
}

static sqlite3 *open_at_1(void) {
    static migc_set first;
    lab_empty(&lab);
    first = archiving;
    first.count = 1;
    sqlite3 *db = db_open(lab.path);
    CHECK_INT(MIGC_OK, migc_up(db, &first, NULL, NULL));
    return db;
}

static void resume(sqlite3 *db, int down) {
    migc_error error;
    migc_options options = {.flags = MIGC_RESUME};
    if (down)
        migc_down(db, &archiving, 1, &options, &error);
    else
        migc_up(db, &archiving, &options, &error);
    CHECK_STR("", error.message);
}

TEST(exact, "P4: cut off at any commit, it is gone on with so that each statement ran once") {
    lab_begin(&lab);
    for (int nth = 1;; nth++) {
        db_close(open_at_1());
        if (!is_killed(nth, 0))
            break;
        sqlite3 *db = db_open(lab.path);
        migc_error error;
        if (migc_up(db, &archiving, NULL, &error) != MIGC_OK) {
            CHECK_INT(MIGC_INTERRUPTED, error.code);
            CHECK_MSG(strstr(error.message, "the next one has not run") ||
                          strstr(error.message, "may or may not have run, and is run again") ||
                          strstr(error.message, "stopped before that was recorded"),
                      "%s", error.message);
            resume(db, 0);
        }
        CHECK_INT(8, db_number(db, "SELECT count(*) FROM archive"));
        CHECK_INT(2, db_number(db, "SELECT max(version) FROM migc_migrations"));
        db_close(db);
    }
}

static bool has_begun(sqlite3 *db) {
    return db_number(db, "SELECT max(id) FROM migc_events WHERE action IN ('started', 'step')") >
           db_number(db, "SELECT max(id) FROM migc_events WHERE action = 'up'");
}

TEST(exact_down, "P4: the same where it is reverted") {
    lab_begin(&lab);
    for (int nth = 1;; nth++) {
        sqlite3 *db = open_at_1();
        CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
        db_close(db);
        if (!is_killed(nth, 1))
            break;
        db = db_open(lab.path);
        if (db_number(db, "SELECT count(*) FROM migc_migrations") == 2) {
            CHECK_INT(has_begun(db) ? MIGC_INTERRUPTED : MIGC_OK,
                      migc_up(db, &archiving, NULL, NULL));
            resume(db, 1);
        }
        CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'archive'"));
        CHECK_INT(1, db_number(db, "SELECT max(version) FROM migc_migrations"));
        db_close(db);
    }
}

static int stop_at_step(const migc_event *event, void *user) {
    return event->type == MIGC_EVENT_STEP && event->step == *(unsigned *)user;
}

TEST(half_reverted, "P4: a start finds what is half reverted, though nothing is pending") {
    static migc_set set;
    static const unsigned kinds[] = {0, MIGC_SET_NO_STAMP, MIGC_SET_MODULE};
    unsigned first = 1;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        migc_options stopping = {.on_event = stop_at_step, .event_user = &first};
        migc_options resuming = {.flags = MIGC_RESUME};
        sqlite3 *db = db_open_memory();
        set = archiving;
        set.flags = kinds[i];
        CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, NULL));
        CHECK_INT(MIGC_STOPPED, migc_down(db, &set, 1, &stopping, NULL));
        CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &set, NULL, NULL));
        CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &set, &resuming, NULL)); /* the other way */
        CHECK_INT(MIGC_OK, migc_down(db, &set, 1, &resuming, NULL));
        CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, NULL));
    }
}

/* A call of another connection meanwhile, and then the end of this one. */
struct meanwhile {
    migc_code (*call)(sqlite3 *db, const migc_options *options, migc_error *error);
    migc_error error;
};

static migc_code up_beside(sqlite3 *db, const migc_options *options, migc_error *error) {
    return migc_up(db, &archiving, options, error);
}

static migc_code to_beside(sqlite3 *db, const migc_options *options, migc_error *error) {
    return migc_to(db, &archiving, 2, options, error);
}

static migc_code up_sets_beside(sqlite3 *db, const migc_options *options, migc_error *error) {
    static const migc_set *const sets[] = {&archiving};
    return migc_up_sets(db, sets, 1, options, error);
}

static migc_code wait_beside(sqlite3 *db, const migc_options *options, migc_error *error) {
    return migc_wait_current(db, &archiving, options, error);
}

static migc_code plan_beside(sqlite3 *db, const migc_options *options, migc_error *error) {
    migc_options planning = *options;
    planning.flags = MIGC_DRY_RUN;
    return migc_up(db, &archiving, &planning, error);
}

static int call_meanwhile(const migc_event *event, void *user) {
    struct meanwhile *meanwhile = user;
    migc_options options = {.wait_ms = -1};
    if (event->type != MIGC_EVENT_STEP)
        return 0;
    sqlite3 *other = db_open(lab.path);
    migc_states states;
    CHECK_INT(MIGC_OK, migc_status(other, &archiving, &states, NULL, NULL));
    CHECK_INT(MIGC_AT_WORK, states.states[1].flags);
    migc_states_free(&states);
    meanwhile->call(other, &options, &meanwhile->error);
    db_close(other);
    return 1;
}

TEST(start_meanwhile_reverted, "P4: one that comes while it is reverted waits, and hides nothing") {
    static const struct meanwhile calls[] = {{up_beside, {0}},
                                             {to_beside, {0}},
                                             {up_sets_beside, {0}},
                                             {wait_beside, {0}},
                                             {plan_beside, {0}}};
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        struct meanwhile meanwhile = calls[i];
        migc_options stopping = {.on_event = call_meanwhile, .event_user = &meanwhile};
        sqlite3 *db = open_at_1();
        CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
        CHECK_INT(MIGC_STOPPED, migc_down(db, &archiving, 1, &stopping, NULL));
        CHECK_INT(MIGC_LOCKED, meanwhile.error.code);
        CHECK_CONTAINS("002_archive is being run by process ", meanwhile.error.message);
        CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &archiving, NULL, NULL));
        db_close(db);
    }
}

/* In a process of its own, which begins before the DOWN has come to its end. */
struct beside {
    migc_code (*call)(sqlite3 *db, const migc_options *options, migc_error *error);
    pid_t child;
};

static int start_beside(const migc_event *event, void *user) {
    struct beside *beside = user;
    if (event->type != MIGC_EVENT_STEP || beside->child)
        return 0;
    fflush(stdout);
    beside->child = fork();
    if (beside->child > 0) {
        nanosleep(&(struct timespec){0, 100000000}, NULL); /* so that it meets this DOWN */
        return 0;
    }
    sqlite3 *other = NULL;
    sqlite3_open(lab.path, &other);
    migc_code code = beside->call(other, NULL, NULL);
    sqlite3_close(other);
    if (code == MIGC_OK)
        kill(getpid(), SIGKILL); /* what is the parent's is no leak of the child then */
    _exit(1);
}

TEST(start_beside_reverted, "N10 P4: a start beside a DOWN applies again what that has reverted") {
    static const struct beside calls[] = {{up_beside, 0}, {to_beside, 0}, {up_sets_beside, 0}};
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        struct beside beside = calls[i];
        int status = 1;
        migc_options options = {.on_event = start_beside, .event_user = &beside};
        sqlite3 *db = open_at_1();
        CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
        CHECK_INT(MIGC_OK, migc_down(db, &archiving, 1, &options, NULL));
        CHECK(waitpid(beside.child, &status, 0) == beside.child);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_migrations"));
        CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
        db_close(db);
    }
}

struct locking {
    sqlite3 *other;
    int left; /* statements before the one that meets the lock; below 0: it was met */
};

static int lock_before(unsigned type, void *user, void *statement, void *text) {
    struct locking *locking = user;
    (void)type, (void)statement, (void)text;
    if (locking->left-- == 0)
        sqlite3_exec(locking->other, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    return 0;
}

static int unlock(const migc_event *event, void *user) {
    struct locking *locking = user;
    (void)event;
    sqlite3_exec(locking->other, "ROLLBACK", NULL, NULL, NULL);
    return 0;
}

TEST(wait_while_locked, "N10 P14: who waits until it is current waits for any lock on the way") {
    lab_begin(&lab);
    for (int nth = 0, met = 1; met; nth++) {
        sqlite3 *db = open_at_1(), *other = db_open(lab.path);
        struct locking locking = {other, nth};
        migc_options options = {.on_event = unlock, .event_user = &locking, .wait_ms = 600000};
        migc_error error;
        CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
        db_exec(db, "PRAGMA user_version = 0");
        sqlite3_trace_v2(db, SQLITE_TRACE_STMT, lock_before, &locking);
        migc_wait_current(db, &archiving, &options, &error);
        CHECK_STR("", error.message);
        met = locking.left < 0;
        db_close(other);
        db_close(db);
    }
}

TEST(wrong_record,
     "P4 B10: a record that somebody has changed is not believed beyond what can be") {
    static const char *const changes[] = {
        "detail = json_set(detail, '$.steps', -1) WHERE action <> 'failed'",
        "detail = json_set(detail, '$.steps', 4294967298) WHERE action <> 'failed'",
        "action = 'step', detail = '{\"steps\":1}', pid = 4294967296 + 1 WHERE version = 2",
    };
    unsigned first = 1;
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        migc_options stopping = {.on_event = stop_at_step, .event_user = &first};
        migc_error error;
        char sql[200];
        sqlite3 *db = open_at_1();
        CHECK_INT(MIGC_STOPPED, migc_up(db, &archiving, &stopping, NULL));
        snprintf(sql, sizeof(sql), "UPDATE migc_events SET %s", changes[i]);
        db_exec(db, sql);
        CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &archiving, NULL, &error));
        CHECK(!strstr(error.message, "all of its statements"));
        db_close(db);
    }
}

TEST(repaired_meanwhile, "P4: nor does a repair of another migration hide it") {
    unsigned first = 1;
    migc_options stopping = {.on_event = stop_at_step, .event_user = &first};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
    int64_t stamp = db_number(db, "PRAGMA user_version");
    CHECK_INT(MIGC_STOPPED, migc_down(db, &archiving, 1, &stopping, NULL));
    db_exec(db, "UPDATE migc_migrations SET checksum = 'xxh3:other' WHERE version = 1");
    CHECK_INT(MIGC_OK, migc_repair(db, &archiving, MIGC_REPAIR_ACCEPT, 1, NULL, NULL));
    CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &archiving, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_repair(db, &archiving, MIGC_REPAIR_RESUME, 2, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
    CHECK_INT(stamp, db_number(db, "PRAGMA user_version"));
}

TEST(other_header,
     "P4: one whose header has changed since is neither gone on with nor begun anew") {
    static migc_migration migrations[2];
    static migc_set set;
    static const migc_set *const only = &set;
    static const unsigned flags[] = {MIGC_UP_NO_TRANSACTION, 0, 0};
    unsigned first = 1;
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        migc_options stopping = {.on_event = stop_at_step, .event_user = &first};
        migc_options resuming = {.flags = MIGC_RESUME};
        migc_error error;
        sqlite3 *db = db_open_memory();
        memcpy(migrations, archive_migrations, sizeof(migrations));
        migrations[1].flags = flags[i];
        set = archiving;
        set.migrations = migrations;
        set.no_transaction = i < 2 ? &migc_no_transaction : NULL;
        CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
        CHECK_INT(MIGC_STOPPED, migc_down(db, &archiving, 1, &stopping, NULL));
        CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &set, NULL, NULL));
        CHECK_INT(MIGC_INTERRUPTED, migc_down(db, &set, 1, NULL, NULL));
        CHECK_INT(MIGC_INTERRUPTED, migc_up_sets(db, &only, 1, NULL, NULL));
        CHECK_INT(MIGC_INTERRUPTED, migc_down(db, &set, 1, &resuming, &error));
        CHECK_CONTAINS("002_archive", error.message);
        CHECK_CONTAINS("Transaction:", error.message);
        CHECK_INT(MIGC_OK, migc_down(db, &archiving, 1, &resuming, NULL));
    }
}

TEST(not_begun, "P4: where the first statement of DOWN failed, nothing is half reverted") {
    migc_error error;
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
    int64_t stamp = db_number(db, "PRAGMA user_version");
    db_exec(db, "CREATE TRIGGER stays BEFORE DELETE ON archive"
                " BEGIN SELECT raise(ABORT, 'it stays'); END");
    CHECK_INT(MIGC_STEP_FAILED, migc_down(db, &archiving, 1, NULL, &error));
    CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, &error));
    CHECK_INT(stamp, db_number(db, "PRAGMA user_version"));
}

TEST(record, "P4: the record is JSON, and says beforehand what may run twice") {
    lab_begin(&lab);
    sqlite3 *db = open_at_1();
    CHECK_INT(MIGC_OK, migc_up(db, &archiving, NULL, NULL));
    CHECK_INT(5, db_number(db, "SELECT count(*) FROM migc_events WHERE version = 2"
                               " AND action IN ('started', 'step') AND detail ->> 'of' = 4"));
    CHECK_INT(2, db_number(db, "SELECT detail ->> 'steps' FROM migc_events"
                               " WHERE version = 2 AND detail ->> 'may_repeat' = 1"));
    db_close(db);
}

#define TESTS(X)                                                                                   \
    X(exact)                                                                                       \
    X(exact_down)                                                                                  \
    X(half_reverted)                                                                               \
    X(wait_while_locked)                                                                           \
    X(wrong_record)                                                                                \
    X(start_meanwhile_reverted)                                                                    \
    X(start_beside_reverted) X(repaired_meanwhile) X(other_header) X(not_begun) X(record)
CHECK_MAIN(TESTS)
