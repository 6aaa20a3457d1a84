/*
 * drift.h - a live database's schema against that of the program's migrations: what
 * migc_drift() and the commands that look for differences share.
 */
#ifndef MIGC_DRIFT_H
#define MIGC_DRIFT_H

#include "schema/schema.h"

/* Compares the schema of a session's database with that of its set's migrations up to `version`
 * (MIGC_LATEST: all), which run in memory, on a connection that options->on_open prepares, and
 * up to the session's deadline.  Reads only, inside the transaction where one is open.  SQLite or
 * migc error in *error.  Returns MIGC_OK, MIGC_DRIFTED when at least one difference was reported,
 * or why it could not. */
migc_code migci_drift(const migci_session *of, int64_t version, migci_difference_function *report,
                      void *argument, migc_error *error);

#endif
