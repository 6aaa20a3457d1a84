/*
 * proof_create.c - proves a migration that only creates, and whose DOWN drops what it created.
 *
 * Counting objects shows that it is right; the schema is not read.
 */
#include "proof.h"

#include <string.h>

/* Judges by the first words; its run shows whether that is right. */
static bool seems_to_create(const migci_local *local) {
    const migc_migration *migration = local->migration;
    for (unsigned i = 0; i < migration->up_count; i++) {
        if (migration->steps[i].call)
            return false;
        migci_text text = migci_text_of(migration->steps[i].text);
        migci_token first = migci_token_next(&text);
        if (!migci_token_is(first, "create") && !migci_token_is(first, "insert"))
            return false;
    }
    return !local->effect->calls && migci_sandbox_nests(migration, false) &&
           migci_sandbox_nests(migration, true);
}

static bool has_sound_keys(migci_local *local) {
    sqlite3_stmt *check = NULL;
    int code = sqlite3_prepare_v2(local->sandbox->db, "SELECT 1 FROM pragma_foreign_key_check(?1)",
                                  -1, &check, NULL);
    const char *made = migci_watch_list(local->sandbox->watch.made);
    while (*made && code == SQLITE_OK) {
        size_t length = strcspn(made, "\n");
        if (strncmp(made, "table ", 6) == 0) {
            code = sqlite3_bind_text(check, 1, made + 6, (int)length - 6, SQLITE_STATIC);
            if (code == SQLITE_OK && (code = sqlite3_step(check)) == SQLITE_DONE)
                code = sqlite3_reset(check);
        }
        made += length + (made[length] == '\n');
    }
    migci_proof_lacks_memory(local->proof, code);
    sqlite3_finalize(check);
    return code == SQLITE_OK;
}

/* Runs one direction.  True: it touched nothing that was there before. */
static bool run_creating(migci_local *local, bool down) {
    migc_code code = migci_sandbox_run(local->sandbox, local->index, down);
    migci_learn_touched(local, &local->sandbox->watch);
    local->proof->no_memory |= code == MIGC_NO_MEMORY;
    return code == MIGC_OK && !local->sandbox->watch.touches_existing && !local->proof->no_memory;
}

static bool creates_and_drops(migci_local *local) {
    int64_t objects = migci_sandbox_objects(local->sandbox), created;
    bool had_sequence = migci_sandbox_has_sequence(local->sandbox);
    int64_t changes = sqlite3_total_changes64(local->sandbox->db);
    int64_t clock = migci_proof_clock(local->proof);
    if (!run_creating(local, false) || !has_sound_keys(local))
        return false;
    migci_learn_up(local, changes, clock);
    if (migci_verify_up(local) != MIGC_OK)
        return false;
    created = migci_sandbox_objects(local->sandbox);
    if (!local->migration->down_count || migci_shows_alone(local, created - objects, had_sequence))
        return true;
    migci_before_down(local, local->index + 1);
    local->proof->only_up = false;
    return run_creating(local, true) && migci_sandbox_objects(local->sandbox) == objects &&
           run_creating(local, false) && migci_sandbox_objects(local->sandbox) == created;
}

bool migci_prove_creating(migci_local *local) {
    migci_sandbox *sandbox = local->sandbox;
    if (!seems_to_create(local))
        return false;
    migci_sandbox_exec(sandbox, "SAVEPOINT created");
    bool right = creates_and_drops(local);
    migci_sandbox_end(sandbox, "created", right);
    if (right)
        local->chain->behind = true;
    local->touched = NULL;
    return right;
}
