/*
 * record.c - what a run leaves in the history: inside its transaction the rows,
 * events and marks of what it did, and after a rollback the failed attempt.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static migci_outcome record_up(migci_session *session, size_t first, size_t end) {
    migci_history *history = &session->history;
    const migci_applied *last = migci_history_last(session);
    int64_t seq = last ? last->seq : 0;
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = first; i < end && outcome == MIGCI_DONE; i++) {
        const migc_migration *migration = session->plan.actions[i].migration;
        migci_applied *row = migci_allocate(&session->memory, sizeof *row);
        if (!row) {
            session->driver.failure.code = MIGC_NO_MEMORY;
            return MIGCI_REFUSED;
        }
        row->seq = ++seq;
        row->version = migration->version;
        row->name = migration->name;
        row->chain = migration->chain;
        history->rows[history->count + (i - first)] = row;
        outcome = migci_history_add(session, seq, migration, session->durations[i]);
    }
    return outcome;
}

static migci_outcome record_down(migci_session *session, size_t first, size_t end) {
    const migci_history *history = &session->history;
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = first; i < end && outcome == MIGCI_DONE; i++)
        outcome = migci_history_remove(session, history->rows[history->count - 1 - (i - first)]->seq);
    return outcome;
}

static migci_outcome record_events(migci_session *session, size_t first, size_t end) {
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = first; i < end && outcome == MIGCI_DONE; i++) {
        const migc_action *action = &session->plan.actions[i];
        outcome = migci_history_event(session, action->down ? "down" : "up", action->migration,
                                      session->durations[i], NULL);
    }
    return outcome;
}

/* How many rows the history has, and its chain, once these actions are recorded. */
static size_t count_after(const migci_session *session, size_t first, size_t end) {
    size_t count = session->history.count;
    return session->plan.actions[first].down ? count - (end - first) : count + (end - first);
}

static migci_outcome record_marks(migci_session *session, size_t first, size_t end) {
    size_t count = count_after(session, first, end);
    const char *chain = count ? session->history.rows[count - 1]->chain : NULL;
    int64_t wanted = session->options->application_id, has = 0;
    char sql[64];
    if (wanted && migci_ask_number(session, "PRAGMA application_id", &has) != MIGCI_DONE)
        return MIGCI_REFUSED;
    if (wanted && !has) {
        snprintf(sql, sizeof sql, "PRAGMA application_id = %d", (int)wanted);
        if (migci_do(session, sql, "") != MIGCI_DONE)
            return MIGCI_REFUSED;
    }
    return migci_stamp_write(session, chain);
}

migc_code migci_record(migci_session *session, size_t end) {
    size_t first = session->next;
    int down = session->plan.actions[first].down;
    migci_outcome outcome = migci_history_create(session);
    if (outcome == MIGCI_DONE)
        outcome = (down ? record_down : record_up)(session, first, end);
    if (outcome == MIGCI_DONE)
        outcome = record_events(session, first, end);
    if (outcome == MIGCI_DONE)
        outcome = record_marks(session, first, end);
    return outcome == MIGCI_DONE ? MIGC_OK : migci_fail_driver(session, "writing the history");
}

/* What is durable now becomes what the next transaction expects to find. */
void migci_go_on(migci_session *session, size_t end) {
    size_t first = session->next;
    migci_history *history = &session->history;
    history->count = count_after(session, first, end);
    history->exists = 1;
    session->result.count += end - first;
    session->result.to = history->count ? history->rows[history->count - 1]->version : 0;
    session->next = end;
    migci_emit_action(session, MIGC_EVENT_COMMITTED, end - 1,
                      migci_now_us() - session->started_us, NULL);
}

static migci_outcome write_failure(migci_session *session, const migc_error *error) {
    migci_outcome outcome = migci_begin(session);
    if (outcome != MIGCI_DONE)
        return outcome;
    outcome = migci_history_create(session);
    if (outcome == MIGCI_DONE)
        outcome = migci_history_event(session, "failed", error->migration, -1, error->message);
    if (outcome == MIGCI_DONE)
        outcome = migci_commit(session);
    migci_rollback(session);
    return outcome;
}

/* Tells of what went wrong and notes it in the history; its own failure is not
 * another one: the first is what a person must hear of. */
void migci_note_failure(migci_session *session) {
    migc_error error = *session->error;
    migci_failure failure = session->driver.failure;
    migci_emit_action(session, MIGC_EVENT_ROLLED_BACK, session->next, 0, error.message);
    if (write_failure(session, &error) == MIGCI_DONE)
        session->history.exists = 1;
    *session->error = error;
    session->driver.failure = failure;
}
