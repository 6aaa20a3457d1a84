/*
 * amend_slow.c - baseline and repair as a program calls them: what they find and
 * record, who may be in the way, and what they leave alone.
 */
#include <sys/wait.h>

#include "database.h"
#include "sets.h"

static void free_faults(void *argument) {
    migc_faults_free(argument);
}

/* The faults of a database, freed when the test ends, or with the next ones. */
static const migc_faults *examine(sqlite3 *db, const migc_set *set) {
    static migc_faults faults;
    migc_error error;
    migc_faults_free(&faults);
    migc_find_faults(db, set, &faults, NULL, &error);
    check_defer(free_faults, &faults);
    CHECK_STR("", error.message);
    return &faults;
}

/* The library as its program has it after 002 was edited. */
static migc_migration edited_migrations[4];
static const migc_set edited = SET("library", edited_migrations, NULL);

static void edit_library(void) {
    memcpy(edited_migrations, library_migrations, sizeof(edited_migrations));
    edited_migrations[1].checksum = "xxh3:another";
    for (size_t i = 1; i < 4; i++)
        edited_migrations[i].chain = i == 3 ? "xxh3:77777777 all" : "xxh3:66666666 some";
}

static sqlite3 *open_library(struct lab *lab) {
    lab_begin(lab);
    sqlite3 *db = db_open(lab->path);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    return db;
}

/* -------------------------------------------------------------------- together */

static int run_accept(const char *path) {
    sqlite3 *db = NULL;
    sqlite3_open(path, &db);
    migc_code code = migc_repair(db, &edited, MIGC_REPAIR_ACCEPT, 2, NULL, NULL);
    sqlite3_close(db);
    return (int)code;
}

TEST(two_accept, "C5 N10: of two processes that accept at once one does, and one finds it done") {
    static struct lab lab;
    int codes[2], done = 0, nothing = 0;
    edit_library();
    sqlite3 *db = open_library(&lab);
    fflush(stdout);
    for (int i = 0; i < 2; i++)
        if (fork() == 0)
            _exit(run_accept(lab.path));
    for (int i = 0; i < 2; i++) {
        CHECK(wait(&codes[i]) > 0 && WIFEXITED(codes[i]));
        done += WEXITSTATUS(codes[i]) == MIGC_OK;
        nothing += WEXITSTATUS(codes[i]) == MIGC_MISUSE;
    }
    CHECK_INT(1, done);
    CHECK_INT(1, nothing);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'repair'"));
    CHECK_INT(MIGC_OK, migc_up(db, &edited, NULL, NULL));
    CHECK_INT(0x77777777, db_number(db, "PRAGMA user_version"));
}

static struct {
    const char *path;
    migc_error mark, accept, baseline;
    size_t faults;
    migc_fault_type type;
} seen;

/* From another connection, while the migration is in its middle. */
static int look_meanwhile(const migc_event *event, void *unused) {
    migc_options options = {.wait_ms = -1};
    migc_faults faults;
    (void)unused;
    if (event->type != MIGC_EVENT_STEP || event->migration->version != 2 || event->step != 1)
        return 0;
    sqlite3 *db = NULL;
    sqlite3_open(seen.path, &db);
    migc_find_faults(db, &vacuuming, &faults, NULL, NULL);
    seen.faults = faults.count;
    if (faults.count)
        seen.type = faults.faults[0].type;
    migc_faults_free(&faults);
    migc_repair(db, &vacuuming, MIGC_REPAIR_MARK, 2, &options, &seen.mark);
    migc_repair(db, &vacuuming, MIGC_REPAIR_ACCEPT, 1, &options, &seen.accept);
    migc_baseline(db, &vacuuming, 2, &options, &seen.baseline);
    sqlite3_close(db);
    return 0;
}

TEST(at_work, "C5 P4: while a process runs a migration outside transactions nothing is repaired") {
    static struct lab lab;
    char expected[256];
    lab_begin(&lab);
    seen.path = lab.path;
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    migc_options options = {.on_event = look_meanwhile};
    migc_error error;
    migc_up(db, &vacuuming, &options, &error);
    CHECK_STR("", error.message);
    CHECK_INT(1, seen.faults);
    CHECK_INT(MIGC_FAULT_RUNNING, seen.type);
    snprintf(expected, sizeof(expected), "002_vacuum is being run by process %d; waited 0.0",
             (int)getpid());
    CHECK_CONTAINS(expected, seen.mark.message);
    CHECK_INT(MIGC_LOCKED, seen.mark.code);
    CHECK_INT(MIGC_LOCKED, seen.accept.code);
    CHECK_INT(MIGC_LOCKED, seen.baseline.code);
    CHECK_INT(0, examine(db, &vacuuming)->count);
}

/* ------------------------------------------------------- resumed, and foreign keys */

static const migc_step orphaning_steps[] = {
    SQL(3, "DELETE FROM author WHERE name = 'Gone'"),
    SQL(4, "ANALYZE"),
    SQL(7, "ANALYZE"),
};

static const migc_migration orphaning_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_fewer", MIGC_NO_TRANSACTION, 2, 1, 0, orphaning_steps),
};

static const migc_set orphaning = SET("library", orphaning_migrations, &migc_no_transaction);

static int stop_in_the_middle(const migc_event *event, void *unused) {
    (void)unused;
    return event->type == MIGC_EVENT_STEP && event->migration->version == 2 && event->step == 1;
}

static sqlite3 *open_orphaned(const char *before) {
    migc_options options = {.on_event = stop_in_the_middle};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_to(db, &orphaning, 1, NULL, NULL));
    db_exec(db, "UPDATE author SET name = 'Gone' WHERE id = 1");
    db_exec(db, before);
    CHECK_INT(MIGC_STOPPED, migc_up(db, &orphaning, &options, NULL));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM pragma_foreign_key_check WHERE parent ="
                               " 'author' AND rowid <> 9"));
    return db;
}

TEST(orphans, "P4 P9: rows that an interrupted migration left without a parent are its own doing") {
    sqlite3 *db = open_orphaned("");
    migc_error error;
    for (int i = 0; i < 2; i++) { /* and it does not forget */
        CHECK_INT(MIGC_FOREIGN_KEY,
                  migc_repair(db, &orphaning, MIGC_REPAIR_RESUME, 2, NULL, &error));
        CHECK_STR("foreign keys do not hold after the run: row 1 of book points at no row of"
                  " author, and others. It runs outside transactions: 2 of its 2 statements are"
                  " done and stay. Put that right, then go on with 'up --resume' (MIGC_RESUME),"
                  " which leaves out what is done; a start without it refuses.",
                  error.message);
    }
    const migc_faults *faults = examine(db, &orphaning);
    CHECK_INT(1, faults->count);
    CHECK_STR("002_fewer.sql: applying it went through all of its statements, outside a"
              " transaction, but what follows them failed: 'history' says why",
              faults->faults[0].text);
    CHECK(faults->faults[0].step == NULL);
    CHECK_INT(MIGC_FOREIGN_KEY, migc_repair(db, &orphaning, MIGC_REPAIR_MARK, 2, NULL, &error));
    CHECK_STR("foreign keys do not hold after the run: row 1 of book points at no row of author,"
              " and others. Nothing was changed. Delete what points there, too: ON DELETE CASCADE"
              " does nothing while migrations run, unless 'Foreign-Keys: on' is in the header.",
              error.message);
    db_exec(db, "DELETE FROM book WHERE author = 1");
    CHECK_INT(MIGC_OK, migc_repair(db, &orphaning, MIGC_REPAIR_RESUME, 2, NULL, &error));
    CHECK_INT(MIGC_OK, migc_up(db, &orphaning, NULL, &error));
}

TEST(orphans_before, "P4 P9: rows without a parent before it began are not held against it") {
    sqlite3 *db = open_orphaned("INSERT INTO book VALUES(9, 99, 'Orphan')");
    migc_error error;
    migc_repair(db, &orphaning, MIGC_REPAIR_RESUME, 2, NULL, &error);
    CHECK_STR("", error.message);
}

TEST(verify, "P4 P13: VERIFY holds after a resume, or it is not recorded") {
    static migc_migration migrations[2];
    static const migc_set set = SET("library", migrations, &migc_no_transaction);
    static const migc_step steps[] = {SQL(3, "UPDATE book SET title = ''"), SQL(4, "ANALYZE"),
                                      SQL(7, "SELECT id FROM book WHERE title = ''")};
    const migc_migration bad = MIGRATION(2, "002_bad", MIGC_NO_TRANSACTION, 2, 0, 1, steps);
    migc_options options = {.on_event = stop_in_the_middle};
    migc_error error;
    sqlite3 *db = db_open_memory();
    migrations[0] = library_migrations[0];
    migrations[1] = bad;
    CHECK_INT(MIGC_STOPPED, migc_up(db, &set, &options, NULL));
    CHECK_INT(MIGC_VERIFY_FAILED, migc_repair(db, &set, MIGC_REPAIR_RESUME, 2, NULL, &error));
    CHECK_STR("002_bad.sql:7: VERIFY found a row that must not exist (1). It runs outside"
              " transactions: 2 of its 2 statements are done and stay. Put that right, then go on"
              " with 'up --resume' (MIGC_RESUME), which leaves out what is done; a start without it"
              " refuses.",
              error.message);
    db_exec(db, "UPDATE book SET title = 'x'");
    CHECK_INT(MIGC_OK, migc_repair(db, &set, MIGC_REPAIR_RESUME, 2, NULL, &error));
}

/* -------------------------------------------------------------- left as it was */

static int refuse_at(migc_context *context, migc_hook_point point, void *user) {
    return point == *(migc_hook_point *)user ? migc_fail(context, "not tonight") : 0;
}

TEST(hooks, "C5 F2: a hook that refuses leaves a baseline and a repair undone") {
    static const migc_hook_point points[] = {MIGC_BEFORE_RUN, MIGC_BEFORE_COMMIT};
    sqlite3 *db = db_open_memory();
    migc_error error;
    edit_library();
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    uint64_t before = db_digest(db);
    for (size_t i = 0; i < 2; i++) {
        migc_hook_point point = points[i];
        migc_hook hook = {refuse_at, &point, NULL};
        migc_options options = {.hooks = &hook};
        CHECK_INT(MIGC_HOOK_FAILED,
                  migc_repair(db, &edited, MIGC_REPAIR_ACCEPT, 2, &options, &error));
        CHECK_STR("a hook refused: not tonight. Nothing was changed.", error.message);
        CHECK(before == db_digest(db));
    }
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'repair'"));
}

TEST(dry, "C5 V5: a dry run of a baseline or a repair says what it would say, and writes nothing") {
    sqlite3 *db = db_open_memory();
    migc_result result = {0};
    migc_options options = {.flags = MIGC_DRY_RUN, .result = &result};
    migc_error error;
    edit_library();
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, migc_repair(db, &edited, MIGC_REPAIR_ACCEPT, 2, &options, &error));
    CHECK_INT(MIGC_MISUSE, migc_repair(db, &edited, MIGC_REPAIR_ACCEPT, 1, &options, &error));
    db_exec(db, "DELETE FROM migc_migrations WHERE version = 4");
    CHECK_INT(MIGC_OK, migc_repair(db, &library, MIGC_REPAIR_MARK, 4, &options, &error));
    CHECK_INT(MIGC_OK, migc_baseline(db, &library, MIGC_LATEST, &options, &error));
    CHECK_INT(1, result.count);
    CHECK_INT(3, result.from);
    CHECK_INT(4, result.to);
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_events"));
    CHECK_INT(MIGC_OK, migc_baseline(db, &library, MIGC_LATEST, NULL, &error));
    CHECK(before == db_digest(db));
}

TEST(application, "C5: a baseline gives the database its application_id") {
    sqlite3 *db = db_open_memory();
    migc_options options = {.application_id = 77, .flags = MIGC_FORCE};
    CHECK_INT(MIGC_OK, migc_baseline(db, &library, 2, &options, NULL));
    CHECK_INT(77, db_number(db, "PRAGMA application_id"));
    CHECK_INT(0x22220000, db_number(db, "PRAGMA user_version"));
}

/* ------------------------------------------------------------------ wrong calls */

static void check_refused(migc_code code, const char *message, migc_code got,
                          const migc_error *error) {
    CHECK_STR(message, error->message);
    CHECK_INT(code, got);
}

TEST(wrong, "C5 V6: wrong calls are refused, each with its reason") {
    static const migc_set empty = {.abi = MIGC_ABI, .name = "empty"};
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    check_refused(MIGC_MISUSE, "migc_repair() does one thing at a time, and not 6",
                  migc_repair(db, &library, (migc_remedy)6, 1, NULL, &error), &error);
    check_refused(MIGC_NO_SUCH_VERSION,
                  "neither this program nor the database has a migration with version 9. Nothing"
                  " was changed. The command status lists those there are.",
                  migc_repair(db, &library, MIGC_REPAIR_MARK, 9, NULL, &error), &error);
    check_refused(MIGC_NO_SUCH_VERSION,
                  "neither this program nor the database has a migration with version 9. Nothing"
                  " was changed. The command status lists those there are.",
                  migc_repair(db, &library, MIGC_REPAIR_RESUME, 9, NULL, &error), &error);
    check_refused(MIGC_NO_SUCH_VERSION,
                  "this program has no migration with version 9. Nothing was changed. The command"
                  " status lists those there are.",
                  migc_baseline(db, &library, 9, NULL, &error), &error);
    check_refused(MIGC_NO_SUCH_VERSION,
                  "this program has no migrations. Nothing was changed. The command status lists"
                  " those there are.",
                  migc_baseline(db_open_memory(), &empty, MIGC_LATEST, NULL, &error), &error);
    check_refused(MIGC_MISUSE,
                  "003_birth_years comes first and is not applied: mark it before, or use"
                  " 'baseline'. Nothing was changed. 'repair' lists what is wrong, and 'status'"
                  " what is applied.",
                  migc_repair(db, &library, MIGC_REPAIR_MARK, 4, NULL, &error), &error);
    check_refused(MIGC_MISUSE, "libmigc was called without a database connection",
                  migc_baseline(NULL, &library, 1, NULL, &error), &error);
}

TEST(newer, "C5 N4: a mark beside what only a newer program has names that, and is its to make") {
    sqlite3 *db = db_open_memory();
    migc_options force = {.flags = MIGC_FORCE};
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    db_exec(db, "DELETE FROM migc_migrations WHERE version = 2");
    const migc_faults *faults = examine(db, &library_at_2);
    for (size_t i = 0; i < faults->count; i++)
        CHECK_INT(0, faults->faults[i].remedies);
    migc_repair(db, &library_at_2, MIGC_REPAIR_MARK, 2, NULL, &error);
    CHECK_INT(MIGC_NEWER, error.code);
    CHECK_CONTAINS(library_migrations[3].name, error.message);
    CHECK_CONTAINS("is applied, and this program does not have it", error.message);
    CHECK_INT(MIGC_OK, migc_repair(db, &library_at_2, MIGC_REPAIR_MARK, 2, &force, NULL));
    CHECK_INT(0, examine(db, &library)->count);
}

static int refuse_call(migc_context *context) {
    return migc_fail(context, "no network here. Really");
}

TEST(replay, "C5: a set that cannot be replayed is not compared, and says why") {
    static const migc_step steps[] = {CALL(3, refuse_call)};
    static const migc_migration migrations[] = {
        MIGRATION(1, "001_call", 0, 1, 0, 0, steps),
    };
    static const migc_set set = SET("call", migrations, NULL);
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_CALL_FAILED, migc_baseline(db, &set, 1, NULL, &error));
    CHECK_STR("the schema cannot be compared with the migrations up to 001_call: replaying the"
              " migrations in memory failed: 001_call.sql:3: refuse_call() failed: no network here."
              " Really. Nothing was changed."
              " Correct the step, or the data it met.",
              error.message);
    migc_options options = {.flags = MIGC_FORCE};
    CHECK_INT(MIGC_OK, migc_baseline(db, &set, 1, &options, &error));
}

#define TESTS(X)                                                                                   \
    X(two_accept)                                                                                  \
    X(at_work)                                                                                     \
    X(orphans)                                                                                     \
    X(orphans_before)                                                                              \
    X(verify)                                                                                      \
    X(hooks)                                                                                       \
    X(dry)                                                                                         \
    X(application)                                                                                 \
    X(wrong)                                                                                       \
    X(newer)                                                                                       \
    X(replay)
CHECK_MAIN(TESTS)
