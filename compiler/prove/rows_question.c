/*
 * rows_question.c - keeps the questions that the walk over the released migrations asks about
 * later ones, each once.  A build that reads the cache asks them again (cache_rows.c).
 */
#include "rows.h"

#include <string.h>

void begin_questions(struct rows *rows) {
    rows->halt = rows->prover->proof.halt;
    if (!rows->prover->cache.folder)
        return;
    rows->questions = arena_take(rows->prover->arena, sizeof(*rows->questions));
    memset(rows->questions, 0, sizeof(*rows->questions));
}

void end_questions(struct rows *rows) {
    if (rows->questions)
        arena_free(&rows->questions->arena);
    rows->questions = NULL;
}

void keep_question(struct rows *rows, const struct buffer *text) {
    if (rows->questions && rows->index < rows->halt)
        add_text(rows->questions, text->bytes, text->size);
}
