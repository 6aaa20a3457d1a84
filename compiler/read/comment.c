/*
 * comment.c - what a line comment says to migc: a marker, a call, prose, or
 * something that its author may have meant as a marker.
 *
 * Looks at the comment alone; where it stands is for parse.
 */
#include "read.h"

#include <string.h>

const struct section_row section_rows[SECTION_COUNT] = {
#define SECTION_ROW(id, name, marker, short_marker) {name, marker, short_marker},
    SECTIONS(SECTION_ROW)
#undef SECTION_ROW
};

const char *find_marker(const struct dialect *dialect, enum section_kind kind,
                        struct arena *arena) {
    enum mark mark = kind == SECTION_UP ? MARK_UP : kind == SECTION_DOWN ? MARK_DOWN : MARK_NONE;
    if (!dialect->marks)
        return is_native(dialect) || (dialect->flags & DIALECT_OWN_MARKERS)
                   ? section_rows[kind].marker
                   : NULL;
    for (const struct mark_row *row = dialect->marks; row->text; row++)
        if (row->mark == mark)
            return arena_format(arena, "-- %s", row->text);
    return NULL;
}

/* How other tools begin their markers; what follows is "up" or "down". */
static const char *const markers_of_others[] = {"+goose ", "+migrate ", "migrate:", "rambler ",
                                                "@"};

struct words {
    struct {
        const char *text;
        size_t size;
    } of[3];
    size_t count; /* of all, also those that have no room */
    bool decorated;
};

/* A no-break space, or typographic dashes, quotes and spaces, which look like decoration. */
static size_t decoration_length(const char *text, const char *end) {
    if (is_blank(*text) || (*text && strchr("-=*#+:.;_~><", *text)))
        return 1;
    if (end - text >= 3 && memcmp(text, "\xE2\x80", 2) == 0)
        return 3;
    return end - text >= 2 && memcmp(text, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

static struct words split_words(const char *text, size_t size) {
    struct words words = {0};
    const char *end = text + size;
    text += 2;
    while (text < end) {
        size_t length;
        while (text < end && (length = decoration_length(text, end)) > 0) {
            words.decorated |= *text == '=' || *text == '*' || *text == '#';
            text += length;
        }
        const char *start = text;
        while (text < end && decoration_length(text, end) == 0)
            text++;
        if (text > start) {
            if (words.count < COUNT_OF(words.of)) {
                words.of[words.count].text = start;
                words.of[words.count].size = (size_t)(text - start);
            }
            words.count++;
        }
    }
    return words;
}

static size_t word_distance(const struct words *words, size_t i, const char *other) {
    return edit_distance(words->of[i].text, words->of[i].size, other, strlen(other));
}

/*
 * "DOWN", "-- == UP ==", "UP MIGRATION", "=== DOWM MIGRATION ===".  Prose must
 * pass: more than two words never count, and a misspelling counts only where
 * "migration" follows, or in a decorated word of four letters or more that is
 * not likely to be another one.
 */
static bool is_near_marker(struct comment *comment, const struct words *words) {
    for (unsigned i = 0; i < SECTION_COUNT && words->count > 0 && words->count < 3; i++) {
        size_t distance = word_distance(words, 0, section_rows[i].name);
        bool rare = words->decorated && (i == SECTION_DOWN || i == SECTION_VERIFY);
        bool marks = words->count == 1 ? distance == 0 || (rare && distance == 1)
                                       : distance <= 1 && word_distance(words, 1, "migration") <= 2;
        if (marks) {
            comment->kind = COMMENT_NEAR_MARKER;
            comment->section = (enum section_kind)i;
            return true;
        }
    }
    return false;
}

static bool begins_with(const char *text, size_t size, const char *prefix) {
    size_t length = strlen(prefix);
    return size >= length && same_word(text, length, prefix);
}

/* "-- +goose Up", "-- migrate:down transaction:false" */
static bool is_marker_of_others(struct comment *comment, const char *text, size_t size) {
    size_t blanks = 2;
    while (blanks < size && is_blank(text[blanks]))
        blanks++;
    text += blanks;
    size -= blanks;
    for (size_t i = 0; i < COUNT_OF(markers_of_others); i++) {
        size_t length = strlen(markers_of_others[i]);
        if (!begins_with(text, size, markers_of_others[i]))
            continue;
        for (unsigned kind = SECTION_UP; kind <= SECTION_DOWN; kind++) {
            const char *name = section_rows[kind].name;
            size_t end = length + strlen(name);
            if (begins_with(text + length, size - length, name) &&
                (end == size || is_blank(text[end]))) {
                comment->kind = COMMENT_NEAR_MARKER;
                comment->section = (enum section_kind)kind;
                return true;
            }
        }
    }
    return false;
}

/* "-- call: name"; "-- call name" and "--call: name" nearly are. */
static bool is_call_comment(struct comment *comment, const char *text, size_t size,
                            const struct words *words) {
    static const char prefix[] = "-- call:";
    size_t start = sizeof(prefix) - 1;
    if (begins_with(text, size, prefix)) {
        while (start < size && is_blank(text[start]))
            start++;
        comment->kind = COMMENT_CALL;
        comment->name = text + start;
        comment->name_size = size - start;
        return true;
    }
    bool near = words->count == 2 && word_distance(words, 0, "call") == 0 &&
                is_identifier(words->of[1].text, words->of[1].size);
    if (near) {
        comment->kind = COMMENT_NEAR_CALL;
        comment->name = words->of[1].text;
        comment->name_size = words->of[1].size;
    }
    return near;
}

struct comment read_comment(const char *text, size_t size) {
    struct comment comment = {COMMENT_PROSE, SECTION_NONE, false, NULL, 0};
    while (size > 0 && is_blank(text[size - 1]))
        size--;
    for (unsigned i = 0; i < SECTION_COUNT; i++) {
        comment.is_short = same_word(text, size, section_rows[i].short_marker);
        if (comment.is_short || same_word(text, size, section_rows[i].marker)) {
            comment.kind = COMMENT_MARKER;
            comment.section = (enum section_kind)i;
            return comment;
        }
    }
    struct words words = split_words(text, size);
    if (!is_call_comment(&comment, text, size, &words) && !is_near_marker(&comment, &words))
        is_marker_of_others(&comment, text, size);
    return comment;
}
