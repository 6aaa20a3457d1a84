/*
 * claims_slow.c - what a start must not take for an interruption,
 * and what a lost answer must not do twice.
 */
#include <sys/wait.h>

#include "journey.h"

/* ---- A: WAL: the runner of a "Transaction: none" migration ends (and exits) between the
 * reader's snapshot and its question whether that process lives. */
static int to_child[2], to_parent[2];
static pid_t child;

static int wait_after_step(const migc_event *event, void *unused) {
    (void)unused;
    char byte = 0;
    if (event->type == MIGC_EVENT_STEP && event->migration->flags & MIGC_NO_TRANSACTION &&
        event->step == 1)
        return write(to_parent[1], &byte, 1) != 1 || read(to_child[0], &byte, 1) != 1;
    return 0;
}

static int let_child_end(unsigned type, void *unused, void *statement, void *unused2) {
    (void)type, (void)unused, (void)unused2;
    char byte = 0;
    int status;
    const char *sql = sqlite3_sql(statement);
    if (child && strstr(sql, "migc_events") && strncmp(sql, "SELECT", 6) == 0) {
        if (write(to_child[1], &byte, 1) == 1)
            waitpid(child, &status, 0);
        child = 0;
    }
    return 0;
}

TEST(finished, "N10 P4: a runner that finishes and exits while another looks was not interrupted") {
    static struct lab lab;
    char byte;
    migc_error error;
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA user_version = 0");
    db_close(db);
    CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
    child = fork();
    if (child == 0) {
        migc_options options = {.on_event = wait_after_step};
        sqlite3_open(lab.path, &db);
        migc_code code = migc_up(db, &vacuuming, &options, NULL);
        sqlite3_close(db);
        _exit((int)code);
    }
    CHECK(read(to_parent[0], &byte, 1) == 1);
    db = db_open(lab.path);
    check_defer(db_close, db);
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, let_child_end, NULL);
    migc_up(db, &vacuuming, NULL, &error);
    CHECK(child == 0);
    CHECK_STR("", error.message);
}

/* ---- B: the answer to the COMMIT of a down is lost though it happened. */
TEST(down_twice, "N11 J4: a down whose COMMIT happened though its answer was lost goes down once") {
    static struct lab lab;
    migc_result result = {0};
    migc_error error;
    faulty_vfs_install();
    memset(&faulty, 0, sizeof(faulty));
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    migc_options options = {.result = &result};
    faulty.kinds = FAULTY_DELETE;
    faulty.until = 1;
    faulty.done = 1;
    migc_down(db, &library, 1, &options, &error);
    faulty.kinds = 0;
    CHECK(faulty.reached);
    CHECK_STR("", error.message);
    CHECK_INT(3, db_number(db, "SELECT max(version) FROM migc_migrations"));
    CHECK_INT(3, result.to);
}

/* ---- C: the same without any fault: MIGC_EACH, and another process is in between. */
static sqlite3 *other;
static int one_more(const migc_event *event, void *unused) {
    (void)unused;
    sqlite3 *db = other;
    other = NULL;
    if (event->type == MIGC_EVENT_COMMITTED && db)
        migc_down(db, &library, 1, NULL, NULL);
    else
        other = db;
    return 0;
}

TEST(down_each, "N10: down -n 2 with a transaction each reverts two, whoever else does") {
    static struct lab lab;
    migc_result result = {0};
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path), *second = other = db_open(lab.path);
    check_defer(db_close, db);
    check_defer(db_close, second);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    migc_options options = {.flags = MIGC_EACH, .on_event = one_more, .result = &result};
    CHECK_INT(MIGC_OK, migc_down(db, &library, 2, &options, NULL));
    CHECK_INT(1, result.count); /* the other one was reverted by the other */
    CHECK_INT(2, result.to);
}

/* ---- D: a container: the process that was killed and the one that starts have one pid. */
static int die_after_step(const migc_event *event, void *unused) {
    (void)unused;
    if (event->type == MIGC_EVENT_STEP && event->migration->flags & MIGC_NO_TRANSACTION)
        kill(getpid(), SIGKILL);
    return 0;
}

static void interrupted(unsigned flags, migc_code expected) {
    static struct lab lab;
    char sql[80];
    int status;
    migc_error error;
    migc_options options = {.on_event = die_after_step};
    lab_begin(&lab);
    pid_t killed = fork();
    if (killed == 0) {
        sqlite3 *db = NULL;
        sqlite3_open(lab.path, &db);
        migc_up(db, &vacuuming, &options, NULL);
        _exit(0);
    }
    waitpid(killed, &status, 0);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    snprintf(sql, sizeof(sql), "UPDATE migc_events SET pid = %d", (int)getpid());
    db_exec(db, sql);
    options = (migc_options){.wait_ms = -1, .flags = flags};
    migc_code code = migc_up(db, &vacuuming, &options, &error);
    CHECK_MSG(code == expected, "%s", error.message);
}

TEST(same_pid, "N11 P4: the next process may have the killed one's number") {
    interrupted(0, MIGC_INTERRUPTED);
}
TEST(same_pid_resume, "N11 P4: --resume goes on though the killed one's number is in use") {
    interrupted(MIGC_RESUME, MIGC_OK);
}

/* ---- E: while one takes a "Transaction: none" migration back, another goes up past it. */
static int go_up_meanwhile(const migc_event *event, void *path) {
    if (event->type == MIGC_EVENT_STEP && event->down && event->migration->version == 2) {
        migc_options options = {.wait_ms = -1};
        sqlite3 *db = db_open(path);
        migc_up(db, &vacuuming, &options, NULL); /* LOCKED would be right */
        db_close(db);
    }
    return 0;
}

TEST(up_past, "N10 P4: nobody goes up past a migration that is being reverted") {
    static struct lab lab;
    migc_error error;
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up(db, &vacuuming, NULL, NULL));
    migc_options options = {.on_event = go_up_meanwhile, .event_user = lab.path};
    migc_to(db, &vacuuming, 1, &options, &error);
    CHECK_STR("", error.message);
    migc_up(db, &vacuuming, NULL, &error);
    CHECK_STR("", error.message);
}

#define TESTS(X) X(up_past) X(finished) X(down_twice) X(down_each) X(same_pid) X(same_pid_resume)
CHECK_MAIN(TESTS)
