/*
 * diag.h - a diagnostic, and the forms in which it is printed.
 */
#ifndef DIAG_H
#define DIAG_H

#include "base.h"

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
    size_t printed; /* so far */
};

/* A way to print; `items` are one diagnostic and its notes. */
struct diagnostic_form {
    const char *name;
    size_t most_errors; /* that are printed, 0: all */
    void (*begin)(struct printer *printer);
    void (*print)(struct printer *printer, const struct diagnostic *items, size_t count);
    void (*end)(struct printer *printer, const char *failure); /* or NULL: nothing failed */
};

extern const struct diagnostic_form text_form, json_form, sarif_form, github_form;

/* `choice` is that of --color, or NULL. */
bool wants_colour(const char *choice);
/* Text in which nothing can drive a terminal. */
void put_clean(struct buffer *out, const char *text);
size_t count_characters(const char *from, const char *to);
/* The line of an offset, from 1; its column in characters, from 1. */
size_t count_lines(struct printer *printer, const struct source *source, size_t offset);
size_t column_of(const struct location *location);

#endif
