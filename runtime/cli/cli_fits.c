/*
 * cli_fits.c - refuses an option where it would do nothing, and options that contradict each
 * other: the rows of the option tables say which do.  Whoever types "restore --keep 3", or asks
 * for a dry run where there is none, gets an error before anything is opened.
 */
#include "cli.h"

#include <assert.h>
#include <string.h>

/* The first given option that `words` name, or NULL. */
static const char *find_given(const migci_cli *cli, const char *words) {
    for (size_t i = 0; words && i < cli->given_count; i++)
        if (migci_has_word(words, cli->given[i]->name))
            return cli->given[i]->name;
    return NULL;
}

/* Lists those of the commands that this program has: "up, down and backup". */
static void list_commands(const migci_cli *cli, unsigned bits, char *list, size_t size) {
    const migci_part *part;
    const char *last = NULL, *comma = "";
    size_t used = 0;
    for (size_t p = 0; (part = migci_part_at(cli, p)); p++)
        for (size_t i = 0; i < part->command_count; i++) {
            if (!(part->commands[i].bit & bits))
                continue;
            if (last) {
                used += (size_t)snprintf(list + used, size - used, "%s%s", comma, last);
                comma = ", ";
            }
            last = part->commands[i].name;
        }
    snprintf(list + used, size - used, "%s%s", used ? " and " : "", last ? last : "");
}

static int refuse_unfit_option(migci_cli *cli, const migci_option *option) {
    const migci_command *like = NULL; /* the command "to", if the option is "--to" */
    const migci_part *part;
    char list[200];
    assert(option->name);
    for (size_t p = 0; (part = migci_part_at(cli, p)); p++)
        for (size_t i = 0; i < part->command_count && !like; i++)
            if (strncmp(option->name, "--", 2) == 0 &&
                strcmp(option->name + 2, part->commands[i].name) == 0)
                like = &part->commands[i];
    list_commands(cli, migci_fitting(cli, option), list, sizeof(list));
    if (like)
        return migci_cli_usage(cli,
                               "%s does not take %s, which is for %s; '%s%s%s' is a command of its"
                               " own",
                               cli->command->name, option->name, list, like->name,
                               *like->operands ? " " : "", like->operands);
    return migci_cli_usage(cli, "%s does not take %s, which is for %s", cli->command->name,
                           option->name, list);
}

int migci_cli_fits(migci_cli *cli) {
    const char *name = cli->command->name;
    unsigned bit = cli->command->bit;
    for (size_t i = 0; i < cli->given_count; i++) {
        const migci_option *option = cli->given[i];
        const char *other = find_given(cli, option->against);
        if (!(bit & migci_fitting(cli, option)))
            return refuse_unfit_option(cli, option);
        if (!(bit & option->fits) && !find_given(cli, option->with))
            return migci_cli_usage(cli, "%s takes %s only with %s", name, option->name,
                                   option->with);
        if (other)
            return migci_cli_usage(cli, "%s and %s exclude each other", option->name, other);
    }
    return 0;
}
