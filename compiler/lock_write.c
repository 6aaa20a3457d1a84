/*
 * lock_write.c - "migc lock": adds the migrations that are new to the end of
 * migc.lock, which appears whole or not at all.
 */
#include "compiler.h"

#include <inttypes.h>
#include <stdio.h>

static const char heading[] =
    "# Released migrations. To edit, rename or remove one fails the build; 'migc lock' adds new "
    "ones.\n";

static void put_lock_line(struct output *output, const struct migration *migration,
                          struct arena *arena) {
    const struct entry *entry = migration->entry;
    put_text(output, arena_format(arena, "%0*" PRId64 " %s %s\n", (int)entry->digits,
                                  entry->version, entry->name, migration->checksum));
}

static void put_lock(struct output *output, const struct set *set, struct arena *arena) {
    const struct source *old = &set->lock->source;
    if (old->text && old->size > 0) {
        put_bytes(output, old->text, old->size);
        if (old->text[old->size - 1] != '\n')
            put_char(output, '\n');
    } else {
        put_text(output, heading);
    }
    for (size_t i = 0; i < set->count; i++)
        if (!set->migrations[i].locked)
            put_lock_line(output, &set->migrations[i], arena);
}

static size_t count_unlocked(const struct set *set) {
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += !set->migrations[i].locked;
    return count;
}

void extend_lock(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    const char *path = set->lock->source.path;
    struct output *output = arena_take(arena, sizeof(*output));
    if (count_unlocked(set) == 0) {
        printf("%s: nothing new\n", path);
        return;
    }
    open_output(output, arena, path);
    put_lock(output, set, arena);
    if (!commit_outputs(output, 1, diagnostics))
        return;
    for (size_t i = 0; i < set->count; i++)
        if (!set->migrations[i].locked)
            printf("%s: added %s\n", path, set->migrations[i].entry->stem);
}
