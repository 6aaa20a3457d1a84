/*
 * adopt.c - migc_adopt(): writes migc's history from that of another tool, or from the
 * schema.  It does so in one transaction, under the write lock, in which everything is
 * read again.  The other tool's tables stay as they are.
 */
#include "adopt.h"
#include "repair/repair.h"

#include <stdio.h>
#include <string.h>

struct adopting {
    migci_edit edit;
    migci_ledger ledger;
    migc_adoption *adoption;
};

/* Nobody keeps a history: the schema says which version it is. */
static migc_code plan_by_schema(migci_session *session, migc_adoption *adoption) {
    static const migci_ledger none;
    int64_t objects = 0, version = 0;
    if (migci_ask_number(session,
                         "SELECT count(*) FROM main.sqlite_schema"
                         " WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                         &objects) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the schema");
    if (!objects)
        return migci_fail(session, MIGC_MISUSE,
                          "the database is empty: there is nothing to adopt. Nothing was changed."
                          " 'up' makes it.");
    migc_code code = migci_version_of_schema(session, &version);
    if (code != MIGC_OK)
        return code;
    migci_ledger ledger = none;
    ledger.counter = version;
    return migci_ledger_match(session, &ledger, adoption);
}

static migc_code check_adoption(migci_session *session, migci_edit *edit) {
    struct adopting *adopting = (struct adopting *)edit;
    migc_adoption *adoption = adopting->adoption;
    migc_code code = migci_read_states(session);
    if (code == MIGC_OK && session->history->count)
        return migci_fail(session, MIGC_MISUSE,
                          "the database has a history of migc's, which goes to %s: there is nothing"
                          " to adopt. Nothing was changed. 'status' lists what is applied.",
                          migci_history_last(session)->name);
    if (code == MIGC_OK)
        code = migci_ledger_read(session, &adopting->ledger);
    if (code != MIGC_OK)
        return code;
    adoption->tool = adopting->ledger.tool;
    adoption->table = adopting->ledger.table;
    code = adopting->ledger.tool ? migci_ledger_match(session, &adopting->ledger, adoption)
                                 : plan_by_schema(session, adoption);
    if (code == MIGC_OK && !migci_history_index(session, session->plan.count))
        code = migci_fail(session, MIGC_NO_MEMORY, "out of memory, while adopting");
    if (code == MIGC_OK && !adoption->count)
        code = migci_fail(session, MIGC_MISUSE,
                          "%s has applied none of this program's migrations: there is nothing to"
                          " adopt. Nothing was changed.",
                          adoption->tool);
    session->result.count = adoption->count;
    for (size_t i = 0; i < adoption->count; i++)
        if (adoption->migrations[i].migration->version > session->result.to)
            session->result.to = adoption->migrations[i].migration->version;
    return code;
}

static migc_code write_adoption(migci_session *session, migci_edit *edit) {
    struct adopting *adopting = (struct adopting *)edit;
    const migc_adoption *adoption = adopting->adoption;
    char detail[240];
    const char *tool = adoption->tool ? adoption->tool : "the schema";
    snprintf(detail, sizeof(detail), "{\"text\":\"from %s\",\"tool\":\"%s\",\"table\":\"%s\"}",
             tool, tool, adoption->table ? adoption->table : "");
    session->action_name = "adopt";
    session->detail = detail;
    migc_code code = migci_record(session, session->plan.count);
    session->detail = NULL;
    for (size_t i = 0; i < adoption->count && code == MIGC_OK; i++)
        if (migci_history_date(session, adoption->migrations[i].migration->version,
                               adoption->migrations[i].applied_at,
                               adoption->migrations[i].applied_by) != MIGCI_DONE)
            code = migci_fail_driver(session, "writing the history");
    return code;
}

/* That the tables are not migc's is expected, so they are allowed. */
migc_code migc_adopt(sqlite3 *db, const migc_set *set, migc_adoption *adoption,
                     const migc_options *options, migc_error *error) {
    struct adopting adopting = {
        {check_adoption, write_adoption, "reading the database"}, {0}, adoption};
    migci_session session;
    migc_options own = {0};
    if (options)
        own = *options;
    own.flags &= MIGC_DRY_RUN | MIGC_FORCE;
    own.flags |= MIGC_ALLOW_UNMANAGED | MIGC_ALLOW_OUT_OF_ORDER;
    memset(adoption, 0, sizeof(*adoption));
    if (migci_session_open(&session, db, set, &own, error) == MIGC_OK)
        migci_edit_history(&session, &adopting.edit);
    adoption->memory = migci_session_keep(&session);
    if (session.error->code != MIGC_OK)
        adoption->count = 0;
    return migci_session_close(&session);
}

void migc_adoption_free(migc_adoption *adoption) {
    migci_memory memory = {adoption->memory};
    migci_free_all(&memory);
    memset(adoption, 0, sizeof(*adoption));
}
