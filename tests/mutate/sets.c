/*
 * sets.c - sets through migc's own stages, and copies of their folders.
 */
#include "mutate.h"
#include "prove/prove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 600, MILLION_INSTRUCTIONS = 100, TRIES_FOR_ROWS = 300 };

/* The same everywhere, unlike rand(). */
size_t pick(struct chance *chance, size_t count) {
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return count ? (size_t)(chance->state % count) : 0;
}

bool compile(struct compiled *compiled, const char *path, bool rows) {
    *compiled = (struct compiled){.folder = {.fd = -1}};
    struct diagnostics *diagnostics = &compiled->diagnostics;
    struct proof_order order = {.limit = MILLION_INSTRUCTIONS,
                                .rows_limit = rows ? TRIES_FOR_ROWS : 0};
    diagnostics->arena = &compiled->arena;
    if (open_folder(&compiled->folder, &compiled->arena, path, diagnostics) &&
        scan_folder(&compiled->folder, &compiled->arena, NULL, diagnostics) &&
        read_set(&compiled->set, &compiled->arena, &compiled->folder, diagnostics)) {
        check_set(&compiled->set, &compiled->arena, diagnostics);
        lower_set(&compiled->set, &compiled->arena);
        if (diagnostics_status(diagnostics) == STATUS_DONE)
            prove_set(&compiled->set, &order, &compiled->arena, diagnostics);
    }
    return diagnostics_status(diagnostics) == STATUS_DONE;
}

void discard(struct compiled *compiled) {
    free_diagnostics(&compiled->diagnostics);
    close_folder(&compiled->folder);
    arena_free(&compiled->arena);
}

/* -------------------------------------------------------------------- folders */

static void give_up(const char *what) {
    fprintf(stderr, "mutate: %s: %s\n", what, strerror(errno));
    exit(2);
}

FILE *open_file(const char *folder, const char *name, const char *mode) {
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    if (!file)
        give_up(path);
    return file;
}

void write_original(const char *folder, const struct migration *migration) {
    FILE *file = open_file(folder, migration->entry->file, "w");
    fwrite(migration->source.text, 1, migration->source.size, file);
    fclose(file);
}

void copy_set(char *folder, const struct set *set) {
    if (!mkdtemp(folder))
        give_up(folder);
    for (size_t i = 0; i < set->count; i++)
        write_original(folder, &set->migrations[i]);
}

void remove_files(const char *folder, const struct set *set) {
    char path[PATH_SIZE];
    for (size_t i = 0; i < set->count; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, set->migrations[i].entry->file);
        unlink(path);
    }
    rmdir(folder);
}
