/*
 * foreign_keys.c - what a run with foreign keys off must not leave behind.
 *
 * Violations that were there before the run are not held against it: where
 * there are any, they wait in a temporary table, inside the run's transaction,
 * to be set off against those at its end.  They are counted, because rows of a
 * table WITHOUT ROWID have nothing else to be told apart by.
 */
#include "internal.h"

#include <stdio.h>

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

static migci_outcome find(migci_session *session, const char *sql, struct violation *violation) {
    violation->count = 0;
    return migci_ask(session, take_violation, violation, sql, "");
}

/* A foreign key that names no unique columns cannot be checked: SQLite refuses
 * with an ordinary error.  That is the schema's state, not the run's doing. */
static int is_mismatch(const migci_session *session) {
    return session->driver.failure.sqlite_code == SQLITE_ERROR;
}

migc_code migci_keys_before(migci_session *session) {
    migci_keys *keys = &session->keys;
    struct violation any;
    keys->violated = keys->unchecked = 0;
    if (find(session, "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1",
             &any) != MIGCI_DONE) {
        keys->unchecked = is_mismatch(session);
        return keys->unchecked ? MIGC_OK : migci_fail_driver(session, "checking foreign keys");
    }
    if (!any.count)
        return MIGC_OK;
    keys->violated = 1;
    if (migci_do(session, "DROP TABLE IF EXISTS temp.migc_violations", "") != MIGCI_DONE ||
        migci_do(session,
                 "CREATE TEMP TABLE migc_violations AS"
                 " SELECT \"table\" AS child, rowid AS row, parent, -1 AS balance"
                 " FROM pragma_foreign_key_check",
                 "") != MIGCI_DONE)
        return migci_fail_driver(session, "checking foreign keys");
    return MIGC_OK;
}

migc_code migci_keys_after(migci_session *session) {
    const migci_keys *keys = &session->keys;
    struct violation added;
    const char *sql = keys->violated ? "SELECT child, row, parent FROM"
                                       " (SELECT \"table\" AS child, rowid AS row, parent,"
                                       " 1 AS balance FROM pragma_foreign_key_check"
                                       " UNION ALL SELECT * FROM temp.migc_violations)"
                                       " GROUP BY 1, 2, 3 HAVING sum(balance) > 0"
                                     : "SELECT \"table\", rowid, parent"
                                       " FROM pragma_foreign_key_check";
    if (find(session, sql, &added) != MIGCI_DONE) {
        if (keys->unchecked && is_mismatch(session))
            return MIGC_OK;
        return migci_fail_driver(session, "checking foreign keys");
    }
    if (keys->violated &&
        migci_do(session, "DROP TABLE IF EXISTS temp.migc_violations", "") != MIGCI_DONE)
        return migci_fail_driver(session, "checking foreign keys");
    if (!added.count)
        return MIGC_OK;
    return migci_fail(session, MIGC_FOREIGN_KEY, "foreign keys do not hold after the run: %s%s",
                      added.words, added.count > 1 ? ", and others" : "");
}
