/*
 * files.c - what backup and restore need of the file system: paths, free space, a name that
 * replaces nothing, and making a file durable.
 */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MOST_PATH = 4096 };

char *migci_format(migci_session *session, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : migci_allocate(&session->memory, (size_t)length + 1);
    if (!text) {
        migci_fail_memory(session);
        return NULL;
    }
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

const char *migci_full_path(migci_session *session, const char *path) {
    char full[MOST_PATH];
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    int code = vfs ? vfs->xFullPathname(vfs, path, sizeof(full), full) : SQLITE_ERROR;
    if ((code & 0xff) == SQLITE_OK) /* or SQLITE_OK_SYMLINK */
        return migci_format(session, "%s", full);
    migci_fail_backup(session, "%s is not a path that can be used. Check it, then start again",
                      path);
    return NULL;
}

bool migci_same_file(const char *path, const char *other) {
    struct stat one, two;
    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

/* Some file systems cannot sync a folder, and say so with EINVAL. */
int migci_sync_folder(const char *folder) {
    int file = open(folder, O_RDONLY | O_CLOEXEC), failure = 0;
    if (file < 0)
        return errno;
    if (fsync(file) != 0 && errno != EINVAL)
        failure = errno;
    close(file);
    return failure;
}

int migci_free_space(const char *folder, int64_t *bytes) {
    struct statvfs status;
    if (statvfs(folder, &status) != 0)
        return errno;
    *bytes = (int64_t)status.f_bavail * (int64_t)status.f_frsize;
    return 0;
}

/* rename() would replace what has the name already.  Where there are no hard links, a look
 * before it must do. */
int migci_name_file(const char *from, const char *to) {
    struct stat status;
    if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0) {
        unlink(from);
        return 0;
    }
    if (errno == EEXIST || errno == ENOENT || errno == ENOSPC || errno == ENAMETOOLONG)
        return errno;
    if (lstat(to, &status) == 0)
        return EEXIST;
    return rename(from, to) == 0 ? 0 : errno;
}

/* Only root may give a file away; the group at least is often possible.  Where it is not, the
 * group is another one, and gets nothing. */
int migci_seal_file(int file, const struct stat *like) {
    struct stat now;
    mode_t mode = like->st_mode & 0777;
    if (fstat(file, &now) != 0)
        return errno;
    if ((now.st_uid != like->st_uid || now.st_gid != like->st_gid) &&
        fchown(file, like->st_uid, like->st_gid) != 0 && now.st_gid != like->st_gid &&
        fchown(file, (uid_t)-1, like->st_gid) != 0)
        mode &= ~(mode_t)S_IRWXG;
    if (fchmod(file, mode) != 0 || fsync(file) != 0)
        return errno;
    return 0;
}

bool migci_is_file_at(int file, const char *path) {
    struct stat one, two;
    return fstat(file, &one) == 0 && lstat(path, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}
