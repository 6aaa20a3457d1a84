/*
 * warn_type.c - type names that mean something else to SQLite than to their author.  SQLite takes
 * any words for a type, misspelled constraints too, and finds the affinity by pieces like "INT" and
 * "CHAR" in them.
 */
#include "lint.h"

#include <string.h>

/* Types that people write, some from other systems, and that SQLite stores as they expect. */
static const char *const known[] = {
    "ANY",        "ARRAY",       "BIG",       "BIGINT",   "BIGSERIAL", "BINARY",      "BIT",
    "BLOB",       "BOOL",        "BOOLEAN",   "BYTEA",    "CHAR",      "CHARACTER",   "CIDR",
    "CITEXT",     "CLOB",        "CURRENCY",  "DATE",     "DATETIME",  "DATETIME2",   "DEC",
    "DECIMAL",    "DOUBLE",      "ENUM",      "FLOAT",    "FLOAT4",    "FLOAT8",      "GENERATED",
    "GEOMETRY",   "GUID",        "INET",      "INT",      "INT16",     "INT2",        "INT32",
    "INT4",       "INT64",       "INT8",      "INTEGER",  "INTERVAL",  "JSON",        "JSONB",
    "LOCAL",      "LONG",        "LONGBLOB",  "LONGTEXT", "MACADDR",   "MEDIUMBLOB",  "MEDIUMINT",
    "MEDIUMTEXT", "MONEY",       "NATIVE",    "NCHAR",    "NCLOB",     "NUMBER",      "NUMERIC",
    "NVARCHAR",   "NVARCHAR2",   "PRECISION", "REAL",     "SERIAL",    "SET",         "SIGNED",
    "SMALLINT",   "SMALLSERIAL", "TEXT",      "TIME",     "TIMESTAMP", "TIMESTAMPTZ", "TIMETZ",
    "TINYBLOB",   "TINYINT",     "TINYTEXT",  "UINT",     "UINT16",    "UINT32",      "UINT64",
    "UINT8",      "ULID",        "UNSIGNED",  "UUID",     "VARBINARY", "VARCHAR",     "VARCHAR2",
    "VARYING",    "WITH",        "WITHOUT",   "XML",      "YEAR",      "ZONE",
};

/* What a misspelled word may have been. */
static const char *const meant[] = {
    "INTEGER", "BIGINT", "SMALLINT", "TEXT",    "VARCHAR", "CHARACTER", "BLOB",      "REAL",
    "DOUBLE",  "FLOAT",  "NUMERIC",  "DECIMAL", "BOOLEAN", "DATETIME",  "TIMESTAMP",
};

/* Constraints that, misspelled, SQLite takes for a part of the type. */
static const char *const clauses[] = {
    "UNIQUE", "PRIMARY", "REFERENCES", "DEFAULT", "COLLATE", "AUTOINCREMENT", "CONSTRAINT", "CHECK",
};

static const struct {
    const char *word, *why;
} traps[] = {
    {"STRING", "stores '007' as the number 7: it is NUMERIC to SQLite; write TEXT"},
    {"STR", "stores '007' as the number 7: it is NUMERIC to SQLite; write TEXT"},
    {"POINT", "is INTEGER to SQLite, because of the letters INT in POINT; write REAL"},
    {"KEY", "is taken for a type: a word before KEY is misspelled"},
};

/* Short words have too many neighbours to allow two mistakes. */
static const char *find_near(const char *word, size_t size, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]);
        size_t allowed = length > 6 ? 2 : 1;
        if (size >= 3 && edit_distance(word, size, list[i], length) <= allowed)
            return list[i];
    }
    return NULL;
}

/* A sentence about the word, or NULL. */
static const char *type_word_problem(const char *word, size_t size, struct arena *arena) {
    const char *near;
    for (size_t i = 0; i < COUNT_OF(traps); i++)
        if (same_word(word, size, traps[i].word))
            return traps[i].why;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (same_word(word, size, known[i]))
            return NULL;
    if ((near = find_near(word, size, clauses, COUNT_OF(clauses))))
        return arena_format(arena, "is taken for a type, and constrains nothing; did you mean %s?",
                            near);
    if ((near = find_near(word, size, meant, COUNT_OF(meant))))
        return arena_format(arena, "is not a type that SQLite knows; did you mean %s?", near);
    return NULL;
}

void warn_of_type(struct lint *lint, const migci_schema *schema, const migci_object *column) {
    const migci_object *table = find_table_object(schema, column->home);
    const char *type = column->traits[MIGCI_TYPE];
    if (!type || !table || table->traits[MIGCI_STRICT])
        return;
    for (type += strlen("type "); *type && *type != '(';) {
        size_t size = strcspn(type, " (,)\"");
        const char *problem = type_word_problem(type, size, lint->arena);
        if (!problem) {
            type += size + (type[size] != '\0' && type[size] != '(');
            continue;
        }
        struct column_origin origin =
            find_column_maker(whole_span(lint), column->home, column->key);
        const char *word = arena_copy(lint->arena, type, size);
        if (!origin.statement)
            return;
        struct location location = location_of_column(origin.statement, origin.column);
        struct cursor cursor = cursor_at(origin.statement->step,
                                         location.source->text + location.offset + location.size);
        while (cursor.token != TOKEN_END && !cursor_is(&cursor, ",") &&
               !(cursor.size == size && same_word(cursor.text, size, word)))
            cursor_next(&cursor);
        if (cursor.token != TOKEN_END && !cursor_is(&cursor, ","))
            location = cursor_location(&cursor, origin.statement->migration);
        report_warning(lint->diagnostics, WARNING_TYPE_NAME, location, "%s.%s: %s %s",
                       name_then(lint, origin.table, column->table),
                       name_then(lint, origin.column, column->name), word, problem);
        return;
    }
}
