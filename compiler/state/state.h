/*
 * state.h - the schema of a folder of migrations, a file of SQL or a database: its objects as SQLite
 * stores them, an open database that has it, and where each object was made and changed.
 */
#ifndef STATE_H
#define STATE_H

#include "prove/prove.h"

#define LATEST_VERSION INT64_MAX

/* A statement of a migration; migration NULL: unknown. */
struct origin {
    const struct migration *migration;
    const struct step *step;
};

struct column {
    const char *name, *declared; /* declared: type, NOT NULL and DEFAULT as one text */
    struct origin made, changed; /* changed: also when it was made */
    struct column *before;       /* what it was when the migration began; NULL: nothing */
    bool kept;                   /* a column of the next state is the same column */
};

enum item_kind { ITEM_TABLE, ITEM_INDEX, ITEM_VIEW, ITEM_TRIGGER, ITEM_KINDS };

/* An object as sqlite_schema has it; indexes that SQLite makes itself are left out. */
struct item {
    enum item_kind kind;
    const char *name, *table, *sql;
    int64_t root;
    struct column *columns; /* of a table */
    size_t column_count;
    struct origin made, changed;
    struct item *before;
    struct item *gone; /* as the migration has dropped it, which may have renamed its columns */
    bool kept;
};

struct item_list {
    struct item **items; /* by kind, then by name */
    size_t count;
};

enum event_kind { EVENT_MADE, EVENT_CHANGED, EVENT_RENAMED, EVENT_DROPPED };

/* What one migration did to one object, or to one column of a table. */
struct event {
    enum event_kind kind;
    enum item_kind item;
    const char *table;    /* of the object, as it is called afterwards */
    const char *name;     /* before */
    const char *new_name; /* afterwards */
    bool is_column;
    struct origin origin;
};

struct state {
    const char *path;     /* as given */
    struct source source; /* has the path alone, for diagnostics about the whole */
    sqlite3 *db;
    struct clock clocks[PROVE_CLOCKS];
    bool has_clocks;
    struct item_list list;
    struct event *events; /* in the order of the migrations; of a folder */
    size_t event_count, event_capacity;
    struct set all; /* of a folder: the set merged with the other sets of its database */
};

/* Runs UP of the migrations up to `version`, on an empty database in memory.  False: a statement
 * failed, or there is no such migration, which is reported. */
bool run_set(struct state *state, const struct set *set, int64_t version, struct arena *arena,
             struct diagnostics *diagnostics);
/* The same, but `list` and `events` stay empty: a tenth of the time where there are many objects. */
bool run_set_alone(struct state *state, const struct set *set, int64_t version, struct arena *arena,
                   struct diagnostics *diagnostics);
/* Opens a database to read it, or runs a file of SQL in memory.  False: reported. */
bool open_state(struct state *state, const char *path, const struct conf *conf, struct arena *arena,
                struct diagnostics *diagnostics);
void close_state(struct state *state);

/* -------------------------------------------------- objects: item.c */

extern const char *const item_names[ITEM_KINDS];

/* All objects of "main", without columns, except those of SQLite and of migc. */
bool list_items(sqlite3 *db, struct item_list *list, struct arena *arena);
/* Only those after this row of sqlite_schema.  `has_virtual`: the database has virtual tables, whose
 * shadow tables are left out. */
bool list_items_behind(sqlite3 *db, int64_t row, bool has_virtual, struct item_list *list,
                       struct arena *arena);
bool has_virtual_tables(sqlite3 *db);
void read_columns(sqlite3 *db, struct item *item, struct arena *arena);
struct item *find_item(const struct item_list *list, enum item_kind kind, const char *name);
/* Its number in the list, or the list's count. */
size_t item_number(const struct item_list *list, const struct item *item);
struct column *item_column(const struct item *item, const char *name);

/* ---------------------------------------------- printing: state_sql.c, state_json.c */

/* SQL that makes the schema again. */
void print_state_sql(const struct state *state, struct buffer *text);
void print_state_json(const struct state *state, struct buffer *text);

#endif
