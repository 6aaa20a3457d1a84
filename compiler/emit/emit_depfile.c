/*
 * emit_depfile.c - tells make what the outputs were made from: the folder, so that
 * a new file counts, and every file in it that does.
 *
 * Each file also gets an empty rule: one that was removed is no error.
 */
#include "emit.h"

#include <string.h>

/* As make reads names; backslashes count double before what they would escape. */
static void put_make_name(struct output *output, const char *name) {
    size_t backslashes = 0;
    for (; *name; name++) {
        if (*name == '$')
            put_char(output, '$');
        else if (strchr(" \t#:%", *name))
            for (size_t i = 0; i <= backslashes; i++)
                put_char(output, '\\');
        backslashes = *name == '\\' ? backslashes + 1 : 0;
        put_char(output, *name);
    }
}

static void put_source(struct output *output, const char *before, const struct source *source,
                       const char *after) {
    if (source->text) {
        put_text(output, before);
        put_make_name(output, source->path);
        put_text(output, after);
    }
}

/* A module's folder counts as the set's own does, and is no target: only files go. */
static void put_modules(struct output *output, const struct set *set, const char *before,
                        const char *after) {
    for (size_t i = 0; i < set->module_count; i++) {
        const struct module *module = &set->modules[i];
        for (size_t m = 0; m < module->set.count; m++)
            put_source(output, before, &module->set.migrations[m].source, after);
        put_source(output, before, &module->conf.source, after);
    }
}

static void put_sources(struct output *output, const struct set *set, const char *before,
                        const char *after) {
    for (size_t i = 0; i < count_all(set); i++)
        put_source(output, before, &set->migrations[i].source, after);
    put_source(output, before, &set->conf->source, after);
    put_source(output, before, &set->lock->source, after);
    put_modules(output, set, before, after);
}

void emit_depfile(struct output *output, const struct set *set, const struct emission *emission) {
    if (emission->target) {
        put_text(output, emission->target);
    } else {
        put_make_name(output, emission->source);
        put_char(output, ' ');
        put_make_name(output, emission->header);
    }
    put_text(output, ": ");
    put_make_name(output, set->folder->path);
    for (size_t i = 0; i < set->module_count; i++) {
        put_text(output, " \\\n  ");
        put_make_name(output, set->modules[i].folder.path);
    }
    put_sources(output, set, " \\\n  ", "");
    put_char(output, '\n');
    put_sources(output, set, "\n", ":\n");
}
