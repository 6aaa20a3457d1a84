/*
 * proof.h - runs a set in memory and finds what would fail in the field.
 *
 * The compiler proves what it emits, a host proves itself with "selftest": both
 * through this, and this through migc_up() and migc_to(), so that what was
 * proven is what will run.
 */
#ifndef MIGC_PROOF_H
#define MIGC_PROOF_H

#include "engine/engine.h"
#include "schema/schema.h"

#include <stdbool.h>

/* What was found, each with how it is told. */
#define MIGCI_FINDINGS(X)                                                                          \
    X(UP_FAILED)    /* SQLite or the engine refused UP; `error` */                                 \
    X(TEST_FAILED)  /* a TEST row was refused; `error` */                                          \
    X(DOWN_FAILED)  /* `error` */                                                                  \
    X(DOWN_DIFFERS) /* the schema is not as before UP; `difference` */                             \
    X(ROWS_LOST)    /* `table` lost `count` rows that were there before UP; `reason` */            \
    X(ROWS_CHANGED) /* likewise: `count` of its rows are others */                                 \
    X(ROWS_ADDED)   /* likewise: it has `count` rows that were not there */                        \
    X(AGAIN_FAILED) /* UP after DOWN; `error` */                                                   \
    X(AGAIN_DIFFERS)                                                                               \
    X(CHAIN_DIFFERS)    /* all up, all down, all up with repeatables: not the same schema */       \
    X(UNPROVEN)         /* it fails behind one that fails, and may stand on it */                  \
    X(REPEAT_FAILED)    /* of a repeatable: UP, or `down` DOWN, a second time; `error` */          \
    X(REPEAT_DIFFERS)   /* likewise: the schema is another then; `difference` */                   \
    X(REPEAT_ROWS)      /* likewise: `count` rows of `table` are others; `reason` */               \
    X(UP_CHANGED)       /* what UP did to the schema; `difference` */                              \
    X(NONDETERMINISTIC) /* it writes values into `table` that depend on the moment */              \
    X(BROKEN)           /* in the end an object cannot be used: where proof->uses; `reason` */

typedef enum migci_finding_kind {
#define MIGCI_FINDING_ENUM(name) MIGCI_FOUND_##name,
    MIGCI_FINDINGS(MIGCI_FINDING_ENUM)
#undef MIGCI_FINDING_ENUM
} migci_finding_kind;

/* Valid during the call only. */
typedef struct migci_finding {
    migci_finding_kind kind;
    size_t index;    /* of the migration in the set; the set's count when it is about the chain */
    bool repeatable; /* it is about one of those, which are counted behind the others */
    bool down;
    const migc_error *error;
    const char *reason; /* in words; of `error` without place, state and advice */
    const migci_difference *difference;
    const char *table;
    int64_t count;
    sqlite3 *db; /* as it was when it was found */
} migci_finding;

/* What a migration does, learned by running it. */
typedef struct migci_effect {
    int64_t rows_changed;
    bool touches_existing;    /* rows or definitions of what was there before it */
    bool calls;               /* it has steps in C */
    bool is_nondeterministic; /* the clock, or chance */
    bool outside;             /* it wanted what is outside the database, and was refused */
    const char *touched;      /* tables, each ended by a newline */
    const char *created;      /* tables, indexes, views and triggers, likewise */
    const char *made;         /* the same with what they are: "table users" */
} migci_effect;

typedef struct migci_proof {
    const migc_set *set;
    void *user;      /* of the functions below */
    void *step_user; /* what migc_user() gives to steps in C */
    /* Opens an empty database in memory; `moment` 0 or 1 chooses its clock.  NULL: out of memory. */
    sqlite3 *(*open)(void *user, int moment);
    /* Loads the TEST rows of a migration; 0 or a SQLite code, with the reason in `error`.  Or NULL. */
    int (*load_test)(void *user, sqlite3 *db, size_t index, migc_error *error);
    /* Whether it has them.  Or NULL. */
    bool (*has_test)(void *user, size_t index);
    /* Whether looked() is to see it, though it may do no more than create.  Or NULL. */
    bool (*needs_look)(void *user, size_t index);
    /* How often the clock of open()'s databases was read so far.  Or NULL. */
    int64_t (*clock_readings)(void *user);
    void (*report)(void *user, const migci_finding *finding);
    /* What UP made of the schema, for each migration that is looked at by itself.  Or NULL. */
    void (*looked)(void *user, size_t index, const migci_schema *before, const migci_schema *after);
    /* All are up, for the first time: the database as a new one will be.  Or NULL. */
    void (*finished)(void *user, sqlite3 *db, const migci_schema *schema);
    bool uses; /* views, triggers and full text are tried in the end */
    /* The first `halt` migrations are up, one upon the other: called between two transactions.
     * 0: never. */
    size_t halt;
    bool (*halted)(void *user, sqlite3 *db);
    /* The first `known` migrations were proven before, and their effects are given: puts the
     * database that they leave into an empty one.  0: none was. */
    size_t known;
    bool (*restore)(void *user, sqlite3 *db);
    /* The first DOWN, or second UP, may come next: called once, inside the transaction, with a
     * database on which the first `index` UPs ran once, and nothing else.  Or NULL. */
    void (*before_down)(void *user, sqlite3 *db, size_t index);
    /* The last migration was shown on an excerpt that has all that is connected with it: `sql` makes
     * that, rows included.  Or NULL. */
    void (*excerpted)(void *user, const char *sql);
    /* All numbered ones are up: called as halted() is, last of all, with what it may change.  Or
     * NULL. */
    bool (*ended)(void *user, sqlite3 *db);
    int64_t limit;           /* of SQLite's instructions for one statement; 0: none */
    migci_effect *effects;   /* migci_proof_effects() of them; the caller's, zeroed */
    migci_memory memory;     /* of the effects' texts */
    size_t faults;           /* findings so far that tell of something wrong */
    size_t reached;          /* how many migrations came up, one upon the other */
    bool only_up;            /* so far each UP ran once on one database, and no DOWN did */
    bool before_down_called; /* or would have been, were it not NULL */
    bool no_memory;          /* memory was out: nothing that was found is the whole truth */
} migci_proof;

/* How many effects a set has: one a migration, one more, one a repeatable, one more. */
size_t migci_proof_effects(const migc_set *set);
/* Returns MIGC_OK when the proof could be made, whatever it found; else MIGC_NO_MEMORY. */
migc_code migci_prove(migci_proof *proof);

/* ------------------------------------------------- watching (proof_watch.c) */

/* Sees what the statements of one connection touch, and keeps them inside. */
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
    bool reads_existing; /* columns of what was there before it */
    int64_t spent;       /* instructions of the running statement, in thousands */
} migci_watch;

/* Opens an empty database of the proof, watched; NULL: out of memory. */
sqlite3 *migci_proof_open(migci_proof *proof, migci_watch *watch, int moment);
void migci_proof_close(migci_watch *watch, sqlite3 *db);
void migci_watch_migration(migci_watch *watch, size_t index, bool down);
/* Adds what the running migration touched so far to what is known of it. */
void migci_watch_learn(const migci_watch *watch, size_t index);
/* The text of a list; "" for none. */
const char *migci_watch_list(sqlite3_str *list);
/* Whether a list, each name ended by a newline, has this name, in any case. */
bool migci_watch_has(const char *list, const char *name);
/* Copies the first name of a list; returns the rest of the list. */
const char *migci_watch_next(const char *list, char *name, size_t size);
/* Notes that SQLite's result is for lack of memory, in proof->no_memory, which it returns. */
bool migci_proof_lacks_memory(migci_proof *proof, int code);
/* How often the clock was read so far; 0 where nobody counts. */
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
    migc_error error; /* of the latest run; without state and advice */
} migci_sandbox;

/* False: out of memory. */
bool migci_sandbox_open(migci_sandbox *sandbox, migci_proof *proof);
void migci_sandbox_close(migci_sandbox *sandbox);
/* Runs the steps of UP or DOWN; neither VERIFY nor the check of foreign keys.  What does not
 * nest commits the transaction, with all savepoints, and begins another. */
migc_code migci_sandbox_run(migci_sandbox *sandbox, size_t index, bool down);
/* Whether a direction can run inside of the sandbox's transaction. */
bool migci_sandbox_nests(const migc_migration *migration, bool down);
/* Calls `act` with the database between two transactions; returns what it returns, and false
 * without memory. */
bool migci_sandbox_between(migci_sandbox *sandbox, bool (*act)(void *user, sqlite3 *db),
                           void *user);
/* SQL of the proof's own. */
bool migci_sandbox_exec(migci_sandbox *sandbox, const char *sql);
/* Whether the transaction is gone, with all savepoints: a statement ended it, or memory was out. */
bool migci_sandbox_is_lost(const migci_sandbox *sandbox);
/* How many entries the schema has. */
int64_t migci_sandbox_objects(migci_sandbox *sandbox);
bool migci_sandbox_has_sequence(const migci_sandbox *sandbox);
/* ROLLBACK TO the savepoint, which stays. */
bool migci_sandbox_back(migci_sandbox *sandbox, const char *savepoint);
/* Keeps what was done since the savepoint, or rolls it back, and releases the savepoint.  Does
 * nothing where the transaction is lost. */
void migci_sandbox_end(migci_sandbox *sandbox, const char *savepoint, bool keep);

/* ------------------------------------- what is known of a database (proof_chain.c) */

/* The rows of a table, as hashes; a table that is not listed has none. */
typedef struct migci_kept_rows {
    const char *key;
    migci_memory memory;
    migci_rows rows;
    struct migci_kept_rows *next;
} migci_kept_rows;

enum { MIGCI_ROW_BUCKETS = 1024 };

/* A database that climbs from migration to migration, and what is known of it. */
typedef struct migci_chain {
    migci_proof *proof;
    migci_sandbox sandbox;
    migci_sandbox trial; /* an empty database; its `db` may be NULL */
    migci_memory memory; /* of what the schema lists, and of the list of rows */
    migci_memory frame;  /* of the schema's lists */
    migci_schema schema; /* as it is now, unless `stale` */
    migci_kept_rows *rows[MIGCI_ROW_BUCKETS]; /* by the hash of their keys */
    bool stale;                               /* schema and rows are to be read again */
    bool behind;            /* the schema lacks what was created since it was read */
    bool broken;            /* a migration below failed */
    bool seen;              /* schema was read */
    bool sound;             /* what ALTER TABLE looks at in all of the schema is known to compile */
    int unsound;            /* how often it did not compile */
    size_t seen_migrations; /* so many were looked at for `whole_only` */
    bool whole_only;        /* a migration may leave what an excerpt lacks */
} migci_chain;

/* Opens a copy of a database that has no savepoint open.  False: memory is out. */
bool migci_chain_copy(migci_chain *chain, migci_sandbox *from);
void migci_chain_close(migci_chain *chain);
/* Brings what is known up to date; without the rows it is the last look. */
bool migci_chain_look(migci_chain *chain, bool rows);
/* The schema as it is now; `old` as for migci_schema_read_again().  False: it cannot be read. */
bool migci_chain_read_schema(migci_chain *chain, migci_memory *frame, const migci_schema *old,
                             migci_schema *schema);
/* The rows of a table as they are now.  False: they cannot be read. */
bool migci_chain_read_rows(migci_chain *chain, const migci_table *table, migci_memory *memory,
                           migci_rows *rows);
/* Takes over what UP left: the schema, with the frame that holds its lists, and the rows of the
 * tables that changed or that `touched` names. */
void migci_chain_advance(migci_chain *chain, migci_memory *frame, const migci_schema *after,
                         const char *touched);
/* What is known of a table's rows; NULL: it has none. */
migci_kept_rows *migci_chain_rows(migci_chain *chain, const char *key);
/* Whether the rows of a table are its own, and compared. */
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

/* SQL that makes what the migration concerns of the chain's database, before its UP; in `memory`.
 * `whole`: and all that is connected with that, through any number of others.  NULL: DOWN and UP
 * again on that would not show the same as on the chain, or memory is out. */
const char *migci_excerpt_of(migci_chain *chain, size_t index, bool whole, migci_memory *memory);

/* ------------------------------- DOWN and UP again, beside the chain (proof_trial.c) */

/* Whether the trial, with nothing in it, shows that DOWN and UP again of a migration that only
 * creates are right.  `gain` is how many objects UP made on the chain, where some may have been
 * there already (IF NOT EXISTS). */
bool migci_shows_alone(migci_local *local, int64_t gain, bool had_sequence);
/* Before UP: the excerpt on which DOWN and UP again can be shown; NULL: they cannot.  *whole: it has
 * all that is connected with the migration, which is asked of the last. */
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

/* Makes the database with all before `index` anew, after something ended its transaction. */
bool migci_climb_again(migci_chain *chain, size_t index);
/* UP, DOWN and UP again of one migration, which stays up; with TEST rows where that is asked.
 * False: UP failed, and the database is as before. */
bool migci_prove_one(migci_chain *chain, size_t index, bool with_test);

/* -------------------------------------------------------------- the whole set */

/* Runs the set once more at another moment, and looks for rows that are others then
 * (proof_deterministic.c); `db` is the set at the first moment. */
void migci_prove_deterministic(migci_proof *proof, sqlite3 *db);

/* Reports what cannot be used in a database that has the whole set, where proof->uses; in no
 * transaction or in one (proof_uses.c). */
void migci_prove_uses(migci_proof *proof, sqlite3 *db);

/* The repeatables, on top of all others: each twice up, twice down and up again, then all
 * with the others (proof_repeat.c). */
void migci_prove_repeatables(migci_proof *proof);

#endif
