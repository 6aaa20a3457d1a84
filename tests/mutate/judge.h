/*
 * judge.h - whether a DOWN takes its UP back, asked of SQLite alone: what the proof is
 * measured against shares none of its code.
 */
#ifndef MUTATE_JUDGE_H
#define MUTATE_JUDGE_H

#include "set/set.h"

enum verdict {
    VERDICT_SAME,  /* the same schema, the same rows, and UP works again */
    VERDICT_ROWS,  /* the schema is the same, rows are not */
    VERDICT_SCHEMA /* the schema is not the same, or a statement fails */
};

/* The migration at `index` of the set, run on what those before it make. */
enum verdict judge_down(const struct set *set, size_t index);

#endif
