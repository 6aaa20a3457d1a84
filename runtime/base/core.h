/*
 * core.h - what every room uses: memory, names of databases, the session of a call, one
 * statement, errors, locks, events.
 *
 * A function that can fail returns a migc_code and puts the reason into session->error.
 * migci_session_close() adds the state of the database and the advice, once.
 */
#ifndef MIGC_BASE_CORE_H
#define MIGC_BASE_CORE_H

#include "base/session.h"

#if defined(__GNUC__)
#define MIGCI_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define MIGCI_PRINTF(f, a)
#endif

/* ------------------------------------------------------- memory (base/memory.c) */

/* Return NULL when memory is out; aligned for any pointer or int64_t. */
void *migci_allocate(migci_memory *memory, size_t size);
char *migci_copy(migci_memory *memory, const char *text);
/* Of a name from the file: control characters become '?', newlines too, so that it makes no lines of
 * its own where it is shown. */
char *migci_copy_line(migci_memory *memory, const char *text);
void migci_free_all(migci_memory *memory);
/* Leaves `more` empty. */
void migci_add_memory(migci_memory *memory, migci_memory *more);

/* ------------------------------------ SQLite (base/sqlite.c, base/progress_handler.c) */

/* Whether SQLite is 3.38 or newer; initializes it. */
bool migci_sqlite_serves(void);
/* Calls `look` every `interval` instructions; anything but 0 ends the statement.  NULL removes it.
 * In a SQLite without the progress handler it is never called: who uses it also looks between
 * statements. */
void migci_set_progress(sqlite3 *db, int interval, int (*look)(void *), void *argument);
bool migci_has_progress(void);

/* ------------------------------------------ sums (base/sum.c, base/sum_names.c) */

/* Adds a text to `sum`, which begins as MIGCI_SUM_START.  FNV-1a of 64 bits:
 * https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
#define MIGCI_SUM_START UINT64_C(0xcbf29ce484222325)
#define MIGCI_SUM_FACTOR UINT64_C(0x100000001b3)
uint64_t migci_sum(uint64_t sum, const char *text);
/* The same without regard to case, as in names, and without some characters. */
uint64_t migci_sum_names(uint64_t sum, const char *text, const char *skipped);

/* ----------------------- paths (base/path.c, base/temporary.c, base/file_time.c) */

const char *migci_base_name(const char *path);
/* For a path without a folder it is ".".  Returns false when it does not fit. */
bool migci_folder_of(const char *path, char *folder, size_t size);
/* Whether it begins with "20261121T081500Z": the time in the name of a backup. */
bool migci_is_file_time(const char *text);
/* Deletes a temporary file, and what SQLite may have put beside it. */
void migci_drop_temporary(const char *path);
/* "file:PATH?immutable=1": opening it takes no locks and makes no files beside it.  NULL when
 * memory is out; sqlite3_free() it. */
char *migci_immutable_uri(const char *path);

/* -------------------------------------- the name of a database (base/uri.c) */

/* All databases are opened with SQLITE_OPEN_URI, so a name that begins with "file:" means the same
 * to each call and each command. */
bool migci_is_uri(const char *name);
/* The file of a database that is named by a path or a URI; "" for one in memory.  Returns false
 * when it does not fit. */
bool migci_file_of(const char *name, char *file, size_t size);
/* A URI to open the same database read-only; `immutable` as above.  NULL when memory is out;
 * sqlite3_free() it. */
char *migci_reading_uri(const char *name, bool immutable);

/* ----------------------------------------------------- session (base/session.c) */

/* Refuses a SQLite that migc cannot work with (base/sqlite.c). */
migc_code migci_require_sqlite(migci_session *session);
/* Begins a call.  Refuses what no call can work on: a NULL, another ABI, an open transaction.
 * Unpacks the set (session_local.c). */
migc_code migci_session_open(migci_session *session, sqlite3 *db, const migc_set *set,
                             const migc_options *options, migc_error *error);
/* The same, but the set stays packed. */
migc_code migci_session_open_packed(migci_session *session, sqlite3 *db, const migc_set *set,
                                    const migc_options *options, migc_error *error);
/* Likewise, for calls that work on options->remote, too. */
migc_code migci_session_open_any(migci_session *session, sqlite3 *db, const migc_set *set,
                                 const migc_options *options, migc_error *error);
/* Makes session->set one with migrations (session.c). */
migc_code migci_session_unpack(migci_session *session);
/* For a result with migrations of the set, which outlives the session: the memory of both, to be
 * freed by migci_free_all(). */
void *migci_session_keep(migci_session *session);
/* Frees what the session holds; the message and the result stay. */
void migci_session_free(migci_session *session);
/* Ends a call: completes the message, frees, fills the result; returns the code. */
migc_code migci_session_close(migci_session *session);

int64_t migci_now_us(void); /* monotonic */

/* ------------------------------------------------ statements (base/statement.c) */

/* Runs one statement.  `types` has a letter for each value that follows: 's' a
 * const char * (NULL is NULL), 'i' an int64_t, 'n' one that is NULL below 0. */
migci_outcome migci_do(migci_session *session, const char *sql, const char *types, ...);
/* The same, with a function for its rows. */
migci_outcome migci_ask(migci_session *session, migci_row_function *row, void *argument,
                        const char *sql, const char *types, ...);
/* The first cell of the first row; *value stays as it is when there is none. */
migci_outcome migci_ask_number(migci_session *session, const char *sql, int64_t *value);
/* The same for a connection that has no session; -1 for no row, or an error (ask.c). */
int64_t migci_ask_sqlite(sqlite3 *db, const char *sql);
/* Of a cell that should not be NULL; "?" if it is. */
const char *migci_cell_text(const migci_value *cell);
/* One BEGIN, without waiting; and ROLLBACK, if a transaction is open. */
migci_outcome migci_try_begin(migci_session *session, int write);
void migci_rollback(migci_session *session);
bool migci_in_transaction(migci_session *session);

/* Whether a direction of a migration runs outside transactions. */
static inline bool migci_is_outside(const migc_migration *migration, bool down) {
    unsigned flag = down ? MIGC_DOWN_NO_TRANSACTION : MIGC_UP_NO_TRANSACTION;
    return (migration->flags & flag) != 0;
}

/* What kind of transaction a direction needs.  Neighbours of the same kind share one; those with
 * MIGC_NO_TRANSACTION have none. */
static inline unsigned migci_transaction_kind(const migc_migration *migration, bool down) {
    return (migci_is_outside(migration, down) ? MIGC_NO_TRANSACTION : 0u) |
           (migration->flags & MIGC_FOREIGN_KEYS_ON);
}

/* -------------------------------------------------------- errors (base/error.c) */

/* Notes what went wrong and where; returns `code`. */
migc_code migci_fail(migci_session *session, migc_code code, const char *format, ...)
    MIGCI_PRINTF(3, 4);
/* The same at a line of the file with the step.  FILE:LINE goes before it and into the error. */
migc_code migci_fail_at(migci_session *session, migc_code code, const migc_migration *migration,
                        const migc_step *step, unsigned line, const char *format, ...)
    MIGCI_PRINTF(6, 7);
/* The message without its place. */
const char *migci_reason(const migc_error *error);
/* The same for what the driver refused; `doing` says when: "reading the history". */
migc_code migci_fail_driver(migci_session *session, const char *doing);
/* Puts into session->error what failed: a migration and a step of it; each may be NULL. */
void migci_blame(migci_session *session, const migc_migration *migration, const migc_step *step);
/* Notes that a statement of a migration failed: file, line, reason. */
migc_code migci_fail_step(migci_session *session, const migc_migration *migration,
                          const migc_step *step);
migc_code migci_code_of(int sqlite_code);
void migci_clear_error(migci_session *session);
/* Notes that memory is out, as the driver would; returns MIGCI_REFUSED. */
migci_outcome migci_lack_memory(migci_session *session);
/* The text of such a code. */
const char *migci_words_of(migc_code code);

/* -------------------------------------------------------- locking (base/lock.c) */

/* Repeats `attempt` while the database is locked, up to the deadline. */
typedef migci_outcome migci_attempt(migci_session *session);
int64_t migci_wait_us(const migc_options *options); /* how long to wait for a lock */
void migci_sleep_ms(int ms);
/* Calls options->on_open, if any, and again while it meets a lock and there is time.  Returns what
 * it returned (on_open.c). */
int migci_call_on_open(sqlite3 *db, const migc_options *options, int64_t *waited_us);
migci_outcome migci_retry(migci_session *session, migci_attempt *attempt);
/* Whether it is worth trying again: a lock, or a cluster that does not answer. */
bool migci_may_wait(const migci_driver *driver);
migci_outcome migci_commit(migci_session *session);

/* Who holds the lock on the connection's file, in words; "" if not known (lock_owner.c). */
void migci_lock_owner(sqlite3 *db, char *buffer, size_t size);
/* The name of a process's program in the system; false if not known (process.c). */
bool migci_process_name(long pid, char name[64]);
/* "process 4711 (notes)", or "another connection of this program" (process.c). */
void migci_describe_process(long pid, char *buffer, size_t size);

/* -------------------------------------------------------- events (base/event.c) */

/* Returns what the callback returned, 0 without one. */
int migci_emit(migci_session *session, const migc_event *event);
/* An event about an action of the plan. */
int migci_emit_action(migci_session *session, migc_event_type type, size_t index,
                      int64_t duration_us, const char *detail);
int migci_emit_step(migci_session *session, size_t index, unsigned number, int64_t duration_us);

/* "4.1 kB".  Returns `buffer` (size.c). */
const char *migci_size(int64_t bytes, char buffer[32]);

/* ----------------------------------------------- SQL as tokens (base/token.c) */

/* SQLite passes over it between any two tokens (sqlite3GetToken(), CC_BOM). */
#define MIGCI_BYTE_ORDER_MARK "\xEF\xBB\xBF"

typedef enum migci_token_kind {
    MIGCI_TOKEN_END,
    MIGCI_TOKEN_WORD,   /* a keyword or a name without quotes */
    MIGCI_TOKEN_NAME,   /* "a", [a], `a` */
    MIGCI_TOKEN_STRING, /* 'a' */
    MIGCI_TOKEN_NUMBER,
    MIGCI_TOKEN_BLOB,
    MIGCI_TOKEN_SIGN
} migci_token_kind;

typedef struct migci_token {
    migci_token_kind kind;
    const char *start;
    size_t length;
} migci_token;

/* A piece of SQL that SQLite has accepted, from one token to the end of another. */
typedef struct migci_text {
    const char *start, *end;
} migci_text;

migci_text migci_text_of(const char *sql);
/* Takes the next token off the text. */
migci_token migci_token_next(migci_text *text);
/* Whether it is this keyword, given in lower case, or this sign. */
bool migci_token_is(migci_token token, const char *word);

/* ------------------------------------------------------------- sets (base/set.c) */

/* The steps that an action runs (set.c). */
const migc_step *migci_action_steps(const migc_action *action, unsigned *count);
/* Whether a statement has the word in it; and whether a statement that the plan runs has it,
 * including VERIFY, or a step in C may. */
bool migci_mentions(const char *text, const char *word);
bool migci_plan_mentions(const migc_plan *plan, size_t first, size_t end, const char *word);
/* The set's migration of that version, or NULL (set.c). */
const migc_migration *migci_find(const migc_set *set, int64_t version);
/* The same, if it is likely to be at that place of the set (set.c). */
const migc_migration *migci_find_near(const migc_set *set, size_t at, int64_t version);
/* The file that has a step of it (set.c). */
const char *migci_file_of_step(const migc_migration *migration, const migc_step *step);
/* The latest version of a set that is not empty, packed or not, and the chain of all of it,
 * repeatables included (set.c). */
const char *migci_end_of_set(const migc_set *set, int64_t *version);
/* The set with migrations, in `memory` if it is packed; NULL when memory is out (unpack.c). */
const migc_set *migci_unpack_set(const migc_set *set, migci_memory *memory);

#endif
