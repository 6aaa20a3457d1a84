/*
 * help.c - what --help prints, from the tables of verbs, options and warnings.
 */
#include "command.h"

#include <stdio.h>

void print_help(const struct verb *verbs) {
    puts("migc compiles a folder of SQL migrations into one C file.\n\nUsage:");
    for (size_t i = 0; verbs[i].name; i++)
        printf("  migc %s\n", verbs[i].synopsis);
    puts("\nVerbs:");
    for (size_t i = 0; verbs[i].name; i++)
        printf("  %-8s %s\n", verbs[i].name, verbs[i].about);
    puts("\n'migc help VERB' says more, 'migc help warnings' lists the warnings.\n"
         "Exit status: 0 done, 1 errors in the input, 2 wrong usage, 3 could not read or write.");
}

void print_verb_help(const struct verb *verb) {
    printf("migc %s\n\n%s.\n%s\nOptions:\n", verb->synopsis, verb->about, verb->details);
    for (size_t i = 0; verb->options[i]; i++) {
        const struct option_row *row = verb->options[i];
        const char *between = row->kind == OPTION_WARNING || !row->value ? "" : " ";
        char spelling[40];
        if (!row->about)
            continue;
        snprintf(spelling, sizeof(spelling), "%s%s%s", row->spelling, between,
                 row->value ? row->value : "");
        printf("  %-22s %s\n", spelling, row->about);
    }
}

static const char *const severity_names[] = {
    [SEVERITY_IGNORED] = "ignored",
    [SEVERITY_NOTE] = "note",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

void print_warnings(void) {
    puts("-Wno-NAME ignores a warning, -Werror=NAME makes it an error, -Wno-error=NAME a\n"
         "warning again, -Werror makes all of them errors.\n");
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        printf("  %-22s %-8s %s\n", warning_rows[i].name, severity_names[warning_rows[i].severity],
               warning_rows[i].about);
    }
}
