/*
 * backup.c - makes a backup of the database, before a run or at once.
 *
 * The order is such that a crash leaves at most a temporary file, which the next backup removes:
 * check the free space; copy the pages, under a temporary name; set mode and owner, and sync; check
 * the finished file; give it its name; delete the oldest backups.  Before a run, an older backup
 * may be as good, and none is made.  A run that fails deletes no older backup.
 */
#include "backup.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* By how many bytes a database may have grown that only notes were added to; how often, in
 * instructions of SQLite's machine, who compares may be stopped. */
enum { KEEP = 10, MOST_NOTES = 1 << 20, LOOK_EVERY = 1000000, COMMIT_MS = 2000 };

/* One backup being made. */
struct making {
    migci_session *session;
    migc_backup *backup;
    migci_backups backups;
    migci_info info;
    struct stat like; /* the database's file */
    sqlite3 *source;  /* the second connection, in a read transaction */
    const char *vfs;
};

bool migci_fit_path(char *buffer, size_t size, const char *path) {
    int length = snprintf(buffer, size, "%s", path);
    if (length >= 0 && (size_t)length < size)
        return true;
    buffer[0] = '\0';
    return false;
}

/* The database's file is never opened here but through SQLite: closing another descriptor
 * of it would drop the locks that this process holds on it.  What the second connection reads
 * stays the same until it is closed, whoever writes.  Where the write lock is not ours, another
 * program may be committing: that takes a moment. */
static migc_code open_source(struct making *making, sqlite3 *db, int wait_ms) {
    migci_session *session = making->session;
    const char *path = sqlite3_db_filename(db, "main");
    if (!path || !*path)
        return migci_fail_backup(session, "the database is in memory or temporary, there is no file"
                                          " to copy. Leave the backup out");
    if (stat(path, &making->like) != 0 || !S_ISREG(making->like.st_mode))
        return migci_fail_backup(session,
                                 "%s is not an ordinary file. Leave the backup out, and copy it"
                                 " by the means of where it is kept",
                                 path);
    making->vfs = migci_vfs_name(db);
    if (migci_backups_find(session, path, making->backup->folder, &making->backups) != MIGC_OK)
        return session->error->code;
    int code =
        migci_open_file(session, making->backups.database, making->vfs, false, &making->source);
    if (code == SQLITE_OK)
        sqlite3_busy_timeout(making->source, wait_ms);
    if (code == SQLITE_OK)
        code = sqlite3_exec(making->source, "BEGIN; PRAGMA user_version", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = migci_read_info(making->source, &making->info);
    if (code == SQLITE_OK)
        return MIGC_OK;
    return migci_fail_copy(session, making->source, code, "opening the database again");
}

static migc_code name_copy(struct making *making, const migci_temporary *temporary) {
    migci_session *session = making->session;
    const char *path = NULL;
    const char *start = session->shared || making->backup->shared
                            ? making->backups.shared
                            : migci_format(session, "%s-%lld", making->backups.prefix,
                                           (long long)making->info.version);
    if (!start)
        return session->error->code;
    migc_code code = migci_name_backup(session, temporary->path, &making->backups, start, &path);
    if (code == MIGC_OK && !migci_is_file_at(temporary->file, path))
        code = migci_fail_backup(session,
                                 "somebody put something else in the place of %s. Choose a folder"
                                 " that only this user may write to",
                                 path);
    if (code == MIGC_OK &&
        !migci_fit_path(making->backup->path, sizeof(making->backup->path), path))
        code = migci_fail_backup(session, "the path of %s is too long. Choose a shorter folder",
                                 migci_base_name(path));
    return code;
}

/* Makes it under a temporary name, checks it and gives it its own. */
static migc_code make_backup(struct making *making) {
    migci_session *session = making->session;
    const migci_info *info = &making->info;
    assert(making->source && info->page_count > 0 && info->page_size > 0);
    const char *folder = making->backups.folder;
    migci_temporary temporary;
    migc_code code = migci_temporary_make(session, folder, making->backups.prefix, &temporary);
    if (code == MIGC_OK)
        code = migci_need_space(session, folder, info->page_count * info->page_size);
    if (code == MIGC_OK)
        code = migci_copy_file(session, making->source, info, &temporary, &making->like);
    if (code == MIGC_OK) {
        const char *defect =
            migci_find_defect(session, temporary.path, making->vfs, false, &making->info);
        code = session->error->code;
        if (code == MIGC_OK && defect)
            code = migci_fail_backup(session,
                                     "the copy is damaged: %s. Check the database itself with"
                                     " PRAGMA integrity_check, and the disk",
                                     defect);
    }
    if (code == MIGC_OK)
        code = name_copy(making, &temporary);
    migci_temporary_end(&temporary);
    return code;
}

/* ---------------------------------------------------------- one that does already */

/* The host may stop the comparison here; the copy, which comes next, asks it again. */
static int emit_comparing(void *argument) {
    struct making *making = argument;
    migc_event event = {0};
    event.type = MIGC_EVENT_BACKUP;
    event.set = making->session->set;
    event.total = making->info.page_count * making->info.page_size;
    return migci_emit(making->session, &event);
}

/* Whether the newest one does.  It must not be open to more people than the database is now.  The
 * copy, which comes next, reports what goes wrong here. */
static bool find_same(struct making *making) {
    migci_session *session = making->session;
    const struct stat *like = &making->like;
    int64_t size = making->info.page_count * making->info.page_size;
    const char *path = NULL;
    struct stat status;
    migci_kept *list;
    size_t count = 0;
    if (migci_backups_list(session, &making->backups, &list, &count) == MIGC_OK && count)
        path = migci_format(session, "%s/%s", making->backups.folder, list[0].name);
    bool found = path && stat(path, &status) == 0 && !(status.st_mode & 0777 & ~like->st_mode) &&
                 (status.st_uid == like->st_uid || status.st_uid == geteuid()) &&
                 status.st_gid == like->st_gid && size >= (int64_t)status.st_size &&
                 size - (int64_t)status.st_size <= MOST_NOTES;
    if (found) {
        sqlite3 *newest = NULL;
        migci_info info;
        found = migci_open_immutable(session, path, making->vfs, &newest) == SQLITE_OK;
        migci_set_progress(making->source, LOOK_EVERY, emit_comparing, making);
        found = found && migci_is_same(making->source, newest);
        migci_set_progress(making->source, 0, NULL, NULL);
        sqlite3_close(newest);
        found = found && !migci_find_defect(session, path, making->vfs, false, &info) &&
                migci_fit_path(making->backup->path, sizeof(making->backup->path), path);
    }
    migci_clear_error(session);
    return found;
}

/* -------------------------------------------------------------------- all of it */

static int most_kept(const migc_backup *backup) {
    return backup->keep ? backup->keep : KEEP;
}

migc_code migci_back_up(migci_session *session, sqlite3 *db, migc_backup *backup, bool reuse) {
    int64_t begun_us = migci_now_us();
    struct making making = {0};
    making.session = session;
    making.backup = backup;
    backup->path[0] = backup->replaced[0] = '\0';
    migc_code code = open_source(&making, db, reuse ? 0 : COMMIT_MS);
    bool wanted = making.info.page_count && !(session->options->flags & MIGC_DRY_RUN);
    bool made = code == MIGC_OK && wanted && !(reuse && find_same(&making));
    if (made)
        code = make_backup(&making);
    migci_close_file(making.source);
    if (code != MIGC_OK || !wanted)
        return migci_name_failure(session, "the backup failed");
    migc_event event = {0};
    event.type = MIGC_EVENT_BACKUP;
    event.set = session->set;
    event.total = making.info.page_count * making.info.page_size;
    event.done = made ? event.total : 0;
    event.duration_us = migci_now_us() - begun_us;
    event.detail = backup->path;
    migci_emit(session, &event);
    if (made && backup->keep >= 0) /* one more until the run is done */
        migci_backups_trim(session, &making.backups, most_kept(backup) + reuse, backup->path);
    return MIGC_OK;
}

/* ---------------------------------------------------------------------- API */

/* Is a part of the run: the event too, which the database of a first run has no table for. */
int migc_backup_hook(migc_context *context, migc_hook_point point, void *backup) {
    migci_session *session = context->session;
    migc_backup *made = backup;
    int64_t begun_us = migci_now_us();
    if (point == MIGC_AFTER_RUN) {
        /* Nothing is left that an older one is better for.  A failure here is none of the run. */
        const char *path = sqlite3_db_filename(session->driver.db, "main");
        migc_error before = *session->error;
        migci_backups backups;
        if (before.code == MIGC_OK && *made->path && made->keep >= 0 &&
            migci_backups_find(session, path, made->folder, &backups) == MIGC_OK)
            migci_backups_trim(session, &backups, most_kept(made), made->path);
        *session->error = before;
    }
    if (point != MIGC_BEFORE_RUN)
        return 0;
    migc_code code = migci_back_up(session, session->driver.db, made, true);
    if (code == MIGC_OK && *made->path && session->history->exists &&
        (migci_history_create(session) != MIGCI_DONE ||
         migci_history_event(session, "backup", NULL, migci_now_us() - begun_us, made->path) !=
             MIGCI_DONE))
        code = migci_fail_driver(session, "noting the backup");
    if (code == MIGC_OK)
        return 0;
    context->code = code;
    return migc_fail(context, "%s", session->error->message);
}

static migci_outcome attempt_header(migci_session *session) {
    int64_t version;
    migci_outcome outcome = migci_ask_number(session, "PRAGMA user_version", &version);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "reading the header");
    return outcome;
}

/* The first read is the host's connection's: a transaction that a crash left is undone by it. */
migc_code migc_backup_now(sqlite3 *db, const migc_set *set, migc_backup *backup,
                          const migc_options *options, migc_error *error) {
    migc_backup unwanted = {0};
    migci_session session;
    backup = backup ? backup : &unwanted;
    if (migci_session_open(&session, db, set, options, error) == MIGC_OK &&
        migci_retry(&session, attempt_header) == MIGCI_DONE &&
        migci_back_up(&session, db, backup, false) == MIGC_OK && *backup->path)
        migci_note_action(&session, db, "backup", migci_now_us() - session.started_us,
                          backup->path);
    return migci_session_close(&session);
}
