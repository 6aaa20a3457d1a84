/*
 * lock_check.c - compares the folder with the lock: a released migration that was edited, renamed or
 * removed, a new one that sorts before a released one, and, for --locked, one that is not in the
 * lock.
 *
 * Checksums are over the tokens of UP: layout, comments and DOWN may change.
 */
#include "set.h"

#include <assert.h>
#include <string.h>

struct checker {
    const struct set *set;
    const struct lock *lock;
    struct diagnostics *diagnostics;
};

static const struct lock_line *find_lock_line(const struct lock *lock, int64_t version) {
    size_t low = 0, high = lock->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lock->lines[middle].version < version)
            low = middle + 1;
        else
            high = middle;
    }
    return low < lock->count && lock->lines[low].version == version ? &lock->lines[low] : NULL;
}

static void note_line(const struct checker *checker, const struct lock_line *line) {
    report_note(checker->diagnostics, line->location, "%s is locked here", line->stem);
}

static void check_line(const struct checker *checker, const struct lock_line *line) {
    const struct migration *file = line->file;
    bool has_name = file && strcmp(file->entry->name, line->name) == 0;
    if (!file) {
        report_error(checker->diagnostics, line->location,
                     "%s is released, but its file is gone; restore %s/%s.sql from version control",
                     line->stem, checker->set->folder->path, line->stem);
    } else if (file->entry->version != line->version && has_name && !is_native(file->dialect)) {
        report_error(
            checker->diagnostics, location_of_file(&file->source),
            "%s is released, and now another one sorts before it: give that one a later version",
            file->entry->stem);
        note_line(checker, line);
    } else if (file->entry->version != line->version || !has_name) {
        report_error(checker->diagnostics, location_of_file(&file->source),
                     "%s was released as %s; rename the file back to %s/%s.sql", file->entry->stem,
                     line->stem, checker->set->folder->path, line->stem);
        note_line(checker, line);
    } else if (!file->broken && strcmp(file->checksum, line->checksum) != 0) {
        report_error(checker->diagnostics, marker_location(file, SECTION_UP),
                     "the UP of %s was edited after its release, and databases that have it would "
                     "never see the change; restore it, and put the change into a new migration",
                     line->stem);
        note_line(checker, line);
    }
}

/* False: the new migration has a number that it cannot have.  check_duplicate() has reported it where another
 * file has the same number. */
static bool check_order(const struct checker *checker, const struct migration *migration) {
    const struct lock_line *same = find_lock_line(checker->lock, migration->entry->version);
    const struct lock_line *last = last_lock_line(checker->lock);
    if (!last || last->version < migration->entry->version)
        return true;
    if (same && !same->file) {
        report_error(checker->diagnostics, location_of_file(&migration->source),
                     "%s has the number of %s, which is released; 'migc renumber %s' gives it "
                     "the next one",
                     migration->entry->stem, same->stem, migration->source.path);
        note_line(checker, same);
    } else if (!same && allows_any_order(checker->set->conf)) {
        report_warning(
            checker->diagnostics, WARNING_OUT_OF_ORDER, location_of_file(&migration->source),
            "%s is new, but comes before %s, which is released; databases that have "
            "that one %s",
            migration->entry->stem, last->stem,
            strcmp(checker->set->conf->order, "skip") == 0 ? "never get it" : "get it anyway");
        note_line(checker, last);
        return true;
    } else if (!same) {
        report_error(checker->diagnostics, location_of_file(&migration->source),
                     "%s is new, but comes before %s, which is released; 'migc renumber %s' moves "
                     "it after that",
                     migration->entry->stem, last->stem, migration->source.path);
        note_line(checker, last);
    }
    return false;
}

void check_lock(const struct set *set, bool all, struct arena *arena,
                struct diagnostics *diagnostics) {
    assert(set->lock); /* see attach_lock() */
    struct checker checker = {set, set->lock, diagnostics};
    if (set->lock->broken)
        return;
    if (all && !set->lock->source.text) {
        report_error(diagnostics, location_of_folder(set->folder, arena),
                     "there is no " LOCK_FILE "; 'migc lock %s' makes it", set->folder->path);
        return;
    }
    for (size_t i = 0; i < set->lock->count; i++)
        check_line(&checker, &set->lock->lines[i]);
    for (size_t i = 0; i < set->count; i++) {
        const struct migration *migration = &set->migrations[i];
        if (!migration->locked && check_order(&checker, migration) && all)
            report_error(diagnostics, location_of_file(&migration->source),
                         "%s is not in the lock; 'migc lock %s' adds it", migration->entry->stem,
                         set->folder->path);
    }
}
