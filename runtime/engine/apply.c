/*
 * apply.c - runs the steps of one migration, up or down, and its VERIFY.  run.c has
 * transactions, the history and messages about the state of the database.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MARK "PRAGMA defer_foreign_keys"

static migc_code stop_behind_step(migci_session *session, const migc_migration *migration) {
    migci_blame(session, migration, NULL);
    return migci_fail(session, MIGC_STOPPED, "%s: the program asked to stop", migration->file);
}

static migci_outcome call_step(migci_session *session, const migc_migration *migration,
                               const migc_step *step) {
    migci_failure *failure = &session->driver.failure;
    migc_context context;
    memset(&context, 0, sizeof(context));
    context.session = session;
    context.migration = migration;
    session->no_db = NULL;
    if (step->call(&context) == 0 && !session->stopped && !session->no_db)
        return MIGCI_DONE;
    memset(failure, 0, sizeof(*failure));
    failure->code = MIGC_CALL_FAILED;
    snprintf(failure->reason, sizeof(failure->reason), "%s",
             session->no_db    ? session->no_db
             : *context.reason ? context.reason
                               : "it gave no reason");
    return MIGCI_REFUSED;
}

static bool is_marked(const migc_migration *migration, const migc_step *step, bool inside) {
    return step->call && inside && !(migration->flags & MIGC_FOREIGN_KEYS_ON);
}

/* A step with a COMMIT of its own would break "all or nothing".  If another BEGIN follows that
 * COMMIT, it shows in a PRAGMA that each end of a transaction resets.  If foreign keys are on,
 * that PRAGMA has a meaning, and is left alone. */
static migc_code check_transaction(migci_session *session, bool inside,
                                   const migc_migration *migration, const migc_step *step) {
    int64_t marked = 1;
    if (is_marked(migration, step, inside))
        migci_ask_number(session, MARK, &marked);
    if (session->driver.lost)
        return migci_fail_step(session, migration, step);
    if (migci_in_transaction(session) == inside && marked)
        return MIGC_OK;
    if (inside)
        snprintf(session->state, sizeof(session->state),
                 "What was done up to there may be committed, and is not in the history");
    return migci_fail_at(session, step->call ? MIGC_CALL_FAILED : MIGC_STEP_FAILED, migration, step,
                         step->line, "the step %s",
                         inside ? "ended the transaction of the run" : "left a transaction open");
}

static migci_outcome attempt_step(migci_session *session) {
    return migci_do(session, session->step->text, "");
}

migc_code migci_apply_step(migci_session *session, const migc_migration *migration,
                           const migc_step *step) {
    bool inside = migci_in_transaction(session);
    migci_outcome outcome = MIGCI_DONE;
    session->step = step;
    if (is_marked(migration, step, inside))
        outcome = migci_do(session, MARK " = 1", "");
    if (outcome == MIGCI_DONE)
        outcome = migci_check_step(session, step);
    if (outcome == MIGCI_DONE && step->call)
        outcome = call_step(session, migration, step);
    else if (outcome == MIGCI_DONE && inside)
        outcome = attempt_step(session);
    else if (outcome == MIGCI_DONE)
        outcome = migci_retry(session, attempt_step);
    if (outcome != MIGCI_DONE)
        return migci_fail_step(session, migration, step);
    return check_transaction(session, inside, migration, step);
}

struct first_row {
    bool found;
    char words[160];
};

static int take_first(void *argument, const migci_value *cells) {
    struct first_row *row = argument;
    row->found = true;
    snprintf(row->words, sizeof(row->words), "%s", cells[0].text ? cells[0].text : "NULL");
    return 1;
}

static migc_code verify_all(migci_session *session, const migc_migration *migration) {
    const migc_step *step = migration->steps + migration->up_count + migration->down_count;
    for (unsigned i = 0; i < migration->verify_count; i++, step++) {
        struct first_row row = {0};
        session->step = step;
        if (migci_check_step(session, step) != MIGCI_DONE ||
            migci_ask(session, take_first, &row, step->text, "") != MIGCI_DONE)
            return migci_fail_step(session, migration, step);
        if (!row.found)
            continue;
        return migci_fail_at(session, MIGC_VERIFY_FAILED, migration, step, step->line,
                             "VERIFY found a row that must not exist (%s)", row.words);
    }
    return MIGC_OK;
}

/* Outside transactions VERIFY gets one of its own, so that it waits for locks in one place. */
migc_code migci_verify(migci_session *session, const migc_migration *migration) {
    if (!migration->verify_count || migci_in_transaction(session))
        return verify_all(session, migration);
    if (migci_begin(session) != MIGCI_DONE)
        return session->error->code;
    migc_code code = verify_all(session, migration);
    migci_rollback(session);
    return code;
}

static migc_code run_steps(migci_session *session, size_t index, unsigned from) {
    const migc_action *action = &session->plan.actions[index];
    bool traced = session->claimed == action->migration;
    unsigned count;
    const migc_step *steps = migci_action_steps(action, &count);
    for (unsigned i = from; i < count; i++) {
        int64_t begun_us = migci_now_us();
        migc_code code = traced ? session->set->no_transaction->run_step(session, &steps[i], i + 1)
                                : migci_apply_step(session, action->migration, &steps[i]);
        if (code != MIGC_OK)
            return code;
        if (migci_emit_step(session, index, i + 1, migci_now_us() - begun_us))
            return stop_behind_step(session, action->migration);
    }
    return MIGC_OK;
}

migc_code migci_apply(migci_session *session, size_t index, unsigned from) {
    const migc_action *action = &session->plan.actions[index];
    assert(index < session->plan.count);
    int64_t begun_us = migci_now_us();
    if (migci_emit_action(session, MIGC_EVENT_STARTED, index, 0, NULL))
        return stop_behind_step(session, action->migration);
    migc_code code = migci_hook(session, MIGC_BEFORE_MIGRATION, action->migration);
    if (code == MIGC_OK)
        code = run_steps(session, index, from);
    if (code == MIGC_OK && !action->down)
        code = migci_verify(session, action->migration);
    session->step = NULL;
    if (code == MIGC_OK)
        code = migci_hook(session, MIGC_AFTER_MIGRATION, action->migration);
    if (code != MIGC_OK)
        return code;
    int64_t duration_us = session->durations[index] = migci_now_us() - begun_us;
    if (migci_emit_action(session, MIGC_EVENT_FINISHED, index, duration_us, NULL))
        return stop_behind_step(session, action->migration);
    return MIGC_OK;
}
