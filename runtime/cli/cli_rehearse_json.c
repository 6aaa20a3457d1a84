/*
 * cli_rehearse_json.c - the report of a rehearsal as one JSON document.
 */
#include "cli.h"

/* The elements so far as text, with the array closed; the caller frees it. */
static char *take_array(migci_json *json) {
    sqlite3_str_appendchar(json->array, 1, ']');
    char *array = sqlite3_str_finish(json->array);
    json->array = sqlite3_str_new(NULL);
    sqlite3_str_appendchar(json->array, 1, '[');
    return array;
}

static char *steps_json(migci_json *json, const migc_rehearsed *one) {
    for (size_t i = 0; i < one->count; i++) {
        const migc_rehearsed_step *step = &one->steps[i];
        migci_value values[] = {MIGCI_NUMBER(step->step->line),
                                MIGCI_TEXT(step->step->call ? NULL : step->step->text),
                                MIGCI_TEXT(step->step->call ? step->step->text : NULL),
                                MIGCI_NUMBER(step->duration_us), MIGCI_NUMBER(step->rows)};
        migci_json_add(json,
                       "SELECT json_object('line', ?1, 'sql', ?2, 'call', ?3, 'duration_us', ?4,"
                       " 'rows', ?5)",
                       values, 5);
    }
    return take_array(json);
}

static char *tables_json(migci_json *json, const migc_rehearsal *rehearsal) {
    for (size_t i = 0; i < rehearsal->table_count; i++) {
        const migc_rehearsed_table *table = &rehearsal->tables[i];
        migci_value values[] = {MIGCI_TEXT(table->name),      MIGCI_NUMBER(table->before),
                                MIGCI_NUMBER(table->after),   MIGCI_NUMBER(table->inserted),
                                MIGCI_NUMBER(table->updated), MIGCI_NUMBER(table->deleted),
                                MIGCI_NUMBER(table->remade)};
        migci_json_add(json,
                       "SELECT json_object('table', ?1, 'before', nullif(?2, -1),"
                       " 'after', nullif(?3, -1), 'inserted', ?4, 'updated', ?5, 'deleted', ?6,"
                       " 'remade', json(iif(?7, 'true', 'false')))",
                       values, 7);
    }
    return take_array(json);
}

static char *differences_json(migci_json *json, const migc_rehearsal *rehearsal) {
    for (size_t i = 0; i < rehearsal->difference_count; i++) {
        const migc_difference *one = &rehearsal->differences[i];
        migci_value values[] = {MIGCI_TEXT(one->type), MIGCI_TEXT(one->name),
                                MIGCI_TEXT(one->table), MIGCI_TEXT(one->text)};
        migci_json_add(json, "SELECT json_object('type', ?1, 'name', ?2, 'table', ?3, 'text', ?4)",
                       values, 4);
    }
    return take_array(json);
}

static char *keys_json(migci_json *json, const migc_rehearsal *rehearsal) {
    for (size_t i = 0; i < rehearsal->key_count; i++) {
        const migc_rehearsed_key *key = &rehearsal->keys[i];
        migci_value values[] = {MIGCI_TEXT(key->table), MIGCI_TEXT(key->parent),
                                MIGCI_NUMBER(key->before), MIGCI_NUMBER(key->after)};
        migci_json_add(json,
                       "SELECT json_object('table', ?1, 'parent', ?2, 'before', ?3, 'after', ?4)",
                       values, 4);
    }
    return take_array(json);
}

static void add_migration(migci_json *json, const migc_rehearsed *one, const char *steps) {
    migci_value values[] = {MIGCI_NUMBER(one->migration->version), MIGCI_TEXT(one->migration->name),
                            MIGCI_TEXT(one->down ? "down" : "up"), MIGCI_NUMBER(one->done),
                            MIGCI_NUMBER(one->duration_us),        MIGCI_TEXT(steps)};
    migci_json_add(json,
                   "SELECT json_object('version', ?1, 'name', ?2, 'direction', ?3,"
                   " 'done', json(iif(?4, 'true', 'false')), 'duration_us', ?5,"
                   " 'steps', json(?6))",
                   values, 6);
}

/* The migrations stay in the array; what is left comes in `texts`. */
static int print_document(const migci_cli *cli, migci_json *json, const migc_rehearsal *rehearsal,
                          char *const *texts) {
    int failed = cli->error.code != MIGC_OK;
    migci_value values[] = {
        MIGCI_TEXT(cli->set->name),
        MIGCI_TEXT(cli->path),
        MIGCI_TEXT(cli->command->name),
        MIGCI_NUMBER(cli->result.from),
        MIGCI_NUMBER(cli->result.to),
        MIGCI_NUMBER(cli->result.duration_us),
        MIGCI_TEXT(migc_code_name(cli->error.code)),
        MIGCI_TEXT(failed ? cli->error.message : NULL),
        MIGCI_TEXT(texts[0]),
        MIGCI_TEXT(texts[1]),
        MIGCI_TEXT(texts[2]),
        MIGCI_NUMBER(rehearsal->size_before),
        MIGCI_NUMBER(rehearsal->size_after),
        MIGCI_NUMBER(rehearsal->journal_size),
        MIGCI_NUMBER(rehearsal->locked_us),
    };
    return migci_json_print(
        json,
        "SELECT json_object('set', ?2, 'database', ?3, 'command', ?4,"
        " 'rehearsal', json('true'), 'from', ?5, 'to', ?6, 'duration_us', ?7, 'code', ?8,"
        " 'error', ?9, 'migrations', json(?1), 'tables', json(?10), 'schema', json(?11),"
        " 'foreign_keys', json(?12), 'size_before', ?13, 'size_after', ?14,"
        " 'journal_size', nullif(?15, -1), 'locked', json_object('duration_us', ?16))",
        values, sizeof values / sizeof *values);
}

int migci_rehearsal_print_json(const migci_cli *cli, const migc_rehearsal *rehearsal) {
    migci_json json, parts;
    if (!migci_json_open(&json))
        return 0;
    if (!migci_json_open(&parts)) {
        sqlite3_close(json.db);
        return 0;
    }
    for (size_t i = 0; i < rehearsal->count; i++) {
        char *steps = steps_json(&parts, &rehearsal->migrations[i]);
        add_migration(&json, &rehearsal->migrations[i], steps);
        sqlite3_free(steps);
    }
    char *texts[] = {tables_json(&parts, rehearsal), differences_json(&parts, rehearsal),
                     keys_json(&parts, rehearsal)};
    int printed = print_document(cli, &json, rehearsal, texts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        sqlite3_free(texts[i]);
    sqlite3_free(sqlite3_str_finish(parts.array));
    sqlite3_close(parts.db);
    return printed;
}
