/*
 * warn_rebuild.c - a table that is made anew (create, copy, drop, rename) and
 * lacks what the old one had: the most common silent defect there is.
 *
 * Nobody rebuilds a table for nothing, so a rebuild whose only change is to
 * leave one thing out was made to leave it out.  Indexes and triggers are never
 * the reason: DROP INDEX and DROP TRIGGER do that.
 */
#include "lint.h"

#include <string.h>

struct rebuild {
    const struct change *change;
    const struct statement *statement; /* its CREATE TABLE */
    const char *table;
    const migci_table *was, *is;
    struct buffer clauses, objects; /* what is lost, in words */
    size_t others;                  /* changes that may be why it was made anew */
    const char *kind, *column;      /* of the first lost clause */
    bool mixed;                     /* the lost clauses differ in kind and in column */
};

static void add_words(struct buffer *list, const char *words) {
    buffer_format(list, "%s%s", list->size ? ", " : "", words);
}

/* ------------------------------------------------------------- lost clauses */

/* What is about a column that is gone went with it. */
static bool went_with_column(const struct rebuild *rebuild, const char *text) {
    for (size_t i = 0; text && i < rebuild->was->column_count; i++) {
        const char *column = rebuild->was->columns[i]->key;
        if (!find_column(rebuild->is, column) && has_name(text, column))
            return true;
    }
    return false;
}

/* `kind` and `column` are compared by their text; `column` is what the clause is about. */
static void report_lost_clause(struct rebuild *rebuild, const char *kind, const char *column,
                               const char *words) {
    if (!rebuild->kind) {
        rebuild->kind = kind;
        rebuild->column = column;
    }
    rebuild->mixed |= strcmp(rebuild->kind, kind) != 0 && strcmp(rebuild->column, column) != 0;
    add_words(&rebuild->clauses, words);
}

static const char *trait_kind(const migci_object *object, int trait) {
    static const char *const kinds[] = {"0", "1", "2", "3", "4"};
    return object->type == MIGCI_TABLE ? object->traits[trait] : kinds[trait];
}

/* A type is no clause, and WITHOUT ROWID says how rows are stored and not what they may be. */
static bool is_clause(const migci_object *object, int trait) {
    return (object->type != MIGCI_COLUMN || trait != MIGCI_TYPE) &&
           (object->type != MIGCI_TABLE || trait != MIGCI_WITHOUT_ROWID);
}

/* What a key or index of the new table keeps as unique as before, however it is written. */
static bool is_still_unique(const struct rebuild *rebuild, const migci_object *was) {
    size_t size;
    const char *terms = unique_terms(was, &size);
    return size > 0 && keeps_unique(rebuild->change->after, rebuild->table, terms, size, false);
}

/* A key whose parent's rows set it to NULL cannot be NOT NULL; a copy that writes NULL, or a CHECK
 * that says when it may be NULL, wants that too. */
static bool must_be_nullable(const struct rebuild *rebuild, const migci_object *column) {
    const migci_schema *after = rebuild->change->after;
    for (size_t i = 0; i < after->count; i++) {
        const migci_object *object = after->objects[i];
        const char *action = object->traits[MIGCI_ON_DELETE];
        const char *update = object->traits[MIGCI_ON_UPDATE];
        if (strcmp(object->home, rebuild->table) != 0)
            continue;
        if (object->type == MIGCI_FOREIGN_KEY && has_name(object->key, column->key) &&
            ((action && strstr(action, "SET NULL")) || (update && strstr(update, "SET NULL"))))
            return true;
        if (object->type == MIGCI_CHECK && !find_object(rebuild->change->before, object) &&
            has_name(object->key, column->key))
            return true;
    }
    return false;
}

static void compare_traits(struct rebuild *rebuild, const migci_object *was,
                           const migci_object *is) {
    struct arena *arena = rebuild->change->lint->arena;
    for (int trait = 0; trait < MIGCI_TRAITS; trait++) {
        const char *old = was->traits[trait], *new = is->traits[trait];
        bool is_meant = (was->type == MIGCI_COLUMN && trait == MIGCI_NOT_NULL &&
                         must_be_nullable(rebuild, was)) ||
                        (was->type == MIGCI_TABLE && trait == MIGCI_PRIMARY_KEY &&
                         is_still_unique(rebuild, was));
        if (old && !new &&is_clause(was, trait) && !is_meant && !went_with_column(rebuild, old))
            report_lost_clause(rebuild, trait_kind(was, trait), was->key,
                               arena_format(arena, "%s of %s", old, was->name));
        else if ((old != NULL) != (new != NULL) || (old && strcmp(old, new) != 0))
            rebuild->others++;
    }
}

static size_t count_new(const struct rebuild *rebuild, migci_object_type type) {
    const struct change *change = rebuild->change;
    size_t count = 0;
    for (size_t i = 0; i < change->after->count; i++) {
        const migci_object *object = change->after->objects[i];
        count += object->type == type && strcmp(object->home, rebuild->table) == 0 &&
                 !find_object(change->before, object);
    }
    return count;
}

/* Whether both are about some column that the table keeps; what is about none is about all. */
static bool share_column(const struct rebuild *rebuild, const migci_object *one,
                         const migci_object *other) {
    bool named = false;
    for (size_t i = 0; i < rebuild->was->column_count; i++) {
        const char *column = rebuild->was->columns[i]->key;
        named |= has_name(one->key, column);
        if (has_name(one->key, column) && has_name(other->key, column))
            return true;
    }
    return !named;
}

/* Whether something new of its type takes its place. */
static bool is_replaced(const struct rebuild *rebuild, const migci_object *lost) {
    const struct change *change = rebuild->change;
    for (size_t i = 0; i < change->after->count; i++) {
        const migci_object *object = change->after->objects[i];
        if (object->type == lost->type && strcmp(object->home, rebuild->table) == 0 &&
            !find_object(change->before, object) && share_column(rebuild, lost, object))
            return true;
    }
    return false;
}

/* A CHECK in other words, or a key to another table, was changed and not lost. */
static void lose_constraint(struct rebuild *rebuild, const migci_object *object) {
    static const char *const kinds[] = {
        [MIGCI_UNIQUE] = "unique", [MIGCI_CHECK] = "check", [MIGCI_FOREIGN_KEY] = "foreign key"};
    char words[300];
    if (object->type == MIGCI_UNIQUE && is_still_unique(rebuild, object))
        return;
    if (went_with_column(rebuild, object->key) || is_replaced(rebuild, object))
        rebuild->others++;
    else
        report_lost_clause(rebuild, kinds[object->type], object->key,
                           migci_say_object(object, words, sizeof(words)));
}

/* --------------------------------------------------- lost indexes and triggers */

static bool has_twin(const struct rebuild *rebuild, const migci_object *object) {
    const struct change *change = rebuild->change;
    for (size_t i = 0; i < change->after->count; i++) {
        const migci_object *other = change->after->objects[i];
        if (strcmp(other->home, rebuild->table) == 0 && other->type == object->type &&
            !find_object(change->before, other) &&
            (object->type == MIGCI_TRIGGER ||
             strcmp(object->traits[MIGCI_INDEX_COLUMNS], other->traits[MIGCI_INDEX_COLUMNS]) == 0))
            return true;
    }
    return false;
}

/* A key of the new table does what an index of the old one did; what a unique index forbade, only
 * a key of the same columns forbids. */
static bool is_covered(const struct rebuild *rebuild, const migci_object *index) {
    size_t size, key_size;
    const char *terms = terms_in(index->traits[MIGCI_INDEX_COLUMNS], &size);
    for (size_t i = 0; i < rebuild->change->after->count; i++) {
        const migci_object *other = rebuild->change->after->objects[i];
        const char *key = lookup_terms(other, &key_size);
        if (other->type != MIGCI_INDEX && is_prefix(terms, size, key, key_size) &&
            strcmp(other->home, rebuild->table) == 0 &&
            (size == key_size || !index->traits[MIGCI_INDEX_UNIQUE]))
            return true;
    }
    return false;
}

static void lose_object(struct rebuild *rebuild, const migci_object *object) {
    enum statement_kind drop =
        object->type == MIGCI_INDEX ? STATEMENT_DROP_INDEX : STATEMENT_DROP_TRIGGER;
    int text = object->type == MIGCI_INDEX ? (int)MIGCI_INDEX_COLUMNS : (int)MIGCI_BODY;
    char words[300];
    if (find_statement(rebuild->change->span, drop, object->key) ||
        went_with_column(rebuild, object->traits[text]) || has_twin(rebuild, object) ||
        (object->type == MIGCI_INDEX && is_covered(rebuild, object)))
        return;
    add_words(&rebuild->objects, migci_say_object(object, words, sizeof(words)));
}

/* -------------------------------------------------------------------- tables */

static void compare_object(struct rebuild *rebuild, const migci_object *object) {
    const migci_object *now = find_object(rebuild->change->after, object);
    if (now)
        compare_traits(rebuild, object, now);
    else if (object->type == MIGCI_COLUMN)
        rebuild->others++;
    else if (object->type == MIGCI_INDEX || object->type == MIGCI_TRIGGER)
        lose_object(rebuild, object);
    else
        lose_constraint(rebuild, object);
}

static void compare_rebuilt_objects(struct rebuild *rebuild) {
    const migci_schema *before = rebuild->change->before;
    for (size_t i = 0; i < before->count; i++) {
        const migci_object *object = before->objects[i];
        if (object->type != MIGCI_VIEW && strcmp(object->home, rebuild->table) == 0)
            compare_object(rebuild, object);
    }
    for (int type = MIGCI_COLUMN; type < MIGCI_INDEX; type++)
        rebuild->others += count_new(rebuild, (migci_object_type)type);
}

static const char *advice_for(bool clauses, bool objects) {
    static const char *const advice[2][2] = {
        {"", "DROP TABLE drops indexes and triggers too: create them again after the rename, or "
             "drop by name what is not wanted"},
        {"write that into the new table, or say in the header that it is meant: "
         "'-- Allow: rebuild-loses: reason'",
         "write the constraints into the new table, and create indexes and triggers again after "
         "the rename, because DROP TABLE drops them too"}};
    return advice[clauses][objects];
}

static void report_rebuild(struct rebuild *rebuild) {
    bool is_purpose = rebuild->others == 0 && !rebuild->mixed;
    struct buffer *clauses = &rebuild->clauses, *objects = &rebuild->objects;
    if (is_purpose)
        clauses->size = 0;
    if (clauses->size + objects->size == 0)
        return;
    report_warning(
        rebuild->change->lint->diagnostics, WARNING_REBUILD_LOSES, rebuild->statement->location,
        "%s is made anew without what it had: %.*s%s%.*s; %s", rebuild->was->name,
        (int)clauses->size, clauses->size ? clauses->bytes : "",
        clauses->size && objects->size ? ", " : "", (int)objects->size,
        objects->size ? objects->bytes : "", advice_for(clauses->size > 0, objects->size > 0));
}

/* --------------------------------------------- made and lost in one migration */

/* The DROP TABLE behind `made` that takes the index or trigger along, or NULL. */
static const struct statement *find_drop_of_home(const struct change *change,
                                                 const struct statement *made) {
    enum statement_kind drop =
        made->kind == STATEMENT_CREATE_INDEX ? STATEMENT_DROP_INDEX : STATEMENT_DROP_TRIGGER;
    const char *home = made->to;
    for (const struct statement *statement = made + 1; statement < change->span.end; statement++) {
        if (statement->kind == drop && strcmp(statement->name, made->name) == 0)
            return NULL;
        if (statement->kind == STATEMENT_DROP_TABLE && strcmp(statement->name, home) == 0)
            return statement;
        home = name_at((struct span){statement, statement + 1}, home, statement + 1);
    }
    return NULL;
}

static bool says_the_same(const struct statement *one, const struct statement *other) {
    struct cursor a = cursor_at(one->step, one->rest), b = cursor_at(other->step, other->rest);
    while (a.token != TOKEN_END && a.token == b.token && a.size == b.size &&
           memcmp(a.text, b.text, a.size) == 0) {
        cursor_next(&a);
        cursor_next(&b);
    }
    return a.token == TOKEN_END && b.token == TOKEN_END;
}

/* Whether the rebuild is followed by an index of the same columns under another name. */
static bool is_made_again(const struct change *change, const struct statement *made,
                          const struct statement *drop) {
    for (const struct statement *statement = drop; statement < change->span.end; statement++)
        if (statement->kind == made->kind && statement->unique == made->unique &&
            says_the_same(statement, made))
            return true;
    return false;
}

/* Whether the end has it; of triggers, any of the table. */
static bool has_index(const migci_schema *schema, const struct statement *made, const char *table) {
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        bool is_kind = made->kind == STATEMENT_CREATE_INDEX ? object->type == MIGCI_INDEX
                                                            : object->type == MIGCI_TRIGGER;
        if (is_kind &&
            (strcmp(object->key, made->name) == 0 ||
             (strcmp(object->home, table) == 0 && made->kind == STATEMENT_CREATE_TRIGGER)))
            return true;
    }
    return false;
}

/* Comparing with the schema before the migration does not show it: it was not there yet. */
static void warn_of_made_and_lost(const struct change *change) {
    for (const struct statement *made = change->span.first; made < change->span.end; made++) {
        if ((made->kind != STATEMENT_CREATE_INDEX && made->kind != STATEMENT_CREATE_TRIGGER) ||
            made->temporary)
            continue;
        const struct statement *drop = find_drop_of_home(change, made);
        const struct statement *rebuild = drop ? find_rebuild(change->span, drop->name) : NULL;
        if (!rebuild || !migci_schema_table(change->after, drop->name) ||
            has_index(change->after, made, drop->name) || is_made_again(change, made, drop))
            continue;
        report_warning(change->lint->diagnostics, WARNING_REBUILD_LOSES, rebuild->location,
                       "%s is made anew without what it had: %s%s %s; %s", drop->name,
                       made->unique ? "unique " : "",
                       made->kind == STATEMENT_CREATE_INDEX ? "index" : "trigger", made->name,
                       advice_for(false, true));
        report_note(change->lint->diagnostics, made->location, "it is made here");
    }
}

void warn_of_rebuilds(const struct change *change) {
    warn_of_made_and_lost(change);
    for (size_t i = 0; i < change->before->table_count; i++) {
        const migci_table *was = change->before->tables[i];
        struct rebuild rebuild = {.change = change, .table = was->key, .was = was};
        rebuild.is = migci_schema_table(change->after, was->key);
        if (was->is_virtual || !rebuild.is || rebuild.is->is_virtual ||
            !(rebuild.statement = find_rebuild(change->span, was->key)))
            continue;
        compare_rebuilt_objects(&rebuild);
        report_rebuild(&rebuild);
        buffer_free(&rebuild.clauses);
        buffer_free(&rebuild.objects);
    }
}
