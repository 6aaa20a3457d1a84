/*
 * set.h - sets of any size, made in memory: what migc would emit for a folder of that many
 * files, without the folder.
 */
#ifndef BENCH_SET_H
#define BENCH_SET_H

#include "migc.h"

enum contents {
    ONE_TABLE,     /* a table a migration */
    TABLE_AND_ROWS /* a table, two indexes, three rows */
};

struct made_set {
    migc_set set;
    migc_migration *migrations;
    migc_step *steps;
    struct texts *texts;
};

/* A set of `count` migrations; free_set() frees what it points at. */
void make_set(struct made_set *made, size_t count, enum contents contents);
void free_set(struct made_set *made);

/* The statement of a migration, counted from 0 through UP and the one of DOWN behind it. */
const char *text_of_step(const struct made_set *made, size_t index, unsigned step);

#endif
