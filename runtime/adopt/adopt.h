/*
 * adopt.h - takes over a database whose history another tool keeps, or nobody: how each
 * tool's rows are read, which migrations they are, and which version a schema is.
 *
 * Nothing here is used by migc_up().
 */
#ifndef MIGC_ADOPT_H
#define MIGC_ADOPT_H

#include "engine/engine.h"

#include <stdbool.h>

/* -------------------------------------------------------- ledgers (ledger.c) */

/* What a row of another tool's history says of its migration. */
typedef enum migci_ledger_state {
    MIGCI_ENTRY_APPLIED,
    MIGCI_ENTRY_APPLIED_UP_TO, /* and so is all before it */
    MIGCI_ENTRY_NOT_APPLIED,   /* it was reverted, or never ran */
    MIGCI_ENTRY_FAILED,        /* it began, and did not end */
    MIGCI_ENTRY_REPEATABLE     /* it has no number, and runs again with the next up */
} migci_ledger_state;

typedef struct migci_ledger_entry {
    migci_ledger_state state;
    const char *id, *other_id; /* as the tool names the migration; other_id or NULL */
    const char *checksum;      /* "sha256:..." of the file that it applied; or NULL */
    const char *applied_at;    /* UTC, "2026-11-20 10:30:22.123"; or NULL */
    int64_t duration_us;
    const char *applied_by; /* or NULL */
    struct migci_ledger_entry *next;
} migci_ledger_entry;

typedef struct migci_ledger {
    const char *tool;            /* "goose", or NULL where nobody keeps a history */
    const char *table;           /* of the tool; NULL: PRAGMA user_version */
    int64_t counter;             /* PRAGMA user_version, where it is that */
    migci_ledger_entry *entries; /* in the order they were written */
} migci_ledger;

/* Whose history the database has.  In session->memory. */
migc_code migci_ledger_read(migci_session *session, migci_ledger *ledger);

/* -------------------------------------------------------- matching (match.c) */

/* Fills session->plan and `adoption` with what the ledger says is applied.  Refuses what it
 * cannot take over: failed, unknown and edited migrations. */
migc_code migci_ledger_match(migci_session *session, const migci_ledger *ledger,
                             migc_adoption *adoption);

/* ---------------------------------------------------- by the schema (guess.c) */

/* Which version the database's schema is, by replaying the set: one that fits and no other;
 * else MIGC_DRIFTED says which come closest, and what differs. */
migc_code migci_version_of_schema(migci_session *session, int64_t *version);

#endif
