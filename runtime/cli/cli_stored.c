/*
 * cli_stored.c - "down --to VERSION": back to a version that this program
 * knows, also over what a newer one did; and the word that this can be done.
 */
#include "cli.h"
#include "stored/stored.h"

#include <stddef.h>

static migc_code call_stored(migci_cli *cli, migci_target target) {
    (void)target;
    return migci_stored_run(cli->stored, cli->db, cli->version, &cli->options, &cli->error);
}

/* Before the question, and before the SQL of a dry run. */
static void list_stored(const migci_cli *cli, const migci_stored *stored) {
    const char *mark = cli->dry_run ? "-- " : "";
    if (!stored->count || cli->quiet || cli->json)
        return;
    migci_print(stdout,
                "%s%s was migrated by another program. Not known to this one, and reverted by the"
                " DOWN stored in it:\n",
                mark, cli->path);
    for (const migci_foreign *f = stored->foreign; f; f = f->next)
        migci_print(stdout, "%s  %s (applied %.19s%s%s%s%s)\n", mark, f->migration.name,
                    f->applied_at, f->applied_by ? " by " : "", f->applied_by ? f->applied_by : "",
                    f->host && *f->host ? " on " : "", f->host ? f->host : "");
    migci_print(stdout, "%s", cli->dry_run ? "\n" : "");
    fflush(stdout);
}

static int run_down_to(migci_cli *cli) {
    const migc_set *own = cli->set;
    migci_stored stored;
    int status;
    if (migci_stored_read(&stored, cli->db, own, cli->version, &cli->options, &cli->error) ==
        MIGC_OK) {
        list_stored(cli, &stored);
        cli->set = &stored.set; /* what is not this program's is printed too */
        cli->stored = &stored;
        status = migci_cli_go(cli, migci_target_of(cli->version));
        cli->set = own;
        cli->stored = NULL;
    } else {
        status = migci_cli_finish(cli);
    }
    migci_stored_free(&stored);
    return status;
}

static int choose_down_to(migci_cli *cli) {
    if (!cli->down_to)
        return 0;
    if (cli->operand)
        return migci_cli_usage(cli, "down takes NAME or --to VERSION, not both");
    cli->operand = cli->down_to;
    cli->operations.run = run_down_to;
    cli->operations.call = call_stored;
    return migci_cli_version(cli);
}

static int hint_at_down_to(migci_cli *cli, int status) {
    const migc_set *set = cli->set;
    if (cli->error.code == MIGC_NEWER)
        migci_print(stderr,
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

const migci_part migci_part_stored = {.title = "Over what a newer program did",
                                      .options = options,
                                      .option_count = 1,
                                      .choose = choose_down_to,
                                      .after = hint_at_down_to};
