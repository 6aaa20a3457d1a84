/*
 * restore.c - replaces the content of a database by a backup.
 *
 * The pages go into the database's own file, as one transaction of SQLite's (the backup API
 * writes them through the journal or the write-ahead log), and not into a new file under the
 * old name.  A renamed file would leave the old -wal or -journal lying beside it, which
 * SQLite would apply to pages that they do not belong to; and whoever opened the old file a
 * moment before would go on writing to it, and to the new one's log, since those are found by
 * name.  With a transaction neither can be: SQLite recovers its own journal or log first, and
 * other connections see the old content or the new one.  A crash, in this order,
 *
 *     while what is replaced is copied     leaves a temporary file; the database is untouched
 *     once that copy has its name          leaves a copy too many
 *     while the pages are written          leaves a journal, or a log without a commit, that
 *                                          the next who opens the database reverts
 *     after the commit                     leaves the backup in place; at worst the event
 *                                          'restore' is not in its history
 *
 * A file that SQLite cannot read at all, or none, takes no transaction: replace.c.
 */
#include "backup.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------ what to put back */

static migc_code take_newest(migci_restoring *restoring, const char *folder) {
    migci_session *session = restoring->session;
    migci_backups backups;
    migci_kept *list;
    size_t count;
    if (migci_backups_find(session, restoring->backups.database, folder, &backups) != MIGC_OK ||
        migci_backups_list(session, &backups, &list, &count) != MIGC_OK)
        return session->error->code;
    if (!count)
        return migci_fail_backup(session,
                                 "%s has no backup %s-*.db of this database. Name the backup's"
                                 " file, or its folder",
                                 backups.folder,
                                 restoring->backup->shared ? backups.shared : backups.prefix);
    restoring->from = migci_format(session, "%s/%s", backups.folder, list[0].name);
    return restoring->from ? MIGC_OK : session->error->code;
}

static migc_code refuse_backup(migci_restoring *restoring, const char *why) {
    if (restoring->session->error->code == MIGC_NO_MEMORY)
        return MIGC_NO_MEMORY;
    return migci_fail_backup(restoring->session, "%s cannot be put back: %s. Name another backup",
                             restoring->from, why ? why : "");
}

/* Whoever may write to a backup decides what the database is afterwards. */
static const char *find_stranger(migci_restoring *restoring, const struct stat *file) {
    migci_backups where = restoring->backups;
    struct stat database;
    bool open = stat(where.database, &database) == 0 && database.st_mode & S_IWOTH;
    char *folder = migci_format(restoring->session, "%s", restoring->from);
    if (!folder || !migci_folder_of(restoring->from, folder, strlen(folder) + 1))
        return NULL;
    where.folder = folder;
    migci_read_owners(&where);
    if (!migci_is_ours(&where, file))
        return migci_format(restoring->session,
                            "it belongs to the user %lu, and is where anybody may put a file."
                            " Copy it, if you trust it",
                            (unsigned long)file->st_uid);
    return file->st_mode & S_IWOTH && !open ? "anybody may write to it" : NULL;
}

static migc_code check_backup(migci_restoring *restoring) {
    migci_session *session = restoring->session;
    struct stat status;
    assert(restoring->from != NULL);
    if (stat(restoring->from, &status) != 0)
        return refuse_backup(restoring, strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_size <= 1) /* one byte is no database to SQLite */
        return refuse_backup(restoring,
                             S_ISREG(status.st_mode) ? "it is empty" : "it is not a file");
    if (migci_same_file(restoring->from, restoring->backups.database))
        return refuse_backup(restoring, "it is the database itself");
    const char *stranger = find_stranger(restoring, &status);
    if (stranger)
        return refuse_backup(restoring, stranger);
    /* What is read as a whole must be whole: a log or journal beside it would be left out. */
    for (int i = 0; i < 2; i++) {
        char *beside = migci_format(session, "%s%s", restoring->from, i ? "-journal" : "-wal");
        if (beside && stat(beside, &status) == 0 && status.st_size > 0)
            return refuse_backup(restoring,
                                 migci_format(session,
                                              "%s is beside it, so it is not a finished backup"
                                              " but a database in use",
                                              migci_base_name(beside)));
    }
    const char *why = migci_find_defect(session, restoring->from, NULL, true, &restoring->info);
    return why || session->error->code != MIGC_OK ? refuse_backup(restoring, why) : MIGC_OK;
}

/* ----------------------------------------------------------------- who is there */

/* -------------------------------------------------------------------- in place */

/* A journal in memory, or none, is the program's own affair, but not here. */
static int keep_journal(sqlite3 *db) {
    sqlite3_stmt *mode = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA main.journal_mode", -1, &mode, NULL);
    if (code == SQLITE_OK)
        sqlite3_step(mode);
    const char *text = (const char *)sqlite3_column_text(mode, 0);
    bool unsafe = text && (strcmp(text, "off") == 0 || strcmp(text, "memory") == 0);
    int result = sqlite3_finalize(mode);
    if (code == SQLITE_OK && result == SQLITE_OK && unsafe)
        return sqlite3_exec(db, "PRAGMA main.journal_mode = DELETE", NULL, NULL, NULL);
    return code == SQLITE_OK ? result : code;
}

/*
 * For this connection alone.  Set before the first access, this mode takes the exclusive lock
 * of the file in WAL mode as well, where each connection, idle or not, shares the file as long
 * as it is open.  In a rollback-journal mode idle connections hold no lock: /proc may have
 * shown them, and if not, the transaction does them no harm.
 */
static int seize(migci_restoring *restoring) {
    const migc_options *options = restoring->session->options;
    int64_t waited_us;
    int code = migci_open_connection(restoring->backups.database, NULL, SQLITE_OPEN_READWRITE,
                                     &restoring->db);
    if (code == SQLITE_OK && sqlite3_db_readonly(restoring->db, "main"))
        code = SQLITE_READONLY; /* BEGIN EXCLUSIVE would not mind */
    if (code == SQLITE_OK)
        code =
            sqlite3_exec(restoring->db, "PRAGMA main.locking_mode = EXCLUSIVE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = migci_call_on_open(restoring->db, options, &waited_us);
    if (code == SQLITE_OK)
        code = sqlite3_exec(restoring->db,
                            "PRAGMA busy_timeout = 0; PRAGMA main.locking_mode = EXCLUSIVE;"
                            " PRAGMA main.synchronous = EXTRA; BEGIN EXCLUSIVE; COMMIT",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = keep_journal(restoring->db);
    if (code == SQLITE_OK)
        code = migci_read_info(restoring->db, &restoring->old);
    return code;
}

/* Where the disk fails, what is there cannot be kept by a copy, and a person is to see to it. */
static migc_code fail_disk(migci_restoring *restoring, int code) {
    return migci_fail_backup(restoring->session,
                             "the disk does not read or take a copy of %s, which is to be kept"
                             " (SQLite said: %s). Move it elsewhere, with its -wal or -journal,"
                             " then start again",
                             restoring->backups.database, sqlite3_errstr(code));
}

static migc_code fail_seizing(migci_restoring *restoring, int code) {
    migci_session *session = restoring->session;
    char who[160] = "";
    session->error->sqlite_code = code;
    switch (migci_code_of(code)) {
    case MIGC_LOCKED:
        migci_lock_owner(restoring->db, who, sizeof(who));
        return migci_fail_in_use(session, who);
    case MIGC_READ_ONLY:
    case MIGC_CANNOT_OPEN:
        return migci_fail_backup(session,
                                 "%s cannot be written: %s. Make the file and its folder writable"
                                 " for this user, then start again",
                                 restoring->backups.database, sqlite3_errstr(code));
    case MIGC_IO_ERROR:
        return fail_disk(restoring, code);
    default:
        return migci_fail_copy(session, restoring->db, code, "opening the database");
    }
}

/* A copy of the pages as they are, damaged or not. */
static migc_code keep_replaced(migci_restoring *restoring) {
    migci_session *session = restoring->session;
    const char *folder = restoring->backups.folder, *path = NULL;
    migci_temporary temporary;
    migc_code code = migci_temporary_make(session, folder, restoring->backups.prefix, &temporary);
    if (code == MIGC_OK)
        code =
            migci_copy_file(session, restoring->db, &restoring->old, &temporary, &restoring->like);
    if (code == MIGC_OK)
        code = migci_name_replaced(session, temporary.path, &restoring->backups, &path);
    migci_temporary_end(&temporary);
    if (code == MIGC_OK)
        migci_fit_path(restoring->backup->replaced, sizeof(restoring->backup->replaced), path);
    else if (migci_code_of(session->error->sqlite_code) == MIGC_IO_ERROR)
        fail_disk(restoring, session->error->sqlite_code);
    return code;
}

/* A failed COMMIT may have taken effect.  Another connection that looks reverts what
 * is left of the transaction, if the disk lets it. */
static migc_code fail_writing(migci_restoring *restoring, int code) {
    migci_session *session = restoring->session;
    char *replaced = restoring->backup->replaced;
    migc_code result = migci_fail_copy(session, restoring->db, code, "writing the database");
    migci_info now = {0};
    sqlite3 *db = NULL;
    migci_close_file(restoring->db);
    restoring->db = NULL;
    code = migci_open_file(session, restoring->backups.database, NULL, true, &db);
    if (code == SQLITE_OK)
        code = migci_read_info(db, &now);
    migci_close_file(db);
    if (code == SQLITE_OK && now.cookie == restoring->old.cookie) {
        if (*replaced)
            remove(replaced);
        *replaced = '\0';
        return result;
    }
    snprintf(session->state, sizeof(session->state),
             "The database is as it was, or restored completely%s%.250s",
             *replaced ? "; what it was is kept as " : "", migci_base_name(replaced));
    return result;
}

static migc_code restore_in_place(migci_restoring *restoring) {
    migci_session *session = restoring->session;
    const migci_info *info = &restoring->info, *before = &restoring->old;
    assert(restoring->db && restoring->exists && info->page_size > 0);
    int64_t old = before->page_count * before->page_size, new = info->page_count * info->page_size;
    /* What is replaced, the journal of its pages, and what the database grows by. */
    migc_code code = migci_need_space(session, restoring->backups.folder,
                                      old + (new > old ? new + (new - old) : old));
    session->result.from = migci_version_of(session, restoring->db);
    if (code == MIGC_OK && before->page_count)
        code = keep_replaced(restoring);
    if (code != MIGC_OK)
        return code;
    sqlite3 *source = NULL;
    int written = migci_open_immutable(session, restoring->from, NULL, &source);
    /* Pages of another size cannot go through the write-ahead log. */
    if (written == SQLITE_OK && before->page_count && before->page_size != info->page_size)
        written =
            sqlite3_exec(restoring->db, "PRAGMA main.journal_mode = DELETE", NULL, NULL, NULL);
    if (written == SQLITE_OK)
        written = migci_copy_pages(session, source, restoring->db, info);
    migci_close_file(source);
    if (written != SQLITE_OK)
        return fail_writing(restoring, written);
    migci_note_action(session, restoring->db, "restore", migci_now_us() - session->started_us,
                      restoring->from);
    return MIGC_OK;
}

/* ---------------------------------------------------------------------- restore */

static bool is_no_database(int code) {
    return migci_code_of(code) == MIGC_CORRUPT || migci_code_of(code) == MIGC_NOT_A_DATABASE;
}

static migc_code put_backup_back(migci_restoring *restoring) {
    migc_code result = MIGC_OK;
    if (stat(restoring->backups.database, &restoring->like) != 0)
        return errno == ENOENT ? migci_replace(restoring)
                               : migci_fail_backup(restoring->session, "%s: %s. Check the path",
                                                   restoring->backups.database, strerror(errno));
    restoring->exists = true;
    int code = seize(restoring);
    if (code == SQLITE_OK)
        result = restore_in_place(restoring);
    else if (!is_no_database(code))
        result = fail_seizing(restoring, code);
    migci_close_file(restoring->db);
    restoring->db = NULL;
    return is_no_database(code) ? migci_replace(restoring) : result;
}

static migc_code restore_backup(migci_restoring *restoring, const char *path, const char *from) {
    migci_session *session = restoring->session;
    migc_backup *backup = restoring->backup;
    struct stat status;
    char who[160];
    backup->path[0] = backup->replaced[0] = '\0';
    migc_code code = migci_backups_find(session, path, NULL, &restoring->backups);
    from = from ? from : backup->folder;
    if (code == MIGC_OK && (!from || (stat(from, &status) == 0 && S_ISDIR(status.st_mode))))
        code = take_newest(restoring, from);
    else if (code == MIGC_OK && !(restoring->from = migci_full_path(session, from)))
        code = session->error->code;
    if (code == MIGC_OK)
        code = check_backup(restoring);
    if (code == MIGC_OK)
        migci_users(restoring->backups.database, who, sizeof(who));
    if (code == MIGC_OK && *who)
        code = migci_fail_in_use(session, who);
    if (code == MIGC_OK && !(session->options->flags & MIGC_DRY_RUN))
        code = put_backup_back(restoring);
    if (code == MIGC_OK) {
        session->result.to = restoring->info.version;
        migci_fit_path(backup->path, sizeof(backup->path), restoring->from);
    }
    return migci_name_failure(session, "the restore failed");
}

/* The session is on a database of its own: the one to restore may not be one at all. */
migc_code migc_restore(const char *path, const migc_set *set, const char *from, migc_backup *backup,
                       const migc_options *options, migc_error *error) {
    migc_backup unwanted = {0};
    migci_session session;
    migci_restoring restoring = {0};
    sqlite3 *none = NULL;
    char file[4096];
    if (path && migci_is_uri(path) && migci_file_of(path, file, sizeof(file)) && *file)
        path = file;
    if (path)
        sqlite3_open(":memory:", &none);
    restoring.session = &session;
    restoring.backup = backup ? backup : &unwanted;
    if (migci_session_open(&session, none, set, options, error) == MIGC_OK)
        restore_backup(&restoring, path, from);
    migc_code code = migci_session_close(&session);
    sqlite3_close(none);
    return code;
}
