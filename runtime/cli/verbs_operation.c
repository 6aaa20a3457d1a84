/*
 * verbs_operation.c - what helps those who run a program in many places: logs, new databases at once, one command for many.
 * An object file of its own: who names the bundle links its parts.
 */
#include "cli.h"

static const migci_part *const parts_of_operation[] = {
    &migci_part_log,   &migci_part_wait,       &migci_part_snapshot,
    &migci_part_fleet, &migci_part_completion, NULL,
};

const migc_verbs migc_verbs_operation = {parts_of_operation};
