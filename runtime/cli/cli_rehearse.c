/*
 * cli_rehearse.c - up, to and down with --rehearse: does what they would do, rolls it back, and
 * reports it.
 */
#include "cli.h"
#include "rehearse/rehearse.h"

#include <stddef.h>
#include <string.h>

/* -------------------------------------------------------------------- report */

enum { STEP_WIDTH = 60 };

static const char *plural_ending(int64_t count) {
    return count == 1 ? "" : "s";
}

/* On one line, not cut within a character. */
static void shorten_step(const migc_step *step, char buffer[STEP_WIDTH + 8]) {
    size_t length = 0;
    const char *text = step->text;
    if (step->call)
        length = (size_t)snprintf(buffer, STEP_WIDTH, "call: ");
    for (; *text && length < STEP_WIDTH; text++) {
        bool blank = strchr(" \t\r\n", *text) != NULL;
        if (!blank || (length && buffer[length - 1] != ' '))
            buffer[length++] = blank ? ' ' : *text;
    }
    while (*text && length && (*text & 0xC0) == 0x80) {
        length--;
        text--;
    }
    snprintf(buffer + length, sizeof "…", "%s", *text ? "…" : "");
}

static void print_migration(const migci_cli *cli, const migc_rehearsed *one) {
    char duration[32], text[STEP_WIDTH + 8];
    const char *name = one->migration->name;
    int colour = !one->done ? MIGCI_RED : one->down ? MIGCI_YELLOW : MIGCI_GREEN;
    migci_print_mark(cli, colour, !one->done ? '!' : one->down ? ' ' : 'x');
    migci_print("%s  (%s%s)\n", name, one->down ? "reverted, " : "",
                one->done ? migci_duration(one->duration_us, duration) : "failed");
    for (size_t i = 0; i < one->count; i++) {
        const migc_rehearsed_step *step = &one->steps[i];
        shorten_step(step->step, text);
        migci_print("    %u: %s  (%s, %lld row%s)\n", step->step->line, text,
                    migci_duration(step->duration_us, duration), (long long)step->rows,
                    plural_ending(step->rows));
    }
}

static void print_change(int64_t count, const char *word, int *any) {
    if (count)
        migci_print("%s%lld %s", (*any)++ ? ", " : " (", (long long)count, word);
}

static void print_table(const migc_rehearsed_table *table) {
    int any = 0;
    migci_print("  %s: ", table->name);
    if (table->before < 0)
        migci_print("new, %lld row%s", (long long)table->after, plural_ending(table->after));
    else if (table->after < 0)
        migci_print("gone, with %lld row%s", (long long)table->before,
                    plural_ending(table->before));
    else
        migci_print("%lld row%s before, %lld after", (long long)table->before,
                    plural_ending(table->before), (long long)table->after);
    if (table->remade)
        migci_print("%sremade", any++ ? ", " : " (");
    print_change(table->inserted, "inserted", &any);
    print_change(table->updated, "updated", &any);
    print_change(table->deleted, "deleted", &any);
    migci_print("%s\n", any ? ")" : "");
}

static void print_cost(const migc_rehearsal *rehearsal) {
    char held[32], longest[32];
    migci_print("Size: %lld bytes before, %lld after", (long long)rehearsal->size_before,
                (long long)rehearsal->size_after);
    if (rehearsal->journal_size >= 0)
        migci_print("; journal about %lld", (long long)rehearsal->journal_size);
    migci_print("\nThe write lock is held for %s", migci_duration(rehearsal->locked_us, held));
    if (rehearsal->longest_lock_us < rehearsal->locked_us)
        migci_print(", at most %s at once", migci_duration(rehearsal->longest_lock_us, longest));
    migci_print("\n");
}

static void print_report(const migci_cli *cli, const migc_rehearsal *rehearsal) {
    for (size_t i = 0; i < rehearsal->count; i++)
        print_migration(cli, &rehearsal->migrations[i]);
    if (!rehearsal->count)
        return;
    if (rehearsal->table_count || rehearsal->other_rows)
        migci_print("Rows:\n");
    for (size_t i = 0; i < rehearsal->table_count; i++)
        print_table(&rehearsal->tables[i]);
    if (rehearsal->other_rows)
        migci_print("  and %lld more changed, in tables that SQLite does not name\n",
                    (long long)rehearsal->other_rows);
    if (rehearsal->difference_count)
        migci_print("Schema:\n");
    for (size_t i = 0; i < rehearsal->difference_count; i++)
        migci_print("  %s\n", rehearsal->differences[i].text);
    if (rehearsal->key_count)
        migci_print("Foreign keys that do not hold:\n");
    for (size_t i = 0; i < rehearsal->key_count; i++) {
        const migc_rehearsed_key *key = &rehearsal->keys[i];
        migci_print("  %lld row%s of %s %s at no row of %s", (long long)key->after,
                    plural_ending(key->after), key->table, key->after == 1 ? "points" : "point",
                    key->parent);
        migci_print(key->before ? "; %lld before\n" : "\n", (long long)key->before);
    }
    print_cost(rehearsal);
}

static void print_rehearsal_summary(const migci_cli *cli, const migc_rehearsal *rehearsal) {
    const migc_result *result = &cli->result;
    const char *where = cli->missing   ? "on an empty database in memory"
                        : cli->copy_in ? "on a copy, which is gone again"
                                       : "and rolled back";
    char duration[32];
    if (!rehearsal->count && cli->missing)
        migci_print("Nothing to do: %s does not exist.\n", cli->path);
    else if (!rehearsal->count)
        migci_print("Nothing to do: %s is at %s.\n", cli->path,
                    migci_name_at(cli->set, result->to));
    else
        migci_print("Rehearsed in %s %s: %zu would be %s, from %s to %s. Nothing was changed.\n",
                    migci_duration(result->duration_us, duration), where, rehearsal->count,
                    rehearsal->migrations[0].down ? "reverted" : "applied",
                    migci_name_at(cli->set, result->from), migci_name_at(cli->set, result->to));
}

/* ----------------------------------------------------------------- commands */

static int run_rehearsal(migci_cli *cli) {
    const migci_copy_of copy = {cli->copy_in && *cli->copy_in ? cli->copy_in : NULL};
    bool back = cli->command->bit == MIGCI_FOR_DOWN;
    int status = back && cli->operand ? migci_cli_latest(cli) : 0;
    migc_rehearsal rehearsal;
    if (status)
        return status;
    migci_cli_watch_waiting(cli);
    migc_code code = migci_rehearse(cli->db, cli->set,
                                    back ? migci_cli_back(cli) : migci_target_of(cli->version),
                                    cli->copy_in ? &copy : NULL, cli->operations.around, &rehearsal,
                                    &cli->options, &cli->error);
    migci_cli_unwatch(cli);
    if (cli->json)
        migci_rehearsal_print_json(cli, &rehearsal);
    else if (!cli->quiet)
        print_report(cli, &rehearsal);
    if (code == MIGC_OK && !cli->json && !cli->quiet)
        print_rehearsal_summary(cli, &rehearsal);
    migc_rehearsal_free(&rehearsal);
    return code == MIGC_OK ? 0 : migci_cli_fail(cli);
}

/* A database that does not exist is not created: an empty one in memory takes its place. */
static int choose_rehearsal(migci_cli *cli) {
    if (!cli->rehearse)
        return 0;
    if (cli->each && !cli->copy_in)
        return migci_cli_usage(cli, "a rehearsal is one transaction: --each wants --copy");
    cli->operations.access = MIGCI_WRITES;
    cli->operations.run = run_rehearsal;
    return 0;
}

static const migci_option options[] = {
    {"--rehearse", NULL, "up, to, down: do it on the real data, report, and undo it", MIGCI_FLAG,
     offsetof(migci_cli, rehearse), MIGCI_FOR_UP | MIGCI_FOR_TO | MIGCI_FOR_DOWN, 0, NULL,
     "--dry-run --exit-code --check --backup --log --profile"},
    {"--copy", "DIR", "rehearse on a copy beside the database, or in DIR: nobody waits",
     MIGCI_WORD_OR_NONE, offsetof(migci_cli, copy_in), 0,
     MIGCI_FOR_UP | MIGCI_FOR_TO | MIGCI_FOR_DOWN, "--rehearse", NULL},
};

const migci_part migci_part_rehearse = {.title = "Rehearsing",
                                        .options = options,
                                        .option_count = sizeof(options) / sizeof(*options),
                                        .choose = choose_rehearsal};
