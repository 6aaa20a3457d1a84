/*
 * prove_memory.c - how SQLite is set up for a proof.  Its memory comes from where it always does,
 * but lack of it ends the program: a proof on a database that could not have all its rows, or a
 * hook that could not remember a name, is none, and nobody has to look for that.
 *
 * migc has one thread and asks for no statistics: counting each allocation under a mutex, and
 * locking each connection, took a sixth of a proof.
 */
#include "prove.h"

static sqlite3_mem_methods usual;

static void *allocate_or_end(int size) {
    return must_have(usual.xMalloc(size));
}

static void *resize_or_end(void *memory, int size) {
    return must_have(usual.xRealloc(memory, size));
}

void require_memory(void) {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) != SQLITE_OK)
        return; /* SQLite is at work already */
    sqlite3_mem_methods strict = usual;
    strict.xMalloc = allocate_or_end;
    strict.xRealloc = resize_or_end;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &strict);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
}
