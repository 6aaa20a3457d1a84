/*
 * warn.c - runs the rules, when the proof calls.
 */
#include "lint.h"

/* A unique index on a table from before may fail on its rows.  A DROP TABLE may take along an index
 * that the next table of that name lacks. */
bool needs_schemas(const struct lint *lint, size_t index) {
    struct span span = span_of(lint, index);
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_DROP_TABLE ||
            (statement->kind == STATEMENT_CREATE_INDEX && statement->unique &&
             !creates_table(span, statement->to)))
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
