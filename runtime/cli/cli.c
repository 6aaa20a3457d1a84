/*
 * cli.c - "--migrate [command] [options]": the tables of commands and options,
 * and the way from argv to a command.
 */
#include "cli.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Help, completion and the manual's list are made of this table. */
static const migci_command commands[] = {
    {"up", "", "apply all that is pending (the default)", migci_cli_up, MIGCI_CREATES,
     MIGCI_FOR_UP},
    {"down", "[NAME]", "revert the latest, which NAME must be; with -n N the latest N",
     migci_cli_down, MIGCI_WRITES, MIGCI_FOR_DOWN},
    {"to", "VERSION", "go up or down to a version or name; 0 reverts everything", migci_cli_to,
     MIGCI_CREATES, MIGCI_FOR_TO},
    {"redo", "[N]", "revert the latest N (1) and apply them again", migci_cli_redo, MIGCI_WRITES,
     MIGCI_FOR_REDO},
    {"reset", "", "revert everything: what the tables hold is lost", migci_cli_reset, MIGCI_WRITES,
     MIGCI_FOR_RESET},
    {"status", "", "what is applied, what is pending", migci_cli_status, MIGCI_READS,
     MIGCI_FOR_STATUS},
    {"history", "", "what happened: every up, down and failure", migci_cli_history, MIGCI_READS,
     MIGCI_FOR_HISTORY},
    {"plan", "[VERSION]", "what up, or to VERSION, would run, and in which transactions",
     migci_cli_plan, MIGCI_READS, MIGCI_FOR_PLAN},
    {"show", "NAME", "a migration of this program: its header and its SQL", migci_cli_show,
     MIGCI_NO_DATABASE, MIGCI_FOR_SHOW},
    {"validate", "", "compare database and program; agreement prints nothing", migci_cli_validate,
     MIGCI_READS, MIGCI_FOR_VALIDATE},
    {"help", "", "this text", migci_cli_help, MIGCI_NO_DATABASE, MIGCI_FOR_HELP},
};

static const migci_option option_table[] = {
    {"--db", "PATH", "the database; else DATABASE_PATH, else the program's own", MIGCI_WORD,
     offsetof(migci_cli, path),
     MIGCI_FOR_ALL & ~(MIGCI_FOR_SHOW | MIGCI_FOR_SELFTEST | MIGCI_FOR_TEXTS), 0, NULL, NULL},
    {"--dry-run", NULL, "print the plan and its SQL; write nothing, create nothing", MIGCI_FLAG,
     offsetof(migci_cli, dry_run), MIGCI_FOR_CHANGES | MIGCI_FOR_BACKUP | MIGCI_FOR_RESTORE, 0,
     NULL, NULL},
    {"--each", NULL, "a transaction for each migration, not one for all", MIGCI_FLAG,
     offsetof(migci_cli, each), MIGCI_FOR_RUNS | MIGCI_FOR_PLAN, 0, NULL, NULL},
    {"--resume", NULL, "go on with an interrupted migration outside transactions", MIGCI_FLAG,
     offsetof(migci_cli, resume), MIGCI_FOR_RUNS | MIGCI_FOR_PLAN | MIGCI_FOR_REPAIR, 0, NULL,
     NULL},
    {"--wait", "SECONDS", "how long to wait for another program's lock (30); 0: not at all",
     MIGCI_SECONDS, offsetof(migci_cli, wait_ms),
     MIGCI_FOR_CHANGES | MIGCI_FOR_STATUS | MIGCI_FOR_HISTORY | MIGCI_FOR_PLAN |
         MIGCI_FOR_VALIDATE | MIGCI_FOR_DRIFT | MIGCI_FOR_BACKUP,
     0, NULL, NULL},
    {"--timeout", "SECONDS", "how long the run may take; then all is undone, status 124",
     MIGCI_SECONDS, offsetof(migci_cli, timeout_ms), MIGCI_FOR_CHANGES | MIGCI_FOR_DRIFT,
     MIGCI_FOR_VALIDATE, "--check", NULL},
    {"--out-of-order", "POLICY", "a pending one before applied ones: linear, allow or skip",
     MIGCI_WORD, offsetof(migci_cli, order),
     MIGCI_FOR_RUNS | MIGCI_FOR_STATUS | MIGCI_FOR_PLAN | MIGCI_FOR_VALIDATE | MIGCI_FOR_REPAIR, 0,
     NULL, NULL},
    {"-n", "N", "how many down reverts, or redo", MIGCI_COUNT, offsetof(migci_cli, count),
     MIGCI_FOR_DOWN | MIGCI_FOR_REDO, 0, NULL, NULL},
    {"--yes", NULL, "go on without a question", MIGCI_FLAG, offsetof(migci_cli, yes),
     MIGCI_FOR_RUNS | MIGCI_FOR_RESTORE, MIGCI_FOR_REPAIR, MIGCI_REPAIRS, NULL},
    {"--json", NULL, "one JSON document on standard output", MIGCI_FLAG, offsetof(migci_cli, json),
     MIGCI_FOR_ALL & ~(MIGCI_FOR_SELFTEST | MIGCI_FOR_TEXTS), 0, NULL, NULL},
    {"--quiet", NULL, "print errors only", MIGCI_FLAG, offsetof(migci_cli, quiet),
     MIGCI_FOR_ALL & ~(MIGCI_FOR_SHOW | MIGCI_FOR_TEXTS), 0, NULL, NULL},
    {"--long", NULL, "status with what each header says, and who applied it", MIGCI_FLAG,
     offsetof(migci_cli, long_form), MIGCI_FOR_STATUS, 0, NULL, NULL},
    {"--exit-code", NULL, "status 3 when migrations are pending", MIGCI_FLAG,
     offsetof(migci_cli, exit_code), MIGCI_FOR_STATUS | MIGCI_FOR_PLAN | MIGCI_FOR_VALIDATE,
     MIGCI_FOR_RUNS, "--dry-run", NULL},
    {"--version", NULL, "the set's latest migration, and the versions of migc and SQLite",
     MIGCI_FLAG, offsetof(migci_cli, show_version), MIGCI_FOR_ALL, 0, NULL, NULL},
    {"--help", NULL, "this text", MIGCI_FLAG, offsetof(migci_cli, help), MIGCI_FOR_ALL, 0, NULL,
     NULL},
};

static const migci_part basic = {.commands = commands,
                                 .command_count = sizeof(commands) / sizeof(*commands),
                                 .options = option_table,
                                 .option_count = sizeof(option_table) / sizeof(*option_table)};

/* ------------------------------------------------------------------ parsing */

/* The option of "--db", "--db=PATH" or, for one letter, "-n5"; *value is what follows, or NULL. */
static const migci_option *find_option(migci_cli *cli, const char *text, const char **value) {
    const migci_part *part;
    for (size_t p = 0; (part = migci_part_at(cli, p)); p++)
        for (size_t i = 0; i < part->option_count; i++) {
            const migci_option *option = &part->options[i];
            const char *rest = text + strlen(option->name);
            bool is_long = option->name[1] == '-';
            if (strncmp(option->name, text, strlen(option->name)) != 0 ||
                (*rest && ((is_long && *rest != '=') || !option->argument)))
                continue;
            *value = *rest ? rest + is_long : NULL;
            cli->besides |= p > 0;
            return option;
        }
    return NULL;
}

static int set_option(migci_cli *cli, const migci_option *option, const char *value) {
    void *target = (char *)cli + option->offset;
    assert(cli->given_count <= MIGCI_MOST_GIVEN && option->offset < sizeof(*cli));
    if (cli->given_count == MIGCI_MOST_GIVEN)
        return migci_cli_usage(cli, "these are too many options");
    cli->given[cli->given_count++] = option;
    if (option->kind == MIGCI_WORD_OR_NONE && !value)
        value = ""; /* it was given, without its argument */
    else if (option->argument && (!value || !*value))
        return migci_cli_usage(cli, "%s wants %s", option->name, option->argument);
    switch (option->kind) {
    case MIGCI_FLAG:
        *(bool *)target = true;
        return 0;
    case MIGCI_WORD:
    case MIGCI_WORD_OR_NONE:
        *(const char **)target = value;
        return 0;
    default: /* a number */
        break;
    }
    char *end;
    errno = 0;
    double number = strtod(value, &end);
    bool whole = option->kind == MIGCI_SECONDS || number == (double)(int64_t)number;
    if (errno || end == value || *end || number < 0 || number > 1e6 || !whole ||
        (option->kind == MIGCI_COUNT && number < 1))
        return migci_cli_usage(cli, "%s wants %s, not '%s'", option->name,
                               option->kind == MIGCI_COUNT ? "a whole number from 1" : "seconds",
                               value);
    *(int64_t *)target = option->kind == MIGCI_SECONDS ? (int64_t)(number * 1000) : (int64_t)number;
    return 0;
}

static int refuse_word(migci_cli *cli, const char *kind, const char *word) {
    const char *near = migci_nearest_word(cli, word);
    size_t length = strcspn(word, "=");
    if (!near)
        return migci_cli_usage(cli, "there is no %s '%s'", kind, word);
    if (strlen(near) == length && strncmp(near, word, length) == 0)
        return migci_cli_usage(cli, "%s takes no value", near);
    return migci_cli_refuse(cli, "there is no %s '%s'. Did you mean '%s'? See '%s help'", kind,
                            word, near, cli->program);
}

static int set_operand(migci_cli *cli, const char *word) {
    if (!cli->command) {
        cli->command = migci_command_named(cli, word);
        return cli->command ? 0 : refuse_word(cli, "command", word);
    }
    if (cli->operand || !*cli->command->operands)
        return migci_cli_usage(cli, "%s does not take '%s'", cli->command->name, word);
    cli->operand = word;
    return 0;
}

/* The first word is the program's name, or "--migrate" with or without a command. */
static int parse(migci_cli *cli, int argc, char **argv) {
    for (int i = 0; i < argc; i++) /* what is wrong before --json is reported in a document, too */
        cli->json |= strcmp(argv[i], "--json") == 0;
    if (argc && migci_is_migrate(argv[0]) && strchr(argv[0], '=')) {
        int status = set_operand(cli, strchr(argv[0], '=') + 1);
        if (status)
            return status;
    }
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        const migci_option *option = find_option(cli, argv[i], &value);
        int status;
        if (option && option->argument && option->kind != MIGCI_WORD_OR_NONE && !value)
            value = i + 1 < argc ? argv[++i] : NULL;
        if (option)
            status = set_option(cli, option, value);
        else if (argv[i][0] == '-' && argv[i][1])
            status = refuse_word(cli, "option", argv[i]);
        else
            status = set_operand(cli, argv[i]);
        if (status)
            return status;
    }
    return 0;
}

/* --------------------------------------------------------------------- run */

static int set_options(migci_cli *cli) {
    static const struct {
        const char *name;
        unsigned flag;
    } orders[] = {{"linear", MIGC_REFUSE_OUT_OF_ORDER},
                  {"allow", MIGC_ALLOW_OUT_OF_ORDER},
                  {"skip", MIGC_SKIP_OUT_OF_ORDER}};
    if (cli->host)
        cli->options = *cli->host;
    cli->options.flags |= (cli->dry_run ? MIGC_DRY_RUN : 0u) | (cli->each ? MIGC_EACH : 0u) |
                          (cli->resume ? MIGC_RESUME : 0u);
    if (cli->wait_ms >= 0)
        cli->options.wait_ms = cli->wait_ms ? (int)cli->wait_ms : -1;
    if (cli->timeout_ms >= 0)
        cli->options.timeout_ms = (int)cli->timeout_ms;
    if (cli->options.timeout_ms > 0 && !migci_has_progress() && !cli->quiet)
        migci_print_to(
            stderr,
            "%s: this SQLite has no progress handler: a deadline and Ctrl-C end a run between "
            "two statements, not inside one.\n",
            cli->program);
    cli->options.progress = &migc_progress;
    cli->options.result = &cli->result;
    if (!cli->order) /* shown above those of the program and the set */
        return 0;
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
        cli->options.flags &= ~orders[i].flag;
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
        if (strcmp(cli->order, orders[i].name) == 0) {
            cli->options.flags |= orders[i].flag;
            return 0;
        }
    return migci_cli_usage(cli, "--out-of-order wants linear, allow or skip, not '%s'", cli->order);
}

static int check_operand(migci_cli *cli) {
    const char *operands = cli->command->operands;
    if (*operands && *operands != '[' && !cli->operand)
        return migci_cli_usage(cli, "%s wants %s", cli->command->name, operands);
    if (cli->operand && cli->count)
        return migci_cli_usage(cli, "%s takes %.*s or -n N, not both", cli->command->name,
                               (int)strlen(operands) - 2, operands + 1);
    if (!cli->set) /* one of several sets, and none was named yet: cli_sets.c */
        return 0;
    return cli->operand && strstr(operands, "VERSION") ? migci_cli_version(cli) : 0;
}

static const migc_set *own_set(migci_cli *cli, migci_memory *memory) {
    (void)memory;
    return cli->set;
}

static int choose_operations(migci_cli *cli) {
    const migci_part *part;
    int status = 0;
    cli->operations = (migci_operations){.access = cli->command->access,
                                         .open = migci_cli_open,
                                         .run = cli->command->run,
                                         .call = migci_cli_call,
                                         .finish = migci_cli_report,
                                         .whole = own_set};
    if (cli->several)
        cli->several->choose(cli);
    for (size_t i = 0; !status && (part = migci_part_at(cli, i)); i++)
        if (part->choose)
            status = part->choose(cli);
    return status;
}

int migci_cli_run(migci_cli *cli) {
    const migci_part *part;
    int status = 0;
    assert(cli->command && !cli->db);
    for (size_t i = 0; (part = migci_part_at(cli, i)); i++)
        if (part->spread && part->spread(cli, &status))
            return status;
    status = choose_operations(cli);
    assert(status || (cli->operations.run && cli->operations.call && cli->operations.finish));
    if (!status && cli->operations.access >= MIGCI_READS)
        status = cli->operations.open(cli);
    bool is_nothing =
        !status && cli->missing && !cli->operand && (cli->command->bit & MIGCI_FOR_REVERTS);
    for (size_t i = 0; !status && !is_nothing && (part = migci_part_at(cli, i)); i++)
        if (part->before)
            status = part->before(cli);
    if (!status) {
        status = is_nothing ? migci_cli_report(cli) : cli->operations.run(cli);
        for (size_t i = 0; (part = migci_part_at(cli, i)); i++)
            if (part->after)
                status = part->after(cli, status);
    }
    sqlite3_close(cli->db);
    cli->db = NULL;
    return status;
}

static int run_given_command(migci_cli *cli, int argc, char **argv) {
    int status = parse(cli, argc, argv);
    if (status)
        return status;
    if (cli->help)
        return migci_cli_help(cli);
    if (cli->show_version)
        return migci_cli_print_version(cli);
    if (!cli->command)
        cli->command = &commands[0];
    status = migci_cli_fits(cli);
    if (!status && cli->command->bit == MIGCI_FOR_HELP)
        return migci_cli_help(cli);
    if (!status)
        status = check_operand(cli);
    if (!status)
        status = set_options(cli);
    if (status)
        return status;
    status = migci_cli_run(cli);
    sqlite3_free(cli->ran);
    return status;
}

/* Of a set that was emitted for another ABI only the number can be read.  It is refused later. */
const migc_set *migci_cli_unpack(const migc_set *set, migci_memory *memory) {
    if (set->abi == MIGC_ABI)
        return migci_unpack_set(set, memory);
    migc_set *other = migci_allocate(memory, sizeof(*other));
    if (other) {
        other->abi = set->abi;
        other->name = set->name;
    }
    return other;
}

static int start_command_line(int argc, char **argv, const char *program, const migc_set *set,
                              const char *default_db, const migc_options *host) {
    migci_memory unpacked = {NULL};
    migci_cli cli;
    if (!migci_sqlite_serves()) {
        migci_print_to(stderr,
                       "%s: this is SQLite %s; migc needs 3.38 or newer. Nothing was changed.\n",
                       program, sqlite3_libversion());
        return 1;
    }
    memset(&cli, 0, sizeof(cli));
    cli.program = program;
    cli.set = set ? migci_cli_unpack(set, &unpacked) : NULL;
    if (set && !cli.set) {
        migci_free_all(&unpacked);
        migci_print_to(stderr, "%s: out of memory. Nothing was changed.\n", program);
        return 1;
    }
    cli.host = host;
    cli.default_path = default_db;
    cli.basic = &basic;
    cli.wait_ms = cli.timeout_ms = cli.wait_current_ms = -1;
    cli.version = MIGC_LATEST;
    cli.colour = migci_takes_colour(stdout);
    int status = run_given_command(&cli, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        migci_print_to(stderr, "%s: standard output could not be written\n", program);
        status = status ? status : 1;
    }
    migci_free_all(&unpacked);
    return status;
}

static const char *program_name(const char *path) {
    return path ? migci_base_name(path) : "";
}

int migc_cli(int argc, char **argv, const migc_set *set, const char *default_db,
             const migc_options *options) {
    char program[256];
    int at = migci_find_migrate(argc, argv);
    if (at == argc)
        return -1;
    snprintf(program, sizeof(program), "%s --migrate", program_name(argv[0]));
    return start_command_line(argc - at, argv + at, program, set, default_db, options);
}

int migc_main(int argc, char **argv, const migc_set *set, const char *default_db,
              const migc_options *options) {
    int at = argc > 1 && migci_is_migrate(argv[1]) ? 1 : 0;
    return start_command_line(argc - at, argv + at, program_name(argc ? argv[0] : NULL), set,
                              default_db, options);
}
