/*
 * schema_keys.c - reads the keys of a table (primary, unique and foreign) and its indexes.
 *
 * SQLite reports the columns.  ON CONFLICT, deferral, expressions and the condition of an index
 * are read from the stored text.
 */
#include "schema.h"

#include <assert.h>
#include <string.h>

/* Adds a name to a list: "a, b". */
static const char *append(migci_reader *reader, const char *list, const char *name) {
    return *list ? migci_reader_print(reader, "%s, %s", list, name) : name;
}

/* ------------------------------------------------------------------ columns of indexes */

/* Only a collation that is not the column's own counts: if the column's changes, that is one
 * difference, not one more for every index. */
static const char *collation_of(migci_reader *reader, const migci_object *column,
                                sqlite3_stmt *row) {
    const char *collation = (const char *)sqlite3_column_text(row, 3);
    const char *own = column->traits[MIGCI_COLLATE]
                          ? column->traits[MIGCI_COLLATE] + strlen("COLLATE ")
                          : "BINARY";
    if (!collation || sqlite3_stricmp(collation, own) == 0)
        return "";
    return migci_reader_print(reader, " COLLATE %s", migci_reader_upper(reader, collation));
}

/* Removes ASC or DESC: SQLite reports the order. */
static migci_text without_order(migci_text item) {
    migci_text rest = item;
    migci_token token, last = {MIGCI_TOKEN_END, item.end, 0};
    while ((token = migci_token_next(&rest)).kind != MIGCI_TOKEN_END)
        last = token;
    if (migci_token_is(last, "asc") || migci_token_is(last, "desc"))
        item.end = last.start;
    return item;
}

static const char *expression_of(migci_reader *reader, const migci_table *table, migci_text text) {
    migci_scope scope = {MIGCI_QUOTES_COLUMN, table};
    return migci_reader_keep(reader, migci_canonical(reader->memory, migci_text_bare(text), scope));
}

struct index_columns {
    const char *names; /* "a, b" */
    const char *terms; /* "a, b COLLATE NOCASE DESC, lower(c)" */
};

/* SQLite need not be asked about columns that are named, and no more.  "": there is more. */
static const char *read_plain_columns(migci_reader *reader, const migci_table *table,
                                      migci_text list) {
    const char *names = "";
    migci_text item;
    while (migci_text_item(&list, &item)) {
        migci_token token = migci_token_next(&item);
        if ((token.kind != MIGCI_TOKEN_WORD && token.kind != MIGCI_TOKEN_NAME) ||
            migci_token_next(&item).kind != MIGCI_TOKEN_END)
            return "";
        const char *name = migci_reader_keep(reader, migci_canonical_name(reader->memory, token));
        size_t i = 0;
        while (i < table->column_count && strcmp(table->columns[i]->key, name) != 0)
            i++;
        if (i == table->column_count)
            return "";
        names = append(reader, names, name);
    }
    return names;
}

/* `list` is what stands in the parentheses of CREATE INDEX. */
static struct index_columns read_index_columns(migci_reader *reader, const migci_table *table,
                                               const char *index, migci_text list) {
    const char *plain = read_plain_columns(reader, table, list);
    struct index_columns columns = {plain, plain};
    if (*plain)
        return columns;
    sqlite3_stmt *row = migci_reader_ask(reader, MIGCI_QUERY_INDEX, index);
    while (migci_reader_step(reader, row)) {
        migci_text item;
        migci_text_item(&list, &item);
        int number = sqlite3_column_int(row, 1); /* below 0: an expression */
        const migci_object *column =
            number >= 0 && (size_t)number < table->column_count ? table->columns[number] : NULL;
        const char *name = column ? column->key : expression_of(reader, table, without_order(item));
        const char *order = sqlite3_column_int(row, 2) ? " DESC" : "";
        const char *collation = column ? collation_of(reader, column, row) : "";
        columns.names = append(reader, columns.names, name);
        columns.terms = append(reader, columns.terms,
                               migci_reader_print(reader, "%s%s%s", name, collation, order));
    }
    return columns;
}

/* --------------------------------------------------------- PRIMARY KEY and UNIQUE */

static const char *column_names(migci_reader *reader, migci_text list) {
    const char *all = "";
    migci_text item;
    while (migci_text_item(&list, &item))
        all = append(reader, all,
                     migci_reader_keep(
                         reader, migci_canonical_name(reader->memory, migci_token_next(&item))));
    return all;
}

struct constraint {
    const char *index;
    bool is_primary;
    struct constraint *next;
};

static void add_unique(migci_reader *reader, const migci_table *table,
                       struct index_columns columns) {
    migci_object *unique = migci_reader_add(reader, MIGCI_UNIQUE, table);
    if (!unique)
        return;
    unique->key = columns.terms;
    unique->name = migci_reader_print(reader, "(%s)", columns.terms);
    /* The clause for these columns that has an ON CONFLICT. */
    const migci_clause *clause = table->clauses;
    for (; clause; clause = clause->next) {
        if (clause->kind != MIGCI_CLAUSE_UNIQUE)
            continue;
        const char *own = clause->column >= 0 && (size_t)clause->column < table->column_count
                              ? table->columns[clause->column]->key
                              : column_names(reader, clause->list);
        if (strcmp(own, columns.names) == 0)
            break;
    }
    const char *text = migci_reader_conflict(reader, clause);
    unique->traits[MIGCI_CONFLICT] = *text ? text + 1 : NULL;
}

/* A primary key without an index of its own is the rowid, which is never NULL. */
static void add_primary(migci_reader *reader, const migci_table *table, migci_object *object,
                        const char *terms) {
    const migci_clause *clause = migci_clause_find(table->clauses, MIGCI_CLAUSE_PRIMARY, -1);
    const char *columns = "";
    for (size_t i = 0; i < table->column_count && !terms; i++) {
        if (table->columns[i]->primary)
            table->columns[i]->traits[MIGCI_NOT_NULL] = NULL;
    }
    for (size_t i = 0; i < table->primary_count && !terms; i++)
        columns = append(reader, columns, table->primary[i]);
    object->traits[MIGCI_PRIMARY_KEY] =
        migci_reader_print(reader, "%s (%s)%s", terms ? "PRIMARY KEY" : "INTEGER PRIMARY KEY",
                           terms ? terms : columns, migci_reader_conflict(reader, clause));
}

void migci_read_constraints(migci_reader *reader, const migci_table *table, migci_object *object) {
    const char *primary = NULL;
    struct constraint *list = NULL; /* all are read before any index is examined */
    sqlite3_stmt *row = migci_reader_ask(reader, MIGCI_QUERY_CONSTRAINTS, table->name);
    while (migci_reader_step(reader, row)) {
        struct constraint *added = migci_reader_take(reader, sizeof(*added));
        const char *origin = (const char *)sqlite3_column_text(row, 1);
        if (!added)
            continue;
        added->index = migci_reader_column(reader, row, 0);
        added->is_primary = origin && *origin == 'p';
        added->next = list;
        list = added;
    }
    for (; list && reader->code == SQLITE_OK; list = list->next) {
        struct index_columns columns =
            read_index_columns(reader, table, list->index, migci_text_of(""));
        if (list->is_primary)
            primary = columns.terms;
        else
            add_unique(reader, table, columns);
    }
    if (table->primary_count)
        add_primary(reader, table, object, primary);
}

/* ---------------------------------------------------------------------- indexes */

void migci_read_index(migci_reader *reader, const migci_table *table, const char *name,
                      const char *sql) {
    migci_text list, where, rest = migci_text_of(sql);
    migci_object *index = table ? migci_reader_add(reader, MIGCI_INDEX, table) : NULL;
    if (!index)
        return;
    migci_token_next(&rest);
    migci_index_text(sql, &list, &where);
    index->name = name;
    index->key = migci_reader_lower(reader, name);
    index->traits[MIGCI_INDEX_UNIQUE] =
        migci_token_is(migci_token_next(&rest), "unique") ? "UNIQUE" : NULL;
    index->traits[MIGCI_INDEX_COLUMNS] = migci_reader_print(
        reader, "%s(%s)", table->key, read_index_columns(reader, table, name, list).terms);
    const char *condition = expression_of(reader, table, where);
    if (*condition)
        index->traits[MIGCI_INDEX_WHERE] = migci_reader_print(reader, "WHERE %s", condition);
}

/* ----------------------------------------------------------------- foreign keys */

struct pair {
    const char *from, *to; /* `to` may be NULL: the parent's primary key */
    struct pair *next;
};

struct foreign_key {
    int id;
    const char *parent, *on_update, *on_delete;
    struct pair *pairs; /* by `from` */
    size_t count;
    bool implied; /* the parent's columns are not named, or are its primary key */
    struct foreign_key *next;
};

/* (a, b) → (x, y) means the same as (b, a) → (y, x). */
static void add_pair(migci_reader *reader, struct foreign_key *key, const migci_table *parent,
                     sqlite3_stmt *row) {
    struct pair *added = migci_reader_take(reader, sizeof(*added));
    const char *to = (const char *)sqlite3_column_text(row, 3);
    size_t place = key->count++;
    if (!added)
        return;
    added->from = migci_reader_lower(reader, (const char *)sqlite3_column_text(row, 2));
    added->to = to ? migci_reader_lower(reader, to) : NULL;
    const char *primary = parent && place < parent->primary_count ? parent->primary[place] : NULL;
    if (!added->to)
        added->to = primary ? primary : "";
    else if (!primary || strcmp(primary, added->to) != 0)
        key->implied = false;
    struct pair **at = &key->pairs;
    while (*at && strcmp((*at)->from, added->from) < 0)
        at = &(*at)->next;
    added->next = *at;
    *at = added;
}

static struct foreign_key *list_keys(migci_reader *reader, const migci_table *table) {
    struct foreign_key *list = NULL;
    const migci_table *parent = NULL;
    sqlite3_stmt *row = migci_reader_ask(reader, MIGCI_QUERY_KEYS, table->name);
    while (migci_reader_step(reader, row)) {
        if (!list || list->id != sqlite3_column_int(row, 0)) {
            struct foreign_key *key = migci_reader_take(reader, sizeof(*key));
            if (!key)
                continue;
            key->id = sqlite3_column_int(row, 0);
            key->parent = migci_reader_column(reader, row, 1);
            key->on_update = migci_reader_column(reader, row, 4);
            key->on_delete = migci_reader_column(reader, row, 5);
            key->implied = true;
            key->next = list;
            list = key;
            parent = migci_schema_table(reader->schema, migci_reader_lower(reader, key->parent));
        }
        add_pair(reader, list, parent, row);
    }
    return list;
}

static const char *action(migci_reader *reader, const char *when, const char *what) {
    return strcmp(what, "NO ACTION") == 0 ? NULL : migci_reader_print(reader, "%s %s", when, what);
}

static void add_key(migci_reader *reader, const migci_table *table, const struct foreign_key *key,
                    bool deferred) {
    migci_object *object = migci_reader_add(reader, MIGCI_FOREIGN_KEY, table);
    const char *from = "", *to = "";
    if (!object)
        return;
    for (const struct pair *pair = key->pairs; pair; pair = pair->next) {
        from = append(reader, from, pair->from);
        to = append(reader, to, pair->to);
    }
    object->key = migci_reader_print(reader, "%s > %s(%s)", from,
                                     migci_reader_lower(reader, key->parent), to);
    object->name =
        key->implied
            ? migci_reader_print(reader, "%s(%s) → %s", table->name, from, key->parent)
            : migci_reader_print(reader, "%s(%s) → %s(%s)", table->name, from, key->parent, to);
    object->traits[MIGCI_ON_DELETE] = action(reader, "ON DELETE", key->on_delete);
    object->traits[MIGCI_ON_UPDATE] = action(reader, "ON UPDATE", key->on_update);
    object->traits[MIGCI_DEFERRED] = deferred ? "DEFERRABLE INITIALLY DEFERRED" : NULL;
}

const char *migci_key_parent(const migci_object *key, size_t *size) {
    assert(key->type == MIGCI_FOREIGN_KEY);
    const char *parent = strstr(key->key, " > ") + 3;
    *size = (size_t)(strrchr(parent, '(') - parent);
    return parent;
}

static const migci_clause *next_reference(const migci_clause *clause) {
    while (clause && clause->kind != MIGCI_CLAUSE_REFERENCES)
        clause = clause->next;
    return clause;
}

/* Clauses and what SQLite reports both begin with the key declared last, so the list is
 * reversed. */
void migci_read_foreign_keys(migci_reader *reader, const migci_table *table) {
    const migci_clause *clause = next_reference(table->clauses);
    if (!clause)
        return;
    struct foreign_key *list = NULL, *next;
    for (struct foreign_key *key = list_keys(reader, table); key; key = next) {
        next = key->next;
        key->next = list;
        list = key;
    }
    for (; list && reader->code == SQLITE_OK; list = list->next) {
        add_key(reader, table, list, clause && clause->deferred);
        clause = clause ? next_reference(clause->next) : NULL;
    }
}
