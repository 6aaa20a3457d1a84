/*
 * dqlite.c - the driver of driver.h for a dqlite cluster.
 *
 * The leader runs SQLite.  A transaction lives on the connection to the leader and dies with it.
 * If the connection breaks before COMMIT was sent, the transaction did not happen; if it breaks
 * before COMMIT was answered, that is unknown.  The driver sends nothing twice: it reports what
 * became of the connection, and the engine reads the history before it goes on.
 */
#include "dqlite_sql.h"
#include "engine/engine.h"
#include "wire.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_MS = 1000,
    ANSWER_MS = 2000,     /* for what the engine can send again, which it does for wait_ms */
    STATEMENT_MS = 30000, /* for what cannot be sent again, even if wait_ms is less */
    LAST_MS = 1000,       /* after the deadline, for a COMMIT that was sent and for clearing up */
    OPINION_MS = 300,
    OPINION_EVERY_MS = 2000,
    MOST_CELLS = 64,
    MOST_LEARNT = 1024 /* bytes of addresses that the cluster names */
};

typedef struct cluster {
    migc_remote remote;       /* first, so that a remote is its cluster */
    char *servers, *database; /* servers: those given, then those learnt from the cluster */
    size_t servers_room;
    bool learnt;
    migc_dqlite_dial *dial;
    void *dial_user;
    migci_wire wire;
    int64_t wait_ms, end_ms; /* of the call; end_ms 0: it has no deadline */
    bool in_transaction, writes, committing;
    char stamp[80];   /* "PRAGMA user_version = N; ", which goes with the COMMIT; or empty */
    bool is_set_up;   /* the connection has the settings of a run */
    int foreign_keys; /* in those settings */
    migci_watch_function *look; /* the engine's; anything but 0 gives up */
    void *look_argument;
    bool stopped;       /* `look` gave up */
    bool is_deposed;    /* another node said that the leader no longer leads */
    int64_t opinion_ms; /* how far into the wait another node was last asked */
    migc_dqlite_counts counts;
    char reason[400]; /* why the last node that was tried did not serve */
} cluster;

static cluster *cluster_of(migci_driver *driver) {
    return (cluster *)(void *)driver->remote;
}

/* --------------------------------------------------------------- time limits */

/* Milliseconds until the deadline, at most `most`. */
static int64_t time_left(const cluster *at, int64_t most) {
    if (!at->end_ms)
        return most;
    int64_t left = at->end_ms + (at->look ? LAST_MS : 0) - migci_now_us() / 1000;
    return left < 0 ? 0 : left < most ? left : most;
}

/* How long the answer to the next request is awaited.  The engine can repeat what only reads
 * outside a transaction.  In a transaction, or for a write, giving up loses the transaction. */
static void limit_answer(cluster *at, bool writes) {
    int64_t most = at->wait_ms > CONNECT_MS ? at->wait_ms : CONNECT_MS;
    if (writes || (at->in_transaction && at->writes))
        most = most > STATEMENT_MS ? most : STATEMENT_MS;
    else if (!at->in_transaction)
        most = most < ANSWER_MS ? most : ANSWER_MS;
    most = time_left(at, most);
    at->wire.timeout_ms = most > 0 ? (int)most : 1;
}

static int exec_limited(cluster *at, const char *sql, bool writes) {
    limit_answer(at, writes);
    at->counts.requests++;
    return migci_wire_exec(&at->wire, sql, 0, NULL);
}

static void end_transaction(cluster *at) {
    at->in_transaction = false;
    *at->stamp = '\0';
}

/* ------------------------------------------------------------ the connection */

/* Copies the next of "a,b,c" and returns what follows it, or NULL at the end. */
static const char *next_server(const char *servers, char *server, size_t size) {
    size_t length = strcspn(servers, ",");
    if (length == 0)
        return NULL;
    snprintf(server, size, "%.*s", (int)length, servers);
    return servers + length + (servers[length] == ',');
}

/* Now and then another node is asked who leads.  If it names another leader, ours was deposed and
 * cannot commit. */
static bool watch_answer(void *argument, int64_t waited_ms) {
    cluster *at = argument;
    char server[256], leader[256];
    const char *servers = at->servers;
    bool is_deposed = false;
    if (at->look && !at->committing && at->look(at->look_argument))
        return at->stopped = true;
    if (waited_ms < at->opinion_ms) /* another wait */
        at->opinion_ms = 0;
    if (waited_ms - at->opinion_ms < OPINION_EVERY_MS)
        return false;
    at->opinion_ms = waited_ms;
    while (!is_deposed && (servers = next_server(servers, server, sizeof(server)))) {
        migci_wire other = {0};
        is_deposed = strcmp(server, at->wire.address) != 0 &&
                     migci_wire_connect(&other, server, at->dial, at->dial_user, OPINION_MS) == 0 &&
                     migci_wire_leader(&other, leader, sizeof(leader)) == 0 && *leader &&
                     strcmp(leader, at->wire.address) != 0;
        migci_wire_close(&other);
    }
    at->counts.deposed += is_deposed;
    at->is_deposed |= is_deposed;
    return is_deposed;
}

static bool give_up_node(cluster *at, const char *reason) {
    snprintf(at->reason, sizeof(at->reason), "%.200s (%.150s)", reason, at->wire.address);
    migci_wire_close(&at->wire);
    return false;
}

/* Connects to `server`, or to the leader that it names. */
static bool connect_by(cluster *at, const char *server) {
    char leader[256];
    migci_wire *wire = &at->wire;
    for (int hop = 0; hop < 2; hop++) {
        const char *address = hop ? leader : server;
        int left_ms = (int)time_left(at, CONNECT_MS);
        if (left_ms == 0) /* at->reason stays that of the last try */
            return false;
        if (migci_wire_connect(wire, address, at->dial, at->dial_user, left_ms) != 0 ||
            migci_wire_leader(wire, leader, sizeof(leader)) != 0)
            return give_up_node(at, wire->reason);
        if (!*leader)
            return give_up_node(at, "the node knows of no leader");
        if (strcmp(leader, wire->address) == 0)
            return true;
        migci_wire_close(wire);
    }
    return give_up_node(at, "the node leads no more");
}

/* Adds an address to those that are known. */
static void learn_node(void *argument, const char *address) {
    cluster *at = argument;
    size_t used = strlen(at->servers);
    const char *servers = at->servers;
    char server[256];
    while ((servers = next_server(servers, server, sizeof(server))))
        if (strcmp(server, address) == 0)
            return;
    if (*address && !strchr(address, ',') && strlen(address) < sizeof(at->wire.address) &&
        used + 1 + strlen(address) < at->servers_room)
        snprintf(at->servers + used, at->servers_room - used, ",%s", address);
}

/* Tries each node once.  To wait for a leader, the engine calls again. */
static bool connect_to_leader(cluster *at) {
    char server[256];
    const char *servers = at->servers;
    if (at->wire.is_open)
        return true;
    at->is_set_up = false;
    end_transaction(at);
    while ((servers = next_server(servers, server, sizeof(server)))) {
        if (!connect_by(at, server))
            continue;
        /* The first time, the leader also names the nodes that were not given. */
        at->learnt = at->learnt || migci_wire_nodes(&at->wire, learn_node, at) != MIGCI_WIRE_BROKEN;
        if (at->learnt && migci_wire_open_database(&at->wire, at->database) == 0) {
            at->wire.watch = watch_answer;
            at->wire.watch_argument = at;
            at->counts.connections++;
            return true;
        }
        give_up_node(at, at->wire.reason);
    }
    return false;
}

/* ------------------------------------------------------------------ failures */

static migci_outcome refuse_remote(migci_driver *driver, migc_code code, int sqlite_code,
                                   const char *reason) {
    migci_failure *failure = &driver->failure;
    failure->code = code;
    failure->sqlite_code = sqlite_code;
    failure->offset = -1;
    snprintf(failure->reason, sizeof(failure->reason), "%s", reason);
    return MIGCI_REFUSED;
}

/* What an answer means.  `commits`: the request makes changes durable. */
static migci_outcome outcome_of_answer(migci_driver *driver, int code, bool commits) {
    if (code == 0)
        return MIGCI_DONE;
    if (code == MIGCI_WIRE_BROKEN || (code & 0xff) == SQLITE_IOERR || code == SQLITE_ABORT ||
        code > 0xffff) {
        cluster *at = cluster_of(driver);
        const char *reason = at->is_deposed ? "the node leads no more"
                             : at->stopped  ? "the node had not answered"
                                            : at->wire.reason;
        give_up_node(at, reason);
        if (at->in_transaction && !commits) {
            at->counts.lost_in_transaction++;
            driver->lost = !at->stopped;
        }
        at->counts.lost_in_commit += commits;
        at->stopped = at->is_deposed = false;
        end_transaction(at);
        refuse_remote(driver, MIGC_UNREACHABLE, 0, at->reason);
        return commits ? MIGCI_UNKNOWN : MIGCI_REFUSED;
    }
    return refuse_remote(driver, migci_code_of(code), code, cluster_of(driver)->wire.reason);
}

static migci_outcome refuse_unreachable(migci_driver *driver) {
    const cluster *at = cluster_of(driver);
    char reason[sizeof(at->reason)];
    snprintf(reason, sizeof(reason), "%.360s%s", *at->reason ? at->reason : "it has no nodes",
             strchr(at->servers, ',') ? "" : ", and no other node is named");
    return refuse_remote(driver, MIGC_UNREACHABLE, 0, reason);
}

/* ----------------------------------------------------------------- statements */

struct handed {
    migci_driver *driver;
    migci_row_function *row;
    void *argument;
};

static void fill_cell(migci_value *cell, char number[32], const migci_wire_value *value) {
    *cell = MIGCI_TEXT(NULL);
    switch (value->type) {
    case MIGCI_WIRE_NULL:
        break;
    case MIGCI_WIRE_TEXT:
    case MIGCI_WIRE_ISO_8601:
        cell->text = value->bytes;
        cell->number = strtoll(value->bytes, NULL, 10);
        break;
    case MIGCI_WIRE_BLOB:
        cell->text = "";
        break;
    case MIGCI_WIRE_FLOAT:
        snprintf(number, 32, "%.15g", value->real);
        cell->text = number;
        cell->number = (int64_t)value->real;
        break;
    default:
        *cell = MIGCI_NUMBER(value->number);
        snprintf(number, 32, "%" PRId64, value->number);
        cell->text = number;
    }
}

static bool hand_remote_row(void *argument, size_t count, const migci_wire_value *values) {
    struct handed *handed = argument;
    migci_value cells[MOST_CELLS];
    char numbers[MOST_CELLS][32];
    handed->driver->columns = (int)(count < MOST_CELLS ? count : MOST_CELLS);
    for (int i = 0; i < handed->driver->columns; i++)
        fill_cell(&cells[i], numbers[i], &values[i]);
    return handed->row(handed->argument, cells) != 0;
}

static void fill_values(const migci_value *values, int count, migci_wire_value *filled) {
    memset(filled, 0, (size_t)count * sizeof(*filled));
    for (int i = 0; i < count; i++) {
        filled[i].type = values[i].is_number ? MIGCI_WIRE_INTEGER
                         : values[i].text    ? MIGCI_WIRE_TEXT
                                             : MIGCI_WIRE_NULL;
        filled[i].number = values[i].number;
        filled[i].bytes = values[i].text;
    }
}

/* Settings of the connection, which only the driver uses.  They are sent again on a new connection,
 * or after a migration has changed some.  dqlite turns foreign keys on for each new connection. */
static int send_settings(cluster *at, int foreign_keys) {
    char sql[400];
    if (at->is_set_up && at->foreign_keys == foreign_keys)
        return 0;
    /* cache_spill: dqlite 1.11 cannot read a spilled page again. */
    snprintf(sql, sizeof(sql),
             "PRAGMA foreign_keys = %d; PRAGMA legacy_alter_table = 0; PRAGMA writable_schema = 0;"
             " PRAGMA recursive_triggers = 0; PRAGMA ignore_check_constraints = 0;"
             " PRAGMA reverse_unordered_selects = 0; PRAGMA cache_spill = 0",
             foreign_keys);
    int code = exec_limited(at, sql, false);
    at->is_set_up = code == 0;
    at->foreign_keys = foreign_keys;
    return code;
}

static migci_outcome enter_remote(migci_driver *driver, int foreign_keys) {
    cluster *at = cluster_of(driver);
    if (!connect_to_leader(at))
        return refuse_unreachable(driver);
    return outcome_of_answer(driver, send_settings(at, foreign_keys), false);
}

static migci_outcome begin_remote(migci_driver *driver, int write) {
    cluster *at = cluster_of(driver);
    driver->lost = false;
    if (!connect_to_leader(at))
        return refuse_unreachable(driver);
    int code = at->is_set_up ? 0 : send_settings(at, at->foreign_keys);
    if (code == 0)
        code = exec_limited(at, write ? "BEGIN IMMEDIATE" : "BEGIN", false);
    at->in_transaction = code == 0;
    at->writes = write;
    return outcome_of_answer(driver, code, false);
}

/* The engine writes the stamp right before it commits, so the two are sent in one request.  Any
 * other statement after the stamp has it written first. */
static bool keeps_stamp(cluster *at, const char *sql) {
    if (!at->in_transaction || !migci_sql_sets_stamp(sql) || strlen(sql) + 3 > sizeof(at->stamp))
        return false;
    snprintf(at->stamp, sizeof(at->stamp), "%s; ", sql);
    return true;
}

static void follow_statement(cluster *at, migci_sql_kind kind, const char *sql) {
    if (kind == MIGCI_SQL_BEGINS)
        at->in_transaction = at->writes = true;
    else if (kind == MIGCI_SQL_ENDS)
        end_transaction(at);
    else if (kind == MIGCI_SQL_SETTING && migci_sql_sets_connection(sql))
        at->is_set_up = false;
}

static migci_outcome query_remote(migci_driver *driver, const char *sql, const migci_value *values,
                                  int count, migci_row_function *row, void *argument) {
    cluster *at = cluster_of(driver);
    migci_wire_value filled[MIGCI_MOST_VALUES];
    struct handed handed = {driver, row, argument};
    const char *refusal = migci_sql_refusal(sql, at->in_transaction);
    migci_sql_kind kind = migci_sql_kind_of(sql);
    assert(count <= MIGCI_MOST_VALUES);
    if (refusal)
        return refuse_remote(driver, MIGC_STEP_FAILED, 0, refusal);
    if (kind == MIGCI_SQL_EMPTY)
        return MIGCI_DONE;
    if (!connect_to_leader(at))
        return refuse_unreachable(driver);
    if (!row && keeps_stamp(at, sql))
        return MIGCI_DONE;
    int code = *at->stamp ? exec_limited(at, at->stamp, false) : 0;
    *at->stamp = '\0';
    if (code != 0)
        return outcome_of_answer(driver, code, false);
    bool commits = kind == MIGCI_SQL_WRITES && !at->in_transaction;
    fill_values(values, count, filled);
    limit_answer(at, commits);
    at->counts.requests++;
    if (row || kind == MIGCI_SQL_READS)
        code = migci_wire_query(&at->wire, sql, (size_t)count, filled, row ? hand_remote_row : NULL,
                                &handed);
    else
        code = migci_wire_exec(&at->wire, sql, (size_t)count, filled);
    if (code == SQLITE_ROW && at->in_transaction)
        code = 0; /* RETURNING: everything is done at the first row */
    if (code == 0)
        follow_statement(at, kind, sql);
    return outcome_of_answer(driver, code, commits);
}

/* A lock may have refused the stamp or COMMIT, and neither may be tried again without the other.  So
 * the transaction is given up with its connection, and the history says what to do. */
static migci_outcome commit_remote(migci_driver *driver) {
    cluster *at = cluster_of(driver);
    assert(at->in_transaction);
    char sql[sizeof(at->stamp) + sizeof("COMMIT")];
    snprintf(sql, sizeof(sql), "%sCOMMIT", at->stamp);
    at->committing = true; /* once it is sent, its answer is awaited */
    int code = exec_limited(at, sql, true);
    at->committing = false;
    if (*at->stamp && migci_code_of(code) == MIGC_LOCKED)
        code = MIGCI_WIRE_BROKEN;
    migci_outcome outcome = outcome_of_answer(driver, code, true);
    if (outcome == MIGCI_DONE)
        end_transaction(at);
    *at->stamp = '\0';
    return outcome;
}

/* A node rolls back what a connection leaves open. */
static void rollback_remote(migci_driver *driver) {
    cluster *at = cluster_of(driver);
    bool is_open = at->wire.is_open && at->in_transaction;
    end_transaction(at); /* a node that does not answer is not waited for */
    if (is_open) {
        int code = exec_limited(at, "ROLLBACK", false);
        if (code != 0 && code != SQLITE_ERROR) /* SQLITE_ERROR: rolled back already */
            migci_wire_close(&at->wire);
    }
}

static int has_remote_transaction(migci_driver *driver) {
    return cluster_of(driver)->in_transaction;
}

/* The connection is kept for the next call. */
static void close_remote(migci_driver *driver) {
    rollback_remote(driver);
}

static void watch_remote(migc_remote *remote, migci_watch_function *look, void *argument) {
    cluster *at = (struct cluster *)(void *)remote;
    at->look = look;
    at->look_argument = argument;
}

static const migci_driver_methods remote_methods = {
    begin_remote,    query_remote,           commit_remote,
    rollback_remote, has_remote_transaction, close_remote,
};

static void attach_cluster(migc_remote *remote, migci_driver *driver, const migc_options *options) {
    cluster *at = (struct cluster *)(void *)remote;
    bool has_deadline = options->progress && options->timeout_ms > 0;
    at->wait_ms = migci_wait_us(options) / 1000;
    at->end_ms = has_deadline ? migci_now_us() / 1000 + options->timeout_ms : 0;
    memset(driver, 0, sizeof(*driver));
    driver->methods = &remote_methods;
    driver->remote = remote;
}

migc_remote *migc_dqlite_open_with(const char *servers, const char *database,
                                   migc_dqlite_dial *dial, void *user) {
    size_t servers_size = strlen(servers) + 1 + MOST_LEARNT, database_size = strlen(database) + 1;
    cluster *made = calloc(1, sizeof(*made) + servers_size + database_size);
    if (!made)
        return NULL;
    made->remote = (migc_remote){"dqlite",     attach_cluster,         enter_remote,
                                 watch_remote, migci_transaction_lost, migci_check_remote};
    made->servers = (char *)(made + 1);
    made->database = made->servers + servers_size;
    made->servers_room = servers_size;
    memcpy(made->servers, servers, strlen(servers) + 1);
    memcpy(made->database, database, database_size);
    made->dial = dial;
    made->dial_user = user;
    return &made->remote;
}

migc_remote *migc_dqlite_open(const char *servers, const char *database) {
    return migc_dqlite_open_with(servers, database, migc_dqlite_tcp, NULL);
}

void migc_dqlite_close(migc_remote *remote) {
    if (remote)
        migci_wire_close(&((cluster *)(void *)remote)->wire);
    free(remote);
}

const migc_dqlite_counts *migc_dqlite_counted(const migc_remote *remote) {
    return &((const cluster *)(const void *)remote)->counts;
}
