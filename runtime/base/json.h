/*
 * json.h - writes one JSON document to a stream, value by value.
 *
 *     migci_json json;
 *     migci_json_begin(&json, stdout);
 *     migci_json_text(&json, "set", set->name);
 *     migci_json_open(&json, "migrations", '[');
 *     migci_json_open(&json, NULL, '{');
 *     ...
 *     migci_json_close(&json);
 *     migci_json_close(&json);
 *     migci_json_end(&json);
 *
 * The key is NULL for an element of an array.  What is written is valid JSON in UTF-8 whatever
 * the bytes of a text are, and does nothing to a terminal.  It takes no memory, so it works when
 * there is none.  ferror() says whether all of it was written.
 */
#ifndef MIGC_JSON_H
#define MIGC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MIGCI_JSON_DEPTH = 8 };

typedef struct migci_json {
    FILE *stream;
    size_t depth;
    char closers[MIGCI_JSON_DEPTH]; /* of what is open, the document first */
    bool follows;                   /* a value comes before the next one */
    size_t used;
    char text[2048];
} migci_json;

/* The document is an object. */
void migci_json_begin(migci_json *json, FILE *stream);
/* Closes it and ends the line. */
void migci_json_end(migci_json *json);

/* `bracket` is '{' or '['. */
void migci_json_open(migci_json *json, const char *key, char bracket);
void migci_json_close(migci_json *json);

/* NULL is null. */
void migci_json_text(migci_json *json, const char *key, const char *text);
void migci_json_number(migci_json *json, const char *key, int64_t number);
void migci_json_bool(migci_json *json, const char *key, bool truth);
void migci_json_null(migci_json *json, const char *key);

#endif
