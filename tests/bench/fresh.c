/*
 * fresh.c - what bringing a fresh file up costs: 1,000 migrations (a table, two indexes, three
 * rows each) in one transaction, against the same statements through sqlite3_exec() in one
 * transaction; and, as a peer, against a hand-written loop over PRAGMA user_version.  Journal
 * and syncing are SQLite's defaults for all.
 *
 *     fresh FOLDER      the databases are made there
 *
 * The limit is narrower than what a machine's speed changes by in half a second, so they take
 * turns of a few milliseconds.  The plain statements run twice: how far those two are apart
 * says what the other ratios are worth.
 */
#include "baton.h"
#include "measure.h"
#include "set.h"

#include <stdio.h>

enum { ROUNDS = 11, MIGRATIONS = 1000, TURN = 10 };
enum { PLAIN, MIGC, BY_HAND, PLAIN_AGAIN, RUNNERS };

static const double limit = 1.05;

struct task {
    const migc_set *set;
    char path[400];
};

static sqlite3 *open_fresh(const struct task *task) {
    sqlite3 *db;
    remove(task->path);
    if (sqlite3_open(task->path, &db) != SQLITE_OK)
        give_up(task->path, sqlite3_errmsg(db));
    return db;
}

static void execute(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        give_up(sql, sqlite3_errmsg(db));
}

static void execute_up(sqlite3 *db, const migc_migration *migration) {
    for (unsigned i = 0; i < migration->up_count; i++)
        execute(db, migration->steps[i].text);
}

static void end_migration(struct runner *runner, size_t number) {
    if (number % TURN == 0)
        pass_baton(runner);
}

static void run_plain(struct runner *runner) {
    const struct task *task = runner->argument;
    sqlite3 *db = open_fresh(task);
    execute(db, "BEGIN");
    for (size_t i = 0; i < task->set->count; i++) {
        execute_up(db, &task->set->migrations[i]);
        end_migration(runner, i + 1);
    }
    execute(db, "COMMIT");
    sqlite3_close(db);
}

static int take_event(const migc_event *event, void *user) {
    if (event->type == MIGC_EVENT_FINISHED)
        end_migration(user, event->index);
    return 0;
}

static void run_migc(struct runner *runner) {
    const struct task *task = runner->argument;
    migc_error error;
    migc_options options = {.on_event = take_event, .event_user = runner};
    sqlite3 *db = open_fresh(task);
    if (migc_up(db, task->set, &options, &error) != MIGC_OK)
        give_up("migc_up", error.message);
    sqlite3_close(db);
}

/* What programs write for themselves: run what is above the version, count it up. */
static void run_by_hand(struct runner *runner) {
    const struct task *task = runner->argument;
    char sql[64];
    sqlite3 *db = open_fresh(task);
    execute(db, "BEGIN");
    for (size_t i = 0; i < task->set->count; i++) {
        execute_up(db, &task->set->migrations[i]);
        snprintf(sql, sizeof(sql), "PRAGMA user_version = %zu", i + 1);
        execute(db, sql);
        end_migration(runner, i + 1);
    }
    execute(db, "COMMIT");
    sqlite3_close(db);
}

static void report_all(const struct samples times[RUNNERS]) {
    char note[120];
    snprintf(note, sizeof(note), "%.0f ms; sqlite3_exec: %.0f ms", median(&times[MIGC]) / 1e3,
             median(&times[PLAIN]) / 1e3);
    report("fresh", "fresh up of 1,000 migrations", median_ratio(&times[MIGC], &times[PLAIN]),
           limit, "x", note);
    snprintf(note, sizeof(note), "%.0f ms", median(&times[BY_HAND]) / 1e3);
    report("fresh-peer", "  peer: a loop over PRAGMA user_version",
           median_ratio(&times[BY_HAND], &times[PLAIN]), 0, "x", note);
    report("fresh-control", "  control: sqlite3_exec against itself",
           median_ratio(&times[PLAIN_AGAIN], &times[PLAIN]), 0, "x",
           "what it is away from 1 is the error of this measurement");
}

int main(int argc, char **argv) {
    static void (*const runs[RUNNERS])(struct runner *) = {run_plain, run_migc, run_by_hand,
                                                           run_plain};
    struct made_set made;
    struct task tasks[RUNNERS];
    struct runner runners[RUNNERS] = {0};
    struct samples times[RUNNERS] = {0};
    if (argc != 2)
        give_up("usage", "fresh FOLDER");
    make_set(&made, MIGRATIONS, TABLE_AND_ROWS);
    for (int i = 0; i < RUNNERS; i++) {
        tasks[i].set = &made.set;
        snprintf(tasks[i].path, sizeof(tasks[i].path), "%s/fresh-%d.db", argv[1], i);
        runners[i].run = runs[i];
        runners[i].argument = &tasks[i];
    }
    for (int round = -1; round < ROUNDS; round++) {
        race(runners, RUNNERS, (round + RUNNERS) % RUNNERS);
        for (int i = 0; i < RUNNERS && round >= 0; i++)
            add_sample(&times[i], runners[i].us);
    }
    report_all(times);
    free_set(&made);
    return 0;
}
