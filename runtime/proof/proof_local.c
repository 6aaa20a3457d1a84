/*
 * proof_local.c - proves one migration: runs UP, DOWN and UP again, and compares the schema
 * and the rows by meaning.
 */
#include "proof.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- findings */

static void report_local(migci_local *local, migci_finding *finding) {
    finding->index = local->index;
    finding->db = local->sandbox->db;
    if (local->proof->no_memory)
        return;
    local->proof->faults += finding->kind != MIGCI_FOUND_UP_CHANGED;
    local->proof->report(local->proof->user, finding);
}

static void report_error_of(migci_local *local, migci_finding_kind kind, const migc_error *error) {
    migci_finding finding = {0};
    if (error->code == MIGC_NO_MEMORY) {
        local->proof->no_memory = true;
        return;
    }
    snprintf(local->reason, sizeof(local->reason), "%s", migci_reason(error));
    if (kind == MIGCI_FOUND_UP_FAILED && local->chain->broken)
        return; /* perhaps because of what failed */
    finding.kind = kind;
    finding.error = error;
    finding.reason = local->reason;
    report_local(local, &finding);
}

static void report_changed_rows(migci_local *local, migci_finding_kind kind, const char *does,
                                const char *table, size_t count) {
    migci_finding finding = {0};
    snprintf(local->reason, sizeof(local->reason), "DOWN %s %zu %s of %s", does, count,
             count == 1 ? "row" : "rows", table);
    finding.reason = local->reason;
    finding.kind = kind;
    finding.table = table;
    finding.count = (int64_t)count;
    if (count)
        report_local(local, &finding);
}

typedef struct migci_differences {
    migci_local *local;
    migci_finding_kind kind;
    size_t count;
} migci_differences;

static void report_schema_difference(const migci_difference *difference, void *argument) {
    migci_differences *differences = argument;
    migci_finding finding = {0};
    finding.kind = differences->kind;
    finding.difference = difference;
    differences->count++;
    report_local(differences->local, &finding);
}

static size_t compare_expected(migci_local *local, const migci_schema *expected,
                               const migci_schema *found, migci_finding_kind kind) {
    migci_differences differences = {local, kind, 0};
    migci_schema_compare(expected, found, report_schema_difference, &differences);
    return differences.count;
}

/* ---------------------------------------------------------------- one direction */

/* Whether a foreign key from or to a touched table is violated or cannot be checked. */
static bool has_doubtful_keys(migci_local *local, const migci_schema *schema, const char *touched) {
    sqlite3_stmt *check = NULL;
    const char *last = "";
    int code = SQLITE_OK;
    for (size_t i = 0; i < schema->count && code == SQLITE_OK; i++) {
        const migci_object *object = schema->objects[i];
        char parent[300];
        size_t size;
        if (object->type != MIGCI_FOREIGN_KEY || strcmp(last, object->home) == 0)
            continue;
        const char *name = migci_key_parent(object, &size);
        snprintf(parent, sizeof(parent), "%.*s", (int)size, name);
        if (!migci_watch_has(touched, object->home) && !migci_watch_has(touched, parent))
            continue;
        last = object->home;
        if (!check)
            code = sqlite3_prepare_v2(
                local->sandbox->db, "SELECT 1 FROM pragma_foreign_key_check(?1)", -1, &check, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_bind_text(check, 1, last, -1, SQLITE_STATIC);
        if (code == SQLITE_OK && (code = sqlite3_step(check)) == SQLITE_DONE)
            code = sqlite3_reset(check);
    }
    migci_proof_lacks_memory(local->proof, code);
    sqlite3_finalize(check);
    return code != SQLITE_OK;
}

/* Runs one direction with the engine's checks, and reads the schema.  False: sandbox->error says
 * why, and a migration that nests has left nothing. */
static bool run_direction(migci_local *local, bool down, const migci_schema *old,
                          migci_memory *frame, migci_schema *schema) {
    migci_sandbox *sandbox = local->sandbox;
    bool nests = migci_sandbox_nests(local->migration, down);
    if (nests)
        migci_sandbox_exec(sandbox, "SAVEPOINT direction");
    migc_code code = migci_sandbox_run(sandbox, local->index, down);
    migci_learn_touched(local, &local->sandbox->watch);
    bool read = code == MIGC_OK && !local->proof->no_memory &&
                migci_chain_read_schema(local->chain, frame, old, schema);
    if (read && nests && has_doubtful_keys(local, schema, local->touched)) {
        /* Only lack of memory ends the transaction here, with its savepoints. */
        local->proof->no_memory |= !migci_sandbox_back(sandbox, "direction");
        memset(&sandbox->error, 0, sizeof(sandbox->error));
        /* Again, as the engine runs it: keys that were violated before do not count. */
        code = local->proof->no_memory ? MIGC_NO_MEMORY : migci_keys_before(&sandbox->session, 0);
        if (code == MIGC_OK)
            code = migci_sandbox_run(sandbox, local->index, down);
        if (code == MIGC_OK)
            code = migci_keys_after(&sandbox->session);
    }
    if (code == MIGC_OK && read && !down)
        code = migci_verify_up(local);
    bool worked = code == MIGC_OK && read && !local->proof->no_memory;
    if (nests)
        migci_sandbox_end(sandbox, "direction", worked);
    return worked;
}

/* ---------------------------------------------------------------- the stages */

static bool load_test_rows(migci_local *local) {
    migc_error error;
    memset(&error, 0, sizeof(error));
    if (local->proof->load_test(local->proof->user, local->sandbox->db, local->index, &error) == 0)
        return true;
    migci_finding finding = {0};
    finding.kind = MIGCI_FOUND_TEST_FAILED;
    finding.error = &error;
    finding.reason = error.message;
    local->proof->no_memory |= error.code == MIGC_NO_MEMORY;
    report_local(local, &finding);
    return false;
}

static void compare_table(migci_local *local, const migci_schema *now, const migci_table *table) {
    const migci_table *same = migci_schema_table(now, table->key);
    migci_kept_rows *kept = migci_chain_rows(local->chain, table->key);
    migci_memory memory = {0};
    migci_rows before = {0}, after = {0};
    /* If the columns differ, all rows would differ: the schema's differences tell that. */
    if (!same || same->column_count != table->column_count ||
        !migci_proof_compares(&local->chain->schema, table))
        return;
    if (kept)
        before = kept->rows;
    if (migci_chain_read_rows(local->chain, same, &memory, &after)) {
        size_t lost = migci_rows_lost(&before, &after), added = migci_rows_lost(&after, &before);
        size_t changed = lost < added ? lost : added;
        report_changed_rows(local, MIGCI_FOUND_ROWS_CHANGED, "changes", table->name, changed);
        report_changed_rows(local, MIGCI_FOUND_ROWS_LOST, "loses", table->name, lost - changed);
        report_changed_rows(local, MIGCI_FOUND_ROWS_ADDED, "leaves behind", table->name,
                            added - changed);
    }
    migci_free_all(&memory);
}

/* Reports what UP did to the schema, for migrations that did more than create. */
static void tell_change(migci_local *local) {
    const migci_schema *before = &local->chain->schema;
    compare_expected(local, before, &local->after, MIGCI_FOUND_UP_CHANGED);
    if (local->proof->looked && !local->proof->no_memory)
        local->proof->looked(local->proof->user, local->index, before, &local->after);
}

static bool go_down(migci_local *local, migci_memory *frame, migci_schema *now, bool *told) {
    const migci_schema *before = &local->chain->schema;
    if (!run_direction(local, true, &local->after, frame, now)) {
        report_error_of(local, MIGCI_FOUND_DOWN_FAILED, &local->sandbox->error);
        return false;
    }
    bool same = migci_schema_same(before, now);
    if (!*told && (!same || local->sandbox->watch.touches_existing)) {
        tell_change(local);
        *told = true;
    }
    size_t differences = same ? 0 : compare_expected(local, before, now, MIGCI_FOUND_DOWN_DIFFERS);
    bool keeps_rows = !local->migration->lossy;
    for (size_t i = 0; i < before->table_count && keeps_rows && !local->proof->no_memory; i++)
        if (migci_watch_has(local->touched, before->tables[i]->key) ||
            migci_schema_changed(&local->after, before->tables[i]->key))
            compare_table(local, now, before->tables[i]);
    return differences == 0; /* after a difference, UP again would only repeat it */
}

/* The sum of the numbers that AUTOINCREMENT has given; -1: it gave none. */
static int64_t sum_numbers(const migci_sandbox *sandbox) {
    return migci_sandbox_has_sequence(sandbox)
               ? migci_ask_sqlite(sandbox->db, "SELECT total(seq) FROM main.sqlite_sequence")
               : -1;
}

/* Ends in the state that UP left at first.  UP again left that too, unless DOWN left other rows or
 * rows have other numbers now: later migrations would meet what no database has. */
static void go_down_and_up(migci_local *local, bool *told) {
    migci_memory frame = {0}, frame_again = {0};
    migci_schema now, again;
    size_t faults = local->proof->faults;
    int64_t numbers = sum_numbers(local->sandbox);
    local->proof->only_up = false;
    migci_sandbox_exec(local->sandbox, "SAVEPOINT down");
    bool is_down = go_down(local, &frame, &now, told);
    bool is_up = is_down && run_direction(local, false, &now, &frame_again, &again);
    if (is_down && !is_up)
        report_error_of(local, MIGCI_FOUND_AGAIN_FAILED, &local->sandbox->error);
    else if (is_up && !migci_schema_same(&local->after, &again))
        compare_expected(local, &local->after, &again, MIGCI_FOUND_AGAIN_DIFFERS);
    bool same = is_up && !local->migration->lossy && local->proof->faults == faults &&
                sum_numbers(local->sandbox) == numbers;
    migci_sandbox_end(local->sandbox, "down", same);
    migci_free_all(&frame);
    migci_free_all(&frame_again);
}

static bool prove_up(migci_local *local) {
    int64_t changes = sqlite3_total_changes64(local->sandbox->db);
    int64_t clock = migci_proof_clock(local->proof);
    if (!run_direction(local, false, &local->chain->schema, &local->frame, &local->after)) {
        if (!local->proof->no_memory)
            report_error_of(local, MIGCI_FOUND_UP_FAILED, &local->sandbox->error);
        return false;
    }
    migci_learn_up(local, changes, clock);
    return !local->proof->no_memory;
}

static bool prove_local(migci_local *local, bool with_test) {
    if (with_test && local->proof->load_test && local->proof->has_test &&
        local->proof->has_test(local->proof->user, local->index) && !load_test_rows(local))
        return true;
    bool looks =
        local->proof->needs_look && local->proof->needs_look(local->proof->user, local->index);
    if (!with_test && !looks && migci_prove_creating(local)) {
        const migc_migration *up = local->migration;
        local->chain->sound &= !migci_opens_with(up->steps, up->up_count, "create", "view") &&
                               !migci_opens_with(up->steps, up->up_count, "create", "trigger");
        return !local->proof->no_memory;
    }
    /* A statement that was stopped, or that rolls back, took what is before it along. */
    if (migci_sandbox_is_lost(local->sandbox)) {
        local->chain->stale = true;
        local->chain->sound = false;
        if (local->proof->no_memory || !migci_climb_again(local->chain, local->index))
            return false;
    }
    if (!with_test && local->migration->down_count && !local->proof->no_memory)
        migci_before_down(local, local->index);
    if (local->proof->no_memory || !migci_chain_look(local->chain, true))
        return false;
    bool whole = false;
    const char *excerpt = with_test ? NULL : migci_choose_excerpt(local, &whole);
    if (local->proof->no_memory || !prove_up(local))
        return false;
    bool told = local->effect->touches_existing || local->effect->calls || with_test || looks;
    if (told)
        tell_change(local);
    bool shown = told && migci_shows_on_excerpt(local, excerpt, whole);
    local->chain->sound &= shown;
    if (!shown && local->migration->down_count && !local->proof->no_memory)
        go_down_and_up(local, &told);
    if (migci_sandbox_is_lost(local->sandbox))
        local->chain->stale = true; /* what UP left was lost with the transaction; UP runs again */
    else if (!local->proof->no_memory)
        migci_chain_advance(local->chain, &local->frame, &local->after, local->touched);
    return !local->proof->no_memory;
}

bool migci_prove_one(migci_chain *chain, size_t index, bool with_test) {
    migci_local local = {.proof = chain->proof, .chain = chain, .sandbox = &chain->sandbox};
    local.index = index;
    local.migration = &chain->proof->set->migrations[index];
    local.effect = &chain->proof->effects[index];
    bool worked = prove_local(&local, with_test);
    migci_free_all(&local.frame);
    migci_free_all(&local.memory);
    return worked;
}
