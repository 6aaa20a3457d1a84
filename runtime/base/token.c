/*
 * token.c - splits SQL that SQLite has stored into tokens.
 *
 * Agrees with SQLite's own tokenizer on what that accepts.  Nothing else gets into a schema, so
 * there are no errors here.
 */
#include "base/core.h"

#include <string.h>

/* SQLite takes '\v' only behind another; alone it is in no schema. */
static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool is_word(char c) {
    return is_letter(c) || is_digit(c) || c == '$';
}

static const char *find_in_text(const char *at, const char *end, const char *what) {
    size_t length = strlen(what);
    for (; (size_t)(end - at) >= length; at++) {
        if (memcmp(at, what, length) == 0)
            return at + length;
    }
    return end;
}

/* Blank space, comments, and byte order marks, which SQLite skips anywhere. */
static const char *skip_space(const char *at, const char *end) {
    while (at < end && (!is_letter(*at) || *at == '\xEF')) { /* most often a word begins */
        if (is_space(*at))
            at++;
        else if (end - at >= 3 && memcmp(at, MIGCI_BYTE_ORDER_MARK, 3) == 0)
            at += 3;
        else if (end - at >= 2 && memcmp(at, "--", 2) == 0)
            at = find_in_text(at, end, "\n");
        else if (end - at >= 2 && memcmp(at, "/*", 2) == 0)
            at = find_in_text(at + 2, end, "*/");
        else
            break;
    }
    return at;
}

static const char *scan_quoted(const char *at, const char *end) {
    char close = *at == '[' ? ']' : *at;
    for (at++; at < end; at++) {
        if (*at != close)
            continue;
        if (close == ']' || at + 1 == end || at[1] != close)
            return at + 1;
        at++;
    }
    return end;
}

static const char *scan_number(const char *at, const char *end) {
    bool hex = end - at > 1 && at[0] == '0' && (at[1] | 0x20) == 'x';
    for (; at < end; at++) {
        bool sign = !hex && (*at == '+' || *at == '-') && (at[-1] | 0x20) == 'e';
        if (!is_word(*at) && *at != '.' && !sign)
            break;
    }
    return at;
}

static const char *scan_word(const char *at, const char *end) {
    while (at < end && is_word(*at))
        at++;
    return at;
}

static const char *scan_sign(const char *at, const char *end) {
    static const char *const signs[] = {
        "->>", "->", "||", "==", "!=", "<>", "<=", ">=", "<<", ">>"};
    if (!strchr("-|=!<>", *at)) /* as most often */
        return at + 1;
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        size_t length = strlen(signs[i]);
        if ((size_t)(end - at) >= length && memcmp(at, signs[i], length) == 0)
            return at + length;
    }
    return at + 1;
}

static migci_token_kind kind_of(const char *at, const char *end) {
    if (at >= end)
        return MIGCI_TOKEN_END;
    if (*at == '\'')
        return MIGCI_TOKEN_STRING;
    if (*at == '"' || *at == '`' || *at == '[')
        return MIGCI_TOKEN_NAME;
    if (is_digit(*at) || (*at == '.' && end - at > 1 && is_digit(at[1])))
        return MIGCI_TOKEN_NUMBER;
    if ((*at | 0x20) == 'x' && end - at > 1 && at[1] == '\'')
        return MIGCI_TOKEN_BLOB;
    return is_letter(*at) ? MIGCI_TOKEN_WORD : MIGCI_TOKEN_SIGN;
}

migci_text migci_text_of(const char *sql) {
    return (migci_text){sql, sql + strlen(sql)};
}

migci_token migci_token_next(migci_text *text) {
    const char *start = skip_space(text->start, text->end);
    const char *end = start;
    migci_token_kind kind = kind_of(start, text->end);
    switch (kind) {
    case MIGCI_TOKEN_END:
        break;
    case MIGCI_TOKEN_WORD:
        end = scan_word(start, text->end);
        break;
    case MIGCI_TOKEN_NAME:
    case MIGCI_TOKEN_STRING:
        end = scan_quoted(start, text->end);
        break;
    case MIGCI_TOKEN_NUMBER:
        end = scan_number(start, text->end);
        break;
    case MIGCI_TOKEN_BLOB:
        end = scan_quoted(start + 1, text->end);
        break;
    case MIGCI_TOKEN_SIGN:
        end = scan_sign(start, text->end);
        break;
    }
    text->start = end;
    return (migci_token){kind, start, (size_t)(end - start)};
}

bool migci_token_is(migci_token token, const char *word) {
    return (token.kind == MIGCI_TOKEN_WORD || token.kind == MIGCI_TOKEN_SIGN) &&
           strlen(word) == token.length &&
           sqlite3_strnicmp(token.start, word, (int)token.length) == 0;
}
