/*
 * The client of dqlite's wire protocol, on a connection that is a buffer: what a node answers is
 * not believed, whatever its bytes are; and what is known of a statement before it is sent.
 */
#include "check.h"
#include "dqlite/dqlite_sql.h"
#include "dqlite/wire.h"

#include <stdlib.h>
#include <time.h>

/* A node whose answers are `answers`, and which forgets what it is sent. */
struct fake_node {
    const unsigned char *answers;
    size_t size, used, sent;
};

static long read_fake(void *handle, void *bytes, size_t size, int timeout_ms) {
    struct fake_node *node = handle;
    size_t left = node->size - node->used;
    (void)timeout_ms;
    if (size > left)
        size = left;
    memcpy(bytes, node->answers + node->used, size);
    node->used += size;
    return (long)size;
}

static long write_fake(void *handle, const void *bytes, size_t size, int timeout_ms) {
    (void)bytes;
    (void)timeout_ms;
    ((struct fake_node *)handle)->sent += size;
    return (long)size;
}

static void close_fake(void *handle) {
    (void)handle;
}

static bool dial_fake(migc_dqlite_stream *stream, const char *host, const char *port,
                      int timeout_ms, void *user) {
    (void)host;
    (void)port;
    (void)timeout_ms;
    *stream = (migc_dqlite_stream){user, read_fake, write_fake, close_fake};
    return true;
}

static bool refuse_dial(migc_dqlite_stream *stream, const char *host, const char *port,
                        int timeout_ms, void *user) {
    (void)stream;
    (void)timeout_ms;
    snprintf(user, 64, "%s|%s", host, port);
    return false;
}

#define WELCOME 1, 0, 0, 0, 2, 0, 0, 0, 16, 39, 0, 0, 0, 0, 0, 0
/* Two columns, "a" and "b"; the row 7, 'x'; no more. */
#define ROWS                                                                                       \
    7, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 'a', 0, 0, 0, 0, 0, 0, 0, 'b', 0, 0, 0, 0, 0,  \
        0, 0, 0x31, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 'x', 0, 0, 0, 0, 0, 0, 0, 0xff,   \
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff

static bool take_two(void *user, size_t count, const migci_wire_value *values) {
    CHECK_INT(2, count);
    CHECK_INT(MIGCI_WIRE_INTEGER, values[0].type);
    CHECK_STR("x", values[1].bytes);
    *(int64_t *)user += values[0].number;
    return false;
}

static int ask_fake(struct fake_node *node, migci_wire *wire, int64_t *sum) {
    int code = migci_wire_connect(wire, "h:1", dial_fake, node, 1000);
    return code ? code : migci_wire_query(wire, "SELECT a, b", 0, NULL, take_two, sum);
}

TEST(rows_are_read, "N14: rows of dqlite's protocol are read") {
    static const unsigned char answers[] = {WELCOME, ROWS};
    struct fake_node node = {answers, sizeof(answers), 0, 0};
    migci_wire wire = {0};
    int64_t sum = 0;
    CHECK_INT(0, ask_fake(&node, &wire, &sum));
    CHECK_INT(7, sum);
    CHECK(node.sent > 0 && node.sent % 8 == 0);
    migci_wire_close(&wire);
}

static bool take_any(void *user, size_t count, const migci_wire_value *values) {
    for (size_t i = 0; i < count; i++)
        if (values[i].bytes && values[i].size)
            *(int64_t *)user += *(const char *)values[i].bytes;
    return false;
}

TEST(hostile_answers, "N14: an answer with any byte changed, or cut anywhere, breaks nothing") {
    static const unsigned char answers[] = {WELCOME, ROWS};
    size_t broken = 0;
    for (size_t at = 0; at < sizeof(answers); at++)
        for (unsigned change = 0; change < 5; change++) {
            static const unsigned char changes[] = {0xff, 0x80, 0x7f, 0x01};
            unsigned char *bytes = malloc(sizeof(answers));
            int64_t sum = 0;
            migci_wire wire = {0};
            CHECK(bytes != NULL);
            memcpy(bytes, answers, sizeof(answers));
            struct fake_node node = {bytes, change == 4 ? at : sizeof(answers), 0, 0};
            if (change < 4)
                bytes[at] ^= changes[change];
            int code = migci_wire_connect(&wire, "h:1", dial_fake, &node, 1000);
            if (code == 0)
                code = migci_wire_query(&wire, "SELECT", 0, NULL, take_any, &sum);
            broken += code != 0;
            CHECK(code == 0 || *wire.reason);
            migci_wire_close(&wire);
            free(bytes);
        }
    CHECK(broken > sizeof(answers));
}

/* One byte of an answer that never ends, each time it is asked. */
static long drip(void *handle, void *bytes, size_t size, int timeout_ms) {
    struct timespec pause = {0, 1000000};
    (void)handle, (void)size, (void)timeout_ms;
    nanosleep(&pause, NULL);
    *(char *)bytes = 1;
    return 1;
}

static bool dial_drip(migc_dqlite_stream *stream, const char *host, const char *port,
                      int timeout_ms, void *user) {
    dial_fake(stream, host, port, timeout_ms, user);
    stream->read = drip;
    return true;
}

TEST(dripping_node,
     "N14: a node whose answer comes byte by byte is waited for no longer than others") {
    struct fake_node node = {0};
    migci_wire wire = {0};
    CHECK_INT(MIGCI_WIRE_BROKEN, migci_wire_connect(&wire, "h:1", dial_drip, &node, 60));
    CHECK_STR("the node does not answer", wire.reason);
}

TEST(addresses, "N14: the address of a node is HOST:PORT, with brackets around IPv6") {
    static const struct {
        const char *address, *dialled;
    } rows[] = {
        {"db.example:9001", "db.example|9001"},
        {"[::1]:9001", "::1|9001"},
        {"9001", ""},
        {":9001", ""},
        {"host:", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char dialled[64] = "";
        migci_wire wire = {0};
        CHECK_INT(MIGCI_WIRE_BROKEN,
                  migci_wire_connect(&wire, rows[i].address, refuse_dial, dialled, 1000));
        CHECK_STR(rows[i].dialled, dialled);
        migci_wire_close(&wire);
    }
}

TEST(kinds, "N14: what a statement does to a transaction is known before it is sent") {
    static const struct {
        const char *sql;
        migci_sql_kind kind;
    } rows[] = {
        {"", MIGCI_SQL_EMPTY},
        {"-- nothing\n /* at all */ ;", MIGCI_SQL_EMPTY},
        {"/* a */ select 1", MIGCI_SQL_READS},
        {"PRAGMA user_version", MIGCI_SQL_READS},
        {"PRAGMA user_version = 3", MIGCI_SQL_SETTING},
        {"BEGIN IMMEDIATE", MIGCI_SQL_BEGINS},
        {"savepoint a", MIGCI_SQL_BEGINS},
        {"ROLLBACK TRANSACTION TO a", MIGCI_SQL_SETTING},
        {"ROLLBACK", MIGCI_SQL_ENDS},
        {"END", MIGCI_SQL_ENDS},
        {"ENDING", MIGCI_SQL_WRITES},
        {"WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", MIGCI_SQL_WRITES},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK_MSG(migci_sql_kind_of(rows[i].sql) == rows[i].kind, "%s", rows[i].sql);
}

TEST(refusals, "N14: what brings a node down is refused before it is sent") {
    static const struct {
        const char *sql;
        bool in_transaction, refused;
    } rows[] = {
        {"ATTACH 'x' AS y", false, true},
        {"vacuum", false, true},
        {"PRAGMA page_size = 8192", false, true},
        {"PRAGMA main.journal_mode=delete", false, true},
        {"PRAGMA main.foreign_keys = ON", false, false},
        {"PRAGMA table_info(x)", false, false},
        {"INSERT INTO t VALUES(1) RETURNING x", false, true},
        {"INSERT INTO t VALUES(1) RETURNING x", true, false},
        {"INSERT INTO t VALUES('RETURNING')", false, false},
        {"INSERT INTO \"RETURNING\" VALUES(1) -- RETURNING", false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK_MSG((migci_sql_refusal(rows[i].sql, rows[i].in_transaction) != NULL) ==
                      rows[i].refused,
                  "%s", rows[i].sql);
}

#define TESTS(X)                                                                                   \
    X(rows_are_read) X(hostile_answers) X(dripping_node) X(addresses) X(kinds) X(refusals)

CHECK_MAIN(TESTS)
