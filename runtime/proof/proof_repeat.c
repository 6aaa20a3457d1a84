/*
 * proof_repeat.c - proves the repeatables on a database that has all other migrations: each runs
 * twice, is reverted twice and runs again, because a database in the field may have any edition
 * of it, or none.  Then all of the set goes up, down and up.
 */
#include "proof.h"

#include <stdio.h>
#include <string.h>

struct picture {
    migci_schema schema;
    migci_rows *rows; /* of each table */
};

struct repeat {
    migci_proof *proof;
    migci_proof watched; /* the same, but its migrations are the repeatables */
    migc_set alone;      /* the repeatables */
    migci_watch watch;
    sqlite3 *db;
    size_t index;
    const migc_migration *migration;
    migci_memory memory;
    bool again; /* the direction runs for the second time */
    bool down;
    char reason[600];
};

/* ----------------------------------------------------------------- findings */

static migci_finding finding_of(const struct repeat *repeat, migci_finding_kind kind) {
    migci_finding finding = {0};
    finding.kind = kind;
    finding.index = repeat->proof->set->count + repeat->index;
    finding.repeatable = true;
    finding.down = repeat->down;
    finding.db = repeat->db;
    return finding;
}

static void report_repeat_finding(struct repeat *repeat, const migci_finding *finding) {
    repeat->proof->faults += finding->kind != MIGCI_FOUND_UP_CHANGED;
    repeat->proof->report(repeat->proof->user, finding);
}

struct differences {
    struct repeat *repeat;
    migci_finding_kind kind;
    size_t count;
};

static void tell_difference(const migci_difference *difference, void *argument) {
    struct differences *differences = argument;
    migci_finding finding = finding_of(differences->repeat, differences->kind);
    finding.difference = difference;
    differences->count++;
    report_repeat_finding(differences->repeat, &finding);
}

/* "is gone" of "1 row is gone", "are others" of "3 rows are others". */
static const char *fate_of(size_t lost, size_t added) {
    bool one = (lost ? lost : added) == 1;
    if (lost && added)
        return one ? "is another" : "are others";
    if (lost)
        return one ? "is gone" : "are gone";
    return one ? "is new" : "are new";
}

/* ------------------------------------------------------------------ pictures */

static bool read_whole_schema(struct repeat *repeat, migci_schema *schema) {
    int code = migci_schema_read(repeat->db, &repeat->memory, schema);
    return !migci_proof_lacks_memory(repeat->proof, code) && code == SQLITE_OK;
}

static bool take_picture(struct repeat *repeat, struct picture *picture) {
    memset(picture, 0, sizeof(*picture));
    if (!read_whole_schema(repeat, &picture->schema))
        return false;
    picture->rows =
        migci_allocate(&repeat->memory, (picture->schema.table_count + 1) * sizeof(*picture->rows));
    for (size_t i = 0; picture->rows && i < picture->schema.table_count; i++)
        if (migci_proof_compares(&picture->schema, picture->schema.tables[i]))
            migci_proof_lacks_memory(repeat->proof,
                                     migci_rows_read(repeat->db, picture->schema.tables[i],
                                                     &repeat->memory, &picture->rows[i]));
    repeat->proof->no_memory |= !picture->rows;
    return !repeat->proof->no_memory;
}

/* The schemas have the same tables. */
static void compare_pictured_rows(struct repeat *repeat, const struct picture *expected,
                                  const struct picture *found) {
    for (size_t i = 0; i < expected->schema.table_count; i++) {
        size_t lost = migci_rows_lost(&expected->rows[i], &found->rows[i]);
        size_t added = migci_rows_lost(&found->rows[i], &expected->rows[i]);
        if (lost || added) {
            size_t count = lost ? lost : added;
            migci_finding finding = finding_of(repeat, repeat->again ? MIGCI_FOUND_REPEAT_ROWS
                                                                     : MIGCI_FOUND_ROWS_CHANGED);
            snprintf(repeat->reason, sizeof(repeat->reason), "%s%zu %s of %s %s",
                     repeat->again ? "" : "after DOWN, ", count, count == 1 ? "row" : "rows",
                     expected->schema.tables[i]->name, fate_of(lost, added));
            finding.reason = repeat->reason;
            finding.table = expected->schema.tables[i]->name;
            finding.count = (int64_t)count;
            report_repeat_finding(repeat, &finding);
        }
    }
}

/* Whether the database is as expected; reports what is not. */
static bool expect(struct repeat *repeat, const struct picture *expected, migci_finding_kind kind) {
    struct differences differences = {repeat, kind, 0};
    struct picture found;
    size_t faults = repeat->proof->faults;
    if (!take_picture(repeat, &found))
        return false;
    migci_schema_compare(&expected->schema, &found.schema, tell_difference, &differences);
    if (!differences.count && !(repeat->down && repeat->migration->lossy))
        compare_pictured_rows(repeat, expected, &found);
    return repeat->proof->faults == faults;
}

/* --------------------------------------------------------------- one of them */

/* In the engine's own transaction, without a history. */
static migc_code run_repeatable(struct repeat *repeat, migc_error *error) {
    migc_action action = {repeat->migration, repeat->down, 1};
    int64_t duration_us = 0;
    migc_options options = {0};
    migci_run_state run = {0};
    migci_session session;
    options.user = repeat->proof->step_user;
    migc_code code = migci_session_open(&session, repeat->db, repeat->proof->set, &options, error);
    session.plan.actions = &action;
    session.plan.count = 1;
    session.durations = &duration_us;
    session.run = &run;
    if (code == MIGC_OK)
        code = migci_settings_enter(&session, &run.settings, 0);
    if (code != MIGC_OK)
        return migci_session_close(&session);
    if (migci_begin(&session) == MIGCI_DONE && migci_keys_before(&session, 1) == MIGC_OK &&
        migci_apply(&session, 0, 0) == MIGC_OK && migci_keys_after(&session) == MIGC_OK)
        migci_commit(&session);
    migci_rollback(&session);
    migci_settings_leave(&session, &run.settings);
    migci_keys_forget(&run.keys);
    snprintf(repeat->reason, sizeof(repeat->reason), "%s", migci_reason(error));
    return migci_session_close(&session);
}

static const char *keep_repeat_text(struct repeat *repeat, sqlite3_str *text) {
    const char *value = sqlite3_str_value(text);
    return migci_copy(&repeat->watched.memory, value ? value : "");
}

static bool go_repeat(struct repeat *repeat, bool down, bool again) {
    migc_error error;
    int64_t changes = sqlite3_total_changes64(repeat->db), clock = migci_proof_clock(repeat->proof);
    repeat->down = down;
    repeat->again = again;
    migci_watch_migration(&repeat->watch, repeat->index, down);
    migc_code code = run_repeatable(repeat, &error);
    migci_effect *effect = &repeat->watched.effects[repeat->index];
    if (!repeat->again && !repeat->down) {
        effect->rows_changed = sqlite3_total_changes64(repeat->db) - changes;
        effect->is_nondeterministic =
            effect->rows_changed &&
            (repeat->watch.reads_chance || migci_proof_clock(repeat->proof) != clock);
        effect->made = keep_repeat_text(repeat, repeat->watch.made);
        effect->created = keep_repeat_text(repeat, repeat->watch.created);
        repeat->proof->no_memory |= !effect->made || !effect->created;
    }
    effect->outside |= repeat->watch.outside;
    migci_watch_learn(&repeat->watch, repeat->index);
    repeat->proof->no_memory |= code == MIGC_NO_MEMORY;
    if (code == MIGC_OK || code == MIGC_NO_MEMORY)
        return code == MIGC_OK;
    migci_finding_kind once = down ? MIGCI_FOUND_DOWN_FAILED : MIGCI_FOUND_UP_FAILED;
    migci_finding finding = finding_of(repeat, again ? MIGCI_FOUND_REPEAT_FAILED : once);
    finding.error = &error;
    finding.reason = repeat->reason;
    report_repeat_finding(repeat, &finding);
    return false;
}

/* A failure is reported and ends it: the repeatables after it would fail because of it. */
static bool prove_each(struct repeat *repeat) {
    for (repeat->index = 0; repeat->index < repeat->alone.count; repeat->index++) {
        repeat->migration = &repeat->alone.migrations[repeat->index];
        const migc_migration *migration = repeat->migration;
        for (unsigned s = 0; s < migration->up_count + migration->down_count; s++)
            repeat->watched.effects[repeat->index].calls |= migration->steps[s].call != NULL;
        struct picture before, after;
        if (!take_picture(repeat, &before) || !go_repeat(repeat, false, false) ||
            !take_picture(repeat, &after))
            return false;
        struct differences differences = {repeat, MIGCI_FOUND_UP_CHANGED, 0};
        migci_schema_compare(&before.schema, &after.schema, tell_difference, &differences);
        if (!go_repeat(repeat, false, true) || !expect(repeat, &after, MIGCI_FOUND_REPEAT_DIFFERS))
            return false;
        if (migration->down_count &&
            (!go_repeat(repeat, true, false) ||
             !expect(repeat, &before, MIGCI_FOUND_DOWN_DIFFERS) || !go_repeat(repeat, true, true) ||
             !expect(repeat, &before, MIGCI_FOUND_REPEAT_DIFFERS) ||
             !go_repeat(repeat, false, true) ||
             !expect(repeat, &after, MIGCI_FOUND_REPEAT_DIFFERS)))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------- all of the set */

static void tell_chain(struct repeat *repeat, migci_finding_kind kind, const char *words) {
    migci_finding finding = {0};
    finding.kind = kind;
    finding.index = repeat->proof->set->count;
    finding.reason = words;
    finding.db = repeat->db;
    report_repeat_finding(repeat, &finding);
}

static void tell_chain_difference(const migci_difference *difference, void *argument) {
    tell_chain(argument, MIGCI_FOUND_CHAIN_DIFFERS, difference->text);
}

static bool travel(struct repeat *repeat, int64_t version) {
    migc_options options = {0};
    migc_error error;
    options.user = repeat->proof->step_user;
    migci_watch_migration(&repeat->watch, repeat->alone.count, false);
    if (migci_run(repeat->db, repeat->proof->set, migci_target_of(version), &options, &error) ==
        MIGC_OK)
        return true;
    repeat->proof->no_memory |= error.code == MIGC_NO_MEMORY;
    if (!repeat->proof->no_memory)
        tell_chain(repeat, MIGCI_FOUND_AGAIN_FAILED, error.message);
    return false;
}

/* Something without a DOWN may depend on what is below it.  It was reported. */
static bool can_go_down(const migc_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        const migc_migration *migration = &set->migrations[i];
        if (!migration->down_count && (migration->up_count || migration->irreversible))
            return false;
    }
    for (size_t i = 0; i < set->repeatables->count; i++)
        if (!set->repeatables->migrations[i].down_count)
            return false;
    return true;
}

static void prove_all(struct repeat *repeat) {
    migci_schema top, found, nothing = {0};
    migci_proof *proof = repeat->proof;
    if (!travel(repeat, MIGC_LATEST) || !read_whole_schema(repeat, &top))
        return;
    if (proof->finished)
        proof->finished(proof->user, repeat->db, &top);
    migci_prove_uses(proof, repeat->db);
    if (!can_go_down(proof->set))
        return;
    if (!travel(repeat, 0) || !read_whole_schema(repeat, &found))
        return;
    migci_schema_compare(&nothing, &found, tell_chain_difference, repeat);
    if (travel(repeat, MIGC_LATEST) && read_whole_schema(repeat, &found))
        migci_schema_compare(&top, &found, tell_chain_difference, repeat);
}

/* ------------------------------------------------------------------ repeatables */

void migci_prove_repeatables(migci_proof *proof) {
    struct repeat repeat;
    migc_set numbered = *proof->set;
    migc_options options = {0};
    numbered.repeatables = NULL;
    options.user = proof->step_user;
    memset(&repeat, 0, sizeof(repeat));
    repeat.proof = proof;
    repeat.alone = *proof->set;
    repeat.alone.count = proof->set->repeatables->count;
    repeat.alone.migrations = proof->set->repeatables->migrations;
    repeat.watched = *proof;
    repeat.watched.set = &repeat.alone;
    repeat.watched.effects = proof->effects + proof->set->count + 1;
    repeat.db = migci_proof_open(&repeat.watched, &repeat.watch, 0);
    migc_code code = MIGC_NO_MEMORY;
    if (repeat.db)
        code = migci_run(repeat.db, &numbered, migci_target_of(MIGC_LATEST), &options, NULL);
    proof->no_memory |= code == MIGC_NO_MEMORY;
    if (!repeat.db)
        return;
    if (code == MIGC_OK && prove_each(&repeat))
        prove_all(&repeat);
    proof->memory = repeat.watched.memory;
    proof->no_memory |= repeat.watched.no_memory;
    migci_free_all(&repeat.memory);
    migci_proof_close(&repeat.watch, repeat.db);
}
