/*
 * scan.c - lists the folder: which files are migrations, in which order.
 *
 * Only names count here; what the files contain is for parse.  A file that is
 * not taken is named in a warning, so that a typo cannot hide a migration.
 */
#include "read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct names {
    const char **items;
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    int order = (a->version > b->version) - (a->version < b->version);
    if (a->repeatable || b->repeatable)
        order = a->repeatable && b->repeatable ? strcmp(a->name, b->name)
                                               : (int)a->repeatable - (int)b->repeatable;
    return order ? order : strcmp(a->file, b->file);
}

/* Dot-files and migc's own files are nobody's typo. */
static bool is_expected(const char *name) {
    return name[0] == '.' || strcmp(name, LOCK_FILE) == 0 || strcmp(name, CONF_FILE) == 0;
}

/* In byte order: the order of the file system must not show anywhere. */
static bool list_names(struct names *names, struct arena *arena, int fd) {
    int copy = dup(fd);
    DIR *directory = copy < 0 ? NULL : fdopendir(copy);
    if (!directory) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    rewinddir(directory);
    const struct dirent *item;
    errno = 0;
    while ((item = readdir(directory)) != NULL) {
        if (!is_expected(item->d_name)) {
            names->items =
                grow_items(names->items, names->count, &names->capacity, sizeof(*names->items));
            names->items[names->count++] = arena_copy(arena, item->d_name, strlen(item->d_name));
        }
        errno = 0;
    }
    int error = errno;
    closedir(directory);
    if (names->count > 0)
        qsort(names->items, names->count, sizeof(*names->items), compare_names);
    errno = error;
    return error == 0;
}

static bool is_name_character(char c) {
    return is_word(c) || c == '.' || c == '-';
}

/* "R_name.sql", and "R__name.sql" as in other tools: the length up to the name, or 0. */
static size_t repeatable_prefix(const char *file, size_t size) {
    size_t length = strlen(REPEATABLE_PREFIX);
    if (strncmp(file, REPEATABLE_PREFIX, length) != 0)
        return 0;
    length += file[length] == '_';
    return length < size - 4 ? length : 0;
}

/* Splits "003_name.sql".  Returns NULL, or why it is no migration's name. */
static const char *read_name(struct entry *entry, const char *file, struct arena *arena) {
    size_t size = strlen(file), digits = 0;
    if (size < 4 || strcmp(file + size - 4, ".sql") != 0)
        return "its name does not end in .sql";
    size_t prefix = repeatable_prefix(file, size);
    while (is_digit(file[digits])) {
        entry->version = digits < VERSION_DIGITS ? entry->version * 10 + (file[digits] - '0') : 0;
        digits++;
    }
    if (!prefix && (digits == 0 || file[digits] != '_' || digits + 1 >= size - 4))
        return "its name is not a number, '_' and a name, as in " FILE_NAME_FORM;
    if (digits > VERSION_DIGITS)
        return "its number has more than 18 digits";
    for (size_t i = digits; i < size; i++)
        if (!is_name_character(file[i]))
            return "its name has characters other than letters, digits, '_', '-' and '.'";
    entry->digits = (unsigned)digits;
    entry->file = file;
    entry->stem = arena_copy(arena, file, size - 4);
    entry->name = entry->stem + (prefix ? prefix : digits + 1);
    entry->repeatable = prefix > 0;
    return NULL;
}

/* A location without text. */
static struct location location_of_path(const char *path, struct arena *arena) {
    struct source *source = arena_take(arena, sizeof(*source));
    *source = (struct source){.path = path};
    return location_of_file(source);
}

struct location location_of_folder(const struct folder *folder, struct arena *arena) {
    return location_of_path(folder->path, arena);
}

static bool take_file(struct folder *folder, struct arena *arena, const char *file,
                      struct diagnostics *diagnostics) {
    struct entry entry = {0};
    struct stat state;
    if (fstatat(folder->fd, file, &state, 0) != 0) {
        return report_failure(diagnostics, "cannot read %s/%s: %s", folder->path, file,
                              strerror(errno));
    }
    const char *why = S_ISDIR(state.st_mode)    ? "it is a folder"
                      : !S_ISREG(state.st_mode) ? "it is not a regular file"
                                                : read_name(&entry, file, arena);
    if (why) {
        const char *path = arena_format(arena, "%s/%s", folder->path, file);
        report_warning(diagnostics, WARNING_UNTAKEN, location_of_path(path, arena),
                       "was not taken: %s", why);
        return true;
    }
    entry.size = (size_t)state.st_size;
    folder->entries = grow_items(folder->entries, folder->count, &folder->capacity, sizeof(entry));
    folder->entries[folder->count++] = entry;
    return true;
}

/* They were counted with the others, and are sorted behind them. */
static void set_repeatables_apart(struct folder *folder) {
    while (folder->count > 0 && folder->entries[folder->count - 1].repeatable) {
        folder->count--;
        folder->repeatable_count++;
    }
}

static bool take_files(struct folder *folder, struct arena *arena, const struct names *names,
                       struct diagnostics *diagnostics) {
    for (size_t i = 0; i < names->count; i++)
        if (!take_file(folder, arena, names->items[i], diagnostics))
            return false;
    return true;
}

/* "migrations/" and "migrations" are one folder, with one spelling in messages. */
static const char *trim_slashes(struct arena *arena, const char *path) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    return arena_copy(arena, path, size);
}

bool scan_folder(struct folder *folder, struct arena *arena, const char *path,
                 struct diagnostics *diagnostics) {
    struct names names = {0};
    folder->path = trim_slashes(arena, path);
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0) {
        return errno == ENOTDIR ? report_failure(diagnostics,
                                                 "%s is not a folder; name the one that holds "
                                                 "the migrations",
                                                 path)
                                : report_failure(diagnostics, "cannot read the folder %s: %s", path,
                                                 strerror(errno));
    }
    bool listed =
        list_names(&names, arena, folder->fd) ||
        report_failure(diagnostics, "cannot read the folder %s: %s", path, strerror(errno));
    bool taken = listed && take_files(folder, arena, &names, diagnostics);
    free(names.items);
    if (folder->count > 0)
        qsort(folder->entries, folder->count, sizeof(*folder->entries), compare_entries);
    set_repeatables_apart(folder);
    return taken;
}

void close_folder(struct folder *folder) {
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->entries);
    *folder = (struct folder){.fd = -1};
}

/* Without flock(), O_EXCL and link() still protect what is there. */
int hold_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int held;
    do {
        held = fd >= 0 ? flock(fd, LOCK_EX) : 0;
    } while (held != 0 && errno == EINTR);
    return fd;
}
