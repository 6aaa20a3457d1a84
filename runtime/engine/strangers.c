/*
 * strangers.c - keeps a run to the database main.
 *
 * Migrations are proven on main alone.  In the program's connection a name may mean something else:
 * a TEMP table hides the table that a migration means, and if main has no table of a name, SQLite
 * finds that of an attached database.  Both are refused, by name.  Steps in C may do anything.
 */
#include "engine/engine.h"

#include <string.h>

/* Refuses the first statement of the plan that has the name of a TEMP object in it. */
static int look_for_name(void *argument, const migci_value *cells) {
    migci_session *session = argument;
    for (size_t i = session->next; i < session->plan.count; i++) {
        const migc_migration *migration = session->plan.actions[i].migration;
        unsigned count = migration->up_count + migration->down_count + migration->verify_count;
        for (const migc_step *step = migration->steps; step < migration->steps + count; step++)
            if (!step->call && migci_mentions(step->text, cells[0].text)) {
                migci_fail_at(
                    session, MIGC_MISUSE, migration, step, step->line,
                    "%s is a TEMP table of this connection, which hides the table that"
                    " the migration means; migrate before it is made. Nothing was changed.",
                    cells[0].text);
                return 1;
            }
    }
    return 0;
}

static int take_database(void *argument, const migci_value *cells) {
    ((migci_session *)argument)->attached |= cells[0].number > 1;
    return 0;
}

/* For any schema SQLite may have to read that of main, which another process may have locked. */
static migci_outcome attempt_look_beside(migci_session *session) {
    migci_outcome outcome = MIGCI_DONE;
    if (migci_has_temp(session))
        outcome =
            migci_ask(session, look_for_name, session,
                      "SELECT name FROM temp.sqlite_schema WHERE type IN ('table', 'view')", "");
    if (outcome == MIGCI_DONE)
        outcome = migci_ask(session, take_database, session, "PRAGMA database_list", "");
    if (outcome != MIGCI_DONE)
        migci_fail_driver(session, "looking for TEMP tables");
    return outcome;
}

migc_code migci_check_temp(migci_session *session) {
    migci_retry(session, attempt_look_beside);
    return session->error->code;
}

struct use {
    int64_t database;
};

/* "Transaction": p1 is the number of the database that the statement reads or writes. */
static int take_operation(void *argument, const migci_value *cells) {
    struct use *use = argument;
    if (cells[1].text && strcmp(cells[1].text, "Transaction") == 0 && cells[2].number > 1)
        use->database = cells[2].number;
    return 0;
}

migci_outcome migci_check_step(migci_session *session, const migc_step *step) {
    struct use use = {0};
    if (!session->attached || step->call || sqlite3_strnicmp(step->text, "PRAGMA", 6) == 0)
        return MIGCI_DONE;
    char *sql = sqlite3_mprintf("EXPLAIN %s", step->text);
    migci_outcome outcome =
        sql ? migci_ask(session, take_operation, &use, sql, "") : migci_lack_memory(session);
    sqlite3_free(sql);
    if (outcome != MIGCI_DONE || !use.database)
        return outcome;
    session->driver.failure = (migci_failure){.code = MIGC_STEP_FAILED, .offset = -1};
    strcpy(session->driver.failure.reason, "it would use a database that the program has attached");
    return MIGCI_REFUSED;
}
