/*
 * proof_sandbox.c - a database on which migrations run step by step, as the engine applies them,
 * but without a history and inside one transaction that stays open: a savepoint brings back any
 * state, and costs less than a copy.
 */
#include "proof.h"

#include <assert.h>
#include <string.h>

bool migci_sandbox_nests(const migc_migration *migration, bool down) {
    return migci_transaction_kind(migration, down) == 0;
}

static migc_code enter_sandbox(migci_sandbox *sandbox, int foreign_keys, bool transaction) {
    migc_code code = migci_settings_enter(&sandbox->session, &sandbox->run.settings, foreign_keys);
    if (code == MIGC_OK && transaction && migci_begin(&sandbox->session) != MIGCI_DONE)
        code = sandbox->error.code;
    return code;
}

static void leave_sandbox(migci_sandbox *sandbox) {
    if (migci_in_transaction(&sandbox->session) && migci_commit(&sandbox->session) != MIGCI_DONE) {
        sandbox->proof->no_memory = true; /* nothing else makes this fail in memory */
        migci_rollback(&sandbox->session);
    }
    migci_settings_leave(&sandbox->session, &sandbox->run.settings);
}

bool migci_sandbox_open(migci_sandbox *sandbox, migci_proof *proof) {
    memset(sandbox, 0, sizeof(*sandbox));
    sandbox->proof = proof;
    sandbox->options.user = proof->step_user;
    sandbox->db = migci_proof_open(proof, &sandbox->watch, 0);
    if (!sandbox->db)
        return false;
    if (migci_session_open(&sandbox->session, sandbox->db, proof->set, &sandbox->options,
                           &sandbox->error) == MIGC_OK &&
        enter_sandbox(sandbox, 0, true) == MIGC_OK) {
        sandbox->session.run = &sandbox->run;
        return true;
    }
    migci_sandbox_close(sandbox);
    return false;
}

void migci_sandbox_close(migci_sandbox *sandbox) {
    if (!sandbox->db)
        return;
    migci_rollback(&sandbox->session);
    migci_session_close(&sandbox->session);
    migci_keys_forget(&sandbox->run.keys);
    migci_proof_close(&sandbox->watch, sandbox->db);
    sandbox->db = NULL;
}

bool migci_sandbox_exec(migci_sandbox *sandbox, const char *sql) {
    sandbox->watch.spent = 0;
    int code = sqlite3_exec(sandbox->db, sql, NULL, NULL, NULL);
    return !migci_proof_lacks_memory(sandbox->proof, code) && code == SQLITE_OK;
}

bool migci_sandbox_between(migci_sandbox *sandbox, bool (*act)(void *user, sqlite3 *db),
                           void *user) {
    bool acted = migci_sandbox_exec(sandbox, "COMMIT") && act(user, sandbox->db);
    if (migci_begin(&sandbox->session) != MIGCI_DONE) {
        sandbox->proof->no_memory = true; /* nothing else makes this fail in memory */
        return false;
    }
    return acted;
}

/* SQLite still asks a full-text table that ROLLBACK TO removes for its pending rows, gets an
 * error, and then refuses each SAVEPOINT that follows.  A table that is dropped before is not
 * asked.  What was there at the savepoint comes back. */
static void drop_virtual_tables(migci_sandbox *sandbox) {
    sqlite3_stmt *names = NULL;
    sqlite3_str *drops = sqlite3_str_new(NULL);
    int code = sqlite3_prepare_v2(sandbox->db,
                                  "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND"
                                  " sql LIKE 'CREATE VIRTUAL TABLE%'",
                                  -1, &names, NULL);
    while (code == SQLITE_OK && sqlite3_step(names) == SQLITE_ROW)
        sqlite3_str_appendf(drops, "DROP TABLE main.\"%w\";",
                            (const char *)sqlite3_column_text(names, 0));
    sqlite3_finalize(names);
    migci_proof_lacks_memory(sandbox->proof, code);
    migci_proof_lacks_memory(sandbox->proof, sqlite3_str_errcode(drops));
    char *sql = sqlite3_str_finish(drops);
    if (sql)
        migci_sandbox_exec(sandbox, sql);
    sqlite3_free(sql);
}

static bool exec_named(migci_sandbox *sandbox, const char *verb, const char *savepoint) {
    char *sql = sqlite3_mprintf("%s %s", verb, savepoint);
    bool done = sql && migci_sandbox_exec(sandbox, sql);
    sandbox->proof->no_memory |= !sql;
    sqlite3_free(sql);
    return done;
}

bool migci_sandbox_is_lost(const migci_sandbox *sandbox) {
    return sqlite3_get_autocommit(sandbox->db) != 0;
}

bool migci_sandbox_back(migci_sandbox *sandbox, const char *savepoint) {
    if (sandbox->watch.makes_virtual)
        drop_virtual_tables(sandbox);
    return exec_named(sandbox, "ROLLBACK TO", savepoint);
}

void migci_sandbox_end(migci_sandbox *sandbox, const char *savepoint, bool keep) {
    if (!migci_sandbox_is_lost(sandbox) && (keep || migci_sandbox_back(sandbox, savepoint)))
        exec_named(sandbox, "RELEASE", savepoint);
}

int64_t migci_sandbox_objects(migci_sandbox *sandbox) {
    int64_t count = migci_ask_sqlite(sandbox->db, "SELECT count(*) FROM main.sqlite_schema");
    sandbox->proof->no_memory |= count < 0; /* nothing else makes this fail */
    return count;
}

bool migci_sandbox_has_sequence(const migci_sandbox *sandbox) {
    return sqlite3_table_column_metadata(sandbox->db, "main", "sqlite_sequence", NULL, NULL, NULL,
                                         NULL, NULL, NULL) == SQLITE_OK;
}

migc_code migci_sandbox_run(migci_sandbox *sandbox, size_t index, bool down) {
    const migc_migration *migration = &sandbox->proof->set->migrations[index];
    bool nests = migci_sandbox_nests(migration, down);
    bool keys = (migration->flags & MIGC_FOREIGN_KEYS_ON) != 0;
    assert(index < sandbox->proof->set->count);
    memset(&sandbox->error, 0, sizeof(sandbox->error));
    migc_code code = MIGC_OK;
    if (!nests) {
        leave_sandbox(sandbox);
        code = enter_sandbox(sandbox, keys, !migci_is_outside(migration, down));
    }
    migci_watch_migration(&sandbox->watch, index, down);
    const migc_step *steps = migration->steps + (down ? migration->up_count : 0);
    unsigned count = down ? migration->down_count : migration->up_count;
    for (unsigned i = 0; i < count && code == MIGC_OK; i++) {
        sandbox->watch.spent = 0;
        code = migci_apply_step(&sandbox->session, migration, &steps[i]);
    }
    sandbox->watch.index = sandbox->proof->set->count; /* what the watch saw stays */
    sandbox->proof->no_memory |= code == MIGC_NO_MEMORY;
    if (!nests) {
        leave_sandbox(sandbox);
        migc_code entered = enter_sandbox(sandbox, 0, true);
        code = code == MIGC_OK ? entered : code;
    }
    return code;
}
