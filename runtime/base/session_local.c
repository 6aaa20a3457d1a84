/*
 * session_local.c - what migc_up() does without: sessions of calls that only work on a connection
 * of SQLite, and results with migrations of the set, which outlive a session.
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

void *migci_session_keep(migci_session *session) {
    migci_memory *kept = &session->unpacked;
    migci_add_memory(kept, &session->memory);
    void *blocks = kept->blocks;
    kept->blocks = NULL;
    return blocks;
}
