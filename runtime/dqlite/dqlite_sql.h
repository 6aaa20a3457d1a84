/*
 * dqlite_sql.h - what the driver must know of a statement before it sends it.
 */
#ifndef MIGC_DQLITE_SQL_H
#define MIGC_DQLITE_SQL_H

#include <stdbool.h>

typedef enum migci_sql_kind {
    MIGCI_SQL_EMPTY,   /* blanks and comments */
    MIGCI_SQL_READS,   /* returns rows: SELECT, VALUES, EXPLAIN, a PRAGMA without a value */
    MIGCI_SQL_SETTING, /* a PRAGMA with a value; it is not a transaction of its own */
    MIGCI_SQL_BEGINS,  /* BEGIN or SAVEPOINT */
    MIGCI_SQL_ENDS,    /* COMMIT, END, or ROLLBACK without TO */
    MIGCI_SQL_WRITES   /* all else: outside a transaction it is one of its own */
} migci_sql_kind;

migci_sql_kind migci_sql_kind_of(const char *sql);

/* Whether a PRAGMA that sets changes the connection, rather than the database or its
 * transaction. */
bool migci_sql_sets_connection(const char *sql);

/* Whether it is "PRAGMA user_version = N" as the engine writes it. */
bool migci_sql_sets_stamp(const char *sql);

/* Why this must not be sent to a node, or NULL.  ATTACH, VACUUM, some PRAGMAs, and RETURNING
 * outside a transaction abort a leader of dqlite 1.11, or concern its disk; later versions
 * refuse most. */
const char *migci_sql_refusal(const char *sql, bool in_transaction);

#endif
