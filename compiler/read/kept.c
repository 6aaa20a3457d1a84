/*
 * kept.c - what "migc convert" kept beside native files, in migc.originals: what
 * another tool's databases know them by.  A line each, in the order of the set:
 *
 *     3 1.10 crc32:-184101 V1.10__orders.sql        number, version, checksum, file
 *
 * '-' stands for what there is none of.
 */
#include "read.h"

#include <string.h>

static struct name_piece take_kept_word(const char **at, const char *end) {
    while (*at < end && is_blank(**at))
        ++*at;
    struct name_piece word = {*at, 0};
    while (*at < end && !is_blank(**at)) {
        ++*at;
        word.size++;
    }
    return word;
}

static const char *copy_kept(struct arena *arena, struct name_piece word) {
    return same_text(word.text, word.size, "-") ? NULL : arena_copy(arena, word.text, word.size);
}

/* False: the file cannot be read, which is reported. */
bool read_kept(struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    struct source *source = arena_take(arena, sizeof(*source));
    struct location line = {0};
    *source = (struct source){.path = arena_format(arena, "%s/" ORIGINALS_FILE, set->folder->path),
                              .order = SIZE_MAX};
    if (!load_optional(source, arena, set->folder->fd, ORIGINALS_FILE, diagnostics))
        return false;
    if (!source->text || !validate_source(source, diagnostics))
        return true;
    while (next_line(source, &line)) {
        const char *at = source->text + line.offset, *end = at + line.size;
        struct name_piece number = take_kept_word(&at, end), label = take_kept_word(&at, end);
        struct name_piece checksum = take_kept_word(&at, end);
        int64_t version = -1;
        while (at < end && is_blank(*at))
            at++;
        if (!read_number(number.text, number.size, &version) || checksum.size == 0 || at == end) {
            report_error(diagnostics, line,
                         "not understood: expected a number, a version, a checksum and a file");
            continue;
        }
        for (size_t i = 0; i < set->count; i++) {
            struct migration *migration = &set->migrations[i];
            if (migration->entry->version != version)
                continue;
            migration->original = copy_kept(arena, checksum);
            migration->original_label = copy_kept(arena, label);
            migration->original_file = arena_copy(arena, at, (size_t)(end - at));
        }
    }
    return true;
}
