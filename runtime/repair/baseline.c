/*
 * baseline.c - migc_baseline(): records migrations as applied that migc did not run, for
 * a database that has the schema but not the history.
 */
#include "repair.h"

#include <stdio.h>
#include <string.h>

struct baseline {
    migci_edit edit;
    int64_t version;
    migc_options *options; /* the session's */
};

/* A baseline is for tables without a history. */
static migc_code plan_baseline(migci_session *session, struct baseline *baseline) {
    migci_target target = {&migci_to, baseline->version};
    migc_code code = migci_read_plan(session, target);
    if (code == MIGC_OTHER_TOOL && !session->history->exists) {
        /* A program that counted its own migrations in user_version left no other mark; for a set
         * that leaves user_version alone, only another tool is refused. */
        const migc_set *set = session->set;
        migc_set stampless = *set;
        migc_error error = *session->error;
        stampless.flags |= MIGC_SET_NO_STAMP;
        session->set = &stampless;
        code = migci_read_plan(session, target);
        session->set = set;
        if (code == MIGC_UNMANAGED && !(session->options->flags & MIGC_FORCE)) {
            size_t used = strlen(error.message);
            snprintf(error.message + used, sizeof(error.message) - used,
                     "; a baseline with --force (MIGC_FORCE) takes over from it");
            *session->error = error;
            return error.code;
        }
    }
    if (code != MIGC_UNMANAGED)
        return code;
    migci_clear_error(session);
    baseline->options->flags |= MIGC_ALLOW_UNMANAGED;
    return migci_read_plan(session, target);
}

static migc_code check_baseline(migci_session *session, migci_edit *edit) {
    struct baseline *baseline = (struct baseline *)edit;
    migc_code code = plan_baseline(session, baseline);
    if (code != MIGC_OK)
        return code;
    /* Repeatables run with the next up, whatever is there of them. */
    migc_plan *plan = &session->plan;
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (!(plan->actions[i].migration->flags & MIGC_REPEATABLE))
            plan->actions[count++] = plan->actions[i];
    plan->count = count;
    if (!migci_find(session->set, baseline->version))
        return migci_fail(session, MIGC_NO_SUCH_VERSION, "this program has no migrations");
    const migc_states *states = &session->states;
    if (states->applied && states->version >= baseline->version)
        return migci_fail(session, MIGC_MISUSE,
                          "the history goes to %s already: there is nothing to record up to version"
                          " %lld. Nothing was changed. 'status' lists what is applied.",
                          migci_history_last(session)->name, (long long)baseline->version);
    session->result.from = session->result.to = states->version;
    code = migci_edit_compare(session, baseline->version);
    if (session->options->flags & MIGC_DRY_RUN) {
        session->result.count = session->plan.count;
        session->result.to = session->plan.to;
    }
    return code;
}

static migc_code write_baseline(migci_session *session, migci_edit *edit) {
    (void)edit;
    session->action_name = "baseline";
    if (session->options->flags & MIGC_FORCE)
        session->detail = "{\"text\":\"the schema was not compared\",\"compared\":0}";
    return migci_record(session, session->plan.count);
}

migc_code migc_baseline(sqlite3 *db, const migc_set *set, int64_t version,
                        const migc_options *options, migc_error *error) {
    const unsigned kept = MIGC_DRY_RUN | MIGC_FORCE;
    struct baseline baseline = {{check_baseline, write_baseline, "reading the database"}, 0, NULL};
    migc_options own = {0};
    migci_session session;
    if (options)
        own = *options;
    own.flags &= kept;
    baseline.options = &own;
    baseline.version = version;
    if (version == MIGC_LATEST && set && set->count && set->abi == MIGC_ABI)
        migci_end_of_set(set, &baseline.version);
    if (migci_session_open(&session, db, set, &own, error) == MIGC_OK &&
        migci_edit_history(&session, &baseline.edit) == MIGC_OK && !(own.flags & MIGC_DRY_RUN)) {
        session.result.count = session.plan.count;
        session.result.to = session.plan.to;
    }
    return migci_session_close(&session);
}
