/*
 * no_memory.h - an allocator that fails where a test wants it to.
 *
 * The runtime allocates through SQLite only, so SQLite's allocator is the place to fail it: the
 * first allocation of a call, the second, and so on.  Included by one file of a program.
 */
#ifndef MIGC_TESTS_NO_MEMORY_H
#define MIGC_TESTS_NO_MEMORY_H

#include "check.h"

#include <sqlite3.h>
#include <stdint.h>

static struct {
    sqlite3_mem_methods real;
    int64_t until_failure; /* 1: the next one fails; 0: none does */
    int stays;             /* the heap ends there */
    int reached;
    int64_t used, peak, limit; /* bytes of the heap; no limit when 0 */
} allocator;

static int fails_now(int more) {
    if (allocator.until_failure > 0 && --allocator.until_failure == 0) {
        allocator.reached = 1;
        allocator.limit = allocator.stays ? allocator.peak : 0;
        return 1;
    }
    return allocator.limit && allocator.used + more > allocator.limit;
}

static void count_bytes(int64_t bytes) {
    allocator.used += bytes;
    if (allocator.peak < allocator.used)
        allocator.peak = allocator.used;
}

static void *allocate(int size) {
    if (fails_now(size))
        return NULL;
    void *block = allocator.real.xMalloc(size);
    count_bytes(allocator.real.xSize(block));
    return block;
}

static void *reallocate(void *block, int size) {
    int before = allocator.real.xSize(block);
    if (fails_now(size - before))
        return NULL;
    block = allocator.real.xRealloc(block, size);
    count_bytes(allocator.real.xSize(block) - before);
    return block;
}

static void release(void *block) {
    allocator.used -= allocator.real.xSize(block);
    allocator.real.xFree(block);
}

static void fail_allocation(int64_t number, int stays) {
    allocator.until_failure = number;
    allocator.stays = stays;
    allocator.reached = 0;
    allocator.limit = 0;
    allocator.peak = allocator.used;
}

static void install_allocator(void) {
    if (allocator.real.xMalloc)
        return;
    sqlite3_shutdown();
    CHECK_INT(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_GETMALLOC, &allocator.real));
    sqlite3_mem_methods methods = allocator.real;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    methods.xFree = release;
    CHECK_INT(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_MALLOC, &methods));
    CHECK_INT(SQLITE_OK, sqlite3_initialize());
}

#endif
