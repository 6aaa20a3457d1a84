/*
 * warn_view.c - views and triggers that no longer compile: SQLite allows a DROP that breaks them,
 * and fails at their next use.  And those that compile only because "words" in double quotes may be
 * strings.
 */
#include "lint.h"

#include <stdio.h>
#include <string.h>

/* A view, or a table with triggers, that is tried. */
struct trial {
    struct lint *lint;
    sqlite3 *db;
    const migci_schema *schema;
    const migci_object *object;
    char message[300]; /* "no such table: main.users"; "" when all is well */
    struct complaint complaint;
};

static const struct statement *maker_of(const struct trial *trial) {
    bool is_view = trial->object->type == MIGCI_VIEW;
    const char *name = arena_format(trial->lint->arena, "%s", trial->object->name);
    return find_maker(whole_span(trial->lint),
                      is_view ? STATEMENT_CREATE_VIEW : STATEMENT_CREATE_TRIGGER,
                      migci_lower((char *)name));
}

static void try_use(struct trial *trial, const char *name, migci_use use) {
    if (!*trial->message && migci_compile_use(trial->db, name, use) == SQLITE_ERROR)
        snprintf(trial->message, sizeof(trial->message), "%s", sqlite3_errmsg(trial->db));
}

static void try_writing(struct trial *trial, const char *table) {
    static const migci_use uses[] = {MIGCI_USE_INSERT, MIGCI_USE_UPDATE, MIGCI_USE_DELETE};
    for (size_t i = 0; i < COUNT_OF(uses); i++)
        try_use(trial, table, uses[i]);
}

/* Drops all triggers but the one of this name, which may be NULL. */
static void drop_triggers(sqlite3 *db, const char *but) {
    sqlite3_stmt *names = NULL;
    sqlite3_str *drops = sqlite3_str_new(db);
    if (sqlite3_prepare_v2(db,
                           "SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND name"
                           " IS NOT ?1 COLLATE NOCASE",
                           -1, &names, NULL) == SQLITE_OK) {
        sqlite3_bind_text(names, 1, but, -1, SQLITE_STATIC);
        while (sqlite3_step(names) == SQLITE_ROW)
            sqlite3_str_appendf(drops, "DROP TRIGGER main.\"%w\";",
                                (const char *)sqlite3_column_text(names, 0));
    }
    sqlite3_finalize(names);
    char *sql = sqlite3_str_finish(drops);
    if (sql)
        sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
}

/* A write to the table fires its other triggers too.  This trigger is to blame where the write
 * fails with it alone and works without any. */
static void try_triggers(struct trial *trial, const char *table) {
    if (*trial->message)
        return; /* try_columns() has found why */
    try_writing(trial, table);
    if (!*trial->message)
        return;
    struct trial alone = *trial, without = *trial;
    alone.message[0] = without.message[0] = '\0';
    sqlite3_exec(trial->db, "SAVEPOINT alone", NULL, NULL, NULL);
    drop_triggers(trial->db, trial->object->name);
    try_writing(&alone, table);
    drop_triggers(trial->db, NULL);
    try_writing(&without, table);
    sqlite3_exec(trial->db, "ROLLBACK TO alone; RELEASE alone", NULL, NULL, NULL);
    trial->message[0] = '\0';
    if (*alone.message && !*without.message)
        memcpy(trial->message, alone.message, sizeof(trial->message));
}

/* SQLite does not check the names after UPDATE OF: with a misspelled one, a trigger never fires. */
static void try_columns(struct trial *trial, const migci_table *table) {
    struct lexer lexer = {.cursor = trial->object->traits[MIGCI_BODY]};
    enum token token;
    bool listed = false;
    while ((token = lex_token(&lexer)) != TOKEN_END && !*trial->message) {
        size_t size = (size_t)(lexer.cursor - lexer.token), quote = token == TOKEN_QUOTED;
        if (token == TOKEN_WORD && same_word(lexer.token, size, "on"))
            return;
        if (listed && (token == TOKEN_WORD || token == TOKEN_QUOTED)) {
            char *name = arena_copy(trial->lint->arena, lexer.token + quote, size - 2 * quote);
            if (!find_column(table, migci_lower(name)))
                snprintf(trial->message, sizeof(trial->message), "no such column: %s", name);
        }
        listed |= token == TOKEN_WORD && same_word(lexer.token, size, "of");
    }
}

/* ------------------------------------------------------------------- reports */

/* The location of the name that SQLite complains of, in the statement that makes the object. */
static struct location location_in_body(const struct trial *trial, const struct statement *made) {
    struct location location = made->location;
    find_complaint(&trial->complaint, made->migration, made->step, &location);
    return location;
}

static void report_broken_view(struct trial *trial) {
    const struct statement *made = maker_of(trial);
    const char *kind = trial->object->type == MIGCI_VIEW ? "view" : "trigger";
    const char *name = strstr(trial->message, "no such ") ? trial->complaint.name : NULL;
    if (!made)
        return;
    if (name)
        name = migci_lower(arena_format(trial->lint->arena, "%s", name));
    const struct statements *statements = trial->lint->statements;
    const struct statement *culprit = NULL; /* drops or renames what has the name */
    for (size_t i = statements->count; name && !culprit && i-- > 0;) {
        const struct statement *statement = &statements->items[i];
        if (statement <= made)
            break;
        bool takes_table = statement->kind == STATEMENT_DROP_TABLE ||
                           statement->kind == STATEMENT_DROP_VIEW ||
                           statement->kind == STATEMENT_RENAME_TABLE;
        bool takes_column =
            statement->kind == STATEMENT_DROP_COLUMN || statement->kind == STATEMENT_RENAME_COLUMN;
        if ((takes_table && strcmp(statement->name, name) == 0) ||
            (takes_column && strcmp(statement->column, name) == 0))
            culprit = statement;
    }
    report_warning(
        trial->lint->diagnostics, WARNING_BROKEN_VIEW,
        culprit ? culprit->location : location_in_body(trial, made),
        "when all migrations have run, %s %s does not work: %s; drop it, or create it again", kind,
        trial->object->name, trial->message);
    if (culprit)
        report_note(trial->lint->diagnostics, made->location, "the %s is made here", kind);
}

static void report_quoted(struct trial *trial) {
    const struct statement *made = maker_of(trial);
    const char *name = trial->complaint.name;
    if (made && name)
        report_quoted_string(trial->lint, location_in_body(trial, made), name, strlen(name));
}

/* ----------------------------------------------------------------------- all */

static void try_all(struct trial *trial, void (*report)(struct trial *trial)) {
    for (size_t i = 0; i < trial->schema->count; i++) {
        const migci_object *object = trial->object = trial->schema->objects[i];
        if (object->type != MIGCI_VIEW && object->type != MIGCI_TRIGGER)
            continue;
        const migci_table *table =
            object->home ? migci_schema_table(trial->schema, object->home) : NULL;
        trial->message[0] = '\0';
        if (object->type == MIGCI_VIEW) {
            try_use(trial, object->name, MIGCI_USE_SELECT);
        } else if (table && !table->is_virtual) {
            try_columns(trial, table); /* first: it is about this one trigger of the table */
            try_triggers(trial, table->name);
        } else if (!table && object->table) {
            try_triggers(trial, object->table);
        }
        if (!*trial->message)
            continue;
        trial->complaint = read_complaint(arena_format(trial->lint->arena, "%s", trial->message),
                                          trial->lint->arena);
        report(trial);
    }
}

void warn_of_views(struct lint *lint, sqlite3 *db, const migci_schema *schema) {
    struct trial trial = {.lint = lint, .db = db, .schema = schema};
    size_t reported = lint->diagnostics->count;
    allow_quoted_strings(db, true);
    try_all(&trial, report_broken_view);
    allow_quoted_strings(db, false);
    if (lint->diagnostics->count == reported) /* what is broken fails here too */
        try_all(&trial, report_quoted);
    allow_quoted_strings(db, true);
}
