/*
 * cli_run.c - the commands that change the database: up, down, to, redo, reset;
 * their dry runs, the question before anything is reverted, and the summary.
 */
#include "cli.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

/* ------------------------------------------------------------------ summary */

static bool is_repeatable(const migci_ran *one) {
    return (one->action.migration->flags & MIGC_REPEATABLE) != 0;
}

/* The first or the last that has a number; NULL: there is none. */
static const migci_ran *find_numbered(const migci_cli *cli, bool last) {
    const migci_ran *found = NULL;
    for (size_t i = 0; i < cli->ran_count && (last || !found); i++)
        if (!is_repeatable(&cli->ran[i]))
            found = &cli->ran[i];
    return found;
}

static bool goes_back(const migci_cli *cli) {
    const migci_ran *first = find_numbered(cli, false);
    return first && first->action.down;
}

static bool goes_back_and_up(const migci_cli *cli) {
    return goes_back(cli) && !find_numbered(cli, true)->action.down;
}

/* Repeatables come back, and migrations that are applied again lose nothing. */
static bool is_loss(const migci_ran *one) {
    return one->action.down && !is_repeatable(one);
}

/* What the actions in `ran` would lose now. */
static void find_data_loss(const migci_cli *cli, migci_data_loss *lost) {
    migci_memory memory = {0};
    migc_action *actions = migci_allocate(&memory, cli->ran_count * sizeof(*actions));
    for (size_t i = 0; i < cli->ran_count && actions; i++)
        actions[i] = cli->ran[i].action;
    if (cli->db)
        migci_data_loss_find(lost, cli->db, actions, actions ? cli->ran_count : 0);
    lost->known &= actions != NULL;
    migci_free_all(&memory);
}

static const char uncounted[] = "What would be lost could not be counted.";

/* At the end of a dry run, below its SQL. */
static void print_data_loss(const migci_cli *cli) {
    migci_data_loss lost = {0};
    char line[300];
    find_data_loss(cli, &lost);
    for (size_t i = 0; i < cli->ran_count; i++) {
        const migc_migration *migration = cli->ran[i].action.migration;
        if (!is_loss(&cli->ran[i]) && (is_repeatable(&cli->ran[i]) || goes_back(cli)))
            continue;
        if (cli->ran[i].action.down && migration->lossy)
            migci_print("-- %s loses data: %s\n", migration->name, migration->lossy);
        snprintf(line, sizeof(line), "-- %s ", migration->name);
        migci_data_loss_print(&lost, migration, stdout, line);
    }
    if (!lost.known)
        migci_print("-- %s\n", uncounted);
    migci_free_all(&lost.memory);
}

/* "2 applied, 1 repeatable run".  Repeatables that were only taken off for a while do not count. */
static void print_counts(const migci_cli *cli) {
    size_t numbered = 0, again = 0;
    bool redone = goes_back_and_up(cli);
    const char *done = redone           ? "reverted and applied again"
                       : goes_back(cli) ? "reverted"
                                        : "applied";
    for (size_t i = 0; i < cli->ran_count; i++) {
        numbered += !is_repeatable(&cli->ran[i]);
        again += is_repeatable(&cli->ran[i]) && !cli->ran[i].action.down;
    }
    if (numbered)
        migci_print("%zu %s%s", redone ? numbered / 2 : numbered, cli->dry_run ? "would be " : "",
                    done);
    if (again)
        migci_print("%s%zu repeatable%s %srun", numbered ? ", " : "", again, again == 1 ? "" : "s",
                    cli->dry_run ? "would " : "");
    if (!numbered && !again)
        migci_print("%zu repeatable%s reverted", cli->ran_count, cli->ran_count == 1 ? "" : "s");
}

static void print_run_summary(const migci_cli *cli) {
    const migc_result *result = &cli->result;
    char duration[32];
    if (cli->quiet)
        return;
    if (cli->dry_run)
        print_data_loss(cli);
    if (!result->count && cli->missing) {
        migci_print("Nothing to do: %s does not exist.\n", cli->path);
        return;
    }
    if (!result->count) {
        migci_print("Nothing to do: %s is at %s.\n", cli->path,
                    migci_name_at(cli->set, result->to));
        return;
    }
    if (cli->dry_run && cli->missing)
        migci_print("-- %s does not exist yet.\n", cli->path);
    migci_print("%s", cli->dry_run ? "-- Dry run: " : "");
    print_counts(cli);
    if (cli->dry_run && !find_numbered(cli, false))
        migci_print(". Nothing was changed.\n");
    else if (cli->dry_run)
        migci_print(", from %s to %s. Nothing was changed.\n",
                    migci_name_at(cli->set, result->from), migci_name_at(cli->set, result->to));
    else
        migci_print(" in %s: %s is at %s.\n", migci_duration(result->duration_us, duration),
                    cli->path, migci_name_at(cli->set, result->to));
}

/* Rows are counted before they are gone. */
static void print_run_json(migci_cli *cli) {
    migci_json json;
    migci_data_loss lost = {0};
    if (cli->dry_run)
        find_data_loss(cli, &lost);
    migci_json_begin_command(&json, cli);
    migci_json_text(&json, "command", cli->command->name);
    migci_json_bool(&json, "dry_run", cli->dry_run);
    migci_json_bool(&json, "exists", !cli->missing);
    migci_json_number(&json, "from", cli->result.from);
    migci_json_number(&json, "to", cli->result.to);
    migci_json_number(&json, "duration_us", cli->result.duration_us);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "migrations", '[');
    for (size_t i = 0; i < cli->ran_count; i++) {
        const migc_migration *migration = cli->ran[i].action.migration;
        migci_json_open(&json, NULL, '{');
        migci_json_migration(&json, migration);
        migci_json_text(&json, "direction", cli->ran[i].action.down ? "down" : "up");
        migci_json_number(&json, "duration_us", cli->ran[i].duration_us);
        migci_data_loss_json(&json, &lost, &cli->ran[i].action);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    if (cli->recorder)
        cli->recorder->json(cli, &json);
    migci_json_end(&json);
    migci_free_all(&lost.memory);
}

int migci_cli_report(migci_cli *cli) {
    assert(cli->ran_durable <= cli->ran_count && cli->ran_count <= cli->ran_room);
    if (cli->json)
        print_run_json(cli);
    else if (cli->recorder)
        cli->recorder->print(cli);
    if (cli->error.code != MIGC_OK)
        return migci_cli_fail(cli);
    if (!cli->json)
        print_run_summary(cli);
    return cli->exit_code && cli->dry_run && cli->result.count ? MIGCI_PENDING : 0;
}

/* ----------------------------------------------------------------- commands */

migc_code migci_cli_call(migci_cli *cli, migci_target target) {
    if (!target.way)
        return migc_up(cli->db, cli->set, &cli->options, &cli->error);
    switch (target.way->kind) {
    case MIGCI_BACK:
        return migc_down(cli->db, cli->set, (size_t)target.value, &cli->options, &cli->error);
    case MIGCI_REDO:
        return migc_redo(cli->db, cli->set, (size_t)target.value, &cli->options, &cli->error);
    default:
        return migc_to(cli->db, cli->set, target.value, &cli->options, &cli->error);
    }
}

static migc_code call_watched(migci_cli *cli, migci_target target) {
    migci_cli_watch(cli);
    migc_code code = cli->operations.call(cli, target);
    migci_cli_unwatch(cli);
    return code;
}

int migci_cli_finish(migci_cli *cli) {
    return cli->operations.finish(cli);
}

/* An up does not ask, so it prints what is lost. */
static void print_losses_of_up(const migci_cli *cli) {
    migc_plan plan;
    migci_data_loss lost = {0};
    migc_options options = cli->options;
    options.result = NULL;
    if (cli->quiet || cli->json || cli->dry_run || cli->all_modules || cli->made || !cli->db)
        return;
    if (migc_plan_to(cli->db, cli->set, MIGC_LATEST, &plan, &options, NULL) == MIGC_OK)
        migci_data_loss_find(&lost, cli->db, plan.actions, plan.count);
    for (size_t i = 0; i < plan.count; i++)
        if (!(plan.actions[i].migration->flags & MIGC_REPEATABLE) &&
            migci_data_loss_has(&lost, plan.actions[i].migration)) {
            migci_print("%s:\n", plan.actions[i].migration->name);
            migci_data_loss_print(&lost, plan.actions[i].migration, stdout, "    ");
        }
    fflush(stdout);
    migci_free_all(&lost.memory);
    migc_plan_free(&plan);
}

/* The stamp alone said that there is nothing to do.  A program's start believes it; a person who
 * types up is told what the history says. */
static void compare_with_history(migci_cli *cli) {
    migc_plan plan;
    migc_options options = cli->options;
    options.result = NULL;
    options.flags |= MIGC_DRY_RUN;
    migc_code code = migc_plan_to(cli->db, cli->set, MIGC_LATEST, &plan, &options, &cli->error);
    const char *missing = code == MIGC_OUT_OF_ORDER       ? cli->error.name
                          : code == MIGC_OK && plan.count ? plan.actions[0].migration->name
                                                          : NULL;
    if (missing) {
        cli->error.code = MIGC_BAD_HISTORY;
        snprintf(cli->error.message, sizeof(cli->error.message),
                 "PRAGMA user_version says that all is applied, but the history does not have %s."
                 " Nothing was changed. 'repair' says how to go on.",
                 missing);
    }
    migc_plan_free(&plan);
}

int migci_cli_up(migci_cli *cli) {
    print_losses_of_up(cli);
    if (call_watched(cli, (migci_target){NULL, 0}) == MIGC_OK && !cli->result.count &&
        !cli->quiet && !cli->all_modules && cli->db)
        compare_with_history(cli);
    return migci_cli_finish(cli);
}

static void list_going_back(const migci_cli *cli, FILE *stream) {
    migci_data_loss lost = {0};
    find_data_loss(cli, &lost);
    for (size_t i = 0; i < cli->ran_count; i++) {
        const migc_migration *migration = cli->ran[i].action.migration;
        if (!is_loss(&cli->ran[i]))
            continue;
        migci_print_to(stream, "  %s%s%s\n", migration->name,
                       migration->lossy ? ": loses data: " : "",
                       migration->lossy ? migration->lossy : "");
        migci_data_loss_print(&lost, migration, stream, "    ");
    }
    if (!lost.known)
        migci_print_to(stream, "%s\n", uncounted);
    migci_free_all(&lost.memory);
    if (goes_back_and_up(cli))
        migci_print_to(stream, "and applies it again.\n");
}

/* A dry run finds out what the question is about. */
static int confirm_going_back(migci_cli *cli, migci_target target) {
    bool quiet = cli->quiet, asks = isatty(STDIN_FILENO);
    const migci_recorder *recorder = cli->recorder;
    int status = 0;
    cli->quiet = true;
    cli->recorder = NULL;
    cli->options.flags |= MIGC_DRY_RUN;
    migc_code code = call_watched(cli, target);
    cli->options.flags &= ~(unsigned)MIGC_DRY_RUN;
    cli->quiet = quiet;
    cli->recorder = recorder;
    if (code != MIGC_OK) {
        status = migci_cli_finish(cli);
    } else if (goes_back(cli) && asks) {
        migci_print("From %s this reverts:\n", cli->path);
        list_going_back(cli, stdout);
        status = migci_cli_yes() ? 0 : 1;
    } else if (goes_back(cli)) {
        migci_print_to(stderr, "%s: from %s this reverts:\n", cli->program, cli->path);
        list_going_back(cli, stderr);
        status = migci_cli_unasked(cli);
    }
    cli->ran_count = 0;
    return status;
}

int migci_cli_go(migci_cli *cli, migci_target target) {
    int status = cli->yes || cli->dry_run ? 0 : confirm_going_back(cli, target);
    if (status)
        return status;
    call_watched(cli, target);
    return migci_cli_finish(cli);
}

int migci_cli_to(migci_cli *cli) {
    return migci_cli_go(cli, (migci_target){&migci_to, cli->version});
}

int migci_cli_reset(migci_cli *cli) {
    return migci_cli_go(cli, migci_target_of(0));
}

int migci_cli_redo(migci_cli *cli) {
    int64_t count = cli->count ? cli->count : 1;
    if (cli->operand) {
        char *end;
        count = strtol(cli->operand, &end, 10);
        if (*end || count < 1)
            return migci_cli_usage(cli, "redo wants a whole number from 1, not '%s'", cli->operand);
    }
    return migci_cli_go(cli, (migci_target){&migci_redo, count});
}

/* After the message. */
static int refuse_down(migci_cli *cli) {
    cli->error.code = MIGC_MISUSE;
    migci_json_failure(cli);
    migci_cli_fail(cli);
    return 1;
}

int migci_cli_latest(migci_cli *cli) {
    int status = 0;
    const migc_migration *wanted = migci_cli_find(cli, cli->operand, &status);
    migc_states states;
    if (!wanted || cli->missing)
        return status;
    if (migc_status(cli->db, cli->set, &states, &cli->options, &cli->error) != MIGC_OK) {
        status = migci_cli_finish(cli);
    } else if (states.version > wanted->version) { /* Later migrations may need it. */
        size_t count = 1;
        sqlite3_str *above = sqlite3_str_new(NULL);
        for (size_t s = states.count; s-- > 0 && states.states[s].version > wanted->version;)
            if (states.states[s].applied)
                sqlite3_str_appendf(above, "%s %s", count++ > 1 ? "," : "", states.states[s].name);
        char *list = sqlite3_str_finish(above);
        snprintf(cli->error.message, sizeof(cli->error.message),
                 "%s cannot be reverted while later ones are applied:%.600s. Nothing was changed."
                 " 'down -n %zu' reverts them all.",
                 wanted->name, list ? list : "", count);
        status = refuse_down(cli);
        sqlite3_free(list);
    } else if (states.version < wanted->version) {
        snprintf(cli->error.message, sizeof(cli->error.message),
                 "%s is not applied. Nothing was changed.", wanted->name);
        status = refuse_down(cli);
    }
    migc_states_free(&states);
    return status;
}

migci_target migci_cli_back(const migci_cli *cli) {
    if (cli->down_to)
        return migci_target_of(cli->version);
    return (migci_target){&migci_back, cli->count ? cli->count : 1};
}

int migci_cli_down(migci_cli *cli) {
    int status = cli->operand ? migci_cli_latest(cli) : 0;
    return status ? status : migci_cli_go(cli, migci_cli_back(cli));
}
