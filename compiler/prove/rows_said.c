/*
 * rows_said.c - reads what the statements of an UP or DOWN do to the rows of a table:
 * which columns they write, and how they copy it.  An effect that the author wrote down
 * is not reported.
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

/* `holders` are the names of the table and of what holds its rows for a while. */
struct reading_said {
    struct rows *rows;
    struct said *said;
    const struct row_table *before, *after;
    struct names holders;
};

static bool reads_rows(const struct reading_said *reading, const struct statement *statement) {
    bool reads = false;
    for (size_t i = 0; i < reading->holders.count; i++)
        reads |= mentions(statement, reading->holders.items[i]);
    return reads;
}

/* Notes a statement that copies the rows elsewhere.  They are aside if the copy stays. */
static void read_aside(struct reading_said *reading, const struct statement *statement) {
    if (!reads_rows(reading, statement))
        return;
    struct said *said = reading->said;
    bool is_view = statement->kind == STATEMENT_CREATE_VIEW;
    const struct statement *made =
        find_statement(said->span, STATEMENT_CREATE_TABLE, statement->name);
    /* Else the table that it fills is temporary, or is gone at the end of the section. */
    if (!is_view && !statement->temporary && !(made && made->temporary) &&
        *final_name(said->span, statement)) {
        said->aside = true;
        return;
    }
    add_name(&reading->rows->scratch, &reading->holders, statement->name);
    if (is_view || statement->kind == STATEMENT_UPDATE)
        return;
    struct row_copy copy =
        read_row_copy(reading->rows, said->span, statement, reading->before, NULL);
    if (copy.found && !copy.filters && !copy.joins)
        said->holder = statement;
}

static void read_insert_of(struct reading_said *reading, const struct statement *statement,
                           const char *old) {
    struct said *said = reading->said;
    const char *now = name_at(said->span, reading->before->key, statement);
    bool selects = mentions(statement, "select"), names_old = mentions(statement, old);
    struct row_copy copy = {.from = ""};
    if (selects && !(now && strcmp(now, statement->name) == 0)) /* into another table */
        copy = read_row_copy(reading->rows, said->span, statement, reading->before, reading->after);
    if (copy.found || (selects && names_old && strcmp(statement->name, old) != 0)) {
        said->copies++;
        said->copy = copy;
        return;
    }
    said->replaces |= drops_conflicts(statement) || mentions(statement, "conflict");
    said->unknown |= selects && said->copies == 0 && said->made && !names_old;
}

static void read_statement_of(struct reading_said *reading, const struct statement *statement) {
    struct said *said = reading->said;
    bool is_it = strcmp(final_name(said->span, statement), reading->after->key) == 0;
    const char *old = reading->before->key;
    for (const struct statement *at = said->span.first; at < statement; at = next_of_names(at))
        if (at->kind == STATEMENT_RENAME_TABLE && strcmp(at->name, old) == 0)
            old = at->to;
    switch (statement->kind) {
    case STATEMENT_INSERT:
        if (is_it)
            read_insert_of(reading, statement, old);
        else
            read_aside(reading, statement);
        break;
    case STATEMENT_UPDATE:
        if (is_it || strcmp(statement->name, old) == 0)
            read_set_columns(reading->rows, said, statement);
        if (!is_it)
            read_aside(reading, statement);
        break;
    case STATEMENT_DELETE:
        said->deletes |= is_it || strcmp(statement->name, old) == 0;
        break;
    case STATEMENT_CREATE_TABLE:
        if (is_it && !statement->temporary) {
            said->made = statement;
            said->unknown |= mentions(statement, "select") && reads_rows(reading, statement);
        } else if (mentions(statement, "select"))
            read_aside(reading, statement);
        break;
    case STATEMENT_CREATE_VIEW:
        read_aside(reading, statement);
        break;
    case STATEMENT_RENAME_TABLE:
        if (strcmp(statement->name, old) == 0)
            add_name(&reading->rows->scratch, &reading->holders, statement->to);
        break;
    case STATEMENT_DROP_TABLE:
        if (strcmp(statement->name, old) == 0 && !said->dropped)
            said->dropped = statement;
        break;
    case STATEMENT_OTHER:
        said->unknown |= mentions(statement, old) || mentions(statement, reading->after->key);
        break;
    default:
        break;
    }
}

/* Whether a constraint of the new table drops rows: ON CONFLICT IGNORE or REPLACE.  After NOT NULL,
 * REPLACE means the DEFAULT. */
static bool has_dropping_constraint(const struct statement *made) {
    bool is_not_null = false;
    for (struct cursor cursor = cursor_at(made->step, made->rest); cursor.token != TOKEN_END;) {
        if (cursor_take(&cursor, "CONFLICT")) {
            if (cursor_is(&cursor, "IGNORE") || (cursor_is(&cursor, "REPLACE") && !is_not_null))
                return true;
            continue;
        }
        if (!cursor_is(&cursor, "ON"))
            is_not_null = cursor_is(&cursor, "NULL");
        cursor_next(&cursor);
    }
    return false;
}

struct said read_said(struct rows *rows, struct span span, const struct row_table *before,
                      const struct row_table *after) {
    struct said said = {.span = span};
    struct reading_said reading = {rows, &said, before, after, {0}};
    add_name(&rows->scratch, &reading.holders, before->key);
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        read_statement_of(&reading, statement);
    said.rebuilt = said.made != NULL;
    said.copy.ignores |= said.made && has_dropping_constraint(said.made);
    return said;
}

/* ------------------------------------------------------- copies into new tables */

/* The item of a column a that is filled from b, while b is filled from a; or NULL. */
static const struct copy_item *find_crossed(const struct row_copy *copy) {
    for (size_t i = 0; i < copy->count; i++)
        for (size_t j = i + 1; j < copy->count && copy->items[i].source; j++)
            if (copy->items[j].source &&
                strcmp(copy->items[i].source, copy->items[j].target) == 0 &&
                strcmp(copy->items[j].source, copy->items[i].target) == 0)
                return &copy->items[i];
    return NULL;
}

/* Leaves out rebuilds: they are judged by what happens to their rows. */
void judge_crossed(struct rows *rows) {
    struct span span = rows->span;
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        if (statement->kind != STATEMENT_INSERT || !mentions(statement, "select"))
            continue;
        struct row_copy copy = read_row_copy(rows, span, statement, NULL, NULL);
        const struct copy_item *item = *copy.from ? find_crossed(&copy) : NULL;
        if (item && !find_statement(span, STATEMENT_DROP_TABLE, copy.from) &&
            !find_statement(span, STATEMENT_RENAME_TABLE, copy.from) &&
            !find_rebuild(span, final_name(span, statement)))
            report_warning(rows->prover->diagnostics, WARNING_ROWS,
                           location_of_name(statement, item->target),
                           "%s is filled from %s, and %s from %s: they change places", item->target,
                           item->source, item->source, item->target);
    }
}
