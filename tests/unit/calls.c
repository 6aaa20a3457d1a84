/*
 * calls.c - steps in C that behave and that do not, and calls of the API that
 * nothing can be made of.
 */
#include "database.h"
#include "sets.h"

static migc_error error;

/* --------------------------------------------------------------- steps in C */

/* What a step saw of what it was given. */
struct seen {
    sqlite3 *db;
    const migc_migration *running;
    int calls;
};

static int look_around(migc_context *context) {
    struct seen *seen = migc_user(context);
    seen->db = migc_db(context);
    seen->running = migc_running(context);
    seen->calls++;
    return 0;
}

static int execute(migc_context *context, const char *sql) {
    return sqlite3_exec(migc_db(context), sql, NULL, NULL, NULL) != SQLITE_OK;
}

static int say_why(migc_context *context) {
    return migc_fail(context, "row %d is not %s", 7, "text");
}

static int say_nothing(migc_context *context) {
    (void)context;
    return 1;
}

static int commit_it(migc_context *context) {
    return execute(context, "COMMIT");
}

static int roll_it_back(migc_context *context) {
    return execute(context, "ROLLBACK");
}

static int commit_and_begin(migc_context *context) {
    return execute(context, "COMMIT; BEGIN");
}

static int begin_anew(migc_context *context) {
    return execute(context, "ROLLBACK; BEGIN IMMEDIATE; CREATE TABLE mine(a)");
}

static int leave_open(migc_context *context) {
    return execute(context, "BEGIN; INSERT INTO author VALUES(9, 'Nobody')");
}

static int use_savepoint(migc_context *context) {
    return execute(context, "SAVEPOINT try; INSERT INTO author VALUES(8, 'Somebody');"
                            "RELEASE try");
}

/* The first migration of the library, and one that calls `function`. */
#define CALLING(name, flags, part, function)                                                       \
    static const migc_step name##_steps[] = {CALL(3, function)};                                   \
    static const migc_migration name##_migrations[] = {                                            \
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),                                          \
        MIGRATION(2, "002_" #name, flags, 1, 0, 0, name##_steps),                                  \
    };                                                                                             \
    static const migc_set name = SET("library", name##_migrations, part);

CALLING(looking, 0, NULL, look_around)
CALLING(telling, 0, NULL, say_why)
CALLING(silent, 0, NULL, say_nothing)
CALLING(committing, 0, NULL, commit_it)
CALLING(rolling, 0, NULL, roll_it_back)
CALLING(going_on, 0, NULL, commit_and_begin)
CALLING(starting_over, 0, NULL, begin_anew)
CALLING(leaving, MIGC_NO_TRANSACTION, &migc_no_transaction, leave_open)
CALLING(saving, 0, NULL, use_savepoint)

TEST(sees, "B7: a C step sees the connection, the running migration and the host's user pointer") {
    struct seen seen = {0};
    migc_options options = {.user = &seen};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &looking, &options, &error));
    CHECK_INT(1, seen.calls);
    CHECK(seen.db == db);
    CHECK(seen.running == &looking_migrations[1]);
}

TEST(fails_with_reason,
     "B7: a C step that fails has the run undone; its reason is in the message") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &telling, NULL, &error));
    CHECK_CONTAINS("002_telling.sql:3: say_why() failed: row 7 is not text", error.message);
    CHECK_STR(telling_migrations[1].name, error.name);
    CHECK_INT(3, error.line);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'book'"));
}

TEST(fails_without_reason, "B7: a C step that fails without a reason is still named") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &silent, NULL, &error));
    CHECK_CONTAINS("002_silent.sql:3: say_nothing() failed: it gave no reason", error.message);
}

TEST(savepoint, "B7: a C step may use savepoints") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &saving, NULL, &error));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM author WHERE id = 8"));
}

TEST(commits, "B7: a C step that commits is found out, and what stays is not denied") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &committing, NULL, &error));
    CHECK_CONTAINS("002_committing.sql:3: the step ended the transaction of the run",
                   error.message);
    CHECK_CONTAINS("What was done up to there may be committed", error.message);
    CHECK(strstr(error.message, "as it was before") == NULL);
    CHECK(sqlite3_get_autocommit(db));
}

TEST(rolls_back, "B7: a C step that rolls back is found out") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &rolling, NULL, &error));
    CHECK_CONTAINS("the step ended the transaction of the run", error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'book'"));
    CHECK(sqlite3_get_autocommit(db));
}

TEST(commits_and_begins, "B7: a C step that commits and begins another transaction is found out") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &going_on, NULL, &error));
    CHECK_CONTAINS("002_going_on.sql:3: the step ended the transaction of the run", error.message);
    CHECK_CONTAINS("What was done up to there may be committed", error.message);
}

TEST(begins_anew, "B7: a C step that undoes those before it does not have them recorded") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &starting_over, NULL, &error));
    CHECK_CONTAINS("the step ended the transaction of the run", error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'mine'"));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

TEST(leaves_open, "B7: a C step outside transactions that leaves one open has it undone") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &leaving, NULL, &error));
    CHECK_CONTAINS("002_leaving.sql:3: the step left a transaction open", error.message);
    CHECK(sqlite3_get_autocommit(db));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM author WHERE id = 9"));
}

/* -------------------------------------------------------------- wrong calls */

TEST(host_transaction, "V6: inside a transaction of the host nothing is done, and it stays open") {
    sqlite3 *db = db_open_memory();
    db_exec(db, "CREATE TABLE mine(a); BEGIN; INSERT INTO mine VALUES(1)");
    CHECK_INT(MIGC_IN_TRANSACTION, migc_up(db, &library, NULL, &error));
    CHECK_CONTAINS("Commit or roll back", error.message);
    CHECK_INT(MIGC_IN_TRANSACTION, migc_down(db, &library, 1, NULL, NULL));
    CHECK_INT(MIGC_IN_TRANSACTION, migc_to(db, &library, 1, NULL, NULL));
    migc_states states;
    migc_plan steps;
    CHECK_INT(MIGC_IN_TRANSACTION, migc_status(db, &library, &states, NULL, NULL));
    CHECK_INT(MIGC_IN_TRANSACTION, migc_plan_to(db, &library, MIGC_LATEST, &steps, NULL, NULL));
    migc_states_free(&states);
    migc_plan_free(&steps);
    CHECK(!sqlite3_get_autocommit(db));
    db_exec(db, "COMMIT");
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM mine"));
}

/* Until it is finished, its rows would go with the first ROLLBACK. */
TEST(host_statement, "V6: with an unfinished INSERT of the host nothing is done, and no row lost") {
    sqlite3_stmt *insert = NULL;
    migc_states states;
    sqlite3 *db = db_open_memory();
    db_exec(db, "CREATE TABLE mine(a)");
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db, "INSERT INTO mine VALUES(1), (2) RETURNING a", -1,
                                            &insert, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(insert));
    migc_code up = migc_up(db, &library, NULL, &error);
    migc_code status = migc_status(db, &library, &states, NULL, NULL);
    migc_states_free(&states);
    sqlite3_finalize(insert);
    CHECK_INT(MIGC_IN_TRANSACTION, up);
    CHECK_INT(MIGC_IN_TRANSACTION, status);
    CHECK_CONTAINS("transaction or a write open", error.message);
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM mine"));
}

TEST(nulls, "D4: a call without a connection or a set is answered, not crashed") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_MISUSE, migc_up(NULL, &library, NULL, &error));
    CHECK_CONTAINS("without a database connection", error.message);
    CHECK_INT(MIGC_MISUSE, migc_up(db, NULL, NULL, &error));
    CHECK_CONTAINS("without a set", error.message);
    CHECK_INT(MIGC_MISUSE, migc_down(NULL, NULL, 1, NULL, NULL));
    CHECK_INT(MIGC_MISUSE, migc_to(db, NULL, 1, NULL, NULL));
}

TEST(defaults, "D4: options and error may be NULL, in success and in failure") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &telling, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
}

TEST(success_is_empty, "D4: a success empties the error of the call before") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &telling, NULL, &error));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, &error));
    CHECK_INT(MIGC_OK, error.code);
    CHECK_STR("", error.message);
    CHECK(error.name == NULL && error.file == NULL);
    CHECK_INT(0, error.line);
    CHECK_INT(0, error.sqlite_code);
}

TEST(other_abi, "D4: a set that was emitted for another libmigc is refused untouched") {
    migc_set set = library;
    sqlite3 *db = db_open_memory();
    set.abi = MIGC_ABI + 1;
    set.migrations = NULL; /* whatever its layout is, nobody looks at it */
    CHECK_INT(MIGC_ABI_MISMATCH, migc_up(db, &set, NULL, &error));
    CHECK_CONTAINS("Build the program again", error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

TEST(no_outside_part, "D4: a set that lacks the part for its migrations says what it lacks") {
    migc_set set = vacuuming;
    sqlite3 *db = db_open_memory();
    set.no_transaction = NULL;
    CHECK_INT(MIGC_MISUSE, migc_up(db, &set, NULL, &error));
    CHECK_CONTAINS("migc_no_transaction", error.message);
}

#define TESTS(X)                                                                                   \
    X(sees)                                                                                        \
    X(fails_with_reason)                                                                           \
    X(fails_without_reason)                                                                        \
    X(savepoint)                                                                                   \
    X(commits)                                                                                     \
    X(rolls_back)                                                                                  \
    X(commits_and_begins)                                                                          \
    X(begins_anew)                                                                                 \
    X(leaves_open)                                                                                 \
    X(host_transaction)                                                                            \
    X(host_statement)                                                                              \
    X(nulls)                                                                                       \
    X(defaults)                                                                                    \
    X(success_is_empty)                                                                            \
    X(other_abi)                                                                                   \
    X(no_outside_part)
CHECK_MAIN(TESTS)
