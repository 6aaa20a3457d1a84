/*
 * warn_enforced.c - a DROP TABLE while foreign keys are enforced ("Foreign-Keys: on"): SQLite
 * deletes the table's rows first, and their deletion acts on the tables that reference them.
 */
#include "lint.h"

#include <string.h>

static void warn_of_drop_enforced(const struct change *change, struct span span,
                                  const migci_schema *schema, const struct statement *drop) {
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *key = schema->objects[i];
        const char *action = key->traits[MIGCI_ON_DELETE];
        size_t size;
        /* By its ON DELETE, a key of another table to this one loses rows or values. */
        if (key->type != MIGCI_FOREIGN_KEY || !action || strstr(action, "RESTRICT"))
            continue;
        const char *target = migci_key_parent(key, &size);
        for (size_t t = 0; t < schema->table_count; t++) {
            const migci_table *parent = schema->tables[t];
            const char *name = name_at(span, parent->key, drop);
            if (strlen(parent->key) != size || memcmp(target, parent->key, size) != 0 ||
                strcmp(key->home, parent->key) == 0 || !name || strcmp(name, drop->name) != 0 ||
                !name_at(span, key->home, drop))
                continue;
            report_warning(
                change->lint->diagnostics, WARNING_DESTRUCTIVE, drop->location,
                "with 'Foreign-Keys: on' this deletes the rows of %s first, and %s acts on %s; "
                "remove that line from the header: without it, keys are checked before the commit",
                parent->name, action, key->table);
        }
    }
}

static void warn_of_span(const struct change *change, struct span span,
                         const migci_schema *schema) {
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_DROP_TABLE && !statement->temporary)
            warn_of_drop_enforced(change, span, schema, statement);
}

void warn_of_enforced_keys(const struct change *change) {
    const char *value = change->migration->fields[KEY_FOREIGN_KEYS].value;
    if (!value || !same_word(value, strlen(value), "on"))
        return;
    struct span down = span_until(change->lint, change->index, true);
    down.first += change->lint->statements->first[change->index + 1];
    warn_of_span(change, change->span, change->before);
    warn_of_span(change, down, change->after);
}
