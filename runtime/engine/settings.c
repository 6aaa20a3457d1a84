/*
 * settings.c - connection settings that change what SQL means.
 *
 * Migrations are proven under SQLite's defaults, so they run under these, and with
 * foreign keys off.  That setting has no effect inside a transaction, so it is
 * changed before one.  What the host had, and what a migration changed, is restored
 * on every path.  If SQLite has a C call for a setting, that is used: unlike a
 * PRAGMA it needs no memory, so it works when memory is out.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef enum how { BY_CONFIG, BY_PRAGMA, BY_TIMEOUT } how;

static const struct setting {
    how how;
    int op; /* BY_CONFIG */
    const char *pragma;
    int value;            /* during a run */
    const char *no, *yes; /* BY_PRAGMA: 0 and 1 in its own words */
} table[MIGCI_SETTINGS] = {
    {BY_CONFIG, SQLITE_DBCONFIG_ENABLE_FKEY, "foreign_keys", 0, NULL, NULL},
    {BY_CONFIG, SQLITE_DBCONFIG_ENABLE_TRIGGER, "", 1, NULL, NULL},
    {BY_CONFIG, SQLITE_DBCONFIG_ENABLE_VIEW, "", 1, NULL, NULL},
    {BY_CONFIG, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, "legacy_alter_table", 0, NULL, NULL},
    {BY_CONFIG, SQLITE_DBCONFIG_WRITABLE_SCHEMA, "writable_schema", 0, NULL, NULL},
    {BY_CONFIG, SQLITE_DBCONFIG_DQS_DDL, "", 1, NULL, NULL},
    {BY_CONFIG, SQLITE_DBCONFIG_DQS_DML, "", 1, NULL, NULL},
    {BY_PRAGMA, 0, "recursive_triggers", 0, "0", "1"},
    {BY_PRAGMA, 0, "ignore_check_constraints", 0, "0", "1"},
    {BY_PRAGMA, 0, "reverse_unordered_selects", 0, "0", "1"},
    /* Without a journal nothing can be rolled back; attached databases keep theirs. */
    {BY_PRAGMA, 0, "main.journal_mode", 0, "delete", "off"},
    {BY_TIMEOUT, 0, "busy_timeout", 0, NULL, NULL}, /* lock.c waits, and reports for whom */
};

enum { FOREIGN_KEYS = 0 }; /* the row whose value the migration chooses */

struct reading {
    const char *yes;
    int value;
};

static int take_setting(void *argument, const migci_value *cells) {
    struct reading *reading = argument;
    const char *text = migci_cell_text(&cells[0]);
    reading->value = reading->yes ? strcmp(text, reading->yes) == 0 : (int)cells[0].number;
    return 1;
}

static migci_outcome read_setting(migci_session *session, const struct setting *row, int *value) {
    char sql[80];
    struct reading reading = {row->yes, 0};
    if (row->how == BY_CONFIG) {
        sqlite3_db_config(session->driver.db, row->op, -1, value);
        return MIGCI_DONE;
    }
    snprintf(sql, sizeof(sql), "PRAGMA %s", row->pragma);
    migci_outcome outcome = migci_ask(session, take_setting, &reading, sql, "");
    *value = reading.value;
    return outcome;
}

static migci_outcome write_setting(migci_session *session, const struct setting *row, int value) {
    char sql[80];
    switch (row->how) {
    case BY_CONFIG:
        sqlite3_db_config(session->driver.db, row->op, value, NULL);
        return MIGCI_DONE;
    case BY_TIMEOUT:
        /* It is 0 while the host has a busy handler of its own, which setting it would remove. */
        sqlite3_busy_timeout(session->driver.db, value);
        return MIGCI_DONE;
    default:
        snprintf(sql, sizeof(sql), "PRAGMA %s = %s", row->pragma, value ? row->yes : row->no);
        return migci_do(session, sql, "");
    }
}

migc_code migci_settings_enter(migci_session *session, migci_settings *settings, int foreign_keys) {
    migci_driver *driver = &session->driver;
    memset(settings, 0, sizeof(*settings));
    if (driver->remote && driver->remote->enter(driver, foreign_keys) != MIGCI_DONE)
        return migci_fail_driver(session, "setting the connection up");
    for (unsigned i = 0; i < MIGCI_SETTINGS && !driver->remote; i++) {
        int value = i == FOREIGN_KEYS ? foreign_keys : table[i].value;
        migci_outcome outcome = read_setting(session, &table[i], &settings->before[i]);
        /* A PRAGMA that failed may have had its effect, so this row counts as known. */
        settings->known += outcome == MIGCI_DONE;
        if (outcome == MIGCI_DONE && settings->before[i] != value)
            outcome = write_setting(session, &table[i], value);
        if (outcome != MIGCI_DONE) {
            migci_failure failure = driver->failure; /* leaving may have another failure */
            migci_fail_driver(session, "setting the connection up");
            migci_settings_leave(session, settings);
            driver->failure = failure;
            return session->error->code;
        }
    }
    return MIGC_OK;
}

void migci_settings_leave(migci_session *session, const migci_settings *settings) {
    assert(settings->known <= MIGCI_SETTINGS);
    for (unsigned i = 0; i < settings->known; i++) {
        int now = settings->before[i];
        if (read_setting(session, &table[i], &now) == MIGCI_DONE && now == settings->before[i])
            continue;
        /* A second attempt, if memory was out: the connection must not stay changed. */
        if (write_setting(session, &table[i], settings->before[i]) != MIGCI_DONE)
            write_setting(session, &table[i], settings->before[i]);
    }
}
