/*
 * cli_stored.c - "down --to VERSION" reverts to a version that this program knows, also what a
 * newer program applied; "redo" does the same for an edited migration.  Other commands get a
 * hint that this is possible.
 */
#include "cli.h"
#include "rehearse/rehearse.h"
#include "stored/stored.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* "down --to", or the redo of an edited migration, while it runs. */
struct down_to {
    const migc_set *own; /* the program's */
    migci_stored stored; /* what is applied, and by whom */
    migci_guard guard;   /* around a rehearsal */
    migci_around around;
};

static migc_code call_stored(migci_cli *cli, migci_target target) {
    (void)target;
    assert(cli->down);
    return migci_stored_run(&cli->down->stored, cli->db, cli->version, &cli->options, &cli->error);
}

/* Printed before the question, and before the SQL of a dry run. */
static void list_stored(const migci_cli *cli, const migci_stored *stored) {
    const char *mark = cli->dry_run ? "-- " : "";
    if (!stored->count || cli->quiet || cli->json)
        return;
    migci_print("%s%s was migrated by another program. Not known to this one, and reverted by the"
                " DOWN stored in it:\n",
                mark, cli->path);
    for (const migci_unknown_migration *f = stored->unknown; f; f = f->next)
        migci_print("%s  %s (applied %.19s%s%s%s%s)\n", mark, f->migration.name, f->applied_at,
                    f->applied_by ? " by " : "", f->applied_by ? f->applied_by : "",
                    f->host && *f->host ? " on " : "", f->host ? f->host : "");
    migci_print("%s", cli->dry_run ? "\n" : "");
    fflush(stdout);
}

static migc_code enter_guard(void *user, migci_session *session) {
    struct down_to *down = user;
    return migci_guard_enter(&down->guard, session, &down->stored);
}

static void leave_guard(void *user) {
    struct down_to *down = user;
    migci_stored_leave(&down->guard);
}

static void free_stored(migci_cli *cli) {
    if (!cli->down)
        return;
    cli->set = cli->down->own;
    migci_stored_free(&cli->down->stored);
    sqlite3_free(cli->down);
    cli->down = NULL;
}

/* Reads what is applied above `version`; a failure is in cli->error. */
static migc_code read_stored_above(migci_cli *cli, int64_t version) {
    free_stored(cli);
    cli->down = sqlite3_malloc(sizeof(*cli->down));
    if (!cli->down) {
        snprintf(cli->error.message, sizeof(cli->error.message),
                 "out of memory. Nothing was changed.");
        return cli->error.code = MIGC_NO_MEMORY;
    }
    memset(cli->down, 0, sizeof(*cli->down));
    cli->down->own = cli->set;
    cli->down->around = (migci_around){enter_guard, leave_guard, cli->down};
    return migci_stored_read(&cli->down->stored, cli->db, cli->set, version, &cli->options,
                             &cli->error);
}

static int prepare_down_to(migci_cli *cli) {
    if (!cli->down_to)
        return 0;
    if (read_stored_above(cli, cli->version) == MIGC_OK) {
        list_stored(cli, &cli->down->stored);
        cli->set = &cli->down->stored.set; /* so that unknown migrations are printed, too */
        cli->options = migci_stored_options(&cli->options);
        cli->operations.around = &cli->down->around;
        return 0;
    }
    int status = migci_cli_finish(cli);
    free_stored(cli);
    return status;
}

/* ------------------------------------------------------- what was edited */

/* Where the history has a migration that was edited since. */
typedef struct edition {
    int64_t before; /* the applied version below the first edited one; 0: there is none */
    int64_t latest;
    bool is_only_fault;
} edition;

/* Looks at the newest `count` applied migrations, or at all when it is 0.  False: none of them
 * was edited. */
static bool find_edition(migci_cli *cli, size_t count, edition *found) {
    migc_states states;
    migc_error unwanted;
    bool edited = false, anywhere = count == 0;
    int64_t reached = 0;
    *found = (edition){0, 0, true};
    migc_status(cli->db, cli->set, &states, &cli->options, &unwanted);
    for (size_t i = states.count; i-- > 0 && (anywhere ? !edited : count > 0);) {
        const migc_state *state = &states.states[i];
        found->is_only_fault &= !state->problem || state->problem == MIGC_EDITED;
        if (!state->applied)
            continue;
        edited |= state->problem == MIGC_EDITED;
        found->latest = found->latest ? found->latest : state->version;
        reached = state->version;
        count -= !anywhere;
    }
    for (size_t i = 0; i < states.count && states.states[i].version < reached; i++)
        if (states.states[i].applied)
            found->before = states.states[i].version;
    migc_states_free(&states);
    return edited;
}

/* The redo of an edited migration makes two runs: the stored DOWN of what was applied, then the
 * UP of this program. */
static migc_code call_redo(migci_cli *cli, migci_target target) {
    edition edited;
    if (cli->options.remote || !find_edition(cli, (size_t)target.value, &edited) ||
        !edited.is_only_fault)
        return migci_cli_call(cli, target);
    migc_code code = read_stored_above(cli, edited.before);
    if (code == MIGC_OK)
        code = migci_stored_run(&cli->down->stored, cli->db, edited.before, &cli->options,
                                &cli->error);
    if (code != MIGC_OK)
        return code;
    if (cli->options.flags & MIGC_DRY_RUN) {
        /* A dry run has not reverted them, so there is no plan for applying them again. */
        for (size_t i = 0; i < cli->set->count; i++) {
            migc_event event = {0};
            event.type = MIGC_EVENT_PLANNED;
            event.set = cli->set;
            event.migration = &cli->set->migrations[i];
            if (event.migration->version <= edited.before ||
                event.migration->version > edited.latest)
                continue;
            cli->result.count++;
            cli->result.to = event.migration->version;
            migci_cli_event(&event, cli);
        }
        return MIGC_OK;
    }
    migc_result down = cli->result;
    code = migc_to(cli->db, cli->set, edited.latest, &cli->options, &cli->error);
    cli->result.from = down.from;
    cli->result.count += down.count;
    cli->result.duration_us += down.duration_us;
    return code;
}

/* -------------------------------------------------------------------- part */

static int choose_stored(migci_cli *cli) {
    if (cli->command->bit == MIGCI_FOR_REDO)
        cli->operations.call = call_redo;
    if (!cli->down_to)
        return 0;
    if (cli->operand)
        return migci_cli_usage(cli, "down takes NAME or --to VERSION, not both");
    cli->operations.call = call_stored;
    cli->operand = cli->down_to;
    int status = migci_cli_version(cli);
    cli->operand = NULL;
    return status;
}

static void hint_at(const migci_cli *cli, int64_t version, const char *what) {
    migci_print_to(
        stderr, "%s: '%s down --to %lld' reverts %s, by the DOWN that is stored in the database\n",
        cli->program, cli->program, (long long)version, what);
}

static int hint_at_down_to(migci_cli *cli, int status) {
    edition edited;
    free_stored(cli);
    if (cli->cluster) /* it runs no stored DOWN, and may be closed */
        return status;
    if (cli->error.code == MIGC_NEWER)
        hint_at(cli, cli->set->count ? cli->set->migrations[cli->set->count - 1].version : 0,
                "what this program does not know");
    else if (cli->error.code == MIGC_EDITED && !cli->down_to &&
             (cli->command->bit & (MIGCI_FOR_RUNS & ~MIGCI_FOR_UP)) &&
             find_edition(cli, 0, &edited))
        hint_at(cli, edited.before, "the edition that was applied");
    return status;
}

static const migci_option options[] = {
    {"--to", "VERSION", "down: revert all above VERSION, by the DOWN in the database", MIGCI_WORD,
     offsetof(migci_cli, down_to), MIGCI_FOR_DOWN, 0, NULL, "-n"},
};

const migci_part migci_part_stored = {.title = "Over what a newer program did",
                                      .options = options,
                                      .option_count = 1,
                                      .choose = choose_stored,
                                      .before = prepare_down_to,
                                      .after = hint_at_down_to};
