/*
 * query.h - the program's own SQL: found in C sources and in files of SQL, and held against the
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

/* ------------------------------------------------------ queries in C: extract.c */

/* A text with where each of its bytes comes from. */
struct query_text {
    struct buffer bytes; /* ended by a NUL */
    size_t *offsets;     /* in the source, one a byte, and one behind the last */
    size_t capacity;
};

struct query {
    const struct source *source;
    struct location location; /* of the argument */
    struct query_text text;
    bool is_literal;
    bool has_holes; /* a format: something stands for what is not known */
    bool all;       /* each statement of it runs, not the first alone */
};

struct queries {
    struct query *items;
    size_t count, capacity;
};

#define QUERY_HOLE "migc_hole" /* a name in the place of %s and %w */

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
