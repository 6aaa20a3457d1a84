/*
 * cli_baseline.c - the command that records migrations without running them.
 */
#include "cli.h"

/* The recorded ones are the last in the history, up to its latest version. */
static size_t end_of(const migci_cli *cli) {
    size_t end = 0;
    while (end < cli->set->count && cli->set->migrations[end].version <= cli->result.to)
        end++;
    return end;
}

static void print_baseline_json(migci_cli *cli) {
    migci_json json;
    size_t end = end_of(cli), first = cli->error.code == MIGC_OK ? end - cli->result.count : end;
    migci_json_begin_command(&json, cli);
    migci_json_text(&json, "command", "baseline");
    migci_json_bool(&json, "dry_run", cli->dry_run);
    migci_json_number(&json, "from", cli->result.from);
    migci_json_number(&json, "to", cli->result.to);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "migrations", '[');
    for (size_t i = first; i < end; i++) {
        migci_json_open(&json, NULL, '{');
        migci_json_migration(&json, &cli->set->migrations[i]);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

int migci_cli_baseline(migci_cli *cli) {
    if (cli->force)
        cli->options.flags |= MIGC_FORCE;
    migci_cli_watch_waiting(cli);
    migc_baseline(cli->db, cli->set, cli->version, &cli->options, &cli->error);
    migci_cli_unwatch(cli);
    if (cli->json)
        print_baseline_json(cli);
    if (cli->error.code != MIGC_OK)
        return migci_cli_fail(cli);
    if (cli->json || cli->quiet)
        return 0;
    size_t end = end_of(cli);
    for (size_t i = end - cli->result.count; i < end; i++) {
        migci_print_mark(cli, MIGCI_GREEN, 'x');
        migci_print("%s  (recorded, not run)\n", cli->set->migrations[i].name);
    }
    if (cli->dry_run)
        migci_print("-- Dry run: %zu would be recorded as applied. Nothing was changed.\n",
                    cli->result.count);
    else
        migci_print("%zu recorded as applied: %s is at %s.\n", cli->result.count, cli->path,
                    cli->set->migrations[end - 1].name);
    return 0;
}
