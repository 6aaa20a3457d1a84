/*
 * verbs_checking.c - what looks before it leaps: checks, the comparison of schemas, the proof, rehearsals.
 * An object file of its own: who names the bundle links its parts.
 */
#include "cli.h"

static const migci_part *const parts_of_checking[] = {
    &migci_part_check, &migci_part_drift, &migci_part_selftest, &migci_part_rehearse, NULL,
};

const migc_verbs migc_verbs_checking = {parts_of_checking};
