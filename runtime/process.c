/*
 * process.c - a process in words, for who is in the way.
 */
#include "internal.h"

#include <stdio.h>
#include <unistd.h>

void migci_say_process(long pid, char *buffer, size_t size) {
    char path[64], name[64];
    if (pid == (long)getpid()) {
        snprintf(buffer, size, "another connection of this program");
        return;
    }
    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *file = fopen(path, "r");
    int known = file && fscanf(file, "%63[^\n]", name) == 1;
    if (file)
        fclose(file);
    snprintf(buffer, size, known ? "process %ld (%s)" : "process %ld", pid, name);
}
