/*
 * sets_nest.c - several runs of the engine inside one transaction.
 *
 * Each set's session runs as usual, but through a driver whose BEGIN and COMMIT do
 * nothing while the outer transaction is open, and whose ROLLBACK ends the outer one.
 * Events and hooks are passed on as those of one run.
 */
#include "modules.h"

#include <assert.h>
#include <stdio.h>

static migci_modules *modules_of_driver(migci_driver *driver) {
    migci_module *module =
        (migci_module *)(void *)((char *)driver - offsetof(migci_module, session.driver));
    return module->modules;
}

/* ------------------------------------------------------------------- driver */

/* After the rollback of what went before in the transaction nothing may run on alone; only
 * the failure is still noted. */
static migci_outcome begin_nested(migci_driver *driver, int write) {
    migci_modules *modules = modules_of_driver(driver);
    if (modules->nested && modules->real->in_transaction(driver))
        return MIGCI_DONE;
    if (modules->nested) { /* it went with its connection */
        driver->lost = 1;
        driver->failure.code = MIGC_STEP_FAILED; /* nothing is waited for */
        return MIGCI_REFUSED;
    }
    if (modules->undone && write && modules->outer.error->code == MIGC_OK) {
        driver->failure.code = MIGC_STEP_FAILED;
        snprintf(driver->failure.reason, sizeof(driver->failure.reason),
                 "the transaction was rolled back");
        return MIGCI_REFUSED;
    }
    return modules->real->begin(driver, write);
}

static migci_outcome commit_nested(migci_driver *driver) {
    migci_modules *modules = modules_of_driver(driver);
    return modules->nested ? MIGCI_DONE : modules->real->commit(driver);
}

/* What the modules have read inside it is void; the tables of the history may be gone, too. */
static void rollback_nested(migci_driver *driver) {
    migci_modules *modules = modules_of_driver(driver);
    if (!modules->nested) {
        modules->real->rollback(driver);
        return;
    }
    modules->nested = false;
    modules->undone = true;
    for (size_t i = 0; i < modules->count; i++)
        modules->items[i].session.history->exists = modules->existed;
    modules->real->close(driver);
    modules->real->rollback(&modules->outer.driver);
}

static migci_outcome query(migci_driver *driver, const char *sql, const migci_value *values,
                           int count, migci_row_function *row, void *argument) {
    return modules_of_driver(driver)->real->query(driver, sql, values, count, row, argument);
}

static int in_transaction(migci_driver *driver) {
    return modules_of_driver(driver)->real->in_transaction(driver);
}

static void close(migci_driver *driver) {
    modules_of_driver(driver)->real->close(driver);
}

static const migci_driver_methods methods = {begin_nested,    query,          commit_nested,
                                             rollback_nested, in_transaction, close};

void migci_nest_enter(migci_modules *modules) {
    assert(!modules->nested && migci_in_transaction(&modules->outer));
    modules->nested = true;
    modules->undone = false;
}

void migci_nest_leave(migci_modules *modules) {
    modules->nested = modules->undone = false;
}

/* ------------------------------------------------------------------- events */

/* The engine was given a set made here; the program is shown its own. */
static int forward_event(const migc_event *event, void *user) {
    migci_modules *modules = user;
    migc_event forwarded = *event;
    for (size_t i = 0; i < modules->count; i++)
        if (&modules->items[i].set == event->set)
            forwarded.set = modules->items[i].known;
    if (event->count) {
        forwarded.index += modules->ran;
        forwarded.count = modules->total;
    }
    if (event->type == MIGC_EVENT_COMMITTED && modules->nested)
        return 0;
    return migci_emit(&modules->outer, &forwarded);
}

int migci_modules_emit(migci_modules *modules, migc_event_type type,
                       const migci_module_action *action, size_t index, const char *detail) {
    migc_event event = {0};
    event.type = type;
    event.set = action->module->known;
    event.migration = action->migration;
    event.index = index;
    event.count = modules->total;
    event.detail = detail;
    event.duration_us = migci_now_us() - modules->outer.started_us;
    return migci_emit(&modules->outer, &event);
}

/* -------------------------------------------------------------------- hooks */

static bool is_for_host(migci_modules *modules, migc_hook_point point) {
    bool first = !modules->hooked;
    switch (point) {
    case MIGC_BEFORE_RUN:
        modules->hooked = true;
        return first;
    case MIGC_BEFORE_COMMIT:
        return !modules->nested || modules->last;
    case MIGC_AFTER_COMMIT:
        return !modules->nested;
    case MIGC_AFTER_RUN: /* sets.c calls it */
        return false;
    default:
        return true;
    }
}

static int forward_hook(migc_context *context, migc_hook_point point, void *user) {
    migci_modules *modules = user;
    int answer = 0;
    if (!is_for_host(modules, point))
        return 0;
    const migc_hook *hook = modules->outer.options->hooks;
    for (; hook && (!answer || point >= MIGC_AFTER_COMMIT); hook = hook->next)
        answer = hook->run(context, point, hook->user);
    return answer;
}

void migci_nest_prepare(migci_modules *modules, const migc_options *host) {
    modules->real = modules->outer.driver.methods;
    modules->options = *host;
    modules->options.result = NULL;
    modules->options.on_event = host->on_event ? forward_event : NULL;
    modules->options.event_user = modules;
    modules->hook.run = forward_hook;
    modules->hook.user = modules;
    modules->options.hooks = host->hooks ? &modules->hook : NULL;
    for (size_t i = 0; i < modules->count; i++)
        modules->items[i].session.driver.methods = &methods;
}
