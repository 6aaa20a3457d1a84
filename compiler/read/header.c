/*
 * header.c - the keys that may stand before the first marker, one a comment:
 * "-- Description: ...".  Values are checked as far as one file can tell;
 * what needs the other files (Depends, Migration) is for check.
 */
#include "read.h"

#include <assert.h>
#include <string.h>

enum value_kind {
    VALUE_FREE,
    VALUE_NEEDED,
    VALUE_REASON,
    VALUE_TRANSACTION,
    VALUE_ON_OR_OFF,
    VALUE_SQLITE_ONLY,
    VALUE_WARNINGS
};

static const struct {
    const char *name;
    enum value_kind kind;
} rows[KEY_COUNT] = {
#define KEY_ROW(id, name, kind) {name, VALUE_##kind},
    KEYS(KEY_ROW)
#undef KEY_ROW
};

/* How other tools call a key. */
static const struct {
    const char *name;
    enum key key;
    bool taken; /* it means the same, and is read as the key; else a warning says what to write */
} other_names[] = {
    {"Created", KEY_DATE, true},
    {"Created-At", KEY_DATE, true},
    {"Note", KEY_NOTES, true},
    {"Dependencies", KEY_DEPENDS, false},
    {"Dependency", KEY_DEPENDS, false},
    {"Depends-On", KEY_DEPENDS, false},
    {"Depend-On", KEY_DEPENDS, false},
    {"Requires", KEY_DEPENDS, false},
    {"Reversible", KEY_IRREVERSIBLE, false},
    {"Rollback", KEY_IRREVERSIBLE, false},
    {"Data-Loss", KEY_LOSSY, false},
    {"Created-By", KEY_AUTHOR, false},
    {"Summary", KEY_DESCRIPTION, false},
    {"Duration", KEY_DURATION, false},
    {"Estimated-Time", KEY_DURATION, false},
    {"Estimated-Duration-Ms", KEY_DURATION, false},
    {"Transactional", KEY_TRANSACTION, false},
    {"Foreign-Key", KEY_FOREIGN_KEYS, false},
};

/* "Word: value" or "Word-Word: value" behind the dashes; '_' and one blank are as good as '-'. */
struct line {
    const char *key, *value;
    size_t key_size, value_size;
};

/* Whether the key is this name, in any case. */
static bool is_key(const struct line *line, const char *name) {
    size_t i = 0;
    while (i < line->key_size && name[i]) {
        char c = line->key[i] == '_' || is_blank(line->key[i]) ? '-' : to_lower(line->key[i]);
        if (c != to_lower(name[i]))
            return false;
        i++;
    }
    return i == line->key_size && !name[i];
}

static bool split_line(struct line *line, const char *text, size_t size) {
    const char *end = text + size;
    text += 2;
    while (text < end && is_blank(*text))
        text++;
    line->key = text;
    while (text < end && (is_letter(*text) || *text == '-' || *text == '_' ||
                          (is_blank(*text) && text + 1 < end && is_letter(text[1]))))
        text++;
    line->key_size = (size_t)(text - line->key);
    while (text < end && is_blank(*text))
        text++;
    if (line->key_size == 0 || text == end || *text != ':')
        return false;
    text++;
    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    line->value = text;
    line->value_size = (size_t)(end - text);
    return true;
}

/* The values of "Transaction:", and what they take out of transactions. */
static const struct {
    const char *value;
    bool up, down;
} transaction_rows[] = {{"none", true, true}, {"none up", true, false}, {"none down", false, true}};

/* What is wrong with the value, or NULL. */
static const char *value_problem(enum value_kind kind, const char *value, size_t size) {
    switch (kind) {
    case VALUE_FREE:
    case VALUE_WARNINGS: /* read_allow() tells */
        return NULL;
    case VALUE_NEEDED:
        return size ? NULL : "needs a value";
    case VALUE_REASON:
        return size ? NULL : "needs a reason, for whoever meets it later";
    case VALUE_TRANSACTION:
        for (size_t i = 0; i < COUNT_OF(transaction_rows); i++)
            if (same_word(value, size, transaction_rows[i].value))
                return NULL;
        return "takes only the values 'none', 'none up' and 'none down'";
    case VALUE_ON_OR_OFF:
        return same_word(value, size, "on") || same_word(value, size, "off")
                   ? NULL
                   : "takes only the values 'on' and 'off'";
    case VALUE_SQLITE_ONLY:
        return same_word(value, size, "sqlite") ? NULL : "takes only the value 'sqlite'";
    }
    return NULL;
}

static void set_field(struct migration *migration, enum key key, const struct line *line,
                      struct arena *arena, struct diagnostics *diagnostics) {
    struct field *field = &migration->fields[key];
    const struct source *source = &migration->source;
    struct location location = line->value_size ? location_at(source, line->value, line->value_size)
                                                : location_at(source, line->key, line->key_size);
    const char *problem = value_problem(rows[key].kind, line->value, line->value_size);
    if (rows[key].kind == VALUE_WARNINGS) { /* any number of them */
        read_allow(migration, location, diagnostics);
        return;
    }
    if (field->size > 0) {
        report_error(diagnostics, location_at(source, line->key, line->key_size),
                     "%s: is given twice", rows[key].name);
        report_note(diagnostics, field_location(migration, key), "the first one is here");
        migration->broken = true;
        return;
    }
    if (problem) {
        report_error(diagnostics, location, "%s: %s", rows[key].name, problem);
        migration->broken = true;
    }
    field->source = source;
    field->offset = location.offset;
    field->size = location.size;
    field->value = line->value_size ? arena_copy(arena, line->value, line->value_size) : NULL;
}

static bool is_text(enum key key) {
    return key == KEY_DESCRIPTION || key == KEY_NOTES || rows[key].kind == VALUE_REASON;
}

static size_t indent_of(const char *text, size_t size) {
    size_t at = 2;
    while (at < size && is_blank(text[at]))
        at++;
    return at;
}

/* "--   and so on", right below "-- Notes: a long story". */
static bool continues_text(struct migration *migration, const char *text, size_t size,
                           struct arena *arena) {
    struct open_text *open = &migration->open_text;
    const char *at = open->end;
    size_t indent = indent_of(text, size), breaks = 0;
    while (size > indent && is_blank(text[size - 1]))
        size--;
    for (; open->field && at < text; at++) {
        breaks += *at == '\n';
        if (*at != '\n' && *at != '\r' && !is_blank(*at))
            return false;
    }
    if (!open->field || breaks != 1 || indent <= open->indent || indent == size)
        return false;
    const char *before = open->field->value;
    open->field->value = arena_format(arena, "%s%s%.*s", before ? before : "", before ? " " : "",
                                      (int)(size - indent), text + indent);
    open->end = text + size;
    return true;
}

void read_header_line(struct migration *migration, const char *text, size_t size,
                      struct arena *arena, struct diagnostics *diagnostics) {
    struct line line;
    bool is_split = split_line(&line, text, size);
    unsigned key = is_split ? 0 : KEY_COUNT;
    while (key < KEY_COUNT && !same_word(line.key, line.key_size, rows[key].name))
        key++;
    for (size_t i = 0; i < COUNT_OF(other_names) && key == KEY_COUNT && is_split; i++)
        if (other_names[i].taken && is_key(&line, other_names[i].name))
            key = other_names[i].key;
    if (key == KEY_COUNT && continues_text(migration, text, size, arena))
        return;
    migration->open_text = (struct open_text){0};
    if (key < KEY_COUNT) {
        set_field(migration, (enum key)key, &line, arena, diagnostics);
        if (is_text((enum key)key))
            migration->open_text =
                (struct open_text){&migration->fields[key], text + size, indent_of(text, size)};
        return;
    }
    if (!is_split)
        return;
    for (size_t i = 0; i < COUNT_OF(other_names) && key == KEY_COUNT; i++)
        if (is_key(&line, other_names[i].name))
            key = other_names[i].key;
    for (unsigned near = 0; near < KEY_COUNT && key == KEY_COUNT; near++) {
        /* Short keys have too many neighbours among words ("Vote", "Dates") for two mistakes. */
        size_t length = strlen(rows[near].name), allowed = length > 6 ? 2 : 1;
        if (is_key(&line, rows[near].name) ||
            edit_distance(line.key, line.key_size, rows[near].name, length) <= allowed)
            key = near;
    }
    if (key < KEY_COUNT) {
        report_warning(diagnostics, WARNING_NEAR_KEY,
                       location_at(&migration->source, line.key, line.key_size),
                       "'%.*s:' is no key of the header and is ignored; did you mean '%s:'%s?",
                       (int)line.key_size, line.key, rows[key].name,
                       rows[key].kind == VALUE_REASON ? " with a reason" : "");
    }
}

struct location field_location(const struct migration *migration, enum key key) {
    const struct field *field = &migration->fields[key];
    return (struct location){field->source ? field->source : &migration->source, field->offset,
                             field->size};
}

bool runs_in_transaction(const struct migration *migration, enum section_kind kind) {
    const char *value = migration->fields[KEY_TRANSACTION].value;
    for (size_t i = 0; value && i < COUNT_OF(transaction_rows); i++)
        if (same_word(value, strlen(value), transaction_rows[i].value))
            return kind == SECTION_DOWN ? !transaction_rows[i].down : !transaction_rows[i].up;
    return true;
}

void set_transaction(struct migration *migration, enum section_kind kind, bool inside,
                     struct location location) {
    bool is_down = kind == SECTION_DOWN;
    bool up = is_down ? !runs_in_transaction(migration, SECTION_UP) : !inside;
    bool down = is_down ? !inside : !runs_in_transaction(migration, SECTION_DOWN);
    struct field *field = &migration->fields[KEY_TRANSACTION];
    assert(kind == SECTION_UP || is_down);
    if (!field->value)
        *field = (struct field){NULL, location.source, location.offset, location.size};
    field->value = NULL;
    for (size_t i = 0; i < COUNT_OF(transaction_rows); i++)
        if (transaction_rows[i].up == up && transaction_rows[i].down == down)
            field->value = transaction_rows[i].value;
    if (!field->value)
        *field = (struct field){NULL, NULL, 0, 0};
}
