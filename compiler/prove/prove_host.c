/*
 * prove_host.c - adds what the host would provide to the databases of the proof:
 * extensions that are loaded, and stand-ins for functions, collations and
 * modules that are declared.  A stand-in has the name and computes nothing.  It
 * shows that a statement compiles and runs.
 */
#include "prove.h"

#include <string.h>

/* ------------------------------------------------------------------ stand-ins */

static void answer_stand_in(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    (void)values;
    sqlite3_result_null(context);
}

static int compare_bytes(void *unused, int a_size, const void *a, int b_size, const void *b) {
    int order = memcmp(a, b, (size_t)(a_size < b_size ? a_size : b_size));
    (void)unused;
    return order ? order : a_size - b_size;
}

/* A virtual table of a stand-in has the arguments without a '=' as columns, has no
 * rows, and ignores what is written to it. */
static int vtab_connect(sqlite3 *db, void *unused, int argc, const char *const *argv,
                        sqlite3_vtab **made, char **error) {
    struct buffer sql = {0};
    int columns = 0;
    (void)unused;
    (void)error;
    buffer_text(&sql, "CREATE TABLE x(");
    for (int i = 3; i < argc; i++)
        if (!strchr(argv[i], '='))
            buffer_format(&sql, "%s%s", columns++ ? ", " : "", argv[i]);
    buffer_text(&sql, columns ? ")" : "value)");
    buffer_add(&sql, "", 1);
    int code = sqlite3_declare_vtab(db, sql.bytes);
    buffer_free(&sql);
    *made = code == SQLITE_OK ? sqlite3_malloc(sizeof(**made)) : NULL;
    if (code != SQLITE_OK || !*made)
        return code != SQLITE_OK ? code : SQLITE_NOMEM;
    memset(*made, 0, sizeof(**made));
    return SQLITE_OK;
}

static int vtab_disconnect(sqlite3_vtab *table) {
    sqlite3_free(table);
    return SQLITE_OK;
}

static int vtab_best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
    (void)table;
    info->estimatedRows = 1;
    return SQLITE_OK;
}

static int vtab_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor) {
    (void)table;
    *cursor = sqlite3_malloc(sizeof(**cursor));
    if (!*cursor)
        return SQLITE_NOMEM;
    memset(*cursor, 0, sizeof(**cursor));
    return SQLITE_OK;
}

static int vtab_close(sqlite3_vtab_cursor *cursor) {
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int vtab_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int count,
                       sqlite3_value **values) {
    (void)cursor;
    (void)number;
    (void)text;
    (void)count;
    (void)values;
    return SQLITE_OK;
}

static int vtab_next(sqlite3_vtab_cursor *cursor) {
    (void)cursor;
    return SQLITE_OK;
}

static int vtab_eof(sqlite3_vtab_cursor *cursor) {
    (void)cursor;
    return 1;
}

static int vtab_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column) {
    (void)cursor;
    (void)column;
    sqlite3_result_null(context);
    return SQLITE_OK;
}

static int vtab_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid) {
    (void)cursor;
    *rowid = 0;
    return SQLITE_OK;
}

static int vtab_update(sqlite3_vtab *table, int count, sqlite3_value **values,
                       sqlite3_int64 *rowid) {
    (void)table;
    (void)count;
    (void)values;
    *rowid = 1;
    return SQLITE_OK;
}

static const sqlite3_module stand_in = {
    .xCreate = vtab_connect,
    .xConnect = vtab_connect,
    .xBestIndex = vtab_best_index,
    .xDisconnect = vtab_disconnect,
    .xDestroy = vtab_disconnect,
    .xOpen = vtab_open,
    .xClose = vtab_close,
    .xFilter = vtab_filter,
    .xNext = vtab_next,
    .xEof = vtab_eof,
    .xColumn = vtab_column,
    .xRowid = vtab_rowid,
    .xUpdate = vtab_update,
};

/* ----------------------------------------------------------------- provisions */

bool provide_all(sqlite3 *db, const struct conf *conf, struct diagnostics *diagnostics) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    for (size_t i = 0; conf && i < conf->provisions.count; i++) {
        const struct provision *provision = &conf->provisions.items[i];
        const char *name = provision->name;
        char *error = NULL;
        int code;
        switch (provision->kind) {
        case PROVISION_FUNCTION:
            code = sqlite3_create_function(db, name, provision->arguments, flags, NULL,
                                           answer_stand_in, NULL, NULL);
            break;
        case PROVISION_COLLATION:
            code = sqlite3_create_collation(db, name, SQLITE_UTF8, NULL, compare_bytes);
            break;
        case PROVISION_MODULE:
            code = sqlite3_create_module(db, name, &stand_in, NULL);
            break;
        default:
            sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
            code = sqlite3_load_extension(db, name, NULL, &error);
            sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
            break;
        }
        if (code != SQLITE_OK && provision->location.source)
            report_error(diagnostics, provision->location, "%s: %s", name,
                         error ? error : sqlite3_errmsg(db));
        else if (code != SQLITE_OK)
            report_failure(diagnostics, "%s: %s", name, error ? error : sqlite3_errmsg(db));
        sqlite3_free(error);
        if (code != SQLITE_OK)
            return false;
    }
    return true;
}
