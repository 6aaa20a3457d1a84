/*
 * json.c - writes all JSON: the documents of --json, and the lines of migc_json_event().
 *
 * A document is collected in a buffer, so that a short one reaches the stream in one piece, which
 * matters for a log with several writers.
 */
#include "base/json.h"

#include "base/tame.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static void flush_json(migci_json *json) {
    fwrite(json->text, 1, json->used, json->stream);
    json->used = 0;
}

static void put_bytes(migci_json *json, const char *bytes, size_t length) {
    for (; length--; bytes++) {
        if (json->used == sizeof(json->text))
            flush_json(json);
        json->text[json->used++] = *bytes;
    }
}

/* ------------------------------------------------------------------ strings */

static void put_string(migci_json *json, const char *text) {
    static const char letters[] = "\bb\ff\nn\rr\tt";
    char escape[12];
    put_bytes(json, "\"", 1);
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = migci_utf8_length(at);
        unsigned control = migci_control_code(at, length);
        const char *letter = control && control < ' ' ? strchr(letters, (int)control) : NULL;
        if (letter)
            put_bytes(json, (char[]){'\\', letter[1]}, 2);
        else if (control)
            put_bytes(json, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", control));
        else if (*at == '"' || *at == '\\')
            put_bytes(json, (char[]){'\\', (char)*at}, 2);
        else if (length)
            put_bytes(json, (const char *)at, length);
        else /* U+FFFD */
            put_bytes(json, "\xef\xbf\xbd", 3);
        at += length ? length : 1;
    }
    put_bytes(json, "\"", 1);
}

/* ------------------------------------------------------------------- values */

static void put_key(migci_json *json, const char *key) {
    assert(json->depth > 0 && (key != NULL) == (json->closers[json->depth - 1] == '}'));
    if (json->follows)
        put_bytes(json, ",", 1);
    json->follows = true;
    if (!key)
        return;
    put_string(json, key);
    put_bytes(json, ":", 1);
}

static void open_bracket(migci_json *json, char bracket) {
    assert(json->depth < MIGCI_JSON_DEPTH && (bracket == '{' || bracket == '['));
    json->closers[json->depth++] = bracket == '{' ? '}' : ']';
    put_bytes(json, &bracket, 1);
    json->follows = false;
}

void migci_json_begin(migci_json *json, FILE *stream) {
    json->stream = stream;
    json->depth = json->used = 0;
    open_bracket(json, '{');
}

void migci_json_end(migci_json *json) {
    assert(json->depth == 1);
    migci_json_close(json);
    put_bytes(json, "\n", 1);
    flush_json(json);
}

void migci_json_open(migci_json *json, const char *key, char bracket) {
    put_key(json, key);
    open_bracket(json, bracket);
}

void migci_json_close(migci_json *json) {
    assert(json->depth > 0);
    put_bytes(json, &json->closers[--json->depth], 1);
    json->follows = true;
}

void migci_json_text(migci_json *json, const char *key, const char *text) {
    put_key(json, key);
    if (text)
        put_string(json, text);
    else
        put_bytes(json, "null", 4);
}

void migci_json_number(migci_json *json, const char *key, int64_t number) {
    char digits[24];
    put_key(json, key);
    put_bytes(json, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, number));
}

void migci_json_bool(migci_json *json, const char *key, bool truth) {
    put_key(json, key);
    put_bytes(json, truth ? "true" : "false", truth ? 4 : 5);
}

void migci_json_null(migci_json *json, const char *key) {
    migci_json_text(json, key, NULL);
}
