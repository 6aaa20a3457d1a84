/*
 * cli_snapshot.c - "up" creates a database that does not exist from the set's snapshot.
 */
#include "cli.h"

#include <string.h>
#include <unistd.h>

static migc_code call_nothing(migci_cli *cli, migci_target target) {
    (void)target;
    return cli->error.code;
}

static int open_new(migci_cli *cli) {
    int status = migci_cli_path(cli);
    if (status)
        return status;
    /* "books/" is the path of a folder; migci_cli_open() has the better message for that. */
    if (*cli->file && access(cli->file, F_OK) != 0 && cli->file[strlen(cli->file) - 1] != '/') {
        cli->options.on_event = migci_cli_event;
        cli->options.event_user = cli;
        cli->made = migci_snapshot_make(cli->path, cli->set, &cli->options);
    }
    if (cli->made)
        cli->operations.call = call_nothing;
    return migci_cli_open(cli);
}

/* Only a plain up may take the snapshot; with other options people want to see the migrations
 * run. */
static int choose_snapshot(migci_cli *cli) {
    if (cli->command->bit == MIGCI_FOR_UP && !cli->besides && !cli->dry_run && !cli->all_modules)
        cli->operations.open = open_new;
    return 0;
}

const migci_part migci_part_snapshot = {.choose = choose_snapshot};
