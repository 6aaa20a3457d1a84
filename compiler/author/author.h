/*
 * author.h - what migc writes into the folder of migrations: a new one, another number, the lock.
 */
#ifndef AUTHOR_H
#define AUTHOR_H

#include "set/set.h"

#define LAST_VERSION INT64_C(999999999999999999)

/* What "migc create" makes. */
struct creation {
    const char *name, *folder;
    const char *author; /* or NULL */
    bool timestamp, repeatable;
    const char *header; /* more lines of it; or NULL */
    const char *body;   /* its sections; NULL: with examples */
};

/* Why there can be no such migration, or NULL. */
const char *creation_problem(const struct creation *creation, struct arena *arena);
/* Makes the file, and prints its path. */
void create_file(const struct creation *creation, struct arena *arena,
                 struct diagnostics *diagnostics);

/* Sets version and digits to the next after `latest` (or NULL): a date where that has one. */
void choose_version(struct entry *entry, const struct entry *latest, bool timestamp,
                    const struct tm *now);

/* Gives the migration at `path` the next free number, and prints what was changed. */
void renumber_file(const char *path, struct arena *arena, struct diagnostics *diagnostics);

/* Adds the migrations that are not in the lock yet, and prints them. */
void extend_lock(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* Writes the set as native files into a new folder. */
void convert_folder(const struct set *set, const char *path, struct arena *arena,
                    struct diagnostics *diagnostics);

#endif
