/*
 * backups.h - for tests of backup and restore: a folder that may hold more than the
 * database, and what of each kind is in it.
 */
#ifndef BACKUPS_H
#define BACKUPS_H

#include <dirent.h>

#include "database.h"
#include "migc.h"

struct shelf {
    char folder[64];
    char path[96]; /* library.db, which is not there yet */
};

static inline void shelf_empty(const struct shelf *shelf) {
    char name[400];
    DIR *folder = opendir(shelf->folder);
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
        snprintf(name, sizeof(name), "%s/%s", shelf->folder, entry->d_name);
        unlink(name);
    }
    if (folder)
        closedir(folder);
}

static inline void shelf_remove(void *shelf) {
    shelf_empty(shelf);
    rmdir(((struct shelf *)shelf)->folder);
    free(shelf);
}

static inline void shelf_begin(struct shelf *shelf) {
    snprintf(shelf->folder, sizeof(shelf->folder), "/tmp/migc-test-XXXXXX");
    CHECK(mkdtemp(shelf->folder) != NULL);
    snprintf(shelf->path, sizeof(shelf->path), "%s/library.db", shelf->folder);
    struct shelf *copy = malloc(sizeof(*copy));
    CHECK(copy != NULL);
    *copy = *shelf;
    check_defer(shelf_remove, copy);
}

/* How many names begin with this. */
static inline int shelf_count(const struct shelf *shelf, const char *start) {
    int count = 0;
    DIR *folder = opendir(shelf->folder);
    struct dirent *entry;
    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL)
        count += strncmp(entry->d_name, start, strlen(start)) == 0;
    closedir(folder);
    return count;
}

static inline uint64_t shelf_digest(const char *path) {
    char text[256];
    sqlite3 *db = db_open(path);
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    uint64_t digest = db_digest(db);
    db_close(db);
    return digest;
}

#endif
