/*
 * convert.c - "migc convert": writes the folder of another tool as native files.
 *
 * Statements and comments keep their bytes.  Markers become native ones, metadata becomes the
 * header, and statements that migc leaves out become comments.  Then the new folder is read again:
 * its checksums must be the same.
 */
#include "author.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The text of the new file. */
struct conversion {
    const struct migration *migration;
    struct arena *arena;
    struct buffer sections[SECTION_COUNT];
    struct buffer front;  /* above the first marker */
    struct buffer region; /* of the section that is being read */
    enum section_kind section;
};

/* Header keys, in the order in which people write them. */
static const struct {
    enum key key;
    const char *name;
} header_keys[] = {
    {KEY_DESCRIPTION, "Description"},
    {KEY_AUTHOR, "Author"},
    {KEY_DATE, "Date"},
    {KEY_DEPENDS, "Depends"},
    {KEY_TAGS, "Tags"},
    {KEY_DURATION, "Estimated-Duration"},
    {KEY_NOTES, "Notes"},
    {KEY_IRREVERSIBLE, "Irreversible"},
    {KEY_LOSSY, "Lossy"},
    {KEY_TRANSACTION, "Transaction"},
    {KEY_FOREIGN_KEYS, "Foreign-Keys"},
    {KEY_ENGINE, "Engine"},
};

/* ------------------------------------------------------------------ statements */

/* All statements of a file, left out or not, in the order of its text. */
struct pieces {
    struct converted_step {
        struct step step;
        bool left_out;
    } * of;
    size_t count, capacity;
};

static int compare_steps(const void *left, const void *right) {
    const struct converted_step *a = left, *b = right;
    return (a->step.text > b->step.text) - (a->step.text < b->step.text);
}

static void add_pieces(struct pieces *pieces, const struct source *source, const struct step *steps,
                       size_t count, bool left_out) {
    for (size_t i = 0; i < count; i++) {
        if (steps[i].text < source->text || steps[i].text >= source->text + source->size)
            continue;
        pieces->of = grow_items(pieces->of, pieces->count, &pieces->capacity, sizeof(*pieces->of));
        pieces->of[pieces->count++] = (struct converted_step){steps[i], left_out};
    }
}

/* ----------------------------------------------------------------------- text */

/* Adds the region to its section.  Where UPs and DOWNs alternate, the last DOWN runs first. */
static void end_region(struct conversion *work) {
    struct buffer *section =
        work->section == SECTION_NONE ? &work->front : &work->sections[work->section];
    struct buffer whole = {0};
    bool runs_first =
        work->section == SECTION_DOWN && (work->migration->dialect->flags & DIALECT_ALTERNATES);
    const struct buffer *first = runs_first ? &work->region : section;
    const struct buffer *second = runs_first ? section : &work->region;
    buffer_add(&whole, first->bytes, first->size);
    buffer_add(&whole, second->bytes, second->size);
    buffer_free(section);
    buffer_free(&work->region);
    *section = whole;
}

/* Whether only blanks are before `at` in its line. */
static bool begins_line(const char *text, const char *at) {
    while (at > text && is_blank(at[-1]))
        at--;
    return at == text || at[-1] == '\n';
}

static void put_as_comment(struct buffer *text, const char *words, size_t size) {
    if (text->size > 0 && !begins_line(text->bytes, text->bytes + text->size))
        buffer_text(text, "\n");
    for (const char *at = words, *end = words + size; at < end;) {
        size_t length = strcspn(at, "\n");
        length = length > (size_t)(end - at) ? (size_t)(end - at) : length;
        buffer_text(text, "-- ");
        buffer_add(text, at, length);
        buffer_text(text, "\n");
        at += length + 1;
    }
}

/* Puts a comment in parentheses where a native file would take it for a marker or a call. */
static void put_comment(struct buffer *text, const char *comment, size_t size) {
    struct comment read = read_comment(comment, size);
    bool is_prose = read.kind == COMMENT_PROSE;
    if (!is_prose) {
        buffer_text(text, "-- (");
        buffer_add(text, comment + 2, size - 2);
        buffer_text(text, ")");
    } else {
        buffer_add(text, comment, size);
    }
}

/* Takes a line comment.  A marker begins a section, and is not copied.  Returns where to go on. */
static const char *take_comment(struct conversion *work, const struct source *source,
                                const char *text, size_t size) {
    const char *rest = text + size;
    enum mark mark = begins_line(source->text, text)
                         ? read_mark(work->migration->dialect, text, size).mark
                         : MARK_NONE;
    if (mark == MARK_NONE) {
        put_comment(&work->region, text, size);
        return rest;
    }
    if (mark == MARK_UP || mark == MARK_DOWN) {
        end_region(work);
        work->section = mark == MARK_UP ? SECTION_UP : SECTION_DOWN;
    }
    return *rest == '\n' ? rest + 1 : rest;
}

/* Puts the bytes of the statement, except comments that a native file would take for markers.
 * Returns where to go on. */
static const char *take_statement(struct conversion *work, const struct converted_step *piece) {
    const struct step *step = &piece->step;
    const char *end = step->text + step->size;
    struct lexer behind = {end, end, end};
    enum token token;
    do {
        token = lex_token(&behind);
    } while (token == TOKEN_BLOCK_COMMENT || token == TOKEN_LINE_COMMENT);
    const char *semicolon = token == TOKEN_SEMICOLON ? behind.token : NULL;
    if (piece->left_out) {
        put_as_comment(&work->region, step->text, step->size);
        end = semicolon ? semicolon + 1 : end;
        return *end == '\n' ? end + 1 : end;
    }
    struct lexer lexer = {step->text, step->text, step->text};
    const char *done = step->text;
    while (lex_token(&lexer) != TOKEN_END && lexer.token < end) {
        if (lexer.token[0] != '-' || lexer.token[1] != '-')
            continue;
        buffer_add(&work->region, done, (size_t)(lexer.token - done));
        put_comment(&work->region, lexer.token, (size_t)(lexer.cursor - lexer.token));
        done = lexer.cursor;
    }
    buffer_add(&work->region, done, (size_t)(end - done));
    if (!semicolon)
        buffer_text(&work->region, ";");
    return end;
}

static void convert_source(struct conversion *work, const struct source *source,
                           enum section_kind section) {
    struct pieces pieces = {NULL, 0, 0};
    struct lexer lexer = {source->text, source->text, source->text};
    const char *done = source->text;
    size_t next = 0;
    for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
        const struct section *of = &work->migration->sections[kind];
        add_pieces(&pieces, source, of->steps, of->count, false);
        add_pieces(&pieces, source, of->left_out, of->left_out_count, true);
    }
    if (pieces.count > 0)
        qsort(pieces.of, pieces.count, sizeof(*pieces.of), compare_steps);
    work->section = section;
    for (;;) {
        enum token token = lex_token(&lexer);
        buffer_add(&work->region, done, (size_t)(lexer.token - done));
        done = lexer.token;
        if (token == TOKEN_END)
            break;
        if (next < pieces.count && lexer.token == pieces.of[next].step.text)
            done = take_statement(work, &pieces.of[next++]);
        else if (token == TOKEN_LINE_COMMENT)
            done = take_comment(work, source, lexer.token, (size_t)(lexer.cursor - lexer.token));
        else
            continue;
        lexer.cursor = done;
    }
    end_region(work);
    free(pieces.of);
}

/* --------------------------------------------------------------------- one file */

static const char *native_stem(struct arena *arena, const struct entry *entry, int digits) {
    if (entry->repeatable)
        return entry->stem;
    char *name = arena_copy(arena, entry->name, strlen(entry->name));
    for (char *at = name; *at; at++)
        if (*at == '@')
            *at = '_';
    return arena_format(arena, "%0*" PRId64 "_%s", digits, entry->version, name);
}

static void put_native_section(struct output *output, const struct conversion *work,
                               enum section_kind kind) {
    const struct section *section = &work->migration->sections[kind];
    const struct buffer *text = &work->sections[kind];
    bool is_call = section->count > 0 && section->steps[0].is_call && text->size == 0;
    if (section->size == 0)
        return;
    put_text(output, section_rows[kind].marker);
    put_text(output, "\n");
    if (is_call)
        put_text(output, arena_format(work->arena, "-- call: %.*s\n", (int)section->steps[0].size,
                                      section->steps[0].text));
    if (text->size == 0)
        return;
    put_bytes(output, text->bytes, text->size);
    if (text->bytes[text->size - 1] != '\n')
        put_text(output, "\n");
}

static void put_native(struct output *output, struct conversion *work, const char *stem) {
    const struct migration *migration = work->migration;
    put_text(output, arena_format(work->arena, "-- Migration: %s\n", stem));
    for (size_t i = 0; i < COUNT_OF(header_keys); i++) {
        const char *value = migration->fields[header_keys[i].key].value;
        if (value)
            put_text(output, arena_format(work->arena, "-- %s: %s\n", header_keys[i].name, value));
    }
    if (migration->sections[SECTION_DOWN].count == 0 && !migration->entry->repeatable &&
        !migration->fields[KEY_IRREVERSIBLE].value && migration->sections[SECTION_UP].count > 0)
        put_text(output, arena_format(work->arena, "-- Irreversible: no DOWN in the file of %s\n",
                                      migration->dialect->name));
    put_text(output, "\n");
    if (migration->sections[SECTION_UP].size == 0 || work->front.size > 0) {
        /* above the first marker there is prose, and no header */
        struct buffer up = {0};
        buffer_add(&up, work->front.bytes, work->front.size);
        buffer_add(&up, work->sections[SECTION_UP].bytes, work->sections[SECTION_UP].size);
        buffer_free(&work->sections[SECTION_UP]);
        work->sections[SECTION_UP] = up;
    }
    for (unsigned kind = 0; kind < SECTION_COUNT; kind++)
        put_native_section(output, work, (enum section_kind)kind);
}

static void convert_migration(struct output *output, const struct migration *migration,
                              const char *stem, struct arena *arena) {
    struct conversion work = {.migration = migration, .arena = arena};
    bool has_marks = migration->dialect->marks || (migration->dialect->flags & DIALECT_OWN_MARKERS);
    bool is_unmarked = migration->sections[SECTION_UP].source == &migration->source &&
                       migration->sections[SECTION_UP].offset == 0 &&
                       migration->sections[SECTION_UP].size == 1;
    if (migration->dialect->flags & DIALECT_OWN_MARKERS) {
        put_bytes(output, migration->source.text, migration->source.size);
        return;
    }
    if (!migration->entry->is_code)
        convert_source(&work, &migration->source,
                       has_marks && !is_unmarked ? SECTION_NONE : SECTION_UP);
    if (migration->others[PART_DOWN])
        convert_source(&work, migration->others[PART_DOWN], SECTION_DOWN);
    if (migration->sections[SECTION_VERIFY].size > 0) {
        /* A native VERIFY is queries that return violations: another tool's is kept as a comment. */
        const struct section *verify = &migration->sections[SECTION_VERIFY];
        struct buffer *text = &work.sections[SECTION_VERIFY];
        buffer_free(text);
        *text = (struct buffer){0};
        for (size_t i = 0; i < verify->left_out_count; i++)
            put_as_comment(text, verify->left_out[i].text, verify->left_out[i].size);
        for (size_t i = 0; i < verify->count; i++) {
            buffer_add(text, verify->steps[i].text, verify->steps[i].size);
            buffer_text(text, ";\n");
        }
    }
    put_native(output, &work, stem);
    for (unsigned kind = 0; kind < SECTION_COUNT; kind++)
        buffer_free(&work.sections[kind]);
    buffer_free(&work.front);
}

/* ------------------------------------------------------------------- the folder */

/* Writes the names and checksums by which the databases of the other tool know the files. */
static bool write_originals(const struct set *set, const char *folder, struct arena *arena,
                            struct diagnostics *diagnostics) {
    struct output *output = arena_take(arena, sizeof(*output));
    open_output(output, arena, arena_format(arena, "%s/" ORIGINALS_FILE, folder));
    put_text(output, arena_format(arena,
                                  "# What %s knows the migrations by: number, version, checksum, "
                                  "file.\n",
                                  set->folder->dialect->name));
    for (size_t i = 0; i < set->count; i++) {
        const struct migration *migration = &set->migrations[i];
        const char *label = migration->entry->label;
        put_text(output,
                 arena_format(arena, "%" PRId64 " %s %s %s\n", migration->entry->version,
                              *label ? label : "-", migration->original ? migration->original : "-",
                              migration->entry->file));
    }
    return commit_outputs(output, 1, diagnostics);
}

/* Copies migc.conf without the keys that are about the folder of the other tool. */
static bool write_conf(const struct set *set, const char *folder, struct arena *arena,
                       struct diagnostics *diagnostics) {
    static const char *const dropped[] = {"Dialect", "Define", "External"};
    const struct source *source = &set->conf->source;
    struct output *output = arena_take(arena, sizeof(*output));
    const char *at = source->text;
    if (!at)
        return true;
    open_output(output, arena, arena_format(arena, "%s/" CONF_FILE, folder));
    while (*at) {
        size_t size = strcspn(at, "\n"), blanks = strspn(at, " \t"), key;
        bool drops = false;
        key = strcspn(at + blanks, ": \t\n");
        for (size_t i = 0; i < COUNT_OF(dropped); i++)
            drops |= same_word(at + blanks, key, dropped[i]);
        if (!drops) {
            put_bytes(output, at, size);
            put_text(output, "\n");
        }
        at += size + (at[size] == '\n');
    }
    return commit_outputs(output, 1, diagnostics);
}

/* Reads the new folder, and compares its checksums. */
static bool check_conversion(const struct set *set, const char *path, struct arena *arena,
                             struct diagnostics *diagnostics) {
    struct diagnostics own = {.arena = arena};
    struct folder folder = {.fd = -1};
    struct set read = {.conf = set->conf};
    const char *nearest;
    bool same = open_folder(&folder, arena, path, &own) &&
                scan_folder(&folder, arena, find_dialect("native", &nearest), &own) &&
                read_set(&read, arena, &folder, &own) && read.count == set->count &&
                own.errors == 0;
    for (size_t i = 0; same && i < set->count; i++)
        if (strcmp(read.migrations[i].chain, set->migrations[i].chain) != 0) {
            report_error(diagnostics, location_of_file(&read.migrations[i].source),
                         "does not have the checksum of %s: this is a bug in migc, and the new "
                         "folder is useless",
                         set->migrations[i].source.path);
            same = false;
        }
    if (!same && diagnostics->errors == 0)
        report_failure(diagnostics, "%s cannot be read again: %s", path,
                       own.failure ? own.failure : "it has other migrations");
    close_folder(&folder);
    free_diagnostics(&own);
    return same;
}

/* The folder is this run's own: what could not be completed is not left there for the next one. */
static void remove_conversion(const struct set *set, const char *path, const char *const stems[],
                              struct arena *arena) {
    for (size_t i = 0; i < count_all(set) && stems[i]; i++)
        unlink(arena_format(arena, "%s/%s.sql", path, stems[i]));
    unlink(arena_format(arena, "%s/" ORIGINALS_FILE, path));
    unlink(arena_format(arena, "%s/" CONF_FILE, path));
    rmdir(path);
}

void convert_folder(const struct set *set, const char *path, struct arena *arena,
                    struct diagnostics *diagnostics) {
    int64_t last = set->count > 0 ? set->migrations[set->count - 1].entry->version : 0;
    int digits = 1;
    bool fine = true;
    for (; last >= 10; last /= 10)
        digits++;
    for (size_t i = 0; i < set->count; i++)
        if ((int)set->migrations[i].entry->digits > digits)
            digits = (int)set->migrations[i].entry->digits;
    digits = digits < 3 ? 3 : digits < VERSION_DIGITS ? digits : VERSION_DIGITS;
    if (mkdir(path, 0777) != 0) {
        report_failure(diagnostics, "cannot make the folder %s: %s", path, strerror(errno));
        return;
    }
    const char **stems = arena_take(arena, (count_all(set) + 1) * sizeof(*stems));
    memset(stems, 0, (count_all(set) + 1) * sizeof(*stems));
    for (size_t i = 0; fine && i < count_all(set); i++) {
        const struct entry *entry = set->migrations[i].entry;
        const char *stem =
            native_stem(arena, entry, entry->digits > 0 ? (int)entry->digits : digits);
        struct output *output = arena_take(arena, sizeof(*output));
        stems[i] = stem;
        open_output(output, arena, arena_format(arena, "%s/%s.sql", path, stem));
        convert_migration(output, &set->migrations[i], stem, arena);
        fine = commit_outputs(output, 1, diagnostics);
    }
    fine = fine && write_originals(set, path, arena, diagnostics) &&
           write_conf(set, path, arena, diagnostics);
    if (fine)
        check_conversion(set, path, arena, diagnostics);
    else
        remove_conversion(set, path, stems, arena);
}
