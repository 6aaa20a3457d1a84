/*
 * verbs_recovery.c - what repairs a database: backups, repairs, and the way back from a newer
 * program.  A program that names the bundle links its parts, which is why this is a file of its
 * own.
 */
#include "cli.h"

static const migci_part *const parts_of_recovery[] = {
    &migci_part_backup,
    &migci_part_repair,
    &migci_part_stored,
    NULL,
};

const migc_verbs migc_verbs_recovery = {parts_of_recovery};
