/*
 * cli_completion.c - the command that prints a script for a shell to complete command lines.  It
 * is made from the tables of commands and options, and the names of the migrations.
 */
#include "cli.h"

#include <ctype.h>
#include <string.h>

struct shell {
    const migci_cli *cli;
    char program[256];  /* the word that is completed: "app" of "app --migrate" */
    char function[270]; /* "_app_migrate" */
    bool is_option;     /* the program takes the commands after --migrate */
};

/* ------------------------------------------------------------------- quoting */

/* In single quotes for a shell; zsh needs a backslash before a colon, too. */
static void print_shell_text(const char *text, const char *quote, bool escapes_colon) {
    for (; *text; text++)
        if (*text == '\'')
            fputs(quote, stdout);
        else if (*text == ':' && escapes_colon)
            fputs("\\:", stdout);
        else if (!iscntrl((unsigned char)*text))
            putchar(*text);
}

/* -------------------------------------------------------------------- tables */

typedef void completion_function(const struct shell *shell, const migci_part *part, size_t index,
                                 unsigned bit);

static void each_command(const struct shell *shell, completion_function *print) {
    const migci_part *part;
    for (size_t p = 0; (part = migci_part_at(shell->cli, p)); p++)
        for (size_t i = 0; i < part->command_count; i++)
            print(shell, part, i, part->commands[i].bit);
}

/* The options that one of these commands takes. */
static void each_option(const struct shell *shell, unsigned bits, completion_function *print) {
    const migci_part *part;
    for (size_t p = 0; (part = migci_part_at(shell->cli, p)); p++)
        for (size_t i = 0; i < part->option_count; i++)
            if (migci_fitting(shell->cli, &part->options[i]) & bits)
                print(shell, part, i, migci_fitting(shell->cli, &part->options[i]));
}

static bool takes_migration(const migci_command *command) {
    return strstr(command->operands, "NAME") || strstr(command->operands, "VERSION");
}

static void print_command_word(const struct shell *shell, const migci_part *part, size_t index,
                               unsigned bit) {
    (void)shell, (void)bit;
    printf(" %s", part->commands[index].name);
}

static void print_option_word(const struct shell *shell, const migci_part *part, size_t index,
                              unsigned bits) {
    (void)shell, (void)bits;
    printf(" %s", part->options[index].name);
}

static void print_migration_words(const struct shell *shell) {
    const migc_set *set = shell->cli->set; /* NULL: of several sets none was named */
    for (size_t i = 0; set && i < set->count; i++)
        printf(" %s", set->migrations[i].name);
}

/* ---------------------------------------------------------------------- bash */

static void print_bash_case(const struct shell *shell, const migci_part *part, size_t index,
                            unsigned bit) {
    const migci_command *command = &part->commands[index];
    printf("    %s) words='", command->name);
    each_option(shell, bit, print_option_word);
    if (takes_migration(command))
        print_migration_words(shell);
    printf("%s' ;;\n", bit == MIGCI_FOR_COMPLETION ? " bash zsh fish" : "");
}

static void print_bash_argument(const struct shell *shell, const migci_part *part, size_t index,
                                unsigned bits) {
    const migci_option *option = &part->options[index];
    (void)shell, (void)bits;
    if (option->argument && option->kind != MIGCI_WORD_OR_NONE)
        printf(" | %s", option->name);
}

static void print_host_bash(const struct shell *shell) {
    printf("%s() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} first=%d command= words= i\n",
           shell->function, !shell->is_option);
    if (shell->is_option)
        printf("    for ((i = 1; i < COMP_CWORD; i++)); do\n"
               "        [[ ${COMP_WORDS[i]} == --migrate ]] && first=$((i + 1)) && break\n"
               "    done\n"
               "    if ((first == 0)); then\n"
               "        [[ $word == -* ]] && COMPREPLY=($(compgen -W --migrate -- \"$word\"))\n"
               "        return\n"
               "    fi\n");
    printf("    for ((i = first; i < COMP_CWORD; i++)); do\n"
           "        case ${COMP_WORDS[i]} in\n"
           "        -*) ;;\n"
           "        *) [[ ' ");
    each_command(shell, print_command_word);
    printf(" ' == *\" ${COMP_WORDS[i]} \"* ]] && command=${COMP_WORDS[i]} && break ;;\n"
           "        esac\n"
           "    done\n"
           "    case ${COMP_WORDS[COMP_CWORD - 1]} in\n"
           "    ''");
    each_option(shell, MIGCI_FOR_ALL, print_bash_argument);
    printf(") return ;; # its argument: a file, or what only a person knows\n"
           "    esac\n"
           "    case $command in\n"
           "    '') words='");
    each_command(shell, print_command_word);
    each_option(shell, MIGCI_FOR_UP, print_option_word);
    printf("' ;;\n");
    each_command(shell, print_bash_case);
    printf("    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "}\n"
           "complete -o default -F %s %s\n",
           shell->function, shell->program);
}

/* ----------------------------------------------------------------------- zsh */

static void print_zsh_row(const char *name, const char *help) {
    printf(" '%s:", name);
    print_shell_text(help, "'\\''", true);
    printf("'");
}

static void print_zsh_command(const struct shell *shell, const migci_part *part, size_t index,
                              unsigned bit) {
    (void)shell, (void)bit;
    print_zsh_row(part->commands[index].name, part->commands[index].help);
}

static void print_zsh_option(const struct shell *shell, const migci_part *part, size_t index,
                             unsigned bits) {
    (void)shell, (void)bits;
    print_zsh_row(part->options[index].name, part->options[index].help);
}

static void print_zsh_case(const struct shell *shell, const migci_part *part, size_t index,
                           unsigned bit) {
    const migci_command *command = &part->commands[index];
    printf("    %s) rows=(", command->name);
    each_option(shell, bit, print_zsh_option);
    if (takes_migration(command))
        print_migration_words(shell);
    printf("%s) ;;\n", bit == MIGCI_FOR_COMPLETION ? " bash zsh fish" : "");
}

static void print_host_zsh(const struct shell *shell) {
    printf("#compdef %s\n"
           "%s() {\n"
           "    local command= i first=%d\n"
           "    local -a rows commands\n"
           "    commands=(",
           shell->program, shell->function, shell->is_option ? 0 : 2);
    each_command(shell, print_zsh_command);
    printf(")\n");
    if (shell->is_option)
        printf("    for ((i = 2; i < CURRENT; i++)); do\n"
               "        [[ $words[i] == --migrate ]] && first=$((i + 1)) && break\n"
               "    done\n"
               "    if ((first == 0)); then\n"
               "        compadd -- --migrate; _files\n"
               "        return\n"
               "    fi\n");
    printf("    for ((i = first; i < CURRENT; i++)); do\n"
           "        if (( ${commands[(I)${words[i]}:*]} )); then command=$words[i]; break; fi\n"
           "    done\n"
           "    case $command in\n"
           "    '') rows=($commands");
    each_option(shell, MIGCI_FOR_UP, print_zsh_option);
    printf(") ;;\n");
    each_command(shell, print_zsh_case);
    printf("    esac\n"
           "    _describe word rows || _files\n"
           "}\n"
           "compdef %s %s\n",
           shell->function, shell->program);
}

/* ---------------------------------------------------------------------- fish */

static void print_fish_start(const struct shell *shell, const char *condition) {
    printf("complete -c %s -n '%s%s", shell->program,
           shell->is_option ? "contains -- --migrate (commandline -opc); and " : "", condition);
}

static void print_fish_command(const struct shell *shell, const migci_part *part, size_t index,
                               unsigned bit) {
    const migci_command *command = &part->commands[index];
    (void)bit;
    print_fish_start(shell, "not __fish_seen_subcommand_from");
    each_command(shell, print_command_word);
    printf("' -f -a %s -d '", command->name);
    print_shell_text(command->help, "\\'", false);
    printf("'\n");
    if (!takes_migration(command) || !shell->cli->set || !shell->cli->set->count)
        return;
    print_fish_start(shell, "__fish_seen_subcommand_from");
    printf(" %s' -f -a '", command->name);
    print_migration_words(shell);
    printf("'\n");
}

static void print_host_fish_option(const struct shell *shell, const migci_part *part, size_t index,
                                   unsigned bits) {
    const migci_option *option = &part->options[index];
    const migci_part *other;
    print_fish_start(shell, "__fish_seen_subcommand_from");
    for (size_t p = 0; (other = migci_part_at(shell->cli, p)); p++)
        for (size_t i = 0; i < other->command_count; i++)
            if (other->commands[i].bit & bits)
                print_command_word(shell, other, i, bits);
    printf("' -%c %s%s -d '", option->name[1] == '-' ? 'l' : 's',
           option->name + strspn(option->name, "-"),
           option->kind == MIGCI_WORD                               ? " -r"
           : option->argument && option->kind != MIGCI_WORD_OR_NONE ? " -x"
                                                                    : "");
    print_shell_text(option->help, "\\'", false);
    printf("'\n");
}

static void print_host_fish(const struct shell *shell) {
    if (shell->is_option)
        printf("complete -c %s -l migrate -d 'look after the database'\n", shell->program);
    each_command(shell, print_fish_command);
    each_option(shell, MIGCI_FOR_ALL, print_host_fish_option);
}

/* ------------------------------------------------------------------- command */

static int complete_for_shell(migci_cli *cli) {
    static const struct {
        const char *name;
        void (*print)(const struct shell *shell);
    } shells[] = {{"bash", print_host_bash}, {"zsh", print_host_zsh}, {"fish", print_host_fish}};
    struct shell shell = {.cli = cli};
    size_t length = strcspn(cli->program, " ");
    shell.is_option = cli->program[length] != '\0';
    snprintf(shell.program, sizeof(shell.program), "%.*s", (int)length, cli->program);
    snprintf(shell.function, sizeof(shell.function), "_%s_migrate", shell.program);
    for (char *c = shell.function; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
        if (strcmp(cli->operand, shells[i].name) == 0) {
            shells[i].print(&shell);
            return 0;
        }
    return migci_cli_usage(cli, "completion is for bash, zsh or fish, not '%s'", cli->operand);
}

static const migci_command commands[] = {
    {"completion", "SHELL", "what bash, zsh or fish completes a command line with",
     complete_for_shell, MIGCI_NO_DATABASE, MIGCI_FOR_COMPLETION},
};

const migci_part migci_part_completion = {
    .title = "In a shell", .commands = commands, .command_count = 1};
