/*
 * rows_insert.c - puts made-up rows into a table.
 */
#include "rows.h"

struct inserter open_inserter(migci_sandbox *sandbox, const struct row_table *table) {
    struct inserter inserter = {.db = sandbox->db, .table = table, .watch = &sandbox->watch};
    sqlite3_str *sql = sqlite3_str_new(sandbox->db);
    sqlite3_str_appendf(sql, "INSERT INTO main.\"%w\"(", table->name);
    for (size_t i = 0; i < table->count; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "", table->columns[i].name);
    for (size_t i = 0; i < table->count; i++)
        sqlite3_str_appendall(sql, i ? ", ?" : ") VALUES(?");
    sqlite3_str_appendall(sql, ")");
    char *text = must_have(sqlite3_str_finish(sql));
    if (sqlite3_prepare_v2(sandbox->db, text, -1, &inserter.statement, NULL) == SQLITE_NOMEM)
        must_have(NULL);
    sqlite3_free(text);
    return inserter;
}

int insert_row(struct inserter *inserter, const struct row *row) {
    int code = inserter->statement ? SQLITE_OK : SQLITE_ERROR;
    for (size_t i = 0; i < inserter->table->count && code == SQLITE_OK; i++)
        code = bind_value(inserter->statement, (int)i + 1, &row->values[i]);
    if (code != SQLITE_OK)
        return code;
    inserter->watch->spent = 0;
    code = sqlite3_step(inserter->statement);
    inserter->instructions = sqlite3_stmt_status(inserter->statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    sqlite3_reset(inserter->statement);
    if ((code & 0xff) == SQLITE_NOMEM)
        must_have(NULL);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

void close_inserter(struct inserter *inserter) {
    sqlite3_finalize(inserter->statement);
    inserter->statement = NULL;
}
