/*
 * schema_words.c - describes differences in words, for a person.
 */
#include "schema.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const migci_voice migci_voice_plain = {"%s is missing", "%s is extra", "%s"};
const migci_voice migci_voice_down = {"DOWN does not bring back %s", "DOWN leaves %s behind",
                                      "after DOWN, %s"};
const migci_voice migci_voice_again = {"UP after DOWN does not make %s",
                                       "UP after DOWN makes %s, the first UP did not",
                                       "after UP, DOWN and UP, %s"};
const migci_voice migci_voice_database = {"%s is missing", "%s is not part of the schema", "%s"};

char *migci_say(char *buffer, size_t size, const char *format, ...) {
    static const char ellipsis[] = "…";
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    if (length < 0) {
        buffer[0] = '\0';
    } else if ((size_t)length >= size && size >= sizeof(ellipsis)) {
        size_t at = size - sizeof(ellipsis);
        while (at > 0 && (buffer[at] & 0xC0) == 0x80) /* not in the middle of a character */
            at--;
        memcpy(buffer + at, ellipsis, sizeof(ellipsis));
    }
    return buffer;
}

/* --------------------------------------------------------------------- objects */

typedef enum form { ALONE, IN_TABLE, OF_TABLE } form;

static const struct words {
    const char *prefix;
    form form;
} words[] = {
    [MIGCI_TABLE] = {"table", ALONE},
    [MIGCI_COLUMN] = {"column", IN_TABLE},
    [MIGCI_UNIQUE] = {"unique", OF_TABLE},
    [MIGCI_CHECK] = {"check", OF_TABLE},
    [MIGCI_FOREIGN_KEY] = {"foreign key", ALONE},
    [MIGCI_INDEX] = {"index", ALONE},
    [MIGCI_VIEW] = {"view", ALONE},
    [MIGCI_TRIGGER] = {"trigger", ALONE},
};

char *migci_say_object(const migci_object *object, char *buffer, size_t size) {
    assert((size_t)object->type < sizeof(words) / sizeof(*words));
    const struct words *row = &words[object->type];
    const char *kind = object->details && object->details->is_virtual ? "virtual " : "";
    switch (row->form) {
    case IN_TABLE:
        return migci_say(buffer, size, "%s %s.%s", row->prefix, object->table, object->name);
    case OF_TABLE:
        return migci_say(buffer, size, "%s %s of %s", row->prefix, object->name, object->table);
    default:
        return migci_say(buffer, size, "%s%s %s", kind, row->prefix, object->name);
    }
}

char *migci_difference_say(const migci_difference *difference, const migci_voice *voice,
                           char *buffer, size_t size) {
    const char *format = difference->kind == MIGCI_MISSING ? voice->missing
                         : difference->kind == MIGCI_EXTRA ? voice->extra
                                                           : voice->changed;
    bool is_whole = difference->kind != MIGCI_MISSING && difference->kind != MIGCI_EXTRA;
    const char *what = is_whole ? difference->text : difference->object;
    const char *place = strstr(format, "%s");
    int before = place ? (int)(place - format) : (int)strlen(format);
    return migci_say(buffer, size, "%.*s%s%s", before, format, place ? what : "",
                     place ? place + 2 : "");
}

void migci_difference_hand(const migci_difference *difference, const migci_voice *voice, char *text,
                           size_t size, migc_difference *handed) {
    static const int kinds[] = {
        [MIGCI_MISSING] = MIGC_OBJECT_MISSING, [MIGCI_EXTRA] = MIGC_OBJECT_EXTRA,
        [MIGCI_CHANGED] = MIGC_OBJECT_CHANGED, [MIGCI_ORDER] = MIGC_OBJECT_CHANGED,
        [MIGCI_BROKEN] = MIGC_OBJECT_BROKEN,
    };
    assert((size_t)difference->kind < sizeof(kinds) / sizeof(*kinds));
    handed->kind = kinds[difference->kind];
    handed->type = words[difference->type].prefix;
    handed->name = difference->name;
    handed->table = difference->table;
    handed->text = migci_difference_say(difference, voice, text, size);
}

/* --------------------------------------------------------------------- changes */

enum { EXCERPT_SIZE = 90, SUBJECT_SIZE = 300 };

static size_t back_to_word(const char *text, size_t at) {
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

/* The part that differs, in whole words, after the word before it. */
static char *excerpt(const char *text, size_t start, size_t end, char *buffer) {
    size_t from = back_to_word(text, start);
    size_t to = strlen(text) - end;
    from = from > 0 ? back_to_word(text, from - 1) : 0;
    while (text[to] && text[to] != ' ')
        to++;
    return migci_say(buffer, EXCERPT_SIZE, "%s%.*s%s", from > 0 ? "… " : "", (int)(to - from),
                     text + from, text[to] ? " …" : "");
}

static void say_body(const char *subject, const char *was, const char *is, char *buffer,
                     size_t size) {
    char was_part[EXCERPT_SIZE], is_part[EXCERPT_SIZE];
    size_t start = 0;
    while (was[start] && was[start] == is[start])
        start++;
    size_t was_length = strlen(was), is_length = strlen(is), end = 0; /* how much they share */
    while (was_length - end > start && is_length - end > start &&
           was[was_length - end - 1] == is[is_length - end - 1])
        end++;
    migci_say(buffer, size, "%s differs: \"%s\" instead of \"%s\"", subject,
              excerpt(is, start, end, is_part), excerpt(was, start, end, was_part));
}

void migci_say_change(const migci_object *expected, int trait, const char *is, char *buffer,
                      size_t size) {
    char subject[SUBJECT_SIZE];
    const char *was = expected->traits[trait];
    migci_object_type type = expected->type;
    if (type == MIGCI_COLUMN) /* it is simply "users.age" */
        migci_say(subject, sizeof(subject), "%s.%s", expected->table, expected->name);
    else
        migci_say_object(expected, subject, sizeof(subject));
    if (!is)
        migci_say(buffer, size, "%s has lost %s", subject, was);
    else if (!was)
        migci_say(buffer, size, "%s has gained %s", subject, is);
    else if ((type == MIGCI_TABLE && trait == MIGCI_MODULE) || type == MIGCI_VIEW ||
             type == MIGCI_TRIGGER)
        say_body(subject, was, is, buffer, size);
    else if (type == MIGCI_INDEX && trait == MIGCI_INDEX_COLUMNS)
        migci_say(buffer, size, "%s is on %s instead of %s", subject, is, was);
    else
        migci_say(buffer, size, "%s has %s instead of %s", subject, is, was);
}
