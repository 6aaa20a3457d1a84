/*
 * drift.h - a live database's schema against that of the program's migrations: what
 * migc_drift() and the commands that look for differences share.
 */
#ifndef MIGC_DRIFT_H
#define MIGC_DRIFT_H

#include "engine/engine.h"
#include "schema/schema.h"

#include <stdbool.h>

/* Compares the schema of a session's database with that of its set's migrations up to `version`
 * (MIGC_LATEST: all), which run in memory, on a connection that options->on_open prepares, and
 * up to the session's deadline.  Reads only, inside the transaction where one is open.  SQLite or
 * migc error in *error.  Returns MIGC_OK, MIGC_DRIFTED when at least one difference was reported,
 * or why it could not. */
migc_code migci_drift(const migci_session *of, int64_t version, migci_difference_function *report,
                      void *argument, migc_error *error);

/* ------------------------------------------------------- replaying (replay.c) */

/* An empty database in memory, prepared by options->on_open; the caller closes *db in any case. */
migc_code migci_replay_open(migci_session *session, const migc_options *options, sqlite3 **db);
/* Applies all of the set there, as part of the session's call. */
migc_code migci_replay(migci_session *session, const migc_options *options, sqlite3 *db,
                       migc_set set, const migc_hook *hooks);
migc_code migci_fail_memory_db(migci_session *session, sqlite3 *db, int code, const char *doing);

/* ------------------------------------------------------ left out (nobodys.c) */

/* Whether a table is no migration's: of replication and the like, or of another tool's history. */
bool migci_is_nobodys_table(const char *name);
/* Whether a difference is about such a table, or what belongs to it. */
bool migci_is_nobodys(const migci_difference *difference);

#endif
