/*
 * cli_drift.c - the command that compares the database's schema with that of its
 * migrations.
 */
#include "cli.h"

#include <stddef.h>
#include <string.h>

enum { MOST_PATTERNS = 64 };

struct listener {
    const migci_cli *cli;
    migci_json *json; /* NULL without --json */
};

static void print_drift(const migc_difference *difference, void *user) {
    static const char *const kinds[] = {"missing", "extra", "changed", "broken"};
    const struct listener *listener = user;
    migci_json *json = listener->json;
    if (json) {
        migci_json_open(json, NULL, '{');
        migci_json_text(json, "kind", kinds[difference->kind]);
        migci_json_text(json, "type", difference->type);
        migci_json_text(json, "name", difference->name);
        migci_json_text(json, "table", difference->table);
        migci_json_text(json, "text", difference->text);
        migci_json_close(json);
    } else if (!listener->cli->quiet) {
        migci_print_flat(stdout, "%s", difference->text);
        migci_print("\n");
    }
}

/* The document lists the differences as they are found, before the result is known. */
static int compare_with_set(migci_cli *cli, const char *const *ignore) {
    migci_json json;
    struct listener listener = {cli, cli->json ? &json : NULL};
    if (cli->json) {
        migci_json_begin_command(&json, cli);
        migci_json_open(&json, "differences", '[');
    }
    migc_code code =
        migc_drift(cli->db, cli->set, ignore, print_drift, &listener, &cli->options, &cli->error);
    if (cli->json) {
        migci_json_close(&json);
        migci_json_number(&json, "version", cli->result.to);
        migci_json_outcome(&json, cli);
        migci_json_end(&json);
    }
    if (code != MIGC_OK)
        return migci_cli_fail(cli);
    if (cli->json || cli->quiet)
        return 0;
    if (cli->missing)
        migci_print("%s does not exist yet.\n", cli->path);
    else
        migci_print("No drift: %s has the schema that its migrations make, up to %s.\n", cli->path,
                    migci_name_at(cli->set, cli->result.to));
    return 0;
}

static int run_drift(migci_cli *cli) {
    const char *patterns[MOST_PATTERNS + 1] = {NULL}; /* the words of "a,b*", then NULL */
    char *words = sqlite3_mprintf("%s", cli->ignore ? cli->ignore : "");
    char *word = words ? strtok(words, ",") : NULL;
    for (int count = 0; word && count < MOST_PATTERNS; word = strtok(NULL, ","))
        patterns[count++] = word;
    int status = words && !word
                     ? compare_with_set(cli, patterns)
                     : migci_cli_usage(cli, "--ignore takes up to %d patterns", MOST_PATTERNS);
    sqlite3_free(words);
    return status;
}

static const migci_command commands[] = {
    {"drift", "", "compare the schema with what the migrations make", run_drift, MIGCI_READS,
     MIGCI_FOR_DRIFT},
};

static const migci_option options[] = {
    {"--ignore", "PATTERN", "drift: leave out these objects and tables (GLOB, several: a,b*)",
     MIGCI_WORD, offsetof(migci_cli, ignore), MIGCI_FOR_DRIFT, 0, NULL, NULL},
};

const migci_part migci_part_drift = {.title = "Checking",
                                     .commands = commands,
                                     .command_count = 1,
                                     .options = options,
                                     .option_count = 1};
