/*
 * source.c - the bytes of one file, read once, and locations in them.
 *
 * A BOM is removed and CRLF becomes LF here, so no later stage can tell how a file was checked out.
 * Lines and columns are counted when they are printed (diag_text.c).
 */
#include "base.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { SPARE = 2 }; /* NULs after the text; statement.c puts "; NUL" there while it asks SQLite */
enum { LARGEST_SOURCE = 1000000000 };

/* Reads all of fd, even when the file grew since scan saw it.  -1: see errno. */
static ssize_t read_whole_source(int fd, struct arena *arena, char **text, size_t expected) {
    size_t room = expected + 1, size = 0;
    *text = arena_take(arena, room + SPARE);
    for (;;) {
        size_t asked = room - size;
        ssize_t got = read(fd, *text + size, asked);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        size += (size_t)got;
        if (got == 0 || (size == expected && (size_t)got < asked))
            return (ssize_t)size;
        if (size == room) {
            char *larger = arena_take(arena, room * 2 + SPARE);
            memcpy(larger, *text, size);
            *text = larger;
            room *= 2;
        }
    }
}

bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool load_bytes(struct source *source, struct arena *arena, int folder, const char *file,
                size_t expected, struct diagnostics *diagnostics) {
    const char *problem = NULL;
    struct stat state;
    ssize_t size = -1;
    /* Does not wait for the writer of a FIFO.  That, or a device, need not have an end. */
    int fd = openat(folder, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool opened = fd >= 0 && fstat(fd, &state) == 0;
    if (opened && S_ISDIR(state.st_mode))
        problem = "it is a folder";
    else if (opened && !S_ISREG(state.st_mode))
        problem = "it is not a regular file";
    else if (opened && state.st_size > LARGEST_SOURCE)
        problem = "it has more than 1 GB, the most that SQLite takes";
    else if (opened)
        size = read_whole_source(fd, arena, &source->text, expected);
    if (size < 0 && !problem)
        problem = strerror(errno);
    if (fd >= 0)
        close(fd);
    if (size < 0)
        return report_failure(diagnostics, "cannot read %s: %s", source->path, problem);
    source->size = (size_t)size;
    return true;
}

void clean_source(struct source *source) {
    if (source->size >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0) {
        source->text += 3;
        source->size -= 3;
    }
    char *end = source->text + source->size, *to = memchr(source->text, '\r', source->size);
    /* A CR without an LF after it stays. */
    for (const char *from = to; to && from < end; from++)
        if (*from != '\r' || from + 1 == end || from[1] != '\n')
            *to++ = *from;
    if (to)
        source->size = (size_t)(to - source->text);
    memset(source->text + source->size, 0, SPARE);
}

bool load_source(struct source *source, struct arena *arena, int folder, const char *file,
                 size_t expected, struct diagnostics *diagnostics) {
    if (!load_bytes(source, arena, folder, file, expected, diagnostics))
        return false;
    clean_source(source);
    return true;
}

bool load_optional(struct source *source, struct arena *arena, int folder, const char *file,
                   struct diagnostics *diagnostics) {
    struct stat state;
    if (fstatat(folder, file, &state, 0) != 0) {
        return errno == ENOENT ||
               report_failure(diagnostics, "cannot read %s: %s", source->path, strerror(errno));
    }
    size_t expected = S_ISREG(state.st_mode) ? (size_t)state.st_size : 0;
    return load_source(source, arena, folder, file, expected, diagnostics);
}

/* The first byte that is not part of valid UTF-8, or `end`.  Skips ASCII eight bytes at a time. */
static const char *find_invalid(const char *text, const char *end) {
    while (text < end) {
        uint64_t eight;
        if (end - text >= 8) {
            memcpy(&eight, text, sizeof(eight));
            if (!(eight & UINT64_C(0x8080808080808080))) {
                text += 8;
                continue;
            }
        }
        size_t length = utf8_length(text, end);
        if (length == 0)
            return text;
        text += length;
    }
    return end;
}

bool validate_source(const struct source *source, struct diagnostics *diagnostics) {
    const char *text = source->text, *end = text + source->size;
    const char *nul = memchr(text, '\0', source->size);
    const char *invalid = find_invalid(text, end);
    bool is_wide = source->size >= 8 &&
                   (memcmp(text, "\xFF\xFE\0\0", 4) == 0 || memcmp(text, "\0\0\xFE\xFF", 4) == 0 ||
                    (!text[1] && !text[2] && (!text[0] != !text[3]) && !text[0] == !text[4] &&
                     !text[3] == !text[7]));
    /* UTF-16 has a mark, or a NUL at every second place of its first letters. */
    bool is_marked =
        source->size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
    bool has_nuls =
        source->size >= 4 && !text[0] == !text[2] && !text[1] == !text[3] && !text[0] != !text[1];
    if (nul && (is_wide || is_marked || has_nuls)) {
        report_error(diagnostics, location_of_file(source), "UTF-%s; save the file as UTF-8",
                     is_wide ? "32" : "16");
        return false;
    }
    if (nul) {
        report_error(diagnostics, location_at(source, nul, 1),
                     "NUL byte: SQLite would ignore all that follows it; save the file as UTF-8 "
                     "text");
    }
    if (invalid < end) {
        report_error(diagnostics, location_at(source, invalid, 1),
                     "invalid UTF-8: byte 0x%02X; save the file as UTF-8",
                     (unsigned)(unsigned char)*invalid);
    }
    return !nul && invalid == end;
}

struct location location_at(const struct source *source, const char *text, size_t size) {
    assert(text >= source->text && text <= source->text + source->size);
    return (struct location){source, (size_t)(text - source->text), size};
}

struct location location_of_file(const struct source *source) {
    return (struct location){source, WHOLE_FILE, 0};
}

bool next_line(const struct source *source, struct location *line) {
    const char *at = source->text, *limit = source->text + source->size;
    if (line->source) {
        at += line->offset + line->size;
        at += strcspn(at, "\n");
        at += at < limit;
    }
    while (at < limit) {
        const char *next = at + strcspn(at, "\n"), *end = next;
        while (at < end && is_blank(*at))
            at++;
        while (end > at && is_blank(end[-1]))
            end--;
        *line = location_at(source, at, (size_t)(end - at));
        if (line->size > 0 && *at != '#')
            return true;
        at = next + (next < limit);
    }
    return false;
}
