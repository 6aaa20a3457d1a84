/*
 * history_edit.c - what only a repair reads and writes in migc_migrations and migc_events.  Part of
 * history.c, but an object file of its own because the core does not need it.
 */
#include "history/history.h"

migci_outcome migci_history_downs(migci_session *session, migci_row_function *row, void *argument) {
    return migci_ask(session, row, argument,
                     "SELECT row_number() OVER (ORDER BY seq), name, checksum, down"
                     " FROM main.migc_migrations WHERE set_name = ? ORDER BY seq",
                     "s", session->set->name);
}

migci_outcome migci_history_later_down(migci_session *session, const migci_applied *applied,
                                       migci_row_function *row, void *argument) {
    bool exist;
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome != MIGCI_DONE || !exist)
        return outcome;
    return migci_ask(session, row, argument,
                     "SELECT 1 FROM main.migc_events WHERE set_name = ? AND action = 'down'"
                     " AND version > ? AND at >= ? LIMIT 1",
                     "sis", session->set->name, applied->version, applied->applied_at);
}

migci_outcome migci_history_replace(migci_session *session, const migci_applied *row,
                                    const migc_migration *migration) {
    migci_outcome outcome = migci_history_remove(session, row->seq);
    if (outcome == MIGCI_DONE)
        outcome = migci_history_add(session, row->seq, migration, row->duration_us);
    if (outcome != MIGCI_DONE)
        return outcome;
    return migci_history_written(
        session,
        migci_do(session,
                 "UPDATE main.migc_migrations SET applied_at = ?, applied_by = ?, chain = ?"
                 " WHERE set_name = ? AND seq = ?",
                 "ssssi", row->applied_at, row->applied_by, row->chain, session->set->name,
                 row->seq));
}

migci_outcome migci_history_date(migci_session *session, int64_t version, const char *applied_at,
                                 const char *applied_by) {
    return migci_do(session,
                    "UPDATE main.migc_migrations SET applied_at = coalesce(?, applied_at),"
                    " applied_by = coalesce(?, applied_by) WHERE set_name = ? AND version = ?",
                    "sssi", applied_at, applied_by, session->set->name, version);
}

/* As texts on the way, so that no two rows have one number at any time. */
migci_outcome migci_history_make_whole(migci_session *session) {
    const migci_history *history = session->history;
    const char *name = session->set->name;
    bool is_whole = true;
    for (size_t i = 0; i < history->count; i++)
        is_whole &= !history->rows[i]->is_misnumbered;
    if (is_whole)
        return MIGCI_DONE;
    migci_outcome outcome =
        migci_do(session,
                 "UPDATE main.migc_migrations SET seq = 'migc ' || rank"
                 " FROM (SELECT seq AS found, row_number() OVER (ORDER BY seq) AS rank"
                 " FROM main.migc_migrations WHERE set_name = ?1)"
                 " WHERE set_name = ?1 AND seq IS found",
                 "s", name);
    if (outcome == MIGCI_DONE)
        outcome = migci_do(session,
                           "UPDATE main.migc_migrations SET seq = CAST(substr(seq, 6) AS INTEGER)"
                           " WHERE set_name = ?",
                           "s", name);
    for (size_t i = 0; i < history->count && outcome == MIGCI_DONE; i++)
        if (history->rows[i]->is_misnumbered && !history->rows[i]->is_unplaced)
            outcome = migci_history_written(
                session, migci_do(session,
                                  "UPDATE main.migc_migrations SET version = ? WHERE set_name = ?"
                                  " AND seq = ?",
                                  "isi", history->rows[i]->version, name, (int64_t)i + 1));
    return outcome;
}

/* No two rows may have one number at any time, so all are moved out of the way first. */
migci_outcome migci_history_renumber(migci_session *session) {
    const migci_history *history = session->history;
    migci_outcome outcome =
        migci_do(session, "UPDATE main.migc_migrations SET seq = seq + ? WHERE set_name = ?", "is",
                 MIGCI_SEQ_END, session->set->name);
    for (size_t i = 0; i < history->count && outcome == MIGCI_DONE; i++)
        outcome = migci_history_written(
            session,
            migci_do(
                session, "UPDATE main.migc_migrations SET seq = ? WHERE set_name = ? AND seq = ?",
                "isi", (int64_t)i + 1, session->set->name, history->rows[i]->seq + MIGCI_SEQ_END));
    return outcome;
}
