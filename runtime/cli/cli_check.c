/*
 * cli_check.c - the option --check: validate then checks the whole database, and commands that
 * change a database check it before each commit.
 */
#include "cli.h"

static void print_checks_json(migci_cli *cli, const migc_checks *checks) {
    migci_json json;
    migci_json_begin_command(&json, cli);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "checks", '[');
    for (size_t i = 0; i < checks->count; i++) {
        const migc_check_line *line = &checks->lines[i];
        migci_json_open(&json, NULL, '{');
        migci_json_text(&json, "check", line->name);
        migci_json_bool(&json, "good", line->good);
        migci_json_text(&json, "text", line->text);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

static int run_check(migci_cli *cli) {
    bool json = cli->json;
    migc_checks checks;
    if (cli->missing) {
        migci_cli_lack_database(cli, "check");
        migci_json_failure(cli);
        return migci_cli_fail(cli);
    }
    migc_code code = migc_check(cli->db, cli->set, &checks, &cli->options, &cli->error);
    if (cli->json)
        print_checks_json(cli, &checks);
    for (size_t i = 0; i < checks.count && !cli->json && !cli->quiet; i++) {
        const migc_check_line *line = &checks.lines[i];
        migci_print_mark(cli, line->good ? MIGCI_GREEN : MIGCI_RED, line->good ? 'x' : '!');
        migci_print_flat(stdout, "%-12s  %s", line->name, line->text);
        migci_print("\n");
    }
    migc_checks_free(&checks);
    if (code != MIGC_OK)
        return migci_cli_fail(cli);
    cli->json = false; /* the document is complete */
    int status = migci_cli_validate(cli);
    cli->json = json;
    return status;
}

/* "validate --check" checks more than validate does. */
static int choose_check(migci_cli *cli) {
    if (cli->check && cli->command->bit == MIGCI_FOR_VALIDATE)
        cli->operations.run = run_check;
    return 0;
}

static int add_check_hook(migci_cli *cli) {
    if (!cli->check)
        return 0;
    cli->check_hook = (migc_hook){migc_check_hook, NULL, cli->options.hooks};
    cli->options.hooks = &cli->check_hook;
    return 0;
}

static const migci_option options[] = {
    {"--check", NULL, "validate: the whole database; a run: its integrity before each commit",
     MIGCI_FLAG, offsetof(migci_cli, check),
     MIGCI_FOR_RUNS | MIGCI_FOR_BASELINE | MIGCI_FOR_VALIDATE, MIGCI_FOR_REPAIR, MIGCI_REPAIRS,
     NULL},
};

const migci_part migci_part_check = {.title = "Checking",
                                     .options = options,
                                     .option_count = 1,
                                     .choose = choose_check,
                                     .before = add_check_hook};
