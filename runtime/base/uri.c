/*
 * uri.c - the name of a database, in every call and on every command line: a path, or a URI that
 * begins with "file:" (https://www.sqlite.org/uri.html).
 */
#include "base/core.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool migci_is_uri(const char *name) {
    return strncmp(name, "file:", 5) == 0;
}

/* "mode=memory" of "file:a?cache=shared&mode=memory", or NULL. */
static const char *parameter_of(const char *uri, const char *name) {
    size_t length = strlen(name);
    const char *at = uri + strcspn(uri, "?#");
    while (*at == '?' || *at == '&') {
        at++;
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at;
        at += strcspn(at, "&#");
    }
    return NULL;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool migci_file_of(const char *name, char *file, size_t size) {
    size_t length = 0;
    assert(size > 0);
    const char *mode = migci_is_uri(name) ? parameter_of(name, "mode") : NULL;
    if (mode && strncmp(mode, "mode=memory", strlen("mode=memory")) == 0) {
        file[0] = '\0';
        return true;
    }
    /* Behind "file:" and an authority, which SQLite wants to be empty or "localhost". */
    const char *at = name + (migci_is_uri(name) ? strlen("file:") : 0);
    if (migci_is_uri(name) && at[0] == '/' && at[1] == '/')
        at += 2 + strcspn(at + 2, "/?#");
    const char *end = at + (migci_is_uri(name) ? strcspn(at, "?#") : strlen(at));
    for (; at < end && length + 1 < size; at++) {
        int high = migci_is_uri(name) && *at == '%' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;
        file[length++] = low >= 0 ? (char)(high << 4 | low) : *at;
        at += low >= 0 ? 2 : 0;
    }
    file[length] = '\0';
    if (strcmp(file, ":memory:") == 0)
        file[0] = '\0';
    return at >= end;
}

/* SQLite refuses "mode=rwc" when the file is opened read-only. */
char *migci_reading_uri(const char *name, bool immutable) {
    sqlite3_str *uri = sqlite3_str_new(NULL);
    char separator = '?';
    if (!migci_is_uri(name)) {
        sqlite3_free(sqlite3_str_finish(uri));
        return immutable ? migci_immutable_uri(name) : sqlite3_mprintf("%s", name);
    }
    size_t path = strcspn(name, "?#");
    sqlite3_str_append(uri, name, (int)path);
    for (const char *at = name + path; *at == '?' || *at == '&';) {
        size_t length = strcspn(++at, "&#");
        bool is_mode = strncmp(at, "mode=", 5) == 0 && strncmp(at, "mode=memory", 11) != 0;
        if (length && !is_mode) {
            sqlite3_str_appendf(uri, "%c%.*s", separator, (int)length, at);
            separator = '&';
        }
        at += length;
    }
    if (immutable)
        sqlite3_str_appendf(uri, "%cimmutable=1", separator);
    return sqlite3_str_finish(uri);
}
