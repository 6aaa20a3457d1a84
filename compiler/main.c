/*
 * main.c - finds the verb, calls the stages, and prints their diagnostics.
 */
#include "author/author.h"
#include "command.h"
#include "emit/emit.h"
#include "migc.h"
#include "query/query.h"
#include "side.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum status finish_set(struct diagnostics *diagnostics, struct folder *folder,
                              struct set *set) {
    enum status status = close_diagnostics(diagnostics);
    close_folder(folder);
    close_modules(set);
    return status;
}

/* The program of --main has SQLite, and nothing of the host. */
static void warn_of_main(const struct set *set, const struct folder *folder, struct arena *arena,
                         struct diagnostics *diagnostics) {
    for (size_t i = 0; i < set->conf->provisions.count; i++) {
        const struct provision *provision = &set->conf->provisions.items[i];
        report_warning(diagnostics, WARNING_MAIN_LACKS,
                       provision->location.source ? provision->location
                                                  : location_of_folder(folder, arena),
                       "the program of --main has no %s %s: a migration that uses it fails there; "
                       "build without --main, and call migc_cli() in the program that has it",
                       provision_words[provision->kind], provision->name);
    }
}

/* Checks the program's own SQL, where --queries names it. */
static void check_program_queries(struct query_files *files, const struct set *set,
                                  const struct options *options, struct arena *arena,
                                  struct diagnostics *diagnostics) {
    if (options->query_count && diagnostics_status(diagnostics) == STATUS_DONE &&
        read_query_files(files, options->queries, options->query_count, arena, diagnostics))
        check_queries(files, set, arena, diagnostics);
}

static enum status run_build(const struct verb *verb, struct options *options,
                             struct arena *arena) {
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct folder folder = {.fd = -1};
    struct set set = {0};
    struct query_files files = {0};
    enum status status = finish_build_options(options, verb, arena);
    if (status != STATUS_DONE)
        return status;
    if (!options->no_snapshot) {
        options->ready = arena_take(arena, sizeof(*options->ready));
        *options->ready = (struct ready){0};
    }
    bool fine = compile_folder(&set, &folder, options->operands[0], options, arena, &diagnostics);
    if (fine && options->with_main)
        warn_of_main(&set, &folder, arena, &diagnostics);
    check_program_queries(&files, &set, options, arena, &diagnostics);
    if (fine && !options->no_prove && !options->no_snapshot) {
        const struct proof_order order = order_of(options);
        make_snapshot(&set, &order, arena, &diagnostics);
    }
    if (options->ready)
        free_ready(options->ready);
    if (fine && diagnostics_status(&diagnostics) == STATUS_DONE)
        emit_files(&set,
                   &(struct emission){options->output, options->header, options->depfile,
                                      options->target, options->with_main, files.sources,
                                      files.count},
                   arena, &diagnostics);
    status = finish_set(&diagnostics, &folder, &set);
    free_query_files(&files);
    return status;
}

static enum status run_check_verb(const struct verb *verb, struct options *options,
                                  struct arena *arena) {
    (void)verb;
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct folder folder = {.fd = -1};
    struct set set = {0};
    struct query_files files = {0};
    compile_folder(&set, &folder, options->operands[0], options, arena, &diagnostics);
    check_program_queries(&files, &set, options, arena, &diagnostics);
    enum status status = finish_set(&diagnostics, &folder, &set);
    free_query_files(&files);
    return status;
}

static enum status run_schema(const struct verb *verb, struct options *options,
                              struct arena *arena) {
    const char *problem = side_problem(options->operands[0], options->operands[1], arena);
    if (problem)
        return usage_error(verb, "%s", problem);
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct side side = {0};
    if (open_side(&side, options->operands[0], options->operands[1], options, arena, &diagnostics))
        print_schema(&side.state, options->json);
    enum status status = close_diagnostics(&diagnostics);
    close_side(&side);
    return status;
}

static enum status run_lock(const struct verb *verb, struct options *options, struct arena *arena) {
    (void)verb;
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct folder folder = {.fd = -1};
    struct set set = {0};
    int held = hold_folder(options->operands[0]);
    if (compile_folder(&set, &folder, options->operands[0], options, arena, &diagnostics))
        extend_lock(&set, arena, &diagnostics);
    enum status status = finish_set(&diagnostics, &folder, &set);
    if (held >= 0)
        close(held);
    return status;
}

static enum status run_renumber(const struct verb *verb, struct options *options,
                                struct arena *arena) {
    struct diagnostics diagnostics = {.arena = arena};
    (void)verb;
    renumber_file(options->operands[0], arena, &diagnostics);
    return close_diagnostics(&diagnostics);
}

static enum status run_create(const struct verb *verb, struct options *options,
                              struct arena *arena) {
    struct diagnostics diagnostics = {.arena = arena};
    struct creation creation = {options->operands[0],
                                options->operands[1],
                                options->author,
                                options->timestamp,
                                options->repeatable,
                                NULL,
                                NULL};
    const char *problem = creation_problem(&creation, arena);
    if (problem)
        return usage_error(verb, "%s", problem);
    create_file(&creation, arena, &diagnostics);
    return close_diagnostics(&diagnostics);
}

static enum status run_convert(const struct verb *verb, struct options *options,
                               struct arena *arena) {
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct folder folder = {.fd = -1};
    struct set set = {0};
    if (!options->output)
        return usage_error(verb, "-o NEWDIR is missing");
    options->no_prove = true;
    diagnostics.flags.of[WARNING_UNPROVEN].off = true;
    if (compile_folder(&set, &folder, options->operands[0], options, arena, &diagnostics))
        convert_folder(&set, options->output, arena, &diagnostics);
    return finish_set(&diagnostics, &folder, &set);
}

static enum status run_folder(const struct verb *verb, struct options *options,
                              struct arena *arena) {
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct folder folder = {.fd = -1};
    struct set set = {0};
    (void)verb;
    if (!options->name)
        options->name = name_of_folder(options->operands[0], arena);
    bool runs = compile_folder(&set, &folder, options->operands[0], options, arena, &diagnostics) &&
                may_run_alone(&set, arena, &diagnostics);
    enum status status = close_diagnostics(&diagnostics);
    if (runs)
        status = (enum status)run_command_line(&set, options, arena);
    close_folder(&folder);
    close_modules(&set);
    return status;
}

/* Prints all dialects, or the one of a folder. */
static enum status run_dialects(const struct verb *verb, struct options *options,
                                struct arena *arena) {
    struct diagnostics diagnostics = {.arena = arena};
    struct folder folder = {.fd = -1};
    (void)verb;
    for (size_t i = 0; !options->operands[0] && i < dialect_count; i++)
        printf("%-14s  %s\n%-14s  %s\n", dialects[i].name, dialects[i].files, "",
               dialects[i].markers);
    if (options->operands[0] && open_folder(&folder, arena, options->operands[0], &diagnostics) &&
        read_conf(&options->given, &folder, arena, &diagnostics) &&
        scan_folder(&folder, arena, options->given.dialect, &diagnostics))
        printf("%s: %s%s%s\n", folder.path, folder.dialect->name, folder.other ? " or " : "",
               folder.other ? folder.other->name : "");
    close_folder(&folder);
    return close_diagnostics(&diagnostics);
}

/* Below the table of verbs, which these read. */
static enum status run_help(const struct verb *verb, struct options *options, struct arena *arena);
static enum status run_completion(const struct verb *verb, struct options *options,
                                  struct arena *arena);

static const struct verb verbs[] = {
    {"build",
     "[build] [-n NAME] [--main] [--module] [--no-stamp] [--no-snapshot] [-MD] [--locked] "
     "[--queries PATTERN] [-W...] -o FILE.c DIR",
     "Compiles the migrations of DIR into FILE.c and FILE.h",
     "This is what migc does when no verb is given.\n",
     build_options,
     1,
     1,
     {"DIR", NULL},
     run_build,
     false},
    {"check",
     "check [--locked] [--queries PATTERN] [-W...] DIR",
     "Does all that build does, but writes nothing",
     "Prints nothing when all is well.\n",
     check_options,
     1,
     1,
     {"DIR", NULL},
     run_check_verb,
     false},
    {"schema",
     "schema [--json] DIR [VERSION] | FILE",
     "Prints the schema that the migrations make, up to VERSION, as SQL that makes it again",
     "FILE is a database, or SQL.  The same schema gives the same text.\n",
     schema_options,
     2,
     1,
     {"DIR", "VERSION"},
     run_schema,
     false},
    {"diff",
     "diff [--rename OLD=NEW] [--exit-code] [-o DIR/NAME] FROM TO",
     "Prints what differs, or writes the migration from one schema to the other, proven",
     "FROM and TO are a folder, DIR@VERSION, a file of SQL or a database.\n",
     diff_options,
     2,
     2,
     {"FROM", "TO"},
     run_diff,
     false},
    {"report",
     "report [-o FILE.html] [--db FILE] DIR",
     "Writes one page: the schema, drawn, each migration, and what a database has",
     "The page needs no network and no server.\n",
     report_options,
     1,
     1,
     {"DIR", NULL},
     run_report,
     false},
    {"lock",
     "lock [-W...] DIR",
     "Adds the migrations that are new to DIR/migc.lock, for a release",
     "Checks them first.  From then on, editing, renaming or removing one fails the build.\n",
     lock_options,
     1,
     1,
     {"DIR", NULL},
     run_lock,
     false},
    {"renumber",
     "renumber DIR/FILE",
     "Gives a migration that is not released the next free number",
     "Updates 'Migration:' in its header, and 'Depends:' of others, and prints both names.\n",
     renumber_options,
     1,
     1,
     {"DIR/FILE", NULL},
     run_renumber,
     false},
    {"create",
     "create [--author NAME] [--timestamp] [--repeatable] NAME DIR",
     "Makes DIR/NNN_NAME.sql with the next number, and prints its path",
     "Numbers by date and time where the latest file does.  Never overwrites a file.\n",
     create_options,
     2,
     2,
     {"NAME", "DIR"},
     run_create,
     false},
    {"run",
     "run [-n NAME] [OPTION...] DIR [COMMAND] [ARGUMENT...]",
     "Does what a program of DIR, made with --main, would do: 'migc run DIR up --db FILE'",
     "The commands are those of migc-migrate(1); options before DIR are for migc.  Steps in C,\n"
     "and functions of a program, are refused.  The set is named after DIR, unless -n names it.\n",
     run_options,
     1,
     1,
     {"DIR", NULL},
     run_folder,
     true},
    {"convert",
     "convert [--dialect NAME] [--define NAME=VALUE] [--external NAME] [-W...] -o NEWDIR DIR",
     "Writes the migrations of another tool's folder as native files into NEWDIR",
     "Statements and comments stay as they are.  NEWDIR must not be there.\n",
     convert_options,
     1,
     1,
     {"DIR", NULL},
     run_convert,
     false},
    {"dialects",
     "dialects [DIR]",
     "Lists the tools whose folders migc reads, or says which one DIR is of",
     "For each: how its files are named, and what marks their sections.\n",
     dialects_options,
     1,
     0,
     {"DIR", NULL},
     run_dialects,
     false},
    {"completion",
     "completion SHELL",
     "Prints a script that completes verbs, options and warnings",
     "SHELL is bash, zsh or fish.  'make install' installs all three.\n",
     help_options,
     1,
     1,
     {"SHELL", NULL},
     run_completion,
     false},
    {"help",
     "help [VERB]",
     "Prints what a verb does, or the list of warnings",
     "",
     help_options,
     1,
     0,
     {NULL, NULL},
     run_help,
     false},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, {NULL, NULL}, NULL, false},
};
static const struct verb *find_verb(const char *name) {
    for (size_t i = 0; verbs[i].name; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static const char *nearest_verb(const char *word) {
    struct nearest nearest = {word, strlen(word), NULL, 0};
    for (size_t i = 0; verbs[i].name; i++)
        consider_name(&nearest, verbs[i].name);
    return nearest.name;
}

static enum status run_completion(const struct verb *verb, struct options *options,
                                  struct arena *arena) {
    (void)arena;
    if (!print_completion(verbs, options->operands[0]))
        return usage_error(verb, "completion is for bash, zsh or fish, not '%s'",
                           options->operands[0]);
    return STATUS_DONE;
}

static enum status run_help(const struct verb *verb, struct options *options, struct arena *arena) {
    const char *topic = options->operand_count ? options->operands[0] : NULL;
    verb = topic ? find_verb(topic) : NULL;
    if (!topic)
        print_help(verbs);
    else if (verb)
        print_verb_help(verb);
    else if (strcmp(topic, "warnings") == 0)
        print_warnings();
    else
        return usage_error(NULL, "there is no help about '%s'%s", topic,
                           did_you_mean(nearest_verb(topic), arena));
    return STATUS_DONE;
}

/* What a verb, or the help, printed must have arrived. */
static enum status flush_output_of(enum status status) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("migc: cannot write to the standard output\n", stderr);
    return failure_status();
}

static enum status run_verb(const struct verb *verb, int argc, char **argv, struct arena *arena) {
    struct options options = {.prove_limit = PROVE_LIMIT, .rows_limit = ROWS_LIMIT};
    bool is_run = verb->passes_rest; /* works on real databases, must survive, and has flushed */
    if (is_run)
        set_failure_status(STATUS_INPUT); /* in a program's words, 3 is "migrations are pending" */
    enum status status = parse_options(&options, verb, verbs, argc, argv, arena);
    if (status != STATUS_DONE)
        return status;
    if (options.help) {
        print_verb_help(verb);
        return flush_output_of(STATUS_DONE);
    }
    if (!is_run)
        require_memory();
    sqlite3_initialize(); /* an SQLite with SQLITE_OMIT_AUTOINIT needs this */
    status = verb->run(verb, &options, arena);
    return is_run ? status : flush_output_of(status);
}

static bool is_help(const char *argument) {
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

/* A folder may be called like a verb: "migc -o FILE.c check" builds the folder "check". */
static enum status run_migc(int argc, char **argv, struct arena *arena) {
    int count, at = find_operand(verbs, argc, argv, &count);
    const char *word = at < argc ? argv[at] : NULL;
    const struct verb *verb = word ? find_verb(word) : NULL;
    const char *nearest = word && !verb ? nearest_verb(word) : NULL;
    bool builds = false, asks_help = false;
    for (int i = 0; i < argc; i++) {
        builds |= strncmp(argv[i], "-o", 2) == 0;
        asks_help |= is_help(argv[i]);
    }
    if (argc == 0)
        return usage_error(NULL, "a verb is missing");
    bool version = strcmp(argv[0], "--version") == 0;
    if (version || (is_help(argv[0]) && !verb)) {
        if (argc > 1)
            return usage_error(NULL, "'%s' after %s is one argument too many", argv[1], argv[0]);
        if (version)
            puts("migc " MIGC_VERSION);
        else
            print_help(verbs);
        return flush_output_of(STATUS_DONE);
    }
    if (verb && (at == 0 || count > 1 || !builds)) {
        memmove(argv + at, argv + at + 1, (size_t)(argc - at - 1) * sizeof(*argv));
        return run_verb(verb, argc - 1, argv, arena);
    }
    /* "migc chekc DIR": neither a verb nor a build, which has -o. */
    if (nearest && (!builds || count > 1))
        return usage_error(NULL, "there is no verb '%s'%s", word, did_you_mean(nearest, arena));
    if (word && !verb && !nearest && !builds && (asks_help || at == 0))
        return usage_error(NULL, "'%s' is not a verb, and a build needs -o FILE.c", word);
    return run_verb(&verbs[0], argc, argv, arena);
}

int main(int argc, char **argv) {
    struct arena arena = {NULL};
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* so that write() fails at a limit on file sizes */
#endif
    enum status status = run_migc(argc - (argc > 0), argv + (argc > 0), &arena);
    arena_free(&arena);
    return (int)status;
}
