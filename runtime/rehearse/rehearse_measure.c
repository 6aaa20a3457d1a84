/*
 * rehearse_measure.c - measures a database before and after a rehearsal: schema, rows, foreign
 * keys, size, and the size of the journal or WAL.
 */
#include "rehearse.h"

#include <assert.h>
#include <string.h>

enum { WAL_FRAME_HEADER = 24 };

static void fail_measure(migci_measures *measures, int code) {
    if (measures->code == SQLITE_OK)
        measures->code = code;
}

/* ---------------------------------------------------------------------- size */

static int64_t ask_measured(migci_measures *measures, const char *sql) {
    int64_t answer = migci_ask_sqlite(measures->db, sql);
    if (answer < 0)
        fail_measure(measures, sqlite3_errcode(measures->db));
    return answer;
}

static int64_t size_of(migci_measures *measures) {
    return ask_measured(measures, "PRAGMA main.page_count") *
           ask_measured(measures, "PRAGMA main.page_size");
}

static int pages_written(sqlite3 *db) {
    int now = 0, peak = 0;
    sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_WRITE, &now, &peak, 0);
    return now;
}

/* A WAL takes changed pages when they leave the cache, as they would at the COMMIT; a
 * rollback journal has the old ones already. */
static int64_t journal_size(migci_measures *measures) {
    sqlite3 *db = measures->db;
    sqlite3_file *journal = NULL;
    sqlite3_int64 size = -1;
    if (ask_measured(measures, "SELECT journal_mode = 'wal' FROM pragma_journal_mode") == 1) {
        sqlite3_db_cacheflush(db);
        return (pages_written(db) - measures->written) *
               (ask_measured(measures, "PRAGMA main.page_size") + WAL_FRAME_HEADER);
    }
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal) != SQLITE_OK ||
        !journal || !journal->pMethods || journal->pMethods->xFileSize(journal, &size) != SQLITE_OK)
        return -1;
    return size;
}

void migci_measure_journal(migci_measures *measures) {
    int64_t size = journal_size(measures);
    if (measures->rehearsal->journal_size < size)
        measures->rehearsal->journal_size = size;
}

/* -------------------------------------------------------------- foreign keys */

static migc_rehearsed_key *key_of(migci_measures *measures, const char *table, const char *parent) {
    for (size_t i = 0; i < measures->key_count; i++)
        if (strcmp(measures->keys[i].table, table) == 0 &&
            strcmp(measures->keys[i].parent, parent) == 0)
            return &measures->keys[i];
    migc_rehearsed_key *keys =
        migci_allocate(measures->memory, (measures->key_count + 1) * sizeof(*keys));
    char *table_copy = migci_copy(measures->memory, table);
    char *parent_copy = migci_copy(measures->memory, parent);
    if (!keys || !table_copy || !parent_copy)
        return NULL;
    if (measures->key_count)
        memcpy(keys, measures->keys, measures->key_count * sizeof(*keys));
    measures->keys = keys;
    keys += measures->key_count++;
    keys->table = table_copy;
    keys->parent = parent_copy;
    return keys;
}

/* A foreign key that names no unique columns cannot be checked: SQLite refuses with an
 * ordinary error, and the run does not look at it either. */
static void count_keys(migci_measures *measures, bool after) {
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(measures->db,
                                  "SELECT \"table\", parent, count(*) FROM"
                                  " pragma_foreign_key_check(NULL, 'main')"
                                  " GROUP BY 1, 2 ORDER BY 1, 2",
                                  -1, &row, NULL);
    for (size_t i = 0; i < measures->key_count; i++)
        *(after ? &measures->keys[i].after : &measures->keys[i].before) = 0;
    while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(row, 0);
        const char *parent = (const char *)sqlite3_column_text(row, 1);
        migc_rehearsed_key *key = table && parent ? key_of(measures, table, parent) : NULL;
        code = key ? SQLITE_OK : SQLITE_NOMEM;
        if (key)
            *(after ? &key->after : &key->before) = sqlite3_column_int64(row, 2);
    }
    sqlite3_finalize(row);
    if (code != SQLITE_DONE && code != SQLITE_ERROR)
        fail_measure(measures, code);
}

/* -------------------------------------------------------------------- schema */

static const migci_voice voice = {"drops %s", "adds %s", "%s"};

static char *keep_measured(migci_measures *measures, const char *text) {
    char *kept = text ? migci_copy(measures->memory, text) : NULL;
    if (text && !kept)
        fail_measure(measures, SQLITE_NOMEM);
    return kept;
}

static void keep_schema_difference(const migci_difference *difference, void *argument) {
    migci_measures *measures = argument;
    migc_rehearsal *rehearsal = measures->rehearsal;
    migc_difference *handed = &rehearsal->differences[rehearsal->difference_count++];
    char text[1000];
    migci_difference_hand(difference, &voice, text, sizeof(text), handed);
    handed->name = keep_measured(measures, handed->name);
    handed->table = keep_measured(measures, handed->table);
    handed->text = keep_measured(measures, handed->text);
}

static void tell_schema(migci_measures *measures) {
    migc_rehearsal *rehearsal = measures->rehearsal;
    migci_schema now;
    int code = migci_schema_read(measures->db, measures->memory, &now);
    rehearsal->difference_count = 0;
    if (code != SQLITE_OK) {
        fail_measure(measures, code);
        return;
    }
    size_t count = migci_schema_differences(&measures->schema, &now);
    rehearsal->differences =
        migci_allocate(measures->memory, (count + 1) * sizeof(*rehearsal->differences));
    if (rehearsal->differences)
        migci_schema_compare(&measures->schema, &now, keep_schema_difference, measures);
    else
        fail_measure(measures, SQLITE_NOMEM);
}

/* -------------------------------------------------------------- before, after */

void migci_measure_before(migci_measures *measures) {
    assert(measures->db && measures->memory && measures->rehearsal);
    int code = migci_schema_read(measures->db, measures->memory, &measures->schema);
    if (code != SQLITE_OK)
        fail_measure(measures, code);
    count_keys(measures, false);
    measures->written = pages_written(measures->db);
    measures->rehearsal->size_before = measures->rehearsal->size_after = size_of(measures);
    migci_tallies_begin(&measures->tallies, measures->db, measures->memory);
}

void migci_measure_after(migci_measures *measures) {
    migc_rehearsal *rehearsal = measures->rehearsal;
    if (measures->code != SQLITE_OK || measures->tallies.code != SQLITE_OK)
        return;
    rehearsal->size_after = size_of(measures);
    migci_measure_journal(measures);
    tell_schema(measures);
    migci_tallies_tell(&measures->tallies, rehearsal);
    count_keys(measures, true);
    rehearsal->keys =
        migci_allocate(measures->memory, (measures->key_count + 1) * sizeof(*rehearsal->keys));
    rehearsal->key_count = 0;
    if (!rehearsal->keys)
        fail_measure(measures, SQLITE_NOMEM);
    for (size_t i = 0; i < measures->key_count && rehearsal->keys; i++)
        if (measures->keys[i].after)
            rehearsal->keys[rehearsal->key_count++] = measures->keys[i];
}
