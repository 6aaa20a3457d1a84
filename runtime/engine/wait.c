/*
 * wait.c - migc_wait_current(): for programs that must not migrate, such as those on a
 * read-only replica.  Writes nothing and waits until somebody else has migrated.
 *
 * The history is read again only when PRAGMA data_version says that the database has changed.  On a
 * remote it is read each time: a connection to another leader counts the changes from its own
 * start.
 */
#include "engine/engine.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST_PAUSE_MS = 50, LONGEST_REMOTE_PAUSE_MS = 500, EMIT_EVERY_US = 1000000 };

static bool has_nothing_pending(migci_session *session) {
    bool waited;
    do {
        migci_clear_error(session);
        if (migci_is_current(session))
            return true;
        if (migci_read_plan(session, (migci_target){NULL, 0}) != MIGC_OK)
            return false;
        session->result.from = session->result.to = session->states.version;
        if (session->plan.count || migci_wait_for_reverting(session, &waited) != MIGC_OK)
            return false;
    } while (waited);
    return true;
}

/* *seen: the data version at the last call. */
static bool may_have_changed(migci_session *session, int64_t *seen) {
    int64_t before = *seen;
    return session->driver.remote ||
           migci_ask_number(session, "PRAGMA data_version", seen) != MIGCI_DONE || *seen != before;
}

static void await_current(migci_session *session, migc_options *options) {
    int longest_ms = session->driver.remote ? LONGEST_REMOTE_PAUSE_MS : LONGEST_PAUSE_MS;
    int64_t wait_us = migci_wait_us(options), told_us = -EMIT_EVERY_US, seen = -1;
    for (int ms = 1;; ms = ms * 2 > longest_ms ? longest_ms : ms * 2) {
        int64_t waited_us = migci_now_us() - session->started_us;
        int left_ms = (int)((wait_us - waited_us) / 1000);
        if (may_have_changed(session, &seen)) {
            options->wait_ms = left_ms > 0 ? left_ms : -1;
            if (has_nothing_pending(session))
                return;
            /* One that runs outside transactions looks interrupted from here while its program is
             * at it, and what a set needs of another one may come as well. */
            migc_code code = session->error->code;
            if (code != MIGC_OK && code != MIGC_INTERRUPTED && code != MIGC_NEEDS)
                return;
        }
        if (waited_us - told_us >= EMIT_EVERY_US) {
            told_us = waited_us;
            if (migci_emit_action(session, MIGC_EVENT_PENDING, 0, waited_us, NULL)) {
                migci_fail(session, MIGC_STOPPED, "stopped while waiting for another program");
                return;
            }
        }
        if (waited_us >= wait_us)
            break;
        migci_sleep_ms(ms < left_ms ? ms : left_ms + 1);
    }
    if (session->error->code == MIGC_OK) {
        size_t count = session->plan.count;
        migci_fail(
            session, MIGC_READ_ONLY,
            "waited until another program would apply %s, and it is still pending (%zu in all)",
            session->plan.actions[0].migration->name, count);
        session->advice = "Migrate where the database can be written (on a replica's primary), then"
                          " start again";
    }
}

migc_code migc_wait_current(sqlite3 *db, const migc_set *set, const migc_options *options,
                            migc_error *error) {
    migci_session session;
    migc_options own = options ? *options : (migc_options){0};
    if (migci_session_open_any(&session, db, set, &own, error) == MIGC_OK &&
        migci_session_unpack(&session) == MIGC_OK)
        await_current(&session, &own);
    return migci_session_close(&session);
}
