/*
 * stored.c - migc_down_stored(): reverts to a version that this program knows, using
 * the stored DOWNs of migrations that it does not know.
 *
 * These become migrations of a set that is made for this one run, and the engine
 * treats them like any others: history, events, foreign keys, all or nothing.
 */
#include "stored.h"

#include <stdio.h>
#include <string.h>

#define PROGRAM "the program that applied it"

static migc_code fail_stored_memory(migci_session *session) {
    return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while reading the history");
}

/* ------------------------------------------------------------------ reading */

struct reading {
    migci_session session; /* the first: an attempt is handed this */
    migci_stored *stored;
    migci_unknown_migration **end; /* where the next one is hung */
    int64_t above;
    bool no_memory;
};

enum { DOWN = 3, LAST_REQUIRED = 4 }; /* of the texts below */

static bool copy_texts(migci_memory *memory, migci_unknown_migration *unknown,
                       const migci_value *cells) {
    const char **texts[] = {&unknown->migration.name,
                            &unknown->migration.checksum,
                            &unknown->migration.chain,
                            &unknown->down,
                            &unknown->applied_at,
                            &unknown->applied_by,
                            &unknown->host};
    unknown->migration.version = cells[0].number;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        const char *text = cells[1 + i].text;
        if (!text && i <= LAST_REQUIRED && i != DOWN)
            text = "?"; /* where a table made by hand lets it be NULL */
        if (!text)
            continue;
        *texts[i] = i == DOWN ? migci_copy(memory, text) : migci_copy_line(memory, text);
        if (!*texts[i])
            return false;
    }
    char file[400]; /* for messages */
    snprintf(file, sizeof(file), "stored DOWN of %s", unknown->migration.name);
    unknown->migration.file = migci_copy(memory, file);
    return unknown->migration.file != NULL;
}

static int collect_unknown(void *argument, const migci_value *cells) {
    struct reading *reading = argument;
    migci_stored *stored = reading->stored;
    const migc_migration *known = migci_find(reading->session.set, cells[0].number);
    /* An edited migration is as unknown to the program as one that it lacks. */
    if (known && cells[2].text && strcmp(known->checksum, cells[2].text) == 0)
        return 0;
    migci_unknown_migration *unknown = migci_allocate(&stored->memory, sizeof(*unknown));
    reading->no_memory = !unknown || !copy_texts(&stored->memory, unknown, cells);
    if (reading->no_memory)
        return 1;
    *reading->end = unknown;
    reading->end = &unknown->next;
    stored->count++;
    return 0;
}

/* One that this program has in the same edition is reverted by the program's own DOWN. */
static bool is_known_repeatable(const migci_session *session, const char *name,
                                const char *checksum) {
    const migc_repeatables *own = session->set->repeatables;
    for (size_t i = 0; own && i < own->count; i++)
        if (strcmp(own->migrations[i].name, name) == 0 &&
            strcmp(own->migrations[i].checksum, checksum) == 0)
            return true;
    return false;
}

/* One without a stored DOWN stays, as it does where its own program reverts the others. */
static int collect_repeatable(void *argument, const migci_value *cells) {
    struct reading *reading = argument;
    migci_stored *stored = reading->stored;
    if (!cells[1].text || !cells[2].text || !cells[4].text ||
        is_known_repeatable(&reading->session, cells[1].text, cells[2].text))
        return 0;
    migci_unknown_migration *unknown = migci_allocate(&stored->memory, sizeof(*unknown));
    reading->no_memory = !unknown || !copy_texts(&stored->memory, unknown, cells);
    if (reading->no_memory)
        return 1;
    unknown->migration.flags = MIGC_REPEATABLE;
    *reading->end = unknown;
    reading->end = &unknown->next;
    stored->all_repeatables.count++;
    return 0;
}

static migci_outcome attempt_read_stored(migci_session *session) {
    struct reading *reading = (struct reading *)session;
    migci_stored_free(reading->stored);
    reading->end = &reading->stored->unknown;
    migci_outcome outcome = migci_history_above(session, reading->above, collect_unknown, reading);
    reading->end = &reading->stored->repeatables;
    if (outcome == MIGCI_DONE && reading->stored->count && !reading->no_memory)
        outcome = migci_history_repeats_stored(session, collect_repeatable, reading);
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "reading the history");
    return outcome;
}

/* The program's first: those that are not its own ran later, and are reverted before. */
static migc_code merge_repeatables(migci_session *session, migci_stored *stored) {
    const migc_repeatables *own = session->set->repeatables;
    size_t count = own ? own->count : 0;
    migc_repeatables *all = &stored->all_repeatables;
    migc_migration *migrations =
        migci_allocate(&stored->memory, (count + all->count) * sizeof(*migrations));
    if (!migrations)
        return fail_stored_memory(session);
    all->part = &migc_run_repeatables;
    all->migrations = migrations;
    all->chain = "of no set";
    all->count = 0;
    for (size_t i = 0; i < count; i++) {
        const migci_unknown_migration *edition = stored->repeatables;
        while (edition && strcmp(edition->migration.name, own->migrations[i].name) != 0)
            edition = edition->next;
        if (!edition)
            migrations[all->count++] = own->migrations[i];
    }
    for (const migci_unknown_migration *f = stored->repeatables; f; f = f->next)
        migrations[all->count++] = f->migration;
    stored->set.repeatables = all;
    return MIGC_OK;
}

/* The set and what is unknown, by version; an unknown one stands in the place of an edited one. */
static migc_code merge_migrations(migci_session *session, migci_stored *stored) {
    const migc_set *set = session->set;
    size_t size = (set->count + stored->count) * sizeof(migc_migration);
    migc_migration *all = migci_allocate(&stored->memory, size);
    if (!all)
        return fail_stored_memory(session);
    stored->set = *set;
    stored->set.migrations = all;
    stored->set.count = 0;
    size_t own = 0;
    for (const migci_unknown_migration *f = stored->unknown; f; f = f->next) {
        for (; own < set->count && set->migrations[own].version < f->migration.version; own++)
            all[stored->set.count++] = set->migrations[own];
        own += own < set->count && set->migrations[own].version == f->migration.version;
        all[stored->set.count++] = f->migration;
    }
    for (; own < set->count; own++)
        all[stored->set.count++] = set->migrations[own];
    return stored->repeatables ? merge_repeatables(session, stored) : MIGC_OK;
}

/* Migrations that the program lacks are no problem here. */
static migc_code read_past_unknown(migci_session *session) {
    migc_code code = migci_read_states(session);
    if (code != MIGC_NEWER && code != MIGC_MISSING && code != MIGC_EDITED)
        return code;
    migci_clear_error(session);
    return MIGC_OK;
}

/* This call applies no pending migration. */
static migc_code check_version(migci_session *session, int64_t version) {
    if (version && !migci_find(session->set, version))
        return migci_fail(session, MIGC_NO_SUCH_VERSION,
                          "this program has no migration with version %lld", (long long)version);
    if (session->states.version < version)
        return migci_fail(session, MIGC_NO_SUCH_VERSION,
                          "the database is at version %lld: down does not go up to %lld",
                          (long long)session->states.version, (long long)version);
    return MIGC_OK;
}

/* Nor is one to be touched that another program was, or is, reverting step by step. */
static migc_code check_stored_progress(migci_session *session,
                                       const migci_unknown_migration *unknown) {
    migci_progress_record progress = {0};
    migc_code code = migci_progress_read(session, &unknown->migration, &progress);
    if (code != MIGC_OK || !progress.open)
        return code;
    migci_fail(session, MIGC_INTERRUPTED,
               "process %lld of another program began to revert %s outside a transaction, and"
               " has not finished",
               (long long)progress.pid, unknown->migration.name);
    session->advice = "Start that program: it says how to go on";
    return MIGC_INTERRUPTED;
}

static migc_code read_stored_rows(struct reading *reading, int64_t version) {
    migci_session *session = &reading->session;
    migc_code code = read_past_unknown(session);
    if (code == MIGC_OK)
        code = check_version(session, version);
    if (code == MIGC_OK && session->history->exists &&
        migci_retry(session, attempt_read_stored) != MIGCI_DONE)
        code = session->error->code;
    if (code == MIGC_OK && reading->no_memory)
        code = fail_stored_memory(session);
    for (migci_unknown_migration *f = reading->stored->unknown; f && code == MIGC_OK; f = f->next) {
        code = check_stored_progress(session, f);
        if (code == MIGC_OK)
            code = migci_stored_split(session, &reading->stored->memory, f);
    }
    for (migci_unknown_migration *f = reading->stored->repeatables; f && code == MIGC_OK;
         f = f->next)
        code = migci_stored_split(session, &reading->stored->memory, f);
    return code == MIGC_OK ? merge_migrations(session, reading->stored) : code;
}

/* The order in which migrations were applied does not matter for reverting them. */
migc_options migci_stored_options(const migc_options *options) {
    static const migc_options defaults;
    migc_options all = options ? *options : defaults;
    all.flags |= MIGC_SKIP_OUT_OF_ORDER;
    return all;
}

migc_code migci_stored_read(migci_stored *stored, sqlite3 *db, const migc_set *set, int64_t version,
                            const migc_options *options, migc_error *error) {
    struct reading reading;
    migc_options all = migci_stored_options(options);
    memset(stored, 0, sizeof(*stored));
    memset(&reading, 0, sizeof(reading));
    reading.stored = stored;
    reading.above = version ? version : MIGCI_NOTHING;
    if (migci_session_open(&reading.session, db, set, &all, error) == MIGC_OK)
        read_stored_rows(&reading, version);
    stored->unpacked = reading.session.unpacked;
    reading.session.unpacked.blocks = NULL;
    return migci_session_close(&reading.session);
}

void migci_stored_free(migci_stored *stored) {
    migci_free_all(&stored->memory);
    migci_free_all(&stored->unpacked);
    memset(stored, 0, sizeof(*stored));
}

/* ------------------------------------------------------------------ running */

/* One whose statements are the program's can be corrected there. */
static bool is_unknown(const migci_stored *stored, const migc_migration *migration) {
    bool repeatable = migration && migration->flags & MIGC_REPEATABLE;
    const migci_unknown_migration *f = repeatable ? stored->repeatables : stored->unknown;
    for (; f && migration; f = f->next)
        if (f->migration.steps == migration->steps)
            return true;
    return false;
}

/* What stands in the database is nobody's to correct, and what cannot be done in this way at all
 * is not a statement that failed. */
void migci_stored_leave(migci_guard *guard) {
    migci_session *session = guard->session;
    migc_error *error = session->error;
    bool refused = *guard->refusal || guard->wants_no_transaction;
    bool failed = error->code == MIGC_STEP_FAILED &&
                  (refused || is_unknown(guard->stored, error->name ? session->failed : NULL));
    size_t used = strlen(error->message);
    if (failed || error->code == MIGC_FOREIGN_KEY)
        session->advice =
            "Check the data it met; or revert it with " PROGRAM ", or restore a backup";
    if (failed && refused) {
        error->code = MIGC_IRREVERSIBLE;
        session->advice = "Revert it with " PROGRAM ", or restore a backup";
        snprintf(error->message + used, sizeof(error->message) - used, "%s",
                 guard->wants_no_transaction ? ", and without one a stored DOWN is not run" : "");
    }
    migci_guard_leave(guard);
}

migc_code migci_stored_run(const migci_stored *stored, sqlite3 *db, int64_t version,
                           const migc_options *options, migc_error *error) {
    migci_guard guard;
    migci_session opened, *session = &opened;
    migc_options all = migci_stored_options(options);
    if (migci_session_open(session, db, &stored->set, &all, error) == MIGC_OK) {
        if (migci_guard_enter(&guard, session, stored) == MIGC_OK &&
            read_past_unknown(session) == MIGC_OK && check_version(session, version) == MIGC_OK)
            migci_run_session(session, migci_target_of(version));
        migci_stored_leave(&guard);
    }
    return migci_session_close(session);
}

/* The error must not point to a migration of the database, which ends with the call. */
migc_code migc_down_stored(sqlite3 *db, const migc_set *set, int64_t version,
                           const migc_options *options, migc_error *error) {
    migc_error unwanted = {0};
    migci_stored stored;
    error = error ? error : &unwanted;
    migc_code code = migci_stored_read(&stored, db, set, version, options, error);
    if (code == MIGC_OK)
        code = migci_stored_run(&stored, db, version, options, error);
    const migci_unknown_migration *lists[] = {stored.unknown, stored.repeatables};
    for (size_t i = 0; code != MIGC_OK && i < sizeof(lists) / sizeof(*lists); i++)
        for (const migci_unknown_migration *f = lists[i]; f && error->name; f = f->next)
            if (error->name == f->migration.name) {
                error->version = 0;
                error->name = error->file = NULL;
                error->step = 0;
            }
    migci_stored_free(&stored);
    return code;
}
