/*
 * history.h - what is applied and what happened: reading and writing migc's own tables, the stamp,
 * whose database it is, and how far a migration outside transactions came.
 */
#ifndef MIGC_HISTORY_H
#define MIGC_HISTORY_H

#include "base/core.h"

/* ------------------------------------------------------ stamp (history/stamp.c) */

/* Stands in front of the chain of a history that lacks a migration in its middle, which no
 * set's own chain equals: its stamp is 0, so that each start looks. */
#define MIGCI_BROKEN_CHAIN '~'

/* What user_version is when the history ends with this chain (NULL: 0). */
int32_t migci_stamp_of(const char *chain);
bool migci_uses_stamp(const migc_set *set);
/* Whether the header, or for sets without a stamp the history, says that all is applied. */
bool migci_is_current(migci_session *session);
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

#define MIGCI_SEQ_END INT64_C(1000000000000) /* no row ever has this number, nor one below 1 */

typedef struct migci_applied {
    int64_t seq;
    int64_t version;
    int64_t latest; /* the highest version up to this row */
    const char *name;
    const char *checksum;
    const char *chain;
    const char *applied_at;
    const char *applied_by;
    int64_t duration_us;
    struct migci_applied *older;
} migci_applied;

/* What was read last.  migci_history_look() makes it, once for a session, in its `notes`; the rows
 * are in its `memory`. */
typedef struct migci_history {
    bool has_migrations, has_events; /* the tables were there at the last look */
    bool is_old;                     /* the events lack the columns that came later */
    bool exists;       /* the table of migrations was there when it was read, or this run made it */
    const char *other; /* without rows of the set: another one that has some, or NULL */
    size_t count, count_after;
    migci_applied **rows;  /* in the order they were applied, with room for those of a plan */
    migci_applied **after; /* the same as a transaction will leave it */
    migci_applied *newest; /* while reading: the list that `rows` is made of */
} migci_history;

/* Finds out, for session->history, which of the two tables are there.  Refuses, with
 * MIGC_BAD_HISTORY, what is not as migc makes it: a view, other columns, constraints, triggers. */
migci_outcome migci_history_look(migci_session *session);
/* Of a statement that has to change one row of them: refuses where it did not. */
migci_outcome migci_history_written(migci_session *session, migci_outcome outcome);
migc_code migci_history_read(migci_session *session);
/* The list as an array, with room for `more`.  Returns 0 when memory is out. */
bool migci_history_index(migci_session *session, size_t more);
const migci_applied *migci_history_last(const migci_session *session);
/* The highest version of these rows; 0 without any. */
int64_t migci_latest_version(migci_applied *const *rows, size_t count);
/* Of the rows from `first` on, what migci_latest_version() takes from them. */
void migci_note_latest(migci_applied *const *rows, size_t first, size_t count);
/* Whether the last applied migration left this chain; any failure is a no. */
bool migci_history_ends_with(migci_session *session, const char *chain);
/* Hands over action, and of a repair its remedy and whether the migration is applied then, of a
 * migration's events, newest first. */
migci_outcome migci_history_events_of(migci_session *session, const migc_migration *migration,
                                      migci_row_function *row, void *argument);
/* Whether the connection has anything TEMP: to ask SQLite for it costs memory and time. */
bool migci_has_temp(const migci_session *session);
/* Behind a SELECT of rowid, type, tbl_name, sql and name, where it has. */
#define MIGCI_TEMP_TRIGGERS                                                                        \
    " UNION ALL SELECT 0, type, tbl_name, sql, name FROM temp.sqlite_schema"                       \
    " WHERE type = 'trigger'"
/* Changes with each object that is made, altered or dropped, in main or in temp. */
migci_outcome migci_read_schema_version(migci_session *session);
/* At the end of a transaction of the run, and behind its COMMIT, so that the next one need not look
 * at it all again. */
void migci_history_leave(migci_session *session);
void migci_history_committed(migci_session *session);
/* Whether the last row still is what history_read saw; inside the lock. */
migc_code migci_history_moved(migci_session *session, bool *moved);
migci_outcome migci_history_create(migci_session *session);
migci_outcome migci_history_add(migci_session *session, int64_t seq,
                                const migc_migration *migration, int64_t duration_us);
/* Whether a migration of any set is applied, by its name (history_needs.c); waits for locks
 * where no transaction is open. */
migc_code migci_history_has(migci_session *session, const char *set_name, const char *name,
                            bool *has);
/* Over a migration's name, its checksum, and its stored DOWN up to the last line, which is
 * MIGCI_SUM_LINE with the sum in 16 hex digits. */
#define MIGCI_SUM_LINE "-- sum: "
uint64_t migci_down_sum(const char *name, const char *checksum, const char *down);
/* Lines of it: the first where it runs outside transactions; migc_migration.down_drops. */
#define MIGCI_OUTSIDE_LINE "-- transaction: none\n"
#define MIGCI_DROPS_LINE "-- drops: "
/* DOWN as it is stored; NULL where there is none.  sqlite3_free() it. */
char *migci_down_text(const migc_migration *migration, bool *failed);
migci_outcome migci_history_remove(migci_session *session, int64_t seq);
migci_outcome migci_history_rechain(migci_session *session, const migci_applied *row);
/* Whether migc_events is there, and whether what it tells of this set cannot be all
 * (history_lost.c). */
migci_outcome migci_events_exist(migci_session *session, bool *exist);
migci_outcome migci_events_lost(migci_session *session, bool *lost);
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

/* ------------------------- progress record (history/progress_record.c) */

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

typedef struct migci_progress_record {
    bool open;       /* it began, and did not end */
    bool running;    /* by a process that still lives */
    bool failed;     /* its last statement was refused, rather than cut off */
    bool down;       /* it was reverting the migration */
    bool orphans;    /* there were rows that point at nothing before it began */
    bool may_repeat; /* the next step commits by itself: it may have run already */
    unsigned steps;  /* that are known to be complete */
    int64_t pid;
} migci_progress_record;

/* Whether a step can commit together with the record of it. */
bool migci_runs_in_transaction(const migc_step *step);
migc_code migci_progress_read(migci_session *session, const migc_migration *migration,
                              migci_progress_record *trace);
migc_code migci_progress_mark(migci_session *session);
migci_outcome migci_progress_check(migci_session *session);
migc_code migci_progress_judge(migci_session *session);
migc_code migci_progress_explain(migci_session *session, const migc_state *state);
migci_outcome migci_progress_write(migci_session *session, const char *action,
                                   const migc_action *doing, unsigned steps, bool orphans);

/* ------------------------------------------------- to read (history/read.c) */

/* A transaction in which the history does not move on, migci_rollback() ends it (read.c). */
migci_outcome migci_begin_to_read(migci_session *session);

/* ------------------------------------------------ write lock (history/begin.c) */

/* Takes the write lock, waiting for others, and for a migration outside transactions that
 * another process runs. */
migci_outcome migci_begin(migci_session *session);

/* ---------------------------------- for repair (history/history_edit.c) */

/* Hands over seq, name, checksum, down of each row. */
migci_outcome migci_history_downs(migci_session *session, migci_row_function *row, void *argument);
/* Calls `row` once when a migration of a higher version was reverted after this one was
 * applied: that one may have stood before it. */
migci_outcome migci_history_later_down(migci_session *session, const migci_applied *applied,
                                       migci_row_function *row, void *argument);
/* The row becomes this program's; when and by whom it was applied stays. */
migci_outcome migci_history_replace(migci_session *session, const migci_applied *row,
                                    const migc_migration *migration);
/* Numbers the rows from 1 on; they are read again afterwards. */
migci_outcome migci_history_renumber(migci_session *session);
/* Gives rows whole numbers and versions where one has others, in their order. */
migci_outcome migci_history_make_whole(migci_session *session);
/* When and by whom it was applied; NULL leaves that as it is (history_edit.c). */
migci_outcome migci_history_date(migci_session *session, int64_t version, const char *applied_at,
                                 const char *applied_by);

/* ---------------------------- for stored DOWNs (history/history_stored.c) */

/* Hands over version, name, checksum, chain, down, applied_at, applied_by and host of what
 * is applied above `version`, in that order, by version. */
migci_outcome migci_history_above(migci_session *session, int64_t version, migci_row_function *row,
                                  void *argument);
/* The same of repeatables. */
migci_outcome migci_history_repeats_stored(migci_session *session, migci_row_function *row,
                                           void *argument);

#endif
