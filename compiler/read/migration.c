/*
 * migration.c - where the pieces of a migration stand, in whichever of its files.
 */
#include "read.h"

struct location marker_location(const struct migration *migration, enum section_kind kind) {
    const struct section *section = &migration->sections[kind];
    return section->size ? (struct location){section->source, section->offset, section->size}
                         : location_of_file(&migration->source);
}

static bool is_in_source(const struct source *source, const char *text) {
    return source && source->text && text >= source->text && text <= source->text + source->size;
}

/* What a dialect made of its files, and is in none, stands for the whole file. */
struct location text_location(const struct migration *migration, const char *text, size_t size) {
    if (is_in_source(&migration->source, text))
        return location_at(&migration->source, text, size);
    for (unsigned i = 0; i < PART_COUNT; i++)
        if (is_in_source(migration->others[i], text))
            return location_at(migration->others[i], text, size);
    return location_of_file(&migration->source);
}

struct location step_location(const struct migration *migration, const struct step *step) {
    return text_location(migration, step->text, step->size);
}

size_t count_all(const struct set *set) {
    return set->count + set->repeatable_count;
}
