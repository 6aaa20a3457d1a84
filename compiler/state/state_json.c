/*
 * state_json.c - a schema as one JSON document: what SQLite's PRAGMAs say of each object, and which
 * statement of which migration made and last changed it.
 */
#include "state.h"

#include <assert.h>
#include <string.h>

static void put_json_key(struct buffer *text, const char *key, const char *value) {
    buffer_format(text, "\"%s\":", key);
    if (value)
        buffer_json(text, value);
    else
        buffer_text(text, "null");
}

static void put_json_origin(struct buffer *text, const char *key, struct origin origin) {
    if (!origin.migration)
        return;
    assert(origin.step);
    buffer_format(text, ",\"%s\":{", key);
    put_json_key(text, "migration", origin.migration->entry->stem);
    buffer_text(text, ",");
    put_json_key(text, "file", origin.migration->source.path);
    buffer_format(text, ",\"line\":%u}", origin.step->line);
}

static void put_origins(struct buffer *text, struct origin made, struct origin changed) {
    put_json_origin(text, "made", made);
    if (changed.step != made.step)
        put_json_origin(text, "changed", changed);
}

/* An array of the rows of a query about one object; each row is JSON already. */
static void put_json_rows(const struct state *state, struct buffer *text, const char *sql,
                          const char *name) {
    sqlite3_stmt *rows = NULL;
    const char *before = "";
    sqlite3_prepare_v2(state->db, sql, -1, &rows, NULL);
    sqlite3_bind_text(rows, 1, name, -1, SQLITE_STATIC);
    buffer_text(text, "[");
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const char *row = (const char *)sqlite3_column_text(rows, 0);
        buffer_format(text, "%s%s", before, row ? row : "null");
        before = ",";
    }
    buffer_text(text, "]");
    sqlite3_finalize(rows);
}

/* SQLite makes the JSON of a column; its origins are put after that. */
static void put_json_columns(const struct state *state, struct buffer *text,
                             const struct item *item) {
    sqlite3_stmt *rows = NULL;
    const char *before = "";
    sqlite3_prepare_v2(state->db,
                       "SELECT name, json_object('name', name, 'type', type,"
                       " 'not_null', json(iif(\"notnull\", 'true', 'false')),"
                       " 'default', dflt_value, 'primary_key', pk,"
                       " 'generated', json(iif(hidden IN (2, 3), 'true', 'false')))"
                       " FROM pragma_table_xinfo(?1, 'main') WHERE hidden != 1",
                       -1, &rows, NULL);
    sqlite3_bind_text(rows, 1, item->name, -1, SQLITE_STATIC);
    buffer_text(text, ",\"columns\":[");
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const char *object = (const char *)sqlite3_column_text(rows, 1);
        const struct column *column = item_column(item, (const char *)sqlite3_column_text(rows, 0));
        buffer_text(text, before);
        buffer_add(text, object, strlen(object) - 1); /* without its "}" */
        if (column)
            put_origins(text, column->made, column->changed);
        buffer_text(text, "}");
        before = ",";
    }
    buffer_text(text, "]");
    sqlite3_finalize(rows);
}

static void put_index(const struct state *state, struct buffer *text, const struct item *item) {
    buffer_text(text, ",");
    put_json_key(text, "table", item->table);
    buffer_text(text, ",\"columns\":");
    put_json_rows(
        state, text,
        "SELECT json_quote(name) FROM pragma_index_xinfo(?1, 'main') WHERE key ORDER BY seqno",
        item->name);
    sqlite3_stmt *row = NULL;
    sqlite3_prepare_v2(state->db,
                       "SELECT \"unique\", partial FROM pragma_index_list(?1, 'main')"
                       " WHERE name = ?2",
                       -1, &row, NULL);
    sqlite3_bind_text(row, 1, item->table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, item->name, -1, SQLITE_STATIC);
    if (sqlite3_step(row) == SQLITE_ROW)
        buffer_format(text, ",\"unique\":%s,\"partial\":%s",
                      sqlite3_column_int(row, 0) ? "true" : "false",
                      sqlite3_column_int(row, 1) ? "true" : "false");
    sqlite3_finalize(row);
}

static void put_json_item(const struct state *state, struct buffer *text, const struct item *item) {
    buffer_text(text, "{");
    put_json_key(text, "name", item->name);
    if (item->kind == ITEM_TABLE) {
        put_json_columns(state, text, item);
        buffer_text(text, ",\"primary_key\":");
        put_json_rows(
            state, text,
            "SELECT json_quote(name) FROM pragma_table_xinfo(?1, 'main') WHERE pk > 0 ORDER BY pk",
            item->name);
        buffer_text(text, ",\"foreign_keys\":");
        put_json_rows(
            state, text,
            "SELECT json_object('columns', json_group_array(\"from\"), 'table', \"table\","
            " 'references', json_group_array(\"to\"), 'on_delete', on_delete,"
            " 'on_update', on_update)"
            " FROM (SELECT * FROM pragma_foreign_key_list(?1, 'main') ORDER BY id DESC, seq)"
            " GROUP BY id ORDER BY id DESC",
            item->name);
    }
    if (item->kind == ITEM_INDEX)
        put_index(state, text, item);
    if (item->kind == ITEM_TRIGGER) {
        buffer_text(text, ",");
        put_json_key(text, "table", item->table);
    }
    buffer_text(text, ",");
    put_json_key(text, "sql", item->sql);
    put_origins(text, item->made, item->changed);
    buffer_text(text, "}");
}

void print_state_json(const struct state *state, struct buffer *text) {
    static const char *const lists[ITEM_KINDS] = {"tables", "indexes", "views", "triggers"};
    buffer_text(text, "{");
    put_json_key(text, "schema_of", state->path);
    for (int kind = 0; kind < ITEM_KINDS; kind++) {
        const char *before = "\n  ";
        buffer_format(text, ",\n \"%s\":[", lists[kind]);
        for (size_t i = 0; i < state->list.count; i++) {
            if ((int)state->list.items[i]->kind != kind)
                continue;
            buffer_text(text, before);
            put_json_item(state, text, state->list.items[i]);
            before = ",\n  ";
        }
        buffer_text(text, "]");
    }
    buffer_text(text, "}\n");
}
