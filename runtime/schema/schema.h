/*
 * schema.h - reads the schema of a database by its meaning, compares it with another, describes
 * the differences in words; and compares rows by what they hold.
 *
 * migc_up() uses nothing of this: only programs that prove or look for drift link it.  Functions
 * return SQLite's result code; sqlite3_errmsg(db) has the message.  Call them inside a
 * transaction if others may write.
 *
 * The files, from the lowest: schema_text.c takes stored SQL apart; schema_parens.c and schema_canon.c
 * write in one way what means the same; schema_clauses.c, schema_table.c, schema_keys.c and
 * schema_read.c read a schema with the means of schema_reader.c; schema_again.c reads it again;
 * schema_order.c, schema_compare.c and schema_words.c compare and describe. rows.c compares
 * rows, and objects.c checks what can be used.
 */
#ifndef MIGC_SCHEMA_H
#define MIGC_SCHEMA_H

#include "base/core.h"

/* ------------------------------------------------------------ the model */

/* In the order in which they are reported; the parts of a table come next to it. */
typedef enum migci_object_type {
    MIGCI_TABLE,
    MIGCI_COLUMN,
    MIGCI_UNIQUE,
    MIGCI_CHECK,
    MIGCI_FOREIGN_KEY,
    MIGCI_INDEX,
    MIGCI_VIEW,
    MIGCI_TRIGGER
} migci_object_type;

/* The traits of an object, in words that can be shown, and that are equal exactly when the
 * meaning is the same.  Each type has its own meaning for the five traits. */
enum { MIGCI_TRAITS = 5 };
enum { MIGCI_PRIMARY_KEY, MIGCI_AUTOINCREMENT, MIGCI_WITHOUT_ROWID, MIGCI_STRICT, MIGCI_MODULE };
enum { MIGCI_TYPE, MIGCI_NOT_NULL, MIGCI_DEFAULT, MIGCI_COLLATE, MIGCI_GENERATED };
enum { MIGCI_CONFLICT };
enum { MIGCI_ON_DELETE, MIGCI_ON_UPDATE, MIGCI_DEFERRED };
enum { MIGCI_INDEX_UNIQUE, MIGCI_INDEX_COLUMNS, MIGCI_INDEX_WHERE };
enum { MIGCI_BODY };

typedef struct migci_object {
    migci_object_type type;
    const char
        *owner; /* lower-case name of the table that it is a part of; "" for what stands alone */
    const char *home;  /* lower-case name of its table; not of a view */
    const char *key;   /* identifies the object on both sides; "" for a table */
    const char *name;  /* for people: "users", "age", "(qty > 0)", "users(org) → orgs" */
    const char *table; /* the name of its table, as written */
    const char *traits[MIGCI_TRAITS];  /* NULL: it lacks that trait */
    const struct migci_table *details; /* of a table */
    struct migci_object *next;         /* while reading */
    int primary; /* of a column: its place in the primary key, from 1; 0: none */
} migci_object;

typedef struct migci_table {
    const char *name, *key, *sql;
    migci_object **columns; /* as declared */
    size_t column_count;
    const char **primary; /* lower-case names of the primary key's columns, in its order */
    size_t primary_count;
    bool is_virtual;
    struct migci_clause *clauses; /* what only the stored text has, newest first */
} migci_table;

typedef struct migci_schema {
    migci_object **objects; /* sorted, without duplicates */
    size_t count;
    migci_table **tables; /* sorted by key */
    size_t table_count;
    struct migci_marks *marks; /* for reading it again; NULL after migci_schema_read() */
    const char **changed;      /* lower-case names of what was read again */
    size_t changed_count;
} migci_schema;

/* The lower-case name of the table that a foreign key refers to: *size bytes inside of key->key,
 * which is "a, b > parent(c, d)". */
const char *migci_key_parent(const migci_object *key, size_t *size);

/* Reads all of "main" except SQLite's own tables, migc's, and shadow tables. */
int migci_schema_read(sqlite3 *db, migci_memory *memory, migci_schema *schema);
/* The same, but takes from `old`, read from there before, what has not changed
 * (schema_again.c).  The lists are in `frame`; what they list is in `memory`, which the readings
 * share. `old` may be zeroed.  If one of both has virtual tables, everything is in `frame`. */
int migci_schema_read_again(sqlite3 *db, migci_memory *memory, migci_memory *frame,
                            const migci_schema *old, migci_schema *schema);
/* Whether `changed` has this name, which is in lower case. */
bool migci_schema_changed(const migci_schema *schema, const char *key);
/* Whether the stored texts of both are the same. */
bool migci_schema_same(const migci_schema *a, const migci_schema *b);

/* ----------------------------------------- comparing (schema_compare.c) */

typedef enum migci_difference_kind {
    MIGCI_MISSING, /* expected, not found */
    MIGCI_EXTRA,   /* found, not expected */
    MIGCI_CHANGED, /* on both sides, but different */
    MIGCI_ORDER,   /* the columns of a table stand in another order */
    MIGCI_BROKEN   /* found, but cannot be used: only migci_broken_objects() tells */
} migci_difference_kind;

/* Valid during the call only. */
typedef struct migci_difference {
    migci_difference_kind kind;
    migci_object_type type;
    const char *name; /* as in migci_object, from the side that has it */
    const char *table;
    const char *object; /* "index users_email" */
    const char *text;   /* "index users_email is missing", "users.phone has lost NOT NULL" */
} migci_difference;

typedef void migci_difference_function(const migci_difference *difference, void *argument);

/* Reports each difference once: of a table that is missing or extra, not also its parts, indexes
 * and triggers. */
void migci_schema_compare(const migci_schema *expected, const migci_schema *found,
                          migci_difference_function *report, void *argument);

/* How many differences migci_schema_compare() would report. */
size_t migci_schema_differences(const migci_schema *expected, const migci_schema *found);

/* Words for a difference, by who caused it: formats for the object, the object, the text. */
typedef struct migci_voice {
    const char *missing, *extra, *changed;
} migci_voice;

extern const migci_voice migci_voice_plain;    /* neutral; what `text` is in */
extern const migci_voice migci_voice_down;     /* DOWN did this */
extern const migci_voice migci_voice_again;    /* UP after DOWN did this */
extern const migci_voice migci_voice_database; /* a live database has this */

/* Returns `buffer`; what does not fit is cut, with an ellipsis. */
char *migci_difference_say(const migci_difference *difference, const migci_voice *voice,
                           char *buffer, size_t size);
/* In the form of the public header, with the words in `text`, which must live as long as
 * `handed`. */
void migci_difference_hand(const migci_difference *difference, const migci_voice *voice, char *text,
                           size_t size, migc_difference *handed);
/* "index users_email"; returns `buffer`. */
char *migci_say_object(const migci_object *object, char *buffer, size_t size);
/* "users.phone has lost NOT NULL": the trait is now `is`, which may be NULL. */
void migci_say_change(const migci_object *expected, int trait, const char *is, char *buffer,
                      size_t size);
/* snprintf with an ellipsis in place of what does not fit. */
char *migci_say(char *buffer, size_t size, const char *format, ...) MIGCI_PRINTF(3, 4);

/* -------------------------------------------------- rows (rows.c) */

/* A digest of all rows.  It does not depend on the order of rows or columns, or on rowids that
 * no column shows.  Values count by storage class and bytes, with the name of their column.
 * Generated and hidden columns are left out, since they are computed.  Comparable within one
 * build only. */
int migci_rows_digest(sqlite3 *db, const char *table, uint64_t digest[2], int64_t *count);

/* One hash a row, sorted. */
typedef struct migci_rows {
    uint64_t *hashes;
    size_t count;
} migci_rows;

int migci_rows_read(sqlite3 *db, const migci_table *table, migci_memory *memory, migci_rows *rows);
/* How many rows of `before` are not in `after`; equal rows are counted one by one. */
size_t migci_rows_lost(const migci_rows *before, const migci_rows *after);

/* ------------------------------------------ what can be used (objects.c) */

typedef enum migci_use {
    MIGCI_USE_SELECT,
    MIGCI_USE_INSERT,
    MIGCI_USE_UPDATE,
    MIGCI_USE_DELETE
} migci_use;

/* Compiles the statement on a table or view, with the triggers that it fires.  SQLITE_ERROR: it
 * fails, and sqlite3_errmsg(db) says why.  SQLITE_OK also if only the connection lacks
 * something, or if the view does not take the statement. */
int migci_compile_use(sqlite3 *db, const char *name, migci_use use);
/* The same for a full-text index, by its CREATE: SQLITE_CORRUPT if it does not fit its content,
 * SQLITE_OK also if it is none.  Runs an INSERT that changes nothing. */
int migci_check_index(sqlite3 *db, const char *name, const char *create);

/* Valid during the call only. */
typedef struct migci_broken {
    const char *type; /* "view", "trigger", "table", "full-text index", "R*Tree index" */
    const char *name; /* of the trigger's table */
    const char *why;
    const char *text; /* "the triggers of word: no such table: main.gone" */
} migci_broken;

typedef void migci_broken_function(const migci_broken *broken, void *argument);

/* Selects the rows of sqlite_schema of virtual tables that may have a check of their own. */
#define MIGCI_CHECKS_ITSELF                                                                        \
    "type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' AND"                                      \
    " (sql LIKE '%fts%' OR sql LIKE '%rtree%' OR sql LIKE '%geopoly%')"

/* Check views, and tables and views with triggers; AUTOINCREMENT; full text and R*Tree, inside a
 * transaction. */
int migci_broken_objects(sqlite3 *db, migci_broken_function *report, void *argument);
int migci_broken_counters(sqlite3 *db, migci_broken_function *report, void *argument);
int migci_broken_indexes(sqlite3 *db, migci_broken_function *report, void *argument);

/* ------------------------------- pieces of stored text (schema_text.c) */

/* Whether the text makes a full-text table with "content = ..."; *content is its value without
 * quotes, empty for a table without content. */
bool migci_content_of(const char *sql, migci_text *content);
/* After a "(" was taken: what stands inside, up to its ")", which is taken too. */
migci_text migci_text_group(migci_text *text);
/* The next piece between commas; false at the end. */
bool migci_text_item(migci_text *list, migci_text *item);
/* The text without parentheses around the whole. */
migci_text migci_text_bare(migci_text text);

/* ------------------------- parentheses that change nothing (schema_parens.c) */

typedef struct migci_paren {
    const char *start;
    bool redundant;
} migci_paren;

typedef struct migci_parens {
    migci_paren *items; /* all of a text, opening and closing, in order */
    size_t count;
} migci_parens;

/* False when memory is out. */
bool migci_parens_find(migci_memory *memory, migci_text text, migci_parens *parens);

/* --------------------------- the same meaning, the same text (schema_canon.c) */

/* What a name in quotes is. */
typedef enum migci_quotes {
    MIGCI_QUOTES_NAME,    /* a name, as in a view */
    MIGCI_QUOTES_COLUMN,  /* a column of the table, else SQLite takes "a" for a string */
    MIGCI_QUOTES_STRING,  /* a string, as in a DEFAULT */
    MIGCI_QUOTES_ARGUMENT /* an argument, whose meaning is the module's */
} migci_quotes;

typedef struct migci_scope {
    migci_quotes quotes;
    const migci_table *table; /* for MIGCI_QUOTES_COLUMN */
} migci_scope;

/* Write tokens in one spelling.  All return NULL when memory is out. */
char *migci_canonical(migci_memory *memory, migci_text text, migci_scope scope);
/* A name without its quotes, in lower case. */
char *migci_canonical_name(migci_memory *memory, migci_token token);
/* Of a DEFAULT; "" when it means the same as no DEFAULT. */
char *migci_canonical_default(migci_memory *memory, const char *sql);
/* Of a whole CREATE TRIGGER, VIEW or VIRTUAL TABLE, without its name. */
char *migci_canonical_trigger(migci_memory *memory, const char *sql);
char *migci_canonical_view(migci_memory *memory, const char *sql);
char *migci_canonical_module(migci_memory *memory, const char *sql);
/* In place; returns it. */
char *migci_lower(char *text);
char *migci_upper(char *text);

/* ------------------- what only the stored text tells (schema_clauses.c) */

typedef enum migci_clause_kind {
    MIGCI_CLAUSE_CHECK,     /* text: the expression */
    MIGCI_CLAUSE_GENERATED, /* of a column; text: the expression */
    MIGCI_CLAUSE_NOT_NULL,  /* of a column; text: its ON CONFLICT */
    MIGCI_CLAUSE_PRIMARY,   /* text: its ON CONFLICT */
    MIGCI_CLAUSE_UNIQUE,    /* text: its ON CONFLICT; of a column, or of a list of them */
    MIGCI_CLAUSE_REFERENCES,
    MIGCI_CLAUSE_WITHOUT_ROWID,
    MIGCI_CLAUSE_STRICT,
    MIGCI_CLAUSE_IGNORED
} migci_clause_kind;

typedef struct migci_clause {
    migci_clause_kind kind;
    int column;      /* which one, from 0; -1: the table */
    migci_text text; /* empty: there is none */
    migci_text list; /* UNIQUE: its columns, if it is not a column's */
    bool deferred;   /* REFERENCES */
    struct migci_clause *next;
} migci_clause;

/* Of a CREATE TABLE, newest first.  False when memory is out. */
bool migci_clauses_read(const char *sql, migci_memory *memory, migci_clause **clauses);
const migci_clause *migci_clause_find(const migci_clause *clauses, migci_clause_kind kind,
                                      int column);
/* The parts of a CREATE INDEX: what stands in its parentheses, and behind WHERE. */
void migci_index_text(const char *sql, migci_text *columns, migci_text *where);

/* ------------------------------------------------ the order (schema_order.c) */

/* Orders objects by type, table and key. */
int migci_object_order(const migci_object *a, const migci_object *b);
/* For qsort(): objects by the same and their traits; tables by their keys. */
int migci_object_order_whole(const void *a, const void *b);
int migci_table_order(const void *a, const void *b);
const migci_table *migci_schema_table(const migci_schema *schema, const char *key);

/* -------------------------------- reading (schema_reader.c, schema_*.c) */

typedef enum migci_query {
    MIGCI_QUERY_COLUMNS,
    MIGCI_QUERY_CONSTRAINTS,
    MIGCI_QUERY_INDEX,
    MIGCI_QUERY_KEYS,
    MIGCI_QUERIES
} migci_query;

/* A row of sqlite_schema. */
typedef struct migci_entry {
    char type; /* 't'able, 'i'ndex, 'v'iew, t'r'igger: the letter that tells them apart */
    const char *name, *table, *sql;
    struct migci_entry *next;
} migci_entry;

/* The first failure is kept in `code`; after it all functions do nothing. */
typedef struct migci_reader {
    sqlite3 *db;
    migci_memory *memory;
    migci_schema *schema;
    int code;
    sqlite3_stmt *queries[MIGCI_QUERIES];
    migci_object *objects; /* newest first */
    size_t object_count;
} migci_reader;

/* Starts the query for this table or index; NULL after a failure. */
sqlite3_stmt *migci_reader_ask(migci_reader *reader, migci_query query, const char *name);
/* Whether there is a row.  After the last row the query can be started again. */
bool migci_reader_step(migci_reader *reader, sqlite3_stmt *statement);
void migci_reader_finish(migci_reader *reader);
/* Reads one row of sqlite_schema: type, name, tbl_name, sql.  Leaves out what is SQLite's or
 * migc's. */
void migci_read_entry(migci_reader *reader, sqlite3_stmt *row, migci_entry **entries);
/* Adds the tables of the entries to reader->schema, and keeps all of them sorted. */
void migci_list_tables(migci_reader *reader, const migci_entry *entries);
/* Reads the columns and parts of a table; then its keys, once all tables are listed. */
void migci_read_entries(migci_reader *reader, migci_entry *entries);
/* Puts reader->objects into the schema, sorted and without duplicates. */
void migci_sort_objects(migci_reader *reader);
/* NULL after a failure. */
void *migci_reader_take(migci_reader *reader, size_t size);
migci_object *migci_reader_add(migci_reader *reader, migci_object_type type,
                               const migci_table *table);
/* Texts in the reader's memory; never NULL, "" after a failure. */
const char *migci_reader_keep(migci_reader *reader, char *text);
const char *migci_reader_lower(migci_reader *reader, const char *text);
const char *migci_reader_upper(migci_reader *reader, const char *text);
const char *migci_reader_column(migci_reader *reader, sqlite3_stmt *statement, int column);
const char *migci_reader_print(migci_reader *reader, const char *format, ...);
/* " ON CONFLICT REPLACE"; "" for none and for ABORT, which is the same. */
const char *migci_reader_conflict(migci_reader *reader, const migci_clause *clause);

void migci_read_table(migci_reader *reader, migci_table *table);
void migci_read_constraints(migci_reader *reader, const migci_table *table, migci_object *object);
void migci_read_index(migci_reader *reader, const migci_table *table, const char *name,
                      const char *sql);
void migci_read_foreign_keys(migci_reader *reader, const migci_table *table);

#endif
