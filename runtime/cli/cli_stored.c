/*
 * cli_stored.c - "down --to VERSION": back to a version that this program
 * knows, also over what a newer one did; and the word that this can be done.
 */
#include "cli.h"
#include "stored/stored.h"

#include <stddef.h>

static migc_code run_stored(migci_cli *cli, migci_target target) {
    (void)target;
    return migci_stored_run(cli->engine_data, cli->db, cli->version, &cli->options, &cli->error);
}

/* Before the question, and before the SQL of a dry run. */
static void list_stored(const migci_cli *cli, const migci_stored *stored) {
    const char *mark = cli->dry_run ? "-- " : "";
    if (!stored->count || cli->quiet || cli->json)
        return;
    printf("%s%s was migrated by another program. Not known to this one, and reverted by the"
           " DOWN stored in it:\n",
           mark, cli->path);
    for (const migci_foreign *f = stored->foreign; f; f = f->next)
        migci_print_tame(stdout, "%s  %s (applied %.19s%s%s%s%s)\n", mark, f->migration.name,
                         f->applied_at, f->applied_by ? " by " : "",
                         f->applied_by ? f->applied_by : "", f->host && *f->host ? " on " : "",
                         f->host ? f->host : "");
    printf("%s", cli->dry_run ? "\n" : "");
    fflush(stdout);
}

/* The engine knows the foreign migrations too, and so must those who print. */
static int go(migci_cli *cli, migci_stored *stored) {
    const migc_set *own = cli->set;
    list_stored(cli, stored);
    cli->set = &stored->set;
    cli->engine = run_stored;
    cli->engine_data = stored;
    int status = migci_cli_go(cli, migci_target_of(cli->version));
    cli->set = own;
    cli->engine = NULL;
    cli->engine_data = NULL;
    return status;
}

static int run_down_to(migci_cli *cli) {
    migci_stored stored;
    migc_code code =
        migci_stored_read(&stored, cli->db, cli->set, cli->version, &cli->options, &cli->error);
    int status = code == MIGC_OK ? go(cli, &stored) : migci_cli_finish(cli);
    migci_stored_free(&stored);
    return status;
}

static const migci_command down_to = {"down", "", "", run_down_to, MIGCI_WRITES, MIGCI_FOR_DOWN};

/* With --to, "down" is another command. */
static int take_over(migci_cli *cli, int *status) {
    if (!cli->down_to)
        return 0;
    if (cli->operand)
        *status = migci_cli_usage(cli, "down takes NAME or --to VERSION, not both");
    else {
        cli->operand = cli->down_to;
        *status = migci_cli_version(cli);
        cli->command = &down_to;
    }
    return *status != 0;
}

static int tell_of_it(migci_cli *cli, int status) {
    const migc_set *set = cli->set;
    if (cli->error.code == MIGC_NEWER)
        fprintf(stderr,
                "%s: '%s down --to %lld' reverts what this program does not know, by the DOWN"
                " that is stored in the database\n",
                cli->program, cli->program,
                set->count ? (long long)set->migrations[set->count - 1].version : 0);
    return status;
}

static const migci_option options[] = {
    {"--to", "VERSION", "down: revert all above VERSION, by the DOWN in the database", MIGCI_WORD,
     offsetof(migci_cli, down_to), MIGCI_FOR_DOWN, 0, NULL, "-n"},
};

const migc_verbs migc_verbs_stored = {
    "Over what a newer program did", NULL, 0, options, 1, take_over, NULL, tell_of_it};
