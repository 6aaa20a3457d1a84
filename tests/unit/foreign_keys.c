/*
 * foreign_keys.c - the runner's handling of foreign keys, on hosts that have
 * them on.
 */
#include "database.h"
#include "sets.h"

static migc_error error;

static sqlite3 *open_library(void) {
    sqlite3 *db = db_open_memory();
    db_exec(db, "PRAGMA foreign_keys = ON");
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    return db;
}

/* The library with a third migration: these steps, all of them UP. */
#define ONE_MORE(name, ...)                                                                        \
    static const migc_step name##_steps[] = {__VA_ARGS__};                                         \
    static const migc_migration name##_migrations[] = {                                            \
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),                                          \
        MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),                                          \
        MIGRATION(3, "003_" #name, 0, sizeof(name##_steps) / sizeof(*name##_steps), 0, 0,          \
                  name##_steps),                                                                   \
    };                                                                                             \
    static const migc_set name = SET("library", name##_migrations, NULL);

ONE_MORE(orphaning, SQL(3, "DELETE FROM author WHERE id = 2"))
ONE_MORE(harmless, SQL(3, "CREATE TABLE note(text TEXT)"))
ONE_MORE(mending, SQL(3, "DELETE FROM loan WHERE book = 98"))
ONE_MORE(swapping, SQL(3, "DELETE FROM loan WHERE book = 98"),
         SQL(4, "DELETE FROM author WHERE id = 2"))
ONE_MORE(lending, SQL(3, "INSERT INTO loan VALUES('Zed', 77)"))

ONE_MORE(renaming, SQL(3, "ALTER TABLE book RENAME TO volume"))
ONE_MORE(renaming_parent, SQL(3, "ALTER TABLE author RENAME TO writer"))
ONE_MORE(renumbering, SQL(3, "CREATE TABLE made(title TEXT, author INTEGER REFERENCES author(id))"),
         SQL(4, "INSERT INTO made SELECT title, author FROM book ORDER BY title"),
         SQL(5, "DROP TABLE book"), SQL(6, "ALTER TABLE made RENAME TO book"))
ONE_MORE(renaming_and_orphaning, SQL(3, "DELETE FROM author WHERE id = 2"),
         SQL(4, "ALTER TABLE book RENAME TO volume"))

TEST(rebuild_keeps_children,
     "P9: the rebuild of a parent loses no child through ON DELETE CASCADE") {
    sqlite3 *db = open_library();
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(5, db_number(db, "SELECT count(*) FROM book"));
    CHECK_INT(1, db_number(db, "PRAGMA foreign_keys"));
    CHECK_INT(MIGC_OK, migc_down(db, &library, 2, NULL, NULL));
    CHECK_INT(5, db_number(db, "SELECT count(*) FROM book"));
}

TEST(new_violation_undone,
     "P9: a run that leaves rows pointing at nothing is undone, and names one") {
    sqlite3 *db = open_library();
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_FOREIGN_KEY, migc_up(db, &orphaning, NULL, &error));
    CHECK_CONTAINS("row 3 of book points at no row of author", error.message);
    CHECK_CONTAINS("ON DELETE CASCADE does nothing while migrations run", error.message);
    CHECK(db_digest(db) == before);
}

TEST(old_violation_borne, "P9: violations that were there before are not held against a run") {
    sqlite3 *db = open_library();
    db_exec(db, "PRAGMA foreign_keys = OFF; INSERT INTO book VALUES(9, 99, 'Orphan')");
    CHECK_INT(MIGC_OK, migc_up(db, &harmless, NULL, &error));
    CHECK_STR("", error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_temp_schema"));
}

TEST(old_under_another_name,
     "P9: nor are they when their table or its parent is renamed, or their rows have new numbers") {
    static const migc_set *const sets[] = {&renaming, &renaming_parent, &renumbering};
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        sqlite3 *db = open_library();
        db_exec(db, "PRAGMA foreign_keys = OFF; INSERT INTO book VALUES(9, 99, 'An orphan')");
        CHECK_INT(MIGC_OK, migc_up(db, sets[i], NULL, &error));
        CHECK_STR("", error.message);
        CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_temp_schema"));
    }
    sqlite3 *db = open_library();
    db_exec(db, "PRAGMA foreign_keys = OFF; INSERT INTO book VALUES(9, 99, 'An orphan')");
    CHECK_INT(MIGC_FOREIGN_KEY, migc_up(db, &renaming_and_orphaning, NULL, &error));
}

TEST(old_and_new, "P9: beside old violations a new one is still found and named") {
    sqlite3 *db = open_library();
    db_exec(db, "PRAGMA foreign_keys = OFF; INSERT INTO book VALUES(9, 99, 'Orphan')");
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_FOREIGN_KEY, migc_up(db, &orphaning, NULL, &error));
    CHECK_CONTAINS("row 3 of book points at no row of author", error.message);
    CHECK(strstr(error.message, "row 9") == NULL);
    CHECK(db_digest(db) == before);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_temp_schema"));
}

/* Loans of books 98 and 99, which are not there. */
static sqlite3 *open_lending(void) {
    sqlite3 *db = open_library();
    db_exec(db, "PRAGMA foreign_keys = OFF;"
                "CREATE TABLE loan(reader TEXT PRIMARY KEY, book INTEGER REFERENCES book(id))"
                " WITHOUT ROWID;"
                "INSERT INTO loan VALUES('Ann', 98), ('Bob', 99)");
    return db;
}

TEST(mended_without_rowid,
     "P9: a run that mends one of two violations WITHOUT ROWID is not accused") {
    sqlite3 *db = open_lending();
    CHECK_INT(MIGC_OK, migc_up(db, &mending, NULL, &error));
    CHECK_STR("", error.message);
}

TEST(added_without_rowid, "P9: one more violation in a table WITHOUT ROWID is found") {
    sqlite3 *db = open_lending();
    CHECK_INT(MIGC_FOREIGN_KEY, migc_up(db, &lending, NULL, &error));
    CHECK_CONTAINS("a row of loan points at no row of book", error.message);
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM loan"));
}

TEST(mended_and_added, "P9: mending one violation does not pay for another table's new one") {
    sqlite3 *db = open_lending();
    CHECK_INT(MIGC_FOREIGN_KEY, migc_up(db, &swapping, NULL, &error));
    CHECK_CONTAINS("row 3 of book points at no row of author", error.message);
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM loan"));
}

TEST(two_keys_one_mended, "P9: a row with two keys to one table, one mended, is not accused") {
    static const migc_step steps[] = {SQL(3, "UPDATE pair SET left_one = 1")};
    static const migc_migration migrations[] = {MIGRATION(1, "001_mend", 0, 1, 0, 0, steps)};
    static const migc_set set = SET("pairs", migrations, NULL);
    migc_options options = {.flags = MIGC_ALLOW_UNMANAGED};
    sqlite3 *db = db_open_memory();
    db_exec(db, "CREATE TABLE one(id INTEGER PRIMARY KEY); INSERT INTO one VALUES(1);"
                "CREATE TABLE pair(left_one REFERENCES one, right_one REFERENCES one);"
                "INSERT INTO pair VALUES(8, 9)");
    CHECK_INT(MIGC_OK, migc_up(db, &set, &options, &error));
    CHECK_STR("", error.message);
}

TEST(enforced_on_request, "P9: Foreign-Keys: on enforces them while it runs") {
    static const migc_step steps[] = {SQL(3, "DELETE FROM author WHERE id = 2")};
    static const migc_migration migrations[] = {
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
        MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
        MIGRATION(3, "003_cascade", MIGC_FOREIGN_KEYS_ON, 1, 0, 0, steps),
    };
    static const migc_set set = SET("library", migrations, NULL);
    sqlite3 *db = open_library();
    db_exec(db, "PRAGMA foreign_keys = OFF");
    CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, NULL));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM book WHERE author = 2"));
    CHECK_INT(0, db_number(db, "PRAGMA foreign_keys"));
}

#define TESTS(X)                                                                                   \
    X(rebuild_keeps_children)                                                                      \
    X(new_violation_undone)                                                                        \
    X(old_violation_borne)                                                                         \
    X(old_under_another_name)                                                                      \
    X(old_and_new)                                                                                 \
    X(mended_without_rowid)                                                                        \
    X(added_without_rowid)                                                                         \
    X(mended_and_added)                                                                            \
    X(two_keys_one_mended)                                                                         \
    X(enforced_on_request)
CHECK_MAIN(TESTS)
