/*
 * prove.h - what the files of the proof share.  The stage as such is in
 * compiler.h; the proof itself is the runtime's (proof.h), so that a host can
 * run it too.  Here are its input, its clocks, and what it finds as diagnostics.
 */
#ifndef PROVE_H
#define PROVE_H

#include "compiler.h"

#include <proof/proof.h>

/* ------------------------------------------------------ clocks: prove_clock.c */

enum { PROVE_MOMENTS = 2 };

struct clock {
    sqlite3_vfs vfs;
    sqlite3_int64 now, readings;
};

void clocks_begin(struct clock clocks[PROVE_MOMENTS]);
void clocks_end(struct clock clocks[PROVE_MOMENTS]);
/* An empty database in memory, with this clock and this seed. */
sqlite3 *open_at(int moment);

/* -------------------------------------------------------- hosts: prove_host.c */

/* What the host would provide.  False: one cannot be had, which is reported. */
bool provide_all(sqlite3 *db, const struct conf *conf, struct diagnostics *diagnostics);

/* ------------------------------------------------------------ prove.c */

struct prover {
    const struct set *set;
    migc_set emitted; /* the set as the runtime takes it */
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct clock clocks[PROVE_MOMENTS];
    struct location test_location; /* of the TEST row that was refused */
    struct effect_words *words;    /* one a migration, of what UP changed */
    struct deeds *deeds;           /* of the UPs' statements; warn.h */
    migci_proof proof;
};

/* The step of the source that an error of the runtime is about, or NULL. */
const struct step *step_of(const struct prover *prover, size_t index, const migc_step *step);
/* A table or word of a statement; the whole statement when `offset` is unknown. */
struct location fault_location(const struct prover *prover, size_t index, const migc_step *step,
                               int offset);

/* ------------------------------------------------------- set: prove_set.c */

/* The parsed set in the form that migc emits; C steps do nothing. */
migc_set make_set(const struct set *set, struct arena *arena);

/* --------------------------------------------------- effects: prove_effect.c */

enum { EFFECT_CREATES, EFFECT_ADDS, EFFECT_DROPS, EFFECT_CHANGES, EFFECT_VERBS };

struct effect_words {
    bool known; /* by comparing schemas; else by what statements created */
    struct buffer lists[EFFECT_VERBS];
};

void add_effect(struct effect_words *words, const migci_difference *difference);
/* Puts effects and touched tables into the set's migrations. */
void keep_effects(struct prover *prover, struct set *set);

/* ------------------------------------------------------- hints: prove_hint.c */

/* Notes that help with what SQLite said of a statement: the columns there are, the
 * nearest name, what another dialect's word is in SQLite. */
void hint(struct prover *prover, const migci_finding *finding);

#endif
