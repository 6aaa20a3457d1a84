/*
 * emit.h - writes the set as C: a source and a header, and what they were made from for make.
 */
#ifndef EMIT_H
#define EMIT_H

#include "lower/lower.h"

struct emission {
    const char *source, *header; /* the files' paths */
    const char *depfile;         /* or NULL */
    const char *target;          /* what the depfile says is made; NULL: source and header */
    bool with_main;
    const struct source *const
        *queries; /* files of the program that were checked against the set */
    size_t query_count;
};

/* All files, or none: what cannot be written is reported. */
void emit_files(const struct set *set, const struct emission *emission, struct arena *arena,
                struct diagnostics *diagnostics);

/* ------------------------------------------------------------------- names: names.c */

/* What is added to the set's name; the macros of the header, in capitals, come last. */
#define EMITTED_NAMES(X)                                                                           \
    X(SET, "")                                                                                     \
    X(TEXTS, "_texts")                                                                             \
    X(ROWS, "_rows")                                                                               \
    X(CALLS, "_calls")                                                                             \
    X(PACKED, "_packed")                                                                           \
    X(REPEAT, "_repeat")                                                                           \
    X(NEEDED, "_needed")                                                                           \
    X(NEEDS, "_needs")                                                                             \
    X(IGNORE, "_ignore")                                                                           \
    X(PIECES, "_pieces")                                                                           \
    X(SNAPSHOT, "_snapshot")                                                                       \
    X(GUARD, "_H")                                                                                 \
    X(COUNT_MACRO, "_COUNT")                                                                       \
    X(LATEST_MACRO, "_LATEST")

enum emitted_name {
#define EMITTED_ENUM(id, ending) EMITTED_##id,
    EMITTED_NAMES(EMITTED_ENUM)
#undef EMITTED_ENUM
        EMITTED_COUNT
};

void put_set_name(struct output *output, const char *set, enum emitted_name name);
/* "m003": the number as in the file's name; "r1" for the first of the repeatables. */
void put_member_name(struct output *output, const migc_migration *migration, size_t index);

/* Why a set cannot have this name ("is a keyword of C or C++"), or NULL. */
const char *set_name_problem(const char *name, bool with_main);
/* Refuses C steps whose names clash with what is emitted, as far as the set has a name. */
void check_symbols(const struct set *set, struct diagnostics *diagnostics);

/* ---------------------------------------------------- its files: emit_source.c and others */

void emit_source(struct output *output, const migc_set *set, const struct emission *emission);
void emit_header(struct output *output, const migc_set *set);
/* Its migrations and repeatables, packed: texts, numbers, calls. */
void emit_packed(struct output *output, const migc_set *set);
/* The finished database of the set; nothing when it has none. */
void emit_snapshot(struct output *output, const migc_snapshot *snapshot, const char *name);
/* False: make cannot read the name of a file, which is reported. */
bool check_depfile(const struct set *set, const struct emission *emission,
                   struct diagnostics *diagnostics);
void emit_depfile(struct output *output, const struct set *set, const struct emission *emission);

/* ---------------------------------------------------------------- literals: literal.c */

/* One C string literal a line of text, all but the first indented by `indent`. */
void put_literal(struct output *output, const char *text, size_t size, unsigned indent);
/* The same; `ending` stands before the last quote, as it is. */
void put_ended_literal(struct output *output, const char *text, size_t size, unsigned indent,
                       const char *ending);
/* The longest that every C99 compiler takes. */
enum { LITERAL_LIMIT = 4095 };

/* Bytes that are no text as C string literals, over as many lines as it takes. */
void put_byte_literal(struct output *output, const char *bytes, size_t size, unsigned indent);

/* A bit, and the name that it is written with. */
struct flag {
    unsigned bit;
    const char *name;
};

#define FLAG(name)                                                                                 \
    { name, #name }

/* As many a line as fit; `width` is the width of what is in front of them. */
void put_flags(struct output *output, unsigned flags, const struct flag *names, size_t count,
               size_t width);

#endif
