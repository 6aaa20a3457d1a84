/*
 * rows.c - a few rows of each table for the proof, as far as SQLite takes them.
 */
#include "diff.h"

enum { ROWS_OF_A_TABLE = 3 };

/* One row: columns of type INTEGER count, others hold a text that tells row and column. */
static char *make_row(const struct item *item, int row) {
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "INSERT OR IGNORE INTO \"%w\" VALUES(", item->name);
    for (size_t i = 0; i < item->column_count; i++) {
        const char *type = item->columns[i].declared;
        const char *comma = i ? ", " : "";
        if (sqlite3_strlike("%INT%", type, 0) == 0)
            sqlite3_str_appendf(sql, "%s%d", comma, row);
        else if (sqlite3_strlike("%REAL%", type, 0) == 0)
            sqlite3_str_appendf(sql, "%s%d.5", comma, row);
        else if (sqlite3_strlike("%BLOB%", type, 0) == 0)
            sqlite3_str_appendf(sql, "%sx'%02x'", comma, row);
        else
            sqlite3_str_appendf(sql, "%s'%q %d'", comma, item->columns[i].name, row);
    }
    sqlite3_str_appendall(sql, ")");
    return must_have(sqlite3_str_finish(sql));
}

void write_rows(struct buffer *text, const struct state *state, const struct conf *conf,
                struct diagnostics *diagnostics) {
    sqlite3 *db = make_scratch(state, conf, diagnostics);
    for (size_t i = 0; db && i < state->list.count; i++) {
        const struct item *item = state->list.items[i];
        for (int row = 1; item->kind == ITEM_TABLE && row <= ROWS_OF_A_TABLE; row++) {
            char *sql = make_row(item, row);
            if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
                buffer_format(text, "%s;\n", sql);
            sqlite3_free(sql);
        }
    }
    sqlite3_close(db);
}
