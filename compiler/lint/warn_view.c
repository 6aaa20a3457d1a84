/*
 * warn_view.c - views and triggers that do not compile any more: SQLite lets a
 * DROP go by and complains at the next use.  And those that compile only as
 * long as "words" in double quotes may be strings.
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

/* What only the host has may be missing here; a view is no table to write to. */
static bool is_about_host(const char *message) {
    static const char *const said[] = {
        "no such function: ", "unknown function: ", "no such collation sequence: ",
        "no such module: ", "because it is a view"};
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (strstr(message, said[i]))
            return true;
    return false;
}

static const struct deed *maker_of(const struct trial *trial) {
    bool is_view = trial->object->type == MIGCI_VIEW;
    const char *name = arena_format(trial->lint->arena, "%s", trial->object->name);
    return find_maker(whole_span(trial->lint), is_view ? DEED_CREATE_VIEW : DEED_CREATE_TRIGGER,
                      migci_lower((char *)name));
}

/* Of the triggers of a table, the one that has what SQLite complains of. */
static bool is_to_blame(struct trial *trial) {
    const struct deed *made = maker_of(trial);
    struct location unused;
    return trial->object->type == MIGCI_VIEW || !made ||
           find_complaint(&trial->complaint, made->migration, made->step, &unused);
}

static void keep_complaint(struct trial *trial, const char *message) {
    snprintf(trial->message, sizeof(trial->message), "%s", message);
    trial->complaint =
        read_complaint(arena_format(trial->lint->arena, "%s", message), trial->lint->arena);
}

static void try_statement(struct trial *trial, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (*trial->message)
        return;
    if (sqlite3_prepare_v2(trial->db, sql, -1, &statement, NULL) == SQLITE_ERROR &&
        !is_about_host(sqlite3_errmsg(trial->db)))
        keep_complaint(trial, sqlite3_errmsg(trial->db));
    sqlite3_finalize(statement);
    if (*trial->message && !is_to_blame(trial))
        trial->message[0] = '\0';
}

static void try_view(struct trial *trial, const char *name) {
    char *sql = must_have(sqlite3_mprintf("SELECT * FROM main.\"%w\"", name));
    try_statement(trial, sql);
    sqlite3_free(sql);
}

/* UPDATE of all columns that can be written, or NULL where there is none. */
static char *make_update(struct trial *trial, const char *table) {
    sqlite3_stmt *columns = NULL;
    sqlite3_str *update = sqlite3_str_new(NULL);
    size_t count = 0;
    sqlite3_str_appendf(update, "UPDATE main.\"%w\" SET ", table);
    if (sqlite3_prepare_v2(trial->db, "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0",
                           -1, &columns, NULL) == SQLITE_OK) {
        sqlite3_bind_text(columns, 1, table, -1, SQLITE_STATIC);
        while (sqlite3_step(columns) == SQLITE_ROW)
            sqlite3_str_appendf(update, "%s\"%w\"=NULL", count++ ? "," : "",
                                (const char *)sqlite3_column_text(columns, 0));
    }
    sqlite3_finalize(columns);
    char *sql = must_have(sqlite3_str_finish(update));
    if (count > 0)
        return sql;
    sqlite3_free(sql);
    return NULL;
}

static const char *const trigger_events[] = {"INSERT", "UPDATE", "DELETE"};

/* Whether the trigger fires at the event, as its CREATE TRIGGER says. */
static bool fires_at(const struct trial *trial, const char *event) {

    const struct deed *made = maker_of(trial);
    if (!made)
        return true;
    struct cursor cursor = cursor_at(made->step, made->step->text);
    for (; cursor.token != TOKEN_END; cursor_next(&cursor))
        for (size_t i = 0; i < COUNT_OF(trigger_events); i++)
            if (cursor.token == TOKEN_WORD && cursor_is(&cursor, trigger_events[i]))
                return strcmp(trigger_events[i], event) == 0;
    return true;
}

/* Compiling a change of the table or view compiles its triggers. */
static void try_triggers(struct trial *trial, const char *table) {

    char *statements[] = {
        must_have(sqlite3_mprintf("INSERT INTO main.\"%w\" DEFAULT VALUES", table)),
        make_update(trial, table),
        must_have(sqlite3_mprintf("DELETE FROM main.\"%w\"", table)),
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        if (statements[i] && fires_at(trial, trigger_events[i]))
            try_statement(trial, statements[i]);
        sqlite3_free(statements[i]);
    }
}

/* SQLite never looks at the names behind UPDATE OF: a trigger of a misspelt one does not fire. */
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
                keep_complaint(trial, arena_format(trial->lint->arena, "no such column: %s", name));
        }
        listed |= token == TOKEN_WORD && same_word(lexer.token, size, "of");
    }
}

static void try_object(struct trial *trial) {
    const migci_object *object = trial->object;
    const migci_table *table =
        object->home ? migci_schema_table(trial->schema, object->home) : NULL;
    trial->message[0] = '\0';
    if (object->type == MIGCI_VIEW)
        try_view(trial, object->name);
    else if (table && !table->is_virtual) {
        try_columns(trial, table); /* first: it is about this one trigger of the table */
        try_triggers(trial, table->name);
    } else if (!table && object->table)
        try_triggers(trial, object->table);
    trial->complaint =
        read_complaint(arena_format(trial->lint->arena, "%s", trial->message), trial->lint->arena);
}

/* ------------------------------------------------------------------- telling */

/* The statement behind `made` that took the name away. */
static const struct deed *find_culprit(const struct trial *trial, const struct deed *made,
                                       const char *name) {
    const struct deeds *deeds = trial->lint->deeds;
    for (size_t i = deeds->count; i-- > 0 && &deeds->items[i] > made;) {
        const struct deed *deed = &deeds->items[i];
        bool takes_table = deed->kind == DEED_DROP_TABLE || deed->kind == DEED_DROP_VIEW ||
                           deed->kind == DEED_RENAME_TABLE;
        bool takes_column = deed->kind == DEED_DROP_COLUMN || deed->kind == DEED_RENAME_COLUMN;
        if ((takes_table && strcmp(deed->name, name) == 0) ||
            (takes_column && strcmp(deed->column, name) == 0))
            return deed;
    }
    return NULL;
}

/* Where the statement that makes it has what SQLite complains of. */
static struct location location_in_body(const struct trial *trial, const struct deed *made) {
    struct location location = made->location;
    find_complaint(&trial->complaint, made->migration, made->step, &location);
    return location;
}

static void report_broken(struct trial *trial) {
    const struct deed *made = maker_of(trial);
    const char *kind = trial->object->type == MIGCI_VIEW ? "view" : "trigger";
    const char *name = strstr(trial->message, "no such ") ? trial->complaint.name : NULL;
    if (!made)
        return;
    const struct deed *culprit =
        name ? find_culprit(trial, made, migci_lower(arena_format(trial->lint->arena, "%s", name)))
             : NULL;
    report_warning(trial->lint->diagnostics, WARNING_BROKEN_VIEW,
                   culprit ? culprit->location : location_in_body(trial, made),
                   "when all migrations have run, %s %s does not work: %s; drop it, or create it "
                   "anew",
                   kind, trial->object->name, trial->message);
    if (culprit)
        report_note(trial->lint->diagnostics, made->location, "the %s is made here", kind);
}

static void report_quoted(struct trial *trial) {
    const struct deed *made = maker_of(trial);
    const char *name = trial->complaint.name;
    if (made && name)
        report_warning(trial->lint->diagnostics, WARNING_QUOTED_STRING,
                       location_in_body(trial, made),
                       "\"%s\" names nothing here, so SQLite takes it for a string, where it does "
                       "not refuse it; write '%s'",
                       name, name);
}

/* ----------------------------------------------------------------------- all */

static void try_all(struct trial *trial, void (*report)(struct trial *trial)) {
    for (size_t i = 0; i < trial->schema->count; i++) {
        trial->object = trial->schema->objects[i];
        if (trial->object->type != MIGCI_VIEW && trial->object->type != MIGCI_TRIGGER)
            continue;
        try_object(trial);
        if (*trial->message)
            report(trial);
    }
}

static void allow_quoted_strings(sqlite3 *db, int allow) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, allow, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, allow, NULL);
}

void warn_of_views(struct lint *lint, sqlite3 *db, const migci_schema *schema) {
    struct trial trial = {.lint = lint, .db = db, .schema = schema};
    size_t told = lint->diagnostics->count;
    allow_quoted_strings(db, 1);
    try_all(&trial, report_broken);
    allow_quoted_strings(db, 0);
    if (lint->diagnostics->count == told) /* else the same again */
        try_all(&trial, report_quoted);
    allow_quoted_strings(db, 1);
}
