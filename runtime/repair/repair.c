/*
 * repair.c - migc_repair(): repairs one fault of a history, if it is still there under
 * the write lock.
 *
 * Each remedy is a row: what must be so, and what it writes.  What follows from
 * the rows (their numbers, the chain, the stamp) is recomputed after each of them (recompute.c).
 */
#include "repair.h"

#include <stdio.h>
#include <string.h>

struct repair;

struct remedy {
    migc_remedy which;
    const char *name; /* in the event */
    /* Whether it may be done, the fault being there or, where there is none, NULL. */
    migc_code (*check)(migci_session *session, struct repair *repair);
    migci_outcome (*write)(migci_session *session, struct repair *repair);
};

struct repair {
    migci_edit edit;
    const struct remedy *remedy;
    int64_t version;
    const migc_fault *fault; /* what it puts right, or NULL */
    const migc_state *state; /* of the version, or NULL */
    migc_action action;      /* MARK */
    bool was_added;          /* MARK: it has a row now */
    bool leaves_open;        /* one that was cut off stays so, perhaps half reverted */
    char detail[600];        /* of its event, JSON */
};

static migc_code refuse_repair(migci_session *session, const char *what, const char *why) {
    return migci_fail(session, MIGC_MISUSE,
                      "%s%s. Nothing was changed. 'repair' lists what is"
                      " wrong, and 'status' what is applied.",
                      what, why);
}

static bool is_forced(const migci_session *session) {
    return (session->options->flags & MIGC_FORCE) != 0;
}

/* -------------------------------------------------------------- the rows */

static const migci_applied *row_of(const migci_history *history, int64_t version) {
    for (size_t i = 0; i < history->count; i++)
        if (history->rows[i]->version == version)
            return history->rows[i];
    return NULL;
}

static int take_repair_detail(void *argument, const migci_value *cells) {
    struct repair *repair = argument;
    snprintf(repair->detail, sizeof(repair->detail), "%s", cells[0].text ? cells[0].text : "{}");
    return 1;
}

/* "text" is for people; "applied" says whether the migration is, once a mark is written. */
static migci_outcome make_detail(migci_session *session, struct repair *repair, const char *text,
                                 bool applied) {
    return migci_ask(session, take_repair_detail, repair,
                     "SELECT json_object('text', substr(?, 1, 400), 'remedy', ?, 'applied', ?)",
                     "ssi", text, repair->remedy->name, (int64_t)applied);
}

/* An event, also about a migration that this program does not have. */
static migci_outcome write_event(migci_session *session, const struct repair *repair,
                                 const char *name) {
    migc_migration about = {0};
    about.version = repair->version;
    about.name = name;
    return migci_history_event(session, "repair", name ? &about : NULL, -1, repair->detail);
}

/* ----------------------------------------------------------------- accept */

static migc_code check_accept(migci_session *session, struct repair *repair) {
    const migc_state *state = repair->state;
    if (repair->fault)
        return MIGC_OK;
    if (!state->applied)
        return refuse_repair(session, state->name, " is not applied: there is nothing to accept");
    if (!state->migration)
        return refuse_repair(session, state->name,
                             " is not in this program, which has nothing to put in its place");
    return refuse_repair(session, state->name, " is as it was applied: there is nothing to accept");
}

static migci_outcome write_accept(migci_session *session, struct repair *repair) {
    const migc_migration *migration = repair->fault->migration;
    const migci_applied *row = row_of(session->history, repair->version);
    char text[400];
    snprintf(text, sizeof(text), "accepted: was %s %s, is %s %s", row->name, row->checksum,
             migration->name, migration->checksum);
    migci_outcome outcome = make_detail(session, repair, text, true);
    if (outcome == MIGCI_DONE)
        outcome = write_event(session, repair, row->name);
    return outcome == MIGCI_DONE ? migci_history_replace(session, row, migration) : outcome;
}

/* ----------------------------------------------------------------- forget */

static migc_code check_forget(migci_session *session, struct repair *repair) {
    const migc_state *state = repair->state;
    if (repair->fault)
        return MIGC_OK;
    if (!state->applied)
        return refuse_repair(session, state->name, " has no row in the history to forget");
    if (is_forced(session))
        return MIGC_OK;
    if (state->migration)
        return refuse_repair(
            session, state->name,
            " is in this program and has one row in the history: 'down' reverts it. If it"
            " was recorded and what it makes is not there, --force (MIGC_FORCE) takes the"
            " record away, and the next up runs it");
    return refuse_repair(
        session, state->name,
        " is newer than this program, and its schema may be too; --force (MIGC_FORCE)"
        " forgets it all the same");
}

/* Of several rows one stays: the first that is as this program has it, else the first. */
static const migci_applied *row_to_keep(const migci_session *session, int64_t version) {
    const migci_history *history = session->history;
    const migc_migration *known = migci_find(session->set, version);
    for (size_t i = 0; known && i < history->count; i++)
        if (history->rows[i]->version == version &&
            strcmp(history->rows[i]->checksum, known->checksum) == 0)
            return history->rows[i];
    return row_of(history, version);
}

static migci_outcome write_forget(migci_session *session, struct repair *repair) {
    const migci_history *history = session->history;
    bool twice = repair->fault && repair->fault->type == MIGC_FAULT_TWICE;
    const migci_applied *kept = twice ? row_to_keep(session, repair->version) : NULL;
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = 0; i < history->count && outcome == MIGCI_DONE; i++) {
        const migci_applied *row = history->rows[i];
        if (row->version != repair->version || row == kept)
            continue;
        char text[300];
        snprintf(text, sizeof(text), "forgotten: row %lld, applied %s, %s", (long long)row->seq,
                 row->applied_at, row->checksum);
        outcome = make_detail(session, repair, text, kept != NULL);
        if (outcome == MIGCI_DONE)
            outcome = write_event(session, repair, row->name);
        if (outcome == MIGCI_DONE)
            outcome = migci_history_remove(session, row->seq);
    }
    return outcome;
}

/* ------------------------------------------------------------------- mark */

/* What the engine would have checked behind the last statement. */
static migc_code check_finished(migci_session *session, const struct repair *repair,
                                const migci_progress_record *progress) {
    const migc_migration *migration = repair->action.migration;
    migci_run_state run = {0};
    migc_code code = MIGC_OK;
    session->plan.actions = migci_allocate(&session->memory, sizeof(repair->action));
    session->durations = migci_allocate(&session->memory, sizeof(int64_t));
    if (!session->plan.actions || !session->durations)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while marking");
    session->plan.actions[0] = repair->action;
    session->plan.count = 1;
    session->next = 0;
    if (repair->fault->type != MIGC_FAULT_INTERRUPTED || is_forced(session))
        return MIGC_OK;
    if (!repair->action.down)
        code = migci_verify(session, migration);
    session->run = &run;
    migci_keys_narrow(session, 1);
    if (code == MIGC_OK && !progress->orphans)
        code = migci_keys_after(session);
    session->run = NULL;
    migci_keys_forget(&run.keys);
    return code;
}

/* Without a fault: a person ran it by hand before the program could. */
static migc_code check_pending(migci_session *session, const migc_state *state) {
    const migc_states *states = &session->states;
    if (state->applied)
        return refuse_repair(session, state->name, " is applied already: there is nothing to mark");
    for (size_t s = 0; s < states->count && states->states[s].version < state->version; s++)
        if (!states->states[s].applied)
            return refuse_repair(
                session, states->states[s].name,
                " comes first and is not applied: mark it before, or use 'baseline'");
    return MIGC_OK;
}

/* Whether the schema is what the set makes, once it is marked. */
static migc_code compare_marked(migci_session *session, const struct repair *repair) {
    const migc_state *latest = NULL; /* once marked */
    for (size_t s = 0; s < session->states.count; s++) {
        const migc_state *state = &session->states.states[s];
        bool is_marked = state->version == repair->action.migration->version;
        bool is_applied = is_marked ? !repair->action.down : state->applied;
        if (is_applied && (!latest || state->version > latest->version))
            latest = state;
    }
    if (!latest || latest->migration || is_forced(session))
        return migci_edit_compare(session, latest ? latest->version : MIGCI_NOTHING);
    migci_fail(session, MIGC_NEWER,
               "%s is applied, and this program does not have it: what the schema is to be with it"
               " is not known here",
               latest->name);
    session->advice = "Mark it with the program that has both; --force (MIGC_FORCE) takes the"
                      " schema as it is";
    return MIGC_NEWER;
}

static migc_code check_mark(migci_session *session, struct repair *repair) {
    static const migc_fault none = {MIGC_FAULT_UNRECORDED, 0, 0, NULL, NULL, NULL, NULL};
    migci_progress_record progress = {0};
    migc_code code = MIGC_OK;
    if (!repair->fault)
        code = check_pending(session, repair->state);
    else if (repair->fault->type == MIGC_FAULT_INTERRUPTED)
        code = migci_progress_read(session, repair->fault->migration, &progress);
    if (code != MIGC_OK)
        return code;
    if (!repair->fault)
        repair->fault = &none;
    repair->action = (migc_action){repair->state->migration, progress.down, 1};
    code = compare_marked(session, repair);
    return code == MIGC_OK ? check_finished(session, repair, &progress) : code;
}

/* One that was cut off may have its row already, or still: then there is none to write. */
static migci_outcome write_mark(migci_session *session, struct repair *repair) {
    const migc_action *action = &repair->action;
    const migci_applied *row = row_of(session->history, repair->version);
    char text[80];
    snprintf(text, sizeof(text), "marked as %s%s", action->down ? "reverted" : "applied",
             is_forced(session) ? ", the schema was not compared" : "");
    if (make_detail(session, repair, text, !action->down) != MIGCI_DONE)
        return MIGCI_REFUSED;
    if ((row == NULL) == action->down)
        return write_event(session, repair, action->migration->name);
    session->action_name = "repair";
    session->detail = repair->detail;
    session->way = &migci_back;
    repair->was_added = !action->down;
    if (!migci_history_index(session, 1))
        return migci_lack_memory(session);
    return migci_record(session, 1) == MIGC_OK ? MIGCI_DONE : MIGCI_REFUSED;
}

/* ------------------------------------------------------------------ stamp */

static migc_code check_stamp(migci_session *session, struct repair *repair) {
    return repair->fault ? MIGC_OK
                         : refuse_repair(session,
                                         "the numbers of the rows, the chain, the stamp and the"
                                         " events",
                                         " are as they should be");
}

static migci_outcome write_stamp(migci_session *session, struct repair *repair) {
    int64_t stamp = 0;
    if (migci_ask_number(session, "PRAGMA user_version", &stamp) != MIGCI_DONE)
        return MIGCI_REFUSED;
    char text[100];
    snprintf(text, sizeof(text),
             "numbers, chain and stamp written anew: PRAGMA user_version was %lld",
             (long long)stamp);
    migci_outcome outcome = make_detail(session, repair, text, false);
    return outcome == MIGCI_DONE ? write_event(session, repair, NULL) : outcome;
}

static const struct remedy remedies[] = {
    {MIGC_REPAIR_MARK, "mark", check_mark, write_mark},
    {MIGC_REPAIR_ACCEPT, "accept", check_accept, write_accept},
    {MIGC_REPAIR_FORGET, "forget", check_forget, write_forget},
    {MIGC_REPAIR_STAMP, "stamp", check_stamp, write_stamp},
};

/* ---------------------------------------------------------------- the frame */

static const migc_state *find_state(const migc_states *states, int64_t version) {
    for (size_t s = 0; s < states->count; s++)
        if (states->states[s].version == version)
            return &states->states[s];
    return NULL;
}

static migc_code refuse_unknown_version(migci_session *session, int64_t version) {
    return migci_fail(session, MIGC_NO_SUCH_VERSION,
                      "neither this program nor the database has a migration with version %lld",
                      (long long)version);
}

static migc_code check_repair_again(migci_session *session, migci_edit *edit) {
    struct repair *repair = (struct repair *)edit;
    migci_validation validation;
    if (migci_validate(session, &validation) != MIGC_OK)
        return session->error->code;
    session->result.from = session->result.to = session->states.version;
    migc_remedy remedy = repair->remedy->which;
    repair->fault = NULL;
    repair->leaves_open = false;
    for (size_t i = 0; i < validation.faults.count; i++) {
        const migc_fault *fault = &validation.faults.faults[i];
        bool is_of_version = fault->version == repair->version;
        if (!repair->fault && fault->remedies & remedy &&
            (remedy == MIGC_REPAIR_STAMP || is_of_version))
            repair->fault = fault;
        bool marks = remedy == MIGC_REPAIR_MARK && is_of_version;
        repair->leaves_open |= fault->type == MIGC_FAULT_INTERRUPTED && !marks;
    }
    repair->state = find_state(&session->states, repair->version);
    if (!repair->state && remedy != MIGC_REPAIR_STAMP)
        return refuse_unknown_version(session, repair->version);
    return repair->remedy->check(session, repair);
}

static migc_code write_repair(migci_session *session, migci_edit *edit) {
    struct repair *repair = (struct repair *)edit;
    migci_outcome outcome = migci_history_create(session);
    if (outcome == MIGCI_DONE) /* a remedy finds a row by its number */
        outcome = migci_history_make_whole(session);
    if (outcome == MIGCI_DONE && migci_history_read(session) != MIGC_OK)
        outcome = MIGCI_REFUSED;
    if (outcome == MIGCI_DONE)
        outcome = repair->remedy->write(session, repair);
    if (outcome == MIGCI_DONE)
        outcome = migci_recompute(session, repair->was_added);
    if (outcome == MIGCI_DONE && repair->leaves_open) /* the stamp would hide it from a start */
        outcome = migci_stamp_write(session, NULL);
    if (outcome == MIGCI_DONE)
        return MIGC_OK;
    return session->error->code ? session->error->code
                                : migci_fail_driver(session, "writing the history");
}

/* ------------------------------------------------------------------- resume */

/* The run reads all this again, and claims what it goes on with. */
static migc_code resume_interrupted(migci_session *session, migc_options *own, int64_t version) {
    migci_validation validation;
    migci_progress_record progress = {0};
    if (migci_validate_once(session, &validation) != MIGC_OK)
        return session->error->code;
    const migc_state *state = find_state(&session->states, version);
    const migc_fault *fault = NULL;
    for (size_t i = 0; i < validation.faults.count && !fault; i++)
        if (validation.faults.faults[i].type == MIGC_FAULT_INTERRUPTED &&
            validation.faults.faults[i].version == version)
            fault = &validation.faults.faults[i];
    if (!state)
        return refuse_unknown_version(session, version);
    if (!fault && state->flags & MIGC_AT_WORK)
        return migci_fail(session, MIGC_LOCKED, "%s is being run by another process", state->name);
    if (!fault)
        return refuse_repair(session, state->name,
                             " was not interrupted: there is nothing to resume");
    if (migci_progress_read(session, fault->migration, &progress) != MIGC_OK)
        return session->error->code;
    if (progress.down && session->states.version != version)
        return refuse_repair(session, state->name, " is not the latest, which is what is reverted");
    own->flags |= MIGC_RESUME;
    if (progress.down)
        return migci_run_session(session, (migci_target){&migci_back, 1});
    return migci_run_session(session, (migci_target){&migci_to, version});
}

static migc_code run_remedy(migci_session *session, migc_options *own, migc_remedy which,
                            int64_t version) {
    struct repair repair = {.edit = {check_repair_again, write_repair, "examining the history"},
                            .version = version};
    for (size_t i = 0; i < sizeof(remedies) / sizeof(*remedies); i++)
        if (remedies[i].which == which)
            repair.remedy = &remedies[i];
    if (which == MIGC_REPAIR_RESUME)
        return resume_interrupted(session, own, version);
    if (!repair.remedy)
        return migci_fail(session, MIGC_MISUSE,
                          "migc_repair() does one thing at a time, and not %d", (int)which);
    migc_code code = migci_edit_history(session, &repair.edit);
    if (code == MIGC_OK)
        session->result.count = 1;
    return code;
}

migc_code migc_repair(sqlite3 *db, const migc_set *set, migc_remedy remedy, int64_t version,
                      const migc_options *options, migc_error *error) {
    migci_session session;
    migc_options own = {0};
    if (options)
        own = *options;
    own.flags &= ~(unsigned)MIGC_RESUME;
    if (migci_session_open(&session, db, set, &own, error) == MIGC_OK)
        run_remedy(&session, &own, remedy, version);
    return migci_session_close(&session);
}
