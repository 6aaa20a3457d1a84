/*
 * verbs_recovery.c - what puts a database right: backups, repairs, and the way back from a newer program.
 * An object file of its own: who names the bundle links its parts.
 */
#include "cli.h"

static const migci_part *const parts_of_recovery[] = {
    &migci_part_backup,
    &migci_part_repair,
    &migci_part_stored,
    NULL,
};

const migc_verbs migc_verbs_recovery = {parts_of_recovery};
