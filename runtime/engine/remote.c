/*
 * remote.c - what only a run on a remote needs.  When a transaction is lost with its connection,
 * the history is read again and the run goes on, within bounds.  Migrations for SQLite alone are
 * refused.  Reached through the remote, so other programs link none of it.
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
    /* A step that is too long for one leader must not depose the next one, too. */
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
    session->stale = true;
    migci_clear_error(session);
    return MIGC_OK;
}

migc_code migci_check_remote(migci_session *session) {
    for (size_t i = session->next; i < session->plan.count; i++) {
        const migc_action *action = &session->plan.actions[i];
        const migc_migration *migration = action->migration;
        const migc_step *call = NULL;
        unsigned count;
        const migc_step *steps = migci_action_steps(action, &count);
        if (!(migration->flags & MIGC_SQLITE_ONLY))
            continue;
        for (unsigned s = 0; s < count && !call; s++)
            call = steps[s].call ? &steps[s] : NULL;
        migci_blame(session, migration, call);
        migci_fail(session, MIGC_OTHER_ENGINE,
                   "%s is for SQLite alone (Engine: sqlite), and this is a database of %s%s%s",
                   migration->file, session->driver.remote->name,
                   call ? ", which has no connection for the step in C " : "",
                   call ? call->text : "");
        session->advice =
            "Write it so that it runs there (steps in C with migc_exec and migc_query),"
            " take 'Engine: sqlite' out of its header, and build again";
        return MIGC_OTHER_ENGINE;
    }
    return MIGC_OK;
}
