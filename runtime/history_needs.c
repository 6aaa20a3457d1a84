/*
 * history_needs.c - asks the history for a migration of whichever set.  Belongs
 * to history.c; an object file of its own because the core never needs it.
 */
#include "internal.h"

/* The first read takes the lock that later ones keep. */
static migci_outcome attempt_read(migci_session *session) {
    int64_t objects;
    migci_outcome outcome = migci_try_begin(session, 0);
    if (outcome == MIGCI_DONE)
        outcome = migci_ask_number(session, "SELECT count(*) FROM sqlite_schema", &objects);
    if (outcome != MIGCI_DONE) {
        migci_fail_driver(session, "reading the history");
        migci_rollback(session);
    }
    return outcome;
}

static int found(void *argument, const migci_value *cells) {
    (void)cells;
    *(int *)argument = 1;
    return 1;
}

static migci_outcome ask(migci_session *session, const char *set_name, const char *name, int *has) {
    int exists = 0;
    migci_outcome outcome = migci_ask(
        session, found, &exists, "SELECT 1 FROM sqlite_schema WHERE name = 'migc_migrations'", "");
    if (outcome == MIGCI_DONE && exists)
        outcome = migci_ask(session, found, has,
                            "SELECT 1 FROM migc_migrations WHERE set_name = ? AND name = ?", "ss",
                            set_name, name);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "reading the history");
    return outcome;
}

migc_code migci_history_has(migci_session *session, const char *set_name, const char *name,
                            int *has) {
    int inside = migci_in_transaction(session);
    *has = 0;
    if (!inside && migci_patiently(session, attempt_read) != MIGCI_DONE)
        return session->error->code;
    migci_outcome outcome = ask(session, set_name, name, has);
    if (!inside)
        migci_rollback(session);
    return outcome == MIGCI_DONE ? MIGC_OK : session->error->code;
}
