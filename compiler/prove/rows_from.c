/*
 * rows_from.c - the proof on databases that are given: one as it was released, or
 * an anonymised copy of a real one, is copied into memory, brought up, judged
 * and reverted, migration by migration.  The file is only read.
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
                       code == SQLITE_OK ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    sqlite3_close(file);
    return code == SQLITE_OK && backup;
}

/* The only set that the database has a history of, or NULL. */
static const char *name_of_set(const struct prover *prover, sqlite3 *db) {
    sqlite3_stmt *statement = NULL;
    const char *name = NULL;
    size_t count = 0;
    if (sqlite3_prepare_v2(db, "SELECT DISTINCT set_name FROM main.migc_migrations", -1, &statement,
                           NULL) != SQLITE_OK)
        return NULL;
    for (; sqlite3_step(statement) == SQLITE_ROW; count++) {
        struct value value = value_of_column(prover->arena, statement, 0);
        name = value.bytes;
    }
    sqlite3_finalize(statement);
    return count == 1 ? name : NULL;
}

/* The first migration that the database lacks; SIZE_MAX: it is none of the set's. */
static size_t find_pending(const struct prover *prover, sqlite3 *db) {
    migc_set set = prover->view;
    migci_session session;
    migc_error error;
    size_t first = set.count;
    const char *name = name_of_set(prover, db);
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

void prove_given(struct prover *prover, const char *path) {
    prover->from = path;
    sqlite3 *db = prover->proof.open(prover, 0);
    size_t first = db ? find_pending(prover, db) : SIZE_MAX;
    sqlite3_close(db);
    if (first < prover->view.count)
        walk_given(prover, path, first);
    prover->from = NULL;
}
