/*
 * history_lost.c - finds out whether events are missing: somebody may have dropped the table, or
 * deleted rows, to save space.  For other readers a missing table is an empty one.  Part of
 * history.c, but an object file of its own because the core does not need it.
 */
#include "history/history.h"

migci_outcome migci_events_exist(migci_session *session, bool *exist) {
    migci_outcome outcome = migci_history_look(session);
    *exist = outcome == MIGCI_DONE && session->history->has_events;
    return outcome;
}

static int take_told(void *argument, const migci_value *cells) {
    (void)cells;
    *(bool *)argument = true;
    return 1;
}

/* Each migration that is applied has left an event: if one table has rows of the set, so must the
 * other. */
migci_outcome migci_events_lost(migci_session *session, bool *lost) {
    bool exist, told = false;
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome == MIGCI_DONE && exist)
        outcome = migci_ask(session, take_told, &told,
                            "SELECT 1 FROM main.migc_events WHERE set_name = ?"
                            " AND action NOT IN ('backup', 'restore') LIMIT 1",
                            "s", session->set->name);
    *lost = !exist || (session->history->count && !told);
    return outcome;
}
