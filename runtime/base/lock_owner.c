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

static bool inode_of(const char *path, const char *suffix, uintmax_t *inode) {
    char name[4096];
    struct stat status;
    int length = snprintf(name, sizeof(name), "%s%s", path, suffix);
    if (length < 0 || (size_t)length >= sizeof(name) || stat(name, &status) != 0)
        return false;
    *inode = (uintmax_t)status.st_ino;
    return true;
}

/* "7: POSIX  ADVISORY  WRITE 4711 08:01:131 1073741825 1073741825" */
static long writer_in(FILE *locks, uintmax_t inode, intmax_t first, intmax_t end) {
    char line[256];
    long pid;
    uintmax_t locked;
    intmax_t start;
    rewind(locks);
    while (fgets(line, sizeof(line), locks))
        if (sscanf(line, "%*d: POSIX %*s WRITE %ld %*x:%*x:%" SCNuMAX " %" SCNdMAX, &pid, &locked,
                   &start) == 3 &&
            locked == inode && start >= first && start < end)
            return pid;
    return 0;
}

void migci_lock_owner(sqlite3 *db, char *buffer, size_t size) {
    const char *path = db ? sqlite3_db_filename(db, "main") : NULL;
    FILE *locks = path && *path ? fopen("/proc/locks", "r") : NULL;
    uintmax_t inode;
    long pid = 0;
    buffer[0] = '\0';
    if (!locks)
        return;
    if (inode_of(path, "", &inode))
        pid = writer_in(locks, inode, PENDING_BYTE, SHARED_BYTES_END);
    if (!pid && inode_of(path, "-shm", &inode))
        pid = writer_in(locks, inode, WAL_WRITE_BYTE, WAL_READ_BYTE);
    fclose(locks);
    if (pid > 0)
        migci_describe_process(pid, buffer, size);
}
