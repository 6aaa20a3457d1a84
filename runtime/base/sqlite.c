/*
 * sqlite.c - checks whether migc works with the SQLite that the program has at run time.
 */
#include "base/core.h"

enum { OLDEST_SQLITE = 3038000 }; /* as in migc.h: error offsets, JSON */

/* A SQLite built with SQLITE_OMIT_AUTOINIT must be initialized. */
bool migci_sqlite_serves(void) {
    return sqlite3_libversion_number() >= OLDEST_SQLITE && sqlite3_initialize() == SQLITE_OK;
}

migc_code migci_require_sqlite(migci_session *session) {
    if (migci_sqlite_serves())
        return MIGC_OK;
    return migci_fail(session, MIGC_SQLITE_TOO_OLD,
                      "the program runs with SQLite %s, libmigc needs 3.38 or newer",
                      sqlite3_libversion());
}
