/*
 * cli_adopt.c - the command that takes over what another tool has applied.
 */
#include "cli.h"

static void print_adopted(const migci_cli *cli, const migc_adoption *adoption) {
    for (size_t i = 0; i < adoption->count; i++) {
        const migc_adopted *adopted = &adoption->migrations[i];
        printf("%s[x]%s %s  (applied: %s%s)\n", migci_paint(cli, MIGCI_GREEN),
               migci_paint(cli, MIGCI_PLAIN), adopted->migration->name,
               adopted->applied_at ? adopted->applied_at : "not known when",
               adopted->verified ? ", checksum verified" : "");
    }
    if (adoption->table)
        printf("%s keeps these in the table %s, which stays as it is.\n", adoption->tool,
               adoption->table);
    if (adoption->left_out)
        printf("Its rows for what was reverted, has no number or is not in this program are left"
               " out: %zu.\n",
               adoption->left_out);
    if (adoption->tool && !adoption->table)
        printf("These are counted in %s, which migc's stamp replaces.\n", adoption->tool);
    else if (!adoption->tool)
        printf("Nobody keeps a history: the schema is that of %s.\n",
               migci_name_at(cli->set, cli->result.to));
    if (cli->dry_run)
        printf("-- Dry run: %zu would be recorded as applied. Nothing was changed.\n",
               adoption->count);
    else
        printf("%zu adopted: %s is at %s.\n", adoption->count, cli->path,
               migci_name_at(cli->set, cli->result.to));
}

static void print_adopted_json(migci_cli *cli, const migc_adoption *adoption) {
    migci_json json;
    migci_json_begin_command(&json, cli);
    migci_json_text(&json, "command", "adopt");
    migci_json_bool(&json, "dry_run", cli->dry_run);
    migci_json_text(&json, "tool", adoption->tool);
    migci_json_text(&json, "table", adoption->table);
    migci_json_number(&json, "to", cli->result.to);
    migci_json_number(&json, "left_out", (int64_t)adoption->left_out);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "migrations", '[');
    for (size_t i = 0; i < adoption->count; i++) {
        const migc_adopted *adopted = &adoption->migrations[i];
        migci_json_open(&json, NULL, '{');
        migci_json_migration(&json, adopted->migration);
        migci_json_text(&json, "applied_at", adopted->applied_at);
        migci_json_text(&json, "applied_by", adopted->applied_by);
        migci_json_bool(&json, "verified", adopted->verified);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

int migci_cli_adopt(migci_cli *cli) {
    migc_adoption adoption = {0};
    int status = 0;
    if (cli->force)
        cli->options.flags |= MIGC_FORCE;
    migci_cli_watch_waiting(cli);
    migc_adopt(cli->db, cli->set, &adoption, &cli->options, &cli->error);
    migci_cli_unwatch(cli);
    if (cli->json)
        print_adopted_json(cli, &adoption);
    if (cli->error.code != MIGC_OK)
        status = migci_cli_fail(cli);
    else if (!cli->json && !cli->quiet)
        print_adopted(cli, &adoption);
    migc_adoption_free(&adoption);
    return status;
}
