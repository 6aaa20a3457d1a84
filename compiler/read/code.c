/*
 * code.c - migrations in another language: what their step in C is called, and
 * which of them the author declares done elsewhere.
 */
#include "read.h"

#include <string.h>

/* "00003_backfill.go": up_00003_backfill. */
const char *call_of_code(struct arena *arena, const struct entry *entry) {
    char *name = arena_format(arena, "up_%s", entry->stem);
    for (char *at = name; *at; at++)
        if (!is_word(*at))
            *at = '_';
    return name;
}

bool is_external(const struct conf *conf, const struct entry *entry) {
    for (const struct external *one = conf ? conf->externals : NULL; one; one = one->next)
        if (strcmp(one->name, entry->stem) == 0 || strcmp(one->name, entry->file) == 0 ||
            strcmp(one->name, entry->name) == 0 || strcmp(one->name, entry->label) == 0)
            return true;
    return false;
}
