/*
 * prove.h - runs the set.  The proof itself is the runtime's (proof.h), so that a host can run it
 * too; here are its input, its clocks, what it finds as diagnostics, and the finished database.
 */
#ifndef PROVE_H
#define PROVE_H

#include "cache.h"

#include <proof/proof.h>

/* A database on which the first `until` UPs ran once, and nothing else ran. */
struct base {
    unsigned char *bytes; /* SQLite's memory, or of the cache; NULL: there is none */
    size_t size, until;
};

/* A new database, as the proof leaves it. */
struct ready {
    unsigned char *bytes; /* SQLite's memory; NULL: the set has to run for it */
    size_t size;
    struct base base;
    const char *released; /* the same after the released migrations; NULL: not known */
    size_t released_size, released_until;
    size_t independent; /* so many migrations are known to be, from the first on */
    struct cache cache;
};

/* Runs the set in memory: UP, DOWN and UP again of each migration, then the whole chain; and on
 * rows that it makes up, each table in `rows_limit` tries (0: none).  A statement may take `limit`
 * million instructions of SQLite, 0: any number. */
struct proof_order {
    long limit, rows_limit;
    const char *const *from; /* databases on which it is also proven */
    size_t from_count;
    struct ready *ready; /* where to leave what is known of a new database, or NULL */
    const char *cache;   /* the folder that keeps what is known of released migrations, or NULL */
    bool cache_reads;    /* existing parts of the cache are used */
};

void prove_set(const struct set *set, const struct proof_order *order, struct arena *arena,
               struct diagnostics *diagnostics);

/* Sets SQLite up for a proof: lack of memory ends the program.  Before the first use of SQLite. */
void require_memory(void);

/* --------------------------------------------------------- snapshot: snapshot.c, pack.c */

/* Whether a statement of the set calls the function. */
bool calls_function(const struct set *set, const char *function);
/* Gives the lowered set its snapshot, if running the set always gives the same bytes and these are
 * not too many; else reports why not (-Wreplay). */
void make_snapshot(const struct set *set, const struct proof_order *order, struct arena *arena,
                   struct diagnostics *diagnostics);

/* Whether the words of the UPs from `first` to `end` show that they always make the same
 * database. */
bool are_independent(const struct set *set, size_t first, size_t end);
/* The database of a chain on which each UP ran once is the finished one. */
void take_ready(struct ready *ready, const migc_set *set, sqlite3 *db);
void free_ready(struct ready *ready);

/* Appends what migc.h's struct migc_snapshot describes. */
void pack_bytes(struct buffer *packed, const unsigned char *bytes, size_t size);

/* ------------------------------------------------------ clocks: prove_clock.c */

enum { PROVE_CLOCKS = 2 };

struct clock {
    sqlite3_vfs vfs;
    sqlite3_int64 now, readings;
};

void clocks_begin(struct clock clocks[PROVE_CLOCKS]);
void clocks_end(struct clock clocks[PROVE_CLOCKS]);
/* An empty database in memory, with this clock and this seed. */
sqlite3 *open_at(int clock);
/* Sets up an empty database as a snapshot's is. */
bool prepare_like_snapshot(sqlite3 *db);
/* Resets random numbers and last_insert_rowid() to those of a new connection, so that the rest of
 * the run is the same as on a database from the cache. */
void begin_anew(sqlite3 *db);

/* -------------------------------------------------------- hosts: prove_host.c */

/* Adds what the host would provide.  False: something is missing, which is reported. */
bool provide_all(sqlite3 *db, const struct conf *conf, struct diagnostics *diagnostics);

/* --------------------------------------------- the proof: prove.c, prove_location.c */

struct prover {
    const struct set *set;
    migc_set view; /* the set as the proof runs it */
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct clock clocks[PROVE_CLOCKS];
    struct location test_location; /* of the TEST row that was refused */
    struct effect_words *words;    /* one for each migration: what UP changed */
    struct lint lint;
    const char *from; /* the database that open() copies, or NULL: an empty one */
    bool *faulty;     /* one for each migration: the proof found a fault in it */
    bool *unproven;   /* likewise: it fails after one that fails */
    struct cache cache;
    struct ready *ready; /* or NULL */
    struct base base;
    const char *excerpt;       /* makes all that is connected with the last migration; or NULL */
    const char *kept_database; /* of the released migrations, as it was kept */
    size_t kept_size;
    size_t independent;   /* so many migrations are known to be, from the first on */
    bool only_up_at_halt; /* proof.only_up when the released migrations were up */
    size_t first_report;  /* of the chain */
    migci_proof proof;
};

/* --------------------------------------------------- foreign keys: prove_key.c */

/* Reports what the check of foreign keys found at the end.  False: the failure is another. */
bool report_broken_key(struct prover *prover, const migci_finding *finding,
                       enum section_kind section, const char *before);

/* ------------------------------------------------------ the set: prove_view.c */

/* The set that the proof runs; it shares the steps of the lowered set. */
migc_set make_view(const struct set *set, struct arena *arena);
/* The step of the source that an error of the runtime is about, or NULL. */
const struct step *step_of(const struct prover *prover, size_t index, unsigned step);

/* --------------------------------------------------- effects: prove_effect.c */

enum effect_verb {
    EFFECT_CREATES,
    EFFECT_RENAMES,
    EFFECT_ADDS,
    EFFECT_DROPS,
    EFFECT_CHANGES,
    EFFECT_FILLS,
    EFFECT_UPDATES,
    EFFECT_DELETES,
    EFFECT_VERBS
};

struct effect {
    enum effect_verb verb;
    migci_object_type type;
    const char *table, *name; /* in lower case */
    const char *text;         /* "index users_email"; NULL: another effect says it */
};

/* What one UP does. */
struct effect_words {
    bool known; /* found by comparing schemas; else from CREATE statements */
    struct effect *items;
    size_t count, capacity;
};

void add_effect(struct prover *prover, size_t index, const migci_difference *difference);
void add_effect_item(struct prover *prover, size_t index, struct effect item);
/* Notes the columns of the tables that only the first schema has, whose loss is not reported by
 * itself. */
void keep_columns(struct prover *prover, size_t index, const migci_schema *with,
                  const migci_schema *without, enum effect_verb verb);
/* Takes the next line off a list, which may be NULL; NULL: no line is left. */
const char *next_of_list(const char **list, size_t *size);
/* The name of the statement's object, as it is written there. */
const char *written_name(const struct statement *statement, struct arena *arena);
/* Puts effects and touched tables into the lowered migrations. */
void keep_effects(struct prover *prover);

/* ---------------------------------------- hints: prove_hint.c, prove_slip.c */

/* Adds notes to SQLite's message about a statement: the existing columns, the nearest name, where
 * an object was dropped or renamed. */
void hint(struct prover *prover, const migci_finding *finding, const struct complaint *complaint,
          struct location location);
#define HINT_NEW_TABLE "make a new table, copy the rows, drop the old one and rename the new one"
/* Adds a note about what the author meant, where SQLite refused a token at `location`. */
void hint_slip(struct prover *prover, const struct migration *migration, const struct step *step,
               struct location location, const char *said);

#endif
