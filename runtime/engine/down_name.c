/*
 * down_name.c - migc_down_name(): reverts the latest migration if it has this name.
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

struct named {
    int64_t version;
    const char *name;
    migc_hook hook;
};

/* By the whole name, or by the part after the number if only one migration has it. */
static const migc_migration *find_called(const migc_set *set, const char *name) {
    const migc_migration *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        const char *bare = strchr(set->migrations[i].name, '_');
        if (strcmp(set->migrations[i].name, name) == 0)
            return &set->migrations[i];
        if (bare && strcmp(bare + 1, name) == 0) {
            found = &set->migrations[i];
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

static migc_code check_named(migci_session *session, struct named *named) {
    const migc_migration *migration = find_called(session->set, named->name);
    const migc_states *states = &session->states;
    char on_top[400] = ""; /* "004_b, 005_c" */
    bool is_applied = false;
    if (!migration)
        return migci_fail(session, MIGC_NO_SUCH_VERSION,
                          "this program has no migration '%.200s', or several", named->name);
    migc_code code = migci_read_states(session);
    if (code != MIGC_OK)
        return code;
    named->version = migration->version;
    for (size_t i = 0; i < states->count; i++) {
        const migc_state *state = &states->states[i];
        size_t used = strlen(on_top);
        if (state->applied && state->version > named->version)
            snprintf(on_top + used, sizeof(on_top) - used, "%s%s", used ? ", " : "", state->name);
        if (state->version == named->version)
            is_applied = state->applied;
    }
    if (!is_applied)
        return migci_fail(session, MIGC_MISUSE, "%s is not applied. Nothing was changed",
                          migration->name);
    if (*on_top)
        return migci_fail(session, MIGC_MISUSE,
                          "%s cannot be reverted while later ones are applied: %s. Nothing was"
                          " changed",
                          migration->name, on_top);
    return MIGC_OK;
}

/* Another program may have been faster: either the migration of this name is reverted, or none. */
static int stop_at_others(migc_context *context, migc_hook_point point, void *user) {
    const struct named *named = user;
    const migc_migration *running = migc_running(context);
    if (point != MIGC_BEFORE_MIGRATION || !running || running->flags & MIGC_REPEATABLE ||
        running->version == named->version)
        return 0;
    return migc_fail(context, "%s is not the latest any more: %s was applied meanwhile",
                     named->name, running->name);
}

migc_code migc_down_name(sqlite3 *db, const migc_set *set, const char *name,
                         const migc_options *options, migc_error *error) {
    struct named named = {0, name, {stop_at_others, &named, NULL}};
    migc_options own = {0};
    migci_session session;
    if (migci_session_open_any(&session, db, set, options, error) == MIGC_OK &&
        migci_session_unpack(&session) == MIGC_OK)
        check_named(&session, &named);
    migc_code code = migci_session_close(&session);
    if (code != MIGC_OK)
        return code;
    if (options)
        own = *options;
    named.hook.next = own.hooks;
    own.hooks = &named.hook;
    return migc_down(db, set, 1, &own, error);
}
