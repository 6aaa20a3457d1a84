/*
 * cli_wait.c - up --wait-current, for a read-only replica: migrates nothing, and succeeds when
 * another program has migrated the database.
 *
 * It opens the file again for every look, since it may not exist yet, and since a file in WAL
 * mode that nobody has open is read as one that cannot change.
 */
#include "cli.h"

#include <stddef.h>

enum { LOOK_MS = 200 };

/* One line each time another migration is the first pending one, not one for each look. */
struct pending_printer {
    migci_cli *cli;
    const migc_migration *printed;
};

static int print_pending(const migc_event *event, void *user) {
    struct pending_printer *printer = user;
    if (event->type == MIGC_EVENT_PENDING && event->migration == printer->printed)
        return migci_signal_came();
    printer->printed = event->migration;
    return migci_cli_event(event, printer->cli);
}

static int wait_for_others(migci_cli *cli) {
    struct pending_printer printer = {cli, NULL};
    size_t count = cli->all_modules ? cli->several->count : 1;
    int64_t end_us = migci_now_us() + cli->wait_current_ms * 1000;
    int status = 0;
    migci_cli_watch(cli);
    cli->options.on_event = print_pending;
    cli->options.event_user = &printer;
    while (!status) {
        int64_t left_ms = (end_us - migci_now_us()) / 1000;
        migc_code code = MIGC_OK;
        int64_t look_ms = left_ms < LOOK_MS || cli->options.remote ? left_ms : LOOK_MS;
        cli->options.wait_ms = look_ms > 0 ? (int)look_ms : -1;
        for (size_t i = 0; code == MIGC_OK && i < count; i++)
            code = migc_wait_current(cli->db, cli->all_modules ? cli->several->sets[i] : cli->set,
                                     &cli->options, &cli->error);
        bool may_change = code == MIGC_READ_ONLY || code == MIGC_LOCKED ||
                          code == MIGC_INTERRUPTED || code == MIGC_NEEDS;
        if (!may_change || left_ms <= 0)
            break;
        if (cli->options.remote)
            continue;
        sqlite3_close(cli->db);
        cli->db = NULL;
        cli->missing = false;
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
     "--dry-run --each --resume --wait --timeout --check --rehearse --backup --each-db"},
};

const migci_part migci_part_wait = {.title = "Following a run",
                                    .options = options,
                                    .option_count = sizeof(options) / sizeof(*options),
                                    .choose = choose_waiting};
