/*
 * A run sees the database main alone: neither TEMP tables of the program's connection, nor what
 * it has attached.
 */
#include "database.h"
#include "sets.h"

static const migc_step use_steps[] = {
    SQL(1, "DROP TABLE IF EXISTS cache"),
    SQL(2, "ALTER TABLE author ADD COLUMN born"),
    SQL(3, "ALTER TABLE author DROP COLUMN born"),
};
static const migc_step own_steps[] = {
    SQL(1, "CREATE TABLE cache(x)"),
    SQL(2, "CREATE TEMP TABLE scratch AS SELECT 1 AS x"),
    SQL(3, "INSERT INTO cache SELECT x FROM scratch"),
    SQL(4, "DROP TABLE scratch"),
};
static const migc_migration use_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_use", 0, 2, 1, 0, use_steps),
};
static const migc_migration own_migrations[] = {
    MIGRATION(1, "001_own", 0, 4, 0, 0, own_steps),
};
static const migc_set use = SET("library", use_migrations, NULL);
static const migc_set own = SET("own", own_migrations, NULL);

TEST(attached, "P4: a statement that would use an attached database is refused") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_to(db, &use, 1, NULL, NULL));
    db_exec(db, "ATTACH ':memory:' AS pictures; CREATE TABLE pictures.cache(x)");
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &use, NULL, &error));
    CHECK_CONTAINS("002_use.sql:1: it would use a database that the program has attached",
                   error.message);
    CHECK(before == db_digest(db));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM pictures.sqlite_schema"));
    db_exec(db, "DETACH pictures");
    CHECK_INT(MIGC_OK, migc_up(db, &use, NULL, NULL));
}

TEST(same_names, "P4: what an attached database has beside main is no obstacle") {
    sqlite3 *db = db_open_memory();
    db_exec(db, "ATTACH ':memory:' AS pictures; CREATE TABLE pictures.cache(x)");
    CHECK_INT(MIGC_OK, migc_up(db, &own, NULL, NULL));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM main.cache"));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM pictures.cache"));
}

TEST(temporary, "P4: a TEMP table that hides one of a migration is refused by name") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_to(db, &use, 1, NULL, NULL));
    db_exec(db, "CREATE TEMP TABLE author(id)");
    CHECK_INT(MIGC_MISUSE, migc_up(db, &use, NULL, &error));
    CHECK_CONTAINS("002_use.sql:2: author is a TEMP table of this connection", error.message);
    db_exec(db, "DROP TABLE temp.author; CREATE TEMP TABLE nobody(id)");
    CHECK_INT(MIGC_OK, migc_up(db, &use, NULL, NULL));
}

TEST(unfinished, "V6: a SELECT of the program that is not finished is not called another program") {
    sqlite3 *db = db_open_memory();
    sqlite3_stmt *rows = NULL;
    migc_error error;
    migc_options options = {.wait_ms = -1};
    CHECK_INT(MIGC_OK, migc_to(db, &use, 1, NULL, NULL));
    db_exec(db, "CREATE TABLE cache(x); INSERT INTO cache VALUES(1), (2)");
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db, "SELECT x FROM cache", -1, &rows, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(rows));
    CHECK_INT(MIGC_LOCKED, migc_up(db, &use, &options, &error));
    sqlite3_finalize(rows);
    CHECK_CONTAINS("Finish or reset the program's own statements", error.message);
    CHECK(strstr(error.message, "other program") == NULL);
    CHECK_INT(MIGC_OK, migc_up(db, &use, &options, NULL));
}

#define TESTS(X)                                                                                   \
    X(attached)                                                                                    \
    X(same_names)                                                                                  \
    X(temporary)                                                                                   \
    X(unfinished)

CHECK_MAIN(TESTS)
