/*
 * arena.c - memory: an arena that is freed at once, and growable buffers.
 *
 * Lack of memory ends the program here, with a message, so no caller checks for NULL.  No output is
 * half written then, because outputs are renamed last.
 */
#include "base.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 1 << 18, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
};

/* Of the whole process: exit() is called where no caller could say it. */
static enum status status_of_failure = STATUS_SYSTEM;

enum status failure_status(void) {
    return status_of_failure;
}

void set_failure_status(enum status status) {
    status_of_failure = status;
}

void *must_have(void *memory) {
    if (!memory) {
        fputs("migc: out of memory; nothing was written\n", stderr);
        exit(failure_status());
    }
    return memory;
}

static size_t align_up(size_t size) {
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

void *arena_take(struct arena *arena, size_t size) {
    struct arena_block *block = arena->blocks;
    size = align_up(size);
    if (!block || block->size - block->used < size) {
        size_t head = align_up(sizeof(*block));
        size_t whole = head + (size > BLOCK_SIZE - head ? size : BLOCK_SIZE - head);
        block = must_have(malloc(whole));
        *block = (struct arena_block){.next = arena->blocks, .used = head, .size = whole};
        arena->blocks = block;
    }
    assert(block->used + size <= block->size);
    void *memory = (char *)block + block->used;
    block->used += size;
    return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t size) {
    char *copy = arena_take(arena, size + 1);
    if (size > 0)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *arena_vformat(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = arena_take(arena, (size_t)(size < 0 ? 0 : size) + 1);
    text[0] = '\0';
    if (size > 0)
        vsnprintf(text, (size_t)size + 1, format, arguments);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

void arena_free(struct arena *arena) {
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}

static void buffer_reserve(struct buffer *buffer, size_t size) {
    assert(buffer->size <= buffer->capacity);
    if (buffer->capacity - buffer->size >= size)
        return;
    size_t capacity = buffer->capacity * 2 > 256 ? buffer->capacity * 2 : 256;
    while (capacity - buffer->size < size)
        capacity *= 2;
    buffer->bytes = must_have(realloc(buffer->bytes, capacity));
    buffer->capacity = capacity;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t size) {
    if (size > 0) {
        buffer_reserve(buffer, size);
        memcpy(buffer->bytes + buffer->size, bytes, size);
        buffer->size += size;
    }
}

void buffer_text(struct buffer *buffer, const char *text) {
    buffer_add(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size > 0) {
        buffer_reserve(buffer, (size_t)size + 1);
        vsnprintf(buffer->bytes + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
}

void buffer_free(struct buffer *buffer) {
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

void *grow_items(void *items, size_t count, size_t *capacity, size_t item_size) {
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 16;
    assert(count < *capacity);
    return must_have(realloc(items, *capacity * item_size));
}
