/*
 * driver.h - the one seam between the engine and a database.
 *
 * The engine asks for begin, one statement, rows of a query, or commit; a driver
 * answers with one of three outcomes.  The driver for sqlite3 is in
 * driver_sqlite.c.  A replicated SQLite needs another driver, not another engine.
 */
#ifndef MIGC_DRIVER_H
#define MIGC_DRIVER_H

#include "migc.h"

/* The engine writes the stamp by this and a number, right before a commit.  A driver may send the
 * two together. */
#define MIGCI_SET_STAMP "PRAGMA user_version = "

/* Functions that the SQLite of a program may lack: if it was built without threads or without the
 * progress handler, or is a shared library older than 3.38.  As weak symbols they are NULL then, so
 * the program links and starts, and can report it. */
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

/* A value of a statement is a number or a text; a text that is NULL is NULL.  In a row
 * both members are filled, and is_number says that it is a whole number in the database; the text
 * of a NULL is NULL. */
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
    int sqlite_code;  /* extended; 0 if it was not SQLite that refused */
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

/* Called now and then while an answer is awaited; anything but 0 gives up. */
typedef int migci_watch_function(void *argument);

struct migci_session;

/* A database that is not a file on this machine.  Its driver is in a library of its own; a program
 * hands it to the engine as migc_options.remote. */
struct migc_remote {
    const char *name; /* "dqlite", in messages */
    /* Makes `driver` the driver of this database, for a call with these options, which limit how
     * long it waits for an answer.  Connects when it is first needed. */
    void (*attach)(migc_remote *remote, migci_driver *driver, const migc_options *options);
    /* Sets the connection to what a run needs, and any later connection as well. */
    migci_outcome (*enter)(migci_driver *driver, int foreign_keys);
    /* From now on calls `watch` while it waits for an answer; NULL ends that. */
    void (*watch)(migc_remote *remote, migci_watch_function *watch, void *argument);
    /* What the engine does after `lost`: migci_transaction_lost(). */
    migc_code (*lost)(struct migci_session *session);
    /* Refuses a plan that cannot run there: migci_check_remote(). */
    migc_code (*check)(struct migci_session *session);
};

struct migci_driver {
    const migci_driver_methods *methods;
    migc_remote *remote; /* or NULL: SQLite itself */
    sqlite3 *db;         /* what C steps are given; NULL if there is none */
    migci_failure failure;
    int lost;           /* the open transaction was lost with its connection: read again */
    int columns;        /* of the row that is handed over */
    sqlite3_stmt *kept; /* the statement with values that ran last, prepared */
    int64_t changed;    /* rows that the last INSERT, UPDATE or DELETE changed; not for a remote */
    void *reserve;      /* memory for ROLLBACK when there is no other */
    struct migci_guard *guard; /* keeps stored DOWNs to what is allowed, or NULL */
};

/* Makes `driver` drive an open connection, which still belongs to the caller. */
void migci_sqlite_driver(migci_driver *driver, sqlite3 *db);

#endif
