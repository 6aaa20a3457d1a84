/*
 * titles.c - the rule for titles, and the C step of migration 007 that applies
 * it to every note of a database.
 *
 * A step runs inside the transaction of its migration: it reads and writes on
 * migc_db(), leaves BEGIN and COMMIT to migc, and on failure gives a reason.
 * Whatever it wrote until then is undone with the rest of the run.
 */
#include "titles.h"

#include "notes.h"

static int is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int title_normalise(char *title) {
    char *to = title;
    int changed = 0;

    for (const char *from = title; *from != '\0'; from++) {
        char c = is_blank(*from) ? ' ' : *from;
        if (c == ' ' && (to == title || to[-1] == ' ')) {
            changed = 1;
            continue;
        }
        changed |= c != *from;
        *to++ = c;
    }
    if (to > title && to[-1] == ' ') {
        changed = 1;
        to--;
    }
    *to = '\0';
    return changed;
}

/* Rewrites the note that `row` stands on, if it needs it.  Returns a SQLite code. */
static int normalise_row(sqlite3_stmt *row, sqlite3_stmt *update) {
    const char *text = (const char *)sqlite3_column_text(row, 1);
    char *title = text == NULL ? NULL : sqlite3_mprintf("%s", text);
    int code = SQLITE_OK;

    if (title == NULL) {
        return SQLITE_NOMEM; /* the column is NOT NULL */
    }
    if (title_normalise(title)) {
        sqlite3_bind_int64(update, 1, sqlite3_column_int64(row, 0));
        sqlite3_bind_text(update, 2, title, -1, SQLITE_STATIC);
        sqlite3_step(update);
        code = sqlite3_reset(update);
        sqlite3_clear_bindings(update);
    }
    sqlite3_free(title);
    return code;
}

int normalise_titles(migc_context *context) {
    sqlite3 *db = migc_db(context);
    sqlite3_stmt *select = NULL;
    sqlite3_stmt *update = NULL;
    int failed = 0;

    int code = sqlite3_prepare_v2(db, "SELECT id, title FROM notes", -1, &select, NULL);
    if (code == SQLITE_OK) {
        code =
            sqlite3_prepare_v2(db, "UPDATE notes SET title = ?2 WHERE id = ?1", -1, &update, NULL);
    }
    while (code == SQLITE_OK && (code = sqlite3_step(select)) == SQLITE_ROW) {
        code = normalise_row(select, update);
    }
    if (code != SQLITE_DONE) {
        /* SQLite keeps its message until the next call: noted before finalizing. */
        failed = migc_fail(context, "a title could not be normalised: %s",
                           code == SQLITE_NOMEM ? "out of memory" : sqlite3_errmsg(db));
    }
    sqlite3_finalize(update);
    sqlite3_finalize(select);
    return failed;
}
