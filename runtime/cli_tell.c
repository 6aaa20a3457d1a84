/*
 * cli_tell.c - where the events of a run go besides its lines on standard output: to --log,
 * to the bar of a terminal, or as lines on standard error.
 */
#include "cli.h"

#include <string.h>

static const struct sink {
    const char *name;
    migc_event_function *tell;
    int to_syslog;
} sinks[] = {
    {"text", migc_print_event, 0},
    {"json", migc_json_event, 0},
    {"syslog", migc_syslog_event, 1},
};

static const struct sink *find_sink(const char *name) {
    for (size_t i = 0; name && i < sizeof sinks / sizeof *sinks; i++)
        if (strcmp(sinks[i].name, name) == 0)
            return &sinks[i];
    return NULL;
}

int migci_tell_check(migci_cli *cli) {
    if (!cli->log || find_sink(cli->log))
        return 0;
    return migci_cli_usage(cli, "--log wants text, json or syslog, not '%s'", cli->log);
}

void migci_tell_enter(migci_cli *cli) {
    const struct sink *sink = find_sink(cli->log);
    cli->begun_us = migci_now_us();
    cli->bar = !cli->quiet && !cli->json && (!sink || sink->to_syslog) && migci_bar_is_possible();
    cli->bar_colour = cli->bar && migci_takes_colour(stderr);
}

/* What a person has to know, in a line; the bar tells of progress itself. */
static int is_for_stderr(const migci_cli *cli, const migc_event *event) {
    switch (event->type) {
    case MIGC_EVENT_WAITING:
        return !cli->quiet;
    case MIGC_EVENT_PROGRESS:
        return !cli->quiet && !cli->bar;
    case MIGC_EVENT_LOG:
        return event->level >= (cli->quiet ? MIGC_WARNING : MIGC_INFO);
    default:
        return 0;
    }
}

void migci_tell(migci_cli *cli, const migc_event *event) {
    char text[1400];
    const struct sink *sink = find_sink(cli->log);
    if (cli->profile)
        migci_profile_event(cli, event);
    if (event->type != MIGC_EVENT_PROGRESS && event->type != MIGC_EVENT_STEP)
        migci_bar_erase(cli);
    if (sink)
        sink->tell(event, NULL);
    if (event->type == MIGC_EVENT_PROGRESS && cli->bar)
        migci_bar_draw(cli, event);
    if (sink && !sink->to_syslog)
        return;
    if (is_for_stderr(cli, event) && *migc_event_text(event, text, sizeof text))
        fprintf(stderr, "%s\n", text);
}
