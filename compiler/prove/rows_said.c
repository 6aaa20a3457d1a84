/*
 * rows_said.c - what the statements of an UP or DOWN say that they do to the rows
 * of a table: which columns they write, and how they copy it.  What the author
 * wrote is not told back.
 */
#include "rows.h"

#include <string.h>

struct span section_span(struct rows *rows, enum section_kind section) {
    if (section == SECTION_UP)
        return span_of(&rows->prover->lint, rows->index);
    const struct section *steps = &rows->migration->sections[section];
    struct statement *statements =
        arena_take(&rows->scratch, (steps->count + 1) * sizeof(*statements));
    size_t count = 0;
    for (size_t i = 0; i < steps->count; i++)
        if (!steps->steps[i].is_call)
            read_statement(&statements[count++], rows->migration, &steps->steps[i], &rows->scratch);
    return (struct span){statements, statements + count};
}

/* ------------------------------------------------------------------ a copy */

static const char *lower_token(struct arena *arena, const struct cursor *cursor) {
    return migci_lower(cursor_is_name(cursor) ? cursor_name(cursor, arena)
                                              : arena_copy(arena, cursor->text, cursor->size));
}

static void add_item(struct rows *rows, struct row_copy *copy, size_t *capacity,
                     struct copy_item item) {
    copy->items =
        grow_rows(&rows->scratch, copy->items, copy->count, capacity, sizeof(*copy->items));
    copy->items[copy->count++] = item;
}

/* One item of the SELECT up to its comma: a bare column's name, or NULL; `as` is no part of it. */
static const char *read_item(struct rows *rows, struct cursor *cursor, bool *star) {
    const char *name = NULL;
    size_t tokens = 0;
    bool bare = true;
    for (int depth = 0; cursor->token != TOKEN_END; cursor_next(cursor)) {
        if (depth == 0 && (cursor_is(cursor, ",") || cursor_is(cursor, "FROM")))
            break;
        if (depth == 0 && cursor_is(cursor, "AS")) {
            while (cursor->token != TOKEN_END && !cursor_is(cursor, ",") &&
                   !cursor_is(cursor, "FROM"))
                cursor_next(cursor);
            break;
        }
        depth += cursor_is(cursor, "(");
        depth -= cursor_is(cursor, ")");
        tokens++;
        *star |= depth == 0 && cursor_is(cursor, "*") && (tokens == 1 || (bare && tokens == 3));
        if (cursor_is(cursor, "."))
            continue;
        bare &= cursor->token == TOKEN_WORD || cursor->token == TOKEN_QUOTED;
        name = bare ? lower_token(&rows->scratch, cursor) : NULL;
    }
    return bare && (tokens == 1 || tokens == 3) ? name : NULL;
}

static void read_clauses_of_copy(struct row_copy *copy, struct cursor cursor) {
    static const char *const filters[] = {"WHERE", "DISTINCT", "GROUP",    "LIMIT",
                                          "UNION", "EXCEPT",   "INTERSECT"};
    bool left = false;
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        for (size_t i = 0; depth == 0 && i < COUNT_OF(filters); i++)
            copy->filters |= cursor_is(&cursor, filters[i]);
        left |= depth == 0 && (cursor_is(&cursor, "LEFT") || cursor_is(&cursor, "FULL"));
        copy->joins |= depth == 0 && cursor_is(&cursor, "JOIN") && !left;
        left &= !cursor_is(&cursor, "JOIN");
        depth += cursor_is(&cursor, "(");
        depth -= cursor_is(&cursor, ")");
    }
}

/* INSERT OR IGNORE, OR REPLACE, REPLACE. */
static bool drops_conflicts(const struct statement *statement) {
    struct cursor cursor = cursor_at(statement->step, statement->step->text);
    if (cursor_is(&cursor, "REPLACE"))
        return true;
    cursor_next(&cursor);
    return cursor_take(&cursor, "OR") &&
           (cursor_is(&cursor, "IGNORE") || cursor_is(&cursor, "REPLACE"));
}

static struct row_copy read_row_copy(struct rows *rows, const struct statement *statement,
                                     const struct row_table *before,
                                     const struct row_table *after) {
    struct row_copy copy = {
        .statement = statement, .ignores = drops_conflicts(statement), .from = ""};
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    struct names targets = {0}; /* "(a, b)", or the columns of the table in their order */
    if (!cursor_take(&cursor, "("))
        for (size_t c = 0; after && c < after->count; c++)
            add_name(&rows->scratch, &targets, after->columns[c].key);
    else
        for (; cursor.token != TOKEN_END && !cursor_take(&cursor, ")"); cursor_next(&cursor))
            if (!cursor_is(&cursor, ","))
                add_name(&rows->scratch, &targets, lower_token(&rows->scratch, &cursor));
    while (cursor.token != TOKEN_END && !cursor_take(&cursor, "SELECT"))
        cursor_next(&cursor);
    read_clauses_of_copy(&copy, cursor);
    cursor_take(&cursor, "ALL");
    copy.filters |= cursor_take(&cursor, "DISTINCT");
    size_t capacity = 0, at = 0;
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "FROM")) {
        bool star = false;
        const char *name = read_item(rows, &cursor, &star);
        for (size_t c = 0; star && before && c < before->count && at < targets.count; c++)
            add_item(rows, &copy, &capacity,
                     (struct copy_item){targets.items[at++], before->columns[c].key});
        if (!star && at < targets.count)
            add_item(rows, &copy, &capacity, (struct copy_item){targets.items[at++], name});
        copy.star |= star;
        cursor_take(&cursor, ",");
    }
    if (cursor_take(&cursor, "FROM") && cursor.token != TOKEN_END)
        copy.from = lower_token(&rows->scratch, &cursor);
    return copy;
}

/* ------------------------------------------------------------- all statements */

static void read_set_columns(struct rows *rows, struct said *said,
                             const struct statement *statement) {
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    bool target = false;
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        if (depth == 0 && (cursor_is(&cursor, "WHERE") || cursor_is(&cursor, "FROM")))
            return;
        bool opens = cursor_is(&cursor, "("), is_set = cursor_is(&cursor, "SET");
        if (target && !opens && cursor.token != TOKEN_OPERATOR)
            add_name(&rows->scratch, &said->updated, lower_token(&rows->scratch, &cursor));
        bool in_list = target && opens; /* SET (a, b) = ... */
        depth += opens;
        depth -= cursor_is(&cursor, ")");
        target = (depth <= 1 && in_list) || (depth == 0 && is_set) ||
                 (depth <= 1 && cursor_is(&cursor, ","));
    }
}

static void read_statement_of(struct rows *rows, struct said *said,
                              const struct statement *statement, const struct row_table *before,
                              const struct row_table *after) {
    struct span span = said->span;
    bool is_it = strcmp(final_name(span, statement), after->key) == 0;
    const char *old = before->key;
    for (const struct statement *at = span.first; at < statement; at++)
        if (at->kind == STATEMENT_RENAME_TABLE && strcmp(at->name, old) == 0)
            old = at->to;
    switch (statement->kind) {
    case STATEMENT_INSERT:
        if (is_it && mentions(statement, "select") && mentions(statement, old) &&
            strcmp(statement->name, old) != 0) {
            said->copies++;
            said->copy = read_row_copy(rows, statement, before, after);
        } else if (is_it) {
            said->replaces |= drops_conflicts(statement) || mentions(statement, "conflict");
            said->unknown |= mentions(statement, "select") && said->copies == 0 && said->made &&
                             !mentions(statement, old);
        } else
            said->aside |= mentions(statement, old);
        break;
    case STATEMENT_UPDATE:
        if (is_it || strcmp(statement->name, old) == 0)
            read_set_columns(rows, said, statement);
        said->aside |= !is_it && mentions(statement, old);
        break;
    case STATEMENT_DELETE:
        said->deletes |= is_it || strcmp(statement->name, old) == 0;
        break;
    case STATEMENT_CREATE_TABLE:
        if (is_it && !statement->temporary)
            said->made = statement;
        else
            said->aside |= mentions(statement, old) && mentions(statement, "select");
        break;
    case STATEMENT_DROP_TABLE:
        if (strcmp(statement->name, old) == 0 && !said->dropped)
            said->dropped = statement;
        break;
    case STATEMENT_OTHER: /* WITH ... INSERT, and whatever else */
        said->unknown |= mentions(statement, old) || mentions(statement, after->key);
        break;
    default:
        break;
    }
}

struct said read_said(struct rows *rows, struct span span, const struct row_table *before,
                      const struct row_table *after) {
    struct said said = {.span = span};
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        read_statement_of(rows, &said, statement, before, after);
    said.rebuilt = said.made != NULL;
    return said;
}

/* ------------------------------------------------------- copies into new tables */

/* a is filled from b, and b from a: the item of a; NULL: there is none. */
static const struct copy_item *find_crossed(const struct row_copy *copy) {
    for (size_t i = 0; i < copy->count; i++)
        for (size_t j = i + 1; j < copy->count && copy->items[i].source; j++)
            if (copy->items[j].source &&
                strcmp(copy->items[i].source, copy->items[j].target) == 0 &&
                strcmp(copy->items[j].source, copy->items[i].target) == 0)
                return &copy->items[i];
    return NULL;
}

/* A rebuild is judged by what becomes of its rows. */
void judge_crossed(struct rows *rows) {
    struct span span = rows->span;
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        if (statement->kind != STATEMENT_INSERT || !mentions(statement, "select"))
            continue;
        struct row_copy copy = read_row_copy(rows, statement, NULL, NULL);
        const struct copy_item *item = *copy.from ? find_crossed(&copy) : NULL;
        if (item && !find_statement(span, STATEMENT_DROP_TABLE, copy.from) &&
            !find_statement(span, STATEMENT_RENAME_TABLE, copy.from))
            report_warning(rows->prover->diagnostics, WARNING_ROWS,
                           location_of_name(statement, item->target),
                           "%s is filled from %s, and %s from %s: they change places", item->target,
                           item->source, item->source, item->target);
    }
}
