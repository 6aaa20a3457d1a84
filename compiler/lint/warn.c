/*
 * warn.c - calls the rules for what works and may be regretted, when the proof
 * comes by.
 */
#include "lint.h"

#include <string.h>

static bool creates(struct span span, const char *table) {
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_CREATE_TABLE &&
            strcmp(final_name(span, statement), table) == 0)
            return true;
    return false;
}

/* An index on a table that was there before, and that has rows perhaps; or a table that is made
 * and dropped, perhaps with an index that the next one of its name lacks. */
bool wants_a_look(const struct lint *lint, size_t index) {
    struct span span = span_of(lint, index);
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_DROP_TABLE ||
            (statement->kind == STATEMENT_CREATE_INDEX && statement->unique &&
             !creates(span, statement->to)))
            return true;
    return false;
}

void lint_change(struct lint *lint, size_t index, const migci_schema *before,
                 const migci_schema *after) {
    struct change change = {lint,   index, &lint->set->migrations[index],
                            before, after, span_of(lint, index)};
    warn_of_data_loss(&change);
    warn_of_rebuilds(&change);
    warn_of_enforced_keys(&change);
    warn_of_constraints(&change);
}

void lint_finish(struct lint *lint, sqlite3 *db, const migci_schema *schema) {
    struct paths paths = read_paths(schema, lint->arena);
    warn_of_schema(lint, schema, paths);
    warn_of_keys(lint, schema, paths);
    warn_of_views(lint, db, schema);
    warn_of_quotes(lint, schema);
}
