/*
 * cli_events.c - sends the events of a run to the progress bar, to standard error, or to --log
 * and --profile.  The lines on standard output are cli_watch.c's.
 */
#include "cli.h"

#include "events/events.h"

void migci_events_enter(migci_cli *cli) {
    cli->begun_us = migci_now_us();
    cli->bar = !cli->quiet && !cli->json && !cli->log_on_stderr && migci_is_terminal(stderr);
    cli->bar_colour = cli->bar && migci_takes_colour(stderr);
}

void migci_emit_to_terminal(migci_cli *cli, const migc_event *event) {
    char text[1400];
    bool is_for_person = false;
    switch (event->type) { /* the bar shows that */
    case MIGC_EVENT_WAITING:
    case MIGC_EVENT_PENDING:
        is_for_person = !cli->quiet;
        break;
    case MIGC_EVENT_PROGRESS:
        is_for_person = !cli->quiet && !cli->bar;
        break;
    case MIGC_EVENT_LOG:
        is_for_person = event->level >= (cli->quiet ? MIGC_WARNING : MIGC_INFO);
        break;
    default:
        break;
    }
    if (event->type != MIGC_EVENT_PROGRESS && event->type != MIGC_EVENT_STEP)
        migci_bar_erase(cli);
    if (cli->recorder)
        cli->recorder->record(cli, event);
    if (event->type == MIGC_EVENT_PROGRESS && cli->bar)
        migci_bar_draw(cli, event);
    if (!cli->log_on_stderr && is_for_person && *migci_notice_text(event, text, sizeof(text)))
        migci_print_to(stderr, "%s\n", text);
}
