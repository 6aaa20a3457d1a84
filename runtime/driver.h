/*
 * driver.h - the one seam between the engine and a database.
 *
 * The engine says begin, one statement, rows of a query, commit; a driver
 * answers with one of three outcomes.  The sqlite3 driver stands in
 * driver_sqlite.c; a replicated SQLite is a second driver, not a second engine.
 */
#ifndef MIGC_DRIVER_H
#define MIGC_DRIVER_H

#include "migc.h"

/* What the SQLite of a program may lack: one that was built without threads or without the
 * progress handler, or a shared library older than 3.38 that is met at run time.  As weak symbols
 * they are NULL then, so that the program links and starts, and can be told. */
#if defined(__ELF__) && defined(__GNUC__)
#pragma weak sqlite3_progress_handler
#pragma weak sqlite3_error_offset
#pragma weak sqlite3_changes64
#pragma weak sqlite3_total_changes64
#pragma weak sqlite3_txn_state
#pragma weak sqlite3_serialize
#pragma weak sqlite3_deserialize
#pragma weak sqlite3_mutex_enter
#pragma weak sqlite3_mutex_leave
#define MIGCI_HAVE(function) ((function) != NULL)
#else
#define MIGCI_HAVE(function) 1
#endif

typedef enum migci_outcome {
    MIGCI_DONE,
    MIGCI_REFUSED, /* it did not happen; driver->failure says why */
    MIGCI_UNKNOWN  /* the answer was lost: read the history again and go on from there */
} migci_outcome;

/* A value of a statement.  Handed in, it is a number or a text, NULL being NULL.
 * In a row both are filled: the text of a NULL is NULL. */
typedef struct migci_value {
    const char *text;
    int64_t number;
    int is_number;
} migci_value;

enum { MIGCI_MOST_VALUES = 20 }; /* of one statement */

#define MIGCI_TEXT(t) ((migci_value){(t), 0, 0})
#define MIGCI_NUMBER(n) ((migci_value){NULL, (n), 1})

/* Called for each row, with as many cells as the query has columns.  Texts live
 * until it returns.  Returns 0 for the next row, anything else to stop. */
typedef int migci_row_function(void *argument, const migci_value *cells);

typedef struct migci_failure {
    migc_code code;
    int sqlite_code;  /* extended, 0 where it was not SQLite that refused */
    int offset;       /* byte in the statement's text, -1 when unknown */
    char reason[400]; /* the database's own words */
} migci_failure;

typedef struct migci_driver migci_driver;

typedef struct migci_driver_methods {
    /* With `write` takes the write lock at once, so that nothing read later can be stale. */
    migci_outcome (*begin)(migci_driver *driver, int write);
    /* Runs one statement to its end; without `row` its rows are dropped. */
    migci_outcome (*query)(migci_driver *driver, const char *sql, const migci_value *values,
                           int count, migci_row_function *row, void *argument);
    migci_outcome (*commit)(migci_driver *driver);
    /* Ends the transaction if one is open; cannot fail. */
    void (*rollback)(migci_driver *driver);
    /* Whether a transaction is open. */
    int (*in_transaction)(migci_driver *driver);
    void (*close)(migci_driver *driver);
} migci_driver_methods;

/* Asked now and then while an answer is awaited: not 0 gives up. */
typedef int migci_watch_function(void *argument);

struct migci_session;

/* A database that is no file of this machine.  Its driver stands in a library of its own; a
 * program hands it to the engine as migc_options.remote. */
struct migc_remote {
    const char *name; /* "dqlite", in messages */
    /* Makes the driver one of this database, for a call with these options: it waits no longer for
     * an answer than they say.  Connects when it is first needed. */
    void (*attach)(migc_remote *remote, migci_driver *driver, const migc_options *options);
    /* Puts the settings of the connection to what a run wants, also of one that follows it. */
    migci_outcome (*enter)(migci_driver *driver, int foreign_keys);
    /* Calls `watch` while it waits for an answer; NULL: no longer. */
    void (*watch)(migc_remote *remote, migci_watch_function *watch, void *argument);
    /* What the engine does when the driver said `lost`: migci_transaction_lost(). */
    migc_code (*lost)(struct migci_session *session);
    /* What it makes of a plan: migci_check_remote(). */
    migc_code (*check)(struct migci_session *session);
};

struct migci_driver {
    const migci_driver_methods *methods;
    migc_remote *remote; /* or NULL: SQLite itself */
    int lost;            /* the open transaction went with its connection: look again */
    int columns;         /* of the row that is handed over */
    sqlite3 *db;         /* what C steps are given; NULL where there is none */
    sqlite3_stmt *kept;  /* the statement with values that ran last, prepared */
    int64_t changed;     /* rows that the last INSERT, UPDATE or DELETE changed; not of a remote */
    void *reserve;       /* what ROLLBACK lives on when memory is out */
    struct migci_guard *guard; /* that holds stored DOWNs to what is allowed, or NULL */
    migci_failure failure;
};

/* Drives an open connection, which stays the caller's. */
void migci_sqlite_driver(migci_driver *driver, sqlite3 *db);

#endif
