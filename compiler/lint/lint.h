/*
 * lint.h - warnings about migrations that work, and that their author may regret all the same.
 *
 * Three groups of rules.  About the statements as they are written: warn_step.c, warn_pragma.c,
 * warn_character.c, warn_fill.c.  About the schema before and after one UP: warn_data_loss.c,
 * warn_rebuild.c, warn_enforced.c, warn_rows.c.  About the schema that all of them leave:
 * warn_schema.c, warn_type.c, warn_key.c, warn_view.c, warn_quote.c.
 */
#ifndef LINT_H
#define LINT_H

#include "lower/lower.h"

#include <schema/schema.h>

/* How a report of data loss ends: one of -Wdestructive, any other. */
#define SAY_IF_INTENDED                                                                            \
    "if that is intended, say why in the header: '-- Lossy: reason' or '-- Allow: destructive: "   \
    "reason'"
#define SAY_IF_LOSSY "if that is intended, say why in the header: '-- Lossy: reason'"
/* Stands in each report of -Wconstraint-on-rows; the proof finds the report of a table by it. */
#define EXISTING_ROWS_OF "existing rows of %s "

struct statements;

struct lint {
    const struct set *set;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct statements *statements; /* of the UPs' statements */
    /* An empty database with all that the host would provide, or NULL. */
    sqlite3 *(*open)(void *user);
    void *user;
};

/* One function for each group: the statements, one UP, what all of them leave. */
void lint_steps(struct lint *lint);
void lint_change(struct lint *lint, size_t index, const migci_schema *before,
                 const migci_schema *after);
void lint_finish(struct lint *lint, sqlite3 *db, const migci_schema *schema);
/* Whether lint_change() must be called for this UP in any case.  The proof by itself reads no
 * schema where an UP only creates. */
bool needs_schemas(const struct lint *lint, size_t index);

/* --------------------------------------------------- statements: statements.c, warn_find.c */

enum statement_kind {
    STATEMENT_OTHER,
    STATEMENT_CREATE_TABLE,
    STATEMENT_CREATE_VIRTUAL,
    STATEMENT_CREATE_INDEX,
    STATEMENT_CREATE_VIEW,
    STATEMENT_CREATE_TRIGGER,
    STATEMENT_DROP_TABLE,
    STATEMENT_DROP_INDEX,
    STATEMENT_DROP_VIEW,
    STATEMENT_DROP_TRIGGER,
    STATEMENT_RENAME_TABLE,
    STATEMENT_RENAME_COLUMN,
    STATEMENT_ADD_COLUMN,
    STATEMENT_DROP_COLUMN,
    STATEMENT_INSERT,
    STATEMENT_UPDATE,
    STATEMENT_DELETE,
    STATEMENT_PRAGMA
};

/* What one statement of an UP does, by its first tokens.  Names are in lower case and without
 * quotes. */
struct statement {
    enum statement_kind kind;
    const struct migration *migration;
    const struct step *step;
    struct location location; /* of the name */
    const char *name;         /* of the table, index, view, trigger or PRAGMA; "" for none */
    const char *column;       /* of ADD, DROP and RENAME COLUMN */
    const char *to;           /* what RENAME makes of it; the table of an index or trigger */
    const char *verb;         /* in the source: the first word, after a WITH clause */
    const char *rest;         /* in the source, after these names */
    bool temporary, unique;
    unsigned skip; /* so many statements behind it make, drop and rename no table */
};

/* Whether it makes, drops or renames a table: for walks that need no others. */
static inline bool is_of_names(enum statement_kind kind) {
    return kind == STATEMENT_CREATE_TABLE || kind == STATEMENT_DROP_TABLE ||
           kind == STATEMENT_RENAME_TABLE;
}

/* The next one that may be of names. */
static inline const struct statement *next_of_names(const struct statement *statement) {
    return statement + 1 + statement->skip;
}

/* Of all migrations, in the order in which they run. */
struct statements {
    struct statement *items;
    size_t count;
    size_t *first; /* of each migration; one more than there are migrations */
};

struct statements *read_statements(const struct set *set, struct arena *arena);
/* Reads one statement, of any section. */
void read_statement(struct statement *statement, const struct migration *migration,
                    const struct step *step, struct arena *arena);

/* Reads the statements of one section into `items`, which has room for them.  Returns how many. */
size_t read_section(struct statement *items, const struct migration *migration,
                    enum section_kind kind, struct arena *arena);

/* Statements that follow one another, such as those of one UP. */
struct span {
    const struct statement *first, *end;
};

struct span span_of(const struct lint *lint, size_t index);
/* The first statement of this kind with this name in the span, or NULL. */
const struct statement *find_statement(struct span span, enum statement_kind kind,
                                       const char *name);
/* Whether a statement of the span creates the table that has this name at its end. */
bool creates_table(struct span span, const char *name);
/* What a table is called after the statement; NULL: the statement drops it. */
const char *name_behind(const struct statement *statement, const char *table);
/* What a table is called before the statement `end`, if it was called `table` when the span began;
 * NULL: it is gone by then. */
const char *name_at(struct span span, const char *table, const struct statement *end);
/* What a table that `statement` names is called at the end of the span; "": it is gone. */
const char *final_name(struct span span, const struct statement *statement);
/* The CREATE TABLE that makes this table anew, though there was one when the span began; or
 * NULL. */
const struct statement *find_rebuild(struct span span, const char *table);
/* The statements of all UPs. */
struct span whole_span(const struct lint *lint);
/* All UPs up to that of a migration, and the DOWN of that one with `down`. */
struct span span_until(const struct lint *lint, size_t index, bool down);

/* Where a column was made, and what it was called there, in lower case. */
struct column_origin {
    const struct statement *statement; /* NULL: unknown */
    const char *table, *column;
};

/* The statement that last made the object, which may have been renamed since; or NULL. */
const struct statement *find_maker(struct span span, enum statement_kind kind, const char *name);
/* The same for a column: its ADD COLUMN, or the CREATE TABLE. */
struct column_origin find_column_maker(struct span span, const char *table, const char *column);
/* How a message names what has been renamed since: "film (now movie)". */
const char *name_then(const struct lint *lint, const char *then, const char *now);
/* The name in the statement, else the name of what the statement is about. */
struct location location_of_name(const struct statement *statement, const char *name);
/* Whether a step of the section is in C. */
bool calls_c(const struct section *section);
/* Whether the text after the statement's names, or its WITH clause, has this name in it. */
bool mentions(const struct statement *statement, const char *name);
/* Whether a statement of the span may put the rows of a table, or the values of its column,
 * somewhere else.  `table` is its name when the span begins; `column` may be NULL. */
bool is_copied_in(struct span span, const char *table, const char *column);
/* Whether a WITH clause comes first. */
bool has_with(const struct statement *statement);

/* --------------------------------------------------------- what is removed: drops.c */

/* A column that a table no longer has, in lower case. */
struct lost_column {
    const char *table, *column;
};

struct lost_columns {
    const struct lost_column *items;
    size_t count;
};

/* Fills up_drops and down_drops of the lowered migration.  The lost columns are those of tables that
 * UP and DOWN make anew. */
void keep_drops(const struct migration *migration, struct lost_columns by_up,
                struct lost_columns by_down, struct arena *arena);

/* ------------------------------------------- messages of SQLite: complaint.c */

/* What a message of SQLite is about. */
struct complaint {
    const char *said;      /* the message */
    const char *name;      /* without quotes and qualifier; NULL: it names nothing */
    const char *qualifier; /* of a schema or table, or NULL */
    enum name_role role;   /* what the name is */
    bool again;            /* the second one in the statement is to blame */
};

struct complaint read_complaint(const char *said, struct arena *arena);
/* The location of the name in the statement.  False: it is not there. */
bool find_complaint(const struct complaint *complaint, const struct migration *migration,
                    const struct step *step, struct location *location);
/* The same, with the offset that SQLite gave, or -1.  False: *location is the whole statement. */
bool locate_complaint(const struct complaint *complaint, const struct migration *migration,
                      const struct step *step, int offset, struct location *location);

/* --------------------------------- CREATE TABLE and ADD COLUMN: warn_define.c */

/* A column or a constraint. */
struct definition {
    struct cursor start;
    const char *end;
};

struct cursor first_definition(const struct statement *statement);
bool next_definition(struct cursor *cursor, struct definition *definition);
/* The name of the column where it is defined, else that of the table. */
struct location location_of_column(const struct statement *statement, const char *column);

struct declared_key {
    struct location location; /* of the parent's name, after REFERENCES */
    const char *columns;      /* as written: "shelfRoom, shelfNr" */
    const char *parent;       /* likewise */
};

/* A foreign key of these columns, in any order, to `parent`; NULL: any. */
bool find_key(const struct statement *statement, const char *columns, const char *parent,
              struct arena *arena, struct declared_key *key);

/* --------------------------------------------- lists of names, as the model has them */

/* Takes the next of "a, b COLLATE NOCASE DESC"; its first word is the column. */
bool next_term(const char **list, const char **term, size_t *size);
/* "users(a, b)" without what is around the list; returns its length. */
const char *terms_in(const char *text, size_t *size);
/* Whether `longer` is `list`, or begins with it. */
bool is_prefix(const char *list, size_t size, const char *longer, size_t longer_size);
/* Whether SQL text has this name in it as a whole word. */
bool has_name(const char *text, const char *name);

/* --------------------------------------------------- objects of a schema */

const migci_object *find_object(const migci_schema *schema, const migci_object *like);
const migci_object *find_column(const migci_table *table, const char *key);
const migci_object *find_table_object(const migci_schema *schema, const char *key);
/* The columns of a primary key, UNIQUE or index; size 0: the object is none of them. */
const char *key_terms(const migci_object *object, size_t *size);
/* The same without partial indexes, which do not find all rows. */
const char *lookup_terms(const migci_object *object, size_t *size);

/* The columns that the object keeps unique; size 0: it keeps none. */
const char *unique_terms(const migci_object *object, size_t *size);
/* Whether a key or index of the table keeps some of these columns unique; with `in_part`, a partial
 * index counts too. */
bool keeps_unique(const migci_schema *schema, const char *home, const char *terms, size_t size,
                  bool in_part);

/* The objects by which rows are found: tables, UNIQUE and indexes, sorted by table. */
struct path {
    const migci_object *object;
};

struct paths {
    struct path *items;
    size_t count;
};

struct paths read_paths(const migci_schema *schema, struct arena *arena);
struct paths paths_of(struct paths all, const char *table);

/* ------------------------------------------------------------------- the rules */

/* Before and after one UP. */
struct change {
    struct lint *lint;
    size_t index;
    const struct migration *migration;
    const migci_schema *before, *after;
    struct span span;
};

void warn_of_characters(struct lint *lint, const struct migration *migration);
void warn_of_pragma(struct lint *lint, const struct statement *statement);
void warn_of_data_loss(const struct change *change);
void warn_of_rebuilds(const struct change *change);
void warn_of_enforced_keys(const struct change *change);
void warn_of_constraints(const struct change *change);
void warn_of_schema(struct lint *lint, const migci_schema *schema, struct paths paths);
void warn_of_keys(struct lint *lint, const migci_schema *schema, struct paths paths);
void warn_of_type(struct lint *lint, const migci_schema *schema, const migci_object *column);
void warn_of_views(struct lint *lint, sqlite3 *db, const migci_schema *schema);
void warn_of_quotes(struct lint *lint, const migci_schema *schema);

/* Whether SQLite may take a word in double quotes for a string. */
void allow_quoted_strings(sqlite3 *db, bool allowed);
/* `word` is without its quotes. */
void report_quoted_string(struct lint *lint, struct location location, const char *word,
                          size_t size);
void warn_of_unfilled_tables(struct lint *lint, const struct migration *migration,
                             struct span span);

#endif
