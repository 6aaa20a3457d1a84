/*
 * json_event.c - the ready event function for programs that read: JSON lines.
 *
 * Written by hand: it must work while memory is out, and a line goes out in one piece
 * unless it is very long.
 */
#include "internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct line {
    FILE *stream;
    size_t used;
    char text[2048];
};

static void flush(struct line *line) {
    fwrite(line->text, 1, line->used, line->stream);
    line->used = 0;
}

static void put(struct line *line, const char *text, size_t length) {
    for (; length--; text++) {
        if (line->used == sizeof line->text)
            flush(line);
        line->text[line->used++] = *text;
    }
}

static void put_text(struct line *line, const char *text) {
    put(line, text, strlen(text));
}

/* ------------------------------------------------------------------ strings */

/* How many bytes a character of UTF-8 has that begins here; 0: it is none, for a message may
 * be cut in one's middle, or tell of bytes that are no text. */
static size_t length_of_character(const unsigned char *at) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
    uint32_t code = length > 1 ? *at & (0x7fu >> length) : *at;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (length && (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)))
        return 0;
    return length;
}

static void put_string(struct line *line, const char *text) {
    char escape[8];
    put_text(line, "\"");
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = length_of_character(at);
        if (*at == '"' || *at == '\\') {
            snprintf(escape, sizeof escape, "\\%c", *at);
            put_text(line, escape);
        } else if (*at < ' ' || *at == 0x7f) {
            snprintf(escape, sizeof escape, "\\u%04x", *at);
            put_text(line, escape);
        } else {
            put(line, length ? (const char *)at : "\xef\xbf\xbd", length ? length : 3);
        }
        at += length ? length : 1;
    }
    put_text(line, "\"");
}

/* ------------------------------------------------------------------- fields */

static void add_key(struct line *line, const char *key) {
    put_text(line, line->text[0] == '{' && line->used == 1 ? "\"" : ",\"");
    put_text(line, key);
    put_text(line, "\":");
}

static void add_string(struct line *line, const char *key, const char *text) {
    if (!text)
        return;
    add_key(line, key);
    put_string(line, text);
}

static void add_number(struct line *line, const char *key, int64_t number) {
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    add_key(line, key);
    put_text(line, digits);
}

static void add_some(struct line *line, const char *key, int64_t number) {
    if (number)
        add_number(line, key, number);
}

static void add_time(struct line *line) {
    char text[40], second[24];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(second, sizeof second, "%Y-%m-%d %H:%M:%S", &utc);
    snprintf(text, sizeof text, "%s.%03ld", second, now.tv_nsec / 1000000);
    add_string(line, "at", text);
}

static void add_migration(struct line *line, const migc_event *event) {
    if (!event->migration)
        return;
    add_string(line, "migration", event->migration->name);
    add_number(line, "version", event->migration->version);
    add_string(line, "direction", event->down ? "down" : "up");
    add_string(line, "file", event->migration->file);
}

static void add_place(struct line *line, const migc_event *event) {
    add_some(line, "index", (int64_t)event->index);
    add_some(line, "count", (int64_t)event->count);
    if (event->statement)
        add_number(line, "line", event->statement->line);
    add_some(line, "step", event->step);
    add_some(line, "step_count", event->step_count);
}

static const char *name_of_type(migc_event_type type) {
    static const char *const names[] = {
#define NAME_ROW(name) #name,
        MIGC_EVENTS(NAME_ROW)
#undef NAME_ROW
    };
    return (size_t)type < sizeof names / sizeof *names ? names[type] : "UNKNOWN";
}

static const char *name_of_level(migc_level level) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    return (size_t)level < sizeof names / sizeof *names ? names[level] : "info";
}

int migc_json_event(const migc_event *event, void *user) {
    struct line line = {user ? (FILE *)user : stderr, 0, ""};
    flockfile(line.stream);
    put_text(&line, "{");
    add_time(&line);
    add_string(&line, "event", name_of_type(event->type));
    add_string(&line, "set", event->set ? event->set->name : NULL);
    add_migration(&line, event);
    add_place(&line, event);
    add_some(&line, "duration_us", event->duration_us);
    add_some(&line, "done", event->done);
    add_some(&line, "total", event->total);
    if (event->type == MIGC_EVENT_LOG)
        add_string(&line, "level", name_of_level(event->level));
    add_string(&line, "detail", event->detail);
    put_text(&line, "}\n");
    flush(&line);
    fflush(line.stream);
    funlockfile(line.stream);
    return 0;
}
