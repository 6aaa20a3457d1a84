/*
 * warn_pragma.c - PRAGMAs that change nothing in the database, or something else than their author
 * thinks.  "foreign_keys" is check_set.c's.
 */
#include "lint.h"

#include <stdlib.h>
#include <string.h>

enum scope {
    CONNECTION, /* of the connection; forgotten when it is closed */
    LAYOUT,     /* of the file; takes effect when it is empty, or at the next VACUUM */
    STAMP       /* migc's own */
};

/* Without those that help a migration while it runs: defer_foreign_keys, legacy_alter_table,
 * ignore_check_constraints, writable_schema. */
static const struct {
    const char *name;
    enum scope scope;
} pragmas[] = {
    {"analysis_limit", CONNECTION},
    {"automatic_index", CONNECTION},
    {"auto_vacuum", LAYOUT},
    {"busy_timeout", CONNECTION},
    {"cache_size", CONNECTION},
    {"cache_spill", CONNECTION},
    {"case_sensitive_like", CONNECTION},
    {"cell_size_check", CONNECTION},
    {"checkpoint_fullfsync", CONNECTION},
    {"encoding", LAYOUT},
    {"fullfsync", CONNECTION},
    {"journal_size_limit", CONNECTION},
    {"locking_mode", CONNECTION},
    {"mmap_size", CONNECTION},
    {"page_size", LAYOUT},
    {"query_only", CONNECTION},
    {"read_uncommitted", CONNECTION},
    {"recursive_triggers", CONNECTION},
    {"secure_delete", CONNECTION},
    {"synchronous", CONNECTION},
    {"temp_store", CONNECTION},
    {"threads", CONNECTION},
    {"trusted_schema", CONNECTION},
    {"user_version", STAMP},
    {"wal_autocheckpoint", CONNECTION},
};

static const char *const scope_problems[] = {
    [CONNECTION] = " belongs to a connection and not to the database: the program sets it where "
                   "it opens the database, not in a migration",
    [LAYOUT] = " takes effect only while a database is empty, or in a VACUUM after it; here it "
               "changes nothing",
    [STAMP] = " is migc's stamp, and is overwritten; keep a version of the program in a table, or "
              "build with --no-stamp",
};

/* SQLite ignores a PRAGMA that it does not know. */
static bool is_pragma(const char *name) {
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    bool is_it = true;
    if (sqlite3_open(":memory:", &db) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT count(*) FROM pragma_pragma_list WHERE name = ?1", -1,
                           &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        if (sqlite3_step(statement) == SQLITE_ROW)
            is_it = sqlite3_column_int(statement, 0) > 0;
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return is_it;
}

void warn_of_pragma(struct lint *lint, const struct statement *statement) {
    if (statement->kind != STATEMENT_PRAGMA)
        return;
    size_t row = 0;
    while (row < COUNT_OF(pragmas) && strcmp(pragmas[row].name, statement->name) != 0)
        row++;
    if (row == COUNT_OF(pragmas)) {
        if (!is_pragma(statement->name))
            report_warning(lint->diagnostics, WARNING_PRAGMA_WITHOUT_EFFECT, statement->location,
                           "SQLite has no PRAGMA %s, and ignores it silently", statement->name);
        return;
    }
    enum scope scope = pragmas[row].scope;
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    bool is_set = cursor_is(&cursor, "=") || cursor_is(&cursor, "(");
    if (!is_set || (scope == STAMP && (lint->set->is_module || lint->set->no_stamp)))
        return;
    const struct statement *end = lint->statements->items + lint->statements->count;
    for (const struct statement *at = statement; scope == LAYOUT && at < end; at++) {
        struct cursor word = cursor_at(at->step, at->step->text);
        if (cursor_is(&word, "VACUUM")) /* it gives the file its new layout */
            return;
    }
    report_warning(lint->diagnostics, WARNING_PRAGMA_WITHOUT_EFFECT, statement->location, "%s%s",
                   statement->name, scope_problems[scope]);
}
