/*
 * verbs_all.c - all that the command line can have.  An object file of its own: who names
 * migc_verbs_all links all of it.
 */
#include "cli.h"

const migc_verbs *const migc_verbs_all[] = {
    &migc_verbs_operation,
    &migc_verbs_recovery,
    &migc_verbs_checking,
    NULL,
};
