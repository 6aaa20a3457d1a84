/*
 * cli_events.c - where the events of a run go besides its lines on standard output: to the
 * bar of a terminal, or as lines on standard error, or to what cli_log.c makes of them.
 */
#include "cli.h"

void migci_events_enter(migci_cli *cli) {
    cli->begun_us = migci_now_us();
    cli->bar = !cli->quiet && !cli->json && !cli->log_on_stderr && migci_is_terminal(stderr);
    cli->bar_colour = cli->bar && migci_takes_colour(stderr);
}

/* What a person has to know, in a line; the bar shows progress itself. */
static bool is_for_stderr(const migci_cli *cli, const migc_event *event) {
    switch (event->type) {
    case MIGC_EVENT_WAITING:
    case MIGC_EVENT_PENDING:
        return !cli->quiet;
    case MIGC_EVENT_PROGRESS:
        return !cli->quiet && !cli->bar;
    case MIGC_EVENT_LOG:
        return event->level >= (cli->quiet ? MIGC_WARNING : MIGC_INFO);
    default:
        return false;
    }
}

void migci_emit_to_terminal(migci_cli *cli, const migc_event *event) {
    char text[1400];
    if (event->type != MIGC_EVENT_PROGRESS && event->type != MIGC_EVENT_STEP)
        migci_bar_erase(cli);
    if (cli->recorder)
        cli->recorder->record(cli, event);
    if (event->type == MIGC_EVENT_PROGRESS && cli->bar)
        migci_bar_draw(cli, event);
    if (!cli->log_on_stderr && is_for_stderr(cli, event) &&
        *migc_event_text(event, text, sizeof(text)))
        migci_print(stderr, "%s\n", text);
}
