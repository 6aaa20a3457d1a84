/*
 * read.c - a transaction that only reads the history, for those who need no more of a run.  An
 * object file of its own because the core never needs it.
 */
#include "history/history.h"

/* The first read takes the lock that later ones keep. */
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
