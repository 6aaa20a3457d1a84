/*
 * cli.h - shared by the files of the command line.
 *
 * A thin layer over migc.h: it reads arguments, opens the database, calls the library and
 * prints.  The core never includes this file, so a host that only calls migc_up() links none of
 * it.
 *
 * cli.c has the tables of commands and options, and parses. cli_NAME.c is the command, the
 * option or the subject NAME. fleet.h is about --each-db. verbs_NAME.c are the bundles of
 * commands that a host can link.
 */
#ifndef MIGC_CLI_H
#define MIGC_CLI_H

#include "base/json.h"
#include "base/tame.h"
#include "engine/engine.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>

enum { MIGCI_PENDING = 3, MIGCI_USAGE = 2 }; /* exit statuses that no code stands for */

enum { MIGCI_SIGNALS = 3, MIGCI_SLOWEST = 10, MIGCI_MOST_GIVEN = 64 };

/* What a connection has used since it was opened, or a step. */
typedef struct migci_counters {
    int64_t time_us, rows, pages_read, pages_written;
} migci_counters;

typedef struct migci_slow {
    const migc_migration *migration;
    const migc_step *statement; /* or NULL, and `what` it was */
    const char *what;
    migci_counters used;
} migci_slow;

typedef struct migci_cli migci_cli;

/* What a command does with its database. */
typedef enum migci_access {
    MIGCI_NO_DATABASE,
    MIGCI_BESIDE,   /* reads what is beside it */
    MIGCI_REPLACES, /* the file; this and those above do not open it */
    MIGCI_READS,
    MIGCI_WRITES,
    MIGCI_CREATES
} migci_access;

/* How a command is carried out on one database.  Chosen once, before the database is opened: the
 * command's row and the defaults first, then each part may replace them. */
typedef struct migci_operations {
    migci_access access;
    int (*open)(migci_cli *cli); /* the database; 0, or the exit status */
    int (*run)(migci_cli *cli);  /* the command; returns the exit status */
    /* Of a run: the call of the library, and the report of how it ended, which returns the exit
     * status. */
    migc_code (*call)(migci_cli *cli, migci_target target);
    int (*finish)(migci_cli *cli);
    /* Called before and after a rehearsal; or NULL. */
    const struct migci_around *around;
    /* The set that selftest proves; NULL, with cli->error set, when there is none. */
    const migc_set *(*whole)(migci_cli *cli, migci_memory *memory);
} migci_operations;

/* Members that are read most often stand first, which makes the code smaller; long ones stand
 * last. */
struct migci_cli {
    /* flags of the command line, and of the run */
    bool json, quiet, dry_run, yes, each, exit_code, resume, profile, long_form, help, show_version;
    bool rehearse, check;
    bool mark, accept, forget, stamp, force; /* what repair is to do */
    bool no_canary, keep_going;              /* with --each-db */
    bool besides; /* an option was given that is not one of the basic ones */
    bool colour;
    bool missing; /* there is no file; an empty database takes its place */
    bool made;    /* it was made from the set's snapshot when it was opened */

    sqlite3 *db;
    const char *path;    /* --db, a path or a URI; then that of the database */
    const char *program; /* how the user calls it, for usage lines: "notes --migrate" */
    const migc_set *set;
    const struct migci_command *command;
    const char *operand;   /* NAME or VERSION, or NULL */
    int64_t version;       /* the operand of "to" and "plan"; MIGC_LATEST without one */
    struct migci_ran *ran; /* what this run did, for the summary and JSON */
    size_t ran_count, ran_durable;
    migc_error error;
    migc_result result;
    migci_operations operations;

    /* the program */
    const migc_options *host;
    const char *default_path;
    const struct migci_part *basic;      /* what every program has */
    const struct migci_several *several; /* in a program with several sets, else NULL */
    bool all_modules;                    /* the command acts on all sets of the file */

    /* its options; NULL, 0 or what is said when not given */
    const char *order;           /* --out-of-order */
    const char *down_to;         /* --to */
    const char *log;             /* --log */
    const char *set_name;        /* --set */
    const char *copy_in;         /* --copy=DIR */
    const char *ignore;          /* --ignore */
    const char *cluster;         /* --dqlite */
    const char *backup_folder;   /* --backup: "" without a folder */
    const char *each_db;         /* --each-db and what goes with it (cli_fleet.c) */
    int64_t jobs, canary;        /* likewise */
    int64_t count;               /* -n */
    int64_t keep;                /* --keep */
    int64_t wait_ms, timeout_ms; /* --wait, --timeout; -1 */
    int64_t wait_current_ms;     /* --wait-current; -1 */

    /* what the library gets */
    bool only_existing;   /* a database that is not there is a failure */
    bool in_fleet;        /* its messages follow its path in a report (fleet_worker.c) */
    struct down_to *down; /* what "down --to" has read, or NULL (cli_stored.c) */
    migc_options options;
    migc_hook backup_hook, check_hook;

    /* what became of it */
    size_t ran_room;
    int64_t changes_before; /* rows that the connection had changed before the migration */
    int64_t begun_us;       /* the run */
    int signal;             /* the one that ended the run, or 0 */
    const struct migci_recorder *recorder; /* of --log and --profile (cli_log.c), or NULL */
    migci_counters counters;               /* at the latest event, for --profile */

    /* the terminal */
    bool has_document;               /* of --json, on standard output */
    bool log_on_stderr;              /* and so no bar is drawn */
    bool bar, bar_shown, bar_colour; /* one may be drawn; one is drawn; it has colours */

    /* what is long */
    size_t given_count;
    const struct migci_option *given[MIGCI_MOST_GIVEN];
    struct sigaction signals[MIGCI_SIGNALS]; /* the handlers before the run */
    size_t slow_count;
    migci_slow slow[MIGCI_SLOWEST];
    char name[160]; /* of the migration that repair is for */
    migc_backup backup;
    char file[4096]; /* of the database, even if a URI names it; "" when it has no file */
};

/* The commands that an option is for: a bit for each command, whether it is linked or not. */
enum {
    MIGCI_FOR_UP = 1,
    MIGCI_FOR_DOWN = 1 << 1,
    MIGCI_FOR_TO = 1 << 2,
    MIGCI_FOR_REDO = 1 << 3,
    MIGCI_FOR_RESET = 1 << 4,
    MIGCI_FOR_STATUS = 1 << 5,
    MIGCI_FOR_HISTORY = 1 << 6,
    MIGCI_FOR_PLAN = 1 << 7,
    MIGCI_FOR_SHOW = 1 << 8,
    MIGCI_FOR_VALIDATE = 1 << 9,
    MIGCI_FOR_HELP = 1 << 10,
    MIGCI_FOR_BASELINE = 1 << 11,
    MIGCI_FOR_REPAIR = 1 << 12,
    MIGCI_FOR_DRIFT = 1 << 13,
    MIGCI_FOR_SELFTEST = 1 << 14,
    MIGCI_FOR_BACKUP = 1 << 15,
    MIGCI_FOR_BACKUPS = 1 << 16,
    MIGCI_FOR_RESTORE = 1 << 17,
    MIGCI_FOR_ADOPT = 1 << 18,
    MIGCI_FOR_COMPLETION = 1 << 19,
    MIGCI_FOR_ALL = (1 << 20) - 1,
    /* what is about the program alone */
    MIGCI_FOR_TEXTS = MIGCI_FOR_HELP | MIGCI_FOR_COMPLETION,
    /* what only reverts, or reverts first */
    MIGCI_FOR_REVERTS = MIGCI_FOR_DOWN | MIGCI_FOR_REDO | MIGCI_FOR_RESET,
    /* what runs migrations, and what else changes the database */
    MIGCI_FOR_RUNS =
        MIGCI_FOR_UP | MIGCI_FOR_DOWN | MIGCI_FOR_TO | MIGCI_FOR_REDO | MIGCI_FOR_RESET,
    MIGCI_FOR_CHANGES = MIGCI_FOR_RUNS | MIGCI_FOR_BASELINE | MIGCI_FOR_REPAIR | MIGCI_FOR_ADOPT
};

/* Without one of these repair only explains. */
#define MIGCI_REPAIRS "--resume, --mark, --accept, --forget or --stamp"

typedef struct migci_command {
    const char *name, *operands, *help;
    int (*run)(migci_cli *cli); /* returns the exit status */
    migci_access access;
    unsigned bit; /* MIGCI_FOR_ its name */
} migci_command;

typedef struct migci_option {
    const char *name, *argument, *help;
    enum { MIGCI_FLAG, MIGCI_WORD, MIGCI_COUNT, MIGCI_SECONDS, MIGCI_WORD_OR_NONE } kind;
    size_t offset; /* of the member of migci_cli that it sets: bool, const char * or int64_t */
    /* People believe that an ignored option took effect, so an option is refused where it does
     * nothing. */
    unsigned fits;       /* the commands it is for: MIGCI_FOR_... */
    unsigned fits_with;  /* those it is for where an option of `with` is given too */
    const char *with;    /* "--a, --b or --c" */
    const char *against; /* "--c --d": options that it excludes */
} migci_option;

/* Commands and options that belong together.  Every program has the basic part.  The others are
 * large, and are linked only where migc_options.verbs names them.  The values of all options are
 * in migci_cli.  Functions may be NULL; those that return a status return 0 to go on. */
typedef struct migci_part {
    const char *title; /* of its list in the help, or NULL; neighbours may share one */
    const migci_command *commands;
    size_t command_count;
    const migci_option *options;
    size_t option_count;
    /* Runs the command several times; true when it did, with the exit status. */
    bool (*spread)(migci_cli *cli, int *status);
    /* Checks what was given, and chooses how the command is carried out. */
    int (*choose)(migci_cli *cli);
    /* With the database open, before the command runs. */
    int (*before)(migci_cli *cli);
    /* After the command; gets its status, and returns the one that counts. */
    int (*after)(migci_cli *cli, int status);
} migci_part;

/* What migc_options.verbs lists: parts, and NULL after the last. */
struct migc_verbs {
    const migci_part *const *parts;
};

extern const migci_part migci_part_backup, migci_part_check, migci_part_completion,
    migci_part_drift, migci_part_fleet, migci_part_snapshot, migci_part_log, migci_part_rehearse,
    migci_part_repair, migci_part_selftest, migci_part_stored, migci_part_wait;

typedef struct migci_ran {
    migc_action action;
    int64_t duration_us;
} migci_ran;

/* The sets of the file that a command acts on (cli_sets.c).  A program with one set links none
 * of this. */
typedef struct migci_several {
    const migc_set *const *sets;
    size_t count;
    size_t which; /* the one that is cli->set */
    /* How commands act on cli->set, next to the others. */
    void (*choose)(migci_cli *cli);
} migci_several;

/* What --log and --profile do with a run's events. */
typedef struct migci_recorder {
    void (*record)(migci_cli *cli, const migc_event *event);
    void (*print)(migci_cli *cli);                  /* after the run's lines */
    void (*json)(migci_cli *cli, migci_json *json); /* adds members to the document */
} migci_recorder;

/* Rows of the command table, in cli.c. */
int migci_cli_up(migci_cli *cli);
int migci_cli_down(migci_cli *cli);
int migci_cli_to(migci_cli *cli);
int migci_cli_redo(migci_cli *cli);
int migci_cli_reset(migci_cli *cli);
int migci_cli_status(migci_cli *cli);
int migci_cli_history(migci_cli *cli);
int migci_cli_plan(migci_cli *cli);
int migci_cli_show(migci_cli *cli);
int migci_cli_validate(migci_cli *cli);
int migci_cli_baseline(migci_cli *cli); /* in cli_repair.c's */
int migci_cli_adopt(migci_cli *cli);    /* likewise */

/* ----------------------------------------------------------------- cli.c */

/* Opens, runs the command, closes; returns the exit status. */
int migci_cli_run(migci_cli *cli);

/* ----------------------------------------------------------- cli_parts.c */

/* The basic part is the first, the host's follow; NULL after the last. */
const migci_part *migci_part_at(const migci_cli *cli, size_t index);
const migci_command *migci_command_named(const migci_cli *cli, const char *name);
/* The commands that an option is for, alone or with another option that this program has. */
unsigned migci_fitting(const migci_cli *cli, const migci_option *option);
/* Whether `words` ("--a, --b or --c") has the word. */
bool migci_has_word(const char *words, const char *word);

/* ----------------------------------------------------------- cli_words.c */

/* "--migrate", or "--migrate=status". */
bool migci_is_migrate(const char *word);
/* The index of that word, if it is before a "--"; else argc. */
int migci_find_migrate(int argc, char **argv);
/* The nearest of the words that were compared so far, if one is near enough. */
typedef struct migci_near {
    const char *word; /* or NULL */
    size_t distance;
} migci_near;

/* Whether the candidate is nearer to the word than those before it. */
bool migci_consider_word(migci_near *near, const char *word, const char *candidate);
/* The command or option that may have been meant, or NULL. */
const char *migci_nearest_word(const migci_cli *cli, const char *word);

/* ------------------------------------------------------------ cli_fits.c */

/* Whether the command takes all of the options that were given; 0, or the exit status. */
int migci_cli_fits(migci_cli *cli);

/* ------------------------------------------------------------ cli_help.c */

/* Of the command, or of the program when there is none. */
int migci_cli_help(migci_cli *cli);
/* Prints what --version does. */
int migci_cli_print_version(migci_cli *cli);

/* ------------------------------------------------------------ cli_open.c */

/* Sets cli->path to the database that is meant; returns 0, or the exit status. */
int migci_cli_path(migci_cli *cli);
/* Opens the database for what the command needs; 0, or the exit status. */
int migci_cli_open(migci_cli *cli);

/* ------------------------------------------------------------ cli_find.c */

/* Refuses a name: "WHO migration 'NAME'", what may have been meant, where they are listed. */
int migci_cli_no_migration(migci_cli *cli, const char *who, const char *name, const char *those);
/* By name or number; NULL with *status set when there is none. */
const migc_migration *migci_cli_find(migci_cli *cli, const char *name, int *status);
/* The same among the repeatables; NULL when there is none. */
const migc_migration *migci_cli_repeatable(const migci_cli *cli, const char *name);
/* Sets cli->version from the operand; 0 is before the first migration.  Returns an exit status. */
int migci_cli_version(migci_cli *cli);

/* ------------------------------------------------------------- cli_run.c */

/* Asks before anything is reverted, runs, and sums up; returns the exit status. */
int migci_cli_go(migci_cli *cli, migci_target target);
/* The version that down stops at. */
migci_target migci_cli_back(const migci_cli *cli);
/* The operations of a program with one set. */
migc_code migci_cli_call(migci_cli *cli, migci_target target);
int migci_cli_report(migci_cli *cli);
/* Prints the summary or the JSON after a call of the library; returns the exit status. */
int migci_cli_finish(migci_cli *cli);
/* Of "down NAME": NAME must be the latest applied one; 0, or the exit status. */
int migci_cli_latest(migci_cli *cli);

/* ----------------------------------------------------------- cli_watch.c */

/* From here to unwatch, the library's events are printed, and a signal stops the run. */
void migci_cli_watch(migci_cli *cli);
/* The same, where there is nothing to print but that it waits (cli_watch_waiting.c). */
void migci_cli_watch_waiting(migci_cli *cli);
void migci_cli_unwatch(migci_cli *cli);
/* Prints an event and remembers it for the summary; `user` is the migci_cli. */
int migci_cli_event(const migc_event *event, void *user);

/* ---------------------------------------------------------------- data_loss.c */

typedef enum migci_loss_kind {
    MIGCI_LOSS_DROP, /* the table or column is dropped */
    MIGCI_LOSS_ALL,  /* the table is made anew without its rows */
    MIGCI_LOSS_SOME  /* the same, but with the rows that a query chooses */
} migci_loss_kind;

/* A table or a column that a migration drops, and what is in it now. */
typedef struct migci_loss {
    const migc_migration *migration;
    migci_loss_kind kind;
    const char *table, *column; /* NULL: the table */
    int64_t count;              /* rows, or values that are not NULL; never 0 */
    struct migci_loss *next;
} migci_loss;

/* The losses of the actions, in order.  Only reads `db`.  False: they cannot be found out, and
 * *losses must not be used. */
bool migci_find_losses(sqlite3 *db, const migc_action *actions, size_t action_count,
                       migci_memory *memory, migci_loss **losses);

/* ------------------------------------------------------------ cli_data_loss.c */

/* What each migration would lose, for printing. */
typedef struct migci_data_loss {
    bool known;
    migci_loss *losses;
    migci_memory memory; /* migci_free_all() */
} migci_data_loss;

/* Whether the migration would lose anything. */
bool migci_data_loss_has(const migci_data_loss *lost, const migc_migration *migration);
void migci_data_loss_find(migci_data_loss *lost, sqlite3 *db, const migc_action *actions,
                          size_t count);
/* A line for each loss of the migration, or of all when it is NULL. */
void migci_data_loss_print(const migci_data_loss *lost, const migc_migration *migration,
                           FILE *stream, const char *indent);
/* "lossy" is what the author says of a DOWN; "losses" is null when they are not known, or when
 * an UP has none. */
void migci_data_loss_json(migci_json *json, const migci_data_loss *lost, const migc_action *action);

/* ------------------------------------------------------------ cli_plan.c */

/* In which transaction a migration runs: "in one transaction:". */
const char *migci_transaction_text(const migc_migration *migration, bool down);
void migci_json_transaction(migci_json *json, const migc_migration *migration, bool down);
/* Its header, checksum and effects, one a line after `indent`. */
void migci_print_header(const migc_migration *m, const char *indent);
void migci_json_header(migci_json *json, const migc_migration *m);

/* ------------------------------------------------------- cli_sets_up.c */

/* Chooses how commands act on cli->set, next to the other sets of its file. */
void migci_choose_several(migci_cli *cli);

/* ----------------------------------------------------------- cli_print.c */

enum { MIGCI_GREEN, MIGCI_YELLOW, MIGCI_RED, MIGCI_PLAIN };
const char *migci_paint(const migci_cli *cli, int colour);
/* Whether it is a terminal on which a line can be redrawn. */
bool migci_is_terminal(FILE *stream);
bool migci_takes_colour(FILE *stream);
/* Print like printf() and fprintf(), tamed.  The command line prints everything with these,
 * since a path, a name or a message may have any bytes in it. */
void migci_print(const char *format, ...) MIGCI_PRINTF(1, 2);
void migci_print_to(FILE *stream, const char *format, ...) MIGCI_PRINTF(2, 3);
/* Part of a line: newlines are tamed, too. */
void migci_print_flat(FILE *stream, const char *format, ...) MIGCI_PRINTF(2, 3);
/* "[x] ", in colour where there is one. */
void migci_print_mark(const migci_cli *cli, int colour, char mark);
/* "45 ms", "0.4 ms", "3.2 s" */
const char *migci_duration(int64_t duration_us, char buffer[32]);
/* Prints how far a backup is, on a terminal, and where it is in the end. */
void migci_print_backup(const migci_cli *cli, const migc_event *event);
/* The name of the migration with this version, or "the beginning". */
const char *migci_name_at(const migc_set *set, int64_t version);
void migci_print_steps(const migc_step *step, unsigned count);
/* What happens to a pending migration that sorts before `version`, which is applied: "out of
 * order: sorts before 005_x, which is applied"; in JSON "refused", "allowed" or "skipped". */
void migci_print_order(const migci_cli *cli, int64_t version);
const char *migci_order_word(const migci_cli *cli);
/* "version" and "name" in JSON: a repeatable has no version. */
void migci_json_migration(migci_json *json, const migc_migration *migration);
/* Asks whether to go on; anything but "yes" means no. */
bool migci_cli_yes(void);
/* Refuses where there is nobody to ask; returns MIGCI_USAGE. */
int migci_cli_unasked(migci_cli *cli);
/* Sets cli->error: the database is missing, so there is nothing to "back up". */
void migci_cli_lack_database(migci_cli *cli, const char *action);
/* Prints the error in cli->error, and returns its exit status. */
int migci_cli_fail(migci_cli *cli);
/* Refuse a wrong call, as a document with --json.  The first adds where to find help.  Both
 * return MIGCI_USAGE. */
int migci_cli_usage(migci_cli *cli, const char *format, ...) MIGCI_PRINTF(2, 3);
/* The set, unpacked as all commands need it; NULL when memory is out. */
const migc_set *migci_cli_unpack(const migc_set *set, migci_memory *memory);
int migci_cli_refuse(migci_cli *cli, const char *format, ...) MIGCI_PRINTF(2, 3);
int migci_exit_status(migc_code code);

/* ------------------------------------------------------------ cli_json.c */

/* Begins the command's document with the database. */
void migci_json_begin_command(migci_json *json, migci_cli *cli);
/* Adds how the call of the library ended: "code" and "error". */
void migci_json_outcome(migci_json *json, const migci_cli *cli);
/* The document of a command that failed before it wrote its own. */
void migci_json_failure(migci_cli *cli);

/* --------------------------------------------------- cli_rehearse_json.c */

void migci_rehearsal_print_json(migci_cli *cli, const migc_rehearsal *rehearsal);

/* ---------------------------------------------------------- cli_signal.c */

/* Before and after a run: SIGINT and SIGTERM are noted; the old handlers come back. */
void migci_signals_enter(migci_cli *cli);
int migci_signal_came(void);
/* Sets the message and cli->signal to the signal that stopped the run. */
void migci_signals_leave(migci_cli *cli);

/* --------------------------------- cli_events.c, cli_bar.c, and of cli_log.c cli_profile.c */

void migci_events_enter(migci_cli *cli);
void migci_emit_to_terminal(migci_cli *cli, const migc_event *event);

void migci_bar_draw(migci_cli *cli, const migc_event *event);
void migci_bar_erase(migci_cli *cli);

void migci_profile_event(migci_cli *cli, const migc_event *event);
void migci_profile_print(migci_cli *cli);
/* "profile": the slowest. */
void migci_profile_json(const migci_cli *cli, migci_json *json);

#endif
