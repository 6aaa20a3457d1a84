/*
 * statement.c - runs one statement with its values, in one line of the caller.
 */
#include "base/core.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

/* Returns whether it was trusted. */
static bool trust_schema(const migci_session *session, bool trust) {
    int trusted = false;
    sqlite3 *db = session->driver.db;
    if (db)
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, -1, &trusted);
    if (trusted != trust && db)
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, trust, NULL);
    return trusted;
}

static migci_outcome run_with_values(migci_session *session, migci_row_function *row,
                                     void *argument, const char *sql, const char *types,
                                     va_list arguments) {
    migci_value values[MIGCI_MOST_VALUES];
    int count = 0;
    assert(strlen(types) <= MIGCI_MOST_VALUES);
    for (; *types && count < MIGCI_MOST_VALUES; types++, count++) {
        migci_value *value = &values[count];
        *value = MIGCI_TEXT(NULL);
        if (*types == 's')
            value->text = va_arg(arguments, const char *);
        else
            value->number = va_arg(arguments, int64_t);
        value->is_number = *types == 'i' || (*types == 'n' && value->number >= 0);
    }
    /* The file may have a view in place of a table that migc reads; without trust, such a view runs
     * no functions of the host. */
    bool reads_rows = strncmp(sql, "SELECT", 6) == 0 && strstr(sql, " main.");
    bool trusted = reads_rows && trust_schema(session, false);
    migci_outcome outcome =
        session->driver.methods->query(&session->driver, sql, values, count, row, argument);
    if (trusted)
        trust_schema(session, true);
    return outcome;
}

migci_outcome migci_ask(migci_session *session, migci_row_function *row, void *argument,
                        const char *sql, const char *types, ...) {
    va_list arguments;
    va_start(arguments, types);
    migci_outcome outcome = run_with_values(session, row, argument, sql, types, arguments);
    va_end(arguments);
    return outcome;
}

migci_outcome migci_do(migci_session *session, const char *sql, const char *types, ...) {
    va_list arguments;
    va_start(arguments, types);
    migci_outcome outcome = run_with_values(session, NULL, NULL, sql, types, arguments);
    va_end(arguments);
    return outcome;
}

static int take_first_number(void *argument, const migci_value *cells) {
    *(int64_t *)argument = cells[0].number;
    return 1;
}

migci_outcome migci_ask_number(migci_session *session, const char *sql, int64_t *value) {
    return migci_ask(session, take_first_number, value, sql, "");
}

const char *migci_cell_text(const migci_value *cell) {
    return cell->text ? cell->text : "?";
}

migci_outcome migci_try_begin(migci_session *session, int write) {
    return session->driver.methods->begin(&session->driver, write);
}

void migci_rollback(migci_session *session) {
    session->driver.methods->rollback(&session->driver);
}

bool migci_in_transaction(migci_session *session) {
    return session->driver.methods->in_transaction(&session->driver);
}
