/*
 * proof_effect.c - learns what the run of one migration touched and made.
 */
#include "proof.h"

migc_code migci_verify_up(migci_local *local) {
    if (!local->migration->verify_count)
        return MIGC_OK;
    migc_code code = migci_verify(&local->sandbox->session, local->migration);
    local->effect->outside |= local->sandbox->watch.outside;
    return code;
}

void migci_learn_touched(migci_local *local, const migci_watch *watch) {
    migci_watch_learn(watch, local->index);
    sqlite3_str *list = sqlite3_str_new(NULL);
    sqlite3_str_appendf(list, "%s%s%s", local->touched ? local->touched : "",
                        migci_watch_list(watch->touched), migci_watch_list(watch->created));
    char *text = sqlite3_str_finish(list);
    local->touched = text ? migci_copy(&local->memory, text) : NULL;
    local->proof->no_memory |= !text || !local->touched;
    sqlite3_free(text);
    local->effect->outside |= watch->outside;
}

void migci_learn_up(migci_local *local, int64_t changes, int64_t clock) {
    migci_proof *proof = local->proof;
    const migci_watch *watch = &local->sandbox->watch;
    migci_effect *effect = local->effect;
    effect->rows_changed = sqlite3_total_changes64(local->sandbox->db) - changes;
    effect->touches_existing = watch->touches_existing;
    effect->is_nondeterministic = watch->reads_chance || migci_proof_clock(proof) != clock;
    effect->made = migci_copy(&proof->memory, migci_watch_list(watch->made));
    effect->created = migci_copy(&proof->memory, migci_watch_list(watch->created));
    proof->no_memory |= !effect->made || !effect->created;
}

void migci_before_down(migci_local *local, size_t index) {
    migci_proof *proof = local->proof;
    if (!proof->only_up || proof->before_down_called || migci_sandbox_is_lost(local->sandbox))
        return;
    if (proof->before_down)
        proof->before_down(proof->user, local->sandbox->db, index);
    proof->before_down_called = true;
}
