/*
 * prove.c - runs the set in memory, through libmigc itself, and reports what would
 * fail in the field at the line that causes it.
 */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------- what the proof asks */

static sqlite3 *open_proof_database(void *user, int clock) {
    const struct prover *prover = user;
    sqlite3 *db = open_at(clock);
    if (db && prepare_like_snapshot(db) &&
        provide_all(db, prover->set->conf, prover->diagnostics) &&
        (!prover->from || copy_given(prover, db)))
        return db;
    sqlite3_close(db);
    return NULL;
}

static int64_t clock_readings(void *user) {
    const struct prover *prover = user;
    return prover->clocks[0].readings;
}

static bool has_test(void *user, size_t index) {
    const struct prover *prover = user;
    const struct migration *migration = &prover->set->migrations[index];
    return !migration->of_module && migration->sections[SECTION_TEST].count > 0;
}

static bool look_needed(void *user, size_t index) {
    const struct prover *prover = user;
    return !prover->set->migrations[index].of_module && needs_schemas(&prover->lint, index);
}

static int load_test(void *user, sqlite3 *db, size_t index, migc_error *error) {
    struct prover *prover = user;
    const struct migration *migration = &prover->set->migrations[index];
    const struct section *test = &migration->sections[SECTION_TEST];
    for (size_t i = 0; i < test->count; i++) {
        const struct step *step = &test->steps[i];
        char *sql = arena_copy(prover->arena, step->text, step->size);
        int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
        if (code == SQLITE_OK)
            continue;
        struct complaint complaint = read_complaint(sqlite3_errmsg(db), prover->arena);
        locate_complaint(&complaint, migration, step, sqlite3_error_offset(db),
                         &prover->test_location);
        error->code = code == SQLITE_INTERRUPT ? MIGC_STOPPED : MIGC_STEP_FAILED;
        error->sqlite_code = code;
        sqlite3_snprintf(sizeof(error->message), error->message, "%s", sqlite3_errmsg(db));
        return code;
    }
    return SQLITE_OK;
}

/* ------------------------------------------------------------------- findings */

static void report_reason(struct prover *prover, const migci_finding *finding,
                          struct location location, const char *before) {
    const migc_error *error = finding->error;
    size_t effect = finding->index + (finding->repeatable != 0);
    if (error->code == MIGC_STOPPED)
        report_error(prover->diagnostics, location,
                     "%sit does not end: stopped after %lld million instructions of SQLite "
                     "(--prove-limit)",
                     before, (long long)(prover->proof.limit / 1000000));
    else if (prover->proof.effects[effect].outside || error->sqlite_code == SQLITE_AUTH) {
        report_error(prover->diagnostics, location,
                     "%sit reaches outside the database, which the proof does not allow (%s)",
                     before, finding->reason);
        report_note(
            prover->diagnostics, location,
            "other files, extensions and the text of the schema belong in the program, where it "
            "opens the database; --no-prove builds the set as it is, without a proof");
    } else
        report_error(prover->diagnostics, location, "%s%s", before, finding->reason);
}

/* Reported at the section if no statement is to blame. */
static void report_failure_of(struct prover *prover, const migci_finding *finding,
                              enum section_kind section, const char *before) {
    const migc_error *error = finding->error;
    const struct migration *migration = &prover->set->migrations[finding->index];
    struct complaint complaint = read_complaint(finding->reason, prover->arena);
    const struct step *step = step_of(prover, finding->index, error->step);
    struct location location = marker_location(migration, section);
    if (step && step->is_call)
        location = step_location(migration, step);
    else if (step)
        locate_complaint(&complaint, migration, step, error->offset, &location);
    if (report_broken_key(prover, finding, section, before))
        return;
    report_reason(prover, finding, location, before);
    hint(prover, finding, &complaint, location);
}

static void report_schema(struct prover *prover, const migci_finding *finding,
                          const migci_voice *voice, enum section_kind section) {
    char text[600];
    const struct migration *migration = &prover->set->migrations[finding->index];
    migci_difference_say(finding->difference, voice, text, sizeof(text));
    report_error(prover->diagnostics, marker_location(migration, section), "%s", text);
    if (finding->difference->kind == MIGCI_ORDER)
        report_note(
            prover->diagnostics, marker_location(migration, section),
            "ALTER TABLE adds a column at the end, and SELECT * and INSERT without names depend on "
            "the order: make a new table with the columns in their old order, copy "
            "the rows, drop the old one and rename the new one");
}

static void report_repeat(struct prover *prover, const migci_finding *finding, const char *what) {
    const struct migration *migration = &prover->set->migrations[finding->index];
    report_error(prover->diagnostics,
                 marker_location(migration, finding->down ? SECTION_DOWN : SECTION_UP),
                 "%s, run again, does not leave the database as it was: %s",
                 finding->down ? "DOWN" : "UP", what);
}

static const char up_again[] = "UP fails when it runs again, as it does whenever it changes "
                               "('DROP VIEW IF EXISTS' or 'INSERT OR REPLACE' helps): ",
                  down_again[] = "DOWN fails where there is nothing to revert, or where another "
                                 "edition was applied ('IF EXISTS' helps): ";

static void report_kind(struct prover *prover, const migci_finding *finding) {
    const struct migration *migration = &prover->set->migrations[finding->index];
    switch (finding->kind) {
    case MIGCI_FOUND_UP_FAILED:
        report_failure_of(prover, finding, SECTION_UP, "");
        break;
    case MIGCI_FOUND_TEST_FAILED:
        report_reason(prover, finding, prover->test_location, "TEST: ");
        if (strstr(finding->reason, "no such ") || strstr(finding->reason, " has no column "))
            report_note(prover->diagnostics, prover->test_location,
                        "rows of TEST are there before UP runs");
        break;
    case MIGCI_FOUND_DOWN_FAILED:
        report_failure_of(prover, finding, SECTION_DOWN, "DOWN fails: ");
        break;
    case MIGCI_FOUND_AGAIN_FAILED:
        report_failure_of(prover, finding, SECTION_UP, "UP fails after DOWN: ");
        break;
    case MIGCI_FOUND_DOWN_DIFFERS:
        report_schema(prover, finding, &migci_voice_down, SECTION_DOWN);
        break;
    case MIGCI_FOUND_AGAIN_DIFFERS:
        report_schema(prover, finding, &migci_voice_again, SECTION_DOWN);
        break;
    case MIGCI_FOUND_ROWS_LOST:
    case MIGCI_FOUND_ROWS_CHANGED:
    case MIGCI_FOUND_ROWS_ADDED:
        report_error(prover->diagnostics, marker_location(migration, SECTION_DOWN),
                     "%s; " SAY_IF_LOSSY, finding->reason);
        break;
    case MIGCI_FOUND_REPEAT_FAILED:
        report_failure_of(prover, finding, finding->down ? SECTION_DOWN : SECTION_UP,
                          finding->down ? down_again : up_again);
        break;
    case MIGCI_FOUND_REPEAT_DIFFERS:
        report_repeat(prover, finding, finding->difference->text);
        break;
    case MIGCI_FOUND_REPEAT_ROWS:
        report_repeat(prover, finding, finding->reason);
        break;
    case MIGCI_FOUND_UP_CHANGED:
        add_effect(prover, finding->index, finding->difference);
        break;
    case MIGCI_FOUND_NONDETERMINISTIC:
        report_warning(prover->diagnostics, WARNING_NONDETERMINISTIC,
                       marker_location(migration, SECTION_UP),
                       "writes nondeterministic values into %s: every database gets different ones",
                       finding->table);
        break;
    case MIGCI_FOUND_UNPROVEN:
        prover->unproven[finding->index] = true;
        break;
    default:
        break;
    }
}

/* In the folder of another tool only an UP that fails is an error, unless -Werror is given: a
 * newcomer can then start with the folder as it is. */
static void report_finding(void *user, const migci_finding *finding) {
    struct prover *prover = user;
    struct diagnostics *diagnostics = prover->diagnostics;
    bool is_chain = finding->index >= prover->set->count && !finding->repeatable;
    const struct migration *migration = &prover->set->migrations[is_chain ? 0 : finding->index];
    if (!is_chain)
        prover->faulty[finding->index] |= finding->kind != MIGCI_FOUND_UP_CHANGED &&
                                          finding->kind != MIGCI_FOUND_NONDETERMINISTIC;
    if (migration->of_module && !is_chain && finding->kind != MIGCI_FOUND_UP_FAILED)
        return; /* the build of its own set reports it */
    diagnostics->softened =
        !is_native(migration->dialect) && finding->kind != MIGCI_FOUND_UP_FAILED;
    diagnostics->softer = WARNING_DOWN;
    size_t errors = diagnostics->errors;
    if (is_chain)
        report_error(diagnostics, location_of_file(&prover->set->migrations[0].source),
                     "all up, all down, all up again: %s", finding->reason);
    else
        report_kind(prover, finding);
    diagnostics->softened = false;
    if (migration->short_markers && finding->kind != MIGCI_FOUND_UP_FAILED && errors == 0 &&
        diagnostics->errors > 0)
        name_other_dialect(prover->set->folder, diagnostics->count - 1, prover->arena, diagnostics);
}

/* ---------------------------------------------------------------------- stage */

static void report_skipped(const struct set *set, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        for (int kind = SECTION_UP; kind <= SECTION_DOWN; kind++)
            for (size_t s = 0; s < migration->sections[kind].count; s++) {
                const struct step *step = &migration->sections[kind].steps[s];
                if (step->is_call)
                    report_warning(diagnostics, WARNING_SKIPPED_CALL,
                                   step_location(migration, step),
                                   "the proof leaves out this step in C; the program runs it too "
                                   "with '--migrate selftest'");
            }
    }
}

/* After an UP that fails, later ones may fail because of it. */
static void report_unproven(struct prover *prover) {
    const struct set *set = prover->set;
    struct buffer list = {0};
    size_t failed = prover->proof.reached;
    for (size_t i = failed + 1, end; i < set->count; i = end) {
        for (end = i + 1; prover->unproven[i] && end < set->count && prover->unproven[end];)
            end++;
        if (!prover->unproven[i])
            continue;
        buffer_format(&list, "%s%s", list.size ? ", " : "", set->migrations[i].entry->stem);
        if (end > i + 1)
            buffer_format(&list, " to %s", set->migrations[end - 1].entry->stem);
    }
    if (list.size)
        report_warning_as(prover->diagnostics, WARNING_UNPROVEN, SEVERITY_NOTE,
                          marker_location(&set->migrations[failed], SECTION_UP),
                          "not proven: %.*s, which may depend on this", (int)list.size, list.bytes);
    buffer_free(&list);
}

static sqlite3 *open_for_lint(void *user) {
    return open_proof_database(user, 0);
}

static void take_change(void *user, size_t index, const migci_schema *before,
                        const migci_schema *after) {
    struct prover *prover = user;
    keep_columns(prover, index, before, after, EFFECT_DROPS);
    keep_columns(prover, index, after, before, EFFECT_ADDS);
    lint_change(&prover->lint, index, before, after);
}

static void take_end(void *user, sqlite3 *db, const migci_schema *schema) {
    struct prover *prover = user;
    lint_finish(&prover->lint, db, schema);
}

/* The chain has passed the released migrations.  It goes on as if they came from the cache. */
static bool take_released(void *user, sqlite3 *db) {
    struct prover *prover = user;
    keep_proof(prover, prover->first_report, db);
    prover->only_up_at_halt = prover->proof.only_up;
    begin_anew(db);
    return true;
}

/* SQLite counts the copy as a change of the schema: the bytes are to be as if it was none. */
static bool restore_released(void *user, sqlite3 *db) {
    enum { COOKIE_AT = 40 };
    const struct prover *prover = user;
    bool restored = restore_database(db, prover->kept_database, prover->kept_size);
    if (restored && prover->kept_size > COOKIE_AT + 4) {
        const unsigned char *at = (const unsigned char *)prover->kept_database + COOKIE_AT;
        uint32_t cookie =
            (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
        restored = run_sql(db, "PRAGMA schema_version = %u", (unsigned)cookie);
    }
    begin_anew(db);
    return restored;
}

static void take_base(void *user, sqlite3 *db, size_t index) {
    struct prover *prover = user;
    sqlite3_int64 size = 0;
    if (prover->kept_size > 0 && index == prover->proof.known) { /* nothing has run since */
        prover->base =
            (struct base){(unsigned char *)prover->kept_database, prover->kept_size, index};
        return;
    }
    if (index == 0 || !is_all_main(db))
        return;
    prover->base.bytes = sqlite3_serialize(db, "main", &size, 0);
    if (!prover->base.bytes && size > 0) /* there may be no page yet */
        must_have(NULL);
    prover->base.size = (size_t)size;
    prover->base.until = index;
}

static void take_excerpt(void *user, const char *sql) {
    struct prover *prover = user;
    prover->excerpt = arena_copy(prover->arena, sql, strlen(sql));
}

static bool take_ended(void *user, sqlite3 *db) {
    const struct prover *prover = user;
    if (prover->proof.only_up &&
        are_independent(prover->set, prover->independent, count_all(prover->set)))
        take_ready(prover->ready, prover->set->lowered, db);
    return true;
}

/* For each migration of the set, zeros. */
static void *take_zeros(const struct prover *prover, size_t count, size_t size) {
    return memset(arena_take(prover->arena, count * size), 0, count * size);
}

static void fill_prover(struct prover *prover, const struct proof_order *order) {
    size_t count = count_all(prover->set) + 1;
    prover->view = make_view(prover->set, prover->arena);
    prover->words = take_zeros(prover, count, sizeof(*prover->words));
    prover->faulty = take_zeros(prover, count, 1);
    prover->unproven = take_zeros(prover, count, 1);
    prover->proof = (migci_proof){
        .set = &prover->view,
        .user = prover,
        .effects =
            take_zeros(prover, migci_proof_effects(&prover->view), sizeof(*prover->proof.effects)),
        .open = open_proof_database,
        .load_test = load_test,
        .has_test = has_test,
        .needs_look = look_needed,
        .clock_readings = clock_readings,
        .report = report_finding,
        .looked = take_change,
        .finished = take_end,
        .halt = count_released(prover->set),
        .halted = take_released,
        .restore = restore_released,
        .before_down = take_base,
        .excerpted = take_excerpt,
        .limit = (int64_t)order->limit * 1000000,
    };
    prover->lint = (struct lint){.set = prover->set,
                                 .arena = prover->arena,
                                 .diagnostics = prover->diagnostics,
                                 .statements = read_statements(prover->set, prover->arena),
                                 .open = open_for_lint,
                                 .user = prover};
}

/* Begins after the released migrations if they are in the cache. */
static void begin_behind_cached(struct prover *prover, const struct proof_order *order) {
    prover->cache = open_cache(prover->set, order, &prover->diagnostics->flags, prover->arena);
    prover->first_report = prover->diagnostics->count;
    if (read_proof(prover))
        prover->proof.known = prover->proof.halt;
    prover->ready = order->ready;
    if (prover->ready && (!prover->proof.known || prover->only_up_at_halt))
        prover->proof.ended = take_ended;
    if (prover->ready && prover->only_up_at_halt) {
        prover->ready->released = prover->kept_database;
        prover->ready->released_size = prover->kept_size;
        prover->ready->released_until = prover->proof.known;
    }
}

void prove_set(const struct set *set, const struct proof_order *order, struct arena *arena,
               struct diagnostics *diagnostics) {
    struct set *all = arena_take(arena, sizeof(*all)); /* order->ready keeps it, in its cache */
    *all = merge_modules(set, arena);
    struct prover prover = {.set = all, .arena = arena, .diagnostics = diagnostics};
    fill_prover(&prover, order);
    lint_steps(&prover.lint);
    clocks_begin(prover.clocks);
    sqlite3 *trial = open_proof_database(&prover, 0);
    if (trial)
        begin_behind_cached(&prover, order);
    if (trial ? migci_prove(&prover.proof) != MIGC_OK
              : diagnostics_status(diagnostics) == STATUS_DONE)
        must_have(NULL);
    report_unproven(&prover);
    diagnostics->softened = !is_native(set->folder->dialect);
    if (trial)
        prove_rows(&prover, order->rows_limit, prover.proof.reached);
    for (size_t i = 0; trial && prover.proof.reached == all->count && i < order->from_count; i++)
        prove_given(&prover, order->from[i]);
    diagnostics->softened = false;
    /* A database that began as a copy of kept pages has another schema cookie. */
    if (prover.ready && !prover.proof.known)
        prover.ready->base = prover.base;
    else if (prover.base.bytes != (unsigned char *)prover.kept_database)
        sqlite3_free(prover.base.bytes);
    if (prover.ready) {
        prover.ready->cache = prover.cache;
        prover.ready->independent = prover.independent;
    }
    sqlite3_close(trial);
    clocks_end(prover.clocks);
    keep_effects(&prover);
    trim_cache(&prover.cache);
    report_skipped(set, diagnostics);
    migci_free_all(&prover.proof.memory);
}
