/*
 * diag_text.c - diagnostics for people, in a C compiler's form: location, severity, text, then the
 * line with a caret under it.
 *
 * Lines and columns (of characters, from 1) are counted here, while printing.
 */
#include "diag.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXCERPT = 100 /* characters of a line that are shown */ };

static void put_colour(struct printer *printer, const char *code) {
    if (printer->colour)
        buffer_format(&printer->out, "\033[%sm", code);
}

/* Puts one character, and "?" for one that could drive a terminal. */
static void put_character(struct buffer *out, const char *text, size_t length) {
    unsigned char c = (unsigned char)text[0];
    bool control = c < 0x20 || c == 0x7F || (length == 2 && c == 0xC2 && (text[1] & 0x7F) < 0x20);
    if (length == 0 || (control && c != '\t'))
        buffer_add(out, "?", 1);
    else
        buffer_add(out, text, length);
}

void put_clean(struct buffer *out, const char *text) {
    const char *end = text + strlen(text);
    while (text < end) {
        size_t length = utf8_length(text, end);
        put_character(out, text, *text == '\t' ? 0 : length);
        text += length ? length : 1;
    }
}

size_t count_characters(const char *from, const char *to) {
    size_t count = 0;
    while (from < to) {
        size_t length = utf8_length(from, to);
        from += length ? length : 1;
        count++;
    }
    return count;
}

size_t count_lines(struct printer *printer, const struct source *source, size_t offset) {
    if (!printer->text || printer->text != source->text || offset < printer->offset) {
        printer->text = source->text;
        printer->offset = 0;
        printer->line = 1;
    }
    const char *at = source->text + printer->offset, *to = source->text + offset;
    while ((at = memchr(at, '\n', (size_t)(to - at))) != NULL) {
        printer->line++;
        at++;
    }
    printer->offset = offset;
    return printer->line;
}

/* The part of a line that is shown, and the marked part of that. */
struct excerpt {
    const char *start, *end;
    const char *mark, *mark_end;
    bool cut_start, cut_end;
};

static bool inside_character(const char *text) {
    return ((unsigned char)*text & 0xC0) == 0x80;
}

static struct excerpt make_excerpt(const struct location *location) {
    const char *text = location->source->text, *limit = text + location->source->size;
    struct excerpt shown = {.mark = text + location->offset};
    shown.mark_end =
        (size_t)(limit - shown.mark) < location->size ? limit : shown.mark + location->size;
    shown.start = shown.mark;
    while (shown.start > text && shown.start[-1] != '\n' && shown.mark - shown.start < EXCERPT / 2)
        shown.start--;
    shown.end = shown.start;
    while (shown.end < limit && *shown.end != '\n' && shown.end - shown.start < EXCERPT)
        shown.end++;
    shown.cut_start = shown.start > text && shown.start[-1] != '\n';
    shown.cut_end = shown.end < limit && *shown.end != '\n';
    while (shown.cut_start && shown.start < shown.mark && inside_character(shown.start))
        shown.start++;
    while (shown.cut_end && shown.end > shown.mark && inside_character(shown.end))
        shown.end--;
    if (shown.mark_end > shown.end)
        shown.mark_end = shown.end;
    return shown;
}

/* Tabs are repeated, so that the caret is right whatever their width. */
static void put_caret(struct printer *printer, const struct excerpt *shown) {
    buffer_text(&printer->out, shown->cut_start ? "   " : "");
    for (const char *p = shown->start; p < shown->mark;) {
        size_t length = utf8_length(p, shown->mark);
        buffer_add(&printer->out, *p == '\t' ? "\t" : " ", 1);
        p += length ? length : 1;
    }
    put_colour(printer, "1;32");
    buffer_add(&printer->out, "^", 1);
    size_t width = count_characters(shown->mark, shown->mark_end);
    for (size_t i = 1; i < width; i++)
        buffer_add(&printer->out, "~", 1);
    put_colour(printer, "0");
    buffer_add(&printer->out, "\n", 1);
}

static const struct {
    const char *name, *colour;
} severities[] = {
    [SEVERITY_IGNORED] = {"", "0"},
    [SEVERITY_NOTE] = {"note", "1;36"},
    [SEVERITY_WARNING] = {"warning", "1;35"},
    [SEVERITY_ERROR] = {"error", "1;31"},
};

size_t column_of(const struct location *location) {
    const char *at = location->source->text + location->offset, *start = at;
    while (start > location->source->text && start[-1] != '\n')
        start--;
    return count_characters(start, at) + 1;
}

static void print_text_group(struct printer *printer, const struct diagnostic *items,
                             size_t count) {
    for (const struct diagnostic *item = items; item < items + count; item++) {
        const struct location *location = &item->location;
        bool in_line = location->offset != WHOLE_FILE;
        size_t line = in_line ? count_lines(printer, location->source, location->offset) : 1;
        put_colour(printer, "1");
        put_clean(&printer->out, location->source->path);
        if (location->source->text)
            buffer_format(&printer->out, ":%zu:%zu", line, in_line ? column_of(location) : 1);
        buffer_text(&printer->out, ": ");
        put_colour(printer, severities[item->severity].colour);
        buffer_format(&printer->out, "%s: ", severities[item->severity].name);
        put_colour(printer, "0");
        put_clean(&printer->out, item->text);
        if (item->flag)
            buffer_format(&printer->out, " [%s]", item->flag);
        buffer_text(&printer->out, "\n");
        if (in_line) {
            struct excerpt shown = make_excerpt(location);
            buffer_format(&printer->out, "%5zu | ", line);
            buffer_text(&printer->out, shown.cut_start ? "..." : "");
            for (const char *p = shown.start; p < shown.end;) {
                size_t length = utf8_length(p, shown.end);
                put_character(&printer->out, p, length);
                p += length ? length : 1;
            }
            buffer_text(&printer->out, shown.cut_end ? "..." : "");
            buffer_text(&printer->out, "\n      | ");
            put_caret(printer, &shown);
        }
    }
}

static void end_text(struct printer *printer, const char *failure) {
    if (!failure)
        return;
    buffer_text(&printer->out, "migc: ");
    put_clean(&printer->out, failure);
    buffer_text(&printer->out, "\n");
}

const struct diagnostic_form text_form = {"text", 20, NULL, print_text_group, end_text};

bool is_colour_choice(const char *text) {
    return strcmp(text, "auto") == 0 || strcmp(text, "always") == 0 || strcmp(text, "never") == 0;
}

bool wants_colour(const char *choice) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    if (choice && strcmp(choice, "auto") != 0)
        return strcmp(choice, "always") == 0;
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !(no_color && no_color[0]);
}
