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

struct location location_in(const struct migration *migration, const struct step *step,
                            int offset) {
    if (offset < 0 || (size_t)offset >= step->size)
        return step_location(migration, step);
    struct lexer lexer = {.cursor = step->text + offset};
    lex_token(&lexer);
    return location_at(&migration->source, lexer.token, (size_t)(lexer.cursor - lexer.token));
}

struct location fault_location(const struct prover *prover, size_t index, const migc_step *step,
                               int offset) {
    const struct migration *migration = &prover->set->migrations[index];
    const struct step *source = step_of(prover, index, step);
    return source ? location_in(migration, source, offset) : marker_location(migration, SECTION_UP);
}
