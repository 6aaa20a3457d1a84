/*
 * side.c - opens the folder, the file of SQL or the database that a verb is given.
 */
#include "side.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* "@7" is cut off "migrations@7", unless a file has that name. */
static void split_version(const char **path, const char **version, struct arena *arena) {
    const char *at = *version ? NULL : strrchr(*path, '@');
    struct stat status;
    if (!at || stat(*path, &status) == 0)
        return;
    *version = at + 1;
    *path = arena_copy(arena, *path, (size_t)(at - *path));
}

const char *side_problem(const char *path, const char *version, struct arena *arena) {
    struct stat status;
    int64_t number;
    split_version(&path, &version, arena);
    if (!*path)
        return "the folder is missing before '@'";
    if (version && stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        return arena_format(arena, "%s: only a folder of migrations has versions", path);
    if (version && !read_number(version, strlen(version), &number))
        return arena_format(arena, "'%s' is not the number of a migration", version);
    return NULL;
}

bool open_side(struct side *side, const char *path, const char *version,
               const struct options *options, struct arena *arena,
               struct diagnostics *diagnostics) {
    struct conf *conf = arena_take(arena, sizeof(*conf));
    *conf = (struct conf){.provisions = options->provisions};
    *side = (struct side){.folder = {.fd = -1}};
    split_version(&path, &version, arena);
    if (is_folder(path)) {
        int64_t number = LATEST_VERSION;
        side->is_folder = true;
        if (version && !read_number(version, strlen(version), &number))
            return report_failure(diagnostics, "'%s' is not the number of a migration", version);
        struct options limited = *options;
        limited.up_to = version ? &number : NULL;
        if (!compile_folder(&side->set, &side->folder, path, &limited, arena, diagnostics))
            return false;
        return run_set(&side->state, &side->set, number, arena, diagnostics);
    }
    return open_state(&side->state, path, conf, arena, diagnostics);
}

void close_side(struct side *side) {
    close_state(&side->state);
    close_folder(&side->folder);
    close_modules(&side->set);
}

void print_schema(const struct state *state, bool json) {
    struct buffer text = {0};
    if (json)
        print_state_json(state, &text);
    else
        print_state_sql(state, &text);
    if (text.size > 0)
        fwrite(text.bytes, 1, text.size, stdout);
    buffer_free(&text);
}
