/*
 * hash_lines.c - makes SQL of what Play has in its files:
 *
 *     # Users schema        up to the first marker: "-- Users schema"
 *     # --- !Ups            a marker: "-- --- !Ups"
 *     UPDATE t SET a = 1;;  a ';' that does not end the statement
 */
#include "read.h"

#include <string.h>

enum { ROOM = 64 }; /* behind the text: more than load_bytes() leaves */

void spell_hash_lines(struct source *source, struct arena *arena) {
    const char *at = source->text, *end = at + source->size;
    size_t lines = 1;
    bool is_above = true; /* of the first marker */
    for (const char *line = at; line < end; line++)
        lines += *line == '\n';
    char *text = arena_take(arena, source->size + lines + ROOM), *to = text;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t size = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);
        bool is_marker = *at == '#' && is_hash_marker(at, size);
        if (*at == '#' && (is_marker || is_above)) {
            *to++ = '-';
            *to++ = '-';
            memcpy(to, at + 1, size - 1);
            to += size - 1;
        } else {
            for (size_t i = 0; i < size; i++)
                if (at[i] != ';' || i == 0 || at[i - 1] != ';')
                    *to++ = at[i];
        }
        is_above = is_above && !is_marker;
        at += size;
    }
    memset(to, 0, ROOM);
    source->text = text;
    source->size = (size_t)(to - text);
}
