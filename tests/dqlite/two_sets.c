/*
 * two_sets.c - a program of the sets that write_set.sh makes with a third argument, for a file or a
 * cluster:  two_sets COMMAND [OPTION...]
 */
#include "core.h"
#include "shop.h"

#include <migc_dqlite.h>

int main(int argc, char **argv) {
    const migc_verbs *const verbs[] = {&migc_verbs_dqlite, &migc_verbs_recovery,
                                       &migc_verbs_checking, NULL};
    const migc_options options = {.verbs = verbs, .progress = &migc_progress};
    const migc_database databases[] = {{&core, "parts.db"}, {&shop, "parts.db"}};
    char *words[100] = {argv[0], "--migrate"};
    for (int i = 1; i < argc && i < 98; i++)
        words[i + 1] = argv[i];
    return migc_cli_sets(argc + 1, words, databases, 2, &options);
}
