/*
 * session_keep.c - for results with migrations of the set, which outlive a session.
 */
#include "base/core.h"

void *migci_session_keep(migci_session *session) {
    migci_memory *kept = &session->unpacked;
    migci_add_memory(kept, &session->memory);
    void *blocks = kept->blocks;
    kept->blocks = NULL;
    return blocks;
}
