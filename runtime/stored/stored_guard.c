/*
 * stored_guard.c - what a stored DOWN may do: change tables, indexes, views and
 * triggers of the database, and the rows in them.
 *
 * Whoever may write to the file may have written the script, so it must not
 * reach beyond that file: no other database, no file, no extension, and not
 * migc's own tables.  The authorizer stands while such a statement is prepared
 * and run, and is gone before the next one; the engine's own statements never
 * meet it.
 */
#include "stored.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int is_one_of(const char *const *names, const char *name) {
    for (; *names; names++)
        if (sqlite3_stricmp(*names, name) == 0)
            return 1;
    return 0;
}

static int is_of_migc(const char *name) {
    return name && sqlite3_strnicmp(name, "migc_", 5) == 0;
}

/* ------------------------------------------------------- what is not allowed */

static int refuse_function(const char *name) {
    static const char *const names[] = {"load_extension", "readfile", "writefile", "edit",
                                        "fts3_tokenizer", "eval",     NULL};
    return is_one_of(names, name);
}

/* PRAGMAs that only read, full-text search being one who asks, or that are put back after the
 * run; and those that read as long as they are given no value. */
static int refuse_pragma(const char *name, const char *value) {
    static const char *const harmless[] = {"foreign_keys",
                                           "defer_foreign_keys",
                                           "foreign_key_check",
                                           "foreign_key_list",
                                           "legacy_alter_table",
                                           "recursive_triggers",
                                           "table_info",
                                           "table_xinfo",
                                           "table_list",
                                           "index_list",
                                           "index_info",
                                           "index_xinfo",
                                           "integrity_check",
                                           "quick_check",
                                           "data_version",
                                           "page_count",
                                           NULL};
    static const char *const reads[] = {"page_size", "encoding", "user_version", NULL};
    return !is_one_of(harmless, name) && (value || !is_one_of(reads, name));
}

static int refuse_module(const char *name) {
    static const char *const harmless[] = {"fts3",  "fts4",      "fts5",    "fts5vocab",
                                           "rtree", "rtree_i32", "fts4aux", NULL};
    return !is_one_of(harmless, name);
}

/* Tables that are files, or pages of this one. */
static int refuse_table(const char *name) {
    static const char *const beyond[] = {"fsdir", "zipfile", "csv", "sqlite_dbpage", NULL};
    return name && is_one_of(beyond, name);
}

/* ----------------------------------------------------------- the authorizer */

static int refuse(migci_guard *guard, const char *what, const char *name) {
    if (!guard->refused)
        snprintf(guard->deed, sizeof guard->deed, "%s%s%s", what, *name ? " " : "", name);
    guard->refused = 1;
    return SQLITE_DENY;
}

static int authorize_change(migci_guard *guard, const char *first, const char *second) {
    if (is_of_migc(first))
        return refuse(guard, "change", first);
    if (is_of_migc(second))
        return refuse(guard, "change", second);
    if (refuse_table(first))
        return refuse(guard, "use the table", first);
    return SQLITE_OK;
}

static int authorize(void *user, int action, const char *first, const char *second,
                     const char *schema, const char *trigger) {
    migci_guard *guard = user;
    (void)schema, (void)trigger;
    first = first ? first : "";
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return refuse(guard, action == SQLITE_ATTACH ? "ATTACH" : "DETACH", "a database");
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return refuse(guard, "begin or end a transaction", "");
    case SQLITE_PRAGMA:
        return refuse_pragma(first, second) ? refuse(guard, "use PRAGMA", first) : SQLITE_OK;
    case SQLITE_FUNCTION:
        second = second ? second : "";
        return refuse_function(second) ? refuse(guard, "call", second) : SQLITE_OK;
    case SQLITE_CREATE_VTABLE:
        second = second ? second : "";
        return refuse_module(second) ? refuse(guard, "use the module", second) : SQLITE_OK;
    case SQLITE_READ:
        return refuse_table(first) ? refuse(guard, "use the table", first) : SQLITE_OK;
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
    case SQLITE_ANALYZE: /* of all tables, migc's too */
    case SQLITE_REINDEX:
        return SQLITE_OK;
    default:
        return authorize_change(guard, first, second);
    }
}

/* -------------------------------------------------------------- the driver */

static int is_stored(const migci_guard *guard, const char *sql) {
    for (const migci_foreign *f = guard->stored->foreign; f; f = f->next)
        for (unsigned i = 0; i < f->migration.down_count; i++)
            if (f->migration.steps[i].text == sql)
                return 1;
    return 0;
}

static void note_refusal(migci_guard *guard, migci_failure *failure) {
    guard->outside = strstr(failure->reason, "within a transaction") != NULL;
    if (!guard->refused)
        return;
    failure->code = MIGC_STEP_FAILED;
    snprintf(failure->reason, sizeof failure->reason, "being a stored DOWN, it must not %s",
             guard->deed);
}

static migci_outcome query(migci_driver *driver, const char *sql, const migci_value *values,
                           int count, migci_row_function *row, void *argument) {
    migci_guard *guard =
        (migci_guard *)(void *)((char *)driver - offsetof(migci_guard, session.driver));
    int stored = is_stored(guard, sql);
    if (stored)
        sqlite3_set_authorizer(driver->db, authorize, guard);
    migci_outcome outcome = guard->inner->query(driver, sql, values, count, row, argument);
    if (stored)
        sqlite3_set_authorizer(driver->db, NULL, NULL);
    if (stored && outcome == MIGCI_REFUSED)
        note_refusal(guard, &driver->failure);
    return outcome;
}

void migci_guard_enter(migci_guard *guard, const migci_stored *stored) {
    migci_driver *driver = &guard->session.driver;
    guard->inner = driver->methods;
    guard->methods = *guard->inner;
    guard->methods.query = query;
    guard->stored = stored;
    guard->refused = guard->outside = 0;
    driver->methods = &guard->methods;
}
