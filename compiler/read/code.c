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

static bool names_code(const char *name, const struct entry *entry) {
    int64_t number;
    return strcmp(name, entry->stem) == 0 || strcmp(name, entry->file) == 0 ||
           strcmp(name, entry->name) == 0 ||
           (read_number(name, strlen(name), &number) && number == entry->version);
}

bool is_external(const struct conf *conf, const struct entry *entry) {
    for (const struct external *one = conf ? conf->externals : NULL; one; one = one->next)
        if (names_code(one->name, entry))
            return true;
    return false;
}

void check_externals(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    for (const struct external *one = set->conf ? set->conf->externals : NULL; one;
         one = one->next) {
        bool found = false;
        for (size_t i = 0; i < set->count; i++)
            found |= set->migrations[i].entry->is_code &&
                     names_code(one->name, set->migrations[i].entry);
        if (!found)
            report_error(diagnostics, location_of_folder(set->folder, arena),
                         "'%s' is declared done elsewhere, but no migration in another language "
                         "has this name",
                         one->name);
    }
}
