/*
 * objects.c - checks that what a database holds can be used: that each view can be read, each
 * trigger run, each full-text and R*Tree index searched, and that each AUTOINCREMENT counter is
 * ahead of its rows.
 *
 * SQLite's own checks do not cover this; since 3.44, integrity_check covers virtual tables.
 * Statements are compiled but not run.  Only full text is checked by an INSERT, its one way,
 * which changes nothing.
 */
#include "schema.h"

#include <stdio.h>
#include <string.h>

typedef struct migci_looking {
    sqlite3 *db;
    migci_broken_function *report;
    void *argument;
    int code;
} migci_looking;

static void report_broken_object(const migci_looking *looking, const char *type, const char *what,
                                 const char *name, const char *why) {
    char text[500];
    migci_broken broken = {type, name, why, text};
    migci_say(text, sizeof(text), "%s %s: %s", what, name, why);
    looking->report(&broken, looking->argument);
}

/* ---------------------------------------------------------- views and triggers */

/* The error is not the database's fault if the connection lacks something, or if a view has no
 * trigger for this statement. */
static bool is_of_connection(const char *message) {
    static const char *const said[] = {
        "no such function: ", "unknown function: ",   "no such collation sequence: ",
        "no such module: ",   "because it is a view", "access to view "};
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        if (strstr(message, said[i]))
            return true;
    return false;
}

/* An UPDATE of all columns that can be written. */
static char *write_update(sqlite3 *db, const char *name) {
    sqlite3_stmt *columns = NULL;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    const char *comma = "";
    sqlite3_str_appendf(sql, "UPDATE main.\"%w\" SET ", name);
    int code = sqlite3_prepare_v2(
        db, "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0", -1, &columns, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(columns, 1, name, -1, SQLITE_STATIC);
    for (; code == SQLITE_OK && sqlite3_step(columns) == SQLITE_ROW; comma = ", ")
        sqlite3_str_appendf(sql, "%s\"%w\" = NULL", comma,
                            (const char *)sqlite3_column_text(columns, 0));
    sqlite3_finalize(columns);
    return sqlite3_str_finish(sql);
}

int migci_compile_use(sqlite3 *db, const char *name, migci_use use) {
    sqlite3_stmt *statement = NULL;
    char *sql;
    switch (use) {
    case MIGCI_USE_INSERT:
        sql = sqlite3_mprintf("INSERT INTO main.\"%w\" DEFAULT VALUES", name);
        break;
    case MIGCI_USE_UPDATE:
        sql = write_update(db, name);
        break;
    case MIGCI_USE_DELETE:
        sql = sqlite3_mprintf("DELETE FROM main.\"%w\"", name);
        break;
    default:
        sql = sqlite3_mprintf("SELECT * FROM main.\"%w\"", name);
    }
    int code = sql ? sqlite3_prepare_v2(db, sql, -1, &statement, NULL) : SQLITE_NOMEM;
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return code == SQLITE_ERROR && is_of_connection(sqlite3_errmsg(db)) ? SQLITE_OK : code;
}

/* Triggers are compiled with the statement that fires them. */
int migci_broken_objects(sqlite3 *db, migci_broken_function *report, void *argument) {
    static const migci_use writing[] = {MIGCI_USE_INSERT, MIGCI_USE_UPDATE, MIGCI_USE_DELETE};
    migci_looking looking = {db, report, argument, SQLITE_OK};
    sqlite3_stmt *row = NULL;
    looking.code = sqlite3_prepare_v2(
        db,
        "SELECT 1, name FROM main.sqlite_schema WHERE type = 'view' UNION ALL"
        " SELECT DISTINCT 0, tbl_name COLLATE NOCASE FROM main.sqlite_schema WHERE type = 'trigger'"
        " ORDER BY 1, 2",
        -1, &row, NULL);
    while (looking.code == SQLITE_OK && (looking.code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 1);
        looking.code = name ? SQLITE_OK : SQLITE_NOMEM;
        if (!name)
            continue;
        bool is_view = sqlite3_column_int(row, 0) != 0;
        int code = is_view ? migci_compile_use(db, name, MIGCI_USE_SELECT) : SQLITE_OK;
        for (size_t i = 0; i < 3 && !is_view && code == SQLITE_OK; i++)
            code = migci_compile_use(db, name, writing[i]);
        if (code == SQLITE_ERROR)
            report_broken_object(&looking, is_view ? "view" : "trigger",
                                 is_view ? "the view" : "the triggers of", name,
                                 sqlite3_errmsg(db));
        else
            looking.code = code;
    }
    sqlite3_finalize(row);
    return looking.code == SQLITE_DONE ? SQLITE_OK : looking.code;
}

/* ---------------------------------------------------------------------- counters */

static void look_at_counter(migci_looking *looking, const char *table) {
    sqlite3_stmt *row = NULL;
    char why[120];
    char *sql = sqlite3_mprintf("SELECT q.seq, m.last FROM main.sqlite_sequence AS q,"
                                " (SELECT max(rowid) AS last FROM main.\"%w\") AS m"
                                " WHERE q.name = %Q AND m.last > q.seq",
                                table, table);
    looking->code = sql ? sqlite3_prepare_v2(looking->db, sql, -1, &row, NULL) : SQLITE_NOMEM;
    if (looking->code == SQLITE_OK && (looking->code = sqlite3_step(row)) == SQLITE_ROW) {
        snprintf(why, sizeof(why), "its AUTOINCREMENT counter is %lld, and it has a row %lld",
                 (long long)sqlite3_column_int64(row, 0), (long long)sqlite3_column_int64(row, 1));
        report_broken_object(looking, "table", "the table", table, why);
    }
    sqlite3_finalize(row);
    sqlite3_free(sql);
    /* AUTOINCREMENT may stand in a comment only, in a database without counters. */
    if (looking->code == SQLITE_DONE || looking->code == SQLITE_ROW ||
        looking->code == SQLITE_ERROR)
        looking->code = SQLITE_OK;
}

int migci_broken_counters(sqlite3 *db, migci_broken_function *report, void *argument) {
    migci_looking looking = {db, report, argument, SQLITE_OK};
    sqlite3_stmt *row = NULL;
    looking.code = sqlite3_prepare_v2(db,
                                      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND"
                                      " sql LIKE '%AUTOINCREMENT%' ORDER BY name",
                                      -1, &row, NULL);
    while (looking.code == SQLITE_OK && (looking.code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        looking.code = name ? SQLITE_OK : SQLITE_NOMEM;
        if (name)
            look_at_counter(&looking, name);
    }
    sqlite3_finalize(row);
    return looking.code == SQLITE_DONE ? SQLITE_OK : looking.code;
}

/* --------------------------------------------------------- full text and R*Tree */

typedef enum own_check { CHECK_NONE, CHECK_FTS4, CHECK_FTS5, CHECK_TREE } own_check;

/* Finds the check of the module after USING; *arguments is what stands in its parentheses. */
static own_check module_check(const char *sql, migci_text *arguments) {
    static const struct {
        const char *module;
        own_check check;
    } rows[] = {{"fts3", CHECK_FTS4},  {"fts4", CHECK_FTS4},      {"fts5", CHECK_FTS5},
                {"rtree", CHECK_TREE}, {"rtree_i32", CHECK_TREE}, {"geopoly", CHECK_TREE}};
    migci_text text = migci_text_of(sql);
    migci_token token = migci_token_next(&text);
    while (token.kind != MIGCI_TOKEN_END && !migci_token_is(token, "using"))
        token = migci_token_next(&text);
    token = migci_token_next(&text);
    *arguments = (migci_text){text.end, text.end};
    if (migci_token_is(migci_token_next(&text), "("))
        *arguments = migci_text_group(&text);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (migci_token_is(token, rows[i].module))
            return rows[i].check;
    return CHECK_NONE;
}

bool migci_content_of(const char *sql, migci_text *content) {
    migci_text list, argument;
    own_check check = module_check(sql, &list);
    if (check != CHECK_FTS4 && check != CHECK_FTS5)
        return false;
    while (migci_text_item(&list, &argument)) {
        if (!migci_token_is(migci_token_next(&argument), "content") ||
            !migci_token_is(migci_token_next(&argument), "="))
            continue;
        migci_token token = migci_token_next(&argument);
        size_t quote = token.length > 1 && token.kind != MIGCI_TOKEN_WORD;
        *content = (migci_text){token.start + quote, token.start + token.length - quote};
        return true;
    }
    return false;
}

int migci_check_index(sqlite3 *db, const char *name, const char *create) {
    migci_text text;
    own_check check = module_check(create, &text);
    const char *question = NULL;
    if (check == CHECK_FTS5)
        question = "INSERT INTO main.\"%w\"(\"%w\", rank) VALUES('integrity-check', 1)";
    else if (check == CHECK_FTS4 && !(migci_content_of(create, &text) && text.start == text.end))
        question = "INSERT INTO main.\"%w\"(\"%w\") VALUES('integrity-check')";
    char *sql = question ? sqlite3_mprintf(question, name, name) : NULL;
    int code = SQLITE_OK;
    if (question)
        code = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    return (code & 0xff) == SQLITE_ERROR && is_of_connection(sqlite3_errmsg(db)) ? SQLITE_OK : code;
}

/* R*Tree and geopoly answer "ok" or one line for each fault, but nothing if the first node is
 * gone. */
static void look_at_tree(migci_looking *looking, const char *name) {
    sqlite3_stmt *row = NULL;
    char why[200] = "it is damaged";
    char *sql = sqlite3_mprintf("SELECT rtreecheck('main', %Q)", name);
    int code = sql ? sqlite3_prepare_v2(looking->db, sql, -1, &row, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    if (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *said = (const char *)sqlite3_column_text(row, 0);
        code = !said ? SQLITE_NOMEM : strcmp(said, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
        if (code == SQLITE_CORRUPT)
            snprintf(why, sizeof(why), "%.*s", (int)strcspn(said, "\n"), said);
    }
    if ((code & 0xff) == SQLITE_CORRUPT)
        report_broken_object(looking, "R*Tree index", "the R*Tree index", name, why);
    else if (code != SQLITE_ERROR || !is_of_connection(sqlite3_errmsg(looking->db)))
        looking->code = code;
    sqlite3_finalize(row);
}

int migci_broken_indexes(sqlite3 *db, migci_broken_function *report, void *argument) {
    migci_looking looking = {db, report, argument, SQLITE_OK};
    sqlite3_stmt *row = NULL;
    migci_text arguments;
    looking.code = sqlite3_prepare_v2(db,
                                      "SELECT name, sql FROM main.sqlite_schema"
                                      " WHERE " MIGCI_CHECKS_ITSELF " ORDER BY name",
                                      -1, &row, NULL);
    while (looking.code == SQLITE_OK && (looking.code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        const char *create = (const char *)sqlite3_column_text(row, 1);
        looking.code = name && create ? SQLITE_OK : SQLITE_NOMEM;
        if (name && create && module_check(create, &arguments) == CHECK_TREE) {
            look_at_tree(&looking, name);
        } else if (name && create) {
            /* A missing content table or an unknown tokenizer is reported in the same way. */
            int code = migci_check_index(db, name, create);
            if ((code & 0xff) == SQLITE_CORRUPT)
                report_broken_object(&looking, "full-text index", "the full-text index of", name,
                                     "it does not fit its content, or is damaged");
            else if ((code & 0xff) == SQLITE_ERROR)
                report_broken_object(&looking, "full-text index", "the full-text index of", name,
                                     sqlite3_errmsg(db));
            else
                looking.code = code;
        }
    }
    sqlite3_finalize(row);
    return looking.code == SQLITE_DONE ? SQLITE_OK : looking.code;
}
