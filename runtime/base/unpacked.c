/*
 * unpacked.c - migc_unpack(), for programs that look inside a set.
 */
#include "base/core.h"

const migc_set *migc_unpack(const migc_set *set, void **memory) {
    migci_memory used = {NULL};
    const migc_set *unpacked = set->abi == MIGC_ABI ? migci_unpack_set(set, &used) : NULL;
    if (!unpacked)
        migci_free_all(&used);
    *memory = used.blocks;
    return unpacked;
}

void migc_unpack_free(void *memory) {
    migci_memory used = {memory};
    migci_free_all(&used);
}
