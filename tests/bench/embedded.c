/*
 * embedded.c - a program with a set inside: brings the database that is named up, and ends.
 *
 * Emitted, the set is `bench` of bench.h.  With LITERALS it is empty, and the program has the same
 * SQL as an array of literals beside it.
 */
#ifdef LITERALS
#include "migc.h"
extern const char *const literals[];
static const migc_set bench = {.abi = MIGC_ABI, .name = "bench"};
#else
#include "bench.h"
static const char *const literals[] = {NULL};
#endif

int main(int argc, char **argv) {
    sqlite3 *db;
    if (argc != 2 || (literals[0] && !*literals[0]) || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    int failed = migc_up(db, &bench, NULL, NULL) != MIGC_OK;
    sqlite3_close(db);
    return failed;
}
