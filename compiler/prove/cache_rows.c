/*
 * cache_rows.c - keeps the made-up rows as the released migrations leave them, for the next build.
 *
 * The rows of a table depend on what later migrations demand of its columns (rows_wish.c), also
 * migrations that are not released.  Each question about these is kept with its answer.  The kept
 * rows are used if all answers are still the same.
 */
#include "rows.h"

#include <string.h>

#define PART "rows"

/* As a hash. */
static void sum_answer(struct rows *rows, const char *question, size_t size, char sum[HASH_SIZE]) {
    struct decoder decoder = {question, question + size, false};
    struct hasher *hasher = create_hasher();
    struct buffer answer = {0};
    answer_question(rows, &decoder, &answer);
    hash_bytes(hasher, answer.bytes, answer.size);
    hash_finish(hasher, sum);
    buffer_free(&answer);
    free_hasher(hasher);
}

static bool has_same_answers(struct rows *rows, struct decoder *decoder) {
    bool same = true;
    while (same && read_below(decoder, 2)) {
        char sum[HASH_SIZE];
        size_t size;
        const char *question = read_block(decoder, &size);
        const char *kept = read_string(decoder);
        if (decoder->bad || !kept)
            return false;
        sum_answer(rows, question, size, sum);
        same = strcmp(sum, kept) == 0;
    }
    return same && !decoder->bad;
}

/* ------------------------------------------------------------------------- rows */

/* No database is kept if no row was made up: the chain's is the same. */
void keep_rows_part(struct rows *rows, sqlite3 *db) {
    struct prover *prover = rows->prover;
    struct buffer kept = {0};
    if (!rows->questions)
        return;
    for (size_t i = 0; i < TEXT_BUCKETS; i++)
        for (const struct text_item *at = rows->questions->buckets[i]; at; at = at->next) {
            char sum[HASH_SIZE];
            sum_answer(rows, at->bytes, at->size, sum);
            buffer_number(&kept, 1);
            buffer_block(&kept, at->bytes, at->size);
            buffer_string(&kept, sum);
        }
    buffer_number(&kept, 0);
    buffer_number(&kept, rows->shrunk);
    for (const struct row_record *record = rows->records; record; record = record->next) {
        buffer_string(&kept, record->key);
        buffer_number(&kept, record->filled);
        buffer_number(&kept, record->given);
        buffer_number(&kept, record->columns);
        buffer_string(&kept, record->reason);
    }
    buffer_string(&kept, NULL);
    buffer_number(&kept, db != NULL);
    if ((!db || keep_database(&kept, db)) &&
        keep_reports(&kept, prover->diagnostics, rows->first_report, &prover->cache.sources))
        store_part(&prover->cache, PART, &kept);
    buffer_free(&kept);
}

bool read_rows_part(struct rows *rows) {
    struct prover *prover = rows->prover;
    struct decoder decoder;
    size_t size;
    if (!prover->proof.known || !load_part(&prover->cache, PART, &decoder) ||
        !has_same_answers(rows, &decoder))
        return false;
    rows->shrunk = (size_t)read_u64(&decoder);
    for (const char *key; (key = read_string(&decoder)) != NULL;) {
        struct row_record *record = record_of(rows, key);
        record->filled = read_below(&decoder, 2) != 0;
        record->given = read_below(&decoder, 2) != 0;
        record->columns = (size_t)read_u64(&decoder);
        record->reason = read_string(&decoder);
    }
    const char *database = prover->kept_database;
    size = prover->kept_size;
    bool touched = read_below(&decoder, 2) != 0;
    if (touched)
        database = read_block(&decoder, &size);
    if (!decoder.bad && report_kept(&decoder, prover->diagnostics, &prover->cache.sources)) {
        rows->kept_database = database;
        rows->kept_size = size;
        rows->touched = touched;
        return true;
    }
    rows->records = NULL;
    rows->shrunk = 0;
    return false;
}
