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
    struct location sort; /* the location; of a note, that of what it belongs to */
    size_t sequence;      /* in the order of reporting */
    size_t group;         /* the sequence; of a note, that of what it belongs to */
};

/* Printing goes forward through a source, so that its lines are counted once. */
struct printer {
    struct buffer out;
    bool colour;
    const char *text;    /* of the source whose lines are counted */
    size_t offset, line; /* up to which offset, and the line there */
    size_t printed;      /* diagnostics so far */
};

/* A form of printing; `items` are one diagnostic and its notes. */
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
size_t count_characters(const char *from, const char *to);
/* The line of an offset, from 1; its column in characters, from 1. */
size_t count_lines(struct printer *printer, const struct source *source, size_t offset);
size_t column_of(const struct location *location);

#endif
