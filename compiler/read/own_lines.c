/*
 * own_lines.c - leaves in the files of mautrix what is for SQLite:
 *
 *     -- only: postgres                         the next line
 *     -- only: postgres for next 3 lines
 *     -- only: postgres until "end only"        up to a line that has this
 *     -- only: sqlite (line commented)          the next line, without its dashes
 *
 * What is not is made blank, so that all else stays where it is.
 */
#include "read.h"

#include <stdlib.h>
#include <string.h>

struct own_lines {
    bool is_own, is_commented;
    size_t count; /* of lines that follow; SIZE_MAX: up to `until` */
    const char *until;
    size_t until_size;
};

static bool has_text(const char *line, size_t size, const char *text, size_t length) {
    for (size_t at = 0; at + length <= size; at++)
        if (memcmp(line + at, text, length) == 0)
            return true;
    return false;
}

/* Whether the line is an "-- only:". */
static bool read_only_line(struct own_lines *lines, const char *line, size_t size) {
    static const char only[] = "-- only: ", next[] = " for next ", until[] = " until \"";
    while (size > 0 && is_blank(*line)) {
        line++;
        size--;
    }
    if (size < sizeof(only) || memcmp(line, only, sizeof(only) - 1) != 0)
        return false;
    line += sizeof(only) - 1;
    size -= sizeof(only) - 1;
    *lines = (struct own_lines){.is_own = size >= 6 && memcmp(line, "sqlite", 6) == 0,
                                .is_commented = has_text(line, size, "commented)", 10),
                                .count = 1};
    size_t word = 0;
    while (word < size && is_word(line[word]))
        word++;
    line += word;
    size -= word;
    if (size > sizeof(next) && memcmp(line, next, sizeof(next) - 1) == 0) {
        lines->count = strtoul(line + sizeof(next) - 1, NULL, 10);
    } else if (size > sizeof(until) && memcmp(line, until, sizeof(until) - 1) == 0) {
        lines->until = line + sizeof(until) - 1;
        lines->until_size = strcspn(lines->until, "\"\n");
        lines->count = SIZE_MAX;
    }
    return true;
}

void keep_own_lines(struct source *source) {
    struct own_lines lines = {0};
    for (char *line = source->text, *end = line + source->size; line < end;) {
        size_t size = strcspn(line, "\n"), blanks = strspn(line, " \t");
        if (lines.count == 0) {
            read_only_line(&lines, line, size);
        } else if (lines.count == SIZE_MAX && has_text(line, size, lines.until, lines.until_size)) {
            lines.count = 0;
        } else {
            lines.count -= lines.count != SIZE_MAX;
            if (!lines.is_own)
                memset(line, ' ', size);
            else if (lines.is_commented && size >= blanks + 2 && line[blanks] == '-' &&
                     line[blanks + 1] == '-')
                memset(line + blanks, ' ', 2);
        }
        line += size + 1;
    }
}
