/*
 * cli_baseline.c - the command that records migrations without running them.
 */
#include "cli.h"

/* Those that were recorded are the last ones up to where the history goes now. */
static size_t end_of(const migci_cli *cli) {
    size_t end = 0;
    while (end < cli->set->count && cli->set->migrations[end].version <= cli->result.to)
        end++;
    return end;
}

static void print_json(const migci_cli *cli) {
    migci_json json;
    int failed = cli->error.code != MIGC_OK;
    size_t end = end_of(cli), first = failed ? end : end - cli->result.count;
    if (!migci_json_open(&json))
        return;
    for (size_t i = first; i < end; i++) {
        const migc_migration *migration = &cli->set->migrations[i];
        migci_value values[] = {MIGCI_NUMBER(migration->version), MIGCI_TEXT(migration->name)};
        migci_json_add(&json, "SELECT json_object('version', ?1, 'name', ?2)", values, 2);
    }
    migci_value values[] = {
        MIGCI_TEXT(cli->set->name),
        MIGCI_TEXT(cli->path),
        MIGCI_NUMBER(cli->dry_run),
        MIGCI_NUMBER(cli->result.from),
        MIGCI_NUMBER(cli->result.to),
        MIGCI_TEXT(migc_code_name(cli->error.code)),
        MIGCI_TEXT(failed ? cli->error.message : NULL),
    };
    migci_json_print(&json,
                     "SELECT json_object('set', ?2, 'database', ?3, 'command', 'baseline',"
                     " 'dry_run', json(iif(?4, 'true', 'false')), 'from', ?5, 'to', ?6,"
                     " 'code', ?7, 'error', ?8, 'migrations', json(?1))",
                     values, sizeof values / sizeof *values);
}

static void print_recorded(const migci_cli *cli) {
    size_t end = end_of(cli);
    for (size_t i = end - cli->result.count; i < end; i++)
        printf("%s[x]%s %s  (recorded, not run)\n", migci_paint(cli, MIGCI_GREEN),
               migci_paint(cli, MIGCI_PLAIN), cli->set->migrations[i].name);
    if (cli->dry_run)
        printf("-- Dry run: %zu would be recorded as applied. Nothing was changed.\n",
               cli->result.count);
    else
        printf("%zu recorded as applied: %s is at %s.\n", cli->result.count, cli->path,
               cli->set->migrations[end - 1].name);
}

int migci_cli_baseline(migci_cli *cli) {
    if (cli->force)
        cli->options.flags |= MIGC_FORCE;
    migci_cli_watch_waiting(cli);
    migc_baseline(cli->db, cli->set, cli->version, &cli->options, &cli->error);
    migci_cli_unwatch(cli);
    if (cli->json)
        print_json(cli);
    if (cli->error.code != MIGC_OK)
        return migci_cli_fail(cli);
    if (!cli->json && !cli->quiet)
        print_recorded(cli);
    return 0;
}
