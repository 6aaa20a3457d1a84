/*
 * verbs_operation.c - what helps to run a program in many places: logs, new databases from the
 * snapshot, one command for many databases.  A program that names the bundle links its parts,
 * which is why this is a file of its own.
 */
#include "cli.h"

static const migci_part *const parts_of_operation[] = {
    &migci_part_log,   &migci_part_wait,       &migci_part_snapshot,
    &migci_part_fleet, &migci_part_completion, NULL,
};

const migc_verbs migc_verbs_operation = {parts_of_operation};
