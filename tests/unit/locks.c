/*
 * locks.c - what a run does while others hold the database, and when the host
 * asks it to stop.
 *
 * Nobody sleeps here: a lock is let go from the event that tells of it.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "sets.h"

static migc_error error;

/* A database in a file with two connections: the run's, and one in its way. */
struct pair {
    struct lab lab;
    sqlite3 *db, *other;
};

static void open_pair(struct pair *pair, const char *pragmas) {
    lab_begin(&pair->lab);
    pair->db = db_open(pair->lab.path);
    check_defer(db_close, pair->db);
    pair->other = db_open(pair->lab.path);
    check_defer(db_close, pair->other);
    db_exec(pair->db, pragmas);
}

/* ------------------------------------------------------------------ giving up */

TEST(at_once, "V6: with a negative wait a locked database is answered at once") {
    struct pair pair;
    migc_options options = {.wait_ms = -1};
    open_pair(&pair, "");
    db_exec(pair.other, "BEGIN IMMEDIATE");
    CHECK_INT(MIGC_LOCKED, migc_up(pair.db, &library, &options, &error));
    CHECK_INT(SQLITE_BUSY, error.sqlite_code & 0xff);
    CHECK_CONTAINS("the database is locked", error.message);
    CHECK_CONTAINS("as it was before the run", error.message);
    CHECK_CONTAINS("Try again", error.message);
    db_exec(pair.other, "ROLLBACK");
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library, &options, &error));
}

TEST(short_wait, "V6: a lock that stays past the deadline is told of, once it has passed") {
    struct pair pair;
    migc_options options = {.wait_ms = 1};
    open_pair(&pair, "PRAGMA journal_mode = WAL");
    db_exec(pair.other, "BEGIN IMMEDIATE");
    CHECK_INT(MIGC_LOCKED, migc_up(pair.db, &library, &options, &error));
    CHECK_CONTAINS("; waited ", error.message);
}

/* Holds the write lock until it is killed; has told so through `ready`. */
static void hold_lock(const char *path, int ready) {
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        _exit(1);
    if (write(ready, "!", 1) == 1)
        pause();
    _exit(1);
}

static pid_t start_holder(const char *path) {
    int ready[2];
    char byte = 0;
    CHECK_INT(0, pipe(ready));
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        hold_lock(path, ready[1]);
    close(ready[1]);
    ssize_t got = read(ready[0], &byte, 1);
    close(ready[0]);
    CHECK_INT(1, got);
    return child;
}

static void end_holder(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* "process 4711 (name)"; the name is that of whatever runs this program, valgrind for one. */
static void words_for(pid_t child, char *words, size_t size) {
    char path[64], name[32] = "";
    snprintf(path, sizeof(path), "/proc/%ld/comm", (long)child);
    FILE *file = fopen(path, "r");
    if (file && !fgets(name, sizeof(name), file))
        name[0] = '\0';
    if (file)
        fclose(file);
    name[strcspn(name, "\n")] = '\0';
    snprintf(words, size, "process %ld (%s)", (long)child, name);
}

/* Where the system has no /proc/locks the holder stays unknown. */
static void check_holder(const char *pragmas) {
    struct pair pair;
    char words[96];
    migc_options options = {.wait_ms = -1};
    open_pair(&pair, pragmas);
    pid_t child = start_holder(pair.lab.path);
    words_for(child, words, sizeof(words));
    migc_code code = migc_up(pair.db, &library, &options, &error);
    end_holder(child);
    CHECK_INT(MIGC_LOCKED, code);
    if (access("/proc/locks", R_OK) == 0)
        CHECK_CONTAINS(words, error.message);
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library, &options, &error));
}

TEST(holder_journal, "B9: the message names the process that holds the lock, rollback journal") {
    check_holder("");
}

TEST(holder_wal, "B9: the message names the process that holds the lock, write-ahead log") {
    check_holder("PRAGMA journal_mode = WAL");
}

/* -------------------------------------------------------------------- waiting */

/* What the event tells, and what is done about it. */
struct waiting {
    sqlite3 *holder;      /* its transaction is ended by the first event */
    sqlite3_stmt *reader; /* or this statement */
    int events, answer;
    int64_t waited_us;
    char detail[160];
};

static int let_go(const migc_event *event, void *user) {
    struct waiting *waiting = user;
    if (event->type != MIGC_EVENT_WAITING)
        return 0;
    waiting->events++;
    waiting->waited_us = event->duration_us;
    snprintf(waiting->detail, sizeof(waiting->detail), "%s", event->detail ? event->detail : "");
    if (waiting->answer)
        return waiting->answer;
    sqlite3_finalize(waiting->reader);
    waiting->reader = NULL;
    if (waiting->holder)
        sqlite3_exec(waiting->holder, "COMMIT", NULL, NULL, NULL);
    return 0;
}

TEST(told_while_waiting, "B9: whoever waits is told, by whom it is kept, and goes on when it may") {
    struct pair pair;
    struct waiting waiting = {0};
    migc_options options = {.on_event = let_go, .event_user = &waiting};
    open_pair(&pair, "");
    db_exec(pair.other, "BEGIN IMMEDIATE");
    waiting.holder = pair.other;
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library, &options, &error));
    CHECK_INT(1, waiting.events);
    CHECK(waiting.waited_us > 0);
    if (access("/proc/locks", R_OK) == 0)
        CHECK_STR("another connection of this program", waiting.detail);
}

TEST(reader_at_commit, "N10: a reader in the way of the commit is waited for") {
    struct pair pair;
    struct waiting waiting = {0};
    migc_options options = {.on_event = let_go, .event_user = &waiting};
    open_pair(&pair, "");
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library_at_2, NULL, NULL));
    CHECK_INT(SQLITE_OK,
              sqlite3_prepare_v2(pair.other, "SELECT * FROM book", -1, &waiting.reader, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(waiting.reader));
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library, &options, &error));
    CHECK_INT(1, waiting.events);
    CHECK_INT(4, db_number(pair.db, "SELECT count(*) FROM migc_migrations"));
}

TEST(reader_stays, "N10: a reader that stays past the deadline has the run undone") {
    struct pair pair;
    sqlite3_stmt *reader = NULL;
    migc_options options = {.wait_ms = -1};
    open_pair(&pair, "");
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library_at_2, NULL, NULL));
    uint64_t before = db_digest(pair.db);
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(pair.other, "SELECT * FROM book", -1, &reader, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(reader));
    migc_code code = migc_up(pair.db, &library, &options, &error);
    sqlite3_finalize(reader);
    CHECK_INT(MIGC_LOCKED, code);
    CHECK(sqlite3_get_autocommit(pair.db));
    CHECK(db_digest(pair.db) == before);
}

TEST(outside_waits, "N10: outside transactions a lock in the way of a statement is waited for") {
    struct pair pair;
    struct waiting waiting = {0};
    migc_options options = {.on_event = let_go, .event_user = &waiting};
    open_pair(&pair, "");
    CHECK_INT(MIGC_OK, migc_to(pair.db, &vacuuming, 1, NULL, NULL));
    CHECK_INT(SQLITE_OK,
              sqlite3_prepare_v2(pair.other, "SELECT * FROM book", -1, &waiting.reader, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(waiting.reader));
    CHECK_INT(MIGC_OK, migc_up(pair.db, &vacuuming, &options, &error));
    CHECK_INT(1, waiting.events);
}

/* From its first statement on nothing can be written, a note of the failure neither. */
static int forbid_writing(const migc_event *event, void *user) {
    if (event->type == MIGC_EVENT_STEP && event->migration->flags & MIGC_NO_TRANSACTION)
        db_exec(user, "PRAGMA query_only = 1");
    return 0;
}

TEST(claim_left, "P4: a connection is in nobody's way but another's, whatever it could not note") {
    struct pair pair;
    migc_options options = {.wait_ms = -1, .on_event = forbid_writing, .flags = MIGC_RESUME};
    open_pair(&pair, "");
    options.event_user = pair.db;
    CHECK_INT(MIGC_READ_ONLY, migc_up(pair.db, &vacuuming, &options, &error));
    db_exec(pair.db, "PRAGMA query_only = 0");
    options.on_event = NULL;
    CHECK_INT(MIGC_LOCKED, migc_up(pair.other, &vacuuming, &options, &error));
    CHECK_CONTAINS("002_vacuum is being run by process ", error.message);
    CHECK_INT(MIGC_OK, migc_up(pair.db, &vacuuming, &options, &error));
}

TEST(reading_waits, "N10: status waits for a writer that is committing") {
    struct pair pair;
    migc_states states;
    migc_options options = {.wait_ms = -1};
    open_pair(&pair, "");
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library, NULL, NULL));
    db_exec(pair.other, "BEGIN EXCLUSIVE");
    migc_code code = migc_status(pair.db, &library, &states, &options, &error);
    migc_states_free(&states);
    CHECK_INT(MIGC_LOCKED, code);
    struct waiting waiting = {.holder = pair.other};
    migc_options patient = {.on_event = let_go, .event_user = &waiting};
    code = migc_status(pair.db, &library, &states, &patient, &error);
    size_t applied = states.applied;
    migc_states_free(&states);
    CHECK_INT(MIGC_OK, code);
    CHECK_INT(4, applied);
    CHECK_INT(1, waiting.events);
}

/* ------------------------------------------------------------------- stopping */

TEST(stop_waiting, "N12: who waits for a lock can be stopped") {
    struct pair pair;
    struct waiting waiting = {.answer = 1};
    migc_options options = {.on_event = let_go, .event_user = &waiting};
    open_pair(&pair, "");
    db_exec(pair.other, "BEGIN IMMEDIATE");
    CHECK_INT(MIGC_STOPPED, migc_up(pair.db, &library, &options, &error));
    CHECK_CONTAINS("Start again", error.message);
    CHECK_INT(1, waiting.events);
}

static int stop_at(const migc_event *event, void *user) {
    int *left = user;
    if (event->type == MIGC_EVENT_COMMITTED || event->type == MIGC_EVENT_ROLLED_BACK)
        return 1; /* which nobody looks at */
    return --*left == 0;
}

/* Asks to stop at the first event, the second, and so on. */
static void stop_everywhere(const migc_set *from, int64_t to) {
    migc_options options = {.on_event = stop_at};
    for (int event = 1;; event++) {
        int left = event;
        sqlite3 *db = db_open(":memory:");
        CHECK_INT(MIGC_OK, migc_up(db, from, NULL, NULL));
        uint64_t before = db_digest(db);
        options.event_user = &left;
        migc_code code = migc_to(db, &library, to, &options, &error);
        if (left <= 0) {
            CHECK_INT(MIGC_STOPPED, code);
            CHECK(db_digest(db) == before);
            CHECK(sqlite3_get_autocommit(db));
        }
        CHECK_INT(MIGC_OK, left <= 0 ? migc_to(db, &library, to, NULL, &error) : code);
        db_close(db);
        if (left > 0)
            break;
        CHECK(event < 100);
    }
}

TEST(stop_up, "N12: a host that stops at any event of an up has all of it undone") {
    stop_everywhere(&library_at_2, 4);
}

TEST(stop_down, "N12: a host that stops at any event of a down has all of it undone") {
    stop_everywhere(&library, 0);
}

/* ------------------------------------------------------------- locks of the host */

/* Whether the write lock is held ('1'), as a process sees it that has none itself. */
static char lock_as_others_see_it(const char *path) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    int answer[2];
    char seen = '?';
    lock.l_start = 0x40000001; /* https://www.sqlite.org/fileformat2.html, the lock-byte page */
    CHECK_INT(0, pipe(answer));
    pid_t child = fork();
    if (child == 0) {
        int file = open(path, O_RDWR);
        if (file >= 0 && fcntl(file, F_GETLK, &lock) == 0)
            seen = lock.l_type != F_UNLCK ? '1' : '0';
        _exit(write(answer[1], &seen, 1) != 1);
    }
    CHECK(child > 0 && read(answer[0], &seen, 1) == 1 && waitpid(child, NULL, 0) == child);
    close(answer[0]);
    close(answer[1]);
    return seen;
}

/* POSIX drops all locks of a process on a file when it closes any descriptor of it. */
TEST(status_keeps_lock,
     "P14: to ask for the status of a database that is open here costs no lock") {
    struct pair pair;
    char *const words[] = {"host", "--migrate", "status", "--quiet", NULL};
    open_pair(&pair, "");
    CHECK_INT(MIGC_OK, migc_up(pair.db, &library, NULL, &error));
    db_exec(pair.other, "BEGIN IMMEDIATE");
    CHECK_INT('1', lock_as_others_see_it(pair.lab.path));
    CHECK_INT(0, migc_cli(4, (char **)words, &library, pair.lab.path, NULL));
    CHECK_INT('1', lock_as_others_see_it(pair.lab.path));
    db_exec(pair.other, "ROLLBACK");
}

#define TESTS(X)                                                                                   \
    X(at_once)                                                                                     \
    X(short_wait)                                                                                  \
    X(holder_journal)                                                                              \
    X(holder_wal)                                                                                  \
    X(told_while_waiting)                                                                          \
    X(reader_at_commit)                                                                            \
    X(reader_stays)                                                                                \
    X(outside_waits)                                                                               \
    X(claim_left)                                                                                  \
    X(reading_waits)                                                                               \
    X(stop_waiting)                                                                                \
    X(stop_up)                                                                                     \
    X(stop_down)                                                                                   \
    X(status_keeps_lock)
CHECK_MAIN(TESTS)
