/*
 * folder.c - what is in a folder: the names of its files, and their bytes.
 *
 * identify.c finds out their dialect, and arrange.c the migration of each file.
 */
#include "dialect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* In byte order: the order of the file system must have no effect. */
static int compare_items(const void *a, const void *b) {
    return strcmp(((const struct found_file *)a)->path, ((const struct found_file *)b)->path);
}

/* `folder` is "" for the folder itself, and ends with '/' for one in it. */
static bool list_names_of_folder(struct found_files *items, struct arena *arena, int fd,
                                 const char *folder) {
    static const char *const own[] = {LOCK_FILE, CONF_FILE, ORIGINALS_FILE};
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    rewinddir(directory);
    const struct dirent *item;
    errno = 0;
    while ((item = readdir(directory)) != NULL) {
        /* Dot-files and migc's own files are not misspelled migrations. */
        bool is_expected = item->d_name[0] == '.';
        for (size_t i = 0; i < COUNT_OF(own); i++)
            is_expected |= strcmp(item->d_name, own[i]) == 0;
        if (!is_expected) {
            items->of = grow_items(items->of, items->count, &items->capacity, sizeof(*items->of));
            items->of[items->count++] = (struct found_file){
                .path = *folder ? arena_format(arena, "%s%s", folder, item->d_name)
                                : arena_copy(arena, item->d_name, strlen(item->d_name))};
        }
        errno = 0;
    }
    int error = errno;
    closedir(directory);
    errno = error;
    return error == 0;
}

static bool look_at_items(struct folder *folder, size_t first, struct diagnostics *diagnostics) {
    for (size_t i = first; i < folder->items.count; i++) {
        struct found_file *item = &folder->items.of[i];
        struct stat state;
        if (fstatat(folder->fd, item->path, &state, 0) != 0)
            return report_failure(diagnostics, "cannot read %s/%s: %s", folder->path, item->path,
                                  strerror(errno));
        item->is_folder = S_ISDIR(state.st_mode);
        item->is_file = S_ISREG(state.st_mode);
        item->size = item->is_file ? (size_t)state.st_size : 0;
    }
    return true;
}

/* Lists the folders at this depth: a tool with a folder for each migration has two levels. */
static bool list_below(struct folder *folder, size_t depth, struct arena *arena,
                       struct diagnostics *diagnostics) {
    size_t count = folder->items.count;
    for (size_t i = 0; i < count; i++) {
        const char *path = folder->items.of[i].path;
        size_t slashes = 0;
        for (const char *at = path; (at = strchr(at, '/')) != NULL; at++)
            slashes++;
        if (!folder->items.of[i].is_folder || slashes != depth)
            continue;
        int fd = openat(folder->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (!list_names_of_folder(&folder->items, arena, fd, arena_format(arena, "%s/", path)))
            return report_failure(diagnostics, "cannot read the folder %s/%s: %s", folder->path,
                                  path, strerror(errno));
    }
    return look_at_items(folder, count, diagnostics);
}

static void sort_items(struct folder *folder) {
    if (folder->items.count > 0)
        qsort(folder->items.of, folder->items.count, sizeof(*folder->items.of), compare_items);
}

bool list_deeper(struct folder *folder, struct arena *arena, struct diagnostics *diagnostics) {
    enum { DEEPEST = 8 };
    for (size_t depth = 1; depth < DEEPEST && !folder->is_deep; depth++) {
        size_t count = folder->items.count;
        if (!list_below(folder, depth, arena, diagnostics))
            return false;
        if (folder->items.count == count)
            break;
    }
    folder->is_deep = true;
    sort_items(folder);
    return true;
}

bool list_files(struct folder *folder, struct arena *arena, struct diagnostics *diagnostics) {
    if (!list_names_of_folder(&folder->items, arena, dup(folder->fd), ""))
        return report_failure(diagnostics, "cannot read the folder %s: %s", folder->path,
                              strerror(errno));
    if (!look_at_items(folder, 0, diagnostics) || !list_below(folder, 0, arena, diagnostics))
        return false;
    sort_items(folder);
    return true;
}

const char *describe_folders(const struct folder *folder, struct arena *arena) {
    enum { MOST_NAMED = 4 };
    const char *list = "", *last = "";
    size_t named = 0, last_size = 0;
    for (size_t i = 0; i < folder->items.count && named < MOST_NAMED; i++) {
        const char *path = folder->items.of[i].path, *slash = strchr(path, '/');
        size_t size = slash ? (size_t)(slash - path) : 0, length = strlen(path);
        if (size == 0 || length < 4 || strcmp(path + length - 4, ".sql") != 0 ||
            (size == last_size && memcmp(path, last, size) == 0))
            continue;
        list = arena_format(arena, "%s%s%s/%.*s", list, named++ ? ", " : "", folder->path,
                            (int)size, path);
        last = path;
        last_size = size;
    }
    return named ? arena_format(arena, "; there is SQL in %s: name the folder of the migrations",
                                list)
                 : "";
}

struct found_file *look_up_file(const struct folder *folder, const char *path) {
    struct found_file wanted = {.path = path};
    return folder->items.count == 0 ? NULL
                                    : bsearch(&wanted, folder->items.of, folder->items.count,
                                              sizeof(*folder->items.of), compare_items);
}

bool load_file(struct found_file *item, const struct folder *folder, struct arena *arena,
               struct diagnostics *diagnostics) {
    if (item->text)
        return true;
    struct source source = {.path = arena_format(arena, "%s/%s", folder->path, item->path)};
    if (!load_bytes(&source, arena, folder->fd, item->path, item->size, diagnostics))
        return false;
    item->text = source.text;
    item->size = source.size;
    return true;
}

/* A location without a text. */
static struct location location_of_name(const char *path, struct arena *arena) {
    struct source *source = arena_take(arena, sizeof(*source));
    *source = (struct source){.path = path};
    return location_of_file(source);
}

struct location location_of_folder(const struct folder *folder, struct arena *arena) {
    return location_of_name(folder->path, arena);
}

struct location location_of_path(const struct folder *folder, struct arena *arena,
                                 const char *file) {
    return location_of_name(arena_format(arena, "%s/%s", folder->path, file), arena);
}

bool open_folder(struct folder *folder, struct arena *arena, const char *path,
                 struct diagnostics *diagnostics) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    folder->path = arena_copy(arena, path, size);
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd >= 0)
        return true;
    return errno == ENOTDIR ? report_failure(diagnostics,
                                             "%s is not a folder; name the one that holds "
                                             "the migrations",
                                             path)
                            : report_failure(diagnostics, "cannot read the folder %s: %s", path,
                                             strerror(errno));
}

void close_folder(struct folder *folder) {
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->entries);
    free(folder->items.of);
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
