/*
 * database.h - databases for C tests: a folder of the test's own, connections
 * that are closed when the test ends, and what a test compares: the content of
 * a database and the settings of a connection, as values.
 */
#ifndef DATABASE_H
#define DATABASE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "check.h"

/* -------------------------------------------------------------------- files */

struct lab {
    char folder[64];
    char path[96]; /* of the test's database, which is not there yet */
};

static inline void lab_empty(const struct lab *lab) {
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
    char name[128];
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        snprintf(name, sizeof(name), "%s%s", lab->path, suffixes[i]);
        unlink(name);
    }
}

static inline void lab_remove(void *argument) {
    lab_empty(argument);
    rmdir(((struct lab *)argument)->folder);
    free(argument);
}

/* An empty folder, removed when the test ends; `lab` may be gone by then. */
static inline void lab_begin(struct lab *lab) {
    snprintf(lab->folder, sizeof(lab->folder), "/tmp/migc-test-XXXXXX");
    CHECK(mkdtemp(lab->folder) != NULL);
    snprintf(lab->path, sizeof(lab->path), "%s/app.db", lab->folder);
    struct lab *copy = malloc(sizeof(*copy));
    CHECK(copy != NULL);
    *copy = *lab;
    check_defer(lab_remove, copy);
}

/* -------------------------------------------------------------- connections */

static inline sqlite3 *db_open(const char *path) {
    sqlite3 *db = NULL;
    int code = sqlite3_open(path, &db);
    CHECK_MSG(code == SQLITE_OK, "%s: %s", path, sqlite3_errmsg(db));
    sqlite3_extended_result_codes(db, 1);
    return db;
}

static inline void db_close(void *db) {
    sqlite3_close(db);
}

static inline sqlite3 *db_open_memory(void) {
    sqlite3 *db = db_open(":memory:");
    check_defer(db_close, db);
    return db;
}

static inline void db_exec(sqlite3 *db, const char *sql) {
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    CHECK_MSG(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
}

/* The first cell of the first row, 0 when there is none; -1 for an error. */
static inline int64_t db_number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    int64_t number = 0;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? number : -1;
}

/* The same as text, "" when there is none; the text lives until the buffer's next use. */
static inline const char *db_text(sqlite3 *db, const char *sql, char *buffer, size_t size) {
    sqlite3_stmt *statement = NULL;
    buffer[0] = '\0';
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        snprintf(buffer, size, "%s", sqlite3_errmsg(db));
    else if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
        snprintf(buffer, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return buffer;
}

/* ------------------------------------------------------------------ content */

/* FNV-1a: nothing here is hostile. */
static inline void digest_bytes(uint64_t *digest, const void *bytes, size_t count) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++)
        *digest = (*digest ^ byte[i]) * UINT64_C(0x100000001b3);
}

static inline void digest_query(sqlite3 *db, uint64_t *digest, const char *sql) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    CHECK_MSG(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            int type = sqlite3_column_type(statement, i);
            digest_bytes(digest, &type, sizeof(type));
            const void *blob = sqlite3_column_blob(statement, i);
            if (blob)
                digest_bytes(digest, blob, (size_t)sqlite3_column_bytes(statement, i));
        }
        digest_bytes(digest, "row", 3);
    }
    CHECK_MSG(code == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
}

/* Each row of `list` is a query; what those answer goes into the digest. */
static inline void digest_queries(sqlite3 *db, uint64_t *digest, const char *list) {
    sqlite3_stmt *statement = NULL;
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db, list, -1, &statement, NULL));
    while (sqlite3_step(statement) == SQLITE_ROW)
        digest_query(db, digest, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
}

/*
 * One number for what a run must leave as it was, or bring about whole: schema,
 * rows, header, and what is applied.  When and by whom it was applied is not
 * part of it, nor are migc_events; an empty history equals none.
 */
static inline uint64_t db_digest(sqlite3 *db) {
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    digest_query(db, &digest,
                 "SELECT type, name, tbl_name, sql FROM sqlite_schema"
                 " WHERE tbl_name NOT LIKE 'migc\\_%' ESCAPE '\\' ORDER BY 1, 2");
    digest_queries(db, &digest,
                   "SELECT format('SELECT ''%w'', * FROM \"%w\" ORDER BY 2', name, name)"
                   " FROM sqlite_schema WHERE type = 'table'"
                   " AND name NOT LIKE 'migc\\_%' ESCAPE '\\' ORDER BY name");
    digest_queries(db, &digest,
                   "SELECT 'SELECT set_name, seq, version, name, checksum, chain, down"
                   " FROM migc_migrations ORDER BY set_name, seq'"
                   " FROM sqlite_schema WHERE name = 'migc_migrations'");
    digest_query(db, &digest, "PRAGMA user_version");
    digest_query(db, &digest, "PRAGMA application_id");
    return digest;
}

/* ----------------------------------------------------------------- settings */

static const struct db_setting {
    const char *name;
    int config;  /* of sqlite3_db_config(), 0 for a PRAGMA */
    int unusual; /* not the default: what a test gives the host's connection */
} db_setting_table[] = {
    {"recursive_triggers", 0, 1},
    {"ignore_check_constraints", 0, 1},
    {"reverse_unordered_selects", 0, 1},
    {"foreign_keys", 0, 1},
    {"legacy_alter_table", 0, 1},
    {"busy_timeout", 0, 1},
    {"writable_schema", 0, 1},
    {"DQS_DDL", SQLITE_DBCONFIG_DQS_DDL, 0},
    {"DQS_DML", SQLITE_DBCONFIG_DQS_DML, 0},
    {"ENABLE_TRIGGER", SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
    {"ENABLE_VIEW", SQLITE_DBCONFIG_ENABLE_VIEW, 0},
    /* Those that nothing should touch. */
    {"cell_size_check", 0, 1},
    {"defer_foreign_keys", 0, 0},
    {"query_only", 0, 0},
    {"trusted_schema", 0, 0},
};

enum { DB_SETTINGS = sizeof(db_setting_table) / sizeof(*db_setting_table) };

static inline int db_setting_get(sqlite3 *db, const struct db_setting *setting) {
    char sql[80];
    int value = -1;
    if (setting->config) {
        sqlite3_db_config(db, setting->config, -1, &value);
        return value;
    }
    snprintf(sql, sizeof(sql), "PRAGMA %s", setting->name);
    return (int)db_number(db, sql);
}

static inline void db_setting_set(sqlite3 *db, const struct db_setting *setting, int value) {
    char sql[80];
    snprintf(sql, sizeof(sql), "PRAGMA %s = %d", setting->name, value);
    if (setting->config)
        sqlite3_db_config(db, setting->config, value, NULL);
    else
        db_exec(db, sql);
}

/* A host that has none of SQLite's defaults. */
static inline void db_settings_unusual(sqlite3 *db) {
    for (int i = 0; i < DB_SETTINGS; i++)
        db_setting_set(db, &db_setting_table[i], db_setting_table[i].unusual);
}

struct db_settings {
    char text[512];
};

/* All of them as one text, "foreign_keys=1 busy_timeout=0 ...". */
static inline struct db_settings db_settings(sqlite3 *db) {
    struct db_settings settings = {""};
    for (int i = 0; i < DB_SETTINGS; i++) {
        size_t used = strlen(settings.text);
        snprintf(settings.text + used, sizeof(settings.text) - used, "%s=%d ",
                 db_setting_table[i].name, db_setting_get(db, &db_setting_table[i]));
    }
    return settings;
}

#endif
