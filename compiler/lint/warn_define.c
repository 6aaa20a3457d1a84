/*
 * warn_define.c - goes through the definitions of a CREATE TABLE or ADD COLUMN, and finds a column or
 * a foreign key in them.
 */
#include "lint.h"

#include <assert.h>
#include <string.h>

struct cursor first_definition(const struct statement *statement) {
    const char *name = statement->location.source->text + statement->location.offset;
    if (statement->kind == STATEMENT_ADD_COLUMN)
        return cursor_at(statement->step, name);
    assert(statement->kind == STATEMENT_CREATE_TABLE);
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    if (!cursor_take(&cursor, "(")) /* AS SELECT */
        cursor.token = TOKEN_END;
    return cursor;
}

bool next_definition(struct cursor *cursor, struct definition *definition) {
    int depth = 0;
    if (cursor->token == TOKEN_END || cursor_is(cursor, ")"))
        return false;
    definition->start = *cursor;
    for (; cursor->token != TOKEN_END; cursor_next(cursor)) {
        if (depth == 0 && (cursor_is(cursor, ",") || cursor_is(cursor, ")")))
            break;
        depth += depth_change(cursor);
    }
    definition->end = cursor->token == TOKEN_END ? cursor->end : cursor->text;
    cursor_take(cursor, ",");
    return true;
}

static bool is_inside_definition(const struct cursor *cursor, const struct definition *definition) {
    return cursor->token != TOKEN_END && cursor->text < definition->end;
}

struct location location_of_column(const struct statement *statement, const char *column) {
    struct cursor cursor = first_definition(statement);
    struct definition definition;
    while (next_definition(&cursor, &definition))
        if (cursor_names(&definition.start, column))
            return cursor_location(&definition.start, statement->migration);
    return statement->location;
}

/* The columns of the key that the definition declares, as written: "shelfRoom, shelfNr". */
static const char *columns_of_key(const struct definition *definition, struct arena *arena) {
    struct cursor cursor = definition->start;
    struct buffer list = {0};
    if (cursor_take(&cursor, "CONSTRAINT"))
        cursor_next(&cursor);
    if (!cursor_is(&cursor, "FOREIGN"))
        return cursor_name(&definition->start, arena);
    while (is_inside_definition(&cursor, definition) && !cursor_take(&cursor, "("))
        cursor_next(&cursor);
    for (; is_inside_definition(&cursor, definition) && !cursor_is(&cursor, ")");
         cursor_next(&cursor))
        if (cursor_is_name(&cursor))
            buffer_format(&list, "%s%s", list.size ? ", " : "", cursor_name(&cursor, arena));
    const char *columns = arena_copy(arena, list.size ? list.bytes : "", list.size);
    buffer_free(&list);
    return columns;
}

/* Whether two lists "a, b" have the same columns, in any order and case. */
static bool has_same_columns(const char *list, const char *other) {
    const char *term;
    size_t size, count = 0;
    for (const char *at = other; *at; at++)
        count += *at == ',';
    while (next_term(&list, &term, &size)) {
        char name[200];
        if (size >= sizeof(name))
            return false;
        memcpy(name, term, size);
        name[size] = '\0';
        if (!has_name(other, name))
            return false;
        count -= *list == ',';
    }
    return count == 0;
}

bool find_key(const struct statement *statement, const char *columns, const char *parent,
              struct arena *arena, struct declared_key *key) {
    struct cursor cursor = first_definition(statement), name;
    struct definition definition;
    while (next_definition(&cursor, &definition)) {
        bool refers = false;
        for (name = definition.start; !refers && is_inside_definition(&name, &definition);) {
            refers = name.token == TOKEN_WORD && cursor_is(&name, "REFERENCES");
            cursor_next(&name);
        }
        if (!refers || (parent && !cursor_names(&name, parent)))
            continue;
        const char *declared = columns_of_key(&definition, arena);
        if (columns && !has_same_columns(columns, declared))
            continue;
        *key = (struct declared_key){cursor_location(&name, statement->migration), declared,
                                     cursor_name(&name, arena)};
        return true;
    }
    return false;
}
