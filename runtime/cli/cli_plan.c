/*
 * cli_plan.c - the commands that show without running: plan and show.
 */
#include "cli.h"

const char *migci_transaction_text(const migc_migration *migration) {
    if (migration->flags & MIGC_NO_TRANSACTION)
        return "outside transactions:";
    return migration->flags & MIGC_FOREIGN_KEYS_ON ? "in one transaction, foreign keys enforced:"
                                                   : "in one transaction:";
}

/* Nothing is taken back below the latest applied one, so what is before it is out of order. */
static int is_out_of_order(const migc_steps *steps, const migc_action *action) {
    const migc_migration *migration = action->migration;
    return !steps->actions[0].down && !action->down && migration->version < steps->from &&
           !(migration->flags & MIGC_REPEATABLE);
}

/* What the policy leaves out is in no plan. */
static void print_skipped(migci_cli *cli) {
    migc_states states;
    if (!(migci_flags(cli->set, &cli->options) & MIGC_SKIP_OUT_OF_ORDER) || cli->quiet)
        return;
    if (migc_status(cli->db, cli->set, &states, &cli->options, &cli->error) == MIGC_OK)
        for (size_t i = 0; i < states.count; i++)
            if (states.states[i].problem == MIGC_OUT_OF_ORDER) {
                printf("%s", states.states[i].name);
                migci_print_order(cli, states.version);
                printf("\n");
            }
    migc_states_free(&states);
}

static void print_plan(const migci_cli *cli, const migc_steps *steps, const migci_toll *toll) {
    if (cli->quiet)
        return;
    if (!steps->count)
        printf("Nothing to do.\n");
    for (size_t i = 0; i < steps->count; i++) {
        const migc_action *action = &steps->actions[i];
        const migc_migration *migration = action->migration;
        if (action->begins_transaction)
            printf("%s\n", migci_transaction_text(migration));
        const char *lossy = action->down ? migration->lossy : NULL;
        const char *effects = action->down ? NULL : migration->effects;
        printf("  %-4s %s%s%s%s%s", action->down ? "down" : "up", migration->name,
               lossy ? "  loses data: " : "", lossy ? lossy : "", effects && *effects ? "  " : "",
               effects ? effects : "");
        if (is_out_of_order(steps, action))
            migci_print_order(cli, steps->from);
        printf("\n");
        if (action->down)
            migci_toll_print(toll, migration, stdout, "         ");
    }
    if (!toll->known)
        printf("What would be lost could not be counted.\n");
}

static void add_action(migci_json *json, const migci_cli *cli, const migc_steps *steps,
                       const migc_action *action, const migci_toll *toll) {
    const migc_migration *migration = action->migration;
    char *losses = action->down ? migci_toll_json(toll, migration) : NULL;
    migci_value values[] = {
        migci_version_value(migration),
        MIGCI_TEXT(migration->name),
        MIGCI_TEXT(action->down ? "down" : "up"),
        MIGCI_NUMBER(action->begins_transaction),
        MIGCI_TEXT(action->down ? NULL : migration->effects),
        MIGCI_TEXT(action->down ? migration->lossy : NULL),
        MIGCI_TEXT(losses),
        MIGCI_TEXT(is_out_of_order(steps, action) ? migci_order_word(cli) : NULL)};
    migci_json_add(json,
                   "SELECT json_object('version', ?1, 'name', ?2, 'direction', ?3,"
                   " 'begins_transaction', json(iif(?4, 'true', 'false')), 'effects', ?5,"
                   " 'lossy', ?6, 'losses', json(?7), 'out_of_order', ?8)",
                   values, sizeof values / sizeof *values);
    sqlite3_free(losses);
}

static void print_json(const migci_cli *cli, const migc_steps *steps, const migci_toll *toll) {
    migci_json json;
    if (!migci_json_open(&json))
        return;
    for (size_t i = 0; i < steps->count; i++)
        add_action(&json, cli, steps, &steps->actions[i], toll);
    int failed = cli->error.code != MIGC_OK;
    migci_value values[] = {MIGCI_TEXT(cli->set->name),
                            MIGCI_TEXT(cli->path),
                            MIGCI_NUMBER(steps->from),
                            MIGCI_NUMBER(steps->to),
                            MIGCI_TEXT(migc_code_name(cli->error.code)),
                            MIGCI_TEXT(failed ? cli->error.message : NULL)};
    migci_json_print(&json,
                     "SELECT json_object('set', ?2, 'database', ?3, 'from', ?4, 'to', ?5,"
                     " 'code', ?6, 'error', ?7, 'migrations', json(?1))",
                     values, 6);
}

int migci_cli_plan(migci_cli *cli) {
    migc_steps steps;
    migci_toll toll;
    if (cli->joint)
        return cli->several->plan(cli);
    migc_code code = migc_plan(cli->db, cli->set, cli->version, &steps, &cli->options, &cli->error);
    int status = cli->exit_code && steps.count ? MIGCI_PENDING : 0;
    migci_toll_take(&toll, cli->db, steps.actions, steps.count);
    if (cli->json)
        print_json(cli, &steps, &toll);
    else if (code == MIGC_OK)
        print_plan(cli, &steps, &toll);
    migci_free_all(&toll.memory);
    if (code == MIGC_OK && !cli->json)
        print_skipped(cli);
    migc_steps_free(&steps);
    return code == MIGC_OK ? status : migci_cli_fail(cli);
}

/* --------------------------------------------------------------------- show */

void migci_print_header(const migc_migration *m, const char *indent) {
    const struct {
        const char *name, *value;
    } keys[] = {
        {"Description", m->description},
        {"Author", m->author},
        {"Date", m->date},
        {"Depends", m->depends},
        {"Tags", m->tags},
        {"Irreversible", m->irreversible},
        {"Lossy", m->lossy},
        {"Transaction", m->flags & MIGC_NO_TRANSACTION ? "none" : NULL},
        {"Foreign-Keys", m->flags & MIGC_FOREIGN_KEYS_ON ? "on" : NULL},
        {"Checksum", m->checksum},
        {"Effects", m->effects && *m->effects ? m->effects : NULL},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].value)
            printf("%s%s: %s\n", indent, keys[i].name, keys[i].value);
}

static const migc_step *print_section(const char *marker, const migc_step *steps, unsigned count) {
    if (count) {
        printf("\n-- === %s ===\n", marker);
        migci_print_steps(steps, count);
    }
    return steps + count;
}

static int show_json(const migc_migration *m) {
    migci_json json;
    if (!migci_json_open(&json))
        return 1;
    for (unsigned i = 0; i < m->up_count + m->down_count + m->verify_count; i++) {
        migci_value values[] = {MIGCI_TEXT(i < m->up_count                   ? "up"
                                           : i < m->up_count + m->down_count ? "down"
                                                                             : "verify"),
                                MIGCI_NUMBER(m->steps[i].line), MIGCI_TEXT(m->steps[i].text),
                                MIGCI_TEXT(m->steps[i].call ? "call" : "sql")};
        migci_json_add(&json,
                       "SELECT json_object('section', ?1, 'line', ?2, 'kind', ?4, 'text', ?3)",
                       values, 4);
    }
    migci_value values[] = {
        migci_version_value(m),      MIGCI_TEXT(m->name),        MIGCI_TEXT(m->file),
        MIGCI_TEXT(m->checksum),     MIGCI_TEXT(m->description), MIGCI_TEXT(m->author),
        MIGCI_TEXT(m->date),         MIGCI_TEXT(m->depends),     MIGCI_TEXT(m->tags),
        MIGCI_TEXT(m->irreversible), MIGCI_TEXT(m->lossy),       MIGCI_TEXT(m->effects)};
    return !migci_json_print(
        &json,
        "SELECT json_object('version', ?2, 'name', ?3, 'file', ?4,"
        " 'checksum', ?5, 'description', ?6, 'author', ?7, 'date', ?8,"
        " 'depends', ?9, 'tags', ?10, 'irreversible', ?11, 'lossy', ?12, 'effects', ?13,"
        " 'steps', json(?1))",
        values, sizeof values / sizeof *values);
}

int migci_cli_show(migci_cli *cli) {
    int status = 0;
    const migc_migration *m = migci_cli_repeatable(cli, cli->operand);
    if (!m)
        m = migci_cli_find(cli, cli->operand, &status);
    if (!m)
        return status;
    if (cli->json)
        return show_json(m);
    printf("-- Migration: %s\n", m->name);
    migci_print_header(m, "-- ");
    const migc_step *steps = print_section("UP MIGRATION", m->steps, m->up_count);
    steps = print_section("DOWN MIGRATION", steps, m->down_count);
    print_section("VERIFY", steps, m->verify_count);
    return 0;
}
