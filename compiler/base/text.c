/*
 * text.c - letters, words and UTF-8, without the functions of <ctype.h>: what migc emits must not
 * depend on the locale.
 */
#include "base.h"

#include <string.h>

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) {
    return is_letter(c) || is_digit(c) || c == '_';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool same_text(const char *text, size_t size, const char *other) {
    return strlen(other) == size && memcmp(text, other, size) == 0;
}

bool read_number(const char *text, size_t size, int64_t *number) {
    *number = 0;
    for (size_t i = 0; i < size; i++)
        if (is_digit(text[i]) && size <= VERSION_DIGITS)
            *number = *number * 10 + (text[i] - '0');
        else
            return false;
    return size > 0;
}

bool same_word(const char *text, size_t size, const char *other) {
    size_t i = 0;
    while (i < size && other[i] && to_lower(text[i]) == to_lower(other[i]))
        i++;
    return i == size && !other[i];
}

bool contains_text(const char *text, size_t size, const char *part) {
    size_t length = strlen(part);
    for (size_t at = 0; at + length <= size; at++)
        if (to_lower(text[at]) == to_lower(*part) && same_word(text + at, length, part))
            return true;
    return false;
}

static size_t smaller_of(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t edit_distance(const char *a, size_t a_size, const char *b, size_t b_size) {
    enum { LONGEST = 40 };
    size_t rows[3][LONGEST + 1];
    if (a_size > LONGEST || b_size > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = rows[2][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t wrong = to_lower(a[i - 1]) != to_lower(b[j - 1]);
            row[j] = smaller_of(smaller_of(row[j - 1], last[j]) + 1, last[j - 1] + wrong);
            bool swapped = i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
                           to_lower(a[i - 2]) == to_lower(b[j - 1]);
            if (swapped)
                row[j] = smaller_of(row[j], before[j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

static bool is_continuation(const unsigned char *p, const unsigned char *end) {
    return p < end && (*p & 0xC0) == 0x80;
}

size_t utf8_length(const char *text, const char *end) {
    const unsigned char *p = (const unsigned char *)text;
    const unsigned char *limit = (const unsigned char *)end;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4 || !is_continuation(p + 1, limit))
        return 0;
    if (p[0] < 0xE0)
        return 2;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xED && p[1] > 0x9F;
    bool too_large = p[0] == 0xF4 && p[1] > 0x8F;
    if (overlong || surrogate || too_large || !is_continuation(p + 2, limit))
        return 0;
    if (p[0] < 0xF0)
        return 3;
    return is_continuation(p + 3, limit) ? 4 : 0;
}

void buffer_json(struct buffer *buffer, const char *text) {
    const char *end = text + strlen(text);
    buffer_text(buffer, "\"");
    while (text < end) {
        unsigned char c = (unsigned char)*text;
        size_t length = utf8_length(text, end);
        if (c == '"' || c == '\\')
            buffer_format(buffer, "\\%c", c);
        else if (c == '\n')
            buffer_text(buffer, "\\n");
        else if (c < 0x20 || c == 0x7F)
            buffer_format(buffer, "\\u%04x", c);
        else if (length == 0)
            buffer_text(buffer, "\\ufffd");
        else
            buffer_add(buffer, text, length);
        text += length ? length : 1;
    }
    buffer_text(buffer, "\"");
}
