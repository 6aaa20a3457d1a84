/*
 * nearest.c - finds the name that a misspelled one most likely means.
 */
#include "base.h"

#include <string.h>

/* Up to two letters may be wrong, but less than half of the word; or the end of it is missing. */
void consider_name(struct nearest *nearest, const char *name) {
    size_t length = strlen(name), longer = length > nearest->size ? length : nearest->size;
    size_t distance = edit_distance(nearest->text, nearest->size, name, length);
    size_t same = 0;
    while (same < nearest->size && to_lower(nearest->text[same]) == to_lower(name[same]))
        same++;
    if (same == nearest->size && same > 2 && distance > 2)
        distance = 2;
    if (distance <= 2 && 2 * distance < longer &&
        (!nearest->name || distance < nearest->distance)) {
        nearest->name = name;
        nearest->distance = distance;
    }
}

const char *did_you_mean(const char *name, struct arena *arena) {
    return name ? arena_format(arena, " (did you mean '%s'?)", name) : "";
}
