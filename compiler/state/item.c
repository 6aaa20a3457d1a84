/*
 * item.c - the objects of a database, from sqlite_schema.
 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

const char *const item_names[ITEM_KINDS] = {"table", "index", "view", "trigger"};

/* By kind, then by name.  Shadow tables are left out: they are made with their virtual table. */
static const char items_sql[] =
    "SELECT CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END,"
    " name, tbl_name, sql, rootpage FROM main.sqlite_schema"
    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND tbl_name NOT IN ('migc_migrations', 'migc_events')"
    " AND tbl_name NOT LIKE '\\_litestream\\_%' ESCAPE '\\'"
    " AND rowid > ?1"
    " AND (NOT ?2 OR tbl_name NOT IN (SELECT name FROM pragma_table_list"
    "   WHERE schema = 'main' AND type = 'shadow'))"
    " ORDER BY 1, name COLLATE NOCASE, name";

static const char *column_copy(sqlite3_stmt *row, int column, struct arena *arena) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return arena_copy(arena, text ? text : "", text ? strlen(text) : 0);
}

bool list_items_behind(sqlite3 *db, int64_t row, bool has_virtual, struct item_list *list,
                       struct arena *arena) {
    sqlite3_stmt *rows = NULL;
    struct item **grown = NULL;
    size_t capacity = 0;
    *list = (struct item_list){0};
    int code = sqlite3_prepare_v2(db, items_sql, -1, &rows, NULL);
    sqlite3_bind_int64(rows, 1, row);
    sqlite3_bind_int(rows, 2, has_virtual);
    while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct item *item = arena_take(arena, sizeof(*item));
        *item = (struct item){.kind = (enum item_kind)sqlite3_column_int(rows, 0),
                              .name = column_copy(rows, 1, arena),
                              .table = column_copy(rows, 2, arena),
                              .sql = column_copy(rows, 3, arena),
                              .root = sqlite3_column_int64(rows, 4)};
        grown = grow_items(grown, list->count, &capacity, sizeof(struct item *));
        grown[list->count++] = item;
        code = SQLITE_OK;
    }
    sqlite3_finalize(rows);
    list->items = arena_take(arena, (list->count + 1) * sizeof(struct item *));
    if (grown)
        memcpy(list->items, grown, list->count * sizeof(struct item *));
    free(grown);
    return code == SQLITE_DONE;
}

bool has_virtual_tables(sqlite3 *db) {
    return migci_ask_sqlite(db, "SELECT EXISTS(SELECT 1 FROM main.sqlite_schema"
                                " WHERE rootpage = 0 AND type = 'table')") > 0;
}

bool list_items(sqlite3 *db, struct item_list *list, struct arena *arena) {
    return list_items_behind(db, INT64_MIN, has_virtual_tables(db), list, arena);
}

void read_columns(sqlite3 *db, struct item *item, struct arena *arena) {
    sqlite3_stmt *rows = NULL;
    size_t capacity = 0;
    struct column *grown = NULL;
    item->column_count = 0;
    sqlite3_prepare_v2(db,
                       "SELECT name, type || iif(\"notnull\", ' NOT NULL', '')"
                       " || ifnull(' DEFAULT ' || dflt_value, '')"
                       " FROM pragma_table_xinfo(?1, 'main') WHERE hidden != 1",
                       -1, &rows, NULL);
    sqlite3_bind_text(rows, 1, item->name, -1, SQLITE_STATIC);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        grown = grow_items(grown, item->column_count, &capacity, sizeof(*grown));
        grown[item->column_count++] = (struct column){.name = column_copy(rows, 0, arena),
                                                      .declared = column_copy(rows, 1, arena)};
    }
    sqlite3_finalize(rows);
    item->columns = arena_take(arena, (item->column_count + 1) * sizeof(*grown));
    if (item->column_count)
        memcpy(item->columns, grown, item->column_count * sizeof(*grown));
    free(grown);
}

struct item *find_item(const struct item_list *list, enum item_kind kind, const char *name) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct item *item = list->items[middle];
        int order = (int)item->kind - (int)kind;
        if (order == 0)
            order = sqlite3_stricmp(item->name, name);
        if (order == 0)
            return item;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct column *item_column(const struct item *item, const char *name) {
    for (size_t i = 0; i < item->column_count; i++)
        if (sqlite3_stricmp(item->columns[i].name, name) == 0)
            return &item->columns[i];
    return NULL;
}

size_t item_number(const struct item_list *list, const struct item *item) {
    size_t i = 0;
    while (i < list->count && list->items[i] != item)
        i++;
    return i;
}
