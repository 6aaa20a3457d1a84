/*
 * restore.h - one restore, shared by restore.c and replace.c.
 */
#ifndef MIGC_RESTORE_H
#define MIGC_RESTORE_H

#include "backup.h"

typedef struct migci_restoring {
    migci_session *session;
    migc_backup *backup;
    migci_shelf shelf; /* of the database's own folder */
    const char *from;  /* the backup, a full path */
    migci_facts facts; /* of the backup */
    migci_facts old;   /* of the database, where it can be read */
    sqlite3 *db;       /* on the database, where it can be read */
    int exists;        /* the database has a file */
    struct stat like;  /* which is that */
} migci_restoring;

/* "others have the database open: WHO". */
migc_code migci_fail_in_use(migci_session *session, const char *who);
/* Puts the backup into the place of a file that is no database (replace.c). */
migc_code migci_replace(migci_restoring *restoring);

#endif
