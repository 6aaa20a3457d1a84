/*
 * rehearse_copy.c - makes and removes the copy of a database on which to rehearse.
 *
 * SQLite's backup copies page by page, and others can write meanwhile.  If someone does, it begins
 * again; after a few such attempts it copies everything at once.
 */
#include "rehearse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 4096, MOST_RESTARTS = 3 };

/* ---------------------------------------------------------------------- path */

char *migci_copy_path(sqlite3 *db, const char *folder) {
    const char *file = sqlite3_db_filename(db, "main");
    unsigned number = 0;
    if (!file || !*file)
        return sqlite3_mprintf(":memory:");
    const char *name = migci_base_name(file);
    sqlite3_randomness(sizeof(number), &number);
    if (folder)
        return sqlite3_mprintf("%s/%s-rehearsal-%08x", folder, name, number);
    return sqlite3_mprintf("%s-rehearsal-%08x", file, number);
}

/* ---------------------------------------------------------------------- room */

/* Room for the copy, and as much again for what the migrations write: a full disk would be a
 * problem for everyone. */
static migc_code check_room(migci_session *session, const char *folder) {
    sqlite3 *db = session->driver.db;
    struct statvfs room;
    double size = (double)migci_ask_sqlite(db, "PRAGMA main.page_count") *
                  (double)migci_ask_sqlite(db, "PRAGMA main.page_size");
    char wanted[32], there[32];
    if (statvfs(folder, &room) != 0)
        return migci_fail(session, MIGC_CANNOT_OPEN, "no copy can be made in %s: %s", folder,
                          strerror(errno));
    double available = (double)room.f_bavail * (double)room.f_frsize;
    if (available >= 2 * size)
        return MIGC_OK;
    return migci_fail(session, MIGC_DISK_FULL,
                      "a rehearsal on a copy needs %s in %s (twice the size of the database),"
                      " and %s are free",
                      migci_size((int64_t)(2 * size), wanted), folder,
                      migci_size((int64_t)available, there));
}

/* ---------------------------------------------------------------------- copy */

/* Private: not everyone who can read the folder may read the database. */
static migc_code make_file(migci_session *session, migci_stand_in *copy) {
    char folder[4096];
    migc_code code = MIGC_OK;
    if (migci_folder_of(copy->path, folder, sizeof(folder))) /* else open() refuses it */
        code = check_room(session, folder);
    if (code != MIGC_OK)
        return code;
    int file = open(copy->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return migci_fail(session, MIGC_CANNOT_OPEN, "the copy %s cannot be made: %s", copy->path,
                          strerror(errno));
    close(file);
    copy->made = true;
    return MIGC_OK;
}

migc_code migci_copy_make(migci_session *session, migci_stand_in *copy) {
    sqlite3_vfs *vfs = NULL;
    bool in_memory = strcmp(copy->path, ":memory:") == 0;
    migc_code failure = in_memory ? MIGC_OK : make_file(session, copy);
    if (failure != MIGC_OK)
        return failure;
    if (!in_memory)
        sqlite3_file_control(session->driver.db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    int code =
        sqlite3_open_v2(copy->path, &copy->db, SQLITE_OPEN_READWRITE, vfs ? vfs->zName : NULL);
    if (code == SQLITE_OK)
        copy->backup = sqlite3_backup_init(copy->db, "main", session->driver.db, "main");
    if (copy->backup)
        return MIGC_OK;
    session->error->sqlite_code = copy->db ? sqlite3_extended_errcode(copy->db) : SQLITE_NOMEM;
    return migci_fail(session, migci_code_of(session->error->sqlite_code),
                      "the copy %s cannot be opened: %s", copy->path,
                      copy->db ? sqlite3_errmsg(copy->db) : "out of memory");
}

int migci_copy_step(migci_stand_in *copy) {
    int code =
        sqlite3_backup_step(copy->backup, copy->restarts < MOST_RESTARTS ? PAGES_AT_ONCE : -1);
    int left = sqlite3_backup_remaining(copy->backup);
    copy->restarts += code == SQLITE_OK && copy->left && left > copy->left;
    copy->left = left;
    if (code == SQLITE_DONE) {
        sqlite3_backup_finish(copy->backup);
        copy->backup = NULL;
    }
    return code;
}

void migci_copy_remove(migci_stand_in *copy) {
    sqlite3_backup_finish(copy->backup);
    sqlite3_close(copy->db);
    if (copy->made)
        migci_drop_temporary(copy->path);
}
