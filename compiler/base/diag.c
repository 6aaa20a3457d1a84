/*
 * diag.c - collects what is wrong with the input, in any order, and prints it
 * in the order of the files, in a C compiler's form: location, severity, text,
 * then the line with a caret under it.
 *
 * Lines and columns (of characters, from 1) are counted here, while printing.
 */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_ERRORS = 20, EXCERPT = 100 /* characters of a line that are shown */ };

struct diagnostic {
    enum severity severity;
    const char *flag; /* "-Wgap", or NULL */
    const char *text;
    struct location location;
    struct location sort; /* the same, but for notes: of what they belong to */
    size_t sequence;      /* in which order they were reported */
    size_t group;         /* the sequence of what a note belongs to */
};

/* Where printing stands: lines of one source are counted once, going forward. */
struct printer {
    struct buffer out;
    bool colour;
    const char *text; /* the source's, lines are counted up to offset */
    size_t offset, line;
};

static void add(struct diagnostics *diagnostics, struct diagnostic item, const char *format,
                va_list arguments) {
    item.text = arena_vformat(diagnostics->arena, format, arguments);
    item.sequence = item.group = diagnostics->count;
    item.sort = item.location;
    if (item.severity == SEVERITY_NOTE && !item.flag && diagnostics->count > 0) {
        item.group = diagnostics->items[diagnostics->count - 1].group;
        item.sort = diagnostics->items[diagnostics->count - 1].sort;
    }
    diagnostics->items = grow_items(diagnostics->items, diagnostics->count, &diagnostics->capacity,
                                    sizeof(*diagnostics->items));
    diagnostics->items[diagnostics->count++] = item;
    diagnostics->errors += item.severity == SEVERITY_ERROR;
}

static void add_warning(struct diagnostics *diagnostics, enum warning warning, enum severity normal,
                        struct location location, const char *format, va_list arguments) {
    if (diagnostics->softened && normal == SEVERITY_ERROR)
        normal = SEVERITY_WARNING;
    enum severity severity = warning_severity(&diagnostics->flags, warning, normal);
    bool allowed = location.source->allowed >> warning & 1;
    diagnostics->last_ignored = severity == SEVERITY_IGNORED || allowed;
    if (diagnostics->last_ignored)
        return;
    bool raised = severity == SEVERITY_ERROR && normal != SEVERITY_ERROR;
    const char *flag = arena_format(diagnostics->arena, "-W%s%s", raised ? "error=" : "",
                                    warning_rows[warning].name);
    add(diagnostics, (struct diagnostic){.severity = severity, .flag = flag, .location = location},
        format, arguments);
}

void report_error(struct diagnostics *diagnostics, struct location location, const char *format,
                  ...) {
    va_list arguments;
    va_start(arguments, format);
    diagnostics->last_ignored = false;
    if (diagnostics->softened)
        add_warning(diagnostics, diagnostics->softer, SEVERITY_WARNING, location, format, arguments);
    else
        add(diagnostics, (struct diagnostic){.severity = SEVERITY_ERROR, .location = location},
            format, arguments);
    va_end(arguments);
}

void report_warning(struct diagnostics *diagnostics, enum warning warning, struct location location,
                    const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_warning(diagnostics, warning, warning_rows[warning].severity, location, format, arguments);
    va_end(arguments);
}

void report_warning_as(struct diagnostics *diagnostics, enum warning warning,
                       enum severity severity, struct location location, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_warning(diagnostics, warning, severity, location, format, arguments);
    va_end(arguments);
}

void report_note(struct diagnostics *diagnostics, struct location location, const char *format,
                 ...) {
    if (diagnostics->last_ignored)
        return;
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, (struct diagnostic){.severity = SEVERITY_NOTE, .location = location}, format,
        arguments);
    va_end(arguments);
}

size_t find_report(const struct diagnostics *diagnostics, enum warning warning,
                   const struct source *source) {
    const char *name = warning_rows[warning].name;
    size_t length = strlen(name);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        size_t size = item->flag ? strlen(item->flag) : 0;
        if (item->location.source == source && size > length &&
            strcmp(item->flag + size - length, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

bool was_reported(const struct diagnostics *diagnostics, enum warning warning,
                  const struct source *source) {
    return (source->allowed >> warning & 1) || diagnostics->flags.of[warning].off ||
           find_report(diagnostics, warning, source) != SIZE_MAX;
}

void report_note_to(struct diagnostics *diagnostics, size_t report, struct location location,
                    const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(diagnostics, (struct diagnostic){.severity = SEVERITY_NOTE, .location = location}, format,
        arguments);
    va_end(arguments);
    struct diagnostic *note = &diagnostics->items[diagnostics->count - 1];
    note->group = diagnostics->items[report].group;
    note->sort = diagnostics->items[report].sort;
}

bool report_failure(struct diagnostics *diagnostics, const char *format, ...) {
    if (!diagnostics->failure) {
        va_list arguments;
        va_start(arguments, format);
        diagnostics->failure = arena_vformat(diagnostics->arena, format, arguments);
        va_end(arguments);
    }
    return false;
}

enum status diagnostics_status(const struct diagnostics *diagnostics) {
    if (diagnostics->failure)
        return STATUS_SYSTEM;
    return diagnostics->errors > 0 ? STATUS_INPUT : STATUS_DONE;
}

static int compare_sizes(size_t a, size_t b) {
    return (a > b) - (a < b);
}

/* What is about a whole file comes before what is about its lines. */
static int compare_diagnostics(const void *left, const void *right) {
    const struct diagnostic *a = left, *b = right;
    int order = compare_sizes(a->sort.source->order, b->sort.source->order);
    if (order == 0)
        order = compare_sizes(a->sort.offset + 1, b->sort.offset + 1);
    if (order == 0)
        order = compare_sizes(a->group, b->group);
    return order ? order : compare_sizes(a->sequence, b->sequence);
}

static void put_colour(struct printer *printer, const char *code) {
    if (printer->colour)
        buffer_format(&printer->out, "\033[%sm", code);
}

/* One character, so that nothing in a file can drive the terminal. */
static void put_character(struct buffer *out, const char *text, size_t length) {
    unsigned char c = (unsigned char)text[0];
    bool control = c < 0x20 || c == 0x7F || (length == 2 && c == 0xC2 && (text[1] & 0x7F) < 0x20);
    if (length == 0 || (control && c != '\t'))
        buffer_add(out, "?", 1);
    else
        buffer_add(out, text, length);
}

static void put_clean(struct buffer *out, const char *text) {
    const char *end = text + strlen(text);
    while (text < end) {
        size_t length = utf8_length(text, end);
        put_character(out, text, *text == '\t' ? 0 : length);
        text += length ? length : 1;
    }
}

static size_t count_characters(const char *from, const char *to) {
    size_t count = 0;
    while (from < to) {
        size_t length = utf8_length(from, to);
        from += length ? length : 1;
        count++;
    }
    return count;
}

static size_t count_lines(struct printer *printer, const struct source *source, size_t offset) {
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

static void put_excerpt(struct buffer *out, const struct excerpt *shown) {
    buffer_text(out, shown->cut_start ? "..." : "");
    for (const char *p = shown->start; p < shown->end;) {
        size_t length = utf8_length(p, shown->end);
        put_character(out, p, length);
        p += length ? length : 1;
    }
    buffer_text(out, shown->cut_end ? "..." : "");
}

/* Tabs are repeated, so that the caret stands right whatever a tab's width. */
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

static void put_line(struct printer *printer, const struct location *location, size_t line) {
    struct excerpt shown = make_excerpt(location);
    buffer_format(&printer->out, "%5zu | ", line);
    put_excerpt(&printer->out, &shown);
    buffer_text(&printer->out, "\n      | ");
    put_caret(printer, &shown);
}

static const struct {
    const char *name, *colour;
} severities[] = {
    [SEVERITY_IGNORED] = {"", "0"},
    [SEVERITY_NOTE] = {"note", "1;36"},
    [SEVERITY_WARNING] = {"warning", "1;35"},
    [SEVERITY_ERROR] = {"error", "1;31"},
};

static size_t column_of(const struct location *location) {
    const char *at = location->source->text + location->offset, *start = at;
    while (start > location->source->text && start[-1] != '\n')
        start--;
    return count_characters(start, at) + 1;
}

static void print_one(struct printer *printer, const struct diagnostic *item) {
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
    if (in_line)
        put_line(printer, location, line);
}

static bool wants_colour(void) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !(no_color && no_color[0]);
}

void visit_diagnostics(const struct diagnostics *diagnostics, const struct source *source,
                       diagnostic_visitor *visit, void *user) {
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *item = &diagnostics->items[i];
        if (item->location.source && strcmp(item->location.source->path, source->path) == 0)
            visit(user, item->severity, item->location, item->text);
    }
}

void print_diagnostics(struct diagnostics *diagnostics) {
    struct printer printer = {.colour = wants_colour()};
    size_t errors = 0;
    if (diagnostics->count > 0) {
        qsort(diagnostics->items, diagnostics->count, sizeof(*diagnostics->items),
              compare_diagnostics);
    }
    for (size_t i = 0; i < diagnostics->count; i++) {
        errors += diagnostics->items[i].severity == SEVERITY_ERROR;
        if (errors > MOST_ERRORS)
            break;
        print_one(&printer, &diagnostics->items[i]);
    }
    if (errors > MOST_ERRORS) {
        buffer_format(&printer.out, "migc: too many errors: %zu more are not shown\n",
                      diagnostics->errors - MOST_ERRORS);
    }
    if (diagnostics->failure) {
        buffer_text(&printer.out, "migc: ");
        put_clean(&printer.out, diagnostics->failure);
        buffer_text(&printer.out, "\n");
    }
    if (printer.out.size > 0)
        fwrite(printer.out.bytes, 1, printer.out.size, stderr);
    buffer_free(&printer.out);
}

void free_diagnostics(struct diagnostics *diagnostics) {
    free(diagnostics->items);
    diagnostics->items = NULL;
    diagnostics->count = diagnostics->capacity = 0;
}
