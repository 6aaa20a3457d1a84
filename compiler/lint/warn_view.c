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
};

/* Functions are the host's affair; names are not. */
static bool is_about_names(const char *message) {
    return strncmp(message, "no such table: ", 15) == 0 ||
           strncmp(message, "no such column: ", 16) == 0;
}

static void try_statement(struct trial *trial, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (!*trial->message &&
        sqlite3_prepare_v2(trial->db, sql, -1, &statement, NULL) == SQLITE_ERROR &&
        is_about_names(sqlite3_errmsg(trial->db)))
        snprintf(trial->message, sizeof(trial->message), "%s", sqlite3_errmsg(trial->db));
    sqlite3_finalize(statement);
}

static void try_view(struct trial *trial, const char *name) {
    char *sql = must_have(sqlite3_mprintf("SELECT * FROM main.\"%w\"", name));
    try_statement(trial, sql);
    sqlite3_free(sql);
}

/* Compiling a change of the table compiles its triggers. */
static void try_triggers(struct trial *trial, const migci_table *table) {
    sqlite3_str *update = sqlite3_str_new(NULL);
    sqlite3_str_appendf(update, "UPDATE main.\"%w\" SET ", table->name);
    size_t count = 0;
    for (size_t i = 0; i < table->column_count; i++)
        if (!table->columns[i]->traits[MIGCI_GENERATED])
            sqlite3_str_appendf(update, "%s\"%w\"=NULL", count++ ? "," : "",
                                table->columns[i]->name);
    char *all = must_have(sqlite3_str_finish(update));
    char *insert =
        must_have(sqlite3_mprintf("INSERT INTO main.\"%w\" DEFAULT VALUES", table->name));
    char *delete = must_have(sqlite3_mprintf("DELETE FROM main.\"%w\"", table->name));
    try_statement(trial, insert);
    try_statement(trial, all);
    try_statement(trial, delete);
    sqlite3_free(all);
    sqlite3_free(insert);
    sqlite3_free(delete);
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
                snprintf(trial->message, sizeof(trial->message), "no such column: %s", name);
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
        try_triggers(trial, table);
    }
}

/* ------------------------------------------------------------------- telling */

/* The last name of "no such column: new.email". */
static const char *name_in(const char *message) {
    const char *name = strstr(message, ": ") + 2, *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static const char *lower_name(struct trial *trial) {
    return migci_lower(arena_format(trial->lint->arena, "%s", name_in(trial->message)));
}

static const struct deed *maker_of(struct trial *trial) {
    bool is_view = trial->object->type == MIGCI_VIEW;
    const char *name = arena_format(trial->lint->arena, "%s", trial->object->name);
    return find_maker(whole_span(trial->lint), is_view ? DEED_CREATE_VIEW : DEED_CREATE_TRIGGER,
                      migci_lower((char *)name));
}

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

static void report_broken(struct trial *trial) {
    const struct deed *made = maker_of(trial);
    const char *kind = trial->object->type == MIGCI_VIEW ? "view" : "trigger";
    if (!made)
        return;
    const char *name = lower_name(trial);
    const struct deed *culprit = find_culprit(trial, made, name);
    struct location location = culprit ? culprit->location : location_of_name(made, name);
    report_warning(trial->lint->diagnostics, WARNING_BROKEN_VIEW, location,
                   "when all migrations have run, %s %s does not work: %s; drop it, or create it "
                   "anew",
                   kind, trial->object->name, trial->message);
    if (culprit)
        report_note(trial->lint->diagnostics, made->location, "the %s is made here", kind);
}

static void report_quoted(struct trial *trial) {
    const struct deed *made = maker_of(trial);
    if (made)
        report_warning(trial->lint->diagnostics, WARNING_QUOTED_STRING,
                       location_of_name(made, lower_name(trial)),
                       "\"%s\" names nothing here, so SQLite takes it for a string, where it does "
                       "not refuse it; write '%s'",
                       name_in(trial->message), name_in(trial->message));
}

/* ----------------------------------------------------------------------- all */

/* Of the triggers of a table, the one whose text has the name is to blame. */
static bool is_to_blame(struct trial *trial) {
    const migci_object *object = trial->object;
    return object->type == MIGCI_VIEW ||
           has_name(object->traits[MIGCI_BODY], name_in(trial->message));
}

static void try_all(struct trial *trial, void (*report)(struct trial *trial)) {
    for (size_t i = 0; i < trial->schema->count; i++) {
        trial->object = trial->schema->objects[i];
        if (trial->object->type != MIGCI_VIEW && trial->object->type != MIGCI_TRIGGER)
            continue;
        try_object(trial);
        if (*trial->message && is_to_blame(trial))
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
