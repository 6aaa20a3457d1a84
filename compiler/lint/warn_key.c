/*
 * warn_key.c - foreign keys to tables that are not there, and those whose every
 * ON DELETE reads a whole table.
 */
#include "lint.h"

#include <stdio.h>
#include <string.h>

/* "a, b > parent(x, y)", as the model has it. */
struct reference {
    const char *from, *parent, *to;
    size_t from_size, to_size, parent_size;
};

static bool read_key(struct reference *key, const migci_object *object) {
    const char *arrow = strstr(object->key, " > ");
    const char *open = arrow ? strrchr(arrow, '(') : NULL;
    if (!open)
        return false;
    key->from = object->key;
    key->from_size = (size_t)(arrow - object->key);
    key->parent = arrow + 3;
    key->parent_size = (size_t)(open - key->parent);
    key->to = open + 1;
    key->to_size = strcspn(key->to, ")");
    return true;
}

/* The ADD COLUMN or CREATE TABLE that says REFERENCES. */
static struct location location_of_key(const struct lint *lint, const migci_object *object,
                                       const struct reference *key, const char *parent) {
    char column[200];
    snprintf(column, sizeof(column), "%.*s", (int)strcspn(key->from, ","), key->from);
    column[strcspn(column, " ")] = '\0';
    const struct deed *made = find_column_maker(lint, object->home, column);
    if (!made)
        return (struct location){0};
    return location_of_name(made, mentions(made, parent) ? parent : column);
}

/* --------------------------------------------------------------------- target */

/* The statement that gave the parent this name, which was its last, or that dropped it. */
static const struct deed *find_culprit(const struct lint *lint, const char *parent) {
    for (size_t i = lint->deeds->count; i-- > 0;) {
        const struct deed *deed = &lint->deeds->items[i];
        if ((deed->kind == DEED_RENAME_TABLE && strcmp(deed->to, parent) == 0) ||
            (deed->kind == DEED_DROP_TABLE && strcmp(deed->name, parent) == 0 && !deed->temporary))
            return deed;
    }
    return NULL;
}

/* The table is dropped under a name that a rename gave it: keys to it went along. */
static const struct deed *find_rename(const struct lint *lint, const struct deed *culprit,
                                      const char *parent) {
    while (culprit && culprit-- > lint->deeds->items)
        if (culprit->kind == DEED_RENAME_TABLE && strcmp(culprit->to, parent) == 0)
            return culprit;
    return NULL;
}

/* Keys to columns that are not unique need no word: SQLite refuses them when it checks. */
static void warn_of_target(struct lint *lint, const migci_schema *schema,
                           const migci_object *object, const struct reference *key) {
    const char *parent = arena_copy(lint->arena, key->parent, key->parent_size);
    if (migci_schema_table(schema, parent))
        return;
    struct location location = location_of_key(lint, object, key, parent);
    const struct deed *culprit = find_culprit(lint, parent);
    const struct deed *rename = find_rename(lint, culprit, parent);
    if (!location.source)
        return;
    report_warning(lint->diagnostics, WARNING_FOREIGN_KEY_TARGET,
                   rename    ? rename->location
                   : culprit ? culprit->location
                             : location,
                   rename ? "this takes foreign key %s along, and %s is dropped then: with PRAGMA "
                            "foreign_keys=ON every write to %s fails; make the new table under "
                            "another name, drop the old one, and rename the new one"
                          : "foreign key %s: there is no table %s when all migrations have run; "
                            "with PRAGMA foreign_keys=ON every write to %s fails",
                   object->name, parent, object->table);
    if (culprit)
        report_note(lint->diagnostics, location, "the key is declared here");
}

/* ---------------------------------------------------------------------- index */

/* Whether the first columns of the list are those of the key, in any order. */
static bool finds(const struct reference *key, const char *names, const char *terms, size_t size) {
    const char *at = terms, *term;
    size_t length, wanted = 1;
    for (size_t i = 0; i < key->from_size; i++)
        wanted += key->from[i] == ',';
    for (char name[200]; wanted > 0; wanted--) {
        if (at >= terms + size || !next_term(&at, &term, &length))
            return false;
        snprintf(name, sizeof(name), "%.*s", (int)length, term);
        if (!has_name(names, name))
            return false;
    }
    return true;
}

static bool is_indexed(struct paths paths, const struct reference *key, const char *names) {
    for (size_t i = 0; i < paths.count; i++) {
        const migci_object *other = paths.items[i].object;
        const char *terms = "";
        size_t size = 0;
        if (other->type == MIGCI_TABLE)
            terms = terms_in(other->traits[MIGCI_PRIMARY_KEY], &size);
        else if (other->type == MIGCI_INDEX)
            terms = terms_in(other->traits[MIGCI_INDEX_COLUMNS], &size);
        else if (other->type == MIGCI_UNIQUE)
            size = strlen(terms = other->key);
        if (finds(key, names, terms, size))
            return true;
    }
    return false;
}

/* Without an action the parent's rows are rarely deleted, or the key's author would have said
 * what is to happen then. */
static void warn_of_index(struct lint *lint, struct paths paths, const migci_object *object,
                          const struct reference *key) {
    const char *action = object->traits[MIGCI_ON_DELETE];
    const char *names = arena_copy(lint->arena, key->from, key->from_size);
    if (!action || strstr(action, "RESTRICT") ||
        is_indexed(paths_of(paths, object->home), key, names))
        return;
    const char *parent = arena_copy(lint->arena, key->parent, key->parent_size);
    struct location location = location_of_key(lint, object, key, parent);
    if (location.source)
        report_warning(lint->diagnostics, WARNING_FOREIGN_KEY_INDEX, location,
                       "%s, but no index of %s begins with %s: each row deleted from %s reads all "
                       "of %s",
                       action, object->table, names, parent, object->table);
}

void warn_of_keys(struct lint *lint, const migci_schema *schema, struct paths paths) {
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        struct reference key;
        if (object->type != MIGCI_FOREIGN_KEY || !read_key(&key, object))
            continue;
        warn_of_target(lint, schema, object, &key);
        warn_of_index(lint, paths, object, &key);
    }
}
