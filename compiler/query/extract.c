/*
 * extract.c - finds the calls that are given SQL, and reads their literals.
 *
 * A literal is one or more strings side by side, or names that the same file defines as such.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

/* Which argument of a function is SQL, from 1; is it a format; do all its statements run? */
struct sink {
    const char *name;
    unsigned argument;
    bool is_format, all;
};

static const struct sink sinks[] = {
    {"sqlite3_prepare", 2, false, false},    {"sqlite3_prepare_v2", 2, false, false},
    {"sqlite3_prepare_v3", 2, false, false}, {"sqlite3_exec", 2, false, true},
    {"sqlite3_get_table", 2, false, true},   {"sqlite3_mprintf", 1, true, true},
    {"sqlite3_vmprintf", 1, true, true},     {"sqlite3_snprintf", 3, true, true},
    {"sqlite3_str_appendf", 2, true, true},
};

struct c_definition {
    const char *name;
    size_t size;
    struct c_lexer literal; /* where its strings begin */
};

struct extraction {
    const struct source *source;
    const struct conf *conf;
    struct queries *queries;
    struct c_definition *definitions;
    size_t count, capacity;
};

/* ------------------------------------------------------------------- literals */

static const struct c_definition *find_definition(const struct extraction *extraction,
                                                  const char *name, size_t size) {
    for (size_t i = extraction->count; i-- > 0;)
        if (extraction->definitions[i].size == size &&
            memcmp(extraction->definitions[i].name, name, size) == 0)
            return &extraction->definitions[i];
    return NULL;
}

enum { DEEPEST_DEFINITION = 8 };

/* Adds the token's text.  False: it is no literal. */
static bool add_literal(const struct extraction *extraction, struct query_text *text,
                        enum c_token token, const struct c_lexer *lexer, int depth) {
    size_t size = (size_t)(lexer->cursor - lexer->token);
    if (token == C_STRING || token == C_RAW_STRING) {
        decode_literal(text, extraction->source, lexer->token, size, token == C_RAW_STRING);
        return true;
    }
    const struct c_definition *definition =
        token == C_NAME ? find_definition(extraction, lexer->token, size) : NULL;
    if (!definition || depth == DEEPEST_DEFINITION)
        return false;
    struct c_lexer inner = definition->literal;
    while ((token = lex_c_token(&inner)) != C_NEWLINE && token != C_END)
        if (!add_literal(extraction, text, token, &inner, depth + 1))
            return false;
    return true;
}

/* Behind "#": a define of strings and names alone is kept.  Passes over the line. */
static void read_directive(struct extraction *extraction, struct c_lexer *lexer) {
    enum c_token token = lex_c_token(lexer);
    bool is_define = token == C_NAME && lexer->cursor - lexer->token == 6 &&
                     memcmp(lexer->token, "define", 6) == 0;
    if (is_define && lex_c_token(lexer) == C_NAME && *lexer->cursor != '(') {
        extraction->definitions =
            grow_items(extraction->definitions, extraction->count, &extraction->capacity,
                       sizeof(*extraction->definitions));
        extraction->definitions[extraction->count++] =
            (struct c_definition){lexer->token, (size_t)(lexer->cursor - lexer->token), *lexer};
    }
    while (token != C_NEWLINE && token != C_END)
        token = lex_c_token(lexer);
}

/* ----------------------------------------------------------------------- formats */

static bool begins_like_sql(const char *text) {
    static const char *const words[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE",
                                        "WITH",   "CREATE", "DROP",   "ALTER"};
    while (is_blank(*text) || *text == '\n')
        text++;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (sqlite3_strnicmp(text, words[i], (int)strlen(words[i])) == 0 &&
            !is_word(text[strlen(words[i])]))
            return true;
    return false;
}

static void fill_hole(struct query *query, char conversion, size_t offset) {
    const char *filling = strchr("diuxXocp", conversion) ? "0"
                          : strchr("fFeEgG", conversion) ? "0.0"
                          : conversion == 'Q'            ? "'x'"
                          : conversion == 'q'            ? "x"
                                                         : QUERY_HOLE;
    query->has_holes = query->has_holes || strchr("sw", conversion) || filling[0] == 'm';
    for (; *filling; filling++)
        add_query_byte(&query->text, *filling, offset);
}

/* Puts something that parses in the place of each conversion. */
static void fill_format(struct query *query) {
    struct query_text format = query->text;
    query->text = (struct query_text){0};
    for (size_t i = 0; i < format.bytes.size; i++) {
        const char *bytes = format.bytes.bytes;
        size_t offset = format.offsets[i];
        if (bytes[i] != '%') {
            add_query_byte(&query->text, bytes[i], offset);
            continue;
        }
        for (i++; i < format.bytes.size && strchr("0123456789.,*-+ #!lhzjt", bytes[i]); i++)
            continue;
        if (i < format.bytes.size && bytes[i] == '%')
            add_query_byte(&query->text, '%', offset);
        else if (i < format.bytes.size)
            fill_hole(query, bytes[i], offset);
    }
    buffer_free(&format.bytes);
    free(format.offsets);
}

/* ------------------------------------------------------------------------- calls */

static void add_query(struct extraction *extraction, struct query *query, bool is_format) {
    struct queries *queries = extraction->queries;
    add_query_byte(&query->text, '\0', query->location.offset + query->location.size);
    query->text.bytes.size--;
    bool wanted = !is_format || (query->is_literal && begins_like_sql(query->text.bytes.bytes));
    if (wanted && is_format) {
        fill_format(query);
        add_query_byte(&query->text, '\0', query->location.offset + query->location.size);
        query->text.bytes.size--;
    }
    if (!wanted) {
        buffer_free(&query->text.bytes);
        free(query->text.offsets);
        return;
    }
    queries->items =
        grow_items(queries->items, queries->count, &queries->capacity, sizeof(*queries->items));
    queries->items[queries->count++] = *query;
}

/* Behind the "(" of a call; reads its arguments, in which other calls may stand. */
static void read_call(struct extraction *extraction, struct c_lexer lexer, const struct sink *sink,
                      bool is_declaration) {
    struct query query = {.source = extraction->source, .is_literal = true, .all = sink->all};
    const char *start = NULL, *end = NULL;
    unsigned argument = 1, depth = 1;
    enum c_token token;
    while (depth > 0 && (token = lex_c_token(&lexer)) != C_END) {
        char c = *lexer.token;
        if (token == C_NEWLINE)
            continue;
        if (token == C_OTHER && strchr("([{", c))
            depth++;
        if (token == C_OTHER && strchr(")]}", c) && --depth == 0)
            break;
        if (token == C_OTHER && c == ',' && depth == 1) {
            argument++;
            continue;
        }
        if (argument > sink->argument)
            break;
        if (argument != sink->argument)
            continue;
        start = start ? start : lexer.token;
        end = lexer.cursor;
        query.is_literal =
            query.is_literal && add_literal(extraction, &query.text, token, &lexer, 0);
    }
    query.is_literal = query.is_literal && start;
    if (start && !(is_declaration && !query.is_literal)) {
        query.location = location_at(extraction->source, start, (size_t)(end - start));
        add_query(extraction, &query, sink->is_format);
    } else {
        buffer_free(&query.text.bytes);
        free(query.text.offsets);
    }
}

static bool find_query_function(const struct extraction *extraction, const struct c_lexer *lexer,
                                struct sink *sink) {
    size_t size = (size_t)(lexer->cursor - lexer->token);
    for (size_t i = 0; i < COUNT_OF(sinks); i++)
        if (same_text(lexer->token, size, sinks[i].name)) {
            *sink = sinks[i];
            return true;
        }
    for (const struct query_function *function =
             extraction->conf ? extraction->conf->query_functions : NULL;
         function; function = function->next)
        if (same_text(lexer->token, size, function->name)) {
            *sink = (struct sink){function->name, function->argument, false, true};
            return true;
        }
    return false;
}

/* "int sqlite3_exec(" declares; "return sqlite3_exec(" calls. */
static bool is_type_before(const char *before, size_t size, bool is_star) {
    static const char *const words[] = {"return", "else", "do", "case", "goto", "and", "or", "not"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (same_text(before, size, words[i]))
            return false;
    return size > 0 || is_star;
}

void find_queries(struct queries *queries, const struct source *source, const struct conf *conf) {
    struct extraction extraction = {.source = source, .conf = conf, .queries = queries};
    struct c_lexer lexer = {source->text, source->text};
    const char *before = "";
    size_t before_size = 0;
    bool at_line_start = true, is_star = false;
    enum c_token token;
    while ((token = lex_c_token(&lexer)) != C_END) {
        struct sink sink;
        char c = *lexer.token;
        if (token == C_OTHER && c == '#' && at_line_start) {
            read_directive(&extraction, &lexer);
            continue;
        }
        at_line_start = token == C_NEWLINE;
        if (token == C_NEWLINE)
            continue;
        if (token == C_NAME && find_query_function(&extraction, &lexer, &sink)) {
            struct c_lexer next = lexer;
            while ((token = lex_c_token(&next)) == C_NEWLINE)
                continue;
            if (token == C_OTHER && *next.token == '(')
                read_call(&extraction, next, &sink, is_type_before(before, before_size, is_star));
        }
        before = token == C_NAME ? lexer.token : "";
        before_size = token == C_NAME ? (size_t)(lexer.cursor - lexer.token) : 0;
        is_star = token == C_OTHER && c == '*';
    }
    free(extraction.definitions);
}

void add_sql_file(struct queries *queries, const struct source *source) {
    struct query query = {.source = source, .is_literal = true, .all = true};
    query.location = location_at(source, source->text, source->size);
    for (size_t i = 0; i < source->size; i++)
        add_query_byte(&query.text, source->text[i], i);
    add_query_byte(&query.text, '\0', source->size);
    query.text.bytes.size--;
    queries->items =
        grow_items(queries->items, queries->count, &queries->capacity, sizeof(*queries->items));
    queries->items[queries->count++] = query;
}

void free_queries(struct queries *queries) {
    for (size_t i = 0; i < queries->count; i++) {
        buffer_free(&queries->items[i].text.bytes);
        free(queries->items[i].text.offsets);
    }
    free(queries->items);
    *queries = (struct queries){0};
}
