/*
 * rows_make.c - makes plain rows, with what a column of this type and name usually holds.
 * Each column and each row has another value, so that lost, swapped and renumbered ones
 * are noticed.
 *
 * Parents are filled first.  When SQLite refuses a row, a value or two are varied.  If
 * that is not enough, rows_search.c searches for a row.
 */
#include "rows.h"

#include <assert.h>
#include <string.h>

enum {
    PLAIN_ROWS = 3,
    MOST_DEPTH = 12,
    MOST_VARIED = 40,
    MOST_PARENTS = 50,
    MOST_ROWS_FILLED = 50
};

/* -------------------------------------------------------------------- values */

/* Ids have a gap, never start at 1, and differ between tables, so that new ids and swapped keys are
 * noticed. */
static int64_t plain_id(struct rows *rows, const struct row_table *table, int k) {
    static const int first[] = {2, 3, 5};
    int64_t tables = 0;
    record_of(rows, table->key);
    for (const struct row_record *record = rows->records;
         record && strcmp(record->key, table->key) != 0; record = record->next)
        tables++;
    return 10 * tables + (k <= PLAIN_ROWS ? first[k - 1] : 2 * k + 1);
}

static bool ends_in(const char *text, const char *end) {
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

static bool is_time_column(const struct row_column *column) {
    return column->date || ends_in(column->key, "_at") || ends_in(column->key, "time") ||
           ends_in(column->key, "date") || strstr(column->type, "DATE") ||
           strstr(column->type, "TIME");
}

static struct value value_of_length(struct arena *arena, const struct row_column *column, int k) {
    char *text = arena_take(arena, column->length + 1);
    memset(text, column->affinity == 'b' ? 'b' : '0', column->length);
    text[column->length] = '\0';
    if (column->length > 0)
        text[column->length - 1] = (char)('0' + k % 10);
    if (column->length > 1)
        text[column->length - 2] = (char)('0' + k / 10 % 10);
    return (struct value){.type = column->affinity == 'b' ? SQLITE_BLOB : SQLITE_TEXT,
                          .bytes = text,
                          .size = column->length};
}

/* Cut to VARCHAR(n), so that its last characters differ. */
static struct value cut_value(struct value value, const char *type) {
    const char *open = strchr(type, '(');
    int64_t length = 0;
    if (open && read_number(open + 1, strspn(open + 1, "0123456789"), &length) && length > 0 &&
        value.size > (size_t)length) {
        value.bytes += value.size - (size_t)length;
        value.size = (size_t)length;
    }
    return value;
}

static struct value plain_text(struct arena *arena, const struct row_table *table,
                               const struct row_column *column, size_t number, int k) {
    const char *key = column->key;
    int day = 1 + (k - 1) % 28, hour = (int)number % 24, minute = k / 28 % 60;
    if (strstr(column->type, "UUID") || strstr(column->type, "GUID") ||
        strcmp(column->type, "CHAR(36)") == 0 || strcmp(key, "uuid") == 0)
        return value_text(arena, "%08x-0000-4000-8000-%012x", (unsigned)number + 1, (unsigned)k);
    if (is_time_column(column) && (strcmp(column->type, "DATE") == 0 || strcmp(key, "date") == 0))
        return value_text(arena, "2024-01-%02d", day);
    if (is_time_column(column))
        return value_text(arena, "2024-01-%02d %02d:%02d:00", day, hour, minute);
    if (strstr(key, "mail"))
        return cut_value(value_text(arena, "%s%d@%s.example", key, k, table->key), column->type);
    if (strstr(key, "url"))
        return value_text(arena, "https://%s.example/%s/%d", table->key, key, k);
    if (strstr(key, "path"))
        return value_text(arena, "/%s/%s/%d", table->key, key, k);
    if (strstr(key, "hash") || strstr(key, "token"))
        return value_text(arena, "%08x%08x%08x", (unsigned)number + 10,
                          (unsigned)strlen(table->key), (unsigned)k);
    return cut_value(value_text(arena, "%s %d", key, k), column->type);
}

struct value plain_value(struct rows *rows, const struct row_table *table, size_t at, int k,
                         bool later) {
    struct arena *arena = &rows->scratch;
    const struct row_column *column = &table->columns[at];
    size_t wishes = later ? column->wishes.count : column->own_wishes;
    assert(at < table->count && k > 0);
    if (wishes && (!column->is_id || (size_t)k <= wishes))
        return column->wishes.items[(size_t)(k - 1) % wishes];
    if (column->is_id)
        return value_number(plain_id(rows, table, k));
    if (column->length)
        return value_of_length(arena, column, k);
    if (column->json)
        return value_text(arena, "{\"n\":%d}", k);
    if (column->affinity == 't')
        return plain_text(arena, table, column, at + 1, k);
    if (column->affinity == 'b' && *column->type)
        return value_blob(arena, (const char[16]){(char)k, (char)(at + 1)}, 16);
    if ((column->affinity == 'n' || !*column->type) && is_time_column(column))
        return plain_text(arena, table, column, at + 1, k);
    if (!*column->type && !column->primary)
        return plain_text(arena, table, column, at + 1, k);
    if (strstr(column->type, "BOOL") || strncmp(column->key, "is_", 3) == 0 ||
        strncmp(column->key, "has_", 4) == 0)
        return value_number(k % 2);
    if (is_time_column(column))
        return value_number(1700000000 + (int64_t)k * 86400);
    if (column->affinity == 'r')
        return value_real((double)k + 0.5 + 10.0 * (double)(at + 1));
    return value_number(k + 10 * (int64_t)(at + 1));
}

/* --------------------------------------------------------------- foreign keys */

/* Copies the key of the k-th parent row that agrees with the known columns. */
static void take_parent(struct rows *rows, struct row *row, const struct row_key *key, int k,
                        bool *known) {
    const struct row_table *table = row->table;
    struct arena *arena = &rows->scratch;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_stmt *statement = NULL;
    for (size_t i = 0; i < key->count; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "SELECT ", key->fields[i]);
    sqlite3_str_appendf(sql, " FROM main.\"%w\" WHERE 1", key->parent);
    for (size_t i = 0; i < key->count; i++)
        sqlite3_str_appendf(sql, " AND (\"%w\" IS ?%d OR ?%d IS NULL)", key->fields[i], (int)i + 1,
                            (int)i + 1);
    sqlite3_str_appendf(sql, " LIMIT %d", MOST_PARENTS);
    char *text = must_have(sqlite3_str_finish(sql));
    if (sqlite3_prepare_v2(rows->sandbox.db, text, -1, &statement, NULL) == SQLITE_NOMEM)
        must_have(NULL);
    sqlite3_free(text);
    for (size_t i = 0; i < key->count && statement; i++)
        if (known[key->columns[i]])
            bind_value(statement, (int)i + 1, &row->values[key->columns[i]]);
    int found = 0;
    while (statement && found < k && sqlite3_step(statement) == SQLITE_ROW) {
        found++;
        for (size_t i = 0; i < key->count; i++)
            row->values[key->columns[i]] = value_of_column(arena, statement, (int)i);
    }
    if (statement && found && found < k) { /* there are fewer: begin again at the first */
        sqlite3_reset(statement);
        for (int i = (k - 1) % found; i >= 0 && sqlite3_step(statement) == SQLITE_ROW; i--)
            for (size_t j = 0; i == 0 && j < key->count; j++)
                row->values[key->columns[j]] = value_of_column(arena, statement, (int)j);
    }
    sqlite3_finalize(statement);
    for (size_t i = 0; i < key->count; i++) {
        size_t column = key->columns[i];
        if (!found && !table->columns[column].not_null && !known[column])
            row->values[column] = value_null();
        known[column] = true;
    }
}

/* A row that refers to itself, where the column must not be NULL. */
static void take_self(struct row *row, const struct row_key *key, bool *known) {
    const struct row_table *table = row->table;
    for (size_t i = 0; i < key->count; i++) {
        struct value *value = &row->values[key->columns[i]];
        for (size_t c = 0; c < table->count && !known[key->columns[i]]; c++)
            if (strcmp(table->columns[c].key, key->fields[i]) == 0)
                *value = row->values[c];
        if (!table->columns[key->columns[i]].not_null && !table->columns[key->columns[i]].primary)
            *value = value_null();
    }
}

static void take_later_parents(struct rows *rows, struct row *row, int k, bool *known) {
    const struct row_table *table = row->table;
    for (size_t c = 0; c < table->count; c++) {
        const char *parent = table->columns[c].later_parent;
        if (!parent || known[c] || table->columns[c].wishes.count)
            continue;
        struct row_table *other =
            strcmp(parent, table->key) == 0 ? NULL : read_row_table(rows, rows->sandbox.db, parent);
        for (size_t i = 0; other && i < other->count; i++)
            if (other->columns[i].unique && other->columns[i].primary) {
                struct row_key key = {parent, 1, &c, &other->columns[i].key};
                struct value kept = row->values[c];
                row->values[c].type = 0;
                take_parent(rows, row, &key, k, known);
                if (!row->values[c].type)
                    row->values[c] = kept;
                break;
            }
        if (!other && !table->columns[c].not_null)
            row->values[c] = value_null();
    }
}

struct row new_row(struct rows *rows, const struct row_table *table, int k, bool later) {
    struct row row = {.table = table, .column = SIZE_MAX};
    bool *known = arena_take(&rows->scratch, table->count + 1);
    memset(known, 0, table->count + 1);
    row.values = arena_take(&rows->scratch, (table->count + 1) * sizeof(*row.values));
    for (size_t c = 0; c < table->count; c++)
        row.values[c] = plain_value(rows, table, c, k, later);
    for (size_t i = 0; i < table->key_count; i++)
        if (strcmp(table->keys[i].parent, table->key) != 0)
            take_parent(rows, &row, &table->keys[i], k, known);
    for (size_t i = 0; i < table->key_count; i++)
        if (strcmp(table->keys[i].parent, table->key) == 0)
            take_self(&row, &table->keys[i], known);
    if (later)
        take_later_parents(rows, &row, k, known);
    return row;
}

/* ------------------------------------------------------------------ refusals */

/* The column of "UNIQUE constraint failed: t.a, t.b" to vary, or SIZE_MAX. */
static size_t find_varied(const struct row_table *table, const char *message) {
    const char *list = strstr(message, "failed: ");
    size_t key = SIZE_MAX;
    for (const char *at = list ? list + 8 : ""; *at;) {
        size_t length = strcspn(at, ",");
        const char *dot = memchr(at, '.', length);
        const char *name = dot ? dot + 1 : at;
        for (size_t c = 0; c < table->count; c++) {
            if (!same_word(name, length - (size_t)(name - at), table->columns[c].key))
                continue;
            if (!table->columns[c].is_key)
                return c;
            key = c;
        }
        at += length + strspn(at + length, ", ");
    }
    return key;
}

static bool vary_unique(struct rows *rows, struct row *row, const char *message, int k, int round) {
    const struct row_table *table = row->table;
    size_t c = find_varied(table, message);
    if (c == SIZE_MAX)
        return false;
    const struct row_column *column = &table->columns[c];
    struct value *value = &row->values[c];
    if (column->is_key) {
        bool *known = arena_take(&rows->scratch, table->count + 1);
        memset(known, 0, table->count + 1);
        for (size_t i = 0; i < table->key_count; i++)
            for (size_t j = 0; j < table->keys[i].count; j++)
                if (table->keys[i].columns[j] == c &&
                    strcmp(table->keys[i].parent, table->key) != 0)
                    take_parent(rows, row, &table->keys[i], k + round, known);
    } else if (value->type == SQLITE_INTEGER)
        *value = value_number(value->number + 1 + INT64_C(3) * (round - 1));
    else if (column->wishes.count > 1 && round < (int)column->wishes.count)
        *value = column->wishes.items[(size_t)(k + round) % column->wishes.count];
    else if ((value->type == SQLITE_TEXT || value->type == SQLITE_BLOB) && value->size > 0) {
        char *text = arena_copy(&rows->scratch, value->bytes, value->size); /* a CHECK demands it */
        int number = k * 41 + round * 3;
        for (size_t i = 0; i < 3 && i < value->size; i++, number /= 10)
            text[value->size - 1 - i] = (char)('0' + number % 10);
        value->bytes = text;
    } else
        *value = plain_value(rows, table, c, k + 3 * round, false);
    return true;
}

/* Answers "NOT NULL constraint failed: t.c" with something that is not NULL. */
static bool vary_null(struct rows *rows, struct row *row, const char *message, int k) {
    const struct row_table *table = row->table;
    const char *name = strstr(message, "failed: ");
    const char *dot = name ? strrchr(name, '.') : NULL;
    size_t size = dot ? (size_t)(dot - name) - 8 : 0;
    if (!dot || !same_word(name + 8, size, table->key))
        return false;
    for (size_t c = 0; c < table->count; c++)
        if (same_word(dot + 1, strlen(dot + 1), table->columns[c].key) &&
            row->values[c].type == SQLITE_NULL) {
            row->values[c] = plain_value(rows, table, c, k, false);
            return row->values[c].type != SQLITE_NULL;
        }
    return false;
}

bool place_row(struct rows *rows, struct inserter *inserter, struct row *row, int k, long *tries) {
    for (int round = 1; round <= MOST_VARIED && --*tries >= 0; round++) {
        int code = insert_row(inserter, row);
        if (code == SQLITE_OK)
            return true;
        const char *message = sqlite3_errmsg(inserter->db);
        bool varied = false;
        if (strncmp(message, "UNIQUE constraint", 17) == 0)
            varied = vary_unique(rows, row, message, k, round);
        else if (strncmp(message, "NOT NULL constraint", 19) == 0)
            varied = vary_null(rows, row, message, k);
        else
            return (code & 0xff) != SQLITE_INTERRUPT && search_row(rows, inserter, row, tries);
        if (!varied)
            return false;
    }
    return false;
}

/* ---------------------------------------------------------------- one table */

struct row_record *record_of(struct rows *rows, const char *key) {
    struct row_record **at = &rows->records;
    while (*at && strcmp((*at)->key, key) != 0)
        at = &(*at)->next;
    if (!*at) {
        *at = arena_take(rows->prover->arena, sizeof(**at));
        **at = (struct row_record){.key = arena_copy(rows->prover->arena, key, strlen(key))};
    }
    return *at;
}

void keep_records(struct rows *rows) {
    for (struct row_record *record = rows->records; record; record = record->next) {
        record->was_filled = record->filled;
        record->had_columns = record->columns;
    }
}

void restore_records(struct rows *rows) {
    for (struct row_record *record = rows->records; record; record = record->next) {
        record->filled = record->was_filled;
        record->columns = record->had_columns;
    }
}

void remove_dangling(struct rows *rows, sqlite3 *db, const struct names *tables) {
    bool removed = true;
    for (int round = 0; round < MOST_DEPTH && removed; round++) {
        removed = false;
        for (size_t i = 0; i < tables->count; i++) {
            int before = sqlite3_total_changes(db);
            rows->sandbox.watch.spent = rows->bare.watch.spent = 0;
            run_sql(db,
                    "DELETE FROM main.\"%w\" WHERE rowid IN"
                    " (SELECT rowid FROM pragma_foreign_key_check(%Q))",
                    tables->items[i], tables->items[i]);
            removed |= sqlite3_total_changes(db) != before;
        }
    }
}

static void make_plain_rows(struct rows *rows, struct row_record *record,
                            const struct row_table *table) {
    static const struct value nothing = {.type = 0};
    struct inserter inserter = open_inserter(&rows->sandbox, table);
    struct row last = new_row(rows, table, 1, true);
    long tries = rows->limit;
    memset(last.values, 0, table->count * sizeof(*last.values));
    for (int k = 1; k <= PLAIN_ROWS; k++) {
        struct row plain = new_row(rows, table, k, true), row = new_row(rows, table, k, true);
        for (size_t c = 0; c < table->count; c++)
            if (last.values[c].type)
                row.values[c] = last.values[c];
        if (!place_row(rows, &inserter, &row, k, &tries)) {
            if (k == 1)
                record->reason =
                    arena_format(rows->prover->arena, "%s", sqlite3_errmsg(inserter.db));
            break;
        }
        record->filled = true;
        for (size_t c = 0; c < table->count; c++) { /* the next row begins with what was found */
            bool is_own =
                table->columns[c].in_unique || same_value(&plain.values[c], &row.values[c]);
            last.values[c] = is_own ? nothing : row.values[c];
        }
    }
    close_inserter(&inserter);
}

/* ---------------------------------------------------------- columns that came later */

static void fill_column(struct rows *rows, const struct row_table *table, size_t at,
                        int64_t count) {
    sqlite3_stmt *update = NULL;
    char *sql = must_have(sqlite3_mprintf("UPDATE main.\"%w\" SET \"%w\" = ?1 WHERE rowid ="
                                          " (SELECT rowid FROM main.\"%w\" ORDER BY rowid LIMIT 1"
                                          " OFFSET ?2)",
                                          table->name, table->columns[at].name, table->name));
    int code = sqlite3_prepare_v2(rows->sandbox.db, sql, -1, &update, NULL);
    for (int k = 1; code == SQLITE_OK && k <= count; k++) {
        struct value value = plain_value(rows, table, at, k, true);
        rows->sandbox.watch.spent = 0;
        if (bind_value(update, 1, &value) == SQLITE_OK &&
            sqlite3_bind_int(update, 2, k - 1) == SQLITE_OK)
            sqlite3_step(update); /* a row that refuses the value keeps its own */
        sqlite3_reset(update);
    }
    sqlite3_finalize(update);
    sqlite3_free(sql);
}

/* Fills columns that were added since, as a program would have, but not those that a later UP of
 * the same change fills. */
static void fill_later_columns(struct rows *rows, const struct row_table *table, int64_t count) {
    if (count > MOST_ROWS_FILLED || table->without_rowid)
        return;
    for (size_t c = 0; c < table->count; c++) {
        const struct row_column *column = &table->columns[c];
        if (!column->is_id && !column->is_key && !column->later_parent &&
            !is_written(rows, rows->index, rows->index + MOST_AHEAD, table->key, column->key)) {
            char *sql = must_have(sqlite3_mprintf(
                "SELECT count(*) FROM main.\"%w\" WHERE \"%w\" IS NOT (%s)", table->name,
                column->name, column->fallback ? column->fallback : "NULL"));
            if (migci_ask_sqlite(rows->sandbox.db, sql) == 0) /* no row has another value */
                fill_column(rows, table, c, count);
            sqlite3_free(sql);
        }
    }
}

void fill_table(struct rows *rows, const char *name, int depth) {
    struct row_record *record = record_of(rows, name);
    if (record->busy || record->given || depth > MOST_DEPTH || is_kept_empty(rows, name))
        return;
    struct row_table *table = read_row_table(rows, rows->sandbox.db, name);
    int64_t count = count_rows(rows->sandbox.db, name);
    if (table && !table->is_virtual && count > 0 && record->columns != table->count)
        fill_later_columns(rows, table, count);
    record->columns = table ? table->count : 0;
    if (record->filled || !table || table->is_virtual || !table->count || count != 0)
        return;
    record->busy = true;
    for (size_t i = 0; i < table->key_count; i++)
        fill_table(rows, table->keys[i].parent, depth + 1);
    for (size_t c = 0; c < table->count; c++)
        if (table->columns[c].later_parent)
            fill_table(rows, table->columns[c].later_parent, depth + 1);
    record->reason = NULL;
    make_plain_rows(rows, record, table);
    struct names names = {0};
    add_name(&rows->scratch, &names, table->key);
    if (record->filled && table->key_count) {
        remove_dangling(rows, rows->sandbox.db, &names);
        record->filled = count_rows(rows->sandbox.db, name) > 0;
        if (!record->filled)
            record->reason = "its rows would point at no rows";
    }
    record->busy = false;
}
