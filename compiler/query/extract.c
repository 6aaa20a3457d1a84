/*
 * extract.c - finds the calls that are given SQL, and reads their literals.
 *
 * A literal is one or more strings side by side, or names that the same file defines as such.  A
 * variable has all values that it was given since it was declared (variable.c).
 */
#include "query.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum sink_kind {
    SINK_FIRST,  /* its first statement runs */
    SINK_ALL,    /* all statements run */
    SINK_FORMAT, /* the same, of a format */
    SINK_TEXT    /* a format that may be anything: SQL is what begins like it */
};

/* Which argument of a function is SQL, from 1. */
struct sink {
    const char *name;
    unsigned argument;
    enum sink_kind kind;
};

static const struct sink sinks[] = {
    {"sqlite3_prepare", 2, SINK_FIRST},      {"sqlite3_prepare_v2", 2, SINK_FIRST},
    {"sqlite3_prepare_v3", 2, SINK_FIRST},   {"sqlite3_prepare16", 2, SINK_FIRST},
    {"sqlite3_prepare16_v2", 2, SINK_FIRST}, {"sqlite3_prepare16_v3", 2, SINK_FIRST},
    {"sqlite3_exec", 2, SINK_ALL},           {"sqlite3_get_table", 2, SINK_ALL},
    {"sqlite3_mprintf", 1, SINK_TEXT},       {"sqlite3_vmprintf", 1, SINK_TEXT},
    {"sqlite3_snprintf", 3, SINK_TEXT},      {"sqlite3_vsnprintf", 3, SINK_TEXT},
    {"sqlite3_str_appendf", 2, SINK_TEXT},   {"sqlite3_str_vappendf", 2, SINK_TEXT},
};

struct c_definition {
    const char *name;
    size_t size;
    struct c_span literal;
};

struct extraction {
    const struct source *source;
    const struct conf *conf;
    struct queries *queries;
    struct c_definition *definitions;
    size_t count, capacity;
    struct variables variables;
};

/* ------------------------------------------------------------------- literals */

/* After "(": what follows "const char *)", or the same. */
static struct c_span skip_cast(struct c_span span) {
    struct c_span inside = span;
    bool names_char = false;
    enum c_token token;
    while ((token = next_in_span(&inside)) == C_NAME || is_c_sign(token, &inside.at, '*'))
        names_char = names_char || is_c_word(&inside.at, "char");
    return names_char && is_c_sign(token, &inside.at, ')') ? inside : span;
}

enum { DEEPEST_DEFINITION = 8 };

/* Adds the text of the strings, in parentheses or not.  False: it is no literal. */
static bool add_literal(const struct extraction *extraction, struct query_text *text,
                        struct c_span span, int depth) {
    bool found = false;
    for (enum c_token token; (token = next_in_span(&span)) != C_END;) {
        const char *start = span.at.token;
        size_t size = (size_t)(span.at.cursor - start);
        if (is_c_sign(token, &span.at, '(')) {
            span = skip_cast(span);
        } else if (token == C_STRING || token == C_RAW_STRING) {
            decode_literal(text, extraction->source, start, size, token == C_RAW_STRING);
            found = true;
        } else if (token == C_NAME) {
            size_t after = extraction->count; /* the last definition of the name */
            while (after > 0 && (extraction->definitions[after - 1].size != size ||
                                 memcmp(extraction->definitions[after - 1].name, start, size) != 0))
                after--;
            if (after == 0 || depth == DEEPEST_DEFINITION ||
                !add_literal(extraction, text, extraction->definitions[after - 1].literal,
                             depth + 1))
                return false;
            found = true;
        } else if (!is_c_sign(token, &span.at, ')')) {
            return false;
        }
    }
    return found || depth > 0;
}

/* After "#": a define is kept, but for one with arguments.  Passes over the line. */
static void read_directive(struct extraction *extraction, struct c_lexer *lexer) {
    enum c_token token = lex_c_token(lexer);
    struct c_definition definition = {NULL, 0, {*lexer, NULL}};
    if (token == C_NAME && is_c_word(lexer, "define")) {
        token = lex_c_token(lexer);
        if (token == C_NAME && *lexer->cursor != '(')
            definition = (struct c_definition){
                lexer->token, (size_t)(lexer->cursor - lexer->token), {*lexer, NULL}};
    }
    while (token != C_NEWLINE && token != C_END)
        token = lex_c_token(lexer);
    definition.literal.end = lexer->token;
    if (!definition.name)
        return;
    extraction->definitions = grow_items(extraction->definitions, extraction->count,
                                         &extraction->capacity, sizeof(*extraction->definitions));
    extraction->definitions[extraction->count++] = definition;
}

/* ------------------------------------------------------------------------- calls */

static void end_query(struct query *query) {
    assert(query->source);
    add_query_byte(&query->text, '\0', query->location.offset + query->location.size);
    query->text.bytes.size--;
}

static void drop_query(struct query *query) {
    buffer_free(&query->text.bytes);
    free(query->text.offsets);
}

static void add_query(struct extraction *extraction, struct query *query, enum sink_kind kind) {
    struct queries *queries = extraction->queries;
    end_query(query);
    if (kind == SINK_TEXT && !(query->is_literal && begins_like_sql(query->text.bytes.bytes))) {
        drop_query(query);
        return;
    }
    if (kind >= SINK_FORMAT) {
        fill_format(query);
        end_query(query);
    }
    queries->items =
        grow_items(queries->items, queries->count, &queries->capacity, sizeof(*queries->items));
    queries->items[queries->count++] = *query;
}

/* Up to its last token, without the parentheses around all of it. */
static struct c_span strip_span(struct c_span span) {
    for (;;) {
        struct c_span look = span, inside;
        const char *close = NULL, *last = NULL;
        int depth = 0;
        enum c_token token = next_in_span(&look);
        if (!is_c_sign(token, &look.at, '('))
            return span;
        inside = look;
        for (depth = 1; (token = next_in_span(&look)) != C_END; last = look.at.token) {
            depth += is_c_sign(token, &look.at, '(');
            depth -= is_c_sign(token, &look.at, ')');
            if (depth == 0 && !close)
                close = look.at.token;
        }
        struct c_span rest = skip_cast(inside);
        if (rest.at.token == inside.at.token && close != last)
            return span;
        span = rest.at.token != inside.at.token ? rest : (struct c_span){inside.at, close};
    }
}

/* "condition ? first : second" */
static bool split_choice(struct c_span span, struct c_span *first, struct c_span *second) {
    int depth = 0, choices = 0;
    const char *end = span.end;
    for (enum c_token token; (token = next_in_span(&span)) != C_END;) {
        char c = token == C_OTHER ? *span.at.token : 'x';
        depth += c == '(' || c == '[' || c == '{';
        depth -= c == ')' || c == ']' || c == '}';
        if (depth > 0)
            continue;
        if (c == '?' && choices++ == 0)
            *first = span;
        if (c == ':' && choices > 0 && --choices == 0) {
            first->end = span.at.token;
            *second = (struct c_span){span.at, end};
            return true;
        }
    }
    return false;
}

static bool find_query_function(const struct extraction *extraction, const struct c_lexer *lexer,
                                struct sink *sink) {
    for (size_t i = 0; i < COUNT_OF(sinks); i++)
        if (is_c_word(lexer, sinks[i].name)) {
            *sink = sinks[i];
            return true;
        }
    for (const struct query_function *function =
             extraction->conf ? extraction->conf->query_functions : NULL;
         function; function = function->next)
        if (is_c_word(lexer, function->name)) {
            *sink = (struct sink){function->name, function->argument,
                                  function->is_format ? SINK_FORMAT : SINK_ALL};
            return true;
        }
    return false;
}

/* After the "(" of a call: the argument of this number.  False: it has fewer. */
static bool find_argument(struct c_lexer lexer, unsigned number, struct c_span *argument) {
    unsigned depth = 1;
    *argument = (struct c_span){lexer, NULL};
    for (enum c_token token; depth > 0 && (token = lex_c_token(&lexer)) != C_END;) {
        char c = token == C_OTHER ? *lexer.token : 'x';
        depth += c == '(' || c == '[' || c == '{';
        depth -= c == ')' || c == ']' || c == '}';
        if (depth > 0 && !(c == ',' && depth == 1))
            continue;
        argument->end = lexer.token;
        if (--number == 0)
            return true;
        argument->at = lexer;
    }
    return false;
}

/* "sqlite3_mprintf("SELECT ...", ...)" is a query by itself. */
static bool is_format_call(const struct extraction *extraction, struct c_span span) {
    struct sink sink;
    struct c_span argument;
    struct query_text text = {0};
    if (next_in_span(&span) != C_NAME || !find_query_function(extraction, &span.at, &sink) ||
        sink.kind != SINK_TEXT)
        return false;
    enum c_token token = next_in_span(&span);
    bool literal = is_c_sign(token, &span.at, '(') &&
                   find_argument(span.at, sink.argument, &argument) &&
                   add_literal(extraction, &text, argument, 0);
    buffer_free(&text.bytes);
    free(text.offsets);
    return literal;
}

static bool add_argument(struct extraction *extraction, enum sink_kind kind, struct c_span span,
                         bool only_literal, int depth);

/* What the variable was given, back to its declaration.  False: it is no variable, or
 * it was given something else last. */
static bool add_variable(struct extraction *extraction, enum sink_kind kind, struct c_span span,
                         int depth) {
    bool found = false;
    struct variable *variable = NULL;
    if (depth == DEEPEST_DEFINITION)
        return false;
    while ((variable = earlier_variable(&extraction->variables, variable, span)) != NULL) {
        if (!variable->checked && !add_argument(extraction, kind, variable->value, true, depth + 1))
            return found;
        variable->checked = true;
        found = true;
        if (variable->is_declaration)
            break;
    }
    return found;
}

/* False: it is no literal. */
static bool add_argument(struct extraction *extraction, enum sink_kind kind, struct c_span span,
                         bool only_literal, int depth) {
    struct c_span first, second;
    span = strip_span(span);
    if (depth < DEEPEST_DEFINITION && split_choice(span, &first, &second)) {
        bool literal = add_argument(extraction, kind, first, only_literal, depth + 1);
        return add_argument(extraction, kind, second, only_literal, depth + 1) && literal;
    }
    struct query query = {.source = extraction->source, .all = kind != SINK_FIRST};
    query.is_literal = add_literal(extraction, &query.text, span, 0);
    if (!query.is_literal &&
        (is_format_call(extraction, span) || add_variable(extraction, kind, span, depth))) {
        drop_query(&query);
        return true;
    }
    const char *start = NULL, *end = NULL;
    while (next_in_span(&span) != C_END) {
        start = start ? start : span.at.token;
        end = span.at.cursor;
    }
    if (!start || (only_literal && !query.is_literal)) {
        drop_query(&query);
        return false;
    }
    query.location = location_at(extraction->source, start, (size_t)(end - start));
    bool literal = query.is_literal;
    add_query(extraction, &query, kind);
    return literal;
}

void find_queries(struct queries *queries, const struct source *source, const struct conf *conf) {
    struct extraction extraction = {.source = source, .conf = conf, .queries = queries};
    struct c_lexer lexer = {source->text, source->text};
    bool at_line_start = true;
    enum c_token token;
    while ((token = lex_c_token(&lexer)) != C_END) {
        struct sink sink;
        struct c_span argument;
        if (is_c_sign(token, &lexer, '#') && at_line_start) {
            read_directive(&extraction, &lexer);
            continue;
        }
        at_line_start = token == C_NEWLINE;
        if (token == C_NEWLINE)
            continue;
        watch_variable(&extraction.variables, token, lexer);
        if (token == C_NAME && find_query_function(&extraction, &lexer, &sink)) {
            struct c_lexer next = lexer;
            while ((token = lex_c_token(&next)) == C_NEWLINE)
                continue;
            if (is_c_sign(token, &next, '(') && find_argument(next, sink.argument, &argument))
                add_argument(&extraction, sink.kind, argument, extraction.variables.is_declared, 0);
        }
    }
    free(extraction.definitions);
    free_variables(&extraction.variables);
}

void add_sql_file(struct queries *queries, const struct source *source) {
    struct query query = {.source = source, .is_literal = true, .all = true, .is_file = true};
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
