/*
 * proof_deterministic.c - finds the migrations that write nondeterministic values.
 *
 * Only a migration that read the clock or drew a random number can do that.  If there is one,
 * the set runs again with another clock and seed, and the tables that those migrations touched
 * are compared.
 */
#include "proof.h"

#include <stdlib.h>
#include <string.h>

static bool differs(migci_proof *proof, sqlite3 *a, sqlite3 *b, const char *table) {
    uint64_t digest_a[2], digest_b[2];
    int64_t count_a, count_b;
    int code = migci_rows_digest(a, table, digest_a, &count_a);
    if (code == SQLITE_OK)
        code = migci_rows_digest(b, table, digest_b, &count_b);
    if (migci_proof_lacks_memory(proof, code) || code != SQLITE_OK)
        return false;
    return count_a != count_b || memcmp(digest_a, digest_b, sizeof(digest_a)) != 0;
}

static void compare(migci_proof *proof, sqlite3 *first, sqlite3 *second) {
    char table[256];
    for (size_t i = 0; i < proof->set->count; i++) {
        migci_effect *effect = &proof->effects[i];
        if (!effect->is_nondeterministic)
            continue;
        effect->is_nondeterministic = false;
        for (const char *list = effect->touched; list && *list;) {
            list = migci_watch_next(list, table, sizeof(table));
            if (!differs(proof, first, second, table))
                continue;
            effect->is_nondeterministic = true;
            migci_finding finding = {0};
            finding.kind = MIGCI_FOUND_NONDETERMINISTIC;
            finding.index = i;
            finding.table = table;
            proof->report(proof->user, &finding);
        }
    }
}

void migci_prove_deterministic(migci_proof *proof, sqlite3 *db) {
    migci_watch watch;
    bool any = false;
    for (size_t i = 0; i < proof->set->count; i++)
        any |= proof->effects[i].is_nondeterministic;
    if (!any)
        return;
    sqlite3 *second = migci_proof_open(proof, &watch, 1);
    migc_code code = second ? migc_up(second, proof->set, NULL, NULL) : MIGC_NO_MEMORY;
    proof->no_memory |= code == MIGC_NO_MEMORY;
    if (!second)
        return;
    if (code == MIGC_OK)
        compare(proof, db, second);
    migci_proof_close(&watch, second);
}
