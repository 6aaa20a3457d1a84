/*
 * cli_watch_waiting.c - while the library does what runs no migrations: prints that it waits, and
 * lets a signal stop it.
 */
#include "cli.h"

static int on_waiting(const migc_event *event, void *user) {
    switch (event->type) {
    case MIGC_EVENT_WAITING:
    case MIGC_EVENT_PROGRESS:
    case MIGC_EVENT_BACKUP:
    case MIGC_EVENT_LOG:
        return migci_cli_event(event, user);
    default:
        return migci_signal_came();
    }
}

void migci_cli_watch_waiting(migci_cli *cli) {
    migci_cli_watch(cli);
    cli->options.on_event = on_waiting;
}
