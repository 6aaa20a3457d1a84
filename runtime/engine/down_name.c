/*
 * down_name.c - migc_down_name(): the latest migration, by its name.
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

struct named {
    int64_t version;
    const char *name;
    migc_hook hook;
};

static bool is_called(const migc_migration *migration, const char *name) {
    const char *bare = strchr(migration->name, '_');
    return bare && strcmp(bare + 1, name) == 0;
}

/* By the whole name, or by what is behind the number where one alone has that. */
static const migc_migration *find_called(const migc_set *set, const char *name) {
    const migc_migration *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->migrations[i].name, name) == 0)
            return &set->migrations[i];
        if (is_called(&set->migrations[i], name)) {
            found = &set->migrations[i];
            count++;
        }
    }
    return count == 1 ? found : NULL;
}

/* "004_b, 005_c": what is applied on top of it. */
static void list_on_top(const migc_states *states, int64_t version, char *list, size_t room) {
    list[0] = '\0';
    for (size_t i = 0; i < states->count; i++) {
        size_t used = strlen(list);
        if (states->states[i].applied && states->states[i].version > version)
            snprintf(list + used, room - used, "%s%s", used ? ", " : "", states->states[i].name);
    }
}

static bool is_applied_version(const migc_states *states, int64_t version) {
    for (size_t i = 0; i < states->count; i++)
        if (states->states[i].version == version)
            return states->states[i].applied;
    return false;
}

static migc_code check_named(migci_session *session, struct named *named) {
    const migc_migration *migration = find_called(session->set, named->name);
    char others[400];
    if (!migration)
        return migci_fail(session, MIGC_NO_SUCH_VERSION,
                          "this program has no migration '%.200s', or several", named->name);
    migc_code code = migci_read_states(session);
    if (code != MIGC_OK)
        return code;
    named->version = migration->version;
    list_on_top(&session->states, named->version, others, sizeof(others));
    if (!is_applied_version(&session->states, named->version))
        return migci_fail(session, MIGC_MISUSE, "%s is not applied. Nothing was changed",
                          migration->name);
    if (*others)
        return migci_fail(session, MIGC_MISUSE,
                          "%s cannot be reverted while later ones are applied: %s. Nothing was"
                          " changed",
                          migration->name, others);
    return MIGC_OK;
}

/* Another program may have been faster: what is reverted is the one that was named, or nothing. */
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
