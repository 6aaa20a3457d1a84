/*
 * cli_sets.c - the command line of a program with several sets: chooses the sets that a command
 * is for, finds their databases, and runs the command on one after the other.
 *
 * It is a part of its own, made for the call.  Its option is --set.  A command without it runs
 * once for each file, or for each set.
 */
#include "cli.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The command line gets it as the host's options, which are its first member. */
struct program {
    migc_options options;
    migc_database *databases; /* their sets are unpacked */
    migci_memory memory;      /* of `databases` */
    size_t count;
    const migc_database *chosen; /* by --set, or because it is the only one; NULL: none yet */
    bool on_cluster;             /* the databases' paths are not used */
    char *names;                 /* "core, users" */
    char *help;                  /* of --set */
    migci_option option;
    migci_part part; /* that of --set, then the others */
    const migci_part *parts[2];
    migc_verbs verbs;
    const migc_verbs **list;
    const migc_set **sets; /* of the file that the command is at work on */
    migci_several several;
};

static struct program *program_of(const migci_cli *cli) {
    return (struct program *)(void *)cli->host;
}

/* -------------------------------------------------------------------- paths */

/* DATABASE_PATH_CORE, or NULL. */
static const char *own_variable(const migc_database *database) {
    char name[200];
    int length = snprintf(name, sizeof(name), "DATABASE_PATH_%s", database->set->name);
    if (length < 0 || (size_t)length >= sizeof(name))
        return NULL;
    for (char *c = name; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Where the set's database is, if this call does not name one. */
static const char *default_path_of(const migc_database *database) {
    const char *own = own_variable(database);
    return own ? own : database->path;
}

/* If this call names a cluster, all sets are there. */
static bool is_same_file(const struct program *program, size_t a, size_t b) {
    const char *x = default_path_of(&program->databases[a]);
    const char *y = default_path_of(&program->databases[b]);
    return program->on_cluster || (x && y ? strcmp(x, y) == 0 : !x && !y);
}

static bool is_one_file(const struct program *program) {
    for (size_t i = 1; i < program->count; i++)
        if (!is_same_file(program, 0, i))
            return false;
    return true;
}

/* What the call names comes first; but a variable for this set comes before the variable for all
 * sets. */
static const char *path_of(const migc_database *database, const char *named) {
    const char *general = getenv("DATABASE_PATH"), *own = own_variable(database);
    if (named || own)
        return named ? named : own;
    return general && *general ? general : database->path;
}

/* ------------------------------------------------------------------- a file */

/* Sets cli->several to the sets of the database's file, and cli->set to the database's own set,
 * or to the first one if the command is for all modules. */
static void choose(migci_cli *cli, const migc_database *database) {
    struct program *program = program_of(cli);
    migci_several *several = &program->several;
    assert(database >= program->databases && database < program->databases + program->count);
    size_t index = (size_t)(database - program->databases);
    memset(several, 0, sizeof(*several));
    for (size_t i = 0; i < program->count; i++) {
        if (i == index)
            several->which = several->count;
        if (is_same_file(program, index, i))
            program->sets[several->count++] = program->databases[i].set;
    }
    several->sets = program->sets;
    several->choose = migci_choose_several;
    cli->several = several;
    cli->set = database->set;
    cli->default_path = database->path;
}

static void print_heading(const migci_cli *cli, bool first) {
    if (cli->json && !first)
        migci_print(",\n");
    /* validate prints nothing when all is well, and --each-db has its own lines */
    if (cli->json || cli->quiet || cli->each_db ||
        (cli->command->bit == MIGCI_FOR_VALIDATE && !cli->check))
        return;
    migci_print("%s", first ? "" : "\n");
    if (cli->all_modules) /* a heading comes whenever the set changes */
        return;
    if (cli->command->access == MIGCI_NO_DATABASE)
        migci_print("%s:\n", cli->set->name);
    else
        migci_print("%s (%s):\n", cli->set->name, cli->path);
    fflush(stdout);
}

/* Only the proof needs neither a database nor an operand. */
static bool is_for_modules(const migci_command *command) {
    return (command->bit & (MIGCI_FOR_UP | MIGCI_FOR_PLAN)) || command->access == MIGCI_NO_DATABASE;
}

static int run_database(migci_cli *cli, const migc_database *database, bool first) {
    const char *named = cli->path;
    const migc_hook *hooks = cli->options.hooks; /* each run puts hooks of verbs in front */
    choose(cli, database);
    cli->path = cli->each_db ? NULL : cli->cluster ? cli->cluster : path_of(database, named);
    cli->all_modules = cli->several->count > 1 && is_for_modules(cli->command);
    memset(&cli->error, 0, sizeof(cli->error));
    memset(&cli->result, 0, sizeof(cli->result));
    cli->ran_count = cli->ran_durable = 0;
    cli->missing = cli->made = false;
    cli->has_document = false;
    print_heading(cli, first);
    int status = migci_cli_run(cli);
    cli->options.hooks = hooks;
    cli->path = named;
    return status;
}

/* ---------------------------------------------------------------- all files */

/* From good to bad: fine, pending, locked, disagreement, failure, wrong call. */
static int worse_of(int a, int b) {
    static const int order[] = {0, MIGCI_PENDING, 4, 5, 1, MIGCI_USAGE};
    size_t count = sizeof(order) / sizeof(*order), rank_a = 0, rank_b = 0;
    while (rank_a < count && order[rank_a] != a)
        rank_a++;
    while (rank_b < count && order[rank_b] != b)
        rank_b++;
    return rank_b > rank_a ? b : a;
}

/* The first database with the same file; there a command for all modules acts on all of them. */
static size_t first_of_file(const struct program *program, size_t index) {
    size_t first = 0;
    while (!is_same_file(program, first, index))
        first++;
    return first;
}

/* Files do not share a transaction, so what is done stays done. */
static void report_rest(migci_cli *cli, size_t failed) {
    const struct program *program = program_of(cli);
    sqlite3_str *done = sqlite3_str_new(NULL), *rest = sqlite3_str_new(NULL);
    for (size_t i = 0; i < program->count; i++) {
        size_t first = first_of_file(program, i);
        if (first != first_of_file(program, failed))
            sqlite3_str_appendf(first < failed ? done : rest, ", %s",
                                program->databases[i].set->name);
    }
    char *kept = sqlite3_str_finish(done), *left = sqlite3_str_finish(rest);
    if (kept || left)
        migci_print_to(stderr, "%s: %s%s%s%s%s.\n", cli->program,
                       kept ? "Done before that and kept: " : "", kept ? kept + 2 : "",
                       kept && left ? ". " : "", left ? "Not started: " : "", left ? left + 2 : "");
    sqlite3_free(kept);
    sqlite3_free(left);
}

static int run_all(migci_cli *cli) {
    const struct program *program = program_of(cli);
    bool writes = cli->command->access == MIGCI_CREATES && !cli->dry_run;
    bool first = true;
    int status = 0;
    if (cli->json)
        migci_print("{\"sets\":[\n");
    for (size_t i = 0; i < program->count; i++) {
        if ((cli->each_db || is_for_modules(cli->command)) && first_of_file(program, i) < i)
            continue;
        int one = run_database(cli, &program->databases[i], first);
        first = false;
        status = worse_of(status, one);
        if (writes && one != 0 && one != MIGCI_PENDING) {
            report_rest(cli, i);
            break;
        }
    }
    if (cli->json)
        migci_print("]}\n");
    return status;
}

/* ------------------------------------------------------------------ choosing */

/* Each set has its path; the one path that a call names cannot stand for several files. */
static int check_paths(migci_cli *cli) {
    const struct program *program = program_of(cli);
    const char *general = getenv("DATABASE_PATH");
    bool all_have_own = true, is_general = !cli->path && general && *general;
    for (size_t i = 0; i < program->count; i++)
        all_have_own = all_have_own && own_variable(&program->databases[i]);
    if (!is_one_file(program) && (cli->path || (is_general && !all_have_own)))
        return migci_cli_usage(cli,
                               "%s names one database, and the sets have their own; say with --set"
                               " NAME whose it is: %s",
                               cli->path ? "--db" : "DATABASE_PATH", program->names);
    for (size_t i = 0; i < program->count; i++) {
        const char *name = program->databases[i].set->name;
        const char *path = path_of(&program->databases[i], cli->path);
        if ((!path || !*path) && cli->command->access != MIGCI_NO_DATABASE)
            return migci_cli_usage(
                cli,
                "which database has %s? Name it with --set %s --db PATH, or with DATABASE_PATH_"
                " and the set's name in capitals",
                name, name);
    }
    return 0;
}

static int run_unchosen(migci_cli *cli) {
    const struct program *program = program_of(cli);
    const migci_command *command = cli->command;
    const char *single = NULL, *names = program->names; /* what needs one set to be chosen */
    bool has_modules = false;
    for (size_t i = 0; i < program->count; i++)
        has_modules |= first_of_file(program, i) < i;
    if (command->access == MIGCI_WRITES || command->access == MIGCI_REPLACES || cli->operand ||
        (cli->each_db && !(is_one_file(program) && is_for_modules(command))))
        single = command->name;
    else if (cli->rehearse && has_modules)
        single = "--rehearse";
    if (cli->set_name)
        return migci_cli_usage(cli, "there is no set '%s'; this program has %s", cli->set_name,
                               names);
    if (single)
        return migci_cli_usage(cli, "%s%s is for one set: choose it with --set NAME, one of %s",
                               single, cli->each_db ? " with --each-db" : "", names);
    int status = cli->each_db || cli->cluster ? 0 : check_paths(cli);
    return status ? status : run_all(cli);
}

/* Called before all other parts, and again for each run that it starts itself. */
static bool spread_over_sets(migci_cli *cli, int *status) {
    struct program *program = program_of(cli);
    if (cli->several || cli->command->bit == MIGCI_FOR_COMPLETION)
        return false;
    program->on_cluster = cli->cluster != NULL;
    if (program->chosen) {
        choose(cli, program->chosen);
        if (!cli->path && !cli->each_db && !cli->cluster)
            cli->path = own_variable(program->chosen);
        return false;
    }
    *status = run_unchosen(cli);
    return true;
}

/* ------------------------------------------------------------------- program */

/* The last --set counts, as with every option.  Operands cannot be understood without it, so it
 * is found before the command line is parsed. */
static const migc_database *find_chosen(const struct program *program, int argc, char **argv) {
    const char *name = NULL;
    for (int i = migci_find_migrate(argc, argv); i < argc; i++)
        if (strncmp(argv[i], "--set=", 6) == 0)
            name = argv[i] + 6;
        else if (strcmp(argv[i], "--set") == 0 && i + 1 < argc)
            name = argv[i + 1];
    if (!name)
        return program->count == 1 ? &program->databases[0] : NULL;
    for (size_t i = 0; i < program->count; i++)
        if (strcmp(program->databases[i].set->name, name) == 0)
            return &program->databases[i];
    return NULL;
}

static bool allocate_program(struct program *program, const migc_database *databases,
                             const migc_options *host) {
    sqlite3_str *names = sqlite3_str_new(NULL);
    size_t verbs = 0;
    for (size_t i = 0; i < program->count; i++)
        sqlite3_str_appendf(names, "%s%s", i ? ", " : "", databases[i].set->name);
    if (!program->count)
        sqlite3_str_appendall(names, "none");
    program->names = sqlite3_str_finish(names);
    program->databases =
        migci_allocate(&program->memory, program->count * sizeof(*program->databases));
    if (!program->databases)
        return false;
    for (size_t i = 0; i < program->count; i++) {
        program->databases[i] = databases[i];
        program->databases[i].set = migci_cli_unpack(databases[i].set, &program->memory);
        if (!program->databases[i].set)
            return false;
    }
    while (host && host->verbs && host->verbs[verbs])
        verbs++;
    program->help = program->names
                        ? sqlite3_mprintf("the command is for this set: one of %s", program->names)
                        : NULL;
    program->list = sqlite3_malloc64((verbs + 2) * sizeof(void *));
    program->sets = sqlite3_malloc64((program->count + 1) * sizeof(void *));
    if (!program->help || !program->list || !program->sets)
        return false;
    program->option.help = program->help;
    program->list[0] = &program->verbs;
    for (size_t i = 0; i < verbs; i++)
        program->list[1 + i] = host->verbs[i];
    program->list[1 + verbs] = NULL;
    return true;
}

static int run_program(struct program *program, int argc, char **argv,
                       const migc_database *databases, const migc_options *host) {
    static const migc_options defaults;
    if (!allocate_program(program, databases, host)) {
        migci_print_to(stderr, "%s: out of memory\n", argv[0]);
        return 1;
    }
    program->options = host ? *host : defaults;
    program->options.verbs = program->list;
    program->option.name = "--set";
    program->option.argument = "NAME";
    program->option.kind = MIGCI_WORD;
    program->option.offset = offsetof(migci_cli, set_name);
    program->option.fits = MIGCI_FOR_ALL & ~MIGCI_FOR_HELP;
    program->part.title = "Several sets";
    program->part.options = &program->option;
    program->part.option_count = 1;
    program->part.spread = spread_over_sets;
    program->parts[0] = &program->part;
    program->verbs.parts = program->parts;
    program->chosen = find_chosen(program, argc, argv);
    const migc_database *chosen = program->chosen;
    return migc_cli(argc, argv, chosen ? chosen->set : NULL, NULL, &program->options);
}

int migc_cli_sets(int argc, char **argv, const migc_database *databases, size_t count,
                  const migc_options *options) {
    struct program program;
    if (migci_find_migrate(argc, argv) == argc)
        return -1;
    memset(&program, 0, sizeof(program));
    program.count = count;
    int status = run_program(&program, argc, argv, databases, options);
    sqlite3_free(program.names);
    sqlite3_free(program.help);
    sqlite3_free(program.list);
    sqlite3_free(program.sets);
    migci_free_all(&program.memory);
    return status;
}
