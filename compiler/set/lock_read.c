/*
 * lock_read.c - reads migc.lock, the list of released migrations: one line each,
 * "003 add_orders xxh3:...", in ascending order.  Two branches that both add a line conflict in
 * version control, as they should.
 *
 * lock_check.c compares it with the folder; lock_write.c adds to it.
 */
#include "set.h"

#include <assert.h>
#include <string.h>

struct reader {
    struct lock *lock;
    const struct folder *folder;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* Takes the next word of the line, and moves *at after it. */
static struct location take_lock_word(const struct location *line, size_t *at) {
    const char *text = line->source->text, *end = text + line->offset + line->size;
    const char *start = text + *at;
    while (start < end && is_blank(*start))
        start++;
    const char *stop = start;
    while (stop < end && !is_blank(*stop))
        stop++;
    *at = (size_t)(stop - text);
    return location_at(line->source, start, (size_t)(stop - start));
}

static bool read_lock_line(struct lock_line *line, const struct location *location,
                           struct arena *arena) {
    const char *text = location->source->text;
    size_t at = location->offset;
    struct location version = take_lock_word(location, &at), name = take_lock_word(location, &at);
    struct location checksum = take_lock_word(location, &at), rest = take_lock_word(location, &at);
    const char *sum = text + checksum.offset;
    bool is_checksum = checksum.size == HASH_SIZE - 1 && memcmp(sum, "xxh3:", 5) == 0;
    for (size_t i = 5; is_checksum && i < checksum.size; i++)
        is_checksum = is_digit(sum[i]) || (sum[i] >= 'a' && sum[i] <= 'f');
    if (!read_number(text + version.offset, version.size, &line->version) || name.size == 0 ||
        !is_checksum || rest.size > 0)
        return false;
    line->name = arena_copy(arena, text + name.offset, name.size);
    line->stem =
        arena_format(arena, "%.*s_%s", (int)version.size, text + version.offset, line->name);
    line->checksum = arena_copy(arena, sum, checksum.size);
    line->location = *location;
    line->file = NULL;
    return true;
}

static void report_order(const struct reader *reader, const struct lock_line *before,
                         const struct lock_line *line) {
    bool same = before->version == line->version;
    if (same && strcmp(before->stem, line->stem) == 0) {
        report_error(reader->diagnostics, line->location,
                     "%s is in the lock twice; delete the line that is wrong", line->stem);
    } else if (same) {
        report_error(reader->diagnostics, line->location,
                     "%s has the number of %s; delete the line of the one that was not released, "
                     "and 'migc renumber %s/%s.sql' if it is this one",
                     line->stem, before->stem, reader->folder->path, line->stem);
    } else {
        report_error(reader->diagnostics, line->location,
                     "%s is below %s; the lines must be in ascending order", line->stem,
                     before->stem);
    }
    report_note(reader->diagnostics, before->location, "%s is locked here", before->stem);
}

/* False: the lines after this one cannot be read. */
static bool take_line(const struct reader *reader, const struct location *location) {
    static const char *const marks[] = {"<<<<<<<", "|||||||", "=======", ">>>>>>>"};
    struct lock *lock = reader->lock;
    struct lock_line *line = &lock->lines[lock->count];
    const char *text = location->source->text + location->offset;
    bool is_conflict = false;
    for (size_t i = 0; i < COUNT_OF(marks) && location->size >= 7; i++)
        is_conflict |= memcmp(text, marks[i], 7) == 0;
    if (is_conflict) {
        report_error(reader->diagnostics, *location,
                     "version-control conflict: two branches have locked migrations; remove the "
                     "markers and keep the lines of both sides, in ascending order");
        report_note(reader->diagnostics, *location,
                    "where both have the same number, delete the line of the later one, give its "
                    "file a new number with 'migc renumber %s/FILE', and lock it with 'migc lock "
                    "%s'",
                    reader->folder->path, reader->folder->path);
        lock->broken = true;
        return false;
    }
    if (!read_lock_line(line, location, reader->arena)) {
        report_error(reader->diagnostics, *location,
                     "not understood: expected a number, a name and a checksum; restore the line "
                     "from version control");
        lock->broken = true;
        return true;
    }
    const struct lock_line *before = last_lock_line(lock);
    if (before && before->version >= line->version) {
        report_order(reader, before, line);
        lock->broken = true;
        return true;
    }
    lock->count++;
    return true;
}

bool read_lock(struct lock *lock, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics) {
    struct reader reader = {lock, folder, arena, diagnostics};
    struct location line = {0};
    *lock = (struct lock){
        .source = {.path = arena_format(arena, "%s/" LOCK_FILE, folder->path), .order = SIZE_MAX}};
    if (!load_optional(&lock->source, arena, folder->fd, LOCK_FILE, diagnostics))
        return false;
    if (!lock->source.text)
        return true;
    lock->broken = !validate_source(&lock->source, diagnostics);
    size_t most = 1;
    for (size_t i = 0; i < lock->source.size; i++)
        most += lock->source.text[i] == '\n';
    lock->lines = arena_take(arena, most * sizeof(*lock->lines));
    bool readable = !lock->broken;
    while (readable && next_line(&lock->source, &line))
        readable = take_line(&reader, &line);
    return true;
}

const struct lock_line *last_lock_line(const struct lock *lock) {
    return lock->count > 0 ? &lock->lines[lock->count - 1] : NULL;
}

static void attach_line(struct lock_line *line, struct migration *migration) {
    assert(!line->file && !migration->locked);
    line->file = migration;
    migration->locked = line;
}

void attach_lock(struct set *set, struct lock *lock) {
    set->lock = lock;
    /* Of "001_a" and "1_a" the one that the lock has as it is written, else the first. */
    for (int exact = 1; exact >= 0; exact--) {
        size_t next = 0;
        for (size_t i = 0; i < set->count; i++) {
            struct migration *migration = &set->migrations[i];
            const struct entry *entry = migration->entry;
            while (next < lock->count && lock->lines[next].version < entry->version)
                next++;
            struct lock_line *line = next < lock->count ? &lock->lines[next] : NULL;
            if (line && !line->file && line->version == entry->version &&
                strcmp(line->name, entry->name) == 0 &&
                (!exact || strcmp(line->stem, entry->stem) == 0))
                attach_line(line, migration);
        }
    }
    /* By checksum only where UP has statements: all empty UPs have the same one. */
    for (struct lock_line *line = lock->lines; line < lock->lines + lock->count; line++)
        for (size_t i = 0; i < set->count && !line->file; i++) {
            struct migration *migration = &set->migrations[i];
            if (!migration->locked && migration->sections[SECTION_UP].count > 0 &&
                strcmp(line->checksum, migration->checksum) == 0)
                attach_line(line, migration);
        }
}
