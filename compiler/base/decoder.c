/*
 * decoder.c - writes numbers and texts into a buffer, as bytes that are the same on any machine, and
 * reads them back.  A decoder that meets the end, or a value that cannot be, is `bad` from then on.
 *
 *     number   8 bytes, the lowest first
 *     block    its size as a number, its bytes, a NUL
 *     string   the number 0 for NULL, or the number 1 and a block
 */
#include "base.h"

#include <assert.h>
#include <string.h>

enum { NUMBER_SIZE = 8 };

void buffer_number(struct buffer *buffer, uint64_t number) {
    char bytes[NUMBER_SIZE];
    for (int i = 0; i < NUMBER_SIZE; i++)
        bytes[i] = (char)(number >> 8 * i & 0xff);
    buffer_add(buffer, bytes, sizeof(bytes));
}

void buffer_block(struct buffer *buffer, const char *bytes, size_t size) {
    buffer_number(buffer, size);
    buffer_add(buffer, bytes, size);
    buffer_add(buffer, "", 1);
}

void buffer_string(struct buffer *buffer, const char *text) {
    buffer_number(buffer, text != NULL);
    if (text)
        buffer_block(buffer, text, strlen(text));
}

static const char *read_run(struct decoder *decoder, uint64_t size) {
    const char *bytes = decoder->at;
    assert(decoder->at <= decoder->end);
    if (decoder->bad || size > (uint64_t)(decoder->end - decoder->at)) {
        decoder->bad = true;
        return NULL;
    }
    decoder->at += size;
    return bytes;
}

uint64_t read_u64(struct decoder *decoder) {
    const char *bytes = read_run(decoder, NUMBER_SIZE);
    uint64_t number = 0;
    for (int i = 0; bytes && i < NUMBER_SIZE; i++)
        number |= (uint64_t)(unsigned char)bytes[i] << 8 * i;
    return number;
}

uint64_t read_below(struct decoder *decoder, uint64_t limit) {
    uint64_t number = read_u64(decoder);
    decoder->bad |= number >= limit;
    return decoder->bad ? 0 : number;
}

const char *read_block(struct decoder *decoder, size_t *size) {
    uint64_t length = read_u64(decoder);
    const char *bytes = read_run(decoder, length);
    const char *nul = read_run(decoder, 1);
    decoder->bad |= !nul || *nul != '\0';
    *size = decoder->bad ? 0 : (size_t)length;
    return decoder->bad ? "" : bytes;
}

const char *read_string(struct decoder *decoder) {
    size_t size;
    return read_below(decoder, 2) ? read_block(decoder, &size) : NULL;
}
