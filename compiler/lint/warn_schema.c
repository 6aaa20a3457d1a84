/*
 * warn_schema.c - what is odd about the schema that all migrations leave: primary keys that are not
 * the rowid, and indexes that another makes needless.  Foreign keys are warn_key.c's, types
 * warn_type.c's.
 *
 * Reported at the statement that made the object for the last time.
 */
#include "lint.h"

#include <string.h>

/* -------------------------------------------------------------- primary keys */

static void report_key(struct lint *lint, enum warning warning, const migci_table *table,
                       const char *column, const char *why) {
    struct column_origin origin = find_column_maker(whole_span(lint), table->key, column);
    if (origin.statement)
        report_warning(lint->diagnostics, warning,
                       location_of_column(origin.statement, origin.column), "%s.%s %s",
                       name_then(lint, origin.table, table->name),
                       name_then(lint, origin.column, find_column(table, column)->name), why);
}

static void warn_of_primary_key(struct lint *lint, const migci_table *table,
                                const migci_object *object) {
    const migci_object *column =
        table->primary_count == 1 ? find_column(table, table->primary[0]) : NULL;
    const char *key = object->traits[MIGCI_PRIMARY_KEY];
    if (!key || strncmp(key, "INTEGER", 7) == 0 || object->traits[MIGCI_WITHOUT_ROWID] ||
        object->traits[MIGCI_STRICT])
        return;
    const char *type = column ? column->traits[MIGCI_TYPE] : NULL;
    bool is_integer = type && strcmp(type, "type INTEGER") == 0;
    if (is_integer && strstr(key, " DESC"))
        report_key(lint, WARNING_PRIMARY_KEY, table, column->key,
                   "is not the rowid, because of its DESC: SQLite gives it no number, and allows "
                   "NULL; write INTEGER PRIMARY KEY");
    else if (type && !is_integer && strstr(type, "INT") && !column->traits[MIGCI_NOT_NULL])
        report_key(lint, WARNING_PRIMARY_KEY, table, column->key,
                   "is not the rowid: only INTEGER PRIMARY KEY is; SQLite gives it no number, and "
                   "allows NULL");
    for (size_t i = 0; i < table->primary_count; i++) {
        const migci_object *part = find_column(table, table->primary[i]);
        if (part && !part->traits[MIGCI_NOT_NULL])
            report_key(lint, WARNING_PRIMARY_KEY_NULL, table, part->key,
                       "is part of a primary key, and yet may be NULL, in any number of rows; add "
                       "NOT NULL");
    }
}

/* --------------------------------------------------------- needless indexes */

/* Whether `other` makes the index needless.  A longer index does too, but people keep both on
 * purpose; the index of a constraint is there in any case. */
static bool replaces(const migci_object *other, const migci_object *index, const char *terms,
                     size_t size) {
    size_t other_size;
    const char *others = lookup_terms(other, &other_size);
    bool is_same = size == other_size && is_prefix(terms, size, others, other_size);
    bool is_plain = other->type == MIGCI_INDEX && !other->traits[MIGCI_INDEX_UNIQUE];
    if (other->type == MIGCI_INDEX)
        return is_same && other != index &&
               (is_plain
                    ? !index->traits[MIGCI_INDEX_UNIQUE] && strcmp(other->key, index->key) < 0
                    : !index->traits[MIGCI_INDEX_UNIQUE] || strcmp(other->key, index->key) < 0);
    return is_prefix(terms, size, others, other_size) &&
           (is_same || !index->traits[MIGCI_INDEX_UNIQUE]);
}

static void warn_of_duplicate(struct lint *lint, struct paths paths, const migci_object *index) {
    size_t size;
    char words[300];
    const char *terms = lookup_terms(index, &size);
    const struct statement *made = NULL;
    paths = paths_of(paths, index->home);
    for (size_t i = 0; size > 0 && i < paths.count; i++) {
        const migci_object *other = paths.items[i].object;
        if (!replaces(other, index, terms, size))
            continue;
        made = find_maker(whole_span(lint), STATEMENT_CREATE_INDEX, index->key);
        if (made && other->type == MIGCI_TABLE)
            migci_say(words, sizeof(words), "the primary key of %s", other->name);
        else
            migci_say_object(other, words, sizeof(words));
        break;
    }
    if (made)
        report_warning(
            lint->diagnostics, WARNING_DUPLICATE_INDEX, made->location,
            "%s finds all that %s finds; this index costs time at every write, and has no use",
            words, index->name);
}

/* ----------------------------------------------------------------------- all */

void warn_of_schema(struct lint *lint, const migci_schema *schema, struct paths paths) {
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        if (object->type == MIGCI_TABLE && !object->details->is_virtual)
            warn_of_primary_key(lint, object->details, object);
        else if (object->type == MIGCI_INDEX)
            warn_of_duplicate(lint, paths, object);
        else if (object->type == MIGCI_COLUMN)
            warn_of_type(lint, schema, object);
    }
}
