/*
 * repeat.c - migrations without a number, which come after the others and run again when they
 * change.
 *
 * They have no rows in the history.  The latest event of each says whether it is applied, and in
 * which edition; the chain of the last row says that all of them are (record.c).
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

/* The latest event of a repeatable in the database. */
struct event {
    const char *name, *checksum, *at, *by;
    int64_t duration_us;
    bool applied;
    struct event *next;
};

struct events {
    migci_session *session;
    struct event *first; /* the last one that was read */
    size_t count;
    bool failed; /* memory is out */
};

static const char *keep_event_text(struct events *events, const char *text) {
    const char *copy = text ? migci_copy(&events->session->memory, text) : NULL;
    events->failed |= text && !copy;
    return copy;
}

static int take_repeatable_event(void *argument, const migci_value *cells) {
    struct events *events = argument;
    struct event *event = migci_allocate(&events->session->memory, sizeof(*event));
    if (!event) {
        events->failed = true;
        return 1;
    }
    event->name = keep_event_text(events, cells[0].text ? cells[0].text : "");
    event->applied = cells[1].text && strcmp(cells[1].text, "repeat") == 0;
    event->checksum = keep_event_text(events, cells[2].text ? cells[2].text : "");
    event->at = keep_event_text(events, cells[3].text);
    event->by = keep_event_text(events, cells[4].text);
    event->duration_us = cells[5].number;
    event->next = events->first;
    events->first = event;
    events->count++;
    return events->failed;
}

/* ------------------------------------------------------------------- states */

static void fill_from_event(migc_state *state, const struct event *event) {
    state->applied = 1;
    state->applied_at = event->at;
    state->applied_by = event->by;
    state->duration_us = event->duration_us;
}

/* One of this program; what the database has of it leaves the list.  False: it has nothing. */
static bool fill_known(migc_state *state, const migc_migration *migration, struct event **link) {
    state->name = migration->name;
    state->migration = migration;
    while (*link && strcmp((*link)->name, migration->name) != 0)
        link = &(*link)->next;
    const struct event *event = *link;
    if (!event)
        return false;
    *link = event->next;
    if (event->applied)
        fill_from_event(state, event);
    if (event->applied && strcmp(event->checksum, migration->checksum) != 0)
        state->flags = MIGC_CHANGED;
    return true;
}

/* The chain of the last row, in whatever order the rows were written. */
static const char *last_chain(const migci_session *session) {
    const migci_applied *last = migci_history_last(session);
    const char *chain = last ? last->chain : "";
    return chain + (*chain == MIGCI_BROKEN_CHAIN);
}

static bool has_own_chain(const migci_session *session) {
    return strcmp(last_chain(session), session->set->repeatables->chain) == 0;
}

/* The chain is of numbered migrations alone: a program without repeatables has written it. */
static bool is_bare(const migci_session *session) {
    const migc_set *set = session->set;
    const migci_applied *last = migci_history_last(session);
    const migc_migration *own = last ? migci_find(set, last->version) : NULL;
    const char *chain = last_chain(session);
    return !own || strcmp(chain, own->chain) == 0 ||
           strcmp(chain, set->migrations[set->count - 1].chain) == 0;
}

/* Those from the first that changed on, because what follows may depend on it.  All of them if
 * that is not known, or if one of those that were reverted with the rest is no longer in this
 * program. */
static size_t first_due(const migci_session *session) {
    const migc_state *states = session->states.repeatables;
    size_t count = session->set->repeatables->count, i = 0;
    if (is_bare(session))
        return 0;
    while (i < count && states[i].applied && !(states[i].flags & MIGC_CHANGED))
        i++;
    return i < count || has_own_chain(session) ? i : 0;
}

static void fill_states(migci_session *session, struct events *events) {
    /* If the events of one are lost, it counts as applied in an unknown edition: it can be reverted
     * and run again. */
    static const struct event lost_event = {NULL, NULL, "?", "?", 0, 1, NULL};
    const migc_repeatables *set = session->set->repeatables;
    migc_states *states = &session->states;
    bool own = has_own_chain(session), lost = own || (!events->count && !is_bare(session));
    for (size_t i = 0; i < set->count; i++) {
        migc_state *state = &states->repeatables[i];
        if (fill_known(state, &set->migrations[i], &events->first) || !lost)
            continue;
        fill_from_event(state, &lost_event);
        state->flags = own ? 0 : MIGC_CHANGED;
    }
    states->repeatable_count = set->count;
    for (const struct event *event = events->first; event; event = event->next)
        if (event->applied) { /* it is no longer in this program */
            migc_state *state = &states->repeatables[states->repeatable_count++];
            state->name = event->name;
            fill_from_event(state, event);
        }
    size_t first = first_due(session);
    states->repeatable_due = set->count - first;
    for (size_t i = first; i < set->count; i++)
        if (states->repeatables[i].applied)
            states->repeatables[i].flags |= MIGC_RUNS_AGAIN;
}

static migc_code read_repeatables(migci_session *session) {
    struct events events = {session, NULL, 0, false};
    if (session->history->exists &&
        migci_history_repeats(session, take_repeatable_event, &events) != MIGCI_DONE)
        return migci_fail_driver(session, "reading which repeatables are applied");
    session->states.repeatables =
        migci_allocate(&session->memory, (session->set->repeatables->count + events.count) *
                                             sizeof(*session->states.repeatables));
    if (events.failed || !session->states.repeatables)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while reading the history");
    fill_states(session, &events);
    return MIGC_OK;
}

/* --------------------------------------------------------------------- plan */

static bool is_numbered_action(const migc_action *action) {
    return migci_transaction_kind(action->migration, action->down) == 0;
}

static void append_action(migc_plan *steps, const migc_action *action) {
    steps->actions[steps->count++] = *action;
}

/* They share the transaction of a numbered neighbour that wants nothing special of it, also
 * where each of the numbered has one of its own. */
static void add_repeatable(migc_plan *steps, const migc_migration *migration, bool down) {
    migc_action action = {migration, down, 1};
    if (steps->count)
        action.begins_transaction = !is_numbered_action(&steps->actions[steps->count - 1]);
    append_action(steps, &action);
}

/* Whether the latest of the set is applied then.  Its number may be 0, which also means none. */
static bool ends_complete(const migci_session *session, const migc_plan *numbered) {
    const migc_set *set = session->set;
    if (!set->count || numbered->to != set->migrations[set->count - 1].version)
        return false;
    return numbered->count ? !numbered->actions[numbered->count - 1].down
                           : session->states.applied > 0;
}

/* They run where the latest numbered one is applied, and only there. */
static bool plan_repeatables(migci_session *session) {
    const migc_repeatables *repeatables = session->set->repeatables;
    migc_plan numbered = session->plan, *steps = &session->plan;
    bool complete = ends_complete(session, &numbered);
    size_t first =
        complete && !numbered.count ? repeatables->count - session->states.repeatable_due : 0;
    steps->count = 0;
    steps->actions = migci_allocate(&session->memory, (numbered.count + 2 * repeatables->count) *
                                                          sizeof(*steps->actions));
    if (!steps->actions)
        return false;
    for (size_t i = repeatables->count; i-- > first;)
        if (session->states.repeatables[i].applied && repeatables->migrations[i].down_count)
            add_repeatable(steps, &repeatables->migrations[i], true);
    size_t before = steps->count;
    for (size_t i = 0; i < numbered.count; i++)
        append_action(steps, &numbered.actions[i]);
    if (before && numbered.count && is_numbered_action(numbered.actions))
        steps->actions[before].begins_transaction = 0;
    for (size_t i = first; complete && i < repeatables->count; i++)
        add_repeatable(steps, &repeatables->migrations[i], false);
    return true;
}

/* ------------------------------------------------------------------- record */

struct detail {
    migci_session *session;
    const char *text;
};

static int take_detail(void *argument, const migci_value *cells) {
    struct detail *detail = argument;
    detail->text = cells[0].text ? migci_copy(&detail->session->memory, cells[0].text) : NULL;
    return 1;
}

/* Records its DOWN, for programs that do not have it. */
static migci_outcome record_repeatable(migci_session *session, size_t index) {
    const migc_action *action = &session->plan.actions[index];
    struct detail detail = {session, NULL};
    bool failed = false;
    char *down = action->down ? NULL : migci_down_text(action->migration, &failed);
    migci_outcome outcome = failed ? migci_lack_memory(session) : MIGCI_DONE;
    if (!failed)
        outcome = migci_ask(
            session, take_detail, &detail,
            "SELECT json_patch('{}', json_object('text', ?1, 'checksum', ?1, 'down', ?2))", "ss",
            action->migration->checksum, down);
    sqlite3_free(down);
    if (outcome == MIGCI_DONE && !detail.text)
        outcome = migci_lack_memory(session);
    if (outcome != MIGCI_DONE)
        return outcome;
    return migci_history_event(session, action->down ? "repeat-down" : "repeat", action->migration,
                               session->durations[index], detail.text);
}

const migc_repeatables_part migc_run_repeatables = {read_repeatables, plan_repeatables,
                                                    record_repeatable};
