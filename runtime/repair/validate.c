/*
 * validate.c - finds the faults of a history: in its rows, one by one, in what follows
 * from them (numbers, chain, stamp), and migrations without a row.
 *
 * A fault says what was found; repair.c repairs it.
 */
#include "repair.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAULTS_A_ROW = 5, FAULTS_A_MIGRATION = 2, FAULTS_OF_ALL = 4, TEXT_SIZE = 700 };

static migc_fault *add_fault(migci_validation *validation, migc_fault_type type, const char *format,
                             ...) MIGCI_PRINTF(3, 4);

static migc_fault *add_fault(migci_validation *validation, migc_fault_type type, const char *format,
                             ...) {
    static const unsigned remedies[] = {
#define REMEDIES_ROW(name, remedies) remedies,
        MIGC_FAULTS(REMEDIES_ROW)
#undef REMEDIES_ROW
    };
    assert((size_t)type < sizeof(remedies) / sizeof(*remedies));
    assert(validation->faults.count < validation->room);
    migc_fault *fault = &validation->faults.faults[validation->faults.count++];
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fault->type = type;
    fault->remedies = remedies[type];
    fault->text = migci_copy(&validation->session->memory, text);
    if (!fault->text)
        validation->no_memory = true;
    return fault;
}

static void set_subject(migc_fault *fault, int64_t version, const char *name,
                        const migc_migration *migration) {
    fault->version = version;
    fault->name = name;
    fault->migration = migration;
}

static void set_state(migc_fault *fault, const migc_state *state) {
    set_subject(fault, state->version, state->name, state->migration);
}

/* -------------------------------------------------------------- row by row */

static void examine_unknown(migci_validation *validation, const migci_applied *row) {
    const migc_set *set = validation->session->set;
    const migc_migration *latest = set->count ? &set->migrations[set->count - 1] : NULL;
    migc_fault *fault;
    if (latest && row->version <= latest->version)
        fault = add_fault(validation, MIGC_FAULT_MISSING,
                          "%s was applied (%s) and is missing from this program", row->name,
                          row->applied_at);
    else
        fault = add_fault(
            validation, MIGC_FAULT_NEWER,
            "%s was applied (%s) and is newer than this program, which goes to %s: a newer"
            " program has it",
            row->name, row->applied_at, latest ? latest->name : "no migration at all");
    set_subject(fault, row->version, row->name, NULL);
}

/* Returns whether it can be compared with the set. */
static bool examine_number(migci_validation *validation, const migci_applied *row,
                           const migc_migration *known) {
    if (row->is_unplaced)
        set_subject(
            add_fault(validation, MIGC_FAULT_MISSING,
                      "the history has %s (applied %s) under a version that is no whole"
                      " number, and this program lacks it: one that has it puts the number right",
                      row->name, row->applied_at),
            row->version, row->name, known);
    else if (row->is_misnumbered)
        set_subject(add_fault(validation, MIGC_FAULT_GAP,
                              "the history has %s (applied %s) under a wrong number", row->name,
                              row->applied_at),
                    row->version, row->name, known);
    return !row->is_unplaced;
}

static void examine_rows(migci_validation *validation) {
    const migci_history *history = validation->session->history;
    for (size_t i = 0; i < history->count; i++) {
        const migci_applied *row = history->rows[i];
        const migc_migration *known = migci_find(validation->session->set, row->version);
        migc_fault *fault = NULL;
        size_t earlier = 0;
        if (!examine_number(validation, row, known))
            continue;
        for (size_t e = 0; e < i; e++)
            earlier += history->rows[e]->version == row->version;
        if (earlier == 1)
            fault = add_fault(validation, MIGC_FAULT_TWICE,
                              "%s has more than one row in the history", row->name);
        else if (!earlier && !known)
            examine_unknown(validation, row);
        else if (!earlier && strcmp(row->checksum, known->checksum) != 0)
            fault = add_fault(validation, MIGC_FAULT_EDITED,
                              "%s was edited after it had been applied (%s): it was %s, and is %s",
                              known->file, row->applied_at, row->checksum, known->checksum);
        else if (!earlier && strcmp(row->name, known->name) != 0)
            fault = add_fault(validation, MIGC_FAULT_RENAMED,
                              "%s is called %s in the database, where it was applied (%s)",
                              known->name, row->name, row->applied_at);
        if (fault)
            set_subject(fault, row->version, row->name, known);
    }
}

/* The last line of a stored DOWN holds the sum of what stands before it. */
static bool has_its_sum(const char *name, const char *checksum, const char *down) {
    const char *line = NULL;
    for (const char *at = strstr(down, MIGCI_SUM_LINE); at; at = strstr(at + 1, MIGCI_SUM_LINE))
        line = at;
    if (!line)
        return false;
    char *script = sqlite3_mprintf("%.*s", (int)(line - down), down);
    bool has = !script || strtoull(line + strlen(MIGCI_SUM_LINE), NULL, 16) ==
                              migci_down_sum(name, checksum, script);
    sqlite3_free(script);
    return has;
}

/* Cells: place, name, checksum, down. */
static int examine_down(void *argument, const migci_value *cells) {
    migci_validation *validation = argument;
    const migci_history *history = validation->session->history;
    const char *name = cells[1].text, *checksum = cells[2].text, *down = cells[3].text;
    size_t place = (size_t)cells[0].number;
    const migci_applied *row = place - 1 < history->count ? history->rows[place - 1] : NULL;
    if (!row || !down || (name && checksum && has_its_sum(name, checksum, down)))
        return 0;
    const migc_migration *known = migci_find(validation->session->set, row->version);
    migc_fault *fault =
        add_fault(validation, MIGC_FAULT_DOWN_EDITED,
                  "the DOWN that the database keeps for %s is not what was stored when"
                  " it was applied (%s)",
                  row->name, row->applied_at);
    set_subject(fault, row->version, row->name, known);
    if (!known)
        fault->remedies = 0;
    return 0;
}

/* ---------------------------------------------------- migrations without a row */

/* Of a migration's events the newest that says whether it is applied. */
static int take_applied_event(void *argument, const migci_value *cells) {
    static const char *const applied[] = {"up", "baseline", "adopt"};
    const char *action = cells[0].text ? cells[0].text : "", *remedy = cells[1].text;
    bool *is_applied = argument;
    if (strcmp(action, "down") == 0)
        return 1;
    if (strcmp(action, "repair") == 0 && remedy) {
        *is_applied = strcmp(remedy, "mark") == 0 && cells[2].number;
        return strcmp(remedy, "mark") == 0 || strcmp(remedy, "forget") == 0;
    }
    for (size_t i = 0; i < sizeof(applied) / sizeof(*applied); i++)
        *is_applied |= strcmp(action, applied[i]) == 0;
    return *is_applied;
}

/* What only another program has, if that comes last: this one cannot compare the schema with it. */
static const char *unknown_behind(const migc_states *states, int64_t version) {
    const migc_state *latest = NULL;
    for (size_t s = 0; s < states->count; s++)
        if (states->states[s].applied && states->states[s].version > version)
            latest = &states->states[s];
    return latest && !latest->migration ? latest->name : NULL;
}

static migci_outcome examine_pending(migci_validation *validation, const migc_state *state) {
    migci_session *session = validation->session;
    const char *other = unknown_behind(&session->states, state->version);
    migc_fault *fault = NULL;
    bool is_applied = false;
    migci_outcome outcome = MIGCI_DONE;
    if (session->history->exists)
        outcome =
            migci_history_events_of(session, state->migration, take_applied_event, &is_applied);
    if (outcome != MIGCI_DONE)
        return outcome;
    if (is_applied)
        fault = add_fault(validation, MIGC_FAULT_UNRECORDED,
                          "%s has no row in the history, though its events say that it was"
                          " applied%s%s",
                          state->name, other ? "; record it with the program that has " : "",
                          other ? other : "");
    else if (state->problem == MIGC_OUT_OF_ORDER &&
             !(session->options->flags & (MIGC_ALLOW_OUT_OF_ORDER | MIGC_SKIP_OUT_OF_ORDER)))
        fault =
            add_fault(validation, MIGC_FAULT_UNRECORDED,
                      "%s has no row in the history, and sorts before version %lld, which has one:"
                      " it came too late and wants a higher number, or its row was lost",
                      state->migration->file, (long long)session->states.version);
    if (fault)
        set_state(fault, state);
    if (fault && other)
        fault->remedies = 0;
    return MIGCI_DONE;
}

/* ------------------------------------------------- without a transaction */

static bool is_problem_of(const migci_validation *validation, const migc_state *state) {
    const migc_error *problem = &validation->problem;
    return problem->code == MIGC_INTERRUPTED && problem->version == state->version;
}

/* If its header has changed since it began, this program goes on with nothing. */
static migc_code examine_interrupted(migci_validation *validation, const migc_state *state,
                                     const migci_progress_record *progress) {
    migci_session *session = validation->session;
    const char *text = validation->problem.message;
    bool goes_on =
        !is_problem_of(validation, state) || migci_is_outside(state->migration, progress->down);
    if (goes_on) {
        if (session->set->no_transaction->explain(session, state) != MIGC_INTERRUPTED)
            return session->error->code;
        text = session->error->message;
    }
    migc_fault *fault = add_fault(validation, MIGC_FAULT_INTERRUPTED, "%s", text);
    set_state(fault, state);
    migci_clear_error(session);
    unsigned count;
    const migc_action doing = {state->migration, progress->down, 1};
    const migc_step *steps = migci_action_steps(&doing, &count);
    if (!goes_on)
        fault->remedies = MIGC_REPAIR_MARK;
    else if (progress->steps < count)
        fault->step = &steps[progress->steps];
    return MIGC_OK;
}

static migc_code examine_progress(migci_validation *validation, const migc_state *state,
                                  bool *open) {
    migci_session *session = validation->session;
    migci_progress_record progress = {0};
    *open = false;
    if (!state->migration || !session->history->exists)
        return MIGC_OK;
    bool runs_outside =
        session->set->no_transaction && state->migration->flags & MIGC_NO_TRANSACTION;
    if (!runs_outside && !is_problem_of(validation, state))
        return MIGC_OK;
    if (migci_progress_read(session, state->migration, &progress) != MIGC_OK)
        return session->error->code;
    *open = progress.open;
    if (progress.open && !progress.running)
        return examine_interrupted(validation, state, &progress);
    if (progress.open)
        set_state(add_fault(validation, MIGC_FAULT_RUNNING,
                            "%s is being run by process %lld at this moment: wait for it",
                            state->name, (long long)progress.pid),
                  state);
    return MIGC_OK;
}

/* ------------------------------------------------------------------ lost events */

static migc_code examine_events(migci_validation *validation) {
    migci_session *session = validation->session;
    const migc_states *states = &session->states;
    const migc_state *pending = NULL;
    bool lost = false, needed = validation->problem.code == MIGC_BAD_HISTORY;
    if (!session->history->exists)
        return MIGC_OK;
    if (migci_events_lost(session, &lost) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    bool exist = session->history->has_events;
    if (!lost || (exist && !needed))
        return MIGC_OK;
    for (size_t s = 0; s < states->count && needed && !pending; s++) {
        const migc_state *state = &states->states[s];
        if (!state->applied && state->migration && migci_is_outside(state->migration, false))
            pending = state;
    }
    add_fault(validation, MIGC_FAULT_EVENTS_LOST,
              "somebody has removed %s: what happened before is not known any more%s%s%s",
              exist ? "rows of migc_events" : "the table migc_events",
              pending ? "; find out whether anything of " : "", pending ? pending->name : "",
              pending ? " is there: it counts as not begun once that is put right" : "");
    return MIGC_OK;
}

static migc_code examine_states(migci_validation *validation) {
    migci_session *session = validation->session;
    for (size_t s = 0; s < session->states.count; s++) {
        const migc_state *state = &session->states.states[s];
        bool open;
        if (examine_progress(validation, state, &open) != MIGC_OK)
            return session->error->code;
        if (!open && !state->applied && examine_pending(validation, state) != MIGCI_DONE)
            return migci_fail_driver(session, "reading the history");
    }
    return MIGC_OK;
}

/* ---------------------------------------------------- what follows from the rows */

static bool has_fault(const migci_validation *validation, migc_fault_type type) {
    for (size_t i = 0; i < validation->faults.count; i++)
        if (validation->faults.faults[i].type == type)
            return true;
    return false;
}

static int take_any_row(void *argument, const migci_value *cells) {
    (void)cells;
    *(int *)argument = 1;
    return 1;
}

/* Where migrations came out of order, reverting one leaves a gap; a row that was lost or added
 * by hand explains its own. */
static migci_outcome examine_numbers(migci_validation *validation) {
    migci_session *session = validation->session;
    migci_outcome outcome = MIGCI_DONE;
    int64_t expected = 1;
    if (has_fault(validation, MIGC_FAULT_UNRECORDED) || has_fault(validation, MIGC_FAULT_TWICE) ||
        has_fault(validation, MIGC_FAULT_GAP))
        return MIGCI_DONE;
    for (size_t i = 0; i < session->history->count && outcome == MIGCI_DONE; i++) {
        const migci_applied *row = session->history->rows[i];
        int is_explained = row->seq == expected;
        if (!is_explained)
            outcome = migci_history_later_down(session, row, take_any_row, &is_explained);
        expected = row->seq < INT64_MAX ? row->seq + 1 : row->seq;
        if (outcome != MIGCI_DONE || is_explained)
            continue;
        add_fault(
            validation, MIGC_FAULT_GAP,
            "the rows of the history are not numbered one by one: %s has the number %lld and is"
            " the row %zu",
            row->name, (long long)row->seq, i + 1);
        break;
    }
    return outcome;
}

/* Where repeatables have run, a row that was the last one then keeps the chain value that held
 * them too, of an edition that this program need not know. */
static migci_outcome examine_chain(migci_validation *validation, const char *const *expected) {
    migci_session *session = validation->session;
    const migci_history *history = session->history;
    int repeated = -1; /* not known yet */
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = 0; i < history->count && outcome == MIGCI_DONE; i++) {
        const migci_applied *row = history->rows[i];
        if (!expected[i] || migci_is_chain_of(session, i, expected[i]))
            continue;
        if (repeated < 0) {
            repeated = 0;
            outcome = migci_history_repeats(session, take_any_row, &repeated);
        }
        if (outcome != MIGCI_DONE || (repeated && !migci_is_chain_of_set(session->set, row->chain)))
            continue;
        add_fault(validation, MIGC_FAULT_WRONG_CHAIN,
                  "the chain value of %s is %s, where its row and those before it make %s",
                  row->name, row->chain, expected[i]);
        break;
    }
    return outcome;
}

/* Of this program when all is applied. */
static const char *latest_chain(const migc_set *set) {
    if (set->repeatables)
        return set->repeatables->chain;
    return set->count ? set->migrations[set->count - 1].chain : NULL;
}

/* A program without repeatables goes by the stamp of its own set: the row may still hold what
 * one with repeatables wrote (run.c). */
static bool is_right_stamp(const migci_session *session, int64_t stamp) {
    const migci_applied *last = migci_history_last(session);
    const char *chain = latest_chain(session->set);
    return stamp == migci_stamp_of(last ? last->chain : NULL) ||
           (last && chain && !session->set->repeatables && !session->states.pending &&
            !migci_is_chain_of_set(session->set, last->chain) && stamp == migci_stamp_of(chain));
}

static migc_code examine_derived(migci_validation *validation) {
    migci_session *session = validation->session;
    const char **expected = migci_chains_expected(session);
    if (!expected) {
        validation->no_memory = true;
        return MIGC_OK;
    }
    if (examine_numbers(validation) != MIGCI_DONE ||
        examine_chain(validation, expected) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    const migci_applied *last = migci_history_last(session);
    const char *chain = latest_chain(session->set);
    int64_t stamp = 0;
    if (!session->history->exists || !migci_uses_stamp(session->set))
        return MIGC_OK;
    if (migci_ask_number(session, "PRAGMA user_version", &stamp) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the header");
    bool reverts = has_fault(validation, MIGC_FAULT_INTERRUPTED) ||
                   has_fault(validation, MIGC_FAULT_RUNNING); /* which takes it away */
    if (!is_right_stamp(session, stamp) && !(stamp == 0 && reverts))
        add_fault(validation, MIGC_FAULT_WRONG_STAMP,
                  "PRAGMA user_version is %lld, where the history makes %lld: %s", (long long)stamp,
                  (long long)migci_stamp_of(last ? last->chain : NULL),
                  chain && migci_stamp_of(chain) == stamp ? "up takes all migrations for applied"
                                                          : "the next up puts it back");
    return MIGC_OK;
}

/* --------------------------------------------------------------------- all */

static migc_code fail_validating(migci_session *session) {
    return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while examining the history");
}

migc_code migci_validate(migci_session *session, migci_validation *validation) {
    memset(validation, 0, sizeof(*validation));
    validation->session = session;
    migc_code code = migci_read_states(session);
    /* Without states migc's tables are not as migc makes them, and nothing could be compared. */
    if (session->states.count &&
        (code == MIGC_NEWER || code == MIGC_EDITED || code == MIGC_MISSING ||
         code == MIGC_OUT_OF_ORDER || code == MIGC_INTERRUPTED || code == MIGC_BAD_HISTORY)) {
        validation->problem = *session->error;
        validation->advice = session->advice;
        migci_clear_error(session);
    }
    if (session->error->code != MIGC_OK)
        return session->error->code;
    validation->room = session->history->count * FAULTS_A_ROW +
                       session->states.count * FAULTS_A_MIGRATION + FAULTS_OF_ALL;
    validation->faults.faults =
        migci_allocate(&session->memory, validation->room * sizeof(migc_fault));
    if (!validation->faults.faults)
        return fail_validating(session);
    examine_rows(validation);
    if (has_fault(validation, MIGC_FAULT_TWICE)) /* then the others cannot be trusted */
        memset(&validation->problem, 0, sizeof(validation->problem));
    code = examine_states(validation);
    if (code == MIGC_OK && session->history->exists &&
        migci_history_downs(session, examine_down, validation) != MIGCI_DONE)
        code = migci_fail_driver(session, "reading the history");
    if (code == MIGC_OK)
        code = examine_derived(validation);
    if (code == MIGC_OK)
        code = examine_events(validation);
    if (code == MIGC_OK && validation->no_memory)
        code = fail_validating(session);
    return code;
}

migc_code migci_validate_once(migci_session *session, migci_validation *validation) {
    migc_code code = MIGC_OK;
    memset(validation, 0, sizeof(*validation));
    for (int i = 0;
         code == MIGC_OK && (i == 0 || (i == 1 && has_fault(validation, MIGC_FAULT_INTERRUPTED)));
         i++) {
        if (migci_try_begin(session, 0) != MIGCI_DONE)
            return migci_fail_driver(session, "starting to read");
        code = migci_validate(session, validation);
        migci_rollback(session);
    }
    return code;
}

migc_code migc_find_faults(sqlite3 *db, const migc_set *set, migc_faults *faults,
                           const migc_options *options, migc_error *error) {
    migci_session session;
    migci_validation validation = {0};
    migc_options own = {0};
    if (options)
        own = *options;
    own.flags &= ~(unsigned)MIGC_RESUME;
    memset(faults, 0, sizeof(*faults));
    if (migci_session_open(&session, db, set, &own, error) == MIGC_OK) {
        if (migci_enter_progress(&session) == MIGC_OK &&
            migci_validate_once(&session, &validation) == MIGC_OK)
            *faults = validation.faults;
        migci_leave_progress(&session);
    }
    faults->memory = migci_session_keep(&session);
    return migci_session_close(&session);
}

void migc_faults_free(migc_faults *faults) {
    migci_memory memory = {faults->memory};
    migci_free_all(&memory);
    memset(faults, 0, sizeof(*faults));
}
