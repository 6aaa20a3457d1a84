/*
 * Plan and status as data, migc_open(), and several sets in one program.
 */
#include "database.h"
#include "sets.h"

static void free_states(void *states) {
    migc_states_free(states);
}

static void free_steps(void *steps) {
    migc_plan_free(steps);
}

TEST(status, "D4: status as data says what is applied and what is pending") {
    sqlite3 *db = db_open_memory();
    static migc_states states;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, &(migc_options){.applied_by = "me"}, NULL));
    CHECK_INT(MIGC_OK, migc_status(db, &library, &states, NULL, NULL));
    check_defer(free_states, &states);
    CHECK_INT(4, states.count);
    CHECK_INT(2, states.applied);
    CHECK_INT(2, states.pending);
    CHECK_INT(2, states.version);
    CHECK_STR(library_migrations[1].name, states.states[1].name);
    CHECK_STR("me", states.states[1].applied_by);
    CHECK_INT(23, strlen(states.states[1].applied_at));
    CHECK(states.states[1].duration_us > 0);
    CHECK(states.states[2].migration == &library_migrations[2]);
    CHECK(!states.states[2].applied && states.states[2].applied_at == NULL);
}

TEST(status_disagrees, "D4: status is filled also where program and database disagree") {
    sqlite3 *db = db_open_memory();
    static migc_states states;
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(MIGC_NEWER, migc_status(db, &library_at_2, &states, NULL, &error));
    check_defer(free_states, &states);
    CHECK_INT(4, states.count);
    CHECK_INT(MIGC_OK, states.states[1].problem);
    CHECK_INT(MIGC_NEWER, states.states[2].problem);
    CHECK(states.states[2].migration == NULL);
    CHECK_CONTAINS("the database has 004_titles (applied 2", error.message);
    CHECK_CONTAINS("), 2 ahead of this program, which knows up to version 2. Nothing was changed."
                   " Install the newer program.",
                   error.message);
}

TEST(status_fails, "D4: a status that fails is empty and can be freed") {
    sqlite3 *db = db_open_memory();
    static migc_states states;
    static migc_plan steps;
    db_exec(db, "CREATE TABLE goose_db_version(id, version_id, is_applied, tstamp)");
    CHECK_INT(MIGC_OTHER_TOOL, migc_status(db, &library, &states, NULL, NULL));
    CHECK_INT(0, states.count);
    migc_states_free(&states);
    CHECK_INT(MIGC_OTHER_TOOL, migc_plan_to(db, &library, MIGC_LATEST, &steps, NULL, NULL));
    CHECK_INT(0, steps.count);
    migc_plan_free(&steps);
    CHECK_INT(MIGC_MISUSE, migc_status(NULL, &library, &states, NULL, NULL));
    migc_states_free(&states);
}

TEST(plan_up, "D4: a plan as data is what up would run") {
    sqlite3 *db = db_open_memory();
    static migc_plan steps;
    CHECK_INT(MIGC_OK, migc_plan_to(db, &vacuuming, MIGC_LATEST, &steps, NULL, NULL));
    check_defer(free_steps, &steps);
    CHECK_INT(0, steps.from);
    CHECK_INT(3, steps.to);
    CHECK_INT(3, steps.count);
    for (size_t i = 0; i < 3; i++) {
        CHECK(steps.actions[i].migration == &vacuum_migrations[i]);
        CHECK(!steps.actions[i].down && steps.actions[i].begins_transaction);
    }
}

TEST(plan_down, "D4: a plan to an earlier version goes back, newest first") {
    sqlite3 *db = db_open_memory();
    static migc_plan steps;
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_plan_to(db, &library, 1, &steps, NULL, NULL));
    check_defer(free_steps, &steps);
    CHECK_INT(4, steps.from);
    CHECK_INT(1, steps.to);
    CHECK_INT(3, steps.count);
    CHECK(steps.actions[0].migration == &library_migrations[3]);
    CHECK(steps.actions[0].down && steps.actions[0].begins_transaction);
    CHECK(steps.actions[2].down && !steps.actions[2].begins_transaction);
}

TEST(read_only, "P14: plan and status work on a read-only connection") {
    static struct lab lab;
    static migc_states states;
    static migc_plan steps;
    sqlite3 *db = NULL;
    lab_begin(&lab);
    CHECK_INT(MIGC_OK, migc_open(lab.path, &library_at_2, NULL, &db, NULL));
    sqlite3_close(db);
    CHECK_INT(SQLITE_OK, sqlite3_open_v2(lab.path, &db, SQLITE_OPEN_READONLY, NULL));
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_status(db, &library, &states, NULL, NULL));
    check_defer(free_states, &states);
    CHECK_INT(2, states.pending);
    CHECK_INT(MIGC_OK, migc_plan_to(db, &library, MIGC_LATEST, &steps, NULL, NULL));
    check_defer(free_steps, &steps);
    CHECK_INT(2, steps.count);
    CHECK_INT(MIGC_READ_ONLY, migc_up(db, &library, NULL, NULL));
}

/* -------------------------------------------------------------------- open */

static int set_pragmas(sqlite3 *db, void *user) {
    *(int *)user += 1;
    return sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
}

static int give_up(sqlite3 *db, void *user) {
    (void)db;
    (void)user;
    return SQLITE_AUTH;
}

TEST(open_migrates, "J3: migc_open calls the program's own PRAGMAs, then migrates") {
    static struct lab lab;
    int calls = 0;
    sqlite3 *db = NULL;
    migc_options options = {.on_open = set_pragmas, .user = &calls};
    lab_begin(&lab);
    CHECK_INT(MIGC_OK, migc_open(lab.path, &library, &options, &db, NULL));
    check_defer(db_close, db);
    CHECK_INT(1, calls);
    CHECK_INT(1, db_number(db, "PRAGMA foreign_keys"));
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_migrations"));
    CHECK(db_number(db, "SELECT count(*) FROM book") > 0);
}

TEST(open_fails, "V6: migc_open that fails leaves nothing open and says why") {
    sqlite3 *db = (sqlite3 *)&db;
    migc_error error;
    CHECK_INT(MIGC_CANNOT_OPEN, migc_open("/nowhere/app.db", &library, NULL, &db, &error));
    CHECK(db == NULL);
    CHECK_STR("/nowhere/app.db: unable to open database file. Nothing was changed. Check that the"
              " folder exists and that this user may use it.",
              error.message);
    migc_options options = {.on_open = give_up};
    CHECK(migc_open(":memory:", &library, &options, &db, &error) != MIGC_OK);
    CHECK(db == NULL);
    CHECK(error.message[0] != '\0');
    CHECK_CONTAINS("Nothing was changed. Correct what the program does in on_open.", error.message);
}

/* Meets a lock until it has been called so often. */
static int be_busy(sqlite3 *db, void *user) {
    int *left = user;
    return --*left > 0 ? SQLITE_BUSY : sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, 0, NULL);
}

TEST(open_waits, "N10: a lock that on_open meets is waited for, and named when time is up") {
    sqlite3 *db = NULL;
    migc_error error;
    int left = 3;
    migc_options options = {.on_open = be_busy, .user = &left};
    CHECK_INT(MIGC_OK, migc_open(":memory:", &library, &options, &db, NULL));
    CHECK_INT(0, left);
    CHECK_INT(0, db_number(db, "PRAGMA busy_timeout"));
    sqlite3_close(db);
    left = 1000000;
    options.wait_ms = -1;
    CHECK_INT(MIGC_LOCKED, migc_open(":memory:", &library, &options, &db, &error));
    CHECK_CONTAINS("database is locked (in on_open, after 0.", error.message);
}

/* Meets it in the middle of a transaction, once. */
static int be_busy_inside(sqlite3 *db, void *user) {
    int *left = user;
    int code = sqlite3_exec(db, "BEGIN; CREATE TABLE IF NOT EXISTS app(x)", NULL, 0, NULL);
    if (code != SQLITE_OK || --*left > 0)
        return code == SQLITE_OK ? SQLITE_BUSY : code;
    return sqlite3_exec(db, "DROP TABLE app; COMMIT", NULL, 0, NULL);
}

TEST(open_waits_inside, "N10: what on_open had begun when it met a lock is rolled back before") {
    sqlite3 *db = NULL;
    migc_error error;
    int left = 2;
    migc_options options = {.on_open = be_busy_inside, .user = &left};
    migc_open(":memory:", &library, &options, &db, &error);
    CHECK_STR("", error.message);
    sqlite3_close(db);
}

TEST(open_uri, "J3: migc_open takes a URI, whatever SQLite was built with") {
    static struct lab lab;
    char uri[200];
    sqlite3 *db = NULL;
    lab_begin(&lab);
    snprintf(uri, sizeof(uri), "file:%s?cache=private", lab.path);
    CHECK_INT(MIGC_OK, migc_open(uri, &library, NULL, &db, NULL));
    sqlite3_close(db);
    db = db_open(lab.path);
    check_defer(db_close, db);
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

/* ----------------------------------------------------------- several sets */

static const migc_migration counter_migrations[] = {
    MIGRATION(1, "001_counter", 0, 1, 1, 0, counter_steps),
};
static const migc_set counter = SET("counter", counter_migrations, NULL);

TEST(two_files, "V4: two sets in one program, each on its own file") {
    sqlite3 *books = db_open_memory(), *counts = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(books, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(counts, &counter, NULL, NULL));
    CHECK_INT(1, db_number(counts, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(MIGC_OTHER_TOOL, migc_up(books, &counter, NULL, NULL));
    CHECK_INT(MIGC_OTHER_TOOL, migc_up(counts, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_to(counts, &counter, 0, NULL, NULL));
    CHECK_INT(4, db_number(books, "SELECT count(*) FROM migc_migrations"));
}

TEST(module_beside, "P12: a module keeps its own history beside another set") {
    migc_set module = counter;
    module.flags = MIGC_SET_MODULE;
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &module, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(db, &module, NULL, NULL));
    CHECK_INT(5, db_number(db, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(MIGC_OK, migc_to(db, &library, 0, NULL, NULL));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM counter") + 1);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_to(db, &module, 0, NULL, NULL));
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

#define TESTS(X)                                                                                   \
    X(status)                                                                                      \
    X(status_disagrees)                                                                            \
    X(status_fails)                                                                                \
    X(plan_up)                                                                                     \
    X(plan_down)                                                                                   \
    X(read_only)                                                                                   \
    X(open_migrates)                                                                               \
    X(open_fails)                                                                                  \
    X(open_waits)                                                                                  \
    X(open_waits_inside)                                                                           \
    X(open_uri)                                                                                    \
    X(two_files)                                                                                   \
    X(module_beside)
CHECK_MAIN(TESTS)
