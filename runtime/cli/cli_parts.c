/*
 * cli_parts.c - the parts of a program's command line: the basic one, and those that its author
 * has chosen (migc_options.verbs).
 */
#include "cli.h"

#include <string.h>

const migci_part *migci_part_at(const migci_cli *cli, size_t index) {
    const migc_verbs *const *bundle = cli->host ? cli->host->verbs : NULL;
    if (index-- == 0)
        return cli->basic;
    for (; bundle && *bundle; bundle++)
        for (const migci_part *const *part = (*bundle)->parts; *part; part++)
            if (index-- == 0)
                return *part;
    return NULL;
}

const migci_command *migci_command_named(const migci_cli *cli, const char *name) {
    const migci_part *part;
    for (size_t p = 0; (part = migci_part_at(cli, p)); p++)
        for (size_t i = 0; i < part->command_count; i++)
            if (strcmp(part->commands[i].name, name) == 0)
                return &part->commands[i];
    return NULL;
}

bool migci_has_word(const char *words, const char *word) {
    size_t length, wanted = strlen(word);
    for (; *words; words += length, words += strspn(words, " ,")) {
        length = strcspn(words, " ,");
        if (length == wanted && strncmp(words, word, length) == 0)
            return true;
    }
    return false;
}

/* What the option needs may be in a part that is not linked. */
unsigned migci_fitting(const migci_cli *cli, const migci_option *option) {
    const migci_part *part;
    for (size_t p = 0; option->with && (part = migci_part_at(cli, p)); p++)
        for (size_t i = 0; i < part->option_count; i++)
            if (migci_has_word(option->with, part->options[i].name))
                return option->fits | option->fits_with;
    return option->fits;
}
