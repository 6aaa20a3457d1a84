/*
 * proof_uses.c - checks that what the whole set makes can be used: each view, trigger and
 * full-text index.
 */
#include "proof.h"

#include <string.h>

struct uses {
    migci_proof *proof;
    sqlite3 *db;
};

static void report_broken_use(const migci_broken *broken, void *argument) {
    const struct uses *uses = argument;
    migci_proof *proof = uses->proof;
    char text[600];
    migci_finding finding = {0};
    finding.kind = MIGCI_FOUND_BROKEN;
    finding.index = proof->set->count;
    finding.reason = migci_say(text, sizeof(text), "when all have run, %s", broken->text);
    finding.db = uses->db;
    proof->faults++;
    proof->report(proof->user, &finding);
}

void migci_prove_uses(migci_proof *proof, sqlite3 *db) {
    struct uses uses = {proof, db};
    if (!proof->uses || proof->no_memory)
        return;
    int code = migci_broken_objects(db, report_broken_use, &uses);
    if (code == SQLITE_OK)
        code = migci_broken_counters(db, report_broken_use, &uses);
    if (code == SQLITE_OK)
        code = migci_broken_indexes(db, report_broken_use, &uses);
    migci_proof_lacks_memory(proof, code);
}
