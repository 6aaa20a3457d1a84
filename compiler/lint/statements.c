/*
 * statements.c - what each statement of an UP does, read from its first tokens.
 *
 * Nothing is checked here: SQLite has accepted the statements by the time that anybody relies on
 * this.
 */
#include "lint.h"

#include <string.h>

/* ------------------------------------------------------------------ reading */

struct reading {
    struct cursor cursor;
    struct statement *statement;
    struct arena *arena;
};

static const char *take_name(struct reading *reading) {
    struct cursor *cursor = &reading->cursor;
    if (!cursor_is_name(cursor))
        return "";
    const char *name = migci_lower(cursor_name(cursor, reading->arena));
    reading->statement->location =
        text_location(reading->statement->migration, cursor->text, cursor->size);
    cursor_next(cursor);
    if (!cursor_take(cursor, "."))
        return name;
    reading->statement->temporary |= strcmp(name, "temp") == 0;
    return take_name(reading);
}

static void take_if(struct reading *reading) {
    if (cursor_take(&reading->cursor, "IF")) {
        cursor_take(&reading->cursor, "NOT");
        cursor_take(&reading->cursor, "EXISTS");
    }
}

static const struct object_row {
    const char *word;
    enum statement_kind create, drop;
} objects[] = {
    {"TABLE", STATEMENT_CREATE_TABLE, STATEMENT_DROP_TABLE},
    {"INDEX", STATEMENT_CREATE_INDEX, STATEMENT_DROP_INDEX},
    {"VIEW", STATEMENT_CREATE_VIEW, STATEMENT_DROP_VIEW},
    {"TRIGGER", STATEMENT_CREATE_TRIGGER, STATEMENT_DROP_TRIGGER},
};

static const struct object_row *take_object(struct cursor *cursor) {
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        if (cursor_take(cursor, objects[i].word))
            return &objects[i];
    return NULL;
}

static void read_create_statement(struct reading *reading) {
    struct cursor *cursor = &reading->cursor;
    struct statement *statement = reading->statement;
    statement->temporary = cursor_take(cursor, "TEMP") || cursor_take(cursor, "TEMPORARY");
    statement->unique = cursor_take(cursor, "UNIQUE");
    bool is_virtual = cursor_take(cursor, "VIRTUAL");
    const struct object_row *object = take_object(cursor);
    if (!object)
        return;
    statement->kind = is_virtual ? STATEMENT_CREATE_VIRTUAL : object->create;
    take_if(reading);
    statement->name = take_name(reading);
    if (statement->kind != STATEMENT_CREATE_INDEX && statement->kind != STATEMENT_CREATE_TRIGGER)
        return;
    struct location location = statement->location;
    while (cursor->token != TOKEN_END && !cursor_take(cursor, "ON"))
        cursor_next(cursor);
    statement->to = take_name(reading);
    statement->location = location;
}

static void read_drop(struct reading *reading) {
    const struct object_row *object = take_object(&reading->cursor);
    if (!object)
        return;
    reading->statement->kind = object->drop;
    take_if(reading);
    reading->statement->name = take_name(reading);
}

static void read_alter(struct reading *reading) {
    struct statement *statement = reading->statement;
    cursor_take(&reading->cursor, "TABLE");
    statement->name = take_name(reading);
    if (cursor_take(&reading->cursor, "RENAME")) {
        statement->kind = STATEMENT_RENAME_TABLE;
        if (!cursor_take(&reading->cursor, "TO")) {
            statement->kind = STATEMENT_RENAME_COLUMN;
            cursor_take(&reading->cursor, "COLUMN");
            statement->column = take_name(reading);
            cursor_take(&reading->cursor, "TO");
        }
        struct location location = statement->location;
        statement->to = take_name(reading);
        statement->location = location;
        return;
    }
    statement->kind =
        cursor_take(&reading->cursor, "ADD") ? STATEMENT_ADD_COLUMN : STATEMENT_DROP_COLUMN;
    if (statement->kind == STATEMENT_DROP_COLUMN)
        cursor_take(&reading->cursor, "DROP");
    cursor_take(&reading->cursor, "COLUMN");
    statement->column = take_name(reading);
}

/* INSERT OR IGNORE INTO t, UPDATE OR IGNORE t, DELETE FROM t. */
static void read_change(struct reading *reading) {
    if (cursor_take(&reading->cursor, "OR"))
        cursor_next(&reading->cursor);
    if (!cursor_take(&reading->cursor, "INTO"))
        cursor_take(&reading->cursor, "FROM");
    reading->statement->name = take_name(reading);
}

/* WITH a AS (...), b(x) AS (...): what follows the last ")" is the statement itself. */
static void skip_with(struct cursor *cursor) {
    static const char *const verbs[] = {"INSERT", "REPLACE", "UPDATE",
                                        "DELETE", "SELECT",  "VALUES"};
    bool closed = false;
    if (!cursor_is(cursor, "WITH"))
        return;
    for (int depth = 0; cursor->token != TOKEN_END; cursor_next(cursor)) {
        for (size_t i = 0; closed && i < COUNT_OF(verbs); i++)
            if (cursor_is(cursor, verbs[i]))
                return;
        depth += depth_change(cursor);
        closed = depth == 0 && cursor_is(cursor, ")");
    }
}

static void read_name(struct reading *reading) {
    reading->statement->name = take_name(reading);
}

static const struct {
    const char *word;
    enum statement_kind kind;
    void (*read)(struct reading *reading);
} openings[] = {
    {"CREATE", STATEMENT_OTHER, read_create_statement},
    {"DROP", STATEMENT_OTHER, read_drop},
    {"ALTER", STATEMENT_OTHER, read_alter},
    {"INSERT", STATEMENT_INSERT, read_change},
    {"REPLACE", STATEMENT_INSERT, read_change},
    {"UPDATE", STATEMENT_UPDATE, read_change},
    {"DELETE", STATEMENT_DELETE, read_change},
    {"PRAGMA", STATEMENT_PRAGMA, read_name},
};

void read_statement(struct statement *statement, const struct migration *migration,
                    const struct step *step, struct arena *arena) {
    *statement = (struct statement){.kind = STATEMENT_OTHER,
                                    .migration = migration,
                                    .step = step,
                                    .location = step_location(migration, step),
                                    .name = "",
                                    .column = "",
                                    .to = "",
                                    .verb = step->text,
                                    .rest = step->text};
    struct reading reading = {cursor_at(step, step->text), statement, arena};
    skip_with(&reading.cursor);
    const char *verb = reading.cursor.text;
    for (size_t i = 0; i < COUNT_OF(openings); i++)
        if (cursor_take(&reading.cursor, openings[i].word)) {
            statement->kind = openings[i].kind;
            statement->verb = verb;
            openings[i].read(&reading);
            statement->rest = reading.cursor.text;
            return;
        }
}

size_t read_section(struct statement *items, const struct migration *migration,
                    enum section_kind kind, struct arena *arena) {
    const struct section *section = &migration->sections[kind];
    size_t count = 0;
    for (size_t i = 0; i < section->count; i++)
        if (!section->steps[i].is_call)
            read_statement(&items[count++], migration, &section->steps[i], arena);
    for (size_t i = count; i-- > 1;)
        items[i - 1].skip = is_of_names(items[i].kind) ? 0 : items[i].skip + 1;
    return count;
}

struct statements *read_statements(const struct set *set, struct arena *arena) {
    struct statements *statements = arena_take(arena, sizeof(*statements));
    size_t steps = 1;
    for (size_t i = 0; i < count_all(set); i++)
        steps += set->migrations[i].sections[SECTION_UP].count;
    *statements =
        (struct statements){arena_take(arena, steps * sizeof(*statements->items)), 0,
                            arena_take(arena, (count_all(set) + 1) * sizeof(*statements->first))};
    for (size_t i = 0; i < count_all(set); i++) {
        statements->first[i] = statements->count;
        statements->count += read_section(&statements->items[statements->count],
                                          &set->migrations[i], SECTION_UP, arena);
    }
    statements->first[count_all(set)] = statements->count;
    return statements;
}
