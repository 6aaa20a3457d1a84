/*
 * drift.c - looking for drift by the API: in what order the migrations are replayed, on
 * what connection, and what is told.
 */
#include "database.h"
#include "repair/repair.h"
#include "sets.h"

/* ------------------------------------------------------------------- helpers */

struct told {
    char text[1024];
    int count;
};

static void tell(const migc_difference *difference, void *user) {
    struct told *told = user;
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof(told->text) - used, "%s%s", used ? "; " : "",
             difference->text);
    told->count++;
}

static migc_code look(sqlite3 *db, const migc_set *set, const char *const *ignore,
                      const migc_options *options, struct told *told, migc_error *error) {
    memset(told, 0, sizeof(*told));
    return migc_drift(db, set, ignore, tell, told, options, error);
}

static sqlite3 *open_library(const migc_set *set) {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, set, NULL, NULL));
    return db;
}

/* ------------------------------------------------------------------ replaying */

TEST(agrees, "N8: a database that migrations made has not drifted, at any version") {
    struct told told;
    migc_error error;
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, look(db, &library, NULL, NULL, &told, &error));
    for (int64_t version = 1; version <= 4; version++) {
        CHECK_INT(MIGC_OK, migc_to(db, &library, version, NULL, NULL));
        CHECK_INT(MIGC_OK, look(db, &library, NULL, NULL, &told, &error));
    }
    CHECK_INT(MIGC_OK, migc_to(db, &library, 1, NULL, NULL));
    CHECK_INT(MIGC_OK, look(db, &library, NULL, NULL, &told, &error));
    CHECK_STR("", error.message);
    CHECK_INT(0, told.count);
}

TEST(outside, "N8: migrations outside transactions are replayed too") {
    struct told told;
    sqlite3 *db = open_library(&vacuuming);
    db_exec(db, "CREATE INDEX extra ON counter(n)");
    CHECK_INT(MIGC_DRIFTED, look(db, &vacuuming, NULL, NULL, &told, NULL));
    CHECK_STR("index extra is not part of the schema", told.text);
}

/* A table, and two migrations that add a column each: the order is to be seen. */
static const migc_step table_steps[] = {SQL(3, "CREATE TABLE t(a)"), SQL(6, "DROP TABLE t")};
static const migc_step b_steps[] = {SQL(3, "ALTER TABLE t ADD COLUMN b"),
                                    SQL(6, "ALTER TABLE t DROP COLUMN b")};
static const migc_step c_steps[] = {SQL(3, "ALTER TABLE t ADD COLUMN c"),
                                    SQL(6, "ALTER TABLE t DROP COLUMN c")};
static const migc_migration in_order[] = {
    MIGRATION(1, "001_t", 0, 1, 1, 0, table_steps),
    MIGRATION(2, "002_b", 0, 1, 1, 0, b_steps),
    MIGRATION(3, "003_c", 0, 1, 1, 0, c_steps),
};
static const migc_migration without_b[] = {
    MIGRATION(1, "001_t", 0, 1, 1, 0, table_steps),
    MIGRATION(3, "003_c", 0, 1, 1, 0, c_steps),
};
static const migc_set all_three = SET("t", in_order, NULL);
static const migc_set but_b = SET("t", without_b, NULL);

TEST(order, "N8 P7: what was applied out of order is replayed in that order") {
    struct told told;
    migc_options options = {.flags = MIGC_ALLOW_OUT_OF_ORDER};
    sqlite3 *db = open_library(&but_b);
    CHECK_INT(MIGC_OK, look(db, &all_three, NULL, NULL, &told, NULL)); /* b is pending */
    CHECK_INT(MIGC_OK, migc_up(db, &all_three, &options, NULL));
    CHECK_INT(MIGC_OK, look(db, &all_three, NULL, NULL, &told, NULL));
    sqlite3 *linear = open_library(&all_three);
    db_exec(linear, "ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b");
    CHECK_INT(MIGC_DRIFTED, look(linear, &all_three, NULL, NULL, &told, NULL));
    CHECK_STR("columns b and c of t have changed places", told.text);
}

/* -------------------------------------------------------------- the connection */

static void twice(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_result_int64(context, 2 * sqlite3_value_int64(values[0]));
}

static int prepare(sqlite3 *db, void *user) {
    ++*(int *)user;
    return sqlite3_create_function(db, "twice", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, twice,
                                   NULL, NULL);
}

static int refuse_connection(sqlite3 *db, void *user) {
    (void)user;
    return sqlite3_exec(db, "SELECT no_such_function()", NULL, NULL, NULL);
}

static int count_call(migc_context *context) {
    ++*(int *)migc_user(context);
    return 0;
}

static const migc_step host_steps[] = {
    SQL(3, "CREATE TABLE n(a)"),
    SQL(4, "CREATE INDEX n_twice ON n(twice(a))"),
    CALL(5, count_call),
    SQL(8, "DROP TABLE n"),
};
static const migc_migration host_migrations[] = {MIGRATION(1, "001_n", 0, 3, 1, 0, host_steps)};
static const migc_set of_host = SET("n", host_migrations, NULL);

static int never(const migc_event *event, void *user) {
    (void)event;
    (void)user;
    return 1;
}

TEST(on_open, "N8: the replay has the program's functions and its user pointer, not its events") {
    int calls = 0;
    struct told told;
    migc_error error;
    migc_options options = {.on_open = prepare, .user = &calls};
    sqlite3 *db = db_open_memory();
    prepare(db, &calls);
    CHECK_INT(MIGC_OK, migc_up(db, &of_host, &options, NULL));
    CHECK_INT(2, calls);
    options.on_event = never;
    CHECK_INT(MIGC_OK, look(db, &of_host, NULL, &options, &told, &error));
    CHECK_INT(4, calls);
    options.on_open = NULL;
    CHECK_INT(MIGC_STEP_FAILED, look(db, &of_host, NULL, &options, &told, &error));
    CHECK_STR("replaying the migrations in memory failed: 001_n.sql:4: no such function: twice. The"
              " schema was not compared, and nothing was changed; a function that the migrations"
              " need is for on_open to register. Correct the migration, or the data it met.",
              error.message);
    options.on_open = refuse_connection;
    CHECK_INT(MIGC_STEP_FAILED, look(db, &of_host, NULL, &options, &told, &error));
    CHECK_STR("while preparing a database in memory, SQLite said: no such function:"
              " no_such_function. Nothing was changed. Correct the migration, or the data it met.",
              error.message);
}

TEST(reads_only,
     "N8: drift is looked for in a file that is read-only, and in one that others write to") {
    struct lab lab = {"", ""};
    struct told told;
    sqlite3 *reader = NULL;
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    db_exec(db, "DROP VIEW shelf; BEGIN IMMEDIATE; DROP TABLE word");
    CHECK_INT(SQLITE_OK, sqlite3_open_v2(lab.path, &reader, SQLITE_OPEN_READONLY, NULL));
    check_defer(db_close, reader);
    CHECK_INT(MIGC_DRIFTED, look(reader, &library, NULL, NULL, &told, NULL));
    CHECK_STR("view shelf is missing", told.text);
    CHECK(sqlite3_get_autocommit(reader));
    db_exec(db, "COMMIT; BEGIN EXCLUSIVE");
    migc_options options = {.wait_ms = -1};
    migc_error error;
    CHECK_INT(MIGC_LOCKED, look(reader, &library, NULL, &options, &told, &error));
    CHECK_CONTAINS("the database is locked", error.message);
}

/* ------------------------------------------------------------------- patterns */

TEST(ignored, "N8: patterns leave out objects and tables by name, without case") {
    static const char *const some[] = {"CACHE*", "words_?", NULL};
    static const char *const none[] = {NULL};
    struct told told;
    sqlite3 *db = open_library(&library);
    db_exec(db,
            "CREATE TABLE cache(a); CREATE TABLE Cache_2(a); CREATE INDEX Words_1 ON word(book);"
            "ALTER TABLE book ADD COLUMN extra");
    CHECK_INT(MIGC_DRIFTED, look(db, &library, some, NULL, &told, NULL));
    CHECK_STR("column book.extra is not part of the schema", told.text);
    CHECK_INT(MIGC_DRIFTED, look(db, &library, none, NULL, &told, NULL));
    CHECK_INT(4, told.count);
    CHECK_INT(MIGC_DRIFTED, migc_drift(db, &library, NULL, NULL, NULL, NULL, NULL));
}

TEST(modules, "N8 P12: in a database of modules the tables of the others are no drift") {
    struct told told;
    migc_set module = library, other = of_host;
    migc_options options = {0};
    int calls = 0;
    options.user = &calls;
    module.flags = other.flags = MIGC_SET_MODULE;
    sqlite3 *db = open_library(&module);
    prepare(db, &calls);
    CHECK_INT(MIGC_OK, migc_up(db, &other, &options, NULL));
    CHECK_INT(MIGC_OK, look(db, &module, NULL, NULL, &told, NULL));
    db_exec(db, "CREATE INDEX extra ON book(title); DROP TABLE word");
    CHECK_INT(MIGC_DRIFTED, look(db, &module, NULL, NULL, &told, NULL));
    CHECK_STR("table word is missing; index extra is not part of the schema", told.text);
}

/* --------------------------------------------------------- up to some version */

static void tell_inside(const migci_difference *difference, void *argument) {
    struct told *told = argument;
    snprintf(told->text, sizeof(told->text), "%s", difference->text);
    told->count++;
}

TEST(up_to_version, "N8 P6: a database without a history is compared with any version") {
    struct told told = {"", 0};
    migc_error error;
    migci_session of;
    sqlite3 *db = open_library(&library_at_2);
    CHECK_INT(MIGC_OK, migci_session_open(&of, db, &library, NULL, NULL));
    db_exec(db, "DROP TABLE migc_migrations; DROP TABLE migc_events; BEGIN IMMEDIATE");
    CHECK_INT(MIGC_OK, migci_drift(&of, 2, tell_inside, &told, &error));
    CHECK_STR("", error.message);
    CHECK_INT(0, told.count);
    CHECK_INT(MIGC_DRIFTED, migci_drift(&of, 3, tell_inside, &told, &error));
    CHECK_INT(2, told.count);
    CHECK_INT(MIGC_DRIFTED, migci_drift(&of, MIGC_LATEST, tell_inside, &told, NULL));
    CHECK_INT(MIGC_DRIFTED, migci_drift(&of, 0, tell_inside, &told, &error));
    CHECK_STR("the schema has drifted: 3 differences from an empty database. Nothing was changed. A"
              " new migration can put it right; what is there on purpose can be left out of the"
              " comparison (--ignore).",
              error.message);
    CHECK(!sqlite3_get_autocommit(db));
    migci_session_close(&of);
}

#define TESTS(X)                                                                                   \
    X(agrees)                                                                                      \
    X(outside)                                                                                     \
    X(order)                                                                                       \
    X(on_open)                                                                                     \
    X(reads_only)                                                                                  \
    X(ignored)                                                                                     \
    X(modules)                                                                                     \
    X(up_to_version)
CHECK_MAIN(TESTS)
