/*
 * drift.h - a live database's schema against that of the program's migrations: what
 * migc_drift() and the commands that look for differences share.
 */
#ifndef MIGC_DRIFT_H
#define MIGC_DRIFT_H

#include "schema/schema.h"

/* Compares db's schema with that of the set's migrations up to `version` (MIGC_LATEST: all),
 * which run in memory, on a connection that options->on_open prepares; what `ignore` fits
 * (migc_drift()) is left out.  Reads only, inside the transaction of `db` where one is open.
 * SQLite or migc error in *error.  Returns MIGC_OK, MIGC_DRIFTED when at least one difference
 * was reported, or why it could not. */
migc_code migci_drift(sqlite3 *db, const migc_set *set, int64_t version,
                      const migc_options *options, const char *const *ignore,
                      migci_difference_function *report, void *argument, migc_error *error);

#endif
