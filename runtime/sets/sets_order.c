/*
 * sets_order.c - orders what is pending in several sets: the sets as they are given,
 * except that a migration waits for those of other sets that it needs.
 */
#include "modules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

migci_module *migci_modules_find(const migci_modules *modules, const char *name) {
    for (size_t i = 0; i < modules->count; i++)
        if (strcmp(modules->items[i].known->name, name) == 0)
            return &modules->items[i];
    return NULL;
}

static const migc_migration *find_in_set(const migc_set *set, const char *name) {
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->migrations[i].name, name) == 0)
            return &set->migrations[i];
    return NULL;
}

static bool is_applied(const migc_states *states, const char *name) {
    for (size_t s = 0; s < states->count; s++)
        if (states->states[s].applied && strcmp(states->states[s].name, name) == 0)
            return true;
    return false;
}

static bool is_ordered(const migci_module *module, const char *name) {
    for (size_t i = 0; i < module->next; i++)
        if (strcmp(module->session.plan.actions[i].migration->name, name) == 0)
            return true;
    return false;
}

/* Whether it will be applied.  For a set that this program does not have, that is looked up in the
 * history.  Returns -1 when the history cannot be read. */
static int is_met(migci_modules *modules, const migc_need *need) {
    const migci_module *other = migci_modules_find(modules, need->set);
    bool has = false;
    if (other)
        return is_applied(&other->session.states, need->name) || is_ordered(other, need->name);
    return migci_history_has(&modules->outer, need->set, need->name, &has) == MIGC_OK ? has : -1;
}

/* The first need of the module's next action that is not met, or NULL. */
static migc_code find_unmet(migci_modules *modules, const migci_module *module,
                            const migc_need **unmet) {
    const migc_migration *migration = module->session.plan.actions[module->next].migration;
    *unmet = NULL;
    for (size_t i = 0; i < module->needs.count && !*unmet; i++) {
        const migc_need *need = &module->needs.needs[i];
        if (need->version != migration->version)
            continue;
        int met = is_met(modules, need);
        if (met < 0)
            return modules->outer.error->code;
        if (!met)
            *unmet = need;
    }
    return MIGC_OK;
}

/* ----------------------------------------------------------------- refusals */

static const migc_migration *next_of(const migci_module *module) {
    return module->session.plan.actions[module->next].migration;
}

/* Nothing that is pending will bring it. */
static migc_code refuse_lacking(migci_modules *modules, const migci_module *module,
                                const migc_need *need) {
    const migci_module *other = migci_modules_find(modules, need->set);
    migci_blame(&modules->outer, next_of(module), NULL);
    if (other && !find_in_set(other->session.set, need->name))
        return migci_fail(&modules->outer, MIGC_NEEDS,
                          "%s: %s needs %s of the set \"%s\", which has no such migration in this"
                          " program; build it with the \"%s\" that has it",
                          module->known->name, next_of(module)->file, need->name, need->set,
                          need->set);
    return migci_fail(&modules->outer, MIGC_NEEDS,
                      "%s: %s needs %s of the set \"%s\", which this database does not have; %s",
                      module->known->name, next_of(module)->file, need->name, need->set,
                      other ? "it is left out there because later ones are applied"
                            : "bring that set up first, with the program that has it");
}

/* Follows who waits for whom: after as many steps as there are sets it is in the circle. */
static migc_code refuse_order(migci_modules *modules, const migci_module *module) {
    for (size_t i = 0; i <= modules->count; i++) {
        const migc_need *need = NULL;
        migc_code code = find_unmet(modules, module, &need);
        if (code != MIGC_OK || !need)
            return code;
        const migci_module *other = migci_modules_find(modules, need->set);
        if (!other || other->next == other->session.plan.count ||
            !find_in_set(other->session.set, need->name))
            return refuse_lacking(modules, module, need);
        module = other;
    }
    /* The chain of waiting comes back to a set it has been at. */
    const migci_module *start = module;
    char words[600] = "";
    do {
        const migc_need *need = NULL;
        size_t used = strlen(words);
        if (find_unmet(modules, module, &need) != MIGC_OK || !need)
            return modules->outer.error->code;
        snprintf(words + used, sizeof(words) - used, "%s%s/%s needs %s/%s", used ? ", " : "",
                 module->known->name, next_of(module)->name, need->set, need->name);
        module = migci_modules_find(modules, need->set);
    } while (module != start);
    migci_blame(&modules->outer, next_of(module), NULL);
    return migci_fail(&modules->outer, MIGC_NEEDS,
                      "the sets wait for each other: %s; take one of these out of its Depends: and"
                      " build again",
                      words);
}

/* -------------------------------------------------------------------- order */

static bool begins_transaction(const migci_modules *modules, const migc_migration *migration) {
    if (!modules->action_count || modules->options.flags & MIGC_EACH)
        return true;
    const migc_migration *before = modules->actions[modules->action_count - 1].migration;
    unsigned kind = migci_transaction_kind(migration, false);
    return kind != migci_transaction_kind(before, false) || kind & MIGC_NO_TRANSACTION;
}

/* The first set whose next action has all it needs.  That depends on nothing but what is there,
 * so whoever goes on from the middle of an order goes on in the same one. */
static migc_code find_ready(migci_modules *modules, migci_module **ready) {
    migc_code code = MIGC_OK;
    *ready = NULL;
    for (size_t i = 0; i < modules->count && code == MIGC_OK && !*ready; i++) {
        migci_module *module = &modules->items[i];
        const migc_need *unmet = NULL;
        if (module->next == module->session.plan.count)
            continue;
        code = find_unmet(modules, module, &unmet);
        if (code == MIGC_OK && !unmet)
            *ready = module;
    }
    return code;
}

migc_code migci_modules_order(migci_modules *modules) {
    migc_code code = MIGC_OK;
    migci_module *ready;
    size_t needed = 0;
    modules->action_count = 0;
    for (size_t i = 0; i < modules->count; i++) {
        modules->items[i].next = 0;
        needed += modules->items[i].session.plan.count;
    }
    if (needed > modules->room) {
        modules->actions = migci_allocate(&modules->memory, needed * sizeof(*modules->actions));
        modules->room = modules->actions ? needed : 0;
    }
    if (needed && !modules->actions)
        return migci_fail(&modules->outer, MIGC_NO_MEMORY, "out of memory, while planning");
    while (code == MIGC_OK && (code = find_ready(modules, &ready)) == MIGC_OK && ready) {
        const migc_migration *migration = next_of(ready);
        bool begins = begins_transaction(modules, migration);
        assert(modules->action_count < modules->room);
        modules->actions[modules->action_count++] = (migci_module_action){ready, migration, begins};
        ready->next++;
    }
    for (size_t i = 0; i < modules->count && code == MIGC_OK; i++)
        if (modules->items[i].next < modules->items[i].session.plan.count)
            code = refuse_order(modules, &modules->items[i]);
    return code;
}
