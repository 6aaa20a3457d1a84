/*
 * warn_deed.c - what the statements of each UP do, as their first tokens tell,
 * and where a table, an index or a column was made.
 *
 * Judges nothing.  SQLite has accepted the statements when this is relied on.
 */
#include "lint.h"

#include <string.h>

/* ------------------------------------------------------------------ reading */

struct reading {
    struct cursor cursor;
    struct deed *deed;
    struct arena *arena;
};

static const char *take_name(struct reading *reading) {
    struct cursor *cursor = &reading->cursor;
    if (!cursor_is_name(cursor))
        return "";
    const char *name = migci_lower(cursor_name(cursor, reading->arena));
    reading->deed->location = text_location(reading->deed->migration, cursor->text, cursor->size);
    cursor_next(cursor);
    if (!cursor_take(cursor, "."))
        return name;
    reading->deed->temporary |= strcmp(name, "temp") == 0;
    return take_name(reading);
}

static void take_if(struct reading *reading) {
    if (cursor_take(&reading->cursor, "IF")) {
        cursor_take(&reading->cursor, "NOT");
        cursor_take(&reading->cursor, "EXISTS");
    }
}

static void take_on(struct reading *reading) {
    struct location location = reading->deed->location;
    while (reading->cursor.token != TOKEN_END && !cursor_take(&reading->cursor, "ON"))
        cursor_next(&reading->cursor);
    reading->deed->to = take_name(reading);
    reading->deed->location = location;
}

static const struct object_row {
    const char *word;
    enum deed_kind create, drop;
} objects[] = {
    {"TABLE", DEED_CREATE_TABLE, DEED_DROP_TABLE},
    {"INDEX", DEED_CREATE_INDEX, DEED_DROP_INDEX},
    {"VIEW", DEED_CREATE_VIEW, DEED_DROP_VIEW},
    {"TRIGGER", DEED_CREATE_TRIGGER, DEED_DROP_TRIGGER},
};

static const struct object_row *take_object(struct cursor *cursor) {
    for (size_t i = 0; i < COUNT_OF(objects); i++)
        if (cursor_take(cursor, objects[i].word))
            return &objects[i];
    return NULL;
}

static void read_create_statement(struct reading *reading) {
    struct cursor *cursor = &reading->cursor;
    struct deed *deed = reading->deed;
    deed->temporary = cursor_take(cursor, "TEMP") || cursor_take(cursor, "TEMPORARY");
    deed->unique = cursor_take(cursor, "UNIQUE");
    bool is_virtual = cursor_take(cursor, "VIRTUAL");
    const struct object_row *object = take_object(cursor);
    if (!object)
        return;
    deed->kind = is_virtual ? DEED_CREATE_VIRTUAL : object->create;
    take_if(reading);
    deed->name = take_name(reading);
    if (deed->kind == DEED_CREATE_INDEX || deed->kind == DEED_CREATE_TRIGGER)
        take_on(reading);
}

static void read_drop(struct reading *reading) {
    const struct object_row *object = take_object(&reading->cursor);
    if (!object)
        return;
    reading->deed->kind = object->drop;
    take_if(reading);
    reading->deed->name = take_name(reading);
}

static void read_rename(struct reading *reading) {
    struct deed *deed = reading->deed;
    deed->kind = DEED_RENAME_TABLE;
    if (!cursor_take(&reading->cursor, "TO")) {
        deed->kind = DEED_RENAME_COLUMN;
        cursor_take(&reading->cursor, "COLUMN");
        deed->column = take_name(reading);
        cursor_take(&reading->cursor, "TO");
    }
    struct location location = deed->location;
    deed->to = take_name(reading);
    deed->location = location;
}

static void read_alter(struct reading *reading) {
    struct deed *deed = reading->deed;
    cursor_take(&reading->cursor, "TABLE");
    deed->name = take_name(reading);
    if (cursor_take(&reading->cursor, "RENAME")) {
        read_rename(reading);
        return;
    }
    deed->kind = cursor_take(&reading->cursor, "ADD") ? DEED_ADD_COLUMN : DEED_DROP_COLUMN;
    if (deed->kind == DEED_DROP_COLUMN)
        cursor_take(&reading->cursor, "DROP");
    cursor_take(&reading->cursor, "COLUMN");
    deed->column = take_name(reading);
}

/* INSERT OR IGNORE INTO t, UPDATE OR IGNORE t, DELETE FROM t. */
static void read_change(struct reading *reading) {
    if (cursor_take(&reading->cursor, "OR"))
        cursor_next(&reading->cursor);
    if (!cursor_take(&reading->cursor, "INTO"))
        cursor_take(&reading->cursor, "FROM");
    reading->deed->name = take_name(reading);
}

static void read_name(struct reading *reading) {
    reading->deed->name = take_name(reading);
}

static const struct {
    const char *word;
    enum deed_kind kind;
    void (*read)(struct reading *reading);
} openings[] = {
    {"CREATE", DEED_OTHER, read_create_statement},
    {"DROP", DEED_OTHER, read_drop},
    {"ALTER", DEED_OTHER, read_alter},
    {"INSERT", DEED_INSERT, read_change},
    {"REPLACE", DEED_INSERT, read_change},
    {"UPDATE", DEED_UPDATE, read_change},
    {"DELETE", DEED_DELETE, read_change},
    {"PRAGMA", DEED_PRAGMA, read_name},
};

void read_deed(struct deed *deed, const struct migration *migration, const struct step *step,
               struct arena *arena) {
    struct reading reading = {cursor_at(step, step->text), deed, arena};
    *deed = (struct deed){.kind = DEED_OTHER,
                          .migration = migration,
                          .step = step,
                          .location = step_location(migration, step),
                          .name = "",
                          .column = "",
                          .to = "",
                          .rest = step->text};
    for (size_t i = 0; i < COUNT_OF(openings); i++)
        if (cursor_take(&reading.cursor, openings[i].word)) {
            deed->kind = openings[i].kind;
            openings[i].read(&reading);
            deed->rest = reading.cursor.text;
            return;
        }
}

struct deeds *read_deeds(const struct set *set, struct arena *arena) {
    struct deeds *deeds = arena_take(arena, sizeof(*deeds));
    size_t steps = 1;
    for (size_t i = 0; i < count_all(set); i++)
        steps += set->migrations[i].sections[SECTION_UP].count;
    *deeds = (struct deeds){arena_take(arena, steps * sizeof(*deeds->items)), 0,
                            arena_take(arena, (count_all(set) + 1) * sizeof(*deeds->first))};
    for (size_t i = 0; i < count_all(set); i++) {
        const struct section *up = &set->migrations[i].sections[SECTION_UP];
        deeds->first[i] = deeds->count;
        for (size_t s = 0; s < up->count; s++)
            if (!up->steps[s].is_call)
                read_deed(&deeds->items[deeds->count++], &set->migrations[i], &up->steps[s], arena);
    }
    deeds->first[count_all(set)] = deeds->count;
    return deeds;
}
