/*
 * start.c - what a start with nothing to do costs: open, migc_up(), close, against open,
 * PRAGMA user_version, close, for sets of growing size; and, as a peer, against a start that
 * asks a table of versions, which makes SQLite read the whole schema.
 *
 *     start FOLDER      the databases are made there
 *
 * All sizes take part in the same rounds: that the cost is flat is a ratio too.
 */
#include "measure.h"
#include "set.h"

#include <stdio.h>

enum { ROUNDS = 61, BATCH = 100, PEER_ROUNDS = 7 };

static const double limit = 1.2;
static const unsigned sizes[] = {10, 100, 1000, 10000};

enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

struct database {
    struct made_set made;
    char path[400];
};

static sqlite3 *open_file(const char *path) {
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        give_up(path, sqlite3_errmsg(db));
    return db;
}

static void bring_up(const struct database *database, size_t wanted) {
    migc_error error;
    migc_result result = {0};
    migc_options options = {.result = &result};
    sqlite3 *db = open_file(database->path);
    if (migc_up(db, &database->made.set, &options, &error) != MIGC_OK)
        give_up("migc_up", error.message);
    if (result.count != wanted)
        give_up("migc_up", "it did not apply what it should have");
    sqlite3_close(db);
}

static void ask(const struct database *database, const char *sql) {
    sqlite3 *db = open_file(database->path);
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW || sqlite3_column_int64(statement, 0) == 0)
        give_up(sql, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static void start_with_migc(void *database) {
    for (int i = 0; i < BATCH; i++)
        bring_up(database, 0);
}

static void start_with_pragma(void *database) {
    for (int i = 0; i < BATCH; i++)
        ask(database, "PRAGMA user_version");
}

static void start_with_table(void *database) {
    ask(database, "SELECT max(version) FROM migc_migrations");
}

static void make_database(struct database *database, const char *folder, unsigned size) {
    make_set(&database->made, size, ONE_TABLE);
    snprintf(database->path, sizeof(database->path), "%s/start-%u.db", folder, size);
    bring_up(database, size);
}

static void report_size(unsigned size, const struct contestant pair[2],
                        const struct samples *peer) {
    char key[40], what[80], note[120];
    double plain = median(&pair[0].samples) / BATCH, ours = median(&pair[1].samples) / BATCH;
    snprintf(key, sizeof(key), "start-%u", size);
    snprintf(what, sizeof(what), "start with nothing to do, %u migrations", size);
    snprintf(note, sizeof(note), "%.1f us; open, PRAGMA user_version, close: %.1f us", ours, plain);
    report(key, what, median_ratio(&pair[1].samples, &pair[0].samples), limit, "x", note);
    snprintf(key, sizeof(key), "start-%u-peer", size);
    snprintf(note, sizeof(note), "%.1f us", median(peer));
    report(key, "  peer: asking a table of versions", median(peer) / plain, 0, "x", note);
}

int main(int argc, char **argv) {
    struct database databases[SIZES];
    struct contestant pairs[SIZES][2] = {0}, peers[SIZES] = {0};
    if (argc != 2)
        give_up("usage", "start FOLDER");
    for (int i = 0; i < SIZES; i++) {
        make_database(&databases[i], argv[1], sizes[i]);
        pairs[i][0] = (struct contestant){.run = start_with_pragma, .argument = &databases[i]};
        pairs[i][1] = (struct contestant){.run = start_with_migc, .argument = &databases[i]};
        peers[i] = (struct contestant){.run = start_with_table, .argument = &databases[i]};
    }
    measure(&pairs[0][0], 2 * SIZES, ROUNDS);
    measure(peers, SIZES, PEER_ROUNDS);
    for (int i = 0; i < SIZES; i++) {
        report_size(sizes[i], pairs[i], &peers[i].samples);
        free_set(&databases[i].made);
    }
    report("start-flat", "the same, 10,000 migrations against 10",
           median_ratio(&pairs[SIZES - 1][1].samples, &pairs[0][1].samples), limit, "x",
           "flat in the number of migrations and tables");
    return 0;
}
