/*
 * stored_guard.c - what a stored DOWN may do: change tables, indexes, views and
 * triggers of the database, and the rows in them.
 *
 * Anyone who can write to the file may have written the script, so it must not reach
 * beyond that file: no other database, no file, no extension, no function of the host
 * that is not SQLITE_INNOCUOUS, nothing TEMP, and none of migc's own tables.  What is
 * allowed is listed here; everything else is refused.
 *
 * An authorizer is set for the whole run.  It keeps the statements of a script to the
 * lists, and later also the triggers and views that a script made, whoever uses them.
 * It does not see the new name of a renamed table, nor what a DEFAULT calls.  So after
 * each statement, before anything else runs, what it made is checked.
 */
#include "stored.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------- what is allowed */

/* SQLite's own functions, except those that load, log or configure something. */
static const char *const allowed_functions[] = {
    "->", "->>", "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "avg", "bm25",
    "ceil", "ceiling", "changes", "char", "coalesce", "concat", "concat_ws", "cos", "cosh", "count",
    "cume_dist", "current_date", "current_time", "current_timestamp", "date", "datetime", "degrees",
    "dense_rank", "exp", "first_value", "floor", "format", "glob", "group_concat", "hex",
    "highlight", "if", "ifnull", "iif", "instr", "json", "json_array", "json_array_insert",
    "json_array_length", "json_error_position", "json_extract", "json_group_array",
    "json_group_object", "json_insert", "json_object", "json_patch", "json_pretty", "json_quote",
    "json_remove", "json_replace", "json_set", "json_type", "json_valid", "jsonb", "jsonb_array",
    "jsonb_array_insert", "jsonb_extract", "jsonb_group_array", "jsonb_group_object",
    "jsonb_insert", "jsonb_object", "jsonb_patch", "jsonb_remove", "jsonb_replace", "jsonb_set",
    "julianday", "lag", "last_insert_rowid", "last_value", "lead", "length", "like", "likelihood",
    "likely", "ln", "log", "log10", "log2", "lower", "ltrim", "match", "matchinfo", "max", "median",
    "min", "mod", "nth_value", "ntile", "nullif", "octet_length", "offsets", "optimize",
    "percent_rank", "percentile", "percentile_cont", "percentile_disc", "pi", "pow", "power",
    "printf", "quote", "radians", "raise", "random", "randomblob", "rank", "replace", "round",
    "row_number", "rtreecheck", "rtrim", "sign", "sin", "sinh", "snippet", "soundex",
    "sqlite_source_id", "sqlite_version", "sqrt", "strftime", "string_agg", "substr", "substring",
    "subtype", "sum", "tan", "tanh", "time", "timediff", "total", "total_changes", "trim", "trunc",
    "typeof", "unhex", "unicode", "unistr", "unistr_quote", "unixepoch", "unlikely", "upper",
    "zeroblob",
    /* Called by ALTER TABLE itself; no script can call them. */
    "sqlite_add_constraint", "sqlite_drop_column", "sqlite_drop_constraint", "sqlite_fail",
    "sqlite_find_constraint", "sqlite_rename_column", "sqlite_rename_parent",
    "sqlite_rename_quotefix", "sqlite_rename_table", "sqlite_rename_test", "sqlite_rename_trigger",
    NULL};

/* Those that only read, or are restored after the run. */
static const char *const allowed_pragmas[] = {"data_version",
                                              "defer_foreign_keys",
                                              "foreign_key_check",
                                              "foreign_key_list",
                                              "foreign_keys",
                                              "index_info",
                                              "index_list",
                                              "index_xinfo",
                                              "integrity_check",
                                              "legacy_alter_table",
                                              "page_count",
                                              "quick_check",
                                              "recursive_triggers",
                                              "table_info",
                                              "table_list",
                                              "table_xinfo",
                                              NULL};

/* Those that read as long as they are given no value; full-text search asks the first. */
static const char *const allowed_to_read[] = {"page_size", "encoding", "user_version", NULL};

static const char *const allowed_modules[] = {"fts3",      "fts4",  "fts4aux",   "fts5",
                                              "fts5vocab", "rtree", "rtree_i32", NULL};

/* Modules that are tables without CREATE. */
static const char *const allowed_table_functions[] = {"generate_series", "json_each",  "json_tree",
                                                      "jsonb_each",      "jsonb_tree", NULL};

/* ------------------------------------------------------------------- names */

static bool is_allowed_function(const char *const *names, const char *name) {
    while (*names && sqlite3_stricmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static bool is_of_migc(const char *name) {
    return name && sqlite3_strnicmp(name, "migc_", 5) == 0;
}

static bool is_remembered(const migci_name *names, const char *name) {
    while (names && sqlite3_stricmp(names->text, name) != 0)
        names = names->next;
    return names != NULL;
}

static bool remember_name(migci_guard *guard, migci_name **list, const char *text) {
    migci_name *name = migci_allocate(&guard->memory, sizeof(*name));
    if (!name || !(name->text = migci_copy(&guard->memory, text)))
        return false;
    name->next = *list;
    *list = name;
    return true;
}

/* ----------------------------------------------------------- the authorizer */

static int refuse_access(migci_guard *guard, const char *what, const char *name) {
    if (!*guard->refusal)
        snprintf(guard->refusal, sizeof(guard->refusal), "%s%s%s", what, *name ? " " : "", name);
    return SQLITE_DENY;
}

static int refuse_unless(bool allowed, migci_guard *guard, const char *what, const char *name) {
    return allowed ? SQLITE_OK : refuse_access(guard, what, name);
}

/* A table or another object, and the one that it belongs to. */
static int authorize_object(migci_guard *guard, const char *first, const char *second) {
    if (is_of_migc(first) || is_of_migc(second))
        return refuse_access(guard, "change", is_of_migc(first) ? first : second);
    return refuse_unless(!is_remembered(guard->refused_tables, first), guard, "use the table",
                         first);
}

/* What a script makes is remembered: its DEFAULTs are to be checked later, and its triggers
 * and views are held to the same lists later. */
static int authorize_new(migci_guard *guard, const char *name, const char *table) {
    if (authorize_object(guard, name, table) != SQLITE_OK)
        return SQLITE_DENY;
    return refuse_unless(remember_name(guard, &guard->made, name), guard,
                         "be run without memory for", name);
}

/* ALTER TABLE also searches TEMP objects for what it must rewrite. */
static bool is_temp_schema(const char *name) {
    return sqlite3_stricmp(name, "sqlite_temp_master") == 0 ||
           sqlite3_stricmp(name, "sqlite_temp_schema") == 0;
}

static int authorize_script(migci_guard *guard, int action, const char *first, const char *second,
                            const char *schema) {
    if (action == SQLITE_ALTER_TABLE)
        schema = first, first = second;
    if (schema && sqlite3_stricmp(schema, "temp") == 0 && !is_temp_schema(first))
        return refuse_access(guard, "make or use anything TEMP", "");
    if (schema && sqlite3_stricmp(schema, "main") != 0 && !is_temp_schema(first))
        return refuse_access(guard, "use another database:", schema);
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
    case SQLITE_ANALYZE: /* of all tables, migc's too */
    case SQLITE_REINDEX:
        return SQLITE_OK;
    case SQLITE_READ:
        return refuse_unless(!is_remembered(guard->refused_tables, first), guard, "use the table",
                             first);
    case SQLITE_FUNCTION:
        return refuse_unless(is_allowed_function(allowed_functions, second) ||
                                 is_remembered(guard->innocuous, second),
                             guard, "call", second);
    case SQLITE_PRAGMA:
        return refuse_unless(is_allowed_function(allowed_pragmas, first) ||
                                 (!*second && is_allowed_function(allowed_to_read, first)),
                             guard, "use PRAGMA", first);
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_VTABLE:
        if (!is_allowed_function(allowed_modules, second))
            return refuse_access(guard, "use the module", second);
        return authorize_object(guard, first, "");
    case SQLITE_ALTER_TABLE:
    case SQLITE_CREATE_TABLE:
        return authorize_new(guard, first, "");
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_TRIGGER:
        return authorize_new(guard, first, second);
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE: /* `second` is a column, or nothing */
        return authorize_object(guard, first, "");
    case SQLITE_CREATE_INDEX:
    case SQLITE_DROP_INDEX:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TRIGGER:
    case SQLITE_DROP_VIEW:
        return authorize_object(guard, first, second);
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return refuse_access(guard, action == SQLITE_ATTACH ? "ATTACH" : "DETACH", "a database");
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return refuse_access(guard, "begin or end a transaction", "");
    default:
        return refuse_access(guard, "do what is not known to be harmless", "");
    }
}

/* `source` is the innermost trigger or view that does it. */
static int authorize_access(void *user, int action, const char *first, const char *second,
                            const char *schema, const char *source) {
    migci_guard *guard = user;
    if (guard->mode == MIGCI_GUARD_OTHERS && !(source && is_remembered(guard->made, source)))
        return SQLITE_OK;
    if (guard->mode == MIGCI_GUARD_CHECK && source)
        return SQLITE_OK;
    return authorize_script(guard, action, first ? first : "", second ? second : "", schema);
}

/* --------------------------------------------------- checking what was made */

static int add_to_digest(void *argument, const migci_value *cells) {
    uint64_t *digest = argument;
    bool reaches =
        cells[0].text && cells[3].text && migci_reaches_history(cells[0].text, cells[3].text);
    if (!is_of_migc(cells[1].text) && !is_of_migc(cells[2].text) && cells[4].number == 0 &&
        !reaches)
        return 0;
    for (int i = 0; i < 4; i++)
        for (const char *text = cells[i].text ? cells[i].text : ""; *text; text++)
            *digest = (*digest ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return 0;
}

/* Of all that has to do with migc's tables, and of all that is TEMP. */
static migci_outcome read_digest(migci_guard *guard, uint64_t *digest) {
    *digest = UINT64_C(0xcbf29ce484222325);
    return guard->inner->query(&guard->session->driver,
                               "SELECT type, name, tbl_name, sql, 0 FROM main.sqlite_schema"
                               " UNION ALL SELECT type, name, tbl_name, sql, 1"
                               " FROM temp.sqlite_schema ORDER BY 1, 2, 3, 4, 5",
                               NULL, 0, add_to_digest, digest);
}

static int compile_default(void *argument, const migci_value *cells) {
    migci_guard *guard = argument;
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf("SELECT (%s)", cells[0].text);
    if (sql)
        sqlite3_prepare_v2(guard->session->driver.db, sql, -1, &statement, NULL);
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return 0;
}

/* The authorizer does not see functions in a DEFAULT, neither when it is made nor when it is
 * used: so each is compiled as a statement. */
static migci_outcome check_defaults(migci_guard *guard, const char *table) {
    const migci_value name = MIGCI_TEXT(table);
    return guard->inner->query(&guard->session->driver,
                               "SELECT dflt_value FROM pragma_table_xinfo(?, 'main')"
                               " WHERE dflt_value IS NOT NULL",
                               &name, 1, compile_default, guard);
}

/* One statement of a script, and the check of what it made. */
static migci_outcome query_script(migci_guard *guard, const char *sql, const migci_value *values,
                                  int count, migci_row_function *row, void *argument) {
    const migci_name *made_before = guard->made;
    uint64_t before, after;
    migci_outcome outcome = read_digest(guard, &before);
    guard->mode = MIGCI_GUARD_SCRIPT;
    if (outcome == MIGCI_DONE)
        outcome = guard->inner->query(&guard->session->driver, sql, values, count, row, argument);
    guard->mode = MIGCI_GUARD_CHECK;
    for (const migci_name *name = guard->made; name != made_before && outcome == MIGCI_DONE;
         name = name->next)
        outcome = check_defaults(guard, name->text);
    if (outcome == MIGCI_DONE)
        outcome = read_digest(guard, &after);
    if (outcome == MIGCI_DONE && before != after)
        refuse_access(guard,
                      "put anything in the place of migc's tables, onto them, or where it would "
                      "write to them",
                      "");
    guard->mode = MIGCI_GUARD_OTHERS;
    return outcome == MIGCI_DONE && *guard->refusal ? MIGCI_REFUSED : outcome;
}

/* -------------------------------------------------------------- the driver */

static bool is_in_list(const migci_unknown_migration *list, const char *sql) {
    for (const migci_unknown_migration *f = list; f; f = f->next)
        for (unsigned i = 0; i < f->migration.down_count; i++)
            if (f->migration.steps[i].text == sql)
                return true;
    return false;
}

static migci_outcome query_guarded(migci_driver *driver, const char *sql, const migci_value *values,
                                   int count, migci_row_function *row, void *argument) {
    migci_guard *guard = driver->guard;
    migci_failure *failure = &driver->failure;
    assert(guard && guard->mode == MIGCI_GUARD_OTHERS);
    bool script =
        is_in_list(guard->stored->unknown, sql) || is_in_list(guard->stored->repeatables, sql);
    migci_outcome outcome = script ? query_script(guard, sql, values, count, row, argument)
                                   : guard->inner->query(driver, sql, values, count, row, argument);
    if (outcome != MIGCI_REFUSED)
        return outcome;
    guard->wants_no_transaction |= script && strstr(failure->reason, "within a transaction");
    if (*guard->refusal) {
        failure->code = MIGC_STEP_FAILED;
        snprintf(failure->reason, sizeof(failure->reason), "being a stored DOWN, it must not %s",
                 guard->refusal);
    }
    return outcome;
}

/* ------------------------------------------------------- entering, leaving */

/* After "CREATE VIRTUAL TABLE " stand the name, as it was written, and USING MODULE.  What does
 * not read like that was not made by CREATE VIRTUAL TABLE as people write it: "". */
static void read_module_name(const char *sql, char module[64]) {
    static const char quotes[] = "\"'`[";
    const size_t before = strlen("CREATE VIRTUAL TABLE ");
    const char *name = sql + (strlen(sql) > before ? before : strlen(sql));
    const char *quote = *name ? strchr(quotes, *name) : NULL;
    size_t length = quote ? 1 + strcspn(name + 1, *quote == '[' ? "]" : (char[]){*quote, '\0'}) + 1
                          : strcspn(name, " \t\r\n");
    *module = '\0';
    if (length >= strlen(name))
        return;
    name += length + strspn(name + length, " \t\r\n");
    if (sqlite3_strnicmp(name, "using", 5) != 0)
        return;
    name += 5 + strspn(name + 5, " \t\r\n");
    snprintf(module, 64, "%.*s", (int)strcspn(name, "( \t\r\n"), name);
}

static int remember_refused(migci_guard *guard, const char *name) {
    if (remember_name(guard, &guard->refused_tables, name))
        return 0;
    migci_fail(guard->session, MIGC_NO_MEMORY, "out of memory, while reading the schema");
    return 1;
}

/* Cells: name, sql.  One of another module, or whose DEFAULT calls what a script may not. */
static int take_table(void *argument, const migci_value *cells) {
    migci_guard *guard = argument;
    char module[64];
    const char *sql = cells[1].text ? cells[1].text : "";
    if (sqlite3_strnicmp(sql, "CREATE VIRTUAL TABLE ", 21) == 0) {
        read_module_name(sql, module);
        return is_allowed_function(allowed_modules, module)
                   ? 0
                   : remember_refused(guard, cells[0].text);
    }
    guard->mode = MIGCI_GUARD_CHECK;
    check_defaults(guard, cells[0].text);
    guard->mode = MIGCI_GUARD_OTHERS;
    bool allowed = !*guard->refusal;
    guard->refusal[0] = '\0';
    return allowed ? 0 : remember_refused(guard, cells[0].text);
}

/* A module can be a table of its own name. */
static int take_module(void *argument, const migci_value *cells) {
    const char *name = cells[0].text ? cells[0].text : "";
    return sqlite3_strnicmp(name, "pragma_", 7) == 0 ||
                   is_allowed_function(allowed_modules, name) ||
                   is_allowed_function(allowed_table_functions, name)
               ? 0
               : remember_refused(argument, name);
}

static int take_innocuous(void *argument, const migci_value *cells) {
    migci_guard *guard = argument;
    return cells[0].text && remember_name(guard, &guard->innocuous, cells[0].text) ? 0 : 1;
}

migc_code migci_guard_enter(migci_guard *guard, migci_session *session,
                            const migci_stored *stored) {
    assert(session->driver.db && !session->driver.guard);
    memset(guard, 0, sizeof(*guard));
    guard->session = session;
    guard->stored = stored;
    session->guarded = true;
    guard->inner = session->driver.methods;
    sqlite3_set_authorizer(session->driver.db, authorize_access, guard);
    if (migci_ask(session, take_table, guard,
                  "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table'",
                  "") != MIGCI_DONE ||
        migci_ask(session, take_module, guard, "SELECT name FROM pragma_module_list", "") !=
            MIGCI_DONE ||
        migci_ask(session, take_innocuous, guard,
                  "SELECT name FROM pragma_function_list WHERE builtin = 0 GROUP BY name"
                  " HAVING min(flags & ?) > 0 AND max(flags & ?) = 0",
                  "ii", (int64_t)SQLITE_INNOCUOUS, (int64_t)SQLITE_DIRECTONLY) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the schema");
    if (session->error->code != MIGC_OK)
        return session->error->code;
    guard->methods = *guard->inner;
    guard->methods.query = query_guarded;
    session->driver.methods = &guard->methods;
    session->driver.guard = guard;
    return MIGC_OK;
}

void migci_guard_leave(migci_guard *guard) {
    if (guard->inner)
        guard->session->driver.methods = guard->inner;
    guard->session->driver.guard = NULL;
    sqlite3_set_authorizer(guard->session->driver.db, NULL, NULL);
    migci_free_all(&guard->memory);
}
