/*
 * copy.c - a consistent copy of a database, page by page, and what is wrong with one.
 *
 * SQLite's backup API, not VACUUM INTO.  VACUUM INTO cannot run inside a transaction, so not
 * on the connection that holds the write lock; it writes every row anew, which takes longer,
 * needs the host's functions and collations, gives new rowids to tables without an INTEGER
 * PRIMARY KEY, and stops at damage that a copy would have kept for later.  The API copies
 * the pages as they are, user_version and the WAL flag included, in pieces, in the memory of
 * a page cache, and reads what is still in the write-ahead log.
 *
 * The copy is written without a journal and synced once: until it has its name, a crash
 * leaves a temporary file and nothing else.
 */
#include "backup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 1 << 20 }; /* bytes between two events */

/* ------------------------------------------------------------------ failures */

migc_code migci_fail_copy(migci_session *session, sqlite3 *db, int code, const char *doing) {
    const char *reason = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    session->error->sqlite_code = code;
    switch (migci_code_of(code)) {
    case MIGC_NO_MEMORY:
        return migci_fail_memory(session);
    case MIGC_STOPPED:
        return migci_fail(session, MIGC_STOPPED, "the program asked to stop");
    case MIGC_DISK_FULL:
        return migci_fail_backup(
            session, "the disk is full (while %s). Free some space, then start again", doing);
    case MIGC_LOCKED:
        return migci_fail_backup(session,
                                 "the database is locked, also for this program's own second"
                                 " connection (while %s). Do without PRAGMA locking_mode ="
                                 " EXCLUSIVE, or without the backup",
                                 doing);
    default:
        return migci_fail_backup(session,
                                 "SQLite said: %s (while %s). Check the disk and the system's"
                                 " log, then start again",
                                 reason, doing);
    }
}

migc_code migci_need_space(migci_session *session, const char *folder, int64_t bytes) {
    char needed[32], there[32];
    int64_t free_bytes = 0;
    if (migci_free_space(folder, &free_bytes) != 0 || free_bytes >= bytes)
        return MIGC_OK; /* where it is not known, writing finds out */
    return migci_fail_backup(session,
                             "%s needed in %s, %s free. Free some space there, then start again",
                             migci_size(bytes, needed), folder, migci_size(free_bytes, there));
}

/* --------------------------------------------------------------- connections */

int migci_open_connection(const char *path, const char *vfs, int flags, sqlite3 **db) {
    int code = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_PRIVATECACHE, vfs);
    if (*db)
        sqlite3_extended_result_codes(*db, 1);
    return code;
}

int migci_open_file(migci_session *session, const char *path, const char *vfs, bool writes,
                    sqlite3 **db) {
    const migc_options *options = session->options;
    int64_t waited_us;
    int code =
        migci_open_connection(path, vfs, writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, db);
    if (code != SQLITE_OK || !options->on_open)
        return code;
    code = migci_call_on_open(*db, options, &waited_us);
    return writes ? code : SQLITE_OK;
}

int migci_open_immutable(migci_session *session, const char *path, const char *vfs, sqlite3 **db) {
    const migc_options *options = session->options;
    char *uri = migci_immutable_uri(path);
    *db = NULL;
    int code = uri ? migci_open_connection(uri, vfs, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, db)
                   : SQLITE_NOMEM;
    sqlite3_free(uri);
    if (code == SQLITE_OK && options->on_open)
        options->on_open(*db, options->user); /* what it writes cannot be had here */
    return code;
}

int migci_close_file(sqlite3 *db) {
    sqlite3_stmt *kept = db ? sqlite3_next_stmt(db, NULL) : NULL;
    if (!kept)
        return sqlite3_close(db);
    for (; kept; kept = sqlite3_next_stmt(db, kept))
        sqlite3_reset(kept);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_exec(db, "PRAGMA main.locking_mode = NORMAL; SELECT 1 FROM main.sqlite_schema", NULL,
                 NULL, NULL);
    return sqlite3_close_v2(db);
}

const char *migci_vfs_name(sqlite3 *db) {
    sqlite3_vfs *vfs = NULL;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    return vfs ? vfs->zName : NULL;
}

static int read_number(sqlite3 *db, const char *sql, int64_t *number) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    int result = sqlite3_finalize(statement);
    return code == SQLITE_OK ? result : code;
}

int migci_read_info(sqlite3 *db, migci_info *info) {
    int code = read_number(db, "PRAGMA page_size", &info->page_size);
    if (code == SQLITE_OK)
        code = read_number(db, "PRAGMA page_count", &info->page_count);
    return code == SQLITE_OK ? read_number(db, "PRAGMA schema_version", &info->cookie) : code;
}

/* ------------------------------------------------------------------- copying */

int migci_copy_pages(migci_session *session, sqlite3 *from, sqlite3 *to, const migci_info *info) {
    int pages = (int)(PIECE / (info->page_size ? info->page_size : PIECE));
    bool stop = false;
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return sqlite3_extended_errcode(to);
    int code = SQLITE_OK;
    while (code == SQLITE_OK && !stop) {
        code = sqlite3_backup_step(backup, pages);
        if (code != SQLITE_OK && code != SQLITE_DONE)
            break;
        migc_event event = {0};
        event.type = MIGC_EVENT_BACKUP;
        event.set = session->set;
        event.total = sqlite3_backup_pagecount(backup) * info->page_size;
        event.done = event.total - sqlite3_backup_remaining(backup) * info->page_size;
        event.duration_us = migci_now_us() - session->started_us;
        stop = migci_emit(session, &event);
    }
    /* When all is done, it is done: a stop is too late. */
    int result = sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE || (code != SQLITE_OK && result == SQLITE_OK))
        return code == SQLITE_DONE ? result : code;
    return stop && result == SQLITE_OK ? SQLITE_INTERRUPT : result;
}

migc_code migci_copy_file(migci_session *session, sqlite3 *from, const migci_info *info,
                          const migci_temporary *temporary, const struct stat *like) {
    sqlite3 *to = NULL;
    migc_code result = MIGC_OK;
    int64_t waited_us;
    /* The file is there already, and empty. */
    int code = migci_open_connection(temporary->path, migci_vfs_name(from),
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, &to);
    if (code == SQLITE_OK)
        code = migci_call_on_open(to, session->options, &waited_us);
    if (code == SQLITE_OK)
        code = sqlite3_exec(to,
                            "PRAGMA main.locking_mode = NORMAL; PRAGMA main.journal_mode = OFF;"
                            " PRAGMA main.synchronous = OFF",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = migci_copy_pages(session, from, to, info);
    if (code != SQLITE_OK)
        result = migci_fail_copy(session, to, code, "copying the database");
    int closed = migci_close_file(to);
    if (result == MIGC_OK && closed != SQLITE_OK)
        result = migci_fail_copy(session, NULL, closed, "closing the copy");
    if (result == MIGC_OK && !migci_is_file_at(temporary->file, temporary->path))
        return migci_fail_backup(session,
                                 "somebody put something else in the place of %s. Choose a folder"
                                 " that only this user may write to",
                                 temporary->path);
    int failure = result == MIGC_OK ? migci_seal_file(temporary->file, like) : 0;
    if (failure)
        result = migci_fail_backup(session,
                                   "%s: %s. Check the disk and the system's log, then start again",
                                   temporary->path, strerror(failure));
    return result;
}

/* ------------------------------------------------------------------ checking */

struct finding {
    migci_session *session;
    const char *text;
};

/* The first finding; "*** in database main ***" may be a line above it.  Rows that a constraint
 * would not take today are the database's own: a true copy has them as well. */
static int take_finding(void *argument, const migci_value *cells) {
    struct finding *finding = argument;
    const char *text = cells[0].text, *line = text ? strchr(text, '\n') : NULL;
    if (!text || strcmp(text, "ok") == 0 || strncmp(text, "NULL value in ", 14) == 0 ||
        strncmp(text, "non-", 4) == 0 || strncmp(text, "CHECK constraint ", 17) == 0)
        return 0;
    text = *text == '*' && line ? line + 1 : text;
    finding->text = migci_format(finding->session, "%.*s", (int)strcspn(text, "\n"), text);
    return 1;
}

/* In sessions of their own, whose failures are not the caller's yet. */
static migc_code open_own(migci_session *own, const migci_session *session, sqlite3 *db,
                          migc_options *options, migc_error *error) {
    *options = *session->options;
    options->on_event = NULL;
    options->result = NULL;
    options->hooks = NULL;
    return migci_session_open(own, db, session->set, options, error);
}

int64_t migci_version_of(const migci_session *session, sqlite3 *db) {
    migci_session own;
    migc_options options;
    migc_error error;
    int64_t version = 0;
    if (open_own(&own, session, db, &options, &error) == MIGC_OK &&
        migci_history_read(&own) == MIGC_OK)
        version = migci_latest_version(own.history->rows, own.history->count);
    migci_session_close(&own);
    return version;
}

static void examine_copy(struct finding *finding, sqlite3 *db, bool identify, migci_info *info) {
    migci_session own;
    migc_options options;
    migc_error error;
    if (open_own(&own, finding->session, db, &options, &error) == MIGC_OK &&
        migci_history_read(&own) == MIGC_OK) {
        info->version = migci_latest_version(own.history->rows, own.history->count);
        if (identify)
            migci_identify(&own);
    }
    if (error.code == MIGC_OK &&
        migci_ask(&own, take_finding, finding, "PRAGMA quick_check", "") != MIGCI_DONE)
        migci_fail_driver(&own, "reading it as a whole");
    if (error.code == MIGC_NO_MEMORY)
        migci_fail_memory(finding->session);
    else if (error.code != MIGC_OK)
        finding->text = migci_format(finding->session, "%s", error.message);
    migci_session_close(&own);
}

const char *migci_find_defect(migci_session *session, const char *path, const char *vfs,
                              bool identify, migci_info *info) {
    struct finding finding = {session, NULL};
    sqlite3 *db = NULL;
    int code = migci_open_immutable(session, path, vfs, &db);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "PRAGMA ignore_check_constraints = 1", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = migci_read_info(db, info);
    if (code == SQLITE_OK)
        examine_copy(&finding, db, identify, info);
    else if (migci_code_of(code) == MIGC_NO_MEMORY)
        migci_fail_memory(session);
    else
        finding.text = migci_format(session, "%s", db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    migci_close_file(db);
    return finding.text;
}

/* ------------------------------------------------------------------- history */

void migci_note_action(migci_session *session, sqlite3 *db, const char *action, int64_t duration_us,
                       const char *file) {
    migci_session own;
    migc_options options;
    migc_error error;
    if (open_own(&own, session, db, &options, &error) == MIGC_OK) {
        migci_outcome outcome = migci_try_begin(&own, 1);
        bool exists =
            outcome == MIGCI_DONE && migci_history_read(&own) == MIGC_OK && own.history->exists;
        if (exists)
            outcome = migci_history_create(&own);
        if (outcome == MIGCI_DONE && exists)
            outcome = migci_history_event(&own, action, NULL, duration_us, file);
        if (outcome == MIGCI_DONE && exists)
            own.driver.methods->commit(&own.driver);
        migci_rollback(&own);
    }
    migci_session_close(&own);
}
