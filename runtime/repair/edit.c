/*
 * edit.c - makes a change of the history that a person asks for, in one transaction under
 * the write lock, in which everything is read again.
 */
#include "repair.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------ transaction */

static migc_code check_edit(migci_session *session, migci_edit *edit) {
    migci_outcome outcome = migci_try_begin(session, 0);
    return outcome == MIGCI_DONE ? edit->check(session, edit)
                                 : migci_fail_driver(session, edit->doing);
}

static migci_outcome attempt_history(migci_session *session) {
    migci_outcome outcome = migci_try_begin(session, 0);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "starting to read");
    else if (migci_history_read(session) != MIGC_OK)
        outcome = MIGCI_REFUSED;
    migci_rollback(session);
    return outcome;
}

static migc_code make_edit(migci_session *session, migci_edit *edit) {
    assert(edit->check && edit->write && !migci_in_transaction(session));
    if (migci_begin(session) != MIGCI_DONE)
        return session->error->code;
    migc_code code = edit->check(session, edit);
    if (code == MIGC_OK && session->set->no_transaction &&
        session->set->no_transaction->check(session) != MIGCI_DONE)
        code = session->error->code;
    if (code == MIGC_OK)
        code = migci_hook_run(session);
    if (code == MIGC_OK)
        code = edit->write(session, edit);
    if (code == MIGC_OK)
        code = migci_hook(session, MIGC_BEFORE_COMMIT, NULL);
    if (code != MIGC_OK)
        return code;
    migci_outcome outcome = migci_commit(session);
    if (outcome == MIGCI_UNKNOWN)
        snprintf(session->state, sizeof(session->state),
                 "It is done as a whole or not at all; 'status' and 'repair' say which");
    return outcome == MIGCI_DONE ? MIGC_OK : session->error->code;
}

migc_code migci_edit_history(migci_session *session, migci_edit *edit) {
    bool dry = (session->options->flags & MIGC_DRY_RUN) != 0;
    migci_settings settings;
    migc_code code = migci_enter_progress(session);
    /* The history is read first: only where there is one does migci_begin() find out who is at
     * work, and once it was read, the settings wait for no lock. */
    if (code == MIGC_OK && migci_retry(session, attempt_history) != MIGCI_DONE)
        code = session->error->code;
    if (code == MIGC_OK && (code = migci_settings_enter(session, &settings, 0)) == MIGC_OK) {
        code = (dry ? check_edit : make_edit)(session, edit);
        migci_rollback(session);
        migci_settings_leave(session, &settings);
    }
    migci_leave_progress(session);
    if (code == MIGC_OK && !dry)
        migci_hook(session, MIGC_AFTER_COMMIT, NULL);
    if (session->hooked)
        migci_hook(session, MIGC_AFTER_RUN, NULL);
    return code;
}

/* -------------------------------------------------------------- the schema */

enum { MOST_LISTED = 3 };

struct differences {
    size_t count;
    char text[600]; /* the first few */
};

static void add_difference_text(const migci_difference *difference, void *argument) {
    struct differences *differences = argument;
    size_t used = strlen(differences->text);
    char text[300];
    if (++differences->count > MOST_LISTED)
        return;
    migci_difference_say(difference, &migci_voice_database, text, sizeof(text));
    migci_say(differences->text + used, sizeof(differences->text) - used, "%s%s", used ? "; " : "",
              text);
}

migc_code migci_edit_compare(migci_session *session, int64_t version) {
    struct differences differences = {0, ""};
    const migc_migration *migration = migci_find(session->set, version);
    const char *name = migration ? migration->name : "the beginning";
    migc_error error;
    if (session->options->flags & MIGC_FORCE)
        return MIGC_OK;
    migc_code code = migci_drift(session, migration ? version : MIGCI_NOTHING, add_difference_text,
                                 &differences, &error);
    if (code == MIGC_OK)
        return MIGC_OK;
    if (code != MIGC_DRIFTED) /* its state and advice are about the database in memory */
        return migci_fail(session, error.code,
                          "the schema cannot be compared with the migrations up to %s: %.*s", name,
                          (int)error.what.size, error.message + error.what.at);
    return migci_fail(session, MIGC_DRIFTED,
                      "the schema is not what the migrations up to %s make, in %zu place%s: %s%s."
                      " Correct the schema or choose another migration; --force (MIGC_FORCE)"
                      " takes it as it is",
                      name, differences.count, differences.count == 1 ? "" : "s", differences.text,
                      differences.count > MOST_LISTED ? "; and so on" : "");
}
