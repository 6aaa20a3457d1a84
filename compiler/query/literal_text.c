/*
 * literal_text.c - what a literal of C says, and where each byte of it is in the source.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

void add_query_byte(struct query_text *text, char byte, size_t offset) {
    size_t size = text->bytes.size;
    text->offsets = grow_items(text->offsets, size + 1, &text->capacity, sizeof(*text->offsets));
    text->offsets[size] = offset;
    text->offsets[size + 1] = offset + 1;
    buffer_add(&text->bytes, &byte, 1);
}

static int digit_of(char c, int base) {
    int value = is_digit(c)                                ? c - '0'
                : to_lower(c) >= 'a' && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10
                                                           : base;
    return value < base ? value : -1;
}

static unsigned long read_digits(const char **at, const char *end, int base, int most) {
    unsigned long value = 0;
    for (int i = 0; i < most && *at < end && digit_of(**at, base) >= 0; i++)
        value = value * (unsigned long)base + (unsigned long)digit_of(*(*at)++, base);
    return value;
}

/* `at` is after the backslash; returns what is after the escape. */
static const char *decode_escape(struct query_text *text, const char *at, const char *end,
                                 size_t offset) {
    static const char letters[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
    const char *letter = strchr(letters, *at);
    if (*at == '\n')
        return at + 1;
    if (*at >= '0' && *at <= '7') {
        add_query_byte(text, (char)read_digits(&at, end, 8, 3), offset);
        return at;
    }
    if (*at == 'x') {
        at++;
        add_query_byte(text, (char)read_digits(&at, end, 16, 8), offset);
        return at;
    }
    if (*at != 'u' && *at != 'U') {
        add_query_byte(text, *at && letter ? values[letter - letters] : *at, offset);
        return at + 1;
    }
    int most = *at++ == 'u' ? 4 : 8;
    unsigned long code = read_digits(&at, end, 16, most);
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* by the count of bytes */
    unsigned char bytes[4];
    int count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (int i = count - 1; i > 0; i--, code >>= 6)
        bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
    bytes[0] = (unsigned char)(heads[count] | code);
    for (int i = 0; i < count; i++)
        add_query_byte(text, (char)bytes[i], offset);
    return at;
}

void decode_literal(struct query_text *text, const struct source *source, const char *literal,
                    size_t size, bool is_raw) {
    const char *end = literal + size - 1, *at = memchr(literal, '"', size);
    if (!at)
        return;
    at++;
    if (is_raw) {
        const char *open = memchr(at, '(', (size_t)(end - at));
        if (!open)
            return;
        end -= open - at + 1; /* the delimiter, and ")" */
        at = open + 1;
    } else if (size < 2 || *end != '"') {
        end++; /* it has no end */
    }
    while (at < end) {
        size_t offset = (size_t)(at - source->text);
        if (*at == '\\' && !is_raw)
            at = decode_escape(text, at + 1, end, offset);
        else
            add_query_byte(text, *at++, offset);
    }
}
