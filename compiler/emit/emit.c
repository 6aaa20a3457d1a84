/*
 * emit.c - the files that a build writes: all of them appear, or none.
 */
#include "emit.h"

void emit_files(const struct set *set, const struct emission *emission, struct arena *arena,
                struct diagnostics *diagnostics) {
    struct output *outputs = arena_take(arena, 3 * sizeof(*outputs));
    size_t count = 2;
    if (emission->depfile && !check_depfile(set, emission, diagnostics))
        return;
    open_output(&outputs[0], arena, emission->source);
    emit_source(&outputs[0], set->lowered, emission);
    open_output(&outputs[1], arena, emission->header);
    emit_header(&outputs[1], set->lowered);
    if (emission->depfile) {
        open_output(&outputs[count], arena, emission->depfile);
        emit_depfile(&outputs[count++], set, emission);
    }
    commit_outputs(outputs, count, diagnostics);
}
