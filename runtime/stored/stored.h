/*
 * stored.h - shared by the files that revert migrations by their stored DOWNs, for
 * migrations that this program does not know.
 */
#ifndef MIGC_STORED_H
#define MIGC_STORED_H

#include "engine/engine.h"

#include <stdbool.h>

/* An applied migration that this program does not have, with its row of the history. */
typedef struct migci_unknown_migration {
    migc_migration migration; /* with no steps but those of its DOWN */
    const char *down;         /* as it is stored, or NULL */
    const char *applied_at;
    const char *applied_by, *host;        /* or NULL */
    struct migci_unknown_migration *next; /* of a higher version */
} migci_unknown_migration;

/* The program's set, and what is applied above a version. */
typedef struct migci_stored {
    migc_set set;
    migci_unknown_migration *unknown;
    size_t count; /* of the unknown ones */
    migci_unknown_migration
        *repeatables;                 /* that are applied and not the program's, where it has any */
    migc_repeatables all_repeatables; /* those, and the program's */
    migci_memory memory;
    migci_memory unpacked; /* of the program's own migrations */
} migci_stored;

/* Reads and verifies what migci_stored_run() needs; changes nothing.  After a failure it is partly
 * filled: migci_stored_free() it in any case. */
migc_code migci_stored_read(migci_stored *stored, sqlite3 *db, const migc_set *set, int64_t version,
                            const migc_options *options, migc_error *error);
/* Reverts to `version`.  The error may point into `stored`. */
migc_code migci_stored_run(const migci_stored *stored, sqlite3 *db, int64_t version,
                           const migc_options *options, migc_error *error);
void migci_stored_free(migci_stored *stored);
/* What a run of it needs of its options: nothing pending is in its way. */
migc_options migci_stored_options(const migc_options *options);
/* Completes the session's message after a run under guard, and leaves. */
void migci_stored_leave(struct migci_guard *guard);

/* -------------------------------------------------------- stored_split.c */

/* Makes steps from unknown->down, if its checksum is right. */
migc_code migci_stored_split(migci_session *session, migci_memory *memory,
                             migci_unknown_migration *unknown);

/* -------------------------------------------------------- stored_guard.c */

typedef struct migci_name {
    const char *text;
    struct migci_name *next;
} migci_name;

/* A session whose driver keeps the statements of stored DOWNs, and what they make, to a list of
 * what is allowed.  Zeroed, it has not been entered. */
typedef struct migci_guard {
    migci_session *session; /* whose driver knows the guard */
    migci_driver_methods methods;
    const migci_driver_methods *inner;
    const migci_stored *stored;
    enum {
        MIGCI_GUARD_OTHERS, /* a statement of the engine, or of the program */
        MIGCI_GUARD_SCRIPT, /* one of a stored DOWN */
        MIGCI_GUARD_CHECK   /* what that has made is checked */
    } mode;
    migci_name *made;           /* by stored DOWNs: tables, views and triggers */
    migci_name *refused_tables; /* those of modules that are not allowed */
    migci_name *innocuous;      /* functions of the host that it says are harmless */
    bool wants_no_transaction;  /* a statement cannot run inside a transaction */
    char refusal[160];          /* what a stored DOWN must not do; "" while nothing was refused */
    migci_memory memory;
} migci_guard;

/* The session is open.  Whoever entered leaves, and closes the session then. */
migc_code migci_guard_enter(migci_guard *guard, migci_session *session, const migci_stored *stored);
void migci_guard_leave(migci_guard *guard);

#endif
