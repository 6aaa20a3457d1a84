/*
 * read.c - a transaction that only reads the history.  An object file of its own because the core
 * does not need it.
 */
#include "history/history.h"

/* The first read takes the lock, and it is kept for those that follow. */
static migci_outcome attempt_to_read(migci_session *session) {
    int64_t objects;
    migci_outcome outcome = migci_try_begin(session, 0);
    if (outcome == MIGCI_DONE)
        outcome = migci_ask_number(session, "SELECT count(*) FROM main.sqlite_schema", &objects);
    if (outcome != MIGCI_DONE) {
        migci_fail_driver(session, "reading the history");
        migci_rollback(session);
    }
    return outcome;
}

migci_outcome migci_begin_to_read(migci_session *session) {
    return migci_retry(session, attempt_to_read);
}
