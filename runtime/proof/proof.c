/*
 * proof.c - proves the numbered migrations, one after the other on one database: each goes up,
 * down and up again (proof_local.c), and stays up.
 *
 * Each migration restores what was there before it, so all of them together come down and up
 * again.  After an UP that fails, the later migrations are proven on what its statements leave,
 * without the ones that fail.  A later failure may be caused by that, so such a migration is
 * reported as not proven.
 */
#include "proof.h"

#include <assert.h>
#include <string.h>

size_t migci_proof_effects(const migc_set *set) {
    return set->count + 1 + (set->repeatables ? set->repeatables->count + 1 : 0);
}

/* ------------------------------------------------------------------- one by one */

/* Proves a migration with TEST rows, or outside transactions, on a copy; then runs its UP on the
 * chain. */
static bool prove_on_copy(migci_chain *chain, size_t index) {
    migci_chain copy = {.proof = chain->proof, .broken = chain->broken};
    bool worked = false, only_up = chain->proof->only_up;
    if (migci_chain_copy(&copy, &chain->sandbox))
        worked = migci_prove_one(&copy, index, true);
    else
        chain->proof->no_memory = true;
    migci_chain_close(&copy);
    chain->proof->only_up = only_up;
    if (chain->proof->no_memory || !worked)
        return false;
    if (migci_sandbox_run(&chain->sandbox, index, false) != MIGC_OK)
        return false;
    chain->stale = true;
    chain->sound = false;
    return true;
}

static void prove_next(migci_chain *chain, size_t index) {
    migci_proof *proof = chain->proof;
    const migc_migration *migration = &proof->set->migrations[index];
    for (unsigned s = 0; s < migration->up_count + migration->down_count; s++)
        proof->effects[index].calls |= migration->steps[s].call != NULL;
    bool on_copy = !migci_sandbox_nests(migration, false) ||
                   !migci_sandbox_nests(migration, true) ||
                   (proof->has_test && proof->load_test && proof->has_test(proof->user, index));
    bool worked = on_copy ? prove_on_copy(chain, index) : migci_prove_one(chain, index, false);
    if (proof->no_memory)
        return;
    if (migci_sandbox_is_lost(&chain->sandbox) && !migci_climb_again(chain, index + worked))
        return;
    proof->only_up &= worked;
    if (worked) {
        if (!chain->broken)
            proof->reached = index + 1;
        return;
    }
    if (chain->broken) {
        migci_finding finding = {0};
        finding.kind = MIGCI_FOUND_UNPROVEN;
        finding.index = index;
        proof->report(proof->user, &finding);
    }
    chain->broken = true;
    chain->stale = true;
    migci_run_leniently(chain, index);
    if (migci_sandbox_is_lost(&chain->sandbox))
        migci_climb_again(chain, index + 1);
}

static void prove_numbered(migci_proof *proof) {
    migci_chain chain = {.proof = proof};
    /* Only lack of memory keeps the database of earlier proven migrations from being restored. */
    proof->no_memory |=
        !migci_sandbox_open(&chain.sandbox, proof) || !migci_sandbox_open(&chain.trial, proof) ||
        (proof->known && !migci_sandbox_between(&chain.sandbox, proof->restore, proof->user));
    if (!proof->no_memory) {
        proof->reached = proof->known;
        proof->only_up |= !proof->known;
    }
    for (size_t i = proof->known; i < proof->set->count && !proof->no_memory; i++) {
        prove_next(&chain, i);
        if (i + 1 == proof->halt && !chain.broken && !proof->no_memory)
            migci_sandbox_between(&chain.sandbox, proof->halted, proof->user);
    }
    if (!proof->no_memory && !chain.broken) {
        migci_prove_deterministic(proof, chain.sandbox.db);
        migci_prove_uses(proof, chain.sandbox.db);
        if (proof->finished && migci_chain_look(&chain, false))
            proof->finished(proof->user, chain.sandbox.db, &chain.schema);
    }
    if (!proof->no_memory && !chain.broken && proof->ended)
        migci_sandbox_between(&chain.sandbox, proof->ended, proof->user);
    migci_chain_close(&chain);
}

/* Repeatables come last: they are proven when no numbered migration is wrong, and the finished
 * database has them. */
migc_code migci_prove(migci_proof *proof) {
    const migc_set *set = proof->set;
    migc_set numbered = *set;
    void (*finished)(void *, sqlite3 *, const migci_schema *) = proof->finished;
    bool uses = proof->uses;
    numbered.repeatables = NULL;
    proof->set = &numbered;
    proof->finished = set->repeatables ? NULL : finished;
    proof->uses = uses && !set->repeatables;
    prove_numbered(proof);
    proof->set = set;
    proof->finished = finished;
    proof->uses = uses;
    if (set->repeatables && !proof->faults && !proof->no_memory)
        migci_prove_repeatables(proof);
    return proof->no_memory ? MIGC_NO_MEMORY : MIGC_OK;
}
