/*
 * needs.c - "Depends: core/003_users": what a migration needs of another set.
 *
 * The form is checked here.  Whether there is such a migration is checked by module.c, where --after
 * gives the set, and by the runtime in every database.
 */
#include "set.h"

#include <assert.h>
#include <string.h>

static void read_need(const struct set *set, struct migration *migration, struct location location,
                      struct arena *arena, struct diagnostics *diagnostics) {
    const char *text = location.source->text + location.offset;
    const char *slash = memchr(text, '/', location.size);
    assert(slash);
    size_t set_size = (size_t)(slash - text), size = location.size - set_size - 1;
    const char *stem = slash + 1; /* "003_users": the name of a file without its ".sql" */
    size_t digits = 0;
    while (digits < size && is_digit(stem[digits]))
        digits++;
    bool is_stem =
        digits > 0 && digits <= VERSION_DIGITS && digits + 1 < size && stem[digits] == '_';
    for (size_t i = digits; is_stem && i < size; i++)
        is_stem = is_word(stem[i]) || stem[i] == '-' || stem[i] == '.';
    if (!is_identifier(text, set_size) || !is_stem) {
        report_error(diagnostics, location,
                     "a migration of another set is named as 'core/003_users': the set, and the "
                     "whole name with its number");
        return;
    }
    if (set->name && same_text(text, set_size, set->name)) {
        report_error(diagnostics, location, "'%s' is this set itself: write '%.*s'", set->name,
                     (int)size, stem);
        return;
    }
    struct need need = {arena_copy(arena, text, set_size), arena_copy(arena, stem, size), location};
    for (size_t i = 0; i < migration->need_count; i++)
        if (strcmp(migration->needs[i].set, need.set) == 0 &&
            strcmp(migration->needs[i].stem, need.stem) == 0)
            return;
    migration->needs[migration->need_count++] = need;
}

void read_needs(struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < set->count; i++) {
        struct migration *migration = &set->migrations[i];
        if (!migration->fields[KEY_DEPENDS].value)
            continue;
        struct location rest = field_location(migration, KEY_DEPENDS), location;
        size_t count = 0;
        while (next_reference(&rest, &location))
            count += names_other_set(location);
        migration->needs = arena_take(arena, count * sizeof(*migration->needs));
        rest = field_location(migration, KEY_DEPENDS);
        while (next_reference(&rest, &location))
            if (names_other_set(location))
                read_need(set, migration, location, arena, diagnostics);
        assert(migration->need_count <= count);
    }
}
