/*
 * warn_rebuild.c - a table that is made anew (create, copy, drop, rename) and lacks what the old one
 * had: the most common silent defect there is.
 *
 * Nobody rebuilds a table for nothing: where the only change is that one thing is gone, the rebuild
 * was made to remove it.  An index or a trigger is never the purpose, because DROP INDEX and DROP
 * TRIGGER remove them.
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

/* Whether the text names a column that is gone: what is about that column went with it. */
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

/* Whether a key or index of the new table keeps the same columns unique. */
static bool keeps_as_unique(const struct rebuild *rebuild, const migci_object *was) {
    size_t size;
    const char *terms = unique_terms(was, &size);
    return size > 0 && keeps_unique(rebuild->change->after, rebuild->table, terms, size, false);
}

/* Whether the new table needs NULL in this column: ON DELETE SET NULL writes it, and a new CHECK on
 * the column may say when it is allowed. */
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
    static const char *const kinds[MIGCI_TRAITS] = {"0", "1", "2", "3", "4"};
    struct arena *arena = rebuild->change->lint->arena;
    bool is_column = was->type == MIGCI_COLUMN, is_table = was->type == MIGCI_TABLE;
    for (int trait = 0; trait < MIGCI_TRAITS; trait++) {
        const char *had = was->traits[trait], *has = is->traits[trait];
        /* A type is no clause.  WITHOUT ROWID is about how rows are stored. */
        bool is_clause =
            !(is_column && trait == MIGCI_TYPE) && !(is_table && trait == MIGCI_WITHOUT_ROWID);
        bool is_meant = (is_column && trait == MIGCI_NOT_NULL && must_be_nullable(rebuild, was)) ||
                        (is_table && trait == MIGCI_PRIMARY_KEY && keeps_as_unique(rebuild, was));
        if (had && !has && is_clause && !is_meant && !went_with_column(rebuild, had))
            report_lost_clause(rebuild, is_table ? had : kinds[trait], was->key,
                               arena_format(arena, "%s of %s", had, was->name));
        else if ((had != NULL) != (has != NULL) || (had && strcmp(had, has) != 0))
            rebuild->others++;
    }
}

/* Whether the object is one of the new table and none of the old one. */
static bool is_new_there(const struct rebuild *rebuild, const migci_object *object) {
    return strcmp(object->home, rebuild->table) == 0 &&
           !find_object(rebuild->change->before, object);
}

/* Whether both name one and the same column.  What names no column is about all of them. */
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

static void lose_constraint(struct rebuild *rebuild, const migci_object *object) {
    static const char *const kinds[] = {
        [MIGCI_UNIQUE] = "unique", [MIGCI_CHECK] = "check", [MIGCI_FOREIGN_KEY] = "foreign key"};
    char words[300];
    if (object->type == MIGCI_UNIQUE && keeps_as_unique(rebuild, object))
        return;
    /* A new constraint of the same type: this one was changed, not lost. */
    const migci_schema *after = rebuild->change->after;
    bool is_replaced = false;
    for (size_t i = 0; i < after->count && !is_replaced; i++)
        is_replaced = after->objects[i]->type == object->type &&
                      is_new_there(rebuild, after->objects[i]) &&
                      share_column(rebuild, object, after->objects[i]);
    if (is_replaced || went_with_column(rebuild, object->key))
        rebuild->others++;
    else
        report_lost_clause(rebuild, kinds[object->type], object->key,
                           migci_say_object(object, words, sizeof(words)));
}

/* --------------------------------------------------- lost indexes and triggers */

/* Whether the new table has an index of the same columns, or a trigger, of another name. */
static bool has_twin(const struct rebuild *rebuild, const migci_object *object) {
    const migci_schema *after = rebuild->change->after;
    for (size_t i = 0; i < after->count; i++) {
        const migci_object *other = after->objects[i];
        if (other->type == object->type && is_new_there(rebuild, other) &&
            (object->type == MIGCI_TRIGGER ||
             strcmp(object->traits[MIGCI_INDEX_COLUMNS], other->traits[MIGCI_INDEX_COLUMNS]) == 0))
            return true;
    }
    return false;
}

/* Whether a later migration makes it again: another number, or a repeatable, which took it over. */
static bool is_made_later(const struct change *change, const migci_object *object) {
    enum statement_kind create =
        object->type == MIGCI_INDEX ? STATEMENT_CREATE_INDEX : STATEMENT_CREATE_TRIGGER;
    struct span later = {change->span.end, whole_span(change->lint).end};
    for (const struct statement *at = later.first; at < later.end; at++)
        if (at->kind == create && !at->temporary && strcmp(at->name, object->key) == 0)
            return true;
    return false;
}

static void lose_object(struct rebuild *rebuild, const migci_object *object) {
    enum statement_kind drop =
        object->type == MIGCI_INDEX ? STATEMENT_DROP_INDEX : STATEMENT_DROP_TRIGGER;
    int text = object->type == MIGCI_INDEX ? (int)MIGCI_INDEX_COLUMNS : (int)MIGCI_BODY;
    char words[300];
    if (find_statement(rebuild->change->span, drop, object->key) ||
        went_with_column(rebuild, object->traits[text]) || has_twin(rebuild, object) ||
        is_made_later(rebuild->change, object))
        return;
    /* A key of the new table serves as the index did.  For a unique index that takes a key of
     * exactly its columns. */
    size_t size = 0, key_size;
    const char *terms =
        object->type == MIGCI_INDEX ? terms_in(object->traits[MIGCI_INDEX_COLUMNS], &size) : NULL;
    for (size_t i = 0; terms && i < rebuild->change->after->count; i++) {
        const migci_object *other = rebuild->change->after->objects[i];
        const char *key = lookup_terms(other, &key_size);
        if (other->type != MIGCI_INDEX && is_prefix(terms, size, key, key_size) &&
            strcmp(other->home, rebuild->table) == 0 &&
            (size == key_size || !object->traits[MIGCI_INDEX_UNIQUE]))
            return;
    }
    add_words(&rebuild->objects, migci_say_object(object, words, sizeof(words)));
}

/* -------------------------------------------------------------------- tables */

static void compare_rebuilt_objects(struct rebuild *rebuild) {
    const migci_schema *before = rebuild->change->before, *after = rebuild->change->after;
    for (size_t i = 0; i < before->count; i++) {
        const migci_object *object = before->objects[i];
        if (object->type == MIGCI_VIEW || strcmp(object->home, rebuild->table) != 0)
            continue;
        const migci_object *now = find_object(after, object);
        if (now)
            compare_traits(rebuild, object, now);
        else if (object->type == MIGCI_COLUMN)
            rebuild->others++;
        else if (object->type == MIGCI_INDEX || object->type == MIGCI_TRIGGER)
            lose_object(rebuild, object);
        else
            lose_constraint(rebuild, object);
    }
    for (size_t i = 0; i < after->count; i++) {
        const migci_object *object = after->objects[i];
        rebuild->others += object->type >= MIGCI_COLUMN && object->type < MIGCI_INDEX &&
                           is_new_there(rebuild, object);
    }
}

static const char *advice_for(bool clauses, bool objects) {
    static const char *const advice[2][2] = {
        {"", "DROP TABLE drops indexes and triggers too: create them again after the rename, or "
             "drop by name what is not wanted"},
        {"write that into the new table, or say in the header why not: '-- Allow: rebuild-loses: "
         "reason'",
         "write the constraints into the new table, and create indexes and triggers again after "
         "the rename, because DROP TABLE drops them too"}};
    return advice[clauses][objects];
}

/* --------------------------------------------- made and lost in one migration */

/* The DROP TABLE after `made` that takes the index or trigger along, or NULL. */
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
        home = name_behind(statement, home);
    }
    return NULL;
}

/* Whether both statements have the same tokens after their names. */
static bool has_same_tokens(const struct statement *one, const struct statement *other) {
    struct cursor a = cursor_at(one->step, one->rest), b = cursor_at(other->step, other->rest);
    while (a.token != TOKEN_END && a.token == b.token && a.size == b.size &&
           memcmp(a.text, b.text, a.size) == 0) {
        cursor_next(&a);
        cursor_next(&b);
    }
    return a.token == TOKEN_END && b.token == TOKEN_END;
}

/* Whether the schema has what `made` made; for a trigger, any trigger of the table will do. */
static bool has_made(const migci_schema *schema, const struct statement *made, const char *table) {
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

/* What the migration made itself is not in the schema before it, so comparing does not find it. */
static void warn_of_made_and_lost(const struct change *change) {
    for (const struct statement *made = change->span.first; made < change->span.end; made++) {
        if ((made->kind != STATEMENT_CREATE_INDEX && made->kind != STATEMENT_CREATE_TRIGGER) ||
            made->temporary)
            continue;
        const struct statement *drop = find_drop_of_home(change, made);
        const struct statement *rebuild = drop ? find_rebuild(change->span, drop->name) : NULL;
        if (!rebuild || !migci_schema_table(change->after, drop->name) ||
            has_made(change->after, made, drop->name))
            continue;
        bool is_made_again = false; /* by another name, with the same tokens */
        for (const struct statement *at = drop; at < change->span.end && !is_made_again; at++)
            is_made_again =
                at->kind == made->kind && at->unique == made->unique && has_same_tokens(at, made);
        if (is_made_again)
            continue;
        report_warning(change->lint->diagnostics, WARNING_REBUILD_LOSES, rebuild->location,
                       "%s is rebuilt without what it had: %s%s %s; %s", drop->name,
                       made->unique ? "unique " : "",
                       made->kind == STATEMENT_CREATE_INDEX ? "index" : "trigger", made->name,
                       advice_for(false, true));
        report_note(change->lint->diagnostics, made->location, "it is made here");
    }
}

/* DROP VIEW drops the view's triggers, without which nobody can write to it. */
static void warn_of_views_made_anew(const struct change *change) {
    const migci_schema *before = change->before;
    for (size_t i = 0; i < before->count; i++) {
        const migci_object *trigger = before->objects[i];
        if (trigger->type != MIGCI_TRIGGER || find_object(change->after, trigger) ||
            !find_statement(change->span, STATEMENT_DROP_VIEW, trigger->home) ||
            find_statement(change->span, STATEMENT_DROP_TRIGGER, trigger->key) ||
            is_made_later(change, trigger))
            continue;
        const struct statement *made =
            find_statement(change->span, STATEMENT_CREATE_VIEW, trigger->home);
        struct rebuild rebuild = {.change = change, .table = trigger->home};
        if (made && !has_twin(&rebuild, trigger))
            report_warning(change->lint->diagnostics, WARNING_REBUILD_LOSES, made->location,
                           "%s is made anew without its trigger %s: DROP VIEW drops triggers too; "
                           "create it again after the view, or drop it by name if it is not wanted",
                           made->name, trigger->name);
    }
}

void warn_of_rebuilds(const struct change *change) {
    warn_of_made_and_lost(change);
    warn_of_views_made_anew(change);
    for (size_t i = 0; i < change->before->table_count; i++) {
        const migci_table *was = change->before->tables[i];
        struct rebuild rebuild = {.change = change, .table = was->key, .was = was};
        rebuild.is = migci_schema_table(change->after, was->key);
        if (was->is_virtual || !rebuild.is || rebuild.is->is_virtual ||
            !(rebuild.statement = find_rebuild(change->span, was->key)))
            continue;
        compare_rebuilt_objects(&rebuild);
        struct buffer *clauses = &rebuild.clauses, *objects = &rebuild.objects;
        if (rebuild.others == 0 && !rebuild.mixed) /* to be without them is its purpose */
            clauses->size = 0;
        if (clauses->size + objects->size > 0)
            report_warning(
                change->lint->diagnostics, WARNING_REBUILD_LOSES, rebuild.statement->location,
                "%s is rebuilt without what it had: %.*s%s%.*s; %s", was->name, (int)clauses->size,
                clauses->size ? clauses->bytes : "", clauses->size && objects->size ? ", " : "",
                (int)objects->size, objects->size ? objects->bytes : "",
                advice_for(clauses->size > 0, objects->size > 0));
        buffer_free(clauses);
        buffer_free(objects);
    }
}
