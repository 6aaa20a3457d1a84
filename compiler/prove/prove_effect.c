/*
 * prove_effect.c - describes what each migration did in the proof, in words for people and
 * as a list of tables for the runtime.
 *
 * It says only what holds on every database: what the schema gains and loses, and which tables'
 * rows the author's statements write, but not how many rows.
 */
#include "prove.h"

#include <assert.h>
#include <string.h>

static const char *const effect_verbs[EFFECT_VERBS] = {
    "creates", "renames", "adds", "drops", "changes", "fills", "updates", "deletes rows of"};

void add_effect_item(struct prover *prover, size_t index, struct effect item) {
    struct effect_words *words = &prover->words[index];
    if (words->count == words->capacity) {
        size_t capacity = words->capacity ? 2 * words->capacity : 8;
        struct effect *items = arena_take(prover->arena, capacity * sizeof(*items));
        if (words->count > 0)
            memcpy(items, words->items, words->count * sizeof(*items));
        words->items = items;
        words->capacity = capacity;
    }
    words->items[words->count++] = item;
}

const char *next_of_list(const char **list, size_t *size) {
    const char *line = *list;
    if (!line || !*line)
        return NULL;
    *size = strcspn(line, "\n");
    *list = line + *size + (line[*size] == '\n');
    return line;
}

static char *keep_lower(struct arena *arena, const char *text) {
    assert(text != NULL);
    return migci_lower(arena_copy(arena, text, strlen(text)));
}

void add_effect(struct prover *prover, size_t index, const migci_difference *difference) {
    static const enum effect_verb verb_of[] = {
        [MIGCI_MISSING] = EFFECT_DROPS,
        [MIGCI_EXTRA] = EFFECT_CREATES,
        [MIGCI_CHANGED] = EFFECT_CHANGES,
        [MIGCI_ORDER] = EFFECT_CHANGES,
    };
    bool adds = difference->kind == MIGCI_EXTRA && difference->type == MIGCI_COLUMN;
    const char *table = difference->type == MIGCI_TABLE ? difference->name : difference->table;
    prover->words[index].known = true;
    add_effect_item(
        prover, index,
        (struct effect){adds ? EFFECT_ADDS : verb_of[difference->kind], difference->type,
                        keep_lower(prover->arena, table ? table : ""),
                        keep_lower(prover->arena, difference->name),
                        arena_copy(prover->arena, difference->object, strlen(difference->object))});
}

/* -------------------------------------------- what only creates: by its statements */

/* Virtual tables such as FTS5 keep their rows in tables named after them. */
static bool is_shadow(const char *made, const char *line, size_t size) {
    const char *name = memchr(line, ' ', size);
    if (strncmp(line, "table ", 6) != 0 || !name)
        return false;
    name++;
    for (const char *at = strstr(made, "virtual table "); at;
         at = strstr(at + 1, "virtual table ")) {
        const char *owner = at + strlen("virtual table ");
        size_t length = strcspn(owner, "\n");
        if (length < size - (size_t)(name - line) && strncmp(owner, name, length) == 0 &&
            name[length] == '_')
            return true;
    }
    return false;
}

/* ------------------------------------------------- what a comparison leaves out */

static struct effect *find_effect(struct effect_words *words, enum effect_verb verb,
                                  migci_object_type type, const char *table, const char *name) {
    for (size_t i = 0; i < words->count; i++) {
        struct effect *item = &words->items[i];
        if (item->text && item->verb == verb && item->type == type &&
            strcmp(item->table, table) == 0 && strcmp(item->name, name) == 0)
            return item;
    }
    return NULL;
}

const char *written_name(const struct statement *statement, struct arena *arena) {
    struct cursor cursor =
        cursor_at(statement->step, statement->location.source->text + statement->location.offset);
    return cursor_name(&cursor, arena);
}

/* Adds indexes and triggers of a new table: a comparison has the table alone. */
static void add_parts(struct prover *prover, size_t index, struct span span) {
    struct effect_words *words = &prover->words[index];
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        bool is_index = statement->kind == STATEMENT_CREATE_INDEX;
        const char *table = statement->to;
        if (!is_index && statement->kind != STATEMENT_CREATE_TRIGGER)
            continue;
        table = name_at((struct span){statement, span.end}, table, span.end);
        if (!table || !find_effect(words, EFFECT_CREATES, MIGCI_TABLE, table, table) ||
            find_statement((struct span){statement, span.end},
                           is_index ? STATEMENT_DROP_INDEX : STATEMENT_DROP_TRIGGER,
                           statement->name))
            continue;
        add_effect_item(
            prover, index,
            (struct effect){EFFECT_CREATES, is_index ? MIGCI_INDEX : MIGCI_TRIGGER, table,
                            statement->name,
                            arena_format(prover->arena, "%s %s", is_index ? "index" : "trigger",
                                         written_name(statement, prover->arena))});
    }
}

/* --------------------------------------------------------------------- renames */

/* A table that is gone under one name and there under another. */
static void join_renamed_tables(struct prover *prover, size_t index, struct span span) {
    struct effect_words *words = &prover->words[index];
    for (size_t i = 0; i < words->count; i++) {
        struct effect *item = &words->items[i];
        const char *now = item->verb == EFFECT_DROPS && item->type == MIGCI_TABLE
                              ? name_at(span, item->table, span.end)
                              : NULL;
        struct effect *made =
            now ? find_effect(words, EFFECT_CREATES, MIGCI_TABLE, now, now) : NULL;
        if (!made)
            continue;
        item->verb = EFFECT_RENAMES;
        item->text = arena_format(prover->arena, "%s to %s", item->text,
                                  strrchr(made->text, ' ') ? strrchr(made->text, ' ') + 1 : now);
        item->table = item->name = now;
        made->text = NULL;
        /* A renamed table was compared with no other: its statements say which columns changed. */
        for (const struct statement *statement = span.first; statement < span.end; statement++) {
            bool adds = statement->kind == STATEMENT_ADD_COLUMN,
                 drops = statement->kind == STATEMENT_DROP_COLUMN;
            if ((adds || drops) && strcmp(final_name(span, statement), now) == 0)
                add_effect_item(
                    prover, index,
                    (struct effect){adds ? EFFECT_ADDS : EFFECT_DROPS, MIGCI_COLUMN, now,
                                    statement->column,
                                    arena_format(prover->arena, "column %s.%s", now,
                                                 written_name(statement, prover->arena))});
        }
    }
}

/* The same for a column: "drops column t.a", "adds column t.b". */
static void join_renamed_columns(struct prover *prover, size_t index, struct span span) {
    struct effect_words *words = &prover->words[index];
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        const char *table = final_name(span, statement);
        if (statement->kind != STATEMENT_RENAME_COLUMN)
            continue;
        struct effect *was =
            find_effect(words, EFFECT_DROPS, MIGCI_COLUMN, table, statement->column);
        struct effect *is = find_effect(words, EFFECT_ADDS, MIGCI_COLUMN, table, statement->to);
        if (was && is)
            was->text = is->text = NULL;
        if ((was && is) || find_effect(words, EFFECT_RENAMES, MIGCI_TABLE, table, table))
            add_effect_item(prover, index,
                            (struct effect){EFFECT_RENAMES, MIGCI_COLUMN, table, statement->column,
                                            arena_format(prover->arena, "column %s.%s to %s", table,
                                                         statement->column, statement->to)});
    }
}

/* SQLite rewrites what names a renamed object: the migration did not change it. */
static void drop_rewritten(struct prover *prover, size_t index, struct span span) {
    struct effect_words *words = &prover->words[index];
    bool renames = false;
    for (size_t i = 0; i < words->count; i++)
        renames |= words->items[i].verb == EFFECT_RENAMES;
    for (size_t i = 0; renames && i < words->count; i++) {
        struct effect *item = &words->items[i];
        bool is_text =
            item->type == MIGCI_INDEX || item->type == MIGCI_TRIGGER || item->type == MIGCI_VIEW;
        if (item->verb == EFFECT_CHANGES && is_text &&
            !find_statement(span, STATEMENT_CREATE_INDEX, item->name) &&
            !find_statement(span, STATEMENT_CREATE_TRIGGER, item->name) &&
            !find_statement(span, STATEMENT_CREATE_VIEW, item->name))
            item->text = NULL;
    }
}

/* ------------------------------------------------------------------------ rows */

/* Which remaining tables the statements write.  To fill a table is part of making it anew. */
static void add_rows(struct prover *prover, size_t index, struct span span) {
    for (const struct statement *statement = span.first; statement < span.end; statement++) {
        enum effect_verb verb = statement->kind == STATEMENT_INSERT   ? EFFECT_FILLS
                                : statement->kind == STATEMENT_UPDATE ? EFFECT_UPDATES
                                : statement->kind == STATEMENT_DELETE ? EFFECT_DELETES
                                                                      : EFFECT_VERBS;
        const char *table = final_name(span, statement);
        const struct statement *made = span.first;
        while (made < span.end && !(made->kind == STATEMENT_CREATE_TABLE && made->temporary &&
                                    strcmp(made->name, statement->name) == 0))
            made = next_of_names(made);
        if (verb == EFFECT_VERBS || !*table || statement->temporary || made < span.end ||
            (verb == EFFECT_FILLS && find_rebuild(span, table)))
            continue;
        bool is_written = strcmp(table, statement->name) == 0;
        add_effect_item(
            prover, index,
            (struct effect){verb, MIGCI_TABLE, table, table,
                            is_written ? written_name(statement, prover->arena) : table});
    }
}

/* ----------------------------------------------------------------------- words */

/* "creates table a, index b; fills a" */
static const char *words_of_effects(const struct effect_words *words, struct arena *arena) {
    struct buffer text = {0};
    for (int verb = 0; verb < EFFECT_VERBS; verb++) {
        size_t count = 0;
        for (size_t i = 0; i < words->count; i++) {
            const struct effect *item = &words->items[i], *other = words->items;
            while (other < item && (other->verb != item->verb || !other->text || !item->text ||
                                    strcmp(other->text, item->text) != 0))
                other++;
            if ((int)item->verb != verb || !item->text || other < item) /* another effect says it */
                continue;
            if (count++ == 0)
                buffer_format(&text, "%s%s ", text.size ? "; " : "", effect_verbs[verb]);
            buffer_format(&text, "%s%s", count > 1 ? ", " : "", item->text);
        }
    }
    const char *kept = text.size ? arena_copy(arena, text.bytes, text.size) : "";
    buffer_free(&text);
    return kept;
}

/* NULL when a step in C may have touched anything. */
static const char *touched_of(const migci_effect *effect, struct arena *arena) {
    struct buffer list = {0};
    if (effect->calls || !effect->touched)
        return NULL;
    buffer_text(&list, "[");
    const char *rest = effect->touched, *name;
    for (size_t size; (name = next_of_list(&rest, &size)) != NULL;) {
        buffer_text(&list, list.size > 1 ? ",\"" : "\"");
        for (size_t i = 0; i < size; i++) {
            if ((unsigned char)name[i] < ' ')
                buffer_format(&list, "\\u%04x", name[i]);
            else
                buffer_format(&list, "%s%c", name[i] == '"' || name[i] == '\\' ? "\\" : "",
                              name[i]);
        }
        buffer_text(&list, "\"");
    }
    buffer_text(&list, "]");
    const char *kept = arena_copy(arena, list.bytes, list.size);
    buffer_free(&list);
    return kept;
}

void keep_columns(struct prover *prover, size_t index, const migci_schema *with,
                  const migci_schema *without, enum effect_verb verb) {
    for (size_t i = 0; i < with->table_count; i++) {
        const migci_table *table = with->tables[i];
        if (table->is_virtual || migci_schema_table(without, table->key))
            continue;
        const char *key = arena_copy(prover->arena, table->key, strlen(table->key));
        for (size_t c = 0; c < table->column_count; c++) {
            const char *column = table->columns[c]->key;
            add_effect_item(
                prover, index,
                (struct effect){.verb = verb,
                                .type = MIGCI_COLUMN,
                                .table = key,
                                .name = arena_copy(prover->arena, column, strlen(column))});
        }
    }
}

/* The columns that UP drops or adds, by the comparison. */
static struct lost_columns columns_of(const struct effect_words *words, enum effect_verb verb,
                                      struct arena *arena) {
    struct lost_column *columns = arena_take(arena, (words->count + 1) * sizeof(*columns));
    size_t count = 0;
    for (size_t i = 0; i < words->count; i++)
        if (words->items[i].verb == verb && words->items[i].type == MIGCI_COLUMN)
            columns[count++] = (struct lost_column){words->items[i].table, words->items[i].name};
    return (struct lost_columns){columns, count};
}

void keep_effects(struct prover *prover) {
    const struct set *set = prover->set;
    for (size_t i = 0; i < count_all(set); i++) {
        migc_migration *lowered = set->migrations[i].lowered;
        const migci_effect *effect = &prover->proof.effects[i + (i >= set->count)];
        struct effect_words *words = &prover->words[i];
        struct span span = span_of(&prover->lint, i);
        const char *made = effect->made, *line;
        for (size_t size; !words->known && (line = next_of_list(&made, &size)) != NULL;)
            if (!is_shadow(effect->made, line, size))
                add_effect_item(prover, i,
                                (struct effect){EFFECT_CREATES, MIGCI_TABLE, "", "",
                                                arena_copy(prover->arena, line, size)});
        if (words->known)
            add_parts(prover, i, span);
        join_renamed_tables(prover, i, span);
        join_renamed_columns(prover, i, span);
        drop_rewritten(prover, i, span);
        add_rows(prover, i, span);
        keep_drops(&set->migrations[i], columns_of(words, EFFECT_DROPS, prover->arena),
                   columns_of(words, EFFECT_ADDS, prover->arena), prover->arena);
        lowered->effects = words_of_effects(words, prover->arena);
        lowered->touched = touched_of(effect, prover->arena);
        if (effect->is_nondeterministic)
            lowered->flags |= MIGC_NONDETERMINISTIC;
    }
}
