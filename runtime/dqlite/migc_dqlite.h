/*
 * migc_dqlite.h - runs migrations on a database of a dqlite cluster (SQLite replicated by Raft).
 * It is a library of its own, libmigc-dqlite.
 *
 *     migc_options options = {0};
 *     options.remote = migc_dqlite_open("h1:9001,h2:9001,h3:9001", "notes");
 *     migc_code code = migc_up(NULL, &notes, &options, &error);
 *     migc_dqlite_close(options.remote);
 *
 * It speaks version 1 of dqlite's wire protocol, as servers from 1.11 on do.  A remote belongs to
 * one call at a time.  migc-replicated.7 says what works on a cluster and what does not.
 */
#ifndef MIGC_DQLITE_H
#define MIGC_DQLITE_H

#include <stdbool.h>
#include <stddef.h>

#include "migc.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A connection to one node, made by a dial function.  `handle` is for its functions.  read and
 * write wait at most timeout_ms milliseconds until they can move at least one byte, and return how
 * many bytes they moved, or one of the results below.
 */
typedef struct migc_dqlite_stream {
    void *handle;
    long (*read)(void *handle, void *bytes, size_t size, int timeout_ms);
    long (*write)(void *handle, const void *bytes, size_t size, int timeout_ms);
    void (*close)(void *handle);
} migc_dqlite_stream;

enum {
    MIGC_DQLITE_CLOSED = 0,    /* read: the node has closed the connection */
    MIGC_DQLITE_BROKEN = -1,   /* the connection cannot be used any more */
    MIGC_DQLITE_TIMED_OUT = -2 /* nothing moved within timeout_ms; may be called again */
};

/* Connects to a node within timeout_ms.  Fills `stream` and returns true, or returns false. */
typedef bool migc_dqlite_dial(migc_dqlite_stream *stream, const char *host, const char *port,
                              int timeout_ms, void *user);

/* Plain TCP, the default.  `user` is not used.  For TLS, a host has a dial function of its own,
 * with its own TLS library. */
MIGC_API bool migc_dqlite_tcp(migc_dqlite_stream *stream, const char *host, const char *port,
                              int timeout_ms, void *user);

/*
 * `servers` are nodes of one cluster, "127.0.0.1:9001,[::1]:9002"; any one that answers names the
 * others.  `database` is the name of the database there, at most 500 bytes.  Both are copied.
 * Connects when it is first used.  Returns NULL when memory is out.  The caller gives it to
 * migc_dqlite_close().
 */
MIGC_API migc_remote *migc_dqlite_open(const char *servers, const char *database);
/* The same with a dial function of the host; `user` is handed to it. */
MIGC_API migc_remote *migc_dqlite_open_with(const char *servers, const char *database,
                                            migc_dqlite_dial *dial, void *user);
MIGC_API void migc_dqlite_close(migc_remote *remote); /* NULL is allowed */

/* What happened on the wire since migc_dqlite_open(). */
typedef struct migc_dqlite_counts {
    unsigned connections;         /* made to a leader */
    unsigned requests;            /* statements sent; each is one round trip */
    unsigned lost_in_transaction; /* transactions lost with their connection */
    unsigned lost_in_commit;      /* COMMITs whose answer did not come */
    unsigned deposed;             /* leaders that another node said no longer lead */
} migc_dqlite_counts;

MIGC_API const migc_dqlite_counts *migc_dqlite_counted(const migc_remote *remote);

/* For migc_options.verbs: the option --dqlite HOST:PORT,.../NAME of the command line. */
MIGC_API extern const migc_verbs migc_verbs_dqlite;

#ifdef __cplusplus
}
#endif

#endif
