/*
 * run.c - "migc run": does what a program of the folder, made with --main, would do, without a C
 * compiler.
 *
 * Steps in C and functions of a program are refused by name; extensions are loaded.
 */
#include "command.h"

#include <assert.h>
#include <migc.h>
#include <string.h>

static void refuse_calls(const struct set *set, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < count_all(set); i++)
        for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
            const struct migration *migration = &set->migrations[i];
            const struct section *section = &migration->sections[kind];
            for (size_t s = 0; s < section->count; s++)
                if (section->steps[s].is_call)
                    report_error(diagnostics, step_location(migration, &section->steps[s]),
                                 "'%.*s' is a step in C, which only a program has: build one with "
                                 "'migc -o FILE.c'",
                                 (int)section->steps[s].size, section->steps[s].text);
        }
}

static int load_extensions(sqlite3 *db, void *user) {
    const struct set *set = user;
    int code = SQLITE_OK;
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < set->conf->provisions.count; i++)
        if (set->conf->provisions.items[i].kind == PROVISION_EXTENSION)
            code = sqlite3_load_extension(db, set->conf->provisions.items[i].name, NULL, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    return code;
}

bool may_run_alone(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    refuse_calls(set, diagnostics);
    for (size_t i = 0; i < set->conf->provisions.count; i++) {
        const struct provision *provision = &set->conf->provisions.items[i];
        if (provision->kind != PROVISION_EXTENSION)
            report_error(diagnostics,
                         provision->location.source ? provision->location
                                                    : location_of_folder(set->folder, arena),
                         "the %s '%s' is one that only a program has: build one with "
                         "'migc -o FILE.c', or load an extension that has it",
                         provision_words[provision->kind], provision->name);
    }
    return diagnostics_status(diagnostics) == STATUS_DONE;
}

/* The last part of the path, made a name that C can have. */
const char *name_of_folder(const char *path, struct arena *arena) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    const char *end = path + size, *start = end;
    while (start > path && start[-1] != '/')
        start--;
    char *name = arena_copy(arena, start, (size_t)(end - start));
    for (char *at = name; *at; at++)
        if (!is_word(*at))
            *at = '_';
    return is_identifier(name, strlen(name)) ? name : arena_format(arena, "set_%s", name);
}

int run_command_line(struct set *set, const struct options *options, struct arena *arena) {
    static char program[] = "migc run DIR";
    migc_options run = {.verbs = migc_verbs_all, .on_open = load_extensions, .user = set};
    char **argv = arena_take(arena, ((size_t)options->rest_count + 2) * sizeof(*argv));
    assert(set->lowered);
    argv[0] = program;
    for (int i = 0; i < options->rest_count; i++)
        argv[i + 1] = options->rest[i];
    argv[options->rest_count + 1] = NULL;
    return migc_main(options->rest_count + 1, argv, set->lowered, NULL, &run);
}
