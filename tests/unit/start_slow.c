/*
 * start_slow.c - many processes, or threads, that start at once on one fresh
 * file: each ends up current, and every migration has run exactly once.
 *
 * They are let go together through a pipe whose other end is closed.  Nobody
 * waits for time to pass, apart from SQLite's lock.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "database.h"
#include "sets.h"

enum { STARTERS = 8, ROUNDS = 20 };

/* ---------------------------------------------------------------- the starts */

/* How a host starts; returns 0 when it ended up current. */
typedef int start_function(const char *path);

struct start {
    start_function *function;
    const migc_set *set;
    int threads; /* instead of processes */
};

static int set_wal(sqlite3 *db, void *unused) {
    (void)unused;
    int code;
    /* SQLite answers BUSY here whatever the busy timeout is. */
    while ((code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) == SQLITE_BUSY)
        sqlite3_sleep(1);
    return code;
}

static int start_with(const char *path, const migc_set *set, const migc_options *options) {
    migc_error error;
    sqlite3 *db = NULL;
    if (migc_open(path, set, options, &db, &error) != MIGC_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    int applied = (int)db_number(db, "SELECT count(*) FROM migc_migrations");
    sqlite3_close(db);
    return applied != (int)set->count;
}

static int start_journal(const char *path) {
    return start_with(path, &library, NULL);
}

static int start_wal(const char *path) {
    migc_options options = {.on_open = set_wal};
    return start_with(path, &library, &options);
}

static int start_each(const char *path) {
    migc_options options = {.flags = MIGC_EACH};
    return start_with(path, &library, &options);
}

static int start_outside(const char *path) {
    return start_with(path, &vacuuming, NULL);
}

static int start_outside_wal(const char *path) {
    migc_options options = {.on_open = set_wal};
    return start_with(path, &vacuuming, &options);
}

/* -------------------------------------------------------------- all together */

static void wait_for_gate(int gate) {
    char byte;
    while (read(gate, &byte, 1) < 0)
        ;
}

static int run_processes(const struct start *start, const char *path) {
    int gate[2], failed = 0;
    pid_t children[STARTERS];
    CHECK_INT(0, pipe(gate));
    fflush(stdout);
    for (int i = 0; i < STARTERS; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        close(gate[1]);
        wait_for_gate(gate[0]);
        _exit(start->function(path));
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < STARTERS; i++) {
        int status = 1;
        failed += children[i] < 0 || waitpid(children[i], &status, 0) < 0 || status != 0;
    }
    return failed;
}

struct runner {
    const struct start *start;
    const char *path;
    int gate, failed;
};

static void *run_thread(void *argument) {
    struct runner *runner = argument;
    wait_for_gate(runner->gate);
    runner->failed = runner->start->function(runner->path);
    return NULL;
}

static int run_threads(const struct start *start, const char *path) {
    int gate[2], failed = 0;
    pthread_t threads[STARTERS];
    struct runner runners[STARTERS];
    CHECK_INT(0, pipe(gate));
    for (int i = 0; i < STARTERS; i++) {
        runners[i] = (struct runner){start, path, gate[0], 1};
        CHECK_INT(0, pthread_create(&threads[i], NULL, run_thread, &runners[i]));
    }
    close(gate[1]);
    for (int i = 0; i < STARTERS; i++) {
        pthread_join(threads[i], NULL);
        failed += runners[i].failed;
    }
    close(gate[0]);
    return failed;
}

static void check_once(const struct start *start, const char *path) {
    char text[128];
    sqlite3 *db = db_open(path);
    CHECK_INT(start->set->count, db_number(db, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(start->set->count,
              db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'up'"));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'failed'"));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM book WHERE id = 1"));
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof text));
    db_close(db);
}

static void start_together(const struct start *start) {
    struct lab lab = {"", ""};
    lab_begin(&lab);
    for (int round = 0; round < ROUNDS; round++) {
        lab_empty(&lab);
        int failed = (start->threads ? run_threads : run_processes)(start, lab.path);
        CHECK_MSG(failed == 0, "%d of %d did not end up current, in round %d", failed, STARTERS,
                  round + 1);
        check_once(start, lab.path);
    }
}

#define TOGETHER(name, title, ...)                                                                 \
    TEST(name, title) {                                                                            \
        static const struct start start = {__VA_ARGS__};                                           \
        start_together(&start);                                                                    \
    }

TOGETHER(processes, "N10: eight processes at once on a fresh file", start_journal, &library, 0)
TOGETHER(processes_wal, "N10: eight processes at once, each setting WAL first", start_wal, &library,
         0)
TOGETHER(processes_each, "N10: eight processes at once, one transaction a migration", start_each,
         &library, 0)
TOGETHER(processes_outside, "N10: eight processes at once with a migration outside transactions",
         start_outside, &vacuuming, 0)
TOGETHER(processes_outside_wal, "N10: the same, each setting WAL first", start_outside_wal,
         &vacuuming, 0)
TOGETHER(threads, "N10: eight threads at once on eight connections", start_journal, &library, 1)
TOGETHER(threads_wal, "N10: eight threads at once, each setting WAL first", start_wal, &library, 1)
TOGETHER(threads_outside, "N10: eight threads at once with a migration outside transactions",
         start_outside, &vacuuming, 1)

#define TESTS(X)                                                                                   \
    X(processes)                                                                                   \
    X(processes_wal)                                                                               \
    X(processes_each)                                                                              \
    X(processes_outside)                                                                           \
    X(processes_outside_wal)                                                                       \
    X(threads)                                                                                     \
    X(threads_wal)                                                                                 \
    X(threads_outside)
CHECK_MAIN(TESTS)
