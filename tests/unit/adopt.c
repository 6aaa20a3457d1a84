/*
 * Taking over a database that another tool has migrated, or nobody: which rows
 * of its history are which migrations, what is refused, what is written.
 *
 * The tables are those of the tools' own documentation.
 */
#include "database.h"
#include "sets.h"

#include <stdbool.h>

/* A database at the library's second migration, as another tool leaves it. */
static sqlite3 *open_foreign(const char *its_history) {
    migc_error error;
    sqlite3 *db = db_open_memory();
    migc_up(db, &library_at_2, NULL, &error);
    CHECK_STR("", error.message);
    db_exec(db, "DROP TABLE migc_migrations; DROP TABLE migc_events; PRAGMA user_version = 0");
    db_exec(db, its_history);
    return db;
}

static migc_adoption adoption;

static void free_adoption(void *unused) {
    (void)unused;
    migc_adoption_free(&adoption);
}

static migc_code adopt_with(sqlite3 *db, const migc_set *set, unsigned flags, migc_error *error) {
    migc_options options = {.flags = flags};
    migc_adoption_free(&adoption);
    check_defer(free_adoption, NULL);
    return migc_adopt(db, set, &adoption, &options, error);
}

static const struct tool {
    const char *name;
    enum {
        KNOWN_TO_UP,
        KNOWN_TO_ADOPT, /* migc_up() takes its table for the program's */
        COMMON_NAME     /* so does drift: the program may have one of that name */
    } its_table;
    const char *history;
    const char *first_at; /* of 001, or NULL: the tool does not keep it */
} tools[] = {
    {"goose", KNOWN_TO_UP,
     "CREATE TABLE goose_db_version(id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT"
     " NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));"
     "INSERT INTO goose_db_version(version_id, is_applied, tstamp) VALUES"
     "(0, 1, '2024-01-01 00:00:00'), (1, 1, '2024-01-02 03:04:05'), (2, 1, '2024-01-03 00:00:00'),"
     "(2, 0, '2024-01-04 00:00:00'), (2, 1, '2024-01-05 00:00:00'), (3, 1, '2024-01-06 00:00:00'),"
     "(3, 0, '2024-01-07 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"sqlx", KNOWN_TO_UP,
     "CREATE TABLE _sqlx_migrations(version BIGINT PRIMARY KEY, description TEXT NOT NULL,"
     " installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,"
     " checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);"
     "INSERT INTO _sqlx_migrations VALUES(1, 'books', '2024-01-02 03:04:05', 1, x'01', 5000),"
     "(2, 'words', '2024-01-03 00:00:00', 1, x'02', 5000)",
     "2024-01-02 03:04:05.000"},
    {"refinery", KNOWN_TO_UP,
     "CREATE TABLE refinery_schema_history(version int4 PRIMARY KEY, name VARCHAR(255),"
     " applied_on VARCHAR(255), checksum VARCHAR(255));"
     "INSERT INTO refinery_schema_history VALUES(1, 'books', '2024-01-02T05:04:05+02:00', '1'),"
     "(2, 'words', '2024-01-03T00:00:00Z', '2')",
     "2024-01-02 03:04:05.000"},
    {"diesel", KNOWN_TO_UP,
     "CREATE TABLE __diesel_schema_migrations(version VARCHAR(50) PRIMARY KEY NOT NULL,"
     " run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
     "INSERT INTO __diesel_schema_migrations VALUES('00001', '2024-01-02 03:04:05'),"
     "('00002', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"Flyway", KNOWN_TO_UP,
     "CREATE TABLE flyway_schema_history(installed_rank INT PRIMARY KEY, version VARCHAR(50),"
     " description VARCHAR(200), type VARCHAR(20), script VARCHAR(1000), checksum INT,"
     " installed_by VARCHAR(100), installed_on TEXT, execution_time INT, success BOOLEAN);"
     "INSERT INTO flyway_schema_history VALUES"
     "(1, '1', 'books', 'SQL', 'V1__books.sql', 11, 'ines', '2024-01-02 03:04:05.000', 7, 1),"
     "(2, '2', 'words', 'SQL', 'V2__words.sql', 22, 'ines', '2024-01-03 00:00:00.000', 7, 1),"
     "(3, NULL, 'views', 'SQL', 'R__views.sql', 33, 'ines', '2024-01-03 00:00:00.000', 7, 1)",
     "2024-01-02 03:04:05.000"},
    {"sql-migrate", KNOWN_TO_UP,
     "CREATE TABLE gorp_migrations(id VARCHAR(255) PRIMARY KEY, applied_at DATETIME);"
     "INSERT INTO gorp_migrations VALUES('001_books.sql', '2024-01-02 03:04:05.123456 +0000 UTC'),"
     "('002_words.sql', '2024-01-03 00:00:00 +0000 UTC')",
     "2024-01-02 03:04:05.000"},
    {"GRDB", KNOWN_TO_UP,
     "CREATE TABLE grdb_migrations(identifier TEXT NOT NULL PRIMARY KEY);"
     "INSERT INTO grdb_migrations VALUES('001_books'), ('002_words')",
     NULL},
    {"Prisma", KNOWN_TO_UP,
     "CREATE TABLE _prisma_migrations(id TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL,"
     " finished_at DATETIME, migration_name TEXT NOT NULL, logs TEXT, rolled_back_at DATETIME,"
     " started_at DATETIME NOT NULL DEFAULT current_timestamp, applied_steps_count INTEGER);"
     "INSERT INTO _prisma_migrations VALUES"
     "('a', 'ff', 1704164645000, '001_books', NULL, NULL, 1704164644000, 1),"
     "('b', 'ff', NULL, '002_words', 'no', 1704164646000, 1704164645500, 0),"
     "('c', 'ff', 1704164647000, '002_words', NULL, NULL, 1704164646500, 1)",
     "2024-01-02 03:04:05.000"},
    {"Atlas", KNOWN_TO_UP,
     "CREATE TABLE atlas_schema_revisions(version TEXT PRIMARY KEY, description TEXT, type INTEGER"
     " DEFAULT 2, applied INTEGER DEFAULT 0, total INTEGER DEFAULT 0, executed_at DATETIME,"
     " execution_time INTEGER, error TEXT, error_stmt TEXT, hash TEXT, partial_hashes TEXT,"
     " operator_version TEXT);"
     "INSERT INTO atlas_schema_revisions VALUES"
     "('.atlas_cloud_identifier', '', 2, 0, 0, '2024-01-01', 0, '', '', '', '', ''),"
     "('001', 'books', 2, 4, 4, '2024-01-02 03:04:05.6+00:00', 9, '', '', 'h', '', ''),"
     "('002', 'words', 2, 4, 4, '2024-01-03 00:00:00+00:00', 9, '', '', 'h', '', '')",
     "2024-01-02 03:04:05.600"},
    {"knex", KNOWN_TO_UP,
     "CREATE TABLE knex_migrations(id integer not null primary key autoincrement, name"
     " varchar(255), batch integer, migration_time datetime);"
     "CREATE TABLE knex_migrations_lock(`index` integer primary key, is_locked integer);"
     "INSERT INTO knex_migrations VALUES(1, '001_books.js', 1, 1704164645000),"
     "(2, '002_words.js', 1, 1704164646000)",
     "2024-01-02 03:04:05.000"},
    {"yoyo", KNOWN_TO_UP,
     "CREATE TABLE _yoyo_migration(migration_hash VARCHAR(64), migration_id VARCHAR(255),"
     " applied_at_utc TIMESTAMP, PRIMARY KEY(migration_hash));"
     "INSERT INTO _yoyo_migration VALUES('x', '001_books', '2024-01-02 03:04:05.678'),"
     "('y', '002_words', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.678"},
    {"Alembic", KNOWN_TO_UP,
     "CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL);"
     "INSERT INTO alembic_version VALUES('002_words')",
     NULL},
    {"Blueplane", KNOWN_TO_UP,
     "CREATE TABLE migration_history(version INTEGER, description TEXT, checksum TEXT, applied_at"
     " TEXT, execution_time_ms INTEGER, status TEXT, rollback_at TEXT, applied_by TEXT, metadata"
     " TEXT, error_message TEXT, hostname TEXT);"
     "INSERT INTO migration_history VALUES"
     "(1, 'books', 'aa', '2024-01-02T03:04:05', 5, 'completed', NULL, 'ines', '{}', NULL, 'h'),"
     "(2, 'words', 'bb', '2024-01-03T00:00:00', 5, 'failed', NULL, 'ines', '{}', 'no', 'h'),"
     "(2, 'words', 'bb', '2024-01-03T00:00:01', 5, 'completed', NULL, 'ines', '{}', NULL, 'h'),"
     "(3, 'years', 'cc', '2024-01-04T00:00:00', 5, 'rolled_back', '2024', 'ines', '{}', '', 'h')",
     "2024-01-02 03:04:05.000"},
    {"Decant", KNOWN_TO_UP,
     "CREATE TABLE _migrations(id INTEGER PRIMARY KEY, name TEXT, applied_at TEXT);"
     "INSERT INTO _migrations VALUES(7, '001_books.sql', '2024-01-02 03:04:05'),"
     "(8, '002_words.sql', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"golang-migrate", KNOWN_TO_UP,
     "CREATE TABLE schema_migrations(version uint64, dirty bool);"
     "INSERT INTO schema_migrations VALUES(2, 0)",
     NULL},
    {"Cockpit", KNOWN_TO_UP,
     "CREATE TABLE schema_migrations(id INTEGER PRIMARY KEY, migration_name TEXT, applied_at TEXT,"
     " description TEXT, execution_time_ms INTEGER);"
     "INSERT INTO schema_migrations VALUES(3, '001_books', '2024-01-02 03:04:05', '', 4),"
     "(9, '002_words', '2024-01-03 00:00:00', '', 4)",
     "2024-01-02 03:04:05.000"},
    {"VisionFlow", KNOWN_TO_UP,
     "CREATE TABLE schema_migrations(version INTEGER PRIMARY KEY, name TEXT, applied_at TEXT,"
     " checksum TEXT, execution_time_ms INTEGER);"
     "INSERT INTO schema_migrations VALUES(1, 'books', '2024-01-02 03:04:05', 'a1', 4),"
     "(2, 'words', '2024-01-03 00:00:00', 'a2', 4)",
     "2024-01-02 03:04:05.000"},
    {"just-logging", KNOWN_TO_UP,
     "CREATE TABLE schema_migrations(id INTEGER PRIMARY KEY, version TEXT, description TEXT,"
     " applied_at TEXT, execution_time_ms INTEGER);"
     "INSERT INTO schema_migrations VALUES(1, '001', 'books', '2024-01-02 03:04:05', 4),"
     "(2, '002', 'words', '2024-01-03 00:00:00', 4)",
     "2024-01-02 03:04:05.000"},
    {"dbmate or Rails", KNOWN_TO_UP,
     "CREATE TABLE schema_migrations(version varchar(128) primary key);"
     "INSERT INTO schema_migrations VALUES('001'), ('002')",
     NULL},
    {"Ecto", KNOWN_TO_UP,
     "CREATE TABLE schema_migrations(version INTEGER PRIMARY KEY, inserted_at TEXT);"
     "INSERT INTO schema_migrations VALUES(1, '2024-01-02T03:04:05'), (2, '2024-01-03T00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"Play", KNOWN_TO_ADOPT,
     "CREATE TABLE play_evolutions(id int not null primary key, hash varchar(255) not null,"
     " applied_at timestamp not null, apply_script text, revert_script text, state varchar(255),"
     " last_problem text);"
     "INSERT INTO play_evolutions VALUES(1, 'ab', 1704164645000, '', '', 'applied', ''),"
     "(2, 'cd', 1704164646000, '', '', 'applied', '')",
     "2024-01-02 03:04:05.000"},
    {"micrate", KNOWN_TO_ADOPT,
     "CREATE TABLE micrate_db_version(id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, version_id"
     " INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));"
     "INSERT INTO micrate_db_version(version_id, is_applied, tstamp) VALUES"
     "(1, 1, '2024-01-02 03:04:05'), (2, 1, '2024-01-03 00:00:00'), (3, 1, '2024-01-06 00:00:00'),"
     "(3, 0, '2024-01-07 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"MyBatis", COMMON_NAME,
     "CREATE TABLE CHANGELOG(ID NUMERIC(20,0) NOT NULL, APPLIED_AT VARCHAR(25) NOT NULL,"
     " DESCRIPTION VARCHAR(255) NOT NULL);"
     "INSERT INTO CHANGELOG VALUES(1, '2024-01-02 03:04:05', 'books'),"
     "(2, '2024-01-03 00:00:00', 'words')",
     "2024-01-02 03:04:05.000"},
    {"rambler or Laravel", COMMON_NAME,
     "CREATE TABLE migrations(migration VARCHAR(255) PRIMARY KEY);"
     "INSERT INTO migrations VALUES('001_books.sql'), ('002_words.sql')",
     NULL},
    {"node-sqlite", COMMON_NAME,
     "CREATE TABLE migrations(id INTEGER PRIMARY KEY, name TEXT NOT NULL, up TEXT NOT NULL, down"
     " TEXT NOT NULL);"
     "INSERT INTO migrations VALUES(1, 'books', '', ''), (2, 'words', '', '')",
     NULL},
    {"db-migrate", COMMON_NAME,
     "CREATE TABLE migrations(id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(255)"
     " NOT NULL, run_on datetime NOT NULL);"
     "INSERT INTO migrations VALUES(7, '/001_books', '2024-01-02 03:04:05'),"
     "(9, '/002_words', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"Sequelize", KNOWN_TO_ADOPT,
     "CREATE TABLE `SequelizeMeta`(`name` VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY);"
     "INSERT INTO SequelizeMeta VALUES('001_books.js'), ('002_words.js')",
     NULL},
    {"Wrangler", KNOWN_TO_ADOPT,
     "CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at"
     " TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);"
     "INSERT INTO d1_migrations VALUES(4, '001_books.sql', '2024-01-02 03:04:05'),"
     "(5, '002_words.sql', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"EF Core", KNOWN_TO_ADOPT,
     "CREATE TABLE \"__EFMigrationsHistory\"(\"MigrationId\" TEXT NOT NULL PRIMARY KEY,"
     " \"ProductVersion\" TEXT NOT NULL);"
     "INSERT INTO \"__EFMigrationsHistory\" VALUES('001_books', '8.0.0'), ('002_words', '8.0.0')",
     NULL},
    {"postgrator", KNOWN_TO_ADOPT,
     "CREATE TABLE schemaversion(version BIGINT PRIMARY KEY, name TEXT, md5 TEXT, run_at"
     " TIMESTAMP);"
     "INSERT INTO schemaversion VALUES(0, NULL, NULL, NULL),"
     "(1, 'books', 'a', '2024-01-02 03:04:05'), (2, 'words', 'b', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.000"},
    {"Phinx", KNOWN_TO_ADOPT,
     "CREATE TABLE phinxlog(version BIGINT PRIMARY KEY, migration_name VARCHAR(100), start_time"
     " TIMESTAMP, end_time TIMESTAMP, breakpoint BOOLEAN);"
     "INSERT INTO phinxlog VALUES(1, 'Books', '2024-01-02 03:04:01', '2024-01-02 03:04:05', 0),"
     "(2, 'Words', '2024-01-03 00:00:00', '2024-01-03 00:00:00', 0)",
     "2024-01-02 03:04:05.000"},
    {"byjg", KNOWN_TO_ADOPT,
     "CREATE TABLE migration_version(version int, status varchar(20));"
     "INSERT INTO migration_version VALUES(2, 'complete')",
     NULL},
    {"Django", KNOWN_TO_ADOPT,
     "CREATE TABLE django_migrations(id integer NOT NULL PRIMARY KEY AUTOINCREMENT, app"
     " varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL);"
     "INSERT INTO django_migrations(app, name, applied) VALUES"
     "('auth', '004_new', '2024-01-01 00:00:00'),"
     "('library', '001_books', '2024-01-02 03:04:05.123456'),"
     "('library', '002_words', '2024-01-03 00:00:00')",
     "2024-01-02 03:04:05.123"},
};

static const char *history_of(const char *name) {
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
        if (strcmp(tools[i].name, name) == 0)
            return tools[i].history;
    CHECK_MSG(false, "there is no tool %s", name);
    return "";
}

static void take_over(const struct tool *tool) {
    migc_code refusal = tool->its_table == KNOWN_TO_UP ? MIGC_OTHER_TOOL : MIGC_UNMANAGED;
    char at[64], sql[200];
    migc_error error;
    sqlite3 *db = open_foreign(tool->history);
    CHECK_MSG(migc_up(db, &library, NULL, &error) == refusal, "%s", tool->name);
    CHECK_CONTAINS("'adopt'", error.message);
    adopt_with(db, &library, 0, &error);
    CHECK_STR("", error.message);
    CHECK_STR(tool->name, adoption.tool);
    CHECK_INT(2, adoption.count);
    CHECK_STR("002_words", adoption.migrations[1].migration->name);
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", adoption.table);
    int64_t rows = db_number(db, sql);
    if (tool->first_at)
        CHECK_STR(tool->first_at,
                  db_text(db, "SELECT applied_at FROM migc_migrations WHERE version = 1", at,
                          sizeof(at)));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'adopt'"));
    migc_up(db, &library, NULL, &error);
    CHECK_STR("", error.message);
    CHECK_INT(4, db_number(db, "SELECT max(version) FROM migc_migrations"));
    CHECK_INT(rows, db_number(db, sql));
    CHECK_INT(tool->its_table == COMMON_NAME ? MIGC_DRIFTED : MIGC_OK,
              migc_drift(db, &library, NULL, NULL, NULL, NULL, &error));
    CHECK_INT(MIGC_MISUSE, adopt_with(db, &library, 0, &error));
    CHECK_CONTAINS("there is nothing to adopt", error.message);
}

TEST(each_tool, "P2: what each tool has applied is recorded with its times, and migrated on") {
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
        if (tools[i].its_table == KNOWN_TO_UP)
            take_over(&tools[i]);
}

TEST(each_other_tool,
     "P2: so it is with tools that only adopt knows, and drift knows their tables") {
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
        if (tools[i].its_table != KNOWN_TO_UP)
            take_over(&tools[i]);
}

TEST(dry, "P2: a dry run says what would be recorded, and changes nothing") {
    migc_error error;
    sqlite3 *db = open_foreign(tools[0].history);
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, adopt_with(db, &library, MIGC_DRY_RUN, &error));
    CHECK_INT(2, adoption.count);
    CHECK(db_digest(db) == before);
}

TEST(refused, "P2: failed, dirty and unknown migrations are refused, each by its message") {
    static const struct {
        const char *tool, *change;
        migc_code code;
        const char *words;
    } rows[] = {
        {"golang-migrate", "UPDATE schema_migrations SET dirty = 1", MIGC_INTERRUPTED,
         "the table schema_migrations says that 2 failed"},
        {"sqlx", "UPDATE _sqlx_migrations SET success = 0 WHERE version = 2", MIGC_INTERRUPTED,
         "says that 2 failed, or stopped half-way. Put that right with sqlx first"},
        {"Prisma", "UPDATE _prisma_migrations SET finished_at = NULL WHERE id = 'c'",
         MIGC_INTERRUPTED, "says that 002_words failed"},
        {"Blueplane", "UPDATE migration_history SET status = 'failed'", MIGC_INTERRUPTED, "failed"},
        {"GRDB", "INSERT INTO grdb_migrations VALUES('009_later')", MIGC_MISSING,
         "GRDB has applied 009_later, which this program does not have"},
        {"golang-migrate", "UPDATE schema_migrations SET version = 99", MIGC_MISSING,
         "has applied 99"},
        {"goose", "ALTER TABLE goose_db_version DROP COLUMN tstamp", MIGC_OTHER_TOOL,
         "the table goose_db_version is not as goose makes it"},
        {"sql-migrate", "DELETE FROM gorp_migrations", MIGC_MISUSE,
         "has applied none of this program's migrations"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        migc_error error;
        sqlite3 *db = open_foreign(history_of(rows[i].tool));
        db_exec(db, rows[i].change);
        uint64_t before = db_digest(db);
        CHECK_INT(rows[i].code, adopt_with(db, &library, 0, &error));
        CHECK_CONTAINS(rows[i].words, error.message);
        CHECK_INT(0, adoption.count);
        CHECK(db_digest(db) == before);
    }
}

TEST(both, "P2: a table of a name that any program may have does not hide a tool's history") {
    char history[800];
    migc_error error;
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
        if (tools[i].its_table != KNOWN_TO_UP)
            continue;
        snprintf(history, sizeof(history),
                 "%s; CREATE TABLE migrations(id, migration, up, run_on);"
                 " CREATE TABLE changelog(id, applied_at); INSERT INTO changelog VALUES(77, 0)",
                 tools[i].history);
        sqlite3 *db = open_foreign(history);
        CHECK_INT(MIGC_OTHER_TOOL, migc_up(db, &library, NULL, &error));
        adopt_with(db, &library, 0, &error);
        CHECK_STR("", error.message);
        CHECK_STR(tools[i].name, adoption.tool);
        CHECK_INT(2, adoption.count);
    }
}

TEST(squashed, "P2: what one migration of the set replaces can be left out, and is counted") {
    migc_set set = library;
    migc_error error;
    sqlite3 *db = open_foreign("CREATE TABLE schema_migrations(version varchar(128) primary key);"
                               "INSERT INTO schema_migrations VALUES('001'), ('002')");
    set.migrations++; /* begins with 002 */
    set.count--;
    CHECK_INT(MIGC_MISSING, adopt_with(db, &set, 0, &error));
    CHECK_CONTAINS("has applied 001, which this program does not have; where one of its migrations"
                   " makes what that made, --force (MIGC_FORCE) leaves it out",
                   error.message);
    CHECK_INT(MIGC_OK, adopt_with(db, &set, MIGC_FORCE, &error));
    CHECK_INT(1, adoption.count);
    CHECK_INT(1, adoption.left_out);
    CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, &error));
    db = open_foreign("CREATE TABLE schema_migrations(version varchar(128) primary key);"
                      "INSERT INTO schema_migrations VALUES('077')");
    CHECK_INT(MIGC_MISUSE, adopt_with(db, &library, MIGC_FORCE, &error));
    CHECK_INT(1, adoption.left_out);
    db = open_foreign("CREATE TABLE schema_migrations(version uint64, dirty bool);"
                      "INSERT INTO schema_migrations VALUES(99, 0)");
    CHECK_INT(MIGC_MISSING, adopt_with(db, &library, MIGC_FORCE, &error));
}

/* The library, with migrations that are to be changed. */
static migc_set know_originals(migc_migration migrations[4]) {
    migc_set set = library;
    memcpy(migrations, library_migrations, sizeof(library_migrations));
    set.migrations = migrations;
    return set;
}

TEST(checksums, "P2: a checksum that the other tool kept is compared with that of the file") {
    migc_migration migrations[4];
    migc_set set = know_originals(migrations);
    migc_error error;
    migrations[0].original_file = "V1__books.sql";
    migrations[1].original_file = "V2__words.sql";
    migrations[0].original_label = "1";
    migrations[1].original_label = "2";
    migrations[0].original_checksums = "sha256:00 crc32:11";
    migrations[1].original_checksums = "sha256:00 crc32:23";
    sqlite3 *db = open_foreign(history_of("Flyway"));
    CHECK_INT(MIGC_EDITED, adopt_with(db, &set, 0, &error));
    CHECK_CONTAINS("002_words.sql is not what Flyway applied: its checksum was crc32:22",
                   error.message);
    db_exec(db, "UPDATE flyway_schema_history SET checksum = 23 WHERE version = '2'");
    CHECK_INT(MIGC_OK, adopt_with(db, &set, 0, &error));
    CHECK_INT(1, adoption.migrations[0].verified);
}

TEST(by_hash, "P2: drizzle keeps nothing but a hash: the file that has it is the migration") {
    migc_migration migrations[4];
    migc_set set = know_originals(migrations);
    migc_error error;
    migrations[0].original_file = "0001_books.sql";
    migrations[1].original_file = "0002_words.sql";
    migrations[0].original_checksums = "sha256:aa";
    migrations[1].original_checksums = "sha256:bb";
    sqlite3 *db = open_foreign("CREATE TABLE __drizzle_migrations(id SERIAL PRIMARY KEY, hash text"
                               " NOT NULL, created_at numeric);"
                               "INSERT INTO __drizzle_migrations(hash, created_at) VALUES"
                               "('aa', 1704164645000), ('bb', 1704164646000)");
    adopt_with(db, &set, 0, &error);
    CHECK_STR("", error.message);
    CHECK_INT(2, adoption.count);
    CHECK_STR("drizzle", adoption.tool);
}

TEST(counter, "P2: a program that counted in user_version is taken over by its count") {
    migc_error error;
    sqlite3 *db = open_foreign("PRAGMA user_version = 2");
    CHECK_INT(MIGC_OTHER_TOOL, migc_up(db, &library, NULL, &error));
    adopt_with(db, &library, 0, &error);
    CHECK_STR("", error.message);
    CHECK_STR("PRAGMA user_version", adoption.tool);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    db = open_foreign("PRAGMA user_version = 12");
    CHECK_INT(MIGC_NEWER, adopt_with(db, &library, 0, &error));
}

/* ------------------------------------------------------------ by the schema */

TEST(by_schema, "N9: with no history at all, the version is found by the schema") {
    migc_error error;
    sqlite3 *db = open_foreign("");
    CHECK_INT(MIGC_UNMANAGED, migc_up(db, &library, NULL, &error));
    adopt_with(db, &library, 0, &error);
    CHECK_STR("", error.message);
    CHECK(adoption.tool == NULL);
    CHECK_INT(2, adoption.count);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
}

static int ask_for_utf16(sqlite3 *db, void *user) {
    (void)user;
    return sqlite3_exec(db, "PRAGMA encoding = 'UTF-16'", NULL, NULL, NULL);
}

TEST(utf16, "N9: it is found whatever the encoding is in which it is made again") {
    migc_error error;
    migc_options options = {.on_open = ask_for_utf16};
    sqlite3 *db = open_foreign("");
    migc_adopt(db, &library, &adoption, &options, &error);
    check_defer(free_adoption, NULL);
    CHECK_STR("", error.message);
    CHECK_INT(2, adoption.count);
}

TEST(spelt_otherwise, "N9: it is found by what the schema means") {
    migc_error error;
    sqlite3 *db = open_foreign("DROP TRIGGER book_added; DROP TABLE word;"
                               "CREATE TABLE [word]([word] text PRIMARY KEY, \"book\" integer)"
                               "  WITHOUT ROWID;"
                               "CREATE TRIGGER book_added AFTER INSERT ON book BEGIN\n"
                               " INSERT OR IGNORE INTO word VALUES(CASE WHEN new.title = '' THEN"
                               " 'untitled' ELSE new.title END, new.id); END");
    adopt_with(db, &library, 0, &error);
    CHECK_STR("", error.message);
    CHECK_INT(2, adoption.count);
}

TEST(closest, "N9: where no version fits, the closest are named, and what differs") {
    migc_error error;
    sqlite3 *db = open_foreign("DROP INDEX book_author");
    CHECK_INT(MIGC_DRIFTED, adopt_with(db, &library, 0, &error));
    CHECK_CONTAINS("Closest come: 002_words (1 difference: index book_author is missing",
                   error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'migc%'"));
}

TEST(rows_alone, "N9: versions that differ in rows alone cannot be told apart, and are named") {
    static migc_migration migrations[3];
    static const migc_set set = SET("library", migrations, NULL);
    static const migc_step rows[] = {SQL(1, "DELETE FROM word")};
    const migc_migration third = MIGRATION(3, "003_clean", 0, 1, 0, 0, NULL);
    migc_error error;
    memcpy(migrations, library_migrations, 2 * sizeof(*migrations));
    migrations[2] = third;
    migrations[2].steps = rows;
    sqlite3 *db = open_foreign("");
    CHECK_INT(MIGC_DRIFTED, adopt_with(db, &set, 0, &error));
    CHECK_CONTAINS("from 002_words to 003_clean", error.message);
}

TEST(empty, "N9: in an empty database there is nothing to adopt") {
    migc_error error;
    CHECK_INT(MIGC_MISUSE, adopt_with(db_open_memory(), &library, 0, &error));
    CHECK_CONTAINS("the database is empty", error.message);
}

static void count_call(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    (void)values;
    ++*(int *)sqlite3_user_data(context);
    sqlite3_result_text(context, "002", -1, SQLITE_STATIC);
}

TEST(view, "P2: a view in the place of a tool's table runs no functions of the host") {
    int calls = 0, trusted = 0;
    migc_error error;
    sqlite3 *db = open_foreign("");
    sqlite3_create_function(db, "wipe", 0, SQLITE_UTF8, &calls, count_call, NULL, NULL);
    db_exec(db, "CREATE VIEW alembic_version AS SELECT wipe() AS version_num");
    CHECK_INT(MIGC_OTHER_TOOL, adopt_with(db, &library, 0, &error));
    CHECK_CONTAINS("unsafe use of wipe()", error.message);
    CHECK_INT(0, calls);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1, &trusted);
    CHECK_INT(1, trusted);
}

#define TESTS(X)                                                                                   \
    X(each_tool)                                                                                   \
    X(each_other_tool)                                                                             \
    X(both)                                                                                        \
    X(squashed)                                                                                    \
    X(dry)                                                                                         \
    X(refused)                                                                                     \
    X(checksums)                                                                                   \
    X(by_hash)                                                                                     \
    X(counter)                                                                                     \
    X(by_schema)                                                                                   \
    X(utf16)                                                                                       \
    X(spelt_otherwise)                                                                             \
    X(closest)                                                                                     \
    X(rows_alone)                                                                                  \
    X(view)                                                                                        \
    X(empty)
CHECK_MAIN(TESTS)
