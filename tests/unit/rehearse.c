/*
 * rehearse.c - rehearsals by the API: what they tell, and that nothing of them stays:
 * in the file, in the history, on the connection, in the folder.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "database.h"
#include "sets.h"

/* ------------------------------------------------------------------- helpers */

struct rehearsal {
    struct lab lab;
    sqlite3 *db;
    migc_options options;
    migc_result result;
    migc_error error;
    migc_rehearsal told;
};

static void rehearsal_free(void *argument) {
    migc_rehearsal_free(argument);
}

/* A file with the library at version 2, and a connection as unusual as can be. */
static void rehearsal_begin(struct rehearsal *rehearsal) {
    memset(rehearsal, 0, sizeof(*rehearsal));
    lab_begin(&rehearsal->lab);
    rehearsal->db = db_open(rehearsal->lab.path);
    check_defer(db_close, rehearsal->db);
    CHECK_INT(MIGC_OK, migc_up(rehearsal->db, &library_at_2, NULL, NULL));
    db_settings_unusual(rehearsal->db);
    rehearsal->options.result = &rehearsal->result;
    check_defer(rehearsal_free, &rehearsal->told);
}

static migc_code rehearse(struct rehearsal *rehearsal, const migc_set *set, int64_t version) {
    migc_rehearsal_free(&rehearsal->told);
    return migc_rehearse(rehearsal->db, set, version, &rehearsal->told, &rehearsal->options,
                         &rehearsal->error);
}

static migc_code rehearse_copy(struct rehearsal *rehearsal, const migc_set *set, int64_t version) {
    migc_rehearsal_free(&rehearsal->told);
    return migc_rehearse_copy(rehearsal->db, set, version, NULL, &rehearsal->told,
                              &rehearsal->options, &rehearsal->error);
}

static uint64_t digest_file(const char *path) {
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    unsigned char block[4096];
    size_t size;
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    while ((size = fread(block, 1, sizeof(block), file)) > 0)
        digest_bytes(&digest, block, size);
    fclose(file);
    return digest;
}

/* How many files there are beside the database; its -wal and -shm are not counted. */
static int files_beside(const struct lab *lab) {
    int count = 0;
    DIR *folder = opendir(lab->folder);
    CHECK(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strstr(entry->d_name, "-rehearsal-") || strstr(entry->d_name, "-journal");
    closedir(folder);
    return count;
}

static const migc_rehearsed_table *table_of(const migc_rehearsal *told, const char *name) {
    for (size_t i = 0; i < told->table_count; i++)
        if (strcmp(told->tables[i].name, name) == 0)
            return &told->tables[i];
    check_fail(__FILE__, __LINE__, "%s is not told of", name);
}

#define CHECK_TABLE(told, name, rows_before, rows_after, in, up, del)                              \
    do {                                                                                           \
        const migc_rehearsed_table *table = table_of((told), (name));                              \
        CHECK_INT((rows_before), table->before);                                                   \
        CHECK_INT((rows_after), table->after);                                                     \
        CHECK_INT((in), table->inserted);                                                          \
        CHECK_INT((up), table->updated);                                                           \
        CHECK_INT((del), table->deleted);                                                          \
    } while (0)

/* A set of one migration behind the library's first two. */
static migc_set *library_and(const migc_migration *last) {
    static migc_migration migrations[3];
    static migc_set set = SET("library", migrations, &migc_no_transaction);
    memcpy(migrations, library_migrations, 2 * sizeof(*migrations));
    migrations[2] = *last;
    return &set;
}

/* --------------------------------------------------------------- nothing stays */

TEST(same_bytes,
     "N7: after a rehearsal the file has the same bytes, and the connection its settings") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    struct db_settings settings = db_settings(r.db);
    uint64_t bytes = digest_file(r.lab.path);
    CHECK_INT(MIGC_OK, rehearse(&r, &library, MIGC_LATEST));
    CHECK(digest_file(r.lab.path) == bytes);
    CHECK_INT(MIGC_OK, rehearse(&r, &library, 0));
    CHECK(digest_file(r.lab.path) == bytes);
    CHECK_STR(settings.text, db_settings(r.db).text);
    CHECK(sqlite3_get_autocommit(r.db));
    db_exec(r.db, "DELETE FROM book WHERE id = 5"); /* the commit hook is gone */
    CHECK_INT(4, db_number(r.db, "SELECT count(*) FROM book"));
}

TEST(same_content_in_wal,
     "N7: in a database in WAL mode a rehearsal leaves content and history as they were") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    db_exec(r.db, "PRAGMA journal_mode = WAL; PRAGMA cache_size = 2");
    sqlite3 *other = db_open(r.lab.path);
    check_defer(db_close, other);
    uint64_t before = db_digest(other);
    int64_t events = db_number(other, "SELECT count(*) FROM migc_events");
    CHECK_INT(MIGC_OK, rehearse(&r, &large, MIGC_LATEST));
    CHECK(r.told.journal_size > 4096);
    CHECK(db_digest(other) == before);
    CHECK_INT(events, db_number(other, "SELECT count(*) FROM migc_events"));
    db_exec(r.db, "PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(db_digest(other) == before);
    CHECK_INT(MIGC_OK, migc_up(other, &large, NULL, NULL));
}

static const migc_step failing_steps[] = {
    SQL(3, "DELETE FROM book"),
    SQL(4, "INSERT INTO author(name) SELECT nosuch FROM author"),
    SQL(9, "SELECT 1"),
};
static const migc_migration failing = MIGRATION(3, "003_failing", 0, 2, 1, 0, failing_steps);

TEST(fails_halfway,
     "N7: a rehearsal that fails halfway tells what was done up to there, and records nothing") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    uint64_t bytes = digest_file(r.lab.path);
    CHECK_INT(MIGC_STEP_FAILED, rehearse(&r, library_and(&failing), MIGC_LATEST));
    CHECK_STR(
        "003_failing.sql:4: no such column: nosuch. This was a rehearsal: nothing was changed."
        " Correct the migration, or the data it met.",
        r.error.message);
    CHECK(digest_file(r.lab.path) == bytes);
    CHECK_INT(1, r.told.count);
    CHECK_INT(0, r.told.migrations[0].done);
    CHECK_INT(1, r.told.migrations[0].count);
    CHECK_INT(5, r.told.migrations[0].steps[0].rows);
    CHECK_TABLE(&r.told, "book", 5, 0, 0, 0, 5);
    CHECK_INT(MIGC_STEP_FAILED, rehearse_copy(&r, library_and(&failing), MIGC_LATEST));
    CHECK_TABLE(&r.told, "book", 5, 0, 0, 0, 5);
    CHECK(digest_file(r.lab.path) == bytes);
    CHECK_INT(0, files_beside(&r.lab));
    CHECK_INT(2, db_number(r.db, "SELECT count(*) FROM migc_events"));
}

/* What no step may do; here it must not come through. */
static int commit_and_go_on(migc_context *context) {
    sqlite3_exec(migc_db(context), "DELETE FROM book; COMMIT", NULL, NULL, NULL);
    sqlite3_exec(migc_db(context), "DELETE FROM author", NULL, NULL, NULL);
    return 0;
}

static const migc_step committing_steps[] = {
    SQL(3, "DELETE FROM word"),
    CALL(4, commit_and_go_on),
    SQL(9, "SELECT 1"),
};
static const migc_migration committing = MIGRATION(3, "003_commits", 0, 2, 1, 0, committing_steps);

TEST(commit_in_c, "N7: a COMMIT by a step in C does not come through") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    uint64_t before = db_digest(r.db);
    CHECK_INT(MIGC_CALL_FAILED, rehearse(&r, library_and(&committing), MIGC_LATEST));
    CHECK_STR("003_commits.sql:4: the step ended the transaction of the run. This was a rehearsal:"
              " nothing was changed. Correct the step, or the data it met.",
              r.error.message);
    CHECK(db_digest(r.db) == before);
}

/* -------------------------------------------------------------- what it tells */

TEST(tells, "N7: a rehearsal tells of each step, table, difference, and what up would have done") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    CHECK_INT(MIGC_OK, rehearse(&r, &library, MIGC_LATEST));
    CHECK_INT(2, r.result.count);
    CHECK_INT(2, r.result.from);
    CHECK_INT(4, r.result.to);
    CHECK_INT(2, r.told.count);
    CHECK_STR("003_birth_years", r.told.migrations[0].migration->name);
    CHECK_INT(1, r.told.migrations[0].done);
    CHECK_INT(4, r.told.migrations[0].count);
    CHECK_INT(3, r.told.migrations[0].steps[1].rows);
    CHECK_INT(3, r.told.migrations[1].count);
    CHECK_INT(5, r.told.migrations[1].steps[0].rows); /* in C */
    CHECK_TABLE(&r.told, "author", 3, 3, 3, 0, 0);
    CHECK_INT(1, table_of(&r.told, "author")->remade);
    CHECK_TABLE(&r.told, "book", 5, 5, 0, 5, 0);
    CHECK_INT(2, r.told.table_count);
    CHECK_INT(0, r.told.other_rows);
    CHECK_INT(4, r.told.difference_count);
    CHECK_STR("adds column author.born", r.told.differences[0].text);
    CHECK_INT(0, r.told.key_count);
    CHECK(r.told.size_before > 0 && r.told.size_after > 0 && r.told.locked_us > 0);
    CHECK_INT(r.told.locked_us, r.told.longest_lock_us);
}

static int replace_rows(migc_context *context) {
    int code = sqlite3_exec(migc_db(context),
                            "REPLACE INTO author VALUES(1, 'Wells'), (9, 'Verne');"
                            "DELETE FROM word;"
                            "INSERT INTO word VALUES('a', 1), ('b', 2), ('c', 3)",
                            NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : migc_fail(context, "%s", sqlite3_errmsg(migc_db(context)));
}

static const migc_step counted_steps[] = {
    CALL(3, replace_rows),
    SQL(4, "INSERT INTO book(author, title) VALUES(9, 'Nautilus')"), /* its trigger writes a word */
    SQL(5, "ALTER TABLE book RENAME TO volume"),
    SQL(6, "CREATE TEMP TABLE aside AS SELECT * FROM volume"),
    SQL(7, "DELETE FROM aside"),
    SQL(9, "SELECT 1"),
};
static const migc_migration counted = MIGRATION(3, "003_counted", 0, 5, 1, 0, counted_steps);

TEST(counts_what_is_not_told, "N7: rows that SQLite does not tell of are found by counting") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    CHECK_INT(MIGC_OK, rehearse(&r, library_and(&counted), MIGC_LATEST));
    CHECK_TABLE(&r.told, "author", 3, 4, 2, 0, 1);
    CHECK_INT(4, table_of(&r.told, "word")->after);
    CHECK(r.told.other_rows > 0);
    CHECK_TABLE(&r.told, "book", 5, -1, 0, 0, 0);
    CHECK_TABLE(&r.told, "volume", -1, 6, 6, 0, 0);
    CHECK_INT(4, r.told.table_count);
    CHECK_INT(2, r.told.migrations[0].steps[1].rows);
}

TEST(nothing_to_do, "N7: with nothing to do a rehearsal takes no lock and makes no copy") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    sqlite3 *writer = db_open(r.lab.path);
    check_defer(db_close, writer);
    db_exec(writer, "BEGIN IMMEDIATE");
    CHECK_INT(MIGC_OK, rehearse(&r, &library_at_2, MIGC_LATEST));
    CHECK_INT(0, r.told.count);
    CHECK_INT(MIGC_OK, rehearse_copy(&r, &library_at_2, MIGC_LATEST));
    CHECK_INT(0, r.told.count);
    CHECK_INT(2, r.result.to);
}

/* ------------------------------------------------------- others, events, hooks */

TEST(locked, "N7: a rehearsal waits for another writer, one on a copy does not") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    sqlite3 *writer = db_open(r.lab.path);
    check_defer(db_close, writer);
    db_exec(writer, "BEGIN IMMEDIATE; DELETE FROM word");
    r.options.wait_ms = -1;
    CHECK_INT(MIGC_LOCKED, rehearse(&r, &library, MIGC_LATEST));
    CHECK_CONTAINS("the database is locked", r.error.message);
    CHECK_CONTAINS("This was a rehearsal: nothing was changed. Try again when", r.error.message);
    CHECK_INT(0, r.told.count);
    CHECK_INT(MIGC_OK, rehearse_copy(&r, &library, MIGC_LATEST));
    CHECK_INT(2, r.told.count);
    db_exec(writer, "COMMIT; BEGIN EXCLUSIVE");
    CHECK_INT(MIGC_LOCKED, rehearse_copy(&r, &library, MIGC_LATEST));
    CHECK_INT(0, files_beside(&r.lab));
}

struct heard {
    int events[MIGC_EVENT_ROLLED_BACK + 1];
    int points[MIGC_AFTER_RUN + 1];
    int stop_at; /* an event type, with a 1 added */
};

static int hear_event(const migc_event *event, void *user) {
    struct heard *heard = user;
    heard->events[event->type]++;
    return heard->stop_at == (int)event->type + 1;
}

static int hear_hook(migc_context *context, migc_hook_point point, void *user) {
    ((struct heard *)user)->points[point]++;
    return sqlite3_exec(migc_db(context), "CREATE TABLE IF NOT EXISTS hooked(a)", NULL, NULL, NULL);
}

static int refuse(migc_context *context, migc_hook_point point, void *user) {
    (void)user;
    return point == MIGC_BEFORE_COMMIT ? migc_fail(context, "not today") : 0;
}

TEST(events_and_hooks,
     "N7 F2: a rehearsal tells of no commit, and calls the hooks of the transaction only") {
    static struct rehearsal r;
    struct heard heard = {{0}, {0}, 0};
    rehearsal_begin(&r);
    migc_hook hook = {hear_hook, &heard, NULL};
    r.options.on_event = hear_event;
    r.options.event_user = &heard;
    r.options.hooks = &hook;
    CHECK_INT(MIGC_OK, rehearse(&r, &library, MIGC_LATEST));
    CHECK_INT(2, heard.events[MIGC_EVENT_STARTED]);
    CHECK_INT(7, heard.events[MIGC_EVENT_STEP]);
    CHECK_INT(2, heard.events[MIGC_EVENT_FINISHED]);
    CHECK_INT(0, heard.events[MIGC_EVENT_COMMITTED]);
    CHECK_INT(0, heard.points[MIGC_BEFORE_RUN] + heard.points[MIGC_AFTER_COMMIT] +
                     heard.points[MIGC_AFTER_RUN]);
    CHECK_INT(2, heard.points[MIGC_BEFORE_MIGRATION]);
    CHECK_INT(2, heard.points[MIGC_AFTER_MIGRATION]);
    CHECK_INT(1, heard.points[MIGC_BEFORE_COMMIT]);
    CHECK_STR("hooked", table_of(&r.told, "hooked")->name);
    CHECK_INT(0, db_number(r.db, "SELECT count(*) FROM sqlite_schema WHERE name = 'hooked'"));
    migc_hook refusing = {refuse, NULL, NULL};
    r.options.hooks = &refusing;
    CHECK_INT(MIGC_HOOK_FAILED, rehearse(&r, &library, MIGC_LATEST));
    CHECK_STR("a hook refused: not today. This was a rehearsal: nothing was changed.",
              r.error.message);
    CHECK_INT(2, r.told.migrations[0].done + r.told.migrations[1].done);
}

TEST(stopped, "N7: a rehearsal that is asked to stop leaves nothing behind") {
    static struct rehearsal r;
    struct heard heard = {{0}, {0}, MIGC_EVENT_STEP + 1};
    rehearsal_begin(&r);
    uint64_t bytes = digest_file(r.lab.path);
    r.options.on_event = hear_event;
    r.options.event_user = &heard;
    CHECK_INT(MIGC_STOPPED, rehearse(&r, &library, MIGC_LATEST));
    CHECK_STR("003_birth_years.sql: the program asked to stop. This was a rehearsal: nothing was"
              " changed. Start again at any time.",
              r.error.message);
    CHECK_INT(MIGC_STOPPED, rehearse_copy(&r, &library, MIGC_LATEST));
    CHECK(digest_file(r.lab.path) == bytes);
    CHECK_INT(0, files_beside(&r.lab));
}

/* --------------------------------------------------------------------- the copy */

TEST(copy_runs_all,
     "N7: on a copy migrations outside transactions run, and nobody else sees them") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    CHECK_INT(MIGC_OK, migc_to(r.db, &library_at_2, 1, NULL, NULL));
    uint64_t bytes = digest_file(r.lab.path);
    CHECK_INT(MIGC_MISUSE, rehearse(&r, &vacuuming, MIGC_LATEST));
    CHECK_STR(
        "002_vacuum.sql runs outside transactions, so the run cannot be rehearsed in one"
        " transaction that is rolled back. Nothing was changed. Rehearse it on a copy (--copy,"
        " migc_rehearse_copy()).",
        r.error.message);
    CHECK_INT(MIGC_OK, rehearse_copy(&r, &vacuuming, MIGC_LATEST));
    CHECK_INT(2, r.told.count);
    CHECK_INT(1, r.told.migrations[0].steps[0].rows);
    CHECK_TABLE(&r.told, "author", 3, 5, 2, 0, 0);
    CHECK_TABLE(&r.told, "counter", -1, 0, 0, 0, 0);
    CHECK(r.told.longest_lock_us < r.told.locked_us);
    CHECK(digest_file(r.lab.path) == bytes);
    CHECK_INT(0, files_beside(&r.lab));
}

/* Looks at the copy while it is there. */
struct watcher {
    struct lab *lab;
    int files, opened;
    mode_t mode;
};

static int look_at_copy(migc_context *context, migc_hook_point point, void *user) {
    struct watcher *watcher = user;
    struct stat status;
    watcher->files = files_beside(watcher->lab);
    if (point == MIGC_AFTER_MIGRATION &&
        stat(sqlite3_db_filename(migc_db(context), "main"), &status) == 0)
        watcher->mode = status.st_mode & 0777;
    return 0;
}

static int prepare(sqlite3 *db, void *user) {
    ((struct watcher *)user)->opened++;
    return sqlite3_exec(db, "PRAGMA cache_size = 10", NULL, NULL, NULL);
}

static int refuse_connection(sqlite3 *db, void *user) {
    (void)user;
    return sqlite3_exec(db, "SELECT no_such_function()", NULL, NULL, NULL);
}

TEST(copy_is_private, "N7: the copy is the owner's alone to read, and is prepared by on_open") {
    static struct rehearsal r;
    rehearsal_begin(&r);
    struct watcher watcher = {&r.lab, 0, 0, 0};
    migc_hook hook = {look_at_copy, &watcher, NULL};
    r.options.hooks = &hook;
    r.options.on_open = prepare;
    r.options.user = &watcher;
    CHECK_INT(MIGC_OK, rehearse_copy(&r, &library, MIGC_LATEST));
    CHECK(watcher.files > 0);
    CHECK_INT(1, watcher.opened);
    CHECK_INT(0600, watcher.mode);
    CHECK_INT(0, files_beside(&r.lab));
    r.options.on_open = refuse_connection;
    CHECK_INT(MIGC_STEP_FAILED, rehearse_copy(&r, &library, MIGC_LATEST));
    CHECK_STR("the copy could not be prepared (on_open): no such function: no_such_function. This"
              " was a rehearsal: nothing was changed. Correct the migration, or the data it met.",
              r.error.message);
    CHECK_INT(0, files_beside(&r.lab));
}

TEST(copy_in_memory, "N7: a database in memory is copied in memory, and misuse is told") {
    static struct rehearsal r;
    memset(&r, 0, sizeof(r));
    check_defer(rehearsal_free, &r.told);
    r.db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(r.db, &library_at_2, NULL, NULL));
    uint64_t before = db_digest(r.db);
    CHECK_INT(MIGC_OK, rehearse_copy(&r, &library, MIGC_LATEST));
    CHECK_INT(2, r.told.count);
    CHECK_INT(MIGC_OK, rehearse(&r, &library, 1));
    CHECK_INT(1, r.told.count);
    CHECK(db_digest(r.db) == before);
    CHECK_INT(MIGC_NO_SUCH_VERSION, rehearse(&r, &library, 7));
    db_exec(r.db, "BEGIN");
    CHECK_INT(MIGC_IN_TRANSACTION, rehearse(&r, &library, MIGC_LATEST));
    CHECK_INT(MIGC_IN_TRANSACTION, rehearse_copy(&r, &library, MIGC_LATEST));
    r.db = NULL;
    CHECK_INT(MIGC_MISUSE, rehearse(&r, &library, MIGC_LATEST));
    CHECK_INT(MIGC_MISUSE, rehearse_copy(&r, &library, MIGC_LATEST));
}

#define TESTS(X)                                                                                   \
    X(same_bytes)                                                                                  \
    X(same_content_in_wal)                                                                         \
    X(fails_halfway)                                                                               \
    X(commit_in_c)                                                                                 \
    X(tells)                                                                                       \
    X(counts_what_is_not_told)                                                                     \
    X(nothing_to_do)                                                                               \
    X(locked)                                                                                      \
    X(events_and_hooks)                                                                            \
    X(stopped)                                                                                     \
    X(copy_runs_all)                                                                               \
    X(copy_is_private)                                                                             \
    X(copy_in_memory)
CHECK_MAIN(TESTS)
