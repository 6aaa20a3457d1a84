/*
 * rows.h - shared by the files that make up rows, run migrations on them, and
 * report what happens to the rows.
 *
 * The chain of the proof has empty tables.  The walk (rows.c) runs the same migrations
 * on a second database, in which each table that a migration touches holds made-up
 * rows.  SQLite alone decides which rows are valid (rows_make.c, rows_search.c,
 * rows_odd.c).  The rows before and after UP and DOWN are paired (rows_compare.c),
 * the statements are read for what they intend (rows_said.c), and the differences are
 * judged (rows_judge.c).  A report shows the fewest rows that cause it (rows_shrink.c).
 */
#ifndef ROWS_H
#define ROWS_H

#include "prove.h"

/* --------------------------------------------------------- values: rows_value.c */

struct value {
    int type; /* SQLITE_INTEGER, and so on; 0: the column's DEFAULT */
    int64_t number;
    double real;
    const char *bytes; /* size of a text or blob */
    size_t size;
};

struct values {
    struct value *items;
    size_t count, capacity;
};

/* As grow_items(), in an arena. */
void *grow_rows(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);
struct value value_null(void);
struct value value_number(int64_t number);
struct value value_real(double real);
struct value value_text(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct value value_blob(struct arena *arena, const void *bytes, size_t size);
struct value value_of_column(struct arena *arena, sqlite3_stmt *statement, int column);
void add_value(struct arena *arena, struct values *values, struct value value);
int bind_value(sqlite3_stmt *statement, int parameter, const struct value *value);
bool same_value(const struct value *a, const struct value *b);
/* The same number or text, whatever its type: 1 and '1', 12.0 and 12. */
bool same_meaning(const struct value *a, const struct value *b);
/* As a literal of SQL. */
void print_value(struct buffer *out, const struct value *value);
/* The value of a token that is a literal; type 0: it is none. */
struct value value_of_literal(struct arena *arena, const char *text, size_t size, bool negative);

/* --------------------------------------------------------- tables: rows_table.c */

struct row_column {
    const char *name, *key; /* as it is written; in lower case */
    const char *type;       /* as declared, in upper case; "" for none */
    char affinity;          /* 'i' integer, 't' text, 'b' none, 'r' real, 'n' numeric */
    bool not_null, is_id;   /* is_id: INTEGER PRIMARY KEY */
    bool unique;            /* by itself */
    bool in_unique;         /* part of any key or unique index */
    bool is_key;            /* part of a foreign key, or what one refers to */
    int primary;
    const char *fallback; /* the SQL of its DEFAULT, or NULL */
    struct values wishes; /* literals of its CHECKs, present and later */
    size_t own_wishes;    /* how many of them come from present CHECKs */
    size_t length;        /* n of a CHECK (length(column) = n); 0: there is none */
    struct values bounds; /* literals that CHECKs compare it with: "column <= 5", BETWEEN */
    struct values sizes;  /* the same of length(column) */
    size_t own_bounds, own_sizes;
    bool json, date;
    const char *later_parent; /* the parent in a foreign key of a later state */
};

struct row_key {
    const char *parent;
    size_t count;
    size_t *columns;     /* of the child */
    const char **fields; /* of the parent */
};

/* A table that can hold rows, as it is in the schema now. */
struct row_table {
    const char *name, *key, *sql;
    struct row_column *columns; /* stored and visible ones */
    size_t count;
    struct row_key *keys;
    size_t key_count;
    const char **checks; /* text of each */
    size_t check_count;
    bool is_virtual, without_rowid, strict, autoincrement, triggers;
};

struct row {
    struct value *values; /* one a column */
    const char *kind; /* of an odd row: "null", "dup", "twin", "check", "text", "num"; else NULL */
    const struct row_table *table;
    size_t column; /* of an odd row: the odd one; of a twin: the first that is the same */
    bool out;      /* left out of the next try */
};

struct row_list {
    struct row *items;
    size_t count, capacity;
    bool too_long; /* there are too many, and none is compared */
};

/* ------------------------------------------- texts and words: rows_touch.c */

enum { TEXT_BUCKETS = 4096 };

/* A set of texts.  All zeros: empty. */
struct text_set {
    struct text_item {
        const char *bytes;
        size_t size;
        struct text_item *next;
    } * buckets[TEXT_BUCKETS];
    struct arena arena; /* of the texts */
};

void add_text(struct text_set *set, const char *bytes, size_t size);

/* Walks over the words in a section's statements that may be names. */
struct word_walk {
    const struct section *section;
    size_t step;
    struct lexer lexer;
};

/* In lower case and without quotes; NULL: no word is left. */
const char *next_word(struct word_walk *walk, struct arena *arena);

/* ----------------------------------------------------------- the walk: rows.c */

enum { MOST_AHEAD = 12 /* migrations that may belong to one change */ };

/* What is known of a table during the whole walk; cache_rows.c keeps all of it. */
struct row_record {
    const char *key;
    bool filled;        /* rows were made for it */
    bool was_filled;    /* `filled` when keep_records() was called */
    size_t had_columns; /* `columns` likewise */
    bool given;         /* its rows are those of TEST */
    size_t columns;     /* how many it had when it was last filled */
    bool busy;          /* its parents are being filled */
    const char *reason; /* why no row could be made, or NULL */
    struct row_record *next;
};

struct rows {
    struct prover *prover;
    migci_sandbox sandbox; /* holds the made-up rows */
    size_t done;           /* migrations that ran on it; the others run when they are needed */
    struct text_set *seen; /* tables that were ever made, in lower case */
    size_t seen_until;     /* up to this migration */
    migci_sandbox bare;    /* the chain without rows, for shrinking; opened when it is needed */
    size_t bare_at;        /* migrations that ran on `bare` */
    struct arena scratch;  /* freed after each migration */
    size_t index;          /* of the migration */
    const struct migration *migration;
    struct span span;
    long limit; /* tries for one table */
    struct row_record *records;
    struct row_list odd;
    const char **json_names, **date_names; /* columns that the set uses so; NULL ends them */
    size_t first_search;        /* the first migration that makes a virtual table; SIZE_MAX: none */
    bool *compares;             /* which statements compare something with a number */
    const char *from;           /* the database that is given, or NULL */
    size_t first;               /* the first migration that it lacks */
    const bool *applied;        /* which ones after that it has, or NULL */
    size_t shrunk;              /* counterexamples that were shrunk */
    size_t halt;                /* how many migrations are released */
    struct text_set *questions; /* about migrations after those; NULL: not kept */
    const char *kept_database;  /* after the released migrations; NULL: not kept */
    size_t kept_size;
    size_t first_report; /* of the walk */
    bool touched;        /* rows may have been made up in the sandbox */
    bool seen_all;       /* it is known what each of these migrations made */
    bool bare_open, bare_lost;
    bool counts;   /* some table of the set has AUTOINCREMENT */
    bool quiet;    /* findings are not reported: they were already */
    bool after_up; /* rows are made as a program writes them after UP */
};

/* Whether the migration may name a table that existed before it: rows_touch.c. */
bool may_touch(struct rows *rows);

void prove_rows(struct prover *prover, long limit, size_t reached);
/* Walks on a copy of a database that lacks the migrations from `first` on, except those that are
 * `applied`, which may be NULL. */
void walk_given(struct prover *prover, const char *path, size_t first, const bool *applied);
void prove_given(struct prover *prover, const char *path);
bool copy_given(const struct prover *prover, sqlite3 *db);
/* Whether something ended the transaction, and the made-up rows went with it. */
static inline bool is_lost(const struct rows *rows) {
    return migci_sandbox_is_lost(&rows->sandbox);
}
struct row_record *record_of(struct rows *rows, const char *key);
/* Called before a savepoint, and after the rollback to it that empties tables filled since. */
void keep_records(struct rows *rows);
void restore_records(struct rows *rows);

/* The INSERTs of the rows that are not out, as text: rows_value.c. */
const char *print_rows(struct rows *rows, const struct row_list *list);
void print_row(struct buffer *out, const struct row *row);

/* ----------------------------------------------------------- names: rows_name.c */

/* Names of tables or columns, in lower case. */
struct names {
    const char **items;
    size_t count, capacity;
};
void add_name(struct arena *arena, struct names *names, const char *name);
bool has_item(const struct names *names, const char *name);
/* The name that a table has after migration `index`, by its name before. */
const char *name_after(const struct prover *prover, size_t index, const char *name);
/* The name that the rows of a table have at the end of the span. */
const char *follow_rows(struct span span, const char *key);
/* Whether an UP from `first` to before `end` writes the column.  An UP that
 * is released counts only if the current one is, and the reverse. */
bool is_written(const struct rows *rows, size_t first, size_t end, const char *table,
                const char *column);
/* Whether an earlier UP of the same change wrote the column, so that no odd value is left. */
bool was_prepared(const struct rows *rows, const char *table, const char *column);

/* ----------------------------------------------------------- tables: rows_table.c */

/* NULL: the connection has no such table. */
struct row_table *read_row_table(struct rows *rows, sqlite3 *db, const char *name);
/* Adds the tables that refer to them. */
void add_children(struct rows *rows, struct names *names);
int64_t count_rows(sqlite3 *db, const char *table);
struct row_list dump_table(struct rows *rows, sqlite3 *db, const struct row_table *table);
bool run_sql(sqlite3 *db, const char *format, ...);

/* ---------------------------------------------------- wishes: rows_wish.c */

/* Finds values that the columns should hold, from what the set says of them now and later. */
void read_wishes(struct rows *rows, struct row_table *table);
void read_set_words(struct rows *rows);
/* Whether the table stays empty, because a later migration of the same change fills it. */
bool is_kept_empty(struct rows *rows, const char *key);

/* ---------- what is kept of released migrations: rows_question.c, rows_wish.c, cache_rows.c */

void begin_questions(struct rows *rows);
void end_questions(struct rows *rows);
void keep_question(struct rows *rows, const struct buffer *text);
/* Appends the answer that the migrations after the released ones give. */
void answer_question(struct rows *rows, struct decoder *question, struct buffer *answer);
void keep_rows_part(struct rows *rows, sqlite3 *db);
/* False: the cache has none that can be used. */
bool read_rows_part(struct rows *rows);

/* ------------------------------------------------- one row more: rows_insert.c */

/* Inserts rows into one table. */
struct inserter {
    sqlite3 *db;
    const struct row_table *table;
    sqlite3_stmt *statement;
    migci_watch *watch;
    int64_t instructions; /* that the latest row took */
};

struct inserter open_inserter(migci_sandbox *sandbox, const struct row_table *table);
int insert_row(struct inserter *inserter, const struct row *row); /* SQLite's result */
void close_inserter(struct inserter *inserter);

/* --------------------------------------------- making rows: rows_make.c, rows_search.c */

struct value plain_value(struct rows *rows, const struct row_table *table, size_t at, int k,
                         bool later);
void fill_table(struct rows *rows, const char *name, int depth);
/* Deletes rows until no foreign key of these tables is violated. */
void remove_dangling(struct rows *rows, sqlite3 *db, const struct names *tables);
struct row new_row(struct rows *rows, const struct row_table *table, int k, bool later);
/* Inserts the row; where SQLite refuses it, varies it as the message suggests.  False: refused. */
bool place_row(struct rows *rows, struct inserter *inserter, struct row *row, int k, long *tries);
/* Tries values until SQLite accepts the row.  False: it accepted none. */
bool search_row(struct rows *rows, struct inserter *inserter, struct row *row, long *tries);

/* ----------------------------------------------------------- odd rows: rows_odd.c */

void make_odd_rows(struct rows *rows, const char *name, bool few);
/* Adds rows that refer to the odd rows of tables that UP deletes from. */
void make_odd_children(struct rows *rows, const struct names *names);

/* ----------------------------------------- where a copy takes it from: rows_copy.c */

struct copy_item {
    const char *target, *source; /* lower case; source NULL: an expression */
};

struct row_copy {
    const struct statement *statement;
    const char *from; /* the table after FROM; "" for none */
    bool star, filters, ignores, joins;
    bool found; /* the rows come from the table, directly or through others */
    struct copy_item *items;
    size_t count;
};

/* Reads an INSERT or CREATE TABLE with SELECT.  `before`: the table whose rows it may copy; NULL:
 * any.  `after`: the table that it fills; NULL: the statement names all columns. */
struct row_copy read_row_copy(struct rows *rows, struct span span,
                              const struct statement *statement, const struct row_table *before,
                              const struct row_table *after);
/* Whether it is INSERT OR IGNORE, OR REPLACE, REPLACE, or has ON CONFLICT DO NOTHING. */
bool drops_conflicts(const struct statement *statement);
/* The token in lower case; a name without its quotes. */
const char *lower_token(struct arena *arena, const struct cursor *cursor);

/* -------------------------------------- what the statements say: rows_said.c */

/* What the statements of a section do to the rows of one table. */
struct said {
    struct span span;
    size_t copies; /* INSERT INTO it SELECT ... */
    struct row_copy copy;
    bool rebuilt; /* made anew, and dropped before or after that */
    bool aside;   /* other statements read it: its rows may be elsewhere */
    bool deletes, replaces, unknown;
    struct names updated; /* columns */
    const struct statement *made, *dropped;
    const struct statement *holder; /* copies all rows to where they do not stay; or NULL */
};

/* `before` and `after` are the table before and after the span. */
struct said read_said(struct rows *rows, struct span span, const struct row_table *before,
                      const struct row_table *after);
struct span section_span(struct rows *rows, enum section_kind section);
/* Reports copies into new tables that swap two columns. */
void judge_crossed(struct rows *rows);

/* -------------------------------------------------- comparing: rows_compare.c */

/* Finds the partner of each row of `before` among `after`; SIZE_MAX: the row is lost.
 * map[i]: the column of `after` that column i of `before` became; SIZE_MAX: it is gone. */
size_t *pair_rows(struct rows *rows, const struct row_list *before, const struct row_list *after,
                  const size_t *map, bool by_id, size_t *lost);

struct row_snapshot {
    struct row_table *table;
    struct row_list list;
    int64_t counter; /* AUTOINCREMENT's; -1: there is none */
    /* what UP made of it: */
    struct row_table *after; /* NULL: it is gone */
    struct row_list later;
    size_t *map, *partner;
    struct said said;
};

struct row_snapshots {
    struct row_snapshot *items;
    size_t count;
};

struct row_snapshots take_snapshots(struct rows *rows, const struct names *names);

/* ------------------------------------------- beside the rows: rows_beside.c */

struct text_index {
    const char *name, *create;
    bool whole; /* it matches the rows of its table */
};

struct indexes {
    struct text_index *items;
    size_t count;
};

struct indexes list_indexes(struct rows *rows);
void fill_indexes(struct rows *rows, struct indexes *indexes);
/* Checks those that were whole before, and new ones.  False: one was reported. */
bool judge_indexes(struct rows *rows, const struct indexes *before, bool down);
/* AUTOINCREMENT's counter; -1: there is none. */
int64_t read_counter(sqlite3 *db, const struct row_table *table);
void raise_counters(struct rows *rows, const struct names *names);
void judge_counters(struct rows *rows, struct row_snapshots *before, bool down);

/* --------------------------------------------------- triggers at work: rows_trigger.c */

/* The first CREATE TRIGGER of the span, for this table if it is not NULL; or NULL. */
const struct statement *next_trigger(struct span span, const char *table);
/* Fires the triggers that UP made, after UP. */
void judge_triggers(struct rows *rows);

/* --------------------------------------------------------- judging: rows_judge.c */

void judge_rows_up(struct rows *rows, struct row_snapshots *before, bool odd);
void judge_rows_down(struct rows *rows, const struct row_snapshots *before);

/* -------------------------------------------------- failures: rows_fail.c */

/* Why the latest run failed.  `child` has the foreign key that is violated; NULL: none is. */
struct run_failure {
    migc_error error;
    const char *reason; /* without its location */
    const char *child, *parent, *columns;
    int64_t count;
    bool down;
};

/* How many rows violate a foreign key, by child and parent. */
struct violation {
    const char *child, *parent, *columns; /* "a,b", of the child */
    int64_t count;
};

struct violations {
    struct violation *items;
    size_t count, capacity;
};

struct violations read_violations(struct rows *rows, sqlite3 *db);
/* Runs UP or DOWN, then checks foreign keys.  False: *failure says why. */
bool run_on_rows(struct rows *rows, migci_sandbox *sandbox, bool down, struct run_failure *failure);
/* The warning that rows of the table, by its name after UP, may violate a new constraint; it was
 * reported without the rows.  SIZE_MAX: there is none. */
size_t find_constraint_report(struct rows *rows, const char *table);
enum severity severity_of_down(const struct rows *rows);
bool same_failure(const struct run_failure *a, const struct run_failure *b);
/* Whether the message names what is odd about the row, as in "NOT NULL constraint failed: t.c". */
bool blames_row(const char *message, const struct row *odd);
void report_plain_failure(struct rows *rows, const struct run_failure *failure,
                          const struct row_list *list, bool new_key);
/* Takes the guilty rows out of rows->odd. */
void report_odd_failure(struct rows *rows, const struct run_failure *failure,
                        const struct row_list *list);
void report_new_rows(struct rows *rows, const struct run_failure *failure,
                     const struct row_list *list);

/* ------------------------------------------------------- shrinking: rows_shrink.c */

/* The base of the proof, if it has only migrations before `end`; or NULL. */
const struct base *find_base(const struct rows *rows, size_t end);
void restore_base(migci_sandbox *sandbox, const struct base *base);
/* The rows of these tables and of their parents, parents first; odd rows are marked. */
struct row_list list_rows(struct rows *rows, const struct names *tables);
/* Marks as out the rows that the failure of UP does not need.  False: UP does not fail like that
 * with all rows, or it fails without any. */
bool shrink_rows(struct rows *rows, struct row_list *list, const struct run_failure *failure);

#endif
