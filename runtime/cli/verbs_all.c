/*
 * verbs_all.c - everything that the command line can have.  A program that names migc_verbs_all
 * links all of it, which is why this is a file of its own.
 */
#include "cli.h"

const migc_verbs *const migc_verbs_all[] = {
    &migc_verbs_operation,
    &migc_verbs_recovery,
    &migc_verbs_checking,
    NULL,
};
