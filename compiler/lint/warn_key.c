/*
 * warn_key.c - foreign keys to a table that is not there, and foreign keys without an index, whose
 * ON DELETE reads a whole table each time.
 */
#include "lint.h"

#include <stdio.h>
#include <string.h>

/* "a, b > parent(x, y)", as the model has it. */
struct reference {
    const char *from, *parent, *to;
    size_t from_size, to_size, parent_size;
};

/* Where the key is declared, and what it and its table are called there. */
struct declaration {
    struct declared_key key;
    const char *table;
};

/* False: the location is unknown. */
static bool find_declaration(struct lint *lint, const migci_object *object,
                             const struct reference *key, const char *parent,
                             struct declaration *declaration) {
    const char *columns = arena_copy(lint->arena, key->from, key->from_size);
    const char *column = arena_copy(lint->arena, columns, strcspn(columns, ", "));
    struct column_origin origin = find_column_maker(whole_span(lint), object->home, column);
    if (!origin.statement)
        return false;
    declaration->table = name_then(lint, origin.table, object->table);
    declaration->key =
        (struct declared_key){location_of_column(origin.statement, origin.column), columns, parent};
    if (!strchr(columns, ','))
        columns = origin.column;
    if (!find_key(origin.statement, columns, parent, lint->arena, &declaration->key) &&
        !find_key(origin.statement, columns, NULL, lint->arena, &declaration->key))
        find_key(origin.statement, NULL, parent, lint->arena, &declaration->key);
    return true;
}

/* --------------------------------------------------------------------- target */

/* Keys to columns that are not unique are left to SQLite, which refuses them when it checks. */
static void warn_of_target(struct lint *lint, const migci_schema *schema,
                           const migci_object *object, const struct reference *key) {
    const char *parent = arena_copy(lint->arena, key->parent, key->parent_size);
    if (migci_schema_table(schema, parent))
        return;
    struct declaration declaration;
    const struct statement *culprit = NULL, *rename = NULL;
    if (!find_declaration(lint, object, key, parent, &declaration))
        return;
    /* The statement that gave the parent this name, which was its last, or that dropped it. */
    for (size_t i = lint->statements->count; i-- > 0 && !culprit;) {
        const struct statement *at = &lint->statements->items[i];
        if ((at->kind == STATEMENT_RENAME_TABLE && strcmp(at->to, parent) == 0) ||
            (at->kind == STATEMENT_DROP_TABLE && strcmp(at->name, parent) == 0 && !at->temporary))
            culprit = at;
    }
    /* The rename that gave a table the name under which `culprit` drops it took the key along. */
    for (const struct statement *at = culprit; at && at > lint->statements->items && !rename;) {
        at--;
        if (at->kind == STATEMENT_RENAME_TABLE && strcmp(at->to, parent) == 0)
            rename = at;
    }
    report_warning(lint->diagnostics, WARNING_FOREIGN_KEY_TARGET,
                   rename    ? rename->location
                   : culprit ? culprit->location
                             : declaration.key.location,
                   rename ? "this rename takes foreign key %s along, and %s is dropped later: with "
                            "PRAGMA foreign_keys=ON every write to %s fails; make the new table "
                            "under another name, drop the old one, and rename the new one"
                          : "foreign key %s: there is no table %s when all migrations have run; "
                            "with PRAGMA foreign_keys=ON every write to %s fails",
                   object->name, parent, object->table);
    if (culprit)
        report_note(lint->diagnostics, declaration.key.location, "the key is declared here");
}

/* ---------------------------------------------------------------------- index */

/* Only for keys with an action: where the author named none, the parent's rows are hardly ever
 * deleted. */
static void warn_of_index(struct lint *lint, struct paths paths, const migci_object *object,
                          const struct reference *key) {
    const char *action = object->traits[MIGCI_ON_DELETE];
    const char *names = arena_copy(lint->arena, key->from, key->from_size);
    if (!action || strstr(action, "RESTRICT"))
        return;
    paths = paths_of(paths, object->home);
    for (size_t i = 0; i < paths.count; i++) {
        size_t size, length;
        const char *term, *terms = key_terms(paths.items[i].object, &size);
        char name[200];
        if (size == 0 || !next_term(&terms, &term, &length))
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)length, term);
        if (has_name(names, name))
            return; /* SQLite searches by this column of the key, with which an index begins */
    }
    const char *parent = arena_copy(lint->arena, key->parent, key->parent_size);
    struct declaration declaration;
    if (find_declaration(lint, object, key, parent, &declaration))
        report_warning(lint->diagnostics, WARNING_FOREIGN_KEY_INDEX, declaration.key.location,
                       "%s, but no index of %s begins with %s: each row deleted from %s reads all "
                       "of %s",
                       action, declaration.table, declaration.key.columns,
                       name_then(lint, declaration.key.parent, parent), declaration.table);
}

void warn_of_keys(struct lint *lint, const migci_schema *schema, struct paths paths) {
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        if (object->type != MIGCI_FOREIGN_KEY)
            continue;
        struct reference key = {.from = object->key}; /* "a, b > parent(c, d)" */
        key.parent = migci_key_parent(object, &key.parent_size);
        key.from_size = (size_t)(key.parent - key.from) - strlen(" > ");
        key.to = key.parent + key.parent_size + 1;
        key.to_size = strcspn(key.to, ")");
        warn_of_target(lint, schema, object, &key);
        warn_of_index(lint, paths, object, &key);
    }
}
