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

/* The offset in the old file before which the migration's line goes. */
static size_t find_lock_offset(const struct lock *lock, const struct migration *migration) {
    const char *text = lock->source.text;
    size_t i = 0;
    while (i < lock->count && lock->lines[i].version < migration->entry->version)
        i++;
    size_t offset = i < lock->count ? lock->lines[i].location.offset : lock->source.size;
    while (i < lock->count && offset > 0 && text[offset - 1] != '\n')
        offset--;
    return offset;
}

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
    const struct source *old = &set->lock->source;
    size_t done = 0;
    if (!old->text || old->size == 0)
        put_text(output, heading);
    for (size_t i = 0; i < set->count; i++) {
        const struct migration *migration = &set->migrations[i];
        const struct entry *entry = migration->entry;
        if (migration->locked)
            continue;
        done = put_old(output, old, done, find_lock_offset(set->lock, migration));
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
