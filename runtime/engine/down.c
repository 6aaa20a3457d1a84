/*
 * down.c - migc_down() and migc_to().
 */
#include "engine/engine.h"

migc_code migc_down(sqlite3 *db, const migc_set *set, size_t count, const migc_options *options,
                    migc_error *error) {
    migci_target back = {&migci_back, (int64_t)count};
    return migci_run(db, set, back, options, error);
}

migc_code migc_to(sqlite3 *db, const migc_set *set, int64_t version, const migc_options *options,
                  migc_error *error) {
    return migci_run(db, set, migci_target_of(version), options, error);
}
