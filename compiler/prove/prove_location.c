/*
 * prove_location.c - from what the runtime ran back to the source: its steps are those of the
 * sections UP, DOWN and VERIFY, in this order.
 */
#include "prove.h"

const struct step *step_of(const struct prover *prover, size_t index, const migc_step *step) {
    static const enum section_kind order[] = {SECTION_UP, SECTION_DOWN, SECTION_VERIFY};
    const struct migration *migration = &prover->set->migrations[index];
    if (!step)
        return NULL;
    size_t at = (size_t)(step - prover->emitted.migrations[index].steps);
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        const struct section *section = &migration->sections[order[i]];
        if (at < section->count)
            return &section->steps[at];
        at -= section->count;
    }
    return NULL;
}
