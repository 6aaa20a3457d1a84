/*
 * originals.c - the checksums that other tools keep of the files they applied.
 *
 * Over the bytes as they are on the disk: a database that such a tool filled is
 * known by them.  As text, with the name of the algorithm before it.
 */
#include "read.h"

#include <sha1.h>
#include <sha2.h>
#include <string.h>
#include <zlib.h>

/* Flyway's: of the lines one after the other, without their ends and without a BOM; as a signed
 * number of 32 bits. */
static const char *sum_lines(struct arena *arena, const char *bytes, size_t size) {
    const char *at = bytes, *end = bytes + size;
    uLong sum = crc32(0, NULL, 0);
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end) {
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        sum = crc32(sum, (const Bytef *)at, (uInt)(stop - at));
        at = stop + (stop + 1 < end && stop[0] == '\r' && stop[1] == '\n') + 1;
    }
    return arena_format(arena, "crc32:%d", (int)(int32_t)(uint32_t)sum);
}

const char *sum_original(struct arena *arena, enum original kind, const char *bytes, size_t size) {
    const uint8_t *data = (const uint8_t *)bytes;
    char digest[SHA384_DIGEST_STRING_LENGTH]; /* the longest */
    switch (kind) {
    case ORIGINAL_SHA1:
        return arena_format(arena, "sha1:%s", SHA1Data(data, size, digest));
    case ORIGINAL_SHA256:
        return arena_format(arena, "sha256:%s", SHA256Data(data, size, digest));
    case ORIGINAL_SHA384:
        return arena_format(arena, "sha384:%s", SHA384Data(data, size, digest));
    case ORIGINAL_CRC32:
        return sum_lines(arena, bytes, size);
    case ORIGINAL_NONE:
        break;
    }
    return NULL;
}
