/*
 * backup.h - shared by the files of backup and restore, in the order of a backup: where it goes,
 * the copy, the check, its name, what is kept; then who has the database open, for a restore.  The
 * core never includes this file.
 */
#ifndef MIGC_BACKUP_H
#define MIGC_BACKUP_H

#include "history/history.h"

#include <stdbool.h>
#include <sys/stat.h>

/* --------------------------------------------------- failures (failure.c) */

migc_code migci_fail_memory(migci_session *session);
/* With MIGC_BACKUP_FAILED; the format says what, and what to do. */
migc_code migci_fail_backup(migci_session *session, const char *format, ...) MIGCI_PRINTF(2, 3);
/* Puts "the backup failed: " or the like in front of it, once it is known what failed. */
migc_code migci_name_failure(migci_session *session, const char *what);
/* "others have the database open: WHO". */
migc_code migci_fail_in_use(migci_session *session, const char *who);

/* --------------------------------------------------------- files (files.c) */

/* In session->memory.  NULL when memory is out, which is noted. */
char *migci_format(migci_session *session, const char *format, ...) MIGCI_PRINTF(2, 3);
/* The path as SQLite knows it: absolute, links followed.  NULL as above. */
const char *migci_full_path(migci_session *session, const char *path);
bool migci_same_file(const char *path, const char *other);
/* These return 0, or errno. */
int migci_sync_folder(const char *folder);
int migci_free_space(const char *folder, int64_t *bytes);
/* Gives `from` the name `to`, which nothing has: EEXIST. */
int migci_name_file(const char *from, const char *to);
/* Mode and owner as `like` says, as far as this user may, and the bytes on the disk. */
int migci_seal_file(int file, const struct stat *like);
/* Whether what has that name is the open file, and not a link or another one. */
bool migci_is_file_at(int file, const char *path);

/* ---------------------------------------------------------- backups (backups.c) */

/* Where the backups of one database are, and how their names begin. */
typedef struct migci_backups {
    const char *database; /* full paths */
    const char *folder;
    const char *prefix; /* in front of "-VERSION-TIME.db" */
    const char *shared; /* in front of "-TIME.db", of a database of several sets */
    bool open;          /* others than the folder's owner may write to it */
    uid_t owner;        /* of the database; of its own folder where there is none */
} migci_backups;

typedef struct migci_kept {
    const char *name;
    const char *time; /* "20261121T081500Z" */
    int64_t version;  /* -1: of several sets */
    long number;      /* of those of one second, from 1 */
    int64_t size;
    int64_t written_ns;
} migci_kept;

/* `folder` NULL: the database's own. */
migc_code migci_backups_find(migci_session *session, const char *database, const char *folder,
                             migci_backups *backups);
/* Newest first; in session->memory.  A folder that is not there holds none. */
migc_code migci_backups_list(migci_session *session, const migci_backups *backups,
                             migci_kept **list, size_t *count);
/* Deletes all but the newest `keep`, and never the one at `path`. */
void migci_backups_trim(migci_session *session, const migci_backups *backups, int keep,
                        const char *path);
/* A file in the making.  Who may write to the folder may put something else under its name, so
 * that mode, owner and sync go by the descriptor, and the name is compared with it. */
typedef struct migci_temporary {
    const char *path; /* NULL: there is none */
    int file;         /* open and locked (flock), -1: none */
} migci_temporary;

/* An empty file that only this user can read, in `folder`. */
migc_code migci_temporary_make(migci_session *session, const char *folder, const char *prefix,
                               migci_temporary *temporary);
/* Removes what still has the name, and closes. */
void migci_temporary_end(migci_temporary *temporary);
/* Gives the file at `from` its name, "START-TIME.db", later than that of every other backup in
 * the folder whatever the clock says, and makes that durable; *path is the name. */
migc_code migci_name_backup(migci_session *session, const char *from, const migci_backups *backups,
                            const char *start, const char **path);
/* The same, "PREFIX-replaced-TIME.db", for what a restore replaces: no backup itself. */
migc_code migci_name_replaced(migci_session *session, const char *from,
                              const migci_backups *backups, const char **path);
/* Fills `open` and `owner`, by the other fields. */
void migci_read_owners(migci_backups *backups);
/* Whether a file is there by the will of the database's owner, of this user or of root: in a
 * folder that others may write to, their files are none of ours. */
bool migci_is_ours(const migci_backups *backups, const struct stat *file);

/* ------------------------------------------------------------ copy (copy.c) */

/* What a connection's database is. */
typedef struct migci_info {
    int64_t page_size, page_count;
    int64_t cookie;  /* PRAGMA schema_version: putting other pages in place changes it */
    int64_t version; /* the latest applied migration, 0 for none */
} migci_info;

/* The same for what SQLite refused. */
migc_code migci_fail_copy(migci_session *session, sqlite3 *db, int code, const char *doing);

int migci_open_connection(const char *path, const char *vfs, int flags, sqlite3 **db);
/* Opens a file with the options' on_open, whose refusal is a failure if `writes`. */
int migci_open_file(migci_session *session, const char *path, const char *vfs, bool writes,
                    sqlite3 **db);
/* One that nobody else uses, for reading: takes no locks, makes no files beside it. */
int migci_open_immutable(migci_session *session, const char *path, const char *vfs, sqlite3 **db);
/* Of one that on_open may have prepared a statement on, and kept it: then it stays until the
 * program finalizes that, and holds no lock. */
int migci_close_file(sqlite3 *db);
/* "faulty", "unix". */
const char *migci_vfs_name(sqlite3 *db);
/* All but the version.  Returns a SQLite code. */
int migci_read_info(sqlite3 *db, migci_info *info);
/* All pages, in pieces, with BACKUP events; returns a SQLite code, SQLITE_INTERRUPT when the
 * event function asked to stop. */
int migci_copy_pages(migci_session *session, sqlite3 *from, sqlite3 *to, const migci_info *info);
/* The same into the file `temporary`, which is then sealed. */
migc_code migci_copy_file(migci_session *session, sqlite3 *from, const migci_info *info,
                          const migci_temporary *temporary, const struct stat *like);
/* Fails unless `folder` has room. */
migc_code migci_need_space(migci_session *session, const char *folder, int64_t bytes);
/* Reads a finished file as a whole: what is wrong with it, or NULL.  With `identify` it must
 * belong to the set.  Fills info. */
const char *migci_find_defect(migci_session *session, const char *path, const char *vfs,
                              bool identify, migci_info *info);
/* The latest applied migration, 0 when there is none or it cannot be read. */
int64_t migci_version_of(const migci_session *session, sqlite3 *db);
/* Notes an action in the history of a database that has one, if it can be done at once. */
void migci_note_action(migci_session *session, sqlite3 *db, const char *action, int64_t duration_us,
                       const char *file);

/* ------------------------------------------------------------ same (same.c) */

/* Whether a backup holds all that a database does, but for notes of failures and backups. */
bool migci_is_same(sqlite3 *db, sqlite3 *backup);

/* -------------------------------------------------------- backup (backup.c) */

/* Copies, checks and names; the outcome is in session->error and backup->path.  With `reuse` the
 * newest backup does where it is the same. */
migc_code migci_back_up(migci_session *session, sqlite3 *db, migc_backup *backup, bool reuse);
/* Copies the path; false when it does not fit, since part of a path is another path. */
bool migci_fit_path(char *buffer, size_t size, const char *path);

/* ---------------------------------------------------------- users (users.c) */

/* Who has the file at `path` open, in words; "" when none is seen. */
void migci_users(const char *path, char *buffer, size_t size);

/* ------------------------------------------------ restoring (restore.c, replace.c) */

typedef struct migci_restoring {
    migci_session *session;
    migc_backup *backup;
    migci_backups backups; /* of the database's own folder */
    const char *from;      /* the backup, a full path */
    migci_info info;       /* of the backup */
    migci_info old;        /* of the database, where it can be read */
    sqlite3 *db;           /* on the database, where it can be read */
    bool exists;           /* the database has a file */
    struct stat like;      /* which is that */
} migci_restoring;

/* Puts the backup into the place of a file that is no database (replace.c). */
migc_code migci_replace(migci_restoring *restoring);

#endif
