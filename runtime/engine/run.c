/*
 * run.c - the engine: reads, then runs the plan, transaction by transaction.
 *
 * Every transaction first takes the write lock, and then makes sure that the
 * history is still the one that the plan was made from.  If another process was
 * faster, or the answer to a COMMIT was lost, the run reads the history again and
 * goes on from there.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LOST_ANSWERS = 3 }; /* in a row, without anything durable in between */

static migc_code look_again(migci_session *session) {
    session->stale = true;
    migci_clear_error(session);
    return MIGC_OK;
}

bool migci_has_happened(const migci_history *history, const migci_unknown *unknown) {
    if (unknown->down ? history->count > unknown->rows : history->count < unknown->rows)
        return false;
    return history->count < unknown->rows || unknown->rows == 0 ||
           strncmp(history->rows[unknown->rows - 1]->chain, unknown->chain,
                   sizeof(unknown->chain) - 1) == 0;
}

/* Reads what became of a COMMIT whose answer was lost, and reports that. */
static migc_code learn_unknown(migci_session *session) {
    migci_unknown *unknown = &session->run->unknown;
    if (!unknown->actions)
        return MIGC_OK;
    migc_code code = migci_read_states(session);
    if (code != MIGC_OK)
        return code;
    if (migci_has_happened(session->history, unknown)) {
        session->result.count += unknown->actions;
        session->total_before += unknown->actions;
        session->lost = session->tries = 0;
        migci_emit_action(session, MIGC_EVENT_COMMITTED, session->plan.count,
                          migci_now_us() - session->started_us, NULL);
        migci_hook(session, MIGC_AFTER_COMMIT, NULL);
    } else {
        migci_emit_action(session, MIGC_EVENT_ROLLED_BACK, session->plan.count, 0,
                          "the answer to COMMIT was lost, and it had not happened");
    }
    unknown->actions = 0;
    return MIGC_OK;
}

/* After a COMMIT without an answer only the history knows what happened.  Until it is read,
 * messages say that the state is not known. */
static migc_code end_commit(migci_session *session, size_t end, migci_outcome outcome) {
    assert(session->next < end && outcome <= MIGCI_UNKNOWN);
    if (outcome == MIGCI_DONE) {
        session->lost = session->tries = 0;
        session->lost_at = NULL;
        migci_go_on(session, end);
        return MIGC_OK;
    }
    if (outcome == MIGCI_UNKNOWN) {
        const migc_action *last = &session->plan.actions[end - 1];
        const migci_history *history = session->history;
        migci_unknown *unknown = &session->run->unknown;
        unknown->actions = end - session->next;
        unknown->down = last->down;
        unknown->rows = history->count_after;
        snprintf(unknown->chain, sizeof(unknown->chain), "%.63s",
                 unknown->rows ? history->after[unknown->rows - 1]->chain : "");
    }
    migci_rollback(session);
    if (outcome == MIGCI_REFUSED)
        migci_note_failure(session);
    else if (++session->lost <= MOST_LOST_ANSWERS)
        return look_again(session);
    session->stale = outcome == MIGCI_UNKNOWN;
    return session->error->code;
}

/* ------------------------------------------------------ inside a transaction */

static migc_code apply_all(migci_session *session, size_t end) {
    migc_code code = migci_keys_before(session, end);
    for (size_t i = session->next; i < end && code == MIGC_OK; i++)
        code = migci_apply(session, i, 0);
    if (code == MIGC_OK)
        code = migci_keys_after(session);
    /* What measures a rehearsal may have run out of memory, for which SQLite rolls back. */
    if (code == MIGC_OK && !migci_in_transaction(session))
        code = migci_fail(session, MIGC_NO_MEMORY, "out of memory: the transaction is rolled back");
    if (code == MIGC_OK)
        code = migci_record(session, end);
    if (code == MIGC_OK)
        code = migci_hook(session, MIGC_BEFORE_COMMIT, NULL);
    return code;
}

static migc_code transact(migci_session *session, size_t end) {
    bool moved = false;
    assert(session->next < end && end <= session->plan.count);
    assert(session->shared || !migci_in_transaction(session));
    if (migci_begin(session) != MIGCI_DONE)
        return session->error->code;
    migc_code code = migci_history_moved(session, &moved);
    if (code == MIGC_OK && !moved)
        code = migci_check_needs(session);
    if (code == MIGC_OK && !moved)
        code = migci_hook_run(session);
    if (code == MIGC_OK && !moved)
        code = apply_all(session, end);
    if (code == MIGC_OK && !moved)
        return end_commit(session, end, migci_commit(session));
    migci_rollback(session);
    if (code != MIGC_OK && session->driver.lost)
        return session->shared ? code : session->driver.remote->lost(session);
    if (code != MIGC_OK)
        migci_note_failure(session);
    return code == MIGC_OK ? look_again(session) : code;
}

/* --------------------------------------------------------------------- run */

static migci_outcome attempt_settings(migci_session *session) {
    const migc_migration *migration = session->plan.actions[session->next].migration;
    int foreign_keys = (migration->flags & MIGC_FOREIGN_KEYS_ON) != 0;
    return migci_settings_enter(session, &session->run->settings, foreign_keys) == MIGC_OK
               ? MIGCI_DONE
               : MIGCI_REFUSED;
}

/* Whether the next transaction needs the same settings, and nothing can have changed them. */
static bool keeps_settings(const migci_session *session, size_t first) {
    const migc_plan *plan = &session->plan;
    if (session->stale || session->next == plan->count || session->options->hooks)
        return false;
    const migc_action *last = &plan->actions[first], *next = &plan->actions[session->next];
    unsigned kind = migci_transaction_kind(last->migration, last->down);
    return !(kind & MIGC_NO_TRANSACTION) &&
           kind == migci_transaction_kind(next->migration, next->down) &&
           !migci_plan_mentions(plan, first, session->next, "PRAGMA");
}

static migc_code run_group(migci_session *session) {
    const migc_plan *plan = &session->plan;
    const migc_no_transaction_part *outside = session->set->no_transaction;
    size_t first = session->next, end = first + 1;
    const migc_migration *migration = plan->actions[first].migration;
    migci_settings *settings = &session->run->settings;
    migc_code code;
    while (end < plan->count && !plan->actions[end].begins_transaction)
        end++;
    if (!settings->kept && migci_retry(session, attempt_settings) != MIGCI_DONE)
        return session->error->code;
    if (!migci_is_outside(migration, plan->actions[first].down))
        code = transact(session, end);
    else if (outside)
        code = outside->run(session);
    else
        code = migci_fail(session, MIGC_MISUSE,
                          "%s runs outside transactions, and its set lacks"
                          " &migc_no_transaction",
                          migration->name);
    settings->kept = code == MIGC_OK && keeps_settings(session, first);
    if (!settings->kept)
        migci_settings_leave(session, settings);
    return code;
}

/* How many numbered migrations the first `count` actions of the plan revert. */
static int64_t reverted_by(const migc_plan *plan, size_t count) {
    int64_t reverted = 0;
    for (size_t i = 0; i < count; i++)
        reverted += plan->actions[i].down && !(plan->actions[i].migration->flags & MIGC_REPEATABLE);
    return reverted;
}

/* Reads the history again and makes a plan for what is left of the target: what a redo has already
 * reverted is not reverted again. */
static migc_code plan_after_loss(migci_session *session, migci_target *target) {
    int64_t reverted = reverted_by(&session->plan, session->next);
    int64_t perhaps = reverted_by(&session->plan, session->next + session->run->unknown.actions);
    session->total_before += session->next;
    size_t before = session->total_before;
    migc_code code = learn_unknown(session);
    session->stale = code != MIGC_OK; /* now it is known what is durable */
    if (migci_redoes(*target)) {
        assert(target->way);
        target->value -= session->total_before > before ? perhaps : reverted;
        if (target->value <= 0)
            *target = (migci_target){target->way->to, session->result.from};
    }
    if (code == MIGC_OK)
        code = migci_read_plan(session, *target);
    session->result.to = session->states.version;
    return code;
}

static migc_code run_plan(migci_session *session, migci_target target) {
    bool redoes = migci_redoes(target);
    migc_code code = MIGC_OK;
    while (code == MIGC_OK && session->next < session->plan.count) {
        code = run_group(session);
        bool is_done = session->next == session->plan.count;
        if (code == MIGC_OK && is_done && redoes && session->result.to < session->result.from) {
            target = (migci_target){target.way->to, session->result.from};
            session->stale = true; /* a redo that was planned anew has gone up half of the way */
        }
        if (code == MIGC_OK && session->stale)
            code = plan_after_loss(session, &target);
    }
    if (code != MIGC_OK && !*session->state) {
        const migc_migration *last = migci_find(session->set, session->result.to);
        const char *at = last && session->history->count ? last->name : "the beginning";
        if (session->stale)
            snprintf(session->state, sizeof(session->state),
                     "Each transaction is whole or undone; the next start finds out which");
        else if (session->result.count)
            snprintf(session->state, sizeof(session->state),
                     "Done before that and kept: %zu; the database is at %s", session->result.count,
                     at);
        else
            snprintf(session->state, sizeof(session->state),
                     "The database is as it was before the run, at %s", at);
    }
    return code;
}

/* Writes a lost stamp again (.dump loses it, for example), so that the next start is quick.  If
 * that is not possible now, the next start reads the history once more.  While another process
 * reverts a migration outside transactions, there is no stamp on purpose. */
static void restore_stamp(migci_session *session) {
    const migc_set *set = session->set;
    const migci_applied *last = migci_history_last(session);
    const char *chain = last ? last->chain : NULL;
    int64_t stamp = 0;
    bool moved = true;
    if (last && !session->states.pending && !set->repeatables) /* another program had some */
        chain = set->migrations[set->count - 1].chain;
    if (!session->history->exists || !migci_uses_stamp(set) ||
        migci_ask_number(session, "PRAGMA user_version", &stamp) != MIGCI_DONE ||
        stamp == migci_stamp_of(chain))
        return;
    if (migci_try_begin(session, 1) == MIGCI_DONE &&
        (!set->no_transaction || set->no_transaction->check(session) == MIGCI_DONE) &&
        migci_history_moved(session, &moved) == MIGC_OK && !moved &&
        migci_stamp_write(session, chain) == MIGCI_DONE)
        session->driver.methods->commit(&session->driver);
    migci_rollback(session);
    migci_clear_error(session);
}

migc_code migci_wait_for_reverting(migci_session *session, bool *waited) {
    *waited = false;
    for (size_t i = 0; i < session->states.count; i++)
        *waited |= (session->states.states[i].flags & MIGC_AT_WORK) != 0;
    if (!*waited || migci_retry(session, session->set->no_transaction->check) == MIGCI_DONE)
        return MIGC_OK;
    return session->error->code;
}

migc_code migci_read_settled_plan(migci_session *session, migci_target target) {
    bool waited = false;
    migc_code code = migci_read_plan(session, target);
    if (code == MIGC_OK && session->plan.count == 0)
        code = migci_wait_for_reverting(session, &waited);
    return code == MIGC_OK && waited ? migci_read_plan(session, target) : code;
}

static migc_code look_and_run(migci_session *session, migci_target target) {
    session->take_object = migci_keys_take;
    session->brief = true;
    migc_code code = migci_read_settled_plan(session, target);
    if (code != MIGC_OK)
        return code;
    session->result.from = session->result.to = session->states.version;
    /* A later plan must not count from another version. */
    if (target.way && target.way->kind == MIGCI_BACK)
        target = (migci_target){target.way->to, migci_version_back(&session->states, target.value)};
    if (session->options->flags & MIGC_DRY_RUN) {
        for (size_t i = 0; i < session->plan.count; i++) {
            const char *direction = session->plan.actions[i].down ? "down" : "up";
            if (migci_emit_action(session, MIGC_EVENT_PLANNED, i, 0, direction))
                return migci_fail(session, MIGC_STOPPED, "the program asked to stop");
        }
        migci_tell_ran(session, 0, session->plan.count);
        session->result.count = session->plan.count;
        session->result.to = session->plan.to;
        return MIGC_OK;
    }
    if (session->plan.count == 0)
        restore_stamp(session);
    else if (!session->guarded && !session->driver.remote)
        code = migci_check_temp(session);
    return code == MIGC_OK ? run_plan(session, target) : code;
}

migc_code migci_run_session(migci_session *session, migci_target target) {
    const migc_progress_part *progress = session->options->progress;
    migci_run_state run = {0};
    assert(!session->run);
    session->run = &run;
    migc_code code = progress ? progress->enter(session) : MIGC_OK;
    if (code == MIGC_OK)
        code = look_and_run(session, target);
    if (progress)
        progress->leave(session);
    session->take_object = NULL;
    session->run = NULL;
    migci_keys_forget(&run.keys);
    if (session->hooked)
        migci_hook(session, MIGC_AFTER_RUN, NULL);
    return code;
}

migc_code migci_run(sqlite3 *db, const migc_set *set, migci_target target,
                    const migc_options *options, migc_error *error) {
    migci_session session;
    if (migci_session_open_any(&session, db, set, options, error) == MIGC_OK &&
        (target.way || !migci_is_current(&session)) && migci_session_unpack(&session) == MIGC_OK)
        migci_run_session(&session, target);
    return migci_session_close(&session);
}
