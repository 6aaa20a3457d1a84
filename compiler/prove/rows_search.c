/*
 * rows_search.c - searches for a row where a CHECK or a trigger refuses the plain one.
 * Each column that may be the cause has a list of values.  They are tried one column at
 * a time, then in pairs, then at random.
 *
 * The table's name is the seed of the random numbers, so that a change in one table
 * does not change another's rows.
 */
#include "rows.h"

#include <string.h>

enum { MOST_SEARCHED = 8, MOST_CANDIDATES = 60 };

struct search {
    struct rows *rows;
    struct inserter *inserter;
    const struct row_table *table;
    struct row *row;
    long *tries;
    uint64_t random;
    size_t columns[MOST_SEARCHED];
    struct values candidates[MOST_SEARCHED];
    size_t count;
    const char *refused; /* the message that refused the row */
    bool other;          /* the latest message was a different one */
};

static uint64_t draw_random(struct search *search) {
    search->random ^= search->random << 13;
    search->random ^= search->random >> 7;
    search->random ^= search->random << 17;
    return search->random;
}

/* ---------------------------------------------------------------- candidates */

static void add_usual(struct arena *arena, struct values *values) {
    static const int numbers[] = {0, 1, -1, 2, 10, 100};
    static const char *const texts[] = {
        "",      "a",    "A",    "2024-01-01",  "{}",
        "[]",    "true", "#000", "a@b.example", "2024-01-01 00:00:00",
        "00:00", "en",   "1"};
    static const size_t sizes[] = {16, 20, 32, 33, 64};
    char bytes[64] = {1};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        add_value(arena, values, value_number(numbers[i]));
    add_value(arena, values, value_real(1.5));
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        add_value(arena, values, value_text(arena, "%s", texts[i]));
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        add_value(arena, values, value_blob(arena, bytes, sizes[i]));
}

/* Adds every literal of a text, and the numbers next to it. */
static void add_literals(struct search *search, const char *text, struct values *values) {
    struct arena *arena = &search->rows->scratch;
    migci_text rest = migci_text_of(text);
    for (;;) {
        migci_token token = migci_token_next(&rest);
        if (token.kind == MIGCI_TOKEN_END || values->count > MOST_CANDIDATES)
            return;
        struct value value = value_of_literal(arena, token.start, token.length, false);
        if (value.type)
            add_value(arena, values, value);
        for (int by = -1; by <= 1 && value.type == SQLITE_INTEGER; by += 2)
            add_value(arena, values, value_number(value.number + by));
        if (value.type == SQLITE_INTEGER && value.number > 1 && value.number < 200) {
            char *filled = arena_take(arena, (size_t)value.number + 1);
            memset(filled, 'a', (size_t)value.number);
            filled[value.number] = '\0';
            add_value(arena, values, value_text(arena, "%s", filled));
        }
    }
}

static void add_parents(struct search *search, size_t column, struct values *values) {
    const struct row_table *table = search->table;
    for (size_t i = 0; i < table->key_count; i++)
        for (size_t j = 0; j < table->keys[i].count; j++) {
            sqlite3_stmt *statement = NULL;
            if (table->keys[i].columns[j] != column)
                continue;
            char *sql = must_have(sqlite3_mprintf("SELECT \"%w\" FROM main.\"%w\" LIMIT 5",
                                                  table->keys[i].fields[j], table->keys[i].parent));
            if (sqlite3_prepare_v2(search->inserter->db, sql, -1, &statement, NULL) == SQLITE_OK)
                while (sqlite3_step(statement) == SQLITE_ROW)
                    add_value(&search->rows->scratch, values,
                              value_of_column(&search->rows->scratch, statement, 0));
            sqlite3_free(sql);
            sqlite3_finalize(statement);
        }
}

static void add_triggers(struct search *search, struct values *values) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(search->inserter->db,
                           "SELECT sql FROM main.sqlite_schema WHERE type = 'trigger' AND"
                           " tbl_name = ?1 COLLATE NOCASE",
                           -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, search->table->name, -1, SQLITE_STATIC);
        while (sqlite3_step(statement) == SQLITE_ROW)
            add_literals(search, (const char *)sqlite3_column_text(statement, 0), values);
    }
    sqlite3_finalize(statement);
}

static struct values list_candidates(struct search *search, size_t at) {
    struct arena *arena = &search->rows->scratch;
    const struct row_column *column = &search->table->columns[at];
    struct values values = {0};
    add_value(arena, &values, search->row->values[at]);
    if (column->fallback) {
        sqlite3_stmt *statement = NULL;
        const char *sql = arena_format(arena, "SELECT %s", column->fallback);
        if (sqlite3_prepare_v2(search->inserter->db, sql, -1, &statement, NULL) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW)
            add_value(arena, &values, value_of_column(arena, statement, 0));
        sqlite3_finalize(statement);
    }
    for (size_t i = 0; i < column->wishes.count; i++)
        add_value(arena, &values, column->wishes.items[i]);
    if (!column->not_null)
        add_value(arena, &values, value_null());
    if (column->is_key) {
        add_parents(search, at, &values);
        return values;
    }
    for (size_t i = 0; i < search->table->check_count; i++)
        if (has_name(search->table->checks[i], column->key))
            add_literals(search, search->table->checks[i], &values);
    if (search->table->triggers)
        add_triggers(search, &values);
    add_usual(arena, &values);
    return values;
}

/* ------------------------------------------------------------------- columns */

static void add_searched_column(struct search *search, size_t column) {
    for (size_t i = 0; i < search->count; i++)
        if (search->columns[i] == column)
            return;
    if (search->count == MOST_SEARCHED)
        return;
    search->columns[search->count] = column;
    search->candidates[search->count++] = list_candidates(search, column);
}

static void add_columns_in(struct search *search, const char *text) {
    for (size_t c = 0; c < search->table->count; c++)
        if (has_name(text, search->table->columns[c].key))
            add_searched_column(search, c);
}

/* The expression of "CONSTRAINT name CHECK (...)", or the CHECK whose text `name` is. */
static const char *find_check(const struct search *search, const char *name) {
    const struct row_table *table = search->table;
    for (size_t i = 0; i < table->check_count; i++)
        if (strcmp(table->checks[i], name) == 0)
            return table->checks[i];
    migci_text rest = migci_text_of(table->sql);
    bool named = false;
    for (;;) {
        migci_token token = migci_token_next(&rest);
        if (token.kind == MIGCI_TOKEN_END)
            return NULL;
        if (migci_token_is(token, "constraint")) {
            token = migci_token_next(&rest);
            size_t quote = token.kind == MIGCI_TOKEN_NAME || token.kind == MIGCI_TOKEN_STRING;
            named = same_text(token.start + quote, token.length - 2 * quote, name);
        } else if (named && migci_token_is(token, "(")) {
            migci_text group = migci_text_group(&rest);
            return arena_copy(&search->rows->scratch, group.start,
                              (size_t)(group.end - group.start));
        }
    }
}

static void find_columns(struct search *search, const char *message) {
    static const char check[] = "CHECK constraint failed: ";
    const char *text = NULL;
    if (strncmp(message, check, sizeof(check) - 1) == 0)
        text = find_check(search, message + sizeof(check) - 1);
    if (text) {
        add_columns_in(search, text);
        return;
    }
    for (size_t i = 0; i < search->table->check_count; i++)
        add_columns_in(search, search->table->checks[i]);
    for (size_t c = 0; c < search->table->count; c++)
        if (!search->table->columns[c].is_id)
            add_searched_column(search, c);
}

/* --------------------------------------------------------------------- trying */

static bool try_row(struct search *search) {
    if (--*search->tries < 0)
        return false;
    int code = insert_row(search->inserter, search->row);
    if (code == SQLITE_OK)
        return true;
    if (sqlite3_get_autocommit(search->inserter->db) || (code & 0xff) == SQLITE_INTERRUPT)
        *search->tries = 0;
    search->other = strcmp(sqlite3_errmsg(search->inserter->db), search->refused) != 0;
    return false;
}

static bool try_all_null(struct search *search) {
    struct value *values = search->row->values;
    struct value kept[MOST_SEARCHED];
    for (size_t i = 0; i < search->count; i++) {
        kept[i] = values[search->columns[i]];
        if (!search->table->columns[search->columns[i]].not_null)
            values[search->columns[i]] = value_null();
    }
    if (try_row(search))
        return true;
    for (size_t i = 0; i < search->count; i++)
        values[search->columns[i]] = kept[i];
    return false;
}

static bool try_each(struct search *search) {
    for (size_t i = 0; i < search->count; i++) {
        struct value *value = &search->row->values[search->columns[i]], kept = *value;
        for (size_t c = 0; c<search->candidates[i].count && * search->tries> 0; c++) {
            *value = search->candidates[i].items[c];
            if (try_row(search))
                return true;
        }
        *value = kept;
    }
    return false;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static bool try_pairs(struct search *search) {
    enum { OF_EACH = 10 };
    for (size_t i = 0; i < least(search->count, 3); i++)
        for (size_t j = i + 1; j < least(search->count, 3); j++) {
            struct value *one = &search->row->values[search->columns[i]], kept = *one;
            struct value *two = &search->row->values[search->columns[j]], kept_two = *two;
            for (size_t a = 0; a < least(search->candidates[i].count, OF_EACH); a++)
                for (size_t b = 0; b < least(search->candidates[j].count, OF_EACH); b++) {
                    *one = search->candidates[i].items[a];
                    *two = search->candidates[j].items[b];
                    if (try_row(search))
                        return true;
                    if (*search->tries <= 0)
                        return false;
                }
            *one = kept;
            *two = kept_two;
        }
    return false;
}

static bool try_random(struct search *search) {
    while (*search->tries > 0) {
        for (size_t i = 0; i < search->count; i++) {
            const struct values *candidates = &search->candidates[i];
            struct value *value = &search->row->values[search->columns[i]];
            uint64_t kind = draw_random(search) % 100, which = draw_random(search);
            if (kind < 33 && !search->table->columns[search->columns[i]].not_null)
                *value = value_null();
            else if (kind >= 55)
                *value = candidates->items[which % (kind < 85 ? least(candidates->count, 6)
                                                              : candidates->count)];
        }
        if (try_row(search))
            return true;
    }
    return false;
}

bool search_row(struct rows *rows, struct inserter *inserter, struct row *row, long *tries) {
    struct search search = {.rows = rows,
                            .inserter = inserter,
                            .table = inserter->table,
                            .row = row,
                            .tries = tries,
                            .random = 88172645463325252u};
    for (const char *at = search.table->key; *at; at++)
        search.random = search.random * 31 + (unsigned char)*at;
    const char *message = sqlite3_errmsg(inserter->db);
    search.refused = arena_copy(&rows->scratch, message, strlen(message));
    find_columns(&search, search.refused);
    for (int round = 0; round < 4; round++) {
        if (search.count && (try_all_null(&search) || try_each(&search) || try_pairs(&search)))
            return true;
        if (!search.other || *tries <= 0)
            break;
        message = sqlite3_errmsg(inserter->db); /* another CHECK refuses: search for both */
        search.refused = arena_copy(&rows->scratch, message, strlen(message));
        size_t count = search.count;
        find_columns(&search, search.refused);
        if (count == search.count)
            break;
    }
    return search.count && try_random(&search);
}
