/*
 * rehearse.c - the engine's own run on the real data, rolled back at the end.
 *
 * Its driver is the session's with other ends: the first transaction that was worked
 * in is measured and rolled back where it would be committed, and no other begins, so
 * that a failure is not recorded either.  If something still commits (a step
 * in C), SQLite's commit hook turns it into a rollback.  On a copy commits are real, and
 * the copy is removed.
 */
#include "rehearse.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct rehearsing {
    migci_session session;
    const migci_around *around; /* or NULL */
    const migc_options *host;
    migc_options options; /* the host's, listening first */
    migc_hook hook;
    migci_driver_methods methods;
    const migci_driver_methods *real;
    migci_memory memory; /* of the rehearsal */
    migci_measures measures;
    migc_rehearsal *rehearsal;
    migci_stand_in copy;
    bool started; /* BEFORE_RUN was told: there is work to measure */
    bool over;    /* no transaction may begin any more */
    bool measured;
    int64_t begun_us; /* of the transaction that holds the write lock; 0: none does */
    int64_t measuring_us, measuring_before; /* time that is ours, not the migrations' */
};

static int64_t now_us(const struct rehearsing *work) {
    return migci_now_us() - work->measuring_us;
}

static void measure(struct rehearsing *work, void (*what)(migci_measures *measures)) {
    int64_t begun_us = migci_now_us();
    what(&work->measures);
    work->measuring_us += migci_now_us() - begun_us;
}

/* -------------------------------------------------------------------- driver */

static struct rehearsing *of_driver(migci_driver *driver) {
    return (struct rehearsing *)((char *)driver - offsetof(struct rehearsing, session.driver));
}

static migci_outcome begin_rehearsed(migci_driver *driver, int write) {
    struct rehearsing *work = of_driver(driver);
    if (write && work->over) {
        memset(&driver->failure, 0, sizeof(driver->failure));
        driver->failure.code = MIGC_STOPPED;
        return MIGCI_REFUSED;
    }
    migci_outcome outcome = work->real->begin(driver, write);
    if (write && outcome == MIGCI_DONE)
        work->begun_us = now_us(work);
    return outcome;
}

static void note_lock(struct rehearsing *work, int64_t held_us) {
    migc_rehearsal *rehearsal = work->rehearsal;
    rehearsal->locked_us += held_us;
    if (rehearsal->longest_lock_us < held_us)
        rehearsal->longest_lock_us = held_us;
}

static void let_go(struct rehearsing *work) {
    note_lock(work, work->begun_us ? now_us(work) - work->begun_us : 0);
    work->begun_us = 0;
}

static void rollback_rehearsed(migci_driver *driver) {
    struct rehearsing *work = of_driver(driver);
    if (work->begun_us && work->started && !work->over && work->real->in_transaction(driver)) {
        measure(work, migci_measure_after);
        work->measured = true;
    }
    let_go(work);
    work->real->rollback(driver);
}

static migci_outcome commit_rehearsed(migci_driver *driver) {
    struct rehearsing *work = of_driver(driver);
    migci_outcome outcome = MIGCI_DONE;
    if (work->copy.path) {
        measure(work, migci_measure_journal);
        outcome = work->real->commit(driver);
        if (outcome == MIGCI_DONE)
            let_go(work);
    } else {
        rollback_rehearsed(driver);
        work->over = work->started;
    }
    return outcome;
}

static int refuse_commit(void *unused) {
    (void)unused;
    return 1;
}

/* ------------------------------------------------------------ events and hooks */

static migc_rehearsed *running(const struct rehearsing *work) {
    const migc_rehearsal *rehearsal = work->rehearsal;
    return rehearsal->count ? &rehearsal->migrations[rehearsal->count - 1] : NULL;
}

static void *grow(struct rehearsing *work, const void *array, size_t count, size_t size) {
    void *grown = migci_allocate(&work->memory, (count ? count * 2 : 8) * size);
    if (!grown && work->measures.code == SQLITE_OK)
        work->measures.code = SQLITE_NOMEM;
    if (grown && count)
        memcpy(grown, array, count * size);
    return grown;
}

static bool is_full(size_t count) {
    return count == 0 || (count >= 8 && (count & (count - 1)) == 0);
}

static void note_start(struct rehearsing *work, const migc_event *event) {
    migc_rehearsal *rehearsal = work->rehearsal;
    assert(event->migration);
    if (is_full(rehearsal->count)) {
        void *grown =
            grow(work, rehearsal->migrations, rehearsal->count, sizeof(*rehearsal->migrations));
        if (!grown)
            return;
        rehearsal->migrations = grown;
    }
    migc_rehearsed *started = &rehearsal->migrations[rehearsal->count++];
    memset(started, 0, sizeof(*started));
    started->migration = event->migration;
    started->down = event->down;
    migci_tallies_start_step(&work->measures.tallies);
    work->measuring_before = work->measuring_us;
}

static void note_step(struct rehearsing *work, const migc_event *event) {
    migc_rehearsed *migration = running(work);
    assert(migration && !migration->done && event->statement);
    if (is_full(migration->count)) {
        void *grown = grow(work, migration->steps, migration->count, sizeof(*migration->steps));
        if (!grown)
            return;
        migration->steps = grown;
    }
    migc_rehearsed_step *step = &migration->steps[migration->count++];
    step->step = event->statement;
    step->duration_us = event->duration_us;
    if (!work->begun_us) /* outside transactions each has its own lock */
        note_lock(work, event->duration_us);
    int64_t begun_us = migci_now_us();
    step->rows = migci_tallies_end_step(&work->measures.tallies, event->statement);
    migci_tallies_start_step(&work->measures.tallies);
    work->measuring_us += migci_now_us() - begun_us;
}

/* Nothing is committed, so the host gets no COMMITTED. */
static int on_event(const migc_event *event, void *user) {
    struct rehearsing *work = user;
    if (work->measures.code == SQLITE_OK) {
        if (event->type == MIGC_EVENT_STARTED)
            note_start(work, event);
        else if (event->type == MIGC_EVENT_STEP)
            note_step(work, event);
        else if (event->type == MIGC_EVENT_FINISHED) {
            migc_rehearsed *migration = running(work);
            assert(migration && migration->migration == event->migration);
            migration->done = true;
            migration->duration_us =
                event->duration_us - (work->measuring_us - work->measuring_before);
        }
    }
    if (event->type == MIGC_EVENT_ROLLED_BACK)
        work->over = true;
    if (event->type == MIGC_EVENT_COMMITTED || !work->host->on_event)
        return 0;
    return work->host->on_event(event, work->host->event_user);
}

/* Only those of the host's hooks are called that belong to the transaction. */
static int on_hook_point(migc_context *context, migc_hook_point point, void *user) {
    struct rehearsing *work = user;
    bool is_inside = point == MIGC_BEFORE_MIGRATION || point == MIGC_AFTER_MIGRATION ||
                     point == MIGC_BEFORE_COMMIT;
    int answer = 0;
    if (point == MIGC_BEFORE_RUN) {
        work->started = true;
        measure(work, migci_measure_before);
    }
    for (const migc_hook *hook = work->host->hooks; hook && !answer && is_inside; hook = hook->next)
        answer = hook->run(context, point, hook->user);
    return answer;
}

static void set_rehearsal_options(struct rehearsing *work) {
    work->options = *work->host;
    work->hook.run = on_hook_point;
    work->hook.user = work;
    work->options.hooks = &work->hook;
    work->options.on_event = on_event;
    work->options.event_user = work;
    work->options.flags &= ~(unsigned)MIGC_DRY_RUN;
    if (!work->copy.path)
        work->options.flags &= ~(unsigned)MIGC_EACH;
}

/* ------------------------------------------------------------- what it can run */

/* Whether one transaction that is rolled back can hold the plan. */
static migc_code check_plan(struct rehearsing *work) {
    migci_session *session = &work->session;
    for (size_t i = 0; i < session->plan.count && !work->copy.path; i++) {
        const migc_action *action = &session->plan.actions[i];
        const migc_migration *migration = action->migration;
        bool outside = migci_is_outside(migration, action->down);
        if (!outside && (i == 0 || !action->begins_transaction))
            continue;
        migci_blame(session, migration, NULL);
        return migci_fail(session, MIGC_MISUSE,
                          "%s runs %s, so the run cannot be rehearsed in one transaction that is"
                          " rolled back. Nothing was changed. Rehearse it on a copy (--copy,"
                          " migc_rehearse_copy()).",
                          migration->file,
                          outside ? "outside transactions" : "in a transaction of its own");
    }
    return MIGC_OK;
}

/* --------------------------------------------------------------------- copying */

static migci_outcome attempt_copy(migci_session *session) {
    struct rehearsing *work =
        (struct rehearsing *)((char *)session - offsetof(struct rehearsing, session));
    migci_failure *failure = &session->driver.failure;
    bool stop = false;
    int code = SQLITE_OK;
    while (!stop && (code = migci_copy_step(&work->copy)) == SQLITE_OK) {
        migc_event event = {0};
        event.type = MIGC_EVENT_BACKUP;
        event.set = session->set;
        event.total = sqlite3_backup_pagecount(work->copy.backup);
        event.done = event.total - sqlite3_backup_remaining(work->copy.backup);
        event.duration_us = migci_now_us() - session->started_us;
        stop = migci_emit(session, &event) != 0;
    }
    if (code == SQLITE_DONE)
        return MIGCI_DONE;
    if (stop) {
        failure->code = migci_fail(session, MIGC_STOPPED, "stopped while copying the database");
        return MIGCI_REFUSED;
    }
    failure->sqlite_code = code;
    failure->code = migci_code_of(code);
    snprintf(failure->reason, sizeof(failure->reason), "%s", sqlite3_errstr(code));
    migci_fail_driver(session, "copying the database");
    return MIGCI_REFUSED;
}

/* From then on the session works on the copy. */
static migc_code move_to_copy(struct rehearsing *work) {
    migci_session *session = &work->session;
    migc_code failure = migci_copy_make(session, &work->copy);
    if (failure == MIGC_OK && migci_retry(session, attempt_copy) != MIGCI_DONE)
        failure = session->error->code;
    if (failure != MIGC_OK)
        return failure;
    int code =
        work->host->on_open ? work->host->on_open(work->copy.db, work->host->user) : SQLITE_OK;
    if (code != SQLITE_OK) {
        session->error->sqlite_code = code;
        return migci_fail(session, migci_code_of(code),
                          "the copy could not be prepared (on_open): %s",
                          sqlite3_errmsg(work->copy.db));
    }
    session->driver.methods->close(&session->driver);
    migci_sqlite_driver(&session->driver, work->copy.db);
    return MIGC_OK;
}

/* ------------------------------------------------------------------------- run */

static void run_measured(struct rehearsing *work, migci_target target) {
    migci_session *session = &work->session;
    assert(session->plan.count > 0 && !migci_in_transaction(session));
    sqlite3 *db = session->driver.db;
    migc_code code = work->around ? work->around->enter(work->around->user, session) : MIGC_OK;
    work->measures.db = db;
    work->real = session->driver.methods;
    work->methods = *work->real;
    work->methods.begin = begin_rehearsed;
    work->methods.commit = commit_rehearsed;
    work->methods.rollback = rollback_rehearsed;
    session->driver.methods = &work->methods;
    if (!work->copy.path)
        sqlite3_commit_hook(db, refuse_commit, NULL);
    if (code == MIGC_OK)
        code = migci_run_session(session, target);
    if (work->started && (code == MIGC_OK ? work->copy.path != NULL : !work->measured))
        migci_measure_after(&work->measures);
    migci_tallies_end(&work->measures.tallies);
    if (!work->copy.path)
        sqlite3_commit_hook(db, NULL, NULL);
    session->driver.methods = work->real;
    if (work->around)
        work->around->leave(work->around->user);
}

/* If there is no other failure, it is one that something could not be measured. */
static void complete_rehearsal(struct rehearsing *work) {
    migci_session *session = &work->session;
    const migci_measures *measures = &work->measures;
    int code = measures->code != SQLITE_OK ? measures->code : measures->tallies.code;
    if (session->error->code == MIGC_OK && code != SQLITE_OK) {
        session->error->sqlite_code = code;
        migci_fail(session, migci_code_of(code),
                   "the rehearsal could not be measured (SQLite said: %s)", sqlite3_errstr(code));
    }
    if (session->error->code == MIGC_OK)
        return;
    snprintf(session->state, sizeof(session->state), "This was a rehearsal: nothing was changed");
    if (session->error->code != MIGC_INTERRUPTED) /* of the copy there is nothing to go on with */
        session->advice = NULL;
}

migc_code migci_rehearse(sqlite3 *db, const migc_set *set, migci_target target,
                         const migci_copy_of *copy, const migci_around *around,
                         migc_rehearsal *rehearsal, const migc_options *options,
                         migc_error *error) {
    static const migc_options defaults;
    struct rehearsing work;
    migci_session *session = &work.session;
    char *path = copy && db ? migci_copy_path(db, copy->folder) : NULL;
    memset(&work, 0, sizeof(work));
    memset(rehearsal, 0, sizeof(*rehearsal));
    rehearsal->journal_size = -1;
    work.host = options ? options : &defaults;
    work.copy.path = path;
    work.around = around;
    work.rehearsal = work.measures.rehearsal = rehearsal;
    work.measures.memory = &work.memory;
    set_rehearsal_options(&work);
    migc_code code = migci_session_open(session, db, set, &work.options, error);
    if (code == MIGC_OK && copy && !path) /* never on the database itself instead */
        code = migci_fail(session, MIGC_NO_MEMORY, "out of memory, before the copy was made");
    if (code == MIGC_OK) {
        code = migci_read_plan(session, target);
        session->result.from = session->result.to = session->states.version;
        if (code == MIGC_OK)
            code = check_plan(&work);
        if (code == MIGC_OK && session->plan.count && path)
            code = move_to_copy(&work);
        if (code == MIGC_OK && session->plan.count)
            run_measured(&work, target);
    }
    complete_rehearsal(&work);
    migci_add_memory(&work.memory, &session->unpacked);
    code = migci_session_close(session);
    migci_copy_remove(&work.copy);
    sqlite3_free(path);
    rehearsal->memory = work.memory.blocks;
    return code;
}

migc_code migc_rehearse(sqlite3 *db, const migc_set *set, int64_t version,
                        migc_rehearsal *rehearsal, const migc_options *options, migc_error *error) {
    return migci_rehearse(db, set, migci_target_of(version), NULL, NULL, rehearsal, options, error);
}

migc_code migc_rehearse_copy(sqlite3 *db, const migc_set *set, int64_t version, const char *folder,
                             migc_rehearsal *rehearsal, const migc_options *options,
                             migc_error *error) {
    const migci_copy_of copy = {folder};
    return migci_rehearse(db, set, migci_target_of(version), &copy, NULL, rehearsal, options,
                          error);
}

void migc_rehearsal_free(migc_rehearsal *rehearsal) {
    migci_memory memory = {rehearsal->memory};
    migci_free_all(&memory);
    memset(rehearsal, 0, sizeof(*rehearsal));
}
