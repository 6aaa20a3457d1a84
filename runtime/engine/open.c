/*
 * open.c - migc_open(): opens a database and brings it up to date; a new one is made from the set's
 * snapshot.
 */
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

/* A session without a connection, for the form of its messages. */
static migc_code open_connection(const char *path, const migc_options *options, bool made,
                                 sqlite3 **db, migc_error *error) {
    static const migc_options defaults;
    migci_session session;
    memset(&session, 0, sizeof(session));
    session.options = &defaults; /* options->result is the snapshot's, or migc_up()'s */
    session.error = error;
    memset(error, 0, sizeof(*error));
    migci_sqlite_driver(&session.driver, NULL);
    if (migci_require_sqlite(&session) != MIGC_OK)
        return migci_session_close(&session);
    char waited[64] = "";
    int64_t waited_us = 0;
    int code = sqlite3_open_v2(path, db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL);
    if (code == SQLITE_OK) {
        code = migci_call_on_open(*db, options ? options : &defaults, &waited_us);
        snprintf(waited, sizeof(waited), " (in on_open, after %.3f s)", (double)waited_us / 1e6);
    }
    if (made)
        snprintf(session.state, sizeof(session.state), "The database was made, and is complete");
    if (code != SQLITE_OK) {
        /* What on_open answers may be another code than its connection's last. */
        session.error->sqlite_code = *db ? sqlite3_extended_errcode(*db) : SQLITE_NOMEM;
        bool is_own = (session.error->sqlite_code & 0xff) == (code & 0xff);
        const char *reason = !*db     ? "out of memory"
                             : is_own ? sqlite3_errmsg(*db)
                                      : sqlite3_errstr(code);
        if (migci_fail(&session, migci_code_of(code), "%s: %s%s", path, reason, waited) ==
            MIGC_STEP_FAILED) /* no migration has run yet */
            session.advice = "Correct what the program does in on_open";
    }
    return migci_session_close(&session);
}

migc_code migc_open(const char *path, const migc_set *set, const migc_options *options,
                    sqlite3 **db, migc_error *error) {
    migc_error unwanted = {0};
    error = error ? error : &unwanted;
    *db = NULL;
    bool made = migci_snapshot_make(path, set, options);
    migc_code code = open_connection(path, options, made, db, error);
    if (code == MIGC_OK && !made)
        code = migc_up(*db, set, options, error);
    if (code != MIGC_OK) {
        sqlite3_close_v2(*db); /* on_open may have kept a statement of it */
        *db = NULL;
    }
    return code;
}
