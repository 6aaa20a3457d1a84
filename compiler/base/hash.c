/*
 * hash.c - XXH3-128 in canonical order, over tokens with a NUL after each: "xxh3:" and 32
 * hexadecimal digits.
 */
#include "base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Tokens are short, and each update of XXH3 costs time, so they are collected first. */
struct hasher {
    XXH3_state_t *state;
    size_t used;
    char pending[8192];
};

struct hasher *create_hasher(void) {
    struct hasher *hasher = must_have(malloc(sizeof(*hasher)));
    hasher->state = must_have(XXH3_createState());
    hash_reset(hasher);
    return hasher;
}

void free_hasher(struct hasher *hasher) {
    XXH3_freeState(hasher->state);
    free(hasher);
}

void hash_reset(struct hasher *hasher) {
    XXH3_128bits_reset(hasher->state);
    hasher->used = 0;
}

static void flush_pending(struct hasher *hasher) {
    XXH3_128bits_update(hasher->state, hasher->pending, hasher->used);
    hasher->used = 0;
}

void hash_bytes(struct hasher *hasher, const char *bytes, size_t size) {
    assert(hasher->used <= sizeof(hasher->pending));
    if (size > sizeof(hasher->pending) - hasher->used)
        flush_pending(hasher);
    if (size > sizeof(hasher->pending)) {
        XXH3_128bits_update(hasher->state, bytes, size);
        return;
    }
    memcpy(hasher->pending + hasher->used, bytes, size);
    hasher->used += size;
}

void hash_token(struct hasher *hasher, const char *token, size_t size) {
    hash_bytes(hasher, token, size);
    hash_bytes(hasher, "", 1);
}

void hash_finish(struct hasher *hasher, char text[HASH_SIZE]) {
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical;
    flush_pending(hasher);
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hasher->state));
    memcpy(text, "xxh3:", 5);
    for (size_t i = 0; i < sizeof(canonical.digest); i++) {
        text[5 + 2 * i] = digits[canonical.digest[i] >> 4];
        text[6 + 2 * i] = digits[canonical.digest[i] & 15];
    }
    text[HASH_SIZE - 1] = '\0';
}
