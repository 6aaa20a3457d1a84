/*
 * cli_json.c - one JSON document for --json, made by SQLite's JSON functions.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 16 };

int migci_json_open(migci_json *json) {
    memset(json, 0, sizeof *json);
    if (sqlite3_open(":memory:", &json->db) != SQLITE_OK)
        return 0;
    json->array = sqlite3_str_new(NULL);
    sqlite3_str_appendchar(json->array, 1, '[');
    return 1;
}

static int take_json(void *argument, const migci_value *cells) {
    sqlite3_str *text = argument;
    sqlite3_str_appendall(text, cells[0].text ? cells[0].text : "null");
    return 1;
}

static int evaluate(migci_json *json, const char *sql, const migci_value *values, int count,
                    sqlite3_str *text) {
    migci_driver driver;
    migci_sqlite_driver(&driver, json->db);
    migci_outcome outcome = driver.methods->query(&driver, sql, values, count, take_json, text);
    driver.methods->close(&driver);
    return outcome == MIGCI_DONE && sqlite3_str_errcode(text) == SQLITE_OK;
}

void migci_json_add(migci_json *json, const char *sql, const migci_value *values, int count) {
    if (sqlite3_str_length(json->array) > 1)
        sqlite3_str_appendchar(json->array, 1, ',');
    evaluate(json, sql, values, count, json->array);
}

int migci_json_print(migci_json *json, const char *sql, const migci_value *values, int count) {
    migci_value all[MOST_VALUES];
    sqlite3_str *document = sqlite3_str_new(NULL);
    sqlite3_str_appendchar(json->array, 1, ']');
    char *array = sqlite3_str_finish(json->array);
    all[0] = MIGCI_TEXT(array ? array : "[]");
    for (int i = 0; i < count && i + 1 < MOST_VALUES; i++)
        all[i + 1] = values[i];
    int made = evaluate(json, sql, all, count + 1, document);
    char *text = sqlite3_str_finish(document);
    if (made && text)
        puts(text);
    sqlite3_free(text);
    sqlite3_free(array);
    sqlite3_close(json->db);
    return made;
}

void migci_json_failure(const migci_cli *cli) {
    migci_json json;
    migci_value values[] = {MIGCI_TEXT(cli->set->name), MIGCI_TEXT(cli->path),
                            MIGCI_TEXT(migc_code_name(cli->error.code)),
                            MIGCI_TEXT(cli->error.message)};
    if (migci_json_open(&json))
        migci_json_print(&json,
                         "SELECT json_object('set', ?2, 'database', ?3, 'code', ?4, 'error', ?5,"
                         " 'migrations', json(?1))",
                         values, 4);
}
