/*
 * repeatables.c - the order of repeatables, and the rules about them.
 *
 * A repeatable is a migration without a number ("R_views.sql").  It runs after the numbered ones,
 * and again when it changes.
 */
#include "set.h"

#include <string.h>

/* -------------------------------------------------------------------- order */

/* The repeatables by name, and which of them have their place already. */
struct ordering {
    const struct migration *items;
    size_t count;
    bool *placed;
};

/* Whether all repeatables that it depends on have their place. */
static bool is_ready(const struct ordering *ordering, const struct migration *migration) {
    struct location rest = field_location(migration, KEY_DEPENDS), reference;
    if (!migration->fields[KEY_DEPENDS].value)
        return true;
    while (next_reference(&rest, &reference)) {
        const char *text = reference.source->text + reference.offset;
        for (size_t i = 0; i < ordering->count; i++) {
            const struct migration *other = &ordering->items[i];
            if (!ordering->placed[i] && other != migration &&
                (same_text(text, reference.size, other->entry->stem) ||
                 same_text(text, reference.size, other->entry->name)))
                return false;
        }
    }
    return true;
}

void order_repeatables(struct set *set, struct arena *arena) {
    struct ordering ordering = {set->migrations + set->count, set->repeatable_count, NULL};
    struct migration *ordered = arena_take(arena, count_all(set) * sizeof(*ordered));
    ordering.placed = arena_take(arena, ordering.count * sizeof(*ordering.placed));
    memset(ordering.placed, 0, ordering.count * sizeof(*ordering.placed));
    memcpy(ordered, set->migrations, set->count * sizeof(*ordered));
    for (size_t i = 0; i < ordering.count; i++) {
        /* The first that waits for no other.  In a circle, which check_dependencies() reports, just
         * the first. */
        size_t first = 0, next;
        while (ordering.placed[first])
            first++;
        for (next = first; next < ordering.count; next++)
            if (!ordering.placed[next] && is_ready(&ordering, &ordering.items[next]))
                break;
        next = next < ordering.count ? next : first;
        ordering.placed[next] = true;
        ordered[set->count + i] = ordering.items[next];
        ordered[set->count + i].number = i + 1;
    }
    set->migrations = ordered;
}

/* -------------------------------------------------------------------- rules */

void check_repeatable(const struct migration *migration, struct diagnostics *diagnostics) {
    const struct section *sections = migration->sections;
    const char *foreign_keys = migration->fields[KEY_FOREIGN_KEYS].value;
    const char *marker = find_marker(migration->dialect, SECTION_UP, diagnostics->arena);
    if (sections[SECTION_UP].count == 0 && marker)
        report_error(diagnostics, marker_location(migration, SECTION_UP),
                     "a repeatable needs an UP; write what it makes below '%s'", marker);
    else if (sections[SECTION_UP].count == 0)
        report_error(diagnostics, marker_location(migration, SECTION_UP),
                     "a repeatable needs an UP, and this file has no statement");
    else if (sections[SECTION_DOWN].count == 0 && !migration->entry->up_only &&
             !migration->fields[KEY_IRREVERSIBLE].value)
        report_warning(diagnostics, WARNING_REPEATABLE_DOWN,
                       marker_location(migration, SECTION_DOWN),
                       "no DOWN: what this makes stays when a numbered migration changes what it "
                       "uses; write what removes it below '%s'",
                       section_rows[SECTION_DOWN].marker);
    if (sections[SECTION_TEST].size > 0)
        report_error(diagnostics, marker_location(migration, SECTION_TEST),
                     "a repeatable has no TEST; put the rows into the TEST of the migration that "
                     "makes their tables");
    if (migration->fields[KEY_TRANSACTION].value)
        report_error(diagnostics, field_location(migration, KEY_TRANSACTION),
                     "a repeatable runs in the transaction of the migrations below it; what "
                     "cannot belongs in a migration with a number");
    if (foreign_keys && same_word(foreign_keys, strlen(foreign_keys), "on"))
        report_error(diagnostics, field_location(migration, KEY_FOREIGN_KEYS),
                     "a repeatable runs in the transaction of the migrations below it, where "
                     "keys are checked before the commit; remove this line");
}

/* "R_views.sql" and "R__views.sql". */
void check_repeatable_names(const struct set *set, struct diagnostics *diagnostics) {
    for (size_t i = set->count; i < count_all(set); i++)
        for (size_t j = set->count; j < i; j++) {
            const struct migration *one = &set->migrations[i], *other = &set->migrations[j];
            if (strcmp(one->entry->name, other->entry->name) != 0)
                continue;
            report_error(diagnostics, location_of_file(&one->source),
                         "two repeatables have the name '%s'; give one of the files another",
                         one->entry->name);
            report_note(diagnostics, location_of_file(&other->source), "this file has it too");
        }
}
