/*
 * read_plan.c - reads, without a lock, what a run or a status needs: whose database it
 * is, its history, how that compares with the set, and the plan.
 */
#include "engine/engine.h"

static migc_code fail_to_plan(migci_session *session) {
    return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while planning");
}

static const char *name_of_state(const migc_state *state) {
    return state->migration ? state->migration->file : state->name;
}

/* For each migration, the newest event that says how far it is. */
static const char begun_sql[] =
    "SELECT version, detail ->> 'steps', detail ->> 'down' FROM (SELECT version, action,"
    " iif(json_valid(detail), detail, '{}') AS detail, max(id) FROM main.migc_events"
    " WHERE set_name = ? AND action <> 'failed' AND (action <> 'repair' OR"
    " iif(json_valid(detail), detail, '{}') ->> 'remedy' = 'mark') GROUP BY version)"
    " WHERE action IN ('started', 'step') AND detail ->> 'steps' > 0";

struct begun {
    const migc_set *set;
    const migc_migration *migration; /* that this program would run inside a transaction */
    bool down;
    int64_t steps;
};

static int take_begun(void *argument, const migci_value *cells) {
    struct begun *begun = argument;
    const migc_migration *migration = migci_find(begun->set, cells[0].number);
    begun->down = cells[2].number != 0;
    begun->steps = cells[1].number;
    if (migration && !migci_is_outside(migration, begun->down))
        begun->migration = migration;
    return begun->migration != NULL;
}

/* The header of a migration may have changed since a run outside transactions was cut off: what is
 * done of it would be done again.  That is looked for where something is pending, where the stamp,
 * which a DOWN takes away first, is not there, and where what was cut off is to be gone on with. */
static migc_code check_begun(migci_session *session) {
    const migc_set *set = session->set;
    struct begun begun = {set, NULL, false, 0};
    int64_t stamp = 1;
    migci_outcome outcome = MIGCI_DONE;
    if (!session->history->has_migrations || !session->history->has_events)
        return MIGC_OK;
    if (migci_uses_stamp(set))
        outcome = migci_ask_number(session, "PRAGMA user_version", &stamp);
    if (outcome == MIGCI_DONE &&
        (!stamp || session->states.pending || session->options->flags & MIGC_RESUME))
        outcome = migci_ask(session, take_begun, &begun, begun_sql, "s", set->name);
    if (outcome != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    if (!begun.migration)
        return MIGC_OK;
    for (size_t s = 0; s < session->states.count; s++)
        if (session->states.states[s].version == begun.migration->version)
            session->states.states[s].problem = MIGC_INTERRUPTED;
    migci_blame(session, begun.migration, NULL);
    migci_fail(session, MIGC_INTERRUPTED,
               "%s: %s it outside transactions has come to its statement %lld and not to its end,"
               " and this program would begin it again, inside one: the line 'Transaction:' of its"
               " header has changed since",
               begun.migration->file, begun.down ? "reverting" : "applying",
               (long long)begun.steps);
    session->advice = "Go on with the program that began it; or build this one with that line as"
                      " it was, and go on with --resume (MIGC_RESUME); or finish it by hand, and"
                      " record it with 'repair --mark'";
    return MIGC_INTERRUPTED;
}

static migc_code explain_problem(migci_session *session, const migc_state *state) {
    const migc_set *set = session->set;
    const migc_states *states = &session->states;
    const migc_state *newest = states->states + states->count - 1;
    migci_blame(session, state->migration, NULL);
    switch (state->problem) {
    case MIGC_BAD_HISTORY:
        migci_fail(session, MIGC_BAD_HISTORY,
                   "the history has %s more than once, or under a wrong number", state->name);
        session->advice = "'repair' (migc_find_faults) says how to go on";
        return MIGC_BAD_HISTORY;
    case MIGC_NEWER:
        return migci_fail(session, MIGC_NEWER,
                          "the database has %s (applied %s by %s), %d ahead of this program,"
                          " which knows up to version %lld",
                          newest->name, newest->applied_at, newest->applied_by,
                          (int)(newest - state) + 1,
                          set->count ? (long long)set->migrations[set->count - 1].version : 0);
    case MIGC_EDITED:
        return migci_fail(session, MIGC_EDITED,
                          "%s was edited after it had been applied to this database (%s)",
                          name_of_state(state), state->applied_at);
    case MIGC_MISSING:
        return migci_fail(session, MIGC_MISSING,
                          "%s was applied to this database (%s) and is missing from this program",
                          state->name, state->applied_at);
    case MIGC_OUT_OF_ORDER:
        return migci_fail(session, MIGC_OUT_OF_ORDER,
                          "%s is not applied, and sorts before version %lld, which is",
                          name_of_state(state), (long long)states->version);
    default:
        return set->no_transaction->explain(session, state);
    }
}

/* Inside the write lock of a run there is a transaction already. */
static migci_outcome attempt_states(migci_session *session) {
    bool inside = migci_in_transaction(session);
    migci_free_all(&session->memory); /* of what this call, or an attempt that met a lock, read */
    session->states.count = session->plan.count = 0;
    if (session->history)
        session->history->count = 0;
    session->schema_left = 0;
    if (session->run)
        session->run->keys.listed = false;
    if (!inside && migci_try_begin(session, 0) != MIGCI_DONE) {
        migci_fail_driver(session, "starting to read");
        return MIGCI_REFUSED;
    }
    /* Several reads see one state of the database only inside one transaction. */
    migc_code code = migci_history_read(session);
    if (code == MIGC_OK)
        code = migci_identify(session);
    if (code == MIGC_OK &&
        !migci_compare(session->set, session->history, &session->memory, &session->states))
        code = fail_to_plan(session);
    if (code == MIGC_OK && session->set->no_transaction)
        code = session->set->no_transaction->mark(session);
    if (code == MIGC_OK && session->set->repeatables)
        code = session->set->repeatables->part->read(session);
    if (code == MIGC_OK)
        code = check_begun(session);
    if (!inside)
        migci_rollback(session);
    return code == MIGC_OK ? MIGCI_DONE : MIGCI_REFUSED;
}

/* After the history was read, a migration outside transactions may have been recorded, and its
 * process may have ended.  So the history is read again before "interrupted" is reported.  What
 * the message of a problem needs is only read if there is one. */
migc_code migci_read_states(migci_session *session) {
    const migc_state *worst = NULL;
    session->driver.failure.code = MIGC_OK;
    for (int i = 0;
         i == 0 || (i == 1 && worst && (session->brief || worst->problem == MIGC_INTERRUPTED));
         i++) {
        session->brief &= i == 0;
        if (migci_retry(session, attempt_states) != MIGCI_DONE)
            return session->error->code;
        worst = migci_worst(&session->states, migci_flags(session->set, session->options));
    }
    return worst ? explain_problem(session, worst) : MIGC_OK;
}

migc_code migci_check_needs(migci_session *session) {
    const migc_needs *needs = session->set->needs;
    return needs ? needs->part->check(session) : MIGC_OK;
}

migc_code migci_read_plan(migci_session *session, migci_target target) {
    const migci_way *way = session->way = target.way;
    migc_code code = way && way->check ? way->check(session, target.value) : MIGC_OK;
    if (code == MIGC_OK)
        code = migci_read_states(session);
    if (code != MIGC_OK)
        return code;
    const migc_repeatables *repeatables = session->set->repeatables;
    if (!migci_plan(&session->states, target, migci_flags(session->set, session->options),
                    &session->memory, &session->plan) ||
        (repeatables && !repeatables->part->plan(session)))
        return fail_to_plan(session);
    session->next = 0;
    session->stale = false;
    session->durations =
        migci_allocate(&session->memory, (session->plan.count + 1) * sizeof(int64_t));
    if (!session->durations || !migci_history_index(session, session->plan.count))
        return fail_to_plan(session);
    if (way)
        code = way->judge(session);
    if (code == MIGC_OK && session->set->no_transaction)
        code = session->set->no_transaction->judge(session);
    if (code == MIGC_OK && session->driver.remote)
        code = session->driver.remote->check(session);
    return code == MIGC_OK ? migci_check_needs(session) : code;
}
