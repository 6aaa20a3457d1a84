/*
 * proof_chain.c - keeps what is known of a database to which one migration after the other is
 * applied: its schema, and the rows of its tables.
 *
 * After a migration only what may have changed is read again: the tables whose stored text
 * differs, and the rows of tables that the statements touched.
 */
#include "proof.h"

#include <string.h>

/* SQLite copies from no database that is being written. */
bool migci_chain_copy(migci_chain *chain, migci_sandbox *from) {
    migci_sandbox *sandbox = &chain->sandbox;
    if (!migci_sandbox_open(sandbox, chain->proof) || !migci_sandbox_exec(from, "COMMIT"))
        return false;
    migci_rollback(&sandbox->session);
    sqlite3_backup *backup = sqlite3_backup_init(sandbox->db, "main", from->db, "main");
    int code = backup ? sqlite3_backup_step(backup, -1) : SQLITE_NOMEM;
    sqlite3_backup_finish(backup);
    return migci_begin(&from->session) == MIGCI_DONE && code == SQLITE_DONE &&
           migci_begin(&sandbox->session) == MIGCI_DONE;
}

static void forget_rows(migci_chain *chain) {
    for (size_t i = 0; i < MIGCI_ROW_BUCKETS; i++) {
        for (migci_kept_rows *kept = chain->rows[i]; kept; kept = kept->next)
            migci_free_all(&kept->memory);
        chain->rows[i] = NULL;
    }
}

void migci_chain_close(migci_chain *chain) {
    forget_rows(chain);
    migci_free_all(&chain->frame);
    migci_free_all(&chain->memory);
    migci_sandbox_close(&chain->trial);
    migci_sandbox_close(&chain->sandbox);
}

/* Full text and R*Tree keep rows of their own, as tables do.  Other modules may show anything,
 * without an end; and "content = notes" shows the rows of another table. */
bool migci_proof_compares(const migci_schema *schema, const migci_table *table) {
    const char *module = "";
    for (size_t i = 0; table->is_virtual && i < schema->count; i++)
        if (schema->objects[i]->type == MIGCI_TABLE && schema->objects[i]->details == table)
            module = schema->objects[i]->traits[MIGCI_MODULE];
    return !table->is_virtual ||
           ((strncmp(module, "USING fts", 9) == 0 || strncmp(module, "USING rtree", 11) == 0) &&
            !strstr(module, "content = "));
}

static migci_kept_rows **bucket_of(migci_chain *chain, const char *key) {
    return &chain->rows[migci_sum(MIGCI_SUM_START, key) % MIGCI_ROW_BUCKETS];
}

migci_kept_rows *migci_chain_rows(migci_chain *chain, const char *key) {
    migci_kept_rows *kept = *bucket_of(chain, key);
    while (kept && strcmp(kept->key, key) != 0)
        kept = kept->next;
    return kept;
}

bool migci_chain_read_rows(migci_chain *chain, const migci_table *table, migci_memory *memory,
                           migci_rows *rows) {
    int code = migci_rows_read(chain->sandbox.db, table, memory, rows);
    return !migci_proof_lacks_memory(chain->proof, code) && code == SQLITE_OK;
}

static void keep_rows(migci_chain *chain, const char *key) {
    const migci_table *table = migci_schema_table(&chain->schema, key);
    migci_kept_rows *kept = migci_chain_rows(chain, key);
    bool compared = table && migci_proof_compares(&chain->schema, table);
    if (!kept && !compared)
        return;
    if (!kept) {
        kept = migci_allocate(&chain->memory, sizeof(*kept));
        char *copy = migci_copy(&chain->memory, key);
        chain->proof->no_memory |= !kept || !copy;
        if (!kept || !copy)
            return;
        migci_kept_rows **bucket = bucket_of(chain, key);
        kept->key = copy;
        kept->next = *bucket;
        *bucket = kept;
    }
    migci_free_all(&kept->memory);
    kept->rows = (migci_rows){0};
    if (compared)
        migci_chain_read_rows(chain, table, &kept->memory, &kept->rows);
}

bool migci_chain_read_schema(migci_chain *chain, migci_memory *frame, const migci_schema *old,
                             migci_schema *schema) {
    int code = migci_schema_read_again(chain->sandbox.db, &chain->memory, frame, old, schema);
    return !migci_proof_lacks_memory(chain->proof, code) && code == SQLITE_OK;
}

static void take_schema(migci_chain *chain, const migci_memory *frame, const migci_schema *schema) {
    migci_free_all(&chain->frame);
    chain->frame = *frame;
    chain->schema = *schema;
}

bool migci_chain_look(migci_chain *chain, bool rows) {
    migci_memory frame = {0};
    migci_schema schema;
    bool all = !chain->seen || chain->stale;
    if (!all && !chain->behind)
        return true;
    if (!migci_chain_read_schema(chain, &frame, &chain->schema, &schema)) {
        migci_free_all(&frame);
        return false;
    }
    take_schema(chain, &frame, &schema);
    if (all)
        forget_rows(chain);
    for (size_t i = 0; rows && all && i < schema.table_count && !chain->proof->no_memory; i++)
        keep_rows(chain, schema.tables[i]->key);
    for (size_t i = 0; rows && !all && i < schema.changed_count && !chain->proof->no_memory; i++)
        keep_rows(chain, schema.changed[i]);
    chain->seen = true;
    chain->stale = chain->behind = false;
    return !chain->proof->no_memory;
}

void migci_chain_advance(migci_chain *chain, migci_memory *frame, const migci_schema *after,
                         const char *touched) {
    take_schema(chain, frame, after);
    *frame = (migci_memory){0};
    for (size_t i = 0; i < chain->schema.table_count && !chain->proof->no_memory; i++) {
        const char *key = chain->schema.tables[i]->key;
        if (migci_watch_has(touched, key) || migci_schema_changed(&chain->schema, key))
            keep_rows(chain, key);
    }
    for (size_t i = 0; i < MIGCI_ROW_BUCKETS; i++)
        for (migci_kept_rows *kept = chain->rows[i]; kept; kept = kept->next)
            if (kept->rows.count && !migci_schema_table(&chain->schema, kept->key)) {
                migci_free_all(&kept->memory);
                kept->rows = (migci_rows){0};
            }
}

/* ------------------------------------------------------------- behind a failure */

/* Runs each statement by itself, so that later migrations find what works. */
void migci_run_leniently(migci_chain *chain, size_t index) {
    migci_sandbox *sandbox = &chain->sandbox;
    const migc_migration *migration = &chain->proof->set->migrations[index];
    migci_watch_migration(&sandbox->watch, index, false);
    for (unsigned i = 0; i < migration->up_count; i++) {
        const migc_step *step = &migration->steps[i];
        sandbox->watch.spent = 0;
        if (!step->call)
            migci_proof_lacks_memory(chain->proof,
                                     sqlite3_exec(sandbox->db, step->text, NULL, NULL, NULL));
    }
    migci_watch_migration(&sandbox->watch, chain->proof->set->count, false);
}

bool migci_climb_again(migci_chain *chain, size_t index) {
    migci_sandbox_close(&chain->sandbox);
    if (!migci_sandbox_open(&chain->sandbox, chain->proof)) {
        chain->proof->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < index; i++)
        if (migci_sandbox_run(&chain->sandbox, i, false) != MIGC_OK)
            migci_run_leniently(chain, i);
    return true;
}
