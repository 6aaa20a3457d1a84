/*
 * needs.c - refuses a migration as long as the database lacks one of another set
 * that it depends on.
 *
 * A set that has such migrations refers to this file, so only its hosts link it.
 * A run of several sets puts their migrations in order first (sets.c).
 */
#include "engine/engine.h"

static migc_code check_engine_need(migci_session *session, const migc_migration *migration,
                                   const migc_need *need) {
    bool has;
    migc_code code = migci_history_has(session, need->set, need->name, &has);
    if (code != MIGC_OK || has)
        return code;
    migci_blame(session, migration, NULL);
    return migci_fail(session, MIGC_NEEDS,
                      "%s needs %s of the set \"%s\", which this database does not have; bring"
                      " that set up first, or both together",
                      migration->file, need->name, need->set);
}

static migc_code check_needs_of_plan(migci_session *session) {
    const migc_needs *needs = session->set->needs;
    const migc_plan *plan = &session->plan;
    migc_code code = MIGC_OK;
    for (size_t i = session->next; i < plan->count; i++)
        for (size_t n = 0; n < needs->count && code == MIGC_OK; n++)
            if (!plan->actions[i].down &&
                needs->needs[n].version == plan->actions[i].migration->version)
                code = check_engine_need(session, plan->actions[i].migration, &needs->needs[n]);
    return code;
}

const migc_needs_part migc_needs_of_sets = {check_needs_of_plan};
