/*
 * prove_set.c - the parsed set in the form that migc emits, in memory.
 */
#include "prove.h"

#include <string.h>

/* Stands in for the host's function, which is not there while migc runs. */
static int skip_call(migc_context *context) {
    (void)context;
    return 0;
}

static const enum section_kind embedded[] = {SECTION_UP, SECTION_DOWN, SECTION_VERIFY};

static void add_steps(migc_step *steps, const struct section *section, struct arena *arena) {
    for (size_t i = 0; i < section->count; i++) {
        const struct step *step = &section->steps[i];
        steps[i].line = step->line;
        steps[i].text = arena_copy(arena, step->text, step->size);
        steps[i].call = step->is_call ? skip_call : NULL;
    }
}

static const migc_step *make_steps(const struct migration *migration, struct arena *arena) {
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(embedded); i++)
        count += migration->sections[embedded[i]].count;
    migc_step *steps = arena_take(arena, (count + 1) * sizeof(*steps));
    migc_step *next = steps;
    for (size_t i = 0; i < COUNT_OF(embedded); i++) {
        add_steps(next, &migration->sections[embedded[i]], arena);
        next += migration->sections[embedded[i]].count;
    }
    return steps;
}

static bool calls_in(const struct section *section) {
    for (size_t i = 0; i < section->count; i++)
        if (section->steps[i].is_call)
            return true;
    return false;
}

static void make_migration(migc_migration *made, const struct migration *migration, int64_t version,
                           struct arena *arena) {
    const char *foreign_keys = migration->fields[KEY_FOREIGN_KEYS].value;
    made->version = version;
    made->name = migration->entry->stem;
    made->file = migration->entry->file;
    made->checksum = migration->checksum;
    made->chain = migration->chain;
    if (migration->fields[KEY_TRANSACTION].value)
        made->flags |= MIGC_NO_TRANSACTION;
    if (foreign_keys && same_word(foreign_keys, strlen(foreign_keys), "on"))
        made->flags |= MIGC_FOREIGN_KEYS_ON;
    made->up_count = (unsigned)migration->sections[SECTION_UP].count;
    made->down_count = (unsigned)migration->sections[SECTION_DOWN].count;
    if (!calls_in(&migration->sections[SECTION_UP])) /* what they do is what VERIFY looks at */
        made->verify_count = (unsigned)migration->sections[SECTION_VERIFY].count;
    made->steps = make_steps(migration, arena);
    if (migration->number)
        made->flags |= MIGC_REPEATABLE;
    made->irreversible = migration->fields[KEY_IRREVERSIBLE].value;
    made->lossy = migration->fields[KEY_LOSSY].value;
}

/* Behind the others in one table, so that a number finds either. */
static const migc_repeatables *make_repeatables(const struct set *set,
                                                const migc_migration *migrations,
                                                struct arena *arena) {
    migc_repeatables *made = arena_take(arena, sizeof(*made));
    *made = (migc_repeatables){&migc_run_repeatables, set->repeatable_count,
                               migrations + set->count, set->repeat_chain};
    return set->repeatable_count > 0 ? made : NULL;
}

migc_set make_set(const struct set *set, struct arena *arena) {
    size_t count = count_all(set);
    migc_migration *migrations = arena_take(arena, (count + 1) * sizeof(*migrations));
    memset(migrations, 0, (count + 1) * sizeof(*migrations));
    for (size_t i = 0; i < count; i++) {
        const struct migration *migration = &set->migrations[i];
        /* numbers and chains are of several sets then */
        bool merged = set->module_count > 0 && i < set->count;
        make_migration(&migrations[i], migration,
                       merged ? (int64_t)i + 1 : migration->entry->version, arena);
        if (merged)
            migrations[i].chain = arena_format(arena, "xxh3:%08zx%024d", i + 1, 0);
    }
    migc_set made = {MIGC_ABI, 0,    "proof", set->count, migrations, &migc_no_transaction,
                     NULL,     NULL, NULL};
    made.repeatables = make_repeatables(set, migrations, arena);
    return made;
}
