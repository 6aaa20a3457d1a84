/*
 * internal.h - what the files of the runtime share, in the order of a run:
 * a session opens, reads the history, plans, locks, applies, records, closes.
 *
 * Every function that can fail returns a migc_code and has put its reason into
 * session->error; the state of the database and what to do are added once, by
 * migci_session_close().
 */
#ifndef MIGC_INTERNAL_H
#define MIGC_INTERNAL_H

#include "driver.h"

#include <stdbool.h>

#if defined(__GNUC__)
#define MIGCI_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define MIGCI_PRINTF(f, a)
#endif

/* ------------------------------------------------------- memory (base/memory.c) */

/* Blocks that are freed together.  Zeroed is empty. */
typedef struct migci_memory {
    struct migci_block *blocks;
} migci_memory;

/* Return NULL when memory is out; aligned for any pointer or int64_t. */
void *migci_allocate(migci_memory *memory, size_t size);
char *migci_copy(migci_memory *memory, const char *text);
void migci_free_all(migci_memory *memory);

/* ------------------------------------ SQLite (base/sqlite.c, base/progress_handler.c) */

/* SQLite is 3.38 or newer, and ready to be used. */
int migci_sqlite_serves(void);
/* `look` is called every `interval` instructions, and ends the statement unless it returns 0.
 * NULL ends it.  Without the progress handler nothing is called: what uses it still looks
 * between statements. */
void migci_set_progress(sqlite3 *db, int interval, int (*look)(void *), void *argument);
int migci_has_progress(void);

/* ---------------------------------------------------------- paths (base/path.c) */

const char *migci_base_name(const char *path);
/* "." of a path without a folder.  Returns 0 when it does not fit. */
int migci_folder_of(const char *path, char *folder, size_t size);
/* Deletes a temporary file, and what SQLite may have put beside it. */
void migci_drop_temporary(const char *path);
/* "file:PATH?immutable=1": who opens it takes no locks, and makes no files beside it.  NULL when
 * memory is out; sqlite3_free() it. */
char *migci_immutable_uri(const char *path);

/* -------------------------------------- the name of a database (base/uri.c) */

/* Databases are opened with SQLITE_OPEN_URI everywhere, so that a name that begins with "file:"
 * means the same to each call and each command. */
int migci_is_uri(const char *name);
/* The file of a database that is named by a path or a URI; "" for one in memory.  Returns 0 when
 * it does not fit. */
int migci_file_of(const char *name, char *file, size_t size);
/* The same database, to be opened for reading alone; `immutable` as above.  NULL when memory is
 * out; sqlite3_free() it. */
char *migci_reading_uri(const char *name, int immutable);

/* -------------------------------------------------- history (history/history.c) */

#define MIGCI_SEQ_END INT64_C(1000000000000) /* no row ever has this number, nor one below 1 */

typedef struct migci_applied {
    int64_t seq;
    int64_t version;
    const char *name;
    const char *checksum;
    const char *chain;
    const char *applied_at;
    const char *applied_by;
    int64_t duration_us;
    struct migci_applied *older;
} migci_applied;

typedef struct migci_history {
    int exists;        /* the tables are there */
    int complete;      /* both were, when the write lock was taken */
    const char *other; /* another set that has rows in them, or NULL */
    size_t count, count_after;
    migci_applied **rows;  /* in the order they were applied, with room for those of a plan */
    migci_applied **after; /* the same as a transaction will leave it */
    migci_applied *newest; /* while reading: the list that `rows` is made of */
} migci_history;

/* ----------------------------------------------------- session (base/session.c) */

/* Foreign keys, before a run. */
typedef struct migci_keys {
    int violated;        /* there were violations before, kept in a temporary table */
    int unchecked;       /* SQLite could not check them before */
    const char *touched; /* a JSON array of the tables to look at, NULL for all */
} migci_keys;

/* What progress.c knows of a run. */
typedef struct migci_progress {
    const migci_driver_methods *inner; /* what it stands in front of */
    int64_t deadline_us;               /* 0: none */
    int64_t told_us, heartbeat_us;     /* when the last PROGRESS was, and the last heartbeat */
    const migc_step *step;             /* that was seen last, and since when */
    int64_t begun_us;
    int64_t done, total; /* what the step in C told */
    int noting;          /* a history statement outside transactions: it is let through */
    int over;            /* the run was undone, what follows is clearing up */
    char reason[480];    /* why it was stopped, and where */
} migci_progress;

/* Connection settings that change what SQL means are put to one known state
 * for a run, and back afterwards. */
enum { MIGCI_SETTINGS = 12 };
typedef struct migci_settings {
    unsigned known; /* how many of `before` were read */
    int before[MIGCI_SETTINGS];
} migci_settings;

/* What a COMMIT was about whose answer was lost: the history says whether it happened. */
typedef struct migci_unknown {
    size_t actions; /* of the plan; 0: none is unknown */
    int down;       /* they revert */
    size_t rows;    /* of the history, if it happened */
    char chain[64]; /* of the last of them, what fits; "" without rows */
} migci_unknown;

/* One call of the API. */
typedef struct migci_session {
    const migc_set *set;
    const migc_options *options; /* never NULL */
    migc_error *error;           /* never NULL */
    migci_memory memory;         /* of what was read last: history, states, plan */
    migci_history history;
    migc_plan plan;
    size_t next;              /* of the plan's actions, the first not yet run */
    size_t total_before;      /* actions run by earlier plans of this call */
    int64_t *durations;       /* of the plan's actions, in microseconds */
    int stale;                /* the history moved on: look again */
    unsigned lost;            /* how often the answer to a COMMIT was lost since the last one */
    unsigned tries;           /* how often a transaction was, since the last COMMIT */
    const migc_step *lost_at; /* the step that was at work then, or NULL */
    migci_unknown unknown;    /* the COMMIT whose answer was lost */
    migci_settings settings;  /* of the connection, before the group that runs */
    unsigned steps_done;      /* of a migration outside transactions, earlier runs included */
    bool guarded;             /* an authorizer keeps its statements to main */
    int attached;             /* the connection has other databases beside main */
    int hooked;               /* BEFORE_RUN was told to the hooks */
    int shared;               /* the call is about several sets of the database */
    const char *action_name;         /* what the events call the plan's actions, NULL: "up" and "down" */
    const char *detail;       /* of those events */
    migci_keys keys;
    const migc_step *step;         /* that runs, or NULL; what migci_retry() is to run */
    migc_code stopped;             /* not OK: the run is to end, pace.reason says why */
    const migc_migration *claimed; /* that this session runs outside transactions */
    migc_states states;
    migc_result result;
    int64_t started_us;
    migci_driver driver;
    char applied_by[136]; /* for the history, once it is asked for */
    char state[400];      /* of the database, in a sentence; "" while unchanged */
    const char *advice;   /* in place of the code's, until the next failure; or NULL */
    migc_error unwanted;  /* where error points when the caller passed NULL */
    migci_progress progress;      /* with options->progress, or in migc_progress_step() */
} migci_session;

/* Refuses a SQLite that does not serve (base/sqlite.c). */
migc_code migci_require_sqlite(migci_session *session);
/* Refuses what no call can work on: a NULL, another ABI, an open transaction. */
migc_code migci_session_open(migci_session *session, sqlite3 *db, const migc_set *set,
                             const migc_options *options, migc_error *error);
/* Completes the message, frees, hands the result out; returns the code. */
migc_code migci_session_close(migci_session *session);

int64_t migci_now_us(void); /* monotonic */

/* ------------------------------------------------ statements (base/statement.c) */

/* Runs one statement.  `types` has a letter for each value that follows: 's' a
 * const char * (NULL is NULL), 'i' an int64_t. */
migci_outcome migci_do(migci_session *session, const char *sql, const char *types, ...);
/* The same, handing rows over. */
migci_outcome migci_ask(migci_session *session, migci_row_function *row, void *argument,
                        const char *sql, const char *types, ...);
/* The first cell of the first row; *value stays as it is when there is none. */
migci_outcome migci_ask_number(migci_session *session, const char *sql, int64_t *value);
/* The same of a connection that is nobody's session; -1 for none, or an error (ask.c). */
int64_t migci_ask_sqlite(sqlite3 *db, const char *sql);
/* One BEGIN, without waiting; and ROLLBACK when a transaction is open. */
migci_outcome migci_try_begin(migci_session *session, int write);
void migci_rollback(migci_session *session);
int migci_in_transaction(migci_session *session);

/* -------------------------------------------------------- errors (base/error.c) */

/* Notes what went wrong and where; returns `code`. */
migc_code migci_fail(migci_session *session, migc_code code, const char *format, ...)
    MIGCI_PRINTF(3, 4);
/* The same for what the driver refused, `doing` being what for: "reading the history". */
migc_code migci_fail_driver(migci_session *session, const char *doing);
/* The same for a statement of a migration: file, line, reason. */
migc_code migci_fail_step(migci_session *session, const migc_migration *migration,
                          const migc_step *step);
migc_code migci_code_of(int sqlite_code);

/* ------------------------------------------------------ stamp (history/stamp.c) */

/* Stands in front of the chain of a history that lacks a migration in its middle, which no
 * set's own chain equals: its stamp is 0, so that each start looks. */
#define MIGCI_BROKEN_CHAIN '~'

/* What user_version is when the history ends with this chain (NULL: 0). */
int32_t migci_stamp_of(const char *chain);
int migci_uses_stamp(const migc_set *set);
/* Whether the header, or for sets without a stamp the history, says that all is applied. */
int migci_is_current(migci_session *session);
migci_outcome migci_stamp_write(migci_session *session, const char *chain);

/* -------------------------------------------- recognising (history/identify.c) */

/* Refuses a database whose history is not ours to begin: another tool's,
 * another set's, or one with tables that nobody's history tells of. */
migc_code migci_identify(migci_session *session);

/* Another migration tool: by a table, and a column in it. */
typedef struct migci_tool {
    const char *name, *table, *column;
} migci_tool;

/* The tool whose history the database has; *tool stays as it is where there is none. */
migci_outcome migci_find_tool(migci_session *session, const migci_tool **tool);
bool migci_is_tools_table(const char *name);

/* Patterns (GLOB) of tables that are nobody's migration: Litestream, cr-sqlite, Cloudflare. */
#define MIGCI_NOBODYS_TABLES "_litestream_*", "crsql_*", "_cf_*"


/* -------------------------------------------------- history (history/history.c) */

/* Which of the two tables are there (NULL: not asked).  Refuses, with MIGC_BAD_HISTORY, what is
 * not as migc makes it: a view, other columns, constraints, triggers. */
migci_outcome migci_history_look(migci_session *session, int *migrations, int *events);
/* Of a statement that has to change one row of them: refuses where it did not. */
migci_outcome migci_history_written(migci_session *session, migci_outcome outcome);
migc_code migci_history_read(migci_session *session);
/* The list as an array, with room for `more`.  Returns 0 when memory is out. */
int migci_history_index(migci_session *session, size_t more);
const migci_applied *migci_history_last(const migci_session *session);
/* Whether the last applied migration left this chain; any failure is a no. */
int migci_history_ends_with(migci_session *session, const char *chain);
/* Hands over action, and of a repair its remedy and whether the migration is applied then, of a
 * migration's events, newest first. */
migci_outcome migci_history_events_of(migci_session *session, const migc_migration *migration,
                                      migci_row_function *row, void *argument);
/* Whether the last row still is what history_read saw; inside the lock. */
migc_code migci_history_moved(migci_session *session, int *moved);
migci_outcome migci_history_create(migci_session *session);
migci_outcome migci_history_add(migci_session *session, int64_t seq,
                                const migc_migration *migration, int64_t duration_us);
/* Whether a migration of any set is applied, by its name (history_needs.c); waits for locks
 * where no transaction is open. */
migc_code migci_history_has(migci_session *session, const char *set_name, const char *name,
                            int *has);
/* Over a migration's name, its checksum, and its stored DOWN up to the last line, which is
 * MIGCI_SUM_LINE with the sum in 16 hex digits. */
#define MIGCI_SUM_LINE "-- sum: "
uint64_t migci_down_sum(const char *name, const char *checksum, const char *down);
/* DOWN as it is stored; NULL where there is none.  sqlite3_free() it. */
char *migci_down_text(const migc_migration *migration, int *failed);
migci_outcome migci_history_remove(migci_session *session, int64_t seq);
migci_outcome migci_history_rechain(migci_session *session, const migci_applied *row);
/* Whether migc_events is there, and whether what it tells of this set cannot be all
 * (history_lost.c). */
migci_outcome migci_events_exist(migci_session *session, int *exist);
migci_outcome migci_events_lost(migci_session *session, int *lost);
/* Appends to migc_events.  `detail` is a JSON object; or a text for people, which becomes
 * {"text": ...}. */
migci_outcome migci_history_event(migci_session *session, const char *action,
                                  const migc_migration *migration, int64_t duration_us,
                                  const char *detail);

/* The set's events, oldest first: at, action, version, name, duration_us, host, pid, applied_by,
 * detail in words (history_list.c). */
migci_outcome migci_history_list(migci_session *session, migci_row_function *row, void *argument);
/* The latest event of each repeatable that ever ran: name, action, detail, at, applied_by,
 * duration_us (history_repeat.c). */
migci_outcome migci_history_repeats(migci_session *session, migci_row_function *row,
                                    void *argument);

/* ------------------------------------------------ repeatables (engine/repeat.c) */

/* Reached through set->repeatables only, so that a host without any links none of it. */
struct migc_repeatables_part {
    /* What of them is applied, into session->states. */
    migc_code (*read)(migci_session *session);
    /* Puts them around the numbered migrations of session->plan.  0: memory is out. */
    int (*plan)(migci_session *session);
    /* Notes an action of the plan in migc_events, in place of a row of the history. */
    migci_outcome (*record)(migci_session *session, size_t index);
};

/* --------------------- outside transactions (engine/outside.c, history/trace.c) */

/* Reached through set->no_transaction only, so that a host without such migrations
 * links none of it. */
struct migc_no_transaction_part {
    /* Marks the interrupted ones in session->states. */
    migc_code (*mark)(migci_session *session);
    /* Says how far an interrupted one came; returns MIGC_INTERRUPTED. */
    migc_code (*explain)(migci_session *session, const migc_state *state);
    /* With the write lock held: refuses while another process runs one of the set's. */
    migci_outcome (*check)(migci_session *session);
    /* With MIGC_RESUME: refuses a plan that does not go on with what was interrupted. */
    migc_code (*judge)(migci_session *session);
    /* Runs the next action of the plan. */
    migc_code (*run)(migci_session *session);
    /* Runs one step of the action, and records that it is complete. */
    migc_code (*run_step)(migci_session *session, const migc_step *step, unsigned number);
};

typedef struct migci_trace {
    int open;       /* it began, and did not end */
    int running;    /* by a process that still lives */
    int failed;     /* its last statement was refused, rather than cut off */
    int down;       /* it was reverting the migration */
    int orphans;    /* there were rows that point at nothing before it began */
    int may_repeat; /* the next step commits by itself: it may have run already */
    unsigned steps; /* that are known to be complete */
    int64_t pid;
} migci_trace;

/* Whether a step can commit together with the record of it. */
bool migci_runs_in_transaction(const migc_step *step);
migc_code migci_trace_read(migci_session *session, const migc_migration *migration,
                           migci_trace *trace);
migc_code migci_trace_mark(migci_session *session);
migci_outcome migci_trace_check(migci_session *session);
migc_code migci_trace_judge(migci_session *session);
migc_code migci_trace_explain(migci_session *session, const migc_state *state);
migci_outcome migci_trace_write(migci_session *session, const char *action,
                                const migc_action *doing, unsigned steps);

/* --------------------------------------------------------- plan (engine/plan.c) */

#define MIGCI_NOTHING INT64_MIN /* before the first version: 0 may be a migration's number */

typedef struct migci_target {
    enum { MIGCI_ALL, MIGCI_VERSION, MIGCI_BACK, MIGCI_REDO } kind;
    int64_t value; /* the version, or how many to revert (and to apply again) */
} migci_target;

/* What a version means in a call: 0 is before the first. */
migci_target migci_target_of(int64_t version);
/* The version that is latest once `back` applied migrations are reverted. */
int64_t migci_version_back(const migc_states *states, int64_t back);
/* Pure: the set and an indexed history in, states out.  Returns 0 when memory is out. */
int migci_compare(const migc_set *set, const migci_history *history, migci_memory *memory,
                  migc_states *states);
/* The state whose problem stands above the others, or NULL; flags are the options'. */
const migc_state *migci_worst(const migc_states *states, unsigned flags);
/* The flags of migc_options; the set says what holds of the order when they do not. */
unsigned migci_flags(const migc_set *set, const migc_options *options);
/* Pure: states and target in, actions out.  Returns 0 when memory is out. */
int migci_plan(const migc_states *states, migci_target target, unsigned flags, migci_memory *memory,
               migc_plan *plan);
/* The steps that an action runs (set.c). */
const migc_step *migci_action_steps(const migc_action *action, unsigned *count);
/* The set's migration of that version, or NULL (set.c). */
const migc_migration *migci_find(const migc_set *set, int64_t version);

/* Reads everything, without a lock: history, states, problems, plan. */
migc_code migci_read_plan(migci_session *session, migci_target target);
/* The same up to the states; problems are returned, states filled all the same. */
migc_code migci_read_states(migci_session *session);

/* ----------------------------------------- needs of other sets (engine/needs.c) */

/* Reached through set->needs only. */
struct migc_needs_part {
    /* Refuses a plan that goes up to a migration without what it needs of another set.
     * Asked when the plan is made, and again with the write lock held. */
    migc_code (*check)(migci_session *session);
};

/* The same for a set that may have none (read_plan.c). */
migc_code migci_check_needs(migci_session *session);

/* -------------------------------------------------------- locking (base/lock.c) */

/* Repeats `attempt` while the database is locked, up to the deadline. */
typedef migci_outcome migci_attempt(migci_session *session);
int64_t migci_wait_us(const migc_options *options); /* how long to wait for a lock */
void migci_sleep_ms(int ms);
/* options->on_open, if any; again while it meets a lock and there is time.  Returns what it did
 * (on_open.c). */
int migci_call_on_open(sqlite3 *db, const migc_options *options, int64_t *waited_us);
migci_outcome migci_retry(migci_session *session, migci_attempt *attempt);
/* Whether what the driver refused may pass: a lock, or a cluster that does not answer. */
int migci_may_wait(const migci_driver *driver);
migci_outcome migci_begin(migci_session *session);
migci_outcome migci_commit(migci_session *session);
/* A transaction in which the history does not move on, migci_rollback() ends it (read.c). */
migci_outcome migci_begin_to_read(migci_session *session);

/* Who holds the lock on the connection's file, in words; "" when it is not known (lock_owner.c). */
void migci_lock_owner(sqlite3 *db, char *buffer, size_t size);
/* What the system calls the program of a process; 0 where it does not tell (process.c). */
int migci_process_name(long pid, char name[64]);
/* "process 4711 (notes)", or "another connection of this program" (process.c). */
void migci_describe_process(long pid, char *buffer, size_t size);

/* ------------------------------------------------- settings (engine/settings.c) */

migc_code migci_settings_enter(migci_session *session, migci_settings *settings, int foreign_keys);
void migci_settings_leave(migci_session *session, const migci_settings *settings);

/* ----------------------------------------- foreign keys (engine/foreign_keys.c) */

/* Inside the transaction of a run of the plan's actions from session->next to `end`:
 * what holds before it, and what does not after. */
migc_code migci_keys_before(migci_session *session, size_t end);
migc_code migci_keys_after(migci_session *session);

/* ------------------------------------------------------- apply (engine/apply.c) */

/* Runs the steps of one action and its VERIFY; `from` counts steps to leave out. */
migc_code migci_apply(migci_session *session, size_t index, unsigned from);
/* Runs its VERIFY. */
migc_code migci_verify(migci_session *session, const migc_migration *migration);
/* Runs one step. */
migc_code migci_apply_step(migci_session *session, const migc_migration *migration,
                           const migc_step *step);

/* Refuses a plan that names a TEMP table of the connection; and a statement that would use an
 * attached database (strangers.c). */
migc_code migci_check_temp(migci_session *session);
migci_outcome migci_check_step(migci_session *session, const migc_step *step);

/* A step in C sees this, and a hook. */
struct migc_context {
    migci_session *session;
    const migc_migration *migration;
    migc_code code; /* what a refusal is */
    char reason[400];
};

/* -------------------------------------------------------- hooks (engine/hook.c) */

/* Tells the host's hooks, and fails when one refuses. */
migc_code migci_hook(migci_session *session, migc_hook_point point,
                     const migc_migration *migration);
/* BEFORE_RUN, unless it was told. */
migc_code migci_hook_run(migci_session *session);

/* ------------------------------------------------- progress (engine/progress.c) */

/* Reached through options->progress only. */
struct migc_progress_part {
    void (*enter)(migci_session *session);
    void (*leave)(migci_session *session);
};

/* -------------------------------------------------------- events (base/event.c) */

/* Returns what the callback returned, 0 without one. */
int migci_emit(migci_session *session, const migc_event *event);
/* An event about an action of the plan. */
int migci_emit_action(migci_session *session, migc_event_type type, size_t index,
                      int64_t duration_us, const char *detail);
int migci_emit_step(migci_session *session, size_t index, unsigned number, int64_t duration_us);

/* "4.1 kB".  Returns `buffer` (size.c). */
const char *migci_size(int64_t bytes, char buffer[32]);

/* ----------------------------------------------------- record (engine/record.c) */

/* The history of the plan's actions from session->next to `end`, inside their transaction. */
migc_code migci_record(migci_session *session, size_t end);
/* Those actions are durable now. */
void migci_go_on(migci_session *session, size_t end);
/* Tells of what is in session->error, and notes it in the history. */
void migci_note_failure(migci_session *session);

/* --------------------------------------------------- lost (engine/lost.c) */

/* migc_remote.lost of a remote: says that the transaction is gone, and reads the history again
 * (MIGC_OK), or ends the run. */
migc_code migci_transaction_lost(migci_session *session);

/* ----------------------------------------------------------- run (engine/run.c) */

/* The engine: plan, then transaction by transaction, in a session that is open. */
migc_code migci_run_session(migci_session *session, migci_target target);
/* The same with a session of its own. */
migc_code migci_run(sqlite3 *db, const migc_set *set, migci_target target,
                    const migc_options *options, migc_error *error);

/* ------------------------------ a new database (engine/snapshot.c, engine/new_file.c) */

/* Makes a database of the set's snapshot where there is no file, and tells options->on_event
 * and options->result.  Returns 0 when it did not: then nothing was made, and migrating finds
 * out what there is to say. */
int migci_snapshot_make(const char *path, const migc_set *set, const migc_options *options);
/* Into snapshot->size bytes at `to`.  Returns 0 when it is not a snapshot, whatever its bytes are. */
int migci_unpack(const migc_snapshot *snapshot, unsigned char *to);
/* Makes a file of these bytes, complete and on the disk before it has its name.  Returns 0
 * when it could not, or there is something of that name; `path` is absolute. */
int migci_make_file(const char *path, const void *bytes, size_t size);

#endif
