/*
 * set.h - the set across its files: order and chain, dependencies, the other sets of the database,
 * the lock, and the rules about all of them.
 */
#ifndef SET_H
#define SET_H

#include "read/read.h"

/* ------------------------------------------ the lock: lock_read.c, lock_check.c */

/* "003 add_orders xxh3:...": a migration that is released. */
struct lock_line {
    int64_t version;
    const char *stem; /* "003_add_orders" */
    const char *name;
    const char *checksum;
    struct location location;
    const struct migration *file; /* its migration, perhaps renamed since; NULL: it is gone */
};

struct lock {
    struct source source;    /* its text is NULL where there is no file */
    struct lock_line *lines; /* in ascending order of version */
    size_t count;
    bool broken; /* has errors: what it says is not used */
};

/* False: the file cannot be read, which is reported. */
bool read_lock(struct lock *lock, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics);
/* Sets set->lock, and connects lines and migrations: those of the same number and name, then those
 * of the same checksum, which were renamed. */
void attach_lock(struct set *set, struct lock *lock);
const struct lock_line *last_lock_line(const struct lock *lock); /* or NULL */

/* Refuses what changes a released migration; with `all`, also what is not in the lock. */
void check_lock(const struct set *set, bool all, struct arena *arena,
                struct diagnostics *diagnostics);

/* ---------------------------------------------- another engine: check_engine.c */

/* What messages call each kind of provision. */
extern const char *const provision_words[PROVISION_COUNT];

/* For "Engine: dqlite": warns of what a node refuses or cannot have. */
void check_engine(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* ------------------------------------------------------------- the set: set.c */

/* Reads the folder, orders its repeatables and chains all.  False: a file cannot be read, which
 * is reported. */
bool read_set(struct set *set, struct arena *arena, const struct folder *folder,
              struct diagnostics *diagnostics);

/* ------------------------------------------------ "Depends:": reference.c */

/* Takes the next name of a "Depends:" from *rest.  False: there is no more. */
bool next_reference(struct location *rest, struct location *reference);
/* Whether it is a migration of another set. */
bool names_other_set(struct location reference);

/* -------------------------------------------------------------------- rules: check_set.c,
   check_version.c, depends.c, repeatables.c */

void check_set(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);
void check_dependencies(const struct set *set, struct arena *arena,
                        struct diagnostics *diagnostics);

/* Orders the repeatables: by name, but after those they depend on.  The migrations move to a new
 * table; earlier reports point into the old one, which stays. */
void order_repeatables(struct set *set, struct arena *arena);
/* Rules about one repeatable, and about two of one name. */
void check_repeatable(const struct migration *migration, struct diagnostics *diagnostics);
void check_repeatable_names(const struct set *set, struct diagnostics *diagnostics);

/* Reports what the SQLite that migc.conf declares does not know. */
void check_versions(const struct set *set, struct diagnostics *diagnostics);

/* ------------------------------------------------------- other sets: needs.c, module.c */

/* --after core=../core/migrations */
struct after {
    const char *name, *path;
};

/* Another set of the database, whose migrations run in the proof. */
struct module {
    const char *name;
    struct folder folder;
    struct conf conf;
    struct set set;
};

/* Fills the needs of each migration: what its "Depends:" names of other sets. */
void read_needs(struct set *set, struct arena *arena, struct diagnostics *diagnostics);

/* Reads the folders of --after.  False: one cannot be read, which is reported. */
bool read_modules(struct set *set, const struct after *after, size_t count, struct arena *arena,
                  struct diagnostics *diagnostics);
/* Refuses needs that the modules do not have, and sets that wait for each other. */
void check_modules(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);
/* The set with its modules, in the order in which a program brings them up together. */
struct set merge_modules(const struct set *set, struct arena *arena);
/* The set of this name, or NULL: it was not given. */
const struct set *find_set(const struct set *set, const char *name);
void close_modules(struct set *set);

#endif
