/*
 * plan.c - makes states and a plan from the rows of the history and the set, without
 * I/O.  Status, dry run, up, down and to all show or run what this file makes.
 */
#include "engine/engine.h"

#include <assert.h>
#include <string.h>

/* ----------------------------------------------------------------- compare */

static void fill_applied_state(const migc_set *set, size_t at, const migci_applied *row,
                               migc_state *state) {
    const migc_migration *known = migci_find_near(set, at, row->version);
    int64_t latest = set->count ? set->migrations[set->count - 1].version : 0;
    state->version = row->version;
    state->name = row->name || !known ? row->name : known->name;
    state->migration = known;
    state->applied = 1;
    state->applied_at = row->applied_at;
    state->applied_by = row->applied_by;
    state->duration_us = row->duration_us;
    if (!known)
        state->problem = row->version > latest ? MIGC_NEWER : MIGC_MISSING;
    else if (known->checksum != row->checksum && strcmp(known->checksum, row->checksum) != 0)
        state->problem = MIGC_EDITED;
}

static void merge_states(const migc_set *set, const migci_applied **rows, size_t count,
                         migc_states *states) {
    int64_t latest = count ? rows[count - 1]->version : 0;
    size_t m = 0, r = 0;
    while (m < set->count || r < count) {
        migc_state *state = &states->states[states->count++];
        if (r == count || (m < set->count && set->migrations[m].version < rows[r]->version)) {
            const migc_migration *pending = &set->migrations[m++];
            state->version = pending->version;
            state->name = pending->name;
            state->migration = pending;
            state->problem = pending->version < latest ? MIGC_OUT_OF_ORDER : MIGC_OK;
            states->pending++;
            continue;
        }
        fill_applied_state(set, m, rows[r], state);
        states->applied++;
        if (r > 0 && rows[r]->version == rows[r - 1]->version)
            state->problem = MIGC_BAD_HISTORY;
        else
            m += state->migration != NULL;
        if (rows[r]->is_misnumbered)
            state->problem = MIGC_BAD_HISTORY;
        r++;
    }
    states->version = latest;
}

bool migci_compare(const migc_set *set, const migci_history *history, migci_memory *memory,
                   migc_states *states) {
    const migci_applied **rows = migci_allocate(memory, history->count * sizeof(*rows));
    size_t room = set->count;
    memset(states, 0, sizeof(*states));
    if (!rows)
        return false;
    /* Rows come in the order they were applied, which a linear history has by version too. */
    for (size_t i = 0; i < history->count; i++) {
        const migci_applied *row = history->rows[i];
        size_t j = i;
        for (; j > 0 && rows[j - 1]->version > row->version; j--)
            rows[j] = rows[j - 1];
        rows[j] = row;
    }
    for (size_t i = 0; i < history->count; i++) /* those that have no place in the set */
        room += (i > 0 && rows[i]->version == rows[i - 1]->version) ||
                !migci_find_near(set, i, rows[i]->version);
    states->states = migci_allocate(memory, room * sizeof(*states->states));
    if (!states->states)
        return false;
    merge_states(set, rows, history->count, states);
    assert(states->count <= room);
    return true;
}

unsigned migci_flags(const migc_set *set, const migc_options *options) {
    const unsigned orders =
        MIGC_ALLOW_OUT_OF_ORDER | MIGC_SKIP_OUT_OF_ORDER | MIGC_REFUSE_OUT_OF_ORDER;
    return options->flags & orders ? options->flags : options->flags | (set->flags & orders);
}

const migc_state *migci_worst(const migc_states *states, unsigned flags) {
    static const migc_code order[] = {MIGC_BAD_HISTORY, MIGC_EDITED,      MIGC_MISSING,
                                      MIGC_NEWER,       MIGC_INTERRUPTED, MIGC_OUT_OF_ORDER};
    size_t count = sizeof(order) / sizeof(*order);
    if (flags & (MIGC_ALLOW_OUT_OF_ORDER | MIGC_SKIP_OUT_OF_ORDER))
        count--;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < states->count; s++)
            if (states->states[s].problem == order[i])
                return &states->states[s];
    return NULL;
}

/* -------------------------------------------------------------------- plan */

int64_t migci_version_back(const migc_states *states, int64_t back) {
    for (size_t s = states->count; s-- > 0;)
        if (states->states[s].applied && back-- <= 0)
            return states->states[s].version;
    return MIGCI_NOTHING;
}

void migci_plan_add(migc_plan *plan, const migc_state *state, bool down, unsigned flags) {
    migc_action *action = &plan->actions[plan->count++];
    *action = (migc_action){state->migration, down, 1};
    if (plan->count == 1 || flags & MIGC_EACH)
        return;
    unsigned kind = migci_transaction_kind(action->migration, down);
    unsigned kind_before = migci_transaction_kind(action[-1].migration, action[-1].down);
    action->begins_transaction = kind != kind_before || kind & MIGC_NO_TRANSACTION;
}

bool migci_plan(const migc_states *states, migci_target target, unsigned flags,
                migci_memory *memory, migc_plan *plan) {
    assert(states->applied <= states->count);
    memset(plan, 0, sizeof(*plan));
    plan->from = states->version;
    size_t most = states->count * (migci_redoes(target) ? 2 : 1);
    plan->actions = migci_allocate(memory, most * sizeof(*plan->actions));
    if (!plan->actions)
        return false;
    int64_t to = target.way ? target.way->plan(states, target.value, flags, plan) : MIGC_LATEST;
    for (size_t s = 0; s < states->count; s++) {
        const migc_state *state = &states->states[s];
        bool skipped = state->problem == MIGC_OUT_OF_ORDER && flags & MIGC_SKIP_OUT_OF_ORDER;
        if (!state->applied && state->version <= to && !skipped)
            migci_plan_add(plan, state, false, flags);
    }
    /* The latest version that is applied once the plan has run; 0 for none. */
    size_t downs = 0;
    while (downs < plan->count && plan->actions[downs].down)
        downs++;
    int64_t version = migci_version_back(states, (int64_t)downs);
    const migc_action *last = &plan->actions[plan->count];
    if (downs < plan->count && last[-1].migration->version > version)
        version = last[-1].migration->version;
    plan->to = version == MIGCI_NOTHING ? 0 : version;
    return true;
}
