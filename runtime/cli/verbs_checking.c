/*
 * verbs_checking.c - what finds problems before a run: checks, the comparison of schemas, the
 * proof, rehearsals.  A program that names the bundle links its parts, which is why this is a
 * file of its own.
 */
#include "cli.h"

static const migci_part *const parts_of_checking[] = {
    &migci_part_check, &migci_part_drift, &migci_part_selftest, &migci_part_rehearse, NULL,
};

const migc_verbs migc_verbs_checking = {parts_of_checking};
