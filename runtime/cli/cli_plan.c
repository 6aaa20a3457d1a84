/*
 * cli_plan.c - the commands plan and show, which run nothing.
 */
#include "cli.h"

const char *migci_transaction_text(const migc_migration *migration, bool down) {
    if (migci_is_outside(migration, down))
        return "outside transactions:";
    return migration->flags & MIGC_FOREIGN_KEYS_ON ? "in one transaction, foreign keys enforced:"
                                                   : "in one transaction:";
}

/* The same, in a document. */
void migci_json_transaction(migci_json *json, const migc_migration *migration, bool down) {
    migci_json_bool(json, "in_transaction", !migci_is_outside(migration, down));
    migci_json_bool(json, "foreign_keys", migration->flags & MIGC_FOREIGN_KEYS_ON);
}

/* When nothing is reverted, a migration below the latest applied one is out of order. */
static bool is_out_of_order(const migc_plan *steps, const migc_action *action) {
    const migc_migration *migration = action->migration;
    return !steps->actions[0].down && !action->down && migration->version < steps->from &&
           !(migration->flags & MIGC_REPEATABLE);
}

/* A plan lacks the migrations that the policy skips. */
static void print_skipped(migci_cli *cli) {
    migc_states states;
    if (!(migci_flags(cli->set, &cli->options) & MIGC_SKIP_OUT_OF_ORDER) || cli->quiet)
        return;
    if (migc_status(cli->db, cli->set, &states, &cli->options, &cli->error) == MIGC_OK)
        for (size_t i = 0; i < states.count; i++)
            if (states.states[i].problem == MIGC_OUT_OF_ORDER) {
                migci_print("%s", states.states[i].name);
                migci_print_order(cli, states.version);
                migci_print("\n");
            }
    migc_states_free(&states);
}

/* Only a run shows whether a step in C asks for the connection, so all of them are named before. */
static void print_remote_calls(const migc_action *action) {
    unsigned count;
    const migc_step *steps = migci_action_steps(action, &count);
    for (unsigned i = 0; i < count; i++)
        if (steps[i].call)
            migci_print("         calls %s() in C: without migc_db() on a cluster, by migc_exec()"
                        " and migc_query()\n",
                        steps[i].text);
}

static void print_plan(const migci_cli *cli, const migc_plan *steps, const migci_data_loss *lost) {
    if (cli->quiet)
        return;
    if (cli->missing)
        migci_print("%s does not exist yet.\n\n", cli->path);
    if (!steps->count)
        migci_print("Nothing to do.\n");
    for (size_t i = 0; i < steps->count; i++) {
        const migc_action *action = &steps->actions[i];
        const migc_migration *migration = action->migration;
        if (action->begins_transaction)
            migci_print("%s\n", migci_transaction_text(migration, action->down));
        const char *lossy = action->down ? migration->lossy : NULL;
        const char *effects = action->down ? NULL : migration->effects;
        migci_print("  %-4s %s%s%s%s%s", action->down ? "down" : "up", migration->name,
                    lossy ? "  loses data: " : "", lossy ? lossy : "",
                    effects && *effects ? "  " : "", effects ? effects : "");
        if (is_out_of_order(steps, action))
            migci_print_order(cli, steps->from);
        migci_print("\n");
        migci_data_loss_print(lost, migration, stdout, "         ");
        if (!cli->db)
            print_remote_calls(action);
    }
    if (!lost->known)
        migci_print("What would be lost could not be counted.\n");
}

static void print_plan_json(migci_cli *cli, const migc_plan *steps, const migci_data_loss *lost) {
    migci_json json;
    migci_json_begin_command(&json, cli);
    migci_json_bool(&json, "exists", !cli->missing);
    migci_json_number(&json, "from", steps->from);
    migci_json_number(&json, "to", steps->to);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "migrations", '[');
    for (size_t i = 0; i < steps->count; i++) {
        const migc_action *action = &steps->actions[i];
        const migc_migration *migration = action->migration;
        migci_json_open(&json, NULL, '{');
        migci_json_migration(&json, migration);
        migci_json_text(&json, "direction", action->down ? "down" : "up");
        migci_json_bool(&json, "begins_transaction", action->begins_transaction);
        migci_json_transaction(&json, migration, action->down);
        migci_json_text(&json, "effects", action->down ? NULL : migration->effects);
        migci_data_loss_json(&json, lost, action);
        migci_json_text(&json, "out_of_order",
                        is_out_of_order(steps, action) ? migci_order_word(cli) : NULL);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

int migci_cli_plan(migci_cli *cli) {
    migc_plan steps;
    migci_data_loss lost = {0};
    migc_code code =
        migc_plan_to(cli->db, cli->set, cli->version, &steps, &cli->options, &cli->error);
    int status = cli->exit_code && steps.count ? MIGCI_PENDING : 0;
    if (cli->db)
        migci_data_loss_find(&lost, cli->db, steps.actions, steps.count);
    if (cli->json)
        print_plan_json(cli, &steps, &lost);
    else if (code == MIGC_OK)
        print_plan(cli, &steps, &lost);
    migci_free_all(&lost.memory);
    if (code == MIGC_OK && !cli->json)
        print_skipped(cli);
    migc_plan_free(&steps);
    return code == MIGC_OK ? status : migci_cli_fail(cli);
}

/* --------------------------------------------------------------------- show */

/* In the words of a header; NULL: both directions run in a transaction. */
static const char *transaction_value(const migc_migration *migration) {
    bool up = migci_is_outside(migration, false), down = migci_is_outside(migration, true);
    return up && down ? "none" : up ? "none up" : down ? "none down" : NULL;
}

/* What a header says, in a line of text and in a document. */
static const struct {
    const char *name, *key;
    size_t offset; /* in migc_migration, of the const char * */
} header_texts[] = {
    {"Description", "description", offsetof(migc_migration, description)},
    {"Author", "author", offsetof(migc_migration, author)},
    {"Date", "date", offsetof(migc_migration, date)},
    {"Depends", "depends", offsetof(migc_migration, depends)},
    {"Tags", "tags", offsetof(migc_migration, tags)},
    {"Estimated-Duration", "estimated_duration", offsetof(migc_migration, estimated_duration)},
    {"Notes", "notes", offsetof(migc_migration, notes)},
    {"Irreversible", "irreversible", offsetof(migc_migration, irreversible)},
    {"Lossy", "lossy", offsetof(migc_migration, lossy)},
};
enum { HEADER_TEXTS = sizeof(header_texts) / sizeof(*header_texts) };

static const char *header_text(const migc_migration *m, size_t row) {
    return *(const char *const *)(const void *)((const char *)m + header_texts[row].offset);
}

static void print_header_line(const char *indent, const char *name, const char *value) {
    if (value)
        migci_print("%s%s: %s\n", indent, name, value);
}

void migci_print_header(const migc_migration *m, const char *indent) {
    for (size_t i = 0; i < HEADER_TEXTS; i++)
        print_header_line(indent, header_texts[i].name, header_text(m, i));
    print_header_line(indent, "Transaction", transaction_value(m));
    print_header_line(indent, "Foreign-Keys", m->flags & MIGC_FOREIGN_KEYS_ON ? "on" : NULL);
    print_header_line(indent, "Engine", m->flags & MIGC_SQLITE_ONLY ? "sqlite" : NULL);
    print_header_line(indent, "Checksum", m->checksum);
    print_header_line(indent, "Effects", m->effects && *m->effects ? m->effects : NULL);
}

void migci_json_header(migci_json *json, const migc_migration *m) {
    migci_json_text(json, "checksum", m->checksum);
    for (size_t i = 0; i < HEADER_TEXTS; i++)
        migci_json_text(json, header_texts[i].key, header_text(m, i));
    migci_json_text(json, "transaction", transaction_value(m));
    migci_json_text(json, "foreign_keys", m->flags & MIGC_FOREIGN_KEYS_ON ? "on" : NULL);
    migci_json_text(json, "effects", m->effects);
}

static const migc_step *print_section(const char *marker, const migc_step *steps, unsigned count) {
    if (count) {
        migci_print("\n-- === %s ===\n", marker);
        migci_print_steps(steps, count);
    }
    return steps + count;
}

static void print_migration_json(migci_cli *cli, const migc_migration *m) {
    migci_json json;
    cli->has_document = true;
    migci_json_begin(&json, stdout);
    migci_json_migration(&json, m);
    migci_json_text(&json, "file", m->file);
    migci_json_header(&json, m);
    migci_json_open(&json, "steps", '[');
    for (unsigned i = 0; i < m->up_count + m->down_count + m->verify_count; i++) {
        migci_json_open(&json, NULL, '{');
        migci_json_text(&json, "section",
                        i < m->up_count                   ? "up"
                        : i < m->up_count + m->down_count ? "down"
                                                          : "verify");
        migci_json_number(&json, "line", m->steps[i].line);
        migci_json_text(&json, "kind", m->steps[i].call ? "call" : "sql");
        migci_json_text(&json, "text", m->steps[i].text);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

int migci_cli_show(migci_cli *cli) {
    int status = 0;
    const migc_migration *m = migci_cli_repeatable(cli, cli->operand);
    if (!m)
        m = migci_cli_find(cli, cli->operand, &status);
    if (!m)
        return status;
    if (cli->json) {
        print_migration_json(cli, m);
        return 0;
    }
    migci_print("-- Migration: %s\n", m->name);
    migci_print_header(m, "-- ");
    const migc_step *steps = print_section("UP MIGRATION", m->steps, m->up_count);
    steps = print_section("DOWN MIGRATION", steps, m->down_count);
    print_section("VERIFY", steps, m->verify_count);
    return 0;
}
