/*
 * foreign_keys.c - what a run with foreign keys off must not leave behind.
 *
 * Violations that were there before the run are not held against it: where
 * there are any, they wait in a temporary table, inside the run's transaction,
 * to be set off against those at its end.  They are counted, because rows of a
 * table WITHOUT ROWID have nothing else to be told apart by.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The tables that are looked at: all, or those in the JSON array ?1 and those that
 * refer to one of them, since a parent may have gone. */
#define ALL_TABLES "pragma_foreign_key_check(NULL, 'main') AS c"
#define TOUCHED_TABLES                                                                             \
    "(SELECT name FROM main.sqlite_schema AS s WHERE type = 'table' AND EXISTS (SELECT 1"          \
    " FROM json_each(?1) WHERE value = s.name COLLATE NOCASE OR value COLLATE NOCASE IN"           \
    " (SELECT \"table\" FROM pragma_foreign_key_list(s.name, 'main')))) AS t,"                     \
    " pragma_foreign_key_check(t.name, 'main') AS c"

enum { MOST_SQL = 600 };

struct violation {
    char words[300];
    int64_t count;
};

static int take_violation(void *argument, const migci_value *cells) {
    struct violation *violation = argument;
    violation->count++;
    if (violation->count > 1)
        return 0;
    if (!cells[1].text)
        snprintf(violation->words, sizeof violation->words, "a row of %s points at no row of %s",
                 cells[0].text, cells[2].text);
    else
        snprintf(violation->words, sizeof violation->words, "row %lld of %s points at no row of %s",
                 (long long)cells[1].number, cells[0].text, cells[2].text);
    return 0;
}

static void append_touched(sqlite3_str *list, const char *touched) {
    size_t length = strlen(touched); /* "[...]" */
    if (length > 2)
        sqlite3_str_appendf(list, "%s%.*s", sqlite3_str_length(list) > 1 ? "," : "",
                            (int)length - 2, touched + 1);
}

/* What the coming actions touch, as a JSON array; NULL when it is not known, or when
 * the database is new and all of it is. */
static const char *touched_by(migci_session *session, size_t end) {
    sqlite3_str *list = sqlite3_str_new(NULL);
    int known = session->history.count > 0;
    sqlite3_str_appendall(list, "[");
    for (size_t i = session->next; i < end && known; i++) {
        const char *touched = session->plan.actions[i].migration->touched;
        known = touched != NULL;
        if (known)
            append_touched(list, touched);
    }
    sqlite3_str_appendall(list, "]");
    char *text = sqlite3_str_finish(list);
    const char *kept = known && text ? migci_copy(&session->memory, text) : NULL;
    sqlite3_free(text);
    return kept;
}

static migci_outcome query_violations(migci_session *session, const char *format,
                                      struct violation *violation) {
    const char *touched = session->keys.touched;
    char sql[MOST_SQL];
    snprintf(sql, sizeof sql, format, touched ? TOUCHED_TABLES : ALL_TABLES);
    violation->count = 0;
    return migci_ask(session, take_violation, violation, sql, touched ? "s" : "", touched);
}

/* A foreign key that names no unique columns cannot be checked: SQLite refuses
 * with an ordinary error.  That is the schema's state, not the run's doing. */
static int is_mismatch(const migci_session *session) {
    return session->driver.failure.sqlite_code == SQLITE_ERROR;
}

static migc_code refuse_keys(migci_session *session) {
    return migci_fail_driver(session, "checking foreign keys");
}

static migci_outcome drop_violations(migci_session *session) {
    return migci_do(session, "DROP TABLE IF EXISTS temp.migc_violations", "");
}

#define ROWS "SELECT c.\"table\" AS child, c.rowid AS row, c.parent AS parent"

migc_code migci_keys_before(migci_session *session, size_t end) {
    migci_keys *keys = &session->keys;
    struct violation any;
    assert(end <= session->plan.count && migci_in_transaction(session));
    memset(keys, 0, sizeof *keys);
    keys->touched = touched_by(session, end);
    if (query_violations(session, ROWS " FROM %s LIMIT 1", &any) != MIGCI_DONE) {
        keys->unchecked = is_mismatch(session);
        return keys->unchecked ? MIGC_OK : refuse_keys(session);
    }
    if (!any.count)
        return MIGC_OK;
    keys->violated = 1;
    if (drop_violations(session) != MIGCI_DONE ||
        query_violations(session,
                         "CREATE TEMP TABLE migc_violations AS " ROWS ", -1 AS balance FROM %s",
                         &any) != MIGCI_DONE)
        return refuse_keys(session);
    return MIGC_OK;
}

migc_code migci_keys_after(migci_session *session) {
    const migci_keys *keys = &session->keys;
    struct violation added;
    const char *format = keys->violated ? "SELECT child, row, parent FROM (" ROWS
                                          ", 1 AS balance FROM %s"
                                          " UNION ALL SELECT * FROM temp.migc_violations)"
                                          " GROUP BY 1, 2, 3 HAVING sum(balance) > 0"
                                        : ROWS " FROM %s";
    if (query_violations(session, format, &added) != MIGCI_DONE)
        return keys->unchecked && is_mismatch(session) ? MIGC_OK : refuse_keys(session);
    if (keys->violated && drop_violations(session) != MIGCI_DONE)
        return refuse_keys(session);
    if (!added.count)
        return MIGC_OK;
    return migci_fail(session, MIGC_FOREIGN_KEY, "foreign keys do not hold after the run: %s%s",
                      added.words, added.count > 1 ? ", and others" : "");
}
