/*
 * drift.c - finds out whether a database has the schema that its migrations make.
 *
 * What is applied is replayed in memory, in the order it was applied, and the two
 * schemas are compared by their meaning.  Nothing is written to the database.
 * Where the repeatables are not all applied as this program has them, what they make
 * is compared neither way: the next up makes it anew.
 */
#include "repair.h"

#include <stdio.h>
#include <string.h>

/* The name of what a repeatable makes or changes. */
struct made {
    const char *name;
    struct made *next;
};

struct drift {
    migci_session *session; /* of the call: its error and its memory */
    const migc_set *set;
    const migc_options *options;
    const char *const *ignore;
    migci_difference_function *report;
    void *argument;
    sqlite3 *memory_db;
    migc_migration *known; /* what has been replayed so far, by version */
    size_t known_count, count, broken;
    bool with_broken;      /* what cannot be used is reported, too */
    bool with_repeatables; /* they are replayed too; else what they make is left out: */
    struct made *made;
    bool no_memory;
};

static migc_code fail_drift_memory(migci_session *session) {
    return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while looking for drift");
}

/* ------------------------------------------------------------------ replaying */

/* In the order given; what ascends runs at once. */
static migc_code replay_in_order(struct drift *drift, const migc_migration *const *order,
                                 size_t count) {
    migc_migration *known =
        migci_allocate(&drift->session->memory, (count + 1) * sizeof(*drift->known));
    if (!known)
        return fail_drift_memory(drift->session);
    drift->known = known;
    migc_code code = migci_replay_open(drift->session, drift->options, &drift->memory_db);
    for (size_t i = 0; i < count && code == MIGC_OK; i++) {
        size_t at = drift->known_count++;
        for (; at > 0 && known[at - 1].version > order[i]->version; at--)
            known[at] = known[at - 1];
        known[at] = *order[i];
        if (i + 1 < count && order[i + 1]->version >= order[i]->version)
            continue;
        migc_set set = *drift->set;
        set.count = drift->known_count;
        set.migrations = known;
        if (!drift->with_repeatables)
            set.repeatables = NULL;
        code = migci_replay(drift->session, drift->options, drift->memory_db, set, NULL);
    }
    return code;
}

/* ---------------------------------------------------- what repeatables make */

static void take_made(const migci_difference *difference, void *argument) {
    struct drift *drift = argument;
    struct made *made = migci_allocate(&drift->session->memory, sizeof(*made));
    const char *name = migci_copy(&drift->session->memory, difference->name);
    if (!made || !name) {
        drift->no_memory = true;
        return;
    }
    *made = (struct made){name, drift->made};
    drift->made = made;
}

static migc_code run_and_read(struct drift *drift, sqlite3 *db, migc_set set,
                              migci_schema *schema) {
    migc_code code = migci_replay(drift->session, drift->options, db, set, NULL);
    int failure =
        code == MIGC_OK ? migci_schema_read(db, &drift->session->memory, schema) : SQLITE_OK;
    if (failure != SQLITE_OK)
        code = migci_fail_memory_db(drift->session, db, failure, "reading the schema in memory");
    return code;
}

/* They stand on all of the numbered ones, of which the database may have fewer. */
static migc_code find_repeatables_made(struct drift *drift) {
    migc_set numbered = *drift->set;
    migci_schema without, with;
    sqlite3 *db = NULL;
    if (drift->with_repeatables || !drift->set->repeatables)
        return MIGC_OK;
    numbered.repeatables = NULL;
    migc_code code = migci_replay_open(drift->session, drift->options, &db);
    if (code == MIGC_OK)
        code = run_and_read(drift, db, numbered, &without);
    if (code == MIGC_OK)
        code = run_and_read(drift, db, *drift->set, &with);
    if (code == MIGC_OK)
        migci_schema_compare(&without, &with, take_made, drift);
    sqlite3_close(db);
    return drift->no_memory ? fail_drift_memory(drift->session) : code;
}

static bool is_made(const struct drift *drift, const char *name) {
    const struct made *made = drift->made;
    while (made && sqlite3_stricmp(made->name, name) != 0)
        made = made->next;
    return made != NULL;
}

/* ------------------------------------------------------------------ comparing */

/* Names in SQLite have no case. */
static bool fits(const char *pattern, const char *name) {
    char *lower_pattern = sqlite3_mprintf("%s", pattern);
    char *lower_name = sqlite3_mprintf("%s", name);
    bool fit = lower_pattern && lower_name &&
               sqlite3_strglob(migci_lower(lower_pattern), migci_lower(lower_name)) == 0;
    sqlite3_free(lower_pattern);
    sqlite3_free(lower_name);
    return fit;
}

static bool fits_one(const char *const *pattern, const migci_difference *difference) {
    for (; pattern && *pattern; pattern++)
        if (fits(*pattern, difference->name) ||
            (difference->table && fits(*pattern, difference->table)))
            return true;
    return false;
}

/* In a database of several modules the tables and views of the others are no drift. */
static bool is_ignored(const struct drift *drift, const migci_difference *difference) {
    bool whole = difference->type == MIGCI_TABLE || difference->type == MIGCI_VIEW;
    if (drift->set->flags & MIGC_SET_MODULE && whole && difference->kind == MIGCI_EXTRA)
        return true;
    if (migci_is_nobodys(difference) || is_made(drift, difference->name) ||
        (difference->table && is_made(drift, difference->table)))
        return true;
    return fits_one(drift->ignore, difference) || fits_one(drift->set->ignore, difference);
}

static void take_drift(const migci_difference *difference, void *argument) {
    struct drift *drift = argument;
    if (is_ignored(drift, difference))
        return;
    drift->count++;
    drift->report(difference, drift->argument);
}

/* In a database of several modules what the others made is their affair. */
struct broken_drift {
    struct drift *drift;
    const migci_schema *expected;
};

static bool is_expected_object(const migci_schema *expected, const migci_broken *broken) {
    for (size_t i = 0; i < expected->count; i++)
        if (expected->objects[i]->type <= MIGCI_VIEW && !*expected->objects[i]->owner &&
            sqlite3_stricmp(expected->objects[i]->name, broken->name) == 0)
            return true;
    return false;
}

static void take_broken(const migci_broken *broken, void *argument) {
    const struct broken_drift *found = argument;
    struct drift *drift = found->drift;
    bool is_view = strcmp(broken->type, "view") == 0;
    char text[600], object[300];
    migci_say(object, sizeof(object), is_view ? "view %s" : "triggers of %s", broken->name);
    migci_say(text, sizeof(text), "%s %s not work: %s", object, is_view ? "does" : "do",
              broken->why);
    migci_difference difference = {MIGCI_BROKEN, is_view ? MIGCI_VIEW : MIGCI_TRIGGER,
                                   broken->name, is_view ? NULL : broken->name,
                                   object,       text};
    if (is_ignored(drift, &difference) ||
        (drift->set->flags & MIGC_SET_MODULE && !is_expected_object(found->expected, broken)))
        return;
    drift->broken++;
    drift->report(&difference, drift->argument);
}

static migc_code fail_if_drifted(struct drift *drift) {
    migci_session *session = drift->session;
    size_t count = drift->known_count;
    if (!drift->count && drift->broken) {
        snprintf(session->state, sizeof(session->state),
                 "Nothing was changed. A new migration can drop it, or make it anew");
        return migci_fail(session, MIGC_DRIFTED,
                          "the schema is what the migrations make, and in it %zu object%s not work",
                          drift->broken, drift->broken == 1 ? " does" : "s do");
    }
    if (!drift->count)
        return MIGC_OK;
    snprintf(session->state, sizeof(session->state),
             "Nothing was changed. A new migration can put it right; what is there on purpose can"
             " be left out of the comparison (--ignore)");
    return migci_fail(session, MIGC_DRIFTED, "the schema has drifted: %zu difference%s from %s%s",
                      drift->count, drift->count == 1 ? "" : "s",
                      count ? "what the migrations make up to " : "an empty database",
                      count ? drift->known[count - 1].name : "");
}

static migc_code compare_with_replay(struct drift *drift, sqlite3 *db) {
    migci_memory *memory = &drift->session->memory;
    migci_schema expected, found;
    int code = migci_schema_read(drift->memory_db, memory, &expected);
    if (code != SQLITE_OK)
        return migci_fail_memory_db(drift->session, drift->memory_db, code,
                                    "reading the schema in memory");
    bool begun = sqlite3_get_autocommit(db);
    code = begun ? sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) : SQLITE_OK;
    if (code == SQLITE_OK)
        code = migci_schema_read(db, memory, &found);
    if (code == SQLITE_OK)
        migci_schema_compare(&expected, &found, take_drift, drift);
    struct broken_drift broken = {drift, &expected};
    if (code == SQLITE_OK && drift->with_broken)
        code = migci_broken_objects(db, take_broken, &broken);
    if (code != SQLITE_OK)
        migci_fail_memory_db(drift->session, db, code, "reading the schema");
    if (begun)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return drift->session->error->code;
    return fail_if_drifted(drift);
}

static migc_code replay_and_compare(struct drift *drift, sqlite3 *db,
                                    const migc_migration *const *order, size_t count) {
    migc_code code = replay_in_order(drift, order, count);
    if (code == MIGC_OK)
        code = find_repeatables_made(drift);
    if (code == MIGC_OK)
        code = compare_with_replay(drift, db);
    sqlite3_close(drift->memory_db);
    return code;
}

/* ------------------------------------------------------------- up to a version */

/* The session is there for the form of the messages: the connection may be in a transaction. */
migc_code migci_drift(const migci_session *of, int64_t version, migci_difference_function *report,
                      void *argument, migc_error *error) {
    static const migc_options defaults;
    migci_session session;
    memset(&session, 0, sizeof(session));
    session.set = of->set;
    session.options = &defaults;
    session.error = error ? error : &session.unwanted;
    session.started_us = of->started_us;
    memset(session.error, 0, sizeof(*session.error));
    migci_sqlite_driver(&session.driver, NULL);
    struct drift drift = {0};
    drift.session = &session;
    drift.set = of->set;
    drift.options = of->options;
    drift.report = report;
    drift.argument = argument;
    const migc_set *set = of->set;
    const migc_migration **order =
        migci_allocate(&session.memory, (set->count + 1) * sizeof(void *));
    size_t count = 0;
    for (; order && count < set->count && set->migrations[count].version <= version; count++)
        order[count] = &set->migrations[count];
    if (order)
        replay_and_compare(&drift, of->driver.db, order, count);
    else
        fail_drift_memory(&session);
    return migci_session_close(&session);
}

/* ----------------------------------------------------- up to what is applied */

static bool all_repeatables_apply(const migci_session *session) {
    const migc_states *states = &session->states;
    size_t count = session->set->repeatables ? session->set->repeatables->count : 0;
    for (size_t i = 0; i < count; i++)
        if (!states->repeatables[i].applied || states->repeatables[i].flags & MIGC_CHANGED)
            return false;
    return session->history->count == session->set->count;
}

static migc_code compare_applied(struct drift *drift, migci_session *session) {
    const migci_history *history = session->history;
    const migc_migration **order =
        migci_allocate(&session->memory, (history->count + 1) * sizeof(void *));
    if (!order)
        return fail_drift_memory(session);
    for (size_t i = 0; i < history->count; i++)
        order[i] = migci_find(session->set, history->rows[i]->version);
    drift->with_repeatables = all_repeatables_apply(session);
    drift->with_broken = true;
    return replay_and_compare(drift, session->driver.db, order, history->count);
}

/* One state of the database, from the history to the schema. */
static migc_code read_and_compare(struct drift *drift, migci_session *session) {
    if (migci_try_begin(session, 0) != MIGCI_DONE)
        return migci_fail_driver(session, "starting to read");
    migc_code code = migci_read_states(session);
    session->result.from = session->result.to = session->states.version;
    if (code == MIGC_OK)
        code = compare_applied(drift, session);
    else if (code >= MIGC_NEWER && code <= MIGC_INTERRUPTED)
        snprintf(session->state, sizeof(session->state),
                 "What its schema should be is not known, and nothing was changed");
    migci_rollback(session);
    return code;
}

struct listener {
    migc_difference_function *report;
    void *user;
};

static void hand_difference(const migci_difference *difference, void *argument) {
    const struct listener *listener = argument;
    char text[1000];
    migc_difference handed;
    migci_difference_hand(difference, &migci_voice_database, text, sizeof(text), &handed);
    if (listener->report)
        listener->report(&handed, listener->user);
}

migc_code migc_drift(sqlite3 *db, const migc_set *set, const char *const *ignore,
                     migc_difference_function *report, void *user, const migc_options *options,
                     migc_error *error) {
    migci_session session;
    migc_options reading = {0};
    struct listener listener = {report, user};
    if (options)
        reading = *options;
    reading.flags |= MIGC_ALLOW_OUT_OF_ORDER; /* what is pending is no drift */
    if (migci_session_open(&session, db, set, &reading, error) == MIGC_OK) {
        struct drift drift = {0};
        drift.session = &session;
        drift.set = session.set;
        drift.options = &reading;
        drift.ignore = ignore;
        drift.report = hand_difference;
        drift.argument = &listener;
        if (migci_enter_progress(&session) == MIGC_OK)
            read_and_compare(&drift, &session);
        migci_leave_progress(&session);
    }
    return migci_session_close(&session);
}
