/*
 * prove_clock.c - opens databases in memory whose time and random numbers are fixed, so that
 * a proof gives the same result whenever it runs.
 *
 * SQL takes the time from the VFS of its connection, also for ":memory:", so a
 * copy of the default VFS with a clock of its own is enough.
 */
#include "prove.h"

#include <string.h>

/* 2026-01-01 00:00:00 UTC in SQLite's milliseconds of the Julian day, and a time that
 * differs in every part of a date. */
static const sqlite3_int64 times[PROVE_CLOCKS] = {212633812800000, 214151234567890};
static const char *const names[PROVE_CLOCKS] = {"migc-proof-0", "migc-proof-1"};

static int read_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *now) {
    struct clock *clock = (struct clock *)vfs; /* its first member */
    clock->readings++;
    *now = clock->now;
    return SQLITE_OK;
}

static int read_days(sqlite3_vfs *vfs, double *now) {
    sqlite3_int64 milliseconds;
    read_milliseconds(vfs, &milliseconds);
    *now = (double)milliseconds / 86400000.0;
    return SQLITE_OK;
}

void clocks_begin(struct clock clocks[PROVE_CLOCKS]) {
    const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
    for (int i = 0; i < PROVE_CLOCKS; i++) {
        clocks[i].vfs = *usual;
        clocks[i].vfs.pNext = NULL;
        clocks[i].vfs.zName = names[i];
        clocks[i].vfs.xCurrentTime = read_days;
        clocks[i].vfs.xCurrentTimeInt64 = read_milliseconds;
        clocks[i].now = times[i];
        clocks[i].readings = 0;
        sqlite3_vfs_register(&clocks[i].vfs, 0);
    }
}

void clocks_end(struct clock clocks[PROVE_CLOCKS]) {
    for (int i = 0; i < PROVE_CLOCKS; i++)
        sqlite3_vfs_unregister(&clocks[i].vfs);
}

static void seed_chance(int clock) {
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, clock + 1, NULL);
}

void begin_anew(sqlite3 *db) {
    seed_chance(0);
    sqlite3_set_last_insert_rowid(db, 0);
}

sqlite3 *open_at(int clock) {
    sqlite3 *db = NULL;
    seed_chance(clock);
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        names[clock]) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}
