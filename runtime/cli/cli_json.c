/*
 * cli_json.c - what the documents of --json have in common.
 */
#include "cli.h"

#include <string.h>

void migci_json_begin_command(migci_json *json, migci_cli *cli) {
    cli->has_document = true;
    migci_json_begin(json, stdout);
    migci_json_text(json, "set", cli->set ? cli->set->name : NULL);
    migci_json_text(json, "database", cli->path);
}

void migci_json_outcome(migci_json *json, const migci_cli *cli) {
    bool failed = cli->error.code != MIGC_OK;
    migci_json_text(json, "code", migc_code_name(cli->error.code));
    migci_json_text(json, "error", failed ? cli->error.message : NULL);
}

void migci_json_migration(migci_json *json, const migc_migration *migration) {
    if (migration->flags & MIGC_REPEATABLE)
        migci_json_null(json, "version");
    else
        migci_json_number(json, "version", migration->version);
    migci_json_text(json, "name", migration->name);
}

void migci_json_failure(migci_cli *cli) {
    migci_json json;
    if (!cli->json || cli->has_document)
        return;
    migci_json_begin_command(&json, cli);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "migrations", '[');
    migci_json_close(&json);
    migci_json_end(&json);
}
