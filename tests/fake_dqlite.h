/*
 * fake_dqlite.h - a node that speaks dqlite's protocol over local SQLite, for a dial function: it
 * can fall silent at any statement, which a real one does too rarely.
 *
 * Each connection is one of SQLite's to the file `path`.  From the first statement on that has
 * `silent_at` in it, no connection gets an answer any more; `done_first`: it was run by then.
 */
#ifndef FAKE_DQLITE_H
#define FAKE_DQLITE_H

#include "dqlite/migc_dqlite.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct fake_cluster {
    const char *path;
    const char *silent_at;         /* or NULL */
    bool done_first, shakes_hands; /* what a silent one still does */
    const char *busy_at;           /* the next statement with this is refused as busy; or NULL */
    const char *nodes;             /* what it says of its nodes, two of them, or NULL: of itself */
    bool is_silent, broken;        /* broken: the connection that is read next breaks, once */
    unsigned dials, statements;
};

struct fake_buffer {
    char bytes[1 << 16];
    size_t size, used;
};

struct fake_connection {
    struct fake_cluster *cluster;
    sqlite3 *db;
    bool greeted;
    char address[256];
    struct fake_buffer in, out;
};

static inline void fake_bytes(struct fake_buffer *buffer, const void *bytes, size_t size) {
    size_t whole = (size + 7) / 8 * 8;
    if (buffer->size + whole > sizeof(buffer->bytes))
        abort();
    memset(buffer->bytes + buffer->size, 0, whole);
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += whole;
}

static inline void fake_number(struct fake_buffer *buffer, uint64_t number) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    fake_bytes(buffer, bytes, sizeof(bytes));
}

static inline void fake_text(struct fake_buffer *buffer, const char *text) {
    fake_bytes(buffer, text, strlen(text) + 1);
}

static inline uint64_t fake_take(const char *bytes) {
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

static inline size_t fake_padded(const char *text) {
    return (strlen(text) + 8) / 8 * 8;
}

/* The header is filled once the size is known. */
static inline void fake_end(struct fake_buffer *out, size_t begun, unsigned type) {
    uint64_t words = (out->size - begun) / 8 - 1;
    size_t size = out->size;
    out->size = begun;
    fake_number(out, words | (uint64_t)type << 32);
    out->size = size;
}

static inline void fake_bind(sqlite3_stmt *statement, const char *values) {
    int count = sqlite3_bind_parameter_count(statement);
    const char *value = values + ((size_t)count + 8) / 8 * 8;
    for (int i = 1; i <= count; i++) {
        if (values[i] == 3) {
            sqlite3_bind_text(statement, i, value, -1, SQLITE_TRANSIENT);
            value += fake_padded(value);
            continue;
        }
        if (values[i] == 1)
            sqlite3_bind_int64(statement, i, (int64_t)fake_take(value));
        value += 8;
    }
}

static inline void fake_row(struct fake_buffer *out, sqlite3_stmt *statement) {
    unsigned char types[64] = {0};
    int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++)
        types[i / 2] |= (unsigned char)(sqlite3_column_type(statement, i) << i % 2 * 4);
    fake_bytes(out, types, (size_t)(count + 1) / 2);
    for (int i = 0; i < count; i++) {
        if (sqlite3_column_type(statement, i) == SQLITE_TEXT)
            fake_text(out, (const char *)sqlite3_column_text(statement, i));
        else
            fake_number(out, (uint64_t)sqlite3_column_int64(statement, i));
    }
}

/* Runs the statements of `sql`; the rows of the last are the answer of a query. */
static inline int fake_run(struct fake_connection *at, const char *sql, bool is_query) {
    const char *values = sql + fake_padded(sql);
    int code = SQLITE_OK;
    while (code == SQLITE_OK && *sql) {
        sqlite3_stmt *statement = NULL;
        code = sqlite3_prepare_v2(at->db, sql, -1, &statement, &sql);
        if (code != SQLITE_OK || !statement)
            break;
        if (sqlite3_bind_parameter_count(statement) > 0)
            fake_bind(statement, values);
        if (is_query) {
            fake_number(&at->out, (uint64_t)sqlite3_column_count(statement));
            for (int i = 0; i < sqlite3_column_count(statement); i++)
                fake_text(&at->out, sqlite3_column_name(statement, i));
        }
        while (sqlite3_step(statement) == SQLITE_ROW)
            if (is_query)
                fake_row(&at->out, statement);
        code = sqlite3_finalize(statement);
    }
    return code;
}

static inline unsigned fake_statement(struct fake_connection *at, const char *sql, bool is_query) {
    struct fake_cluster *cluster = at->cluster;
    size_t begun = at->out.size;
    cluster->statements++;
    cluster->is_silent |= cluster->silent_at && strstr(sql, cluster->silent_at);
    if (cluster->is_silent && !cluster->done_first)
        return 0;
    bool is_busy = cluster->busy_at && strstr(sql, cluster->busy_at);
    if (is_busy)
        cluster->busy_at = NULL;
    int code = is_busy ? SQLITE_BUSY : fake_run(at, sql, is_query);
    if (code != SQLITE_OK) {
        at->out.size = begun;
        fake_number(&at->out, (uint64_t)code);
        fake_text(&at->out, is_busy ? "database is locked" : sqlite3_errmsg(at->db));
        return 0;
    }
    fake_number(&at->out, is_query ? UINT64_MAX : 0);
    if (!is_query)
        fake_number(&at->out, 0);
    return is_query ? 7 : 6;
}

static inline unsigned fake_body(struct fake_connection *at, unsigned type, const char *body) {
    struct fake_buffer *out = &at->out;
    const char *nodes = at->cluster->nodes ? at->cluster->nodes : at->address;
    switch (type) {
    case 0: /* who leads */
        fake_number(out, 1);
        fake_text(out, at->address);
        return 1;
    case 1: /* the handshake */
        fake_number(out, 15000);
        return 2;
    case 3: /* open a database */
        fake_number(out, 0);
        return 4;
    case 16: /* the nodes */
        fake_number(out, 2);
        for (int i = 0; i < 2; i++) {
            fake_number(out, (uint64_t)i + 1);
            fake_text(out, i ? nodes : at->address);
        }
        return 3;
    default:
        return fake_statement(at, body + 8, type == 9);
    }
}

static inline void fake_answer(struct fake_connection *at, unsigned type, const char *body) {
    size_t begun = at->out.size;
    if (at->cluster->is_silent && !(at->cluster->shakes_hands && (type < 8 || type == 16)))
        return;
    fake_number(&at->out, 0);
    unsigned answer = fake_body(at, type, body);
    if (at->cluster->is_silent && type >= 8 && type != 16)
        at->out.size = begun;
    else
        fake_end(&at->out, begun, answer);
}

static inline long fake_write(void *handle, const void *bytes, size_t size, int timeout_ms) {
    struct fake_connection *at = handle;
    (void)timeout_ms;
    fake_bytes(&at->in, bytes, size);
    if (!at->greeted && at->in.size >= 8) {
        at->greeted = true;
        at->in.used = 8;
    }
    while (at->in.size - at->in.used >= 8) {
        uint64_t header = fake_take(at->in.bytes + at->in.used);
        size_t whole = ((header & UINT32_MAX) + 1) * 8;
        if (at->in.size - at->in.used < whole)
            return (long)size;
        fake_answer(at, header >> 32 & 255, at->in.bytes + at->in.used + 8);
        at->in.used += whole;
    }
    at->in.size = at->in.used = 0;
    return (long)size;
}

static inline long fake_read(void *handle, void *bytes, size_t size, int timeout_ms) {
    struct fake_connection *at = handle;
    size_t left = at->out.size - at->out.used;
    if (at->cluster->broken) {
        at->cluster->broken = false;
        return MIGC_DQLITE_BROKEN;
    }
    if (left == 0) {
        struct timespec pause = {0, timeout_ms * 1000000L};
        nanosleep(&pause, NULL);
        return MIGC_DQLITE_TIMED_OUT;
    }
    size = size < left ? size : left;
    memcpy(bytes, at->out.bytes + at->out.used, size);
    at->out.used += size;
    if (at->out.used == at->out.size)
        at->out.size = at->out.used = 0;
    return (long)size;
}

static inline void fake_close(void *handle) {
    struct fake_connection *at = handle;
    sqlite3_close(at->db);
    free(at);
}

/* A dial function; `user` is the cluster. */
static inline bool fake_dial(migc_dqlite_stream *stream, const char *host, const char *port,
                             int timeout_ms, void *user) {
    struct fake_connection *at = calloc(1, sizeof(*at));
    (void)timeout_ms;
    if (!at)
        return false;
    at->cluster = user;
    at->cluster->dials++;
    snprintf(at->address, sizeof(at->address), "%s:%s", host, port);
    if (sqlite3_open(at->cluster->path, &at->db) != SQLITE_OK)
        abort();
    *stream = (migc_dqlite_stream){at, fake_read, fake_write, fake_close};
    return true;
}

#endif
