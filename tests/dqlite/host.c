/*
 * host.c - a program of the set of write_set.sh, for a file or a cluster:  host COMMAND [OPTION...]
 */
#include "parts.h"

#include <migc_dqlite.h>

int main(int argc, char **argv) {
    const migc_verbs *const verbs[] = {&migc_verbs_dqlite, &migc_verbs_operation,
                                       &migc_verbs_recovery, &migc_verbs_checking, NULL};
    const migc_options options = {.verbs = verbs, .progress = &migc_progress};
    return migc_main(argc, argv, &parts, "parts.db", &options);
}
