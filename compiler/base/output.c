/*
 * output.c - files that appear complete or not at all, and all files of a run together or not at
 * all.
 *
 * Each file is written under a temporary name in its own folder.  When all of them are complete and
 * on the disk, the files that they replace get a second name, and the new ones are renamed.  If one
 * cannot be renamed, those before it are put back.  The first write error is kept:
 * commit_outputs() reports it.
 *
 * A symbolic link stays: the file that it names is replaced.  What is no regular file, such as a
 * FIFO, a device or a descriptor in /dev/fd, cannot be replaced: it is written to as it is.
 */
#include "base.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100, LINKS = 40 };

/* "generated/.notes.c.4711-0": hidden, and only of this process. */
static char *temporary_name(struct arena *arena, const char *path, int attempt) {
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    return arena_format(arena, "%.*s.%s.%ld-%d", folder, path, path + folder, (long)getpid(),
                        attempt);
}

static const char *output_folder(struct arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    return !slash ? "." : slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

/* A name that is not the last one of its file.  Without memory exit() is called anywhere, and removes
 * those that are on the disk then. */
struct unfinished {
    struct unfinished *next;
    char name[];
};

static struct unfinished *unfinished;

static void remove_unfinished(void) {
    for (const struct unfinished *item = unfinished; item; item = item->next)
        unlink(item->name);
}

/* Before the name is on the disk. */
static void add_unfinished(const char *name) {
    static bool is_registered;
    struct unfinished *item = must_have(malloc(sizeof(*item) + strlen(name) + 1));
    memcpy(item->name, name, strlen(name) + 1);
    item->next = unfinished;
    unfinished = item;
    if (!is_registered)
        is_registered = atexit(remove_unfinished) == 0;
}

static void drop_unfinished(const char *name) {
    for (struct unfinished **at = &unfinished; name && *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0) {
            struct unfinished *item = *at;
            *at = item->next;
            free(item);
            return;
        }
}

/* ------------------------------------------------------------------ where it goes */

/* A copy of the process's own descriptor that a link in /proc names, as /dev/stdout and /dev/fd/3
 * do: opening such a link would begin at the start of the file again.  -1: it names none. */
static int copy_descriptor(struct arena *arena, const char *link) {
    const char *slash = strrchr(link, '/');
    struct stat own, folder;
    if (!slash || stat("/proc/self/fd", &own) != 0 ||
        stat(output_folder(arena, link), &folder) != 0 || folder.st_dev != own.st_dev ||
        folder.st_ino != own.st_ino)
        return -1;
    return fcntl((int)strtol(slash + 1, NULL, 10), F_DUPFD_CLOEXEC, 0);
}

/* Follows the links of the path, and opens what cannot be replaced. */
static void find_target(struct output *output, struct arena *arena) {
    char text[4096];
    struct stat state;
    ssize_t size;
    int links = 0;
    while (output->fd < 0 && (size = readlink(output->target, text, sizeof(text))) > 0) {
        const char *name = arena_copy(arena, text, (size_t)size);
        if (links++ == LINKS || size == (ssize_t)sizeof(text)) {
            output->error = links > LINKS ? ELOOP : ENAMETOOLONG;
            return;
        }
        output->fd = copy_descriptor(arena, output->target);
        output->target =
            *name == '/' || !strchr(output->target, '/')
                ? name
                : arena_format(arena, "%s/%s", output_folder(arena, output->target), name);
    }
    if (output->fd < 0 && stat(output->target, &state) == 0 && !S_ISREG(state.st_mode) &&
        !S_ISDIR(state.st_mode)) {
        output->fd = open(output->target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        output->error = output->fd < 0 ? errno : 0;
    }
    output->direct = output->fd >= 0;
}

static void open_temporary(struct output *output, struct arena *arena) {
    for (int attempt = 0; attempt < ATTEMPTS && output->fd < 0; attempt++) {
        output->temporary = temporary_name(arena, output->target, attempt);
        add_unfinished(output->temporary);
        output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        int failure = output->fd < 0 ? errno : 0;
        if (failure)
            drop_unfinished(output->temporary);
        output->error = failure;
        if (failure != EEXIST)
            break;
    }
    if (output->fd < 0)
        output->temporary = NULL;
}

static void clear_output(struct output *output, const char *path) {
    output->path = output->target = path;
    output->temporary = output->kept = NULL;
    output->fd = -1;
    output->error = 0;
    output->used = 0;
    output->exclusive = output->direct = output->replaces = output->placed = false;
}

void open_output(struct output *output, struct arena *arena, const char *path) {
    struct stat old;
    clear_output(output, path);
    find_target(output, arena);
    if (!output->direct && !output->error)
        open_temporary(output, arena);
    if (!output->temporary || stat(output->target, &old) != 0 || !S_ISREG(old.st_mode))
        return;
    /* Whoever could read the old file, or run it, still can; another group may do no more than
     * others could. */
    if (fchown(output->fd, old.st_uid, old.st_gid) != 0 &&
        fchown(output->fd, (uid_t)-1, old.st_gid) != 0)
        old.st_mode &= ~(mode_t)S_IRWXG | (old.st_mode & S_IRWXO) << 3;
    fchmod(output->fd, old.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO));
}

void open_new_output(struct output *output, struct arena *arena, const char *path) {
    clear_output(output, path);
    output->exclusive = true;
    open_temporary(output, arena);
}

static void write_output(struct output *output, const char *bytes, size_t size) {
    while (size > 0 && !output->error) {
        ssize_t written = write(output->fd, bytes, size);
        if (written >= 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno != EINTR) {
            output->error = errno;
        }
    }
}

static void flush_output(struct output *output) {
    write_output(output, output->pending, output->used);
    output->used = 0;
}

void put_bytes(struct output *output, const char *bytes, size_t size) {
    assert(output->used <= sizeof(output->pending));
    if (size > sizeof(output->pending) - output->used)
        flush_output(output);
    if (size > sizeof(output->pending)) {
        write_output(output, bytes, size);
        return;
    }
    memcpy(output->pending + output->used, bytes, size);
    output->used += size;
}

void put_text(struct output *output, const char *text) {
    put_bytes(output, text, strlen(text));
}

void put_char(struct output *output, char c) {
    if (output->used == sizeof(output->pending))
        flush_output(output);
    output->pending[output->used++] = c;
}

void put_number(struct output *output, uint64_t number) {
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    put_bytes(output, digits + at, sizeof(digits) - at);
}

static void close_output(struct output *output) {
    if (output->fd >= 0) {
        flush_output(output);
        /* Some file systems have no fsync(): that is no error. */
        if (!output->error && fsync(output->fd) != 0 && errno != EINVAL && errno != ENOSYS &&
            errno != ENOTSUP)
            output->error = errno;
        if (close(output->fd) != 0 && !output->error)
            output->error = errno;
        output->fd = -1;
    }
}

/* ---------------------------------------------------------- all of them, or none */

/* Renames, but never replaces.  link() does that; where the file system has none, access() checks
 * first.  The temporary name is removed with the others, after all renames. */
static int rename_to_new(const char *from, const char *to) {
    if (link(from, to) == 0)
        return 0;
    if (errno == EEXIST || errno == ENOENT || errno == ENOSPC)
        return -1;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

/* Gives the file that is replaced a second name.  Without one it cannot be put back. */
static void keep_old(struct output *output, struct arena *arena) {
    struct stat state;
    output->replaces = lstat(output->target, &state) == 0;
    for (int attempt = 0; output->replaces && attempt < ATTEMPTS && !output->kept; attempt++) {
        char *name = temporary_name(arena, output->target, attempt);
        add_unfinished(name);
        int failure = link(output->target, name) == 0 ? 0 : errno;
        if (!failure)
            output->kept = name;
        else
            drop_unfinished(name);
        if (failure && failure != EEXIST)
            break;
    }
}

/* Sets *name to NULL, unless the file cannot be removed. */
static void remove_name(char **name) {
    if (*name && (unlink(*name) == 0 || errno == ENOENT))
        *name = NULL;
}

static void report_output(const struct output *output, const char *state,
                          struct diagnostics *diagnostics) {
    const char *folder = output_folder(diagnostics->arena, output->target);
    struct stat unused;
    if (output->error == ENOENT && stat(folder, &unused) != 0) {
        report_failure(diagnostics, "cannot write %s: there is no folder %s; make it first",
                       output->path, folder);
    } else {
        report_failure(diagnostics, "cannot write %s: %s; %s", output->path,
                       strerror(output->error), state);
    }
}

/* What a failed run left behind, in words. */
static const char *state_of(const struct output *outputs, size_t count, struct arena *arena) {
    const char *replaced = NULL, *state = "what was there before is unchanged";
    for (size_t i = 0; i < count; i++)
        if (outputs[i].placed)
            replaced = arena_format(arena, "%s%s%s", replaced ? replaced : "", replaced ? ", " : "",
                                    outputs[i].path);
    if (replaced)
        state = arena_format(arena, "replaced already, and not put back: %s", replaced);
    for (size_t i = 0; i < count; i++) {
        if (outputs[i].direct)
            state = arena_format(arena, "%s; a part may have gone to %s", state, outputs[i].path);
        if (outputs[i].temporary)
            state = arena_format(arena, "%s; %s is left over", state, outputs[i].temporary);
        if (outputs[i].kept)
            state = arena_format(arena, "%s; %s is left over", state, outputs[i].kept);
    }
    return state;
}

static bool rename_all(struct output *outputs, size_t count, struct arena *arena) {
    bool fine = true;
    for (size_t i = 0; count > 1 && i < count; i++)
        if (!outputs[i].exclusive && !outputs[i].direct)
            keep_old(&outputs[i], arena);
    for (size_t i = count; fine && i-- > 0;) {
        struct output *output = &outputs[i];
        if (output->direct)
            continue;
        assert(output->temporary && !output->error);
        fine = (output->exclusive ? rename_to_new(output->temporary, output->target)
                                  : rename(output->temporary, output->target)) == 0;
        output->placed = fine;
        output->error = fine ? output->error : errno;
    }
    /* An output that stays `placed` could not be put back. */
    for (struct output *output = outputs; !fine && output < outputs + count; output++)
        if (output->placed && output->kept)
            output->placed = rename(output->kept, output->target) != 0;
        else if (output->placed && (output->exclusive || !output->replaces))
            output->placed = unlink(output->target) != 0;
    return fine;
}

static void report_left_over(const char *name, struct diagnostics *diagnostics) {
    if (name)
        report_failure(diagnostics, "all is written, but %s is left over: it cannot be removed",
                       name);
}

bool commit_outputs(struct output *outputs, size_t count, struct diagnostics *diagnostics) {
    assert(count > 0);
    struct arena *arena = diagnostics->arena;
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        struct stat state;
        close_output(&outputs[i]);
        /* rename() would fail on a folder too, but only after others were renamed. */
        if (!outputs[i].error && !outputs[i].direct && lstat(outputs[i].target, &state) == 0 &&
            S_ISDIR(state.st_mode))
            outputs[i].error = EISDIR;
        fine = fine && !outputs[i].error;
    }
    fine = fine && rename_all(outputs, count, arena);
    for (size_t i = 0; i < count; i++) {
        drop_unfinished(outputs[i].temporary);
        drop_unfinished(outputs[i].kept);
        remove_name(&outputs[i].temporary);
        remove_name(&outputs[i].kept);
    }
    for (size_t i = 0; i < count; i++) {
        if (outputs[i].error) {
            report_output(&outputs[i], state_of(outputs, count, arena), diagnostics);
        } else if (fine && !outputs[i].direct) {
            /* Without this a power loss may undo the rename. */
            int folder =
                open(output_folder(arena, outputs[i].target), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (folder >= 0) {
                fsync(folder);
                close(folder);
            }
            report_left_over(outputs[i].temporary, diagnostics);
            report_left_over(outputs[i].kept, diagnostics);
        }
    }
    return fine;
}
