/*
 * proof.h - runs a set in memory and finds what would fail in the field.
 *
 * The compiler proves what it emits, and a host proves itself with "selftest".  Both use this,
 * and this uses the engine, so what was proven is what will run.
 *
 * The files, from the lowest: proof_watch.c sees what statements touch, proof_sandbox.c runs
 * migrations in a transaction, proof_chain.c knows the schema and the rows, proof_effect.c
 * learns from a run; proof_excerpt.c, proof_trial.c and proof_create.c are shorter ways to a
 * proof; proof_local.c proves one migration, proof.c all of them. proof_deterministic.c,
 * proof_uses.c and proof_repeat.c prove what is about the whole set.
 */
#ifndef MIGC_PROOF_H
#define MIGC_PROOF_H

#include "engine/engine.h"
#include "schema/schema.h"

#include <stdbool.h>

/* The kinds of findings, and the members of migci_finding that each one sets. */
#define MIGCI_FINDINGS(X)                                                                          \
    X(UP_FAILED)    /* SQLite or the engine refused UP; `error` */                                 \
    X(TEST_FAILED)  /* a TEST row was refused; `error` */                                          \
    X(DOWN_FAILED)  /* `error` */                                                                  \
    X(DOWN_DIFFERS) /* the schema is not as before UP; `difference` */                             \
    X(ROWS_LOST)    /* `table` lost `count` rows that were there before UP; `reason` */            \
    X(ROWS_CHANGED) /* likewise: `count` of its rows are different */                              \
    X(ROWS_ADDED)   /* likewise: it has `count` rows that were not there */                        \
    X(AGAIN_FAILED) /* UP after DOWN; `error` */                                                   \
    X(AGAIN_DIFFERS)                                                                               \
    X(CHAIN_DIFFERS)    /* all up, all down, all up with repeatables: not the same schema */       \
    X(UNPROVEN)         /* it fails after one that failed, perhaps because of that */              \
    X(REPEAT_FAILED)    /* of a repeatable: UP, or `down` DOWN, a second time; `error` */          \
    X(REPEAT_DIFFERS)   /* likewise: the schema differs then; `difference` */                      \
    X(REPEAT_ROWS)      /* likewise: `count` rows of `table` are different; `reason` */            \
    X(UP_CHANGED)       /* what UP did to the schema; `difference` */                              \
    X(NONDETERMINISTIC) /* it writes values into `table` that depend on time or chance */          \
    X(BROKEN)           /* in the end an object cannot be used, if proof->uses; `reason` */

typedef enum migci_finding_kind {
#define MIGCI_FINDING_ENUM(name) MIGCI_FOUND_##name,
    MIGCI_FINDINGS(MIGCI_FINDING_ENUM)
#undef MIGCI_FINDING_ENUM
} migci_finding_kind;

/* Valid during the call only. */
typedef struct migci_finding {
    migci_finding_kind kind;
    size_t index;    /* of the migration in the set; the set's count when it is about the chain */
    bool repeatable; /* it is about a repeatable; they are counted after the others */
    bool down;
    const migc_error *error;
    const char *reason; /* in words; from `error`, but without location, state and advice */
    const migci_difference *difference;
    const char *table;
    int64_t count;
    sqlite3 *db; /* as it was when it was found */
} migci_finding;

/* What a migration does, as its run showed. */
typedef struct migci_effect {
    int64_t rows_changed;
    bool touches_existing;    /* it changes rows or definitions that were there before it */
    bool calls;               /* it has steps in C */
    bool is_nondeterministic; /* it reads the clock, or draws a random number */
    bool outside;        /* it tried to reach something outside the database, and was refused */
    const char *touched; /* tables, each ended by a newline */
    const char *created; /* tables, indexes, views and triggers, likewise */
    const char *made;    /* the same with their types: "table users" */
} migci_effect;

typedef struct migci_proof {
    const migc_set *set;
    void *user;      /* of the functions below */
    void *step_user; /* what migc_user() gives to steps in C */
    /* Opens an empty database in memory; `moment`, 0 or 1, chooses its clock.  NULL: out of
     * memory. */
    sqlite3 *(*open)(void *user, int moment);
    /* Loads the TEST rows of a migration; 0 or a SQLite code, with the reason in `error`.  Or NULL. */
    int (*load_test)(void *user, sqlite3 *db, size_t index, migc_error *error);
    /* Whether the migration has TEST rows.  Or NULL. */
    bool (*has_test)(void *user, size_t index);
    /* Whether looked() must be called for it, even if it only creates.  Or NULL. */
    bool (*needs_look)(void *user, size_t index);
    /* How often the clock of open()'s databases was read so far.  Or NULL. */
    int64_t (*clock_readings)(void *user);
    void (*report)(void *user, const migci_finding *finding);
    /* The schema before and after UP, for each migration whose schema was read.  Or NULL. */
    void (*looked)(void *user, size_t index, const migci_schema *before, const migci_schema *after);
    /* All are up for the first time: this is the database that a new one will be.  Or NULL. */
    void (*finished)(void *user, sqlite3 *db, const migci_schema *schema);
    bool uses; /* views, triggers and full text are tried at the end */
    /* Called between two transactions when the first `halt` migrations are up. 0: never. */
    size_t halt;
    bool (*halted)(void *user, sqlite3 *db);
    /* The first `known` migrations were proven before, and their effects are given. restore()
     * puts the database that they leave into an empty one. 0: none was proven. */
    size_t known;
    bool (*restore)(void *user, sqlite3 *db);
    /* Called once, before the first DOWN or second UP may run: inside the transaction, with a
     * database on which the first `index` UPs ran once, and nothing else.  Or NULL. */
    void (*before_down)(void *user, sqlite3 *db, size_t index);
    /* The last migration was proven on an excerpt that has all that is connected with it: `sql`
     * makes the excerpt, rows included.  Or NULL. */
    void (*excerpted)(void *user, const char *sql);
    /* Called last, as halted() is, when all numbered migrations are up; it may change the
     * database.  Or NULL. */
    bool (*ended)(void *user, sqlite3 *db);
    int64_t limit;           /* of SQLite's instructions for one statement; 0: none */
    migci_effect *effects;   /* migci_proof_effects() of them, zeroed; the caller owns them */
    migci_memory memory;     /* of the effects' texts */
    size_t faults;           /* findings so far that report something wrong */
    size_t reached;          /* how many migrations came up */
    bool only_up;            /* so far each UP ran once on one database, and no DOWN did */
    bool before_down_called; /* or would have been, were it not NULL */
    bool no_memory;          /* memory was out: the findings may be incomplete */
} migci_proof;

/* How many effects a set has: one for each migration and one more; the same for repeatables. */
size_t migci_proof_effects(const migc_set *set);
/* Returns MIGC_OK when the proof was made, whatever it found; else MIGC_NO_MEMORY. */
migc_code migci_prove(migci_proof *proof);

/* ------------------------------------------------- watching (proof_watch.c) */

/* Sees what the statements of one connection touch, and keeps them within the database. */
typedef struct migci_watch {
    migci_proof *proof;
    size_t index;         /* the migration that runs, or the set's count */
    sqlite3_str *created; /* objects of the running migration, each ended by a newline */
    sqlite3_str *made;
    sqlite3_str *touched;
    bool touches_existing;
    bool outside;
    bool reads_chance;
    bool makes_virtual;  /* a virtual table was made since the watch began */
    bool reads_existing; /* it reads columns of what was there before it */
    int64_t spent;       /* instructions of the running statement, in thousands */
} migci_watch;

/* Opens an empty database of the proof, watched; NULL: out of memory. */
sqlite3 *migci_proof_open(migci_proof *proof, migci_watch *watch, int moment);
void migci_proof_close(migci_watch *watch, sqlite3 *db);
void migci_watch_migration(migci_watch *watch, size_t index, bool down);
/* Adds what the running migration touched so far to its effect. */
void migci_watch_learn(const migci_watch *watch, size_t index);
/* The text of a list; "" for none. */
const char *migci_watch_list(sqlite3_str *list);
/* Whether a list, each name ended by a newline, has this name, in any case. */
bool migci_watch_has(const char *list, const char *name);
/* Copies the first name of a list; returns the rest of the list. */
const char *migci_watch_next(const char *list, char *name, size_t size);
/* Sets proof->no_memory if this result of SQLite means lack of memory; returns proof->no_memory. */
bool migci_proof_lacks_memory(migci_proof *proof, int code);
/* How often the clock was read so far; 0 if nobody counts. */
int64_t migci_proof_clock(const migci_proof *proof);

/* ------------------------------------------- a sandbox (proof_sandbox.c) */

/* A database in memory on which migrations run inside a transaction that stays open. */
typedef struct migci_sandbox {
    migci_proof *proof;
    migci_watch watch;
    sqlite3 *db;
    migci_session session;
    migci_run_state run;
    migc_options options;
    migc_error error; /* of the latest run, without state and advice */
} migci_sandbox;

/* False: out of memory. */
bool migci_sandbox_open(migci_sandbox *sandbox, migci_proof *proof);
void migci_sandbox_close(migci_sandbox *sandbox);
/* Runs the steps of UP or DOWN, without VERIFY and the check of foreign keys.  If the direction
 * does not nest, the transaction is committed, with all savepoints, and another one begins. */
migc_code migci_sandbox_run(migci_sandbox *sandbox, size_t index, bool down);
/* Whether a direction can run inside the sandbox's transaction. */
bool migci_sandbox_nests(const migc_migration *migration, bool down);
/* Calls `act` with the database between two transactions.  Returns what `act` returns; false
 * when memory is out. */
bool migci_sandbox_between(migci_sandbox *sandbox, bool (*act)(void *user, sqlite3 *db),
                           void *user);
/* Runs the proof's own SQL. */
bool migci_sandbox_exec(migci_sandbox *sandbox, const char *sql);
/* Whether the transaction is gone, with all savepoints: a statement ended it, or memory was out. */
bool migci_sandbox_is_lost(const migci_sandbox *sandbox);
/* How many entries the schema has. */
int64_t migci_sandbox_objects(migci_sandbox *sandbox);
bool migci_sandbox_has_sequence(const migci_sandbox *sandbox);
/* ROLLBACK TO the savepoint, which stays. */
bool migci_sandbox_back(migci_sandbox *sandbox, const char *savepoint);
/* Keeps what was done since the savepoint, or rolls it back, and releases the savepoint.  Does
 * nothing if the transaction is lost. */
void migci_sandbox_end(migci_sandbox *sandbox, const char *savepoint, bool keep);

/* ------------------------------------- what is known of a database (proof_chain.c) */

/* The rows of a table, as hashes; a table that is not listed has no rows. */
typedef struct migci_kept_rows {
    const char *key;
    migci_memory memory;
    migci_rows rows;
    struct migci_kept_rows *next;
} migci_kept_rows;

enum { MIGCI_ROW_BUCKETS = 1024 };

/* The chain: a database on which one migration after the other is run, and what is known of it. */
typedef struct migci_chain {
    migci_proof *proof;
    migci_sandbox sandbox;
    migci_sandbox trial;                      /* an empty database; its `db` may be NULL */
    migci_memory memory;                      /* of the schema's objects, and of the list of rows */
    migci_memory frame;                       /* of the schema's lists */
    migci_schema schema;                      /* as it is now, unless `stale` */
    migci_kept_rows *rows[MIGCI_ROW_BUCKETS]; /* by the hash of their keys */
    bool stale;                               /* schema and rows must be read again */
    bool behind; /* the schema lacks what was created since it was read */
    bool broken; /* a migration below failed */
    bool seen;   /* schema was read */
    bool sound;  /* what ALTER TABLE compiles again in all of the schema is known to compile */
    int unsound; /* how often it did not compile */
    size_t seen_migrations; /* how many were looked at for `whole_only` */
    bool whole_only;        /* a migration may leave what an excerpt lacks */
} migci_chain;

/* Opens a copy of a database, which must have no savepoint open.  False: memory is out. */
bool migci_chain_copy(migci_chain *chain, migci_sandbox *from);
void migci_chain_close(migci_chain *chain);
/* Brings what is known up to date; without `rows` it must be the last call. */
bool migci_chain_look(migci_chain *chain, bool rows);
/* The schema as it is now; `old` as for migci_schema_read_again().  False: it cannot be read. */
bool migci_chain_read_schema(migci_chain *chain, migci_memory *frame, const migci_schema *old,
                             migci_schema *schema);
/* The rows of a table as they are now.  False: they cannot be read. */
bool migci_chain_read_rows(migci_chain *chain, const migci_table *table, migci_memory *memory,
                           migci_rows *rows);
/* Takes over what UP left: the schema, with the frame that holds its lists, and the rows of
 * tables that changed or that `touched` names. */
void migci_chain_advance(migci_chain *chain, migci_memory *frame, const migci_schema *after,
                         const char *touched);
/* Runs an UP that fails, each statement by itself: what works is there for those behind. */
void migci_run_leniently(migci_chain *chain, size_t index);
/* Makes the database with all before `index` anew, after something ended its transaction. */
bool migci_climb_again(migci_chain *chain, size_t index);
/* What is known of a table's rows; NULL: it has none. */
migci_kept_rows *migci_chain_rows(migci_chain *chain, const char *key);
/* Whether the rows of a table are its own, so that they are compared. */
bool migci_proof_compares(const migci_schema *schema, const migci_table *table);

/* --------------------------------------- the run of one migration (proof_effect.c) */

/* One migration while it is proven. */
typedef struct migci_local {
    migci_proof *proof;
    migci_chain *chain;
    migci_sandbox *sandbox;
    size_t index;
    const migc_migration *migration;
    migci_effect *effect;
    migci_memory frame; /* of `after` */
    migci_schema after;
    const char *touched; /* by UP and DOWN, each ended by a newline; in `memory` */
    migci_memory memory;
    char reason[600]; /* of the latest failure */
} migci_local;

/* Runs VERIFY, if there is one. */
migc_code migci_verify_up(migci_local *local);
/* Adds what the latest run touched and created to local->touched, and to the effect. */
void migci_learn_touched(migci_local *local, const migci_watch *watch);
/* Fills the effect from the first UP; before that there were so many changes and clock readings. */
void migci_learn_up(migci_local *local, int64_t changes, int64_t clock);
/* A DOWN on the chain may come next, with `index` migrations up. */
void migci_before_down(migci_local *local, size_t index);

/* ---------------------------------------------- part of a database (proof_excerpt.c) */

/* SQL that makes the part of the chain's database that the migration concerns, before its UP; in
 * `memory`. `whole`: also what is connected with that, through any number of other objects.
 * NULL: DOWN and UP again would not show the same there as on the chain, or memory is out. */
const char *migci_excerpt_of(migci_chain *chain, size_t index, bool whole, migci_memory *memory);

/* ------------------------------- DOWN and UP again, beside the chain (proof_trial.c) */

/* Whether the empty trial shows that DOWN and UP again of a migration that only creates are
 * right. `gain` is how many objects UP made on the chain, where some may have existed already
 * (IF NOT EXISTS). */
bool migci_shows_alone(migci_local *local, int64_t gain, bool had_sequence);
/* Before UP: the excerpt on which DOWN and UP again can be shown; NULL: they cannot. *whole: it
 * has all that is connected with the migration, as it should for the last one. */
const char *migci_choose_excerpt(migci_local *local, bool *whole);
/* After UP: whether the trial, with the excerpt in it, shows that DOWN and UP again are right. */
bool migci_shows_on_excerpt(migci_local *local, const char *excerpt, bool whole);
/* Whether one of the steps begins with these words; `second` may be NULL. */
bool migci_opens_with(const migc_step *steps, unsigned count, const char *first,
                      const char *second);

/* ------------------------------------------- those that only create (proof_create.c) */

/* Proves UP, DOWN and UP again.  False: it does more, or may not be right; the database is as
 * before. */
bool migci_prove_creating(migci_local *local);

/* ------------------------------------------------- one migration (proof_local.c) */

/* Proves UP, DOWN and UP again of one migration, which stays up.  False: UP failed, and the
 * database is as before. */
bool migci_prove_one(migci_chain *chain, size_t index, bool with_test);

/* -------------------------------------------------------------- the whole set */

/* Runs the set once more with another clock, and reports rows that differ
 * (proof_deterministic.c); `db` has the set as the first clock made it. */
void migci_prove_deterministic(migci_proof *proof, sqlite3 *db);

/* Reports what cannot be used in a database that has the whole set, if proof->uses; inside a
 * transaction or not (proof_uses.c). */
void migci_prove_uses(migci_proof *proof, sqlite3 *db);

/* Proves the repeatables when all others are up: each goes up twice, down twice and up again,
 * then all of the set (proof_repeat.c). */
void migci_prove_repeatables(migci_proof *proof);

#endif
