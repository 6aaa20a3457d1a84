/*
 * schema_canon.c - writes what means the same as the same text: keywords and names in lower
 * case, quotes only where they matter, one way of spacing.  Strings keep every byte.
 *
 * The result is readable, since people see it in differences.
 */
#include "schema.h"

#include <string.h>

struct writer {
    char *out;
    size_t used;
    migci_scope scope;
    migci_token last, before_last;
    int tight; /* the last token was a sign before a number, not an operator */
    migci_parens parens;
    size_t parens_seen;
};

/* Words that are a name only in quotes: without quotes they mean something else. */
static const char reserved[] =
    "add all alter and as between case check collate create current_date current_time"
    " current_timestamp default delete distinct drop else escape except exists false from group"
    " having in index insert intersect into is isnull join limit not nothing notnull null on or"
    " order primary references returning select set table then true union unique update using"
    " values when where";

static bool is_reserved(const char *name, size_t length) {
    for (const char *at = reserved; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && sqlite3_strnicmp(at, name, (int)length) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

char *migci_lower(char *text) {
    for (char *at = text; *at; at++)
        *at = lower(*at);
    return text;
}

char *migci_upper(char *text) {
    for (char *at = text; *at; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - ('a' - 'A')) : *at;
    return text;
}

/* Twice the input is always enough: a token at most doubles, or grows by a space; "0xf...f" and
 * "a isnull" do not grow by more. */
static struct writer writer_open(migci_memory *memory, size_t length, migci_scope scope) {
    return (struct writer){.out = migci_allocate(memory, 2 * length + 32), .scope = scope};
}

static void put(struct writer *writer, char c) {
    writer->out[writer->used++] = c;
}

static void put_word(struct writer *writer, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        put(writer, lower(text[i]));
}

/* ------------------------------------------------------------- what is in quotes */

struct content {
    const char *at, *end;
    char close;
};

static struct content content_of(migci_token token) {
    char close = token.start[0] == '[' ? ']' : token.start[0];
    return (struct content){token.start + 1, token.start + token.length - 1, close};
}

/* -1 at the end. */
static int content_next(struct content *content) {
    if (content->at >= content->end)
        return -1;
    char c = *content->at++;
    if (c == content->close && content->close != ']')
        content->at++;
    return (unsigned char)c;
}

static bool is_plain_token(migci_token token) {
    struct content content = content_of(token);
    migci_text inside = {content.at, content.end};
    migci_token word = migci_token_next(&inside);
    return word.kind == MIGCI_TOKEN_WORD && word.start == content.at &&
           word.start + word.length == content.end;
}

static bool equals(migci_token token, const char *name) {
    struct content content = content_of(token);
    int c;
    while ((c = content_next(&content)) >= 0) {
        if (lower((char)c) != lower(*name) || !*name)
            return false;
        name++;
    }
    return !*name;
}

static bool is_column(migci_token token, const migci_table *table) {
    static const char *const rowids[] = {"rowid", "oid", "_rowid_"};
    for (size_t i = 0; i < sizeof(rowids) / sizeof(*rowids); i++) {
        if (equals(token, rowids[i]))
            return true;
    }
    for (size_t i = 0; table && i < table->column_count; i++) {
        if (equals(token, table->columns[i]->name))
            return true;
    }
    return table && equals(token, table->name);
}

static void put_content(struct writer *writer, migci_token token, char quote, bool keep_case) {
    struct content content = content_of(token);
    int c;
    put(writer, quote);
    while ((c = content_next(&content)) >= 0) {
        put(writer, keep_case ? (char)c : lower((char)c));
        if (c == quote)
            put(writer, quote);
    }
    put(writer, quote);
}

static void put_name(struct writer *writer, migci_token token) {
    if (is_plain_token(token) && !is_reserved(token.start + 1, token.length - 2))
        put_word(writer, token.start + 1, token.length - 2);
    else
        put_content(writer, token, '"', false);
}

static void put_quoted(struct writer *writer, migci_token token) {
    bool is_name = true;
    switch (writer->scope.quotes) {
    case MIGCI_QUOTES_NAME:
        break;
    case MIGCI_QUOTES_COLUMN:
        is_name = *token.start != '"' || is_column(token, writer->scope.table);
        break;
    case MIGCI_QUOTES_STRING:
        is_name = false;
        break;
    case MIGCI_QUOTES_ARGUMENT:
        is_name = is_plain_token(token);
        break;
    }
    if (is_name)
        put_name(writer, token);
    else
        put_content(writer, token, '\'', true);
}

/* Where only a name can stand, SQLite reads 'a' as a name. */
static bool string_is_name(const struct writer *writer, migci_text rest) {
    static const char *const leaders[] = {".", "as", "into", "join"};
    if (writer->scope.quotes == MIGCI_QUOTES_ARGUMENT)
        return true;
    if (writer->scope.quotes != MIGCI_QUOTES_NAME)
        return false;
    for (size_t i = 0; i < sizeof(leaders) / sizeof(*leaders); i++) {
        if (migci_token_is(writer->last, leaders[i]))
            return true;
    }
    return migci_token_is(migci_token_next(&rest), ".") ||
           (migci_token_is(writer->last, "from") &&
            !migci_token_is(writer->before_last, "distinct"));
}

/* ------------------------------------------------------------------------ spacing */

static bool is_sign(migci_token token, const char *signs) {
    return token.kind == MIGCI_TOKEN_SIGN && token.length == 1 && strchr(signs, *token.start);
}

static bool needs_space(const struct writer *writer, migci_token token) {
    if (writer->used == 0 || writer->tight || is_sign(writer->last, "(."))
        return false;
    if (is_sign(token, "),.;"))
        return false;
    migci_token last = writer->last;
    bool is_called = last.kind == MIGCI_TOKEN_WORD
                         ? !sqlite3_keyword_check(last.start, (int)last.length)
                         : last.kind == MIGCI_TOKEN_NAME;
    return !is_sign(token, "(") || !is_called;
}

/* 0x10 is 16, as a signed number of 64 bits; if there are too many digits, the text stays. */
static bool put_hexadecimal(struct writer *writer, migci_token token) {
    char digits[32];
    uint64_t value = 0;
    size_t used = 0;
    if (token.length < 3 || token.start[0] != '0' || lower(token.start[1]) != 'x')
        return false;
    for (size_t i = 2; i < token.length; i++) {
        char c = lower(token.start[i]);
        if (c == '_')
            continue;
        value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
        used += used > 0 || c != '0';
    }
    if (used > 16)
        return false;
    sqlite3_snprintf(sizeof(digits), digits, "%lld", (sqlite3_int64)value);
    put_word(writer, digits, strlen(digits));
    return true;
}

static void put_token(struct writer *writer, migci_token token, migci_text rest) {
    bool operator_before =
        writer->used == 0 || (writer->last.kind == MIGCI_TOKEN_SIGN && !is_sign(writer->last, ")"));
    if (needs_space(writer, token))
        put(writer, ' ');
    writer->tight = operator_before && is_sign(token, "-+~");
    if (token.kind == MIGCI_TOKEN_NAME ||
        (token.kind == MIGCI_TOKEN_STRING && string_is_name(writer, rest)))
        put_quoted(writer, token);
    else if (token.kind == MIGCI_TOKEN_STRING)
        put_content(writer, token, '\'', true);
    else if (migci_token_is(token, "=="))
        put(writer, '=');
    else if (migci_token_is(token, "!="))
        put_word(writer, "<>", 2);
    else if (token.kind != MIGCI_TOKEN_NUMBER)
        put_word(writer, token.start, token.length);
    else if (!put_hexadecimal(writer, token)) {
        for (size_t i = 0; i < token.length; i++)
            if (token.start[i] != '_') /* 1_000 is 1000 */
                put(writer, lower(token.start[i]));
    }
    writer->before_last = writer->last;
    writer->last = token;
}

/* ----------------------------------------------------------------- whole texts */

static bool is_token_named(migci_token token, const char *name) {
    if (token.kind == MIGCI_TOKEN_NAME || token.kind == MIGCI_TOKEN_STRING)
        return equals(token, name);
    return token.kind == MIGCI_TOKEN_WORD && strlen(name) == token.length &&
           sqlite3_strnicmp(token.start, name, (int)token.length) == 0;
}

/* "main." has no meaning, nor has the table's own name before one of its columns. */
static bool is_qualifier(const struct writer *writer, migci_token token, migci_text rest) {
    if (writer->scope.quotes == MIGCI_QUOTES_ARGUMENT ||
        !migci_token_is(migci_token_next(&rest), "."))
        return false;
    return is_token_named(token, "main") ||
           (writer->scope.table && is_token_named(token, writer->scope.table->name));
}

/* AS in "a AS b", INNER in "INNER JOIN".  AS before a subquery is needed. */
static bool is_optional_word(migci_token token, migci_text rest) {
    static const char *const needed[] = {"(", "select", "with", "values", "not", "materialized"};
    migci_token next = migci_token_next(&rest);
    if (migci_token_is(token, "inner"))
        return migci_token_is(next, "join");
    if (!migci_token_is(token, "as"))
        return false;
    for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
        if (migci_token_is(next, needed[i]))
            return false;
    return true;
}

/* "a ISNULL", "a NOTNULL" and "a NOT NULL" are IS NULL and IS NOT NULL. */
static bool put_null_test(struct writer *writer, migci_token token, migci_text *text) {
    migci_text rest = *text;
    bool is_not = migci_token_is(token, "not") && migci_token_is(migci_token_next(&rest), "null");
    bool is_notnull = migci_token_is(token, "notnull");
    migci_token last = writer->last;
    bool ends_operand = last.kind == MIGCI_TOKEN_SIGN ? is_sign(last, ")")
                        : last.kind == MIGCI_TOKEN_WORD
                            ? !sqlite3_keyword_check(last.start, (int)last.length)
                            : last.kind != MIGCI_TOKEN_END;
    if (writer->scope.quotes == MIGCI_QUOTES_ARGUMENT || !ends_operand ||
        (!is_not && !is_notnull && !migci_token_is(token, "isnull")))
        return false;
    const char *words = is_not || is_notnull ? " is not null" : " is null";
    put_word(writer, words, strlen(words));
    if (is_not)
        *text = rest;
    writer->before_last = writer->last;
    writer->last = token;
    writer->tight = false;
    return true;
}

/* False at the end. */
static bool put_next(struct writer *writer, migci_text *text) {
    const migci_parens *parens = &writer->parens;
    migci_token token = migci_token_next(text);
    if (token.kind == MIGCI_TOKEN_END)
        return false;
    while (writer->parens_seen < parens->count &&
           parens->items[writer->parens_seen].start < token.start)
        writer->parens_seen++;
    if (writer->parens_seen < parens->count &&
        parens->items[writer->parens_seen].start == token.start &&
        parens->items[writer->parens_seen].redundant)
        return true;
    if (is_qualifier(writer, token, *text))
        migci_token_next(text);
    else if (writer->scope.quotes == MIGCI_QUOTES_NAME && is_optional_word(token, *text))
        writer->last = token;
    else if (!put_null_test(writer, token, text))
        put_token(writer, token, *text);
    return true;
}

static void put_text(struct writer *writer, migci_text text) {
    while (put_next(writer, &text))
        continue;
}

char *migci_canonical(migci_memory *memory, migci_text text, migci_scope scope) {
    struct writer writer = writer_open(memory, (size_t)(text.end - text.start), scope);
    if (!writer.out ||
        (scope.quotes != MIGCI_QUOTES_ARGUMENT && !migci_parens_find(memory, text, &writer.parens)))
        return NULL;
    put_text(&writer, text);
    return writer.out;
}

char *migci_canonical_name(migci_memory *memory, migci_token token) {
    migci_text text = {token.start, token.start + token.length};
    struct writer writer =
        writer_open(memory, token.length, (migci_scope){.quotes = MIGCI_QUOTES_NAME});
    if (!writer.out)
        return NULL;
    if (token.kind == MIGCI_TOKEN_WORD) {
        put_text(&writer, text);
        return writer.out;
    }
    struct content content = content_of(token);
    int c;
    while ((c = content_next(&content)) >= 0)
        put(&writer, lower((char)c));
    return writer.out;
}

/* A single word.  SQLite reads it as a string, if it is not a constant. */
static char *default_of_word(migci_memory *memory, migci_token word) {
    static const char *const same[][2] = {{"null", ""}, {"true", "1"}, {"false", "0"}};
    struct writer writer =
        writer_open(memory, word.length, (migci_scope){.quotes = MIGCI_QUOTES_STRING});
    if (!writer.out)
        return NULL;
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        if (migci_token_is(word, same[i][0])) {
            put_word(&writer, same[i][1], strlen(same[i][1]));
            return writer.out;
        }
    }
    if (is_reserved(word.start, word.length)) {
        put_word(&writer, word.start, word.length);
        return writer.out;
    }
    put(&writer, '\'');
    memcpy(writer.out + writer.used, word.start, word.length);
    writer.used += word.length;
    put(&writer, '\'');
    return writer.out;
}

char *migci_canonical_default(migci_memory *memory, const char *sql) {
    migci_text text = migci_text_bare(migci_text_of(sql));
    migci_text rest = text;
    migci_token first = migci_token_next(&rest);
    if (migci_token_is(first, "+"))
        text = rest;
    migci_token second = migci_token_next(&rest);
    if (first.kind == MIGCI_TOKEN_WORD && second.kind == MIGCI_TOKEN_END)
        return default_of_word(memory, first);
    return migci_canonical(memory, text, (migci_scope){.quotes = MIGCI_QUOTES_STRING});
}

/* After "CREATE TRIGGER name" and the like. */
static migci_text behind_name(const char *sql, int words) {
    migci_text text = migci_text_of(sql);
    for (int i = 0; i < words; i++)
        migci_token_next(&text);
    return text;
}

char *migci_canonical_trigger(migci_memory *memory, const char *sql) {
    migci_text text = behind_name(sql, 3);
    migci_text rest = text;
    migci_token first = migci_token_next(&rest);
    struct writer writer =
        writer_open(memory, strlen(sql), (migci_scope){.quotes = MIGCI_QUOTES_NAME});
    if (!writer.out || !migci_parens_find(memory, text, &writer.parens))
        return NULL;
    if (!migci_token_is(first, "before") && !migci_token_is(first, "after") &&
        !migci_token_is(first, "instead"))
        put_text(&writer, migci_text_of("before"));
    /* Up to BEGIN, without FOR EACH ROW: there is no other kind. */
    for (;;) {
        rest = text;
        migci_token token = migci_token_next(&rest);
        if (migci_token_is(token, "begin") || migci_token_is(token, "when"))
            break;
        if (migci_token_is(token, "for")) {
            migci_token_next(&rest);
            migci_token_next(&rest);
            text = rest;
        } else if (!put_next(&writer, &text)) {
            break;
        }
    }
    put_text(&writer, text);
    return writer.out;
}

char *migci_canonical_view(migci_memory *memory, const char *sql) {
    return migci_canonical(memory, behind_name(sql, 3), (migci_scope){.quotes = MIGCI_QUOTES_NAME});
}

char *migci_canonical_module(migci_memory *memory, const char *sql) {
    migci_text text = behind_name(sql, 5);
    char *module = migci_canonical(memory, text, (migci_scope){.quotes = MIGCI_QUOTES_ARGUMENT});
    size_t length = module ? strlen(module) : 0;
    if (length > 2 && strcmp(module + length - 2, "()") == 0)
        module[length - 2] = '\0';
    return module;
}
