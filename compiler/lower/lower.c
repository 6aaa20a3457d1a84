/*
 * lower.c - makes the migc_set of a parsed set.
 */
#include "lower.h"

#include <assert.h>
#include <string.h>

/* The order of a migration's steps. */
static const enum section_kind lowered_sections[] = {SECTION_UP, SECTION_DOWN, SECTION_VERIFY};

static int skip_call(migc_context *context) {
    (void)context;
    return 0;
}

const struct step *source_of_step(const struct migration *migration, const migc_step *step) {
    size_t at = (size_t)(step - migration->lowered->steps), i = 0;
    while (at >= migration->sections[lowered_sections[i]].count) {
        at -= migration->sections[lowered_sections[i++]].count;
        assert(i < COUNT_OF(lowered_sections));
    }
    return &migration->sections[lowered_sections[i]].steps[at];
}

static const migc_step *lower_steps(const struct migration *migration, size_t count,
                                    struct arena *arena) {
    migc_step *steps = arena_take(arena, (count + 1) * sizeof(*steps)), *next = steps;
    for (size_t i = 0; i < COUNT_OF(lowered_sections); i++) {
        const struct section *section = &migration->sections[lowered_sections[i]];
        for (size_t j = 0; j < section->count; j++) {
            const struct step *step = &section->steps[j];
            *next++ = (migc_step){step->line, arena_copy(arena, step->text, step->size),
                                  step->is_call ? skip_call : NULL};
        }
    }
    assert(next == steps + count);
    return count > 0 ? steps : NULL;
}

/* NULL where it is the migration's own. */
static const char *file_of_part(const struct migration *migration, enum part_kind part) {
    const char *file = migration->others[part] ? migration->entry->parts[part].file : NULL;
    return file && strcmp(file, migration->entry->file) != 0 ? file : NULL;
}

static const char *original_file(const struct migration *migration) {
    const char *file = migration->original_file;
    return file && strcmp(file, migration->entry->file) != 0 ? file : NULL;
}

static migc_migration lower_migration(const struct migration *migration, struct arena *arena) {
    const struct section *sections = migration->sections;
    const struct field *fields = migration->fields;
    const char *foreign_keys = fields[KEY_FOREIGN_KEYS].value;
    bool enforces = foreign_keys && same_word(foreign_keys, strlen(foreign_keys), "on");
    migc_migration made = {
        .version = migration->entry->version,
        .name = migration->entry->stem,
        .file = migration->entry->file,
        .checksum = migration->checksum,
        .chain = migration->chain,
        .flags = (runs_in_transaction(migration, SECTION_UP) ? 0u : MIGC_UP_NO_TRANSACTION) |
                 (runs_in_transaction(migration, SECTION_DOWN) ? 0u : MIGC_DOWN_NO_TRANSACTION) |
                 (enforces ? MIGC_FOREIGN_KEYS_ON : 0u) |
                 (migration->number > 0 ? MIGC_REPEATABLE : 0u) |
                 (fields[KEY_ENGINE].value ? MIGC_SQLITE_ONLY : 0u),
        .up_count = (unsigned)sections[SECTION_UP].count,
        .down_count = (unsigned)sections[SECTION_DOWN].count,
        .verify_count = (unsigned)sections[SECTION_VERIFY].count,
        .description = fields[KEY_DESCRIPTION].value,
        .author = fields[KEY_AUTHOR].value,
        .date = fields[KEY_DATE].value,
        .tags = fields[KEY_TAGS].value,
        .depends = fields[KEY_DEPENDS].value,
        .irreversible = fields[KEY_IRREVERSIBLE].value,
        .lossy = fields[KEY_LOSSY].value,
        .estimated_duration = fields[KEY_DURATION].value,
        .notes = fields[KEY_NOTES].value,
        .down_file = file_of_part(migration, PART_DOWN),
        .verify_file = file_of_part(migration, PART_VERIFY),
        .original_file = original_file(migration),
        .original_label = migration->original_file ? migration->original_label : NULL,
        .original_checksums = migration->original_file ? migration->original : NULL,
    };
    made.steps = lower_steps(migration, made.up_count + made.down_count + made.verify_count, arena);
    return made;
}

static const migc_needs *lower_needs(const struct set *set, struct arena *arena) {
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += set->migrations[i].need_count;
    migc_need *needs = arena_take(arena, (count + 1) * sizeof(*needs)), *next = needs;
    migc_needs *made = arena_take(arena, sizeof(*made));
    for (size_t i = 0; i < set->count; i++)
        for (size_t n = 0; n < set->migrations[i].need_count; n++) {
            const struct need *need = &set->migrations[i].needs[n];
            *next++ = (migc_need){set->migrations[i].entry->version, need->set, need->stem};
        }
    *made = (migc_needs){&migc_needs_of_sets, count, needs};
    return count > 0 ? made : NULL;
}

/* A list that ends with NULL; or NULL. */
static const char *const *lower_ignore(const struct conf *conf, struct arena *arena) {
    size_t count = 0;
    for (const struct ignored *ignored = conf ? conf->ignored : NULL; ignored;
         ignored = ignored->next)
        count++;
    const char **patterns = arena_take(arena, (count + 1) * sizeof(*patterns));
    const char **next = patterns;
    for (const struct ignored *ignored = conf ? conf->ignored : NULL; ignored;
         ignored = ignored->next)
        *next++ = ignored->pattern;
    *next = NULL;
    return count > 0 ? patterns : NULL;
}

void lower_set(struct set *set, struct arena *arena) {
    assert(set->count == 0 || set->migrations);
    migc_migration *migrations = arena_take(arena, (count_all(set) + 1) * sizeof(*migrations));
    migc_set *made = arena_take(arena, sizeof(*made));
    migc_repeatables *repeatables = arena_take(arena, sizeof(*repeatables));
    const char *order = set->conf && set->conf->order ? set->conf->order : "";
    unsigned flags = 0;
    for (size_t i = 0; i < count_all(set); i++) {
        migrations[i] = lower_migration(&set->migrations[i], arena);
        set->migrations[i].lowered = &migrations[i];
        flags |= migrations[i].flags;
    }
    *repeatables = (migc_repeatables){&migc_run_repeatables, set->repeatable_count,
                                      migrations + set->count, set->repeat_chain};
    *made = (migc_set){
        .abi = MIGC_ABI,
        .flags = (set->is_module ? MIGC_SET_MODULE : 0u) |
                 (set->no_stamp ? MIGC_SET_NO_STAMP : 0u) |
                 (strcmp(order, "allow") == 0 ? MIGC_SET_ALLOW_OUT_OF_ORDER : 0u) |
                 (strcmp(order, "skip") == 0 ? MIGC_SET_SKIP_OUT_OF_ORDER : 0u),
        .name = set->name ? set->name : "set",
        .count = set->count,
        .migrations = migrations,
        .no_transaction = flags & MIGC_NO_TRANSACTION ? &migc_no_transaction : NULL,
        .repeatables = set->repeatable_count > 0 ? repeatables : NULL,
        .needs = lower_needs(set, arena),
        .ignore = lower_ignore(set->conf, arena),
    };
    set->lowered = made;
    for (size_t i = 0; i < set->module_count; i++)
        lower_set(&set->modules[i].set, arena);
}
