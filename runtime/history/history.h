/*
 * history.h - what is applied and what happened.  Reads and writes migc's own tables and the stamp,
 * finds out whose database it is, and records how far a migration outside transactions came.
 */
#ifndef MIGC_HISTORY_H
#define MIGC_HISTORY_H

#include "base/core.h"

/* ------------------------------------------------------ stamp (history/stamp.c) */

/* Comes before the chain of a history that lacks a migration in the middle, so that it equals no
 * chain of a set.  Its stamp is 0, so each start reads the history. */
#define MIGCI_BROKEN_CHAIN '~'

/* The user_version for a history that ends with this chain (NULL: 0). */
int32_t migci_stamp_of(const char *chain);
bool migci_uses_stamp(const migc_set *set);
/* Whether everything is applied, by the header, or for sets without a stamp by the history. */
bool migci_is_current(migci_session *session);
migci_outcome migci_stamp_write(migci_session *session, const char *chain);

/* -------------------------------------------- identifying (history/identify.c) */

/* Refuses a database in which this set must not begin a history: another tool's,
 * another set's, or one with tables but no history. */
migc_code migci_identify(migci_session *session);

/* Another migration tool, identified by a table and a column in it. */
typedef struct migci_tool {
    const char *name, *table, *column;
} migci_tool;

/* The tool whose history the database has; *tool is not changed if there is none. */
migci_outcome migci_find_tool(migci_session *session, const migci_tool **tool);
bool migci_is_tools_table(const char *name);
/* Whether a history of this set, which is unpacked, leaves that stamp. */
bool migci_is_own_stamp(const migc_set *set, int64_t stamp);

/* Patterns (GLOB) of tables that are nobody's migration: Litestream, cr-sqlite, Cloudflare. */
#define MIGCI_NOBODYS_TABLES "_litestream_*", "crsql_*", "_cf_*"

/* -------------------------------------------------- history (history/history.c) */

/* Below it are those given to rows whose version is no whole number. */
#define MIGCI_UNPLACED_END (INT64_MIN + (INT64_C(1) << 32))
#define MIGCI_SEQ_END INT64_C(1000000000000) /* no row of migc's has this number, or one below 1 */

typedef struct migci_applied {
    int64_t seq;
    int64_t version; /* of the migration that its name and checksum are of, where that is another */
    int64_t latest;  /* the highest version up to this row, in the list that noted it last */
    const char *name;
    const char *checksum;
    const char *chain;
    const char *applied_at;
    const char *applied_by;
    int64_t duration_us;
    struct migci_applied *older;
    bool is_misnumbered; /* its number or version in the table is not what migc wrote */
    bool is_unplaced;    /* its version is no whole number, and no migration of the set is its */
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
    size_t count_same;     /* how many rows at the beginning of both are known to be the same */
    migci_applied *newest; /* while reading: the list that `rows` is made of */
} migci_history;

/* Finds out, for session->history, which of the two tables are there.  Refuses, with
 * MIGC_BAD_HISTORY, what is not as migc makes it: a view, other columns, constraints, triggers. */
migci_outcome migci_history_look(migci_session *session);
/* After a statement that must change one row of them: refuses if it did not. */
migci_outcome migci_history_written(migci_session *session, migci_outcome outcome);
migc_code migci_history_read(migci_session *session);
/* Makes an array of the list, with room for `more`.  Returns 0 when memory is out. */
bool migci_history_index(migci_session *session, size_t more);
const migci_applied *migci_history_last(const migci_session *session);
/* The highest version of these rows; 0 if there are none. */
int64_t migci_latest_version(migci_applied *const *rows, size_t count);
/* Of the rows from `first` on, what migci_latest_version() takes from them. */
void migci_note_latest(migci_applied *const *rows, size_t first, size_t count);
/* Whether the last applied migration left this chain; any failure is a no. */
bool migci_history_ends_with(migci_session *session, const char *chain);
/* Calls `row` with the events of a migration, newest first: action, and for a repair its remedy and
 * whether the migration is applied then. */
migci_outcome migci_history_events_of(migci_session *session, const migc_migration *migration,
                                      migci_row_function *row, void *argument);
/* Whether the connection has TEMP objects; asking SQL for them costs memory and time. */
bool migci_has_temp(const migci_session *session);
/* Where an object of the schema, neither of them itself, names one of migc's tables that it could
 * change: by a foreign key to it, or as a trigger that writes to it.  NULL: it cannot. */
const char *migci_reaches_history(const char *type, const char *sql);
/* Behind a SELECT of rowid, type, tbl_name, sql and name, where it has. */
#define MIGCI_TEMP_TRIGGERS                                                                        \
    " UNION ALL SELECT 0, type, tbl_name, sql, name FROM temp.sqlite_schema"                       \
    " WHERE type = 'trigger'"
/* Changes with each object that is made, altered or dropped, in main or in temp. */
migci_outcome migci_read_schema_version(migci_session *session);
/* To be called at the end of a transaction of the run, and after its COMMIT, so that the next
 * one need not read everything again. */
void migci_history_leave(migci_session *session);
void migci_history_committed(migci_session *session);
/* Whether the last row has changed since migci_history_read(); under the write lock. */
migc_code migci_history_moved(migci_session *session, bool *moved);
migci_outcome migci_history_create(migci_session *session);
migci_outcome migci_history_add(migci_session *session, int64_t seq,
                                const migc_migration *migration, int64_t duration_us);
/* Whether a migration of any set is applied, by its name (history_needs.c).  Waits for locks if no
 * transaction is open. */
migc_code migci_history_has(migci_session *session, const char *set_name, const char *name,
                            bool *has);
/* The checksum of a migration's name, checksum and stored DOWN without the last line, which is
 * MIGCI_SUM_LINE and this sum in 16 hex digits. */
#define MIGCI_SUM_LINE "-- sum: "
uint64_t migci_down_sum(const char *name, const char *checksum, const char *down);
/* Lines of a stored DOWN: the first, if it runs outside transactions; migc_migration.down_drops. */
#define MIGCI_OUTSIDE_LINE "-- transaction: none\n"
#define MIGCI_DROPS_LINE "-- drops: "
/* DOWN as it is stored; NULL where there is none.  sqlite3_free() it. */
char *migci_down_text(const migc_migration *migration, bool *failed);
migci_outcome migci_history_remove(migci_session *session, int64_t seq);
migci_outcome migci_history_rechain(migci_session *session, const migci_applied *row);
/* Whether migc_events exists, and whether events of this set must be missing from it
 * (history_lost.c). */
migci_outcome migci_events_exist(migci_session *session, bool *exist);
migci_outcome migci_events_lost(migci_session *session, bool *lost);
/* Adds an event.  `detail` is a JSON object, or a text for people, which becomes {"text": ...}. */
migci_outcome migci_history_event(migci_session *session, const char *action,
                                  const migc_migration *migration, int64_t duration_us,
                                  const char *detail);

/* Calls `row` with the set's events, oldest first: at, action, version, name, duration_us, host,
 * pid, applied_by, detail in words (history_list.c). */
migci_outcome migci_history_list(migci_session *session, migci_row_function *row, void *argument);
/* Calls `row` with the latest event of each repeatable that ever ran: name, action, detail, at,
 * applied_by, duration_us (history_repeat.c). */
migci_outcome migci_history_repeats(migci_session *session, migci_row_function *row,
                                    void *argument);

/* ------------------------- progress record (history/progress_record.c) */

/* Reached through set->no_transaction only, so a host without such migrations links
 * none of it. */
struct migc_no_transaction_part {
    /* Marks the interrupted ones in session->states. */
    migc_code (*mark)(migci_session *session);
    /* Reports how far an interrupted one came; returns MIGC_INTERRUPTED. */
    migc_code (*explain)(migci_session *session, const migc_state *state);
    /* Under the write lock: refuses while another process runs one of the set's. */
    migci_outcome (*check)(migci_session *session);
    /* With MIGC_RESUME: refuses a plan that does not resume what was interrupted. */
    migc_code (*judge)(migci_session *session);
    /* Runs the next action of the plan. */
    migc_code (*run)(migci_session *session);
    /* Runs one step of the action, and records that it is complete. */
    migc_code (*run_step)(migci_session *session, const migc_step *step, unsigned number);
};

typedef struct migci_progress_record {
    bool open;       /* it has begun but not ended */
    bool running;    /* by a process that is alive */
    bool failed;     /* its last statement failed; it was not interrupted */
    bool down;       /* it was reverting the migration */
    bool orphans;    /* there were violated foreign keys before it began */
    bool may_repeat; /* the next step commits by itself: it may have run already */
    unsigned steps;  /* known to be complete */
    int64_t pid;
} migci_progress_record;

/* Whether a step can commit together with its record. */
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

/* Begins a transaction in which the history does not change; migci_rollback() ends it (read.c). */
migci_outcome migci_begin_to_read(migci_session *session);

/* ------------------------------------------------ write lock (history/begin.c) */

/* Takes the write lock.  Waits for other connections, and for a migration outside transactions that
 * another process runs. */
migci_outcome migci_begin(migci_session *session);

/* ---------------------------------- for repair (history/history_edit.c) */

/* Calls `row` with name, checksum and down of each row, behind its place: 1 for the first. */
migci_outcome migci_history_downs(migci_session *session, migci_row_function *row, void *argument);
/* Calls `row` once if a migration of a higher version was reverted after this one was applied: that
 * one may have been applied before it. */
migci_outcome migci_history_later_down(migci_session *session, const migci_applied *applied,
                                       migci_row_function *row, void *argument);
/* Makes the row what this program has, but for when and by whom it was applied. */
migci_outcome migci_history_replace(migci_session *session, const migci_applied *row,
                                    const migc_migration *migration);
/* Numbers the rows from 1 on; the caller reads them again. */
migci_outcome migci_history_renumber(migci_session *session);
/* If rows as they were read last are misnumbered, numbers all from 1 on, in their order, and gives
 * those that are placed their version; the caller reads them again. */
migci_outcome migci_history_make_whole(migci_session *session);
/* Sets when and by whom it was applied; NULL changes nothing (history_edit.c). */
migci_outcome migci_history_date(migci_session *session, int64_t version, const char *applied_at,
                                 const char *applied_by);

/* ---------------------------- for stored DOWNs (history/history_stored.c) */

/* Calls `row` with version, name, checksum, chain, down, applied_at, applied_by and host of each
 * migration that is applied above `version`, by version. */
migci_outcome migci_history_above(migci_session *session, int64_t version, migci_row_function *row,
                                  void *argument);
/* The same for repeatables. */
migci_outcome migci_history_repeats_stored(migci_session *session, migci_row_function *row,
                                           void *argument);

#endif
