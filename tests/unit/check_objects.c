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

/* The line about the objects has the words, and the error this message. */
static void check_named(const char *more, const char *words, const char *message) {
    migc_error error;
    sqlite3 *db = open_with(more);
    migc_checks_free(&checks);
    CHECK_INT(MIGC_CORRUPT, migc_check(db, &library, &checks, NULL, &error));
    CHECK_CONTAINS(words, objects_line());
    CHECK_CONTAINS(message, error.message);
}

TEST(good, "B10: views, triggers, full text and counters that are right are called so") {
    sqlite3 *db = open_with(
        "CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO log(x) VALUES(1);"
        "CREATE VIEW titles AS SELECT title FROM book;"
        "CREATE TRIGGER through INSTEAD OF INSERT ON titles BEGIN DELETE FROM log; END;"
        "CREATE VIRTUAL TABLE f5 USING fts5(a); INSERT INTO f5 VALUES('apple');"
        "CREATE VIRTUAL TABLE f4 USING fts4(a); INSERT INTO f4 VALUES('apple');"
        "CREATE VIRTUAL TABLE r USING rtree(id, a, b, +c); INSERT INTO r VALUES(1, 1, 2, 'in');"
        "CREATE TABLE words(id INTEGER PRIMARY KEY, a);"
        "CREATE VIRTUAL TABLE fe USING fts5(a, content='words', content_rowid='id');"
        "CREATE VIRTUAL TABLE c5 USING fts5(a, content=''); INSERT INTO c5(a) VALUES('apple');"
        "CREATE VIRTUAL TABLE c4 USING fts4(a, content=\"\"); INSERT INTO c4(docid, a) VALUES(1, "
        "'p');"
        "CREATE VIRTUAL TABLE d4 USING fts4(content=, a); INSERT INTO d4(docid, a) VALUES(1, 'p')");
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
        {"CREATE TABLE words(id INTEGER PRIMARY KEY, a); INSERT INTO words VALUES(1, 'apple');"
         "CREATE VIRTUAL TABLE f USING fts4(a, content=words)",
         "the full-text index of f: it does not fit its content"},
        {"CREATE VIRTUAL TABLE f USING fts5(a, content='gone')", "the full-text index of f: "},
        {"CREATE TABLE diary(a, b); CREATE TRIGGER t AFTER INSERT ON author BEGIN"
         " INSERT INTO diary(a, b) VALUES(1); END",
         "the triggers of author: 1 values for 2 columns"},
        {"CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO log VALUES(7, 1);"
         "UPDATE sqlite_sequence SET seq = 3",
         "the table log: its AUTOINCREMENT counter is 3, and it has a row 7"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        check_named(rows[i].more, rows[i].words, rows[i].words);
}

TEST(trees, "B10: an R*Tree index that is damaged is named, by whatever version of SQLite") {
    static const struct {
        const char *more, *words;
    } rows[] = {
        {"CREATE VIRTUAL TABLE r USING rtree(id, a, b); INSERT INTO r VALUES(1, 1, 2);"
         "UPDATE r_rowid SET nodeno = 7",
         "the R*Tree index r: Found (1 -> 7) in %_rowid table, expected (1 -> 1)"},
        {"CREATE VIRTUAL TABLE r USING rtree_i32(id, a, b); INSERT INTO r VALUES(1, 1, 2);"
         "DELETE FROM r_node",
         "the R*Tree index r: "},
    };
    int is_integrity = sqlite3_libversion_number() >= 3044000; /* then integrity_check asks too */
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        check_named(rows[i].more, rows[i].words,
                    is_integrity ? "the database is damaged: " : rows[i].words);
}

TEST(of_the_connection, "B10: a function that this connection lacks is no fault of the database") {
    sqlite3 *db = open_with("CREATE VIEW v AS SELECT shout(title) FROM book");
    CHECK_INT(MIGC_OK, migc_check(db, &library, &checks, NULL, NULL));
}

/* ------------------------------------------------------ before the commit */

static const migc_step word_step[] = {SQL(3, "CREATE TABLE word(a)")};
static migc_step next_step[1];
static const migc_migration words_migrations[] = {MIGRATION(1, "001_word", 0, 1, 0, 0, word_step),
                                                  MIGRATION(2, "002_next", 0, 1, 0, 0, next_step)};
static const migc_set words_set = SET("words", words_migrations, NULL);

/* With the first migration, and `more`. */
static sqlite3 *open_words(const char *more) {
    migc_set first = words_set;
    sqlite3 *db = db_open_memory();
    first.count = 1;
    CHECK_INT(MIGC_OK, migc_up(db, &first, NULL, NULL));
    db_exec(db, more);
    return db;
}

static migc_code run_checked(sqlite3 *db, const char *sql, migc_error *error) {
    migc_hook hook = {migc_check_hook, NULL, NULL};
    migc_options options = {.hooks = &hook};
    next_step[0] = (migc_step)SQL(3, NULL);
    next_step[0].text = sql;
    return migc_up(db, &words_set, &options, error);
}

TEST(commit, "B10 V3: what the migrations break is found before the commit, and undone") {
    static const struct {
        const char *sql, *words;
    } rows[] = {
        {"DROP TABLE extra", "the view v: no such table: main.extra"},
        {"CREATE TRIGGER t AFTER DELETE ON word BEGIN DELETE FROM gone; END",
         "the triggers of word: no such table: main.gone"},
        {"INSERT INTO extra VALUES(1, 'apple')",
         "the full-text index of f: it does not fit its content"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        migc_error error;
        sqlite3 *db =
            open_words("CREATE TABLE extra(id INTEGER PRIMARY KEY, a);"
                       "CREATE VIEW v AS SELECT a FROM extra;"
                       "CREATE VIEW old AS SELECT nope FROM word;"
                       "CREATE VIRTUAL TABLE f USING fts5(a, content='extra', content_rowid='id')");
        CHECK_INT(MIGC_STEP_FAILED, run_checked(db, rows[i].sql, &error));
        CHECK_CONTAINS(rows[i].words, error.message);
        CHECK_CONTAINS("The database is as it was before the run", error.message);
        CHECK_INT(1, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"));
    }
}

TEST(commit_before, "B10 V3: a view that did not work before is not held against the run") {
    migc_error error;
    sqlite3 *db = open_words("CREATE VIEW old AS SELECT nope FROM word");
    CHECK_INT(MIGC_OK, run_checked(db, "CREATE TABLE more(a)", &error));
    CHECK_STR("", error.message);
}

/* ------------------------------------------------------------------ drift */

static char drifted[400];

static void take_drifted(const migc_difference *difference, void *user) {
    (void)user;
    if (difference->kind == MIGC_OBJECT_BROKEN)
        snprintf(drifted, sizeof(drifted), "%s", difference->text);
}

TEST(broken_drift, "N8: a view or trigger that does not work is drift, unless it is left out") {
    static const struct {
        const char *sql, *words;
        const char *const ignore[4];
    } rows[] = {
        {"CREATE VIEW v AS SELECT nope FROM word",
         "view v does not work: no such column: nope",
         {"v", NULL}},
        {"CREATE TRIGGER t AFTER DELETE ON word BEGIN DELETE FROM gone; END",
         "triggers of word do not work: no such table: main.gone",
         {"t", "word", NULL}},
        {"CREATE TABLE pair(a, b); CREATE TRIGGER t AFTER INSERT ON pair BEGIN"
         " INSERT INTO word(a) VALUES(1, 2); END",
         "triggers of pair do not work: 2 values for 1 columns",
         {"pair", NULL}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        migc_set first = words_set;
        migc_error error;
        sqlite3 *db = open_words(rows[i].sql);
        first.count = 1;
        drifted[0] = '\0';
        CHECK_INT(MIGC_DRIFTED, migc_drift(db, &first, NULL, take_drifted, NULL, NULL, &error));
        CHECK_STR(rows[i].words, drifted);
        CHECK_INT(MIGC_OK,
                  migc_drift(db, &first, rows[i].ignore, take_drifted, NULL, NULL, &error));
    }
}

TEST(broken_set, "N8: a view that the set itself breaks is told, and that nothing has drifted") {
    static const migc_step steps[] = {SQL(3, "CREATE VIEW v AS SELECT nope FROM gone")};
    static const migc_migration migrations[] = {MIGRATION(1, "001_v", 0, 1, 0, 0, steps)};
    static const migc_set set = SET("broken", migrations, NULL);
    migc_error error;
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, NULL));
    CHECK_INT(MIGC_DRIFTED, migc_drift(db, &set, NULL, take_drifted, NULL, NULL, &error));
    CHECK_STR("view v does not work: no such table: main.gone", drifted);
    CHECK_CONTAINS("the schema is what the migrations make, and in it 1 object does not work",
                   error.message);
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

#define TESTS(X)                                                                                   \
    X(good)                                                                                        \
    X(found)                                                                                       \
    X(trees)                                                                                       \
    X(of_the_connection)                                                                           \
    X(commit) X(commit_before) X(broken_drift) X(broken_set) X(replication) X(of_the_program)
CHECK_MAIN(TESTS)
