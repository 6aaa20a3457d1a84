/*
 * settings.c - the host's connection after a run: every PRAGMA as it was, on
 * every way out, and its own busy handler still there.
 */
#include "database.h"
#include "sets.h"

/* ------------------------------------------------------------- the ways out */

#define LAST(name, up, check, ...)                                                                 \
    static const migc_step name##_steps[] = {__VA_ARGS__};                                         \
    static const migc_migration name##_migrations[] = {                                            \
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),                                          \
        MIGRATION(2, "002_" #name, 0, up, 0, check, name##_steps),                                 \
    };                                                                                             \
    static const migc_set name = SET("library", name##_migrations, NULL);

static int give_up(migc_context *context) {
    return migc_fail(context, "no disk, no fun");
}

/* Not what a migration should do; its file would be refused by the compiler. */
static int change_settings(migc_context *context) {
    sqlite3_db_config(migc_db(context), SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_busy_timeout(migc_db(context), 5);
    return sqlite3_exec(migc_db(context),
                        "PRAGMA legacy_alter_table = ON; PRAGMA recursive_triggers = ON;"
                        "PRAGMA ignore_check_constraints = ON",
                        NULL, NULL, NULL);
}

LAST(wrong_sql, 1, 0, SQL(3, "INSERT INTO nowhere VALUES(1)"))
LAST(wrong_call, 1, 0, CALL(3, give_up))
LAST(wrong_keys, 1, 0, SQL(3, "DELETE FROM author WHERE id = 2"))
LAST(wrong_rows, 1, 1, SQL(3, "UPDATE book SET title = ''"),
     SQL(6, "SELECT id FROM book WHERE title = ''"))
LAST(meddling, 1, 0, CALL(3, change_settings))
LAST(meddling_wrong, 2, 0, CALL(3, change_settings), SQL(4, "INSERT INTO nowhere VALUES(1)"))

static int stop_at_once(const migc_event *event, void *user) {
    (void)event, (void)user;
    return 1;
}

static const struct way {
    const char *name;
    const migc_set *set;
    migc_event_function *on_event;
    migc_code code;
    int32_t application_id;
} ways[] = {
    {"success", &library, NULL, MIGC_OK, 0},
    {"success outside transactions", &vacuuming, NULL, MIGC_OK, 0},
    {"a statement that fails", &wrong_sql, NULL, MIGC_STEP_FAILED, 0},
    {"a C step that fails", &wrong_call, NULL, MIGC_CALL_FAILED, 0},
    {"foreign keys that do not hold", &wrong_keys, NULL, MIGC_FOREIGN_KEY, 0},
    {"VERIFY that finds rows", &wrong_rows, NULL, MIGC_VERIFY_FAILED, 0},
    {"a C step that changes them", &meddling, NULL, MIGC_OK, 0},
    {"a C step that changes them before a failure", &meddling_wrong, NULL, MIGC_STEP_FAILED, 0},
    {"a host that stops", &library, stop_at_once, MIGC_STOPPED, 0},
    {"another application's database", &library, NULL, MIGC_APPLICATION_ID, 8},
};

static char current[160];

static void tell_current(void *unused) {
    (void)unused;
    if (*current)
        printf("  with %s\n", current);
    *current = '\0';
}

/* `unusual` tells which settings the host has other than SQLite's defaults. */
static void check_way(const struct way *way, unsigned unusual) {
    migc_error error;
    migc_options options = {.on_event = way->on_event, .application_id = way->application_id};
    sqlite3 *db = db_open(":memory:");
    db_exec(db, "PRAGMA application_id = 7");
    for (int i = 0; i < DB_SETTINGS; i++)
        if (unusual & (1U << i))
            db_setting_set(db, &db_setting_table[i], db_setting_table[i].unusual);
    struct db_settings before = db_settings(db);
    CHECK_INT(way->code, migc_up(db, way->set, &options, &error));
    CHECK_STR(before.text, db_settings(db).text);
    CHECK(sqlite3_get_autocommit(db));
    db_close(db);
}

static void check_ways(unsigned unusual, const char *settings) {
    check_defer(tell_current, NULL);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        snprintf(current, sizeof(current), "%s, %s", ways[i].name, settings);
        check_way(&ways[i], unusual);
    }
    *current = '\0';
}

TEST(defaults, "J3: a host with SQLite's defaults has them after every outcome") {
    check_ways(0, "defaults");
}

TEST(all_unusual, "J3: a host with none of the defaults keeps what it has after every outcome") {
    check_ways(~0U, "none of the defaults");
}

TEST(one_by_one, "J3: each setting by itself is as before after every outcome") {
    for (int i = 0; i < DB_SETTINGS; i++)
        check_ways(1U << i, db_setting_table[i].name);
}

TEST(known_state, "J3: a migration means the same whatever the host's settings are") {
    sqlite3 *plain = db_open_memory();
    sqlite3 *unusual = db_open_memory();
    db_settings_unusual(unusual);
    CHECK_INT(MIGC_OK, migc_up(plain, &library, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(unusual, &library, NULL, NULL));
    /* So that both are read alike. */
    db_exec(unusual, "PRAGMA reverse_unordered_selects = OFF; PRAGMA writable_schema = OFF");
    CHECK(db_digest(plain) == db_digest(unusual));
}

/* -------------------------------------------------------------- busy handler */

static int count_calls(void *count, int tries) {
    (void)tries;
    ++*(int *)count;
    return 0;
}

TEST(busy_handler, "J3: a host's own busy handler is asked, and still there afterwards") {
    int calls = 0;
    migc_options options = {.wait_ms = -1};
    struct lab lab = {"", ""};
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    sqlite3 *other = db_open(lab.path);
    check_defer(db_close, other);
    sqlite3_busy_handler(db, count_calls, &calls);
    db_exec(other, "BEGIN IMMEDIATE");
    CHECK_INT(MIGC_LOCKED, migc_up(db, &library, &options, NULL));
    CHECK(calls > 0);
    db_exec(other, "COMMIT");
    CHECK_INT(MIGC_OK, migc_up(db, &library, &options, NULL));
    calls = 0;
    db_exec(other, "BEGIN IMMEDIATE");
    CHECK_INT(SQLITE_BUSY, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    CHECK_INT(1, calls);
}

/* -------------------------------------------------------------- no journal */

/* More than the cache holds, so that pages are written before the failure. */
LAST(wrong_and_large, 3, 0, SQL(3, "UPDATE book SET title = ''"),
     SQL(4, "CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 2000) SELECT i, zeroblob(500) FROM n"),
     SQL(7, "INSERT INTO nowhere VALUES(1)"))

static const migc_set library_at_1 = {
    .abi = MIGC_ABI, .name = "library", .count = 1, .migrations = library_migrations};

TEST(no_journal,
     "V2: a run of a host without a journal is undone whole, and it has none afterwards") {
    char mode[16];
    struct lab lab = {"", ""};
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_1, NULL, NULL));
    db_exec(db, "PRAGMA cache_size = 5");
    db_exec(db, "PRAGMA journal_mode = OFF");
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &wrong_and_large, NULL, NULL));
    CHECK_STR("off", db_text(db, "PRAGMA journal_mode", mode, sizeof(mode)));
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", mode, sizeof(mode)));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM book WHERE title = ''"));
}

TEST(journal_stays, "J3: the journal mode of a host that has a journal stays what it is") {
    static const char *const modes[] = {"delete", "truncate", "persist", "memory", "wal"};
    char mode[16], sql[64];
    struct lab lab = {"", ""};
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        sqlite3 *db = db_open(lab.path);
        check_defer(db_close, db);
        snprintf(sql, sizeof(sql), "PRAGMA journal_mode = %s", modes[i]);
        db_exec(db, sql);
        CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
        CHECK_STR(modes[i], db_text(db, "PRAGMA journal_mode", mode, sizeof(mode)));
        CHECK_INT(MIGC_OK, migc_to(db, &library, 1, NULL, NULL));
        CHECK_STR(modes[i], db_text(db, "PRAGMA journal_mode", mode, sizeof(mode)));
    }
}

#define TESTS(X)                                                                                   \
    X(defaults)                                                                                    \
    X(all_unusual)                                                                                 \
    X(one_by_one)                                                                                  \
    X(known_state)                                                                                 \
    X(busy_handler)                                                                                \
    X(no_journal)                                                                                  \
    X(journal_stays)
CHECK_MAIN(TESTS)
