/*
 * drift.h - the schema of a database compared with the one that a set makes.
 */
#ifndef MIGC_DRIFT_H
#define MIGC_DRIFT_H

#include "schema.h"

/*
 * Replays the set up to `version` in memory, and reports how the schema of `db` differs by
 * meaning.  Objects whose name is like one of the patterns in `ignore` (GLOB, ended by NULL;
 * or NULL) are not looked at.  Works inside a transaction of the caller's.  MIGC_OK,
 * MIGC_DRIFTED when something was reported, or why it could not.
 */
migc_code migci_drift(sqlite3 *db, const migc_set *set, int64_t version,
                      const migc_options *options, const char *const *ignore,
                      migci_difference_function *report, void *argument, migc_error *error);

#endif
