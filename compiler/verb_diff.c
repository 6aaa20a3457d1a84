/*
 * verb_diff.c - migc diff: prints what differs, and writes the migration, which is proven first.
 */
#include "author/author.h"
#include "diff/diff.h"
#include "side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------- the proof */

/* A folder for two files, in TMPDIR. */
struct trial {
    char *path, *base, *file;
};

static bool write_file(const char *path, const struct buffer *text,
                       struct diagnostics *diagnostics) {
    FILE *file = fopen(path, "w");
    bool done = file && fwrite(text->bytes, 1, text->size, file) == text->size;
    if (file && fclose(file) != 0)
        done = false;
    return done || report_failure(diagnostics, "%s: %s", path, strerror(errno));
}

static bool open_trial(struct trial *trial, struct arena *arena, struct diagnostics *diagnostics) {
    const char *place = getenv("TMPDIR");
    trial->path = arena_format(arena, "%s/migc-diff-XXXXXX", place && *place ? place : "/tmp");
    if (!mkdtemp(trial->path)) {
        trial->path = NULL;
        return report_failure(diagnostics, "cannot make a folder for the proof: %s",
                              strerror(errno));
    }
    trial->base = arena_format(arena, "%s/1_from.sql", trial->path);
    trial->file = arena_format(arena, "%s/2_diff.sql", trial->path);
    return true;
}

static void close_trial(struct trial *trial) {
    if (!trial->path)
        return;
    unlink(trial->base);
    unlink(trial->file);
    rmdir(trial->path);
}

/* What the scripts have to do with, without what repeatables make: they run afterwards. */
static void put_diff_base(struct buffer *text, const struct state *state, const struct script *up,
                          const struct script *down, struct arena *arena) {
    const char *const scripts[] = {arena_copy(arena, up->trial.bytes, up->trial.size),
                                   arena_copy(arena, down->trial.bytes, down->trial.size)};
    const bool *touched = find_touched(state, scripts, COUNT_OF(scripts), arena);
    buffer_format(text, "-- Irreversible: it is where the difference begins\n%s\n",
                  section_rows[SECTION_UP].marker);
    for (size_t i = 0; i < state->list.count; i++) {
        const struct item *item = state->list.items[i];
        if (touched[i] && (!item->made.migration || !item->made.migration->number))
            buffer_format(text, "%s;\n", item->sql);
    }
}

static void put_lossy(struct buffer *text, const struct script *up) {
    if (up->lossy.size)
        buffer_format(text, "-- Lossy: %.*s", (int)up->lossy.size, up->lossy.bytes);
    if (up->lossy.size)
        buffer_text(text, up->asks_old ? ", and what the answers say\n" : "\n");
    else if (up->asks_old)
        buffer_text(text, "-- Lossy: what old values become\n");
}

static void put_sections(struct buffer *text, const struct buffer *up, const struct buffer *down) {
    buffer_format(text, "\n%s\n", section_rows[SECTION_UP].marker);
    buffer_add(text, up->bytes, up->size);
    buffer_format(text, "\n%s\n", section_rows[SECTION_DOWN].marker);
    buffer_add(text, down->bytes, down->size);
}

/* By building it, on top of what it begins with. */
static bool prove_scripts(const struct side *from, const struct script *up,
                          const struct script *down, const struct options *options,
                          struct arena *arena, struct diagnostics *diagnostics) {
    struct trial trial = {0};
    struct diagnostics found = {.arena = arena};
    struct folder folder = {.fd = -1};
    struct set set = {0};
    struct buffer base = {0}, text = {0};
    for (size_t i = 0; i < WARNING_COUNT; i++)
        found.flags.of[i].off = i != WARNING_ROWS;
    put_diff_base(&base, &from->state, up, down, arena);
    put_lossy(&text, up);
    put_sections(&text, &up->trial, &down->trial);
    bool proven = open_trial(&trial, arena, diagnostics) &&
                  write_file(trial.base, &base, diagnostics) &&
                  write_file(trial.file, &text, diagnostics);
    if (proven) {
        struct options plain = {.prove_limit = options->prove_limit,
                                .rows_limit = options->rows_limit,
                                .provisions = options->provisions};
        if (from->set.conf)
            plain.provisions = from->set.conf->provisions;
        proven = compile_folder(&set, &folder, trial.path, &plain, arena, &found);
        if (proven &&
            find_report(&found, WARNING_ROWS, &set.migrations[1].source, NULL) != SIZE_MAX)
            fputs(
                "migc: the build warns of what it does with some rows that the old schema allows: "
                "try it on a copy of real data (up --rehearse)\n",
                stderr);
        if (!proven) {
            print_diagnostics(&found);
            report_error(diagnostics, location_of_file(&from->state.source),
                         "what takes it to the other schema does not hold in the proof, so nothing "
                         "was written; a migration before it can make the rows fit");
        }
    }
    close_trial(&trial);
    close_folder(&folder);
    close_modules(&set);
    free_diagnostics(&found);
    buffer_free(&base);
    buffer_free(&text);
    return proven;
}

/* --------------------------------------------------------------------- the file */

static bool create_difference(const char *output, const struct script *up,
                              const struct script *down, struct arena *arena,
                              struct diagnostics *diagnostics) {
    const char *slash = strrchr(output, '/');
    struct buffer header = {0}, body = {0};
    struct creation creation = {
        .name = slash ? slash + 1 : output,
        .folder = slash ? arena_copy(arena, output, (size_t)(slash - output)) : "."};
    put_lossy(&header, up);
    put_sections(&body, &up->text, &down->text);
    creation.header = arena_copy(arena, header.bytes, header.size);
    creation.body = arena_copy(arena, body.bytes, body.size);
    buffer_free(&header);
    buffer_free(&body);
    const char *problem = creation_problem(&creation, arena);
    if (problem)
        return report_failure(diagnostics, "%s", problem);
    create_file(&creation, arena, diagnostics);
    return diagnostics_status(diagnostics) == STATUS_DONE;
}

static void write_difference(const struct side *from, const struct side *to,
                             const struct options *options, struct arena *arena,
                             struct diagnostics *diagnostics) {
    struct renames renames = {options->renames, options->rename_count};
    struct script up = {0}, down = {0};
    const struct conf *conf = from->set.conf ? from->set.conf : to->set.conf;
    if (check_renames(&from->state, &to->state, renames, diagnostics) &&
        write_script(&up, &from->state, &to->state, renames, WAY_UP, conf, arena, diagnostics) &&
        write_script(&down, &to->state, &from->state, renames, WAY_DOWN, conf, arena,
                     diagnostics) &&
        prove_scripts(from, &up, &down, options, arena, diagnostics) &&
        create_difference(options->output, &up, &down, arena, diagnostics) && up.questions)
        fprintf(stderr, "migc: it has %zu question%s, where the build stops until you answer\n",
                up.questions, up.questions == 1 ? "" : "s");
    free_script(&up);
    free_script(&down);
}

enum status run_diff(const struct verb *verb, struct options *options, struct arena *arena) {
    const char *problem = side_problem(options->operands[0], NULL, arena);
    if (!problem)
        problem = side_problem(options->operands[1], NULL, arena);
    if (problem)
        return usage_error(verb, "%s", problem);
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct side from = {0}, to = {0};
    struct differences changes = {0};
    bool opened = open_side(&from, options->operands[0], NULL, options, arena, &diagnostics) &&
                  open_side(&to, options->operands[1], NULL, options, arena, &diagnostics) &&
                  compare_databases(to.state.db, from.state.db, &changes, arena, &diagnostics);
    if (opened && !options->output)
        for (size_t i = 0; i < changes.count; i++)
            puts(changes.items[i].text);
    if (opened && options->output && changes.count == 0)
        puts("Nothing differs: no migration was written.");
    else if (opened && options->output)
        write_difference(&from, &to, options, arena, &diagnostics);
    bool differs = changes.count > 0;
    free_changes(&changes);
    enum status status = diagnostics_status(&diagnostics);
    print_diagnostics(&diagnostics);
    free_diagnostics(&diagnostics);
    close_side(&from);
    close_side(&to);
    return status == STATUS_DONE && options->exit_code && differs ? STATUS_INPUT : status;
}
