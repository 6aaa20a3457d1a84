/*
 * rehearse_rows.c - finds out which tables' rows a run changes, and how many.
 *
 * SQLite's update hook reports each row of a table with a rowid, whoever changed it:
 * a statement, a trigger, a cascade, a step in C.  The rest (tables WITHOUT ROWID,
 * virtual ones, DELETE without WHERE) is known by number only, and is the statement's
 * own table's where that can be read from it.  Counting the rows before and after sets
 * right what both did not see, such as rows that REPLACE removed.
 */
#include "rehearse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void fail_tally(migci_tallies *tallies, int code) {
    if (tallies->code == SQLITE_OK)
        tallies->code = code;
}

/* -------------------------------------------------------------------- tables */

/* The table's, made when it is met first. */
static migci_tally *tally_of(migci_tallies *tallies, const char *name) {
    size_t bucket = migci_sum_names(MIGCI_SUM_START, name, "") % MIGCI_BUCKETS;
    migci_tally *tally = tallies->buckets[bucket];
    while (tally && sqlite3_stricmp(tally->name, name) != 0)
        tally = tally->next_in_bucket;
    if (tally)
        return tally;
    tally = migci_allocate(tallies->memory, sizeof(*tally));
    char *kept = migci_copy(tallies->memory, name);
    if (!tally || !kept) {
        fail_tally(tallies, SQLITE_NOMEM);
        return NULL;
    }
    tally->name = kept;
    tally->before = -1;
    tally->next_in_bucket = tallies->buckets[bucket];
    tallies->buckets[bucket] = tally;
    *tallies->end = tally;
    tallies->end = &tally->next;
    return tally;
}

static void on_row(void *argument, int operation, char const *schema, char const *table,
                   sqlite3_int64 rowid) {
    migci_tallies *tallies = argument;
    migci_tally *tally = tallies->last;
    (void)rowid;
    if (strcmp(schema, "main") != 0)
        return;
    tallies->seen++;
    if (strncmp(table, "migc_", 5) == 0) { /* the trace of a migration outside transactions */
        tallies->own++;
        return;
    }
    if (!tally || strcmp(tally->name, table) != 0)
        tally = tallies->last = tally_of(tallies, table);
    if (!tally)
        return;
    if (operation == SQLITE_INSERT)
        tally->inserted++;
    else if (operation == SQLITE_UPDATE)
        tally->updated++;
    else
        tally->deleted++;
}

/* ------------------------------------------------------- tables come and go */

/* A renamed table keeps its place.  Its rows go with it. */
static void follow_rename(migci_tallies *tallies, migci_tally *to) {
    migci_tally *from = tallies->all;
    while (from && (!from->exists || from->root != to->root || from->round == tallies->round))
        from = from->next;
    if (!from || !to->root)
        return;
    to->inserted += from->inserted;
    to->updated += from->updated;
    to->deleted += from->deleted;
    from->inserted = from->updated = from->deleted = 0;
    from->exists = false;
}

static void meet_table(migci_tallies *tallies, sqlite3_stmt *row) {
    const char *name = (const char *)sqlite3_column_text(row, 0);
    migci_tally *tally = name ? tally_of(tallies, name) : NULL;
    const char *type = (const char *)sqlite3_column_text(row, 2);
    if (!tally || !type) {
        fail_tally(tallies, SQLITE_NOMEM);
        return;
    }
    tally->root = sqlite3_column_int64(row, 1);
    tally->is_shadow = strcmp(type, "shadow") == 0;
    tally->is_virtual = strcmp(type, "virtual") == 0;
    tally->without_rowid = sqlite3_column_int(row, 3);
    tally->round = tallies->round;
}

/* What came back in a later step than it went was made anew. */
static void settle_tables(migci_tallies *tallies) {
    for (migci_tally *tally = tallies->all; tally; tally = tally->next) {
        if (tally->round != tallies->round || tally->exists)
            continue;
        if (tallies->round > 1)
            follow_rename(tallies, tally);
        tally->remade = tally->before >= 0;
        tally->exists = true;
    }
    for (migci_tally *tally = tallies->all; tally; tally = tally->next)
        tally->exists = tally->exists && tally->round == tallies->round;
}

static void look_at_tables(migci_tallies *tallies) {
    sqlite3_stmt *row = NULL;
    int64_t version = migci_ask_sqlite(tallies->db, "PRAGMA main.schema_version");
    if (version < 0)
        fail_tally(tallies, sqlite3_errcode(tallies->db));
    if (version < 0 || version == tallies->schema_version)
        return;
    tallies->round++;
    tallies->schema_version = version;
    int code = sqlite3_prepare_v2(tallies->db,
                                  /* One look at the list: asked by name it is as long each time. */
                                  "WITH list AS MATERIALIZED (SELECT name, type, wr"
                                  " FROM pragma_table_list WHERE schema = 'main')"
                                  " SELECT s.name, s.rootpage, list.type, list.wr"
                                  " FROM main.sqlite_schema AS s JOIN list ON list.name = s.name"
                                  " WHERE s.type = 'table'"
                                  " AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                                  " AND s.name NOT LIKE 'migc\\_%' ESCAPE '\\' ORDER BY s.name",
                                  -1, &row, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        meet_table(tallies, row);
        code = tallies->code;
    }
    sqlite3_finalize(row);
    if (code != SQLITE_DONE)
        fail_tally(tallies, code);
    settle_tables(tallies);
}

/* ------------------------------------------------------------------- counting */

/* -1 for one that cannot be counted: a virtual table whose module is not there. */
static int64_t count_rows(migci_tallies *tallies, const migci_tally *tally) {
    char *sql = sqlite3_mprintf("SELECT count(*) FROM main.\"%w\"", tally->name);
    if (!sql) {
        fail_tally(tallies, SQLITE_NOMEM);
        return -1;
    }
    int64_t count = migci_ask_sqlite(tallies->db, sql);
    sqlite3_free(sql);
    if (count < 0 && !tally->is_virtual)
        fail_tally(tallies, sqlite3_errcode(tallies->db));
    return count;
}

void migci_tallies_begin(migci_tallies *tallies, sqlite3 *db, migci_memory *memory) {
    memset(tallies, 0, sizeof(*tallies));
    tallies->db = db;
    tallies->memory = memory;
    tallies->end = &tallies->all;
    tallies->schema_version = -1;
    look_at_tables(tallies);
    for (migci_tally *tally = tallies->all; tally && tallies->code == SQLITE_OK;
         tally = tally->next)
        tally->before = tally->is_shadow ? -1 : count_rows(tallies, tally);
    sqlite3_update_hook(db, on_row, tallies);
}

void migci_tallies_end(migci_tallies *tallies) {
    if (tallies->db)
        sqlite3_update_hook(tallies->db, NULL, NULL);
}

/* ----------------------------------------------------------------- one step */

/* Tables that hold the content of virtual tables are left out. */
static int64_t shadow_rows(const migci_tallies *tallies) {
    int64_t rows = 0;
    for (const migci_tally *tally = tallies->all; tally; tally = tally->next)
        if (tally->is_shadow)
            rows += tally->inserted + tally->updated + tally->deleted;
    return rows;
}

void migci_tallies_start_step(migci_tallies *tallies) {
    tallies->changes = sqlite3_total_changes64(tallies->db);
    tallies->seen_before = tallies->seen;
    tallies->own_before = tallies->own;
    tallies->shadow_before = shadow_rows(tallies);
}

/* "INSERT OR IGNORE INTO x", "REPLACE INTO x", "UPDATE OR FAIL main.x", "DELETE FROM x":
 * the counter of x; NULL for what begins otherwise (WITH). */
static int64_t *counter_of(migci_tallies *tallies, const char *sql, bool *is_counted) {
    migci_text text = migci_text_of(sql);
    migci_token verb = migci_token_next(&text), token = migci_token_next(&text);
    migci_memory memory = {0};
    if (migci_token_is(token, "or")) {
        migci_token_next(&text);
        token = migci_token_next(&text);
    }
    if (migci_token_is(token, "into") || migci_token_is(token, "from"))
        token = migci_token_next(&text);
    migci_token dot = migci_token_next(&text);
    if (migci_token_is(dot, "."))
        token = migci_token_next(&text);
    char *name = migci_canonical_name(&memory, token);
    migci_tally *tally = NULL;
    if (!name)
        fail_tally(tallies, SQLITE_NOMEM);
    for (tally = tallies->all; tally && (!name || sqlite3_stricmp(tally->name, name) != 0);)
        tally = tally->next;
    migci_free_all(&memory);
    bool deletes = migci_token_is(verb, "delete");
    *is_counted = tally && (deletes || tally->without_rowid || tally->is_virtual);
    if (!tally)
        return NULL;
    return deletes                                                             ? &tally->deleted
           : migci_token_is(verb, "update")                                    ? &tally->updated
           : migci_token_is(verb, "insert") || migci_token_is(verb, "replace") ? &tally->inserted
                                                                               : NULL;
}

int64_t migci_tallies_end_step(migci_tallies *tallies, const migc_step *step) {
    assert(tallies->db && step);
    int64_t changed = sqlite3_total_changes64(tallies->db) - tallies->changes;
    int64_t unseen = changed - (tallies->seen - tallies->seen_before);
    changed -= tallies->own - tallies->own_before;
    look_at_tables(tallies);
    if (tallies->code != SQLITE_OK)
        return changed;
    bool is_counted = false;
    int64_t *counter =
        unseen > 0 && !step->call ? counter_of(tallies, step->text, &is_counted) : NULL;
    if (counter && is_counted) { /* rows that the hook did not report */
        int64_t own = sqlite3_changes64(tallies->db);
        own = own < unseen ? own : unseen;
        *counter += own;
        unseen -= own;
    }
    int64_t shadow = shadow_rows(tallies) - tallies->shadow_before;
    if (shadow > 0) /* some of theirs are WITHOUT ROWID */
        shadow += unseen;
    else
        tallies->other_rows += unseen;
    return changed - shadow;
}

/* -------------------------------------------------------------------- telling */

static int by_name(const void *a, const void *b) {
    const migc_rehearsed_table *left = a, *right = b;
    return sqlite3_stricmp(left->name, right->name);
}

void migci_tallies_tell(migci_tallies *tallies, migc_rehearsal *rehearsal) {
    size_t count = 0;
    look_at_tables(tallies);
    for (const migci_tally *tally = tallies->all; tally; tally = tally->next)
        count++;
    migc_rehearsed_table *tables = migci_allocate(tallies->memory, (count + 1) * sizeof(*tables));
    int64_t other_rows = tallies->other_rows;
    if (!tables)
        fail_tally(tallies, SQLITE_NOMEM);
    count = 0;
    for (migci_tally *tally = tallies->all; tally && tallies->code == SQLITE_OK;
         tally = tally->next) {
        int64_t after = tally->exists && !tally->is_shadow ? count_rows(tallies, tally) : -1;
        migc_rehearsed_table *table = &tables[count];
        *table =
            (migc_rehearsed_table){tally->name,    tally->before,  after,        tally->inserted,
                                   tally->updated, tally->deleted, tally->remade};
        /* Rows that the hook did not report show in the counts. */
        int64_t was = table->before < 0 || table->remade ? 0 : table->before;
        int64_t more = table->after - (was + table->inserted - table->deleted);
        if (table->after >= 0 && !(table->remade && more < 0)) {
            *(more < 0 ? &table->deleted : &table->inserted) += more < 0 ? -more : more;
            other_rows -= more < 0 ? -more : more;
        }
        count += !tally->is_shadow && (table->inserted || table->updated || table->deleted ||
                                       table->before != table->after);
    }
    if (tallies->code != SQLITE_OK)
        return;
    qsort(tables, count, sizeof(*tables), by_name);
    rehearsal->tables = tables;
    rehearsal->table_count = count;
    rehearsal->other_rows = other_rows > 0 ? other_rows : 0;
}
