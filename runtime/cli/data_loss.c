/*
 * data_loss.c - what would be lost: the tables and columns that the actions of a plan
 * drop, and how much is in them now.
 *
 * No SQL is parsed here.  They run on a sketch: a database in memory with
 * the tables and columns of the real one, by name, without rows, types,
 * constraints or modules.  SQLite's authorizer tells which tables they
 * drop; a table that is made anew under its name, or renamed, is still there in
 * the end.  Only what changes the sketch's schema runs on it, and what it
 * refuses is left out, so the limits are: rows that one deletes or copies
 * elsewhere are not known of, nor what a step in C does, and a column in whose
 * place there is one of another name counts as renamed.
 */
#include "cli.h"

#include <string.h>

enum { MOST_UNKNOWN_FUNCTIONS = 32 };

struct column {
    const char *live; /* its name in the database, NULL when it is an action's */
    const char *now;
    struct column *next;
};

struct table {
    const char *live, *now; /* its names in the database and in the sketch */
    const char *before;     /* in the sketch, when the migration began */
    int changed, dropped, gone;
    struct column *columns;
    size_t column_count;
    struct table *next;
};

struct sketch {
    sqlite3 *live, *db;
    migci_memory *memory;
    const migc_action *actions;
    size_t action_count;
    struct table *tables;
    const char *drops, *alters; /* by the statement that was prepared last, or NULL */
    int64_t altered_root;       /* the page of that table, which a new name does not change */
    int failed;                 /* out of memory, or the database could not be read */
    migci_loss **end;
};

/* ------------------------------------------------------------------ asking */

/* Calls `row` for each row of the query, whose first parameter is a text. */
static void query_sketch(struct sketch *sketch, sqlite3 *db, const char *sql, const char *text,
                         void (*row)(struct sketch *, sqlite3_stmt *, void *), void *argument) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK && text)
        code = sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            row(sketch, statement, argument);
    sqlite3_finalize(statement);
    sketch->failed |= code != SQLITE_DONE;
}

static const char *copy_cell(struct sketch *sketch, sqlite3_stmt *statement, int cell) {
    const char *text = (const char *)sqlite3_column_text(statement, cell);
    const char *copy = text ? migci_copy(sketch->memory, text) : NULL;
    sketch->failed |= !copy;
    return copy ? copy : "";
}

static void take_lost_number(struct sketch *sketch, sqlite3_stmt *statement, void *argument) {
    (void)sketch;
    *(int64_t *)argument = sqlite3_column_int64(statement, 0);
}

/* How many rows, or values that are not NULL. */
static int64_t count(struct sketch *sketch, const char *name, const char *column_name) {
    int64_t number = 0;
    char *sql = column_name ? sqlite3_mprintf("SELECT count(\"%w\".\"%w\") FROM main.\"%w\"", name,
                                              column_name, name)
                            : sqlite3_mprintf("SELECT count(*) FROM main.\"%w\"", name);
    if (sql)
        query_sketch(sketch, sketch->live, sql, NULL, take_lost_number, &number);
    sketch->failed |= !sql;
    sqlite3_free(sql);
    return number;
}

static int64_t root_of(struct sketch *sketch, const char *name) {
    int64_t root = 0;
    query_sketch(
        sketch, sketch->db,
        "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
        name, take_lost_number, &root);
    return root;
}

static void add_sketched_column(struct sketch *sketch, sqlite3_stmt *statement, void *argument) {
    struct table *table = argument;
    struct column *added = migci_allocate(sketch->memory, sizeof(*added));
    sketch->failed |= !added;
    if (!added)
        return;
    added->now = copy_cell(sketch, statement, 0);
    struct column **end = &table->columns;
    while (*end)
        end = &(*end)->next;
    *end = added;
    table->column_count++;
}

static void read_sketched_columns(struct sketch *sketch, sqlite3 *db, const char *name,
                                  struct table *table) {
    table->columns = NULL;
    table->column_count = 0;
    query_sketch(sketch, db, "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 1", name,
                 add_sketched_column, table);
}

/* ----------------------------------------------------------------- drawing */

static int note(struct sketch *sketch, const char **where, const char *name) {
    *where = migci_copy(sketch->memory, name);
    sketch->failed |= !*where;
    return SQLITE_OK;
}

static int allow_what_draws(void *user, int action, const char *first, const char *second,
                            const char *schema, const char *trigger) {
    struct sketch *sketch = user;
    (void)schema, (void)trigger;
    switch (action) {
    case SQLITE_DROP_TABLE:
        return note(sketch, &sketch->drops, first);
    case SQLITE_ALTER_TABLE:
        return note(sketch, &sketch->alters, second);
    case SQLITE_PRAGMA: /* this file asks for that one */
        return sqlite3_stricmp(first, "table_xinfo") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
        return sqlite3_strnicmp(first, "sqlite_", 7) == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return SQLITE_DENY;
    default:
        return SQLITE_OK;
    }
}

static void create_table(struct sketch *sketch, const struct table *table) {
    sqlite3_str *sql = sqlite3_str_new(sketch->db);
    sqlite3_str_appendf(sql, "CREATE TABLE \"%w\"", table->live);
    for (struct column *c = table->columns; c; c = c->next) {
        sqlite3_str_appendf(sql, "%s\"%w\"", c == table->columns ? "(" : ", ", c->now);
        c->live = c->now;
    }
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    sketch->failed |= !text || sqlite3_exec(sketch->db, text, NULL, NULL, NULL) != SQLITE_OK;
    sqlite3_free(text);
}

/* In whatever case; one that is not spelled as it is, for its quotes, may be anywhere. */
static int mentions(const char *text, const char *name) {
    size_t length = strlen(name);
    if (strpbrk(name, "\"'`]"))
        return 1;
    for (; *text; text++)
        if ((*text | 0x20) == (*name | 0x20) && sqlite3_strnicmp(text, name, (int)length) == 0)
            return 1;
    return 0;
}

/* The others are left out: what no action names, none drops. */
static int is_mentioned(const struct sketch *sketch, const char *name) {
    for (size_t i = 0; i < sketch->action_count; i++) {
        unsigned count;
        const migc_step *steps = migci_action_steps(&sketch->actions[i], &count);
        for (unsigned s = 0; s < count; s++)
            if (!steps[s].call && mentions(steps[s].text, name))
                return 1;
    }
    return 0;
}

static void draw_table(struct sketch *sketch, sqlite3_stmt *statement, void *argument) {
    const char *name = (const char *)sqlite3_column_text(statement, 0);
    (void)argument;
    if (name && !is_mentioned(sketch, name))
        return;
    struct table *table = migci_allocate(sketch->memory, sizeof(*table));
    sketch->failed |= !table;
    if (!table)
        return;
    table->live = table->now = copy_cell(sketch, statement, 0);
    read_sketched_columns(sketch, sketch->live, table->live, table);
    if (!table->columns)
        return;
    create_table(sketch, table);
    table->next = sketch->tables;
    sketch->tables = table;
}

/* A full-text index over the content of another table holds nothing of its own. */
#define LIVE_TABLES                                                                                \
    "SELECT name FROM pragma_table_list AS t WHERE schema = 'main'"                                \
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'migc\\_%' ESCAPE '\\'"         \
    " AND (type = 'table' OR (type = 'virtual' AND (SELECT sql FROM main.sqlite_schema AS s"       \
    " WHERE s.type = 'table' AND s.name = t.name) NOT LIKE '%content%=%'))"

/* ------------------------------------------------------------- reverting */

static void answer_no_value(sqlite3_context *context, int argc, sqlite3_value **argv) {
    (void)argc, (void)argv;
    sqlite3_result_null(context);
}

static int compare_any(void *user, int size1, const void *text1, int size2, const void *text2) {
    (void)user, (void)size1, (void)text1, (void)size2, (void)text2;
    return 0;
}

static void provide_collation(void *user, sqlite3 *db, int encoding, const char *name) {
    sqlite3_create_collation_v2(db, name, encoding, user, compare_any, NULL);
}

/* The host's functions are not called for a sketch; one that does nothing has the name. */
static int provide_function(sqlite3 *db) {
    static const char complaint[] = "no such function: ";
    const char *message = sqlite3_errmsg(db);
    char name[128];
    if (strncmp(message, complaint, strlen(complaint)) != 0)
        return 0;
    sqlite3_snprintf(sizeof(name), name, "%s", message + strlen(complaint));
    return sqlite3_create_function_v2(db, name, -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      answer_no_value, NULL, NULL, NULL) == SQLITE_OK;
}

/* Returns whether the schema may have changed. */
static int run_statement(struct sketch *sketch, const char *sql) {
    sqlite3_stmt *statement = NULL;
    sketch->drops = sketch->alters = NULL;
    for (int i = 0; i < MOST_UNKNOWN_FUNCTIONS; i++)
        if (sqlite3_prepare_v2(sketch->db, sql, -1, &statement, NULL) == SQLITE_OK ||
            !provide_function(sketch->db))
            break;
    sketch->failed |= sqlite3_errcode(sketch->db) == SQLITE_NOMEM;
    int changes = statement && !sqlite3_stmt_readonly(statement);
    if (changes && sketch->alters)
        sketch->altered_root = root_of(sketch, sketch->alters);
    if (changes)
        changes = sqlite3_step(statement) == SQLITE_DONE;
    sketch->failed |= sqlite3_finalize(statement) == SQLITE_NOMEM;
    return changes;
}

static void take_lost_name(struct sketch *sketch, sqlite3_stmt *statement, void *argument) {
    ((struct table *)argument)->now = copy_cell(sketch, statement, 0);
}

static void follow_name(struct sketch *sketch, struct table *table) {
    char sql[100];
    sqlite3_snprintf(sizeof(sql), sql,
                     "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage = %lld",
                     (long long)sketch->altered_root);
    query_sketch(sketch, sketch->db, sql, NULL, take_lost_name, table);
}

static void run_sketched_step(struct sketch *sketch, const char *sql) {
    if (!run_statement(sketch, sql))
        return;
    for (struct table *t = sketch->tables; t; t = t->next) {
        if (t->gone || t->dropped)
            continue;
        if (sqlite3_stricmp(t->now, sketch->drops) == 0) {
            t->dropped = t->changed = 1;
        } else if (sqlite3_stricmp(t->now, sketch->alters) == 0) {
            t->changed = 1;
            follow_name(sketch, t);
        }
    }
}

/* ----------------------------------------------------------------- telling */

static void report_loss(struct sketch *sketch, const migc_migration *migration, const char *name,
                        const char *column_name) {
    if (!name || sketch->failed)
        return;
    int64_t number = count(sketch, name, column_name);
    migci_loss *loss = number ? migci_allocate(sketch->memory, sizeof(*loss)) : NULL;
    sketch->failed |= number && !loss;
    if (!loss)
        return;
    loss->migration = migration;
    loss->table = name;
    loss->column = column_name;
    loss->count = number;
    *sketch->end = loss;
    sketch->end = &loss->next;
}

static const struct column *find_column(const struct column *columns, const char *name) {
    for (; columns; columns = columns->next)
        if (sqlite3_stricmp(columns->now, name) == 0)
            return columns;
    return NULL;
}

/* As many as before: those without a namesake have got another name. */
static void match_columns(struct table *table, const struct column *before, size_t count_before) {
    const struct column *in_its_place = before;
    for (struct column *c = table->columns; c; c = c->next) {
        const struct column *same = find_column(before, c->now);
        if (!same && table->column_count == count_before)
            same = in_its_place;
        c->live = same ? same->live : NULL;
        in_its_place = in_its_place ? in_its_place->next : NULL;
    }
}

static int has_new_columns(const struct table *table) {
    for (const struct column *c = table->columns; c; c = c->next)
        if (!c->live)
            return 1;
    return 0;
}

static void settle_columns(struct sketch *sketch, const migc_migration *migration,
                           struct table *table) {
    const struct column *before = table->columns;
    size_t count_before = table->column_count;
    read_sketched_columns(sketch, sketch->db, table->now, table);
    match_columns(table, before, count_before);
    if (table->column_count >= count_before || has_new_columns(table))
        return;
    for (const struct column *c = before; c; c = c->next)
        if (c->live && !find_column(table->columns, c->now))
            report_loss(sketch, migration, table->live, c->live);
}

/* A migration's last step is done: what of a table is left? */
static void settle(struct sketch *sketch, const migc_migration *migration, struct table *table) {
    if (table->dropped) {
        if (root_of(sketch, table->before))
            table->now = table->before;
        table->gone = !root_of(sketch, table->now);
        table->dropped = 0;
    }
    table->changed = 0;
    if (table->gone)
        report_loss(sketch, migration, table->live, NULL);
    else
        settle_columns(sketch, migration, table);
}

static void run_on_sketch(struct sketch *sketch, const migc_action *action) {
    unsigned step_count;
    const migc_step *steps = migci_action_steps(action, &step_count);
    for (struct table *t = sketch->tables; t; t = t->next)
        t->before = t->now;
    for (unsigned i = 0; i < step_count && !sketch->failed; i++)
        if (!steps[i].call)
            run_sketched_step(sketch, steps[i].text);
    for (struct table *t = sketch->tables; t && !sketch->failed; t = t->next)
        if (t->changed)
            settle(sketch, action->migration, t);
}

int migci_find_losses(sqlite3 *db, const migc_action *actions, size_t action_count,
                      migci_memory *memory, migci_loss **losses) {
    struct sketch sketch = {0};
    sketch.live = db;
    sketch.memory = memory;
    sketch.actions = actions;
    sketch.action_count = action_count;
    sketch.end = losses;
    *losses = NULL;
    if (sqlite3_open(":memory:", &sketch.db) == SQLITE_OK &&
        sqlite3_collation_needed(sketch.db, NULL, provide_collation) == SQLITE_OK &&
        sqlite3_set_authorizer(sketch.db, allow_what_draws, &sketch) == SQLITE_OK) {
        query_sketch(&sketch, db, LIVE_TABLES, NULL, draw_table, NULL);
        for (size_t i = 0; i < action_count && !sketch.failed; i++)
            run_on_sketch(&sketch, &actions[i]);
    } else {
        sketch.failed = 1;
    }
    sqlite3_close(sketch.db);
    return !sketch.failed;
}
