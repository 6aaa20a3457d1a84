/*
 * depends.c - "Depends:" names migrations that exist and come earlier.
 *
 * A migration is named by its file ("000_base", "R_views"), its number ("0",
 * "000"), or the name alone ("base") where only one has it.
 */
#include "set.h"

#include <stdlib.h>
#include <string.h>

/* All migrations, sorted by name. */
struct index {
    const struct migration **items;
    size_t count;
};

struct reference {
    const char *text;
    size_t size;
};

static int compare_by_name(const void *left, const void *right) {
    const struct migration *a = *(const struct migration *const *)left;
    const struct migration *b = *(const struct migration *const *)right;
    int order = strcmp(a->entry->name, b->entry->name);
    return order ? order : (a > b) - (a < b);
}

static int compare_name(const char *name, const struct reference *reference) {
    int order = strncmp(name, reference->text, reference->size);
    return order ? order : name[reference->size] != '\0';
}

/* The first migration of that name, or NULL; *count: how many there are. */
static const struct migration *find_by_name(const struct index *index,
                                            const struct reference *reference, size_t *count) {
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_name(index->items[middle]->entry->name, reference) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < index->count &&
           compare_name(index->items[low + *count]->entry->name, reference) == 0)
        ++*count;
    return *count ? index->items[low] : NULL;
}

/* Takes "003", or "003_name" with the right name. */
static const struct migration *find_by_number(const struct set *set,
                                              const struct reference *reference) {
    int64_t version = 0;
    size_t digits = 0;
    while (digits < reference->size && is_digit(reference->text[digits])) {
        if (digits == VERSION_DIGITS)
            return NULL;
        version = version * 10 + (reference->text[digits++] - '0');
    }
    size_t low = 0, high = digits > 0 ? set->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->migrations[middle].entry->version < version)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there =
        digits > 0 && low < set->count && set->migrations[low].entry->version == version;
    const struct migration *found = is_there ? &set->migrations[low] : NULL;
    bool whole = digits == reference->size;
    return found && (whole || same_text(reference->text, reference->size, found->entry->stem))
               ? found
               : NULL;
}

static void check_reference(const struct set *set, const struct index *index,
                            const struct migration *migration, struct location location,
                            struct diagnostics *diagnostics) {
    struct reference reference = {location.source->text + location.offset, location.size};
    size_t count = 1;
    const struct migration *found = find_by_number(set, &reference);
    for (size_t i = set->count; !found && i < count_all(set); i++)
        if (same_text(reference.text, reference.size, set->migrations[i].entry->stem))
            found = &set->migrations[i];
    if (!found)
        found = find_by_name(index, &reference, &count);
    if (!found) {
        report_error(diagnostics, location, "there is no migration '%.*s' in the folder",
                     (int)reference.size, reference.text);
    } else if (count > 1) {
        report_error(diagnostics, location,
                     "%zu migrations have the name '%.*s'; give the number too, as in '%s'", count,
                     (int)reference.size, reference.text, found->entry->stem);
    } else if (found == migration) {
        report_error(diagnostics, location, "a migration cannot depend on itself");
    } else if (found > migration) {
        /* Repeatables were ordered by what they depend on, so this is a circle. */
        if (migration->entry->repeatable)
            report_error(diagnostics, location,
                         "'%s' depends on '%s' in turn, so that neither can come first",
                         found->entry->stem, migration->entry->stem);
        else
            report_error(diagnostics, location, "'%s' comes later than '%s', which depends on it",
                         found->entry->stem, migration->entry->stem);
        report_note(diagnostics, location_of_file(&found->source), "it is this file");
    }
}

void check_dependencies(const struct set *set, struct arena *arena,
                        struct diagnostics *diagnostics) {
    struct index index = {NULL, 0};
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        if (!migration->fields[KEY_DEPENDS].value || migration->broken)
            continue;
        if (!index.items) {
            index.items = arena_take(arena, count_all(set) * sizeof(*index.items));
            for (index.count = 0; index.count < count_all(set); index.count++)
                index.items[index.count] = &set->migrations[index.count];
            qsort(index.items, index.count, sizeof(*index.items), compare_by_name);
        }
        struct location rest = field_location(migration, KEY_DEPENDS), location;
        while (next_reference(&rest, &location))
            if (!names_other_set(location))
                check_reference(set, &index, migration, location, diagnostics);
    }
}
