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

#define TESTS(X)                                                                                   \
    X(parent_touched)                                                                              \
    X(any_case)                                                                                    \
    X(child_touched)                                                                               \
    X(others_left_alone)                                                                           \
    X(not_known)
CHECK_MAIN(TESTS)
