/*
 * alloc_proof_slow.c - no memory, at every point of a proof: a finding must not get lost.
 */
#include "database.h"
#include "no_memory.h"
#include "proof/proof.h"
#include "sets.h"

/* What a proof finds, and what it learns of each migration. */
struct proven {
    char text[8000];
    size_t size;
};

static void note_proven(struct proven *proven, const char *text) {
    snprintf(proven->text + proven->size, sizeof(proven->text) - proven->size, "%s;", text);
    proven->size = strlen(proven->text);
}

static sqlite3 *open_to_prove(void *user, int moment) {
    sqlite3 *db = NULL;
    (void)user;
    (void)moment;
    if (sqlite3_open(":memory:", &db) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

static void take_finding(void *user, const migci_finding *finding) {
    char text[700];
    snprintf(text, sizeof(text), "%d %zu %s", (int)finding->kind, finding->index,
             finding->reason       ? finding->reason
             : finding->difference ? finding->difference->text
                                   : "");
    note_proven(user, text);
}

static migc_code prove_again(const migc_set *set, struct proven *proven) {
    migci_effect effects[40] = {{0}};
    migci_proof proof = {.set = set,
                         .user = proven,
                         .open = open_to_prove,
                         .report = take_finding,
                         .effects = effects};
    memset(proven, 0, sizeof(*proven));
    migc_code code = migci_prove(&proof);
    for (size_t i = 0; i < set->count && code == MIGC_OK; i++)
        note_proven(proven, effects[i].touched ? effects[i].touched : "nothing is known");
    migci_free_all(&proof.memory);
    return code;
}

/* A sanitizer takes four times as long to see the same paths. */
#ifdef __SANITIZE_ADDRESS__
enum { STRIDE = 7 };
#else
enum { STRIDE = 1 };
#endif

TEST(proof, "N11 N1: no memory at any point of a proof: the same is found, or it says so") {
    static struct proven right, found;
    install_allocator();
    CHECK_INT(MIGC_OK, prove_again(&library, &right));
    allocator.reached = 1;
    for (int64_t number = 1; allocator.reached; number += STRIDE) {
        fail_allocation(number, 0);
        migc_code code = prove_again(&library, &found);
        allocator.until_failure = 0;
        CHECK_MSG(code == MIGC_NO_MEMORY || strcmp(found.text, right.text) == 0 ||
                      strstr(found.text, "out of memory"), /* of a step in C */
                  "allocation %lld: %s", (long long)number, found.text);
    }
}

#define TESTS(X) X(proof)
CHECK_MAIN(TESTS)
