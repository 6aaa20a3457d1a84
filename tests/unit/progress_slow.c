/*
 * progress_slow.c - one long statement: it is told of while it runs, and stopped in its middle, by
 * the event function or by the deadline; what a step in C tells.
 *
 * Statements here do not end by themselves, so nothing depends on how fast the machine is.
 */
#include <time.h>

#include "database.h"
#include "engine/engine.h"
#include "sets.h"

#define ENDLESS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)\n"

static migc_error error;

/* What the event function saw, and when it stops the run. */
struct watcher {
    int stop; /* at the first PROGRESS event that `fits` */
    int (*fits)(const migc_event *event);
    int told;         /* PROGRESS events */
    migc_event event; /* the last of them */
    char rolled_back[300];
};

static int watch(const migc_event *event, void *user) {
    struct watcher *watcher = user;
    if (event->type == MIGC_EVENT_ROLLED_BACK)
        snprintf(watcher->rolled_back, sizeof(watcher->rolled_back), "%s", event->detail);
    if (event->type != MIGC_EVENT_PROGRESS)
        return 0;
    watcher->told++;
    watcher->event = *event;
    return watcher->stop && (!watcher->fits || watcher->fits(event));
}

static migc_options watched_by(struct watcher *watcher) {
    return (migc_options){
        .on_event = watch, .event_user = watcher, .user = watcher, .progress = &migc_progress};
}

static int in_statement(const migc_event *event) {
    return event->statement != NULL;
}

static int between_statements(const migc_event *event) {
    return event->statement == NULL;
}

/* Up from an empty database: it must end with `code`, having changed nothing. */
static void refuse_up(sqlite3 *db, const migc_set *set, const migc_options *options,
                      migc_code code) {
    uint64_t before = db_digest(db);
    CHECK_STR(migc_code_name(code), migc_code_name(migc_up(db, set, options, &error)));
    CHECK(before == db_digest(db));
    CHECK(sqlite3_get_autocommit(db));
}

/* ------------------------------------------------------------- one statement */

static const migc_step endless_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    SQL(4, ENDLESS "INSERT INTO shelf SELECT i FROM n"),
    SQL(7, "DROP TABLE shelf"),
};
static const migc_step first_steps[] = {SQL(3, "CREATE TABLE first(n)"),
                                        SQL(6, "DROP TABLE first")};
static const migc_migration endless_migrations[] = {
    MIGRATION(1, "001_first", 0, 1, 1, 0, first_steps),
    MIGRATION(2, "002_endless", 0, 2, 1, 0, endless_steps),
};
static const migc_set endless = SET("shelves", endless_migrations, NULL);

TEST(tells, "N12: progress is told inside one statement, with its place and its time") {
    struct watcher watcher = {.stop = 1, .fits = in_statement};
    migc_options options = watched_by(&watcher);
    refuse_up(db_open_memory(), &endless, &options, MIGC_STOPPED);
    CHECK(watcher.event.set == &endless);
    CHECK(watcher.event.migration == &endless_migrations[1]);
    CHECK(watcher.event.statement == &endless_steps[1]);
    CHECK_INT(2, watcher.event.step);
    CHECK_INT(2, watcher.event.step_count);
    CHECK_INT(2, watcher.event.index);
    CHECK_INT(2, watcher.event.count);
    CHECK(watcher.event.duration_us > 0);
}

TEST(stops, "N12: a statement is stopped in its middle, and the whole run is undone") {
    struct watcher watcher = {.stop = 1, .fits = in_statement};
    migc_options options = watched_by(&watcher);
    sqlite3 *db = db_open_memory();
    refuse_up(db, &endless, &options, MIGC_STOPPED);
    CHECK_CONTAINS("002_endless.sql:4: stopped on request; the statement had run for ",
                   error.message);
    CHECK_CONTAINS(" s. The database is as it was before the run, at the beginning. Start again"
                   " at any time.",
                   error.message);
    CHECK_STR("002_endless", error.name);
    CHECK_STR("002_endless.sql", error.file);
    CHECK_INT(2, error.step);
    CHECK_INT(4, error.line);
    CHECK_INT(strlen("002_endless.sql:4"), error.place.size);
    CHECK_CONTAINS("002_endless.sql:4: stopped on request", watcher.rolled_back);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'failed' AND"
                               " name = '002_endless' AND detail LIKE '%stopped on request%'"));
}

TEST(deadline, "N12: the deadline stops a statement that does not end") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    refuse_up(db_open_memory(), &endless, &options, MIGC_TIMED_OUT);
    CHECK_CONTAINS("002_endless.sql:4: the deadline of 0.3 s has passed; the statement had run"
                   " for 0.",
                   error.message);
    CHECK_CONTAINS("as it was before the run, at the beginning. Start again, with more time.",
                   error.message);
}

TEST(each, "N12: with MIGC_EACH the migrations before the stopped one stay") {
    migc_options options = {.flags = MIGC_EACH, .progress = &migc_progress, .timeout_ms = 300};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_TIMED_OUT, migc_up(db, &endless, &options, &error));
    CHECK_CONTAINS("Done before that and kept: 1; the database is at 001_first", error.message);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

TEST(handler_goes, "N12: no progress handler is left behind") {
    static migci_session session; /* a handler that is left may look at it */
    struct watcher watcher = {.stop = 0};
    migc_options options = watched_by(&watcher);
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migci_session_open(&session, db, &endless, &options, &error));
    CHECK_INT(MIGC_OK, migci_run_session(&session, migci_target_of(1)));
    watcher.told = 0;
    CHECK_INT(3000000, db_number(db, ENDLESS "SELECT max(i) FROM (SELECT i FROM n LIMIT 3000000)"));
    CHECK_INT(0, watcher.told);
    migci_session_close(&session);
}

static const migc_step product_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    SQL(4, "INSERT INTO shelf SELECT value FROM json_each('[' || replace(hex(zeroblob(1000)), '00',"
           " '1,') || '1]')"),
    SQL(5, "DELETE FROM shelf WHERE n + (SELECT sum(a.n + b.n + c.n + d.n) FROM shelf a, shelf b,"
           " shelf c, shelf d) = 0"),
};
static const migc_migration product_migrations[] = {
    MIGRATION(1, "001_product", 0, 3, 0, 0, product_steps)};
static const migc_set product = SET("shelves", product_migrations, NULL);

static int has_counted(const migc_event *event) {
    return event->statement == &product_steps[2] && event->done;
}

TEST(rows, "N12: where a statement scans tables the rows it has looked at are told") {
    struct watcher watcher = {.stop = 1, .fits = has_counted};
    migc_options options = watched_by(&watcher);
    options.timeout_ms = 60000;
    refuse_up(db_open_memory(), &product, &options, MIGC_STOPPED);
    CHECK(watcher.event.done >= 1000);
    CHECK_CONTAINS("001_product.sql:5: stopped on request; the statement had run for ",
                   error.message);
    CHECK_CONTAINS(" rows. The database is as it was", error.message);
}

/* -------------------------------------------------- where else it may be long */

static const migc_step verify_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    SQL(6, "DROP TABLE shelf"),
    SQL(9, ENDLESS "SELECT i FROM n WHERE i < 0"),
};
static const migc_migration verify_migrations[] = {
    MIGRATION(1, "001_checked", 0, 1, 1, 1, verify_steps)};
static const migc_set verified = SET("shelves", verify_migrations, NULL);

TEST(verify, "N12: VERIFY is stopped like a statement") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    refuse_up(db_open_memory(), &verified, &options, MIGC_TIMED_OUT);
    CHECK_CONTAINS("001_checked.sql:9: the deadline of 0.3 s has passed", error.message);
    CHECK_INT(9, error.line);
}

/* Returns when it is time for a PROGRESS event, without having asked for it. */
static int be_slow(migc_context *context) {
    int64_t begun_us = 0;
    struct timespec now;
    (void)context;
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
        begun_us = begun_us ? begun_us : now_us;
        if (now_us - begun_us > 400000)
            return 0;
    } while (1);
}

static const migc_step family_steps[] = {
    SQL(3, "CREATE TABLE parent(id INTEGER PRIMARY KEY)"),
    SQL(4, "CREATE TABLE child(id INTEGER PRIMARY KEY, parent REFERENCES parent(id))"),
    SQL(5, "INSERT INTO parent VALUES(1)"),
    SQL(6, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)\n"
           "INSERT INTO child SELECT i, 1 FROM n"),
    CALL(8, be_slow),
};
static const migc_migration family_migrations[] = {
    MIGRATION(1, "001_family", 0, 5, 0, 0, family_steps)};
static const migc_set family = SET("family", family_migrations, NULL);

TEST(foreign_keys, "N12: the check of foreign keys is stopped like a statement") {
    struct watcher watcher = {.stop = 1, .fits = between_statements};
    migc_options options = watched_by(&watcher);
    refuse_up(db_open_memory(), &family, &options, MIGC_STOPPED);
    CHECK_STR("stopped on request, while checking foreign keys. The database is as it was before"
              " the run, at the beginning. Start again at any time.",
              error.message);
}

static const migc_step last_steps[] = {SQL(3, "CREATE TABLE shelf(n)"), CALL(4, be_slow)};
static const migc_migration last_migrations[] = {MIGRATION(1, "001_last", 0, 2, 0, 0, last_steps)};
static const migc_set last = SET("shelves", last_migrations, NULL);

TEST(before_commit, "N12: a deadline that passes in the last step is seen before the commit") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    refuse_up(db_open_memory(), &last, &options, MIGC_TIMED_OUT);
    CHECK_STR("the deadline of 0.3 s has passed, before the commit. The database is as it was"
              " before the run, at the beginning. Start again, with more time.",
              error.message);
}

/* A file that another connection has locked. */
static sqlite3 *open_locked(struct lab *lab, sqlite3 **other) {
    lab_begin(lab);
    sqlite3 *db = db_open(lab->path);
    check_defer(db_close, db);
    *other = db_open(lab->path);
    check_defer(db_close, *other);
    db_exec(*other, "BEGIN IMMEDIATE");
    return db;
}

TEST(lock_deadline, "N12: the deadline ends the wait for a lock, too") {
    struct lab lab = {"", ""};
    sqlite3 *other, *db = open_locked(&lab, &other);
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    CHECK_INT(MIGC_TIMED_OUT, migc_up(db, &library, &options, &error));
    CHECK_CONTAINS("the deadline of 0.3 s has passed; the database is locked", error.message);
    CHECK_CONTAINS("as it was before the run, at the beginning. Start again, with more time.",
                   error.message);
    db_exec(other, "ROLLBACK");
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, &error));
}

TEST(lock_read, "N12: the deadline ends the wait for a database that cannot even be read") {
    struct lab lab = {"", ""};
    sqlite3 *other, *db = open_locked(&lab, &other);
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    db_exec(other, "COMMIT; BEGIN EXCLUSIVE");
    CHECK_INT(MIGC_TIMED_OUT, migc_up(db, &library, &options, &error));
    CHECK_CONTAINS("the deadline of 0.3 s has passed; the database is locked", error.message);
    CHECK_CONTAINS(". Nothing was changed. Start again, with more time.", error.message);
}

TEST(lock_stop, "N12: waiting for a lock is stopped on request") {
    struct lab lab = {"", ""};
    sqlite3 *other, *db = open_locked(&lab, &other);
    struct watcher watcher = {.stop = 1};
    migc_options options = watched_by(&watcher);
    CHECK_INT(MIGC_STOPPED, migc_up(db, &library, &options, &error));
    CHECK_CONTAINS("stopped on request; the database is locked", error.message);
    CHECK(watcher.event.migration == NULL);
}

/* Takes the lock as soon as the run has let go of it. */
static int cut_in(const migc_event *event, void *user) {
    sqlite3 **other = user; /* NULL once it has waited */
    if (event->type == MIGC_EVENT_ROLLED_BACK)
        db_exec(*other, "BEGIN IMMEDIATE");
    if (event->type == MIGC_EVENT_WAITING)
        *other = NULL;
    return event->type == MIGC_EVENT_PROGRESS && event->statement;
}

TEST(nobody_waits, "N12: who wants to stop does not wait for a lock to have that noted") {
    struct lab lab = {"", ""};
    sqlite3 *other, *db = open_locked(&lab, &other);
    migc_options options = {.on_event = cut_in, .event_user = &other, .progress = &migc_progress};
    db_exec(other, "ROLLBACK");
    CHECK_INT(MIGC_STOPPED, migc_up(db, &endless, &options, &error));
    CHECK_CONTAINS("002_endless.sql:4: stopped on request; the statement had run for ",
                   error.message);
    CHECK(other != NULL);
}

TEST(enough_time, "N12: a run that is quick enough does not notice its deadline") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 1000000};
    sqlite3 *plain = db_open_memory(), *watched = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(plain, &large, NULL, &error));
    CHECK_INT(MIGC_OK, migc_up(watched, &large, &options, &error));
    CHECK(db_digest(plain) == db_digest(watched));
    CHECK_INT(MIGC_OK, migc_to(watched, &large, 0, &options, &error));
}

/* -------------------------------------------------------------- steps in C */

/* Tells until it is told to give up; then does not say so itself. */
static int tell_forever(migc_context *context) {
    for (int64_t done = 0;; done++)
        if (migc_progress_step(context, done % 1000, 1000))
            return 0;
}

static int interrupted_sql(migc_context *context) {
    int code = sqlite3_exec(migc_db(context), ENDLESS "SELECT max(i) FROM n", NULL, NULL, NULL);
    CHECK_INT(SQLITE_INTERRUPT, code);
    return migc_fail(context, "%s", sqlite3_errmsg(migc_db(context)));
}

static int swallowed_sql(migc_context *context) {
    interrupted_sql(context);
    return 0;
}

#define CALLING(name)                                                                              \
    static const migc_step name##_steps[] = {SQL(3, "CREATE TABLE shelf(n)"), CALL(4, name)};      \
    static const migc_migration name##_migrations[] = {                                            \
        MIGRATION(1, "001_shelf", 0, 2, 0, 0, name##_steps)};                                      \
    static const migc_set calling_##name = SET("shelves", name##_migrations, NULL)

CALLING(tell_forever);
CALLING(interrupted_sql);
CALLING(swallowed_sql);

TEST(step_tells, "N12: a step in C tells how far it is, and gives up when it is asked to") {
    struct watcher watcher = {.stop = 1, .fits = in_statement};
    migc_options options = watched_by(&watcher);
    refuse_up(db_open_memory(), &calling_tell_forever, &options, MIGC_STOPPED);
    CHECK(watcher.event.statement == &tell_forever_steps[1]);
    CHECK_INT(1000, watcher.event.total);
    CHECK_CONTAINS("001_shelf.sql:4: stopped on request; tell_forever() had run for ",
                   error.message);
    CHECK_INT(4, error.line);
}

TEST(step_alone, "N12: a step in C tells without the progress part, too") {
    struct watcher watcher = {.stop = 1, .fits = in_statement};
    migc_options options = watched_by(&watcher);
    options.progress = NULL;
    refuse_up(db_open_memory(), &calling_tell_forever, &options, MIGC_STOPPED);
    CHECK_CONTAINS("tell_forever() had run for 0.", error.message);
}

TEST(step_deadline, "N12: a step in C learns from its own call that the deadline has passed") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    refuse_up(db_open_memory(), &calling_tell_forever, &options, MIGC_TIMED_OUT);
    CHECK_CONTAINS("001_shelf.sql:4: the deadline of 0.3 s has passed; tell_forever() had run",
                   error.message);
}

TEST(step_sql, "N12: SQL of a step in C is stopped, whatever the step makes of that") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    refuse_up(db_open_memory(), &calling_interrupted_sql, &options, MIGC_TIMED_OUT);
    CHECK_CONTAINS("001_shelf.sql:4: the deadline of 0.3 s has passed; interrupted_sql() had run",
                   error.message);
    refuse_up(db_open_memory(), &calling_swallowed_sql, &options, MIGC_TIMED_OUT);
    CHECK_CONTAINS("001_shelf.sql:4: the deadline of 0.3 s has passed; swallowed_sql() had run",
                   error.message);
}

/* ----------------------------------------------------- outside transactions */

static const migc_step outside_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    SQL(4, ENDLESS "INSERT INTO shelf SELECT i FROM n WHERE i % 1000 = 0"),
    SQL(5, "CREATE TABLE other(n)"),
};
static const migc_migration outside_migrations[] = {
    MIGRATION(1, "001_outside", MIGC_NO_TRANSACTION, 3, 0, 0, outside_steps)};
static const migc_set outside = SET("shelves", outside_migrations, &migc_no_transaction);

TEST(outside_stays, "P4: outside transactions what is complete stays, and is known") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_TIMED_OUT, migc_up(db, &outside, &options, &error));
    CHECK_CONTAINS("001_outside.sql:4: the deadline of 0.3 s has passed", error.message);
    CHECK_CONTAINS("It runs outside transactions: 1 of its 3 statements are done and stay",
                   error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM shelf"));
    CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &outside, NULL, &error));
    CHECK_CONTAINS("001_outside.sql:4", error.message);
    CHECK_CONTAINS("stopped after 1 of 3 statements", error.message);
}

static const migc_step noted_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    CALL(4, be_slow),
    SQL(5, "CREATE TABLE other(n)"),
};
static const migc_migration noted_migrations[] = {
    MIGRATION(1, "001_noted", MIGC_NO_TRANSACTION, 3, 0, 0, noted_steps)};
static const migc_set noted = SET("shelves", noted_migrations, &migc_no_transaction);

TEST(outside_notes, "P4: a statement that was complete when the deadline passed is noted") {
    migc_options options = {.progress = &migc_progress, .timeout_ms = 300};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_TIMED_OUT, migc_up(db, &noted, &options, &error));
    CHECK_CONTAINS("001_noted.sql:5: the deadline of 0.3 s has passed, before the statement.",
                   error.message);
    CHECK_CONTAINS("2 of its 3 statements are done and stay", error.message);
    options.timeout_ms = 0;
    options.flags = MIGC_RESUME;
    CHECK_INT(MIGC_OK, migc_up(db, &noted, &options, &error));
}

/* The step before locked the database; once the run waits, the lock goes. */
static int let_go(const migc_event *event, void *user) {
    if (event->type == MIGC_EVENT_WAITING)
        sqlite3_exec(user, "ROLLBACK", NULL, NULL, NULL);
    return 0;
}

static int be_slow_and_lock(migc_context *context) {
    return be_slow(context) + sqlite3_exec(migc_user(context), "BEGIN IMMEDIATE", NULL, NULL, NULL);
}

static const migc_step locking_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    CALL(4, be_slow_and_lock),
    SQL(5, "CREATE TABLE other(n)"),
};
static const migc_migration locking_migrations[] = {
    MIGRATION(1, "001_locking", MIGC_NO_TRANSACTION, 3, 0, 0, locking_steps)};
static const migc_set locking = SET("shelves", locking_migrations, &migc_no_transaction);

TEST(outside_waits, "P4: a lock does not keep a complete statement from being noted") {
    struct lab lab = {"", ""};
    sqlite3 *other, *db = open_locked(&lab, &other);
    migc_options options = {.progress = &migc_progress,
                            .timeout_ms = 300,
                            .on_event = let_go,
                            .event_user = other,
                            .user = other};
    db_exec(other, "ROLLBACK");
    CHECK_INT(MIGC_TIMED_OUT, migc_up(db, &locking, &options, &error));
    CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &locking, NULL, &error));
    CHECK_CONTAINS("stopped after 2 of 3 statements", error.message);
}

#define TESTS(X)                                                                                   \
    X(tells)                                                                                       \
    X(stops)                                                                                       \
    X(deadline)                                                                                    \
    X(each)                                                                                        \
    X(rows)                                                                                        \
    X(handler_goes)                                                                                \
    X(verify)                                                                                      \
    X(foreign_keys)                                                                                \
    X(before_commit)                                                                               \
    X(lock_deadline)                                                                               \
    X(lock_read)                                                                                   \
    X(lock_stop)                                                                                   \
    X(nobody_waits)                                                                                \
    X(enough_time)                                                                                 \
    X(step_tells)                                                                                  \
    X(step_alone)                                                                                  \
    X(step_deadline)                                                                               \
    X(step_sql)                                                                                    \
    X(outside_stays)                                                                               \
    X(outside_notes)                                                                               \
    X(outside_waits)
CHECK_MAIN(TESTS)
