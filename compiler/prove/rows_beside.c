/*
 * rows_beside.c - what is kept next to the rows of a table and must follow them: full-text
 * indexes on another table's rows, and AUTOINCREMENT's counters.
 */
#include "rows.h"

#include <string.h>

/* ------------------------------------------------------------------ full text */

static bool is_index_whole(struct rows *rows, const struct text_index *index) {
    int code = migci_check_index(rows->sandbox.db, index->name, index->create);
    return code == SQLITE_OK || migci_proof_lacks_memory(rows->sandbox.proof, code);
}

/* Lists full-text tables whose content may be another table's. */
struct indexes list_indexes(struct rows *rows) {
    struct indexes indexes = {0};
    size_t capacity = 0;
    sqlite3_stmt *statement = NULL;
    if (rows->index < rows->first_search)
        return indexes;
    if (sqlite3_prepare_v2(rows->sandbox.db,
                           "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND"
                           " sql LIKE 'create virtual%fts%content%'",
                           -1, &statement, NULL) == SQLITE_NOMEM)
        must_have(NULL);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct text_index index = {
            .name = value_of_column(&rows->scratch, statement, 0).bytes,
            .create = value_of_column(&rows->scratch, statement, 1).bytes,
        };
        migci_text content;
        if (!migci_content_of(index.create, &content))
            continue;
        indexes.items = grow_rows(&rows->scratch, indexes.items, indexes.count, &capacity,
                                  sizeof(*indexes.items));
        indexes.items[indexes.count++] = index;
    }
    sqlite3_finalize(statement);
    for (size_t i = 0; i < indexes.count; i++)
        indexes.items[i].whole = is_index_whole(rows, &indexes.items[i]);
    return indexes;
}

/* Adds made-up rows to the indexes that were whole before, as a program would. */
void fill_indexes(struct rows *rows, struct indexes *indexes) {
    for (size_t i = 0; i < indexes->count; i++) {
        struct text_index *index = &indexes->items[i];
        if (index->whole && !is_index_whole(rows, index)) {
            run_sql(rows->sandbox.db, "INSERT INTO main.\"%w\"(\"%w\") VALUES('rebuild')",
                    index->name, index->name);
            index->whole = is_index_whole(rows, index);
        }
    }
}

bool judge_indexes(struct rows *rows, const struct indexes *before, bool down) {
    struct indexes now = list_indexes(rows);
    bool fits = true;
    for (size_t i = 0; i < now.count; i++) {
        const char *name = now.items[i].name;
        size_t b = 0;
        while (b < before->count && sqlite3_stricmp(before->items[b].name, name) != 0)
            b++;
        bool was_whole = b == before->count || before->items[b].whole; /* or it is new */
        if (now.items[i].whole || !was_whole)
            continue;
        fits = false;
        report_warning_as(
            rows->prover->diagnostics, WARNING_ROWS, down ? severity_of_down(rows) : SEVERITY_ERROR,
            marker_location(rows->migration, down ? SECTION_DOWN : SECTION_UP),
            "%s leaves %s with an index that does not match the rows of its table, so searches "
            "find too little or fail: INSERT INTO %s(%s) VALUES('rebuild')",
            down ? "DOWN" : "UP", name, name, name);
    }
    return fits;
}

/* ------------------------------------------------------------------- counters */

enum { DELETED_ROWS = 1000 };

/* -1: there is none. */
int64_t read_counter(sqlite3 *db, const struct row_table *table) {
    int64_t counter = -1;
    sqlite3_stmt *statement = NULL;
    if (!table->autoincrement ||
        sqlite3_prepare_v2(db, "SELECT seq FROM main.sqlite_sequence WHERE name = ?1", -1,
                           &statement, NULL) != SQLITE_OK)
        return -1;
    sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW)
        counter = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return counter;
}

/* Raises the counters as if the latest rows had been deleted: their ids must not be reused. */
void raise_counters(struct rows *rows, const struct names *names) {
    for (size_t i = 0; rows->counts && i < names->count; i++)
        run_sql(rows->sandbox.db,
                "UPDATE main.sqlite_sequence SET seq = seq + %d WHERE name = %Q COLLATE NOCASE AND"
                " seq <= (SELECT max(rowid) FROM main.\"%w\")",
                DELETED_ROWS, names->items[i], names->items[i]);
}

/* The INSERT that copies the table into its rebuilt form; NULL: there is none, or the author sets
 * the counters. */
static const struct statement *find_remake(struct span span, const char *key) {
    const struct statement *copy = NULL;
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        bool is_counter = strcmp(statement->name, "sqlite_sequence") == 0;
        if (is_counter && statement->kind != STATEMENT_INSERT)
            return NULL;
        if (statement->kind == STATEMENT_INSERT && !is_counter &&
            strcmp(statement->name, key) != 0 && mentions(statement, key))
            copy = statement;
    }
    return copy;
}

/* DOWN need not restore a counter that UP lost. */
void judge_counters(struct rows *rows, struct row_snapshots *before, bool down) {
    if (!is_native(rows->migration->dialect)) /* other tools write AUTOINCREMENT into every table */
        return;
    for (size_t i = 0; i < before->count; i++) {
        struct row_snapshot *snapshot = &before->items[i];
        const struct row_table *table = snapshot->table, *now = snapshot->after;
        if (snapshot->counter < 1 || !now)
            continue;
        const struct row_table *from = down ? now : table;
        if (down)
            now = read_row_table(rows, rows->sandbox.db, table->key);
        if (!now || !now->autoincrement || read_counter(rows->sandbox.db, now) >= snapshot->counter)
            continue;
        struct span span = section_span(rows, down ? SECTION_DOWN : SECTION_UP);
        const struct statement *copy = find_remake(span, from->key);
        snapshot->counter = -1;
        if (!copy)
            continue;
        /* sqlite_sequence has names as they were written, and compares them with case. */
        const struct statement *made = find_statement(span, STATEMENT_CREATE_TABLE, copy->name);
        char *advice = must_have(sqlite3_mprintf(
            "write before it: INSERT INTO sqlite_sequence(name, seq) SELECT %Q, seq FROM "
            "sqlite_sequence WHERE name = %Q",
            written_name(made ? made : copy, &rows->scratch), from->name));
        report_warning(
            rows->prover->diagnostics, WARNING_SEQUENCE, copy->location,
            "%s makes %s anew without its AUTOINCREMENT counter: ids of deleted rows are reused",
            down ? "DOWN" : "UP", now->name);
        report_note(rows->prover->diagnostics, copy->location, "%s", advice);
        sqlite3_free(advice);
    }
}
