/*
 * renumber.c - "migc renumber": gives a migration that is not released the next free number, and
 * updates what has the old one: its own "Migration:", and the "Depends:" of others that are not
 * released.
 *
 * All other bytes stay as they are, line ends included.  The new file never replaces one that is
 * there.
 */
#include "author.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct renumbering {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct set *set;
    const struct migration *migration; /* that gets the number */
    struct entry entry;                /* as it will be */
    const char *path;                  /* of its file */
    bool is_shared;                    /* another migration has the old number as well */
    struct output *outputs;
    size_t count;
};

/* The offset in the file of an offset in its source, which is without BOM and CR. */
static size_t raw_offset(const struct source *raw, size_t offset) {
    const char *text = raw->text, *end = raw->text + raw->size;
    if (raw->size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    for (; offset > 0 && text < end; offset--, text++)
        if (text[0] == '\r' && text + 1 < end && text[1] == '\n')
            text++;
    return (size_t)(text - raw->text);
}

/* What `reference` becomes, or NULL when it does not name the migration by its number. */
static const char *new_reference(const struct renumbering *work, const struct location *reference) {
    const char *text = reference->source->text + reference->offset;
    const struct entry *old = work->migration->entry;
    int64_t version;
    if (same_text(text, reference->size, old->stem))
        return work->entry.stem;
    if (!work->is_shared && read_number(text, reference->size, &version) && version == old->version)
        return arena_format(work->arena, "%0*" PRId64, (int)work->entry.digits,
                            work->entry.version);
    return NULL;
}

/* A file that is copied; `done` bytes of `raw` are in the copy. */
struct copy {
    struct output *output;
    struct source raw;
    size_t done;
};

static void copy_to(struct copy *copy, size_t end) {
    assert(copy->done <= end && end <= copy->raw.size);
    put_bytes(copy->output, copy->raw.text + copy->done, end - copy->done);
    copy->done = end;
}

static void replace_text(struct copy *copy, const struct location *location, const char *text) {
    copy_to(copy, raw_offset(&copy->raw, location->offset));
    put_text(copy->output, text);
    copy->done = raw_offset(&copy->raw, location->offset + location->size);
}

/* A file that cannot be read makes commit_outputs() fail, and change nothing. */
static struct copy begin_copy(struct renumbering *work, const struct migration *migration,
                              const char *path, bool is_new) {
    struct copy copy = {.output = &work->outputs[work->count++],
                        .raw = {.path = migration->source.path}};
    if (is_new)
        open_new_output(copy.output, work->arena, path);
    else
        open_output(copy.output, work->arena, path);
    if (!load_bytes(&copy.raw, work->arena, work->set->folder->fd, migration->entry->file,
                    migration->entry->size, work->diagnostics)) {
        copy.raw.size = 0;
        copy.output->error = EIO;
    }
    return copy;
}

static bool needs_update(const struct renumbering *work, const struct migration *migration) {
    if (migration == work->migration || migration->locked || !migration->fields[KEY_DEPENDS].value)
        return false;
    struct location rest = field_location(migration, KEY_DEPENDS), reference;
    while (next_reference(&rest, &reference))
        if (new_reference(work, &reference))
            return true;
    return false;
}

/* The migration's own file is the last output, which commit_outputs() renames first. */
static bool write_files(struct renumbering *work) {
    const struct set *set = work->set;
    size_t count = 1;
    for (size_t i = 0; i < count_all(set); i++)
        count += needs_update(work, &set->migrations[i]);
    work->outputs = arena_take(work->arena, count * sizeof(*work->outputs));
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        if (!needs_update(work, migration))
            continue;
        struct location rest = field_location(migration, KEY_DEPENDS), reference;
        struct copy updated = begin_copy(work, migration, migration->source.path, false);
        while (next_reference(&rest, &reference)) {
            const char *text = new_reference(work, &reference);
            if (text)
                replace_text(&updated, &reference, text);
        }
        copy_to(&updated, updated.raw.size);
    }
    struct copy copy = begin_copy(work, work->migration, work->path, true);
    if (work->migration->fields[KEY_MIGRATION].value) {
        struct location location = field_location(work->migration, KEY_MIGRATION);
        replace_text(&copy, &location, work->entry.stem);
    }
    copy_to(&copy, copy.raw.size);
    assert(work->count == count);
    if (!commit_outputs(work->outputs, work->count, work->diagnostics))
        return false;
    const char *old = work->migration->source.path;
    return unlink(old) == 0 ||
           report_failure(work->diagnostics, "%s is there, but %s cannot be removed: %s",
                          work->path, old, strerror(errno));
}

/* False: it is the last one already, or no number is left. */
static bool choose_entry(struct renumbering *work, const struct tm *now) {
    const struct entry *old = work->migration->entry;
    const struct set *set = work->set;
    const struct lock_line *locked = last_lock_line(set->lock);
    /* What the number must come after: the last of the other files and of the lines in the lock. */
    struct entry latest = {.version = 0, .digits = old->digits};
    for (size_t i = 0; i < set->count; i++)
        if (&set->migrations[i] != work->migration)
            latest = *set->migrations[i].entry;
    if (locked && locked->version > latest.version)
        latest.version = locked->version;
    if (old->version > latest.version) {
        printf("%s is the last one already\n", work->migration->source.path);
        return false;
    }
    choose_version(&work->entry, &latest, false, now);
    if (work->entry.version > LAST_VERSION)
        return report_failure(work->diagnostics, "no number of 18 digits is left");
    work->entry.stem = arena_format(work->arena, "%0*" PRId64 "_%s", (int)work->entry.digits,
                                    work->entry.version, old->name);
    const char *path = work->migration->source.path;
    work->path = arena_format(work->arena, "%.*s%s.sql", (int)(strlen(path) - strlen(old->file)),
                              path, work->entry.stem);
    const struct migration *first = work->set->migrations, *last = first + work->set->count - 1;
    work->is_shared =
        (work->migration > first && work->migration[-1].entry->version == old->version) ||
        (work->migration < last && work->migration[1].entry->version == old->version);
    return true;
}

static void renumber_in(const struct set *set, const char *folder, const char *file,
                        struct arena *arena, struct diagnostics *diagnostics) {
    const struct migration *migration = NULL;
    for (size_t i = 0; i < count_all(set); i++)
        if (strcmp(set->migrations[i].entry->file, file) == 0)
            migration = &set->migrations[i];
    struct renumbering work = {
        .arena = arena, .diagnostics = diagnostics, .set = set, .migration = migration};
    if (!migration) {
        report_failure(diagnostics,
                       "%s has no migration %s; expected a name such as " FILE_NAME_FORM, folder,
                       file);
        return;
    }
    if (migration->entry->repeatable) {
        report_error(diagnostics, location_of_file(&migration->source),
                     "a repeatable has no number: it runs after all that have one");
        return;
    }
    if (migration->locked) {
        report_error(diagnostics, location_of_file(&migration->source),
                     "%s is released and keeps its number; put a change into a new migration",
                     migration->locked->stem);
        report_note(diagnostics, migration->locked->location, "it is locked here");
        return;
    }
    time_t seconds = time(NULL);
    struct tm now;
    if (!gmtime_r(&seconds, &now) || !choose_entry(&work, &now) || !write_files(&work))
        return;
    printf("%s -> %s\n", migration->source.path, work.path);
    for (size_t i = 0; i + 1 < work.count; i++)
        printf("%s: Depends: names %s now\n", work.outputs[i].path, work.entry.stem);
}

void renumber_file(const char *path, struct arena *arena, struct diagnostics *diagnostics) {
    struct folder folder = {.fd = -1};
    struct lock *lock = arena_take(arena, sizeof(*lock)); /* diagnostics point into it */
    struct set set = {0};
    const char *slash = strrchr(path, '/');
    const char *parent = !slash          ? "."
                         : slash == path ? "/"
                                         : arena_copy(arena, path, (size_t)(slash - path));
    int held = hold_folder(parent);
    /* Only what keeps the folder from being read is reported: the rest is for 'migc check'. */
    struct diagnostics ignored = {.arena = arena};
    for (size_t i = 0; i < WARNING_COUNT; i++)
        ignored.flags.of[i].off = true;
    bool loaded = open_folder(&folder, arena, parent, &ignored) &&
                  scan_folder(&folder, arena, NULL, &ignored) &&
                  read_set(&set, arena, &folder, &ignored);
    if (!loaded && !ignored.failure)
        print_diagnostics(&ignored);
    else if (!loaded)
        report_failure(diagnostics, "%s", ignored.failure);
    free_diagnostics(&ignored);
    if (loaded && read_lock(lock, &folder, arena, diagnostics) && !lock->broken) {
        attach_lock(&set, lock);
        renumber_in(&set, folder.path, slash ? slash + 1 : path, arena, diagnostics);
    }
    if (held >= 0)
        close(held);
    close_folder(&folder);
}
