/*
 * lost.c - a transaction that went with its connection: the history is read again and the run goes
 * on, within bounds.  Reached through a remote only, so that other programs link none of it.
 */
#include "engine/engine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LOST_TRANSACTIONS = 10 }; /* in a row, without anything durable in between */

migc_code migci_transaction_lost(migci_session *session) {
    migc_error *error = session->error;
    const migc_step *step = error->step ? session->failed_step : NULL;
    bool blamed = step && step == session->lost_at;
    session->lost_at = step;
    /* A step that takes longer than a leader may must not cost the next node its lead, too. */
    if (blamed) {
        size_t used = strlen(error->message);
        snprintf(error->message + used, sizeof(error->message) - used,
                 ", twice in a row while this step was at work");
        session->advice = "It may outlast the cluster's election timeout: write it in smaller"
                          " steps, or raise the cluster's network latency";
    }
    migci_emit_action(session, MIGC_EVENT_ROLLED_BACK, session->next, 0, session->error->message);
    if (blamed || ++session->tries > MOST_LOST_TRANSACTIONS)
        return session->error->code;
    session->stale = 1;
    memset(session->error, 0, sizeof(*session->error));
    return MIGC_OK;
}
