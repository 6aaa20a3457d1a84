/*
 * crash_slow.c - the process is killed in the middle of an up and of a down.
 *
 * A child migrates and dies by SIGKILL in its Nth operation on a file, a write
 * half done; N is drawn from all that the run was measured to make, so that
 * nothing depends on the machine's speed.  What it leaves must be a state in
 * which the run could have been told to stop, and the next run must finish it.
 */
#include <stdbool.h>
#include <sys/wait.h>

#include "journey.h"

enum { FATAL = FAULTY_WRITE | FAULTY_SYNC | FAULTY_TRUNCATE | FAULTY_DELETE };
enum { SURVIVED = 10, FAILED, MOST_STOPS = 16 };

struct trip {
    struct journey journey;
    unsigned flags;
    int kills;
};

static struct {
    struct trip trip;
    uint64_t stops[MOST_STOPS]; /* contents that may be left: first is before, last is after */
    size_t stop_count;
    long operations; /* that the whole trip makes */
    uint64_t dice;
} world;

/* With this few pages of cache the file is written to long before COMMIT. */
static sqlite3 *open_traveller(void) {
    sqlite3 *db = db_open(journey_state.lab.path);
    db_exec(db, "PRAGMA cache_size = 10");
    return db;
}

static migc_code travel(sqlite3 *db, unsigned flags, migc_event_function *on_event,
                        migc_error *error) {
    const struct journey *journey = &world.trip.journey;
    migc_options options = {.flags = world.trip.flags | flags, .wait_ms = -1, .on_event = on_event};
    return migc_to(db, journey->set, journey->to, &options, error);
}

/* ------------------------------------------------------------------ learning */

static void note_stop(void) {
    sqlite3 *db = db_open(journey_state.lab.path);
    uint64_t content = db_digest(db);
    db_close(db);
    CHECK(world.stop_count < MOST_STOPS);
    world.stops[world.stop_count++] = content;
}

/* What is durable at an event that tells of it. */
static int note_durable(const migc_event *event, void *unused) {
    (void)unused;
    int outside = event->migration && event->migration->flags & MIGC_NO_TRANSACTION;
    bool claims = event->type == MIGC_EVENT_STARTED && event->down; /* and takes the stamp away */
    if (event->type == MIGC_EVENT_COMMITTED ||
        (outside && (claims || event->type == MIGC_EVENT_STEP)))
        note_stop();
    return 0;
}

static void learn_stops(void) {
    migc_error error;
    journey_restart();
    world.stop_count = 0;
    note_stop();
    sqlite3 *db = open_traveller();
    travel(db, 0, note_durable, &error);
    db_close(db);
    CHECK_STR("", error.message);
    CHECK(world.stops[0] == journey_state.before);
    CHECK(world.stops[world.stop_count - 1] == journey_state.after);
}

static void learn_operations(void) {
    journey_restart();
    memset(&faulty, 0, sizeof(faulty));
    sqlite3 *db = open_traveller();
    faulty.kinds = FATAL;
    migc_code code = travel(db, 0, NULL, NULL);
    db_close(db);
    faulty.kinds = 0;
    CHECK_INT(MIGC_OK, code);
    world.operations = faulty.count;
}

static void learn(const struct trip *trip) {
    world.trip = *trip;
    world.dice = 20251120;
    journey_begin(&trip->journey);
    learn_stops();
    learn_operations();
}

/* ------------------------------------------------------------------- killing */

static long draw(long limit) {
    world.dice = world.dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (long)(world.dice >> 33) % limit + 1;
}

_Noreturn static void travel_to_death(long number) {
    sqlite3 *db = NULL;
    migc_code code = MIGC_CANNOT_OPEN;
    if (sqlite3_open(journey_state.lab.path, &db) == SQLITE_OK &&
        sqlite3_exec(db, "PRAGMA cache_size = 10", NULL, NULL, NULL) == SQLITE_OK) {
        faulty.kinds = FATAL;
        faulty.until = number;
        faulty.dies = 1;
        code = travel(db, 0, NULL, NULL);
    }
    sqlite3_close(db);
    _exit(code == MIGC_OK ? SURVIVED : FAILED);
}

static void kill_at(long number) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        travel_to_death(number);
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_MSG(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
              "operation %ld of %ld: the child was not killed, its status is %x", number,
              world.operations, (unsigned)status);
}

static int is_stop(uint64_t content) {
    for (size_t i = 0; i < world.stop_count; i++)
        if (world.stops[i] == content)
            return 1;
    return 0;
}

static void check_left(sqlite3 *db, long number) {
    char text[256];
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    CHECK_MSG(is_stop(db_digest(db)), "killed in operation %ld of %ld: it is in between", number,
              world.operations);
}

/* Only what ran outside transactions needs to be told to go on. */
static void check_goes_on(sqlite3 *db, long number) {
    migc_error error;
    uint64_t left = db_digest(db);
    migc_code code = travel(db, 0, NULL, &error);
    if (code == MIGC_INTERRUPTED && world.trip.journey.set->no_transaction) {
        CHECK(is_stop(left) && is_stop(db_digest(db)));
        code = travel(db, MIGC_RESUME, NULL, &error);
    }
    CHECK_MSG(code == MIGC_OK, "killed in operation %ld of %ld, and then: %s", number,
              world.operations, error.message);
    CHECK(db_digest(db) == journey_state.after);
}

static void check_survives(long number, int goes_on) {
    sqlite3 *db = db_open(journey_state.lab.path);
    check_defer(db_close, db);
    check_left(db, number);
    if (goes_on)
        check_goes_on(db, number);
    check_state.deferred_count--;
    db_close(db);
}

static void kill_often(const struct trip *trip) {
    learn(trip);
    for (int i = 0; i < trip->kills; i++) {
        long number = draw(world.operations);
        journey_restart();
        kill_at(number);
        check_survives(number, 1);
    }
}

/* Each run begins with what the one before left, and dies in its first half; a look in
 * between would tidy up, so that only every second one is looked at. */
static void kill_in_a_row(const struct trip *trip) {
    learn(trip);
    journey_restart();
    for (int i = 1; i <= trip->kills; i++) {
        long number = draw(world.operations / 2);
        kill_at(number);
        if (i % 2 == 0)
            check_survives(number, i == trip->kills);
    }
}

#define KILLED(name, title, how, ...)                                                              \
    TEST(name, title) {                                                                            \
        static const struct trip trip = {__VA_ARGS__};                                             \
        how(&trip);                                                                                \
    }

KILLED(up_journal, "N11 V2: killed 50 times on the way up, rollback journal", kill_often,
       {"DELETE", &large, NULL, 5}, 0, 50)
KILLED(up_wal, "N11 V2: killed 50 times on the way up, write-ahead log", kill_often,
       {"WAL", &large, NULL, 5}, 0, 50)
KILLED(down_journal, "N11 V2: killed 50 times on the way down, rollback journal", kill_often,
       {"DELETE", &large, &large, 0}, 0, 50)
KILLED(down_wal, "N11 V2: killed 50 times on the way down, write-ahead log", kill_often,
       {"WAL", &large, &large, 0}, 0, 50)
KILLED(row_journal, "N11 V2: killed 50 times in a row, rollback journal", kill_in_a_row,
       {"DELETE", &large, &library_at_2, 5}, 0, 50)
KILLED(row_wal, "N11 V2: killed 50 times in a row, write-ahead log", kill_in_a_row,
       {"WAL", &large, &library_at_2, 5}, 0, 50)
KILLED(each_up, "N11 V2: killed on the way up, a transaction for each migration", kill_often,
       {"DELETE", &large, NULL, 5}, MIGC_EACH, 20)
KILLED(each_down, "N11 V2: killed on the way down, a transaction for each migration", kill_often,
       {"WAL", &large, &large, 0}, MIGC_EACH, 20)
KILLED(outside_up, "N11 P4: killed outside transactions, --resume goes on, rollback journal",
       kill_often, {"DELETE", &vacuuming, NULL, 3}, 0, 20)
KILLED(outside_wal, "N11 P4: killed outside transactions, --resume goes on, write-ahead log",
       kill_often, {"WAL", &vacuuming, NULL, 3}, 0, 20)
KILLED(outside_down, "N11 P4: killed outside transactions on the way down, --resume goes on",
       kill_often, {"DELETE", &vacuuming, &vacuuming, 0}, 0, 20)

#define TESTS(X)                                                                                   \
    X(up_journal)                                                                                  \
    X(up_wal)                                                                                      \
    X(down_journal)                                                                                \
    X(down_wal)                                                                                    \
    X(row_journal)                                                                                 \
    X(row_wal)                                                                                     \
    X(each_up)                                                                                     \
    X(each_down)                                                                                   \
    X(outside_up)                                                                                  \
    X(outside_wal)                                                                                 \
    X(outside_down)
CHECK_MAIN(TESTS)
