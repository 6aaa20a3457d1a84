/*
 * cache.h - what was found out about the released migrations, kept in a folder (--cache) so that
 * the next build need not find it out again.
 *
 * A part is a file: what the chain knows (cache_proof.c), what the made-up rows are
 * (cache_rows.c), what a new database is (snapshot.c).  Each is found by a key over all that it
 * depends on (cache_key.c), and is used when it is whole; else it is made anew (cache.c).
 */
#ifndef CACHE_H
#define CACHE_H

#include "lint/lint.h"

struct proof_order;
struct prover;

#define CACHE_FORM "1" /* of what is in the files */

struct cache {
    const char *folder; /* NULL: nothing is kept */
    bool reads;         /* what is there is used */
    const struct set *set;
    size_t released; /* how many migrations it is about, the first of the set */
    struct arena *arena;
    struct source_list sources; /* of those */
    char key[HASH_SIZE];
    bool stored; /* a part was put there */
};

/* How many migrations at the front of the set are in the lock. */
size_t count_released(const struct set *set);
struct cache open_cache(const struct set *set, const struct proof_order *order,
                        const struct warning_flags *flags, struct arena *arena);

/* The bytes of a part.  False: there is none that is whole. */
bool load_part(const struct cache *cache, const char *part, struct decoder *decoder);
/* Puts the part into the folder.  Where that cannot be, it is as if nothing were kept. */
void store_part(struct cache *cache, const char *part, const struct buffer *content);
/* Where something was stored, what nobody has used for long makes room. */
void trim_cache(const struct cache *cache);

/* Whether no temporary object is there: those are of the connection, and are not kept. */
bool is_all_main(sqlite3 *db);
/* A database as a block. */
bool keep_database(struct buffer *kept, sqlite3 *db);
/* Puts it into an empty one. */
bool restore_database(sqlite3 *db, const char *bytes, size_t size);

/* cache_proof.c: what the chain knows; `first` is the first report of it.  read_proof() is
 * false where nothing that is of use was kept. */
void keep_proof(struct prover *prover, size_t first, sqlite3 *db);
bool read_proof(struct prover *prover);

/* cache_key.c: everything that a proof of the released migrations depends on, but for rows. */
void make_key(struct cache *cache, const struct proof_order *order,
              const struct warning_flags *flags);

#endif
