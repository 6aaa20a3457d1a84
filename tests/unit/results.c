/*
 * What up, down and to do, and what they say of it: all or nothing, the result,
 * the error, and the history of a failed attempt.
 */
#include "database.h"
#include "sets.h"

/* Like the library, but its last migration fails in its second statement. */
static const migc_step failing_steps[] = {
    SQL(3, "DELETE FROM book"),
    SQL(4, "INSERT INTO author(name)\n"
           "SELECT nosuch\n"
           "  FROM author"),
    SQL(9, "SELECT 1"),
};

static const migc_migration failing_last = MIGRATION(3, "003_failing", 0, 2, 1, 0, failing_steps);

static const migc_set *failing(void) {
    static migc_migration migrations[3];
    static const migc_set set = SET("library", migrations, NULL);
    memcpy(migrations, library_migrations, 2 * sizeof(*migrations));
    migrations[2] = failing_last;
    return &set;
}

/* Full text search over another table's rows, kept by a trigger. */
static const migc_step notes_steps[] = {
    SQL(3, "CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT)"),
    SQL(6, "DROP TABLE note"),
};

static const migc_step search_steps[] = {
    SQL(3, "CREATE VIRTUAL TABLE found USING fts5(text, content='note', content_rowid='id')"),
    SQL(4, "CREATE TRIGGER note_added AFTER INSERT ON note BEGIN\n"
           "    INSERT INTO found(rowid, text) VALUES(new.id, new.text);\n"
           "END"),
    SQL(7, "INSERT INTO found(found) VALUES('rebuild')"),
    SQL(10, "DROP TRIGGER note_added"),
    SQL(11, "DROP TABLE found"),
};

static const migc_migration search_migrations[] = {
    MIGRATION(1, "001_notes", 0, 1, 1, 0, notes_steps),
    MIGRATION(2, "002_search", 0, 3, 2, 0, search_steps),
};

static const migc_set search = SET("notes", search_migrations, NULL);

/* Runs that are told of in a result. */
struct run {
    migc_result result;
    migc_options options;
    migc_error error;
};

static void run_begin(struct run *run, unsigned flags) {
    memset(run, 0, sizeof(*run));
    run->options.flags = flags;
    run->options.result = &run->result;
}

static void check_result(const struct run *run, int64_t from, int64_t to, size_t count) {
    CHECK_STR("", run->error.message);
    CHECK_INT(from, run->result.from);
    CHECK_INT(to, run->result.to);
    CHECK_INT(count, run->result.count);
    CHECK(run->result.duration_us >= 0);
}

TEST(result_of_up, "D4: up returns what it ran") {
    sqlite3 *db = db_open_memory();
    struct run run;
    run_begin(&run, 0);
    migc_up(db, &library_at_2, &run.options, &run.error);
    check_result(&run, 0, 2, 2);
    migc_up(db, &library, &run.options, &run.error);
    check_result(&run, 2, 4, 2);
    migc_up(db, &library, &run.options, &run.error);
    check_result(&run, 4, 4, 0);
}

TEST(no_function, "V6: a function that the program lacks is told as what the program has to do") {
    static const migc_step steps[] = {SQL(1, "SELECT slug(1)")};
    static const migc_migration migrations[] = {MIGRATION(1, "001_slug", 0, 1, 0, 0, steps)};
    static const migc_set set = SET("slug", migrations, NULL);
    migc_error error;
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db_open_memory(), &set, NULL, &error));
    CHECK_CONTAINS("no such function: slug", error.message);
    CHECK_CONTAINS("Register the function in on_open, which a program made with --main cannot",
                   error.message);
}

TEST(versions_that_ran, "D4: a call returns which migrations ran, as many as there is room for") {
    int64_t ran[4] = {7, 7, 7, 7};
    migc_options options = {.ran = ran, .ran_room = 3};
    sqlite3 *db = db_open_memory();
    options.flags = MIGC_DRY_RUN;
    CHECK_INT(MIGC_OK, migc_up(db, &library, &options, NULL));
    CHECK_INT(3, ran[2]);
    memset(ran, 0, sizeof(ran));
    options.flags = MIGC_EACH;
    CHECK_INT(MIGC_OK, migc_up(db, &library, &options, NULL));
    CHECK(ran[0] == 1 && ran[1] == 2 && ran[2] == 3 && ran[3] == 0);
    options.ran_room = 1;
    CHECK_INT(MIGC_OK, migc_down(db, &library, 2, &options, NULL));
    CHECK(ran[0] == library_migrations[library.count - 1].version && ran[1] == 2 && ran[2] == 3);
}

static int count_runs_of(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    if (point == MIGC_BEFORE_RUN)
        *(int *)user += 1;
    return 0;
}

TEST(down_by_name, "D2 D4: the API reverts the latest by its name, and names those on top of it") {
    migc_error error;
    int runs = 0;
    migc_hook hook = {count_runs_of, &runs, NULL};
    migc_options options = {.hooks = &hook};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_to(db, &library, 3, NULL, NULL));
    CHECK_INT(MIGC_MISUSE, migc_down_name(db, &library, "002_words", NULL, &error));
    CHECK_CONTAINS("002_words cannot be reverted while later ones are applied: 003_",
                   error.message);
    CHECK_INT(MIGC_NO_SUCH_VERSION, migc_down_name(db, &library, "nothing", NULL, &error));
    CHECK_INT(MIGC_OK, migc_down_name(db, &library, library_migrations[2].name, &options, &error));
    CHECK_INT(1, runs);
    CHECK_INT(MIGC_OK, migc_down_name(db, &library, "words", NULL, NULL));
    CHECK_INT(MIGC_MISUSE, migc_down_name(db, &library, "words", NULL, &error));
    CHECK_CONTAINS("002_words is not applied", error.message);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

TEST(result_of_down, "D4: down and to return what they reverted or ran") {
    sqlite3 *db = db_open_memory();
    struct run run;
    run_begin(&run, 0);
    migc_to(db, &library, 3, &run.options, &run.error);
    check_result(&run, 0, 3, 3);
    migc_down(db, &library, 1, &run.options, &run.error);
    check_result(&run, 3, 2, 1);
    migc_down(db, &library, 0, &run.options, &run.error);
    check_result(&run, 2, 2, 0);
    migc_to(db, &library, 4, &run.options, &run.error);
    check_result(&run, 2, 4, 2);
    migc_to(db, &library, 4, &run.options, &run.error);
    check_result(&run, 4, 4, 0);
    migc_down(db, &library, 99, &run.options, &run.error);
    check_result(&run, 4, 0, 4);
    migc_down(db, &library, 1, &run.options, &run.error);
    check_result(&run, 0, 0, 0);
}

TEST(dry_run, "V5: a dry run returns what a run would and changes nothing") {
    sqlite3 *db = db_open_memory();
    struct run run;
    run_begin(&run, MIGC_DRY_RUN);
    uint64_t before = db_digest(db);
    migc_up(db, &library, &run.options, &run.error);
    check_result(&run, 0, 4, 4);
    CHECK(before == db_digest(db));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    before = db_digest(db);
    migc_to(db, &library, 1, &run.options, &run.error);
    check_result(&run, 4, 1, 3);
    CHECK(before == db_digest(db));
}

TEST(all_or_nothing, "V2: a failing migration undoes the whole run, and is named") {
    sqlite3 *db = db_open_memory();
    struct run run;
    run_begin(&run, 0);
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, failing(), &run.options, &run.error));
    CHECK(before == db_digest(db));
    CHECK_INT(MIGC_STEP_FAILED, run.error.code);
    CHECK_INT(SQLITE_ERROR, run.error.sqlite_code);
    CHECK_INT(5, run.error.line);
    CHECK_INT(3, run.error.version);
    CHECK_STR("003_failing", run.error.name);
    CHECK_STR("003_failing.sql:5: no such column: nosuch. The database is as it was before the"
              " run, at the beginning. Correct the migration, or what somebody has changed in the "
              "schema ('drift' shows it).",
              run.error.message);
    CHECK_INT(0, run.result.count);
    CHECK_INT(0, run.result.to);
}

TEST(each_keeps, "V2: with MIGC_EACH those before the failed one stay") {
    sqlite3 *db = db_open_memory(), *wanted = db_open_memory();
    struct run run;
    run_begin(&run, MIGC_EACH);
    CHECK_INT(MIGC_OK, migc_up(wanted, &library_at_2, NULL, NULL));
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, failing(), &run.options, &run.error));
    CHECK(db_digest(wanted) == db_digest(db));
    CHECK_INT(2, run.result.count);
    CHECK_INT(2, run.result.to);
    CHECK_CONTAINS("Done before that and kept: 2; the database is at ", run.error.message);
    CHECK_CONTAINS(library_migrations[1].name, run.error.message);
}

TEST(failure_is_history, "B5: a failed attempt is in the history, with its reason") {
    sqlite3 *db = db_open_memory();
    char text[400];
    CHECK_INT(MIGC_STEP_FAILED,
              migc_up(db, failing(), &(migc_options){.applied_by = "the tests"}, NULL));
    CHECK_STR("failed 3 003_failing the tests 003_failing.sql:5: no such column: nosuch",
              db_text(db,
                      "SELECT action || ' ' || version || ' ' || name || ' ' || applied_by || ' '"
                      " || (detail ->> 'text') FROM migc_events",
                      text, sizeof(text)));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE pid > 0 AND host <> ''"
                               " AND at LIKE '____-__-__ __:__:__.___'"));
}

TEST(goes_on_after_failure, "B5: a database with only a failed attempt can be migrated") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, failing(), NULL, NULL));
    struct run run;
    run_begin(&run, 0);
    migc_up(db, &library, &run.options, &run.error);
    check_result(&run, 0, 4, 4);
}

TEST(events_of_run, "B5: every up and down is in the history") {
    sqlite3 *db = db_open_memory();
    char text[200];
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_down(db, &library_at_2, 1, NULL, NULL));
    CHECK_STR("up 1, up 2, down 2",
              db_text(db, "SELECT group_concat(action || ' ' || version, ', ') FROM migc_events",
                      text, sizeof(text)));
    CHECK_STR("DROP TABLE book;\nDROP TABLE author;\n-- sum: 2c2845dc4f4ff3c4\n",
              db_text(db, "SELECT down FROM migc_migrations", text, sizeof(text)));
}

TEST(down_restores, "D4: down restores the schema and the rows") {
    sqlite3 *db = db_open_memory();
    /* The first way down settles how the schema is written. */
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_to(db, &library, 1, NULL, NULL));
    uint64_t at_1 = db_digest(db);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    uint64_t at_4 = db_digest(db);
    CHECK(at_1 != at_4);
    CHECK_INT(MIGC_OK, migc_to(db, &library, 1, NULL, NULL));
    CHECK(at_1 == db_digest(db));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK(at_4 == db_digest(db));
}

#define FIND_OWLS "SELECT rowid FROM found WHERE found MATCH 'owls'"

TEST(search_returns, "D5: up, down and up again keeps the data, with full text search") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_to(db, &search, 1, NULL, NULL));
    db_exec(db, "INSERT INTO note VALUES(7, 'feed the owls')");
    uint64_t at_1 = db_digest(db);
    CHECK_INT(MIGC_OK, migc_up(db, &search, NULL, NULL));
    CHECK_INT(7, db_number(db, FIND_OWLS));
    CHECK_INT(MIGC_OK, migc_down(db, &search, 1, NULL, NULL));
    CHECK(at_1 == db_digest(db));
    CHECK_INT(MIGC_OK, migc_up(db, &search, NULL, NULL));
    CHECK_INT(7, db_number(db, FIND_OWLS));
}

static const migc_step verified_steps[] = {
    SQL(3, "UPDATE book SET title = '' WHERE id = 2"),
    SQL(6, "SELECT 1"),
    SQL(9, "SELECT id FROM book WHERE title IS NULL"),
    SQL(10, "SELECT id FROM book WHERE title = ''"),
};

static const migc_migration verified_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_verified", 0, 1, 1, 2, verified_steps),
};

TEST(verify_undoes, "F7: a row that VERIFY finds undoes the run") {
    static const migc_set verified = SET("library", verified_migrations, NULL);
    sqlite3 *db = db_open_memory();
    migc_error error;
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_VERIFY_FAILED, migc_up(db, &verified, NULL, &error));
    CHECK(before == db_digest(db));
    CHECK_INT(10, error.line);
    CHECK_INT(-1, error.offset);
    CHECK_STR("002_verified.sql:10: VERIFY found a row that must not exist (2). The database is as"
              " it was before the run, at the beginning. Correct the migration, or the data it"
              " met.",
              error.message);
}

TEST(irreversible, "C5: what has no DOWN is not reverted, nor is what stands on it") {
    migc_migration migrations[4];
    memcpy(migrations, library_migrations, sizeof(migrations));
    migrations[2].down_count = 0;
    migrations[2].verify_count = 0;
    migrations[2].irreversible = "the years are forgotten";
    migc_set set = library;
    set.migrations = migrations;
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, NULL));
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_IRREVERSIBLE, migc_to(db, &set, 1, NULL, &error));
    CHECK_STR(migrations[2].name, error.name);
    CHECK_INT(0, error.step);
    CHECK_STR("003_birth_years.sql cannot be reverted: the years are forgotten. Nothing was"
              " changed. Restore a backup instead.",
              error.message);
    CHECK(before == db_digest(db));
    CHECK_INT(MIGC_OK, migc_down(db, &set, 1, NULL, NULL));
}

TEST(no_such_version, "D4: to a version that the set lacks changes nothing") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_NO_SUCH_VERSION, migc_to(db, &library, 5, NULL, &error));
    CHECK_STR("this program has no migration with version 5. Nothing was changed. The command"
              " status lists those there are.",
              error.message);
    CHECK_INT(MIGC_NO_SUCH_VERSION, migc_to(db, &library, -1, NULL, NULL));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

TEST(timestamps, "J1: versions can be timestamps of 14 digits") {
    static const migc_migration migrations[] = {
        MIGRATION(INT64_C(20260214120000), "20260214120000_books", 0, 4, 2, 0, library_1),
        MIGRATION(INT64_C(20260214120001), "20260214120001_search", 0, 4, 3, 0, library_2),
    };
    static const migc_set set = SET("library", migrations, NULL);
    sqlite3 *db = db_open_memory();
    struct run run;
    run_begin(&run, 0);
    migc_up(db, &set, &run.options, &run.error);
    check_result(&run, 0, INT64_C(20260214120001), 2);
    migc_to(db, &set, INT64_C(20260214120000), &run.options, &run.error);
    check_result(&run, INT64_C(20260214120001), INT64_C(20260214120000), 1);
}

TEST(full, "V6: a full disk undoes the run and says so") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    uint64_t before = db_digest(db);
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d",
             (int)db_number(db, "PRAGMA page_count"));
    db_exec(db, sql);
    CHECK_INT(MIGC_DISK_FULL, migc_up(db, &library, NULL, &error));
    CHECK_CONTAINS("the disk is full (SQLite said: database or disk is full). The database is as"
                   " it was before the run, at ",
                   error.message);
    CHECK_CONTAINS(". Free some space, then start again.", error.message);
    CHECK(before == db_digest(db));
}

/* The parts, joined as "WHAT. STATE. ADVICE."; NULL: any text. */
static void check_parts(const migc_error *error, migc_code code, const char *what,
                        const char *state, const char *advice) {
    const struct {
        const char *expected;
        migc_part part;
    } parts[] = {{what, error->what}, {state, error->state}, {advice, error->advice}};
    char joined[4096] = "";
    size_t used = 0;
    CHECK_INT(code, error->code);
    for (size_t i = 0; i < 3; i++) {
        char part[sizeof(error->message)];
        snprintf(part, sizeof(part), "%.*s", (int)parts[i].part.size,
                 error->message + parts[i].part.at);
        CHECK_STR(parts[i].expected ? parts[i].expected : part, part);
        if (*part)
            used += (size_t)snprintf(joined + used, sizeof(joined) - used, "%s%s%s", i ? " " : "",
                                     part, *state ? "." : "");
    }
    CHECK_STR(joined, error->message);
}

TEST(parts, "V6: what happened, the state and the advice are there apart, and joined the message") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    migc_up(db, failing(), NULL, &error);
    check_parts(
        &error, MIGC_STEP_FAILED, "003_failing.sql:5: no such column: nosuch",
        "The database is as it was before the run, at the beginning",
        "Correct the migration, or what somebody has changed in the schema ('drift' shows it)");
    CHECK_INT(strlen("003_failing.sql:5"), error.place.size);
    CHECK_INT(0, error.place.at);
    migc_up(db, &library, NULL, &error);
    check_parts(&error, MIGC_OK, "", "", "");
    migc_up(db, &library_at_2, NULL, &error);
    check_parts(&error, MIGC_NEWER, NULL, "Nothing was changed", "Install the newer program");
    CHECK_INT(0, error.place.size);
    migc_to(db, &library, 9, NULL, &error);
    check_parts(&error, MIGC_NO_SUCH_VERSION, "this program has no migration with version 9",
                "Nothing was changed", "The command status lists those there are");
    migc_up(NULL, &library, NULL, &error);
    check_parts(&error, MIGC_MISUSE, "libmigc was called without a database connection", "", "");
    db_exec(db, "BEGIN");
    migc_up(db, &library, NULL, &error);
    check_parts(&error, MIGC_IN_TRANSACTION,
                "the program's connection has a transaction or a write open", "Nothing was changed",
                "Commit or roll back before migrating");
    db_exec(db, "ROLLBACK");
    migc_baseline(db_open_memory(), &library, 1, NULL, &error);
    check_parts(&error, MIGC_DRIFTED, NULL, "Nothing was changed", "");
}

static int fail_plainly(migc_context *context) {
    return migc_fail(context, "no network");
}

TEST(parts_cut, "V6: the parts of a message that is full lie within it") {
    static char file[1100]; /* longer by one at each turn */
    static const migc_step steps[] = {CALL(3, fail_plainly)};
    static migc_migration migrations[] = {MIGRATION(1, "001_call", 0, 1, 0, 0, steps)};
    static const migc_set set = SET("library", migrations, NULL);
    sqlite3 *db = db_open_memory();
    migc_error error;
    migrations[0].file = file;
    for (size_t size = 800; size < sizeof(file) - 1; size++) {
        memset(file, 'x', size);
        CHECK_INT(MIGC_CALL_FAILED, migc_up(db, &set, NULL, &error));
        const migc_part all[] = {error.what, error.place, error.state, error.advice};
        for (size_t i = 0; i < 4; i++)
            CHECK(all[i].at + all[i].size <= strlen(error.message));
    }
    CHECK_INT(sizeof(error.message) - 1, error.what.size);
    CHECK_INT(0, error.state.size + error.advice.size);
}

TEST(empty_set, "D4: a set without migrations does nothing, and takes an empty database as it is") {
    static const migc_set empty = {.abi = MIGC_ABI, .name = "library"};
    sqlite3 *db = db_open_memory();
    struct run run;
    run_begin(&run, 0);
    migc_up(db, &empty, &run.options, &run.error);
    check_result(&run, 0, 0, 0);
    migc_to(db, &empty, 0, &run.options, &run.error);
    check_result(&run, 0, 0, 0);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

#define TESTS(X)                                                                                   \
    X(result_of_up)                                                                                \
    X(no_function)                                                                                 \
    X(versions_that_ran)                                                                           \
    X(down_by_name)                                                                                \
    X(result_of_down)                                                                              \
    X(dry_run)                                                                                     \
    X(all_or_nothing)                                                                              \
    X(each_keeps)                                                                                  \
    X(failure_is_history)                                                                          \
    X(goes_on_after_failure)                                                                       \
    X(events_of_run)                                                                               \
    X(down_restores)                                                                               \
    X(search_returns)                                                                              \
    X(verify_undoes)                                                                               \
    X(irreversible)                                                                                \
    X(no_such_version)                                                                             \
    X(timestamps)                                                                                  \
    X(full)                                                                                        \
    X(parts)                                                                                       \
    X(parts_cut)                                                                                   \
    X(empty_set)
CHECK_MAIN(TESTS)
