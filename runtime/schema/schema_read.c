/*
 * schema_read.c - reads the schema of a database as a sorted list of objects.
 *
 * Lists the objects and decides which of them count. schema_table.c and schema_keys.c read the
 * parts of a table.
 */
#include "schema.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ entries of the schema */

static bool is_own_object(const char *name) {
    return sqlite3_strnicmp(name, "sqlite_", 7) == 0 ||
           sqlite3_stricmp(name, "migc_migrations") == 0 ||
           sqlite3_stricmp(name, "migc_events") == 0;
}

void migci_read_entry(migci_reader *reader, sqlite3_stmt *row, migci_entry **entries) {
    migci_entry *added = migci_reader_take(reader, sizeof(*added));
    if (!added)
        return;
    const char *type = (const char *)sqlite3_column_text(row, 0);
    added->type = !type ? '?' : type[0] == 't' && type[1] == 'r' ? 'r' : type[0];
    added->name = migci_reader_column(reader, row, 1);
    added->table = migci_reader_column(reader, row, 2);
    added->sql = migci_reader_column(reader, row, 3);
    if (is_own_object(added->name) || is_own_object(added->table))
        return;
    added->next = *entries;
    *entries = added;
}

/* ------------------------------------------------------------------------- tables */

static const migci_table *table_named(migci_reader *reader, const char *name) {
    return migci_schema_table(reader->schema, migci_reader_lower(reader, name));
}

static migci_table *new_table(migci_reader *reader, const migci_entry *entry) {
    migci_table *table = migci_reader_take(reader, sizeof(*table));
    if (!table)
        return NULL;
    table->name = entry->name;
    table->key = migci_reader_lower(reader, entry->name);
    table->sql = entry->sql;
    migci_text text = migci_text_of(entry->sql);
    migci_token_next(&text);
    table->is_virtual = migci_token_is(migci_token_next(&text), "virtual");
    if (!table->is_virtual && !migci_clauses_read(table->sql, reader->memory, &table->clauses))
        reader->code = SQLITE_NOMEM;
    return table;
}

/* Tables in which a virtual table keeps its data are not objects of their own. */
static void drop_shadows(migci_reader *reader) {
    migci_schema *schema = reader->schema;
    sqlite3_stmt *statement = NULL;
    size_t kept = 0;
    if (reader->code == SQLITE_OK)
        reader->code = sqlite3_prepare_v2(reader->db,
                                          "SELECT lower(name) FROM pragma_table_list"
                                          " WHERE schema = 'main' AND type = 'shadow'",
                                          -1, &statement, NULL);
    while (migci_reader_step(reader, statement)) {
        const char *key = (const char *)sqlite3_column_text(statement, 0);
        migci_table *shadow = key ? (migci_table *)migci_schema_table(schema, key) : NULL;
        if (shadow)
            shadow->sql = NULL;
    }
    sqlite3_finalize(statement);
    for (size_t i = 0; i < schema->table_count; i++) {
        if (schema->tables[i]->sql)
            schema->tables[kept++] = schema->tables[i];
    }
    schema->table_count = kept;
}

void migci_list_tables(migci_reader *reader, const migci_entry *entries) {
    migci_schema *schema = reader->schema;
    size_t count = 0;
    bool any_virtual = false;
    for (const migci_entry *entry = entries; entry; entry = entry->next)
        count += entry->type == 't';
    migci_table **tables =
        migci_reader_take(reader, (schema->table_count + count + 1) * sizeof(migci_table *));
    if (tables && schema->table_count)
        memcpy(tables, schema->tables, schema->table_count * sizeof(migci_table *));
    schema->tables = tables;
    for (const migci_entry *entry = entries; entry && reader->code == SQLITE_OK;
         entry = entry->next) {
        migci_table *table = entry->type == 't' ? new_table(reader, entry) : NULL;
        if (!table)
            continue;
        assert(schema->tables != NULL);
        schema->tables[schema->table_count++] = table;
        any_virtual |= table->is_virtual;
    }
    if (reader->code != SQLITE_OK)
        return;
    assert(schema->tables != NULL);
    qsort(schema->tables, schema->table_count, sizeof(migci_table *), migci_table_order);
    if (any_virtual)
        drop_shadows(reader);
}

/* ---------------------------------------------------------------------- the rest */

static void read_object_body(migci_reader *reader, migci_object_type type,
                             const migci_entry *entry) {
    migci_table stand_in = {.name = entry->name, .key = migci_reader_lower(reader, entry->name)};
    migci_object *object = migci_reader_add(reader, type, &stand_in);
    if (!object)
        return;
    object->key = stand_in.key;
    object->table = entry->table;
    object->home = migci_reader_lower(reader, entry->table);
    object->traits[MIGCI_BODY] = migci_reader_keep(
        reader, type == MIGCI_VIEW ? migci_canonical_view(reader->memory, entry->sql)
                                   : migci_canonical_trigger(reader->memory, entry->sql));
}

/* A shadow table does not count. */
static void read_table_of(migci_reader *reader, const migci_entry *entry,
                          void (*read)(migci_reader *reader, migci_table *table)) {
    migci_table *table = (migci_table *)table_named(reader, entry->name);
    if (table && reader->code == SQLITE_OK)
        read(reader, table);
}

static void read_keys_of(migci_reader *reader, migci_table *table) {
    migci_read_foreign_keys(reader, table);
}

/* Two passes over the tables: a foreign key may need another table's primary key. */
void migci_read_entries(migci_reader *reader, migci_entry *entries) {
    for (const migci_entry *entry = entries; entry; entry = entry->next)
        if (entry->type == 't')
            read_table_of(reader, entry, migci_read_table);
    for (const migci_entry *entry = entries; entry; entry = entry->next)
        if (entry->type == 't')
            read_table_of(reader, entry, read_keys_of);
    for (; entries && reader->code == SQLITE_OK; entries = entries->next) {
        switch (entries->type) {
        case 'i':
            migci_read_index(reader, table_named(reader, entries->table), entries->name,
                             entries->sql);
            break;
        case 'v':
            read_object_body(reader, MIGCI_VIEW, entries);
            break;
        case 'r':
            read_object_body(reader, MIGCI_TRIGGER, entries);
            break;
        default:
            break;
        }
    }
}

void migci_sort_objects(migci_reader *reader) {
    migci_schema *schema = reader->schema;
    size_t size = reader->object_count * sizeof(migci_object *), kept = 0;
    migci_object **objects = migci_reader_take(reader, size + 1);
    if (!objects)
        return;
    for (migci_object *object = reader->objects; object; object = object->next)
        objects[schema->count++] = object;
    qsort(objects, schema->count, sizeof(migci_object *), migci_object_order_whole);
    for (size_t i = 0; i < schema->count; i++) {
        if (kept == 0 || migci_object_order_whole(&objects[kept - 1], &objects[i]) != 0)
            objects[kept++] = objects[i];
    }
    schema->objects = objects;
    schema->count = kept;
}

int migci_schema_read(sqlite3 *db, migci_memory *memory, migci_schema *schema) {
    migci_reader reader = {.db = db, .memory = memory, .schema = schema};
    *schema = (migci_schema){0};
    migci_entry *entries = NULL;
    sqlite3_stmt *statement = NULL;
    reader.code = sqlite3_prepare_v2(reader.db,
                                     "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
                                     " WHERE sql IS NOT NULL",
                                     -1, &statement, NULL);
    while (migci_reader_step(&reader, statement))
        migci_read_entry(&reader, statement, &entries);
    sqlite3_finalize(statement);
    migci_list_tables(&reader, entries);
    migci_read_entries(&reader, entries);
    migci_sort_objects(&reader);
    migci_reader_finish(&reader);
    if (reader.code != SQLITE_OK)
        *schema = (migci_schema){0};
    return reader.code;
}
