/*
 * pack.c - packs a database file: runs of zeros, and bytes that occurred before, become a
 * length and a distance.  migc.h specifies the format; the runtime unpacks it (engine/snapshot.c).
 *
 * The search is greedy and remembers one earlier position for each hash of four bytes.  That
 * is enough: a schema repeats itself, and most of a page is zeros.
 */
#include "prove.h"

#include <stdlib.h>
#include <string.h>

enum { HASH_BITS = 16, HASHED = 4, LEAST_COPY = 6, SLOTS = 1 << HASH_BITS, MOST_REMEMBERED = 256 };

struct packer {
    struct buffer *packed;
    const unsigned char *bytes;
    size_t size;
    size_t literals; /* start of the bytes that are not written yet */
    size_t *slots;   /* SLOTS of a position + 1; 0: none */
};

static size_t *slot_of(struct packer *packer, size_t at) {
    const unsigned char *four = packer->bytes + at;
    uint32_t word = four[0] | (uint32_t)four[1] << 8 | (uint32_t)four[2] << 16 |
                    (uint32_t)four[3] << 24; /* the same on any machine */
    return &packer->slots[(word * UINT32_C(2654435761)) >> (32 - HASH_BITS)];
}

static void put_size(struct buffer *packed, size_t number) {
    char bytes[10];
    size_t count = 0;
    do {
        bytes[count++] = (char)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
        number >>= 7;
    } while (number > 0);
    buffer_add(packed, bytes, count);
}

static void put_parts(struct packer *packer, size_t at, size_t copies, size_t back) {
    put_size(packer->packed, at - packer->literals);
    buffer_add(packer->packed, (const char *)packer->bytes + packer->literals,
               at - packer->literals);
    put_size(packer->packed, copies);
    put_size(packer->packed, back);
    packer->literals = at + copies;
}

static void remember_four_bytes(struct packer *packer, size_t at) {
    if (at + HASHED <= packer->size)
        *slot_of(packer, at) = at + 1;
}

void pack_bytes(struct buffer *packed, const unsigned char *bytes, size_t size) {
    struct packer packer = {.packed = packed, .bytes = bytes, .size = size};
    packer.slots = must_have(calloc(SLOTS, sizeof(*packer.slots)));
    for (size_t at = 0; at < size;) { /* advances by one byte, or by as many as occurred before */
        size_t slot = at + HASHED <= size ? *slot_of(&packer, at) : 0;
        size_t copies = 0, most = slot ? size - at : 0, word = sizeof(uint64_t);
        const unsigned char *from = bytes + slot - (slot > 0); /* may reach into what is at `at` */
        while (copies + word <= most && memcmp(from + copies, bytes + at + copies, word) == 0)
            copies += word;
        while (copies < most && from[copies] == bytes[at + copies])
            copies++;
        remember_four_bytes(&packer, at);
        if (copies < LEAST_COPY) {
            at++;
            continue;
        }
        put_parts(&packer, at, copies, at - (slot - 1));
        for (size_t i = 1; i < copies && i < MOST_REMEMBERED; i++)
            remember_four_bytes(&packer, at + i);
        at += copies;
    }
    put_parts(&packer, size, 0, 0);
    free(packer.slots);
}
