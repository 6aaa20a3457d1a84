/*
 * replay.c - runs a set in memory to find out which schema it makes.
 */
#include "repair.h"

#include <stdio.h>
#include <string.h>

migc_code migci_fail_memory_db(migci_session *session, sqlite3 *db, int code, const char *doing) {
    session->error->sqlite_code = code;
    migc_code what = migci_code_of(code);
    return migci_fail(session, what, "%s, SQLite said: %s", doing,
                      what == MIGC_NO_MEMORY ? "out of memory" : sqlite3_errmsg(db));
}

migc_code migci_replay_open(migci_session *session, const migc_options *options, sqlite3 **db) {
    int code = sqlite3_open(":memory:", db);
    if (code == SQLITE_OK && options->on_open)
        code = options->on_open(*db, options->user);
    return code == SQLITE_OK
               ? MIGC_OK
               : migci_fail_memory_db(session, *db, code, "while preparing a database in memory");
}

migc_code migci_replay(migci_session *session, const migc_options *options, sqlite3 *db,
                       migc_set set, const migc_hook *hooks) {
    migc_options own = {0};
    migc_error error;
    migci_session replay;
    bool needs = set.needs != NULL;
    set.needs = NULL; /* the other sets are not there */
    set.snapshot = NULL;
    own.flags = MIGC_ALLOW_UNMANAGED | MIGC_ALLOW_OUT_OF_ORDER;
    own.user = options->user;
    own.progress = options->progress;
    own.timeout_ms = options->timeout_ms;
    own.hooks = hooks;
    migc_code code = migci_session_open(&replay, db, &set, &own, &error);
    replay.started_us = session->started_us; /* the deadline is the whole call's */
    if (code == MIGC_OK)
        code = migci_run_session(&replay, (migci_target){NULL, 0});
    if (code != MIGC_OK) { /* it is reported without the state of the database in memory */
        bool cut_off = error.code == MIGC_NO_MEMORY || error.code == MIGC_TIMED_OUT;
        migci_fail(session, cut_off || !needs ? error.code : MIGC_NEEDS,
                   "replaying the migrations in memory failed: %s", error.message);
        session->error->line = error.line;
        session->error->sqlite_code = error.sqlite_code;
        snprintf(session->state, sizeof(session->state),
                 "The schema was not compared, and nothing was changed%s",
                 cut_off ? ""
                 : needs ? "; migrations of other sets, which it needs, are not run for that"
                         : "; a function that the migrations need is for on_open to register");
    }
    migci_session_close(&replay);
    return code;
}
