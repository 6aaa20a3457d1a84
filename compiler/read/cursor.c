/*
 * cursor.c - goes through the tokens of one statement, without its comments,
 * and through the names in it with what each of them stands for.
 *
 * Knows the shape of SQL no better than it takes to tell a table from a column:
 * SQLite judges the statement, this finds what SQLite speaks of.
 */
#include "read.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------------------- tokens */

void cursor_next(struct cursor *cursor) {
    do
        cursor->token = lex_token(&cursor->lexer);
    while (cursor->token == TOKEN_LINE_COMMENT || cursor->token == TOKEN_BLOCK_COMMENT);
    if (cursor->lexer.token >= cursor->end)
        cursor->token = TOKEN_END;
    cursor->text = cursor->lexer.token;
    cursor->size =
        cursor->token == TOKEN_END ? 0 : (size_t)(cursor->lexer.cursor - cursor->lexer.token);
}

struct cursor cursor_at(const struct step *step, const char *from) {
    assert(from >= step->text && from <= step->text + step->size);
    struct cursor cursor = {.lexer = {from, from, from}, .end = step->text + step->size};
    cursor_next(&cursor);
    return cursor;
}

bool cursor_is(const struct cursor *cursor, const char *word) {
    return same_word(cursor->text, cursor->size, word);
}

int depth_change(const struct cursor *cursor) {
    return cursor_is(cursor, "(") - cursor_is(cursor, ")");
}

bool cursor_take(struct cursor *cursor, const char *word) {
    if (!cursor_is(cursor, word))
        return false;
    cursor_next(cursor);
    return true;
}

/* SQLite takes a string for a name where nothing else can stand. */
static bool is_quoted_name(const struct cursor *cursor) {
    return (cursor->token == TOKEN_QUOTED || cursor->token == TOKEN_STRING) && cursor->size >= 2;
}

bool cursor_is_name(const struct cursor *cursor) {
    return cursor->token == TOKEN_WORD || is_quoted_name(cursor);
}

/* The next byte of a name that `*text` is in; a doubled quote is one. */
static char name_byte(const char **text, char quote) {
    char byte = *(*text)++;
    if (quote && byte == quote)
        ++*text;
    return byte;
}

bool cursor_names(const struct cursor *cursor, const char *name) {
    bool quoted = is_quoted_name(cursor);
    const char *text = cursor->text + quoted, *end = cursor->text + cursor->size - quoted;
    if (!cursor_is_name(cursor))
        return false;
    while (text < end && *name)
        if (to_lower(name_byte(&text, quoted ? cursor->text[0] : '\0')) != to_lower(*name++))
            return false;
    return text >= end && !*name;
}

char *cursor_name(const struct cursor *cursor, struct arena *arena) {
    bool quoted = is_quoted_name(cursor);
    const char *text = cursor->text + quoted, *end = cursor->text + cursor->size - quoted;
    char *name = arena_copy(arena, text, (size_t)(end - text));
    size_t size = 0;
    while (text < end)
        name[size++] = name_byte(&text, quoted ? cursor->text[0] : '\0');
    name[size] = '\0';
    return name;
}

struct location cursor_location(const struct cursor *cursor, const struct migration *migration) {
    return text_location(migration, cursor->text, cursor->size);
}

/* -------------------------------------------------------------------- names */

static const struct {
    const char *word;
    enum name_role role; /* of a name right behind the word */
} openings[] = {
    {"FROM", NAME_TABLE},     {"JOIN", NAME_TABLE},        {"INTO", NAME_TABLE},
    {"UPDATE", NAME_TABLE},   {"REFERENCES", NAME_TABLE},  {"IN", NAME_TABLE},
    {"TABLE", NAME_OBJECT},   {"INDEX", NAME_OBJECT},      {"VIEW", NAME_OBJECT},
    {"TRIGGER", NAME_OBJECT}, {"EXISTS", NAME_OBJECT},     {"REINDEX", NAME_OBJECT},
    {"ANALYZE", NAME_OBJECT}, {"COLLATE", NAME_COLLATION}, {"USING", NAME_MODULE},
    {"OF", NAME_COLUMN},      {"AS", NAME_ALIAS},          {"SET", NAME_TARGET},
    {"ADD", NAME_DEFINED},    {"TO", NAME_DEFINED},        {"CONSTRAINT", NAME_OTHER},
};

/* What ends a list of tables, or of columns to set. */
static const char *const list_ends[] = {"WHERE",  "GROUP",     "ORDER",  "HAVING",
                                        "LIMIT",  "RETURNING", "SELECT", "UNION",
                                        "EXCEPT", "INTERSECT", "VALUES", "WINDOW"};

/* What a table's constraint begins with, where a column could be defined. */
static const char *const constraint_words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK",
                                               "FOREIGN"};

static bool is_word_of(const struct cursor *cursor, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (cursor->token == TOKEN_WORD && cursor_is(cursor, words[i]))
            return true;
    return false;
}

static struct cursor behind(struct cursor cursor) {
    cursor_next(&cursor);
    return cursor;
}

struct name_walk names_of(const struct step *step) {
    struct name_walk walk = {.next = cursor_at(step, step->text)};
    struct cursor cursor = walk.next;
    bool creates = cursor_take(&cursor, "CREATE");
    if (!cursor_take(&cursor, "TEMP") && !cursor_take(&cursor, "TEMPORARY"))
        cursor_take(&cursor, "UNIQUE");
    walk.makes_table = creates && cursor_is(&cursor, "TABLE");
    walk.awaits_on = creates && (cursor_is(&cursor, "INDEX") || cursor_is(&cursor, "TRIGGER"));
    return walk;
}

/* What the commas separate where the walk is; deeper than that nobody looks. */
static enum name_role *current_list(struct name_walk *walk) {
    size_t deepest = COUNT_OF(walk->lists) - 1;
    return &walk->lists[walk->depth < deepest ? walk->depth : deepest];
}

static enum name_role role_of(struct name_walk *walk, const struct cursor *name) {
    const struct cursor *before = &walk->before;
    if (cursor_is(before, "(") || cursor_is(before, ",")) {
        enum name_role role = *current_list(walk);
        if (role == NAME_DEFINED && is_word_of(name, constraint_words, COUNT_OF(constraint_words)))
            return NAME_OTHER;
        return role == NAME_NONE ? NAME_COLUMN : role;
    }
    if (before->token == TOKEN_WORD && walk->awaits_on && cursor_is(before, "ON")) {
        walk->awaits_on = false;
        return NAME_TABLE;
    }
    if (before->token == TOKEN_WORD && cursor_is(before, "COLUMN"))
        return walk->adds ? NAME_DEFINED : NAME_COLUMN;
    for (size_t i = 0; before->token == TOKEN_WORD && i < COUNT_OF(openings); i++)
        if (cursor_is(before, openings[i].word))
            return openings[i].role;
    bool follows_name = walk->role == NAME_TABLE || walk->role == NAME_DEFINED;
    return follows_name || cursor_is(before, ")") ? NAME_ALIAS : NAME_COLUMN;
}

/* What kind of list a "(" opens, by what stands before it. */
static enum name_role list_opened(struct name_walk *walk) {
    bool in_list = cursor_is(&walk->before, ",") || cursor_is(&walk->before, "(");
    enum name_role around = *current_list(walk);
    if (walk->makes_table && walk->depth == 0 && walk->role == NAME_OBJECT)
        return NAME_DEFINED;
    if (walk->inserts && walk->role == NAME_TABLE)
        return NAME_TARGET;
    if (around == NAME_TABLE &&
        (in_list || cursor_is(&walk->before, "FROM") || cursor_is(&walk->before, "JOIN")))
        return NAME_TABLE;
    if (around == NAME_TARGET && (in_list || cursor_is(&walk->before, "SET")))
        return NAME_TARGET;
    return NAME_NONE;
}

static void follow_lists(struct name_walk *walk, const struct cursor *token) {
    enum name_role *list = current_list(walk);
    if (cursor_is(token, "(")) {
        enum name_role opened = list_opened(walk);
        walk->depth++;
        *current_list(walk) = opened;
    } else if (cursor_is(token, ")") && walk->depth > 0)
        walk->depth--;
    else if (token->token == TOKEN_SEMICOLON || is_word_of(token, list_ends, COUNT_OF(list_ends)))
        *list = NAME_NONE;
    else if (token->token == TOKEN_WORD &&
             (cursor_is(token, "JOIN") ||
              (cursor_is(token, "FROM") && !cursor_is(&walk->before, "DISTINCT"))))
        *list = NAME_TABLE;
    else if (token->token == TOKEN_WORD && cursor_is(token, "SET"))
        *list = NAME_TARGET;
    if (token->token == TOKEN_WORD) {
        walk->adds |= cursor_is(token, "ADD");
        walk->inserts |= cursor_is(token, "INTO");
        walk->inserts &= !is_word_of(token, list_ends, COUNT_OF(list_ends));
    }
}

bool next_name(struct name_walk *walk) {
    walk->qualifier.size = 0;
    while (walk->next.token != TOKEN_END) {
        /* "OR IGNORE" stands between UPDATE or INSERT and what they are about. */
        if (walk->next.token == TOKEN_WORD && cursor_is(&walk->next, "OR") &&
            (cursor_is(&walk->before, "UPDATE") || cursor_is(&walk->before, "INSERT"))) {
            cursor_next(&walk->next);
            cursor_next(&walk->next);
            continue;
        }
        struct cursor token = walk->next, dot = behind(token);
        bool is_name = cursor_is_name(&token);
        if (is_name && cursor_is(&dot, ".")) {
            walk->qualifier = token;
            walk->next = behind(dot);
            continue;
        }
        enum name_role role = is_name ? role_of(walk, &token) : NAME_NONE;
        cursor_next(&walk->next);
        if (role == NAME_COLUMN && cursor_is(&walk->next, "("))
            role = NAME_FUNCTION;
        if (role == NAME_COLUMN && token.token == TOKEN_STRING)
            is_name = false;
        follow_lists(walk, &token);
        walk->before = token;
        walk->role = role;
        if (is_name) {
            walk->name = token;
            return true;
        }
        walk->qualifier.size = 0;
    }
    return false;
}
