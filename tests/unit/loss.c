/*
 * What DOWNs would lose: tables and columns that hold something, and no false alarms.
 */
#include "cli/cli.h"
#include "database.h"

enum { MOST_DOWNS = 4, MOST_STEPS = 8 };

/* A database, the DOWNs that would run on it, and all that is to be told of them. */
struct row {
    const char *database;
    const char *downs[MOST_DOWNS][MOST_STEPS];
    const char *expected;
};

/* The DOWNs as a plan; `text` is filled with what is told, a line each: "2 drops ...". */
static void tell(sqlite3 *db, const struct row *row, char *text, size_t size) {
    migc_step steps[MOST_DOWNS][MOST_STEPS];
    migc_migration migrations[MOST_DOWNS];
    migc_action actions[MOST_DOWNS];
    char indent[8];
    migci_data_loss lost;
    size_t count = 0;
    memset(migrations, 0, sizeof(migrations));
    for (; count < MOST_DOWNS && row->downs[count][0]; count++) {
        migc_migration *migration = &migrations[count];
        for (; row->downs[count][migration->down_count]; migration->down_count++)
            steps[count][migration->down_count] =
                (migc_step){1, row->downs[count][migration->down_count], NULL};
        migration->steps = steps[count];
        actions[count] = (migc_action){migration, 1, 0};
    }
    FILE *stream = fmemopen(text, size, "w");
    CHECK(stream != NULL);
    migci_data_loss_find(&lost, db, actions, count);
    for (size_t i = 0; i < count; i++) {
        snprintf(indent, sizeof(indent), "%zu ", i + 1);
        migci_data_loss_print(&lost, &migrations[i], stream, indent);
    }
    fprintf(stream, "%s", lost.known ? "" : "not known\n");
    fclose(stream);
    migci_free_all(&lost.memory);
}

static void check_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char text[600] = "";
        sqlite3 *db = db_open_memory();
        db_exec(db, rows[i].database);
        uint64_t before = db_digest(db);
        tell(db, &rows[i], text, sizeof(text));
        CHECK_STR(rows[i].expected, text);
        CHECK(db_digest(db) == before);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(*(rows)))

#define USERS "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT);"
#define TWO_USERS USERS "INSERT INTO users VALUES(1, 'ann', '4711'), (2, 'bob', NULL);"
#define MANY                                                                                       \
    "INSERT INTO users(name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"       \
    " LIMIT 1204) SELECT i FROM n;"

TEST(tables, "P5: a table that a DOWN drops is told with its rows, an empty one is not") {
    static const struct row rows[] = {
        {TWO_USERS, {{"DROP TABLE users"}}, "1 drops table users with 2 rows\n"},
        {USERS MANY, {{"DROP TABLE Users"}}, "1 drops table users with 1,204 rows\n"},
        {USERS, {{"DROP TABLE users"}}, ""},
        {TWO_USERS, {{"DROP TABLE IF EXISTS main.[users]"}}, "1 drops table users with 2 rows\n"},
        {"CREATE TABLE \"a \"\"b\"(x); INSERT INTO \"a \"\"b\" VALUES(1)",
         {{"DROP TABLE \"a \"\"b\""}},
         "1 drops table a \"b with 1 row\n"},
        {TWO_USERS
         "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO w VALUES(1, 2)",
         {{"DROP TABLE w"}, {"DELETE FROM users", "DROP TABLE users"}},
         "1 drops table w with 1 row\n2 drops table users with 2 rows\n"},
    };
    CHECK_ROWS(rows);
}

TEST(columns, "P5: a column that a DOWN drops is told with its values") {
    static const struct row rows[] = {
        {TWO_USERS,
         {{"ALTER TABLE users DROP COLUMN phone"}},
         "1 drops column users.phone with 1 value\n"},
        {USERS "INSERT INTO users(name) VALUES('ann')",
         {{"ALTER TABLE users DROP COLUMN phone"}},
         ""},
        {TWO_USERS,
         {{"CREATE TABLE users_old(id INTEGER PRIMARY KEY, name TEXT)",
           "INSERT INTO users_old SELECT id, name FROM users", "DROP TABLE users",
           "ALTER TABLE users_old RENAME TO users"}},
         "1 drops column users.phone with 1 value\n"},
        {TWO_USERS,
         {{"ALTER TABLE users DROP COLUMN phone"}, {"DROP TABLE users"}},
         "1 drops column users.phone with 1 value\n2 drops table users with 2 rows\n"},
        {TWO_USERS "CREATE INDEX phones ON users(phone); CREATE VIEW v AS SELECT phone FROM users",
         {{"DROP VIEW v", "DROP INDEX phones", "ALTER TABLE users DROP COLUMN phone"}},
         "1 drops column users.phone with 1 value\n"},
    };
    CHECK_ROWS(rows);
}

TEST(rebuilds, "P5: a table that is made anew, or renamed, is no loss") {
    static const struct row rows[] = {
        {TWO_USERS,
         {{"CREATE TABLE n(id INTEGER PRIMARY KEY, name TEXT, phone TEXT)",
           "INSERT INTO n SELECT * FROM users", "DROP TABLE users",
           "ALTER TABLE n RENAME TO users"}},
         ""},
        {TWO_USERS,
         {{"ALTER TABLE users RENAME TO o",
           "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, phone TEXT)",
           "INSERT INTO users SELECT * FROM o", "DROP TABLE o"}},
         ""},
        {TWO_USERS,
         {{"CREATE TABLE n(id, name CHECK(host_function(name, 1)), phone COLLATE hosts)",
           "CREATE INDEX i ON n(phone)", "INSERT INTO n SELECT * FROM users", "DROP TABLE users",
           "ALTER TABLE n RENAME TO users"}},
         ""},
        {TWO_USERS, {{"ALTER TABLE users RENAME TO people"}}, ""},
        {TWO_USERS, {{"ALTER TABLE users RENAME COLUMN phone TO mobile"}}, ""},
        {TWO_USERS,
         {{"ALTER TABLE users RENAME TO people"}, {"DROP TABLE people"}},
         "2 drops table users with 2 rows\n"},
        {TWO_USERS,
         {{"ALTER TABLE users RENAME COLUMN phone TO mobile"},
          {"ALTER TABLE users DROP COLUMN mobile"}},
         "2 drops column users.phone with 1 value\n"},
        {TWO_USERS, {{"CREATE TABLE t AS SELECT * FROM users", "DROP TABLE t"}}, ""},
    };
    CHECK_ROWS(rows);
}

TEST(others, "P5: views, indexes and indexes of full text hold nothing of their own") {
    static const struct row rows[] = {
        {TWO_USERS "CREATE VIEW v AS SELECT * FROM users; CREATE INDEX i ON users(phone)",
         {{"DROP VIEW v", "DROP INDEX i"}},
         ""},
        {TWO_USERS "CREATE VIRTUAL TABLE found USING fts5(name, content = 'users',"
                   " content_rowid = 'id'); INSERT INTO found(found) VALUES('rebuild')",
         {{"DROP TABLE found"}},
         ""},
        {"CREATE VIRTUAL TABLE page USING fts5(text); INSERT INTO page VALUES('a'), ('b')",
         {{"DROP TABLE page"}},
         "1 drops table page with 2 rows\n"},
        {TWO_USERS "CREATE TABLE migc_other(x); INSERT INTO migc_other VALUES(1)",
         {{"DROP TABLE migc_other"}},
         ""},
    };
    CHECK_ROWS(rows);
}

TEST(harmless, "P5: what a DOWN does besides does not happen when its losses are counted") {
    static const struct row rows[] = {
        {TWO_USERS,
         {{"ATTACH '/nonexistent/x' AS x", "PRAGMA user_version = 9", "COMMIT", "nonsense",
           "UPDATE users SET name = nosuch()", "DROP TABLE users"}},
         "1 drops table users with 2 rows\n"},
        {TWO_USERS,
         {{"INSERT INTO users(name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
           " SELECT i FROM n",
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
           "VACUUM INTO '/nonexistent/y'", "DROP TABLE users"}},
         "1 drops table users with 2 rows\n"},
    };
    CHECK_ROWS(rows);
}

static int c_step(migc_context *context) {
    return migc_fail(context, "must not be called");
}

TEST(calls, "P5: steps in C are not called, and migrations that go up lose nothing") {
    const migc_step steps[] = {{1, "c_step", c_step}, {2, "DROP TABLE users", NULL}};
    migc_migration migration = {0};
    migci_data_loss lost;
    sqlite3 *db = db_open_memory();
    db_exec(db, TWO_USERS);
    migration.steps = steps;
    migration.down_count = 2;
    migc_action actions[] = {{&migration, 0, 0}, {&migration, 1, 0}};
    migci_data_loss_find(&lost, db, actions, 1);
    CHECK(lost.known && !lost.losses);
    migci_data_loss_find(&lost, db, actions, 2);
    CHECK(lost.known && lost.losses && !lost.losses->next);
    CHECK_INT(2, lost.losses->count);
    migci_free_all(&lost.memory);
}

TEST(unreadable, "P5: where the tables cannot be read, that is what is told") {
    static const struct row row = {NULL, {{"DROP TABLE users"}}, NULL};
    static struct lab lab;
    char text[200] = "";
    lab_begin(&lab);
    sqlite3 *holder = db_open(lab.path), *db = db_open(lab.path);
    check_defer(db_close, holder);
    check_defer(db_close, db);
    db_exec(holder, TWO_USERS "BEGIN EXCLUSIVE");
    tell(db, &row, text, sizeof(text));
    CHECK_STR("not known\n", text);
}

#define TESTS(X) X(tables) X(columns) X(rebuilds) X(others) X(harmless) X(calls) X(unreadable)
CHECK_MAIN(TESTS)
