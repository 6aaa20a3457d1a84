/*
 * begin.c - takes the write lock of a run, SQLite's own, but not while another process runs a
 * migration of this set outside transactions.
 */
#include "history/history.h"

static migci_outcome attempt_write_lock(migci_session *session) {
    const migc_no_transaction_part *outside = session->set->no_transaction;
    migci_outcome outcome = migci_try_begin(session, 1);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "taking the write lock");
    else if (outside)
        outcome = outside->check(session);
    if (outcome != MIGCI_DONE)
        migci_rollback(session);
    return outcome;
}

migci_outcome migci_begin(migci_session *session) {
    return migci_retry(session, attempt_write_lock);
}
