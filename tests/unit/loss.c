/*
 * What a plan would lose: tables and columns that hold something, and no false alarms.
 */
#include "cli/cli.h"
#include "database.h"

enum { MOST_DOWNS = 4 };

/* A database, down_drops of the migrations that would be reverted, and all that is told of them. */
struct row {
    const char *database;
    const char *downs[MOST_DOWNS];
    const char *expected;
};

/* The DOWNs as a plan; `text` is filled with what is told, a line each: "2 drops ...". */
static void tell(sqlite3 *db, const struct row *row, char *text, size_t size) {
    migc_migration migrations[MOST_DOWNS];
    migc_action actions[MOST_DOWNS];
    char indent[8];
    migci_data_loss lost;
    size_t count = 0;
    memset(migrations, 0, sizeof(migrations));
    for (; count < MOST_DOWNS && row->downs[count]; count++) {
        migrations[count].down_drops = row->downs[count];
        actions[count] = (migc_action){&migrations[count], 1, 0};
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
#define MANY_OF(table, column)                                                                     \
    "INSERT INTO " table "(" column ") WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"                 \
    " SELECT i + 1 FROM n LIMIT 1204) SELECT i FROM n;"

/* A drop as the compiler writes it. */
#define DROP(table) "{\"table\":\"" table "\"}"
#define DROP_COLUMN(table, column) "{\"table\":\"" table "\",\"column\":\"" column "\"}"
#define RENAME(table, to) "{\"table\":\"" table "\",\"to\":\"" to "\"}"
#define RENAME_COLUMN(table, column, to)                                                           \
    "{\"table\":\"" table "\",\"column\":\"" column "\",\"to\":\"" to "\"}"
#define REBUILD(table, rows) "{\"table\":\"" table "\",\"rows\":\"" rows "\"}"

TEST(tables, "P5: a table that a DOWN drops is told with its rows, an empty one is not") {
    static const struct row rows[] = {
        {TWO_USERS, {"[" DROP("users") "]"}, "1 drops table users with 2 rows\n"},
        {"CREATE TABLE Users(x);" MANY_OF("Users", "x"),
         {"[" DROP("users") "]"},
         "1 drops table Users with 1,204 rows\n"},
        {USERS, {"[" DROP("users") "]"}, ""},
        {USERS, {"[" DROP("nobody") "]"}, ""},
        {"CREATE TABLE \"a \"\"b\"(x); INSERT INTO \"a \"\"b\" VALUES(1)",
         {"[" DROP("a \\\"b") "]"},
         "1 drops table a \"b with 1 row\n"},
        {TWO_USERS
         "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO w VALUES(1, 2)",
         {"[" DROP("w") "]", "[" DROP("users") "]"},
         "1 drops table w with 1 row\n2 drops table users with 2 rows\n"},
        {TWO_USERS "CREATE TABLE w(x); INSERT INTO w VALUES(1)",
         {"[" DROP("w") "," DROP("users") "]"},
         "1 drops table w with 1 row\n1 drops table users with 2 rows\n"},
    };
    CHECK_ROWS(rows);
}

TEST(columns, "P5: a column that a DOWN drops is told with its values") {
    static const struct row rows[] = {
        {TWO_USERS,
         {"[" DROP_COLUMN("users", "phone") "]"},
         "1 drops column users.phone with 1 value\n"},
        {USERS "INSERT INTO users(name) VALUES('ann')",
         {"[" DROP_COLUMN("users", "phone") "]"},
         ""},
        {TWO_USERS, {"[" DROP_COLUMN("users", "nothing") "]"}, ""},
        {TWO_USERS,
         {"[" DROP_COLUMN("users", "phone") "]", "[" DROP("users") "]"},
         "1 drops column users.phone with 1 value\n2 drops table users with 2 rows\n"},
        {TWO_USERS,
         {"[" DROP_COLUMN("users", "phone") "]", "[" DROP_COLUMN("users", "phone") "]"},
         "1 drops column users.phone with 1 value\n"},
    };
    CHECK_ROWS(rows);
}

TEST(names, "P5: a table or column is counted under the name that it has in the database") {
    static const struct row rows[] = {
        {TWO_USERS, {"[" RENAME("users", "people") "]"}, ""},
        {TWO_USERS,
         {"[" RENAME("users", "people") "]", "[" DROP("people") "]"},
         "2 drops table users with 2 rows\n"},
        {TWO_USERS, {"[" RENAME("users", "people") "]", "[" DROP("users") "]"}, ""},
        {TWO_USERS,
         {"[" RENAME_COLUMN("users", "phone", "mobile") "]",
          "[" DROP_COLUMN("users", "mobile") "]"},
         "2 drops column users.phone with 1 value\n"},
        {TWO_USERS "CREATE TABLE w(x); INSERT INTO w VALUES(1)",
         {"[" RENAME("w", "x") "," RENAME("users", "w") "," RENAME("x", "users") "]",
          "[" DROP("users") "]"},
         "2 drops table w with 1 row\n"},
        {TWO_USERS,
         {"[" DROP("users") "]", "[" DROP("users") "]"},
         "1 drops table users with 2 rows\n"},
    };
    CHECK_ROWS(rows);
}

TEST(rebuilds, "P5: a table that is made anew without its rows, or with some, is told") {
    static const struct row rows[] = {
        {TWO_USERS,
         {"[" REBUILD("users", "none") "]"},
         "1 makes table users anew without its 2 rows\n"},
        {TWO_USERS,
         {"[" REBUILD("users", "part") "]", "[" DROP_COLUMN("users", "phone") "]"},
         "1 makes table users anew, and may leave out some of its 2 rows\n"
         "2 drops column users.phone with 1 value\n"},
        {USERS, {"[" REBUILD("users", "none") "]"}, ""},
    };
    CHECK_ROWS(rows);
}

TEST(others, "P5: views, indexes of full text and migc's own tables hold nothing to be told") {
    static const struct row rows[] = {
        {TWO_USERS "CREATE VIEW v AS SELECT * FROM users", {"[" DROP("v") "]"}, ""},
        {TWO_USERS "CREATE VIRTUAL TABLE found USING fts5(name, content = 'users',"
                   " content_rowid = 'id'); INSERT INTO found(found) VALUES('rebuild')",
         {"[" DROP("found") "]"},
         ""},
        {"CREATE VIRTUAL TABLE page USING fts5(text, content); INSERT INTO page VALUES('a', 'b')",
         {"[" DROP("page") "]"},
         "1 drops table page with 1 row\n"},
        {TWO_USERS "CREATE TABLE migc_other(x); INSERT INTO migc_other VALUES(1)",
         {"[" DROP("migc_other") "]"},
         ""},
    };
    CHECK_ROWS(rows);
}

TEST(directions, "P5: an UP is looked at by what it drops, a DOWN by what that does") {
    migc_migration migration = {0};
    migci_data_loss lost;
    sqlite3 *db = db_open_memory();
    db_exec(db, TWO_USERS);
    migration.down_drops = "[" DROP("users") "]";
    migc_action actions[] = {{&migration, 0, 0}, {&migration, 1, 0}};
    migci_data_loss_find(&lost, db, actions, 1);
    CHECK(lost.known && !lost.losses);
    migration.up_drops = "[" DROP_COLUMN("users", "phone") "]";
    migci_data_loss_find(&lost, db, actions, 2);
    CHECK(lost.known && lost.losses && lost.losses->next && !lost.losses->next->next);
    CHECK_INT(1, lost.losses->count);
    CHECK_INT(2, lost.losses->next->count);
    migci_free_all(&lost.memory);
}

TEST(unreadable, "P5: where the tables cannot be read, that is what is told") {
    static const struct row row = {NULL, {"[" DROP("users") "]"}, NULL};
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

#define TESTS(X) X(tables) X(columns) X(names) X(rebuilds) X(others) X(directions) X(unreadable)
CHECK_MAIN(TESTS)
