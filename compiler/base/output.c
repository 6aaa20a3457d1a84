/*
 * output.c - files that appear complete or not at all.
 *
 * Each is written under a temporary name in its own folder, and renamed when
 * all of a run are complete.  Write errors stick: write freely, and
 * commit_outputs() says once what went wrong.
 */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100 };

/* "generated/.notes.c.4711-0": hidden, and of this process. */
static char *temporary_name(struct arena *arena, const char *path, int attempt) {
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    return arena_format(arena, "%.*s.%s.%ld-%d", folder, path, path + folder, (long)getpid(),
                        attempt);
}

void open_output(struct output *output, struct arena *arena, const char *path) {
    output->path = path;
    output->error = 0;
    output->used = 0;
    output->fd = -1;
    output->exclusive = output->placed = false;
    for (int attempt = 0; attempt < ATTEMPTS && output->fd < 0; attempt++) {
        output->temporary = temporary_name(arena, path, attempt);
        output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (output->fd < 0 && errno != EEXIST)
            break;
    }
    if (output->fd < 0) {
        output->error = errno;
        output->temporary = NULL;
    }
}

static void write_all(struct output *output, const char *bytes, size_t size) {
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
    write_all(output, output->pending, output->used);
    output->used = 0;
}

void put_bytes(struct output *output, const char *bytes, size_t size) {
    if (size > sizeof(output->pending) - output->used)
        flush_output(output);
    if (size > sizeof(output->pending)) {
        write_all(output, bytes, size);
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
        if (close(output->fd) != 0 && !output->error)
            output->error = errno;
        output->fd = -1;
    }
}

/* rename() would refuse a folder only after others were renamed. */
static void refuse_folder(struct output *output) {
    struct stat state;
    if (!output->error && lstat(output->path, &state) == 0 && S_ISDIR(state.st_mode))
        output->error = EISDIR;
}

static void discard_output(struct output *output) {
    if (output->temporary) {
        unlink(output->temporary);
        output->temporary = NULL;
    }
}

static void report_output(const struct output *output, struct diagnostics *diagnostics) {
    const char *slash = strrchr(output->path, '/');
    const char *folder =
        slash ? arena_copy(diagnostics->arena, output->path, (size_t)(slash - output->path)) : ".";
    struct stat state;
    if (output->error == ENOENT && stat(folder, &state) != 0) {
        report_failure(diagnostics, "cannot write %s: there is no folder %s; make it first",
                       output->path, folder);
    } else {
        report_failure(diagnostics, "cannot write %s: %s; what was there before is unchanged",
                       output->path, strerror(output->error));
    }
}

/* link() is a rename() that refuses to replace; where it is not to be had, look first. */
static int rename_to_new(const char *from, const char *to) {
    if (link(from, to) == 0) {
        unlink(from);
        return 0;
    }
    if (errno == EEXIST || errno == ENOENT || errno == ENOSPC)
        return -1;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

static bool rename_output(struct output *output) {
    output->placed = (output->exclusive ? rename_to_new(output->temporary, output->path)
                                        : rename(output->temporary, output->path)) == 0;
    if (output->placed)
        output->temporary = NULL;
    else
        output->error = errno;
    return output->placed;
}

bool commit_outputs(struct output *outputs, size_t count, struct diagnostics *diagnostics) {
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        close_output(&outputs[i]);
        refuse_folder(&outputs[i]);
        fine = fine && !outputs[i].error;
    }
    for (size_t i = count; fine && i-- > 0;)
        fine = rename_output(&outputs[i]);
    for (size_t i = 0; i < count; i++) {
        discard_output(&outputs[i]);
        if (!fine && outputs[i].exclusive && outputs[i].placed)
            unlink(outputs[i].path);
        if (outputs[i].error)
            report_output(&outputs[i], diagnostics);
    }
    return fine;
}
