/*
 * same.c - finds out whether a backup has what a database has now, so that another one would only
 * push an older one out.
 *
 * A program whose migration fails may be started again and again.  Each start adds a row about the
 * failure and one about the backup to migc_events; only these do not count.  Everything else is
 * compared row by row, in order; what cannot be compared counts as different.
 */
#include "backup.h"

#include <string.h>

/* In bytes: two copies of a longer row would take too much memory. */
enum { LONGEST = 16 << 20 };

static bool is_same_value(sqlite3_stmt *one, sqlite3_stmt *two, int column) {
    int type = sqlite3_column_type(one, column);
    if (type != sqlite3_column_type(two, column))
        return false;
    if (type == SQLITE_NULL)
        return true;
    if (type == SQLITE_INTEGER)
        return sqlite3_column_int64(one, column) == sqlite3_column_int64(two, column);
    if (type == SQLITE_FLOAT)
        return sqlite3_column_double(one, column) == sqlite3_column_double(two, column);
    const void *a = sqlite3_column_blob(one, column), *b = sqlite3_column_blob(two, column);
    int size = sqlite3_column_bytes(one, column);
    return size == sqlite3_column_bytes(two, column) &&
           (size == 0 || (a && b && memcmp(a, b, (size_t)size) == 0));
}

static bool are_same_rows(sqlite3 *db, sqlite3 *other, const char *sql) {
    sqlite3_stmt *one = NULL, *two = NULL;
    bool same = sqlite3_prepare_v2(db, sql, -1, &one, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(other, sql, -1, &two, NULL) == SQLITE_OK &&
                sqlite3_column_count(one) == sqlite3_column_count(two);
    int code = SQLITE_ROW;
    while (same && code == SQLITE_ROW) {
        code = sqlite3_step(one);
        same = sqlite3_step(two) == code && (code == SQLITE_DONE || code == SQLITE_ROW);
        for (int i = 0; same && code == SQLITE_ROW && i < sqlite3_column_count(one); i++)
            same = is_same_value(one, two, i);
    }
    sqlite3_finalize(one);
    sqlite3_finalize(two);
    return same;
}

static bool is_same_table(sqlite3 *db, sqlite3 *other, const char *table) {
    bool events = strcmp(table, "migc_events") == 0;
    sqlite3_stmt *rowid = NULL;
    char *sql = sqlite3_mprintf("SELECT rowid FROM \"%w\"", table);
    bool has_rowid = sql && sqlite3_prepare_v2(db, sql, -1, &rowid, NULL) == SQLITE_OK;
    sqlite3_finalize(rowid);
    sqlite3_free(sql);
    sql = sqlite3_mprintf("SELECT %s* FROM \"%w\"%s", has_rowid ? "rowid, " : "", table,
                          events ? " WHERE action NOT IN ('failed', 'backup')" : "");
    bool same = sql && are_same_rows(db, other, sql);
    sqlite3_free(sql);
    return same;
}

/* Virtual tables keep their rows in tables of their own, or not in the database at all. */
static bool are_same_tables(sqlite3 *db, sqlite3 *other) {
    sqlite3_stmt *tables = NULL;
    bool same = sqlite3_prepare_v2(db,
                                   "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                   " AND sql NOT LIKE 'CREATE VIRTUAL %'",
                                   -1, &tables, NULL) == SQLITE_OK;
    int code = SQLITE_ROW;
    while (same && (code = sqlite3_step(tables)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        same = name && is_same_table(db, other, name);
    }
    sqlite3_finalize(tables);
    return same && code == SQLITE_DONE;
}

bool migci_is_same(sqlite3 *db, sqlite3 *backup) {
    int limit = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LONGEST);
    sqlite3_limit(backup, SQLITE_LIMIT_LENGTH, LONGEST);
    bool same = are_same_rows(db, backup, "PRAGMA user_version") &&
                are_same_rows(db, backup, "PRAGMA application_id") &&
                are_same_rows(db, backup, "SELECT type, name, tbl_name, sql FROM sqlite_schema") &&
                are_same_tables(db, backup);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, limit);
    return same;
}
