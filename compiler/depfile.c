/*
 * depfile.c - tells make what the outputs were made from: the folder, so that
 * a new file counts, and every file in it.
 *
 * Each file also gets an empty rule: one that was removed is no error.
 */
#include "compiler.h"

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

void write_depfile(struct output *output, const struct set *set, const struct options *options) {
    put_make_name(output, options->output);
    put_char(output, ' ');
    put_make_name(output, options->header);
    put_text(output, ": ");
    put_make_name(output, set->folder->path);
    for (size_t i = 0; i < set->count; i++) {
        put_text(output, " \\\n  ");
        put_make_name(output, set->migrations[i].source.path);
    }
    put_char(output, '\n');
    for (size_t i = 0; i < set->count; i++) {
        put_char(output, '\n');
        put_make_name(output, set->migrations[i].source.path);
        put_text(output, ":\n");
    }
}
