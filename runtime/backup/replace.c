/*
 * replace.c - replaces a file that SQLite cannot read, or a missing one, by a backup.
 *
 * The backup is copied under a temporary name and renamed.  What the old file was must not be
 * lost, and what lies beside it must not be applied to the new one.  A crash, in this order,
 *
 *     while the copy is made               leaves a temporary file
 *     after the old file's second name     leaves one file under two names
 *     after its -wal and -journal moved    leaves them beside that second name, where SQLite
 *                                          looks for them if somebody tries to mend it
 *     after the rename                     leaves the backup in place, with nothing beside it
 *
 * The name of the database is never without a file once it had one, so that no program makes
 * a new, empty one; and the old file is no database to anybody meanwhile.
 */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* https://www.sqlite.org/fileformat2.html, the lock-byte page. */
enum { PENDING_BYTE = 0x40000000, LOCK_BYTES = 512 };

static migc_code fail_at_path(migci_restoring *restoring, const char *path) {
    return migci_fail_backup(restoring->session, "%s: %s. Check the folder, then start again", path,
                             strerror(errno));
}

/* SQLite's own exclusive lock: connections in WAL mode, and those that read, are in its way.
 * Held until the descriptor is closed; -1 after a failure. */
static int lock_file(migci_restoring *restoring) {
    struct flock lock = {0};
    int file = open(restoring->backups.database, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        fail_at_path(restoring, restoring->backups.database);
        return -1;
    }
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = PENDING_BYTE;
    lock.l_len = LOCK_BYTES;
    if (fcntl(file, F_SETLK, &lock) == 0 || (errno != EACCES && errno != EAGAIN))
        return file;
    migci_fail_in_use(restoring->session, "");
    close(file);
    return -1;
}

static migc_code copy_backup(migci_restoring *restoring, const migci_temporary *temporary) {
    migci_session *session = restoring->session;
    sqlite3 *source = NULL;
    migc_code result;
    if (!restoring->exists && stat(restoring->from, &restoring->like) != 0)
        return fail_at_path(restoring, restoring->from);
    int code = migci_open_immutable(session, restoring->from, NULL, &source);
    if (code != SQLITE_OK)
        result = migci_fail_copy(session, source, code, "opening the backup");
    else
        result = migci_copy_file(session, source, &restoring->info, temporary, &restoring->like);
    migci_close_file(source);
    return result;
}

static bool move_beside(migci_restoring *restoring, const char *kept, const char *suffix) {
    char *from = migci_format(restoring->session, "%s%s", restoring->backups.database, suffix);
    char *to = migci_format(restoring->session, "%s%s", kept, suffix);
    return from && to && (rename(from, to) == 0 || errno == ENOENT);
}

static bool has_beside(migci_restoring *restoring, const char *suffix) {
    char *name = migci_format(restoring->session, "%s%s", restoring->backups.database, suffix);
    return !name || access(name, F_OK) == 0;
}

/* Gives the old file a second name; an empty file takes the place of one that is missing.  Where
 * there are no hard links, the old file has to do without its first name. */
static migc_code put_aside(migci_restoring *restoring) {
    migci_session *session = restoring->session;
    const migci_backups *backups = &restoring->backups;
    migci_temporary second;
    const char *kept = NULL;
    if (!restoring->exists && !has_beside(restoring, "-wal") && !has_beside(restoring, "-journal"))
        return MIGC_OK;
    migc_code code = migci_temporary_make(session, backups->folder, backups->prefix, &second);
    if (code != MIGC_OK)
        return code;
    if (restoring->exists)
        unlink(second.path);
    bool moves =
        restoring->exists && linkat(AT_FDCWD, backups->database, AT_FDCWD, second.path, 0) != 0;
    code = migci_name_replaced(session, moves ? backups->database : second.path, backups, &kept);
    migci_temporary_end(&second);
    if (code != MIGC_OK)
        return code;
    migci_fit_path(restoring->backup->replaced, sizeof(restoring->backup->replaced), kept);
    snprintf(session->state, sizeof(session->state),
             "The database is as it was, and has a second name: %.250s", migci_base_name(kept));
    if (!move_beside(restoring, kept, "-wal") || !move_beside(restoring, kept, "-journal") ||
        !move_beside(restoring, kept, "-shm"))
        return fail_at_path(restoring, kept);
    return MIGC_OK;
}

static migc_code swap_files(migci_restoring *restoring, const migci_temporary *made) {
    const char *temporary = made->path;
    const migci_backups *backups = &restoring->backups;
    int failure = migci_sync_folder(backups->folder);
    if (!failure && restoring->exists)
        failure = rename(temporary, backups->database) == 0 ? 0 : errno;
    else if (!failure)
        failure = migci_name_file(temporary, backups->database);
    if (!failure)
        failure = migci_sync_folder(backups->folder);
    errno = failure;
    if (failure)
        return fail_at_path(restoring, backups->database);
    restoring->session->state[0] = '\0';
    return MIGC_OK;
}

migc_code migci_replace(migci_restoring *restoring) {
    const migci_backups *backups = &restoring->backups;
    migci_session *session = restoring->session;
    int file = restoring->exists ? lock_file(restoring) : -1;
    if (restoring->exists && file < 0)
        return session->error->code;
    migci_temporary temporary;
    migc_code code = migci_temporary_make(session, backups->folder, backups->prefix, &temporary);
    if (code == MIGC_OK)
        code = migci_need_space(session, backups->folder,
                                restoring->info.page_count * restoring->info.page_size);
    if (code == MIGC_OK)
        code = copy_backup(restoring, &temporary);
    if (code == MIGC_OK)
        code = put_aside(restoring);
    if (code == MIGC_OK)
        code = swap_files(restoring, &temporary);
    migci_temporary_end(&temporary);
    if (file >= 0)
        close(file);
    if (code != MIGC_OK)
        return code;
    sqlite3 *db = NULL;
    if (migci_open_file(session, backups->database, NULL, true, &db) == SQLITE_OK)
        migci_note_action(session, db, "restore", migci_now_us() - session->started_us,
                          restoring->from);
    migci_close_file(db);
    return MIGC_OK;
}
