/*
 * prove_memory.c - sets SQLite up for a proof.  Its memory comes from the usual allocator, but lack
 * of memory ends the program.  So no caller has to check whether a proof lacks rows, or a hook lost
 * a name, because memory ran out.
 *
 * migc has one thread and reads no statistics.  To count each allocation under a mutex, and to lock
 * each connection, would take a sixth of a proof.  Another sixth goes into memory that is given back
 * to the system after one migration, and taken again for the next, where an allocator does that.
 */
#include "prove.h"

#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static sqlite3_mem_methods usual;

static void *allocate_or_end(int size) {
    return must_have(usual.xMalloc(size));
}

static void *resize_or_end(void *memory, int size) {
    return must_have(usual.xRealloc(memory, size));
}

void require_memory(void) {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) != SQLITE_OK)
        return; /* SQLite is initialized already */
    sqlite3_mem_methods strict = usual;
    strict.xMalloc = allocate_or_end;
    strict.xRealloc = resize_or_end;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &strict);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
}
