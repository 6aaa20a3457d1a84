/*
 * drops.c - what UP or DOWN removes from the tables that were there: tables that it drops, renames
 * or makes anew, and their columns.  The runtime counts the rows in the user's database.
 *
 * Statements are read by their first tokens.  The proof says which columns a table lost that was
 * made anew, because it has compared both.  What a step in C does is unknown, and so is which rows a
 * DELETE finds.
 */
#include "lint.h"

#include <string.h>

/* What became of a table of this name. */
struct fate {
    const char *before; /* its name when the section began; NULL: the section made it */
    const char *now;    /* NULL: it is gone */
    struct fate *next;
};

struct drops {
    struct span span;
    bool calls; /* a step in C, which may copy rows */
    struct lost_columns lost;
    struct arena *arena;
    struct fate *fates;
    struct buffer json;
};

static void add_drop_member(struct buffer *json, const char *key, const char *value) {
    if (!value)
        return;
    buffer_format(json, "%s\"%s\":", json->bytes[json->size - 1] == '{' ? "" : ",", key);
    buffer_json(json, value);
}

/* {"table":"users","column":"phone"}; a key whose value is NULL is left out. */
static void add_drop(struct drops *drops, const char *table, const char *column, const char *to,
                     const char *rows) {
    buffer_text(&drops->json, drops->json.size ? ",{" : "[{");
    add_drop_member(&drops->json, "table", table);
    add_drop_member(&drops->json, "column", column);
    add_drop_member(&drops->json, "to", to);
    add_drop_member(&drops->json, "rows", rows);
    buffer_text(&drops->json, "}");
}

static struct fate *add_fate(struct drops *drops, const char *before, const char *now) {
    struct fate *fate = arena_take(drops->arena, sizeof(*fate));
    *fate = (struct fate){before, now, drops->fates};
    drops->fates = fate;
    return fate;
}

/* A table that no statement has made was there before. */
static struct fate *find_fate(struct drops *drops, const char *name) {
    for (struct fate *fate = drops->fates; fate; fate = fate->next)
        if (fate->now && strcmp(fate->now, name) == 0)
            return fate;
    return add_fate(drops, name, name);
}

/* ------------------------------------------------------------- tables made anew */

/* INSERT ... SELECT ... FROM it, maybe behind WITH, or CREATE TABLE ... AS SELECT ... FROM it. */
static bool copies_rows(const struct statement *statement, const char *table) {
    bool may_copy = statement->kind == STATEMENT_INSERT || statement->kind == STATEMENT_OTHER ||
                    (statement->kind == STATEMENT_CREATE_TABLE &&
                     first_definition(statement).token == TOKEN_END);
    return may_copy && mentions(statement, table);
}

/* Whether its query may leave rows out.  Words in parentheses count behind WITH alone. */
static bool chooses_rows(const struct statement *statement) {
    static const char *const words[] = {"WHERE",  "JOIN",  "LIMIT",  "DISTINCT", "GROUP",
                                        "HAVING", "UNION", "EXCEPT", "INTERSECT"};
    struct cursor verb = cursor_at(statement->step, statement->verb);
    if (cursor_take(&verb, "INSERT") && cursor_is(&verb, "OR"))
        return true;
    struct cursor cursor = cursor_at(statement->step, statement->step->text);
    bool in_all = has_with(statement);
    int depth = 0;
    for (; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        depth += depth_change(&cursor);
        if (cursor_take(&cursor, "LEFT"))
            cursor_take(&cursor, "OUTER");
        else
            for (size_t i = 0; (depth == 0 || in_all) && i < COUNT_OF(words); i++)
                if (cursor_is(&cursor, words[i]))
                    return true;
    }
    return false;
}

/* Which rows are put somewhere else: "none", "part", or NULL for all. */
static const char *kept_rows(const struct drops *drops, const char *table,
                             const struct statement *end) {
    const char *rows = drops->calls ? NULL : "none";
    for (const struct statement *statement = drops->span.first; statement < end; statement++) {
        if (!copies_rows(statement, table))
            continue;
        if (!chooses_rows(statement))
            return NULL;
        rows = "part";
    }
    return rows;
}

/* What the column of a table of before is called when `end` runs; NULL: it is gone by then. */
static const char *follow_column(const struct drops *drops, const struct lost_column *lost,
                                 const struct statement *end) {
    const char *column = lost->column, *table = lost->table;
    for (const struct statement *statement = drops->span.first; table && column && statement < end;
         table = name_behind(statement++, table)) {
        if (strcmp(statement->name, table) != 0 || strcmp(statement->column, column) != 0)
            continue;
        if (statement->kind == STATEMENT_RENAME_COLUMN)
            column = statement->to;
        else if (statement->kind == STATEMENT_DROP_COLUMN)
            column = NULL;
    }
    return column;
}

static void add_rebuild(struct drops *drops, struct fate *fate, const struct statement *dropped) {
    const char *table = fate->now, *rows = kept_rows(drops, table, dropped);
    if (rows)
        add_drop(drops, table, NULL, NULL, rows);
    bool is_empty = rows && strcmp(rows, "none") == 0;
    for (const struct lost_column *lost = drops->lost.items;
         !is_empty && !drops->calls && lost < drops->lost.items + drops->lost.count; lost++) {
        const char *column =
            strcmp(lost->table, fate->before) == 0 ? follow_column(drops, lost, dropped) : NULL;
        if (column &&
            !is_copied_in((struct span){drops->span.first, dropped}, fate->before, column))
            add_drop(drops, table, column, NULL, NULL);
    }
    if (strcmp(table, fate->before) != 0 && find_rebuild(drops->span, fate->before))
        add_drop(drops, table, NULL, fate->before, NULL);
}

/* ------------------------------------------------------- renamed by making it anew */

/* Whether it is SELECT columns FROM this table and no more; a function could be an aggregate. */
static bool reads_whole_table(const struct statement *statement, const char *table) {
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "SELECT"))
        cursor_next(&cursor);
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "(") && !cursor_take(&cursor, "FROM"))
        cursor_next(&cursor);
    if (!cursor_names(&cursor, table))
        return false;
    cursor_next(&cursor);
    cursor_take(&cursor, "AS");
    if (cursor_is_name(&cursor) && !cursor_is(&cursor, "ORDER"))
        cursor_next(&cursor);
    return cursor.token == TOKEN_END || cursor_is(&cursor, ";") || cursor_is(&cursor, "ORDER");
}

/* Whether all that the table held when the section began is in what the statement fills, which
 * copies rows of it. */
static bool copies_all(const struct drops *drops, const struct fate *fate,
                       const struct statement *statement) {
    bool known = false;
    if (has_with(statement) || chooses_rows(statement) || !reads_whole_table(statement, fate->now))
        return false;
    for (const struct lost_column *lost = drops->lost.items;
         lost < drops->lost.items + drops->lost.count; lost++) {
        if (strcmp(lost->table, fate->before) != 0)
            continue;
        const char *column = follow_column(drops, lost, statement);
        known = true;
        if (!column || !is_copied_in((struct span){statement, statement + 1}, fate->now, column))
            return false;
    }
    return known;
}

/* What the section made, and filled with all of the table that is dropped now; or NULL. */
static struct fate *find_new_home(const struct drops *drops, const struct fate *fate,
                                  const struct statement *dropped) {
    for (struct fate *made = drops->fates; made; made = made->next)
        for (const struct statement *at = drops->span.first; at < dropped; at++) {
            if (!made->now || made->before || !copies_rows(at, fate->now))
                continue;
            const struct statement *create =
                find_statement(drops->span, STATEMENT_CREATE_TABLE, at->name);
            const char *now = name_at((struct span){at, dropped}, at->name, dropped);
            if (create && !mentions(create, "conflict") && now && strcmp(now, made->now) == 0 &&
                copies_all(drops, fate, at))
                return made;
        }
    return NULL;
}

/* -------------------------------------------------------------- statement by statement */

/* IF NOT EXISTS: the table may have been there. */
static bool is_conditional(const struct statement *statement) {
    struct cursor cursor = cursor_at(statement->step, statement->step->text);
    const char *name = statement->location.source->text + statement->location.offset;
    while (cursor.token != TOKEN_END && cursor.text < name && !cursor_is(&cursor, "EXISTS"))
        cursor_next(&cursor);
    return cursor_is(&cursor, "EXISTS");
}

static void follow_drop_table(struct drops *drops, const struct statement *statement) {
    struct fate *fate = find_fate(drops, statement->name);
    /* It is made anew under its old name, or under one that a rename gave it before. */
    if (fate->before &&
        (find_rebuild(drops->span, fate->before) || find_rebuild(drops->span, fate->now)))
        add_rebuild(drops, fate, statement);
    else if (fate->before) {
        struct fate *home = find_new_home(drops, fate, statement);
        add_drop(drops, fate->now, NULL, home ? home->now : NULL, NULL);
        if (home)
            home->before = fate->before;
    }
    fate->now = NULL;
}

static void follow(struct drops *drops, const struct statement *statement) {
    struct fate *fate;
    if (statement->temporary)
        return;
    switch (statement->kind) {
    case STATEMENT_CREATE_TABLE:
    case STATEMENT_CREATE_VIRTUAL:
        if (!is_conditional(statement))
            add_fate(drops, NULL, statement->name);
        break;
    case STATEMENT_DROP_TABLE:
        follow_drop_table(drops, statement);
        break;
    case STATEMENT_RENAME_TABLE:
        fate = find_fate(drops, statement->name);
        if (fate->before)
            add_drop(drops, fate->now, NULL, statement->to, NULL);
        fate->now = statement->to;
        break;
    case STATEMENT_DROP_COLUMN:
    case STATEMENT_RENAME_COLUMN:
        if (find_fate(drops, statement->name)->before)
            add_drop(drops, statement->name, statement->column,
                     *statement->to ? statement->to : NULL, NULL);
        break;
    default:
        break;
    }
}

static const char *list_drops(const struct migration *migration, enum section_kind kind,
                              struct lost_columns lost, struct arena *arena) {
    const struct section *section = &migration->sections[kind];
    struct statement *items = arena_take(arena, (section->count + 1) * sizeof(*items));
    size_t count = read_section(items, migration, kind, arena);
    struct drops drops = {.span = {items, items + count},
                          .calls = count < section->count,
                          .lost = lost,
                          .arena = arena};
    for (size_t i = 0; i < count; i++)
        follow(&drops, &items[i]);
    if (!drops.json.size)
        return NULL;
    buffer_text(&drops.json, "]");
    const char *kept = arena_copy(arena, drops.json.bytes, drops.json.size);
    buffer_free(&drops.json);
    return kept;
}

void keep_drops(const struct migration *migration, struct lost_columns by_up,
                struct lost_columns by_down, struct arena *arena) {
    if (migration->number > 0) /* a repeatable makes again what it drops */
        return;
    migration->lowered->up_drops = list_drops(migration, SECTION_UP, by_up, arena);
    migration->lowered->down_drops = list_drops(migration, SECTION_DOWN, by_down, arena);
}
