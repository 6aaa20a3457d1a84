/*
 * cli_image.c - "up" on a database that does not exist makes it of the set's snapshot.
 */
#include "cli.h"

#include <string.h>
#include <unistd.h>

/* A plain up can have a new database at once; other options may want to see it run. */
static int make_new(migci_cli *cli, int *status) {
    if (cli->command->run != migci_cli_up || cli->besides || cli->dry_run || cli->joint)
        return 0;
    *status = migci_cli_path(cli);
    if (*status)
        return 1;
    /* "books/" is the path of a folder, which migci_cli_open() says better. */
    if (access(cli->path, F_OK) == 0 || cli->path[strlen(cli->path) - 1] == '/')
        return 0;
    cli->options.on_event = migci_cli_event;
    cli->options.event_user = cli;
    cli->made = migci_snapshot_make(cli->path, cli->set, &cli->options);
    return 0;
}

const migc_verbs migc_verbs_snapshot = {NULL, NULL, 0, NULL, 0, make_new, NULL, NULL};
