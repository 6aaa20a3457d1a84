/*
 * running.c - what a run, going back and looking cost with 1,000 migrations (a table, two indexes,
 * three rows each), against the same statements through sqlite3_exec() in the same transactions,
 * with a row of a history each.  Nothing is synced: what the disk adds is the same for both.
 *
 *     running FOLDER      the databases are made there
 *
 * Long runs take turns of a few milliseconds, as in fresh.c; short ones are repeated.  The plain
 * statements run twice: how far those two are apart says what the other ratios are worth.
 */
#include "baton.h"
#include "measure.h"
#include "set.h"

#include <stdbool.h>
#include <stdio.h>

enum { ROUNDS = 7, MIGRATIONS = 1000, TURN = 10, REPEATS = 9 };
enum { PLAIN, MIGC, PLAIN_AGAIN, RUNNERS };

static struct made_set made;

struct task {
    char path[400];
    bool each; /* a transaction a migration */
};

static void execute(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        give_up(sql, sqlite3_errmsg(db));
}

static sqlite3 *open_task(const struct task *task) {
    sqlite3 *db;
    if (sqlite3_open(task->path, &db) != SQLITE_OK)
        give_up(task->path, sqlite3_errmsg(db));
    execute(db, "PRAGMA synchronous = OFF");
    return db;
}

/* -------------------------------------------------------------------- by hand */

static void apply_by_hand(sqlite3 *db, size_t index) {
    const migc_migration *migration = &made.set.migrations[index];
    char sql[400];
    for (unsigned i = 0; i < migration->up_count; i++)
        execute(db, text_of_step(&made, index, i));
    snprintf(sql, sizeof(sql),
             "INSERT INTO history VALUES(%zu, '%s', '%s', '%s', '%s', datetime(), %zu, 'bench')",
             index + 1, migration->name, migration->checksum, migration->chain,
             text_of_step(&made, index, migration->up_count), index);
    execute(db, sql);
}

static void revert_by_hand(sqlite3 *db, size_t index) {
    char sql[100];
    execute(db, text_of_step(&made, index, made.set.migrations[index].up_count));
    snprintf(sql, sizeof(sql), "DELETE FROM history WHERE version = %zu", index + 1);
    execute(db, sql);
}

static void end_by_hand(struct runner *runner, sqlite3 *db, size_t done) {
    const struct task *task = runner->argument;
    if (task->each)
        execute(db, "COMMIT");
    if (done % TURN == 0)
        pass_baton(runner);
    if (task->each)
        execute(db, "BEGIN IMMEDIATE");
}

static void up_by_hand(struct runner *runner) {
    sqlite3 *db = open_task(runner->argument);
    execute(db, "BEGIN IMMEDIATE");
    execute(db, "CREATE TABLE history(version INTEGER PRIMARY KEY, name TEXT, checksum TEXT,"
                " chain TEXT, down TEXT, applied_at TEXT, duration INTEGER, applied_by TEXT)");
    for (size_t i = 0; i < MIGRATIONS; i++) {
        apply_by_hand(db, i);
        end_by_hand(runner, db, i + 1);
    }
    execute(db, "COMMIT");
    sqlite3_close(db);
}

static void reset_by_hand(struct runner *runner) {
    sqlite3 *db = open_task(runner->argument);
    execute(db, "BEGIN IMMEDIATE");
    for (size_t i = MIGRATIONS; i-- > 0;) {
        revert_by_hand(db, i);
        end_by_hand(runner, db, MIGRATIONS - i);
    }
    execute(db, "COMMIT");
    sqlite3_close(db);
}

static double revert_last_by_hand(const struct task *task) {
    double begun = now_us();
    sqlite3 *db = open_task(task);
    execute(db, "BEGIN IMMEDIATE");
    revert_by_hand(db, MIGRATIONS - 1);
    execute(db, "COMMIT");
    sqlite3_close(db);
    return now_us() - begun;
}

static double ask_by_hand(const struct task *task) {
    double begun = now_us();
    sqlite3 *db = open_task(task);
    sqlite3_stmt *statement;
    int rows = 0;
    if (sqlite3_prepare_v2(db, "SELECT * FROM history ORDER BY version", -1, &statement, NULL) !=
        SQLITE_OK)
        give_up("a SELECT", sqlite3_errmsg(db));
    for (; sqlite3_step(statement) == SQLITE_ROW; rows++)
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            sqlite3_column_text(statement, i);
    if (rows != MIGRATIONS)
        give_up("a SELECT", "it did not find what it should have");
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return now_us() - begun;
}

/* --------------------------------------------------------------------- by migc */

static int take_turn(const migc_event *event, void *user) {
    if (event->type == MIGC_EVENT_FINISHED && event->index % TURN == 0)
        pass_baton(user);
    return 0;
}

static void go_to(const struct task *task, int64_t version, struct runner *runner) {
    migc_error error;
    migc_options options = {.flags = task->each ? MIGC_EACH : 0,
                            .on_event = runner ? take_turn : NULL,
                            .event_user = runner};
    sqlite3 *db = open_task(task);
    if (migc_to(db, &made.set, version, &options, &error) != MIGC_OK)
        give_up("migc_to", error.message);
    sqlite3_close(db);
}

static void up_by_migc(struct runner *runner) {
    go_to(runner->argument, MIGRATIONS, runner);
}

static void reset_by_migc(struct runner *runner) {
    go_to(runner->argument, 0, runner);
}

static double revert_last_by_migc(const struct task *task) {
    double begun = now_us();
    go_to(task, MIGRATIONS - 1, NULL);
    return now_us() - begun;
}

static double ask_by_migc(const struct task *task) {
    double begun = now_us();
    migc_states states;
    migc_error error;
    sqlite3 *db = open_task(task);
    if (migc_status(db, &made.set, &states, NULL, &error) != MIGC_OK)
        give_up("migc_status", error.message);
    if (states.applied != MIGRATIONS)
        give_up("migc_status", "it did not find what it should have");
    migc_states_free(&states);
    sqlite3_close(db);
    return now_us() - begun;
}

/* ------------------------------------------------------------------- the rounds */

static struct task tasks[RUNNERS];

enum row { UP, UP_EACH, RESET, RESET_EACH, DOWN, STATUS, ROWS };

static const struct {
    const char *key, *what, *against;
    double limit;
} rows[ROWS] = {
    {"run-up", "up of 1,000 migrations", "one transaction", 0},
    {"run-up-each", "up --each of 1,000 migrations", "a transaction each", 1.2},
    {"run-reset", "reset of 1,000 migrations", "one transaction", 1.2},
    {"run-reset-each", "reset --each of 1,000 migrations", "a transaction each", 1.2},
    {"run-down", "down of one, 1,000 tables", "the statements", 1.15},
    {"run-status", "status of 1,000 migrations", "a SELECT", 1.15},
};

static struct samples times[ROWS][RUNNERS];

static void race_all(enum row row, bool is_each, void (*by_hand)(struct runner *),
                     void (*by_migc)(struct runner *), int round) {
    struct runner runners[RUNNERS] = {0};
    for (int i = 0; i < RUNNERS; i++) {
        tasks[i].each = is_each;
        runners[i].run = i == MIGC ? by_migc : by_hand;
        runners[i].argument = &tasks[i];
    }
    race(runners, RUNNERS, (round + RUNNERS) % RUNNERS);
    for (int i = 0; i < RUNNERS && round >= 0; i++)
        add_sample(&times[row][i], runners[i].us);
}

/* The medians of a round's repetitions. */
static void repeat_all(enum row row, double (*by_hand)(const struct task *),
                       double (*by_migc)(const struct task *), int round) {
    struct samples repeated[RUNNERS] = {0};
    for (int n = 0; n < REPEATS; n++)
        for (int i = 0; i < RUNNERS; i++) {
            add_sample(&repeated[i], (i == MIGC ? by_migc : by_hand)(&tasks[i]));
            if (row != DOWN)
                continue;
            if (i == MIGC) {
                go_to(&tasks[i], MIGRATIONS, NULL);
            } else {
                sqlite3 *db = open_task(&tasks[i]);
                apply_by_hand(db, MIGRATIONS - 1);
                sqlite3_close(db);
            }
        }
    for (int i = 0; i < RUNNERS && round >= 0; i++)
        add_sample(&times[row][i], median(&repeated[i]));
}

static void remove_databases(void) {
    for (int i = 0; i < RUNNERS; i++)
        remove(tasks[i].path);
}

static void run_round(int round) {
    remove_databases();
    race_all(UP, false, up_by_hand, up_by_migc, round);
    repeat_all(STATUS, ask_by_hand, ask_by_migc, round);
    repeat_all(DOWN, revert_last_by_hand, revert_last_by_migc, round);
    race_all(RESET, false, reset_by_hand, reset_by_migc, round);
    remove_databases();
    race_all(UP_EACH, true, up_by_hand, up_by_migc, round);
    race_all(RESET_EACH, true, reset_by_hand, reset_by_migc, round);
}

static void report_row(enum row row) {
    char note[160];
    snprintf(note, sizeof(note), "%.1f ms; %s: %.1f ms; that against itself: %.2f x",
             median(&times[row][MIGC]) / 1e3, rows[row].against, median(&times[row][PLAIN]) / 1e3,
             median_ratio(&times[row][PLAIN_AGAIN], &times[row][PLAIN]));
    report(rows[row].key, rows[row].what, median_ratio(&times[row][MIGC], &times[row][PLAIN]),
           rows[row].limit, "x", note);
}

int main(int argc, char **argv) {
    if (argc != 2)
        give_up("usage", "running FOLDER");
    make_set(&made, MIGRATIONS, TABLE_AND_ROWS);
    for (int i = 0; i < RUNNERS; i++)
        snprintf(tasks[i].path, sizeof(tasks[i].path), "%s/running-%d.db", argv[1], i);
    for (int round = -1; round < ROUNDS; round++)
        run_round(round);
    for (int row = 0; row < ROWS; row++)
        report_row((enum row)row);
    free_set(&made);
    return 0;
}
