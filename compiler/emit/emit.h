/*
 * emit.h - writes the set as C: a source and a header, and what they were made from for make.
 */
#ifndef EMIT_H
#define EMIT_H

#include "set/set.h"

struct emission {
    const char *source, *header; /* the files' paths */
    const char *depfile;         /* or NULL */
    const char *target;          /* what the depfile says is made; NULL: source and header */
    bool with_main;
};

/* Refuses C steps whose names clash with what is emitted. */
void check_symbols(const struct set *set, const char *name, struct diagnostics *diagnostics);

/* All files, or none: what cannot be written is reported. */
void emit_files(const struct set *set, const struct emission *emission, struct arena *arena,
                struct diagnostics *diagnostics);

/* ---------------------------------------------------- its files: emit_source.c and others */

void emit_source(struct output *output, const struct set *set, const struct emission *emission);
void emit_header(struct output *output, const struct set *set);
/* The finished database of the set; nothing when it has none. */
void emit_snapshot(struct output *output, const struct snapshot *snapshot, const char *name);
/* False: make cannot read the name of a file, which is reported. */
bool check_depfile(const struct set *set, const struct emission *emission,
                   struct diagnostics *diagnostics);
void emit_depfile(struct output *output, const struct set *set, const struct emission *emission);

/* ---------------------------------------------------------------- literals: literal.c */

/* One C string literal a line of text, all but the first indented by `indent`. */
void put_literal(struct output *output, const char *text, size_t size, unsigned indent);
/* Bytes that are no text as C string literals, over as many lines as it takes. */
void put_byte_literal(struct output *output, const char *bytes, size_t size, unsigned indent);

#endif
