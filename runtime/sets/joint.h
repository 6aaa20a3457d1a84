/*
 * joint.h - what the files share that bring several sets of one database up
 * together: their sessions, the order of what is pending in all of them, and
 * the one transaction around it.
 */
#ifndef MIGC_JOINT_H
#define MIGC_JOINT_H

#include "engine/engine.h"

#define MIGCI_NO_LIMIT SIZE_MAX

/* One of the sets, and a session of its own. */
typedef struct migci_member {
    migc_set set; /* as the engine is given it, with `needs` in place of its own */
    migc_needs needs;
    const migc_set *known; /* as the program knows it */
    migci_session session;
    size_t next;  /* of the session's plan, the first action that has no place in the order yet */
    size_t limit; /* how many actions of its plan the engine may run */
    size_t kept;  /* migrations that are durable */
    struct migci_joint *joint;
} migci_member;

typedef struct migci_joint_action {
    migci_member *member;
    const migc_migration *migration;
    int begins_transaction;
} migci_joint_action;

typedef struct migci_joint {
    migci_session outer; /* the call's own: it holds the transaction and the message */
    migci_memory memory;
    migci_member *members;
    size_t count;
    size_t room; /* of `actions` */
    migci_joint_action *actions;
    size_t action_count;
    size_t ran;   /* actions before those that run now */
    size_t done;  /* of them, how many are durable */
    size_t total; /* actions of the whole call */
    const migci_driver_methods *real;
    int nested;  /* the members' transactions are parts of the outer one */
    int undone;  /* which was rolled back */
    int existed; /* the history's tables, before it */
    int last;    /* the member that runs is the last one of the transaction */
    int hooked;  /* BEFORE_RUN was told to the host */
    unsigned lost;
    migc_options options; /* the members' */
    migc_hook hook;
} migci_joint;

/* The sessions of all.  The caller closes it, also after a failure (sets.c). */
migc_code migci_joint_open(migci_joint *joint, sqlite3 *db, const migc_set *const *sets,
                           size_t count, const migc_options *options, migc_error *error);
migc_code migci_joint_close(migci_joint *joint);
/* Reads every history and orders what is pending. */
migc_code migci_joint_look(migci_joint *joint);
migci_member *migci_joint_member(const migci_joint *joint, const char *name);

/* Pure but for sets that the program does not know: fills `actions`, in an order in which
 * nothing comes before what it needs; fails where there is none (sets_order.c). */
migc_code migci_joint_order(migci_joint *joint);

/* From here to the end of the outer transaction the members' own begin and commit are
 * nothing, and their events and hooks the call's (sets_nest.c). */
void migci_nest_prepare(migci_joint *joint, const migc_options *host);
void migci_nest_enter(migci_joint *joint);
void migci_nest_leave(migci_joint *joint);

/* An event about an action of the call; returns what the callback returned. */
int migci_joint_emit(migci_joint *joint, migc_event_type type, const migci_joint_action *action,
                     size_t index, const char *detail);

#endif
