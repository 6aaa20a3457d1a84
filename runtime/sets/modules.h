/*
 * modules.h - shared by the files that bring several sets of one database up together:
 * their sessions, the order of what is pending in all of them, and the one
 * transaction around it.
 */
#ifndef MIGC_SETS_MODULES_H
#define MIGC_SETS_MODULES_H

#include "engine/engine.h"

#define MIGCI_NO_LIMIT SIZE_MAX

/* One of the sets, and a session of its own. */
typedef struct migci_module {
    migc_set set; /* as the engine is given it, with `needs` in place of its own */
    migc_needs needs;
    const migc_set *known; /* as the program knows it */
    migci_session session;
    size_t next;    /* of the session's plan, the first action that has no place in the order yet */
    size_t limit;   /* how many actions of its plan the engine may run */
    size_t before;  /* what it had run when it was given that many */
    size_t kept;    /* migrations that are durable */
    size_t unknown; /* those in a COMMIT whose answer was lost */
    struct migci_modules *modules;
} migci_module;

typedef struct migci_module_action {
    migci_module *module;
    const migc_migration *migration;
    bool begins_transaction;
} migci_module_action;

typedef struct migci_modules {
    migci_session outer; /* the call's own: it holds the transaction and the message */
    migci_memory memory;
    migci_module *items;
    size_t count;
    size_t room; /* of `actions` */
    migci_module_action *actions;
    size_t action_count;
    size_t ran;   /* actions before those that run now */
    size_t done;  /* of them, how many are durable */
    size_t total; /* actions of the whole call */
    const migci_driver_methods *real;
    bool nested;              /* the modules' transactions are parts of the outer one */
    bool undone;              /* which was rolled back */
    bool existed;             /* the history's tables, before it */
    bool last;                /* the module that runs is the last one of the transaction */
    bool hooked;              /* the host's BEFORE_RUN was called */
    unsigned lost;            /* how often the answer to a COMMIT was lost since the last one */
    unsigned tries;           /* how often a transaction was, since the last COMMIT */
    const migc_step *lost_at; /* the step that was at work then, or NULL */
    bool watched;             /* the call's own waits: progress is in front of its driver */
    bool again;               /* a transaction was lost: all histories are read again */
    migci_unknown unknown;    /* the COMMIT whose answer was lost, about the last set in it */
    migci_module_action unknown_last; /* the last of its actions */
    migci_settings settings;          /* of the connection, before the transaction */
    migc_options options;             /* the modules' */
    migc_hook hook;
} migci_modules;

/* Opens the sessions of all sets.  The caller closes it, also after a failure (sets.c). */
migc_code migci_modules_open(migci_modules *modules, sqlite3 *db, const migc_set *const *sets,
                             size_t count, const migc_options *options, migc_error *error);
migc_code migci_modules_close(migci_modules *modules);
/* Reads every history and orders what is pending. */
migc_code migci_modules_read(migci_modules *modules);
migci_module *migci_modules_find(const migci_modules *modules, const char *name);

/* Pure but for sets that the program does not know: fills `actions`, in an order in which
 * nothing comes before what it needs; fails where there is none (sets_order.c). */
migc_code migci_modules_order(migci_modules *modules);

/* From here to the end of the outer transaction, the modules' own begin and commit do nothing, and
 * their events and hooks are those of the call (sets_nest.c). */
void migci_nest_prepare(migci_modules *modules, const migc_options *host);
void migci_nest_enter(migci_modules *modules);
void migci_nest_leave(migci_modules *modules);

/* An event about an action of the call; returns what the callback returned. */
int migci_modules_emit(migci_modules *modules, migc_event_type type,
                       const migci_module_action *action, size_t index, const char *detail);

#endif
