/*
 * What migc_check() asks beside SQLite's own checks: views, triggers, full text and
 * AUTOINCREMENT.
 */
#include "database.h"
#include "sets.h"

static migc_checks checks;

static void free_checks(void *unused) {
    (void)unused;
    migc_checks_free(&checks);
}

static const char *objects_line(void) {
    for (size_t i = 0; i < checks.count; i++)
        if (checks.lines[i].type == MIGC_CHECK_OBJECTS)
            return checks.lines[i].text;
    return "";
}

static sqlite3 *open_with(const char *more) {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    db_exec(db, more);
    check_defer(free_checks, NULL);
    return db;
}

TEST(good, "B10: views, triggers, full text and counters that are right are called so") {
    sqlite3 *db = open_with(
        "CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO log(x) VALUES(1);"
        "CREATE VIEW titles AS SELECT title FROM book;"
        "CREATE TRIGGER through INSTEAD OF INSERT ON titles BEGIN DELETE FROM log; END;"
        "CREATE VIRTUAL TABLE f5 USING fts5(a); INSERT INTO f5 VALUES('apple');"
        "CREATE VIRTUAL TABLE f4 USING fts4(a); INSERT INTO f4 VALUES('apple');"
        "CREATE TABLE words(id INTEGER PRIMARY KEY, a);"
        "CREATE VIRTUAL TABLE fe USING fts5(a, content='words', content_rowid='id')");
    migc_error error;
    migc_check(db, &library, &checks, NULL, &error);
    CHECK_STR("", error.message);
    CHECK_STR("ok", objects_line());
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM f5 WHERE f5 MATCH 'integrity'"));
}

TEST(found, "B10: a view, a trigger, an index of full text or a counter that is wrong is named") {
    static const struct {
        const char *more, *words;
    } rows[] = {
        {"CREATE VIEW v AS SELECT nope FROM book", "the view v: no such column: nope"},
        {"CREATE VIEW v AS SELECT 1 AS a, x FROM gone", "the view v: no such table: main.gone"},
        {"CREATE TRIGGER t AFTER UPDATE ON word BEGIN DELETE FROM gone; END",
         "the triggers of word: no such table: main.gone"},
        {"CREATE TRIGGER t AFTER DELETE ON word BEGIN UPDATE book SET gone = 1; END",
         "the triggers of word: no such column: gone"},
        {"CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES('apple');"
         "UPDATE f_content SET c0 = 'pear'",
         "the full-text index of f: it does not fit its content"},
        {"CREATE VIRTUAL TABLE f USING fts4(a); INSERT INTO f VALUES('apple');"
         "UPDATE f_content SET c0a = 'pear'",
         "the full-text index of f: it does not fit its content"},
        {"CREATE TABLE words(id INTEGER PRIMARY KEY, a); INSERT INTO words VALUES(1, 'apple');"
         "CREATE VIRTUAL TABLE f USING fts5(a, content='words', content_rowid='id')",
         "the full-text index of f: it does not fit its content"},
        {"CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO log VALUES(7, 1);"
         "UPDATE sqlite_sequence SET seq = 3",
         "the table log: its AUTOINCREMENT counter is 3, and it has a row 7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        migc_error error;
        sqlite3 *db = open_with(rows[i].more);
        migc_checks_free(&checks);
        CHECK_INT(MIGC_CORRUPT, migc_check(db, &library, &checks, NULL, &error));
        CHECK_CONTAINS(rows[i].words, objects_line());
        CHECK_CONTAINS(rows[i].words, error.message);
    }
}

TEST(of_the_connection, "B10: a function that this connection lacks is no fault of the database") {
    sqlite3 *db = open_with("CREATE VIEW v AS SELECT shout(title) FROM book");
    CHECK_INT(MIGC_OK, migc_check(db, &library, &checks, NULL, NULL));
}

TEST(replication, "N8: tables of replication are no drift, and a database of them alone is new") {
    migc_error error;
    sqlite3 *db = db_open_memory();
    db_exec(db, "CREATE TABLE _litestream_seq(id INTEGER PRIMARY KEY, seq INTEGER);"
                "CREATE TABLE _litestream_lock(id INTEGER); CREATE TABLE crsql_master(k);"
                "CREATE TABLE _cf_KV(k)");
    migc_up(db, &library, NULL, &error);
    CHECK_STR("", error.message);
    migc_drift(db, &library, NULL, NULL, NULL, NULL, &error);
    CHECK_STR("", error.message);
}

TEST(of_the_program, "N8: tables that the set leaves to its program are no drift") {
    static const char *const ignore[] = {"cache_*", NULL};
    migc_set set = library;
    sqlite3 *db = open_with("CREATE TABLE cache_pages(k); CREATE INDEX cache_k ON cache_pages(k)");
    CHECK_INT(MIGC_DRIFTED, migc_drift(db, &set, NULL, NULL, NULL, NULL, NULL));
    set.ignore = ignore;
    CHECK_INT(MIGC_OK, migc_drift(db, &set, NULL, NULL, NULL, NULL, NULL));
}

#define TESTS(X) X(good) X(found) X(of_the_connection) X(replication) X(of_the_program)
CHECK_MAIN(TESTS)
