/*
 * fleet.h - one command for many databases: what the parent (cli_fleet.c) and its worker
 * processes (fleet_worker.c) say to each other.
 *
 * Processes rather than threads: a step in C need not bear company, and one that crashes
 * takes a single database's turn with it.  Each worker has a pipe on which it is handed
 * paths, and one on which it answers; both messages fit a pipe's atomic write.
 */
#ifndef MIGC_FLEET_H
#define MIGC_FLEET_H

#include "cli.h"

#include <sys/types.h>

/* How one database fared. */
typedef struct migci_fared {
    int status; /* the exit status that the command alone would have had */
    migc_code code;
    migc_result result;
    bool is_copied;     /* by the command backup */
    char message[1200]; /* of a failure, in one line */
} migci_fared;

typedef struct migci_worker {
    pid_t pid;    /* 0: not running */
    int to, from; /* the parent's ends of its pipes */
    char *path;   /* what it is at work on, malloc'd; NULL: it is idle */
} migci_worker;

/* Before anything else that opens files. */
void migci_worker_prepare(void);
/* Starts a process; the other workers' pipes are closed in it.  Returns 0, or an errno. */
int migci_worker_start(migci_worker *worker, const migci_cli *cli, const migci_worker *all,
                       size_t count);
/* Hands it a path, which becomes its own; returns 0, or -1 when it is gone. */
int migci_worker_send(migci_worker *worker, char *path);
/* Waits for its answer.  Of a worker that is gone it says how it ended, and reaps it. */
void migci_worker_receive(migci_worker *worker, migci_fared *fared);
/* Lets it end, and waits for that. */
void migci_worker_stop(migci_worker *worker);

#endif
