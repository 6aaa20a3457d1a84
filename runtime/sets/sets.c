/*
 * sets.c - migc_up_sets(): several sets, the modules of one database, brought
 * up together, all or nothing.
 *
 * What is pending in all of them is put into one order and cut into
 * transactions as that of one set is.  Each transaction is opened here, with
 * the histories read again inside its lock; in it the engine runs on one set
 * after the other (sets_nest.c).
 */
#include "joint.h"

#include <stdio.h>
#include <string.h>

enum { MOST_LOST_ANSWERS = 3 };

static migci_joint *modules_of_session(migci_session *outer) {
    return (migci_joint *)(void *)((char *)outer - offsetof(migci_joint, outer));
}

/* ------------------------------------------------------- the sets' sessions */

/* The engine asks here instead of the set's own needs. */
static migc_code check_needs(migci_session *session) {
    migci_member *member =
        (migci_member *)(void *)((char *)session - offsetof(migci_member, session));
    if (member->limit == MIGCI_NO_LIMIT)
        return MIGC_OK;
    if (session->plan.count > member->limit)
        session->plan.count = member->limit;
    return migc_needs_of_sets.check(session);
}

static const migc_needs_part limited = {check_needs};

static void begin_member(migci_joint *joint, migci_member *member, const migc_set *set) {
    static const migc_needs nothing;
    member->joint = joint;
    member->known = set;
    member->set = *set;
    member->needs = set->needs ? *set->needs : nothing;
    member->needs.part = &limited;
    member->set.needs = &member->needs;
    member->limit = MIGCI_NO_LIMIT;
}

/* Two of one name would share their history, two owners of user_version would each find the
 * other's stamp at every start. */
static migc_code check_pair(migci_joint *joint, const migc_set *a, const migc_set *b) {
    if (strcmp(a->name, b->name) == 0)
        return migci_fail(&joint->outer, MIGC_MISUSE, "two of the sets have the name \"%s\"",
                          a->name);
    if (migci_uses_stamp(a) && migci_uses_stamp(b))
        return migci_fail(&joint->outer, MIGC_MISUSE,
                          "the sets \"%s\" and \"%s\" both keep PRAGMA user_version of one"
                          " database; compile all but one with --module",
                          a->name, b->name);
    return MIGC_OK;
}

static migc_code add_member(migci_joint *joint, sqlite3 *db, const migc_set *set) {
    migci_member *member = &joint->members[joint->count];
    migc_error *error = joint->outer.error;
    if (!set || set->abi != MIGC_ABI) /* says so */
        return migci_session_open_packed(&member->session, db, set, NULL, error);
    for (size_t i = 0; i < joint->count; i++)
        if (check_pair(joint, joint->members[i].known, set) != MIGC_OK)
            return error->code;
    begin_member(joint, member, set);
    joint->count++;
    migc_code code =
        migci_session_open_packed(&member->session, db, &member->set, &joint->options, error);
    member->session.shared = 1;
    return code;
}

migc_code migci_joint_open(migci_joint *joint, sqlite3 *db, const migc_set *const *sets,
                           size_t count, const migc_options *options, migc_error *error) {
    memset(joint, 0, sizeof *joint);
    migc_code code =
        migci_session_open_packed(&joint->outer, db, count ? sets[0] : NULL, options, error);
    joint->outer.shared = 1;
    if (code != MIGC_OK)
        return code;
    joint->members = migci_allocate(&joint->memory, count * sizeof *joint->members);
    if (!joint->members)
        return migci_fail(&joint->outer, MIGC_NO_MEMORY, "out of memory, while planning");
    for (size_t i = 0; i < count && code == MIGC_OK; i++)
        code = add_member(joint, db, sets[i]);
    migci_nest_prepare(joint, joint->outer.options);
    return code;
}

/* Which set a message is about, where it does not say so itself. */
static void name_set(migci_joint *joint, const migci_member *member) {
    migc_error *error = joint->outer.error;
    char message[sizeof error->message];
    joint->outer.advice = member->session.advice;
    int fits = (int)sizeof message - 1 - (int)strlen(member->known->name) - 2;
    snprintf(message, sizeof message, "%s: %.*s", member->known->name, fits > 0 ? fits : 0,
             error->message);
    memcpy(error->message, message, sizeof message);
}

migc_code migci_joint_close(migci_joint *joint) {
    for (size_t i = 0; i < joint->count; i++) {
        migci_session *session = &joint->members[i].session;
        session->driver.methods->close(&session->driver);
        migci_free_all(&session->memory);
        migci_free_all(&session->unpacked);
    }
    if (joint->hooked)
        migci_hook(&joint->outer, MIGC_AFTER_RUN, NULL);
    joint->outer.result.count =
        joint->outer.options->flags & MIGC_DRY_RUN ? joint->action_count : joint->done;
    migci_free_all(&joint->memory);
    return migci_session_close(&joint->outer);
}

/* A lock may be in the way of this, too. */
static migc_code look_at(migci_member *member) {
    const migci_target all = {MIGCI_ALL, 0};
    const migc_progress_part *progress = member->session.options->progress;
    member->limit = MIGCI_NO_LIMIT;
    if (progress)
        progress->enter(&member->session);
    migc_code code = migci_session_unpack(&member->session);
    if (code == MIGC_OK)
        code = migci_read_plan(&member->session, all);
    if (progress)
        progress->leave(&member->session);
    return code;
}

migc_code migci_joint_look(migci_joint *joint) {
    for (size_t i = 0; i < joint->count; i++) {
        migci_member *member = &joint->members[i];
        if (look_at(member) != MIGC_OK) {
            name_set(joint, member);
            return joint->outer.error->code;
        }
    }
    return migci_joint_order(joint);
}

/* --------------------------------------------------------------------- runs */

static void describe_state(const migci_joint *joint, char *state, size_t size) {
    size_t used = (size_t)snprintf(state, size, "%s",
                                   joint->done ? "Done before that and kept: "
                                               : "The database is as it was before the run");
    for (size_t i = 0, told = 0; i < joint->count; i++) {
        const migci_member *member = &joint->members[i];
        if (member->kept && used < size)
            used += (size_t)snprintf(state + used, size - used, "%s%s %zu", told++ ? ", " : "",
                                     member->known->name, member->kept);
    }
}

/* Lets the engine run the next `count` actions of one set. */
static migc_code run_member(migci_joint *joint, migci_member *member, size_t count) {
    const migci_target all = {MIGCI_ALL, 0};
    migci_session *session = &member->session;
    describe_state(joint, session->state, sizeof session->state);
    session->started_us = joint->outer.started_us;
    member->limit = count;
    migc_code code = migci_run_session(session, all);
    if (code != MIGC_OK) {
        memcpy(joint->outer.state, session->state, sizeof session->state);
        name_set(joint, member);
    }
    return code;
}

static size_t module_group_end(const migci_joint *joint) {
    size_t end = 1;
    while (end < joint->action_count && !joint->actions[end].begins_transaction)
        end++;
    return end;
}

static size_t stretch_end(const migci_joint *joint, size_t first, size_t end) {
    size_t next = first + 1;
    while (next < end && joint->actions[next].member == joint->actions[first].member)
        next++;
    return next;
}

static void count_kept(migci_joint *joint, size_t end) {
    for (size_t i = 0; i < end; i++)
        joint->actions[i].member->kept++;
    joint->done += end;
}

/* ------------------------------------------------------ inside a transaction */

static migci_outcome attempt_begin(migci_session *outer) {
    migci_joint *joint = modules_of_session(outer);
    migci_outcome outcome = migci_try_begin(outer, 1);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(outer, "taking the write lock");
    for (size_t i = 0; i < joint->count && outcome == MIGCI_DONE; i++) {
        migci_session *session = &joint->members[i].session;
        if (session->set->no_transaction)
            outcome = session->set->no_transaction->check(session);
        if (outcome != MIGCI_DONE)
            outer->driver.failure = session->driver.failure;
    }
    if (outcome != MIGCI_DONE)
        migci_rollback(outer);
    return outcome;
}

static migc_code run_stretches(migci_joint *joint, size_t end) {
    migc_code code = MIGC_OK;
    for (size_t i = 0, next; i < end && code == MIGC_OK; i = next) {
        next = stretch_end(joint, i, end);
        joint->ran = joint->done + i;
        joint->last = next == end;
        code = run_member(joint, joint->actions[i].member, next - i);
    }
    return code;
}

static void tell_commit(migci_joint *joint, size_t end) {
    const migci_joint_action last = joint->actions[end - 1];
    count_kept(joint, end);
    migci_joint_emit(joint, MIGC_EVENT_COMMITTED, &last, joint->done, NULL);
    migci_hook(&joint->outer, MIGC_AFTER_COMMIT, NULL);
}

/* After an answer that was lost the histories are read again. */
static migc_code settle_module_commit(migci_joint *joint, size_t end, migci_outcome outcome) {
    migci_session *outer = &joint->outer;
    if (outcome == MIGCI_DONE) {
        tell_commit(joint, end);
        return MIGC_OK;
    }
    migci_rollback(outer);
    describe_state(joint, outer->state, sizeof outer->state);
    if (outcome == MIGCI_REFUSED) {
        migci_note_failure(outer);
    } else if (++joint->lost <= MOST_LOST_ANSWERS) {
        memset(outer->error, 0, sizeof *outer->error);
        outer->state[0] = '\0';
    } else {
        snprintf(outer->state, sizeof outer->state,
                 "Each transaction is whole or undone; the next start finds out which");
    }
    return outer->error->code;
}

/* Another process may have been faster, so what there is to do is looked at again; where the
 * transaction that was begun does not fit it any more, the next round begins another. */
static migc_code run_inside(migci_joint *joint, unsigned kind) {
    migc_code code = migci_joint_look(joint);
    int fits =
        code == MIGC_OK && joint->action_count &&
        (joint->actions[0].migration->flags & (MIGC_NO_TRANSACTION | MIGC_FOREIGN_KEYS_ON)) == kind;
    size_t end = fits ? module_group_end(joint) : 0;
    if (fits) {
        joint->existed = joint->members[0].session.history.exists;
        migci_nest_enter(joint);
        code = run_stretches(joint, end);
        migci_nest_leave(joint);
    }
    if (fits && code == MIGC_OK)
        return settle_module_commit(joint, end, migci_commit(&joint->outer));
    migci_rollback(&joint->outer);
    return code;
}

static migc_code transact_modules(migci_joint *joint, unsigned kind) {
    migci_session *outer = &joint->outer;
    migci_settings settings;
    migc_code code = migci_settings_enter(outer, &settings, (kind & MIGC_FOREIGN_KEYS_ON) != 0);
    if (code != MIGC_OK)
        return code;
    code = migci_retry(outer, attempt_begin) == MIGCI_DONE ? run_inside(joint, kind)
                                                           : outer->error->code;
    migci_settings_leave(outer, &settings);
    return code;
}

/* ---------------------------------------------------------------------- run */

static migc_code run_alone(migci_joint *joint) {
    migci_member *member = joint->actions[0].member;
    size_t before = member->session.result.count;
    joint->ran = joint->done;
    migc_code code = run_member(joint, member, 1);
    size_t ran = member->session.result.count - before;
    member->kept += ran;
    joint->done += ran;
    return code;
}

static migc_code run_module_group(migci_joint *joint) {
    const unsigned kinds = MIGC_NO_TRANSACTION | MIGC_FOREIGN_KEYS_ON;
    unsigned kind = joint->actions[0].migration->flags & kinds;
    migc_code code = kind & MIGC_NO_TRANSACTION ? run_alone(joint) : transact_modules(joint, kind);
    if (code != MIGC_OK && !*joint->outer.state)
        describe_state(joint, joint->outer.state, sizeof joint->outer.state);
    return code;
}

static migc_code announce(migci_joint *joint) {
    for (size_t i = 0; i < joint->action_count; i++)
        if (migci_joint_emit(joint, MIGC_EVENT_PLANNED, &joint->actions[i], i + 1, "up"))
            return migci_fail(&joint->outer, MIGC_STOPPED, "the program asked to stop");
    return MIGC_OK;
}

/* A stamp that was lost is put back by the engine, which finds nothing else to do. */
static void restore_stamps(migci_joint *joint) {
    for (size_t i = 0; i < joint->count; i++)
        run_member(joint, &joint->members[i], 0);
    memset(joint->outer.error, 0, sizeof *joint->outer.error);
    joint->outer.state[0] = '\0';
}

static migc_code run_modules(migci_joint *joint) {
    migc_code code = migci_joint_look(joint);
    joint->total = joint->action_count;
    if (code == MIGC_OK && joint->outer.options->flags & MIGC_DRY_RUN)
        return announce(joint);
    if (code == MIGC_OK && !joint->action_count)
        restore_stamps(joint);
    while (code == MIGC_OK && joint->action_count) {
        code = run_module_group(joint);
        if (code == MIGC_OK)
            code = migci_joint_look(joint);
        joint->total = joint->done + joint->action_count;
    }
    if (code != MIGC_OK && joint->done && !*joint->outer.state)
        describe_state(joint, joint->outer.state, sizeof joint->outer.state);
    return code;
}

/* The members' own runs watch themselves; this is for the waits between them. */
static void run_watched(migci_joint *joint) {
    const migc_progress_part *progress = joint->outer.options->progress;
    if (progress)
        progress->enter(&joint->outer);
    run_modules(joint);
    if (progress)
        progress->leave(&joint->outer);
}

static int is_current(migci_joint *joint) {
    for (size_t i = 0; i < joint->count; i++)
        if (!migci_is_current(&joint->members[i].session))
            return 0;
    return 1;
}

migc_code migc_up_sets(sqlite3 *db, const migc_set *const *sets, size_t count,
                       const migc_options *options, migc_error *error) {
    migci_joint joint;
    if (migci_joint_open(&joint, db, sets, count, options, error) == MIGC_OK && !is_current(&joint))
        run_watched(&joint);
    return migci_joint_close(&joint);
}
