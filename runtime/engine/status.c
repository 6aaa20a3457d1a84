/*
 * status.c - migc_status() and migc_plan_to(): read as a run does, and return data.
 */
#include "engine/engine.h"

#include <string.h>

migc_code migc_status(sqlite3 *db, const migc_set *set, migc_states *states,
                      const migc_options *options, migc_error *error) {
    migci_session session;
    memset(states, 0, sizeof(*states));
    if (migci_session_open_any(&session, db, set, options, error) == MIGC_OK &&
        migci_session_unpack(&session) == MIGC_OK)
        migci_read_states(&session);
    *states = session.states;
    states->memory = migci_session_keep(&session);
    return migci_session_close(&session);
}

void migc_states_free(migc_states *states) {
    migci_memory memory = {states->memory};
    migci_free_all(&memory);
    memset(states, 0, sizeof(*states));
}

migc_code migc_plan_to(sqlite3 *db, const migc_set *set, int64_t version, migc_plan *plan,
                       const migc_options *options, migc_error *error) {
    migci_session session;
    memset(plan, 0, sizeof(*plan));
    if (migci_session_open_any(&session, db, set, options, error) == MIGC_OK &&
        migci_session_unpack(&session) == MIGC_OK &&
        migci_read_settled_plan(&session, migci_target_of(version)) == MIGC_OK) {
        *plan = session.plan;
        plan->memory = migci_session_keep(&session);
    }
    return migci_session_close(&session);
}

void migc_plan_free(migc_plan *plan) {
    migci_memory memory = {plan->memory};
    migci_free_all(&memory);
    memset(plan, 0, sizeof(*plan));
}
