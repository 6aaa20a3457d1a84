/*
 * The client of dqlite's wire protocol, on a connection that is a buffer: what a node answers is
 * not believed, whatever its bytes are; and what is known of a statement before it is sent.
 */
#include "check.h"
#include "dqlite/dqlite_sql.h"
#include "dqlite/wire.h"
#include "fake_dqlite.h"
#include "sets.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

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
    CHECK(migci_sql_sets_stamp("PRAGMA user_version = -12"));
    CHECK(!migci_sql_sets_stamp("PRAGMA user_version = 1; DELETE FROM a"));
    CHECK(!migci_sql_sets_stamp("PRAGMA user_version"));
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

/* ------------------------------------------------------------ a node that falls silent */

static const migc_step silent_1[] = {SQL(2, "CREATE TABLE book(id INTEGER PRIMARY KEY)"),
                                     SQL(4, "DROP TABLE book")};
static const migc_migration silent_migrations[] = {
    MIGRATION(1, "001_book", 0, 1, 1, 0, silent_1),
};
static const migc_set silent_set = SET("silent", silent_migrations, NULL);

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct silent_call {
    struct fake_cluster cluster;
    migc_options options;
    migc_remote *other;
    migc_error error;
    double seconds;
};

static void open_silent(struct silent_call *call, const char *silent_at) {
    static char path[64];
    memset(call, 0, sizeof(*call));
    snprintf(path, sizeof(path), "/tmp/migc-silent-%ld.db", (long)getpid());
    unlink(path);
    call->cluster.path = path;
    call->cluster.silent_at = silent_at;
    call->cluster.shakes_hands = true;
    call->options.wait_ms = 1000;
    call->options.remote = migc_dqlite_open_with("a:1", "silent", fake_dial, &call->cluster);
}

static migc_code up_silent(struct silent_call *call) {
    double begun = seconds_now();
    migc_code code = migc_up(NULL, &silent_set, &call->options, &call->error);
    call->seconds = seconds_now() - begun;
    return code;
}

static void close_silent(struct silent_call *call) {
    migc_dqlite_close(call->options.remote);
    unlink(call->cluster.path);
}

TEST(fake_node_runs, "N14: the driver migrates a node of the protocol") {
    struct silent_call call;
    open_silent(&call, NULL);
    CHECK_MSG(up_silent(&call) == MIGC_OK, "%s", call.error.message);
    CHECK_INT(MIGC_OK, up_silent(&call));
    CHECK(call.cluster.statements < 30);
    close_silent(&call);
}

TEST(silent_wait,
     "N14: a node that shakes hands and then is silent is waited for as long as wait_ms "
     "says, by what runs and by what lists") {
    struct silent_call call;
    migc_states states;
    migc_plan plan;
    open_silent(&call, "");
    CHECK_INT(MIGC_UNREACHABLE, up_silent(&call));
    CHECK_MSG(call.seconds < 5, "%.1f s", call.seconds);
    CHECK_CONTAINS("the node does not answer (a:1)", call.error.message);
    CHECK_CONTAINS("Nothing was changed", call.error.message);
    double begun = seconds_now();
    CHECK_INT(MIGC_UNREACHABLE,
              migc_status(NULL, &silent_set, &states, &call.options, &call.error));
    CHECK_INT(MIGC_UNREACHABLE,
              migc_plan_to(NULL, &silent_set, MIGC_LATEST, &plan, &call.options, &call.error));
    CHECK_MSG(seconds_now() - begun < 8, "%.1f s", seconds_now() - begun);
    CHECK_CONTAINS("the node does not answer (a:1)", call.error.message);
    close_silent(&call);
}

TEST(silent_timeout,
     "N14: the deadline ends the wait for a silent node, wherever in a run it falls "
     "silent, and the message names the node") {
    static const struct {
        const char *at, *state;
    } places[] = {
        {"", "Nothing was changed"},
        {"BEGIN IMMEDIATE", "The database is as it was before the run"},
        {"CREATE TABLE book", "The database is as it was before the run"},
        {"COMMIT", "the next start finds out which"},
    };
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        struct silent_call call;
        open_silent(&call, places[i].at);
        call.options.wait_ms = 60000;
        call.options.timeout_ms = 300;
        call.options.progress = &migc_progress;
        CHECK_MSG(up_silent(&call) == MIGC_TIMED_OUT, "%s: %s", places[i].at, call.error.message);
        CHECK_MSG(call.seconds < 4, "%s: %.1f s", places[i].at, call.seconds);
        CHECK_CONTAINS("(a:1)", call.error.message);
        CHECK_CONTAINS(places[i].state, call.error.message);
        close_silent(&call);
    }
}

TEST(silent_commit,
     "N14: what became of a COMMIT that a node was silent to is read by the next call") {
    for (int done = 0; done < 2; done++) {
        struct silent_call call;
        migc_result result;
        open_silent(&call, "COMMIT");
        call.cluster.done_first = done;
        call.options.timeout_ms = 500;
        call.options.progress = &migc_progress;
        CHECK_MSG(up_silent(&call) == MIGC_TIMED_OUT, "%s", call.error.message);
        call.cluster.is_silent = false;
        call.cluster.silent_at = NULL;
        call.options.result = &result;
        CHECK_MSG(up_silent(&call) == MIGC_OK, "%s", call.error.message);
        CHECK_INT(done ? 0 : 1, result.count);
        close_silent(&call);
    }
}

TEST(other_servers, "N14: what is no node of dqlite is told, whatever it answers") {
    static const struct {
        const char *answer, *reason;
    } rows[] = {
        {"HTTP/1.1 400 Bad Request\r\n\r\n", "the node's answer is larger than any of dqlite's"},
        {"\377\377\377\007\002\0\0", "the node closed the connection"},
        {"\1\0\0\0\7\0\0\0\1\2\3\4\5\6\7", "the node does not answer as one of dqlite does"},
    };
    static const size_t sizes[] = {28, 8, 16};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        migci_wire wire = {0};
        struct fake_node node = {(const unsigned char *)rows[i].answer, sizes[i], 0, 0};
        CHECK_INT(MIGCI_WIRE_BROKEN, migci_wire_connect(&wire, "h:1", dial_fake, &node, 1000));
        CHECK_STR(rows[i].reason, wire.reason);
    }
}

TEST(untrue_size,
     "N14: memory for an answer follows what has come of it, not the size that it claims") {
    static const unsigned char answers[] = {WELCOME, 0, 0, 0, 8, 7, 0, 0, 0, 1, 2, 3};
    struct fake_node node = {answers, sizeof(answers), 0, 0};
    migci_wire wire = {0};
    int64_t sum = 0;
    CHECK_INT(MIGCI_WIRE_BROKEN, ask_fake(&node, &wire, &sum));
    CHECK_STR("the node closed the connection", wire.reason);
    CHECK(wire.in.capacity < 1 << 20);
    migci_wire_close(&wire);
}

/* ------------------------------------------------------------------- round trips */

static const migc_step trip_1[] = {SQL(2, "CREATE TABLE shelf(id INTEGER PRIMARY KEY)"),
                                   SQL(4, "DROP TABLE shelf")};
static const migc_step trip_2[] = {
    SQL(2, "CREATE TABLE volume(id INTEGER PRIMARY KEY, shelf REFERENCES shelf(id))"),
    SQL(4, "DROP TABLE volume")};
static const migc_step trip_3[] = {SQL(2, "CREATE TRIGGER shelf_added AFTER INSERT ON shelf BEGIN"
                                          " INSERT INTO volume(shelf) VALUES(new.id + 8); END"),
                                   SQL(4, "DROP TRIGGER shelf_added")};
static const migc_step trip_4[] = {SQL(2, "INSERT INTO shelf VALUES(1)"),
                                   SQL(4, "DELETE FROM shelf")};
static const migc_step trip_5[] = {SQL(2, "CREATE TABLE page(id INTEGER PRIMARY KEY)"),
                                   SQL(4, "DROP TABLE page")};
static const migc_migration trip_migrations[] = {
    MIGRATION(1, "001_shelf", 0, 1, 1, 0, trip_1),   MIGRATION(2, "002_volume", 0, 1, 1, 0, trip_2),
    MIGRATION(3, "003_trigger", 0, 1, 1, 0, trip_3), MIGRATION(4, "004_fill", 0, 1, 1, 0, trip_4),
    MIGRATION(5, "005_page", 0, 1, 1, 0, trip_5),
};

/* Those of trip_migrations that are named, which say what they touch. */
static migc_code up_trips(const size_t *numbers, size_t count, struct silent_call *call) {
    static const char *const touched[] = {"[]", "[\"volume\"]", "[]", "[\"shelf\"]", "[]"};
    migc_migration chosen[5];
    migc_set set = SET("trips", chosen, NULL);
    for (size_t i = 0; i < count; i++) {
        chosen[i] = trip_migrations[numbers[i] - 1];
        chosen[i].touched = touched[numbers[i] - 1];
    }
    set.count = count;
    open_silent(call, NULL);
    call->options.flags = MIGC_EACH;
    return migc_up(NULL, &set, &call->options, &call->error);
}

TEST(round_trips,
     "N14: a migration in a transaction of its own takes six round trips besides its steps") {
    static const size_t numbers[] = {1, 5};
    unsigned counted[2];
    for (size_t i = 0; i < 2; i++) {
        struct silent_call call;
        CHECK_INT(MIGC_OK, up_trips(numbers, i + 1, &call));
        counted[i] = call.cluster.statements;
        close_silent(&call);
    }
    CHECK_INT(1 + 6, counted[1] - counted[0]);
}

TEST(keys_of_triggers,
     "N14: a trigger that breaks a foreign key is found out by a later migration") {
    static const size_t numbers[] = {1, 2, 3, 4};
    struct silent_call call;
    CHECK_INT(MIGC_OK, up_trips(numbers, 3, &call));
    close_silent(&call);
    CHECK_INT(MIGC_FOREIGN_KEY, up_trips(numbers, 4, &call));
    CHECK_CONTAINS("row 1 of volume points at no row of shelf", call.error.message);
    CHECK_CONTAINS("the database is at 003_trigger", call.error.message);
    close_silent(&call);
}

static const migc_step stamp_1[] = {
    SQL(2, "CREATE TABLE stamp(version INTEGER CHECK(version = 3))"),
    SQL(3, "PRAGMA user_version = 3"),
    SQL(4, "INSERT INTO stamp SELECT user_version FROM pragma_user_version"),
    SQL(6, "DROP TABLE stamp"),
};
static const migc_migration stamp_migrations[] = {MIGRATION(1, "001_stamp", 0, 3, 1, 0, stamp_1)};

TEST(own_stamp, "N14: a statement that sets user_version is seen by the next one") {
    migc_set set = SET("stamp", stamp_migrations, NULL);
    struct silent_call call;
    set.flags = MIGC_SET_NO_STAMP;
    open_silent(&call, NULL);
    migc_code code = migc_up(NULL, &set, &call.options, &call.error);
    CHECK_MSG(code == MIGC_OK, "%s", call.error.message);
    close_silent(&call);
}

TEST(busy_commit, "N14: a stamp that was refused together with its COMMIT is not lost") {
    struct silent_call call;
    migc_result result;
    open_silent(&call, NULL);
    CHECK_INT(MIGC_OK, up_silent(&call));
    call.cluster.busy_at = "COMMIT";
    CHECK_INT(MIGC_OK, migc_down(NULL, &silent_set, 1, &call.options, &call.error));
    CHECK(!call.cluster.busy_at);
    call.options.result = &result;
    CHECK_INT(MIGC_OK, up_silent(&call));
    CHECK_INT(1, result.count);
    close_silent(&call);
}

/* --------------------------------------------------------- waiting for another program */

static migc_code await_silent(struct silent_call *call) {
    call->options.wait_ms = 200;
    return migc_wait_current(NULL, &silent_set, &call->options, &call->error);
}

TEST(wait_pending, "N14: a program that must not migrate waits for another on a cluster, too") {
    struct silent_call call;
    open_silent(&call, NULL);
    CHECK_INT(MIGC_READ_ONLY, await_silent(&call));
    CHECK_CONTAINS("001_book, and it is still pending (1 in all)", call.error.message);
    CHECK_INT(MIGC_OK, up_silent(&call));
    CHECK_INT(MIGC_OK, await_silent(&call));
    call.cluster.is_silent = true;
    CHECK_INT(MIGC_UNREACHABLE, await_silent(&call));
    close_silent(&call);
}

/* Another program migrates, and the node then drops the connection that waits: the next one counts
 * the changes that it sees from its own beginning. */
static int migrate_meanwhile(const migc_event *event, void *user) {
    struct silent_call *call = user;
    migc_options own = {.remote = call->other};
    if (event->type != MIGC_EVENT_PENDING)
        return 0;
    CHECK_INT(MIGC_OK, migc_up(NULL, &silent_set, &own, NULL));
    call->cluster.broken = true;
    return 0;
}

TEST(wait_on_another_leader,
     "N14: a wait sees what was migrated, also when it goes on on another connection") {
    struct silent_call call;
    open_silent(&call, NULL);
    call.other = migc_dqlite_open_with("b:1", "silent", fake_dial, &call.cluster);
    call.options.on_event = migrate_meanwhile;
    call.options.event_user = &call;
    call.options.wait_ms = 5000;
    migc_code code = migc_wait_current(NULL, &silent_set, &call.options, &call.error);
    CHECK_MSG(code == MIGC_OK, "%s", call.error.message);
    migc_dqlite_close(call.other);
    close_silent(&call);
}

/* ------------------------------------------------------------------- stops */

/* A node that takes a slice of a wait for each answer. */
static long read_late(void *handle, void *bytes, size_t size, int timeout_ms) {
    struct timespec pause = {0, timeout_ms * 1000000L};
    nanosleep(&pause, NULL);
    return read_fake(handle, bytes, size, timeout_ms);
}

static bool dial_late(migc_dqlite_stream *stream, const char *host, const char *port,
                      int timeout_ms, void *user) {
    dial_fake(stream, host, port, timeout_ms, user);
    stream->read = read_late;
    return true;
}

static bool stop_waiting(void *argument, int64_t waited_ms) {
    (void)argument, (void)waited_ms;
    return true;
}

TEST(late_answer,
     "N14: an answer that has come is taken, also where the wait for it is at an end") {
    static const unsigned char answers[] = {WELCOME, ROWS};
    struct fake_node node = {answers, sizeof(answers), 0, 0};
    migci_wire wire = {0};
    int64_t sum = 0;
    CHECK_INT(0, migci_wire_connect(&wire, "h:1", dial_late, &node, 1000));
    wire.watch = stop_waiting;
    CHECK_INT(0, migci_wire_query(&wire, "SELECT a, b", 0, NULL, take_two, &sum));
    CHECK_INT(7, sum);
    migci_wire_close(&wire);
}

#define TESTS(X)                                                                                   \
    X(rows_are_read)                                                                               \
    X(hostile_answers)                                                                             \
    X(dripping_node)                                                                               \
    X(addresses)                                                                                   \
    X(kinds)                                                                                       \
    X(refusals)                                                                                    \
    X(fake_node_runs)                                                                              \
    X(silent_wait)                                                                                 \
    X(silent_timeout)                                                                              \
    X(silent_commit)                                                                               \
    X(other_servers)                                                                               \
    X(untrue_size)                                                                                 \
    X(round_trips)                                                                                 \
    X(keys_of_triggers)                                                                            \
    X(own_stamp) X(busy_commit) X(wait_pending) X(wait_on_another_leader) X(late_answer)

CHECK_MAIN(TESTS)
