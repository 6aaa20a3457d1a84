/*
 * io_slow.c - the disk fails at every point of an up and of a down.
 *
 * Each write, sync, truncation, deletion and opening of a file fails in turn,
 * once and for good.  The database is looked at afterwards as the next start
 * would find it: sound, and as it was before or as it is after.
 */
#include "journey.h"

/* One thing that happens to the disk. */
struct trouble {
    const char *name;
    struct faulty_state state; /* .until counts up from 1 */
};

static const struct trouble troubles[] = {
    {"a write", {.kinds = FAULTY_WRITE}},
    {"a write for want of space", {.kinds = FAULTY_WRITE, .result = SQLITE_FULL}},
    {"a sync", {.kinds = FAULTY_SYNC}},
    {"a truncation", {.kinds = FAULTY_TRUNCATE}},
    {"a deletion", {.kinds = FAULTY_DELETE}},
    {"the answer to a deletion", {.kinds = FAULTY_DELETE, .done = 1}},
    {"the sync of a folder", {.kinds = FAULTY_DELETE, .done = 1, .result = SQLITE_IOERR_DIR_FSYNC}},
    {"an opening", {.kinds = FAULTY_OPEN}},
    {"any of them", {.kinds = FAULTY_ALL}},
    {"any of them for want of space", {.kinds = FAULTY_ALL, .result = SQLITE_FULL}},
};

/* ---------------------------------------------------------------- every point */

/* Returns 0 once the run no longer comes as far as the operation that fails. */
static int survive(const struct trouble *trouble, long number, int stays) {
    migc_error error = {0};
    journey_restart();
    faulty.kinds = 0;
    sqlite3 *db = db_open(journey_state.lab.path);
    struct db_settings before = db_settings(db);
    faulty = trouble->state;
    faulty.until = number;
    faulty.stays = stays;
    migc_code code = journey_travel(db, &error);
    int reached = faulty.reached;
    faulty.until = 0;
    faulty.kinds = 0;
    CHECK_INT(code, error.code);
    CHECK((code == MIGC_OK) == (*error.message == '\0'));
    CHECK(sqlite3_get_autocommit(db));
    CHECK_STR(before.text, db_settings(db).text);
    db_close(db);
    journey_check(code, error.message);
    return reached;
}

static char current[128];

static void tell_current(void *unused) {
    (void)unused;
    memset(&faulty, 0, sizeof(faulty));
    if (*current)
        printf("  while %s\n", current);
    *current = '\0';
}

static void fail_each(const struct trouble *trouble, int stays) {
    long number = 0;
    do {
        number++;
        snprintf(current, sizeof(current), "%s failed, number %ld%s", trouble->name, number,
                 stays ? " and all after it" : "");
    } while (survive(trouble, number, stays));
    *current = '\0';
}

static void fail_everything(const struct journey *journey) {
    journey_begin(journey);
    check_defer(tell_current, NULL);
    for (size_t i = 0; i < sizeof(troubles) / sizeof(*troubles); i++)
        for (int stays = 0; stays <= 1; stays++)
            fail_each(&troubles[i], stays);
}

#define JOURNEY(name, title, ...)                                                                  \
    TEST(name, title) {                                                                            \
        static const struct journey journey = {__VA_ARGS__};                                       \
        fail_everything(&journey);                                                                 \
    }

JOURNEY(first_journal, "N11: the disk fails in a first up, rollback journal", "DELETE", &library,
        NULL, 4)
JOURNEY(first_wal, "N11: the disk fails in a first up, write-ahead log", "WAL", &library, NULL, 4)
JOURNEY(up_journal, "N11: the disk fails in an up, rollback journal", "DELETE", &library,
        &library_at_2, 4)
JOURNEY(up_wal, "N11: the disk fails in an up, write-ahead log", "WAL", &library, &library_at_2, 4)
JOURNEY(up_truncate, "N11: the disk fails in an up, truncated journal", "TRUNCATE", &library,
        &library_at_2, 4)
JOURNEY(down_journal, "N11: the disk fails in a down, rollback journal", "DELETE", &library,
        &library, 1)
JOURNEY(down_wal, "N11: the disk fails in a down, write-ahead log", "WAL", &library, &library, 1)
JOURNEY(stored_journal, "N4: the disk fails in a down by stored DOWNs, rollback journal", "DELETE",
        &library_at_2, &library, 1)
JOURNEY(stored_wal, "N4: the disk fails in a down by stored DOWNs, write-ahead log", "WAL",
        &library_at_2, &library, 1)

/* ---------------------------------------------------------------- rehearsals */

static migc_code rehearse(sqlite3 *db, int on_copy, migc_error *error) {
    migc_rehearsal rehearsal;
    migc_code code =
        on_copy ? migc_rehearse_copy(db, &library, MIGC_LATEST, NULL, &rehearsal, NULL, error)
                : migc_rehearse(db, &library, MIGC_LATEST, &rehearsal, NULL, error);
    migc_rehearsal_free(&rehearsal);
    return code;
}

static int survive_rehearsal(const struct trouble *trouble, long number, int stays, int on_copy) {
    char text[256];
    migc_error error = {0};
    journey_restart();
    faulty.kinds = 0;
    sqlite3 *db = db_open(journey_state.lab.path);
    faulty = trouble->state;
    faulty.until = number;
    faulty.stays = stays;
    migc_code code = rehearse(db, on_copy, &error);
    int reached = faulty.reached;
    faulty.until = 0;
    faulty.kinds = 0;
    CHECK_INT(code, error.code);
    CHECK(sqlite3_get_autocommit(db));
    db_close(db);
    db = db_open(journey_state.lab.path);
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    CHECK_MSG(db_digest(db) == journey_state.before, "not as before: %s", error.message);
    db_close(db);
    return reached;
}

/* The folder can be removed at the end when no copy was left in it. */
static void fail_rehearsals(const char *journal, int on_copy) {
    const struct journey journey = {journal, &library, &library_at_2, 4};
    journey_begin(&journey);
    check_defer(tell_current, NULL);
    for (size_t i = 0; i < sizeof(troubles) / sizeof(*troubles); i++)
        for (int stays = 0; stays <= 1; stays++) {
            long number = 0;
            do
                snprintf(current, sizeof(current), "%s failed, number %ld%s", troubles[i].name,
                         ++number, stays ? " and all after it" : "");
            while (survive_rehearsal(&troubles[i], number, stays, on_copy));
        }
    *current = '\0';
    lab_empty(&journey_state.lab);
    CHECK_MSG(rmdir(journey_state.lab.folder) == 0, "a copy was left behind");
}

TEST(rehearsal_journal, "N11 N7: the disk fails in a rehearsal, rollback journal") {
    fail_rehearsals("DELETE", 0);
}

TEST(rehearsal_wal, "N11 N7: the disk fails in a rehearsal, write-ahead log") {
    fail_rehearsals("WAL", 0);
}

TEST(rehearsal_copy, "N11 N7: the disk fails in a rehearsal on a copy, which is removed") {
    fail_rehearsals("DELETE", 1);
}

static void watch_no_more(void *unused) {
    (void)unused;
    journey_state.progress = NULL;
}

TEST(watched, "N11: the disk fails in an up with a deadline") {
    static const struct journey journey = {"DELETE", &library, &library_at_2, 4};
    journey_state.progress = &migc_progress;
    check_defer(watch_no_more, NULL);
    fail_everything(&journey);
}

JOURNEY(modules_journal, "N11, P12: the disk fails while two modules go up, rollback journal",
        "DELETE", NULL, NULL, 0)
JOURNEY(modules_wal, "N11, P12: the disk fails while two modules go up, write-ahead log", "WAL",
        NULL, NULL, 0)

JOURNEY(repeatables, "P8 N11: the disk fails while repeatables make room and come back", "DELETE",
        &viewing_2_at_4, &viewing_at_2, 4)

/* ------------------------------------------------------ the answer to COMMIT */

static sqlite3 *open_for_commit(void) {
    static const struct journey journey = {"DELETE", &library, NULL, 4};
    journey_begin(&journey);
    journey_restart();
    check_defer(tell_current, NULL);
    sqlite3 *db = db_open(journey_state.lab.path);
    check_defer(db_close, db);
    return db;
}

/* In this mode the deletion of the journal is the commit. */
static migc_code lose_commit(sqlite3 *db, int done, int stays, migc_result *result,
                             migc_error *error) {
    migc_options options = {.result = result};
    memset(&faulty, 0, sizeof(faulty));
    faulty.kinds = FAULTY_DELETE;
    faulty.until = 1;
    faulty.stays = stays;
    faulty.done = done;
    migc_code code = migc_up(db, &library, &options, error);
    CHECK(faulty.reached);
    faulty.kinds = 0;
    return code;
}

TEST(commit_happened, "N11: a COMMIT that happened though its answer was lost is not run again") {
    migc_result result;
    migc_error error;
    sqlite3 *db = open_for_commit();
    CHECK_INT(MIGC_OK, lose_commit(db, 1, 0, &result, &error));
    CHECK_STR("", error.message);
    CHECK_INT(4, result.to);
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_events"));
    CHECK(db_digest(db) == journey_state.after);
}

TEST(commit_did_not, "N11: a COMMIT that did not happen and whose answer was lost is run again") {
    migc_result result;
    migc_error error;
    sqlite3 *db = open_for_commit();
    CHECK_INT(MIGC_OK, lose_commit(db, 0, 0, &result, &error));
    CHECK_STR("", error.message);
    CHECK_INT(4, result.to);
    CHECK_INT(4, result.count);
    CHECK(db_digest(db) == journey_state.after);
}

TEST(commit_never, "N11: when no COMMIT is answered the message does not claim to know the state") {
    migc_result result;
    migc_error error;
    sqlite3 *db = open_for_commit();
    CHECK_INT(MIGC_IO_ERROR, lose_commit(db, 0, 1, &result, &error));
    CHECK_CONTAINS("Each transaction is whole or undone", error.message);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK(db_digest(db) == journey_state.after);
}

#define TESTS(X)                                                                                   \
    X(first_journal)                                                                               \
    X(first_wal)                                                                                   \
    X(up_journal)                                                                                  \
    X(up_wal)                                                                                      \
    X(up_truncate)                                                                                 \
    X(down_journal)                                                                                \
    X(watched)                                                                                     \
    X(down_wal)                                                                                    \
    X(stored_journal)                                                                              \
    X(stored_wal)                                                                                  \
    X(rehearsal_journal)                                                                           \
    X(rehearsal_wal)                                                                               \
    X(rehearsal_copy)                                                                              \
    X(modules_journal)                                                                             \
    X(modules_wal)                                                                                 \
    X(repeatables)                                                                                 \
    X(commit_happened)                                                                             \
    X(commit_did_not)                                                                              \
    X(commit_never)
CHECK_MAIN(TESTS)
