/*
 * lock_write.c - "migc lock": adds the new migrations to migc.lock, in ascending order.  Where
 * Out-Of-Order lets one in before a released one, its line goes before that, else to the end.
 */
#include "author.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static const char heading[] =
    "# Released migrations. To edit, rename or remove one fails the build; 'migc lock' adds new "
    "ones.\n";

/* Puts the old file from `done` to `end`, and the newline that its last line may lack. */
static size_t put_old(struct output *output, const struct source *old, size_t done, size_t end) {
    if (!old->text || end <= done)
        return done;
    assert(end <= old->size);
    put_bytes(output, old->text + done, end - done);
    if (old->text[end - 1] != '\n')
        put_char(output, '\n');
    return end;
}

static void put_lock(struct output *output, const struct set *set, struct arena *arena) {
    const struct lock *lock = set->lock;
    const struct source *old = &lock->source;
    size_t done = 0;
    assert(old->text || lock->count == 0);
    if (!old->text || old->size == 0)
        put_text(output, heading);
    for (size_t i = 0; i < set->count; i++) {
        const struct migration *migration = &set->migrations[i];
        const struct entry *entry = migration->entry;
        size_t next = 0; /* the line before which the migration's goes */
        if (migration->locked)
            continue;
        while (next < lock->count && lock->lines[next].version < entry->version)
            next++;
        size_t offset = next < lock->count ? lock->lines[next].location.offset : old->size;
        while (next < lock->count && offset > 0 && old->text[offset - 1] != '\n')
            offset--;
        done = put_old(output, old, done, offset);
        put_text(output, arena_format(arena, "%0*" PRId64 " %s %s\n", (int)entry->digits,
                                      entry->version, entry->name, migration->checksum));
    }
    put_old(output, old, done, old->size);
}

void extend_lock(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    const char *path = set->lock->source.path;
    struct output *output = arena_take(arena, sizeof(*output));
    size_t added = 0;
    for (size_t i = 0; i < set->count; i++)
        added += !set->migrations[i].locked;
    if (added == 0) {
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
