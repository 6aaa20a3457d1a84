/*
 * path.c - the parts of a path, a path as a URI, and the files that belong to one.
 */
#include "base/core.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

void migci_drop_temporary(const char *path) {
    static const char *const suffixes[] = {"-journal", "-wal", "-shm", ""};
    char name[4096 + 16];
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        int length = snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        if (length > 0 && (size_t)length < sizeof(name))
            unlink(name);
    }
}

bool migci_is_file_time(const char *text) {
    static const char form[] = "00000000T000000Z";
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}
