/*
 * verbs.c - all that the command line can have.  An object file of its own: who names
 * migc_verbs_all links all of them.
 */
#include "cli.h"

const migc_verbs *const migc_verbs_all[] = {
    &migc_verbs_log,
    &migc_verbs_snapshot,
    &migc_verbs_fleet,
    &migc_verbs_stored,
    &migc_verbs_repair,
    &migc_verbs_check,
    &migc_verbs_drift,
    &migc_verbs_selftest,
    &migc_verbs_rehearse,
    &migc_verbs_backup,
    NULL,
};
