/*
 * sets.c - migc_up_sets(): brings several sets, the modules of one database, up
 * together, all or nothing.
 *
 * What is pending in all of them is put into one order and divided into transactions
 * as for one set.  Each transaction begins here, and the histories are read again
 * under its lock.  In it the engine runs on one set after the other (sets_nest.c).
 */
#include "modules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LOST_ANSWERS = 3 };

static migci_modules *modules_of_session(migci_session *outer) {
    return (migci_modules *)(void *)((char *)outer - offsetof(migci_modules, outer));
}

/* ------------------------------------------------------- the sets' sessions */

/* The engine asks here instead of the set's own needs: of the actions that it was given, it may
 * run those that are left when it plans anew. */
static migc_code check_needs(migci_session *session) {
    migci_module *module =
        (migci_module *)(void *)((char *)session - offsetof(migci_module, session));
    if (module->limit == MIGCI_NO_LIMIT)
        return MIGC_OK;
    size_t left = module->limit - (session->result.count - module->before);
    if (session->plan.count > left)
        session->plan.count = left;
    return migc_needs_of_sets.check(session);
}

static const migc_needs_part limited = {check_needs};

/* Two of one name would share their history, two owners of user_version would each find the
 * other's stamp at every start. */
static migc_code check_pair(migci_modules *modules, const migc_set *a, const migc_set *b) {
    if (strcmp(a->name, b->name) == 0)
        return migci_fail(&modules->outer, MIGC_MISUSE, "two of the sets have the name \"%s\"",
                          a->name);
    if (migci_uses_stamp(a) && migci_uses_stamp(b))
        return migci_fail(&modules->outer, MIGC_MISUSE,
                          "the sets \"%s\" and \"%s\" both keep PRAGMA user_version of one"
                          " database; compile all but one with --module",
                          a->name, b->name);
    return MIGC_OK;
}

static migc_code add_module(migci_modules *modules, sqlite3 *db, const migc_set *set) {
    static const migc_needs nothing;
    migci_module *module = &modules->items[modules->count];
    migc_error *error = modules->outer.error;
    if (!set || set->abi != MIGC_ABI) /* says so */
        return migci_session_open_any(&module->session, db, set, NULL, error);
    for (size_t i = 0; i < modules->count; i++)
        if (check_pair(modules, modules->items[i].known, set) != MIGC_OK)
            return error->code;
    module->modules = modules;
    module->known = set;
    module->set = *set;
    module->needs = set->needs ? *set->needs : nothing;
    module->needs.part = &limited;
    module->set.needs = &module->needs;
    module->limit = MIGCI_NO_LIMIT;
    modules->count++;
    migc_code code =
        migci_session_open_any(&module->session, db, &module->set, &modules->options, error);
    module->session.shared = true;
    return code;
}

migc_code migci_modules_open(migci_modules *modules, sqlite3 *db, const migc_set *const *sets,
                             size_t count, const migc_options *options, migc_error *error) {
    memset(modules, 0, sizeof(*modules));
    migc_code code =
        migci_session_open_any(&modules->outer, db, count ? sets[0] : NULL, options, error);
    modules->outer.shared = true;
    if (code != MIGC_OK)
        return code;
    modules->items = migci_allocate(&modules->memory, count * sizeof(*modules->items));
    if (!modules->items)
        return migci_fail(&modules->outer, MIGC_NO_MEMORY, "out of memory, while planning");
    modules->options = *modules->outer.options; /* says which database it is */
    for (size_t i = 0; i < count && code == MIGC_OK; i++)
        code = add_module(modules, db, sets[i]);
    migci_nest_prepare(modules, modules->outer.options);
    return code;
}

/* Adds to a message which set it is about, unless it says so itself. */
static void name_set(migci_modules *modules, const migci_module *module) {
    migc_error *error = modules->outer.error;
    char message[sizeof(error->message)];
    modules->outer.advice = module->session.advice;
    int fits = (int)sizeof(message) - 1 - (int)strlen(module->known->name) - 2;
    snprintf(message, sizeof(message), "%s: %.*s", module->known->name, fits > 0 ? fits : 0,
             error->message);
    memcpy(error->message, message, sizeof(message));
}

migc_code migci_modules_close(migci_modules *modules) {
    for (size_t i = 0; i < modules->count; i++)
        migci_session_free(&modules->items[i].session);
    if (modules->hooked)
        migci_hook(&modules->outer, MIGC_AFTER_RUN, NULL);
    modules->outer.result.count =
        modules->outer.options->flags & MIGC_DRY_RUN ? modules->action_count : modules->done;
    migci_free_all(&modules->memory);
    return migci_session_close(&modules->outer);
}

/* The waits of the call itself: a set's session has watched its own. */
static void watch_call_again(migci_modules *modules) {
    if (modules->watched)
        modules->outer.options->progress->watch(&modules->outer);
}

/* A lock may be in the way of this, too: so it is watched. */
migc_code migci_modules_read(migci_modules *modules) {
    const migci_target all = {NULL, 0};
    for (size_t i = 0; i < modules->count; i++) {
        migci_module *module = &modules->items[i];
        migci_session *session = &module->session;
        const migc_progress_part *progress = session->options->progress;
        module->limit = MIGCI_NO_LIMIT;
        migc_code code = progress ? progress->enter(session) : MIGC_OK;
        if (code == MIGC_OK)
            code = migci_session_unpack(session);
        if (code == MIGC_OK)
            code = migci_read_plan(session, all);
        if (progress)
            progress->leave(session);
        watch_call_again(modules);
        if (code != MIGC_OK) {
            name_set(modules, module);
            return modules->outer.error->code;
        }
    }
    return migci_modules_order(modules);
}

/* --------------------------------------------------------------------- runs */

static void describe_state(const migci_modules *modules, char *state, size_t size) {
    size_t used = (size_t)snprintf(state, size, "%s",
                                   modules->done ? "Done before that and kept: "
                                                 : "The database is as it was before the run");
    for (size_t i = 0, listed = 0; i < modules->count; i++) {
        const migci_module *module = &modules->items[i];
        if (module->kept && used < size)
            used += (size_t)snprintf(state + used, size - used, "%s%s %zu", listed++ ? ", " : "",
                                     module->known->name, module->kept);
    }
}

/* A transaction of this session's, or that it had a part in, went with its connection.  How often
 * that happens is counted for all sets together. */
static migc_code bear_loss(migci_modules *modules, migci_session *session) {
    if (session->error->code != MIGC_UNREACHABLE)
        migci_fail(session, MIGC_UNREACHABLE, "the connection broke inside the transaction");
    session->tries = modules->tries;
    session->lost_at = modules->lost_at;
    migc_code code = session->driver.remote->lost(session);
    modules->tries = session->tries;
    modules->lost_at = session->lost_at;
    modules->again = code == MIGC_OK;
    return code;
}

/* Lets the engine run the next `count` actions of one set. */
static migc_code run_module(migci_modules *modules, migci_module *module, size_t count) {
    const migci_target all = {NULL, 0};
    migci_session *session = &module->session;
    describe_state(modules, session->state, sizeof(session->state));
    session->started_us = modules->outer.started_us;
    module->limit = count;
    module->before = session->result.count;
    session->driver.lost = 0;
    migc_code code = migci_run_session(session, all);
    watch_call_again(modules);
    if (code != MIGC_OK && session->driver.lost)
        code = bear_loss(modules, session);
    if (code != MIGC_OK) {
        memcpy(modules->outer.state, session->state, sizeof(session->state));
        name_set(modules, module);
    }
    return code;
}

/* ------------------------------------------------------ inside a transaction */

static migci_outcome attempt_begin(migci_session *outer) {
    migci_modules *modules = modules_of_session(outer);
    migci_outcome outcome = migci_try_begin(outer, 1);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(outer, "taking the write lock");
    for (size_t i = 0; i < modules->count && outcome == MIGCI_DONE; i++) {
        migci_session *session = &modules->items[i].session;
        if (session->set->no_transaction)
            outcome = session->set->no_transaction->check(session);
        if (outcome != MIGCI_DONE)
            outer->driver.failure = session->driver.failure;
    }
    if (outcome != MIGCI_DONE)
        migci_rollback(outer);
    return outcome;
}

/* The first `end` actions are durable. */
static void go_on_behind(migci_modules *modules, size_t end, const migci_module_action *last) {
    modules->done += end;
    modules->lost = modules->tries = 0;
    modules->lost_at = NULL;
    migci_modules_emit(modules, MIGC_EVENT_COMMITTED, last, modules->done, NULL);
    migci_hook(&modules->outer, MIGC_AFTER_COMMIT, NULL);
}

/* The histories were read again: what became of the COMMIT whose answer was lost is known. */
static void learn_of_unknown(migci_modules *modules) {
    const migci_module_action last = modules->unknown_last;
    size_t count = modules->unknown.actions;
    modules->unknown.actions = 0;
    if (!count)
        return;
    bool happened = migci_has_happened(last.module->session.history, &modules->unknown);
    for (size_t i = 0; i < modules->count; i++) {
        modules->items[i].kept += happened ? modules->items[i].unknown : 0;
        modules->items[i].unknown = 0;
    }
    if (happened)
        go_on_behind(modules, count, &last);
    else
        migci_modules_emit(modules, MIGC_EVENT_ROLLED_BACK, &last, modules->done,
                           "the answer to COMMIT was lost, and it had not happened");
}

/* After a lost answer the histories are read again. */
static migc_code end_module_commit(migci_modules *modules, size_t end, migci_outcome outcome) {
    migci_session *outer = &modules->outer;
    assert(end > 0 && end <= modules->action_count && !modules->nested);
    if (outcome == MIGCI_DONE) {
        const migci_module_action last = modules->actions[end - 1];
        for (size_t i = 0; i < end; i++)
            modules->actions[i].module->kept++;
        go_on_behind(modules, end, &last);
        return MIGC_OK;
    }
    if (outcome == MIGCI_UNKNOWN) {
        /* Notes what the history has of the last set if the COMMIT happened. */
        const migci_module_action *last = &modules->actions[end - 1];
        const migci_history *history = last->module->session.history;
        migci_unknown *unknown = &modules->unknown;
        *unknown = (migci_unknown){.actions = end, .rows = history->count};
        if (history->count)
            snprintf(unknown->chain, sizeof(unknown->chain), "%.63s",
                     history->rows[history->count - 1]->chain);
        modules->unknown_last = *last;
        for (size_t i = 0; i < end; i++)
            modules->actions[i].module->unknown++;
    }
    migci_rollback(outer);
    describe_state(modules, outer->state, sizeof(outer->state));
    if (outcome == MIGCI_REFUSED) {
        migci_note_failure(outer);
    } else if (++modules->lost <= MOST_LOST_ANSWERS) {
        memset(outer->error, 0, sizeof(*outer->error));
        outer->state[0] = '\0';
    }
    return outer->error->code;
}

/* Another process may have been faster, so what there is to do is read again; where the
 * transaction that was begun does not fit it any more, the next round begins another. */
static migc_code run_inside(migci_modules *modules, unsigned kind) {
    migc_code code = migci_modules_read(modules);
    size_t end = 1;
    if (code == MIGC_OK && modules->outer.driver.remote && !migci_in_transaction(&modules->outer))
        return bear_loss(modules, &modules->outer);
    if (code != MIGC_OK || !modules->action_count ||
        migci_transaction_kind(modules->actions[0].migration, false) != kind) {
        migci_rollback(&modules->outer);
        return code;
    }
    while (end < modules->action_count && !modules->actions[end].begins_transaction)
        end++;
    modules->existed = modules->items[0].session.history->exists;
    migci_nest_enter(modules);
    /* Successive actions of one set run together. */
    for (size_t i = 0, next; i < end && code == MIGC_OK && !modules->again; i = next) {
        for (next = i + 1;
             next < end && modules->actions[next].module == modules->actions[i].module;)
            next++;
        modules->ran = modules->done + i;
        modules->last = next == end;
        code = run_module(modules, modules->actions[i].module, next - i);
    }
    migci_nest_leave(modules);
    if (code == MIGC_OK && !modules->again)
        return end_module_commit(modules, end, migci_commit(&modules->outer));
    migci_rollback(&modules->outer);
    return code;
}

static migci_outcome attempt_outer_settings(migci_session *outer) {
    migci_modules *modules = modules_of_session(outer);
    int foreign_keys = (modules->actions[0].migration->flags & MIGC_FOREIGN_KEYS_ON) != 0;
    return migci_settings_enter(outer, &modules->settings, foreign_keys) == MIGC_OK ? MIGCI_DONE
                                                                                    : MIGCI_REFUSED;
}

static migc_code transact_modules(migci_modules *modules, unsigned kind) {
    migci_session *outer = &modules->outer;
    if (migci_retry(outer, attempt_outer_settings) != MIGCI_DONE)
        return outer->error->code;
    migc_code code = migci_retry(outer, attempt_begin) == MIGCI_DONE ? run_inside(modules, kind)
                                                                     : outer->error->code;
    migci_settings_leave(outer, &modules->settings);
    return code;
}

/* ---------------------------------------------------------------------- run */

static migc_code run_module_group(migci_modules *modules) {
    unsigned kind = migci_transaction_kind(modules->actions[0].migration, false);
    migc_code code;
    modules->again = false;
    if (kind & MIGC_NO_TRANSACTION) { /* it runs alone */
        migci_module *module = modules->actions[0].module;
        size_t before = module->session.result.count;
        modules->ran = modules->done;
        code = run_module(modules, module, 1);
        size_t ran = module->session.result.count - before;
        module->kept += ran;
        modules->done += ran;
    } else {
        code = transact_modules(modules, kind);
    }
    if (code != MIGC_OK && !*modules->outer.state)
        describe_state(modules, modules->outer.state, sizeof(modules->outer.state));
    return code;
}

/* Reads what is pending, once no other process reverts outside transactions what counts as applied
 * until that is done. */
static migc_code read_settled(migci_modules *modules) {
    migc_code code = migci_modules_read(modules);
    bool waited = false;
    for (size_t i = 0; i < modules->count && !modules->action_count && code == MIGC_OK; i++) {
        bool waited_for_set;
        code = migci_wait_for_reverting(&modules->items[i].session, &waited_for_set);
        waited |= waited_for_set;
        if (code != MIGC_OK)
            name_set(modules, &modules->items[i]);
    }
    return code == MIGC_OK && waited ? migci_modules_read(modules) : code;
}

static migc_code run_modules(migci_modules *modules) {
    bool is_dry = (modules->outer.options->flags & MIGC_DRY_RUN) != 0;
    migc_code code = is_dry ? migci_modules_read(modules) : read_settled(modules);
    modules->total = modules->action_count;
    if (code == MIGC_OK && is_dry) {
        for (size_t i = 0; i < modules->action_count; i++)
            if (migci_modules_emit(modules, MIGC_EVENT_PLANNED, &modules->actions[i], i + 1, "up"))
                return migci_fail(&modules->outer, MIGC_STOPPED, "the program asked to stop");
        return MIGC_OK;
    }
    if (code == MIGC_OK && !modules->action_count) {
        /* The engine writes a lost stamp again; it finds nothing else to do. */
        for (size_t i = 0; i < modules->count; i++)
            run_module(modules, &modules->items[i], 0);
        memset(modules->outer.error, 0, sizeof(*modules->outer.error));
        modules->outer.state[0] = '\0';
    }
    while (code == MIGC_OK && modules->action_count) {
        code = run_module_group(modules);
        if (code == MIGC_OK)
            code = migci_modules_read(modules);
        if (code == MIGC_OK)
            learn_of_unknown(modules);
        modules->total = modules->done + modules->action_count;
    }
    if (code != MIGC_OK && modules->unknown.actions)
        snprintf(modules->outer.state, sizeof(modules->outer.state),
                 "Each transaction is whole or undone; the next start finds out which");
    else if (code != MIGC_OK && modules->done && !*modules->outer.state)
        describe_state(modules, modules->outer.state, sizeof(modules->outer.state));
    return code;
}

/* The modules' own runs are watched by themselves; `progress` is here for the waits between. */
migc_code migc_up_sets(sqlite3 *db, const migc_set *const *sets, size_t count,
                       const migc_options *options, migc_error *error) {
    migci_modules modules;
    bool current = true;
    if (migci_modules_open(&modules, db, sets, count, options, error) == MIGC_OK) {
        for (size_t i = 0; current && i < modules.count; i++)
            current = migci_is_current(&modules.items[i].session);
        const migc_progress_part *progress = current ? NULL : modules.outer.options->progress;
        modules.watched = progress != NULL;
        migc_code code = progress ? progress->enter(&modules.outer) : MIGC_OK;
        if (!current && code == MIGC_OK)
            run_modules(&modules);
        if (progress)
            progress->leave(&modules.outer);
    }
    return migci_modules_close(&modules);
}
