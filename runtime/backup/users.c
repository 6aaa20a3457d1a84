/*
 * users.c - finds out who has a file open, if that can be known: Linux lists the descriptors of
 * each process below /proc, for root and for processes of the same user.
 */
#include "backup.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static bool has_open(const char *pid, const struct stat *file) {
    char path[64];
    struct dirent *entry;
    struct stat status;
    bool found = false;
    snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    while (!found && (entry = readdir(folder)))
        found = fstatat(dirfd(folder), entry->d_name, &status, 0) == 0 &&
                status.st_ino == file->st_ino && status.st_dev == file->st_dev;
    closedir(folder);
    return found;
}

void migci_users(const char *path, char *buffer, size_t size) {
    struct stat file;
    struct dirent *entry;
    buffer[0] = '\0';
    DIR *processes = stat(path, &file) == 0 ? opendir("/proc") : NULL;
    if (!processes)
        return;
    while (!*buffer && (entry = readdir(processes)))
        if (isdigit((unsigned char)entry->d_name[0]) && has_open(entry->d_name, &file))
            migci_describe_process(strtol(entry->d_name, NULL, 10), buffer, size);
    closedir(processes);
}
