/*
 * touched.c - foreign keys are checked for the tables that the proof saw a
 * migration touch, and for those that refer to them; all where it is not known.
 */
#include "database.h"
#include "sets.h"

static const migc_step orphan[] = {SQL(3, "DELETE FROM author WHERE id = 2")};

/* The library with a third migration that says it touches these tables. */
static migc_code run_touching(const char *touched, migc_error *error) {
    migc_migration migrations[] = {
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
        MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
        MIGRATION(3, "003_orphan", 0, 1, 0, 0, orphan),
    };
    migc_set set = SET("library", migrations, NULL);
    sqlite3 *db = db_open_memory();
    migrations[2].touched = touched;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    return migc_up(db, &set, NULL, error);
}

TEST(parent_touched, "P9: a child of a touched table is looked at") {
    migc_error error;
    CHECK_INT(MIGC_FOREIGN_KEY, run_touching("[\"author\"]", &error));
    CHECK_CONTAINS("row 3 of book points at no row of author", error.message);
}

TEST(any_case, "P9: names of touched tables are compared as SQLite does") {
    CHECK_INT(MIGC_FOREIGN_KEY, run_touching("[\"AUTHOR\"]", NULL));
}

TEST(child_touched, "P9: a touched table is looked at") {
    CHECK_INT(MIGC_FOREIGN_KEY, run_touching("[\"nothing\",\"book\"]", NULL));
}

TEST(others_left_alone, "P9: what no migration of the run touches is not read") {
    CHECK_INT(MIGC_OK, run_touching("[]", NULL));
}

TEST(not_known, "P9: without a proof every table is looked at") {
    CHECK_INT(MIGC_FOREIGN_KEY, run_touching(NULL, NULL));
}

/* Tables that no migration knows, a trigger that fills one of them, and a hook that does. */
static const char shelves[] =
    "CREATE TABLE shelf(id INTEGER PRIMARY KEY); CREATE TABLE place(shelf REFERENCES shelf);";

static const migc_step add_author[] = {SQL(3, "INSERT INTO author VALUES(7, 'Calvino')")};

static int fill_place(migc_context *context, migc_hook_point point, void *user) {
    (void)user;
    if (point == MIGC_AFTER_MIGRATION)
        db_exec(migc_db(context), "INSERT INTO place VALUES(9)");
    return 0;
}

/* As run_touching(), on a database with the shelves, and what `sql` makes. */
static migc_code run_beside(const migc_step *steps, unsigned count, const char *sql,
                            const migc_hook *hooks, migc_error *error) {
    migc_migration migrations[] = {
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
        MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
        MIGRATION(3, "003_author", 0, 0, 0, 0, NULL),
    };
    migc_set set = SET("library", migrations, NULL);
    migc_options options = {.hooks = hooks};
    sqlite3 *db = db_open_memory();
    migrations[2].steps = steps;
    migrations[2].up_count = count;
    migrations[2].touched = "[\"author\"]";
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, shelves);
    db_exec(db, sql);
    return migc_up(db, &set, &options, error);
}

TEST(trigger_of_others, "P9: what a trigger touches that no migration made is looked at, too") {
    static const char *const triggers[] = {
        "CREATE TRIGGER extra AFTER INSERT ON author BEGIN INSERT INTO place VALUES(9); END",
        "CREATE TEMP TRIGGER extra AFTER INSERT ON author BEGIN INSERT INTO place VALUES(9); END",
    };
    for (size_t i = 0; i < sizeof(triggers) / sizeof(*triggers); i++) {
        migc_error error;
        CHECK_INT(MIGC_FOREIGN_KEY, run_beside(add_author, 1, triggers[i], NULL, &error));
        CHECK_CONTAINS("row 1 of place points at no row of shelf", error.message);
    }
}

TEST(trigger_quotes, "P9: so is a table whose name is written with its quote twice") {
    migc_error error;
    CHECK_INT(MIGC_FOREIGN_KEY, run_beside(add_author, 1,
                                           "CREATE TABLE \"a\"\"b\"(shelf REFERENCES shelf);"
                                           "CREATE TRIGGER extra AFTER INSERT ON author BEGIN"
                                           " INSERT INTO \"a\"\"b\" VALUES(9); END",
                                           NULL, &error));
    CHECK_CONTAINS("row 1 of a\"b points at no row of shelf", error.message);
}

TEST(trigger_dropped, "P9: what a trigger has touched that the run then drops is looked at, too") {
    static const migc_step steps[] = {
        SQL(3, "INSERT INTO author VALUES(7, 'Calvino')"),
        SQL(4, "DROP TRIGGER extra"),
        SQL(5, "CREATE TABLE prize(name TEXT)"),
    };
    migc_error error;
    CHECK_INT(MIGC_FOREIGN_KEY, run_beside(steps, 3,
                                           "CREATE TRIGGER extra AFTER INSERT ON author BEGIN"
                                           " INSERT INTO place VALUES(9); END",
                                           NULL, &error));
    CHECK_CONTAINS("row 1 of place points at no row of shelf", error.message);
}

TEST(trigger_made,
     "P9: what did not hold before is no fault of a run whose new trigger mentions it") {
    static const migc_step steps[] = {
        SQL(3, "INSERT INTO author VALUES(7, 'Calvino')"),
        SQL(4, "CREATE TRIGGER own AFTER DELETE ON author BEGIN DELETE FROM place; END"),
    };
    CHECK_INT(MIGC_OK, run_beside(steps, 2, "INSERT INTO place VALUES(9)", NULL, NULL));
}

TEST(hook_touches, "P9: what a hook touches is looked at, too") {
    static const migc_hook hook = {fill_place, NULL, NULL};
    migc_error error;
    CHECK_INT(MIGC_FOREIGN_KEY, run_beside(add_author, 1, "", &hook, &error));
    CHECK_CONTAINS("row 1 of place points at no row of shelf", error.message);
}

TEST(version_set, "P9: a version of the schema that a migration sets hides no key") {
    static const migc_step steps[] = {
        SQL(3, "CREATE TABLE prize(author REFERENCES author)"),
        SQL(4, "INSERT INTO prize VALUES(99)"),
        SQL(5, "PRAGMA schema_version = 9"),
    };
    migc_error error;
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, shelves);
    CHECK_INT(9, db_number(db, "PRAGMA schema_version"));
    CHECK_INT(MIGC_FOREIGN_KEY, run_beside(steps, 3, "", NULL, &error));
    CHECK_CONTAINS("row 1 of prize points at no row of author", error.message);
}

TEST(schema_written, "P9: a key that a migration writes into the schema's table is looked at") {
    static const migc_step steps[] = {
        SQL(3, "PRAGMA writable_schema = ON"),
        SQL(4, "UPDATE sqlite_schema SET sql = 'CREATE TABLE place(shelf REFERENCES author)'"
               " WHERE name = 'place'"),
        SQL(5, "PRAGMA schema_version = 100"),
    };
    migc_error error;
    CHECK_INT(MIGC_FOREIGN_KEY, run_beside(steps, 3,
                                           "INSERT INTO shelf VALUES(9);"
                                           "INSERT INTO place VALUES(9)",
                                           NULL, &error));
    CHECK_CONTAINS("row 1 of place points at no row of author", error.message);
}

#define TESTS(X)                                                                                   \
    X(parent_touched)                                                                              \
    X(any_case)                                                                                    \
    X(child_touched)                                                                               \
    X(others_left_alone)                                                                           \
    X(not_known)                                                                                   \
    X(trigger_of_others)                                                                           \
    X(trigger_quotes)                                                                              \
    X(trigger_dropped)                                                                             \
    X(trigger_made)                                                                                \
    X(hook_touches)                                                                                \
    X(version_set)                                                                                 \
    X(schema_written)
CHECK_MAIN(TESTS)
