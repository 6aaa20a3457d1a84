/*
 * up.c - migc_up(): everything that is pending.
 */
#include "engine/engine.h"

migc_code migc_up(sqlite3 *db, const migc_set *set, const migc_options *options,
                  migc_error *error) {
    migci_target all = {NULL, 0};
    return migci_run(db, set, all, options, error);
}
