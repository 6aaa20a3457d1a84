/*
 * session_local.c - sessions of calls that only work on a connection of SQLite.
 */
#include "base/core.h"

migc_code migci_session_open_packed(migci_session *session, sqlite3 *db, const migc_set *set,
                                    const migc_options *options, migc_error *error) {
    migc_code code = migci_session_open_any(session, db, set, options, error);
    if (code == MIGC_OK && session->driver.remote)
        code = migci_fail(session, MIGC_MISUSE,
                          "this call works on a connection of SQLite, and there is none to %s; "
                          "migc-replicated(7) says what works there",
                          session->driver.remote->name);
    return code;
}

migc_code migci_session_open(migci_session *session, sqlite3 *db, const migc_set *set,
                             const migc_options *options, migc_error *error) {
    migc_code code = migci_session_open_packed(session, db, set, options, error);
    return code == MIGC_OK ? migci_session_unpack(session) : code;
}
