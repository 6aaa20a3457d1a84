/*
 * measure.c - what a migration costs on a cluster, against the same on a local file:
 *
 *     measure SERVERS FOLDER
 *
 * Prints a line a figure: medians of ROUNDS runs, which alternate, each on a database of its own.
 */
#include "parts.h"

#include <migc_dqlite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 5 };

enum way { CLUSTER, ROLLBACK, WAL, WAYS };

static int compare_times(const void *a, const void *b) {
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static double median(double *times) {
    qsort(times, ROUNDS, sizeof(*times), compare_times);
    return times[ROUNDS / 2];
}

static void give_up(const char *what) {
    fprintf(stderr, "measure: %s\n", what);
    exit(1);
}

static sqlite3 *open_local(const char *path, enum way way) {
    sqlite3 *db = NULL;
    unlink(path);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        (way == WAL && sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                                    NULL, NULL, NULL) != SQLITE_OK))
        give_up(sqlite3_errmsg(db));
    return db;
}

/* Milliseconds of one up on a new database. */
static double time_up(enum way way, const char *servers, const char *folder, unsigned flags,
                      unsigned *requests) {
    static int number;
    char name[4096];
    migc_result result;
    migc_error error;
    migc_options options = {.flags = flags, .result = &result};
    sqlite3 *db = NULL;
    snprintf(name, sizeof(name), way == CLUSTER ? "%.0sparts%d" : "%s/parts%d.db", folder,
             number++);
    if (way == CLUSTER)
        options.remote = migc_dqlite_open(servers, name);
    else
        db = open_local(name, way);
    if (migc_up(db, &parts, &options, &error) != MIGC_OK)
        give_up(error.message);
    if (way == CLUSTER)
        *requests = migc_dqlite_counted(options.remote)->requests;
    migc_dqlite_close(options.remote);
    sqlite3_close(db);
    return (double)result.duration_us / 1000;
}

static void measure_mode(const char *mode, const char *servers, const char *folder,
                         unsigned flags) {
    double times[WAYS][ROUNDS];
    unsigned requests = 0;
    for (int round = 0; round < ROUNDS; round++)
        for (int way = 0; way < WAYS; way++)
            times[way][round] = time_up((enum way)way, servers, folder, flags, &requests);
    double cluster = median(times[CLUSTER]), rollback = median(times[ROLLBACK]);
    double wal = median(times[WAL]);
    printf("%s: %.1f ms; %.2f x a local rollback journal (%.1f ms), %.2f x a local WAL (%.1f ms);"
           " %u round trips, %.1f a migration\n",
           mode, cluster, cluster / rollback, rollback, cluster / wal, wal, requests,
           (double)requests / (double)parts.count);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: measure SERVERS FOLDER\n", stderr);
        return 2;
    }
    measure_mode("a transaction each", argv[1], argv[2], MIGC_EACH);
    measure_mode("one transaction", argv[1], argv[2], 0);
    return 0;
}
