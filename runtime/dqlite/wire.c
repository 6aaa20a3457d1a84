/*
 * wire.c - requests and answers of dqlite's protocol.  What comes from a node is not trusted: each
 * length is compared with what was received.
 */
#include "wire.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORD = 8, SLICE_MS = 50, FIRST_PART = 1 << 16, MOST_COLUMNS = 2000, MOST_VALUES = 255 };
#define MOST_WORDS (UINT32_C(1) << 27) /* of an answer: a gigabyte */

enum request {
    REQUEST_LEADER = 0,
    REQUEST_CLIENT = 1,
    REQUEST_OPEN = 3,
    REQUEST_EXEC_SQL = 8,
    REQUEST_QUERY_SQL = 9,
    REQUEST_ADD = 12,
    REQUEST_ASSIGN = 13,
    REQUEST_DUMP = 15,
    REQUEST_NODES = 16
};

enum answer {
    ANSWER_FAILURE = 0,
    ANSWER_SERVER = 1,
    ANSWER_WELCOME = 2,
    ANSWER_NODES = 3,
    ANSWER_DATABASE = 4,
    ANSWER_RESULT = 6,
    ANSWER_ROWS = 7,
    ANSWER_EMPTY = 8,
    ANSWER_FILES = 9
};

#define ROWS_DONE UINT64_MAX
#define ROWS_MORE UINT64_C(0xeeeeeeeeeeeeeeee)

/* ------------------------------------------------------------------ failures */

static int fail_request(migci_wire *wire, int code, const char *reason) {
    snprintf(wire->reason, sizeof(wire->reason), "%s", reason);
    return code;
}

static int fail_connection(migci_wire *wire, const char *reason) {
    if (wire->is_open)
        wire->stream.close(wire->stream.handle);
    wire->is_open = false;
    return fail_request(wire, MIGCI_WIRE_BROKEN, reason);
}

static int fail_answer(migci_wire *wire) {
    return fail_connection(wire, "the node's answer is malformed");
}

/* -------------------------------------------------------------------- bytes */

static uint64_t decode_number(const char *bytes) {
    uint64_t number = 0;
    for (int i = WORD - 1; i >= 0; i--)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

static void encode_number(char *bytes, uint64_t number) {
    for (int i = 0; i < WORD; i++, number >>= 8)
        bytes[i] = (char)(number & 0xff);
}

static size_t padded(size_t size) {
    return (size + WORD - 1) / WORD * WORD;
}

static bool reserve(migci_wire_buffer *buffer, size_t capacity) {
    if (capacity <= buffer->capacity)
        return true;
    char *bytes = realloc(buffer->bytes, capacity);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

/* ----------------------------------------------------------- building a request */

/* Room for `size` bytes and their padding, zeroed; NULL when memory is out. */
static char *add_bytes(migci_wire *wire, size_t size) {
    size_t whole = padded(size);
    if (wire->out_of_memory || !reserve(&wire->out, (wire->out.size + whole) * 2)) {
        wire->out_of_memory = true;
        return NULL;
    }
    char *bytes = wire->out.bytes + wire->out.size;
    memset(bytes, 0, whole);
    wire->out.size += whole;
    return bytes;
}

static void add_wire_number(migci_wire *wire, uint64_t number) {
    char *bytes = add_bytes(wire, WORD);
    if (bytes)
        encode_number(bytes, number);
}

static void add_blob(migci_wire *wire, const void *blob, size_t size) {
    char *bytes = add_bytes(wire, size);
    if (bytes && size)
        memcpy(bytes, blob, size);
}

static void add_wire_text(migci_wire *wire, const char *text) {
    add_blob(wire, text, strlen(text) + 1);
}

static void begin_request(migci_wire *wire) {
    wire->out.size = 0;
    wire->out_of_memory = false;
    add_bytes(wire, WORD); /* the header, once the size is known */
}

static void add_wire_value(migci_wire *wire, const migci_wire_value *value) {
    uint64_t bits;
    switch (value->type) {
    case MIGCI_WIRE_FLOAT:
        memcpy(&bits, &value->real, sizeof(bits));
        add_wire_number(wire, bits);
        break;
    case MIGCI_WIRE_TEXT:
    case MIGCI_WIRE_ISO_8601:
        add_wire_text(wire, value->bytes);
        break;
    case MIGCI_WIRE_BLOB:
        add_wire_number(wire, value->size);
        add_blob(wire, value->bytes, value->size);
        break;
    case MIGCI_WIRE_NULL:
        add_wire_number(wire, 0);
        break;
    default:
        add_wire_number(wire, (uint64_t)value->number);
    }
}

/* ------------------------------------------------------------ moving the bytes */

static int64_t clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether to go on waiting, after a call that moved `moved` bytes.  The watch is asked after
 * each slice of a wait, and as often if a few bytes come now and then, so that such a wait has
 * an end. */
static bool may_wait(migci_wire *wire, long moved, int64_t begun_ms, int64_t *asked_ms) {
    int64_t now_ms = clock_ms();
    if (moved != MIGC_DQLITE_TIMED_OUT && now_ms - *asked_ms < SLICE_MS)
        return true;
    *asked_ms = now_ms;
    if (wire->watch && wire->watch(wire->watch_argument, now_ms - begun_ms))
        return false;
    return wire->timeout_ms == 0 || now_ms - begun_ms < wire->timeout_ms;
}

static int send_bytes(migci_wire *wire, const char *bytes, size_t size) {
    int64_t begun_ms = clock_ms(), asked_ms = begun_ms;
    while (size > 0) {
        long moved = wire->stream.write(wire->stream.handle, bytes, size, SLICE_MS);
        if (moved > 0) {
            bytes += moved;
            size -= (size_t)moved;
        } else if (moved != MIGC_DQLITE_TIMED_OUT) {
            return fail_connection(wire, "the connection broke while a request was sent");
        }
        if (size > 0 && !may_wait(wire, moved, begun_ms, &asked_ms))
            return fail_connection(wire, "the node takes no request");
    }
    return 0;
}

static int receive_bytes(migci_wire *wire, char *bytes, size_t size) {
    int64_t begun_ms = clock_ms(), asked_ms = begun_ms;
    while (size > 0) {
        long moved = wire->stream.read(wire->stream.handle, bytes, size, SLICE_MS);
        if (moved > 0) {
            bytes += moved;
            size -= (size_t)moved;
        } else if (moved != MIGC_DQLITE_TIMED_OUT) {
            return fail_connection(wire, moved == MIGC_DQLITE_CLOSED
                                             ? "the node closed the connection"
                                             : "the connection broke");
        }
        if (size > 0 && !may_wait(wire, moved, begun_ms, &asked_ms))
            return fail_connection(wire, "the node does not answer");
    }
    return 0;
}

/* The text at *offset, which moves past it; NULL when it does not end. */
static const char *take_wire_text(const migci_wire *wire, size_t *offset) {
    if (*offset >= wire->in.size)
        return NULL;
    const char *text = wire->in.bytes + *offset;
    const char *end = memchr(text, '\0', wire->in.size - *offset);
    if (end)
        *offset += padded((size_t)(end - text) + 1);
    return end ? text : NULL;
}

static bool take_wire_number(const migci_wire *wire, size_t *offset, uint64_t *number) {
    if (wire->in.size < WORD || *offset > wire->in.size - WORD)
        return false;
    *number = decode_number(wire->in.bytes + *offset);
    *offset += WORD;
    return true;
}

/* `size` bytes and their padding. */
static const char *take_blob(const migci_wire *wire, size_t *offset, uint64_t size) {
    if (*offset > wire->in.size || size > wire->in.size - *offset)
        return NULL;
    const char *bytes = wire->in.bytes + *offset;
    *offset += padded((size_t)size);
    return bytes;
}

/* Memory is taken as bytes come, so a false size costs none. */
static int receive_body(migci_wire *wire, size_t size) {
    migci_wire_buffer *in = &wire->in;
    in->size = 0;
    while (in->size < size) {
        size_t left = size - in->size, part = in->size < FIRST_PART ? FIRST_PART : in->size;
        part = part < left ? part : left;
        if (!reserve(in, in->size + part))
            return fail_connection(wire, "out of memory for the node's answer");
        int code = receive_bytes(wire, in->bytes + in->size, part);
        if (code != 0)
            return code;
        in->size += part;
    }
    return 0;
}

static int receive_answer(migci_wire *wire) {
    char header[WORD];
    int code = receive_bytes(wire, header, sizeof(header));
    if (code != 0)
        return code;
    size_t words = decode_number(header) & UINT32_MAX;
    if (words > MOST_WORDS)
        return fail_connection(wire, "the node's answer is larger than any of dqlite's");
    wire->in_type = (unsigned char)header[4];
    code = receive_body(wire, words * WORD);
    if (code != 0 || wire->in_type != ANSWER_FAILURE)
        return code;
    size_t offset = 0;
    uint64_t failure;
    if (!take_wire_number(wire, &offset, &failure))
        return fail_answer(wire);
    const char *reason = take_wire_text(wire, &offset);
    return fail_request(wire, failure > 0 && failure <= INT32_MAX ? (int)failure : SQLITE_ERROR,
                        reason ? reason : "the node gave no reason");
}

/* Sends the request that was built and awaits an answer of the type `wanted`. */
static int finish_request(migci_wire *wire, enum request type, enum answer wanted) {
    if (!wire->is_open)
        return fail_request(wire, MIGCI_WIRE_BROKEN, "there is no connection");
    if (wire->out_of_memory)
        return fail_request(wire, SQLITE_NOMEM, "out of memory");
    uint64_t words = wire->out.size / WORD - 1;
    if (words > MOST_WORDS)
        return fail_request(wire, SQLITE_TOOBIG, "the statement is too large");
    encode_number(wire->out.bytes, words | (uint64_t)type << 32);
    int code = send_bytes(wire, wire->out.bytes, wire->out.size);
    if (code == 0)
        code = receive_answer(wire);
    if (code == 0 && wire->in_type != wanted)
        return fail_connection(wire, "the node does not answer as one of dqlite does");
    return code;
}

/* --------------------------------------------------------------- connections */

/* "[::1]:9001" and "host:9001". */
static bool split_address(const char *address, char *host, size_t size, const char **port) {
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address || !colon[1])
        return false;
    size_t length = (size_t)(colon - address);
    if (address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length >= size)
        return false;
    memcpy(host, address, length);
    host[length] = '\0';
    *port = colon + 1;
    return true;
}

int migci_wire_connect(migci_wire *wire, const char *address, migc_dqlite_dial *dial, void *user,
                       int timeout_ms) {
    char host[256], version[WORD];
    const char *port;
    assert(!wire->is_open);
    memset(wire, 0, sizeof(*wire));
    wire->timeout_ms = timeout_ms;
    snprintf(wire->address, sizeof(wire->address), "%s", address);
    if (!split_address(address, host, sizeof(host), &port))
        return fail_request(wire, MIGCI_WIRE_BROKEN, "the address is not HOST:PORT");
    if (!dial(&wire->stream, host, port, timeout_ms, user))
        return fail_request(wire, MIGCI_WIRE_BROKEN, "the node cannot be reached");
    wire->is_open = true;
    encode_number(version, 1);
    int code = send_bytes(wire, version, sizeof(version));
    begin_request(wire);
    add_wire_number(wire, 0); /* the client's id, not used */
    if (code == 0)
        code = finish_request(wire, REQUEST_CLIENT, ANSWER_WELCOME);
    if (code != 0)
        migci_wire_close(wire);
    return code;
}

void migci_wire_close(migci_wire *wire) {
    if (wire->is_open)
        wire->stream.close(wire->stream.handle);
    wire->is_open = false;
    free(wire->in.bytes);
    free(wire->out.bytes);
    memset(&wire->in, 0, sizeof(wire->in));
    memset(&wire->out, 0, sizeof(wire->out));
}

int migci_wire_leader(migci_wire *wire, char *address, size_t size) {
    size_t offset = WORD;
    begin_request(wire);
    add_wire_number(wire, 0);
    int code = finish_request(wire, REQUEST_LEADER, ANSWER_SERVER);
    if (code != 0)
        return code;
    const char *leader = take_wire_text(wire, &offset);
    if (!leader || strlen(leader) >= size)
        return fail_answer(wire);
    memcpy(address, leader, strlen(leader) + 1);
    return 0;
}

int migci_wire_nodes(migci_wire *wire, migci_wire_node *node, void *argument) {
    size_t offset = 0;
    uint64_t count, number;
    begin_request(wire);
    add_wire_number(wire, 0); /* without roles */
    int code = finish_request(wire, REQUEST_NODES, ANSWER_NODES);
    if (code == 0 && !take_wire_number(wire, &offset, &count))
        return fail_answer(wire);
    while (code == 0 && count-- > 0) {
        const char *address =
            take_wire_number(wire, &offset, &number) ? take_wire_text(wire, &offset) : NULL;
        if (!address)
            return fail_answer(wire);
        node(argument, address);
    }
    return code;
}

int migci_wire_open_database(migci_wire *wire, const char *name) {
    begin_request(wire);
    add_wire_text(wire, name);
    add_wire_number(wire, 0); /* flags, not used */
    add_wire_text(wire, "");  /* VFS, not used */
    return finish_request(wire, REQUEST_OPEN, ANSWER_DATABASE);
}

/* ----------------------------------------------------------------- statements */

static void begin_statement(migci_wire *wire, const char *sql, size_t count,
                            const migci_wire_value *values) {
    begin_request(wire);
    add_wire_number(wire, 0); /* the database; a connection has one */
    add_wire_text(wire, sql);
    /* How many, a byte for each type, then the values. */
    assert(count <= MOST_VALUES);
    if (count == 0)
        return;
    char *types = add_bytes(wire, count + 1);
    if (!types)
        return;
    types[0] = (char)count;
    for (size_t i = 0; i < count; i++)
        types[i + 1] = (char)values[i].type;
    for (size_t i = 0; i < count; i++)
        add_wire_value(wire, &values[i]);
}

int migci_wire_exec(migci_wire *wire, const char *sql, size_t count,
                    const migci_wire_value *values) {
    begin_statement(wire, sql, count, values);
    return finish_request(wire, REQUEST_EXEC_SQL, ANSWER_RESULT);
}

static bool take_wire_value(const migci_wire *wire, size_t *offset, migci_wire_value *value) {
    uint64_t number;
    switch (value->type) {
    case MIGCI_WIRE_TEXT:
    case MIGCI_WIRE_ISO_8601:
        value->bytes = take_wire_text(wire, offset);
        value->size = value->bytes ? strlen(value->bytes) : 0;
        return value->bytes;
    case MIGCI_WIRE_BLOB:
        if (!take_wire_number(wire, offset, &number))
            return false;
        value->bytes = take_blob(wire, offset, number);
        value->size = (size_t)number;
        return value->bytes;
    default:
        if (!take_wire_number(wire, offset, &number))
            return false;
        memcpy(&value->real, &number, sizeof(value->real));
        value->number = (int64_t)number;
        return true;
    }
}

/* A row begins with its types, 4 bits each. */
static bool take_row(const migci_wire *wire, size_t *offset, size_t count,
                     migci_wire_value *values) {
    const char *types = take_blob(wire, offset, (count + 1) / 2);
    if (!types)
        return false;
    for (size_t i = 0; i < count; i++) {
        memset(&values[i], 0, sizeof(values[i]));
        values[i].type = (migci_wire_type)((unsigned char)types[i / 2] >> i % 2 * 4 & 15);
        if (!take_wire_value(wire, offset, &values[i]))
            return false;
    }
    return true;
}

/* The rows of one answer.  *more: another answer follows. */
static int take_wire_rows(migci_wire *wire, migci_wire_row **row, void *argument, bool *more) {
    migci_wire_value values[MOST_COLUMNS];
    size_t offset = 0;
    uint64_t count, mark;
    if (!take_wire_number(wire, &offset, &count) || count > MOST_COLUMNS)
        return fail_answer(wire);
    for (uint64_t i = 0; i < count; i++)
        if (!take_wire_text(wire, &offset))
            return fail_answer(wire);
    for (;;) {
        size_t begin = offset;
        if (!take_wire_number(wire, &offset, &mark))
            return fail_answer(wire);
        *more = mark == ROWS_MORE;
        if (mark == ROWS_DONE || mark == ROWS_MORE)
            return 0;
        offset = begin;
        if (!take_row(wire, &offset, (size_t)count, values))
            return fail_answer(wire);
        if (*row && (*row)(argument, (size_t)count, values))
            *row = NULL;
    }
}

int migci_wire_query(migci_wire *wire, const char *sql, size_t count,
                     const migci_wire_value *values, migci_wire_row *row, void *argument) {
    bool more = false;
    begin_statement(wire, sql, count, values);
    int code = finish_request(wire, REQUEST_QUERY_SQL, ANSWER_ROWS);
    if (code == 0)
        code = take_wire_rows(wire, &row, argument, &more);
    while (code == 0 && more) {
        code = receive_answer(wire);
        if (code == 0)
            code = wire->in_type == ANSWER_ROWS ? take_wire_rows(wire, &row, argument, &more)
                                                : fail_answer(wire);
    }
    return code;
}

/* -------------------------------------------------------------------- upkeep */

int migci_wire_add_node(migci_wire *wire, uint64_t id, const char *address) {
    begin_request(wire);
    add_wire_number(wire, id);
    add_wire_text(wire, address);
    return finish_request(wire, REQUEST_ADD, ANSWER_EMPTY);
}

int migci_wire_make_voter(migci_wire *wire, uint64_t id) {
    begin_request(wire);
    add_wire_number(wire, id);
    add_wire_number(wire, 0); /* the role of a voter */
    return finish_request(wire, REQUEST_ASSIGN, ANSWER_EMPTY);
}

int migci_wire_dump(migci_wire *wire, const char *database, migci_wire_file *file, void *argument) {
    size_t offset = 0;
    uint64_t count, size;
    begin_request(wire);
    add_wire_text(wire, database);
    int code = finish_request(wire, REQUEST_DUMP, ANSWER_FILES);
    if (code != 0)
        return code;
    if (!take_wire_number(wire, &offset, &count))
        return fail_answer(wire);
    while (count-- > 0) {
        const char *name = take_wire_text(wire, &offset);
        const char *bytes = NULL;
        if (name && take_wire_number(wire, &offset, &size))
            bytes = take_blob(wire, &offset, size);
        if (!bytes)
            return fail_answer(wire);
        if (!file(argument, name, bytes, (size_t)size))
            return fail_request(wire, SQLITE_IOERR, "the file could not be written");
    }
    return 0;
}
