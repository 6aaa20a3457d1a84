/*
 * schema_table.c - reads one table: its columns, CHECKs and options.  What SQLite does not
 * report is read from the stored text.
 */
#include "schema.h"

static const char *read_collation(migci_reader *reader, const migci_table *table,
                                  const char *column) {
    const char *collation = NULL;
    if (reader->code == SQLITE_OK)
        reader->code = sqlite3_table_column_metadata(reader->db, "main", table->name, column, NULL,
                                                     &collation, NULL, NULL, NULL);
    if (!collation || sqlite3_stricmp(collation, "BINARY") == 0)
        return NULL;
    return migci_reader_print(reader, "COLLATE %s", migci_reader_upper(reader, collation));
}

static void read_column(migci_reader *reader, migci_table *table, sqlite3_stmt *row) {
    migci_object *column = migci_reader_add(reader, MIGCI_COLUMN, table);
    const migci_clause *clause =
        migci_clause_find(table->clauses, MIGCI_CLAUSE_NOT_NULL, (int)table->column_count);
    if (!column)
        return;
    column->name = migci_reader_column(reader, row, 0);
    column->key = migci_reader_lower(reader, column->name);
    const char *type = (const char *)sqlite3_column_text(row, 1);
    if (type && *type) {
        char *text = migci_canonical(reader->memory, migci_text_of(type),
                                     (migci_scope){.quotes = MIGCI_QUOTES_NAME});
        column->traits[MIGCI_TYPE] =
            migci_reader_print(reader, "type %s", text ? migci_upper(text) : "");
    }
    if (sqlite3_column_int(row, 2))
        column->traits[MIGCI_NOT_NULL] =
            migci_reader_print(reader, "NOT NULL%s", migci_reader_conflict(reader, clause));
    const char *value = (const char *)sqlite3_column_text(row, 3);
    if (value) {
        value = migci_reader_keep(reader, migci_canonical_default(reader->memory, value));
        column->traits[MIGCI_DEFAULT] =
            *value ? migci_reader_print(reader, "DEFAULT %s", value) : NULL;
    }
    column->primary = sqlite3_column_int(row, 4);
    /* The kinds of pragma_table_xinfo; the expression is put in front later. */
    int hidden = sqlite3_column_int(row, 5);
    column->traits[MIGCI_GENERATED] = hidden == 2 ? "VIRTUAL" : hidden == 3 ? "STORED" : NULL;
    table->column_count++;
    table->primary_count += column->primary > 0;
    column->traits[MIGCI_COLLATE] = read_collation(reader, table, column->name);
}

/* The columns are the newest objects, the last one first. */
static void list_columns(migci_reader *reader, migci_table *table) {
    table->columns = migci_reader_take(reader, (table->column_count + 1) * sizeof(migci_object *));
    table->primary =
        migci_reader_take(reader, (table->primary_count + 1) * sizeof(*table->primary));
    if (reader->code != SQLITE_OK)
        return;
    migci_object *column = reader->objects;
    for (size_t i = table->column_count; i > 0; i--, column = column->next) {
        table->columns[i - 1] = column;
        if (column->primary > 0 && (size_t)column->primary <= table->primary_count)
            table->primary[column->primary - 1] = column->key;
    }
}

static const char *read_expression(migci_reader *reader, const migci_table *table,
                                   const migci_clause *clause) {
    migci_scope scope = {MIGCI_QUOTES_COLUMN, table};
    return migci_reader_keep(reader,
                             migci_canonical(reader->memory, migci_text_bare(clause->text), scope));
}

static void read_clause(migci_reader *reader, const migci_table *table, migci_object *object,
                        const migci_clause *clause) {
    migci_object *part;
    switch (clause->kind) {
    case MIGCI_CLAUSE_CHECK:
        part = migci_reader_add(reader, MIGCI_CHECK, table);
        if (!part)
            break;
        part->key = read_expression(reader, table, clause);
        part->name = migci_reader_print(reader, "(%s)", part->key);
        break;
    case MIGCI_CLAUSE_GENERATED:
        if (clause->column < 0 || (size_t)clause->column >= table->column_count)
            break;
        part = table->columns[clause->column];
        part->traits[MIGCI_GENERATED] = migci_reader_print(reader, "GENERATED AS (%s) %s",
                                                           read_expression(reader, table, clause),
                                                           part->traits[MIGCI_GENERATED]);
        break;
    case MIGCI_CLAUSE_WITHOUT_ROWID:
        object->traits[MIGCI_WITHOUT_ROWID] = "WITHOUT ROWID";
        break;
    case MIGCI_CLAUSE_STRICT:
        object->traits[MIGCI_STRICT] = "STRICT";
        break;
    default: /* read with the column or the key that it belongs to */
        break;
    }
}

void migci_read_table(migci_reader *reader, migci_table *table) {
    migci_object *object = migci_reader_add(reader, MIGCI_TABLE, table);
    if (!object)
        return;
    object->details = table;
    if (table->is_virtual) { /* its columns are up to its module */
        const char *module =
            migci_reader_keep(reader, migci_canonical_module(reader->memory, table->sql));
        object->traits[MIGCI_MODULE] = migci_reader_print(reader, "USING %s", module);
        return;
    }
    sqlite3_stmt *rows = migci_reader_ask(reader, MIGCI_QUERY_COLUMNS, table->name);
    while (migci_reader_step(reader, rows))
        read_column(reader, table, rows);
    list_columns(reader, table);
    if (reader->code != SQLITE_OK)
        return;
    for (const migci_clause *clause = table->clauses; clause; clause = clause->next)
        read_clause(reader, table, object, clause);
    int autoincrement = 0;
    if (table->primary_count == 1 && reader->code == SQLITE_OK)
        reader->code =
            sqlite3_table_column_metadata(reader->db, "main", table->name, table->primary[0], NULL,
                                          NULL, NULL, NULL, &autoincrement);
    object->traits[MIGCI_AUTOINCREMENT] = autoincrement ? "AUTOINCREMENT" : NULL;
    migci_read_constraints(reader, table, object);
}
