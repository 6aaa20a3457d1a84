/*
 * new_file.c - makes a new file that is complete and on the disk before it has its name.
 *
 * The file is made without a name and then linked, so a crash leaves nothing.  On a file system
 * that cannot do that, it has a temporary name, "FILE-migc-PID-RANDOM"; one that a crash left is
 * removed by the next process that makes the same file.  Either way, the link never replaces a
 * file.
 *
 * The descriptor that wrote is closed before the link.  POSIX drops all locks that a process has on
 * a file when it closes any descriptor of it, and another thread may open the database as soon as
 * it has its name.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_TMPFILE, O_PATH */
#endif

#include "engine/engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, MODE = 0644 /* as SQLite's, reduced by the umask */ };

#define MARK "-migc-" /* between the name of the file and the process that makes it */

static bool write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return fsync(fd) == 0;
}

/* ---------------------------------------------------------- without a name */

#if defined(O_TMPFILE) && defined(O_PATH)

static int name_of_descriptor(int fd, char name[32]) {
    return snprintf(name, 32, "/proc/self/fd/%d", fd);
}

/* O_PATH keeps the file alive, and closing such a descriptor drops no locks. */
static int write_nameless(const char *folder, const void *bytes, size_t size) {
    char name[32];
    int reference = -1;
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, MODE);
    if (fd < 0)
        return -1;
    if (write_all(fd, bytes, size)) {
        name_of_descriptor(fd, name);
        reference = open(name, O_PATH | O_CLOEXEC);
    }
    close(fd);
    return reference;
}

static bool place_nameless(const char *folder, const char *path, const void *bytes, size_t size) {
    char name[32];
    int reference = write_nameless(folder, bytes, size);
    if (reference < 0)
        return false;
    name_of_descriptor(reference, name);
    bool placed = linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
    close(reference);
    return placed;
}

#else

static bool place_nameless(const char *folder, const char *path, const void *bytes, size_t size) {
    (void)folder;
    (void)path;
    (void)bytes;
    (void)size;
    return false;
}

#endif

/* --------------------------------------------------- with a temporary name */

/* Removes files of processes that are gone.  If such a process lives but cannot be seen from
 * here, it finds its file missing, and migrates. */
static bool is_left_over(const char *entry, const char *base) {
    size_t length = strlen(base);
    if (strncmp(entry, base, length) != 0 || strncmp(entry + length, MARK, strlen(MARK)) != 0)
        return false;
    char *end;
    long pid = strtol(entry + length + strlen(MARK), &end, 10);
    return *end == '-' && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool place_named(const char *folder, const char *path, const void *bytes, size_t size) {
    char name[PATH_SIZE];
    unsigned chance = 0;
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries)))
        if (is_left_over(entry->d_name, migci_base_name(path)))
            unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    sqlite3_randomness(sizeof(chance), &chance);
    int length = snprintf(name, sizeof(name), "%s" MARK "%ld-%08x", path, (long)getpid(), chance);
    int fd = length < PATH_SIZE ? open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE) : -1;
    if (fd < 0)
        return false;
    bool written = write_all(fd, bytes, size);
    bool placed = close(fd) == 0 && written && link(name, path) == 0;
    unlink(name);
    return placed;
}

bool migci_make_file(const char *path, const void *bytes, size_t size) {
    char folder[PATH_SIZE];
    if (!migci_folder_of(path, folder, sizeof(folder)))
        return false;
    bool placed = place_nameless(folder, path, bytes, size);
    if (!placed && access(path, F_OK) != 0)
        placed = place_named(folder, path, bytes, size);
    /* Makes the name durable, too.  If it is not yet, the next start makes the file again. */
    int fd = placed ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return placed;
}
