/*
 * no_transaction.c - runs a "Transaction: none" migration.
 *
 * Its statements commit one by one, so it cannot be rolled back if it fails in the
 * middle.  But it runs only once, and how far it came is known: a durable claim
 * before the first statement keeps other processes off, and each statement that can
 * run in a transaction shares one with its progress record (progress_record.c).
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>

#define RESUME " --resume' (MIGC_RESUME), which leaves out what is done; a start without it refuses"
#define UP_RESUME "'up" RESUME
#define DOWN_RESUME "'down" RESUME

static migci_outcome check_claim(migci_session *session) {
    const migc_action *action = &session->plan.actions[session->next];
    bool resume = (session->options->flags & MIGC_RESUME) != 0, moved = false;
    migci_progress_record trace = {0};
    if (migci_history_moved(session, &moved) != MIGC_OK ||
        migci_history_create(session) != MIGCI_DONE ||
        migci_progress_read(session, action->migration, &trace) != MIGC_OK)
        return MIGCI_REFUSED;
    session->stale = moved || (trace.open && !resume);
    session->steps_done = trace.open && trace.down == action->down ? trace.steps : 0;
    if (session->stale)
        return MIGCI_DONE;
    if (migci_check_needs(session) != MIGC_OK || migci_hook_run(session) != MIGC_OK ||
        migci_keys_before(session, session->next + 1) != MIGC_OK)
        return MIGCI_REFUSED;
    /* Violations that an interrupted run of this migration has made count as its own; only those
     * from before that run do not. */
    if (trace.open && !trace.orphans && session->run->keys.violated) {
        session->run->keys.violated = false;
        if (migci_do(session, "DROP TABLE temp.migc_violations", "") != MIGCI_DONE)
            return MIGCI_REFUSED;
    }
    /* A migration that is half reverted still has its row; its stamp would say that nothing is
     * to do. */
    if (action->down && migci_stamp_write(session, NULL) != MIGCI_DONE)
        return MIGCI_REFUSED;
    return migci_progress_write(session, "started", action, session->steps_done,
                                session->run->keys.violated);
}

static migci_outcome attempt_claim(migci_session *session) {
    migci_outcome outcome = migci_try_begin(session, 1);
    if (outcome == MIGCI_DONE)
        outcome = migci_progress_check(session);
    if (outcome == MIGCI_DONE)
        outcome = check_claim(session);
    if (outcome == MIGCI_DONE && !session->stale)
        outcome = session->driver.methods->commit(&session->driver);
    migci_rollback(session);
    if (outcome != MIGCI_DONE && session->error->code == MIGC_OK)
        migci_fail_driver(session, "claiming the migration");
    return outcome;
}

/* Foreign keys are checked under the write lock: others cannot write, and no lock is met. */
static migc_code run_claimed(migci_session *session) {
    size_t index = session->next;
    migc_code code = migci_apply(session, index, session->steps_done);
    if (code == MIGC_OK && migci_begin(session) != MIGCI_DONE)
        code = session->error->code;
    if (code == MIGC_OK)
        code = migci_keys_after(session);
    if (code == MIGC_OK)
        code = migci_record(session, index + 1);
    if (code == MIGC_OK)
        code = migci_hook(session, MIGC_BEFORE_COMMIT, NULL);
    if (code == MIGC_OK && migci_commit(session) != MIGCI_DONE)
        code = session->error->code;
    migci_rollback(session);
    return code;
}

static void describe_progress(migci_session *session) {
    const migc_action *action = &session->plan.actions[session->next];
    const char *whose = action->down ? "the" : "its",
               *which = action->down ? " that revert it" : "";
    unsigned count;
    migci_action_steps(action, &count);
    if (session->steps_done)
        snprintf(session->state, sizeof(session->state),
                 "It runs outside transactions: %u of %s %u statements%s are done and stay",
                 session->steps_done, whose, count, which);
    else
        snprintf(session->state, sizeof(session->state),
                 "It runs outside transactions: none of %s %u statements%s is complete", whose,
                 count, which);
}

/* The next start refuses while the progress record is open, and says the same. */
static void advise_resuming(migci_session *session) {
    const migc_action *action = &session->plan.actions[session->next];
    migc_error error = *session->error;
    migci_progress_record trace = {0};
    int at_will = error.code == MIGC_STOPPED || error.code == MIGC_TIMED_OUT;
    migc_code code = migci_progress_read(session, action->migration, &trace);
    *session->error = error;
    if (code == MIGC_OK && !trace.open)
        return;
    if (action->down)
        session->advice = at_will ? "Go on at any time with " DOWN_RESUME
                                  : "Put that right, then go on with " DOWN_RESUME;
    else
        session->advice = at_will ? "Go on at any time with " UP_RESUME
                                  : "Put that right, then go on with " UP_RESUME;
}

static migc_code run_next(migci_session *session) {
    migci_outcome outcome = migci_retry(session, attempt_claim);
    if (outcome == MIGCI_UNKNOWN)
        snprintf(session->state, sizeof(session->state),
                 "It runs outside transactions: none of its statements has run, and whether it is"
                 " noted as started is not known");
    if (outcome == MIGCI_UNKNOWN)
        session->advice = "Start again, with --resume (MIGC_RESUME) if it was noted";
    if (outcome != MIGCI_DONE)
        return session->error->code;
    if (session->stale)
        return MIGC_OK;
    session->claimed = session->plan.actions[session->next].migration;
    session->history->exists = true;
    migc_code code = run_claimed(session);
    if (code == MIGC_OK) {
        migci_go_on(session, session->next + 1);
    } else {
        const migci_applied *last = migci_history_last(session);
        describe_progress(session);
        if (!session->steps_done && last && session->plan.actions[session->next].down)
            migci_stamp_write(session, last->chain); /* else the next start does */
        if (!session->error->name || session->failed != session->claimed)
            migci_blame(session, session->claimed, NULL); /* the trace finds its end by that */
        migci_do(session, "DROP TABLE IF EXISTS temp.migc_violations", "");
        migci_note_failure(session);
        advise_resuming(session);
    }
    session->claimed = NULL;
    return code;
}

static migci_outcome attempt_note(migci_session *session) {
    migci_outcome outcome =
        migci_progress_write(session, "step", &session->plan.actions[session->next],
                             session->steps_done, session->run->keys.violated);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "noting the completed statement");
    return outcome;
}

static migc_code run_recorded_step(migci_session *session, const migc_step *step, unsigned number) {
    const migc_action *action = &session->plan.actions[session->next];
    assert(number == session->steps_done + 1);
    if (migci_runs_in_transaction(step)) {
        /* The next start goes on behind it: it has run exactly when that is recorded. */
        unsigned before = session->steps_done;
        if (migci_begin(session) != MIGCI_DONE)
            return session->error->code;
        migc_code code = migci_apply_step(session, action->migration, step);
        session->steps_done = number;
        if (code == MIGC_OK && attempt_note(session) != MIGCI_DONE)
            code = session->error->code;
        if (code == MIGC_OK && migci_commit(session) != MIGCI_DONE)
            code = session->driver.failure.code == MIGC_STEP_FAILED /* deferred foreign keys */
                       ? migci_fail_step(session, action->migration, step)
                       : session->error->code;
        if (code != MIGC_OK)
            session->steps_done = before;
        migci_rollback(session);
        return code;
    }
    migc_code code = migci_apply_step(session, action->migration, step);
    if (code != MIGC_OK)
        return code;
    session->steps_done = number;
    return migci_retry(session, attempt_note) == MIGCI_DONE ? MIGC_OK : session->error->code;
}

const migc_no_transaction_part migc_no_transaction = {migci_progress_mark,
                                                      migci_progress_explain,
                                                      migci_progress_check,
                                                      migci_progress_judge,
                                                      run_next,
                                                      run_recorded_step};
