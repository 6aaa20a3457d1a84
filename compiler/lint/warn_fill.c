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
static bool begins_with_word(const struct deed *deed, const char *word) {
    struct cursor cursor = cursor_at(deed->step, deed->step->text);
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "(") && !cursor_is(&cursor, word))
        cursor_next(&cursor);
    return cursor_is(&cursor, word);
}

/* Whether it may get rows in another way than by CREATE, or is none that UP makes new. */
static bool may_hold_rows(struct span span, const struct deed *made) {
    if (begins_with_word(made, "EXISTS") || mentions(made, "select"))
        return true;
    for (const struct deed *deed = span.first; deed < span.end; deed++) {
        bool is_it = strcmp(deed->name, made->name) == 0 || strcmp(deed->to, made->name) == 0;
        if (deed != made && is_it && deed->kind != DEED_CREATE_INDEX &&
            deed->kind != DEED_ADD_COLUMN)
            return true;
        if ((deed->kind == DEED_OTHER || deed->kind == DEED_CREATE_TRIGGER) &&
            mentions(deed, made->name))
            return true;
    }
    return false;
}

/* It writes a table that UP makes and that has no rows either. */
static bool writes_nothing(struct span span, const struct deed *deed) {
    return deed->kind != DEED_INSERT && find_deed(span, DEED_CREATE_TABLE, deed->name) &&
           !find_deed(span, DEED_INSERT, deed->name);
}

/* FROM or JOIN and the name, in a statement that runs now. */
static bool reads_table(const struct deed *deed, const char *name) {
    if (deed->kind != DEED_INSERT && deed->kind != DEED_UPDATE && deed->kind != DEED_DELETE)
        return false;
    struct cursor cursor = cursor_at(deed->step, deed->rest);
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
    for (const struct deed *made = span.first; made < span.end; made++) {
        if (made->kind != DEED_CREATE_TABLE || may_hold_rows(span, made))
            continue;
        for (const struct deed *deed = made + 1; deed < span.end; deed++)
            if (reads_table(deed, made->name) && !writes_nothing(span, deed)) {
                report_warning(lint->diagnostics, WARNING_ROWS, location_of_name(deed, made->name),
                               "%s has no rows here: UP makes it, and no statement fills it",
                               made->name);
                break;
            }
    }
}
