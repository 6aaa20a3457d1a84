/*
 * history_stored.c - reads the DOWNs that are stored in the history.  Part of
 * history.c, but an object file of its own because few programs need it.
 */
#include "history/history.h"

#define COLUMNS "SELECT version, name, checksum, chain, down, applied_at, applied_by, "
#define ROWS " FROM main.migc_migrations AS m WHERE set_name = ? AND version > ? ORDER BY version"

migci_outcome migci_history_above(migci_session *session, int64_t version, migci_row_function *row,
                                  void *argument) {
    bool exist;
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome != MIGCI_DONE)
        return outcome;
    return migci_ask(session, row, argument,
                     exist ? COLUMNS "(SELECT host FROM main.migc_events AS e WHERE e.set_name ="
                                     " m.set_name AND e.version = m.version AND action = 'up'"
                                     " ORDER BY id DESC LIMIT 1)" ROWS
                           : COLUMNS "NULL" ROWS,
                     "si", session->set->name, version);
}

/* The same cells, from the latest event of each, in the order in which they ran. */
migci_outcome migci_history_repeats_stored(migci_session *session, migci_row_function *row,
                                           void *argument) {
    bool exist;
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome != MIGCI_DONE || !exist)
        return outcome;
    return migci_ask(session, row, argument,
                     "SELECT 0, name, d ->> 'checksum', '', d ->> 'down', at, applied_by, host FROM"
                     " (SELECT name, action, at, applied_by, host, max(id) AS last,"
                     " iif(json_valid(detail), detail, '{}') AS d FROM main.migc_events"
                     " WHERE set_name = ? AND action IN ('repeat', 'repeat-down') GROUP BY name)"
                     " WHERE action = 'repeat' AND d ->> 'checksum' NOT NULL ORDER BY last",
                     "s", session->set->name);
}
