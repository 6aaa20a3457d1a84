/*
 * driver_sqlite.c - the driver of driver.h for SQLite's own API.
 */
#include "base/core.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MOST_COLUMNS = 64, RESERVE_SIZE = 4096 };

static migci_outcome refuse_as_sqlite(migci_driver *driver, int code, int offset) {
    migci_failure *failure = &driver->failure;
    failure->sqlite_code = code;
    failure->code = migci_code_of(code);
    /* In WAL mode a full disk is not reported as SQLITE_FULL. */
    if (failure->code == MIGC_IO_ERROR && sqlite3_system_errno(driver->db) == ENOSPC)
        failure->code = MIGC_DISK_FULL;
    failure->offset = offset;
    snprintf(failure->reason, sizeof(failure->reason), "%s", sqlite3_errmsg(driver->db));
    return MIGCI_REFUSED;
}

/* As SQLite would write it, but without memory. */
static const char *write_number(int64_t number, char buffer[24]) {
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    char *at = buffer + 23;
    *at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    return at;
}

static int hand_row(migci_driver *driver, sqlite3_stmt *statement, migci_row_function *row,
                    void *argument) {
    migci_value cells[MOST_COLUMNS];
    char numbers[MOST_COLUMNS][24];
    int count = sqlite3_column_count(statement);
    driver->columns = count < MOST_COLUMNS ? count : MOST_COLUMNS;
    for (int i = 0; i < driver->columns; i++) {
        sqlite3_value *cell = sqlite3_column_value(statement, i);
        cells[i] = MIGCI_TEXT(NULL);
        if (sqlite3_value_type(cell) == SQLITE_INTEGER) {
            cells[i] = MIGCI_NUMBER(sqlite3_value_int64(cell));
            cells[i].text = write_number(cells[i].number, numbers[i]);
            continue;
        }
        const char *text = (const char *)sqlite3_value_text(cell);
        if (!text && sqlite3_errcode(driver->db) == SQLITE_NOMEM)
            return SQLITE_NOMEM;
        cells[i].text = text;
        if (text && (unsigned char)*text <= '9') /* else no number begins like that */
            cells[i].number = sqlite3_value_int64(cell);
    }
    return row(argument, cells) ? SQLITE_DONE : SQLITE_ROW;
}

/* Steps to the end, or until `row` has seen enough. */
static int step_to_end(migci_driver *driver, sqlite3_stmt *statement, migci_row_function *row,
                       void *argument) {
    /* The lock is taken once, not for each cell. */
    sqlite3_mutex *mutex = MIGCI_HAVE(sqlite3_mutex_enter) ? sqlite3_db_mutex(driver->db) : NULL;
    int code = SQLITE_ROW;
    if (mutex)
        sqlite3_mutex_enter(mutex);
    while (code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW && row)
            code = hand_row(driver, statement, row, argument);
    }
    if (mutex)
        sqlite3_mutex_leave(mutex);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static void drop_kept(migci_driver *driver) {
    sqlite3_finalize(driver->kept);
    driver->kept = NULL;
}

/* The last statement with values is kept: those of the history run many times in a row. */
static int prepare_or_keep(migci_driver *driver, const char *sql, int keep,
                           sqlite3_stmt **statement) {
    if (keep && driver->kept && strcmp(sqlite3_sql(driver->kept), sql) == 0) {
        *statement = driver->kept;
        return SQLITE_OK;
    }
    drop_kept(driver);
    int code = sqlite3_prepare_v3(driver->db, sql, -1, 0, statement, NULL);
    if (code == SQLITE_OK && keep)
        driver->kept = *statement;
    return code;
}

static migci_outcome query_sqlite(migci_driver *driver, const char *sql, const migci_value *values,
                                  int count, migci_row_function *row, void *argument) {
    sqlite3_stmt *statement = NULL;
    assert(sql && count >= 0 && (values || !count));
    int code = prepare_or_keep(driver, sql, count > 0, &statement);
    for (int i = 0; i < count && code == SQLITE_OK; i++)
        code = values[i].is_number
                   ? sqlite3_bind_int64(statement, i + 1, values[i].number)
                   : sqlite3_bind_text(statement, i + 1, values[i].text, -1, SQLITE_STATIC);
    if (code == SQLITE_OK && statement)
        code = step_to_end(driver, statement, row, argument);
    migci_outcome outcome = MIGCI_DONE;
    driver->changed = sqlite3_changes64(driver->db);
    if (code != SQLITE_OK)
        outcome = refuse_as_sqlite(
            driver, code == SQLITE_NOMEM ? code : sqlite3_extended_errcode(driver->db),
            sqlite3_error_offset(driver->db));
    if (count > 0 && outcome == MIGCI_DONE)
        sqlite3_reset(statement);
    else if (count > 0)
        drop_kept(driver);
    else
        sqlite3_finalize(statement);
    return outcome;
}

static void free_reserve(migci_driver *driver) {
    sqlite3_free(driver->reserve);
    driver->reserve = NULL;
}

static migci_outcome begin_sqlite(migci_driver *driver, int write) {
    free_reserve(driver);
    driver->reserve = sqlite3_malloc(RESERVE_SIZE);
    if (!driver->reserve)
        return refuse_as_sqlite(driver, SQLITE_NOMEM, -1);
    return query_sqlite(driver, write ? "BEGIN IMMEDIATE" : "BEGIN", NULL, 0, NULL, NULL);
}

/* After a COMMIT that was refused because of a lock, the transaction is still open, and COMMIT
 * can be tried again.  One that met a failure of the disk may or may not have taken effect. */
static migci_outcome commit_sqlite(migci_driver *driver) {
    drop_kept(driver);
    migci_outcome outcome = query_sqlite(driver, "COMMIT", NULL, 0, NULL, NULL);
    if (outcome == MIGCI_REFUSED && driver->failure.code == MIGC_IO_ERROR)
        outcome = MIGCI_UNKNOWN;
    return outcome;
}

static void close_sqlite(migci_driver *driver) {
    drop_kept(driver);
    free_reserve(driver);
}

static void roll_back_sqlite(migci_driver *driver) {
    close_sqlite(driver);
    /* The second time is in case memory was out. */
    for (int i = 0; i < 2 && !sqlite3_get_autocommit(driver->db); i++)
        sqlite3_exec(driver->db, "ROLLBACK", NULL, NULL, NULL);
}

static int is_sqlite_in_transaction(migci_driver *driver) {
    return !sqlite3_get_autocommit(driver->db);
}

static const migci_driver_methods methods = {
    begin_sqlite, query_sqlite, commit_sqlite, roll_back_sqlite, is_sqlite_in_transaction,
    close_sqlite};

void migci_sqlite_driver(migci_driver *driver, sqlite3 *db) {
    memset(driver, 0, sizeof(*driver));
    driver->methods = &methods;
    driver->db = db;
}
