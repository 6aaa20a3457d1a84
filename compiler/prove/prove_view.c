/*
 * prove_view.c - makes the set that the proof runs: the lowered set without what only a program
 * has.
 *
 * With other sets of the database (--after), all their migrations are one set, numbered from 1.
 * What a migration needs of other sets is not checked here.  VERIFY of a migration with steps in C
 * is left out, because the proof does not run these steps.
 */
#include "prove.h"

#include <string.h>

migc_set make_view(const struct set *set, struct arena *arena) {
    size_t count = count_all(set);
    bool merged = set->module_count > 0;
    migc_migration *migrations = arena_take(arena, (count + 1) * sizeof(*migrations));
    for (size_t i = 0; i < count; i++) {
        migrations[i] = *set->migrations[i].lowered;
        if (calls_c(&set->migrations[i].sections[SECTION_UP]))
            migrations[i].verify_count = 0;
        if (merged && i < set->count) {
            migrations[i].version = (int64_t)i + 1;
            migrations[i].chain = arena_format(arena, "xxh3:%08zx%024d", i + 1, 0);
        }
    }
    migc_set view = *set->lowered;
    view.count = set->count;
    view.migrations = migrations;
    view.needs = NULL;
    if (merged)
        view.no_transaction = &migc_no_transaction;
    if (view.repeatables) {
        migc_repeatables *repeatables = arena_take(arena, sizeof(*repeatables));
        *repeatables = *view.repeatables;
        repeatables->migrations = migrations + set->count;
        view.repeatables = repeatables;
    }
    return view;
}

const struct step *step_of(const struct prover *prover, size_t index, unsigned step) {
    const struct migration *migration = &prover->set->migrations[index];
    return step ? source_of_step(migration, &migration->lowered->steps[step - 1]) : NULL;
}
