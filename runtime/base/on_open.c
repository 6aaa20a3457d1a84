/*
 * on_open.c - lets the host prepare a new connection, and waits for locks that it meets there.
 *
 * A busy timeout is set for the time of the call.  Some statements ignore it: a change to WAL while
 * another connection writes returns SQLITE_BUSY at once.  So on_open is called again as long as it
 * returns that and there is time left.
 */
#include "base/core.h"

enum { SLEEP_MS = 20, REPORT_EVERY_US = 1000000 };

int migci_call_on_open(sqlite3 *db, const migc_options *options, int64_t *waited_us) {
    int64_t begun_us = migci_now_us(), reported_us = begun_us, allowed_us = migci_wait_us(options);
    *waited_us = 0;
    if (!options->on_open)
        return SQLITE_OK;
    for (;;) {
        sqlite3_busy_timeout(db, SLEEP_MS);
        int code = options->on_open(db, options->user);
        /* A timeout that the host has set stays. */
        if (migci_ask_sqlite(db, "PRAGMA busy_timeout") == SLEEP_MS)
            sqlite3_busy_timeout(db, 0);
        int64_t now_us = migci_now_us();
        *waited_us = now_us - begun_us;
        bool is_locked = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
        if (!is_locked || *waited_us >= allowed_us)
            return code;
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* of what it had begun, if anything */
        if (now_us - reported_us >= REPORT_EVERY_US && options->on_event) {
            char owner[160];
            migc_event event = {0};
            migci_lock_owner(db, owner, sizeof(owner));
            event.type = MIGC_EVENT_WAITING;
            event.code = MIGC_LOCKED;
            event.duration_us = *waited_us;
            event.detail = *owner ? owner : NULL;
            reported_us = now_us;
            if (options->on_event(&event, options->event_user))
                return SQLITE_INTERRUPT;
        }
        migci_sleep_ms(SLEEP_MS);
    }
}
