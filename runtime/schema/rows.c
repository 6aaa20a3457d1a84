/*
 * rows.c - compares the rows of tables by what they hold.
 *
 * A row's hash is a sum over its columns, each with its name, and a table's digest is a sum over
 * its rows.  So a table that was rebuilt with the same rows is equal, whatever the order of rows
 * and columns.  The hash is for comparisons within one process, not for storing.
 */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

struct hash {
    uint64_t a, b;
};

static void mix(struct hash *hash, uint64_t word) {
    hash->a = (hash->a ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    hash->a ^= hash->a >> 29;
    hash->b = (hash->b + word) * UINT64_C(0xD6E8FEB86659FD93);
    hash->b ^= hash->b >> 32;
}

static void mix_bytes(struct hash *hash, const void *bytes, size_t length) {
    const char *at = bytes;
    uint64_t word;
    mix(hash, length);
    for (; length >= sizeof(word); at += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        mix(hash, word);
    }
    if (length) {
        word = 0;
        memcpy(&word, at, length);
        mix(hash, word);
    }
}

static struct hash finish(struct hash value) {
    mix(&value, UINT64_C(0xA0761D6478BD642F));
    mix(&value, value.b);
    return value;
}

static struct hash hash_value(struct hash name, sqlite3_stmt *row, int column) {
    int type = sqlite3_column_type(row, column);
    double real;
    struct hash hash = name;
    mix(&hash, (uint64_t)type);
    switch (type) {
    case SQLITE_INTEGER:
        mix(&hash, (uint64_t)sqlite3_column_int64(row, column));
        break;
    case SQLITE_FLOAT:
        real = sqlite3_column_double(row, column);
        mix_bytes(&hash, &real, sizeof(real));
        break;
    case SQLITE_TEXT: {
        const void *text = sqlite3_column_text(row, column);
        mix_bytes(&hash, text, (size_t)sqlite3_column_bytes(row, column));
        break;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite3_column_blob(row, column);
        mix_bytes(&hash, blob, (size_t)sqlite3_column_bytes(row, column));
        break;
    }
    default:
        break;
    }
    return finish(hash);
}

/* ------------------------------------------------------------------------ scanning */

struct scan {
    sqlite3_stmt *rows;
    struct hash *names;
    int columns;
};

static void add_column(sqlite3_str *sql, bool *any, const char *name) {
    sqlite3_str_appendf(sql, "%s\"%w\" AS \"%w\"", *any ? ", " : "SELECT ", name, name);
    *any = true;
}

/* SELECT "a" AS "a", … FROM "t": the columns that are stored and visible. */
static char *select_of(sqlite3 *db, const migci_table *table, int *code) {
    sqlite3_str *sql = sqlite3_str_new(db);
    bool any = false;
    *code = SQLITE_OK;
    if (table->column_count == 0) { /* it is virtual, or only its name is known */
        sqlite3_stmt *columns = NULL;
        *code = sqlite3_prepare_v2(
            db, "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0", -1, &columns,
            NULL);
        if (*code == SQLITE_OK)
            *code = sqlite3_bind_text(columns, 1, table->name, -1, SQLITE_STATIC);
        while (*code == SQLITE_OK && sqlite3_step(columns) == SQLITE_ROW)
            add_column(sql, &any, (const char *)sqlite3_column_text(columns, 0));
        int finished = sqlite3_finalize(columns);
        if (*code == SQLITE_OK)
            *code = finished;
    }
    for (size_t i = 0; i < table->column_count; i++)
        if (!table->columns[i]->traits[MIGCI_GENERATED])
            add_column(sql, &any, table->columns[i]->name);
    sqlite3_str_appendf(sql, "%s FROM main.\"%w\"", any ? "" : "SELECT NULL", table->name);
    if (*code == SQLITE_OK)
        *code = sqlite3_str_errcode(sql);
    return sqlite3_str_finish(sql);
}

static int scan_open(struct scan *scan, sqlite3 *db, const migci_table *table) {
    int code;
    char *sql = select_of(db, table, &code);
    *scan = (struct scan){0};
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(db, sql, -1, &scan->rows, NULL);
    sqlite3_free(sql);
    if (code != SQLITE_OK)
        return code;
    scan->columns = sqlite3_column_count(scan->rows);
    scan->names = sqlite3_malloc64((sqlite3_uint64)scan->columns * sizeof(*scan->names));
    if (!scan->names)
        return SQLITE_NOMEM;
    for (int i = 0; i < scan->columns; i++) {
        const char *name = sqlite3_column_name(scan->rows, i);
        if (!name)
            return SQLITE_NOMEM;
        struct hash hash = {1, 2};
        for (; *name; name++)
            mix(&hash, (uint64_t)(*name >= 'A' && *name <= 'Z' ? *name + ('a' - 'A') : *name));
        scan->names[i] = finish(hash);
    }
    return SQLITE_OK;
}

static int scan_next(struct scan *scan, struct hash *row) {
    int code = sqlite3_step(scan->rows);
    struct hash sum = {0, 0};
    if (code != SQLITE_ROW)
        return code;
    for (int i = 0; i < scan->columns; i++) {
        struct hash value = hash_value(scan->names[i], scan->rows, i);
        sum.a += value.a;
        sum.b += value.b;
    }
    *row = finish(sum);
    return code;
}

static int scan_close(struct scan *scan, int code) {
    sqlite3_free(scan->names);
    sqlite3_finalize(scan->rows);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int migci_rows_digest(sqlite3 *db, const char *table, uint64_t digest[2], int64_t *count) {
    struct scan scan;
    struct hash row;
    int code = scan_open(&scan, db, &(migci_table){.name = table});
    digest[0] = digest[1] = 0;
    *count = 0;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = scan_next(&scan, &row);
        if (code != SQLITE_ROW)
            break;
        digest[0] += row.a;
        digest[1] += row.b;
        ++*count;
    }
    return scan_close(&scan, code);
}

/* -------------------------------------------------------------------- row by row */

static int compare_hashes(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

int migci_rows_read(sqlite3 *db, const migci_table *table, migci_memory *memory, migci_rows *rows) {
    struct scan scan;
    struct hash row;
    size_t room = 0;
    int code = scan_open(&scan, db, table);
    *rows = (migci_rows){0};
    while (code == SQLITE_OK && (code = scan_next(&scan, &row)) == SQLITE_ROW) {
        if (rows->count == room) {
            room = room ? room * 2 : 64;
            uint64_t *larger = migci_allocate(memory, room * sizeof(*larger));
            if (!larger)
                return scan_close(&scan, SQLITE_NOMEM);
            if (rows->count)
                memcpy(larger, rows->hashes, rows->count * sizeof(*larger));
            rows->hashes = larger;
        }
        rows->hashes[rows->count++] = row.a;
        code = SQLITE_OK;
    }
    if (rows->count)
        qsort(rows->hashes, rows->count, sizeof(*rows->hashes), compare_hashes);
    return scan_close(&scan, code);
}

size_t migci_rows_lost(const migci_rows *before, const migci_rows *after) {
    size_t lost = 0, at = 0;
    for (size_t i = 0; i < before->count; i++) {
        while (at < after->count && after->hashes[at] < before->hashes[i])
            at++;
        if (at < after->count && after->hashes[at] == before->hashes[i])
            at++;
        else
            lost++;
    }
    return lost;
}
