/*
 * cli_log.c - --log and --profile, which also receive the events of a run.
 */
#include "cli.h"

#include <stddef.h>
#include <string.h>

static const struct sink {
    const char *name;
    migc_event_function *print;
    bool on_stderr;
} sinks[] = {
    {"text", migc_print_event, true},
    {"json", migc_json_event, true},
    {"syslog", migc_syslog_event, false},
};

static const struct sink *find_log_form(const char *name) {
    for (size_t i = 0; name && i < sizeof(sinks) / sizeof(*sinks); i++)
        if (strcmp(sinks[i].name, name) == 0)
            return &sinks[i];
    return NULL;
}

static void record_event(migci_cli *cli, const migc_event *event) {
    const struct sink *sink = find_log_form(cli->log);
    if (cli->profile)
        migci_profile_event(cli, event);
    if (sink)
        sink->print(event, NULL);
}

static void print_recorded_profile(migci_cli *cli) {
    if (cli->profile)
        migci_profile_print(cli);
}

static void add_profile_json(migci_cli *cli, migci_json *json) {
    if (cli->profile)
        migci_profile_json(cli, json);
}

static const migci_recorder recorder = {record_event, print_recorded_profile, add_profile_json};

static int choose_recorder(migci_cli *cli) {
    const struct sink *sink = find_log_form(cli->log);
    if (cli->log && !sink)
        return migci_cli_usage(cli, "--log wants text, json or syslog, not '%s'", cli->log);
    cli->recorder = cli->log || cli->profile ? &recorder : NULL;
    cli->log_on_stderr = sink && sink->on_stderr;
    return 0;
}

static const migci_option options[] = {
    {"--log", "FORM", "log each step: text or json on standard error, or syslog", MIGCI_WORD,
     offsetof(migci_cli, log), MIGCI_FOR_RUNS | MIGCI_FOR_BACKUP, MIGCI_FOR_REPAIR, "--resume",
     NULL},
    {"--profile", NULL, "print the slowest steps of a run", MIGCI_FLAG,
     offsetof(migci_cli, profile), MIGCI_FOR_RUNS, MIGCI_FOR_REPAIR, "--resume", "--each-db"},
};

const migci_part migci_part_log = {.title = "Following a run",
                                   .options = options,
                                   .option_count = sizeof(options) / sizeof(*options),
                                   .choose = choose_recorder};
