/*
 * history_repeat.c - reads from migc_events which repeatables are applied, and in which edition.
 * Part of history.c, but an object file of its own because most sets have none.
 */
#include "history/history.h"

/* With max() alone, SQLite takes the other columns from the row that has the maximum:
 * https://www.sqlite.org/lang_select.html#bareagg */
migci_outcome migci_history_repeats(migci_session *session, migci_row_function *row,
                                    void *argument) {
    bool exist;
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome != MIGCI_DONE || !exist)
        return outcome;
    return migci_ask(
        session, row, argument,
        "SELECT name, action, iif(json_valid(detail), detail ->> 'checksum', NULL), at, "
        "applied_by, duration_us, max(id)"
        " FROM main.migc_events WHERE set_name = ? AND action IN ('repeat', 'repeat-down')"
        " GROUP BY name",
        "s", session->set->name);
}
