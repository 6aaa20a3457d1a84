/*
 * script.c - the way from one schema to another as SQL, each statement run on a database in memory
 * as it is written.
 *
 * What goes or changes is dropped first: triggers, views, indexes.  Then come tables: in place
 * where that gives what is wanted, else made anew.  What is missing then is created.
 */
#include "diff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------------- dropping */

static void read_now(struct writer *writer) {
    if (!list_items(writer->db, &writer->now, writer->arena))
        must_have(NULL);
}

static bool drop_item(struct writer *writer, enum item_kind kind, const char *name) {
    static const char *const words[ITEM_KINDS] = {"TABLE", "INDEX", "VIEW", "TRIGGER"};
    assert((size_t)kind < ITEM_KINDS);
    return write_format(writer, "DROP %s %s", words[kind], quote_name(name, writer->arena));
}

/* What is not MISSING is there, and differs or should not be. */
static bool is_there(const struct difference *change, migci_object_type type, const char *name) {
    return change->type == type && change->kind != MIGCI_MISSING &&
           sqlite3_stricmp(change->name, name) == 0;
}

static bool drop_changed(struct writer *writer, const struct differences *changes,
                         migci_object_type type, enum item_kind kind) {
    bool done = true;
    for (size_t i = 0; i < changes->count && done; i++) {
        const char *name = changes->items[i].name;
        const struct item *item = find_item(&writer->now, kind, name);
        bool drops = item && is_there(&changes->items[i], type, name);
        for (size_t before = 0; before < i && drops; before++) /* it differs in two ways */
            drops = !is_there(&changes->items[before], type, name);
        if (drops)
            done = drop_item(writer, kind, item->name);
    }
    return done;
}

enum { MOST_DEPENDANTS = 1000 };

static bool has_any_token(struct writer *writer, const struct item *item, const char **names,
                          size_t count) {
    for (size_t i = 0; i < count; i++)
        if (sqlite3_stricmp(item->name, names[i]) != 0 &&
            has_token(item->sql, names[i], writer->arena))
            return true;
    return false;
}

/* Views that a table made anew would leave without it for a while, those that use these or a view
 * that is gone, and the triggers that name any of them. */
static bool drop_dependants(struct writer *writer, const char *table) {
    const char *names[MOST_DEPENDANTS] = {table};
    size_t count = 1, before = 0;
    for (size_t i = 0; i < writer->changes.count && count < MOST_DEPENDANTS; i++)
        if (is_there(&writer->changes.items[i], MIGCI_VIEW, writer->changes.items[i].name))
            names[count++] = writer->changes.items[i].name;
    size_t gone = count;
    read_now(writer);
    while (before != count) {
        before = count;
        for (size_t i = 0; i < writer->now.count && count < MOST_DEPENDANTS; i++) {
            const struct item *item = writer->now.items[i];
            bool known = false;
            for (size_t n = 0; n < count; n++)
                known = known || sqlite3_stricmp(names[n], item->name) == 0;
            if (item->kind == ITEM_VIEW && !known && has_any_token(writer, item, names, count))
                names[count++] = item->name;
        }
    }
    bool done = true;
    for (size_t i = 0; i < writer->now.count && done; i++) {
        const struct item *item = writer->now.items[i];
        if (item->kind == ITEM_TRIGGER && has_any_token(writer, item, names, count))
            done = drop_item(writer, ITEM_TRIGGER, item->name);
    }
    while (done && count > gone)
        done = drop_item(writer, ITEM_VIEW, names[--count]);
    return done;
}

/* ----------------------------------------------------------------- tables in place */

/* The value in the statement is what old rows get: one literal, perhaps with a sign. */
static bool is_literal(const char *value) {
    migci_text text = migci_text_of(value);
    migci_token token = migci_token_next(&text);
    bool sign = token.kind == MIGCI_TOKEN_SIGN && (*token.start == '-' || *token.start == '+');
    token = sign ? migci_token_next(&text) : token;
    return (token.kind == MIGCI_TOKEN_NUMBER ||
            (!sign && (token.kind == MIGCI_TOKEN_STRING || token.kind == MIGCI_TOKEN_BLOB ||
                       migci_token_is(token, "true") || migci_token_is(token, "false") ||
                       migci_token_is(token, "null")))) &&
           migci_token_next(&text).kind == MIGCI_TOKEN_END;
}

/* ALTER TABLE can add it to a table with rows, and it suits them. */
static bool may_be_added(struct writer *writer, const struct item *item, size_t index) {
    const char *definition = column_definition(item, index, writer->arena);
    const char *declared = item->columns[index].declared;
    const char *value = strstr(declared, " DEFAULT ");
    bool not_null = strstr(declared, " NOT NULL") != NULL;
    if (has_token(definition, "stored", writer->arena))
        return false;
    if (!value)
        return !not_null;
    value += strlen(" DEFAULT ");
    if (read_uniqueness(writer->target, item, item->columns[index].name) == WHOLLY_UNIQUE)
        return false; /* its rows would all have the same */
    return is_literal(value) && (sqlite3_stricmp(value, "NULL") == 0
                                     ? !not_null
                                     : !has_token(definition, "references", writer->arena));
}

/* A database with the one table that `from` has under this name, or NULL: it needs more. */
static sqlite3 *single_table(sqlite3 *from, const char *table) {
    sqlite3_stmt *row = NULL;
    sqlite3 *db = NULL;
    bool made = false;
    sqlite3_prepare_v2(from,
                       "SELECT sql FROM main.sqlite_schema"
                       " WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
                       -1, &row, NULL);
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    if (sqlite3_step(row) == SQLITE_ROW && sqlite3_open(":memory:", &db) == SQLITE_OK)
        made = sqlite3_exec(db, (const char *)sqlite3_column_text(row, 0), NULL, NULL, NULL) ==
               SQLITE_OK;
    sqlite3_finalize(row);
    if (made)
        return db;
    sqlite3_close(db);
    return NULL;
}

/* By itself where that can be, which does not read all other tables. */
static bool differs_still(struct writer *writer, const char *table) {
    sqlite3 *target = single_table(writer->target, table);
    sqlite3 *found = target ? single_table(writer->db, table) : NULL;
    struct differences changes = {0};
    bool differs = !compare_databases(found ? target : writer->target, found ? found : writer->db,
                                      &changes, writer->arena, writer->diagnostics);
    for (size_t i = 0; i < changes.count && !differs; i++)
        differs = found || (changes.items[i].type < MIGCI_INDEX && changes.items[i].table &&
                            sqlite3_stricmp(changes.items[i].table, table) == 0);
    free_changes(&changes);
    sqlite3_close(target);
    sqlite3_close(found);
    return differs;
}

static bool change_in_place(struct writer *writer, const struct item *old,
                            const struct item *item) {
    size_t size = writer->script->text.size, trial = writer->script->trial.size;
    if (writer->rebuild_all || is_module_table(item))
        return false;
    const char *table = quote_name(old->name, writer->arena);
    sqlite3_exec(writer->db, "SAVEPOINT in_place", NULL, NULL, NULL);
    bool done = true;
    for (size_t i = 0; done && i < old->column_count; i++)
        done = item_column(item, old->columns[i].name) ||
               write_format(writer, "ALTER TABLE %s DROP COLUMN %s", table,
                            quote_name(old->columns[i].name, writer->arena));
    for (size_t i = 0; done && i < item->column_count; i++)
        done = item_column(old, item->columns[i].name) ||
               (may_be_added(writer, item, i) &&
                write_format(writer, "ALTER TABLE %s ADD COLUMN %s", table,
                             column_definition(item, i, writer->arena)));
    if (done && !differs_still(writer, item->name)) {
        sqlite3_exec(writer->db, "RELEASE in_place", NULL, NULL, NULL);
        return true;
    }
    sqlite3_exec(writer->db, "ROLLBACK TO in_place; RELEASE in_place", NULL, NULL, NULL);
    writer->script->text.size = size;
    writer->script->trial.size = trial;
    return false;
}

/* ------------------------------------------------------------------------- the way */

static bool apply_renames(struct writer *writer, struct renames renames) {
    struct arena *arena = writer->arena;
    bool back = writer->direction == WAY_DOWN;
    for (size_t n = 0; n < renames.count; n++) {
        const struct rename *rename = &renames.items[back ? renames.count - 1 - n : n];
        if (!rename->to)
            continue;
        const char *table = quote_name(rename->table, arena), *to = quote_name(rename->to, arena);
        bool done = !rename->column
                        ? write_format(writer, "ALTER TABLE %s RENAME TO %s", back ? to : table,
                                       back ? table : to)
                        : write_format(writer, "ALTER TABLE %s RENAME COLUMN %s TO %s", table,
                                       back ? to : quote_name(rename->column, arena),
                                       back ? quote_name(rename->column, arena) : to);
        if (!done) {
            report_error(writer->diagnostics, location_of_file(&writer->to->source), "--rename: %s",
                         sqlite3_errmsg(writer->db));
            return false;
        }
    }
    return true;
}

static bool drop_tables(struct writer *writer) {
    read_now(writer);
    for (size_t i = 0; i < writer->now.count; i++) {
        const struct item *item = writer->now.items[i];
        if (item->kind != ITEM_TABLE || find_item(&writer->to->list, ITEM_TABLE, item->name))
            continue;
        if (!content_of(item, writer->arena))
            add_lossy(writer, "table %s", item->name);
        if (!drop_item(writer, ITEM_TABLE, item->name))
            return false;
    }
    return true;
}

static bool create_kind(struct writer *writer, bool tables, bool *created) {
    read_now(writer);
    for (size_t i = 0; i < writer->to->list.count; i++) {
        const struct item *item = writer->to->list.items[i];
        if ((item->kind == ITEM_TABLE) != tables || is_repeatable(item) ||
            find_item(&writer->now, item->kind, item->name))
            continue;
        created[i] = true;
        if (!write_statement(writer, item->sql, NULL))
            return false;
    }
    return true;
}

/* Those of modules after all others: what a full-text index is filled from has its columns. */
static bool change_tables(struct writer *writer, const struct differences *changes,
                          bool of_modules) {
    for (size_t i = 0; i < changes->count; i++) {
        const struct difference *change = &changes->items[i];
        const struct item *item =
            change->table ? find_item(&writer->to->list, ITEM_TABLE, change->table) : NULL;
        if (change->type >= MIGCI_INDEX || !item || is_module_table(item) != of_modules)
            continue;
        read_now(writer);
        struct item *old = find_item(&writer->now, ITEM_TABLE, item->name);
        if (!old || !differs_still(writer, item->name))
            continue;
        read_columns(writer->db, old, writer->arena);
        for (size_t c = 0; c < old->column_count && !content_of(old, writer->arena); c++)
            if (!item_column(item, old->columns[c].name))
                add_lossy(writer, "column %s.%s", old->name, old->columns[c].name);
        if (!change_in_place(writer, old, item) &&
            !(drop_dependants(writer, old->name) && rebuild_table(writer, old, item)))
            return false;
    }
    return true;
}

/* A table that comes back is empty: what pointed into it points at nothing. */
static bool detach_children(struct writer *writer, const char *parent) {
    static const char sql[] =
        "SELECT m.name, f.\"from\", t.\"notnull\" OR t.pk FROM main.sqlite_schema AS m"
        " JOIN pragma_foreign_key_list(m.name, 'main') AS f"
        " JOIN pragma_table_info(m.name, 'main') AS t ON t.name = f.\"from\" COLLATE NOCASE"
        " WHERE m.type = 'table' AND f.\"table\" = ?1 COLLATE NOCASE AND f.seq = 0"
        " AND m.name <> ?1 COLLATE NOCASE ORDER BY 1, f.id";
    sqlite3_stmt *rows = NULL;
    bool done = true;
    sqlite3_prepare_v2(writer->db, sql, -1, &rows, NULL);
    sqlite3_bind_text(rows, 1, parent, -1, SQLITE_STATIC);
    while (done && sqlite3_step(rows) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(rows, 0);
        const char *child = quote_name(table, writer->arena);
        const char *column = quote_name((const char *)sqlite3_column_text(rows, 1), writer->arena);
        done = (sqlite3_column_int(rows, 2)
                    ? write_format(writer, "DELETE FROM %s WHERE %s IS NOT NULL", child, column)
                    : write_format(writer, "UPDATE %s SET %s = NULL WHERE %s IS NOT NULL", child,
                                   column, column)) &&
               refill_indexes(writer, table);
    }
    sqlite3_finalize(rows);
    return done;
}

static bool detach_all(struct writer *writer, const struct state *from, struct renames renames) {
    bool done = true;
    for (size_t i = 0; writer->direction == WAY_DOWN && i < writer->to->list.count && done; i++) {
        const struct item *item = writer->to->list.items[i];
        bool renamed = false;
        for (size_t r = 0; r < renames.count; r++)
            renamed = renamed || (!renames.items[r].column && renames.items[r].to &&
                                  sqlite3_stricmp(renames.items[r].table, item->name) == 0);
        if (item->kind == ITEM_TABLE && !renamed && !find_item(&from->list, ITEM_TABLE, item->name))
            done = detach_children(writer, item->name);
    }
    return done;
}

static bool go_all_the_way(struct writer *writer, const struct state *from,
                           struct renames renames) {
    struct differences *changes = &writer->changes;
    bool done =
        apply_renames(writer, renames) &&
        compare_databases(writer->target, writer->db, changes, writer->arena, writer->diagnostics);
    read_now(writer);
    done = done && drop_changed(writer, changes, MIGCI_TRIGGER, ITEM_TRIGGER) &&
           drop_changed(writer, changes, MIGCI_VIEW, ITEM_VIEW) &&
           drop_changed(writer, changes, MIGCI_INDEX, ITEM_INDEX) &&
           change_tables(writer, changes, false) && change_tables(writer, changes, true) &&
           drop_tables(writer) && detach_all(writer, from, renames);
    /* All tables are there before an index is filled from one. */
    const struct item_list *list = &writer->to->list;
    bool *created = arena_take(writer->arena, (list->count + 1) * sizeof(*created));
    memset(created, 0, (list->count + 1) * sizeof(*created));
    done = done && create_kind(writer, true, created);
    for (size_t i = 0; i < list->count && done; i++)
        done = !created[i] || fill_index(writer, list->items[i]);
    done = done && create_kind(writer, false, created);
    free_changes(changes);
    return done;
}

/* What is left to differ, when the way was gone. */
static bool has_arrived(struct writer *writer, struct buffer *left) {
    struct differences changes = {0};
    if (!compare_databases(writer->target, writer->db, &changes, writer->arena,
                           writer->diagnostics))
        return false;
    for (size_t i = 0; i < changes.count; i++)
        buffer_format(left, "%s%s", i ? "; " : "", changes.items[i].text);
    bool arrived = changes.count == 0;
    free_changes(&changes);
    return arrived;
}

bool write_script(struct script *script, const struct state *from, const struct state *to,
                  struct renames renames, enum direction direction, const struct conf *conf,
                  struct arena *arena, struct diagnostics *diagnostics) {
    for (int rebuild = 0; rebuild <= 1; rebuild++) {
        struct writer writer = {.to = to,
                                .script = script,
                                .direction = direction,
                                .rebuild_all = rebuild,
                                .arena = arena,
                                .diagnostics = diagnostics};
        struct buffer left = {0};
        *script = (struct script){0};
        writer.db = make_scratch(from, conf, diagnostics);
        writer.target = writer.db ? make_scratch(to, conf, diagnostics) : NULL;
        if (!writer.target) {
            sqlite3_close(writer.db);
            return false;
        }
        bool gone = go_all_the_way(&writer, from, renames);
        if (!gone && writer.failure)
            buffer_text(&left, writer.failure);
        bool arrived = gone && has_arrived(&writer, &left);
        if (!arrived && rebuild && diagnostics->errors == 0)
            report_error(diagnostics, location_of_file(&from->source),
                         "no way was found from here to %s: %s", to->path,
                         arena_copy(arena, left.bytes, left.size));
        sqlite3_close(writer.db);
        sqlite3_close(writer.target);
        buffer_free(&left);
        if (arrived)
            return true;
        free_script(script);
    }
    return false;
}

void free_script(struct script *script) {
    buffer_free(&script->text);
    buffer_free(&script->trial);
    buffer_free(&script->lossy);
    *script = (struct script){0};
}
