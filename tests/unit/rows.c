/*
 * rows.c - rows compared by what they hold: equal after a rebuild, different when a value, its
 * storage class or its column is.
 */
#include "check.h"

#include <stdlib.h>

#include "schema/schema.h"

#define NOTES "CREATE TABLE notes(id INTEGER PRIMARY KEY, title TEXT, size);"
#define ROWS "INSERT INTO notes VALUES (1, 'one', 1), (2, 'two', 2.5), (3, NULL, x'0102');"

static void close_db(void *db) {
    sqlite3_close(db);
}

static void free_memory(void *memory) {
    migci_free_all(memory);
    free(memory);
}

static sqlite3 *open_with(const char *sql) {
    sqlite3 *db = NULL;
    char *message = NULL;
    CHECK_INT(SQLITE_OK, sqlite3_open(":memory:", &db));
    check_defer(close_db, db);
    sqlite3_exec(db, sql, NULL, NULL, &message);
    CHECK_STR(NULL, message);
    return db;
}

/* Whether the tables "notes" of two databases have the same rows. */
static int are_equal(const char *one, const char *other) {
    uint64_t a[2], b[2];
    int64_t a_count, b_count;
    CHECK_INT(SQLITE_OK, migci_rows_digest(open_with(one), "notes", a, &a_count));
    CHECK_INT(SQLITE_OK, migci_rows_digest(open_with(other), "notes", b, &b_count));
    return a_count == b_count && a[0] == b[0] && a[1] == b[1];
}

static long long count_lost(const char *before_sql, const char *after_sql) {
    migci_memory *memory = calloc(1, sizeof(*memory));
    migci_rows before, after;
    const migci_table notes = {.name = "notes"};
    check_defer(free_memory, memory);
    CHECK_INT(SQLITE_OK, migci_rows_read(open_with(before_sql), &notes, memory, &before));
    CHECK_INT(SQLITE_OK, migci_rows_read(open_with(after_sql), &notes, memory, &after));
    return (long long)migci_rows_lost(&before, &after);
}

TEST(same_rows, "L9: the same rows are equal, in any order") {
    CHECK(are_equal(NOTES ROWS, NOTES ROWS));
    CHECK(are_equal(NOTES ROWS, NOTES ROWS "DELETE FROM notes WHERE id = 1;"
                                           "INSERT INTO notes VALUES (1, 'one', 1)"));
    CHECK(are_equal("CREATE TABLE notes(a); INSERT INTO notes VALUES (1), (2)",
                    "CREATE TABLE notes(a); INSERT INTO notes VALUES (2), (1)"));
}

TEST(rebuilt, "L9: a rebuilt table is equal, with its columns in another order and case") {
    CHECK(are_equal(NOTES ROWS,
                    NOTES ROWS "CREATE TABLE n(size, TITLE TEXT, Id INTEGER PRIMARY KEY);"
                               "INSERT INTO n SELECT size, title, id FROM notes;"
                               "DROP TABLE notes; ALTER TABLE n RENAME TO notes"));
}

TEST(rowids, "L9: rowids that no column shows do not count, the primary key does") {
    CHECK(are_equal("CREATE TABLE notes(a); INSERT INTO notes(rowid, a) VALUES (7, 'x')",
                    "CREATE TABLE notes(a); INSERT INTO notes(rowid, a) VALUES (9, 'x')"));
    CHECK(!are_equal(NOTES ROWS, NOTES ROWS "UPDATE notes SET id = 4 WHERE id = 3"));
}

TEST(values, "L9: a value that changed is seen") {
    CHECK(!are_equal(NOTES ROWS, NOTES ROWS "UPDATE notes SET title = 'One' WHERE id = 1"));
    CHECK(!are_equal(NOTES ROWS, NOTES ROWS "UPDATE notes SET title = 'one ' WHERE id = 1"));
    CHECK(!are_equal(NOTES ROWS, NOTES ROWS "UPDATE notes SET title = '' WHERE id = 3"));
    CHECK(!are_equal(NOTES ROWS, NOTES ROWS "UPDATE notes SET title = CAST(x'6f6e650061' AS TEXT)"
                                            " WHERE id = 1"));
}

TEST(storage, "L9: 1, '1', 1.0, x'31' and NULL are five values") {
    static const char *const values[] = {"1", "'1'", "1.0", "x'31'", "NULL"};
    enum { COUNT = sizeof(values) / sizeof(*values) };
    char sql[COUNT][128];
    for (int i = 0; i < COUNT; i++) {
        snprintf(sql[i], sizeof(sql[i]), NOTES "INSERT INTO notes VALUES (1, 'a', %s)", values[i]);
        for (int j = 0; j < i; j++)
            CHECK_MSG(!are_equal(sql[i], sql[j]), "%s equals %s", values[i], values[j]);
    }
}

TEST(swapped, "L9: values that changed places are seen, in a row and between rows") {
    CHECK(!are_equal("CREATE TABLE notes(a, b); INSERT INTO notes VALUES (1, 2)",
                     "CREATE TABLE notes(a, b); INSERT INTO notes VALUES (2, 1)"));
    CHECK(!are_equal("CREATE TABLE notes(a, b); INSERT INTO notes VALUES (1, 2), (3, 4)",
                     "CREATE TABLE notes(a, b); INSERT INTO notes VALUES (1, 4), (3, 2)"));
}

TEST(duplicates, "L9: equal rows are counted") {
    CHECK(!are_equal("CREATE TABLE notes(a); INSERT INTO notes VALUES (1), (1), (2)",
                     "CREATE TABLE notes(a); INSERT INTO notes VALUES (1), (2), (2)"));
    CHECK(!are_equal("CREATE TABLE notes(a); INSERT INTO notes VALUES (1), (1)",
                     "CREATE TABLE notes(a); INSERT INTO notes VALUES (3), (3)"));
    CHECK_INT(1, count_lost("CREATE TABLE notes(a); INSERT INTO notes VALUES (1), (1), (2)",
                            "CREATE TABLE notes(a); INSERT INTO notes VALUES (2), (1)"));
}

TEST(generated, "L9: generated columns are left out") {
    CHECK(are_equal("CREATE TABLE notes(a); INSERT INTO notes(a) VALUES (1)",
                    "CREATE TABLE notes(a, b AS (a + 1), c AS (a + 2) STORED);"
                    "INSERT INTO notes(a) VALUES (1)"));
}

TEST(lost, "L9: lost rows are counted, new ones are not") {
    CHECK_INT(0, count_lost(NOTES ROWS, NOTES ROWS));
    CHECK_INT(3, count_lost(NOTES ROWS, NOTES));
    CHECK_INT(0, count_lost(NOTES, NOTES ROWS));
    CHECK_INT(2, count_lost(NOTES ROWS, NOTES ROWS "DELETE FROM notes WHERE id > 1;"
                                                   "INSERT INTO notes VALUES (9, 'new', 0)"));
    CHECK_INT(1, count_lost(NOTES ROWS, NOTES ROWS "UPDATE notes SET size = 3 WHERE id = 2"));
}

TEST(without_rowid, "L9: tables WITHOUT ROWID, of odd names, with odd columns") {
    uint64_t digest[2];
    int64_t count;
    sqlite3 *db = open_with("CREATE TABLE \"a \"\"b'c\"(\"x \"\"y\" TEXT PRIMARY KEY, \"order\")"
                            " WITHOUT ROWID; INSERT INTO \"a \"\"b'c\" VALUES ('k', 1), ('l', 2)");
    CHECK_INT(SQLITE_OK, migci_rows_digest(db, "a \"b'c", digest, &count));
    CHECK_INT(2, count);
}

TEST(virtual_rows, "L9: the rows of a virtual table are what it shows") {
    CHECK(are_equal("CREATE VIRTUAL TABLE notes USING fts5(a, b);"
                    "INSERT INTO notes VALUES ('x', 'y'), ('z', NULL)",
                    "CREATE TABLE notes(a, b); INSERT INTO notes VALUES ('x', 'y'), ('z', NULL)"));
}

TEST(main_only, "L9: a table of TEMP under the same name does not count") {
    CHECK(are_equal(NOTES ROWS, NOTES ROWS "CREATE TEMP TABLE notes(x)"));
}

TEST(no_table, "L9: a table that is not there is SQLite's error") {
    uint64_t digest[2];
    int64_t count;
    sqlite3 *db = open_with("");
    CHECK_INT(SQLITE_ERROR, migci_rows_digest(db, "notes", digest, &count));
    CHECK_STR("no such table: main.notes", sqlite3_errmsg(db));
}

TEST(many, "L9: 100,000 rows, and one among them that changed") {
    const char *rows =
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, a, b);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
        " INSERT INTO notes SELECT i, i * 7, 'note ' || i FROM n;";
    char *changed = sqlite3_mprintf("%s UPDATE notes SET a = a + 1 WHERE id = 54321", rows);
    check_defer(sqlite3_free, changed);
    CHECK(are_equal(rows, rows));
    CHECK(!are_equal(rows, changed));
    CHECK_INT(1, count_lost(rows, changed));
}

TEST(known_columns, "L9: rows are the same whether the columns are known or asked for") {
    migci_memory *memory = calloc(1, sizeof(*memory));
    migci_schema schema;
    migci_rows known, asked;
    check_defer(free_memory, memory);
    sqlite3 *db = open_with("CREATE TABLE Notes(id INTEGER PRIMARY KEY, \"a \"\"b\" TEXT,"
                            " c AS (id + 1), d AS (id * 2) STORED);"
                            "INSERT INTO notes VALUES (1, 'one'), (2, 'two')");
    CHECK_INT(SQLITE_OK, migci_schema_read(db, memory, &schema));
    const migci_table *notes = migci_schema_table(&schema, "notes");
    CHECK(notes && notes->column_count == 4);
    CHECK_INT(SQLITE_OK, migci_rows_read(db, notes, memory, &known));
    CHECK_INT(SQLITE_OK, migci_rows_read(db, &(migci_table){.name = "notes"}, memory, &asked));
    CHECK_INT(2, known.count);
    CHECK_INT(0, migci_rows_lost(&known, &asked));
    CHECK_INT(0, migci_rows_lost(&asked, &known));
}

#define TESTS(X)                                                                                   \
    X(same_rows)                                                                                   \
    X(rebuilt)                                                                                     \
    X(rowids)                                                                                      \
    X(values)                                                                                      \
    X(storage)                                                                                     \
    X(swapped)                                                                                     \
    X(duplicates)                                                                                  \
    X(generated)                                                                                   \
    X(lost) X(without_rowid) X(virtual_rows) X(main_only) X(no_table) X(many) X(known_columns)

CHECK_MAIN(TESTS)
