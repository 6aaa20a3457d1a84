/*
 * sets_order.c - the order of what is pending in several sets: as they are
 * given, but for those that wait for what they need of the others.
 */
#include "joint.h"

#include <stdio.h>
#include <string.h>

migci_member *migci_joint_member(const migci_joint *joint, const char *name) {
    for (size_t i = 0; i < joint->count; i++)
        if (strcmp(joint->members[i].known->name, name) == 0)
            return &joint->members[i];
    return NULL;
}

static const migc_migration *find_needed(const migc_set *set, const char *name) {
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->migrations[i].name, name) == 0)
            return &set->migrations[i];
    return NULL;
}

static int is_applied(const migc_states *states, const char *name) {
    for (size_t s = 0; s < states->count; s++)
        if (states->states[s].applied && strcmp(states->states[s].name, name) == 0)
            return 1;
    return 0;
}

static int is_ordered(const migci_member *member, const char *name) {
    for (size_t i = 0; i < member->next; i++)
        if (strcmp(member->session.plan.actions[i].migration->name, name) == 0)
            return 1;
    return 0;
}

/* Whether it will be there; a set that this program does not have is looked for in the
 * history.  Returns -1 when that cannot be read. */
static int is_met(migci_joint *joint, const migc_need *need) {
    const migci_member *other = migci_joint_member(joint, need->set);
    int has = 0;
    if (other)
        return is_applied(&other->session.states, need->name) || is_ordered(other, need->name);
    return migci_history_has(&joint->outer, need->set, need->name, &has) == MIGC_OK ? has : -1;
}

/* The first need of the member's next action that is not met, or NULL. */
static migc_code find_unmet(migci_joint *joint, const migci_member *member,
                            const migc_need **unmet) {
    const migc_migration *migration = member->session.plan.actions[member->next].migration;
    *unmet = NULL;
    for (size_t i = 0; i < member->needs.count && !*unmet; i++) {
        const migc_need *need = &member->needs.needs[i];
        if (need->version != migration->version)
            continue;
        int met = is_met(joint, need);
        if (met < 0)
            return joint->outer.error->code;
        if (!met)
            *unmet = need;
    }
    return MIGC_OK;
}

/* ----------------------------------------------------------------- refusals */

static const migc_migration *next_of(const migci_member *member) {
    return member->session.plan.actions[member->next].migration;
}

/* Nothing that is pending will bring it. */
static migc_code refuse_lacking(migci_joint *joint, const migci_member *member,
                                const migc_need *need) {
    const migci_member *other = migci_joint_member(joint, need->set);
    migci_blame(&joint->outer, next_of(member), NULL);
    if (other && !find_needed(other->session.set, need->name))
        return migci_fail(&joint->outer, MIGC_NEEDS,
                          "%s: %s needs %s of the set \"%s\", which has no such migration in this"
                          " program; build it with the \"%s\" that has it",
                          member->known->name, next_of(member)->file, need->name, need->set,
                          need->set);
    return migci_fail(&joint->outer, MIGC_NEEDS,
                      "%s: %s needs %s of the set \"%s\", which this database does not have; %s",
                      member->known->name, next_of(member)->file, need->name, need->set,
                      other ? "it is left out there because later ones are applied"
                            : "bring that set up first, with the program that has it");
}

/* A chain of waiting that comes back to a set it has been at. */
static migc_code refuse_cycle(migci_joint *joint, const migci_member *start) {
    const migci_member *member = start;
    char words[600] = "";
    do {
        const migc_need *need = NULL;
        size_t used = strlen(words);
        if (find_unmet(joint, member, &need) != MIGC_OK || !need)
            return joint->outer.error->code;
        snprintf(words + used, sizeof words - used, "%s%s/%s needs %s/%s", used ? ", " : "",
                 member->known->name, next_of(member)->name, need->set, need->name);
        member = migci_joint_member(joint, need->set);
    } while (member != start);
    migci_blame(&joint->outer, next_of(start), NULL);
    return migci_fail(&joint->outer, MIGC_NEEDS,
                      "the sets wait for each other: %s; take one of these out of its Depends: and"
                      " build again",
                      words);
}

/* Follows who waits for whom: after as many steps as there are sets it is in the circle. */
static migc_code refuse(migci_joint *joint, const migci_member *member) {
    for (size_t i = 0; i <= joint->count; i++) {
        const migc_need *need = NULL;
        migc_code code = find_unmet(joint, member, &need);
        if (code != MIGC_OK || !need)
            return code;
        const migci_member *other = migci_joint_member(joint, need->set);
        if (!other || other->next == other->session.plan.count ||
            !find_needed(other->session.set, need->name))
            return refuse_lacking(joint, member, need);
        member = other;
    }
    return refuse_cycle(joint, member);
}

/* -------------------------------------------------------------------- order */

static int begins_transaction(const migci_joint *joint, const migc_migration *migration) {
    const unsigned kinds = MIGC_NO_TRANSACTION | MIGC_FOREIGN_KEYS_ON;
    unsigned kind = migration->flags & kinds;
    if (!joint->action_count || joint->options.flags & MIGC_EACH)
        return 1;
    return kind != (joint->actions[joint->action_count - 1].migration->flags & kinds) ||
           kind & MIGC_NO_TRANSACTION;
}

static void take(migci_joint *joint, migci_member *member) {
    const migc_migration *migration = next_of(member);
    migci_joint_action action = {member, migration, begins_transaction(joint, migration)};
    joint->actions[joint->action_count++] = action;
    member->next++;
}

/* The first set whose next action has all it needs.  That depends on nothing but what is there,
 * so whoever goes on from the middle of an order goes on in the same one. */
static migc_code find_ready(migci_joint *joint, migci_member **ready) {
    migc_code code = MIGC_OK;
    *ready = NULL;
    for (size_t i = 0; i < joint->count && code == MIGC_OK && !*ready; i++) {
        migci_member *member = &joint->members[i];
        const migc_need *unmet = NULL;
        if (member->next == member->session.plan.count)
            continue;
        code = find_unmet(joint, member, &unmet);
        if (code == MIGC_OK && !unmet)
            *ready = member;
    }
    return code;
}

static migc_code make_action_room(migci_joint *joint) {
    size_t needed = 0;
    for (size_t i = 0; i < joint->count; i++)
        needed += joint->members[i].session.plan.count;
    if (needed > joint->room) {
        joint->actions = migci_allocate(&joint->memory, needed * sizeof *joint->actions);
        joint->room = joint->actions ? needed : 0;
    }
    return joint->actions || !needed
               ? MIGC_OK
               : migci_fail(&joint->outer, MIGC_NO_MEMORY, "out of memory, while planning");
}

migc_code migci_joint_order(migci_joint *joint) {
    migc_code code = make_action_room(joint);
    migci_member *ready;
    joint->action_count = 0;
    for (size_t i = 0; i < joint->count; i++)
        joint->members[i].next = 0;
    while (code == MIGC_OK && (code = find_ready(joint, &ready)) == MIGC_OK && ready)
        take(joint, ready);
    for (size_t i = 0; i < joint->count && code == MIGC_OK; i++)
        if (joint->members[i].next < joint->members[i].session.plan.count)
            code = refuse(joint, &joint->members[i]);
    return code;
}
