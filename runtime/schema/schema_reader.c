/*
 * schema_reader.c - the means for reading a schema: queries that are prepared once, objects,
 * texts, and the first failure, after which nothing more happens.
 *
 * Knows SQLite's calls.  What is asked, and what is made of the answers, is up to schema_read.c,
 * schema_table.c and schema_keys.c.
 */
#include "schema.h"

#include <stdarg.h>
#include <string.h>

static const char *const queries[MIGCI_QUERIES] = {
    [MIGCI_QUERY_COLUMNS] = "SELECT name, type, \"notnull\", dflt_value, pk, hidden"
                            " FROM pragma_table_xinfo(?1, 'main')",
    [MIGCI_QUERY_CONSTRAINTS] =
        "SELECT l.name, l.origin FROM pragma_index_list(?1, 'main') AS l WHERE l.origin <> 'c'",
    [MIGCI_QUERY_INDEX] = "SELECT name, cid, \"desc\", coll"
                          " FROM pragma_index_xinfo(?1, 'main') WHERE key",
    [MIGCI_QUERY_KEYS] = "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete"
                         " FROM pragma_foreign_key_list(?1, 'main')",
};

sqlite3_stmt *migci_reader_ask(migci_reader *reader, migci_query query, const char *name) {
    sqlite3_stmt **statement = &reader->queries[query];
    if (reader->code == SQLITE_OK && !*statement)
        reader->code = sqlite3_prepare_v3(reader->db, queries[query], -1, 0, statement, NULL);
    if (reader->code == SQLITE_OK)
        reader->code = sqlite3_bind_text(*statement, 1, name, -1, SQLITE_STATIC);
    return reader->code == SQLITE_OK ? *statement : NULL;
}

bool migci_reader_step(migci_reader *reader, sqlite3_stmt *statement) {
    int code = statement && reader->code == SQLITE_OK ? sqlite3_step(statement) : SQLITE_DONE;
    if (code == SQLITE_ROW)
        return true;
    code = sqlite3_reset(statement);
    if (reader->code == SQLITE_OK)
        reader->code = code;
    return false;
}

const char *migci_reader_keep(migci_reader *reader, char *text) {
    if (!text)
        reader->code = SQLITE_NOMEM;
    return text ? text : "";
}

static char *copy_or_null(migci_reader *reader, const char *text) {
    return text ? migci_copy(reader->memory, text) : NULL;
}

const char *migci_reader_conflict(migci_reader *reader, const migci_clause *clause) {
    if (!clause)
        return "";
    char *text =
        migci_canonical(reader->memory, clause->text, (migci_scope){MIGCI_QUOTES_NAME, NULL});
    const char *name = migci_reader_keep(reader, text ? migci_upper(text) : NULL);
    if (!*name || strcmp(name, "ABORT") == 0)
        return "";
    return migci_reader_print(reader, " ON CONFLICT %s", name);
}

void migci_reader_finish(migci_reader *reader) {
    for (size_t i = 0; i < MIGCI_QUERIES; i++)
        sqlite3_finalize(reader->queries[i]);
}

const char *migci_reader_lower(migci_reader *reader, const char *text) {
    char *copy = copy_or_null(reader, text);
    return migci_reader_keep(reader, copy ? migci_lower(copy) : NULL);
}

const char *migci_reader_upper(migci_reader *reader, const char *text) {
    char *copy = copy_or_null(reader, text);
    return migci_reader_keep(reader, copy ? migci_upper(copy) : NULL);
}

const char *migci_reader_print(migci_reader *reader, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    const char *kept = migci_reader_keep(reader, copy_or_null(reader, text));
    sqlite3_free(text);
    return kept;
}

const char *migci_reader_column(migci_reader *reader, sqlite3_stmt *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return migci_reader_keep(reader, copy_or_null(reader, text));
}

void *migci_reader_take(migci_reader *reader, size_t size) {
    void *taken = reader->code == SQLITE_OK ? migci_allocate(reader->memory, size) : NULL;
    if (!taken && reader->code == SQLITE_OK)
        reader->code = SQLITE_NOMEM;
    return taken;
}

migci_object *migci_reader_add(migci_reader *reader, migci_object_type type,
                               const migci_table *table) {
    migci_object *object = migci_reader_take(reader, sizeof(*object));
    if (!object)
        return NULL;
    object->type = type;
    object->owner = type < MIGCI_INDEX ? table->key : "";
    object->home = table->key;
    object->key = "";
    object->name = object->table = table->name;
    object->next = reader->objects;
    reader->objects = object;
    reader->object_count++;
    return object;
}
