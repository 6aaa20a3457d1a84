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
 * Every function works on the connection that it is given, prints nothing, keeps
 * no global state, never exits, and leaves each PRAGMA as it found it, on success
 * and on failure.  Different threads may work on different connections; one
 * connection belongs to one call at a time.  Options and error may be NULL.  A
 * zeroed struct is the default everywhere.  migc.3 is the long form of this page,
 * with examples.
 *
 * 1. What nearly every program needs: codes and errors, options, migc_open(),
 *    migc_up(), migc_status(), migc_cli().
 * 2. Emitted data.
 * 3. The rest, by subject: events, hooks, reverting, plans, waiting, several sets,
 *    baseline, adoption and repair, checks, drift, rehearsals, backups, inside C
 *    steps.
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

/* The version of this header, in words and as a number to compare: 1,002,003 is 1.2.3. */
#define MIGC_VERSION "0.1.0"
#define MIGC_VERSION_NUMBER 1000

/* The layout of the structs that migc emits.  An emitted file checks it while
 * it is compiled, the runtime checks it in every set it is handed. */
#define MIGC_ABI 6

/* ============================================================ 1. what nearly every program needs */

/* ------------------------------------------------------------------- results */

/*
 * Every code: name, exit status of the command line, short text, and what a person can do about
 * it, which ends every message of that code ("": each message says it itself).
 */
/* Those that SQLite's result codes are mapped to; the last is a statement that SQLite refused. */
#define MIGC_SQLITE_CODES(X)                                                                       \
    X(OK, 0, "done", "")                                                                           \
    X(NO_MEMORY, 1, "out of memory", "Free some memory and start again")                           \
    X(LOCKED, 4, "the database is locked", "Try again when the other program is done with it")     \
    X(READ_ONLY, 1, "the database is read-only",                                                   \
      "Make the file and its folder writable for this user, then start again; on a read-only "     \
      "replica, do it on the primary (up --wait-current waits for that)")                          \
    X(DISK_FULL, 1, "the disk is full", "Free some space, then start again")                       \
    X(IO_ERROR, 1, "the disk could not be read or written",                                        \
      "Check the disk and the system's log, then start again")                                     \
    X(CORRUPT, 1, "the database is damaged",                                                       \
      "Keep a copy of the file as it is and restore a backup")                                     \
    X(NOT_A_DATABASE, 1, "the file is not a SQLite database",                                      \
      "Check the path, and the key where it is encrypted")                                         \
    X(CANNOT_OPEN, 1, "the database cannot be opened",                                             \
      "Check that the folder exists and that this user may use it")                                \
    X(UNREACHABLE, 4, "the cluster does not answer",                                               \
      "Start again when a majority of its nodes is up")                                            \
    X(STOPPED, 1, "stopped on request", "Start again at any time")                                 \
    X(STEP_FAILED, 1, "a statement failed", "Correct the migration, or the data it met")

#define MIGC_OWN_CODES(X)                                                                          \
    X(MISUSE, 2, "wrong call", "Correct the call")                                                 \
    X(ABI_MISMATCH, 1, "emitted for another libmigc",                                              \
      "Build the program again, with migc and libmigc of one version")                             \
    X(IN_TRANSACTION, 1, "the connection is inside a transaction",                                 \
      "Commit or roll back before migrating")                                                      \
    X(NEWER, 5, "the database is newer than this program", "Install the newer program")            \
    X(EDITED, 5, "an applied migration was edited",                                                \
      "Restore the migration as it was released and put the change into a new one")                \
    X(MISSING, 5, "an applied migration is missing from this program",                             \
      "Use a program that was built with it")                                                      \
    X(OUT_OF_ORDER, 5, "a pending migration sorts before an applied one",                          \
      "Give the pending migration a higher number and build again, or pass --out-of-order allow")  \
    X(OTHER_TOOL, 5, "the database is managed by another tool",                                    \
      "Check the path; 'adopt' (migc_adopt) takes over what that tool has applied")                \
    X(UNMANAGED, 5, "the database has tables that migc did not make",                              \
      "Check the path; 'adopt' or 'baseline' takes the tables over, MIGC_ALLOW_UNMANAGED leaves "  \
      "them"                                                                                       \
      " alone")                                                                                    \
    X(APPLICATION_ID, 5, "the database belongs to another application", "Check the path")          \
    X(INTERRUPTED, 5, "a migration outside transactions was interrupted", "")                      \
    X(CALL_FAILED, 1, "a C step failed", "Correct the step, or the data it met")                   \
    X(FOREIGN_KEY, 1, "rows point at nothing", "Correct the migration, or the data it met")        \
    X(VERIFY_FAILED, 1, "a check of the migration found rows",                                     \
      "Correct the migration, or the data it met")                                                 \
    X(IRREVERSIBLE, 1, "a migration cannot be reverted", "Restore a backup instead")               \
    X(NO_SUCH_VERSION, 2, "no such migration", "The command status lists those there are")         \
    X(TIMED_OUT, 124, "the deadline has passed", "Start again, with more time")                    \
    X(HOOK_FAILED, 1, "a hook refused", "")                                                        \
    X(BACKUP_FAILED, 1, "the backup failed", "")                                                   \
    X(IN_USE, 4, "others have the database open", "")                                              \
    X(NEEDS, 5, "another set comes first", "")                                                     \
    X(DOWN_EDITED, 5, "a stored DOWN was changed", "")                                             \
    X(DRIFTED, 5, "the schema has drifted", "")                                                    \
    X(BAD_HISTORY, 5, "the history does not add up", "")                                           \
    X(SQLITE_TOO_OLD, 1, "SQLite is too old",                                                      \
      "Install a newer SQLite, or link the program with one of its own")                           \
    X(OTHER_ENGINE, 1, "a migration is for SQLite alone", "")

#define MIGC_CODES(X) MIGC_SQLITE_CODES(X) MIGC_OWN_CODES(X)

typedef enum migc_code {
#define MIGC_CODE_ENUM(name, status, text, advice) MIGC_##name,
    MIGC_CODES(MIGC_CODE_ENUM)
#undef MIGC_CODE_ENUM
} migc_code;

typedef struct migc_migration migc_migration;
typedef struct migc_set migc_set;
typedef struct migc_context migc_context;
typedef struct migc_event migc_event;
typedef struct migc_hook migc_hook;

/* A range of migc_error.message in bytes, without the full stop after it; size 0: none. */
typedef struct migc_part {
    unsigned at, size;
} migc_part;

/*
 * Filled on failure, set to MIGC_OK with an empty message on success.  Owns no
 * memory; `name` and `file` live as long as the set.  The message is made of its
 * parts: "WHAT. STATE. ADVICE.", or "WHAT. STATE.", or "WHAT" for a wrong call.
 * It is cut if it is too long.
 *
 *     printf("%.*s", (int)error.state.size, error.message + error.state.at);
 */
typedef struct migc_error {
    migc_code code;
    int sqlite_code;    /* SQLite's extended result code; 0 if it is not SQLite's failure */
    int64_t version;    /* of the migration that failed; 0 if it is about none */
    const char *name;   /* of the migration, "003_add_user_prefs", or NULL */
    const char *file;   /* of the migration, "003_add_user_prefs.sql", or NULL */
    unsigned line;      /* in `file`, 0 when unknown */
    unsigned step;      /* which of its statements and calls, from 1: those of UP, then DOWN, then
                           VERIFY; 0: none of them */
    int offset;         /* of the fault in the text of the step, in bytes; -1 when unknown */
    migc_part what;     /* what happened, and where */
    migc_part place;    /* the part of `what` that is the migration's FILE:LINE */
    migc_part state;    /* what state the database is in */
    migc_part advice;   /* what to do */
    char message[1024]; /* all of it, for a person; UTF-8 */
} migc_error;

/* "MIGC_LOCKED" and "the database is locked".  Static strings, never NULL. */
MIGC_API const char *migc_code_name(migc_code code);
MIGC_API const char *migc_code_text(migc_code code);

/* ------------------------------------------------------------------- options */

/* Bundles of commands and options that not every program wants.  A program links only those that
 * it names.  migc_verbs_all ends with NULL. */
typedef struct migc_verbs migc_verbs;
/* backup, backups, restore, --backup; repair, baseline, adopt; down --to, which also reverts what a
 * newer program applied */
MIGC_API extern const migc_verbs migc_verbs_recovery;
/* --check, drift, selftest, --rehearse */
MIGC_API extern const migc_verbs migc_verbs_checking;
/* --log, --profile; --each-db; completion; up makes a new database from the set's snapshot */
MIGC_API extern const migc_verbs migc_verbs_operation;
MIGC_API extern const migc_verbs *const migc_verbs_all[];

/*
 * Emits PROGRESS events inside statements, about ten a second, each of which may stop the run, and
 * enforces migc_options.timeout_ms.  Uses sqlite3_progress_handler() during the call: a handler of
 * the host's own is gone afterwards, because SQLite cannot say which it was.  What SQLite does in
 * one instruction is not interrupted: COMMIT, DROP and DELETE of a whole table, the second half of
 * VACUUM.
 */
typedef struct migc_progress_part migc_progress_part;
MIGC_API extern const migc_progress_part migc_progress;

enum {                           /* migc_options.flags */
       MIGC_EACH = 1,            /* a transaction for each migration, not one for all */
       MIGC_DRY_RUN = 2,         /* report what would run (PLANNED events, result) */
       MIGC_ALLOW_UNMANAGED = 4, /* a database without a history may have tables already */
       MIGC_RESUME = 8,          /* resume an interrupted "Transaction: none" migration */
       /* A pending migration that sorts before an applied one is an error (OUT_OF_ORDER), unless: */
       MIGC_ALLOW_OUT_OF_ORDER = 16,  /* it is applied */
       MIGC_SKIP_OUT_OF_ORDER = 32,   /* it is left out, and stays pending */
       MIGC_REFUSE_OUT_OF_ORDER = 64, /* an error, also for a set whose flags say otherwise */
       MIGC_FORCE = 128 /* migc_baseline(), migc_repair(): do it, though the schema differs */
};

/* What a call did, or with MIGC_DRY_RUN would do.  Versions: 0 is an empty history. */
typedef struct migc_result {
    int64_t from, to;    /* latest applied version before and after */
    size_t count;        /* migrations applied or reverted, repeatables included */
    int64_t duration_us; /* of the whole call, waiting included */
} migc_result;

/* A database that is not a file on this machine, as in a dqlite cluster (migc_dqlite.h). */
typedef struct migc_remote migc_remote;

/* Called on the thread of the call.  Returns 0 to go on, anything else to stop:
 * the transaction is rolled back and the call returns MIGC_STOPPED.  The result
 * is ignored for COMMITTED and ROLLED_BACK.  Must not use the connection. */
typedef int migc_event_function(const migc_event *event, void *user);

typedef struct migc_options {
    unsigned flags; /* MIGC_EACH and the others above */
    int wait_ms;    /* for a lock; 0: the default of 30 s; negative: do not wait */
    /* PRAGMA application_id that the database must have; a database without one is given it by the
     * first up.  0: not checked. */
    int32_t application_id;
    /* For the history; NULL: LOGNAME or USER, and the name of the program: "ines with todo". */
    const char *applied_by;
    migc_event_function *on_event; /* or NULL */
    void *event_user;              /* handed to on_event */
    void *user;                    /* handed to on_open and, by migc_user(), to C steps */
    migc_result *result;           /* filled by up, down and to, or NULL */
    const migc_hook *hooks;        /* or NULL */
    /* The database, if it is not a file here, or NULL.  The calls are then given NULL in place of
     * the sqlite3 *. */
    migc_remote *remote;
    const migc_progress_part *progress; /* &migc_progress, or NULL */
    /* For the whole call, waits included; then MIGC_TIMED_OUT.  Needs `progress`.  0: none.  Ignored
     * by backups and by calls that only read, except on a `remote`: then MIGC_UNREACHABLE. */
    int timeout_ms;
    /* What migc_cli() has besides the basic commands: migc_verbs_all, or a list of the program's own
     * that ends with NULL.  NULL: nothing. */
    const migc_verbs *const *verbs;
    /* Called by migc_open() and migc_cli() on the new connection, before migrating, for PRAGMAs,
     * functions and collations; or NULL.  Anything but 0 (a SQLite code) gives up; after SQLITE_BUSY
     * it is called again, for wait_ms.  Called twice for a new database, see migc_open(). */
    int (*on_open)(sqlite3 *db, void *user);
    /* An array of the caller's, or NULL.  It gets the versions of the migrations that ran, or with
     * MIGC_DRY_RUN would run, in their order: result->count of them, at most `ran_room`.  0 is a
     * repeatable. */
    int64_t *ran;
    size_t ran_room;
} migc_options;

/* ------------------------------------------------------ opening and going up */

/*
 * Opens (or creates) `path` for reading and writing, calls options->on_open,
 * then migc_up().  On MIGC_OK *db is the caller's to sqlite3_close(); on
 * failure it is NULL and nothing stays open.
 *
 * If the set has a snapshot and there is no file yet, the database is made from
 * it, in about the time that it takes to write its bytes.  The file gets its name
 * when it is complete and on the disk: a crash leaves no file, and one of several
 * processes makes it.  It has the rows, the objects and the history that the
 * migrations would give it; durations are 0.  There is a FINISHED event for each
 * migration and one COMMITTED when the database is there; there are no other
 * events, and their results are ignored.  Before that, on_open is called with an
 * empty database in memory, to find out whether it asks for another page_size,
 * encoding or auto_vacuum.  If it does, or there are hooks, or the VFS is not
 * SQLite's own for the system, or anything fails, the migrations run instead.
 */
MIGC_API migc_code migc_open(const char *path, const migc_set *set, const migc_options *options,
                             sqlite3 **db, migc_error *error);

/*
 * Applies every pending migration: all of them, or on any failure none (with
 * MIGC_EACH: all before the failed one).  If there is nothing to do, it reads the
 * file's header, takes no lock, and writes nothing.  Any number of processes may
 * call it at once on one database: each call returns MIGC_OK, and each migration
 * runs once.
 *
 * Changes only the database main.  Returns MIGC_MISUSE if the connection has a TEMP table of a
 * name that a pending migration uses, and fails if a statement would use an attached database.
 *
 * Returns MIGC_OK or any code of MIGC_CODES except IRREVERSIBLE and
 * NO_SUCH_VERSION.  After a failure the database is as error->message says.
 */
MIGC_API migc_code migc_up(sqlite3 *db, const migc_set *set, const migc_options *options,
                           migc_error *error);

/* -------------------------------------------------------------------- status */

/* One migration, of the program, of the database's history, or of both. */
typedef struct migc_state {
    int64_t version;
    const char *name;
    const migc_migration *migration; /* NULL: this program does not know it */
    int applied;
    const char *applied_at; /* UTC, "2026-11-20 10:30:22.123"; NULL when pending */
    const char *applied_by; /* NULL when pending or not known */
    int64_t duration_us;    /* of its UP */
    migc_code problem;      /* MIGC_OK, NEWER, EDITED, MISSING, OUT_OF_ORDER, INTERRUPTED;
                               BAD_HISTORY: it has several rows, or one with a wrong number */
    unsigned flags;         /* MIGC_AT_WORK; of a repeatable: MIGC_CHANGED, MIGC_RUNS_AGAIN */
} migc_state;

enum {                      /* migc_state.flags */
       MIGC_CHANGED = 1,    /* the applied edition is not this program's */
       MIGC_RUNS_AGAIN = 2, /* it is applied; the next up to the latest version runs it again */
       MIGC_AT_WORK = 4     /* another process applies or reverts it, outside a transaction */
};

/* What a database has and what it lacks, in order of version. */
typedef struct migc_states {
    size_t count, applied, pending;
    int64_t version; /* the latest applied one, 0 for none */
    migc_state *states;
    size_t repeatable_count, repeatable_due; /* how many there are; how many up would run */
    migc_state *repeatables; /* in their order, then those that this program no longer has */
    void *memory;            /* of the strings; migc_states_free() */
} migc_states;

/*
 * Fills `states`.  Only reads; works on a read-only database.  If program and
 * database disagree about a migration, it still fills `states`, and returns the
 * code of the disagreement.  The caller gives `states` to migc_states_free(), also
 * after a failure.
 */
MIGC_API migc_code migc_status(sqlite3 *db, const migc_set *set, migc_states *states,
                               const migc_options *options, migc_error *error);
MIGC_API void migc_states_free(migc_states *states);

/* ---------------------------------------------------------- the command line */

/*
 * Handles "--migrate [command] ..." and leaves every other command line alone.
 * Returns -1 if argv has no --migrate (before a "--"), else the exit status for
 * main() to return: 0 done, 1 failed, 2 wrong usage, 3 pending (--exit-code), 4
 * locked, 5 program and database disagree; migc-migrate.1 has the others.  Prints
 * to stdout and stderr.  The database is --db, else DATABASE_PATH from the
 * environment, else `default_db` (may be NULL).
 */
MIGC_API int migc_cli(int argc, char **argv, const migc_set *set, const char *default_db,
                      const migc_options *options);

/* migc_cli() for a program that does nothing else: "prog up", "prog status". */
MIGC_API int migc_main(int argc, char **argv, const migc_set *set, const char *default_db,
                       const migc_options *options);

/* =============================================================================== 2. emitted data */

/* What migc writes into NAME.c.  Few programs need to look inside. */

/*
 * A step in C ("-- call: NAME"), defined by the host.  It runs inside the
 * migration's transaction and must not end it.  Returns 0 when it is done; anything
 * else rolls the run back, with the reason given to migc_fail().
 */
typedef int migc_function(migc_context *context);

/* One SQL statement, or one call of a C function. */
typedef struct migc_step {
    unsigned line;       /* where it begins in the SQL file, from 1 */
    const char *text;    /* the statement without its semicolon, or the name of `call` */
    migc_function *call; /* NULL for SQL */
} migc_step;

enum {                             /* migc_migration.flags */
       MIGC_UP_NO_TRANSACTION = 1, /* Transaction: none up */
       MIGC_FOREIGN_KEYS_ON = 2,   /* Foreign-Keys: on */
       MIGC_NONDETERMINISTIC = 4,  /* the proof saw it write values that depend on time or chance */
       MIGC_REPEATABLE = 8,        /* has no number: one of migc_set.repeatables */
       MIGC_DOWN_NO_TRANSACTION = 16, /* Transaction: none down */
       MIGC_SQLITE_ONLY = 32,         /* Engine: sqlite */
       /* Transaction: none is both of them; also a mask for either */
       MIGC_NO_TRANSACTION = MIGC_UP_NO_TRANSACTION | MIGC_DOWN_NO_TRANSACTION
};

/* The texts that not every migration has, as bits of migc_row.flags and as members. */
#define MIGC_TEXTS(X)                                                                              \
    X(DESCRIPTION, description)                                                                    \
    X(AUTHOR, author)                                                                              \
    X(DATE, date)                                                                                  \
    X(TAGS, tags)                                                                                  \
    X(DEPENDS, depends)                                                                            \
    X(IRREVERSIBLE, irreversible)                                                                  \
    X(LOSSY, lossy)                                                                                \
    X(DURATION, estimated_duration)                                                                \
    X(NOTES, notes)                                                                                \
    X(DOWN_FILE, down_file)                                                                        \
    X(VERIFY_FILE, verify_file)                                                                    \
    X(ORIGINAL_FILE, original_file)                                                                \
    X(ORIGINAL_LABEL, original_label)                                                              \
    X(ORIGINAL_CHECKSUMS, original_checksums)                                                      \
    X(EFFECTS, effects)                                                                            \
    X(TOUCHED, touched)                                                                            \
    X(UP_DROPS, up_drops)                                                                          \
    X(DOWN_DROPS, down_drops)

struct migc_migration {
    int64_t version;
    unsigned up_count;   /* how many of `steps` are UP, then DOWN, then VERIFY */
    unsigned down_count; /* 0: cannot be reverted, unless UP is empty too */
    unsigned verify_count;
    unsigned flags;
    const migc_step *steps;
    const char *name;        /* "003_add_user_prefs" */
    const char *file;        /* "003_add_user_prefs.sql" */
    const char *checksum;    /* over the tokens of UP */
    const char *chain;       /* over the chain before it, the version and the checksum */
    const char *description; /* the header's keys, NULL where it has none */
    const char *author;
    const char *date;
    const char *tags;
    const char *depends;
    const char *irreversible;
    const char *lossy;
    const char *estimated_duration;
    const char *notes;
    const char *down_file; /* the files of DOWN and VERIFY; NULL: `file` */
    const char *verify_file;
    const char *original_file;  /* its name in the history of another tool: its path in the folder,
                                   "V001__users/up.sql"; NULL: `file` */
    const char *original_label; /* its version as people write it, "001", "1.10"; or NULL */
    const char *original_checksums; /* of the file's bytes, as tools keep them, separated by blanks:
                                       "sha256:9f86d081... crc32:-184101"; or NULL */
    const char *effects;            /* what the proof saw UP do, in words; NULL: not proven */
    const char *touched;            /* a JSON array of the tables whose rows UP or DOWN may change;
                            NULL: not known, so all tables are checked */
    /* What UP or DOWN takes away from tables, in order: a JSON array of objects, or NULL.
     *     {"table": T}                    the table is dropped
     *     {"table": T, "to": U}           the table is renamed
     *     {"table": T, "rows": "none"}    the table is rebuilt without its rows
     *     {"table": T, "rows": "part"}    the table is rebuilt with the rows that a query selects
     * With "column": C, it is that column which is dropped or renamed. */
    const char *up_drops, *down_drops;
};

/* Bits of migc_row.flags besides those of migc_migration: which of MIGC_TEXTS a row has. */
enum migc_text {
#define MIGC_TEXT_ENUM(id, member) MIGC_TEXT_##id,
    MIGC_TEXTS(MIGC_TEXT_ENUM)
#undef MIGC_TEXT_ENUM
        MIGC_TEXT_COUNT
};

enum {
#define MIGC_HAS_ENUM(id, member) MIGC_HAS_##id = 1 << (8 + MIGC_TEXT_##id),
    MIGC_TEXTS(MIGC_HAS_ENUM)
#undef MIGC_HAS_ENUM
};

/* The numbers of a migration. */
typedef struct migc_row {
    int64_t version;
    unsigned up_count, down_count, verify_count;
    unsigned flags; /* those of migc_migration, and MIGC_HAS_... */
} migc_row;

/*
 * Migrations as migc emits them: data without pointers, so however much there is, it costs a start
 * nothing.  A call that has something to run or to show unpacks it into migrations.
 *
 * `texts` are strings, one after the other, each with its NUL.  For each row:
 *     name, file, checksum, chain
 *     those of MIGC_TEXTS that the row has a bit for, in the order of that list
 *     the steps of UP, DOWN and VERIFY: "12:CREATE ..." is a statement in line 12 of the file,
 *     "12 call:NAME" is a step in C
 * A string that ends with the character \1 is continued by the next one, since a literal of C99
 * has at most 4,095 bytes.
 */
typedef struct migc_packed {
    size_t count;       /* of rows: the numbered ones, then the repeatables */
    size_t step_count;  /* of all of them */
    size_t joined_size; /* bytes of the texts of several strings, each with a NUL */
    const migc_row *rows;
    const char *texts;
    migc_function *const *calls; /* of the steps in C, in their order; NULL: there are none */
    const char *chain;           /* of the latest numbered one */
} migc_packed;

enum {                        /* migc_set.flags */
       MIGC_SET_MODULE = 1,   /* shares its database with other sets */
       MIGC_SET_NO_STAMP = 2, /* leaves PRAGMA user_version to the host */
       /* What holds where migc_options.flags say nothing about the order. */
       MIGC_SET_ALLOW_OUT_OF_ORDER = 16,
       MIGC_SET_SKIP_OUT_OF_ORDER = 32
};

/* The part of the runtime that runs "Transaction: none" migrations, in one direction or in both.
 * A set that has one refers to it, so that only such programs link it. */
typedef struct migc_no_transaction_part migc_no_transaction_part;
MIGC_API extern const migc_no_transaction_part migc_no_transaction;

/* "Depends: core/003_users": a migration of another set, in the same database. */
typedef struct migc_need {
    int64_t version;  /* of the migration that needs it */
    const char *set;  /* the other set's name */
    const char *name; /* of its migration, "003_users" */
} migc_need;

typedef struct migc_needs_part migc_needs_part;
MIGC_API extern const migc_needs_part migc_needs_of_sets;

typedef struct migc_needs {
    const migc_needs_part *part; /* &migc_needs_of_sets */
    size_t count;
    const migc_need *needs; /* in ascending order of version */
} migc_needs;

/* Optional parts of a set. */
typedef struct migc_repeatables migc_repeatables; /* migrations without a number */
typedef struct migc_snapshot migc_snapshot;       /* the finished database */

/* The part of the runtime that runs repeatables; only sets that have some refer to it. */
typedef struct migc_repeatables_part migc_repeatables_part;
MIGC_API extern const migc_repeatables_part migc_run_repeatables;

/*
 * Repeatables ("R_name.sql") come after the numbered migrations: views, triggers, seeds.
 * They run in this order once the latest numbered one is applied.  When some have changed, the
 * first of these and all after it are reverted, the last one first, and run again.  Before numbered
 * migrations are applied or reverted, all repeatables are reverted; one without DOWN stays.
 */
struct migc_repeatables {
    const migc_repeatables_part *part; /* &migc_run_repeatables */
    size_t count;
    const migc_migration *migrations; /* of version 0, with MIGC_REPEATABLE; NULL: packed */
    const char *chain; /* over the chain of the latest numbered one and all of these */
};

/* Bytes of a piece of a snapshot, without the NUL that C adds. */
#define MIGC_PIECE_SIZE 1023

/*
 * The database file as all migrations leave it, with the tables of the history, but no rows in
 * them.  migc_open() makes a new database from it.  It is packed and cut into pieces; all but the
 * last are full.  The packed bytes are a sequence of pairs:
 *
 *     number n            how many bytes follow
 *     n bytes             appended to what is unpacked
 *     number m, number d  m bytes are copied from d bytes before the end of what is unpacked, and
 *                         appended one by one, so m may be greater than d
 *
 * A number has seven bits in each byte, the lowest first; all its bytes but the last have the
 * highest bit set.  For example, 3 'a' 'b' 'c' 5 3 is "abcabcab".
 */
struct migc_snapshot {
    size_t size;        /* of the database, in bytes */
    size_t packed_size; /* of the pieces, together */
    const char (*pieces)[MIGC_PIECE_SIZE + 1];
};

/* All migrations of one database, in ascending order of version. */
struct migc_set {
    unsigned abi; /* MIGC_ABI of the migc that emitted it */
    unsigned flags;
    const char *name;
    size_t count;
    const migc_migration *migrations; /* NULL: packed */
    const migc_no_transaction_part
        *no_transaction;                 /* &migc_no_transaction, NULL when none needs it */
    const migc_repeatables *repeatables; /* or NULL */
    const migc_needs *needs;             /* what it needs of other sets, or NULL */
    const migc_snapshot *snapshot;       /* or NULL */
    const char *const *ignore;           /* patterns of tables that are not the set's, as of
                                            migc_drift(), the last is NULL; or NULL */
    const migc_packed *packed;           /* its migrations and repeatables, if `migrations` is
                                            NULL */
};

/*
 * Returns the set with its `migrations`, in memory that the caller gives to migc_unpack_free().
 * For a set that is not packed, returns that set, and *memory is NULL.  Returns NULL if memory is
 * out or the set was emitted for another ABI.
 */
MIGC_API const migc_set *migc_unpack(const migc_set *set, void **memory);
MIGC_API void migc_unpack_free(void *memory);

/* ======================================================================= 3. the rest, by subject */

/* -------------------------------------------------------------------- events */

#define MIGC_EVENTS(X)                                                                             \
    X(WAITING)     /* for a lock, or by `code` for a cluster; `detail` says whose it is, or why */ \
    X(PLANNED)     /* dry run: this migration would run; `detail` is "up" or "down" */             \
    X(STARTED)     /* a migration begins */                                                        \
    X(STEP)        /* one of its steps is done */                                                  \
    X(FINISHED)    /* all of its steps are done, nothing is committed yet; see migc_open() */      \
    X(COMMITTED)   /* all that finished since the last commit is durable */                        \
    X(ROLLED_BACK) /* all that finished since the last commit is rolled back; `detail`: why */     \
    X(BACKUP)      /* `done` of `total` are copied; the last one has the path in `detail` */       \
    X(PROGRESS)    /* a statement or a step in C is at work, or a lock is waited for */            \
    X(LOG)         /* a step in C or a hook said `detail`, by migc_log() */                        \
    X(PENDING)     /* migc_wait_current(): another program has yet to apply this migration */

typedef enum migc_event_type {
#define MIGC_EVENT_ENUM(name) MIGC_EVENT_##name,
    MIGC_EVENTS(MIGC_EVENT_ENUM)
#undef MIGC_EVENT_ENUM
} migc_event_type;

typedef enum migc_level { MIGC_DEBUG, MIGC_INFO, MIGC_WARNING, MIGC_ERROR } migc_level;

/* Valid during the callback only.  Fields that an event does not use are 0. */
struct migc_event {
    migc_event_type type;
    const migc_set *set;
    const migc_migration *migration;
    int down;      /* 1 while it is reverted */
    unsigned step; /* STEP, PROGRESS: which one, from 1; 0 in VERIFY */
    unsigned step_count;
    const migc_step *statement; /* STEP, PROGRESS: NULL between statements */
    size_t index;               /* which migration of this run, from 1 */
    size_t count;               /* how many this run has */
    int64_t duration_us; /* of the step (PROGRESS: so far), the migration, the run, the wait */
    const char *detail;  /* or NULL */
    int64_t done;        /* PROGRESS: rows that the statement has read, 0 if they are few or SQLite
                         does not count them (CREATE INDEX), or what a step in C reported;
                         BACKUP: bytes, 0 with a `detail` where an older backup is as good */
    int64_t total;       /* PROGRESS: of how many; 0: not known */
    int heartbeat;       /* PROGRESS: 1 on one event every 5 s, for those who write lines */
    migc_level level;    /* LOG */
    migc_code code;      /* WAITING: MIGC_LOCKED or MIGC_UNREACHABLE */
};

/* Ready-made event functions: they write one line for each event, in words.  The first writes to
 * `user`, a FILE * (NULL: stderr); the second calls syslog(3). */
MIGC_API int migc_print_event(const migc_event *event, void *user);
MIGC_API int migc_syslog_event(const migc_event *event, void *user);

/* The same for programs to read: one JSON object a line, for every event, with the fields that the
 * event has.  Always valid JSON in UTF-8. */
MIGC_API int migc_json_event(const migc_event *event, void *user);

/* The line that the first two write, without a newline; cut to `size`.  Empty for the
 * events that they leave out (PROGRESS that is not a `heartbeat`).  Returns `buffer`. */
MIGC_API char *migc_event_text(const migc_event *event, char *buffer, size_t size);

/* --------------------------------------------------------------------- hooks */

#define MIGC_HOOK_POINTS(X)                                                                        \
    X(BEFORE_RUN)       /* the write lock is held, nothing was changed yet; once for each call */  \
    X(BEFORE_MIGRATION) /* before its first step, in its transaction */                            \
    X(AFTER_MIGRATION)  /* all of its steps are done and VERIFY holds, in its transaction */       \
    X(BEFORE_COMMIT)    /* the history is written, in the transaction */                           \
    X(AFTER_COMMIT)     /* no transaction is open */                                               \
    X(AFTER_RUN)        /* no transaction is open; also after a failure, when BEFORE_RUN ran */

typedef enum migc_hook_point {
#define MIGC_HOOK_POINT_ENUM(name) MIGC_##name,
    MIGC_HOOK_POINTS(MIGC_HOOK_POINT_ENUM)
#undef MIGC_HOOK_POINT_ENUM
} migc_hook_point;

/*
 * Called on the thread of the call, and only if there is something to run.  Unlike an event
 * function it may use the connection, by migc_db().  What it changes in a transaction is part of
 * that; it must not end one.  Returns 0, or anything else to roll the transaction back, with the
 * reason given to migc_fail(): the call then returns MIGC_HOOK_FAILED.  The result is ignored at
 * AFTER_COMMIT and AFTER_RUN.  migc_running() is NULL except at the two points of a migration.
 */
typedef int migc_hook_function(migc_context *context, migc_hook_point point, void *user);

struct migc_hook {
    migc_hook_function *run;
    void *user;
    const struct migc_hook *next; /* called after this one, or NULL */
};

/* ----------------------------------------------------------------- reverting */

/*
 * Reverts the latest `count` applied migrations, newest first, all or none;
 * fewer if fewer are applied.  If one of them has no DOWN, it changes nothing and
 * returns MIGC_IRREVERSIBLE.  Other returns as migc_up().
 */
MIGC_API migc_code migc_down(sqlite3 *db, const migc_set *set, size_t count,
                             const migc_options *options, migc_error *error);

/*
 * Reverts the migration of this name ("003_add_user_prefs", or "add_user_prefs" if only one has
 * it), which must be the latest applied one.  Otherwise MIGC_MISUSE: the message names those that
 * were applied after it, or says that it is not applied.  MIGC_NO_SUCH_VERSION if the set has no
 * migration of that name.
 */
MIGC_API migc_code migc_down_name(sqlite3 *db, const migc_set *set, const char *name,
                                  const migc_options *options, migc_error *error);

/*
 * Goes up or down until `version` is the latest applied one; 0 reverts
 * everything.  MIGC_NO_SUCH_VERSION when the set has no such version.
 */
MIGC_API migc_code migc_to(sqlite3 *db, const migc_set *set, int64_t version,
                           const migc_options *options, migc_error *error);

/*
 * Reverts the latest `count` applied migrations, newest first, and applies them again, in one
 * transaction (with MIGC_EACH, and around "Transaction: none" migrations, in several).  The schema
 * is the same afterwards; the rows of tables that they make are gone.  Returns as migc_down().
 */
MIGC_API migc_code migc_redo(sqlite3 *db, const migc_set *set, size_t count,
                             const migc_options *options, migc_error *error);

/*
 * For a database that a newer program has migrated: reverts everything that is applied above
 * `version`, newest first, all or none.  Migrations that the set does not have, or has with a
 * different UP, are reverted by the DOWN that was stored in the database when they were applied;
 * the others by the set's own.  `version` is one of the set's, or 0.  Never goes up.
 *
 * Repeatables that the set does not have, or has in another edition, are reverted first, by their
 * stored DOWNs.
 *
 * A stored DOWN is SQL from the database's file, so call this only if a person asked for it.  Its
 * checksum is verified.  It runs inside a transaction, under an authorizer.  It may change tables,
 * indexes, views and triggers of the database and their rows, with SQLite's own functions and
 * modules, and nothing else: no other database, nothing TEMP, no function of the host but those
 * that are registered as SQLITE_INNOCUOUS, none of migc's own tables.  The connection's own
 * authorizer is replaced; afterwards there is none.
 *
 * Returns as migc_down(), and MIGC_DOWN_EDITED if a stored DOWN was changed; MIGC_IRREVERSIBLE also
 * if one calls a function in C, does what it must not, or cannot run inside a transaction;
 * MIGC_NO_SUCH_VERSION also if the database is below `version`.  The migration of an event may be
 * one that the set does not have: its `up_count` is 0.
 */
MIGC_API migc_code migc_down_stored(sqlite3 *db, const migc_set *set, int64_t version,
                                    const migc_options *options, migc_error *error);

/* --------------------------------------------------------------------- plans */

#define MIGC_LATEST INT64_MAX /* as the target of a plan: what migc_up() goes to */

/* One migration of a plan. */
typedef struct migc_action {
    const migc_migration *migration;
    int down;               /* 1: it is reverted */
    int begins_transaction; /* 1: a transaction begins here (or none, by its flags) */
} migc_action;

/* The ordered migrations from what the database has to a target. */
typedef struct migc_plan {
    int64_t from, to;
    size_t count;
    migc_action *actions;
    void *memory; /* migc_plan_free() */
} migc_plan;

/*
 * Fills `plan` with what migc_to(version) would run; with MIGC_LATEST, what migc_up() would run.
 * Only reads.  The caller gives `plan` to migc_plan_free(), also after a failure.  Disagreements
 * between database and program are failures, as for migc_up().
 */
MIGC_API migc_code migc_plan_to(sqlite3 *db, const migc_set *set, int64_t version, migc_plan *plan,
                                const migc_options *options, migc_error *error);
MIGC_API void migc_plan_free(migc_plan *plan);

/* ------------------------------------------------------------------- waiting */

/*
 * For a program that must not migrate, such as one on a read-only replica: waits until another
 * program has migrated.  Returns MIGC_OK once nothing is pending.  Only reads: the file's header,
 * and the history when the database has changed.  Works on options->remote, too.
 * options->wait_ms is how long it waits (0: 30 s; negative: not at all).  After that it returns
 * MIGC_READ_ONLY, or MIGC_INTERRUPTED or MIGC_NEEDS where that is the reason.  A PENDING event
 * about once a second may stop it (MIGC_STOPPED).  Other disagreements of database and program
 * are returned at once, as by migc_plan_to().  options->timeout_ms is ignored.
 */
MIGC_API migc_code migc_wait_current(sqlite3 *db, const migc_set *set, const migc_options *options,
                                     migc_error *error);

/* -------------------------------------------------------------- several sets */

/*
 * migc_up() for several sets of one database, its modules, each with a history of its own.
 * Applies everything that is pending in all of the `count` sets, in one transaction where
 * migc_up() would use one; on any failure, nothing.  The sets run in the order given, but a
 * migration waits for those of another set that it needs ("Depends: core/003_users").  At most one
 * of the sets may be compiled without --module.
 *
 * Fails as migc_up() does, with the set's name before the message.  Returns MIGC_NEEDS, before
 * anything runs, if a migration needs what neither the database nor the sets have, or if the sets
 * wait for each other in a circle.  options->result counts the migrations of all sets; its versions
 * are 0.
 */
MIGC_API migc_code migc_up_sets(sqlite3 *db, const migc_set *const *sets, size_t count,
                                const migc_options *options, migc_error *error);

/*
 * migc_down() and migc_to() for sets[which].  They return MIGC_NEEDS, before anything runs, if an
 * applied migration of another set needs one that would be reverted; migc_down() knows one set
 * only and cannot tell.  They do not bring other sets up: if that is needed, MIGC_NEEDS.
 */
MIGC_API migc_code migc_down_sets(sqlite3 *db, const migc_set *const *sets, size_t count,
                                  size_t which, size_t back, const migc_options *options,
                                  migc_error *error);
MIGC_API migc_code migc_to_sets(sqlite3 *db, const migc_set *const *sets, size_t count,
                                size_t which, int64_t version, const migc_options *options,
                                migc_error *error);

/* A set and the path of its database; NULL: --db or the environment must name it. */
typedef struct migc_database {
    const migc_set *set;
    const char *path;
} migc_database;

/*
 * migc_cli() for a program with several sets.  "--set NAME" chooses one.  Without it, up, status,
 * history, plan and validate act on all of them, in the order given, and the exit status is the
 * worst one; commands that revert, or that name a migration, need --set.  Sets with the same path
 * are modules of one file and go up together, as by migc_up_sets().  DATABASE_PATH_NAME, with the
 * set's name in capitals, names the database of one set; --db and DATABASE_PATH do if --set is
 * given or all sets are of one file.  `databases` need not outlive the call.
 */
MIGC_API int migc_cli_sets(int argc, char **argv, const migc_database *databases, size_t count,
                           const migc_options *options);

/* --------------------------------------------- baseline, adoption and repair */

/*
 * Records all migrations up to `version` (MIGC_LATEST: all) as applied without running them, for a
 * database that has the schema but no history, or whose history is the beginning of the set's.  The
 * migrations run in memory, and the schema that they make is compared with the database's, by
 * meaning: MIGC_DRIFTED if they differ, unless MIGC_FORCE is given.  Rows are not compared.
 *
 * A database that another tool manages is MIGC_OTHER_TOOL; one that has a PRAGMA user_version of
 * its own needs MIGC_FORCE.  MIGC_MISUSE if the history already goes that far;
 * MIGC_NO_SUCH_VERSION; other returns as migc_up().  With MIGC_DRY_RUN everything is checked and
 * nothing is written.  options->result says what was recorded.  All or nothing, under the write
 * lock; the hooks of the run and of the commit are called.
 */
MIGC_API migc_code migc_baseline(sqlite3 *db, const migc_set *set, int64_t version,
                                 const migc_options *options, migc_error *error);

/* A migration that another tool has applied. */
typedef struct migc_adopted {
    const migc_migration *migration;
    const char *applied_at; /* UTC, as the tool keeps it; NULL if it does not */
    const char *applied_by; /* or NULL */
    int verified;           /* 1: the tool's checksum is that of the file it was made from */
} migc_adopted;

typedef struct migc_adoption {
    const char *tool;  /* "goose", "PRAGMA user_version"; NULL: identified by the schema */
    const char *table; /* the tool's history; or NULL */
    size_t count;
    migc_adopted *migrations; /* in the order in which they were applied */
    size_t left_out; /* rows of the tool's for what was reverted, has no number, or is not in the
                                 set (MIGC_FORCE) */
    void *memory;    /* migc_adoption_free() */
} migc_adoption;

/*
 * Takes over a database whose history another tool keeps, without running anything.  What that
 * tool has applied is recorded, with its times, in one transaction.  The tool's own table stays as
 * it is; its name and columns say which tool it is.  If the program counts migrations in PRAGMA
 * user_version, that count is taken over, and the stamp replaces it.  If nobody keeps a history,
 * the migrations are replayed in memory, and the version whose schema the database has is
 * recorded, if it is exactly one.
 *
 * Returns MIGC_INTERRUPTED if a migration failed under that tool; MIGC_MISSING if it has applied
 * one that the set does not have; MIGC_EDITED if its checksum is not that of the file that the set
 * was made from (MIGC_FORCE leaves the first out, and takes the second); MIGC_DRIFTED if no schema
 * of the set fits, or several do; MIGC_MISUSE if there is nothing to adopt; other returns as
 * migc_up().  With MIGC_DRY_RUN everything is checked and nothing is written.  The caller gives
 * `adoption` to migc_adoption_free(), also after a failure.
 */
MIGC_API migc_code migc_adopt(sqlite3 *db, const migc_set *set, migc_adoption *adoption,
                              const migc_options *options, migc_error *error);
MIGC_API void migc_adoption_free(migc_adoption *adoption);

/* What migc_repair() can do; migc_fault.remedies has a bit for each that helps. */
typedef enum migc_remedy {
    MIGC_REPAIR_RESUME = 1, /* run the rest of an interrupted migration */
    MIGC_REPAIR_MARK = 2,   /* a person has finished it: record it as applied (or reverted) */
    MIGC_REPAIR_ACCEPT = 4, /* make its row what this program has: name, checksum, DOWN */
    MIGC_REPAIR_FORGET = 8, /* remove its row; the schema stays as it is */
    MIGC_REPAIR_STAMP = 16  /* write again what follows from the rows: numbers, chain, stamp; and
                               make a new migc_events if that was lost */
} migc_remedy;

/* What can be wrong with a history, and what helps. */
#define MIGC_FAULTS(X)                                                                             \
    X(INTERRUPTED, MIGC_REPAIR_RESUME | MIGC_REPAIR_MARK) /* outside transactions */               \
    X(RUNNING, 0)                      /* by another process, right now; no fault of it */         \
    X(EDITED, MIGC_REPAIR_ACCEPT)      /* since it was applied */                                  \
    X(RENAMED, MIGC_REPAIR_ACCEPT)     /* likewise */                                              \
    X(DOWN_EDITED, MIGC_REPAIR_ACCEPT) /* its stored DOWN */                                       \
    X(MISSING, MIGC_REPAIR_FORGET)     /* applied, but not in this program */                      \
    X(NEWER, 0)                        /* likewise, and later than all of this program's */        \
    X(UNRECORDED, MIGC_REPAIR_MARK)    /* it has no row, but seems to have been applied */         \
    X(TWICE, MIGC_REPAIR_FORGET)       /* it has more than one row */                              \
    X(GAP, MIGC_REPAIR_STAMP)          /* the rows are not numbered one by one, or one wrongly */  \
    X(WRONG_CHAIN, MIGC_REPAIR_STAMP)  /* a chain value is not what the rows make */               \
    X(WRONG_STAMP, MIGC_REPAIR_STAMP)  /* PRAGMA user_version is not what the chain makes */       \
    X(EVENTS_LOST, MIGC_REPAIR_STAMP)  /* migc_events, or rows of it that were needed */

typedef enum migc_fault_type {
#define MIGC_FAULT_ENUM(name, remedies) MIGC_FAULT_##name,
    MIGC_FAULTS(MIGC_FAULT_ENUM)
#undef MIGC_FAULT_ENUM
} migc_fault_type;

typedef struct migc_fault {
    migc_fault_type type;
    unsigned remedies;               /* of migc_remedy; 0: nothing here helps */
    int64_t version;                 /* 0 when it is about no single migration */
    const char *name;                /* of the migration, in the database; or NULL */
    const migc_migration *migration; /* NULL: this program does not know it */
    const struct migc_step *step;    /* INTERRUPTED: the statement it stopped at, or NULL */
    const char *text;                /* what was found, in words, without a final period */
} migc_fault;

typedef struct migc_faults {
    size_t count;
    migc_fault *faults;
    void *memory; /* what the texts live in; migc_faults_free() */
} migc_faults;

/*
 * Fills `faults` with everything that is wrong with the history.  Only reads; works on a read-only
 * database.  Returns MIGC_OK however many faults it found; fails if they could not be read, or the
 * database is not this set's.  The caller gives `faults` to migc_faults_free(), also after a
 * failure.
 */
MIGC_API migc_code migc_find_faults(sqlite3 *db, const migc_set *set, migc_faults *faults,
                                    const migc_options *options, migc_error *error);
MIGC_API void migc_faults_free(migc_faults *faults);

/*
 * Repairs one fault: `remedy` says how, `version` which migration (STAMP ignores it).  It is one
 * transaction, which first makes sure, under the write lock, that the fault is still there, and
 * adds an event "repair" that says what was there before.  RESUME runs the migration, or reverts
 * it, as migc_up() would with MIGC_RESUME.
 *
 * MARK also records any migration without a row, if all before it have one.  Without MIGC_FORCE it
 * compares the schema as migc_baseline() does, and after an interruption runs VERIFY: MIGC_DRIFTED,
 * MIGC_VERIFY_FAILED, and MIGC_NEWER where this program lacks the latest that is applied.  FORGET
 * needs MIGC_FORCE for a migration newer than this program, and for one that the program has.
 * MIGC_MISUSE if there is no such fault; MIGC_NO_SUCH_VERSION; MIGC_LOCKED also while a process runs
 * the migration; other returns as migc_up().  With MIGC_DRY_RUN everything is checked and nothing is
 * written.
 */
MIGC_API migc_code migc_repair(sqlite3 *db, const migc_set *set, migc_remedy remedy,
                               int64_t version, const migc_options *options, migc_error *error);

/* ------------------------------------------------------------------ checking */

/* The checks of migc_check(), and their names. */
#define MIGC_CHECKS(X)                                                                             \
    X(INTEGRITY, "integrity")       /* PRAGMA integrity_check, 100 messages at most */             \
    X(FOREIGN_KEYS, "foreign keys") /* PRAGMA foreign_key_check, counted by table */               \
    X(OBJECTS, "objects")           /* views, triggers, full text, AUTOINCREMENT */                \
    X(HISTORY, "history")           /* the rows: names, checksums, numbers, stored DOWNs */        \
    X(CHAIN, "chain")                                                                              \
    X(STAMP, "stamp")

typedef enum migc_check_type {
#define MIGC_CHECK_ENUM(name, text) MIGC_CHECK_##name,
    MIGC_CHECKS(MIGC_CHECK_ENUM)
#undef MIGC_CHECK_ENUM
} migc_check_type;

/* A check has one good line, or a line for each thing that it found. */
typedef struct migc_check_line {
    migc_check_type type;
    const char *name; /* of the check: "foreign keys" */
    int good;
    const char *text; /* in words, without a final period */
} migc_check_line;

typedef struct migc_checks {
    size_t count;
    migc_check_line *lines;
    void *memory; /* migc_checks_free() */
} migc_checks;

/*
 * Checks the whole database, in one read transaction, and fills `checks`.  Only reads.  Returns
 * MIGC_OK if everything is good; MIGC_CORRUPT or MIGC_FOREIGN_KEY if the data is damaged; the code
 * of a disagreement as migc_status() does; MIGC_BAD_HISTORY for other faults of the history; or why
 * it could not check.  VERIFY is not run: it need only hold right after its UP.  The caller gives
 * `checks` to migc_checks_free(), also after a failure.
 */
MIGC_API migc_code migc_check(sqlite3 *db, const migc_set *set, migc_checks *checks,
                              const migc_options *options, migc_error *error);
MIGC_API void migc_checks_free(migc_checks *checks);

/* A ready-made hook: PRAGMA integrity_check before each commit of a run.  If the database is
 * damaged, the transaction is rolled back and the run returns MIGC_CORRUPT.  If a view can no
 * longer be read, triggers can no longer run, or a full-text or R*Tree index does not fit its
 * content, the run returns MIGC_STEP_FAILED.  `user` is not used. */
MIGC_API int migc_check_hook(migc_context *context, migc_hook_point point, void *user);

/* --------------------------------------------------------------------- drift */

/* An object that one of two schemas lacks, or that differs; or one that cannot be used, such as a
 * view of a table that is gone.  A function that is called with it may use it until it returns. */
typedef struct migc_difference {
    enum { MIGC_OBJECT_MISSING, MIGC_OBJECT_EXTRA, MIGC_OBJECT_CHANGED, MIGC_OBJECT_BROKEN } kind;
    const char *type;  /* "table", "column", "unique", "check", "foreign key", "index", "view" or
                          "trigger" */
    const char *name;  /* "users", "email", "users_email" */
    const char *table; /* what it is a part of; NULL for a view */
    const char *text;  /* in words: "index users_email is missing" */
} migc_difference;

typedef void migc_difference_function(const migc_difference *difference, void *user);

/*
 * Compares the schema of a database with the one that its applied migrations make.  These run
 * again, in the order in which they were applied, in memory, on a connection that options->on_open
 * prepares with the functions and collations that they need.  Steps in C run there, too, with
 * options->user; events and hooks are not called.  Schemas are compared by meaning: blank space,
 * names of constraints and the way in which a column was added do not count.  A view that cannot be
 * read, and triggers that cannot run, are reported, too.  migc's own tables and SQLite's are left
 * out, and so is what matches a pattern of `ignore`: GLOB patterns for names of objects, or of the
 * tables that they belong to, without regard to case, in a list that ends with NULL; or NULL.
 * `report` may be NULL.
 *
 * Returns MIGC_OK if they agree, MIGC_DRIFTED after at least one call of `report`; the problems of
 * migc_status() except OUT_OF_ORDER, since it is not known then what the schema should be; the code
 * of a migration that cannot be replayed; NEEDS if the set needs others; LOCKED and other codes of
 * a database that cannot be read.  Only reads; works on a read-only database.  In options->result,
 * from and to are the latest applied version.
 */
MIGC_API migc_code migc_drift(sqlite3 *db, const migc_set *set, const char *const *ignore,
                              migc_difference_function *report, void *user,
                              const migc_options *options, migc_error *error);

/* ---------------------------------------------------------------- rehearsals */

typedef struct migc_rehearsed_step {
    const migc_step *step;
    int64_t duration_us;
    int64_t rows; /* inserted, updated and deleted, including by triggers and cascades */
} migc_rehearsed_step;

typedef struct migc_rehearsed {
    const migc_migration *migration;
    int down;
    int done;            /* 0: it failed, `steps` are those before that */
    int64_t duration_us; /* with VERIFY; 0 unless done */
    size_t count;
    migc_rehearsed_step *steps;
} migc_rehearsed;

/* A table whose rows the run changed.  Rows that SQLite does not report one by one (of tables
 * WITHOUT ROWID, behind triggers or steps in C) show in `before` and `after` alone. */
typedef struct migc_rehearsed_table {
    const char *name;
    int64_t before, after; /* how many rows it has; -1: there is no such table */
    int64_t inserted, updated, deleted;
    int remade; /* it was rebuilt */
} migc_rehearsed_table;

/* Rows of `table` that point at no row of `parent`. */
typedef struct migc_rehearsed_key {
    const char *table, *parent;
    int64_t before, after; /* how many */
} migc_rehearsed_key;

/* What a rehearsal measured; after a failure, until then. */
typedef struct migc_rehearsal {
    size_t count; /* of migrations that were begun */
    migc_rehearsed *migrations;
    size_t table_count;
    migc_rehearsed_table *tables; /* by name */
    int64_t other_rows;           /* changed in tables that are not known */
    size_t difference_count;
    migc_difference *differences; /* between the schema afterwards and before */
    size_t key_count;
    migc_rehearsed_key *keys;        /* foreign keys that do not hold afterwards */
    int64_t size_before, size_after; /* of the database, in bytes */
    int64_t journal_size;            /* of the journal or WAL, in bytes, about; -1: not known */
    int64_t locked_us;               /* how long the write lock was held, without measuring */
    int64_t longest_lock_us;         /* the longest part of that without a break */
    void *memory;                    /* migc_rehearsal_free() */
} migc_rehearsal;

/*
 * Does what migc_to(version) would do, or with MIGC_LATEST what migc_up() would do, on the real
 * data, in one transaction that is rolled back.  Nothing is changed and nothing is recorded.  Other
 * writers have to wait, also while rows are counted before and after.  Events are those of a run,
 * without COMMITTED.  The hooks that belong to the transaction are called: BEFORE_MIGRATION,
 * AFTER_MIGRATION, BEFORE_COMMIT.  A COMMIT by a step in C becomes a rollback.  MIGC_EACH is
 * ignored.
 *
 * Fills `rehearsal`, which the caller gives to migc_rehearsal_free(), also after a failure.
 * options->result says what the run would have done.  Returns what migc_to() would, and
 * MIGC_MISUSE if the run needs several transactions or runs outside transactions: then use
 * migc_rehearse_copy().
 *
 * It replaces the connection's update hook and commit hook, which SQLite cannot give back: a
 * program that has set one must set it again.
 */
MIGC_API migc_code migc_rehearse(sqlite3 *db, const migc_set *set, int64_t version,
                                 migc_rehearsal *rehearsal, const migc_options *options,
                                 migc_error *error);

/*
 * The same, for real, on a copy of the database in `folder` (NULL: beside it; a database in memory
 * is copied to memory).  So nobody has to wait for a lock, and any plan can be rehearsed, also with
 * MIGC_EACH.  The copy is opened with the VFS of `db` and prepared by options->on_open, and is
 * removed before the function returns.  Returns also MIGC_DISK_FULL if there is not room for twice
 * the size of the database, and MIGC_CANNOT_OPEN if the copy cannot be made.
 */
MIGC_API migc_code migc_rehearse_copy(sqlite3 *db, const migc_set *set, int64_t version,
                                      const char *folder, migc_rehearsal *rehearsal,
                                      const migc_options *options, migc_error *error);
MIGC_API void migc_rehearsal_free(migc_rehearsal *rehearsal);

/* ------------------------------------------------------------------- backups */

/*
 * Where backups are kept.  A backup is a copy of the whole database, named after set, version and
 * UTC time, "notes-3-20261121T081500Z.db", with the mode and the owner of the original.  If the
 * database is not SET.db, or the folder is not its own, the name begins with more, to say whose
 * backup it is.
 */
typedef struct migc_backup {
    const char *folder;  /* must exist; NULL: the database's own */
    int keep;            /* how many backups of this database to keep; 0: 10; negative: all */
    int shared;          /* 1: the database has several sets, so backups are named after the file:
                            "notes.db-20261121T081500Z.db"; migc_up_sets() does so by itself */
    char path[4096];     /* filled: of the backup that was made or restored; "" if there is none */
    char replaced[4096]; /* filled by migc_restore(): the file that keeps what the database was
                            before; "" if there was nothing to keep.  Never deleted by migc */
} migc_backup;

/*
 * A hook that makes a backup before every run that has something to do, when the write lock is
 * held and nothing was changed.  `backup` is a migc_backup, and outlives the call.  If nothing but
 * records of failures and backups has changed since the newest backup, no other is made: a program
 * that fails at each start leaves one.  Old backups are deleted when the run is done; until then,
 * one more than `keep` is kept.
 *
 *     migc_backup backup = {0};
 *     migc_hook hook = {migc_backup_hook, &backup, NULL};
 *     options.hooks = &hook;
 *
 * Other connections may read meanwhile.  The database is read by a second connection with the VFS
 * of the first; options->on_open is called on that one, on the copy's, and on the one that checks
 * the copy.  It takes the memory of a page cache, however large the database is.  A database
 * without content needs no backup.  If the backup fails, nothing is changed, and the call returns
 * MIGC_BACKUP_FAILED (no room, no access, a damaged copy, a database in memory), MIGC_NO_MEMORY or
 * MIGC_STOPPED.
 */
MIGC_API int migc_backup_hook(migc_context *context, migc_hook_point point, void *backup);

/*
 * Makes a backup now.  In a rollback-journal mode, writers wait until it is done.  Returns MIGC_OK,
 * the codes above, those of a wrong call, and MIGC_LOCKED.
 */
MIGC_API migc_code migc_backup_now(sqlite3 *db, const migc_set *set, migc_backup *backup,
                                   const migc_options *options, migc_error *error);

/*
 * Replaces the database at `path`, which may be a URI ("file:..."), by a backup, completely or not
 * at all, and keeps what it replaces.  `from` is the backup, or a folder, of which the newest
 * backup of this database is taken; NULL is backup->folder.  `backup` may be NULL.  With
 * MIGC_DRY_RUN everything is checked and nothing is changed.  The caller must have closed its own
 * connections.
 *
 * MIGC_BACKUP_FAILED if the backup is damaged or not of this set, or if another user may have
 * written it (in a folder that anybody may write to, other users' files are not taken for backups).
 * MIGC_IN_USE if others have the database open: everyone who is reading or writing it, everyone who
 * has it open in WAL mode, and on Linux every process that this user may inspect.  Other returns as
 * migc_backup_now().  options->result has the versions before and after.
 */
MIGC_API migc_code migc_restore(const char *path, const migc_set *set, const char *from,
                                migc_backup *backup, const migc_options *options,
                                migc_error *error);

/* ------------------------------------------------------------ inside C steps */

/* The connection, the running migration, options->user.  Valid during the step.  migc_db() is
 * NULL if the database is options->remote. */
MIGC_API sqlite3 *migc_db(const migc_context *context);
MIGC_API const migc_migration *migc_running(const migc_context *context);
MIGC_API void *migc_user(const migc_context *context);

/*
 * Run one statement on the database, on any engine: for steps that run on a cluster, too.  Both
 * return 0, or anything else with the reason noted as by migc_fail().  migc_query() calls `row` for
 * each row, with a text for each column (NULL for NULL; valid during the call only), until it
 * returns anything but 0.
 */
typedef int migc_row_function(void *user, size_t count, const char *const *texts);
MIGC_API int migc_exec(migc_context *context, const char *sql);
MIGC_API int migc_query(migc_context *context, const char *sql, migc_row_function *row, void *user);

/* Notes the reason for the message, like printf; returns 1, for
 * "return migc_fail(context, ...)". */
MIGC_API int migc_fail(migc_context *context, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Reports how far the step is, in any unit; `total` may be 0.  Emits a PROGRESS event when it is
 * time for one, so it may be called for each row.  If the result is not 0, the step should return,
 * with any value; the run is rolled back (MIGC_STOPPED, MIGC_TIMED_OUT).  Without
 * migc_options.progress there is no deadline.  Works in hooks, too. */
MIGC_API int migc_progress_step(migc_context *context, int64_t done, int64_t total);

/* Emits a LOG event with the migration's name, like printf; cut to 500 bytes.  Works in hooks,
 * too. */
MIGC_API void migc_log(migc_context *context, migc_level level, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#ifdef __cplusplus
}
#endif

#endif
