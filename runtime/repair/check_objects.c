/*
 * check_objects.c - what SQLite's own checks do not ask: whether each view can
 * be read, each trigger can run, each full-text index fits its content, and each
 * AUTOINCREMENT counter is ahead of its rows.
 *
 * Statements are compiled, and not run; but full-text search answers no other
 * way than to an INSERT, which changes nothing and is rolled back.
 */
#include "repair.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 5000 };

struct object_name {
    const char *type, *name, *table, *sql;
    struct object_name *next;
};

struct object_check {
    migci_session *session;
    struct object_name *first, **end;
    migci_finding_function *report;
    void *argument;
    bool no_memory;
};

static int take_checked_object(void *argument, const migci_value *cells) {
    struct object_check *check = argument;
    migci_memory *memory = &check->session->memory;
    struct object_name *object = migci_allocate(memory, sizeof(*object));
    if (object)
        *object = (struct object_name){
            migci_copy(memory, cells[0].text), migci_copy(memory, cells[1].text),
            migci_copy(memory, cells[2].text), migci_copy(memory, cells[3].text), NULL};
    if (!object || !object->type || !object->name || !object->table || !object->sql) {
        check->no_memory = true;
        return 1;
    }
    *check->end = object;
    check->end = &object->next;
    return 0;
}

static void report_object(struct object_check *check, const char *what, const char *name,
                          const char *why) {
    char text[500];
    snprintf(text, sizeof(text), "%s %s: %s", what, name, why);
    check->report(text, check->argument);
}

/* What a connection does not have says nothing about the database; nor does a statement that a
 * view with another kind of trigger cannot take. */
static bool is_of_connection(const char *message) {
    static const char *const missing[] = {"no such function", "no such collation", "no such module",
                                          "cannot modify ", "access to view "};
    for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++)
        if (strncmp(message, missing[i], strlen(missing[i])) == 0)
            return true;
    return false;
}

/* `sql` is sqlite3_mprintf()'s. */
static void compile_one(struct object_check *check, const char *what, const char *name, char *sql) {
    sqlite3 *db = check->session->driver.db;
    sqlite3_stmt *statement = NULL;
    if (!sql) {
        check->no_memory = true;
        return;
    }
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK &&
        !is_of_connection(sqlite3_errmsg(db)))
        report_object(check, what, name, sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    sqlite3_free(sql);
}

/* Triggers are compiled with the statement that sets them off.  A statement that sets off none
 * because SQLite refuses it says nothing about them. */
static void compile_triggers(struct object_check *check, const struct object_name *trigger) {
    sqlite3 *db = check->session->driver.db;
    char *statements[] = {
        sqlite3_mprintf("INSERT INTO main.\"%w\" DEFAULT VALUES", trigger->table),
        sqlite3_mprintf("UPDATE main.\"%w\" SET %s", trigger->table, ""),
        sqlite3_mprintf("DELETE FROM main.\"%w\"", trigger->table),
    };
    sqlite3_stmt *columns = NULL;
    char *ask = sqlite3_mprintf("SELECT group_concat('\"' || replace(name, '\"', '\"\"') || '\" = "
                                "NULL') FROM pragma_table_xinfo(%Q) WHERE hidden = 0",
                                trigger->table);
    if (ask && sqlite3_prepare_v2(db, ask, -1, &columns, NULL) == SQLITE_OK &&
        sqlite3_step(columns) == SQLITE_ROW && sqlite3_column_text(columns, 0)) {
        sqlite3_free(statements[1]);
        statements[1] = sqlite3_mprintf("UPDATE main.\"%w\" SET %s", trigger->table,
                                        (const char *)sqlite3_column_text(columns, 0));
    }
    sqlite3_finalize(columns);
    sqlite3_free(ask);
    for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
        compile_one(check, "the triggers of", trigger->table, statements[i]);
}

static bool is_first_of_table(const struct object_name *first, const struct object_name *trigger) {
    for (; first != trigger; first = first->next)
        if (strcmp(first->type, "trigger") == 0 &&
            sqlite3_stricmp(first->table, trigger->table) == 0)
            return false;
    return true;
}

static int take_counter(void *argument, const migci_value *cells) {
    char why[120];
    snprintf(why, sizeof(why), "its AUTOINCREMENT counter is %lld, and it has a row %lld",
             (long long)cells[0].number, (long long)cells[1].number);
    report_object(argument, "the table", cells[2].text ? cells[2].text : "?", why);
    return 0;
}

static migc_code check_counter(struct object_check *check, const struct object_name *table) {
    bool refused = false;
    char *sql = sqlite3_mprintf("SELECT q.seq, m.last, q.name FROM main.sqlite_sequence AS q,"
                                " (SELECT max(rowid) AS last FROM main.\"%w\") AS m"
                                " WHERE q.name = %Q AND m.last > q.seq",
                                table->name, table->name);
    if (sql)
        refused = migci_ask(check->session, take_counter, check, sql, "") != MIGCI_DONE;
    check->no_memory |= !sql;
    sqlite3_free(sql);
    return refused && check->session->driver.failure.code != MIGC_STEP_FAILED
               ? migci_fail_driver(check->session, "reading sqlite_sequence")
               : MIGC_OK;
}

/* What is so damaged that it cannot be read is damaged. */
static migc_code fail_reading_objects(migci_session *session, migci_finding_function *report,
                                      void *argument) {
    if (session->driver.failure.code != MIGC_CORRUPT)
        return migci_fail_driver(session, "reading the schema");
    report("they cannot be checked", argument);
    return MIGC_OK;
}

migc_code migci_check_objects(migci_session *session, migci_finding_function *report,
                              void *argument) {
    struct object_check check = {session, NULL, &check.first, report, argument, false};
    migc_code code = MIGC_OK;
    if (migci_ask(session, take_checked_object, &check,
                  "SELECT type, name, tbl_name, ifnull(sql, '') FROM main.sqlite_schema"
                  " WHERE type IN ('view', 'trigger') OR (type = 'table' AND sql LIKE"
                  " '%AUTOINCREMENT%') ORDER BY type, name",
                  "") != MIGCI_DONE)
        return fail_reading_objects(session, report, argument);
    for (struct object_name *object = check.first; object && code == MIGC_OK;
         object = object->next) {
        if (strcmp(object->type, "view") == 0)
            compile_one(&check, "the view", object->name,
                        sqlite3_mprintf("SELECT * FROM main.\"%w\"", object->name));
        else if (strcmp(object->type, "trigger") == 0 && is_first_of_table(check.first, object))
            compile_triggers(&check, object);
        else if (strcmp(object->type, "table") == 0)
            code = check_counter(&check, object);
    }
    return check.no_memory ? migci_fail(session, MIGC_NO_MEMORY, "out of memory, while checking")
                           : code;
}

/* ---------------------------------------------------------------- full text */

/* "" for what is no full-text table. */
static const char *integrity_command(const char *sql) {
    static const struct {
        const char *module, *command;
    } rows[] = {
        {"fts5", "INSERT INTO main.\"%w\"(\"%w\", rank) VALUES('integrity-check', 1)"},
        {"fts4", "INSERT INTO main.\"%w\"(\"%w\") VALUES('integrity-check')"},
        {"fts3", "INSERT INTO main.\"%w\"(\"%w\") VALUES('integrity-check')"},
    };
    char pattern[32];
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        snprintf(pattern, sizeof(pattern), "%%using %s%%", rows[i].module);
        if (sqlite3_strlike(pattern, sql, 0) == 0)
            return rows[i].command;
    }
    return "";
}

/* A content table that is gone, or a tokenizer of the program's own, says so too. */
static void ask_index(struct object_check *check, sqlite3 *db, const struct object_name *table) {
    const char *command = integrity_command(table->sql);
    char *sql = *command ? sqlite3_mprintf(command, table->name, table->name) : NULL;
    if (!sql)
        return;
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    check->no_memory |= code == SQLITE_NOMEM;
    if (code == SQLITE_OK || code == SQLITE_NOMEM || is_of_connection(sqlite3_errmsg(db)))
        return;
    report_object(check, "the full-text index of", table->name,
                  migci_code_of(code) == MIGC_CORRUPT ? "it does not fit its content, or is damaged"
                                                      : sqlite3_errmsg(db));
}

/* Where the session's connection may only read: the answer is an INSERT all the same. */
static sqlite3 *open_beside(const migci_session *session) {
    const migc_options *options = session->options;
    sqlite3_vfs *vfs = NULL;
    sqlite3 *db = NULL;
    sqlite3_file_control(session->driver.db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
    int code =
        sqlite3_open_v2(sqlite3_db_filename(session->driver.db, "main"), &db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE, vfs ? vfs->zName : NULL);
    if (code == SQLITE_OK && options->on_open)
        code = options->on_open(db, options->user);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(db, WAIT_MS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return db;
    sqlite3_close_v2(db);
    return NULL;
}

migc_code migci_check_full_text(migci_session *session, migci_finding_function *report,
                                void *argument) {
    struct object_check check = {session, NULL, &check.first, report, argument, false};
    sqlite3 *db = session->driver.db;
    if (migci_ask(session, take_checked_object, &check,
                  "SELECT type, name, tbl_name, ifnull(sql, '') FROM main.sqlite_schema"
                  " WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE %fts%' ORDER BY name",
                  "") != MIGCI_DONE)
        return fail_reading_objects(session, report, argument);
    if (!check.first)
        return MIGC_OK;
    bool reads = sqlite3_db_readonly(db, "main") == 1;
    if (reads)
        db = open_beside(session);
    else if (migci_begin(session) != MIGCI_DONE)
        return session->error->code;
    for (struct object_name *table = check.first; table && db; table = table->next)
        ask_index(&check, db, table);
    if (reads && db) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        sqlite3_close_v2(db);
    } else if (!reads) {
        migci_rollback(session);
    }
    return check.no_memory ? migci_fail(session, MIGC_NO_MEMORY, "out of memory, while checking")
                           : MIGC_OK;
}
