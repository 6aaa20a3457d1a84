/*
 * warn.c - calls the rules for what works and may be regretted, when the proof
 * comes by.
 */
#include "warn.h"

#include <string.h>

static bool creates(struct span span, const char *table) {
    for (const struct deed *deed = span.first; deed < span.end; deed++)
        if (deed->kind == DEED_CREATE_TABLE && strcmp(final_name(span, deed), table) == 0)
            return true;
    return false;
}

/* An index on a table that was there before, and that has rows perhaps. */
bool wants_a_look(const struct prover *prover, size_t index) {
    struct span span = span_of(prover, index);
    for (const struct deed *deed = span.first; deed < span.end; deed++)
        if (deed->kind == DEED_CREATE_INDEX && deed->unique && !creates(span, deed->to))
            return true;
    return false;
}

void warn_looked(void *user, size_t index, const migci_schema *before, const migci_schema *after) {
    struct prover *prover = user;
    struct change change = {prover, index, &prover->set->migrations[index],
                            before, after, span_of(prover, index)};
    warn_of_loss(&change);
    warn_of_rebuilds(&change);
    warn_of_constraints(&change);
}

void warn_finished(void *user, sqlite3 *db, const migci_schema *schema) {
    struct prover *prover = user;
    struct paths paths = read_paths(schema, prover->arena);
    warn_of_schema(prover, schema, paths);
    warn_of_keys(prover, schema, paths);
    warn_of_views(prover, db, schema);
    warn_of_quotes(prover, schema);
}
