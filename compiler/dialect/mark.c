/*
 * mark.c - what a line comment means in another tool's file.
 *
 * The whole comment must be the marker and its options: "-- up to here" is
 * prose.  Case and the number of blanks do not count.
 */
#include "dialect.h"

#include <assert.h>
#include <string.h>

/* The text after the words of `row`, or NULL if the comment does not begin with them. */
static const char *skip_words(const char *text, const char *end, const char *row) {
    while (*row) {
        if (*row == ' ') {
            if (text == end || !is_blank(*text))
                return NULL;
            while (text < end && is_blank(*text))
                text++;
        } else if (text < end && to_lower(*text) == to_lower(*row)) {
            text++;
        } else {
            return NULL;
        }
        row++;
    }
    return text;
}

struct marking read_mark(const struct dialect *dialect, const char *text, size_t size) {
    struct marking marking = {MARK_NONE, false};
    const char *end = text + size;
    assert(size >= 2 && text[0] == '-' && text[1] == '-');
    text += 2;
    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    for (const struct mark_row *row = dialect->marks; row && row->text; row++) {
        const char *rest = skip_words(text, end, row->text);
        bool has_option = rest && rest < end && is_blank(*rest) && dialect->option;
        if (!rest || (rest < end && !has_option))
            continue;
        while (rest < end && is_blank(*rest))
            rest++;
        marking.mark = row->mark;
        marking.no_transaction =
            has_option && same_word(rest, (size_t)(end - rest), dialect->option);
        return marking;
    }
    return marking;
}

bool is_hash_marker(const char *text, size_t size) {
    const char *end = text + size;
    while (text < end && strchr("# \t-", *text))
        text++;
    size_t left = (size_t)(end - text);
    return (left >= 4 && same_word(text, 4, "!Ups")) || (left >= 6 && same_word(text, 6, "!Downs"));
}

bool is_breakpoint(const char *text, size_t size) {
    static const char breakpoint[] = "--> statement-breakpoint";
    size_t length = sizeof(breakpoint) - 1;
    return size >= length && memcmp(text, breakpoint, length) == 0;
}

struct name_piece read_jump(const char *text, size_t size) {
    static const char words[] = "-- v0 -> v";
    size_t length = sizeof(words) - 1, end = length;
    while (size > length && end < size && is_digit(text[end]))
        end++;
    if (end == length || memcmp(text, words, length) != 0)
        return (struct name_piece){NULL, 0};
    return (struct name_piece){text + length, end - length};
}

bool begins_without_transaction(const char *text, size_t size) {
    static const char words[] = "-- no-transaction";
    size_t length = sizeof(words) - 1;
    return size >= length && memcmp(text, words, length) == 0;
}
