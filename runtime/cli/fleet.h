/*
 * fleet.h - one command for many databases: the messages between the parent (cli_fleet.c) and
 * its worker processes (fleet_worker.c).
 *
 * They are processes, not threads: a step in C need not be thread-safe, and one that crashes
 * ends the turn of one database only.  Each worker has a pipe for paths, and one for its
 * answers.  Each message fits the atomic write of a pipe.
 */
#ifndef MIGC_FLEET_H
#define MIGC_FLEET_H

#include "cli.h"

#include <sys/types.h>

/* What became of one database. */
typedef struct migci_fared {
    int status; /* the exit status of the command, had it run alone */
    migc_code code;
    migc_result result;
    bool is_copied;     /* by the command backup */
    char message[1200]; /* the failure, in one line */
} migci_fared;

typedef struct migci_worker {
    pid_t pid;    /* 0: not running */
    int to, from; /* the parent's ends of the pipes */
    char *path;   /* the database that it is at work on, malloc'd; NULL: none */
} migci_worker;

/* Called before anything that opens files. */
void migci_worker_prepare(void);
/* Starts a process, in which the pipes of other workers are closed.  Returns 0, or an errno. */
int migci_worker_start(migci_worker *worker, const migci_cli *cli, const migci_worker *all,
                       size_t count);
/* Gives the worker a path, which it owns from then on; returns 0, or -1 when it is gone. */
int migci_worker_send(migci_worker *worker, char *path);
/* Waits for the answer.  If the worker is gone, the answer says how it ended, and it is reaped. */
void migci_worker_receive(migci_worker *worker, migci_fared *fared);
/* Ends the worker, and waits until it has ended. */
void migci_worker_stop(migci_worker *worker);

#endif
