/*
 * hook.c - calls the functions of options->hooks.
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

static migc_code refuse_by_hook(migci_session *session, migc_code code, const char *reason) {
    session->driver.failure.code = code;
    return migci_fail(session, code, "%s%s", code == MIGC_HOOK_FAILED ? "a hook refused: " : "",
                      *reason ? reason : "it gave no reason");
}

static migc_code call_hook(migci_session *session, const migc_hook *hook, migc_hook_point point,
                           const migc_migration *migration) {
    bool inside = migci_in_transaction(session);
    migc_context context;
    memset(&context, 0, sizeof(context));
    context.session = session;
    context.migration = migration;
    context.code = MIGC_HOOK_FAILED;
    int answer = hook->run(&context, point, hook->user);
    if (point >= MIGC_AFTER_COMMIT)
        return MIGC_OK;
    if (session->stopped)
        return migci_fail(session, session->stopped, " ");
    if (migci_in_transaction(session) == inside)
        return answer ? refuse_by_hook(session, context.code, context.reason) : MIGC_OK;
    snprintf(session->state, sizeof(session->state),
             "What was done up to there may be committed, and is not in the history");
    return refuse_by_hook(session, MIGC_HOOK_FAILED, "it ended the transaction of the run");
}

migc_code migci_hook(migci_session *session, migc_hook_point point,
                     const migc_migration *migration) {
    migc_code code = MIGC_OK;
    const migc_hook *hook = session->options->hooks;
    for (; hook && code == MIGC_OK; hook = hook->next)
        code = call_hook(session, hook, point, migration);
    if (code != MIGC_OK)
        migci_blame(session, migration, NULL);
    return code;
}

migc_code migci_hook_run(migci_session *session) {
    if (session->hooked)
        return MIGC_OK;
    session->hooked = true;
    return migci_hook(session, MIGC_BEFORE_RUN, NULL);
}
