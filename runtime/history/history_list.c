/*
 * history_list.c - reads all of migc_events, and what is for people in `detail`, for a list.  Part
 * of history.c, but an object file of its own because the core does not need it.
 */
#include "history/history.h"

migci_outcome migci_history_list(migci_session *session, migci_row_function *row, void *argument) {
    migci_outcome outcome = migci_history_look(session);
    if (outcome != MIGCI_DONE || !session->history->has_events)
        return outcome;
    return migci_ask(
        session, row, argument,
        "SELECT at, action, version, name, duration_us, host, pid,"
        " applied_by, iif(json_valid(detail), coalesce(detail ->> 'text', detail), detail)"
        " FROM main.migc_events WHERE set_name = ? ORDER BY id",
        "s", session->set->name);
}
