/*
 * rows_question.c - what the walk over the released migrations asks about those behind them, each
 * question once, so that it can be asked again (cache_rows.c).
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
    uint32_t hash = 2166136261u;
    if (!rows->questions || rows->index >= rows->halt)
        return;
    for (size_t i = 0; i < text->size; i++)
        hash = (hash ^ (unsigned char)text->bytes[i]) * 16777619u;
    struct row_question **at = &rows->questions->buckets[hash % QUESTION_BUCKETS];
    for (; *at; at = &(*at)->next)
        if ((*at)->text.size == text->size &&
            memcmp((*at)->text.bytes, text->bytes, text->size) == 0)
            return;
    *at = arena_take(&rows->questions->arena, sizeof(**at));
    **at = (struct row_question){
        .text = {.bytes = arena_copy(&rows->questions->arena, text->bytes, text->size),
                 .size = text->size}};
}
