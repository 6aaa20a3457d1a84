/*
 * placeholder.c - puts values in place of what other tools fill in when they run:
 * ${name} of Flyway, and between "-- +goose ENVSUB ON" and OFF ${name},
 * ${name:-default} and $name.
 *
 * Lines stay where they are.  What has no value stays, too, and is an error at its
 * location when the lexer meets it; in a string, it is reported here.
 */
#include "read.h"

#include <string.h>

struct filling {
    const struct source *source; /* as it is on the disk: what is reported stands there */
    const struct dialect *dialect;
    const struct conf *conf;
    struct diagnostics *diagnostics;
    struct buffer text; /* up to where it is filled */
    bool expands;       /* here */
    bool changed;
};

/* "${name}", "${name:-default}", "$name": what it is made of, and its length; 0: none. */
struct placeholder {
    const char *name, *value;
    size_t name_size, value_size, size;
};

static size_t placeholder_word_size(const char *text, const char *more) {
    size_t size = 0;
    while (is_word(text[size]) || (text[size] && strchr(more, text[size])))
        size++;
    return size;
}

static struct placeholder read_placeholder(const struct filling *filling, const char *text) {
    struct placeholder found = {text + 1, NULL, 0, 0, 0};
    bool is_goose = filling->dialect->marks != NULL;
    if (text[1] != '{') {
        found.name_size = is_goose && !is_digit(text[1]) ? placeholder_word_size(text + 1, "") : 0;
        found.size = found.name_size ? found.name_size + 1 : 0;
        return found;
    }
    found.name = text + 2;
    found.name_size = placeholder_word_size(found.name, is_goose ? "" : ".:-");
    const char *rest = found.name + found.name_size;
    if (is_goose && (rest[0] == '-' || (rest[0] == ':' && rest[1] == '-'))) {
        found.value = rest + (rest[0] == ':' ? 2 : 1);
        found.value_size = strcspn(found.value, "}\n");
        rest = found.value + found.value_size;
    }
    found.size = found.name_size > 0 && *rest == '}' ? (size_t)(rest + 1 - text) : 0;
    return found;
}

/* At a '$'; returns how much of the text it was. */
static size_t fill_one(struct filling *filling, const char *text) {
    struct placeholder found = read_placeholder(filling, text);
    bool is_expected = filling->expands || (filling->dialect->flags & DIALECT_PLACEHOLDERS);
    const char *value = found.size ? find_define(filling->conf, found.name, found.name_size) : NULL;
    if (!value && (found.size == 0 || !is_expected)) {
        buffer_add(&filling->text, text, 1);
        return 1;
    }
    if (value)
        buffer_text(&filling->text, value);
    else if (found.value)
        buffer_add(&filling->text, found.value, found.value_size);
    else {
        report_error(filling->diagnostics, location_at(filling->source, text, found.size),
                     "a placeholder without a value; give it one: '--define %.*s=VALUE', or "
                     "'Define: %.*s=VALUE' in " CONF_FILE,
                     (int)found.name_size, found.name, (int)found.name_size, found.name);
        buffer_text(&filling->text, "x"); /* said once is enough */
    }
    filling->changed = true;
    return found.size;
}

void fill_placeholders(struct source *source, const struct dialect *dialect,
                       const struct conf *conf, struct arena *arena,
                       struct diagnostics *diagnostics) {
    struct source *original = arena_take(arena, sizeof(*original));
    struct filling filling = {original, dialect, conf, diagnostics, {0}, false, false};
    bool is_goose = dialect->marks != NULL;
    const char *at = source->text, *end = at + source->size;
    *original = *source;
    if (!memchr(source->text, '$', source->size))
        return;
    while (at < end) {
        size_t size = strcspn(at, "$-");
        size = size > (size_t)(end - at) ? (size_t)(end - at) : size;
        buffer_add(&filling.text, at, size);
        at += size;
        if (at >= end)
            break;
        if (*at == '-' && at[1] == '-') { /* a comment may switch; it is not filled itself */
            size = strcspn(at, "\n");
            enum mark mark = read_mark(filling.dialect, at, size).mark;
            if (mark == MARK_EXPAND || mark == MARK_VERBATIM)
                filling.expands = mark == MARK_EXPAND;
            buffer_add(&filling.text, at, size);
            at += size;
        } else if (*at == '$' && (at[1] == '{' || (is_goose && filling.expands))) {
            at += fill_one(&filling, at);
        } else {
            buffer_add(&filling.text, at++, 1);
        }
    }
    if (filling.changed) {
        source->size = filling.text.size;
        buffer_add(&filling.text, "\0", 2);
        source->text = arena_copy(arena, filling.text.bytes, filling.text.size);
    }
    buffer_free(&filling.text);
}
