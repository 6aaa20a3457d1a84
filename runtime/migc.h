/*
 * migc.h - the runtime of migc: brings a SQLite database to the schema that
 * the program was built for.
 *
 *     #include "notes.h"                         emitted by migc
 *
 *     migc_error error;
 *     if (migc_up(db, &notes, NULL, &error) != MIGC_OK) {
 *         fprintf(stderr, "%s\n", error.message);
 *         return 1;
 *     }
 *
 * Every function works on the connection it is given, prints nothing, keeps no
 * global state, never exits, and leaves each PRAGMA as it found it, on success
 * and on failure.  Different threads may work on different connections; one
 * connection belongs to one call at a time.  Options and error may be NULL.
 * A zeroed struct is the default everywhere.  migc.3 is the long form of this
 * page, with examples.
 */
#ifndef MIGC_H
#define MIGC_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#if SQLITE_VERSION_NUMBER < 3038000
#error "migc needs SQLite 3.38 or newer (JSON functions, sqlite3_error_offset)"
#endif

/* Set by whoever builds the shared library; a host needs neither. */
#ifndef MIGC_API
#if defined(__GNUC__) && __GNUC__ >= 4
#define MIGC_API __attribute__((visibility("default")))
#else
#define MIGC_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The layout of the structs that migc emits.  An emitted file checks it while
 * it is compiled, the runtime checks it in every set it is handed. */
#define MIGC_ABI 1

/* ------------------------------------------------------------------ results */

/*
 * Every code: name, exit status of the command line, short text, and what a
 * person can do about it.  The last one ends every message of that code.
 */
#define MIGC_CODES(X)                                                                              \
    X(OK, 0, "done", "")                                                                           \
    X(MISUSE, 2, "wrong call", "Correct the call")                                                 \
    X(ABI_MISMATCH, 1, "emitted for another libmigc",                                              \
      "Build the program again, with migc and libmigc of one version")                             \
    X(NO_MEMORY, 1, "out of memory", "Free some memory and start again")                           \
    X(IN_TRANSACTION, 1, "the connection is inside a transaction",                                 \
      "Commit or roll back before migrating")                                                      \
    X(LOCKED, 4, "the database is locked", "Try again when the other program is done with it")     \
    X(READ_ONLY, 1, "the database is read-only",                                                   \
      "Make the file and its folder writable for this user, then start again")                     \
    X(DISK_FULL, 1, "the disk is full", "Free some space, then start again")                       \
    X(IO_ERROR, 1, "the disk could not be read or written",                                        \
      "Check the disk and the system's log, then start again")                                     \
    X(CORRUPT, 1, "the database is damaged",                                                       \
      "Keep a copy of the file as it is and restore a backup")                                     \
    X(NOT_A_DATABASE, 1, "the file is not a SQLite database", "Check the path")                    \
    X(CANNOT_OPEN, 1, "the database cannot be opened",                                             \
      "Check that the folder exists and that this user may use it")                                \
    X(NEWER, 5, "the database is newer than this program", "Install the newer program")            \
    X(EDITED, 5, "an applied migration was edited",                                                \
      "Restore the migration as it was released and put the change into a new one")                \
    X(MISSING, 5, "an applied migration is missing from this program",                             \
      "Use a program that was built with it")                                                      \
    X(OUT_OF_ORDER, 5, "a pending migration sorts before an applied one",                          \
      "Give the pending migration a higher number and build again")                                \
    X(FOREIGN, 5, "the database is managed by another tool",                                       \
      "Check the path, or use the program that manages it")                                        \
    X(UNMANAGED, 5, "the database has tables that migc did not make",                              \
      "Check the path; a program that is to take the tables over passes MIGC_ALLOW_UNMANAGED")     \
    X(APPLICATION_ID, 5, "the database belongs to another application", "Check the path")          \
    X(INTERRUPTED, 5, "a migration outside transactions was interrupted",                          \
      "Look at the statement named, then go on after the last completed one with --resume")       \
    X(STEP_FAILED, 1, "a statement failed", "Correct the migration, or the data it met")           \
    X(CALL_FAILED, 1, "a C step failed", "Correct the step, or the data it met")                   \
    X(FOREIGN_KEY, 1, "rows point at nothing", "Correct the migration, or the data it met")        \
    X(VERIFY_FAILED, 1, "a check of the migration found rows",                                     \
      "Correct the migration, or the data it met")                                                 \
    X(IRREVERSIBLE, 1, "a migration cannot be taken back", "Restore a backup instead")             \
    X(NO_SUCH_VERSION, 2, "no such migration", "The command status lists those there are")         \
    X(STOPPED, 1, "stopped on request", "Start again at any time")

typedef enum migc_code {
#define MIGC_CODE_ENUM(name, status, text, advice) MIGC_##name,
    MIGC_CODES(MIGC_CODE_ENUM)
#undef MIGC_CODE_ENUM
} migc_code;

typedef struct migc_migration migc_migration;
typedef struct migc_set migc_set;
typedef struct migc_context migc_context;

/*
 * Filled on failure, set to MIGC_OK with an empty message on success.  Holds
 * no allocated memory; `migration` points into the set.
 */
typedef struct migc_error {
    migc_code code;
    int sqlite_code;                 /* SQLite's extended result code, 0 when it was not asked */
    const migc_migration *migration; /* where it happened, or NULL */
    unsigned line;                   /* in the migration's SQL file, 0 when unknown */
    const struct migc_step *step;    /* the statement or call, or NULL */
    int offset;                      /* of the fault in its text, in bytes; -1 when unknown */
    char message[1024];              /* what, where, state of the database, what to do; UTF-8 */
} migc_error;

/* "MIGC_LOCKED" and "the database is locked".  Static strings, never NULL. */
MIGC_API const char *migc_code_name(migc_code code);
MIGC_API const char *migc_code_text(migc_code code);

/* -------------------------------------------------------------- emitted data */

/*
 * A step in C ("-- call: NAME"), written by the host.  It runs inside the
 * migration's transaction and must not end it.  Returns 0 when done; anything
 * else undoes the run, with the reason given to migc_fail().
 */
typedef int migc_function(migc_context *context);

/* One SQL statement, or one call of a C function. */
typedef struct migc_step {
    unsigned line;       /* where it begins in the SQL file, from 1 */
    const char *text;    /* the statement without its semicolon, or the name of `call` */
    migc_function *call; /* NULL for SQL */
} migc_step;

enum { /* migc_migration.flags */
    MIGC_NO_TRANSACTION = 1, /* Transaction: none */
    MIGC_FOREIGN_KEYS_ON = 2, /* Foreign-Keys: on */
    MIGC_OF_THE_MOMENT = 4   /* the proof saw it write values that depend on the moment */
};

struct migc_migration {
    int64_t version;
    const char *name;     /* "003_add_user_prefs" */
    const char *file;     /* "003_add_user_prefs.sql" */
    const char *checksum; /* over the tokens of UP */
    const char *chain;    /* over the chain before it, the version and the checksum */
    unsigned flags;
    unsigned up_count;    /* how many of `steps` are UP, then DOWN, then VERIFY */
    unsigned down_count;  /* 0: cannot be taken back, unless UP is empty too */
    unsigned verify_count;
    const migc_step *steps;
    const char *description; /* the header's keys, NULL where it has none */
    const char *author;
    const char *date;
    const char *tags;
    const char *depends;
    const char *irreversible;
    const char *lossy;
    const char *effects; /* what the proof saw UP do, in words; NULL: not proven */
    const char *touched; /* a JSON array of the tables whose rows UP or DOWN may change;
                            NULL: not known, all of them are checked */
};

enum { /* migc_set.flags */
    MIGC_SET_MODULE = 1,  /* shares its database with other sets */
    MIGC_SET_NO_STAMP = 2 /* leaves PRAGMA user_version to the host */
};

/* The part of the runtime that runs "Transaction: none" migrations.  A set that has
 * one refers to it, so that only such programs link it. */
typedef struct migc_outside migc_outside;
MIGC_API extern const migc_outside migc_outside_transactions;

/* All migrations of one database, in ascending order of version. */
struct migc_set {
    unsigned abi; /* MIGC_ABI of the migc that emitted it */
    unsigned flags;
    const char *name;
    size_t count;
    const migc_migration *migrations;
    const migc_outside *outside; /* &migc_outside_transactions, NULL when none needs it */
};

/* ------------------------------------------------------------------- events */

#define MIGC_EVENTS(X)                                                                             \
    X(WAITING)     /* another connection holds the lock; `detail` says who, where known */         \
    X(PLANNED)     /* dry run: this migration would run; `detail` is "up" or "down" */             \
    X(STARTED)     /* a migration begins */                                                        \
    X(STEP)        /* one of its steps is done */                                                  \
    X(FINISHED)    /* all of its steps are done, nothing is committed yet */                       \
    X(COMMITTED)   /* all that finished since the last commit is durable now */                    \
    X(ROLLED_BACK) /* all that finished since the last commit is undone; `detail` says why */

typedef enum migc_event_type {
#define MIGC_EVENT_ENUM(name) MIGC_EVENT_##name,
    MIGC_EVENTS(MIGC_EVENT_ENUM)
#undef MIGC_EVENT_ENUM
} migc_event_type;

/* Valid during the callback only.  Fields an event has no use for are 0. */
typedef struct migc_event {
    migc_event_type type;
    const migc_set *set;
    const migc_migration *migration;
    int down;            /* 1 while it is taken back */
    unsigned step;       /* STEP: which one, from 1 */
    unsigned step_count;
    const migc_step *statement;
    size_t index;        /* which migration of this run, from 1 */
    size_t count;        /* how many this run has */
    int64_t duration_us; /* of the step, the migration, the run, or the wait so far */
    const char *detail;  /* or NULL */
} migc_event;

/* Called on the thread of the call.  Returns 0 to go on, anything else to stop:
 * the transaction is rolled back and the call returns MIGC_STOPPED.  The answer
 * to COMMITTED and ROLLED_BACK is not looked at.  Must not use the connection. */
typedef int migc_event_function(const migc_event *event, void *user);

/* Ready event functions: one line an event, in words.  `user` is a FILE *
 * (NULL: stderr), and not used by the second, which calls syslog(3). */
MIGC_API int migc_print_event(const migc_event *event, void *user);
MIGC_API int migc_syslog_event(const migc_event *event, void *user);

/* The line that both write, without a newline; cut to `size`.  Empty for the
 * events that they leave out (STEP).  Returns `buffer`. */
MIGC_API char *migc_event_text(const migc_event *event, char *buffer, size_t size);

/* ------------------------------------------------------------------ options */

/* The proof that migc makes of a set, for the command "selftest" to make it inside the
 * program.  A host that does not name it links none of it. */
typedef struct migc_proof_part migc_proof_part;
MIGC_API extern const migc_proof_part migc_proof;

enum { /* migc_options.flags */
    MIGC_EACH = 1,            /* a transaction for each migration, not one for all */
    MIGC_DRY_RUN = 2,         /* say what would run (PLANNED events, result), change nothing */
    MIGC_ALLOW_UNMANAGED = 4, /* the first up may meet tables that migc did not make */
    MIGC_RESUME = 8           /* go on with an interrupted "Transaction: none" migration */
};

/* What a call did, or with MIGC_DRY_RUN would do.  Versions: 0 is an empty history. */
typedef struct migc_result {
    int64_t from, to;    /* latest applied version before and after */
    size_t count;        /* migrations applied or taken back */
    int64_t duration_us; /* of the whole call, waiting included */
} migc_result;

typedef struct migc_options {
    unsigned flags;
    int wait_ms;                   /* for a lock; 0: the default of 30 s; negative: do not wait */
    int32_t application_id;        /* PRAGMA application_id the database must have; a database
                                      without one is given it by the first up; 0: not looked at */
    const char *applied_by;        /* for the history; NULL: the environment's LOGNAME or USER */
    migc_event_function *on_event; /* or NULL */
    void *event_user;              /* handed to on_event */
    void *user;                    /* handed to on_open and, by migc_user(), to C steps */
    migc_result *result;           /* filled by up, down and to, or NULL */
    const migc_proof_part *proof;  /* &migc_proof to have the command "selftest", or NULL */
    int (*on_open)(sqlite3 *db, void *user); /* migc_open and migc_cli call it on the new
                                      connection, before migrating: PRAGMAs, functions,
                                      collations; not 0 (a SQLite code) gives up.  Or NULL */
} migc_options;

/* ------------------------------------------------------------------ running */

/*
 * Applies every pending migration: all, or on any failure none (with MIGC_EACH:
 * all before the failed one).  With nothing to do it reads the file's header,
 * takes no lock, and writes nothing.  Any number of processes may call it at
 * once on one database: each returns MIGC_OK, each migration has run once.
 *
 * Returns MIGC_OK or any code of MIGC_CODES except IRREVERSIBLE and
 * NO_SUCH_VERSION.  After a failure the database is as error->message says.
 */
MIGC_API migc_code migc_up(sqlite3 *db, const migc_set *set, const migc_options *options,
                           migc_error *error);

/*
 * Takes back the latest `count` applied migrations, newest first, all or none;
 * fewer when fewer are applied.  MIGC_IRREVERSIBLE when one of them has no
 * DOWN: nothing is changed then.  Other returns as migc_up().
 */
MIGC_API migc_code migc_down(sqlite3 *db, const migc_set *set, size_t count,
                             const migc_options *options, migc_error *error);

/*
 * Goes up or down until `version` is the latest applied one; 0 takes
 * everything back.  MIGC_NO_SUCH_VERSION when the set has no such version.
 */
MIGC_API migc_code migc_to(sqlite3 *db, const migc_set *set, int64_t version,
                           const migc_options *options, migc_error *error);

/* ------------------------------------------------------------------ reading */

#define MIGC_LATEST INT64_MAX /* as the target of a plan: what migc_up() goes to */

/* One migration of a plan. */
typedef struct migc_action {
    const migc_migration *migration;
    int down;                 /* 1: it is taken back */
    int begins_transaction;   /* 1: a transaction begins here (or none, by its flags) */
} migc_action;

/* The ordered migrations from what the database has to a target. */
typedef struct migc_steps {
    int64_t from, to;
    size_t count;
    migc_action *actions;
    void *memory; /* migc_steps_free() */
} migc_steps;

/*
 * Fills `steps` with what migc_to(version) would run; MIGC_LATEST for what
 * migc_up() would.  Reads only.  The caller gives `steps` to
 * migc_steps_free(), also after a failure.  Disagreements between database and
 * program are failures here, as they are for migc_up().
 */
MIGC_API migc_code migc_plan(sqlite3 *db, const migc_set *set, int64_t version, migc_steps *steps,
                             const migc_options *options, migc_error *error);
MIGC_API void migc_steps_free(migc_steps *steps);

/* One migration, of the program, of the database's history, or of both. */
typedef struct migc_state {
    int64_t version;
    const char *name;
    const migc_migration *migration; /* NULL: this program does not know it */
    int applied;
    const char *applied_at; /* UTC, "2026-11-20 10:30:22.123"; NULL when pending */
    const char *applied_by; /* NULL when pending or not known */
    int64_t duration_us;    /* of its UP */
    migc_code problem;      /* MIGC_OK, NEWER, EDITED, MISSING, OUT_OF_ORDER, INTERRUPTED */
} migc_state;

/* What a database has and what it lacks, in order of version. */
typedef struct migc_states {
    size_t count, applied, pending;
    int64_t version;   /* the latest applied one, 0 for none */
    migc_state *states;
    void *memory;      /* what the strings live in; migc_states_free() */
} migc_states;

/*
 * Fills `states`.  Reads only, works on a read-only database.  Where binary
 * and database disagree about migrations, `states` is filled all the same and
 * the disagreement returned.  The caller gives `states` to migc_states_free(),
 * also after a failure.
 */
MIGC_API migc_code migc_status(sqlite3 *db, const migc_set *set, migc_states *states,
                               const migc_options *options, migc_error *error);
MIGC_API void migc_states_free(migc_states *states);

/* ------------------------------------------------------------------ opening */

/*
 * Opens (or creates) `path` for reading and writing, calls options->on_open,
 * then migc_up().  On MIGC_OK *db is the caller's to sqlite3_close(); on
 * failure it is NULL and nothing stays open.
 */
MIGC_API migc_code migc_open(const char *path, const migc_set *set, const migc_options *options,
                             sqlite3 **db, migc_error *error);

/*
 * Answers "--migrate [command] ..." and leaves every other command line alone:
 * returns -1 when argv holds no --migrate (before a "--"), else the exit status
 * for main() to return: 0 fine, 1 failed, 2 wrong usage, 3 pending
 * (--exit-code), 4 locked, 5 binary and database disagree.  Prints to stdout
 * and stderr.  The database is --db, else DATABASE_PATH from the environment,
 * else `default_db` (may be NULL).
 */
MIGC_API int migc_cli(int argc, char **argv, const migc_set *set, const char *default_db,
                      const migc_options *options);

/* The same where the whole program is about migrating: "prog up", "prog status". */
MIGC_API int migc_main(int argc, char **argv, const migc_set *set, const char *default_db,
                       const migc_options *options);

/* ------------------------------------------------------------ inside C steps */

/* The connection, the running migration, options->user.  Valid during the step. */
MIGC_API sqlite3 *migc_db(const migc_context *context);
MIGC_API const migc_migration *migc_running(const migc_context *context);
MIGC_API void *migc_user(const migc_context *context);

/* Notes the reason for the message, printf-like; returns 1, for
 * "return migc_fail(context, ...)". */
MIGC_API int migc_fail(migc_context *context, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

#ifdef __cplusplus
}
#endif

#endif
