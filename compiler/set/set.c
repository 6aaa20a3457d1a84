/*
 * set.c - the migrations of one folder as a set: in their order, and chained.
 *
 * The checksum of a migration is over the tokens of its UP (parse.c), without comments and blank
 * space.  A chain value is over the whole history up to a migration.
 */
#include "set.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool read_set(struct set *set, struct arena *arena, const struct folder *folder,
              struct diagnostics *diagnostics) {
    if (!parse_folder(set, arena, folder, diagnostics))
        return false;
    order_repeatables(set, arena);
    struct hasher *hasher = create_hasher();
    const char *before = "";
    for (size_t i = 0; i < set->count; i++) {
        struct migration *migration = &set->migrations[i];
        char version[24];
        int size = snprintf(version, sizeof(version), "%" PRId64, migration->entry->version);
        hash_reset(hasher);
        hash_token(hasher, before, strlen(before));
        hash_token(hasher, version, (size_t)size);
        hash_token(hasher, migration->checksum, strlen(migration->checksum));
        hash_finish(hasher, migration->chain);
        before = migration->chain;
    }
    /* Repeatables are chained with their names: under another name it is another one. */
    hash_reset(hasher);
    hash_token(hasher, before, strlen(before));
    for (size_t i = set->count; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        hash_token(hasher, migration->entry->stem, strlen(migration->entry->stem));
        hash_token(hasher, migration->checksum, strlen(migration->checksum));
    }
    hash_finish(hasher, set->repeat_chain);
    free_hasher(hasher);
    return true;
}
