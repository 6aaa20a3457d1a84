/*
 * check_objects.c - what SQLite's own checks do not ask (objects.c), of a live
 * database.
 */
#include "repair.h"

enum { WAIT_MS = 5000 };

struct object_check {
    migci_finding_function *report;
    void *argument;
};

static void report_broken(const migci_broken *broken, void *argument) {
    const struct object_check *check = argument;
    check->report(broken->text, check->argument);
}

/* What is so damaged that it cannot be read is damaged. */
static migc_code end_check(migci_session *session, sqlite3 *db, int code,
                           const struct object_check *check) {
    if (code == SQLITE_OK)
        return MIGC_OK;
    if (migci_code_of(code) != MIGC_CORRUPT) {
        session->error->sqlite_code = code;
        return migci_fail(session, migci_code_of(code), "checking views, triggers and indexes: %s",
                          migci_code_of(code) == MIGC_NO_MEMORY ? "out of memory"
                                                                : sqlite3_errmsg(db));
    }
    check->report("they cannot be checked", check->argument);
    return MIGC_OK;
}

migc_code migci_check_objects(migci_session *session, migci_finding_function *report,
                              void *argument) {
    struct object_check check = {report, argument};
    sqlite3 *db = session->driver.db;
    int code = migci_broken_objects(db, report_broken, &check);
    if (code == SQLITE_OK)
        code = migci_broken_counters(db, report_broken, &check);
    return end_check(session, db, code, &check);
}

/* ---------------------------------------------------------------- virtual tables */

/* Where the session's connection may only read: the answer is an INSERT all the same. */
static sqlite3 *open_beside(const migci_session *session) {
    const migc_options *options = session->options;
    sqlite3_vfs *vfs = NULL;
    sqlite3 *db = NULL;
    sqlite3_file_control(session->driver.db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    int code =
        sqlite3_open_v2(sqlite3_db_filename(session->driver.db, "main"), &db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, vfs ? vfs->zName : NULL);
    if (code == SQLITE_OK && options->on_open)
        code = options->on_open(db, options->user);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(db, WAIT_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return db;
    sqlite3_close_v2(db);
    return NULL;
}

migc_code migci_check_full_text(migci_session *session, migci_finding_function *report,
                                void *argument) {
    struct object_check check = {report, argument};
    sqlite3 *db = session->driver.db;
    migc_code code = MIGC_OK;
    if (migci_ask_sqlite(db, "SELECT 1 FROM main.sqlite_schema WHERE " MIGCI_CHECKS_ITSELF) != 1)
        return MIGC_OK;
    bool reads = sqlite3_db_readonly(db, "main") == 1;
    if (reads)
        db = open_beside(session);
    else if (migci_begin(session) != MIGCI_DONE)
        return session->error->code;
    if (db)
        code = end_check(session, db, migci_broken_indexes(db, report_broken, &check), &check);
    if (reads && db) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        sqlite3_close_v2(db);
    } else if (!reads) {
        migci_rollback(session);
    }
    return code;
}
