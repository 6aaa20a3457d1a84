/*
 * repair.h - shared by baseline and repair: changes of the history that a person asks
 * for, and its faults.
 *
 * Nothing here is used by migc_up().
 */
#ifndef MIGC_REPAIR_H
#define MIGC_REPAIR_H

#include "engine/engine.h"
#include "schema/schema.h"

/* ------------------------------------------------------ editing (edit.c) */

/* A change of the history: checked again under the write lock, then written. */
typedef struct migci_edit {
    /* Reads anew; refuses what is not, or no longer, so. */
    migc_code (*check)(migci_session *session, struct migci_edit *edit);
    migc_code (*write)(migci_session *session, struct migci_edit *edit);
    const char *doing; /* "recording the baseline" */
} migci_edit;

/* Both in one transaction, with the hooks of a run and its commit.  A dry run checks
 * without the lock and does not write. */
migc_code migci_edit_history(migci_session *session, migci_edit *edit);

/* Whether the schema is what the set makes up to `version`: MIGC_DRIFTED says what is not.
 * With MIGC_FORCE it is taken as it is. */
migc_code migci_edit_compare(migci_session *session, int64_t version);

/* -------------------------------------------------- deadline (deadline.c) */

/* Around what may take long: options->progress, where it is set. */
migc_code migci_enter_progress(migci_session *session);
void migci_leave_progress(migci_session *session);

/* ------------------------------------------------ validating (validate.c) */

typedef struct migci_validation {
    migci_session *session;
    migc_faults faults;
    size_t room;        /* for so many faults */
    migc_error problem; /* what migc_status() would say, MIGC_OK for nothing */
    const char *advice; /* which ends its message, or NULL: that of the code */
    bool no_memory;
} migci_validation;

/* Inside a transaction, so that all it reads belongs together. */
migc_code migci_validate(migci_session *session, migci_validation *validation);
/* The same in a read transaction of its own, and once more where something seems to have been
 * interrupted: it may have been at work. */
migc_code migci_validate_once(migci_session *session, migci_validation *validation);

/* ------------------------------------------------ recomputing (recompute.c) */

/* For each row, the chain of the set when all rows up to it are its beginning, in whatever
 * order; else NULL: then no chain value can be wrong.  NULL when memory is out. */
const char **migci_chains_expected(migci_session *session);
/* Whether the row has the chain that is expected of it or, all of the set being applied, the one
 * that holds the repeatables too. */
bool migci_is_chain_of(const migci_session *session, size_t row, const char *expected);
/* Whether one of the set's is that chain: what no row of another edition may have. */
bool migci_is_chain_of_set(const migc_set *set, const char *chain);
/* Reads the rows again, and writes what follows from them.  A row that was added, and that was
 * lost from a history in order, goes to its place. */
migci_outcome migci_recompute(migci_session *session, bool was_added);

/* ------------------------------------------- objects (check_objects.c) */

typedef void migci_finding_function(const char *text, void *argument);
/* What is wrong with views, triggers and AUTOINCREMENT; inside a transaction. */
migc_code migci_check_objects(migci_session *session, migci_finding_function *report,
                              void *argument);
/* What is wrong with full-text indexes; in a transaction of its own, which is rolled back, and on
 * a connection of its own where the session's only reads.  Where the file cannot be written
 * they cannot be asked. */
migc_code migci_check_full_text(migci_session *session, migci_finding_function *report,
                                void *argument);

/* -------------------------------------------------------- drift (drift.c) */

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
