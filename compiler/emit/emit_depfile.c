/*
 * emit_depfile.c - writes for make what the outputs were made from: the folder, so that
 * a new file counts, and every file in it that does.
 *
 * Each file also gets an empty rule: one that was removed is no error.
 */
#include "emit.h"

#include <string.h>

/* In both: a blank ends a name, '#' begins a comment, ':' ends the targets.  '%' makes a target a
 * pattern, and '|' divides prerequisites; elsewhere a backslash before them would stay. */
static const char special_in_target[] = " #:%", special_in_prerequisite[] = " #:|";

/* Backslashes count double before what they would escape. */
static void put_make_name(struct output *output, const char *name, const char *special) {
    size_t backslashes = 0;
    for (; *name; name++) {
        if (*name == '$')
            put_char(output, '$');
        else if (strchr(special, *name))
            for (size_t i = 0; i <= backslashes; i++)
                put_char(output, '\\');
        backslashes = *name == '\\' ? backslashes + 1 : 0;
        put_char(output, *name);
    }
}

static bool check_name(const char *name, const struct set *set, struct diagnostics *diagnostics) {
    /* What keeps make from reading the name in any spelling. */
    size_t size = strlen(name);
    const char *problem = NULL;
    if (strchr(name, ';'))
        problem = "';'";
    else if (strchr(name, '='))
        problem = "'='";
    else if (*name == '~')
        problem = "'~' at its beginning";
    else if (size > 0 && strchr(" \\", name[size - 1]))
        problem = "a blank or backslash at its end";
    else if (strchr(name, '(') && name[size - 1] == ')')
        problem = "parentheses at its end";
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7F)
            problem = "a control character";
    if (problem)
        report_error(
            diagnostics, location_of_folder(set->folder, diagnostics->arena),
            "make cannot read the name '%s', which has %s; rename it, or build without -MD", name,
            problem);
    return !problem;
}

bool check_depfile(const struct set *set, const struct emission *emission,
                   struct diagnostics *diagnostics) {
    bool fine = (emission->target || check_name(emission->source, set, diagnostics)) &&
                check_name(set->folder->path, set, diagnostics);
    for (size_t i = 0; fine && i < set->module_count; i++)
        fine = check_name(set->modules[i].folder.path, set, diagnostics);
    return fine;
}

/* How a file is listed: as a prerequisite, or as the target of an empty rule. */
struct listing {
    const char *before, *after, *special;
};

static void put_source(struct output *output, const struct source *source,
                       const struct listing *listing) {
    if (source->text) {
        put_text(output, listing->before);
        put_make_name(output, source->path, listing->special);
        put_text(output, listing->after);
    }
}

static void put_sources(struct output *output, const struct set *set,
                        const struct emission *emission, const struct listing *listing) {
    /* What gives another tool's files their order. */
    static const char *const lists[] = {"sqitch.plan", "meta/_journal.json"};
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        put_source(output, &migration->source, listing);
        for (unsigned kind = 0; kind < PART_COUNT; kind++)
            if (migration->others[kind])
                put_source(output, migration->others[kind], listing);
    }
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        if (set->folder->dialect->order != ORDER_LISTED || !look_up_file(set->folder, lists[i]))
            continue;
        put_text(output, listing->before);
        put_make_name(output, set->folder->path, listing->special);
        put_char(output, '/');
        put_make_name(output, lists[i], listing->special);
        put_text(output, listing->after);
    }
    put_source(output, &set->conf->source, listing);
    put_source(output, &set->lock->source, listing);
    /* A module's folder counts as the set's own does, and is no target: only files go. */
    for (const struct module *module = set->modules; module < set->modules + set->module_count;
         module++) {
        for (size_t i = 0; i < module->set.count; i++)
            put_source(output, &module->set.migrations[i].source, listing);
        put_source(output, &module->conf.source, listing);
    }
    for (size_t i = 0; i < emission->query_count; i++)
        put_source(output, emission->queries[i], listing);
}

void emit_depfile(struct output *output, const struct set *set, const struct emission *emission) {
    if (emission->target) {
        put_text(output, emission->target);
    } else {
        put_make_name(output, emission->source, special_in_target);
        put_char(output, ' ');
        put_make_name(output, emission->header, special_in_target);
    }
    put_text(output, ": ");
    put_make_name(output, set->folder->path, special_in_prerequisite);
    for (size_t i = 0; i < set->module_count; i++) {
        put_text(output, " \\\n  ");
        put_make_name(output, set->modules[i].folder.path, special_in_prerequisite);
    }
    /* Where each migration has a folder, a file may appear in it. */
    const struct folder *folder = set->folder;
    for (size_t i = 0; i < folder->items.count; i++) {
        if (folder->dialect->layout == LAYOUT_FILES || !folder->items.of[i].is_folder)
            continue;
        put_text(output, " \\\n  ");
        put_make_name(output, folder->path, special_in_prerequisite);
        put_char(output, '/');
        put_make_name(output, folder->items.of[i].path, special_in_prerequisite);
    }
    put_sources(output, set, emission, &(struct listing){" \\\n  ", "", special_in_prerequisite});
    put_char(output, '\n');
    put_sources(output, set, emission, &(struct listing){"\n", ":\n", special_in_target});
}
