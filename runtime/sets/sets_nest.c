/*
 * sets_nest.c - several runs of the engine inside one transaction.
 *
 * Each set's session runs as ever, through a driver whose BEGIN and COMMIT are
 * nothing while the outer transaction is open, and whose ROLLBACK is that of
 * the outer one.  Events and hooks are passed on as those of one run.
 */
#include "joint.h"

#include <stdio.h>

static migci_joint *modules_of_driver(migci_driver *driver) {
    migci_member *member =
        (migci_member *)(void *)((char *)driver - offsetof(migci_member, session.driver));
    return member->joint;
}

/* ------------------------------------------------------------------- driver */

/* After the rollback of what went before in the transaction nothing may run on alone; only
 * the failure is still noted. */
static migci_outcome begin_nested(migci_driver *driver, int write) {
    migci_joint *joint = modules_of_driver(driver);
    if (joint->nested)
        return MIGCI_DONE;
    if (joint->undone && write && joint->outer.error->code == MIGC_OK) {
        driver->failure.code = MIGC_STEP_FAILED;
        snprintf(driver->failure.reason, sizeof driver->failure.reason,
                 "the transaction was rolled back");
        return MIGCI_REFUSED;
    }
    return joint->real->begin(driver, write);
}

static migci_outcome commit_nested(migci_driver *driver) {
    migci_joint *joint = modules_of_driver(driver);
    return joint->nested ? MIGCI_DONE : joint->real->commit(driver);
}

/* What the members have read inside it is gone, the history's tables perhaps too. */
static void rollback_nested(migci_driver *driver) {
    migci_joint *joint = modules_of_driver(driver);
    if (!joint->nested) {
        joint->real->rollback(driver);
        return;
    }
    joint->nested = 0;
    joint->undone = 1;
    for (size_t i = 0; i < joint->count; i++)
        joint->members[i].session.history.exists = joint->existed;
    joint->real->close(driver);
    joint->real->rollback(&joint->outer.driver);
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

void migci_nest_enter(migci_joint *joint) {
    joint->nested = 1;
    joint->undone = 0;
}

void migci_nest_leave(migci_joint *joint) {
    joint->nested = joint->undone = 0;
}

/* ------------------------------------------------------------------- events */

/* The engine was given a set of ours; the program is to see its own. */
static const migc_set *known_set(const migci_joint *joint, const migc_set *set) {
    for (size_t i = 0; i < joint->count; i++)
        if (&joint->members[i].set == set)
            return joint->members[i].known;
    return set;
}

static int forward_event(const migc_event *event, void *user) {
    migci_joint *joint = user;
    migc_event told = *event;
    told.set = known_set(joint, event->set);
    if (event->count) {
        told.index += joint->ran;
        told.count = joint->total;
    }
    if (event->type == MIGC_EVENT_COMMITTED && joint->nested)
        return 0;
    return migci_emit(&joint->outer, &told);
}

int migci_joint_emit(migci_joint *joint, migc_event_type type, const migci_joint_action *action,
                     size_t index, const char *detail) {
    migc_event event = {0};
    event.type = type;
    event.set = action->member->known;
    event.migration = action->migration;
    event.index = index;
    event.count = joint->total;
    event.detail = detail;
    event.duration_us = migci_now_us() - joint->outer.started_us;
    return migci_emit(&joint->outer, &event);
}

/* -------------------------------------------------------------------- hooks */

static int is_for_host(migci_joint *joint, migc_hook_point point) {
    int first = !joint->hooked;
    switch (point) {
    case MIGC_BEFORE_RUN:
        joint->hooked = 1;
        return first;
    case MIGC_BEFORE_COMMIT:
        return !joint->nested || joint->last;
    case MIGC_AFTER_COMMIT:
        return !joint->nested;
    case MIGC_AFTER_RUN: /* sets.c tells */
        return 0;
    default:
        return 1;
    }
}

static int forward_hook(migc_context *context, migc_hook_point point, void *user) {
    migci_joint *joint = user;
    int answer = 0;
    if (!is_for_host(joint, point))
        return 0;
    const migc_hook *hook = joint->outer.options->hooks;
    for (; hook && (!answer || point >= MIGC_AFTER_COMMIT); hook = hook->next)
        answer = hook->run(context, point, hook->user);
    return answer;
}

void migci_nest_prepare(migci_joint *joint, const migc_options *host) {
    joint->real = joint->outer.driver.methods;
    joint->options = *host;
    joint->options.result = NULL;
    joint->options.on_event = host->on_event ? forward_event : NULL;
    joint->options.event_user = joint;
    joint->hook.run = forward_hook;
    joint->hook.user = joint;
    joint->options.hooks = host->hooks ? &joint->hook : NULL;
    for (size_t i = 0; i < joint->count; i++)
        joint->members[i].session.driver.methods = &methods;
}
