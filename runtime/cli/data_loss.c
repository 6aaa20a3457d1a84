/*
 * data_loss.c - finds what a plan would lose: the tables and columns that its actions drop, as
 * the compiler found out, and how much is in them now.
 *
 * The names in migc_migration.up_drops and down_drops are those at the time of the migration.
 * They are followed from action to action, back to the name that the table has in the database.
 */
#include "cli.h"

#include <assert.h>
#include <string.h>

/* The name of a table or column of the database after the actions so far. */
struct name {
    const char *live;        /* in the database */
    const char *now;         /* NULL: it is gone */
    const struct name *home; /* the table of a column; NULL for a table */
    struct name *next;
};

struct search {
    sqlite3 *db;
    migci_memory *memory;
    const migc_migration *migration;
    struct name *names;
    sqlite3_stmt *table, *column; /* the name as the database has it */
    bool failed;                  /* out of memory, or the database could not be read */
    migci_loss **end;
};

/* A full-text table without NAME_content has no rows of its own. */
#define LIVE_TABLE                                                                                 \
    "SELECT name FROM main.sqlite_schema AS t WHERE type = 'table' AND name = ?1 COLLATE NOCASE"   \
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'migc\\_%' ESCAPE '\\'"         \
    " AND (sql NOT LIKE 'CREATE VIRTUAL TABLE%USING%fts%' OR EXISTS (SELECT 1 FROM"                \
    " main.sqlite_schema AS c WHERE c.name = t.name || '_content' COLLATE NOCASE))"
#define LIVE_COLUMN                                                                                \
    "SELECT name FROM pragma_table_xinfo(?2, 'main') WHERE hidden <> 1 AND name = ?1 COLLATE "     \
    "NOCASE"
#define DROPS                                                                                      \
    "SELECT json_extract(value, '$.table'), json_extract(value, '$.column'),"                      \
    " json_extract(value, '$.to'), json_extract(value, '$.rows') FROM json_each(?1)"

/* Counts rows, or values that are not NULL. */
static int64_t count(struct search *search, const char *name, const char *column) {
    int64_t number = 0;
    sqlite3_stmt *statement = NULL;
    char *sql =
        column ? sqlite3_mprintf("SELECT count(\"%w\".\"%w\") FROM main.\"%w\"", name, column, name)
               : sqlite3_mprintf("SELECT count(*) FROM main.\"%w\"", name);
    if (sql && sqlite3_prepare_v2(search->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    else
        search->failed = true;
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return number;
}

/* The name as the database has it, or NULL. */
static const char *read_live(struct search *search, const struct name *home, const char *name) {
    sqlite3_stmt *statement = home ? search->column : search->table;
    const char *live = NULL;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    if (home)
        sqlite3_bind_text(statement, 2, home->live, -1, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        live = text ? migci_copy(search->memory, text)
                    : NULL; /* out of memory, if UTF-16 becomes UTF-8 */
        search->failed |= !live;
    }
    search->failed |= code != SQLITE_ROW && code != SQLITE_DONE;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return live;
}

/* What has this name now, if it is in the database; NULL: it is not, or it is gone. */
static struct name *find_name(struct search *search, const struct name *home, const char *now) {
    bool is_taken = false;
    for (struct name *name = search->names; name; name = name->next) {
        if (name->home == home && name->now && sqlite3_stricmp(name->now, now) == 0)
            return name;
        is_taken |= name->home == home && sqlite3_stricmp(name->live, now) == 0;
    }
    const char *live = is_taken ? NULL : read_live(search, home, now);
    struct name *added = live ? migci_allocate(search->memory, sizeof(*added)) : NULL;
    search->failed |= live && !added;
    if (!added)
        return NULL;
    *added = (struct name){live, live, home, search->names};
    search->names = added;
    return added;
}

/* NULL: the drop has no such member, or memory is out. */
static const char *member_of_drop(struct search *search, sqlite3_stmt *drop, int member) {
    const char *text = (const char *)sqlite3_column_text(drop, member);
    search->failed |= !text && sqlite3_column_type(drop, member) != SQLITE_NULL;
    return text;
}

static void follow_drop(struct search *search, sqlite3_stmt *drop) {
    assert(search->migration && !*search->end);
    const char *table = member_of_drop(search, drop, 0);
    const char *column = member_of_drop(search, drop, 1);
    const char *to = member_of_drop(search, drop, 2);
    const char *rows = member_of_drop(search, drop, 3);
    struct name *name = table && !search->failed ? find_name(search, NULL, table) : NULL;
    if (name && column)
        name = find_name(search, name, column);
    if (!name)
        return;
    if (to) {
        name->now = migci_copy(search->memory, to);
        search->failed |= !name->now;
        return;
    }
    migci_loss_kind kind = !rows          ? MIGCI_LOSS_DROP
                           : *rows == 'n' ? MIGCI_LOSS_ALL
                                          : MIGCI_LOSS_SOME;
    const char *live_table = name->home ? name->home->live : name->live;
    const char *live_column = name->home ? name->live : NULL;
    int64_t number = count(search, live_table, live_column);
    migci_loss *loss = number ? migci_allocate(search->memory, sizeof(*loss)) : NULL;
    search->failed |= number && !loss;
    if (loss) {
        *loss = (migci_loss){search->migration, kind, live_table, live_column, number, NULL};
        *search->end = loss;
        search->end = &loss->next;
    }
    if (!rows)
        name->now = NULL;
}

bool migci_find_losses(sqlite3 *db, const migc_action *actions, size_t action_count,
                       migci_memory *memory, migci_loss **losses) {
    struct search search = {.db = db, .memory = memory, .end = losses};
    *losses = NULL;
    search.failed = sqlite3_prepare_v2(db, LIVE_TABLE, -1, &search.table, NULL) != SQLITE_OK ||
                    sqlite3_prepare_v2(db, LIVE_COLUMN, -1, &search.column, NULL) != SQLITE_OK;
    for (size_t i = 0; i < action_count && !search.failed; i++) {
        const migc_migration *migration = actions[i].migration;
        const char *drops = actions[i].down ? migration->down_drops : migration->up_drops;
        sqlite3_stmt *statement = NULL;
        int code = drops ? sqlite3_prepare_v2(db, DROPS, -1, &statement, NULL) : SQLITE_DONE;
        if (code == SQLITE_OK)
            code = sqlite3_bind_text(statement, 1, drops, -1, SQLITE_STATIC);
        search.migration = migration;
        while (statement && !search.failed && (code = sqlite3_step(statement)) == SQLITE_ROW)
            follow_drop(&search, statement);
        search.failed |= code != SQLITE_DONE;
        sqlite3_finalize(statement);
    }
    sqlite3_finalize(search.table);
    sqlite3_finalize(search.column);
    return !search.failed;
}
