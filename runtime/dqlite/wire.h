/*
 * wire.h - a client of dqlite's wire protocol, version 1: one connection to one node, one request
 * at a time.
 *
 * A message is a header of 8 bytes (32 bits for how many words of 8 bytes follow; the type; the
 * schema; two zero bytes), then these words.  Numbers are little-endian; texts end in a NUL and are
 * padded to a word.  https://dqlite.io/docs/reference/wire-protocol
 */
#ifndef MIGC_DQLITE_WIRE_H
#define MIGC_DQLITE_WIRE_H

#include <stdint.h>

#include "migc_dqlite.h"

/* Results of a request: 0, a SQLite code, or one of these. */
enum {
    MIGCI_WIRE_BROKEN = -1,               /* no answer came; the connection is closed */
    MIGCI_WIRE_NOT_LEADER = 10 | 40 << 8, /* dqlite's own codes, in SQLite's form */
    MIGCI_WIRE_LEADERSHIP_LOST = 10 | 41 << 8
};

typedef enum migci_wire_type {
    MIGCI_WIRE_INTEGER = 1,
    MIGCI_WIRE_FLOAT = 2,
    MIGCI_WIRE_TEXT = 3,
    MIGCI_WIRE_BLOB = 4,
    MIGCI_WIRE_NULL = 5,
    MIGCI_WIRE_UNIX_TIME = 9,
    MIGCI_WIRE_ISO_8601 = 10,
    MIGCI_WIRE_BOOLEAN = 11
} migci_wire_type;

/* A value of a row or of a statement. */
typedef struct migci_wire_value {
    migci_wire_type type;
    int64_t number;
    double real;
    const void *bytes; /* of a text, which ends in a NUL, or of a blob */
    size_t size;
} migci_wire_value;

/* Asked every 50 ms while an answer is awaited: true gives the connection up. */
typedef bool migci_wire_watch(void *argument, int64_t waited_ms);

/* Called for each row; true ends that. */
typedef bool migci_wire_row(void *argument, size_t count, const migci_wire_value *values);

typedef struct migci_wire_buffer {
    char *bytes;
    size_t size, capacity;
} migci_wire_buffer;

/* Zeroed is closed. */
typedef struct migci_wire {
    migc_dqlite_stream stream;
    bool is_open;
    bool out_of_memory; /* a request could not be built */
    int timeout_ms;     /* for an answer; 0: none */
    migci_wire_watch *watch;
    void *watch_argument;
    char address[256];
    migci_wire_buffer out, in;
    unsigned char in_type;
    char reason[400]; /* of the last failure */
} migci_wire;

/* Connects to "HOST:PORT" and shakes hands.  After a failure it is closed. */
int migci_wire_connect(migci_wire *wire, const char *address, migc_dqlite_dial *dial, void *user,
                       int timeout_ms);
void migci_wire_close(migci_wire *wire);

/* The address of the leader, as this node knows it; "" while there is none. */
int migci_wire_leader(migci_wire *wire, char *address, size_t size);
/* Calls `node` with the address of each node of the cluster. */
typedef void migci_wire_node(void *argument, const char *address);
int migci_wire_nodes(migci_wire *wire, migci_wire_node *node, void *argument);
int migci_wire_open_database(migci_wire *wire, const char *name);

/* Runs statements whose rows are not wanted. */
int migci_wire_exec(migci_wire *wire, const char *sql, size_t count,
                    const migci_wire_value *values);
int migci_wire_query(migci_wire *wire, const char *sql, size_t count,
                     const migci_wire_value *values, migci_wire_row *row, void *argument);

/* Upkeep of a cluster, for tests: adds a node, and makes it a voter; copies a database's files. */
typedef bool migci_wire_file(void *argument, const char *name, const void *bytes, size_t size);
int migci_wire_add_node(migci_wire *wire, uint64_t id, const char *address);
int migci_wire_make_voter(migci_wire *wire, uint64_t id);
int migci_wire_dump(migci_wire *wire, const char *database, migci_wire_file *file, void *argument);

#endif
