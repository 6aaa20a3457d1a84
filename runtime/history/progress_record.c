/*
 * progress_record.c - how far a "Transaction: none" migration came.
 *
 * Its statements commit one by one, so its progress is recorded in migc_events:
 * "started" before the first, "step" after each.  A statement that can run in a
 * transaction commits together with its "step": it has run exactly if that is there.
 * Before a statement that cannot (VACUUM, a PRAGMA, a C function), the record says
 * that it may run twice.  In `detail`:
 *
 *     steps        how many are done
 *     of           of how many
 *     down         1: the migration is being reverted
 *     may_repeat   1: the next one commits by itself, so it may have run already
 *     orphans      1: foreign keys were violated before it began
 *     tick         when its process started, -1 if that is not known
 *     connection   in that process
 *     text         for people
 *
 * A record that ends with these belongs to a process that is still at work, or to
 * one that was interrupted.
 */
#include "history/history.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RESUME " --resume' (MIGC_RESUME)"
#define LOOK "Look at the statement named, then go on after the last completed one with "
#define GO_ON "Go on with that statement by "
#define THEN_RECORDS RESUME " records it, once nothing is in the way, and runs no statement again"

enum { START_FIELD = 20 }; /* of /proc/PID/stat, after the name; see proc(5) */

struct reading {
    migci_progress_record *trace;
    char host[256];
    long long started;    /* when its process did, -1 when that is not known */
    uintptr_t connection; /* in that process, 0 when that is not known */
};

static const char events_of[] =
    "SELECT action, host, pid, d ->> 'steps', d ->> 'down', d ->> 'may_repeat', d ->> 'orphans',"
    " ifnull(d ->> 'tick', -1), d ->> 'connection', d ->> 'remedy' FROM"
    " (SELECT id, action, host, pid, iif(json_valid(detail), detail, '{}') AS d"
    " FROM main.migc_events WHERE set_name = ? AND version = ?) ORDER BY id DESC";
enum { ACTION, HOST, PID, STEPS, DOWN, MAY_REPEAT, ORPHANS, TICK, CONNECTION, REMEDY };

/* Rows come newest first, so "failed" may come before the last "step". */
static int take_progress_event(void *argument, const migci_value *cells) {
    struct reading *reading = argument;
    const char *action = cells[ACTION].text ? cells[ACTION].text : "";
    if (strcmp(action, "failed") == 0) {
        reading->trace->failed = true;
        return 0;
    }
    if (strcmp(action, "repair") == 0 &&
        (!cells[REMEDY].text || strcmp(cells[REMEDY].text, "mark") != 0))
        return 0;
    if (strcmp(action, "started") != 0 && strcmp(action, "step") != 0)
        return 1;
    migci_progress_record *trace = reading->trace;
    bool is_number = cells[STEPS].number >= 0 && cells[STEPS].number <= UINT_MAX;
    trace->steps = is_number ? (unsigned)cells[STEPS].number : 0;
    trace->down = cells[DOWN].number != 0;
    trace->may_repeat = cells[MAY_REPEAT].number != 0;
    trace->orphans = cells[ORPHANS].number != 0;
    reading->started = cells[TICK].number;
    reading->connection =
        cells[CONNECTION].text ? (uintptr_t)strtoull(cells[CONNECTION].text, NULL, 16) : 0;
    trace->open = !trace->failed || trace->steps > 0 || !is_number;
    trace->pid = cells[PID].number;
    snprintf(reading->host, sizeof(reading->host), "%s", cells[HOST].text ? cells[HOST].text : "");
    return 1;
}

/* When a process started, in ticks since the system did; -1 if /proc does not say.
 * Numbers of processes are used again; in a container, by each restart. */
static long long start_of(int64_t pid) {
    char path[64], line[1024] = "";
    snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    char *field = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    fclose(file);
    for (int i = 0; field && i < START_FIELD; i++)
        field = strchr(field + 1, ' ');
    return field ? atoll(field) : -1;
}

/* A connection is in one call at a time.  So what this connection has left open has ended, even
 * though its process is alive; it could not record the end. */
static bool is_at_work(const migci_session *session, int64_t pid, const struct reading *reading) {
    char here[256] = "";
    gethostname(here, sizeof(here) - 1);
    if (strcmp(here, reading->host) != 0 || pid <= 0 || pid != (pid_t)pid ||
        (kill((pid_t)pid, 0) != 0 && errno != EPERM) ||
        (pid == getpid() && reading->connection == (uintptr_t)session->driver.db))
        return false;
    return reading->started < 0 || reading->started == start_of(pid);
}

migc_code migci_progress_read(migci_session *session, const migc_migration *migration,
                              migci_progress_record *trace) {
    struct reading reading = {trace, "", -1, 0};
    bool exist;
    memset(trace, 0, sizeof(*trace));
    migci_outcome outcome = migci_events_exist(session, &exist);
    if (outcome == MIGCI_DONE && exist)
        outcome = migci_ask(session, take_progress_event, &reading, events_of, "si",
                            session->set->name, migration->version);
    if (outcome != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    trace->running = trace->open && !trace->failed && session->claimed != migration &&
                     is_at_work(session, trace->pid, &reading);
    return MIGC_OK;
}

/* A pending migration may have begun, and would run twice. */
static migc_code check_events(migci_session *session, const migc_state *state) {
    bool lost = false;
    if (state->applied || !migci_is_outside(state->migration, false))
        return MIGC_OK;
    if (migci_events_lost(session, &lost) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    if (!lost)
        return MIGC_OK;
    migci_blame(session, state->migration, NULL);
    migci_fail(session, MIGC_BAD_HISTORY,
               "somebody has removed the table migc_events, or rows of it: whether %s has begun is"
               " not known any more",
               state->name);
    session->advice = "'repair' (migc_find_faults) says how to go on";
    return MIGC_BAD_HISTORY;
}

migc_code migci_progress_mark(migci_session *session) {
    for (size_t s = 0; s < session->states.count && session->history->exists; s++) {
        migc_state *state = &session->states.states[s];
        migci_progress_record trace = {0};
        if (!state->migration || !(state->migration->flags & MIGC_NO_TRANSACTION))
            continue;
        migc_code code = check_events(session, state);
        if (code == MIGC_OK)
            code = migci_progress_read(session, state->migration, &trace);
        if (code != MIGC_OK)
            return code;
        if (trace.running)
            state->flags |= MIGC_AT_WORK;
        else if (trace.open && !(session->options->flags & MIGC_RESUME))
            state->problem = MIGC_INTERRUPTED;
    }
    return MIGC_OK;
}

/* Nobody may change the database while another process is at work outside transactions. */
migci_outcome migci_progress_check(migci_session *session) {
    bool exists = session->history && session->history->exists;
    for (size_t i = 0; i < session->set->count && exists; i++) {
        const migc_migration *migration = &session->set->migrations[i];
        migci_progress_record trace = {0};
        if (!(migration->flags & MIGC_NO_TRANSACTION))
            continue;
        if (migci_progress_read(session, migration, &trace) != MIGC_OK)
            return MIGCI_REFUSED;
        if (!trace.running)
            continue;
        memset(&session->driver.failure, 0, sizeof(session->driver.failure));
        session->driver.failure.code = MIGC_LOCKED;
        migci_fail(session, MIGC_LOCKED, "%s is being run by process %lld", migration->name,
                   (long long)trace.pid);
        return MIGCI_REFUSED;
    }
    return MIGCI_DONE;
}

migc_code migci_progress_explain(migci_session *session, const migc_state *state) {
    migci_progress_record trace = {0};
    migc_code code = migci_progress_read(session, state->migration, &trace);
    if (code != MIGC_OK)
        return code;
    migc_action doing = {state->migration, trace.down, 1};
    unsigned count;
    const migc_step *steps = migci_action_steps(&doing, &count);
    migci_blame(session, state->migration, NULL);
    if (trace.steps >= count) {
        /* Every statement is done, and what comes behind them was not. */
        code =
            migci_fail(session, MIGC_INTERRUPTED,
                       "%s: %s went through all of its statements, outside a transaction, but %s",
                       state->migration->file, trace.down ? "reverting it" : "applying it",
                       trace.failed ? "what follows them failed: 'history' says why"
                                    : "stopped before that was recorded");
        session->advice = trace.down ? "'down" THEN_RECORDS : "'up" THEN_RECORDS;
        return code;
    }
    const migc_step *next = &steps[trace.steps];
    code = migci_fail_at(session, MIGC_INTERRUPTED, state->migration, next, next->line,
                         "%s stopped after %u of %u statements, outside a transaction; the"
                         " next one %s",
                         trace.down ? "reverting it" : "applying it", trace.steps, count,
                         trace.failed       ? "failed: 'history' says why"
                         : trace.may_repeat ? "may or may not have run, and is run again"
                                            : "has not run");
    if (trace.failed || trace.may_repeat)
        session->advice = trace.down ? LOOK "'down" RESUME : LOOK "'up" RESUME;
    else
        session->advice = trace.down ? GO_ON "'down" RESUME : GO_ON "'up" RESUME;
    return code;
}

/* It is no resumption to apply what was half reverted, or to revert what comes before a
 * migration that is half applied.  Without MIGC_RESUME, migci_progress_mark() has refused that
 * already. */
migc_code migci_progress_judge(migci_session *session) {
    const migc_plan *plan = &session->plan;
    for (size_t s = 0; s < session->states.count && session->history->exists; s++) {
        const migc_state *state = &session->states.states[s];
        migci_progress_record trace = {0};
        if (!(session->options->flags & MIGC_RESUME) || !state->migration ||
            !(state->migration->flags & MIGC_NO_TRANSACTION))
            continue;
        migc_code code = migci_progress_read(session, state->migration, &trace);
        if (code != MIGC_OK)
            return code;
        size_t i = 0;
        while (i < plan->count && (plan->actions[i].migration != state->migration ||
                                   plan->actions[i].down != trace.down))
            i++;
        if (trace.open && !trace.running && i == plan->count)
            return migci_progress_explain(session, state);
    }
    return MIGC_OK;
}

/* First keywords of statements that run the same inside a transaction and outside. */
bool migci_runs_in_transaction(const migc_step *step) {
    static const char *const words[] = {"ALTER",  "ANALYZE", "CREATE",  "DELETE",
                                        "DROP",   "INSERT",  "REINDEX", "REPLACE",
                                        "SELECT", "UPDATE",  "VALUES",  "WITH"};
    const char *text = step->text;
    while (!step->call && (strchr(" \t\r\n\f", *text)
                               ? *text
                               : strncmp(text, "--", 2) == 0 || strncmp(text, "/*", 2) == 0)) {
        const char *end = *text == '-'   ? strchr(text, '\n')
                          : *text == '/' ? strstr(text, "*/")
                                         : text;
        text = end ? end + (*text == '/' ? 2 : 1) : "";
    }
    for (size_t i = 0; !step->call && i < sizeof(words) / sizeof(*words); i++) {
        size_t size = strlen(words[i]);
        if (sqlite3_strnicmp(text, words[i], (int)size) == 0 &&
            !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", text[size]))
            return true;
        if (sqlite3_stricmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

migci_outcome migci_progress_write(migci_session *session, const char *action,
                                   const migc_action *doing, unsigned steps, bool orphans) {
    char detail[300];
    unsigned count;
    const migc_step *all = migci_action_steps(doing, &count);
    bool may_repeat = steps < count && !migci_runs_in_transaction(&all[steps]);
    snprintf(detail, sizeof(detail),
             "{\"text\":\"%u of %u%s%s\",\"steps\":%u,\"of\":%u,\"down\":%d,"
             "\"may_repeat\":%d,\"orphans\":%d,\"tick\":%lld,\"connection\":\"%" PRIxPTR "\"}",
             steps, count, doing->down ? ", reverting" : "",
             may_repeat ? "; if it is cut off, the next one may run twice" : "", steps, count,
             doing->down, may_repeat, orphans, start_of((int64_t)getpid()),
             (uintptr_t)session->driver.db);
    return migci_history_event(session, action, doing->migration, -1, detail);
}
