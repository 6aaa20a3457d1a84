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

static const char *format_digest(struct arena *arena, const char *name, const unsigned char *digest,
                                 size_t size) {
    static const char digits[] = "0123456789abcdef";
    char text[2 * SHA512_DIGEST_LENGTH + 1];
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    return arena_format(arena, "%s:%.*s", name, (int)(2 * size), text);
}

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
    switch (kind) {
    case ORIGINAL_SHA1: {
        unsigned char digest[SHA1_DIGEST_LENGTH];
        SHA1_CTX context;
        SHA1Init(&context);
        SHA1Update(&context, (const uint8_t *)bytes, size);
        SHA1Final(digest, &context);
        return format_digest(arena, "sha1", digest, sizeof(digest));
    }
    case ORIGINAL_SHA256: {
        unsigned char digest[SHA256_DIGEST_LENGTH];
        SHA2_CTX context;
        SHA256Init(&context);
        SHA256Update(&context, (const uint8_t *)bytes, size);
        SHA256Final(digest, &context);
        return format_digest(arena, "sha256", digest, sizeof(digest));
    }
    case ORIGINAL_SHA384: {
        unsigned char digest[SHA384_DIGEST_LENGTH];
        SHA2_CTX context;
        SHA384Init(&context);
        SHA384Update(&context, (const uint8_t *)bytes, size);
        SHA384Final(digest, &context);
        return format_digest(arena, "sha384", digest, sizeof(digest));
    }
    case ORIGINAL_CRC32:
        return sum_lines(arena, bytes, size);
    case ORIGINAL_NONE:
        break;
    }
    return NULL;
}
