/*
 * warn_rows.c - new constraints on a table from before, whose rows may violate them: such an UP
 * works on the author's machine and fails elsewhere.
 *
 * No warning where the UP does something about the rows first: it changes the table, or its copy
 * filters, converts or ignores.
 */
#include "lint.h"

#include <string.h>

/* --------------------------------------------------- how rows were copied */

/* INSERT INTO new (a, b) SELECT x, y FROM old. */
struct copy {
    const struct statement *statement; /* NULL: there is none */
    struct cursor names, items;        /* after "(" and after SELECT */
    bool has_names, star, plain;       /* plain: every row comes, as it is */
};

static bool is_plain_insert(const struct statement *statement) {
    static const char *const filters[] = {"WHERE", "DISTINCT", "GROUP", "LIMIT",  "JOIN",
                                          "UNION", "EXCEPT",   "ON",    "IGNORE", "REPLACE"};
    struct cursor cursor = cursor_at(statement->step, statement->step->text);
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        for (size_t i = 0; depth == 0 && i < COUNT_OF(filters); i++)
            if (cursor_is(&cursor, filters[i]))
                return false;
        depth += depth_change(&cursor);
    }
    return true;
}

static struct copy find_copy(const struct change *change, const char *table) {
    for (const struct statement *statement = change->span.first; statement < change->span.end;
         statement++) {
        if (statement->kind != STATEMENT_INSERT ||
            strcmp(final_name(change->span, statement), table) != 0)
            continue;
        struct copy copy = {.statement = statement,
                            .names = cursor_at(statement->step, statement->rest)};
        copy.has_names = cursor_take(&copy.names, "(");
        copy.items = copy.names;
        while (copy.items.token != TOKEN_END && !cursor_take(&copy.items, "SELECT"))
            cursor_next(&copy.items);
        copy.star = cursor_is(&copy.items, "*");
        copy.plain =
            copy.items.token != TOKEN_END && !has_with(statement) && is_plain_insert(statement);
        return copy;
    }
    return (struct copy){.statement = NULL};
}

/* The index of the column in the list of names; SIZE_MAX: it is not there. */
static size_t index_in_copy(const struct copy *copy, const migci_table *table, const char *column) {
    struct cursor cursor = copy->names;
    for (size_t i = 0; !copy->has_names && i < table->column_count; i++)
        if (strcmp(table->columns[i]->key, column) == 0)
            return i;
    for (size_t i = 0; copy->has_names && cursor.token != TOKEN_END && !cursor_is(&cursor, ")");) {
        if (cursor_names(&cursor, column))
            return i;
        i += cursor_is(&cursor, ",");
        cursor_next(&cursor);
    }
    return SIZE_MAX;
}

static bool is_copied_as_is(const struct change *change, const migci_table *table,
                            const char *column) {
    struct copy copy = find_copy(change, table->key);
    if (!copy.statement || !copy.plain)
        return false;
    size_t item = index_in_copy(&copy, table, column), tokens = 0;
    if (item == SIZE_MAX || copy.star)
        return item != SIZE_MAX;
    /* This item of the SELECT is the name of a column and nothing else. */
    struct cursor cursor = copy.items;
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        bool ends = depth == 0 && (cursor_is(&cursor, ",") || cursor_is(&cursor, "FROM"));
        if (ends && item == 0)
            return tokens == 1 || tokens == 3; /* a, or t.a */
        item -= ends;
        tokens += item == 0 && !ends;
        if (item == 0 && !ends && (cursor_is(&cursor, "(") || cursor.token == TOKEN_OPERATOR) &&
            !cursor_is(&cursor, "."))
            return false;
        depth += depth_change(&cursor);
    }
    return false;
}

/* ------------------------------------------------------ what was done about it */

static bool is_changed_before(const struct change *change, const char *table,
                              const struct statement *end) {
    for (const struct statement *statement = change->span.first; statement < end; statement++)
        if ((statement->kind == STATEMENT_UPDATE || statement->kind == STATEMENT_DELETE) &&
            (strcmp(statement->name, table) == 0 ||
             strcmp(final_name(change->span, statement), table) == 0))
            return true;
    return false;
}

/* `conflict` is the text with its ON CONFLICT clause, if it has one; NULL: it has none. */
static void report_constraint(const struct change *change, struct location location,
                              const migci_table *table, const char *words, const char *conflict) {
    const char *then = EXISTING_ROWS_OF "may violate it, and then this fails";
    if (conflict && strstr(conflict, "IGNORE"))
        then = EXISTING_ROWS_OF "that violate it are left out without an error";
    else if (conflict && strstr(conflict, "REPLACE"))
        then = "of " EXISTING_ROWS_OF
               "that are alike in it only the last one is kept, without an error";
    struct arena *arena = change->lint->arena;
    const char *what = arena_format(arena, then, table->name);
    report_warning(change->lint->diagnostics, WARNING_CONSTRAINT_ON_ROWS, location,
                   "%s is new, and %s; correct the rows first, or say in the header why there are "
                   "none: '-- Allow: constraint-on-rows: reason'",
                   words, what);
}

/* --------------------------------------------------------------------- unique */

static void warn_of_unique(const struct change *change, const migci_table *before,
                           const migci_table *after, const migci_object *object) {
    size_t size;
    char words[300];
    const char *terms = unique_terms(object, &size);
    const struct statement *rebuild = find_rebuild(change->span, after->key);
    const struct statement *made =
        object->type == MIGCI_INDEX
            ? find_statement(change->span, STATEMENT_CREATE_INDEX, object->key)
            : rebuild;
    if (size == 0 || !made ||
        keeps_unique(change->before, object->home, terms, size,
                     object->traits[MIGCI_INDEX_WHERE] != NULL) ||
        is_changed_before(change, after->key, made) ||
        (rebuild && !find_copy(change, after->key).plain))
        return;
    /* A new column is NULL in all rows, and no NULL equals another. */
    const char *term, *at = terms;
    size_t length;
    while (at < terms + size && next_term(&at, &term, &length)) {
        bool known = false;
        for (size_t i = 0; i < before->column_count; i++)
            known |= same_text(term, length, before->columns[i]->key);
        if (!known && is_word(*term) && memchr(term, '(', length) == NULL)
            return;
    }
    report_constraint(change, made->location, after, migci_say_object(object, words, sizeof(words)),
                      object->type == MIGCI_UNIQUE ? object->traits[MIGCI_CONFLICT] : NULL);
}

/* ------------------------------------------------------------ CHECK, NOT NULL */

static size_t count_tokens(const char *text) {
    size_t count = 0;
    migci_text rest = migci_text_of(text);
    while (migci_token_next(&rest).kind != MIGCI_TOKEN_END)
        count++;
    return count;
}

static void warn_of_check(const struct change *change, const migci_table *before,
                          const migci_table *after, const migci_object *check) {
    char words[300];
    const struct statement *made = find_rebuild(change->span, after->key);
    if (!made || find_object(change->before, check) ||
        is_changed_before(change, after->key, made + 1))
        return;
    size_t count = 0; /* of the columns that it is about: all were copied as they were */
    for (size_t i = 0; i < after->column_count; i++) {
        const char *column = after->columns[i]->key;
        if (!has_name(check->key, column))
            continue;
        if (!find_column(before, column) || !is_copied_as_is(change, after, column))
            return;
        count++;
    }
    if (count == 0)
        return;
    for (size_t i = 0; i < change->before->count; i++) {
        const migci_object *old = change->before->objects[i];
        if (old->type == MIGCI_CHECK && strcmp(old->home, check->home) == 0 &&
            !find_object(change->after, old) && count_tokens(old->key) <= count_tokens(check->key))
            return; /* a longer one probably allows more */
    }
    report_constraint(change, made->location, after, migci_say_object(check, words, sizeof(words)),
                      NULL);
}

static void warn_of_not_null(const struct change *change, const migci_table *before,
                             const migci_table *after, const migci_object *column) {
    const struct statement *made = find_rebuild(change->span, after->key);
    const migci_object *old = find_column(before, column->key);
    const char *not_null = column->traits[MIGCI_NOT_NULL];
    /* REPLACE puts the DEFAULT in the place of NULL. */
    bool is_filled = not_null && strstr(not_null, "REPLACE") && column->traits[MIGCI_DEFAULT];
    if (!made || !not_null || is_filled || !old || old->traits[MIGCI_NOT_NULL] || old->primary ||
        is_changed_before(change, after->key, change->span.end) ||
        !is_copied_as_is(change, after, column->key))
        return;
    report_constraint(
        change, location_of_column(made, column->key), after,
        arena_format(change->lint->arena, "NOT NULL of %s.%s", after->name, column->name),
        strstr(not_null, "IGNORE") ? not_null : NULL);
}

/* A column that SQLite computed, and that the new table holds itself. */
static void warn_of_computed(const struct change *change, const migci_table *before,
                             const migci_table *after, const migci_object *column) {
    const struct statement *made = find_rebuild(change->span, after->key);
    const migci_object *old = find_column(before, column->key);
    if (!made || !old || !old->traits[MIGCI_GENERATED] || column->traits[MIGCI_GENERATED] ||
        is_changed_before(change, after->key, change->span.end))
        return;
    struct copy copy = find_copy(change, after->key);
    if (!copy.statement || !copy.has_names || index_in_copy(&copy, after, column->key) != SIZE_MAX)
        return;
    for (const struct statement *at = change->span.first; at < change->span.end; at++)
        if ((at->kind == STATEMENT_INSERT && at != copy.statement &&
             strcmp(final_name(change->span, at), after->key) == 0) ||
            (at->kind == STATEMENT_CREATE_TRIGGER && at < copy.statement &&
             strcmp(at->to, copy.statement->name) == 0))
            return; /* it, or a trigger of the new table, writes what the copy does not */
    report_warning(change->lint->diagnostics, WARNING_ROWS, copy.statement->location,
                   "UP loses %s.%s: it was computed, the new table holds it, and the copy "
                   "leaves it out; copy it too, or say why not in the header: "
                   "'-- Allow: rows: reason'",
                   after->name, column->name);
}

void warn_of_constraints(const struct change *change) {
    for (size_t i = 0; i < change->after->count; i++) {
        const migci_object *object = change->after->objects[i];
        const migci_table *after = migci_schema_table(change->after, object->home);
        const migci_table *before = migci_schema_table(change->before, object->home);
        if (!after || !before || before->is_virtual || after->is_virtual)
            continue;
        if (object->type == MIGCI_UNIQUE || object->type == MIGCI_INDEX)
            warn_of_unique(change, before, after, object);
        else if (object->type == MIGCI_CHECK)
            warn_of_check(change, before, after, object);
        else if (object->type == MIGCI_COLUMN) {
            warn_of_not_null(change, before, after, object);
            warn_of_computed(change, before, after, object);
        }
    }
}
