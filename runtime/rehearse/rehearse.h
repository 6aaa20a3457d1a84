/*
 * rehearse.h - shared by the files of a rehearsal: the run (rehearse.c), what it measures
 * (rehearse_measure.c), which tables' rows change (rehearse_rows.c), and the copy
 * (rehearse_copy.c).
 */
#ifndef MIGC_REHEARSE_H
#define MIGC_REHEARSE_H

#include "engine/engine.h"
#include "schema/schema.h"

/* --------------------------------------------- rows by table (rehearse_rows.c) */

typedef struct migci_tally {
    const char *name;
    int64_t before, root;
    int64_t inserted, updated, deleted;
    bool without_rowid, is_virtual, is_shadow;
    bool exists, remade;
    unsigned round; /* of looking at the schema: the last that met it */
    struct migci_tally *next, *next_in_bucket;
} migci_tally;

enum { MIGCI_BUCKETS = 256 };

/* What is known of the rows of one connection; sees each row of tables with a rowid. */
typedef struct migci_tallies {
    sqlite3 *db;
    migci_memory *memory;
    int code; /* SQLite's, of the first failure; all that follows does nothing */
    migci_tally *all, **end, *last, *buckets[MIGCI_BUCKETS];
    unsigned round;
    int64_t schema_version;
    int64_t seen;        /* rows that the update hook told of */
    int64_t own;         /* of those, in migc's tables */
    int64_t changes;     /* sqlite3_total_changes64() when the step began */
    int64_t seen_before; /* `seen`, likewise */
    int64_t own_before, shadow_before;
    int64_t other_rows;
} migci_tallies;

/* Counts the rows of all tables, and follows changes from then on. */
void migci_tallies_begin(migci_tallies *tallies, sqlite3 *db, migci_memory *memory);
void migci_tallies_end(migci_tallies *tallies);
void migci_tallies_start_step(migci_tallies *tallies);
/* Returns how many rows the step changed. */
int64_t migci_tallies_end_step(migci_tallies *tallies, const migc_step *step);
/* Counts again, and lists what changed. */
void migci_tallies_tell(migci_tallies *tallies, migc_rehearsal *rehearsal);

/* ------------------------------------------ before and after (rehearse_measure.c) */

typedef struct migci_measures {
    sqlite3 *db;
    migci_memory *memory; /* of what the rehearsal reports */
    migc_rehearsal *rehearsal;
    migci_tallies tallies;
    migci_schema schema; /* before */
    migc_rehearsed_key *keys;
    size_t key_count;
    int written; /* pages that had been written by the connection before */
    int code;    /* SQLite's, of the first failure */
} migci_measures;

void migci_measure_before(migci_measures *measures);
/* Inside the transaction, or after it. */
void migci_measure_after(migci_measures *measures);
/* Of a transaction that is about to end; the largest one is told. */
void migci_measure_journal(migci_measures *measures);

/* ------------------------------------------------------- the copy (rehearse_copy.c) */

typedef struct migci_stand_in {
    const char *path; /* ":memory:" for one without a file */
    sqlite3 *db;
    sqlite3_backup *backup;
    bool made;    /* there is a file to remove */
    int restarts; /* of the backup, others having written */
    int left;     /* pages */
} migci_stand_in;

/* Opens the copy.  0, or the failure is in the session. */
migc_code migci_copy_make(migci_session *session, migci_stand_in *copy);
/* Some pages; session's container knows the copy (rehearse.c).  SQLITE_OK: more are left,
 * SQLITE_DONE, or what SQLite said. */
int migci_copy_step(migci_stand_in *copy);
void migci_copy_remove(migci_stand_in *copy);

/* ------------------------------------------------------------- the run (rehearse.c) */

/* On a copy, in a folder or, with NULL, beside the database. */
typedef struct migci_copy_of {
    const char *folder;
} migci_copy_of;

/* What is done before and after the run, if anything: entered once it is known where it runs. */
typedef struct migci_around {
    migc_code (*enter)(void *user, migci_session *session);
    void (*leave)(void *user);
    void *user;
} migci_around;

/* migc_rehearse() and, with a copy, migc_rehearse_copy(). */
migc_code migci_rehearse(sqlite3 *db, const migc_set *set, migci_target target,
                         const migci_copy_of *copy, const migci_around *around,
                         migc_rehearsal *rehearsal, const migc_options *options, migc_error *error);
/* Where a copy goes, sqlite3_free() frees it; NULL when memory is out. */
char *migci_copy_path(sqlite3 *db, const char *folder);

#endif
