/*
 * history_events.c - reads the events of one migration.  Part of history.c, but an
 * object file of its own because most runs do not need it.
 */
#include "history/history.h"

migci_outcome migci_history_events_of(migci_session *session, const migc_migration *migration,
                                      migci_row_function *row, void *argument) {
    bool exist;
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome != MIGCI_DONE || !exist)
        return outcome;
    return migci_ask(session, row, argument,
                     "SELECT action, iif(json_valid(detail), detail ->> 'remedy', NULL),"
                     " iif(json_valid(detail), detail ->> 'applied', NULL) FROM main.migc_events"
                     " WHERE set_name = ? AND version = ? ORDER BY id DESC",
                     "si", session->set->name, migration->version);
}
