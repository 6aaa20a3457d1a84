/*
 * literal.c - values as C has them: string literals, which only this file escapes, and flags.
 *
 * What is printable stays as it is, UTF-8 included.  Control characters, and
 * the Unicode ones that could make the emitted C look other than it is, become
 * three octal digits a byte: no digit after them can change their meaning.
 */
#include "emit.h"

#include <assert.h>
#include <string.h>

enum { LINE_WIDTH = 100 };

enum byte_class { PLAIN, ESCAPED, OCTAL, QUESTION, NEWLINE, UNICODE };

/* UNICODE are the first bytes of sequences that may have to be hidden. */
/* clang-format off */
static const unsigned char classes[256] = {
    [0x00] = OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL,
    [0x08] = OCTAL, ESCAPED, NEWLINE, OCTAL, OCTAL, ESCAPED, OCTAL, OCTAL,
    [0x10] = OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL,
    [0x18] = OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL, OCTAL,
    ['"'] = ESCAPED, ['?'] = QUESTION, ['\\'] = ESCAPED, [0x7F] = OCTAL,
    [0xC2] = UNICODE, [0xD8] = UNICODE, [0xE2] = UNICODE, [0xEF] = UNICODE
};
/* clang-format on */

/* C1 controls, directional marks and overrides, separators, invisible characters. */
static const struct range {
    unsigned first, last;
} hidden[] = {{0x0080, 0x009F}, {0x061C, 0x061C}, {0x200B, 0x200F},
              {0x2028, 0x202E}, {0x2060, 0x2069}, {0xFEFF, 0xFEFF}};

/* Of two or three bytes: longer sequences have no class. */
static unsigned decode(const unsigned char *bytes, size_t length) {
    return length == 2 ? (bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu)
                       : (bytes[0] & 0x0Fu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
}

static bool is_hidden(const char *text, size_t length) {
    unsigned code = decode((const unsigned char *)text, length);
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

static void put_octal(struct output *output, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        unsigned byte = (unsigned char)bytes[i];
        char text[4] = {'\\', (char)('0' + (byte >> 6)), (char)('0' + (byte >> 3 & 7)),
                        (char)('0' + (byte & 7))};
        put_bytes(output, text, sizeof(text));
    }
}

/* Writes what is special at `text`; returns how many bytes that was. */
static size_t put_special(struct output *output, const char *text, const char *end, char before) {
    size_t length = utf8_length(text, end);
    switch ((enum byte_class)classes[(unsigned char)*text]) {
    case ESCAPED:
        put_char(output, '\\');
        put_char(output, *text == '\t' ? 't' : *text == '\r' ? 'r' : *text);
        return 1;
    case OCTAL:
        put_octal(output, text, 1);
        return 1;
    case QUESTION:
        put_text(output, before == '?' ? "\\?" : "?");
        return 1;
    case UNICODE:
        if (is_hidden(text, length))
            put_octal(output, text, length);
        else
            put_bytes(output, text, length);
        return length;
    default:
        put_char(output, *text);
        return 1;
    }
}

static void put_literal_line(struct output *output, const char *text, const char *end) {
    const char *start = text;
    put_char(output, '"');
    while (text < end) {
        const char *plain = text;
        while (text < end && classes[(unsigned char)*text] == PLAIN)
            text++;
        put_bytes(output, plain, (size_t)(text - plain));
        if (text < end)
            text += put_special(output, text, end, text > start ? text[-1] : '\0');
    }
}

void put_ended_literal(struct output *output, const char *text, size_t size, unsigned indent,
                       const char *ending) {
    const char *end = text + size;
    for (;;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        put_literal_line(output, text, newline ? newline : end);
        bool is_last = !newline || newline + 1 == end;
        put_text(output, newline ? "\\n" : "");
        put_text(output, is_last ? ending : "");
        put_char(output, '"');
        if (is_last)
            return;
        text = newline + 1;
        put_char(output, '\n');
        for (unsigned i = 0; i < indent; i++)
            put_char(output, ' ');
    }
}

void put_literal(struct output *output, const char *text, size_t size, unsigned indent) {
    put_ended_literal(output, text, size, indent, "");
}

/* What is no text: printable ASCII as it is, all else in octal. */
static size_t put_byte(struct output *output, char byte, char before) {
    bool printable = byte >= ' ' && byte <= '~';
    if (printable && classes[(unsigned char)byte] == PLAIN) {
        put_char(output, byte);
        return 1;
    }
    if (printable && byte != '?') {
        put_char(output, '\\');
        put_char(output, byte);
        return 2;
    }
    if (byte == '?' && before != '?') {
        put_char(output, '?');
        return 1;
    }
    put_octal(output, &byte, 1);
    return 4;
}

void put_byte_literal(struct output *output, const char *bytes, size_t size, unsigned indent) {
    size_t width = indent;
    put_char(output, '"');
    for (size_t i = 0; i < size; i++) {
        if (width >= LINE_WIDTH - 6) {
            put_text(output, "\"\n");
            for (unsigned blank = 0; blank < indent; blank++)
                put_char(output, ' ');
            put_char(output, '"');
            width = indent;
        }
        width += put_byte(output, bytes[i], i > 0 ? bytes[i - 1] : '\0');
    }
    put_char(output, '"');
}

void put_flags(struct output *output, unsigned flags, const struct flag *names, size_t count,
               size_t width) {
    unsigned left = flags;
    for (size_t i = 0; i < count; i++) {
        if ((left & names[i].bit) != names[i].bit)
            continue;
        size_t needed = strlen(names[i].name) + 3;
        bool is_first = left == flags, wraps = width + needed > LINE_WIDTH - 2;
        put_text(output, is_first ? "" : wraps ? " |" : " | ");
        put_text(output, wraps ? "\n      " : "");
        put_text(output, names[i].name);
        width = wraps ? 3 + needed : width + needed;
        left &= ~names[i].bit;
    }
    assert(left == 0);
    put_text(output, flags ? "" : "0");
}
