/*
 * mutate.h - what both campaigns need: sets through the stages, copies of their
 * folders, and chance that is the same everywhere.
 */
#ifndef MUTATE_SETS_H
#define MUTATE_SETS_H

#include "set/set.h"

#include <stdio.h>

struct chance {
    uint64_t state;
};

size_t pick(struct chance *chance, size_t count);

/* Through the stages, from files to proof. */
struct compiled {
    struct arena arena;
    struct diagnostics diagnostics;
    struct folder folder;
    struct set set;
};

/* False: it has errors. */
bool compile(struct compiled *compiled, const char *path, bool rows);
void discard(struct compiled *compiled);

FILE *open_file(const char *folder, const char *name, const char *mode);
void write_original(const char *folder, const struct migration *migration);
/* Into a new folder: mkdtemp() names it. */
void copy_set(char *folder, const struct set *set);
void remove_files(const char *folder, const struct set *set);

/* The second campaign: UPs (ups.c).  False: a set is not right to begin with. */
bool mutate_ups(char *const *folders, size_t folder_count, size_t count, struct chance *chance,
                bool verbose);

#endif
