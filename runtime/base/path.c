/*
 * path.c - the parts of a path, and a path as a URI.
 */
#include "base/core.h"

#include <stdio.h>
#include <string.h>

const char *migci_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool migci_folder_of(const char *path, char *folder, size_t size) {
    const char *slash = strrchr(path, '/');
    int length;
    if (!slash)
        length = snprintf(folder, size, ".");
    else
        length = snprintf(folder, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return length >= 0 && (size_t)length < size;
}

/* Characters with a meaning in URIs are escaped.  Other bytes are copied one by one, because
 * SQLite's %c would make UTF-8 of each. */
char *migci_immutable_uri(const char *path) {
    sqlite3_str *uri = sqlite3_str_new(NULL);
    sqlite3_str_appendall(uri, *path == '/' ? "file://" : "file:"); /* "//" begins an authority */
    for (; *path; path++)
        if (strchr("%?#", *path))
            sqlite3_str_appendf(uri, "%%%02x", (unsigned char)*path);
        else
            sqlite3_str_appendchar(uri, 1, *path);
    sqlite3_str_appendall(uri, "?immutable=1");
    return sqlite3_str_finish(uri);
}
