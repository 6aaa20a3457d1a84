/*
 * rows_from.c - the proof on a given database: a released one, or an anonymised copy of
 * a real one.  It is copied into memory; there each migration that it lacks is run, judged
 * and reverted.  The file is only read.
 */
#include "rows.h"

#include <string.h>

bool copy_given(const struct prover *prover, sqlite3 *db) {
    sqlite3 *file = NULL;
    int code = sqlite3_open_v2(prover->from, &file, SQLITE_OPEN_READONLY, NULL);
    sqlite3_backup *backup =
        code == SQLITE_OK ? sqlite3_backup_init(db, "main", file, "main") : NULL;
    if (backup) {
        sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    }
    if (code != SQLITE_OK || !backup)
        report_failure(prover->diagnostics, "%s: cannot be read: %s", prover->from,
                       is_folder(prover->from) ? "it is a folder, not a database"
                       : code == SQLITE_OK     ? sqlite3_errmsg(db)
                                               : sqlite3_errstr(code));
    sqlite3_close(file);
    return code == SQLITE_OK && backup;
}

/* The set's name in this database: the one of -n, or the only one that is no other set's.
 * NULL: no history, or more than one, may be the set's. */
static const char *own_name(const struct prover *prover, sqlite3 *db) {
    const char *name = NULL;
    sqlite3_stmt *names = NULL;
    size_t count = 0;
    if (sqlite3_prepare_v2(db, "SELECT DISTINCT set_name FROM main.migc_migrations", -1, &names,
                           NULL) != SQLITE_OK)
        return NULL;
    while (sqlite3_step(names) == SQLITE_ROW) {
        const char *found = value_of_column(prover->arena, names, 0).bytes;
        const struct set *set = found ? find_set(prover->set, found) : NULL;
        if (!found || (set && set != prover->set))
            continue;
        name = found;
        count += set ? 2 : 1;
    }
    sqlite3_finalize(names);
    return count == 1 ? name : NULL;
}

/* The first migration that the database lacks; SIZE_MAX: the database is not the set's. */
static size_t find_pending(const struct prover *prover, sqlite3 *db) {
    migc_set set = prover->view;
    migci_session session;
    migc_error error;
    size_t first = set.count;
    const char *name = own_name(prover, db);
    set.name = name ? name : set.name;
    set.repeatables = NULL;
    if (migci_session_open(&session, db, &set, NULL, &error) == MIGC_OK)
        migci_read_plan(&session, migci_target_of(MIGC_LATEST));
    if (error.code == MIGC_OK && session.plan.count)
        first = (size_t)(session.plan.actions[0].migration - set.migrations);
    if (migci_session_close(&session) == MIGC_OK)
        return first;
    report_error(prover->diagnostics, location_of_folder(prover->set->folder, prover->arena),
                 "%s: %s", prover->from, error.message);
    return SIZE_MAX;
}

/* ------------------------------------------------------- with sets that come before */

/* The name of the other set that has the migration, or NULL. */
static const char *module_of(const struct set *set, const struct migration *migration) {
    for (size_t m = 0; m < set->module_count; m++)
        for (size_t i = 0; i < set->modules[m].set.count; i++)
            if (set->modules[m].set.migrations[i].entry == migration->entry)
                return set->modules[m].name;
    return NULL;
}

/* Which migrations the database has, by the histories of their sets. */
static bool *read_applied(const struct prover *prover, sqlite3 *db, size_t *first) {
    const struct set *set = prover->set;
    bool *applied = arena_take(prover->arena, set->count + 1);
    const char *own = own_name(prover, db), *told = set->name ? set->name : "";
    sqlite3_stmt *row = NULL;
    sqlite3_prepare_v2(db,
                       "SELECT 1 FROM main.migc_migrations WHERE set_name = ?1 AND version = ?2",
                       -1, &row, NULL);
    *first = set->count;
    for (size_t i = set->count; i-- > 0;) {
        const char *module = module_of(set, &set->migrations[i]);
        sqlite3_bind_text(row, 1, module ? module : own ? own : told, -1, SQLITE_STATIC);
        sqlite3_bind_int64(row, 2, prover->view.migrations[i].version);
        applied[i] = row && sqlite3_step(row) == SQLITE_ROW;
        sqlite3_reset(row);
        if (!applied[i])
            *first = i;
    }
    sqlite3_finalize(row);
    return applied;
}

/* ---------------------------------------------------------------------- repeatables */

/* Runs everything on another copy, as a program does.  Only repeatables are reported: failures
 * of numbered migrations were reported before. */
static void prove_given_repeatables(struct prover *prover) {
    migc_set set = prover->view;
    migci_watch watch;
    migc_error error = {0};
    migc_options options = {0};
    if (!set.repeatables || prover->set->module_count)
        return;
    sqlite3 *db = migci_proof_open(&prover->proof, &watch, 0);
    if (!db)
        return;
    const char *name = own_name(prover, db);
    set.name = name ? name : set.name;
    migc_code code = migci_run(db, &set, migci_target_of(MIGC_LATEST), &options, &error);
    size_t index = set.repeatables->count;
    for (size_t i = 0; code != MIGC_OK && i < set.repeatables->count; i++)
        if (error.name && strcmp(error.name, set.repeatables->migrations[i].name) == 0)
            index = i;
    if (index < set.repeatables->count) {
        const struct migration *migration = &prover->set->migrations[set.count + index];
        const struct step *step = step_of(prover, set.count + index, error.step);
        struct location location = marker_location(migration, SECTION_UP);
        const char *reason = migci_reason(&error); /* state and advice are about the copy */
        size_t size = strlen(error.message) - error.what.size;
        reason = arena_copy(prover->arena, reason, strlen(reason) - size);
        struct complaint complaint = read_complaint(reason, prover->arena);
        if (step)
            locate_complaint(&complaint, migration, step, error.offset, &location);
        report_error(prover->diagnostics, location, "UP fails on %s: %s", prover->from, reason);
    }
    migci_proof_close(&watch, db);
}

void prove_given(struct prover *prover, const char *path) {
    prover->from = path;
    bool *applied = NULL;
    sqlite3 *db = prover->proof.open(prover, 0);
    size_t first = SIZE_MAX;
    if (db && prover->set->module_count)
        applied = read_applied(prover, db, &first);
    else if (db)
        first = find_pending(prover, db);
    sqlite3_close(db);
    if (first < prover->view.count)
        walk_given(prover, path, first, applied);
    if (first <= prover->view.count)
        prove_given_repeatables(prover);
    prover->from = NULL;
}
