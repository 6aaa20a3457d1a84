/*
 * lock.c - waits for a locked database: tries, sleeps a little and tries again,
 * up to a deadline, and reports who has the lock.
 *
 * SQLite's lock is the only one: it ends with its process.  The host's busy
 * handler is left alone; settings.c only replaces a plain timeout for the time of
 * the run.
 */
#include "base/core.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_WAIT_MS = 30000, FIRST_SLEEP_MS = 1, LONGEST_SLEEP_MS = 50, REPORT_EVERY_MS = 1000 };

int64_t migci_wait_us(const migc_options *options) {
    int wait_ms = options->wait_ms;
    if (wait_ms < 0)
        return 0;
    return (int64_t)(wait_ms ? wait_ms : DEFAULT_WAIT_MS) * 1000;
}

void migci_sleep_ms(int ms) {
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

/* The message so far is about a lock of SQLite's, or a claim of ours. */
static void report_lock(migci_session *session, int64_t waited_us) {
    migc_error *error = session->error;
    char owner[160] = "";
    if (session->driver.failure.code == MIGC_LOCKED && session->driver.failure.sqlite_code) {
        migci_lock_owner(session->driver.db, owner, sizeof(owner));
        error->sqlite_code = session->driver.failure.sqlite_code;
        migci_fail(session, MIGC_LOCKED, "the database is locked%s%s", *owner ? " by " : "", owner);
    }
    size_t used = strlen(error->message);
    snprintf(error->message + used, sizeof(error->message) - used, "; waited %d.%03d s",
             (int)(waited_us / 1000000), (int)(waited_us / 1000 % 1000));
}

bool migci_may_wait(const migci_driver *driver) {
    return driver->failure.code == MIGC_LOCKED || driver->failure.code == MIGC_UNREACHABLE;
}

migci_outcome migci_retry(migci_session *session, migci_attempt *attempt) {
    assert(session->error && session->options);
    int64_t begun = migci_now_us(), reported = begun;
    for (int ms = FIRST_SLEEP_MS;; ms = ms * 2 > LONGEST_SLEEP_MS ? LONGEST_SLEEP_MS : ms * 2) {
        migci_outcome outcome = attempt(session);
        if (outcome != MIGCI_REFUSED || !migci_may_wait(&session->driver))
            return outcome;
        int64_t now = migci_now_us();
        if (now - begun >= migci_wait_us(session->options)) {
            report_lock(session, now - begun);
            return MIGCI_REFUSED;
        }
        if (now - reported >= (int64_t)REPORT_EVERY_MS * 1000 ||
            (reported == begun && ms == LONGEST_SLEEP_MS)) {
            char owner[160];
            reported = now;
            if (session->driver.failure.code == MIGC_UNREACHABLE)
                snprintf(owner, sizeof(owner), "%.159s", session->driver.failure.reason);
            else
                migci_lock_owner(session->driver.db, owner, sizeof(owner));
            if (migci_emit_action(session, MIGC_EVENT_WAITING, session->next, now - begun,
                                  *owner ? owner : NULL)) {
                session->driver.failure.code = MIGC_STOPPED;
                migci_fail(session, MIGC_STOPPED, "stopped while waiting for the lock");
                return MIGCI_REFUSED;
            }
        }
        migci_sleep_ms(ms);
        session->error->code = MIGC_OK;
        session->error->message[0] = '\0';
        session->driver.failure.code = MIGC_OK;
    }
}

static migci_outcome attempt_commit(migci_session *session) {
    migci_outcome outcome = session->driver.methods->commit(&session->driver);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "committing");
    return outcome;
}

migci_outcome migci_commit(migci_session *session) {
    return migci_retry(session, attempt_commit);
}
