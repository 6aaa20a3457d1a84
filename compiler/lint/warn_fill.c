/*
 * warn_fill.c - a table that UP makes and reads, and that no statement fills: what
 * is looked up in it is found nowhere.
 */
#include "lint.h"

#include <string.h>

static bool has_call_in_up(const struct migration *migration) {
    const struct section *up = &migration->sections[SECTION_UP];
    for (size_t i = 0; i < up->count; i++)
        if (up->steps[i].is_call)
            return true;
    return false;
}

/* Whether a word stands in the statement before its first parenthesis: EXISTS, SELECT. */
static bool begins_with_word(const struct statement *statement, const char *word) {
    struct cursor cursor = cursor_at(statement->step, statement->step->text);
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "(") && !cursor_is(&cursor, word))
        cursor_next(&cursor);
    return cursor_is(&cursor, word);
}

/* Whether it may get rows in another way than by CREATE, or is none that UP makes new. */
static bool may_hold_rows(struct span span, const struct statement *made) {
    if (begins_with_word(made, "EXISTS") || mentions(made, "select"))
        return true;
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        bool is_it =
            strcmp(statement->name, made->name) == 0 || strcmp(statement->to, made->name) == 0;
        if (statement != made && is_it && statement->kind != STATEMENT_CREATE_INDEX &&
            statement->kind != STATEMENT_ADD_COLUMN)
            return true;
        if ((statement->kind == STATEMENT_OTHER || statement->kind == STATEMENT_CREATE_TRIGGER) &&
            mentions(statement, made->name))
            return true;
    }
    return false;
}

/* It writes a table that UP makes and that has no rows either. */
static bool writes_nothing(struct span span, const struct statement *statement) {
    return statement->kind != STATEMENT_INSERT &&
           find_statement(span, STATEMENT_CREATE_TABLE, statement->name) &&
           !find_statement(span, STATEMENT_INSERT, statement->name);
}

/* FROM or JOIN and the name, in a statement that runs now. */
static bool reads_table(const struct statement *statement, const char *name) {
    if (statement->kind != STATEMENT_INSERT && statement->kind != STATEMENT_UPDATE &&
        statement->kind != STATEMENT_DELETE)
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
    if (has_call_in_up(migration))
        return;
    for (const struct statement *made = span.first; made < span.end; made++) {
        if (made->kind != STATEMENT_CREATE_TABLE || may_hold_rows(span, made))
            continue;
        for (const struct statement *statement = made + 1; statement < span.end; statement++)
            if (reads_table(statement, made->name) && !writes_nothing(span, statement)) {
                report_warning(
                    lint->diagnostics, WARNING_ROWS, location_of_name(statement, made->name),
                    "%s has no rows here: UP makes it, and no statement fills it", made->name);
                break;
            }
    }
}
