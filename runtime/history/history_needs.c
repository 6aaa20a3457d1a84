/*
 * history_needs.c - finds a migration of any set in the history.  Part of history.c,
 * but an object file of its own because the core does not need it.
 */
#include "history/history.h"

static int found(void *argument, const migci_value *cells) {
    (void)cells;
    *(bool *)argument = true;
    return 1;
}

migc_code migci_history_has(migci_session *session, const char *set_name, const char *name,
                            bool *has) {
    bool inside = migci_in_transaction(session);
    *has = false;
    if (!inside && migci_begin_to_read(session) != MIGCI_DONE)
        return session->error->code;
    migci_outcome outcome = migci_history_look(session);
    if (outcome == MIGCI_DONE && session->history->has_migrations)
        outcome = migci_ask(session, found, has,
                            "SELECT 1 FROM main.migc_migrations WHERE set_name = ? AND name = ?",
                            "ss", set_name, name);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "reading the history");
    if (!inside)
        migci_rollback(session);
    return outcome == MIGCI_DONE ? MIGC_OK : session->error->code;
}
