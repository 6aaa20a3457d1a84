/*
 * pack.c - what the compiler packs, the runtime unpacks; and what nobody packed does no harm.
 */
#include "engine/engine.h"
#include "prove/prove.h"

#include <stdlib.h>

#include "check.h"

enum { LONGEST = 70000, ROUNDS = 400 };

static uint64_t dice = 20261121;

static unsigned draw(unsigned limit) {
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(dice >> 33) % limit;
}

static unsigned char bytes[LONGEST], unpacked[LONGEST + 1];

/* Zeros, noise, one byte again and again, and what was there before. */
static size_t fill(size_t size) {
    for (size_t at = 0; at < size;) {
        size_t run = 1 + draw(draw(8) ? 40 : 5000);
        unsigned kind = draw(4), byte = draw(256);
        size_t from = at ? draw((unsigned)at) : 0;
        for (; run > 0 && at < size; run--, at++, from++)
            bytes[at] = (unsigned char)(kind == 0   ? 0
                                        : kind == 1 ? draw(256)
                                        : kind == 2 ? byte
                                                    : bytes[from]);
    }
    return size;
}

/* A number may lie in two pieces.  What is behind the last one is nobody's. */
static migc_snapshot cut(const struct buffer *packed, size_t size) {
    static char pieces[2 * LONGEST / MIGC_PIECE_SIZE][MIGC_PIECE_SIZE + 1];
    memset(pieces, 0xa5, sizeof(pieces));
    CHECK(packed->size <= 2 * LONGEST - MIGC_PIECE_SIZE);
    for (size_t at = 0; at < packed->size; at++)
        pieces[at / MIGC_PIECE_SIZE][at % MIGC_PIECE_SIZE] = packed->bytes[at];
    return (migc_snapshot){size, packed->size, (const char(*)[MIGC_PIECE_SIZE + 1]) pieces};
}

static void check_round_trip(size_t size) {
    struct buffer packed = {0};
    fill(size);
    pack_bytes(&packed, bytes, size);
    migc_snapshot snapshot = cut(&packed, size);
    unpacked[size] = 0xa5;
    int fine = migci_unpack(&snapshot, unpacked) && memcmp(bytes, unpacked, size) == 0 &&
               unpacked[size] == 0xa5;
    buffer_free(&packed);
    CHECK_MSG(fine, "%zu bytes do not come back", size);
}

TEST(round_trip, "N6: what is packed comes back, byte by byte") {
    for (size_t size = 1; size <= 300; size++)
        check_round_trip(size);
    for (int round = 0; round < ROUNDS; round++)
        check_round_trip(1 + draw(LONGEST));
}

TEST(small, "N6: what repeats itself packs into a few bytes") {
    struct buffer packed = {0};
    memset(bytes, 0, LONGEST);
    pack_bytes(&packed, bytes, LONGEST);
    size_t size = packed.size;
    buffer_free(&packed);
    CHECK_MSG(size < 16, "zeros take %zu bytes", size);
}

/* Changes, cuts and noise; nothing outside is written, whatever it answers. */
TEST(harmless, "N6: bytes that nobody packed are refused or unpacked, and write nowhere else") {
    int refused = 0;
    for (int round = 0; round < 20 * ROUNDS; round++) {
        struct buffer packed = {0};
        size_t size = fill(1 + draw(2000));
        pack_bytes(&packed, bytes, size);
        for (unsigned changes = 1 + draw(4); changes > 0; changes--)
            packed.bytes[draw((unsigned)packed.size)] = (char)(draw(2) ? draw(256) : 0xff);
        if (draw(3) == 0)
            packed.size = draw((unsigned)packed.size);
        migc_snapshot snapshot = cut(&packed, size);
        unsigned char *room = malloc(size + 1);
        CHECK(room != NULL);
        room[size] = 0xa5;
        refused += !migci_unpack(&snapshot, room);
        int intact = room[size] == 0xa5;
        free(room);
        buffer_free(&packed);
        CHECK(intact);
    }
    CHECK(refused > ROUNDS);
}

#define TESTS(X)                                                                                   \
    X(round_trip)                                                                                  \
    X(small)                                                                                       \
    X(harmless)
CHECK_MAIN(TESTS)
