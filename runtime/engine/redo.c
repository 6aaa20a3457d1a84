/*
 * redo.c - migc_redo().
 */
#include "engine/engine.h"

migc_code migc_redo(sqlite3 *db, const migc_set *set, size_t count, const migc_options *options,
                    migc_error *error) {
    migci_target redo = {&migci_redo, (int64_t)count};
    return migci_run(db, set, redo, options, error);
}
