/*
 * back.c - what only a run needs that may revert: down, redo and to.  Reached
 * through its target, so that a host that only goes up links none of it.
 */
#include "engine/engine.h"

#include <assert.h>
#include <string.h>

static migc_code check_target(migci_session *session, int64_t version) {
    if (version == MIGCI_NOTHING || version == MIGC_LATEST || migci_find(session->set, version))
        return MIGC_OK;
    return migci_fail(session, MIGC_NO_SUCH_VERSION,
                      "this program has no migration with version %lld", (long long)version);
}

static int64_t plan_to(const migc_states *states, int64_t version, unsigned flags,
                       migc_plan *plan) {
    for (size_t s = states->count; s-- > 0;)
        if (states->states[s].applied && states->states[s].version > version)
            migci_plan_add(plan, &states->states[s], true, flags);
    return version;
}

static int64_t plan_back(const migc_states *states, int64_t count, unsigned flags,
                         migc_plan *plan) {
    plan_to(states, migci_version_back(states, count), flags, plan);
    return MIGCI_NOTHING;
}

/* What was reverted comes again in the order it was applied. */
static int64_t plan_redo(const migc_states *states, int64_t count, unsigned flags,
                         migc_plan *plan) {
    int64_t version = plan_to(states, migci_version_back(states, count), flags, plan);
    for (size_t s = 0; s < states->count; s++)
        if (states->states[s].applied && states->states[s].version > version)
            migci_plan_add(plan, &states->states[s], false, flags);
    return MIGCI_NOTHING;
}

static migc_code check_reversible(migci_session *session) {
    for (size_t i = 0; i < session->plan.count; i++) {
        const migc_action *action = &session->plan.actions[i];
        const migc_migration *migration = action->migration;
        if (!action->down || migration->down_count ||
            (!migration->up_count && !migration->irreversible))
            continue;
        migci_blame(session, migration, NULL);
        return migci_fail(session, MIGC_IRREVERSIBLE, "%s cannot be reverted: %s", migration->file,
                          migration->irreversible ? migration->irreversible : "it has no DOWN");
    }
    return MIGC_OK;
}

/* Its row is the last one, unless migrations were applied out of order. */
static migci_outcome record_down(migci_session *session, size_t index) {
    migci_history *history = session->history;
    int64_t version = session->plan.actions[index].migration->version;
    assert(history->count_after > 0);
    size_t row = --history->count_after;
    while (row > 0 && history->after[row]->version != version)
        row--;
    int64_t seq = history->after[row]->seq;
    memmove(&history->after[row], &history->after[row + 1],
            (history->count_after - row) * sizeof(void *));
    if (history->count_same > row)
        history->count_same = row;
    migci_note_latest(history->after, row, history->count_after);
    return migci_history_remove(session, seq);
}

const migci_way migci_to = {MIGCI_TO, &migci_to,        check_target,
                            plan_to,  check_reversible, record_down};
const migci_way migci_back = {MIGCI_BACK, &migci_to,        NULL,
                              plan_back,  check_reversible, record_down};
const migci_way migci_redo = {MIGCI_REDO, &migci_to,        NULL,
                              plan_redo,  check_reversible, record_down};
