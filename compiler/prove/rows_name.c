/*
 * rows_name.c - names of tables and columns: lists of them, what a table is called afterwards,
 * and whether statements write a column.
 */
#include "rows.h"

#include <string.h>

bool has_item(const struct names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

void add_name(struct arena *arena, struct names *names, const char *name) {
    if (has_item(names, name))
        return;
    names->items =
        grow_rows(arena, names->items, names->count, &names->capacity, sizeof(*names->items));
    names->items[names->count++] = name;
}

const char *name_after(const struct prover *prover, size_t index, const char *name) {
    struct span span = span_of(&prover->lint, index);
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_RENAME_TABLE && strcmp(statement->name, name) == 0)
            name = statement->to;
    return name;
}

const char *follow_rows(struct span span, const char *key) {
    const char *name = key;
    bool alive = true;
    for (const struct statement *statement = span.first; statement < span.end && alive;
         statement++) {
        if (strcmp(statement->name, name) != 0)
            continue;
        if (statement->kind == STATEMENT_RENAME_TABLE)
            name = statement->to;
        alive = statement->kind != STATEMENT_DROP_TABLE;
    }
    return alive ? name : key;
}

bool is_written(const struct rows *rows, size_t first, size_t end, const char *table,
                const char *column) {
    bool locked = rows->migration->locked != NULL;
    for (size_t i = first; i < end && i < rows->prover->set->count; i++) {
        const struct migration *migration = &rows->prover->set->migrations[i];
        struct span span = span_of(&rows->prover->lint, i);
        if ((migration->locked != NULL) != locked) /* not part of the same change */
            continue;
        for (const struct statement *statement = span.first; statement < span.end; statement++)
            if (strcmp(statement->name, table) == 0 &&
                (statement->kind == STATEMENT_DELETE ||
                 (statement->kind == STATEMENT_UPDATE && mentions(statement, column))))
                return true;
    }
    return false;
}

bool was_prepared(const struct rows *rows, const char *table, const char *column) {
    size_t first = rows->index > MOST_AHEAD ? rows->index - MOST_AHEAD : 0;
    return is_written(rows, first, rows->index, table, column);
}
