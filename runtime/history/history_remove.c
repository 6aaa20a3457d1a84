/*
 * history_remove.c - takes a migration that was reverted out of the history.
 */
#include "history/history.h"

migci_outcome migci_history_remove(migci_session *session, int64_t seq) {
    return migci_history_written(
        session,
        migci_do(session, "DELETE FROM main.migc_migrations WHERE set_name = ? AND seq = ?", "si",
                 session->set->name, seq));
}
