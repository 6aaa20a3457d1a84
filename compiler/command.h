/*
 * command.h - the command line: verbs, their options, and the help made from both.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "emit/emit.h"
#include "prove/prove.h"

#define PROVE_LIMIT 1000 /* where --prove-limit is not given */
#define ROWS_LIMIT 300   /* where --rows-limit is not given */

struct options {
    const char *operands[2];
    int operand_count;
    char **rest; /* the arguments after DIR, for the command line of the set */
    int rest_count;
    const char *output;  /* FILE.c */
    const char *header;  /* FILE.h */
    const char *name;    /* of the set */
    const char *depfile; /* or NULL */
    const char *target;  /* of -MT, or NULL */
    const char *author;  /* or NULL */
    const char *order;   /* of --out-of-order, one of find_order(); or NULL */
    bool with_main, module, no_stamp, make_depfile, timestamp, repeatable, help;
    struct after *after; /* --after, in the order given */
    size_t after_count;
    bool no_prove;     /* leave the proof out */
    bool no_snapshot;  /* do not emit the finished database */
    long prove_limit;  /* million SQLite instructions for one statement, 0: none */
    long rows_limit;   /* tries to make up rows for one table */
    const char **from; /* --from, in the order given */
    size_t from_count;
    struct ready *ready;    /* for the new database that the proof makes, or NULL */
    const char *cache;      /* --cache, or NULL */
    const int64_t *up_to;   /* of DIR@VERSION; NULL: all migrations */
    bool all_locked;        /* --locked */
    bool json;              /* --json */
    bool exit_code;         /* --exit-code */
    struct rename *renames; /* --rename, in the order given */
    size_t rename_count;
    const char **queries; /* patterns of --queries */
    size_t query_count;
    const char *database; /* --db, or NULL */
    struct provisions provisions;
    const char *dialect_name; /* of --dialect, or NULL */
    struct conf given;        /* what --dialect, --define and --external say */
    struct warning_flags warnings;
};

enum option_kind {
    OPTION_FLAG,
    OPTION_VALUE,
    OPTION_NUMBER,
    OPTION_WARNING,
    OPTION_PROVISION,
    OPTION_AFTER,
    OPTION_FROM,
    OPTION_DEFINE,
    OPTION_EXTERNAL,
    OPTION_RENAME,
    OPTION_QUERIES
};

struct option_row {
    const char *spelling; /* "-o", "--author" */
    const char *value;    /* what the help calls its value */
    enum option_kind kind;
    size_t field; /* offset in struct options; of OPTION_PROVISION, which kind */
    const char *about;
};

struct verb {
    const char *name;
    const char *synopsis;
    const char *about;
    const char *details;                     /* more about it, for the help */
    const struct option_row *const *options; /* ends in NULL */
    int operands, operands_needed;
    const char *operand_names[2];
    enum status (*run)(const struct verb *verb, struct options *options, struct arena *arena);
    bool passes_rest; /* what follows the operands is passed on */
};

/* -------------------------------------------------------------------- run: run.c */

/* Refuses steps in C, and functions, collations and modules, which only a program has. */
bool may_run_alone(const struct set *set, struct arena *arena, struct diagnostics *diagnostics);
const char *name_of_folder(const char *path, struct arena *arena);
/* Does what a program of the set would.  Returns its exit status. */
int run_command_line(struct set *set, const struct options *options, struct arena *arena);

/* ---------------------------------------------------------------- options: options.c */

extern const struct option_row *const build_options[];
extern const struct option_row *const check_options[];
extern const struct option_row *const schema_options[];
extern const struct option_row *const diff_options[];
extern const struct option_row *const report_options[];
extern const struct option_row *const lock_options[];
extern const struct option_row *const create_options[];
extern const struct option_row *const renumber_options[];
extern const struct option_row *const help_options[];
extern const struct option_row *const dialects_options[];
extern const struct option_row *const convert_options[];
extern const struct option_row *const run_options[];

/* The index of the first argument that is neither an option nor the value of one, or argc; *count:
 * how many there are. */
int find_operand(const struct verb *verbs, int argc, char **argv, int *count);
/* STATUS_DONE, or STATUS_USAGE after a message.  `verbs` ends with one without name. */
enum status parse_options(struct options *options, const struct verb *verb,
                          const struct verb *verbs, int argc, char **argv, struct arena *arena);
/* Derives the names of the outputs and of the set. */
enum status finish_build_options(struct options *options, const struct verb *verb,
                                 struct arena *arena);
enum status usage_error(const struct verb *verb, const char *format, ...) PRINTF_LIKE(2, 3);

/* ----------------------------------------------------------------- stages: compile.c */

struct proof_order order_of(const struct options *options);

/* Takes the folder through all stages before emit.  False: it has errors. */
bool compile_folder(struct set *set, struct folder *folder, const char *path,
                    const struct options *options, struct arena *arena,
                    struct diagnostics *diagnostics);

/* ---------------------------------------------------- verbs: verb_diff.c, verb_report.c */

enum status run_diff(const struct verb *verb, struct options *options, struct arena *arena);
enum status run_report(const struct verb *verb, struct options *options, struct arena *arena);

/* ------------------------------------------------------------------- help: help.c */

void print_help(const struct verb *verbs);
/* Prints the script for "bash", "zsh" or "fish".  False: another shell. */
bool print_completion(const struct verb *verbs, const char *shell);
void print_verb_help(const struct verb *verb);
void print_warnings(void);

#endif
