/*
 * process.c - describes the process that has a lock.
 */
#include "base/core.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool migci_process_name(long pid, char name[64]) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
    FILE *file = fopen(path, "r");
    bool known = file && fgets(name, 64, file);
    if (file)
        fclose(file);
    if (known)
        name[strcspn(name, "\n")] = '\0';
    return known && *name;
}

void migci_describe_process(long pid, char *buffer, size_t size) {
    char name[64];
    if (pid == (long)getpid()) {
        snprintf(buffer, size, "another connection of this program");
        return;
    }
    bool known = migci_process_name(pid, name);
    snprintf(buffer, size, known ? "process %ld (%s)" : "process %ld", pid, name);
}
