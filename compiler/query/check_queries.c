/*
 * check_queries.c - prepares the program's queries on the schema that the migrations make, and
 * says which migration took away what a query wants.
 */
#include "query.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --------------------------------------------------------------------- the files */

/* After all migrations, in the order of the patterns. */
#define FIRST_ORDER ((size_t)1 << 32)

bool read_query_files(struct query_files *files, const char *const *patterns, size_t count,
                      struct arena *arena, struct diagnostics *diagnostics) {
    bool done = true;
    for (size_t i = 0; i < count && done; i++) {
        glob_t found = {0};
        if (glob(patterns[i], 0, NULL, &found) != 0)
            done = report_failure(diagnostics, "%s: no file has such a name", patterns[i]);
        for (size_t f = 0; f < found.gl_pathc && done; f++) {
            const char *path = arena_copy(arena, found.gl_pathv[f], strlen(found.gl_pathv[f]));
            struct source *source = arena_take(arena, sizeof(*source));
            struct stat status;
            *source = (struct source){.path = path, .order = FIRST_ORDER + files->count};
            done = stat(path, &status) == 0
                       ? load_source(source, arena, AT_FDCWD, path, (size_t)status.st_size,
                                     diagnostics)
                       : report_failure(diagnostics, "%s: %s", path, strerror(errno));
            files->sources =
                grow_items(files->sources, files->count, &files->capacity, sizeof(source));
            if (done)
                files->sources[files->count++] = source;
        }
        globfree(&found);
    }
    return done;
}

void free_query_files(struct query_files *files) {
    free(files->sources);
    *files = (struct query_files){0};
}

/* ------------------------------------------------------------- what was taken away */

struct query_check {
    const struct set *set;
    sqlite3 *db;        /* the schema that the set makes */
    struct state *told; /* the same with what made it, once a query fails */
    sqlite3 *before;    /* the schema of what is released, or NULL */
    struct arena *arena;
    struct diagnostics *diagnostics;
    size_t unchecked;
};

static void note_loss(struct query_check *check, const char *name) {
    if (!check->told->db)
        run_set(check->told, check->set, LATEST_VERSION, check->arena, check->diagnostics);
    const struct event *event = NULL;
    for (size_t i = check->told->event_count; i-- > 0 && !event;) {
        const struct event *earlier = &check->told->events[i];
        if ((earlier->kind == EVENT_DROPPED || earlier->kind == EVENT_RENAMED) &&
            sqlite3_stricmp(earlier->name, name) == 0)
            event = earlier;
    }
    if (!event || !event->origin.step)
        return;
    const char *what =
        event->is_column
            ? arena_format(check->arena, "%s.%s", event->table, event->name)
            : arena_format(check->arena, "%s %s", item_names[event->item], event->name);
    struct location location = step_location(event->origin.migration, event->origin.step);
    if (event->kind == EVENT_RENAMED)
        report_note(check->diagnostics, location, "%s was renamed to %s here", what,
                    event->new_name);
    else
        report_note(check->diagnostics, location, "%s was dropped here", what);
}

/* ----------------------------------------------------------------------- one query */

/* "due" of "no such column: t.due", or NULL. */
static const char *name_in_message(const struct query_check *check, const char *said) {
    static const char *const starts[] = {
        "no such column: ", "no such table: ", "no such function: ", "has no column named ",
        "no such index: "};
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        const char *found = strstr(said, starts[i]);
        if (!found)
            continue;
        found += strlen(starts[i]);
        size_t size = strcspn(found, " \n");
        const char *dot = memchr(found, '.', size);
        if (dot) {
            size -= (size_t)(dot + 1 - found);
            found = dot + 1;
        }
        if (size > 2 && *found == '"') {
            found++;
            size -= 2;
        }
        return arena_copy(check->arena, found, size);
    }
    return NULL;
}

/* Where the name is among the tokens from `start` on, or NULL. */
static const char *find_name_token(const char *start, const char *name, size_t *size) {
    migci_text text = migci_text_of(start);
    for (migci_token token; (token = migci_token_next(&text)).kind != MIGCI_TOKEN_END;) {
        size_t quoted = token.kind == MIGCI_TOKEN_NAME;
        *size = token.length;
        if ((token.kind == MIGCI_TOKEN_WORD || quoted) &&
            same_word(token.start + quoted, token.length - 2 * quoted, name))
            return token.start;
    }
    return NULL;
}

static struct location query_location(const struct query *query, size_t offset, size_t size) {
    const size_t *offsets = query->text.offsets;
    assert(offset + size <= query->text.bytes.size);
    size_t begin = offsets[offset];
    size_t end = size ? offsets[offset + size - 1] + 1 : begin;
    return location_at(query->source, query->source->text + begin, end > begin ? end - begin : 0);
}

static const char *find_last_token(const char *start, size_t *size) {
    migci_text text = migci_text_of(start);
    const char *last = NULL;
    for (migci_token token; (token = migci_token_next(&text)).kind != MIGCI_TOKEN_END;) {
        last = token.start;
        *size = token.length;
    }
    return last;
}

/* Whether what the program puts into a format, or adds to it, may make it right. */
static bool may_be_right(struct query_check *check, const struct query *query,
                         const char *statement, const char *said) {
    static const char hole[] = QUERY_HOLE;
    sqlite3_stmt *prepared = NULL;
    if (query->is_format && strcmp(said, "incomplete input") == 0)
        return true;
    if (!query->has_holes)
        return false;
    if (strstr(said, hole) || (query->is_open && strstr(said, "syntax error")))
        return true;
    char *without = arena_copy(check->arena, statement, strlen(statement));
    for (char *at = without; (at = strstr(at, hole)) != NULL;)
        memset(at, ' ', strlen(hole));
    bool right =
        query->is_open && sqlite3_prepare_v2(check->db, without, -1, &prepared, NULL) == SQLITE_OK;
    sqlite3_finalize(prepared);
    return right;
}

static void report_query(struct query_check *check, const struct query *query,
                         const char *statement) {
    const char *bytes = query->text.bytes.bytes, *said = sqlite3_errmsg(check->db);
    said = arena_copy(check->arena, said, strlen(said));
    const char *name = name_in_message(check, said);
    int told = sqlite3_error_offset(check->db);
    size_t size = 0;
    const char *at = name ? find_name_token(statement, name, &size) : NULL;
    if (may_be_right(check, query, statement, said))
        return;
    if (strcmp(said, "incomplete input") == 0)
        at = find_last_token(statement, &size);
    if (told >= 0 && (!at || (size_t)(at - statement) != (size_t)told)) {
        migci_text text = migci_text_of(statement + told);
        size_t there = migci_token_next(&text).length;
        const char *again = name ? find_name_token(statement + told, name, &size) : NULL;
        at = again ? again : statement + told;
        size = again ? size : there;
    }
    if (!at) {
        migci_text text = migci_text_of(statement);
        migci_token token = migci_token_next(&text);
        at = token.start;
        size = token.length;
    }
    report_error(check->diagnostics, query_location(query, (size_t)(at - bytes), size), "%s", said);
    if (name)
        note_loss(check, name);
}

/* Whether the plan reads a whole table or sorts, or NULL: neither. */
static const char *find_scan(sqlite3 *db, const char *statement, struct arena *arena) {
    sqlite3_stmt *rows = NULL;
    const char *found = NULL;
    size_t size;
    const char *sql = arena_format(arena, "EXPLAIN QUERY PLAN %s", statement);
    if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK)
        while (!found && sqlite3_step(rows) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(rows, 3);
            bool scans = strncmp(detail, "SCAN ", 5) == 0 && !strstr(detail, " USING ") &&
                         !strstr(detail, "VIRTUAL TABLE") &&
                         find_name_token(statement, "where", &size);
            if (scans || strstr(detail, "USE TEMP B-TREE FOR ORDER BY"))
                found = arena_copy(arena, detail, strlen(detail));
        }
    sqlite3_finalize(rows);
    return found;
}

static void check_scan(struct query_check *check, const struct query *query, const char *statement,
                       const char *rest) {
    sqlite3_stmt *prepared = NULL;
    if (!check->before)
        return;
    char *only = arena_copy(check->arena, statement, (size_t)(rest - statement));
    int code = sqlite3_prepare_v2(check->before, only, -1, &prepared, NULL);
    sqlite3_finalize(prepared);
    const char *scan = find_scan(check->db, only, check->arena);
    if (code == SQLITE_OK && scan && !find_scan(check->before, only, check->arena))
        report_warning(check->diagnostics, WARNING_QUERY_SCAN,
                       query_location(query, (size_t)(statement - query->text.bytes.bytes), 0),
                       "with the migrations that are not released, this query's plan has: %s",
                       scan);
}

/* What follows a PRAGMA, which would act while it is prepared; NULL: it is none. */
static const char *skip_pragma(const char *statement) {
    migci_text text = migci_text_of(statement);
    migci_token token = migci_token_next(&text);
    if (!migci_token_is(token, "pragma"))
        return NULL;
    while (token.kind != MIGCI_TOKEN_END && !migci_token_is(token, ";"))
        token = migci_token_next(&text);
    return token.kind == MIGCI_TOKEN_END ? text.end : token.start + 1;
}

/* Behind the first statement, which SQLite does not take. */
static const char *skip_statement(const char *statement, struct arena *arena) {
    migci_text text = migci_text_of(statement);
    for (migci_token token; (token = migci_token_next(&text)).kind != MIGCI_TOKEN_END;)
        if (*token.start == ';' &&
            sqlite3_complete(arena_copy(arena, statement, (size_t)(token.start + 1 - statement))))
            return token.start + 1;
    return text.end;
}

/* What a statement makes is there for those after it in the same text. */
static void run_definition(struct query_check *check, sqlite3_stmt *prepared, bool *is_changed) {
    static const char *const words[] = {"create", "drop", "alter"};
    migci_text text = migci_text_of(sqlite3_sql(prepared));
    migci_token token = migci_token_next(&text);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!migci_token_is(token, words[i]))
            continue;
        if (!*is_changed)
            sqlite3_exec(check->db, "SAVEPOINT query", NULL, NULL, NULL);
        *is_changed = true;
        sqlite3_step(prepared);
    }
}

static void check_query(struct query_check *check, const struct query *query) {
    if (!query->is_literal) {
        check->unchecked++;
        report_warning(check->diagnostics, WARNING_UNCHECKED_QUERY, query->location,
                       "it is no literal, so nobody knows whether it is right");
        return;
    }
    const char *rest = query->text.bytes.bytes, *statement;
    bool is_changed = false, goes_on = true;
    while (goes_on) {
        sqlite3_stmt *prepared = NULL;
        for (statement = rest; is_blank(*statement) || *statement == '\n'; statement++)
            continue;
        if (!*statement)
            break;
        rest = skip_pragma(statement);
        goes_on = query->all;
        if (rest)
            continue;
        int code = sqlite3_prepare_v2(check->db, statement, -1, &prepared, &rest);
        if (code != SQLITE_OK) {
            report_query(check, query, statement);
            rest = skip_statement(statement, check->arena);
        } else if (prepared) {
            check_scan(check, query, statement, rest);
            if (query->all)
                run_definition(check, prepared, &is_changed);
        }
        sqlite3_finalize(prepared);
        goes_on = query->is_file || (query->all && code == SQLITE_OK);
    }
    if (is_changed)
        sqlite3_exec(check->db, "ROLLBACK TO query; RELEASE query", NULL, NULL, NULL);
}

/* -------------------------------------------------------------------------- all */

/* What the program has besides: attached databases, TEMP tables. */
static bool set_up(sqlite3 *db, const struct conf *conf, struct diagnostics *diagnostics) {
    for (const struct query_setup *setup = conf ? conf->query_setups : NULL; setup;
         setup = setup->next)
        if (sqlite3_exec(db, setup->sql, NULL, NULL, NULL) != SQLITE_OK) {
            report_error(diagnostics, setup->location, "%s", sqlite3_errmsg(db));
            return false;
        }
    return true;
}

static int64_t last_released(const struct set *set) {
    const struct lock_line *line = set->lock ? last_lock_line(set->lock) : NULL;
    return line ? line->version : 0;
}

static bool is_sql_file(const struct source *source) {
    size_t size = strlen(source->path);
    return size > 4 && sqlite3_stricmp(source->path + size - 4, ".sql") == 0;
}

void check_queries(const struct query_files *files, const struct set *set, struct arena *arena,
                   struct diagnostics *diagnostics) {
    struct state state = {0}, before = {0}, told = {0};
    struct queries queries = {0};
    struct query_check check = {
        .set = set, .told = &told, .arena = arena, .diagnostics = diagnostics};
    bool scans = warning_severity(&diagnostics->flags, WARNING_QUERY_SCAN, SEVERITY_IGNORED) !=
                 SEVERITY_IGNORED;
    if (!run_set_alone(&state, set, LATEST_VERSION, arena, diagnostics) ||
        !set_up(state.db, set->conf, diagnostics))
        goto done;
    check.db = state.db;
    if (scans && last_released(set) > 0 &&
        run_set_alone(&before, set, last_released(set), arena, diagnostics) &&
        set_up(before.db, set->conf, diagnostics))
        check.before = before.db;
    for (size_t i = 0; i < files->count; i++) {
        if (is_sql_file(files->sources[i]))
            add_sql_file(&queries, files->sources[i]);
        else
            find_queries(&queries, files->sources[i], set->conf);
    }
    for (size_t i = 0; i < queries.count; i++)
        check_query(&check, &queries.items[i]);
    if (check.unchecked)
        report_warning_as(diagnostics, WARNING_UNCHECKED_QUERY, SEVERITY_NOTE,
                          location_of_folder(set->folder, arena),
                          "%zu of %zu queries of the program are no literals, and were not checked",
                          check.unchecked, queries.count);
done:
    free_queries(&queries);
    close_state(&told);
    close_state(&before);
    close_state(&state);
}
