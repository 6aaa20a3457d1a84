/*
 * cache.h - keeps what is known about the released migrations in a folder (--cache), so that the
 * next build need not find it out again.
 *
 * A part is a file: what the chain knows (cache_proof.c), the made-up rows (cache_rows.c), a new
 * database (snapshot.c).  Its name is a key over all that it depends on (cache_key.c).  A part that
 * is missing or incomplete is made anew (cache.c).
 */
#ifndef CACHE_H
#define CACHE_H

#include "lint/lint.h"

struct proof_order;
struct prover;

#define CACHE_FORM "2" /* of the files' contents */

struct cache {
    const char *folder; /* NULL: nothing is kept */
    bool reads;         /* existing parts are used */
    const struct set *set;
    size_t released; /* how many migrations it covers, from the first on */
    struct arena *arena;
    struct source_list sources; /* over these */
    char key[HASH_SIZE];
    bool stored; /* a part was written */
};

/* How many migrations at the front of the set are in the lock. */
size_t count_released(const struct set *set);
struct cache open_cache(const struct set *set, const struct proof_order *order,
                        const struct warning_flags *flags, struct arena *arena);

/* Reads a part.  False: there is none, or it is incomplete. */
bool load_part(const struct cache *cache, const char *part, struct decoder *decoder);
/* Writes the part into the folder.  If that fails, nothing is kept. */
void store_part(struct cache *cache, const char *part, const struct buffer *content);
/* Removes the parts that were unused for longest, if a part was written. */
void trim_cache(const struct cache *cache);

/* Whether there is no temporary object: these belong to the connection, and are not kept. */
bool is_all_main(sqlite3 *db);
/* Writes a database as a block of bytes. */
bool keep_database(struct buffer *kept, sqlite3 *db);
/* Puts such a block into an empty database. */
bool restore_database(sqlite3 *db, const char *bytes, size_t size);

/* cache_proof.c: what the chain knows; `first` is its first report.  read_proof() returns false
 * if nothing was kept that can be used. */
void keep_proof(struct prover *prover, size_t first, sqlite3 *db);
bool read_proof(struct prover *prover);

/* cache_key.c: all that a proof of the released migrations depends on, except rows. */
void make_key(struct cache *cache, const struct proof_order *order,
              const struct warning_flags *flags);

#endif
