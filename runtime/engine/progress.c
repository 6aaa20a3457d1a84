/*
 * progress.c - reports how far a long statement is, and interrupts it when the program asks for
 * that or the deadline has passed.
 *
 * Linked only if a program sets migc_options.progress or calls migc_progress_step().  It wraps the
 * driver, so that whatever may wait or take long passes here, and uses SQLite's progress handler
 * inside statements.  After a rollback it lets everything through: what follows restores the
 * connection and records the failure.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Instructions of SQLite's machine between two looks at the clock, about 20 microseconds. */
enum {
    LOOK_EVERY = 500,
    TELL_EVERY_US = 100000,
    HEARTBEAT_EVERY_US = 5000000,
    LONG_US = 1000000,
    FEW_ROWS = 1000
};

/* What is known of the call so far. */
typedef struct migci_progress {
    const migci_driver_methods *inner; /* of the driver that it wraps */
    int64_t deadline_us;               /* 0: none */
    int64_t told_us, heartbeat_us;     /* time of the last PROGRESS, and of the last heartbeat */
    const migc_step *step;             /* that was seen last, and since when */
    int64_t begun_us;
    int64_t done, total; /* what the step in C reported */
    bool noting; /* a statement of the history outside transactions, not to be interrupted */
    bool over;   /* the run was rolled back; what follows is clearing up */
} migci_progress;

/* Lasts as long as the session; NULL when memory is out. */
static migci_progress *progress_of(migci_session *session) {
    if (!session->progress)
        session->progress = migci_allocate(&session->notes, sizeof(migci_progress));
    return session->progress;
}

static migci_session *session_of(migci_driver *driver) {
    return (migci_session *)(void *)((char *)driver - offsetof(migci_session, driver));
}

/* ---------------------------------------------------------------- reporting */

/* What the step in C reported, or the rows that the running statement has read.  SQLite counts
 * rows of a full table scan; if they are few, something else takes the time. */
static int64_t done_so_far(const migci_session *session) {
    sqlite3 *db = session->driver.db;
    int64_t rows = 0;
    if (session->progress->done)
        return session->progress->done;
    sqlite3_stmt *statement = db ? sqlite3_next_stmt(db, NULL) : NULL;
    for (; statement; statement = sqlite3_next_stmt(db, statement)) {
        int count = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
        if (sqlite3_stmt_busy(statement) && count > rows)
            rows = count;
    }
    return rows < FEW_ROWS ? 0 : rows;
}

/* Each migration has an array of steps of its own. */
static void describe_step_at_work(const migci_session *session, migc_event *event) {
    for (size_t i = session->next; i < session->plan.count; i++) {
        const migc_action *action = &session->plan.actions[i];
        const migc_migration *migration = action->migration;
        unsigned all = migration->up_count + migration->down_count + migration->verify_count;
        unsigned count;
        const migc_step *steps = migci_action_steps(action, &count);
        if (session->step < migration->steps || session->step >= migration->steps + all)
            continue;
        event->migration = migration;
        event->down = action->down;
        event->index = session->total_before + i + 1;
        event->count = session->total_before + session->plan.count;
        event->statement = session->step;
        if (session->step >= steps && session->step < steps + count) {
            event->step = (unsigned)(session->step - steps) + 1;
            event->step_count = count;
        }
        return;
    }
}

static int emit_progress(migci_session *session, int64_t now_us) {
    migci_progress *progress = session->progress;
    migc_event event = {0};
    event.type = MIGC_EVENT_PROGRESS;
    event.set = session->set;
    event.duration_us = now_us - progress->begun_us;
    event.done = done_so_far(session);
    event.total = progress->total;
    if (session->step)
        describe_step_at_work(session, &event);
    /* A short statement needs no line, and WAITING has lines of its own. */
    event.heartbeat = now_us - progress->heartbeat_us >= HEARTBEAT_EVERY_US &&
                      event.duration_us >= LONG_US &&
                      (event.migration || migci_in_transaction(session));
    progress->told_us = now_us;
    if (event.heartbeat)
        progress->heartbeat_us = now_us;
    return migci_emit(session, &event);
}

/* ----------------------------------------------------------------- stopping */

/* "004_big.sql:7: the deadline of 5 s has passed; the statement had run for 2.1 s" */
static void stop_run(migci_session *session, migc_code code, int64_t now_us) {
    char place[160] = "", work[170] = "", deadline[64] = "stopped on request";
    migc_event event = {0};
    if (session->step) {
        describe_step_at_work(session, &event);
        const migci_progress *progress = session->progress;
        const migc_step *step = session->step;
        long long done = done_so_far(session), total = progress->total;
        double seconds = (double)(now_us - progress->begun_us) / 1e6;
        size_t used; /* what the statement had done by then, in words */
        if (step->call)
            used = (size_t)snprintf(work, sizeof(work), "; %.60s() had run for %.1f s", step->text,
                                    seconds);
        else if (now_us == progress->begun_us)
            used = (size_t)snprintf(work, sizeof(work), ", before the statement");
        else
            used =
                (size_t)snprintf(work, sizeof(work), "; the statement had run for %.1f s", seconds);
        if (progress->done)
            snprintf(work + used, sizeof(work) - used,
                     total ? ", %lld of %lld done" : ", %lld done", done, total);
        else if (done)
            snprintf(work + used, sizeof(work) - used, " and looked at %lld rows", done);
    }
    if (event.migration) {
        snprintf(place, sizeof(place), "%s:%u", migci_file_of_step(event.migration, session->step),
                 session->step->line);
        session->stop_place = (unsigned)strlen(place);
    }
    if (code == MIGC_TIMED_OUT)
        snprintf(deadline, sizeof(deadline), "the deadline of %.10g s has passed",
                 (double)session->options->timeout_ms / 1000);
    snprintf(session->stop_reason, sizeof(session->stop_reason), "%s%s%s%s", place,
             *place ? ": " : "", deadline, work);
    session->stopped = code;
}

static void add_reason(migci_session *session, const char *before, const char *text) {
    char *reason = session->stop_reason;
    size_t used = strlen(reason);
    snprintf(reason + used, sizeof(session->stop_reason) - used, "%s%s", before, text);
}

static void see_step(migci_session *session, int64_t now_us) {
    migci_progress *progress = session->progress;
    if (progress->begun_us && progress->step == session->step)
        return;
    progress->step = session->step;
    progress->begun_us = now_us;
    progress->done = progress->total = 0;
}

/* Anything but 0 ends the run. */
static int check_progress(migci_session *session) {
    migci_progress *progress = session->progress;
    if (progress->over || progress->noting || session->stopped)
        return session->stopped && !progress->over && !progress->noting;
    int64_t now_us = migci_now_us();
    see_step(session, now_us);
    if (progress->deadline_us && now_us >= progress->deadline_us)
        stop_run(session, MIGC_TIMED_OUT, now_us);
    else if (now_us - progress->told_us >= TELL_EVERY_US && emit_progress(session, now_us))
        stop_run(session, MIGC_STOPPED, now_us);
    return session->stopped != MIGC_OK;
}

static int look_from_sqlite(void *argument) {
    return check_progress(argument);
}

int migc_progress_step(migc_context *context, int64_t done, int64_t total) {
    migci_progress *progress = progress_of(context->session);
    if (!progress) /* nobody hears of this one */
        return 0;
    see_step(context->session, migci_now_us());
    progress->done = done;
    progress->total = total;
    return check_progress(context->session);
}

/* ------------------------------------------------------ around the driver */

/* Any code but LOCKED makes the engine stop waiting; migci_fail() has made the message. */
static migci_outcome refuse_stopped(migci_session *session) {
    session->driver.failure.code = session->stopped;
    return MIGCI_REFUSED;
}

/* A lock is tried again every 50 ms or sooner, and each attempt passes here. */
static migci_outcome look_while_locked(migci_session *session, migci_outcome outcome) {
    char owner[160];
    if (outcome != MIGCI_REFUSED || !migci_may_wait(&session->driver))
        return outcome;
    if (session->progress->over) /* nobody waits to note a failure */
        return refuse_stopped(session);
    if (!check_progress(session))
        return outcome;
    migci_lock_owner(session->driver.db, owner, sizeof(owner));
    if (session->driver.failure.code == MIGC_UNREACHABLE)
        add_reason(session, "; ", session->driver.failure.reason);
    else
        add_reason(session, "; the database is locked", *owner ? " by " : "");
    add_reason(session, "", owner);
    return refuse_stopped(session);
}

static migci_outcome begin_watched(migci_driver *driver, int write) {
    migci_session *session = session_of(driver);
    return look_while_locked(session, session->progress->inner->begin(driver, write));
}

static migci_outcome query_watched(migci_driver *driver, const char *sql, const migci_value *values,
                                   int count, migci_row_function *row, void *argument) {
    migci_session *session = session_of(driver);
    migci_progress *progress = session->progress;
    bool is_step = session->step && session->step->text == sql;
    if (is_step && check_progress(session))
        return refuse_stopped(session);
    /* What a migration outside transactions has completed must be recorded, even after a stop. */
    bool is_note = progress->noting =
        session->claimed && !migci_in_transaction(session) && !is_step;
    migci_outcome outcome = progress->inner->query(driver, sql, values, count, row, argument);
    progress->noting = false;
    if (outcome == MIGCI_REFUSED && session->stopped && !progress->over && !session->step)
        add_reason(session, "",
                   strstr(sql, "foreign_key_check") ? ", while checking foreign keys" : "");
    return is_note ? outcome : look_while_locked(session, outcome);
}

/* The last moment at which everything can be rolled back. */
static migci_outcome commit_watched(migci_driver *driver) {
    migci_session *session = session_of(driver);
    if (session->claimed || !check_progress(session))
        return session->progress->inner->commit(driver);
    add_reason(session, "", ", before the commit");
    return refuse_stopped(session);
}

static void roll_back_watched(migci_driver *driver) {
    migci_session *session = session_of(driver);
    session->progress->inner->rollback(driver);
    session->progress->over = session->stopped != MIGC_OK;
}

static int is_watched_in_transaction(migci_driver *driver) {
    return session_of(driver)->progress->inner->in_transaction(driver);
}

static void close_watched(migci_driver *driver) {
    session_of(driver)->progress->inner->close(driver);
}

static const migci_driver_methods methods = {
    begin_watched, query_watched, commit_watched, roll_back_watched, is_watched_in_transaction,
    close_watched};

static void watch_driver(migci_session *session, migci_watch_function *watch) {
    migc_remote *remote = session->driver.remote;
    if (remote)
        remote->watch(remote, watch, session);
    else if (session->driver.db)
        migci_set_progress(session->driver.db, watch ? LOOK_EVERY : 0, watch, session);
}

static migc_code enter_progress(migci_session *session) {
    migci_progress *progress = progress_of(session);
    int64_t timeout_us = (int64_t)session->options->timeout_ms * 1000;
    if (!progress)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, before the run");
    assert(session->driver.methods != &methods);
    progress->inner = session->driver.methods;
    progress->begun_us = progress->told_us = progress->heartbeat_us = session->started_us;
    progress->deadline_us = timeout_us > 0 ? session->started_us + timeout_us : 0;
    session->driver.methods = &methods;
    watch_driver(session, look_from_sqlite);
    return MIGC_OK;
}

static void leave_progress(migci_session *session) {
    if (session->driver.methods != &methods)
        return;
    watch_driver(session, NULL);
    session->driver.methods = session->progress->inner;
}

static void watch_session_again(migci_session *session) {
    watch_driver(session, look_from_sqlite);
}

const migc_progress_part migc_progress = {enter_progress, leave_progress, watch_session_again};
