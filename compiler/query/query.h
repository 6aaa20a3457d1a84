/*
 * query.h - the program's own SQL: found in C sources and in files of SQL, and checked against the
 * schema that the migrations make.
 */
#ifndef QUERY_H
#define QUERY_H

#include "state/state.h"

/* --------------------------------------------------------- tokens of C: c_lex.re */

enum c_token {
    C_END,
    C_NEWLINE, /* the end of a line that no backslash continues */
    C_NAME,
    C_STRING,
    C_RAW_STRING,
    C_OTHER /* a number, a character, a sign */
};

struct c_lexer {
    const char *token, *cursor;
};

/* Comments, blanks and continued lines are passed over. */
enum c_token lex_c_token(struct c_lexer *lexer);

/* ----------------------------------------------- a part of the tokens: c_span.c */

/* Up to `end`. */
struct c_span {
    struct c_lexer at;
    const char *end;
};

/* C_END: it has no more; ends of lines are passed over. */
enum c_token next_in_span(struct c_span *span);
bool is_c_sign(enum c_token token, const struct c_lexer *lexer, char sign);
bool is_c_word(const struct c_lexer *lexer, const char *word);

/* ---------------------------------------------------- variables in C: variable.c */

struct variable {
    const char *name;
    size_t size;
    struct c_span value; /* nothing: it is not known */
    size_t depth;        /* of the braces in which it lives */
    bool is_declaration;
    bool checked; /* its value is among the queries */
};

/* Those in scope, in the order in which they are given values, and what is read at the moment. */
struct variables {
    struct variable *items;
    size_t count, capacity;
    size_t braces, parentheses, brackets;
    struct c_lexer name, before; /* name: of a variable, perhaps; before: the last token */
    char sign;                   /* that token, where it is a sign */
    bool is_const, is_array;     /* what is said of the name */
    bool is_declared;            /* a type comes before the last name */
    bool is_pointed_at;          /* '&' does */
};

/* Goes on by a token. */
void watch_variable(struct variables *variables, enum c_token token, struct c_lexer lexer);
/* What the variable that is all of `span` was given before `last` (NULL: last), or NULL. */
struct variable *earlier_variable(struct variables *variables, const struct variable *last,
                                  struct c_span span);
void free_variables(struct variables *variables);

/* ------------------------------------------- queries in C: extract.c, format.c, literal_text.c */

/* A text with where each of its bytes comes from. */
struct query_text {
    struct buffer bytes; /* ended by a NUL */
    size_t *offsets;     /* in the source, one a byte, and one after the last */
    size_t capacity;
};

struct query {
    const struct source *source;
    struct location location; /* of the argument */
    struct query_text text;
    bool is_literal;
    bool has_holes; /* a format: a name takes the place of what is not known */
    bool is_open;   /* what is not known may be any SQL */
    bool is_format; /* more may follow */
    bool is_file;   /* statements that have nothing to do with each other */
    bool all;       /* each statement of it runs, not the first alone */
};

struct queries {
    struct query *items;
    size_t count, capacity;
};

#define QUERY_HOLE "migc_hole" /* in the place of %s, %w, %q and %Q */

/* Whether a format may be SQL; others are for people. */
bool begins_like_sql(const char *text);
/* Puts something that parses in the place of each conversion. */
void fill_format(struct query *query);

/* Takes the calls of functions that are given SQL. */
void find_queries(struct queries *queries, const struct source *source, const struct conf *conf);
/* All of a file of SQL is one. */
void add_sql_file(struct queries *queries, const struct source *source);
void free_queries(struct queries *queries);

/* Text and offsets of adjacent literals, from `from` up to `end`. */
void add_query_byte(struct query_text *text, char byte, size_t offset);
void decode_literal(struct query_text *text, const struct source *source, const char *literal,
                    size_t size, bool is_raw);

/* ------------------------------------------------------------ checking: check_queries.c */

/* Files of a pattern, each with its source; they live as long as the arena. */
struct query_files {
    const struct source **sources;
    size_t count, capacity;
};

/* False: a pattern matches nothing, or a file cannot be read, which is reported. */
bool read_query_files(struct query_files *files, const char *const *patterns, size_t count,
                      struct arena *arena, struct diagnostics *diagnostics);
void free_query_files(struct query_files *files);

/* Prepares each query on the schema that the set makes. */
void check_queries(const struct query_files *files, const struct set *set, struct arena *arena,
                   struct diagnostics *diagnostics);

#endif
