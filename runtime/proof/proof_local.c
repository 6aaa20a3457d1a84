/*
 * proof_local.c - proves one migration: runs UP, DOWN and UP again, and compares the schema
 * and the rows by meaning.
 */
#include "proof.h"

#include <stdio.h>
#include <string.h>

typedef struct migci_local {
    migci_proof *proof;
    migci_chain *chain;
    migci_sandbox *sandbox;
    size_t index;
    const migc_migration *migration;
    migci_effect *effect;
    migci_memory frame; /* of `after` */
    migci_schema after;
    const char *touched; /* by UP and DOWN, each ended by a newline; in `memory` */
    migci_memory memory;
    char reason[600]; /* of the latest failure */
} migci_local;

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
        return; /* it may stand on what failed */
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

static bool is_key_of(const migci_object *object, const char *touched) {
    char wanted[300];
    size_t size;
    const char *parent = migci_key_parent(object, &size);
    snprintf(wanted, sizeof(wanted), "%.*s", (int)size, parent);
    return migci_watch_has(touched, object->home) || migci_watch_has(touched, wanted);
}

/* Whether a key of a touched table, or to one, is violated or cannot be checked. */
static bool has_doubtful_keys(migci_local *local, const migci_schema *schema, const char *touched) {
    sqlite3_stmt *check = NULL;
    const char *last = "";
    int code = SQLITE_OK;
    for (size_t i = 0; i < schema->count && code == SQLITE_OK; i++) {
        const migci_object *object = schema->objects[i];
        if (object->type != MIGCI_FOREIGN_KEY || strcmp(last, object->home) == 0 ||
            !is_key_of(object, touched))
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

/* As the engine does it: keys that were violated before are not held against the run. */
static migc_code run_with_keys(migci_local *local, bool down) {
    migci_session *session = &local->sandbox->session;
    migc_code code = migci_keys_before(session, 0);
    if (code == MIGC_OK)
        code = migci_sandbox_run(local->sandbox, local->index, down);
    if (code == MIGC_OK)
        code = migci_keys_after(session);
    return code;
}

static migc_code verify_up(migci_local *local, bool down) {
    if (down || !local->migration->verify_count)
        return MIGC_OK;
    migc_code code = migci_verify(&local->sandbox->session, local->migration);
    local->effect->outside |= local->sandbox->watch.outside;
    return code;
}

static void learn_touched(migci_local *local, migci_watch *watch) {
    migci_watch_learn(watch, local->index);
    sqlite3_str *list = sqlite3_str_new(NULL);
    sqlite3_str_appendf(list, "%s%s%s", local->touched ? local->touched : "",
                        migci_watch_list(watch->touched), migci_watch_list(watch->created));
    char *text = sqlite3_str_finish(list);
    local->touched = text ? migci_copy(&local->memory, text) : NULL;
    local->proof->no_memory |= !text || !local->touched;
    sqlite3_free(text);
    local->effect->outside |= watch->outside;
}

/* Runs one direction, with all that the engine looks at behind it, and reads the schema then.
 * False: sandbox->error says why, and a migration that nests has left nothing. */
static bool run_direction(migci_local *local, bool down, const migci_schema *old,
                          migci_memory *frame, migci_schema *schema) {
    migci_sandbox *sandbox = local->sandbox;
    bool nests = migci_sandbox_nests(local->migration, down);
    if (nests)
        migci_sandbox_exec(sandbox, "SAVEPOINT direction");
    migc_code code = migci_sandbox_run(sandbox, local->index, down);
    learn_touched(local, &local->sandbox->watch);
    bool read = code == MIGC_OK && !local->proof->no_memory &&
                migci_chain_read_schema(local->chain, frame, old, schema);
    if (read && nests && has_doubtful_keys(local, schema, local->touched)) {
        /* A savepoint that is gone went with the transaction, for lack of memory. */
        local->proof->no_memory |= !migci_sandbox_back(sandbox, "direction");
        memset(&sandbox->error, 0, sizeof(sandbox->error));
        code = local->proof->no_memory ? MIGC_NO_MEMORY : run_with_keys(local, down);
    }
    if (code == MIGC_OK && read)
        code = verify_up(local, down);
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
    /* Rows of a table whose columns are others now would all be others: the schema tells. */
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

static void learn_up(migci_local *local, int64_t changes, int64_t clock) {
    migci_proof *proof = local->proof;
    const migci_watch *watch = &local->sandbox->watch;
    migci_effect *effect = local->effect;
    effect->rows_changed = sqlite3_total_changes64(local->sandbox->db) - changes;
    effect->touches_existing = watch->touches_existing;
    effect->is_nondeterministic =
        watch->reads_chance ||
        (proof->clock_readings && proof->clock_readings(proof->user) != clock);
    effect->made = migci_copy(&proof->memory, migci_watch_list(watch->made));
    effect->created = migci_copy(&proof->memory, migci_watch_list(watch->created));
    proof->no_memory |= !effect->made || !effect->created;
}

/* What UP did to the schema, for those that did more than create. */
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
    return differences == 0; /* what UP meets otherwise is no news */
}

static bool go_up_again(migci_local *local, const migci_schema *now) {
    migci_memory frame = {0};
    migci_schema again;
    bool worked = run_direction(local, false, now, &frame, &again);
    if (!worked)
        report_error_of(local, MIGCI_FOUND_AGAIN_FAILED, &local->sandbox->error);
    else if (!migci_schema_same(&local->after, &again))
        compare_expected(local, &local->after, &again, MIGCI_FOUND_AGAIN_DIFFERS);
    migci_free_all(&frame);
    return worked;
}

/* Ends in the state that UP left at first. */
static void go_down_and_up(migci_local *local, bool *told) {
    migci_memory frame = {0};
    migci_schema now;
    local->proof->straight = false;
    migci_sandbox_exec(local->sandbox, "SAVEPOINT down");
    bool worked = go_down(local, &frame, &now, told) && go_up_again(local, &now);
    migci_sandbox_end(local->sandbox, "down", worked);
    migci_free_all(&frame);
}

static bool prove_up(migci_local *local) {
    const migci_proof *proof = local->proof;
    int64_t changes = sqlite3_total_changes64(local->sandbox->db);
    int64_t clock = proof->clock_readings ? proof->clock_readings(proof->user) : 0;
    if (!run_direction(local, false, &local->chain->schema, &local->frame, &local->after)) {
        if (!local->proof->no_memory)
            report_error_of(local, MIGCI_FOUND_UP_FAILED, &local->sandbox->error);
        return false;
    }
    learn_up(local, changes, clock);
    return !local->proof->no_memory;
}

/* ------------------------------------------------------- those that only create */

/* By the first words; whether it is so shows when it has run. */
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

static int64_t count_objects(const migci_local *local, const migci_sandbox *sandbox) {
    int64_t count = migci_ask_sqlite(sandbox->db, "SELECT count(*) FROM main.sqlite_schema");
    local->proof->no_memory |= count < 0; /* nothing else keeps a schema from being counted */
    return count;
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

/* Runs one direction; true: it touched nothing that was there before it. */
static bool run_creating(migci_local *local, bool down) {
    migc_code code = migci_sandbox_run(local->sandbox, local->index, down);
    learn_touched(local, &local->sandbox->watch);
    local->proof->no_memory |= code == MIGC_NO_MEMORY;
    return code == MIGC_OK && !local->sandbox->watch.touches_existing && !local->proof->no_memory;
}

/* Whether what it does follows from its text and what it creates: it neither selects nor makes a
 * virtual table, and DOWN drops. */
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

/* What DOWN would touch in the chain: SQLite tells when it compiles. */
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
    learn_touched(local, watch);
    return !migci_proof_lacks_memory(local->proof, code) && code == SQLITE_OK &&
           !watch->touches_existing;
}

static bool has_sequence(const migci_sandbox *sandbox) {
    return sqlite3_table_column_metadata(sandbox->db, "main", "sqlite_sequence", NULL, NULL, NULL,
                                         NULL, NULL, NULL) == SQLITE_OK;
}

/* UP, made the same as on the chain; the number of objects then, or -1. */
static int64_t try_up(const migci_local *local, migci_sandbox *trial) {
    bool same = migci_sandbox_run(trial, local->index, false) == MIGC_OK &&
                strcmp(migci_watch_list(trial->watch.made), local->effect->made) == 0;
    return same ? count_objects(local, trial) : -1;
}

/* DOWN and UP again, where it is as good as on the chain, on a database with nothing else: SQLite
 * goes through all of a schema for each table that it creates or drops.  `gain` is how many objects
 * UP made on the chain, where some may have been there already (IF NOT EXISTS). */
static bool shows_alone(migci_local *local, int64_t gain, bool had_sequence) {
    migci_sandbox *trial = &local->chain->trial;
    if (!trial->db || local->sandbox->watch.reads_existing || !only_creates(local) ||
        !compile_down(local))
        return false;
    if (had_sequence && !has_sequence(trial))
        migci_sandbox_exec(trial, "CREATE TABLE made(id INTEGER PRIMARY KEY AUTOINCREMENT);"
                                  " DROP TABLE made");
    if (had_sequence != has_sequence(trial))
        return false;
    migci_sandbox_exec(trial, "SAVEPOINT trial");
    int64_t objects = count_objects(local, trial), created = try_up(local, trial);
    bool shown = created >= 0 && created - objects == gain &&
                 migci_sandbox_run(trial, local->index, true) == MIGC_OK &&
                 count_objects(local, trial) == objects && try_up(local, trial) == created;
    if (migci_sandbox_is_lost(trial)) /* it rolled back everything, and is of no use */
        migci_sandbox_close(trial);
    else
        migci_sandbox_exec(trial, "ROLLBACK TO trial; RELEASE trial");
    return shown && !local->proof->no_memory;
}

/* A DOWN on the chain may come next. */
static void before_bend(migci_local *local, size_t index) {
    migci_proof *proof = local->proof;
    if (!proof->straight || proof->bent || migci_sandbox_is_lost(local->sandbox))
        return;
    if (proof->bends)
        proof->bends(proof->user, local->sandbox->db, index);
    proof->bent = true;
}

static bool creates_and_drops(migci_local *local) {
    const migci_proof *proof = local->proof;
    int64_t objects = count_objects(local, local->sandbox), created;
    bool had_sequence = has_sequence(local->sandbox);
    int64_t changes = sqlite3_total_changes64(local->sandbox->db);
    int64_t clock = proof->clock_readings ? proof->clock_readings(proof->user) : 0;
    if (!run_creating(local, false) || !has_sound_keys(local))
        return false;
    learn_up(local, changes, clock);
    if (verify_up(local, false) != MIGC_OK)
        return false;
    created = count_objects(local, local->sandbox);
    if (!local->migration->down_count || shows_alone(local, created - objects, had_sequence))
        return true;
    before_bend(local, local->index + 1);
    local->proof->straight = false;
    return run_creating(local, true) && count_objects(local, local->sandbox) == objects &&
           run_creating(local, false) && count_objects(local, local->sandbox) == created;
}

/* One that creates, and whose DOWN drops what it created, is shown right by counting objects:
 * nothing of the schema is read.  False: it is none, and the database is as before. */
static bool prove_creating(migci_local *local) {
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

/* ------------------------------------------------------------- on an excerpt */

/* ALTER TABLE fails where a view or trigger anywhere does not compile. */
static bool alters_in_sound_schema(migci_sandbox *sandbox) {
    migci_sandbox_exec(sandbox, "SAVEPOINT probe");
    bool sound = migci_sandbox_exec(sandbox, "CREATE TABLE main.migc_probe(a, b);"
                                             " ALTER TABLE main.migc_probe DROP COLUMN b");
    migci_sandbox_exec(sandbox, "ROLLBACK TO probe; RELEASE probe");
    return sound;
}

/* Whether one of the steps begins with these words. */
static bool opens_with(const migc_step *steps, unsigned count, const char *first,
                       const char *second) {
    for (unsigned i = 0; i < count; i++) {
        migci_text text = migci_text_of(steps[i].text);
        if (migci_token_is(migci_token_next(&text), first) &&
            (!second || migci_token_is(migci_token_next(&text), second)))
            return true;
    }
    return false;
}

static bool is_last(const migci_local *local) {
    return local->index + 1 == local->proof->set->count;
}

/* The excerpt on which DOWN and UP again are shown, or NULL; *whole: it has all that is connected
 * with the migration, which is asked of the last.  What DOWN does to the schema outside of it is
 * nothing; but ALTER TABLE looks at it. */
static const char *choose_excerpt(migci_local *local, bool *whole) {
    enum { MOST_UNSOUND = 3 };
    migci_chain *chain = local->chain;
    const migc_migration *migration = local->migration;
    bool alters =
        opens_with(migration->steps + migration->up_count, migration->down_count, "alter", NULL);
    if (alters && !chain->sound && chain->unsound == MOST_UNSOUND)
        return NULL;
    const char *excerpt = NULL;
    if (is_last(local))
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

/* Whether the excerpt's schema is the expected one; NULL: whatever it is. */
static bool read_excerpt(migci_local *local, const migci_schema *expected, migci_memory *memory,
                         migci_schema *schema) {
    int code = migci_schema_read(local->chain->trial.db, memory, schema);
    return !migci_proof_lacks_memory(local->proof, code) && code == SQLITE_OK &&
           (!expected || migci_schema_differences(expected, schema) == 0);
}

/* Whether its tables have the chain's rows, unless DOWN may lose some, and no key is violated or
 * cannot be checked. */
static bool has_rows_of_chain(migci_local *local, const migci_schema *schema, bool down) {
    sqlite3 *db = local->chain->trial.db;
    bool same = migci_ask_sqlite(db, "SELECT count(*) FROM pragma_foreign_key_check()") == 0;
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

/* DOWN and UP again, on what the migration concerns alone.  False: nothing is shown by it. */
static bool shows_on_excerpt(migci_local *local, const char *excerpt, bool whole) {
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
        (learn_touched(local, &trial->watch), !trial->watch.outside) &&
        migci_sandbox_run(trial, local->index, false) == MIGC_OK &&
        read_excerpt(local, &after, &memory, &again);
    if (shown && local->chain->sound)
        local->chain->sound = alters_in_sound_schema(trial);
    if (migci_sandbox_is_lost(trial)) /* it rolled back everything, and is of no use */
        migci_sandbox_close(trial);
    else
        migci_sandbox_exec(trial, "ROLLBACK TO excerpt; RELEASE excerpt");
    migci_free_all(&memory);
    if (shown && whole && local->proof->excerpted && !local->proof->no_memory)
        local->proof->excerpted(local->proof->user, excerpt);
    return shown && !local->proof->no_memory;
}

static bool prove_local(migci_local *local, bool with_test) {
    if (with_test && local->proof->load_test && local->proof->has_test &&
        local->proof->has_test(local->proof->user, local->index) && !load_test_rows(local))
        return true;
    bool looks =
        local->proof->needs_look && local->proof->needs_look(local->proof->user, local->index);
    if (!with_test && !looks && prove_creating(local)) {
        const migc_migration *up = local->migration;
        local->chain->sound &= !opens_with(up->steps, up->up_count, "create", "view") &&
                               !opens_with(up->steps, up->up_count, "create", "trigger");
        return !local->proof->no_memory;
    }
    if (!with_test && local->migration->down_count && !local->proof->no_memory)
        before_bend(local, local->index);
    if (local->proof->no_memory || !migci_chain_look(local->chain, true))
        return false;
    bool whole = false;
    const char *excerpt = with_test ? NULL : choose_excerpt(local, &whole);
    if (local->proof->no_memory || !prove_up(local))
        return false;
    bool told = local->effect->touches_existing || local->effect->calls || with_test || looks;
    if (told)
        tell_change(local);
    bool shown = told && shows_on_excerpt(local, excerpt, whole);
    local->chain->sound &= shown;
    if (!shown && local->migration->down_count && !local->proof->no_memory)
        go_down_and_up(local, &told);
    if (migci_sandbox_is_lost(local->sandbox))
        local->chain->stale = true; /* what UP left went with the transaction, and comes again */
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
