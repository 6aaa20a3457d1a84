/*
 * cli_help.c - prints the help of a program, and of one command, from the tables of its parts.
 */
#include "cli.h"

#include <string.h>

static void print_help_row(const char *name, const char *form, const char *argument,
                           const char *help) {
    char call[64];
    snprintf(call, sizeof(call), form, name, argument);
    migci_print("  %-22s %s\n", call, help);
}

static void print_command_row(const migci_command *command) {
    print_help_row(command->name, "%s %s", command->operands, command->help);
}

/* The options that one of these commands takes. */
static void print_options(const migci_cli *cli, const migci_part *part, unsigned bits) {
    for (size_t i = 0; i < part->option_count; i++) {
        const migci_option *option = &part->options[i];
        if (migci_fitting(cli, option) & bits)
            print_help_row(option->name, option->kind == MIGCI_WORD_OR_NONE ? "%s[=%s]" : "%s %s",
                           option->argument ? option->argument : "", option->help);
    }
}

/* The program's: the basic part, then what the other parts add, each under its title. */
int migci_cli_help(migci_cli *cli) {
    const migci_part *part;
    const char *title = "";
    if (cli->command && cli->command->bit != MIGCI_FOR_HELP) {
        const migci_command *topic = cli->command;
        migci_print("Usage: %s %s%s%s [options]\n\n", cli->program, topic->name,
                    *topic->operands ? " " : "", topic->operands);
        print_command_row(topic);
        migci_print("\nOptions:\n");
        for (size_t i = 0; (part = migci_part_at(cli, i)); i++)
            print_options(cli, part, topic->bit);
        return 0;
    }
    migci_print("Usage: %s [command] [options]\n\nCommands:\n", cli->program);
    for (size_t p = 0; (part = migci_part_at(cli, p)); p++) {
        if (part->title && strcmp(part->title, title) != 0)
            migci_print("\n%s:\n", title = part->title);
        for (size_t i = 0; i < part->command_count; i++)
            print_command_row(&part->commands[i]);
        migci_print("%s", p == 0 ? "\nOptions:\n" : "");
        print_options(cli, part, MIGCI_FOR_ALL);
    }
    migci_print("\n'%s COMMAND --help' lists the options that fit a command.\n", cli->program);
    migci_print(
        "\nExit status: 0 fine, 1 failed, 2 wrong usage, 3 pending (--exit-code), 4 locked,\n"
        "5 program and database disagree, 6 some of many failed (--each-db), 124 timed out,\n"
        "129, 130 and 143 stopped by a signal.\n");
    if (!migci_part_at(cli, 1))
        migci_print("\nThe program can have more commands: migc.3, migc_options.verbs.\n");
    return 0;
}

int migci_cli_print_version(migci_cli *cli) {
    const migc_set *set = cli->set; /* NULL: of several sets none was named */
    const char *latest = set && set->count ? set->migrations[set->count - 1].name : NULL;
    migci_json json;
    if (cli->json) {
        migci_json_begin(&json, stdout);
        migci_json_text(&json, "set", set ? set->name : NULL);
        migci_json_text(&json, "latest", latest);
        migci_json_text(&json, "migc", MIGC_VERSION);
        migci_json_text(&json, "sqlite", sqlite3_libversion());
        migci_json_end(&json);
        return 0;
    }
    if (set)
        migci_print("%s: %zu migration%s%s%s; ", set->name, set->count, set->count == 1 ? "" : "s",
                    latest ? ", up to " : "", latest ? latest : "");
    migci_print("migc %s, SQLite %s\n", MIGC_VERSION, sqlite3_libversion());
    return 0;
}
