/*
 * warn_find.c - finds the statement that made a table, an index or a column, through renames and
 * rebuilds, and objects of a schema.
 */
#include "lint.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------- inside one UP */

struct span span_of(const struct lint *lint, size_t index) {
    const struct statements *statements = lint->statements;
    assert(index < count_all(lint->set));
    return (struct span){statements->items + statements->first[index],
                         statements->items + statements->first[index + 1]};
}

const struct statement *find_statement(struct span span, enum statement_kind kind,
                                       const char *name) {
    const struct statement *statement = span.first;
    for (; statement < span.end;
         statement = is_of_names(kind) ? next_of_names(statement) : statement + 1)
        if (statement->kind == kind && !statement->temporary && strcmp(statement->name, name) == 0)
            return statement;
    return NULL;
}

bool creates_table(struct span span, const char *name) {
    for (const struct statement *statement = span.first; statement < span.end;
         statement = next_of_names(statement))
        if (statement->kind == STATEMENT_CREATE_TABLE &&
            strcmp(final_name(span, statement), name) == 0)
            return true;
    return false;
}

const char *name_behind(const struct statement *statement, const char *table) {
    bool renames = statement->kind == STATEMENT_RENAME_TABLE;
    if ((!renames && statement->kind != STATEMENT_DROP_TABLE) ||
        strcmp(statement->name, table) != 0)
        return table;
    return renames ? statement->to : NULL;
}

const char *name_at(struct span span, const char *table, const struct statement *end) {
    for (const struct statement *statement = span.first; table && statement < end;
         statement = next_of_names(statement))
        table = name_behind(statement, table);
    return table;
}

const char *final_name(struct span span, const struct statement *statement) {
    struct span rest = {statement + 1, span.end};
    const char *name = name_at(rest, statement->name, span.end);
    return name ? name : "";
}

const struct statement *find_rebuild(struct span span, const char *table) {
    if (!find_statement(span, STATEMENT_DROP_TABLE, table) &&
        !find_statement(span, STATEMENT_RENAME_TABLE, table))
        return NULL;
    for (const struct statement *statement = span.first; statement < span.end;
         statement = next_of_names(statement))
        if (statement->kind == STATEMENT_CREATE_TABLE && !statement->temporary &&
            strcmp(final_name(span, statement), table) == 0)
            return statement;
    return NULL;
}

/* ---------------------------------------------------------- in the whole set */

struct span whole_span(const struct lint *lint) {
    return (struct span){lint->statements->items,
                         lint->statements->items + lint->statements->count};
}

struct span span_until(const struct lint *lint, size_t index, bool down) {
    assert(index < count_all(lint->set));
    const struct migration *migration = &lint->set->migrations[index];
    struct span span = {lint->statements->items,
                        lint->statements->items + lint->statements->first[index + 1]};
    if (!down)
        return span;
    size_t count = (size_t)(span.end - span.first);
    struct statement *items = arena_take(
        lint->arena, (count + migration->sections[SECTION_DOWN].count + 1) * sizeof(*items));
    memcpy(items, span.first, count * sizeof(*items));
    count += read_section(&items[count], migration, SECTION_DOWN, lint->arena);
    return (struct span){items, items + count};
}

const struct statement *find_maker(struct span span, enum statement_kind kind, const char *name) {
    bool is_table = kind == STATEMENT_CREATE_TABLE;
    for (const struct statement *statement = span.end; statement-- > span.first;)
        if (is_table && statement->kind == STATEMENT_RENAME_TABLE &&
            strcmp(statement->to, name) == 0)
            name = statement->name;
        else if (statement->kind == kind && !statement->temporary &&
                 strcmp(statement->name, name) == 0)
            return statement;
    return NULL;
}

struct column_origin find_column_maker(struct span span, const char *table, const char *column) {
    for (const struct statement *statement = span.end; statement-- > span.first;) {
        bool is_table = strcmp(statement->name, table) == 0;
        if (statement->kind == STATEMENT_RENAME_TABLE && strcmp(statement->to, table) == 0)
            table = statement->name;
        else if (is_table && statement->kind == STATEMENT_RENAME_COLUMN &&
                 strcmp(statement->to, column) == 0)
            column = statement->column;
        else if (is_table && ((statement->kind == STATEMENT_ADD_COLUMN &&
                               strcmp(statement->column, column) == 0) ||
                              (statement->kind == STATEMENT_CREATE_TABLE && !statement->temporary)))
            return (struct column_origin){statement, table, column};
    }
    return (struct column_origin){NULL, table, column};
}

const char *name_then(const struct lint *lint, const char *then, const char *now) {
    return same_word(then, strlen(then), now) ? now
                                              : arena_format(lint->arena, "%s (now %s)", then, now);
}

struct location location_of_name(const struct statement *statement, const char *name) {
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    if (*statement->column && strcmp(statement->column, name) == 0)
        return statement->location;
    for (; cursor.token != TOKEN_END; cursor_next(&cursor))
        if (cursor_names(&cursor, name))
            return cursor_location(&cursor, statement->migration);
    return statement->location;
}

bool calls_c(const struct section *section) {
    for (size_t i = 0; i < section->count; i++)
        if (section->steps[i].is_call)
            return true;
    return false;
}

bool has_with(const struct statement *statement) {
    struct cursor cursor = cursor_at(statement->step, statement->step->text);
    return cursor.token != TOKEN_END && cursor.text < statement->verb;
}

static bool is_named_before(const struct statement *statement, const char *name, const char *from,
                            const char *end) {
    struct cursor cursor = cursor_at(statement->step, from);
    while (cursor.token != TOKEN_END && cursor.text < end && !cursor_names(&cursor, name))
        cursor_next(&cursor);
    return cursor.token != TOKEN_END && cursor.text < end;
}

bool mentions(const struct statement *statement, const char *name) {
    const struct step *step = statement->step;
    return is_named_before(statement, name, step->text, statement->verb) ||
           is_named_before(statement, name, statement->rest, step->text + step->size);
}

/* -------------------------------------------------------------------- lists */

bool next_term(const char **list, const char **term, size_t *size) {
    while (**list == ' ' || **list == ',')
        ++*list;
    *term = *list;
    *size = strcspn(*list, ", )");
    *list += strcspn(*list, ",)");
    return *size > 0;
}

const char *terms_in(const char *text, size_t *size) {
    const char *open = text ? strchr(text, '(') : NULL;
    *size = 0;
    if (!open)
        return "";
    const char *close = strrchr(open, ')');
    *size = close ? (size_t)(close - open - 1) : strlen(open + 1);
    return open + 1;
}

bool is_prefix(const char *list, size_t size, const char *longer, size_t longer_size) {
    return size > 0 && size <= longer_size && memcmp(list, longer, size) == 0 &&
           (size == longer_size || longer[size] == ',');
}

bool has_name(const char *text, const char *name) {
    size_t length = strlen(name), size = strlen(text);
    for (size_t at = 0; at + length <= size; at++) {
        bool starts = at == 0 || !is_word(text[at - 1]);
        if (starts && same_word(text + at, length, name) && !is_word(text[at + length]))
            return true;
    }
    return false;
}

static bool all_terms_in(const char *list, size_t list_size, const char *other, size_t size) {
    const char *term, *at = list;
    size_t length;
    while (at < list + list_size && next_term(&at, &term, &length)) {
        const char *found = other, *candidate;
        size_t candidate_length;
        bool is_there = false;
        while (!is_there && found < other + size &&
               next_term(&found, &candidate, &candidate_length))
            is_there = length == candidate_length && memcmp(term, candidate, length) == 0;
        if (!is_there)
            return false;
    }
    return list_size > 0;
}

const char *key_terms(const migci_object *object, size_t *size) {
    *size = 0;
    switch (object->type) {
    case MIGCI_TABLE:
        return terms_in(object->traits[MIGCI_PRIMARY_KEY], size);
    case MIGCI_UNIQUE:
        *size = strlen(object->key);
        return object->key;
    case MIGCI_INDEX:
        return terms_in(object->traits[MIGCI_INDEX_COLUMNS], size);
    default:
        return "";
    }
}

const char *lookup_terms(const migci_object *object, size_t *size) {
    bool is_partial = object->type == MIGCI_INDEX && object->traits[MIGCI_INDEX_WHERE];
    *size = 0;
    return is_partial ? "" : key_terms(object, size);
}

const char *unique_terms(const migci_object *object, size_t *size) {
    bool is_plain = object->type == MIGCI_INDEX && !object->traits[MIGCI_INDEX_UNIQUE];
    *size = 0;
    return is_plain ? "" : key_terms(object, size);
}

bool keeps_unique(const migci_schema *schema, const char *home, const char *terms, size_t size,
                  bool in_part) {
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        size_t kept_size = 0;
        const char *kept = strcmp(object->home, home) == 0 ? unique_terms(object, &kept_size) : "";
        bool is_partial = object->type == MIGCI_INDEX && object->traits[MIGCI_INDEX_WHERE];
        if (all_terms_in(kept, kept_size, terms, size) && (!is_partial || in_part))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ objects */

const migci_object *find_object(const migci_schema *schema, const migci_object *like) {
    size_t low = 0, high = schema->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = migci_object_order(schema->objects[middle], like);
        if (order == 0)
            return schema->objects[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const migci_object *find_column(const migci_table *table, const char *key) {
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i]->key, key) == 0)
            return table->columns[i];
    return NULL;
}

const migci_object *find_table_object(const migci_schema *schema, const char *key) {
    migci_object like = {.type = MIGCI_TABLE, .owner = key, .home = key, .key = ""};
    return find_object(schema, &like);
}

/* -------------------------------------------------------- objects by table */

static int compare_homes(const void *a, const void *b) {
    const migci_object *left = ((const struct path *)a)->object;
    const migci_object *right = ((const struct path *)b)->object;
    int order = strcmp(left->home, right->home);
    return order ? order : migci_object_order(left, right);
}

struct paths read_paths(const migci_schema *schema, struct arena *arena) {
    struct paths paths = {arena_take(arena, (schema->count + 1) * sizeof(*paths.items)), 0};
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        if (object->type == MIGCI_TABLE || object->type == MIGCI_UNIQUE ||
            object->type == MIGCI_INDEX)
            paths.items[paths.count++].object = object;
    }
    qsort(paths.items, paths.count, sizeof(*paths.items), compare_homes);
    return paths;
}

struct paths paths_of(struct paths all, const char *table) {
    size_t low = 0, high = all.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(all.items[middle].object->home, table) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    struct paths found = {all.items + low, 0};
    while (low + found.count < all.count &&
           strcmp(found.items[found.count].object->home, table) == 0)
        found.count++;
    return found;
}
