/*
 * temporary.c - deletes a temporary database.
 */
#include "base/core.h"

#include <stdio.h>
#include <unistd.h>

void migci_drop_temporary(const char *path) {
    static const char *const suffixes[] = {"-journal", "-wal", "-shm", ""};
    char name[4096 + 16];
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        int length = snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        if (length > 0 && (size_t)length < sizeof(name))
            unlink(name);
    }
}
