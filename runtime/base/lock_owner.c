/*
 * lock_owner.c - who owns the lock on a database file, where that can be known.
 *
 * Linux lists POSIX locks with their process in /proc/locks.  Asking with
 * fcntl(F_GETLK) would need a second descriptor of the file, and closing that
 * would drop every lock that this process holds on it.
 * Lock bytes: https://www.sqlite.org/fileformat2.html (the lock-byte page) and
 * https://www.sqlite.org/walformat.html (locks on the shared-memory file).
 */
#include "base/core.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    PENDING_BYTE = 0x40000000,
    SHARED_BYTES_END = PENDING_BYTE + 512,
    WAL_WRITE_BYTE = 120,
    WAL_READ_BYTE = 123
};

/* 0: there is no such file. */
static uintmax_t inode_of(const char *path, const char *suffix) {
    char name[4096];
    struct stat status;
    int length = snprintf(name, sizeof(name), "%s%s", path, suffix);
    bool is_there = length >= 0 && (size_t)length < sizeof(name) && stat(name, &status) == 0;
    return is_there ? (uintmax_t)status.st_ino : 0;
}

/* "7: POSIX  ADVISORY  WRITE 4711 08:01:131 1073741825 1073741825" */
void migci_lock_owner(sqlite3 *db, char *buffer, size_t size) {
    const char *path = db ? sqlite3_db_filename(db, "main") : NULL;
    FILE *locks = path && *path ? fopen("/proc/locks", "r") : NULL;
    char line[256];
    long pid, owner = 0;
    uintmax_t locked;
    intmax_t start;
    buffer[0] = '\0';
    if (!locks)
        return;
    uintmax_t file = inode_of(path, ""), wal_index = inode_of(path, "-shm");
    while (!owner && fgets(line, sizeof(line), locks)) {
        if (sscanf(line, "%*d: POSIX %*s WRITE %ld %*x:%*x:%" SCNuMAX " %" SCNdMAX, &pid, &locked,
                   &start) != 3)
            continue;
        if ((locked == file && start >= PENDING_BYTE && start < SHARED_BYTES_END) ||
            (locked == wal_index && start >= WAL_WRITE_BYTE && start < WAL_READ_BYTE))
            owner = pid;
    }
    fclose(locks);
    if (owner > 0)
        migci_describe_process(owner, buffer, size);
}
