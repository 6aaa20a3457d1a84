/*
 * create.c - "migc create": makes the file of a new migration with the next number, or of a
 * repeatable, from a template.
 *
 * The folder is locked while the number is chosen and the file made, so two runs at once get two
 * numbers.  Nothing is ever overwritten.
 */
#include "author.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_DIGITS = 3 };

/* The name with '_' for blanks.  NULL: it has characters that do not belong in a file name. */
static const char *make_name(struct arena *arena, const char *name) {
    char *copy = arena_copy(arena, name, strlen(name));
    for (char *at = copy; *at; at++)
        if (*at == ' ')
            *at = '_';
        else if (!is_word(*at) && *at != '-')
            return NULL;
    return *copy ? copy : NULL;
}

void choose_version(struct entry *entry, const struct entry *latest, bool timestamp,
                    const struct tm *now) {
    int64_t next = latest ? latest->version + 1 : 1;
    entry->digits = latest ? latest->digits : DEFAULT_DIGITS;
    if (timestamp || entry->digits == TIMESTAMP_DIGITS) {
        const int parts[] = {now->tm_mon + 1, now->tm_mday, now->tm_hour, now->tm_min, now->tm_sec};
        int64_t stamp = now->tm_year + 1900; /* then YYYYMMDDHHMMSS */
        for (size_t i = 0; i < COUNT_OF(parts); i++)
            stamp = stamp * 100 + parts[i];
        entry->digits = TIMESTAMP_DIGITS;
        next = stamp > next ? stamp : next;
    }
    entry->version = next;
}

static void fill_template(struct buffer *text, const struct entry *entry,
                          const struct creation *creation, const struct tm *now) {
    buffer_format(text, "-- Migration: %s\n-- Description:\n", entry->stem);
    if (creation->author)
        buffer_format(text, "-- Author: %s\n", creation->author);
    buffer_format(text, "-- Date: %04d-%02d-%02d\n", now->tm_year + 1900, now->tm_mon + 1,
                  now->tm_mday);
    if (creation->header)
        buffer_text(text, creation->header);
    if (creation->body) {
        buffer_text(text, creation->body);
        return;
    }
    buffer_format(text, "\n%s\n-- The change, for example: ALTER TABLE note ADD COLUMN due TEXT;\n",
                  section_rows[SECTION_UP].marker);
    buffer_format(text, "\n%s\n-- What reverts it: ALTER TABLE note DROP COLUMN due;\n",
                  section_rows[SECTION_DOWN].marker);
    buffer_text(
        text, "\n-- The build makes up rows to try this on. Those that only you can know go into\n"
              "-- a section TEST: they are there before UP, and are not shipped.\n");
}

static void write_migration(const struct folder *folder, const struct entry *entry,
                            const struct buffer *text, struct arena *arena,
                            struct diagnostics *diagnostics) {
    const char *path = arena_format(arena, "%s/%s", folder->path, entry->file);
    struct output *output = arena_take(arena, sizeof(*output));
    open_new_output(output, arena, path);
    put_bytes(output, text->bytes, text->size);
    if (commit_outputs(output, 1, diagnostics))
        printf("%s\n", path);
}

/* Refuses the folder of another tool, which makes the migrations there. */
static bool scan_native(struct folder *folder, struct arena *arena, const char *path,
                        struct diagnostics *diagnostics) {
    if (!open_folder(folder, arena, path, diagnostics) ||
        !scan_folder(folder, arena, NULL, diagnostics))
        return false;
    if (!is_native(folder->dialect))
        report_error(diagnostics, location_of_folder(folder, arena),
                     "is a folder of %s, which makes its migrations; 'migc convert' turns it into "
                     "a native one",
                     folder->dialect->name);
    return is_native(folder->dialect);
}

static void create_repeatable(const struct creation *creation, struct arena *arena,
                              const char *name, struct folder *folder,
                              struct diagnostics *diagnostics) {
    struct entry entry = {.stem = arena_format(arena, REPEATABLE_PREFIX "%s", name)};
    struct buffer text = {0};
    if (!scan_native(folder, arena, creation->folder, diagnostics))
        return;
    entry.file = arena_format(arena, "%s.sql", entry.stem);
    buffer_format(&text, "-- Migration: %s\n-- Description:\n", entry.stem);
    if (creation->author)
        buffer_format(&text, "-- Author: %s\n", creation->author);
    buffer_format(&text,
                  "\n%s\n-- Runs again whenever it changes, for example:\n"
                  "-- DROP VIEW IF EXISTS open_notes;\n"
                  "-- CREATE VIEW open_notes AS SELECT id, title FROM note WHERE NOT done;\n",
                  section_rows[SECTION_UP].marker);
    buffer_format(&text, "\n%s\n-- What removes it: DROP VIEW IF EXISTS open_notes;\n",
                  section_rows[SECTION_DOWN].marker);
    write_migration(folder, &entry, &text, arena, diagnostics);
    buffer_free(&text);
}

static void create_migration(const struct creation *creation, struct arena *arena, const char *name,
                             struct folder *folder, struct diagnostics *diagnostics) {
    time_t seconds = time(NULL);
    struct entry entry = {0};
    struct buffer text = {0};
    struct tm now;
    if (!scan_native(folder, arena, creation->folder, diagnostics) || !gmtime_r(&seconds, &now))
        return;
    choose_version(&entry, folder->count ? &folder->entries[folder->count - 1] : NULL,
                   creation->timestamp, &now);
    if (entry.version > LAST_VERSION) {
        report_failure(diagnostics, "no number of 18 digits is left after %s",
                       folder->entries[folder->count - 1].file);
        return;
    }
    entry.stem = arena_format(arena, "%0*" PRId64 "_%s", (int)entry.digits, entry.version, name);
    entry.file = arena_format(arena, "%s.sql", entry.stem);
    fill_template(&text, &entry, creation, &now);
    write_migration(folder, &entry, &text, arena, diagnostics);
    buffer_free(&text);
}

const char *creation_problem(const struct creation *creation, struct arena *arena) {
    if (!make_name(arena, creation->name))
        return arena_format(
            arena, "'%s' cannot be the name of a migration; use letters, digits, '_' and '-'",
            creation->name);
    if (creation->repeatable && creation->timestamp)
        return "a repeatable has no number: --timestamp is not for it";
    for (const char *at = creation->author; at && *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            return "the author's name has a line break or a control character in it";
    return NULL;
}

void create_file(const struct creation *creation, struct arena *arena,
                 struct diagnostics *diagnostics) {
    struct folder folder = {.fd = -1};
    const char *name = make_name(arena, creation->name);
    assert(name); /* see creation_problem() */
    for (size_t i = 0; i < WARNING_COUNT; i++)
        diagnostics->flags.of[i].off =
            true; /* 'migc check' reports what is wrong with other files */
    int held = hold_folder(creation->folder);
    (creation->repeatable ? create_repeatable : create_migration)(creation, arena, name, &folder,
                                                                  diagnostics);
    if (held >= 0)
        close(held);
    close_folder(&folder);
}
