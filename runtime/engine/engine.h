/*
 * engine.h - states and plan, settings, foreign keys, steps, hooks, record and commit, in the order
 * of a run; and the parts that only some sets need.
 */
#ifndef MIGC_ENGINE_H
#define MIGC_ENGINE_H

#include "history/history.h"

/* ------------------------------------------------ repeatables (engine/repeat.c) */

/* Reached through set->repeatables only, so that a host without any links none of it. */
struct migc_repeatables_part {
    /* Puts what is applied of them into session->states. */
    migc_code (*read)(migci_session *session);
    /* Puts them around the numbered migrations of session->plan.  False: memory is out. */
    bool (*plan)(migci_session *session);
    /* Records an action of the plan in migc_events; they have no rows in the history. */
    migci_outcome (*record)(migci_session *session, size_t index);
};

/* --------------------------------------------------------- plan (engine/plan.c) */

#define MIGCI_NOTHING INT64_MIN /* before the first version: 0 may be a migration's number */

/* Where a run leads that may revert (engine/back.c). */
typedef struct migci_way {
    enum { MIGCI_TO, MIGCI_BACK, MIGCI_REDO } kind;
    const struct migci_way *to; /* &migci_to, which the rest of a run may take */
    /* Refuses a version that the set does not have. */
    migc_code (*check)(migci_session *session, int64_t version);
    /* Puts into the plan what is reverted, and what a redo applies again; returns the version up to
     * which what is pending follows. */
    int64_t (*plan)(const migc_states *states, int64_t value, unsigned flags, migc_plan *plan);
    /* Refuses a plan that reverts what cannot be reverted. */
    migc_code (*judge)(migci_session *session);
    /* Takes what an action of the plan has reverted out of the history. */
    migci_outcome (*record)(migci_session *session, size_t index);
} migci_way;

extern const migci_way migci_to, migci_back, migci_redo;

/* A host that only goes up links no way. */
typedef struct migci_target {
    const migci_way *way; /* NULL: up, to all that is pending */
    int64_t value;        /* the version, or how many to revert (and to apply again) */
} migci_target;

static inline bool migci_redoes(migci_target target) {
    return target.way && target.way->kind == MIGCI_REDO;
}

/* The version that a call means: 0 is before the first (target.c). */
migci_target migci_target_of(int64_t version);
/* Adds an action to a plan; a transaction spans neighbours that want the same of it. */
void migci_plan_add(migc_plan *plan, const migc_state *state, bool down, unsigned flags);
/* The version that is latest once `back` applied migrations are reverted. */
int64_t migci_version_back(const migc_states *states, int64_t back);
/* Makes states of the set and an indexed history; no I/O.  False: memory is out. */
bool migci_compare(const migc_set *set, const migci_history *history, migci_memory *memory,
                   migc_states *states);
/* The state with the most important problem, or NULL; flags are the options'. */
const migc_state *migci_worst(const migc_states *states, unsigned flags);
/* The flags of migc_options, with the policy of the set for the order if they have none. */
unsigned migci_flags(const migc_set *set, const migc_options *options);
/* Makes the actions from the states to a target; no I/O.  False: memory is out. */
bool migci_plan(const migc_states *states, migci_target target, unsigned flags,
                migci_memory *memory, migc_plan *plan);

/* Reads everything, without a lock: history, states, problems, plan. */
migc_code migci_read_plan(migci_session *session, migci_target target);
/* The same without the plan; fills the states also when it returns a problem. */
migc_code migci_read_states(migci_session *session);

/* ----------------------------------------- needs of other sets (engine/needs.c) */

/* Reached through set->needs only. */
struct migc_needs_part {
    /* Refuses a plan that applies a migration without those of another set that it needs.  Called
     * when the plan is made, and again with the write lock held. */
    migc_code (*check)(migci_session *session);
};

/* The same for a set that may have none (read_plan.c). */
migc_code migci_check_needs(migci_session *session);

/* ------------------------------------------------- settings (engine/settings.c) */

/* Connection settings that change what SQL means have known values during a run, and
 * are restored afterwards. */
enum { MIGCI_SETTINGS = 12 };
typedef struct migci_settings {
    unsigned known; /* how many of `before` were read */
    bool kept;      /* between two transactions that need the same */
    int before[MIGCI_SETTINGS];
} migci_settings;

migc_code migci_settings_enter(migci_session *session, migci_settings *settings, int foreign_keys);
void migci_settings_leave(migci_session *session, const migci_settings *settings);

/* ----------------------------------------- foreign keys (engine/foreign_keys.c) */

/* From before a transaction to its end; the next transactions use the list, too. */
typedef struct migci_keys {
    bool violated;      /* there were violations before, kept in a temporary table */
    bool unchecked;     /* SQLite could not check them before */
    size_t end;         /* of the plan's actions, after the transaction's last one */
    bool narrow;        /* only what the actions touch is checked */
    bool listed;        /* the list is up to date with the schema */
    int64_t last_rowid; /* of the schema's table, when the list was made */
    struct migci_child *children, *reading;
    struct migci_trigger *triggers;
    struct migci_trigger *triggers_of_run; /* that it makes, or has dropped */
    migci_memory memory;                   /* of the list */
    migci_memory memory_of_run;            /* of triggers_of_run */
} migci_keys;

/* Inside the transaction that runs the plan's actions from session->next to `end`: find the
 * violations before these, and refuse new ones after them. */
migc_code migci_keys_before(migci_session *session, size_t end);
migc_code migci_keys_after(migci_session *session);
/* Frees the list. */
void migci_keys_forget(migci_keys *keys);
/* migci_session.take_object of a run: lists keys, so that the schema is read once. */
int migci_keys_take(void *argument, const migci_value *cells);
/* Restricts the check to what those actions touch, if that is known. */
void migci_keys_narrow(migci_session *session, size_t end);

/* ------------------------------------------------------- apply (engine/apply.c) */

/* Runs the steps of one action and its VERIFY, without the first `from` steps. */
migc_code migci_apply(migci_session *session, size_t index, unsigned from);
/* Runs its VERIFY. */
migc_code migci_verify(migci_session *session, const migc_migration *migration);
/* Runs one step. */
migc_code migci_apply_step(migci_session *session, const migc_migration *migration,
                           const migc_step *step);

/* Refuse a plan that names a TEMP table of the connection, and a statement that would use an
 * attached database (strangers.c). */
migc_code migci_check_temp(migci_session *session);
migci_outcome migci_check_step(migci_session *session, const migc_step *step);

/* -------------------------------------------------------- hooks (engine/hook.c) */

/* Calls the host's hooks; fails when one refuses. */
migc_code migci_hook(migci_session *session, migc_hook_point point,
                     const migc_migration *migration);
/* Calls them for BEFORE_RUN, unless that was done. */
migc_code migci_hook_run(migci_session *session);

/* ------------------------------------------------- progress (engine/progress.c) */

/* Reached through options->progress only. */
struct migc_progress_part {
    /* Fails when memory is out. */
    migc_code (*enter)(migci_session *session);
    /* May be called without enter(). */
    void (*leave)(migci_session *session);
    /* Watches the waits of this session again, after those of another one. */
    void (*watch)(migci_session *session);
};

/* ----------------------------------------------------- record (engine/record.c) */

/* Records the plan's actions from session->next to `end`, inside their transaction. */
migc_code migci_record(migci_session *session, size_t end);
/* Appends those actions of the plan to options->ran. */
void migci_tell_ran(const migci_session *session, size_t first, size_t end);
/* To be called when those actions are durable. */
void migci_go_on(migci_session *session, size_t end);
/* Emits what is in session->error, and records it in the history. */
void migci_note_failure(migci_session *session);

/* ------------------------------------------------- remotes (engine/remote.c) */

/* For migc_remote.lost: emits that the transaction is gone, and has the history read again
 * (MIGC_OK), or ends the run. */
migc_code migci_transaction_lost(migci_session *session);
/* For migc_remote.check: refuses a plan with a migration that is for SQLite alone. */
migc_code migci_check_remote(migci_session *session);

/* ----------------------------------------------------------- run (engine/run.c) */

/* A COMMIT whose answer was lost; the history says whether it took effect. */
typedef struct migci_unknown {
    size_t actions; /* of the plan; 0: none is unknown */
    bool down;      /* they revert */
    size_t rows;    /* of the history, if it took effect */
    char chain[64]; /* of the last of these, cut to fit; "" without rows */
} migci_unknown;

/* What a run keeps from one of its transactions to the next.  Whoever applies migrations without
 * migci_run_session() sets session->run to one that is zeroed, and forgets its keys at the end. */
typedef struct migci_run_state {
    migci_settings settings; /* of the connection, before the transaction */
    migci_keys keys;
    migci_unknown unknown; /* the COMMIT whose answer was lost */
} migci_run_state;

/* The engine: makes a plan and runs it, transaction by transaction, in an open session. */
migc_code migci_run_session(migci_session *session, migci_target target);
/* Whether a COMMIT without an answer took effect, by the history that was read again.  Another
 * process may have applied more since. */
bool migci_has_happened(const migci_history *history, const migci_unknown *unknown);
/* The same with a session of its own. */
migc_code migci_run(sqlite3 *db, const migc_set *set, migci_target target,
                    const migc_options *options, migc_error *error);
/* What another process reverts outside transactions counts as applied until that is done.  Waits
 * for that; if it had to, the history has changed. */
migc_code migci_wait_for_reverting(migci_session *session, bool *waited);
/* migci_read_plan(); one that is empty is read again once no other process is reverting. */
migc_code migci_read_settled_plan(migci_session *session, migci_target target);

/* ------------------------------ a new database (engine/snapshot.c, engine/new_file.c) */

/* Makes a database from the set's snapshot if there is no file; emits events and fills
 * options->result.  False: it made nothing; the caller then migrates, and reports what is wrong. */
bool migci_snapshot_make(const char *path, const migc_set *set, const migc_options *options);
/* Unpacks it into snapshot->size bytes at `to`.  False: the bytes are not a snapshot. */
bool migci_unpack(const migc_snapshot *snapshot, unsigned char *to);
/* Makes a file of these bytes, which gets its name when it is complete and on the disk.  False: it
 * could not, or something has that name; `path` is absolute. */
bool migci_make_file(const char *path, const void *bytes, size_t size);

#endif
