/*
 * record.c - writes the history: rows, events and marks inside the transaction of a
 * run, and the failed attempt after a rollback.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static migci_outcome record_up(migci_session *session, size_t index) {
    migci_history *history = session->history;
    const migc_migration *migration = session->plan.actions[index].migration;
    migci_applied *row = migci_allocate(&session->memory, sizeof(*row));
    if (!row)
        return migci_lack_memory(session);
    row->seq = history->count_after ? history->after[history->count_after - 1]->seq + 1 : 1;
    row->version = migration->version;
    row->name = migration->name;
    row->chain = migration->chain;
    if (history->count_same > history->count_after)
        history->count_same = history->count_after;
    history->after[history->count_after++] = row;
    migci_note_latest(history->after, history->count_after - 1, history->count_after);
    return migci_history_add(session, row->seq, migration, session->durations[index]);
}

static const migc_repeatables *repeats(const migci_session *session, size_t index) {
    bool is_one = (session->plan.actions[index].migration->flags & MIGC_REPEATABLE) != 0;
    return is_one ? session->set->repeatables : NULL;
}

/* If there are as many rows as the set has migrations up to the latest one, all of these are
 * applied, in whatever order, and the set's chain up to there stands for them.  Otherwise no
 * chain of a set does.  A plan ends with repeatables only if all are applied then; that has a
 * chain of its own. */
static const char *chain_of(migci_session *session, const char *chain, size_t end) {
    const migci_history *history = session->history;
    const migc_set *set = session->set;
    const migc_repeatables *repeatables = repeats(session, end - 1);
    size_t count = history->count_after;
    if (repeatables && !session->plan.actions[end - 1].down)
        chain = repeatables->chain;
    else
        repeatables = NULL;
    if (count <= set->count &&
        set->migrations[count - 1].version == migci_latest_version(history->after, count))
        return repeatables ? chain : set->migrations[count - 1].chain;
    if (*chain == MIGCI_BROKEN_CHAIN)
        return chain;
    size_t size = strlen(chain) + 1;
    char *broken = migci_allocate(&session->memory, size + 1);
    if (broken) {
        *broken = MIGCI_BROKEN_CHAIN;
        memcpy(broken + 1, chain, size);
    }
    return broken;
}

/* Gives the last row the chain of the whole history. */
static migci_outcome record_chain(migci_session *session, size_t end) {
    migci_history *history = session->history;
    if (!history->count_after)
        return MIGCI_DONE;
    migci_applied *last = history->after[history->count_after - 1];
    const char *chain = chain_of(session, last->chain, end);
    if (!chain)
        return migci_lack_memory(session);
    if (strcmp(chain, last->chain) == 0)
        return MIGCI_DONE;
    last->chain = chain;
    return migci_history_rechain(session, last);
}

static migci_outcome record_events(migci_session *session, size_t first, size_t end) {
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = first; i < end && outcome == MIGCI_DONE; i++) {
        const migc_action *action = &session->plan.actions[i];
        const migc_repeatables *repeatables = repeats(session, i);
        const char *event = session->action_name ? session->action_name
                            : action->down       ? "down"
                                                 : "up";
        outcome = repeatables ? repeatables->part->record(session, i)
                              : migci_history_event(session, event, action->migration,
                                                    session->durations[i], session->detail);
    }
    return outcome;
}

static migci_outcome record_marks(migci_session *session) {
    const migci_history *history = session->history;
    size_t count = history->count_after;
    int64_t wanted = session->options->application_id, has = 0;
    char sql[64];
    if (wanted && migci_ask_number(session, "PRAGMA application_id", &has) != MIGCI_DONE)
        return MIGCI_REFUSED;
    if (wanted && !has) {
        snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", (int)wanted);
        if (migci_do(session, sql, "") != MIGCI_DONE)
            return MIGCI_REFUSED;
    }
    return migci_stamp_write(session, count ? history->after[count - 1]->chain : NULL);
}

migc_code migci_record(migci_session *session, size_t end) {
    migci_history *history = session->history;
    size_t first = session->next;
    assert(end <= session->plan.count && migci_in_transaction(session));
    assert(history->count_same <= history->count);
    migci_outcome outcome = MIGCI_DONE;
    if (!history->has_migrations || !history->has_events)
        outcome = migci_history_create(session);
    size_t same = history->count_same;
    history->count_after = history->count_same = history->count;
    memcpy(history->after + same, history->rows + same, (history->count - same) * sizeof(void *));
    /* The two lists share their rows, in which an earlier attempt noted what it would leave. */
    migci_note_latest(history->after, same, history->count_after);
    for (size_t i = first; i < end && outcome == MIGCI_DONE; i++)
        if (!repeats(session, i))
            outcome = session->plan.actions[i].down ? session->way->record(session, i)
                                                    : record_up(session, i);
    if (outcome == MIGCI_DONE)
        outcome = record_chain(session, end);
    if (outcome == MIGCI_DONE)
        outcome = record_events(session, first, end);
    if (outcome == MIGCI_DONE)
        outcome = record_marks(session);
    migci_history_leave(session);
    return outcome == MIGCI_DONE ? MIGC_OK : migci_fail_driver(session, "writing the history");
}

void migci_tell_ran(const migci_session *session, size_t first, size_t end) {
    const migc_options *options = session->options;
    for (size_t at = session->result.count; options->ran && first < end; first++, at++) {
        const migc_migration *migration = session->plan.actions[first].migration;
        if (at < options->ran_room)
            options->ran[at] = migration->flags & MIGC_REPEATABLE ? 0 : migration->version;
    }
}

/* The next transaction expects to find what is durable now. */
void migci_go_on(migci_session *session, size_t end) {
    size_t first = session->next;
    migci_history *history = session->history;
    assert(first < end && end <= session->plan.count);
    migci_applied **rows = history->rows;
    migci_history_committed(session);
    history->rows = history->after;
    history->after = rows;
    history->count = history->count_after;
    history->exists = true;
    migci_tell_ran(session, first, end);
    session->result.count += end - first;
    session->result.to = migci_latest_version(history->rows, history->count);
    session->next = end;
    migci_emit_action(session, MIGC_EVENT_COMMITTED, end - 1, migci_now_us() - session->started_us,
                      NULL);
    migci_hook(session, MIGC_AFTER_COMMIT, NULL);
}

/* Emits what went wrong and records it in the history.  If that fails, too, it is not reported: the
 * first failure is the one that matters. */
void migci_note_failure(migci_session *session) {
    migc_error error = *session->error;
    migci_failure failure = session->driver.failure;
    migci_emit_action(session, MIGC_EVENT_ROLLED_BACK, session->next, 0, error.message);
    if (migci_begin(session) == MIGCI_DONE) {
        /* The rollback may have changed the tables. */
        migci_outcome outcome = migci_history_look(session);
        if (outcome == MIGCI_DONE)
            outcome = migci_history_create(session);
        if (outcome == MIGCI_DONE)
            outcome = migci_history_event(session, "failed", error.name ? session->failed : NULL,
                                          -1, error.message);
        if (outcome == MIGCI_DONE && migci_commit(session) == MIGCI_DONE)
            session->history->exists = true;
        migci_rollback(session);
    }
    *session->error = error;
    session->driver.failure = failure;
}
