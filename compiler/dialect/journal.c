/*
 * journal.c - drizzle's meta/_journal.json, which lists the migrations in their order,
 * by the names ("tag") of their files.  SQLite reads the JSON.
 */
#include "dialect.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define JOURNAL "meta/_journal.json"

/* Why it cannot be read, or NULL. */
static const char *read_journal_entries(struct listed_changes *list, struct arena *arena,
                                        sqlite3 *db, const struct found_file *item) {
    static const char sql[] = "SELECT json_extract(value, '$.tag') FROM json_each(?1, '$.entries')"
                              " ORDER BY json_extract(value, '$.idx'), key";
    sqlite3_stmt *statement = NULL;
    const char *problem = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return arena_format(arena, "%s", sqlite3_errmsg(db));
    sqlite3_bind_text(statement, 1, item->text, (int)item->size, SQLITE_STATIC);
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *tag = (const char *)sqlite3_column_text(statement, 0);
        if (!tag || strchr(tag, '/')) {
            problem = "an entry has no \"tag\" that is the name of a file";
            continue;
        }
        const char *name = arena_copy(arena, tag, strlen(tag));
        list->of = grow_items(list->of, list->count, &list->capacity, sizeof(*list->of));
        list->of[list->count++] = (struct listed){.name = name, .stem = name};
    }
    if (code != SQLITE_DONE)
        problem = arena_format(arena, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    return problem;
}

bool read_journal(struct listed_changes *list, struct folder *folder, struct arena *arena,
                  struct diagnostics *diagnostics) {
    struct found_file *item = look_up_file(folder, JOURNAL);
    sqlite3 *db = NULL;
    if (!item) {
        report_error(diagnostics, location_of_folder(folder, arena),
                     "there is no " JOURNAL ", which has the order of the migrations; restore it "
                     "from version control");
        return false;
    }
    if (!load_file(item, folder, arena, diagnostics))
        return false;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK) {
        sqlite3_close(db);
        must_have(NULL);
    }
    const char *problem = read_journal_entries(list, arena, db, item);
    sqlite3_close(db);
    if (problem)
        report_error(diagnostics, location_of_path(folder, arena, JOURNAL),
                     "is no journal of drizzle: %s", problem);
    return !problem;
}
