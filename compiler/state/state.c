/*
 * state.c - opens a database file, or runs a file of SQL, and lists its schema.
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs statement by statement, so that an error has its location. */
static bool run_sql(struct state *state, struct source *source, struct diagnostics *diagnostics) {
    const char *rest = source->text, *end = source->text + source->size;
    while (rest < end) {
        sqlite3_stmt *statement = NULL;
        const char *start = rest;
        int code = sqlite3_prepare_v2(state->db, start, -1, &statement, &rest);
        int offset = code == SQLITE_OK ? 0 : sqlite3_error_offset(state->db);
        if (code == SQLITE_OK && statement)
            while ((code = sqlite3_step(statement)) == SQLITE_ROW)
                continue;
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            while (offset <= 0 && *start && is_blank(*start))
                start++;
            start += offset > 0 ? offset : 0;
            report_error(diagnostics, location_at(source, start, is_word(*start) ? 1 : 0), "%s",
                         sqlite3_errmsg(state->db));
            sqlite3_finalize(statement);
            return false;
        }
        sqlite3_finalize(statement);
    }
    return true;
}

bool open_state(struct state *state, const char *path, const struct conf *conf, struct arena *arena,
                struct diagnostics *diagnostics) {
    struct stat status;
    state->path = state->source.path = path;
    if (stat(path, &status) != 0)
        return report_failure(diagnostics, "%s: %s", path, strerror(errno));
    char magic[16] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_database = file >= 0 && read(file, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
                       memcmp(magic, "SQLite format 3", sizeof(magic)) == 0;
    if (file >= 0)
        close(file);
    if (!is_database) { /* SQL, then */
        struct source *source = arena_take(arena, sizeof(*source));
        *source = (struct source){.path = path};
        if (!load_source(source, arena, AT_FDCWD, path, (size_t)status.st_size, diagnostics) ||
            !validate_source(source, diagnostics))
            return false;
        clocks_begin(state->clocks);
        state->has_clocks = true;
        state->db = must_have(open_at(0));
        if (!provide_all(state->db, conf, diagnostics) || !run_sql(state, source, diagnostics))
            return false;
    }
    if ((is_database &&
         (sqlite3_open_v2(path, &state->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
          sqlite3_exec(state->db, "PRAGMA busy_timeout = 5000; SELECT 1 FROM sqlite_schema", NULL,
                       NULL, NULL) != SQLITE_OK)) ||
        !list_items(state->db, &state->list, arena))
        return report_failure(diagnostics, "%s: %s", path, sqlite3_errmsg(state->db));
    for (size_t i = 0; i < state->list.count; i++)
        if (state->list.items[i]->kind == ITEM_TABLE)
            read_columns(state->db, state->list.items[i], arena);
    return true;
}

void close_state(struct state *state) {
    sqlite3_close(state->db);
    if (state->has_clocks)
        clocks_end(state->clocks);
    free(state->events);
    *state = (struct state){0};
}
