/*
 * rows_odd.c - makes odd rows.  Each differs from a plain one in one column: the schema
 * before UP allows the value, but the author may not have thought of it.
 *
 * A value of another type than the declared one is tried only where the table becomes
 * STRICT.
 */
#include "rows.h"

#include <string.h>

enum {
    MOST_OF_KIND = 24,
    FEW_OF_KIND = 6,
    SLOW = 100000,
    TOO_SLOW = 2000000,
    FIRST_ODD = 11,
    FIRST_CHILD = 201,
    MOST_CHILDREN = 100,
    MOST_LETTERS = 1000
};

struct maker {
    struct rows *rows;
    const struct row_table *table;
    struct inserter inserter;
    struct row first; /* a row that the table already has, to repeat */
    int k;
    int most; /* rows of one kind */
    size_t of_kind;
    const char *kind;
};

/* ---------------------------------------------------------------- one odd row */

/* A new row.  Where CHECKs restrict a column, it has the value of the first row. */
static struct row fresh_row(struct maker *maker) {
    const struct row_table *table = maker->table;
    struct row row = new_row(maker->rows, table, maker->k, true);
    for (size_t c = 0; c < table->count && maker->first.values; c++) {
        const struct row_column *column = &table->columns[c];
        bool fits = !column->in_unique && (column->own_wishes || column->wishes.count);
        if (fits && maker->first.values[c].type != SQLITE_NULL)
            row.values[c] = maker->first.values[c];
    }
    return row;
}

static bool place_odd(struct maker *maker, struct row *row, size_t column, struct value value) {
    row->values[column] = value;
    row->kind = maker->kind;
    row->column = column;
    return insert_row(&maker->inserter, row) == SQLITE_OK;
}

static void keep_odd(struct maker *maker, const struct row *row) {
    struct row_list *odd = &maker->rows->odd;
    maker->of_kind++;
    odd->items = grow_rows(&maker->rows->scratch, odd->items, odd->count, &odd->capacity,
                           sizeof(*odd->items));
    odd->items[odd->count++] = *row;
}

static void add_odd(struct maker *maker, size_t column, struct value value) {
    if (maker->of_kind >= (size_t)maker->most || is_lost(maker->rows))
        return;
    maker->k++;
    struct row row = fresh_row(maker);
    bool placed = place_odd(maker, &row, column, value);
    if (!placed && maker->first.values) { /* like the first row, except what must be unique */
        row = fresh_row(maker);
        for (size_t c = 0; c < maker->table->count; c++)
            if (!maker->table->columns[c].in_unique)
                row.values[c] = maker->first.values[c];
        placed = place_odd(maker, &row, column, value);
    }
    if (maker->inserter.instructions > SLOW)
        maker->most = maker->inserter.instructions > TOO_SLOW ? 0 : FEW_OF_KIND;
    if (placed)
        keep_odd(maker, &row);
}

static void begin_kind(struct maker *maker, const char *kind) {
    maker->kind = kind;
    maker->of_kind = 0;
}

/* ---------------------------------------------------------------------- kinds */

static void add_texts(struct maker *maker) {
    static const char *const texts[] = {"00420", "",  " pad ", "MiXed", "12",
                                        "1e3",   "0", "it's",  "-5",    "\xC3\xA9"};
    struct arena *arena = &maker->rows->scratch;
    begin_kind(maker, "text");
    for (size_t i = 0; i <= COUNT_OF(texts); i++)
        for (size_t c = 0; c < maker->table->count; c++) {
            const struct row_column *column = &maker->table->columns[c];
            if (column->affinity != 't' || column->date || column->is_key || column->own_wishes ||
                column->json || strstr(column->key, "uuid") || strstr(column->key, "_at"))
                continue;
            if (i < COUNT_OF(texts))
                add_odd(maker, c, value_text(arena, "%s", texts[i]));
            else if (maker->first.values && maker->first.values[c].type == SQLITE_TEXT) {
                struct value value = maker->first.values[c]; /* in the other case */
                char *text = arena_copy(arena, value.bytes, value.size);
                for (size_t t = 0; t < value.size; t++)
                    text[t] = text[t] == to_lower(text[t]) ? to_upper(text[t]) : to_lower(text[t]);
                value.bytes = text;
                add_odd(maker, c, value);
            }
        }
}

static void add_numbers(struct maker *maker) {
    static const int64_t numbers[] = {-1, 0, INT64_C(1) << 40, INT64_MAX};
    begin_kind(maker, "num");
    for (size_t c = 0; c < maker->table->count; c++) {
        const struct row_column *column = &maker->table->columns[c];
        if (column->is_key || column->is_id || column->own_wishes || column->date)
            continue;
        for (size_t i = 0; i < COUNT_OF(numbers) && column->affinity == 'i'; i++)
            add_odd(maker, c, value_number(numbers[i]));
        if (column->affinity == 'r') {
            add_odd(maker, c, value_real(-1.25));
            add_odd(maker, c, value_real(0.1));
        }
        if (column->affinity == 'n' && *column->type && !strstr(column->type, "BOOL") &&
            !strstr(column->type, "DATE") && !strstr(column->type, "TIME"))
            add_odd(maker, c, value_text(&maker->rows->scratch, "0.10"));
    }
}

/* Text in a column of numbers, which a STRICT table refuses. */
static void add_types(struct maker *maker) {
    struct rows *rows = maker->rows;
    const char *key = maker->table->key;
    struct span span = rows->after_up ? section_span(rows, SECTION_DOWN) : rows->span;
    const struct statement *made =
        find_rebuild(span, rows->after_up ? key : name_after(rows->prover, rows->index, key));
    if (!made)
        made = find_rebuild(span, key);
    begin_kind(maker, "type");
    if (maker->table->strict || !made || !mentions(made, "strict"))
        return;
    for (size_t c = 0; c < maker->table->count; c++)
        if (strchr("inr", maker->table->columns[c].affinity) && !maker->table->columns[c].is_id &&
            !maker->table->columns[c].is_key)
            add_odd(maker, c, value_text(&maker->rows->scratch, "n/a"));
}

/* The first row again, except what must be unique.  A new UNIQUE over several columns refuses
 * it. */
static void add_twin(struct maker *maker) {
    size_t column = 0, same = 0;
    begin_kind(maker, "twin");
    if (!maker->first.values || !maker->most || is_lost(maker->rows))
        return;
    struct row twin = new_row(maker->rows, maker->table, ++maker->k, true);
    for (size_t c = maker->table->count; c-- > 0;)
        if (!maker->table->columns[c].in_unique && !maker->table->columns[c].is_id) {
            twin.values[c] = maker->first.values[c];
            column = c;
            same++;
        }
    if (same > 1 && place_odd(maker, &twin, column, twin.values[column]))
        keep_odd(maker, &twin);
}

/* Values at the limits of its CHECKs, and next to them; those beyond are refused. */
static void add_limits(struct maker *maker, size_t column) {
    const struct row_column *limited = &maker->table->columns[column];
    struct arena *arena = &maker->rows->scratch;
    for (size_t i = 0; i < limited->own_bounds; i++) {
        const struct value *bound = &limited->bounds.items[i];
        add_odd(maker, column, *bound);
        for (int64_t step = -1; step <= 1 && bound->type == SQLITE_INTEGER; step += 2)
            if (bound->number > INT32_MIN && bound->number < INT32_MAX)
                add_odd(maker, column, value_number(bound->number + step));
    }
    for (size_t i = 0; i < limited->own_sizes; i++) {
        const struct value *size = &limited->sizes.items[i];
        if (size->type != SQLITE_INTEGER || size->number < -1 || size->number >= MOST_LETTERS)
            continue;
        for (int64_t length = size->number - 1; length <= size->number + 1; length++)
            if (length > 0)
                add_odd(maker, column, value_text(arena, "%0*d", (int)length, 7));
            else if (length == 0) /* a width of 0 would give one digit */
                add_odd(maker, column, value_text(arena, "%s", ""));
    }
}

void make_odd_rows(struct rows *rows, const char *name, bool few) {
    struct maker maker = {.rows = rows, .k = FIRST_ODD, .most = MOST_OF_KIND};
    maker.table = read_row_table(rows, rows->sandbox.db, name);
    if (!maker.table || maker.table->is_virtual || !maker.table->count)
        return;
    struct row_list list = dump_table(rows, rows->sandbox.db, maker.table);
    if (list.count)
        maker.first = list.items[0];
    maker.inserter = open_inserter(&rows->sandbox, maker.table);
    const struct row_column *columns = maker.table->columns;
    begin_kind(&maker, "null");
    for (size_t c = 0; c < maker.table->count; c++)
        if (!columns[c].not_null && !columns[c].is_id)
            add_odd(&maker, c, value_null());
    begin_kind(&maker, "dup");
    for (size_t c = 0; c < maker.table->count && maker.first.values; c++)
        if (!columns[c].unique && maker.first.values[c].type != SQLITE_NULL)
            add_odd(&maker, c, maker.first.values[c]);
    if (!few) {
        begin_kind(&maker, "check"); /* usual values, where a later CHECK or key restricts them */
        for (size_t c = 0; c < maker.table->count; c++)
            if (!columns[c].is_id &&
                (columns[c].wishes.count > columns[c].own_wishes || columns[c].later_parent))
                add_odd(&maker, c, plain_value(rows, maker.table, c, maker.k + 1, false));
        add_texts(&maker);
        add_numbers(&maker);
    }
    /* Values that UP may have just allowed: a long list takes no tries from another column. */
    for (size_t c = 0; c < maker.table->count && rows->after_up; c++) {
        begin_kind(&maker, "check");
        for (size_t i = 0; i < columns[c].own_wishes && !columns[c].is_id; i++)
            add_odd(&maker, c, columns[c].wishes.items[i]);
    }
    for (size_t c = 0; c < maker.table->count && rows->after_up; c++) {
        begin_kind(&maker, "check");
        if (!columns[c].is_id)
            add_limits(&maker, c);
    }
    add_types(&maker);
    add_twin(&maker);
    close_inserter(&maker.inserter);
    if (maker.table->key_count) {
        struct names names = {0};
        add_name(&rows->scratch, &names, maker.table->key);
        remove_dangling(rows, rows->sandbox.db, &names);
    }
}

/* A row that refers to the odd one. */
static void refer_to_odd(struct maker *maker, const struct row_key *key, const struct row *parent) {
    struct row child = new_row(maker->rows, maker->table, ++maker->k, true);
    for (size_t i = 0; i < key->count; i++) {
        size_t c = 0;
        while (c < parent->table->count &&
               strcmp(parent->table->columns[c].key, key->fields[i]) != 0)
            c++;
        if (c == parent->table->count)
            return;
        child.values[key->columns[i]] = parent->values[c];
    }
    if (key->count && place_odd(maker, &child, key->columns[0], child.values[key->columns[0]]))
        keep_odd(maker, &child);
}

static void add_children_of(struct rows *rows, const char *name, const char *parent) {
    struct maker maker = {.rows = rows, .k = FIRST_CHILD};
    maker.table = read_row_table(rows, rows->sandbox.db, name);
    if (!maker.table || maker.table->is_virtual)
        return;
    maker.inserter = open_inserter(&rows->sandbox, maker.table);
    begin_kind(&maker, "child");
    for (size_t k = 0; k < maker.table->key_count; k++)
        for (size_t i = 0, count = rows->odd.count; i < count; i++) {
            struct row row = rows->odd.items[i];
            if (maker.of_kind < MOST_CHILDREN && strcmp(row.table->key, parent) == 0 &&
                strcmp(maker.table->keys[k].parent, parent) == 0 && !is_lost(rows))
                refer_to_odd(&maker, &maker.table->keys[k], &row);
        }
    close_inserter(&maker.inserter);
}

/* An UP that deletes rows must also handle what refers to them. */
void make_odd_children(struct rows *rows, const struct names *names) {
    for (size_t i = 0; i < names->count && !is_lost(rows); i++) {
        struct names children = {0};
        if (!find_statement(rows->span, STATEMENT_DELETE, names->items[i]))
            continue;
        add_name(&rows->scratch, &children, names->items[i]);
        add_children(rows, &children);
        for (size_t c = 0; c < children.count; c++)
            add_children_of(rows, children.items[c], names->items[i]);
    }
}
