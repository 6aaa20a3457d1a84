/*
 * proof_trial.c - shows DOWN and UP again on a database that has only what the migration
 * concerns: nothing, if it only creates, or an excerpt of the database (proof_excerpt.c).
 *
 * SQLite goes through all of a schema for each table that a statement creates, alters or drops,
 * so a small database is much faster.
 */
#include "proof.h"

#include <string.h>

/* ------------------------------------------------------- those that only create */

/* Whether the effect depends only on its text: it neither selects nor makes a virtual table, and
 * DOWN drops. */
static bool only_creates(const migci_local *local) {
    const migc_migration *migration = local->migration;
    for (unsigned i = 0; i < migration->up_count + migration->down_count; i++) {
        migci_text text = migci_text_of(migration->steps[i].text);
        migci_token first = migci_token_next(&text), kind = migci_token_next(&text);
        if (i >= migration->up_count && !migci_token_is(first, "drop"))
            return false;
        if (migci_token_is(first, "create") && migci_token_is(kind, "virtual"))
            return false;
        if (migci_token_is(kind, "view") || migci_token_is(kind, "trigger"))
            continue;
        for (migci_token token = kind; token.kind != MIGCI_TOKEN_END;
             token = migci_token_next(&text))
            if (migci_token_is(token, "select"))
                return false;
    }
    return true;
}

/* Compiles DOWN on the chain: SQLite then tells what it would touch. */
static bool compile_down(migci_local *local) {
    const migc_migration *migration = local->migration;
    migci_watch *watch = &local->sandbox->watch;
    int code = SQLITE_OK;
    migci_watch_migration(watch, local->index, true);
    for (unsigned i = 0; i < migration->down_count && code == SQLITE_OK; i++) {
        sqlite3_stmt *statement = NULL;
        code =
            sqlite3_prepare_v2(local->sandbox->db, migration->steps[migration->up_count + i].text,
                               -1, &statement, NULL);
        sqlite3_finalize(statement);
    }
    watch->index = local->proof->set->count;
    migci_learn_touched(local, watch);
    return !migci_proof_lacks_memory(local->proof, code) && code == SQLITE_OK &&
           !watch->touches_existing;
}

/* Runs UP on the trial.  Returns the number of objects, or -1 if it made others than on the
 * chain. */
static int64_t try_up(const migci_local *local, migci_sandbox *trial) {
    bool same = migci_sandbox_run(trial, local->index, false) == MIGC_OK &&
                strcmp(migci_watch_list(trial->watch.made), local->effect->made) == 0;
    return same ? migci_sandbox_objects(trial) : -1;
}

bool migci_shows_alone(migci_local *local, int64_t gain, bool had_sequence) {
    migci_sandbox *trial = &local->chain->trial;
    if (!trial->db || local->sandbox->watch.reads_existing || !only_creates(local) ||
        !compile_down(local))
        return false;
    if (had_sequence && !migci_sandbox_has_sequence(trial))
        migci_sandbox_exec(trial, "CREATE TABLE made(id INTEGER PRIMARY KEY AUTOINCREMENT);"
                                  " DROP TABLE made");
    if (had_sequence != migci_sandbox_has_sequence(trial))
        return false;
    migci_sandbox_exec(trial, "SAVEPOINT trial");
    int64_t objects = migci_sandbox_objects(trial), created = try_up(local, trial);
    bool shown = created >= 0 && created - objects == gain &&
                 migci_sandbox_run(trial, local->index, true) == MIGC_OK &&
                 migci_sandbox_objects(trial) == objects && try_up(local, trial) == created;
    if (migci_sandbox_is_lost(trial)) /* it is of no more use */
        migci_sandbox_close(trial);
    else
        migci_sandbox_exec(trial, "ROLLBACK TO trial; RELEASE trial");
    return shown && !local->proof->no_memory;
}

/* ------------------------------------------------------------- on an excerpt */

/* ALTER TABLE fails if any view or trigger of the schema does not compile. */
static bool alters_in_sound_schema(migci_sandbox *sandbox) {
    migci_sandbox_exec(sandbox, "SAVEPOINT probe");
    bool sound = migci_sandbox_exec(sandbox, "CREATE TABLE main.migc_probe(a, b);"
                                             " ALTER TABLE main.migc_probe DROP COLUMN b");
    migci_sandbox_exec(sandbox, "ROLLBACK TO probe; RELEASE probe");
    return sound;
}

bool migci_opens_with(const migc_step *steps, unsigned count, const char *first,
                      const char *second) {
    for (unsigned i = 0; i < count; i++) {
        migci_text text = migci_text_of(steps[i].text);
        if (migci_token_is(migci_token_next(&text), first) &&
            (!second || migci_token_is(migci_token_next(&text), second)))
            return true;
    }
    return false;
}

/* DOWN does nothing to the schema outside of the excerpt, but ALTER TABLE compiles that again. */
const char *migci_choose_excerpt(migci_local *local, bool *whole) {
    enum { MOST_UNSOUND = 3 };
    migci_chain *chain = local->chain;
    const migc_migration *migration = local->migration;
    bool alters = migci_opens_with(migration->steps + migration->up_count, migration->down_count,
                                   "alter", NULL);
    if (alters && !chain->sound && chain->unsound == MOST_UNSOUND)
        return NULL;
    const char *excerpt = NULL;
    if (local->index + 1 == local->proof->set->count)
        excerpt = migci_excerpt_of(chain, local->index, true, &local->memory);
    *whole = excerpt != NULL;
    if (!excerpt && !local->proof->no_memory)
        excerpt = migci_excerpt_of(chain, local->index, false, &local->memory);
    if (excerpt && alters && !chain->sound) {
        chain->sound = alters_in_sound_schema(local->sandbox);
        chain->unsound += !chain->sound;
    }
    return alters && !chain->sound ? NULL : excerpt;
}

/* Reads the schema of the excerpt.  Whether it is the expected one; NULL: any. */
static bool read_excerpt(migci_local *local, const migci_schema *expected, migci_memory *memory,
                         migci_schema *schema) {
    int code = migci_schema_read(local->chain->trial.db, memory, schema);
    return !migci_proof_lacks_memory(local->proof, code) && code == SQLITE_OK &&
           (!expected || migci_schema_differences(expected, schema) == 0);
}

/* Whether no key is violated, and all can be checked. */
static bool has_keys_that_hold(sqlite3 *db) {
    return migci_ask_sqlite(db, "SELECT count(*) FROM pragma_foreign_key_check()") == 0;
}

static bool names_table(const migc_migration *migration, const char *name) {
    for (unsigned i = 0; i < migration->up_count + migration->down_count; i++)
        if (migci_mentions(migration->steps[i].text, name))
            return true;
    return false;
}

/* Whether all keys to touched tables are on the excerpt.  Those to tables that it names are; a
 * trigger may touch another. */
static bool has_keys_of_chain(const migci_local *local, const migci_schema *excerpt) {
    const migci_schema *schema = &local->chain->schema;
    const char *touched = local->touched;
    bool has_all = true;
    for (char name[300]; touched && *touched && has_all;) {
        touched = migci_watch_next(touched, name, sizeof(name));
        if (names_table(local->migration, name))
            continue;
        for (size_t i = 0; i < schema->count && has_all; i++) {
            const migci_object *object = schema->objects[i];
            size_t size;
            if (object->type != MIGCI_FOREIGN_KEY)
                continue;
            const char *parent = migci_key_parent(object, &size);
            has_all = strlen(name) != size || sqlite3_strnicmp(parent, name, (int)size) != 0 ||
                      migci_schema_table(excerpt, object->home);
        }
    }
    return has_all;
}

/* Whether its tables have the chain's rows, unless DOWN may lose some, and its keys hold. */
static bool has_rows_of_chain(migci_local *local, const migci_schema *schema, bool down) {
    sqlite3 *db = local->chain->trial.db;
    bool same = has_keys_that_hold(db);
    for (size_t i = 0; i < schema->table_count && same && !(down && local->migration->lossy); i++) {
        const migci_table *table = schema->tables[i];
        const migci_kept_rows *kept = migci_chain_rows(local->chain, table->key);
        migci_memory memory = {0};
        migci_rows rows;
        int code = migci_rows_read(db, table, &memory, &rows);
        same = !migci_proof_lacks_memory(local->proof, code) && code == SQLITE_OK &&
               rows.count == (kept ? kept->rows.count : 0) &&
               (!rows.count || migci_rows_lost(&rows, &kept->rows) == 0);
        migci_free_all(&memory);
    }
    return same;
}

bool migci_shows_on_excerpt(migci_local *local, const char *excerpt, bool whole) {
    migci_sandbox *trial = &local->chain->trial;
    migci_memory memory = {0};
    migci_schema before, after, now, again;
    if (!excerpt || local->effect->is_nondeterministic || local->effect->outside)
        return false;
    migci_sandbox_exec(trial, "SAVEPOINT excerpt");
    bool shown =
        migci_sandbox_exec(trial, excerpt) && read_excerpt(local, NULL, &memory, &before) &&
        has_rows_of_chain(local, &before, false) &&
        migci_sandbox_run(trial, local->index, false) == MIGC_OK &&
        read_excerpt(local, NULL, &memory, &after) &&
        migci_sandbox_run(trial, local->index, true) == MIGC_OK &&
        read_excerpt(local, &before, &memory, &now) && has_rows_of_chain(local, &now, true) &&
        (migci_learn_touched(local, &trial->watch), !trial->watch.outside) &&
        has_keys_of_chain(local, &before) &&
        migci_sandbox_run(trial, local->index, false) == MIGC_OK &&
        read_excerpt(local, &after, &memory, &again) && has_keys_that_hold(trial->db);
    if (shown && local->chain->sound)
        local->chain->sound = alters_in_sound_schema(trial);
    if (migci_sandbox_is_lost(trial)) /* it is of no more use */
        migci_sandbox_close(trial);
    else
        migci_sandbox_exec(trial, "ROLLBACK TO excerpt; RELEASE excerpt");
    migci_free_all(&memory);
    if (shown && whole && local->proof->excerpted && !local->proof->no_memory)
        local->proof->excerpted(local->proof->user, excerpt);
    return shown && !local->proof->no_memory;
}
