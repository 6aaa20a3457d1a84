/*
 * cli_sets_up.c - commands on a file with several sets: up, plan and the proof act on all of
 * them together, and others must consider the other sets.
 */
#include "cli.h"
#include "sets/modules.h"

#include <string.h>

/* ------------------------------------------------------------------- running */

struct heading {
    migci_cli *cli;
    const migc_set *set; /* the set of the lines above, or NULL */
};

/* A line with the set's name stands above its events. */
static int print_event_of_set(const migc_event *event, void *user) {
    struct heading *heading = user;
    const migci_cli *cli = heading->cli;
    bool is_printed = !cli->json && !cli->quiet &&
                      (event->type == MIGC_EVENT_PLANNED || event->type == MIGC_EVENT_FINISHED);
    if (is_printed && event->set != heading->set) {
        /* an empty line ends the plan */
        bool blank = heading->set && event->type == MIGC_EVENT_FINISHED;
        migci_print("%s%s (%s):\n", blank ? "\n" : "", event->set->name, cli->path);
        heading->set = event->set;
    }
    return migci_cli_event(event, heading->cli);
}

static migc_code call_modules(migci_cli *cli, migci_target target) {
    (void)target; /* all of them are run */
    const migci_several *several = cli->several;
    migc_options options = cli->options;
    struct heading heading = {cli, NULL};
    options.on_event = print_event_of_set;
    options.event_user = &heading;
    return migc_up_sets(cli->db, several->sets, several->count, &options, &cli->error);
}

static migc_code call_module(migci_cli *cli, migci_target target) {
    const migci_several *several = cli->several;
    /* Up needs nobody, and what others need of a redo is back when it commits. */
    if (!target.way || migci_redoes(target))
        return migci_cli_call(cli, target);
    if (target.way->kind == MIGCI_BACK)
        return migc_down_sets(cli->db, several->sets, several->count, several->which,
                              (size_t)target.value, &cli->options, &cli->error);
    return migc_to_sets(cli->db, several->sets, several->count, several->which, target.value,
                        &cli->options, &cli->error);
}

/* ------------------------------------------------------------ JSON, summary */

static bool has_migration(const migc_set *set, const migc_migration *migration) {
    for (size_t i = 0; i < set->count; i++)
        if (&set->migrations[i] == migration)
            return true;
    return false;
}

/* `order` counts the actions of all sets in the file. */
static void begin_ordered_json(migci_json *json, const migc_migration *migration, size_t order,
                               bool down) {
    migci_json_open(json, NULL, '{');
    migci_json_number(json, "order", (int64_t)order);
    migci_json_migration(json, migration);
    migci_json_text(json, "direction", down ? "down" : "up");
}

/* A document for each set, as all commands of several sets print; `modules` is for a plan. */
static void print_modules_json(migci_cli *cli, const migci_modules *modules) {
    for (size_t s = 0; s < cli->several->count; s++) {
        migci_json json;
        cli->set = cli->several->sets[s];
        migci_print("%s", s ? ",\n" : "");
        migci_json_begin_command(&json, cli);
        migci_json_text(&json, "command", cli->command->name);
        migci_json_bool(&json, "dry_run", cli->dry_run);
        migci_json_outcome(&json, cli);
        migci_json_open(&json, "migrations", '[');
        for (size_t i = 0; i < (modules ? modules->action_count : cli->ran_count); i++)
            if (modules && has_migration(cli->set, modules->actions[i].migration)) {
                const migci_module_action *action = &modules->actions[i];
                begin_ordered_json(&json, action->migration, i + 1, false);
                migci_json_bool(&json, "begins_transaction", action->begins_transaction);
                migci_json_transaction(&json, action->migration, false);
                migci_json_text(&json, "effects", action->migration->effects);
                migci_json_close(&json);
            } else if (!modules && has_migration(cli->set, cli->ran[i].action.migration)) {
                const migci_ran *ran = &cli->ran[i];
                begin_ordered_json(&json, ran->action.migration, i + 1, ran->action.down);
                migci_json_number(&json, "duration_us", ran->duration_us);
                migci_json_close(&json);
            }
        migci_json_close(&json);
        migci_json_end(&json);
    }
    cli->set = cli->several->sets[cli->several->which];
}

/* Prints "2 applied in 3 ms: app.db has core at 003_users, shop at the beginning." */
static int finish_modules(migci_cli *cli) {
    const migc_result *result = &cli->result; /* valid until the states below are read */
    int status = cli->exit_code && cli->dry_run && result->count ? MIGCI_PENDING : 0;
    char duration[32];
    if (cli->json)
        print_modules_json(cli, NULL);
    if (cli->error.code != MIGC_OK)
        return migci_cli_fail(cli);
    if (cli->json || cli->quiet)
        return status;
    if (!result->count)
        migci_print("Nothing to do: %s has ", cli->path);
    else if (cli->dry_run)
        migci_print("-- Dry run: %zu would be applied. Nothing was changed: %s has ", result->count,
                    cli->path);
    else
        migci_print("%zu applied in %s: %s has ", result->count,
                    migci_duration(result->duration_us, duration), cli->path);
    for (size_t i = 0; i < cli->several->count; i++) {
        const migc_set *set = cli->several->sets[i];
        migc_states states;
        migc_status(cli->db, set, &states, &cli->options, NULL);
        migci_print("%s%s at %s", i ? ", " : "", set->name, migci_name_at(set, states.version));
        migc_states_free(&states);
    }
    migci_print(".\n");
    return status;
}

/* -------------------------------------------------------------------- plan */

static int run_module_plan(migci_cli *cli) {
    const migci_several *several = cli->several;
    migci_modules modules;
    migc_code code = migci_modules_open(&modules, cli->db, several->sets, several->count,
                                        &cli->options, &cli->error);
    if (code == MIGC_OK)
        code = migci_modules_read(&modules);
    bool pending = code == MIGC_OK && modules.action_count > 0;
    bool is_printed = code == MIGC_OK && !cli->json && !cli->quiet;
    if (is_printed && !pending)
        migci_print("Nothing to do.\n");
    for (size_t i = 0; is_printed && i < modules.action_count; i++) {
        const migci_module_action *action = &modules.actions[i];
        const char *effects = action->migration->effects;
        if (action->begins_transaction)
            migci_print("%s\n", migci_transaction_text(action->migration, false));
        migci_print("  %-4s %s/%s%s%s\n", "up", action->module->known->name,
                    action->migration->name, effects && *effects ? "  " : "",
                    effects ? effects : "");
    }
    if (code == MIGC_OK && cli->json)
        print_modules_json(cli, &modules);
    migci_modules_close(&modules);
    if (code != MIGC_OK && cli->json)
        print_modules_json(cli, NULL);
    if (code != MIGC_OK)
        return migci_cli_fail(cli);
    return pending && cli->exit_code ? MIGCI_PENDING : 0;
}

/* --------------------------------------------------------------------- whole */

/* The migrations come from several sets, so they get new numbers and chains. */
static const migc_set *merge_sets(const migci_modules *modules, migci_memory *memory) {
    migc_set *set = migci_allocate(memory, sizeof(*set));
    migc_migration *migrations =
        migci_allocate(memory, (modules->action_count + 1) * sizeof(*migrations));
    if (!set || !migrations)
        return NULL;
    for (size_t i = 0; i < modules->action_count; i++) {
        const migci_module_action *action = &modules->actions[i];
        char text[200];
        migrations[i] = *action->migration;
        migrations[i].version = (int64_t)i + 1;
        snprintf(text, sizeof(text), "%s/%s", action->module->known->name, migrations[i].file);
        migrations[i].file = migci_copy(memory, text);
        snprintf(text, sizeof(text), "xxh3:%08zx", i + 1);
        migrations[i].chain = migci_copy(memory, text);
        if (!migrations[i].file || !migrations[i].chain)
            return NULL;
    }
    set->abi = MIGC_ABI;
    set->name = "proof";
    set->count = modules->action_count;
    set->migrations = migrations;
    for (size_t i = 0; i < modules->count; i++)
        if (modules->items[i].known->no_transaction)
            set->no_transaction = modules->items[i].known->no_transaction;
    return set;
}

/* In an empty database all migrations are pending. */
static const migc_set *all_sets(migci_cli *cli, migci_memory *memory) {
    const migci_several *several = cli->several;
    const migc_set *set = NULL;
    migci_modules modules;
    sqlite3 *db = NULL;
    if (several->count == 1)
        return cli->set;
    sqlite3_open(":memory:", &db);
    migc_code code =
        migci_modules_open(&modules, db, several->sets, several->count, NULL, &cli->error);
    if (code == MIGC_OK)
        code = migci_modules_read(&modules);
    if (code == MIGC_OK && !(set = merge_sets(&modules, memory)))
        migci_fail(&modules.outer, MIGC_NO_MEMORY, "out of memory");
    migci_modules_close(&modules);
    sqlite3_close(db);
    return set;
}

void migci_choose_several(migci_cli *cli) {
    cli->operations.call = cli->all_modules ? call_modules : call_module;
    cli->operations.whole = all_sets;
    if (!cli->all_modules)
        return;
    cli->operations.finish = finish_modules;
    if (cli->command->bit == MIGCI_FOR_PLAN)
        cli->operations.run = run_module_plan;
}
