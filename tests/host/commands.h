/*
 * commands.h - what "notes COMMAND" can do, as a table: the dispatch in notes.c
 * and the help come from it.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stddef.h>

#include <sqlite3.h>

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 }; /* exit statuses */

struct command {
    const char *name;
    const char *arguments;
    const char *help;
    int least, most;   /* how many arguments it takes */
    const char *begin; /* how its transaction begins */

    /* Runs inside that transaction, which is rolled back unless it returns DONE.
     * What went wrong it has told on stderr. */
    int (*run)(sqlite3 *db, int argc, char **argv);
};

extern const struct command commands[];
extern const size_t command_count;

#endif
