/*
 * memory.c - blocks of memory that are freed together.
 *
 * What is read from a history lives exactly as long as the call that read it, so
 * nothing in the runtime frees a single row.  Memory comes from SQLite's
 * allocator, so there is one place where a test can make it fail.
 */
#include "base/core.h"

#include <assert.h>
#include <string.h>

enum { BLOCK_SIZE = 8192, ALIGNMENT = sizeof(int64_t) };

typedef struct migci_block {
    struct migci_block *next;
    size_t used, size;
    int64_t data[];
} block;

void *migci_allocate(migci_memory *memory, size_t size) {
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    block *top = memory->blocks;
    assert(size <= SIZE_MAX / 2);
    if (!top || top->size - top->used < size) {
        size_t room = size < BLOCK_SIZE ? BLOCK_SIZE : size;
        top = sqlite3_malloc64(sizeof(block) + room);
        if (!top)
            return NULL;
        *top = (block){.next = memory->blocks, .size = room};
        memory->blocks = top;
    }
    void *result = (char *)top->data + top->used;
    top->used += size;
    return memset(result, 0, size);
}

char *migci_copy(migci_memory *memory, const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = migci_allocate(memory, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

char *migci_copy_line(migci_memory *memory, const char *text) {
    char *copy = migci_copy(memory, text);
    for (char *at = copy; at && *at; at++)
        if ((unsigned char)*at < ' ')
            *at = '?';
    return copy;
}

void migci_add_memory(migci_memory *memory, migci_memory *more) {
    block **last = &memory->blocks;
    while (*last)
        last = &(*last)->next;
    *last = more->blocks;
    more->blocks = NULL;
}

void migci_free_all(migci_memory *memory) {
    while (memory->blocks) {
        block *next = memory->blocks->next;
        sqlite3_free(memory->blocks);
        memory->blocks = next;
    }
}
