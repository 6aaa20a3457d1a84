/*
 * cli_wait.c - up --wait-current: for a read-only replica.  Migrates nothing, and succeeds once
 * another program has.
 *
 * The database is opened anew for every look, because it may not be there yet, and because a
 * file in WAL mode that nobody has open is read as one that cannot change.
 */
#include "cli.h"

#include <stddef.h>

enum { LOOK_MS = 200 };

/* One line for each migration that is first in line, not one for each look. */
struct pending_teller {
    migci_cli *cli;
    const migc_migration *told;
};

static int tell_pending(const migc_event *event, void *user) {
    struct pending_teller *teller = user;
    if (event->type == MIGC_EVENT_PENDING && event->migration == teller->told)
        return migci_signal_came();
    teller->told = event->migration;
    return migci_cli_event(event, teller->cli);
}

/* Of every set that the command is for. */
static migc_code look_for_pending(migci_cli *cli) {
    migc_code code = MIGC_OK;
    if (!cli->all_modules)
        return migc_wait_current(cli->db, cli->set, &cli->options, &cli->error);
    for (size_t i = 0; code == MIGC_OK && i < cli->several->count; i++)
        code = migc_wait_current(cli->db, cli->several->sets[i], &cli->options, &cli->error);
    return code;
}

static bool may_come_right(migc_code code) {
    return code == MIGC_READ_ONLY || code == MIGC_LOCKED || code == MIGC_INTERRUPTED ||
           code == MIGC_NEEDS;
}

static int wait_for_others(migci_cli *cli) {
    struct pending_teller teller = {cli, NULL};
    int64_t end_us = migci_now_us() + cli->wait_current_ms * 1000;
    int status = 0;
    migci_cli_watch(cli);
    cli->options.on_event = tell_pending;
    cli->options.event_user = &teller;
    while (!status) {
        int64_t left_ms = (end_us - migci_now_us()) / 1000;
        cli->options.wait_ms = left_ms <= 0 ? -1 : left_ms < LOOK_MS ? (int)left_ms : LOOK_MS;
        if (!may_come_right(look_for_pending(cli)) || left_ms <= 0)
            break;
        sqlite3_close(cli->db);
        cli->db = NULL;
        cli->missing = 0;
        status = migci_cli_open(cli);
    }
    migci_cli_unwatch(cli);
    return status ? status : migci_cli_finish(cli);
}

static int choose_waiting(migci_cli *cli) {
    if (cli->wait_current_ms < 0)
        return 0;
    cli->operations.access = MIGCI_READS;
    cli->operations.run = wait_for_others;
    return 0;
}

static const migci_option options[] = {
    {"--wait-current", "SECONDS", "write nothing: wait until another program has migrated",
     MIGCI_SECONDS, offsetof(migci_cli, wait_current_ms), MIGCI_FOR_UP, 0, NULL,
     "--dry-run --each --resume --wait --timeout --check --rehearse --backup --each-db --dqlite"},
};

const migci_part migci_part_wait = {.title = "Following a run",
                                    .options = options,
                                    .option_count = sizeof(options) / sizeof(*options),
                                    .choose = choose_waiting};
