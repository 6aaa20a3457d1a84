/*
 * session.h - the data of one call of the API, which all rooms are handed; no functions.  A room
 * above that keeps something from one of its calls to the next has a pointer here, and its struct
 * in a header of its own: the history, the engine's run, progress.
 */
#ifndef MIGC_BASE_SESSION_H
#define MIGC_BASE_SESSION_H

#include "driver.h"

#include <stdbool.h>

/* ------------------------------------------------------- memory (base/memory.c) */

/* Blocks that are freed together.  Zeroed is empty. */
typedef struct migci_memory {
    struct migci_block *blocks;
} migci_memory;

/* ----------------------------------------------------- session (base/session.c) */

/* One call of the API.  What is asked most stands first, what is long stands last: so the code that
 * asks is smaller. */
typedef struct migci_session {
    const migc_set *set;           /* unpacked, once there is something to run or to show */
    const migc_options *options;   /* never NULL */
    migc_error *error;             /* never NULL */
    struct migci_history *history; /* in `notes`, since the first look at it; or NULL */
    struct migci_run_state *run;   /* while the engine runs (engine/engine.h), or NULL */
    size_t next;                   /* of the plan's actions, the first not yet run */
    migc_plan plan;
    migci_driver driver;
    const migc_step *step; /* that runs, or NULL; what migci_retry() is to run */
    migci_memory memory;   /* of what was read last: history, states, plan */
    migc_states states;
    const migc_set *known; /* as the program knows it */
    migci_memory unpacked; /* of `set` */
    migci_memory notes;    /* that last as long as the call */
    migc_result result;
    int64_t started_us;
    const struct migci_way *way; /* of a plan that may revert (engine/engine.h), or NULL */
    size_t total_before;         /* actions run by earlier plans of this call */
    int64_t *durations;          /* of the plan's actions, in microseconds */
    int64_t schema_version;      /* of main and of temp, in the open transaction */
    int64_t schema_left;         /* the same after the last one, 0: not known */
    int64_t data_version;        /* of main and of temp, which each commit changes */
    /* Called with each table with REFERENCES and each trigger that a look at the history meets, as
     * rowid, type, tbl_name, sql; first with NULL, to begin a list.  Or NULL. */
    int (*take_object)(void *session, const migci_value *cells);
    bool stale;               /* the history moved on: read it again */
    bool brief;               /* of the history only what a run needs is read */
    bool guarded;             /* an authorizer keeps its statements to main */
    bool attached;            /* the connection has other databases beside main */
    bool hooked;              /* the hooks were called for BEFORE_RUN */
    bool shared;              /* the call is about several sets of the database */
    unsigned lost;            /* how often the answer to a COMMIT was lost since the last one */
    unsigned tries;           /* how often a transaction was, since the last COMMIT */
    const migc_step *lost_at; /* the step that was at work then, or NULL */
    unsigned steps_done;      /* of a migration outside transactions, earlier runs included */
    const migc_migration *claimed; /* that this session runs outside transactions */
    const char *action_name; /* what the events call the plan's actions, NULL: "up" and "down" */
    const char *detail;      /* of those events */
    const migc_migration *failed; /* what `error` is about, where it has a name */
    const migc_step *failed_step; /* where it has a number */
    const char *advice;           /* in place of the code's, until the next failure; or NULL */
    const char *no_db;  /* why a step in C is refused that asked for the connection, or NULL */
    const char *broken; /* what did not work before the run, a line each (migc_check_hook) */
    struct migci_progress *progress; /* of engine/progress.c; NULL while nothing asked for it */
    migc_code stopped;               /* not OK: the run is to end, stop_reason says why */
    unsigned stop_place; /* and where: "FILE:LINE: " in front, of so many bytes without ": " */
    char stop_reason[480];
    char applied_by[136];  /* for the history, once it is asked for */
    char state[400];       /* of the database, in a sentence; "" while unchanged */
    migc_options defaults; /* where options points when the caller passed NULL */
    migc_error unwanted;   /* where error points when the caller passed NULL */
} migci_session;

/* What a step in C or a hook is handed. */
struct migc_context {
    migci_session *session;
    const migc_migration *migration;
    migc_code code; /* what a refusal is */
    char reason[400];
};

#endif
