/*
 * sets_back.c - reverts migrations of one of several sets, or goes to a version, but
 * reverts nothing that an applied migration of another set needs.
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

struct back {
    const migc_set *const *sets;
    size_t count;
    const migc_set *set; /* the one that moves */
    migc_options options;
    migc_hook hook;
};

static migc_code check_need_of_set(migci_session *session, const migc_set *other,
                                   const migc_need *need) {
    const migc_plan *plan = &session->plan;
    const migc_migration *reverted = NULL;
    bool is_of_set = strcmp(need->set, session->set->name) == 0;
    for (size_t i = 0; i < plan->count && is_of_set && !reverted; i++)
        if (plan->actions[i].down && strcmp(plan->actions[i].migration->name, need->name) == 0)
            reverted = plan->actions[i].migration;
    const migc_migration *needing = reverted ? migci_find(other, need->version) : NULL;
    bool has;
    if (!needing)
        return MIGC_OK;
    migc_code code = migci_history_has(session, other->name, needing->name, &has);
    if (code != MIGC_OK || !has)
        return code;
    migci_blame(session, reverted, NULL);
    return migci_fail(session, MIGC_NEEDS,
                      "%s cannot be reverted: %s of the set \"%s\" is applied and needs it;"
                      " revert that first",
                      reverted->file, needing->name, other->name);
}

/* Compares what the plan reverts with what all others have applied. */
static migc_code check_needs_of_others(const struct back *back, migci_session *session) {
    migc_code code = MIGC_OK;
    for (size_t i = 0; i < back->count; i++) {
        const migc_needs *needs = back->sets[i]->needs;
        const migc_set *other = needs ? migci_unpack_set(back->sets[i], &session->unpacked) : NULL;
        if (needs && !other)
            return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while planning");
        for (size_t n = 0; needs && n < needs->count && code == MIGC_OK; n++)
            code = check_need_of_set(session, other, &needs->needs[n]);
    }
    return code;
}

/* Another program may have applied something since the plan was made, so it is checked again
 * under the write lock. */
static int check_in_run(migc_context *context, migc_hook_point point, void *user) {
    if ((point != MIGC_BEFORE_RUN && point != MIGC_BEFORE_COMMIT) ||
        check_needs_of_others(user, context->session) == MIGC_OK)
        return 0;
    context->code = context->session->error->code;
    snprintf(context->reason, sizeof(context->reason), "%.*s", (int)sizeof(context->reason) - 1,
             context->session->error->message);
    return 1;
}

static migc_code go_back(sqlite3 *db, struct back *back, size_t which, migci_target target,
                         const migc_options *options, migc_error *error) {
    migci_session session;
    bool have_sets = true;
    if (options)
        back->options = *options;
    back->hook = (migc_hook){check_in_run, back, back->options.hooks};
    back->options.hooks = &back->hook;
    back->set = back->count ? back->sets[which < back->count ? which : 0] : NULL;
    for (size_t i = 0; i < back->count; i++)
        have_sets &= back->sets[i] != NULL;
    if (migci_session_open_any(&session, db, back->set, &back->options, error) != MIGC_OK ||
        migci_session_unpack(&session) != MIGC_OK)
        return migci_session_close(&session);
    if (!have_sets)
        migci_fail(&session, MIGC_MISUSE, "libmigc was called without a set");
    else if (which >= back->count)
        migci_fail(&session, MIGC_MISUSE, "there are %zu sets, and no number %zu", back->count,
                   which);
    else if (migci_read_plan(&session, target) == MIGC_OK &&
             check_needs_of_others(back, &session) == MIGC_OK)
        migci_run_session(&session, target);
    return migci_session_close(&session);
}

migc_code migc_down_sets(sqlite3 *db, const migc_set *const *sets, size_t count, size_t which,
                         size_t back, const migc_options *options, migc_error *error) {
    struct back move = {.sets = sets, .count = count};
    return go_back(db, &move, which, (migci_target){&migci_back, (int64_t)back}, options, error);
}

migc_code migc_to_sets(sqlite3 *db, const migc_set *const *sets, size_t count, size_t which,
                       int64_t version, const migc_options *options, migc_error *error) {
    struct back move = {.sets = sets, .count = count};
    return go_back(db, &move, which, migci_target_of(version), options, error);
}
