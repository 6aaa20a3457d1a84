/*
 * warn_fill.c - a table that UP makes and reads, and that no statement fills: what
 * is looked up in it is found nowhere.
 */
#include "lint.h"

#include <string.h>

/* Whether a statement of UP may give it rows, or it may be older than UP. */
static bool may_hold_rows(struct span span, const struct statement *made) {
    struct cursor cursor = cursor_at(made->step, made->step->text);
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "(") && !cursor_is(&cursor, "EXISTS"))
        cursor_next(&cursor);
    if (cursor_is(&cursor, "EXISTS") || mentions(made, "select")) /* IF NOT EXISTS */
        return true;
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        bool is_it =
            strcmp(statement->name, made->name) == 0 || strcmp(statement->to, made->name) == 0;
        if (statement != made && is_it && statement->kind != STATEMENT_CREATE_INDEX &&
            statement->kind != STATEMENT_ADD_COLUMN)
            return true;
        if (statement->kind == STATEMENT_OTHER && mentions(statement, made->name))
            return true;
    }
    return false;
}

/* FROM or JOIN and the name, in a statement that runs now.  After WITH the name may be another
 * thing's. */
static bool reads_table(const struct statement *statement, const char *name) {
    if ((statement->kind != STATEMENT_INSERT && statement->kind != STATEMENT_UPDATE &&
         statement->kind != STATEMENT_DELETE) ||
        has_with(statement) || mentions(statement, "with"))
        return false;
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    while (cursor.token != TOKEN_END) {
        bool reads = cursor_is(&cursor, "FROM") || cursor_is(&cursor, "JOIN");
        cursor_next(&cursor);
        if (reads && cursor_names(&cursor, name))
            return true;
    }
    return false;
}

void warn_of_unfilled_tables(struct lint *lint, const struct migration *migration,
                             struct span span) {
    if (calls_c(&migration->sections[SECTION_UP]))
        return;
    for (const struct statement *made = span.first; made < span.end; made++) {
        if (made->kind != STATEMENT_CREATE_TABLE || may_hold_rows(span, made))
            continue;
        for (const struct statement *statement = made + 1; statement < span.end; statement++) {
            if (!reads_table(statement, made->name))
                continue;
            if (statement->kind != STATEMENT_INSERT &&
                find_statement(span, STATEMENT_CREATE_TABLE, statement->name) &&
                !find_statement(span, STATEMENT_INSERT, statement->name))
                continue;          /* the table that it writes has no rows either */
            bool is_named = false; /* by a trigger, which an earlier migration may have made */
            for (const struct statement *at = whole_span(lint).first; at < span.end; at++)
                is_named |= at->kind == STATEMENT_CREATE_TRIGGER && mentions(at, made->name);
            if (!is_named)
                report_warning(
                    lint->diagnostics, WARNING_ROWS, location_of_name(statement, made->name),
                    "%s has no rows here: UP makes it, and no statement fills it", made->name);
            break;
        }
    }
}
