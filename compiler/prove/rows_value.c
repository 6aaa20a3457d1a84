/*
 * rows_value.c - values of made-up rows: taken from SQLite, bound, compared, and
 * printed as literals; and rows printed as INSERTs.
 */
#include "rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct value value_null(void) {
    return (struct value){.type = SQLITE_NULL};
}

struct value value_number(int64_t number) {
    return (struct value){.type = SQLITE_INTEGER, .number = number};
}

struct value value_real(double real) {
    return (struct value){.type = SQLITE_FLOAT, .real = real};
}

struct value value_text(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return (struct value){.type = SQLITE_TEXT, .bytes = text, .size = strlen(text)};
}

struct value value_blob(struct arena *arena, const void *bytes, size_t size) {
    return (struct value){
        .type = SQLITE_BLOB, .bytes = arena_copy(arena, bytes, size), .size = size};
}

struct value value_of_column(struct arena *arena, sqlite3_stmt *statement, int column) {
    struct value value = {.type = sqlite3_column_type(statement, column)};
    if (value.type == SQLITE_INTEGER) {
        value.number = sqlite3_column_int64(statement, column);
    } else if (value.type == SQLITE_FLOAT) {
        value.real = sqlite3_column_double(statement, column);
    } else if (value.type != SQLITE_NULL) {
        const void *bytes = value.type == SQLITE_TEXT ? sqlite3_column_text(statement, column)
                                                      : sqlite3_column_blob(statement, column);
        value.size = (size_t)sqlite3_column_bytes(statement, column);
        value.bytes = arena_copy(arena, value.size ? must_have((void *)bytes) : "", value.size);
    }
    return value;
}

void *grow_rows(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 8;
    void *larger = arena_take(arena, *capacity * size);
    if (count)
        memcpy(larger, items, count * size);
    return larger;
}

void add_value(struct arena *arena, struct values *values, struct value value) {
    for (size_t i = 0; i < values->count; i++)
        if (same_value(&values->items[i], &value))
            return;
    values->items =
        grow_rows(arena, values->items, values->count, &values->capacity, sizeof(*values->items));
    values->items[values->count++] = value;
}

int bind_value(sqlite3_stmt *statement, int parameter, const struct value *value) {
    switch (value->type) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, parameter, value->number);
    case SQLITE_FLOAT:
        return sqlite3_bind_double(statement, parameter, value->real);
    case SQLITE_TEXT:
        return sqlite3_bind_text(statement, parameter, value->bytes, (int)value->size,
                                 SQLITE_STATIC);
    case SQLITE_BLOB:
        return sqlite3_bind_blob(statement, parameter, value->bytes, (int)value->size,
                                 SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, parameter);
    }
}

bool same_value(const struct value *a, const struct value *b) {
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case SQLITE_INTEGER:
        return a->number == b->number;
    case SQLITE_FLOAT:
        return a->real == b->real;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
        return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
    default:
        return true;
    }
}

static void print_real(char text[40], double real) {
    snprintf(text, 40, "%.15g", real);
    if (strtod(text, NULL) != real)
        snprintf(text, 40, "%.17g", real);
}

/* A number as it is written, or the text itself. */
static const char *writing_of(const struct value *value, char text[40], size_t *size) {
    text[0] = '\0';
    if (value->type == SQLITE_INTEGER)
        snprintf(text, 40, "%lld", (long long)value->number);
    else if (value->type == SQLITE_FLOAT)
        print_real(text, value->real);
    else if (value->type == SQLITE_TEXT) {
        *size = value->size;
        return value->bytes;
    }
    *size = strlen(text);
    if (*size > 2 && memcmp(text + *size - 2, ".0", 2) == 0)
        *size -= 2;
    return text;
}

bool same_meaning(const struct value *a, const struct value *b) {
    char a_text[40], b_text[40];
    size_t a_size, b_size;
    if (a->type == b->type || a->type == SQLITE_NULL || b->type == SQLITE_NULL)
        return same_value(a, b);
    if (a->type == SQLITE_BLOB || b->type == SQLITE_BLOB)
        return a->type + b->type == SQLITE_BLOB + SQLITE_TEXT && a->size == b->size &&
               memcmp(a->bytes, b->bytes, a->size) == 0;
    const char *one = writing_of(a, a_text, &a_size), *other = writing_of(b, b_text, &b_size);
    return a_size == b_size && memcmp(one, other, a_size) == 0;
}

void print_value(struct buffer *out, const struct value *value) {
    char text[40];
    switch (value->type) {
    case SQLITE_INTEGER:
        buffer_format(out, "%lld", (long long)value->number);
        break;
    case SQLITE_FLOAT:
        print_real(text, value->real);
        buffer_format(out, "%s%s", text, strpbrk(text, ".en") ? "" : ".0");
        break;
    case SQLITE_TEXT:
        buffer_text(out, "'");
        for (size_t i = 0; i < value->size; i++) {
            if (value->bytes[i] == '\'')
                buffer_text(out, "'");
            buffer_add(out, &value->bytes[i], 1);
        }
        buffer_text(out, "'");
        break;
    case SQLITE_BLOB:
        buffer_text(out, "x'");
        for (size_t i = 0; i < value->size; i++)
            buffer_format(out, "%02x", (unsigned char)value->bytes[i]);
        buffer_text(out, "'");
        break;
    default:
        buffer_text(out, "NULL");
        break;
    }
}

struct value value_of_literal(struct arena *arena, const char *text, size_t size, bool negative) {
    if (size > 1 && text[0] == '\'') { /* 'it''s' is it's */
        char *copy = arena_take(arena, size + 1);
        size_t count = 0;
        for (size_t i = 1; i + 1 < size; i++) {
            copy[count++] = text[i];
            i += text[i] == '\'';
        }
        copy[count] = '\0';
        return (struct value){.type = SQLITE_TEXT, .bytes = copy, .size = count};
    }
    if (size == 0 || size > 30 || !(is_digit(text[0]) || text[0] == '.'))
        return (struct value){.type = 0};
    const char *copy = arena_copy(arena, text, size);
    if (strpbrk(copy, ".eE") && !strpbrk(copy, "xX"))
        return value_real(negative ? -strtod(copy, NULL) : strtod(copy, NULL));
    int64_t number = strtoll(copy, NULL, strpbrk(copy, "xX") ? 16 : 10);
    return value_number(negative ? -number : number);
}

/* --------------------------------------------------------------------- rows as SQL */

static void print_name(struct buffer *out, const char *name) {
    bool plain =
        is_identifier(name, strlen(name)) && sqlite3_keyword_check(name, (int)strlen(name)) == 0;
    char *quoted = plain ? NULL : must_have(sqlite3_mprintf("\"%w\"", name));
    buffer_text(out, plain ? name : quoted);
    sqlite3_free(quoted);
}

/* A column whose DEFAULT is NULL is not shown when it is NULL. */
static bool is_shown(const struct row *row, size_t column) {
    const struct value *value = &row->values[column];
    return value->type && (value->type != SQLITE_NULL || row->table->columns[column].fallback);
}

void print_row(struct buffer *out, const struct row *row) {
    size_t named = 0;
    buffer_text(out, "INSERT INTO ");
    print_name(out, row->table->name);
    for (size_t c = 0; c < row->table->count; c++)
        if (is_shown(row, c)) {
            buffer_text(out, named++ ? ", " : "(");
            print_name(out, row->table->columns[c].name);
        }
    buffer_text(out, named ? ") VALUES(" : " DEFAULT VALUES");
    named = 0;
    for (size_t c = 0; c < row->table->count; c++)
        if (is_shown(row, c)) {
            buffer_text(out, named++ ? ", " : "");
            print_value(out, &row->values[c]);
        }
    buffer_text(out, named ? ");" : ";");
}

const char *print_rows(struct rows *rows, const struct row_list *list) {
    struct buffer text = {0};
    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].out) {
            if (text.size)
                buffer_text(&text, " ");
            print_row(&text, &list->items[i]);
        }
    const char *kept = arena_copy(&rows->scratch, text.size ? text.bytes : "", text.size);
    buffer_free(&text);
    return kept;
}
