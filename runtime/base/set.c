/*
 * set.c - what a set says by itself, whatever the database: a migration by its version, the steps
 * of one, up or down.
 */
#include "base/core.h"

#include <assert.h>

static size_t lower_bound(const migc_set *set, int64_t version) {
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->migrations[middle].version < version)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const migc_migration *migci_find(const migc_set *set, int64_t version) {
    size_t index = lower_bound(set, version);
    if (index < set->count && set->migrations[index].version == version)
        return &set->migrations[index];
    return NULL;
}

const migc_step *migci_action_steps(const migc_action *action, unsigned *count) {
    const migc_migration *migration = action->migration;
    assert(migration && (action->down == 0 || action->down == 1));
    *count = action->down ? migration->down_count : migration->up_count;
    return action->down ? migration->steps + migration->up_count : migration->steps;
}
