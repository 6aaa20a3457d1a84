/*
 * cli_rehearse_json.c - the report of a rehearsal as one JSON document.
 */
#include "cli.h"

static void add_rehearsed(migci_json *json, const migc_rehearsed *one) {
    migci_json_open(json, NULL, '{');
    migci_json_migration(json, one->migration);
    migci_json_text(json, "direction", one->down ? "down" : "up");
    migci_json_bool(json, "done", one->done);
    migci_json_number(json, "duration_us", one->duration_us);
    migci_json_open(json, "steps", '[');
    for (size_t i = 0; i < one->count; i++) {
        const migc_rehearsed_step *step = &one->steps[i];
        migci_json_open(json, NULL, '{');
        migci_json_number(json, "line", step->step->line);
        migci_json_text(json, "sql", step->step->call ? NULL : step->step->text);
        migci_json_text(json, "call", step->step->call ? step->step->text : NULL);
        migci_json_number(json, "duration_us", step->duration_us);
        migci_json_number(json, "rows", step->rows);
        migci_json_close(json);
    }
    migci_json_close(json);
    migci_json_close(json);
}

/* -1 stands for what is not known, or is not there. */
static void add_known(migci_json *json, const char *key, int64_t number) {
    if (number < 0)
        migci_json_null(json, key);
    else
        migci_json_number(json, key, number);
}

static void add_rehearsed_table(migci_json *json, const migc_rehearsed_table *table) {
    migci_json_open(json, NULL, '{');
    migci_json_text(json, "table", table->name);
    add_known(json, "before", table->before);
    add_known(json, "after", table->after);
    migci_json_number(json, "inserted", table->inserted);
    migci_json_number(json, "updated", table->updated);
    migci_json_number(json, "deleted", table->deleted);
    migci_json_bool(json, "remade", table->remade);
    migci_json_close(json);
}

static void add_lists(migci_json *json, const migc_rehearsal *rehearsal) {
    migci_json_open(json, "migrations", '[');
    for (size_t i = 0; i < rehearsal->count; i++)
        add_rehearsed(json, &rehearsal->migrations[i]);
    migci_json_close(json);
    migci_json_open(json, "tables", '[');
    for (size_t i = 0; i < rehearsal->table_count; i++)
        add_rehearsed_table(json, &rehearsal->tables[i]);
    migci_json_close(json);
    migci_json_open(json, "schema", '[');
    for (size_t i = 0; i < rehearsal->difference_count; i++) {
        const migc_difference *one = &rehearsal->differences[i];
        migci_json_open(json, NULL, '{');
        migci_json_text(json, "type", one->type);
        migci_json_text(json, "name", one->name);
        migci_json_text(json, "table", one->table);
        migci_json_text(json, "text", one->text);
        migci_json_close(json);
    }
    migci_json_close(json);
    migci_json_open(json, "foreign_keys", '[');
    for (size_t i = 0; i < rehearsal->key_count; i++) {
        const migc_rehearsed_key *key = &rehearsal->keys[i];
        migci_json_open(json, NULL, '{');
        migci_json_text(json, "table", key->table);
        migci_json_text(json, "parent", key->parent);
        migci_json_number(json, "before", key->before);
        migci_json_number(json, "after", key->after);
        migci_json_close(json);
    }
    migci_json_close(json);
}

void migci_rehearsal_print_json(migci_cli *cli, const migc_rehearsal *rehearsal) {
    migci_json json;
    migci_json_begin_command(&json, cli);
    migci_json_text(&json, "command", cli->command->name);
    migci_json_bool(&json, "rehearsal", true);
    migci_json_number(&json, "from", cli->result.from);
    migci_json_number(&json, "to", cli->result.to);
    migci_json_number(&json, "duration_us", cli->result.duration_us);
    migci_json_outcome(&json, cli);
    add_lists(&json, rehearsal);
    migci_json_number(&json, "size_before", rehearsal->size_before);
    migci_json_number(&json, "size_after", rehearsal->size_after);
    add_known(&json, "journal_size", rehearsal->journal_size);
    migci_json_open(&json, "locked", '{');
    migci_json_number(&json, "duration_us", rehearsal->locked_us);
    migci_json_close(&json);
    migci_json_end(&json);
}
