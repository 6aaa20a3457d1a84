/*
 * alloc_slow.c - no memory, at every point of every call.
 *
 * The first allocation of a call fails, the second, and so on until the call no longer reaches the
 * one that fails.  Each fails once, and in a second round for good: then the heap has no more than
 * it ever gave out in that call.
 */
#include "cli/cli.h"
#include "database.h"
#include "image.h"
#include "modules.h"
#include "no_memory.h"
#include "packed.h"
#include "sets.h"

/* -------------------------------------------------------------------- calls */

/* What a call answered: `seen` is what it read, where it is one that reads. */
struct answer {
    migc_code code;
    migc_error error;
    int64_t seen;
};

/* One call of the API on a database that was prepared for it. */
struct call {
    void (*prepare)(sqlite3 *db);
    void (*make)(sqlite3 *db, struct answer *answer);
    int partial; /* it is not all or nothing: what a failure leaves can be gone on from */
};

static void up(sqlite3 *db, struct answer *answer) {
    answer->code = migc_up(db, &library, NULL, &answer->error);
}

static void up_packed(sqlite3 *db, struct answer *answer) {
    answer->code = migc_up(db, &packed, NULL, &answer->error);
}

static void up_resuming(sqlite3 *db, struct answer *answer) {
    migc_options options = {.flags = MIGC_RESUME};
    answer->code = migc_up(db, &vacuuming, &options, &answer->error);
}

static void up_each(sqlite3 *db, struct answer *answer) {
    migc_options options = {.flags = MIGC_EACH};
    answer->code = migc_up(db, &library, &options, &answer->error);
}

static int change_nothing(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    (void)point;
    (void)user;
    return 0;
}

static void up_watched(sqlite3 *db, struct answer *answer) {
    static const migc_hook hook = {change_nothing, NULL, NULL};
    migc_options options = {.progress = &migc_progress, .timeout_ms = 1000000, .hooks = &hook};
    answer->code = migc_up(db, &library, &options, &answer->error);
}

static void up_viewing(sqlite3 *db, struct answer *answer) {
    answer->code = migc_up(db, &viewing_2_at_4, NULL, &answer->error);
}

static void status_viewing(sqlite3 *db, struct answer *answer) {
    migc_states states;
    answer->code = migc_status(db, &viewing_2_at_4, &states, NULL, &answer->error);
    answer->seen = (int64_t)(states.repeatable_count * 100 + states.repeatable_due);
    migc_states_free(&states);
}

static void down_3(sqlite3 *db, struct answer *answer) {
    answer->code = migc_down(db, &library, 3, NULL, &answer->error);
}

static void to_2(sqlite3 *db, struct answer *answer) {
    answer->code = migc_to(db, &library, 2, NULL, &answer->error);
}

static void down_stored(sqlite3 *db, struct answer *answer) {
    answer->code = migc_down_stored(db, &library_at_2, 1, NULL, &answer->error);
}

static void redo_2(sqlite3 *db, struct answer *answer) {
    answer->code = migc_redo(db, &library, 2, NULL, &answer->error);
}

/* What a down to the start would lose. */
static void losses(sqlite3 *db, struct answer *answer) {
    migci_memory memory = {0};
    migci_loss *loss = NULL;
    migc_action actions[4];
    migc_migration migrations[4];
    memcpy(migrations, library_migrations, sizeof(migrations));
    migrations[1].down_drops = "[{\"table\":\"word\"},{\"table\":\"book\",\"column\":\"title\"}]";
    migrations[0].down_drops = "[{\"table\":\"book\"},{\"table\":\"author\"}]";
    for (size_t i = 0; i < 4; i++)
        actions[i] = (migc_action){&migrations[3 - i], 1, 0};
    if (!migci_find_losses(db, actions, 4, &memory, &loss)) {
        answer->code = answer->error.code = MIGC_NO_MEMORY;
        snprintf(answer->error.message, sizeof(answer->error.message), "not known");
    }
    for (; loss && answer->code == MIGC_OK; loss = loss->next)
        answer->seen = answer->seen * 1000 + loss->count;
    CHECK(answer->seen || answer->code != MIGC_OK);
    migci_free_all(&memory);
}

static void status(sqlite3 *db, struct answer *answer) {
    migc_states states;
    answer->code = migc_status(db, &library, &states, NULL, &answer->error);
    answer->seen = (int64_t)(states.applied * 100 + states.pending);
    migc_states_free(&states);
}

static void plan_of_all(sqlite3 *db, struct answer *answer) {
    migc_plan steps;
    answer->code = migc_plan_to(db, &library, MIGC_LATEST, &steps, NULL, &answer->error);
    answer->seen = (int64_t)steps.count;
    migc_plan_free(&steps);
}

/* The library as its program has it after 001 was edited. */
static const migc_migration *edited_migrations(void) {
    static migc_migration migrations[4];
    memcpy(migrations, library_migrations, sizeof(migrations));
    migrations[0].checksum = "xxh3:another";
    for (size_t i = 0; i < 4; i++)
        migrations[i].chain = i == 3 ? "xxh3:77777777 all" : "xxh3:66666666 some";
    return migrations;
}

static void accept_1(sqlite3 *db, struct answer *answer) {
    migc_set edited = library;
    edited.migrations = edited_migrations();
    answer->code = migc_repair(db, &edited, MIGC_REPAIR_ACCEPT, 1, NULL, &answer->error);
}

static void mark_4(sqlite3 *db, struct answer *answer) {
    answer->code = migc_repair(db, &library, MIGC_REPAIR_MARK, 4, NULL, &answer->error);
}

static void baseline_4(sqlite3 *db, struct answer *answer) {
    answer->code = migc_baseline(db, &library, 4, NULL, &answer->error);
}

static void examine(sqlite3 *db, struct answer *answer) {
    migc_faults faults;
    answer->code = migc_find_faults(db, &library, &faults, NULL, &answer->error);
    answer->seen = (int64_t)faults.count;
    migc_faults_free(&faults);
}

static void check_database(sqlite3 *db, struct answer *answer) {
    migc_checks checks;
    answer->code = migc_check(db, &library, &checks, NULL, &answer->error);
    answer->seen = (int64_t)checks.count;
    migc_checks_free(&checks);
}

static void up_modules(sqlite3 *db, struct answer *answer) {
    answer->code = migc_up_sets(db, modules, MODULES, NULL, &answer->error);
}

static void up_modules_each(sqlite3 *db, struct answer *answer) {
    migc_options options = {.flags = MIGC_EACH};
    answer->code = migc_up_sets(db, modules, MODULES, &options, &answer->error);
}

static void users_to_1(sqlite3 *db, struct answer *answer) {
    answer->code = migc_to_sets(db, modules, MODULES, 1, 1, NULL, &answer->error);
}

/* On a connection of its own. */
static void open_another(sqlite3 *db, struct answer *answer) {
    (void)db;
    migc_result result = {0};
    migc_options options = {.result = &result};
    sqlite3 *opened = NULL;
    answer->code = migc_open(":memory:", &library, &options, &opened, &answer->error);
    answer->seen = (int64_t)result.count;
    CHECK((opened != NULL) == (answer->code == MIGC_OK));
    sqlite3_close(opened);
}

/* How many rows, differences and steps it tells of. */
static int64_t told_by(const migc_rehearsal *rehearsal) {
    int64_t seen = (int64_t)(rehearsal->table_count * 100 + rehearsal->difference_count * 1000);
    for (size_t i = 0; i < rehearsal->count; i++)
        seen += (int64_t)rehearsal->migrations[i].count;
    return seen;
}

static void rehearse(sqlite3 *db, struct answer *answer) {
    migc_rehearsal rehearsal;
    answer->code = migc_rehearse(db, &library, MIGC_LATEST, &rehearsal, NULL, &answer->error);
    answer->seen = told_by(&rehearsal);
    migc_rehearsal_free(&rehearsal);
}

static void rehearse_on_copy(sqlite3 *db, struct answer *answer) {
    migc_rehearsal rehearsal;
    answer->code =
        migc_rehearse_copy(db, &library, MIGC_LATEST, NULL, &rehearsal, NULL, &answer->error);
    answer->seen = told_by(&rehearsal);
    migc_rehearsal_free(&rehearsal);
}

/* That there is none must not be said for want of memory. */
static void look_for_drift(sqlite3 *db, struct answer *answer) {
    static const char *const ignore[] = {"nothing*", NULL};
    migc_code code = migc_drift(db, &library, ignore, NULL, NULL, NULL, &answer->error);
    answer->seen = code == MIGC_DRIFTED;
    if (code == MIGC_DRIFTED)
        memset(&answer->error, 0, sizeof(answer->error));
    answer->code = answer->error.code;
}

/* A new file, of the snapshot: what is there after a failure is gone on from. */
static struct {
    struct lab lab;
    struct imaged *imaged;
    uint64_t content;
} fresh;

/* Looks at the file while memory is there. */
static void check_file(void) {
    int64_t until = allocator.until_failure;
    int reached = allocator.reached;
    fail_allocation(0, 0);
    sqlite3 *db = db_open(fresh.lab.path);
    uint64_t content = db_digest(db);
    db_close(db);
    CHECK(!fresh.content || content == fresh.content);
    fresh.content = content;
    lab_empty(&fresh.lab);
    allocator.until_failure = until;
    allocator.reached = reached;
}

static void open_file(sqlite3 *db, struct answer *answer) {
    sqlite3 *opened = NULL;
    (void)db;
    answer->code = migc_open(fresh.lab.path, &fresh.imaged->set, NULL, &opened, &answer->error);
    CHECK((opened != NULL) == (answer->code == MIGC_OK));
    sqlite3_close(opened);
    if (answer->code == MIGC_OK)
        check_file();
}

static void nothing(sqlite3 *db) {
    (void)db;
}

static void at_2(sqlite3 *db) {
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
}

static void at_4(sqlite3 *db) {
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
}

static void at_4_in_utf_16(sqlite3 *db) {
    db_exec(db, "PRAGMA encoding = 'UTF-16le'");
    at_4(db);
}

static void with_modules(sqlite3 *db) {
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
}

static void at_2_viewing(sqlite3 *db) {
    CHECK_INT(MIGC_OK, migc_up(db, &viewing_at_2, NULL, NULL));
}

/* A row that points at nothing since long before this run. */
static void at_2_violated(sqlite3 *db) {
    at_2(db);
    db_exec(db, "INSERT INTO book VALUES(9, 99, 'Orphan')");
}

static void at_4_without_history(sqlite3 *db) {
    at_4(db);
    db_exec(db, "DROP TABLE migc_migrations; DROP TABLE migc_events; PRAGMA user_version = 0");
}

/* Its row was lost. */
static void at_4_with_3(sqlite3 *db) {
    at_4(db);
    db_exec(db, "DELETE FROM migc_migrations WHERE version = 4; PRAGMA user_version = 0");
}

static void at_2_drifted(sqlite3 *db) {
    at_2(db);
    db_exec(db, "DROP INDEX book_author; CREATE TABLE extra(a)");
}

/* ----------------------------------------------------------------- checking */

static const struct call *under_test; /* with what it is compared with */
static struct {
    unsigned char *snapshot; /* of the prepared database */
    sqlite3_int64 snapshot_size;
    uint64_t before, after;
    int64_t seen;
} expected;

static void free_snapshot(void *unused) {
    (void)unused;
    sqlite3_free(expected.snapshot);
}

static void load_snapshot(sqlite3 *db) {
    unsigned char *copy = sqlite3_malloc64((sqlite3_uint64)expected.snapshot_size);
    CHECK(copy != NULL);
    memcpy(copy, expected.snapshot, (size_t)expected.snapshot_size);
    CHECK_INT(SQLITE_OK,
              sqlite3_deserialize(db, "main", copy, expected.snapshot_size, expected.snapshot_size,
                                  SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE));
    db_settings_unusual(db);
}

/* Learns the content before and after from a run that nothing disturbs. */
static void learn(const struct call *call) {
    struct answer answer = {0};
    sqlite3 *db = db_open(":memory:");
    under_test = call;
    db_exec(db, "PRAGMA application_id = 7"); /* a database that is empty has no snapshot */
    call->prepare(db);
    expected.before = db_digest(db);
    expected.snapshot = sqlite3_serialize(db, "main", &expected.snapshot_size, 0);
    CHECK(expected.snapshot != NULL);
    check_defer(free_snapshot, NULL);
    call->make(db, &answer);
    CHECK_STR("", answer.error.message);
    expected.after = db_digest(db);
    expected.seen = answer.seen;
    db_close(db);
}

static void check_answer(sqlite3 *db, const struct answer *answer) {
    uint64_t content = db_digest(db);
    if (answer->code != MIGC_OK) {
        CHECK_INT(answer->code, answer->error.code);
        CHECK(*answer->error.message);
    } else {
        CHECK_INT(expected.seen, answer->seen);
        CHECK(content == expected.after);
    }
    CHECK(under_test->partial || content == expected.before || content == expected.after);
}

static void check_next_run(sqlite3 *db) {
    struct answer answer = {0};
    under_test->make(db, &answer);
    CHECK_STR("", answer.error.message);
    if (under_test->make != down_3)
        CHECK(db_digest(db) == expected.after);
}

/* Returns 0 once the call no longer reaches that many allocations. */
static int survive(int64_t number, int stays) {
    struct answer answer = {0};
    sqlite3 *db = db_open(":memory:");
    load_snapshot(db);
    struct db_settings before = db_settings(db);
    fail_allocation(number, stays);
    under_test->make(db, &answer);
    int reached = allocator.reached;
    fail_allocation(0, 0);
    CHECK(sqlite3_get_autocommit(db));
    CHECK_STR(before.text, db_settings(db).text);
    check_answer(db, &answer);
    if (answer.code != MIGC_OK)
        check_next_run(db);
    db_close(db);
    return reached;
}

static int64_t current;
static int current_stays;

/* For whoever looks at a failure: which allocation it was. */
static void tell_current(void *unused) {
    (void)unused;
    fail_allocation(0, 0);
    if (current)
        printf("  while allocation %lld failed%s\n", (long long)current,
               current_stays ? ", and all after it" : "");
    current = 0;
}

/* The first of a call are failed one by one, later ones more and more apart; further with a
 * sanitizer, which takes four times as long to see the same paths. */
#ifdef __SANITIZE_ADDRESS__
enum { DENSE = 30 };
#else
enum { DENSE = 80 };
#endif

static void fail_each(const struct call *call) {
    install_allocator();
    learn(call);
    check_defer(tell_current, NULL);
    sqlite3_int64 used = sqlite3_memory_used();
    for (int stays = 0; stays <= 1; stays++) {
        current = 0;
        current_stays = stays;
        do
            current += 1 + current / DENSE;
        while (survive(current, stays));
        CHECK_MSG(current > 1, "nothing was allocated");
    }
    current = 0;
    CHECK_INT(used, sqlite3_memory_used());
}

#define FAIL_EACH(name, title, ...)                                                                \
    TEST(name, title) {                                                                            \
        static const struct call call = {__VA_ARGS__};                                             \
        fail_each(&call);                                                                          \
    }

FAIL_EACH(fresh_up, "N11: no memory at any point of a first up", nothing, up, 0)
FAIL_EACH(packed_up, "N11: no memory at any point of an up of a set as it is emitted", nothing,
          up_packed, 0)
FAIL_EACH(later_up, "N11: no memory at any point of an up of what is pending", at_2, up, 0)
FAIL_EACH(up_by_each, "N11: no memory while one transaction a migration is used", at_2, up_each, 1)
FAIL_EACH(watched_up, "N11: no memory at any point of an up with a deadline and hooks", at_2,
          up_watched, 0)
FAIL_EACH(violated_up, "N11: no memory where rows pointed at nothing before", at_2_violated, up, 0)
FAIL_EACH(down, "N11: no memory at any point of a down", at_4, down_3, 0)
FAIL_EACH(to, "N11: no memory on the way to a version", at_4, to_2, 0)
FAIL_EACH(stored, "N4: no memory on the way down by stored DOWNs", at_4, down_stored, 0)
FAIL_EACH(redo, "P5: no memory at any point of a redo", at_4, redo_2, 0)
FAIL_EACH(loss, "P5: no memory while what would be lost is counted", at_4_in_utf_16, losses, 0)
FAIL_EACH(repeatables, "P8 N11: no memory while repeatables make room and come back", at_2_viewing,
          up_viewing, 0)
FAIL_EACH(read_repeatables, "P8 N11: no memory while reading which repeatables are applied",
          at_2_viewing, status_viewing, 0)
FAIL_EACH(noop, "N11: no memory at any point of an up with nothing to do", at_4, up, 0)
FAIL_EACH(read_status, "N11: no memory while reading the status", at_2, status, 0)
FAIL_EACH(read_plan, "N11: no memory while planning", at_2, plan_of_all, 0)
FAIL_EACH(open_migrated, "N11: no memory while opening and migrating", nothing, open_another, 0)
FAIL_EACH(rehearsed, "N11 N7: no memory at any point of a rehearsal", at_2, rehearse, 0)
FAIL_EACH(rehearsed_copy, "N11 N7: no memory at any point of a rehearsal on a copy", at_2,
          rehearse_on_copy, 0)
FAIL_EACH(drift, "N11 N8: no memory while looking for drift", at_2_drifted, look_for_drift, 0)

TEST(open_new, "N11: no memory at any point while a new database is made of the snapshot") {
    static const struct call call = {nothing, open_file, 0};
    install_allocator();
    lab_begin(&fresh.lab);
    fresh.imaged = imaged_set(&library);
    fresh.content = 0;
    fail_each(&call);
    CHECK(fresh.content);
}

FAIL_EACH(outside, "N11: no memory outside transactions", nothing, up_resuming, 1)
FAIL_EACH(accept, "N11 C5: no memory at any point of accepting an edit", at_4, accept_1, 0)
FAIL_EACH(mark, "N11 C5: no memory at any point of marking a migration", at_4_with_3, mark_4, 0)
FAIL_EACH(baseline, "N11 C5: no memory at any point of a baseline", at_4_without_history,
          baseline_4, 0)
FAIL_EACH(examining, "N11 C5: no memory while looking for faults", at_4_with_3, examine, 0)
FAIL_EACH(checking, "N11 B10: no memory while checking the whole", at_4, check_database, 0)
FAIL_EACH(modules_up, "N11, P12: no memory while two modules go up", nothing, up_modules, 0)
FAIL_EACH(modules_each, "N11, P12: no memory while they go up one by one", nothing, up_modules_each,
          1)
FAIL_EACH(modules_noop, "N11, P12: no memory where they have nothing to do", with_modules,
          up_modules, 0)
FAIL_EACH(modules_back, "N11, P12: no memory while one of them goes back", with_modules, users_to_1,
          0)

#define TESTS(X)                                                                                   \
    X(fresh_up)                                                                                    \
    X(packed_up)                                                                                   \
    X(later_up)                                                                                    \
    X(up_by_each)                                                                                  \
    X(watched_up)                                                                                  \
    X(violated_up)                                                                                 \
    X(down)                                                                                        \
    X(to)                                                                                          \
    X(stored)                                                                                      \
    X(redo)                                                                                        \
    X(loss)                                                                                        \
    X(repeatables)                                                                                 \
    X(read_repeatables)                                                                            \
    X(noop)                                                                                        \
    X(read_status)                                                                                 \
    X(read_plan)                                                                                   \
    X(open_migrated)                                                                               \
    X(open_new)                                                                                    \
    X(outside)                                                                                     \
    X(accept)                                                                                      \
    X(mark)                                                                                        \
    X(baseline)                                                                                    \
    X(examining)                                                                                   \
    X(checking)                                                                                    \
    X(rehearsed)                                                                                   \
    X(rehearsed_copy)                                                                              \
    X(drift)                                                                                       \
    X(modules_up)                                                                                  \
    X(modules_each)                                                                                \
    X(modules_noop)                                                                                \
    X(modules_back)
CHECK_MAIN(TESTS)
