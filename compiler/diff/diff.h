/*
 * diff.h - what differs between two schemas, and the SQL that takes a database from one to the
 * other.
 */
#ifndef DIFF_H
#define DIFF_H

#include "state/state.h"

/* ------------------------------------------------------ differences: difference.c */

struct difference {
    migci_difference_kind kind; /* MIGCI_MISSING: the target has it, and the other has not */
    migci_object_type type;
    const char *name, *table;
    const char *text; /* "column todo.due is missing" */
};

struct differences {
    struct difference *items;
    size_t count, capacity;
};

/* What `found` would need to be `target`.  False: one cannot be read, which is reported. */
bool compare_databases(sqlite3 *target, sqlite3 *found, struct differences *changes,
                       struct arena *arena, struct diagnostics *diagnostics);
void free_changes(struct differences *changes);

/* -------------------------------------------------------------- renames: rename.c */

/* --rename users=people, --rename users.mail=email */
struct rename {
    const char *table, *column; /* column: NULL for a table */
    const char *to;             /* NULL: it goes, and what is like it is something else */
};

/* NULL, or why the value will not do. */
const char *read_rename(struct rename *rename, const char *value, struct arena *arena);

struct renames {
    const struct rename *items;
    size_t count;
};

/* Reports what was probably renamed and is not decided.  False: there is some. */
bool check_renames(const struct state *from, const struct state *to, struct renames renames,
                   struct diagnostics *diagnostics);

/* --------------------------------------------------- the way: script.c, rebuild.c */

/* SQL from one schema to another. */
struct script {
    struct buffer text;
    struct buffer trial; /* the same, with stand-ins for the answers to its questions */
    struct buffer lossy; /* "column users.phone, table logs" */
    size_t questions;
    bool asks_old; /* one of them is what old values become */
};

enum direction { WAY_UP, WAY_DOWN };

/* Without questions on the way down: what is gone comes back empty.  False: no way was found,
 * which is reported. */
bool write_script(struct script *script, const struct state *from, const struct state *to,
                  struct renames renames, enum direction direction, const struct conf *conf,
                  struct arena *arena, struct diagnostics *diagnostics);
void free_script(struct script *script);

/* What of a schema SQL can have to do with, a flag for each object: touched.c */
bool *find_touched(const struct state *state, const char *const *scripts, size_t count,
                   struct arena *arena);

/* ------------------------------------- for script.c, rebuild.c: writer.c */

struct writer {
    sqlite3 *db, *target; /* a database of the first schema, on its way; one of the second */
    const struct state *to;
    struct script *script;
    enum direction direction;
    bool rebuild_all;    /* nothing in place */
    bool altered;        /* the last copy of rows changed values */
    const char *failure; /* the last statement that was refused, and why */
    struct item_list now;
    struct differences changes; /* what has to be done, once renames are */
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* Runs it, and adds it to the script.  The text has `shown` where it is not NULL. */
bool write_statement(struct writer *writer, const char *sql, const char *shown);
bool write_format(struct writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
void add_lossy(struct writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
/* Made by a repeatable: it is not a numbered migration's to make. */
bool is_repeatable(const struct item *item);
/* A name as SQL writes it, with quotes where they are needed. */
const char *quote_name(const char *name, struct arena *arena);
/* The database in memory with these objects, or NULL, which is reported. */
sqlite3 *make_scratch(const struct state *state, const struct conf *conf,
                      struct diagnostics *diagnostics);
/* CREATE VIRTUAL TABLE: a module's. */
bool is_module_table(const struct item *item);
/* The word, or the name or string without its quotes; NULL: it is none of these. */
const char *name_of_token(migci_token token, struct arena *arena);
/* Whether the statement has this word among its tokens, as a name or keyword. */
bool has_token(const char *sql, const char *word, struct arena *arena);
/* Makes a table anew under its name: columns copied by name. */
bool rebuild_table(struct writer *writer, const struct item *old, const struct item *item);
/* Column number `index` as its table's statement defines it. */
const char *column_definition(const struct item *item, size_t index, struct arena *arena);
/* The table whose rows a full-text index is about.  NULL: it keeps its own; "": nobody's. */
const char *content_of(const struct item *item, struct arena *arena);
enum uniqueness { NOT_UNIQUE, PART_OF_UNIQUE, WHOLLY_UNIQUE };
/* Of a column, by keys and indexes of the database. */
enum uniqueness read_uniqueness(sqlite3 *db, const struct item *item, const char *name);
/* Fills a full-text index whose rows are another table's. */
bool fill_index(struct writer *writer, const struct item *item);
/* Likewise those that stay, of a table whose values do not. */
bool refill_indexes(struct writer *writer, const char *table);

#endif
