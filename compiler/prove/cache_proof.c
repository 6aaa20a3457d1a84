/*
 * cache_proof.c - keeps what the chain of the proof knows after the released migrations: their
 * effects and words, what was reported, and the database.
 */
#include "prove.h"

#include <string.h>

#define PART "proof"

static void read_kept_words(struct decoder *decoder, struct prover *prover, size_t index) {
    struct effect_words *words = &prover->words[index];
    words->known = read_below(decoder, 2) != 0;
    for (uint64_t count = read_u64(decoder); count > 0 && !decoder->bad; count--) {
        struct effect item = {.verb = (enum effect_verb)read_below(decoder, EFFECT_VERBS)};
        item.type = (migci_object_type)read_u64(decoder);
        item.table = read_string(decoder);
        item.name = read_string(decoder);
        item.text = read_string(decoder);
        decoder->bad |= !item.table || !item.name;
        add_effect_item(prover, index, item);
    }
}

/* `first`: the first report of the chain. */
void keep_proof(struct prover *prover, size_t first, sqlite3 *db) {
    struct cache *cache = &prover->cache;
    struct buffer kept = {0};
    if (!cache->folder)
        return;
    buffer_number(&kept, prover->proof.faults);
    buffer_number(&kept, prover->proof.only_up);
    prover->independent = are_independent(cache->set, 0, cache->released) ? cache->released : 0;
    buffer_number(&kept, prover->independent);
    for (size_t i = 0; i < cache->released; i++) {
        const migci_effect *effect = &prover->proof.effects[i];
        const struct effect_words *words = &prover->words[i];
        buffer_number(&kept, (uint64_t)effect->rows_changed);
        buffer_number(&kept, effect->touches_existing);
        buffer_number(&kept, effect->calls);
        buffer_number(&kept, effect->is_nondeterministic);
        buffer_number(&kept, effect->outside);
        buffer_string(&kept, effect->touched);
        buffer_string(&kept, effect->created);
        buffer_string(&kept, effect->made);
        buffer_number(&kept, words->known);
        buffer_number(&kept, words->count);
        for (size_t w = 0; w < words->count; w++) {
            buffer_number(&kept, words->items[w].verb);
            buffer_number(&kept, (uint64_t)words->items[w].type);
            buffer_string(&kept, words->items[w].table);
            buffer_string(&kept, words->items[w].name);
            buffer_string(&kept, words->items[w].text);
        }
        buffer_number(&kept, prover->faulty[i]);
    }
    if (keep_database(&kept, db) &&
        keep_reports(&kept, prover->diagnostics, first, &cache->sources))
        store_part(cache, PART, &kept);
    buffer_free(&kept);
}

bool read_proof(struct prover *prover) {
    struct decoder decoder;
    size_t count = prover->cache.released;
    if (!load_part(&prover->cache, PART, &decoder))
        return false;
    prover->proof.faults = (size_t)read_u64(&decoder);
    prover->only_up_at_halt = prover->proof.only_up = read_below(&decoder, 2) != 0;
    prover->independent = (size_t)read_below(&decoder, count + 1);
    for (size_t i = 0; i < count && !decoder.bad; i++) {
        migci_effect *effect = &prover->proof.effects[i];
        effect->rows_changed = (int64_t)read_u64(&decoder);
        effect->touches_existing = read_below(&decoder, 2) != 0;
        effect->calls = read_below(&decoder, 2) != 0;
        effect->is_nondeterministic = read_below(&decoder, 2) != 0;
        effect->outside = read_below(&decoder, 2) != 0;
        effect->touched = read_string(&decoder);
        effect->created = read_string(&decoder);
        effect->made = read_string(&decoder);
        read_kept_words(&decoder, prover, i);
        prover->faulty[i] = read_below(&decoder, 2) != 0;
    }
    prover->kept_database = read_block(&decoder, &prover->kept_size);
    if (!decoder.bad && report_kept(&decoder, prover->diagnostics, &prover->cache.sources))
        return true;
    memset(prover->proof.effects, 0, count * sizeof(*prover->proof.effects));
    memset(prover->words, 0, count * sizeof(*prover->words));
    memset(prover->faulty, 0, count);
    prover->proof.faults = prover->independent = prover->kept_size = 0;
    prover->only_up_at_halt = prover->proof.only_up = false;
    return false;
}
