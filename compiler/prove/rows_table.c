/*
 * rows_table.c - reads a table from SQLite's present schema: its columns, keys,
 * UNIQUEs and CHECKs, and its rows.
 */
#include "rows.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------------------ small helpers */

static char *lower_copy(struct arena *arena, const char *text) {
    assert(text != NULL);
    return migci_lower(arena_copy(arena, text, strlen(text)));
}

/* NULL if SQLite refuses it, because what it names does not exist. */
static sqlite3_stmt *prepare_rows(sqlite3 *db, const char *format, ...) {
    sqlite3_stmt *statement = NULL;
    va_list arguments;
    va_start(arguments, format);
    char *sql = must_have(sqlite3_vmprintf(format, arguments));
    va_end(arguments);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_NOMEM)
        must_have(NULL);
    sqlite3_free(sql);
    return statement;
}

/* Whether there is another row.  Lack of memory ends the program. */
static bool step_row(sqlite3_stmt *statement) {
    int code = statement ? sqlite3_step(statement) : SQLITE_DONE;
    if ((code & 0xff) == SQLITE_NOMEM)
        must_have(NULL);
    return code == SQLITE_ROW;
}

static const char *column_text(struct arena *arena, sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (!text && sqlite3_column_type(statement, column) != SQLITE_NULL)
        must_have(NULL);
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

bool run_sql(sqlite3 *db, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *sql = must_have(sqlite3_vmprintf(format, arguments));
    va_end(arguments);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    if ((code & 0xff) == SQLITE_NOMEM)
        must_have(NULL);
    return code == SQLITE_OK;
}

int64_t count_rows(sqlite3 *db, const char *table) {
    sqlite3_stmt *statement = prepare_rows(db, "SELECT count(*) FROM main.\"%w\"", table);
    int64_t count = step_row(statement) ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    return count;
}

/* ------------------------------------------------------------------ reading */

/* SQLite's rule for the affinity of a declared type. */
static char affinity_of(const char *type) {
    static const struct {
        const char *part;
        char affinity;
    } rules[] = {{"INT", 'i'},  {"CHAR", 't'}, {"CLOB", 't'}, {"TEXT", 't'},
                 {"BLOB", 'b'}, {"REAL", 'r'}, {"FLOA", 'r'}, {"DOUB", 'r'}};
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (strstr(type, rules[i].part))
            return rules[i].affinity;
    return *type ? 'n' : 'b';
}

static size_t find_row_column(const struct row_table *table, const char *key) {
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].key, key) == 0)
            return i;
    return SIZE_MAX;
}

static void read_row_columns(struct rows *rows, sqlite3 *db, struct row_table *table) {
    struct arena *arena = &rows->scratch;
    size_t capacity = 0, primary = 0;
    sqlite3_stmt *statement = prepare_rows(
        db,
        "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(%Q, 'main')"
        " WHERE hidden = 0",
        table->name);
    struct row_column *columns = NULL;
    while (step_row(statement)) {
        struct row_column column = {.name = column_text(arena, statement, 0)};
        const char *type = column_text(arena, statement, 1);
        column.key = lower_copy(arena, column.name);
        column.type = migci_upper(arena_copy(arena, type ? type : "", type ? strlen(type) : 0));
        column.affinity = affinity_of(column.type);
        column.not_null = sqlite3_column_int(statement, 2);
        column.fallback = column_text(arena, statement, 3);
        column.primary = sqlite3_column_int(statement, 4);
        primary += column.primary > 0;
        columns = grow_rows(arena, columns, table->count, &capacity, sizeof(*columns));
        columns[table->count++] = column;
    }
    sqlite3_finalize(statement);
    table->columns = columns;
    for (size_t i = 0; i < table->count; i++) {
        assert(table->columns != NULL);
        struct row_column *column = &table->columns[i];
        column->in_unique = column->primary > 0;
        column->unique = column->primary > 0 && primary == 1;
        column->is_id =
            column->unique && strcmp(column->type, "INTEGER") == 0 && !table->without_rowid;
        column->not_null |= column->primary > 0 && table->without_rowid;
    }
}

static void read_uniques(struct rows *rows, sqlite3 *db, struct row_table *table) {
    sqlite3_stmt *statement = prepare_rows(
        db,
        "SELECT l.seq, lower(i.name), l.partial, count(*) OVER (PARTITION BY l.seq)"
        " FROM pragma_index_list(%Q, 'main') AS l, pragma_index_info(l.name, 'main') AS i"
        " WHERE l.\"unique\"",
        table->name);
    while (step_row(statement)) {
        const char *key = column_text(&rows->scratch, statement, 1);
        size_t at = key ? find_row_column(table, key) : SIZE_MAX;
        if (at == SIZE_MAX)
            continue;
        table->columns[at].in_unique = true;
        table->columns[at].unique |=
            sqlite3_column_int(statement, 3) == 1 && !sqlite3_column_int(statement, 2);
    }
    sqlite3_finalize(statement);
}

/* REFERENCES without columns means the parent's primary key. */
static const char *primary_column(struct rows *rows, sqlite3 *db, const char *parent, int number) {
    sqlite3_stmt *statement = prepare_rows(
        db, "SELECT lower(name) FROM pragma_table_xinfo(%Q, 'main') WHERE pk = %d", parent, number);
    const char *name = step_row(statement) ? column_text(&rows->scratch, statement, 0) : "rowid";
    sqlite3_finalize(statement);
    return name;
}

static void read_row_keys(struct rows *rows, sqlite3 *db, struct row_table *table) {
    struct arena *arena = &rows->scratch;
    size_t capacity = 0;
    int last = -1;
    struct row_key *keys = NULL;
    sqlite3_stmt *statement =
        prepare_rows(db,
                     "SELECT id, seq, \"table\", lower(\"from\"), lower(\"to\")"
                     " FROM pragma_foreign_key_list(%Q, 'main') ORDER BY id, seq",
                     table->name);
    while (step_row(statement)) {
        int id = sqlite3_column_int(statement, 0);
        if (id != last) {
            keys = grow_rows(arena, keys, table->key_count, &capacity, sizeof(*keys));
            keys[table->key_count++] =
                (struct row_key){.parent = lower_copy(arena, column_text(arena, statement, 2)),
                                 .columns = arena_take(arena, (table->count + 1) * sizeof(size_t)),
                                 .fields = arena_take(arena, (table->count + 1) * sizeof(char *))};
        }
        last = id;
        assert(keys != NULL && table->key_count > 0);
        struct row_key *key = &keys[table->key_count - 1];
        size_t at = find_row_column(table, column_text(arena, statement, 3));
        const char *field = column_text(arena, statement, 4);
        if (at == SIZE_MAX || key->count >= table->count)
            continue;
        if (!field)
            field = primary_column(rows, db, key->parent, (int)key->count + 1);
        assert(key->fields != NULL && key->columns != NULL && table->columns != NULL);
        key->fields[key->count] = field;
        key->columns[key->count++] = at;
        table->columns[at].is_key = true;
    }
    sqlite3_finalize(statement);
    table->keys = keys;
}

static void read_row_checks(struct rows *rows, struct row_table *table) {
    migci_clause *clauses = NULL;
    migci_memory memory = {0};
    if (!migci_clauses_read(table->sql, &memory, &clauses))
        must_have(NULL);
    size_t count = 0;
    for (const migci_clause *clause = clauses; clause; clause = clause->next)
        count += clause->kind == MIGCI_CLAUSE_CHECK;
    table->checks = arena_take(&rows->scratch, (count + 1) * sizeof(*table->checks));
    for (const migci_clause *clause = clauses; clause; clause = clause->next) {
        if (clause->kind == MIGCI_CLAUSE_CHECK)
            table->checks[table->check_count++] =
                arena_copy(&rows->scratch, clause->text.start,
                           (size_t)(clause->text.end - clause->text.start));
        table->strict |= clause->kind == MIGCI_CLAUSE_STRICT;
        table->without_rowid |= clause->kind == MIGCI_CLAUSE_WITHOUT_ROWID;
    }
    migci_free_all(&memory);
}

struct row_table *read_row_table(struct rows *rows, sqlite3 *db, const char *name) {
    struct arena *arena = &rows->scratch;
    sqlite3_stmt *statement = prepare_rows(
        db,
        "SELECT name, sql, (SELECT count(*) FROM main.sqlite_schema AS t"
        " WHERE t.type = 'trigger' AND t.tbl_name = s.name COLLATE NOCASE)"
        " FROM main.sqlite_schema AS s WHERE type = 'table' AND name = %Q COLLATE NOCASE",
        name);
    if (!step_row(statement)) {
        sqlite3_finalize(statement);
        return NULL;
    }
    struct row_table *table = arena_take(arena, sizeof(*table));
    memset(table, 0, sizeof(*table));
    table->name = column_text(arena, statement, 0);
    table->sql = column_text(arena, statement, 1);
    table->triggers = sqlite3_column_int(statement, 2) > 0;
    sqlite3_finalize(statement);
    table->key = lower_copy(arena, table->name);
    if (!table->sql)
        return NULL;
    migci_text text = migci_text_of(table->sql);
    migci_token_next(&text);
    table->is_virtual = migci_token_is(migci_token_next(&text), "virtual");
    if (!table->is_virtual)
        read_row_checks(rows, table);
    read_row_columns(rows, db, table);
    if (table->is_virtual)
        return table;
    table->autoincrement = has_name(table->sql, "autoincrement");
    read_uniques(rows, db, table);
    read_row_keys(rows, db, table);
    read_wishes(rows, table);
    return table;
}

void add_children(struct rows *rows, struct names *names) {
    size_t count = names->count;
    for (size_t i = 0; i < count; i++) {
        sqlite3_stmt *statement =
            prepare_rows(rows->sandbox.db,
                         "SELECT DISTINCT lower(s.name) FROM main.sqlite_schema AS s,"
                         " pragma_foreign_key_list(s.name, 'main') AS f WHERE s.type = 'table'"
                         " AND s.sql LIKE '%%references%%' AND f.\"table\" = %Q COLLATE NOCASE",
                         names->items[i]);
        while (step_row(statement))
            add_name(&rows->scratch, names, column_text(&rows->scratch, statement, 0));
        sqlite3_finalize(statement);
    }
}

/* ------------------------------------------------------------------ rows */

enum { MOST_ROWS = 200, MOST_GIVEN = 5000 /* rows that are read one by one */ };

struct row_list dump_table(struct rows *rows, sqlite3 *db, const struct row_table *table) {
    struct row_list list = {0};
    struct buffer sql = {0};
    for (size_t i = 0; i < table->count; i++) {
        char *name = must_have(sqlite3_mprintf("%s\"%w\"", i ? ", " : "", table->columns[i].name));
        buffer_text(&sql, name);
        sqlite3_free(name);
    }
    buffer_add(&sql, "", 1);
    sqlite3_stmt *statement =
        table->count ? prepare_rows(db, "SELECT %s FROM main.\"%w\" LIMIT %d", sql.bytes,
                                    table->name, rows->from ? MOST_GIVEN : MOST_ROWS)
                     : NULL;
    while (step_row(statement)) {
        struct row row = {.table = table,
                          .values = arena_take(&rows->scratch, table->count * sizeof(*row.values))};
        for (size_t i = 0; i < table->count; i++)
            row.values[i] = value_of_column(&rows->scratch, statement, (int)i);
        list.items =
            grow_rows(&rows->scratch, list.items, list.count, &list.capacity, sizeof(*list.items));
        list.items[list.count++] = row;
    }
    sqlite3_finalize(statement);
    buffer_free(&sql);
    list.too_long = list.count == (rows->from ? MOST_GIVEN : MOST_ROWS);
    return list;
}
