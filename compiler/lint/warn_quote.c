/*
 * warn_quote.c - "strings" in double quotes in the statements of UP and VERIFY.  Double quotes are
 * for names, but SQLite takes the word for a string where nothing has that name: a misspelled
 * column becomes a string, silently.
 *
 * The set is run once more.  Two kinds of statements are compiled there with strings in double
 * quotes forbidden: those with a quoted word that names no table or column of the schema, and those
 * that copy rows, because a column of the new table may be none of the old one.
 */
#include "lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- candidates */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
    const char **items;
    size_t count;
};

static bool is_candidate(const struct names *names, const struct step *step) {
    if (step->is_call || !memchr(step->text, '"', step->size))
        return false;
    struct cursor cursor = cursor_at(step, step->text);
    bool copies = false;
    for (; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        copies |= cursor_is(&cursor, "SELECT");
        if (cursor.token != TOKEN_QUOTED || cursor.text[0] != '"')
            continue;
        char name[128];
        const char *key = name;
        if (copies || cursor.size - 2 >= sizeof(name) || names->count == 0)
            return true;
        snprintf(name, sizeof(name), "%.*s", (int)cursor.size - 2, cursor.text + 1);
        migci_lower(name);
        if (!bsearch(&key, names->items, names->count, sizeof(*names->items), compare_names))
            return true;
    }
    return false;
}

static bool has_quoted_candidate(const struct names *names, const struct section *section) {
    for (size_t i = 0; i < section->count; i++)
        if (is_candidate(names, &section->steps[i]))
            return true;
    return false;
}

/* ----------------------------------------------------------------- second run */

void allow_quoted_strings(sqlite3 *db, bool allowed) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, (int)allowed, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, (int)allowed, NULL);
}

void report_quoted_string(struct lint *lint, struct location location, const char *word,
                          size_t size) {
    report_warning(
        lint->diagnostics, WARNING_QUOTED_STRING, location,
        "\"%.*s\" names nothing here: SQLite takes it for a string, or refuses it; write '%.*s'",
        (int)size, word, (int)size, word);
}

static void compile_strictly(struct lint *lint, sqlite3 *db, const struct migration *migration,
                             const struct step *step, const char *sql) {
    sqlite3_stmt *statement = NULL;
    allow_quoted_strings(db, false);
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    int offset = code == SQLITE_ERROR ? sqlite3_error_offset(db) : -1;
    sqlite3_finalize(statement);
    allow_quoted_strings(db, true);
    if (offset < 0 || (size_t)offset >= step->size || step->text[offset] != '"')
        return;
    struct cursor cursor = cursor_at(step, step->text + offset);
    report_quoted_string(lint, cursor_location(&cursor, migration), cursor.text + 1,
                         cursor.size - 2);
}

static bool replay_section(struct lint *lint, sqlite3 *db, const struct names *names, size_t index,
                           enum section_kind kind) {
    const struct migration *migration = &lint->set->migrations[index];
    const struct section *section = &migration->sections[kind];
    for (size_t i = 0; i < section->count; i++) {
        const struct step *step = &section->steps[i];
        char *sql =
            step->is_call ? NULL : must_have(sqlite3_mprintf("%.*s", (int)step->size, step->text));
        if (sql && is_candidate(names, step))
            compile_strictly(lint, db, migration, step, sql);
        bool is_done = !sql || sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        sqlite3_free(sql);
        if (!is_done)
            return false;
    }
    return true;
}

/* Safe to run: the proof has run all of it, so it ends, and reaches nothing outside. */
void warn_of_quotes(struct lint *lint, const migci_schema *schema) {
    struct names names = {arena_take(lint->arena, (schema->count + 1) * sizeof(*names.items)), 0};
    const struct migration *migrations = lint->set->migrations;
    size_t needed = lint->set->count; /* up to the last migration with a candidate */
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        if (object->type != MIGCI_CHECK && object->type != MIGCI_UNIQUE)
            names.items[names.count++] = object->type == MIGCI_TABLE ? object->home : object->key;
    }
    qsort(names.items, names.count, sizeof(*names.items), compare_names);
    while (needed > 0 &&
           !has_quoted_candidate(&names, &migrations[needed - 1].sections[SECTION_UP]) &&
           !has_quoted_candidate(&names, &migrations[needed - 1].sections[SECTION_VERIFY]))
        needed--;
    sqlite3 *db = needed > 0 ? lint->open(lint->user) : NULL;
    for (size_t i = 0; db && i < needed; i++)
        if (!replay_section(lint, db, &names, i, SECTION_UP) ||
            !replay_section(lint, db, &names, i, SECTION_VERIFY))
            break;
    sqlite3_close(db);
}
