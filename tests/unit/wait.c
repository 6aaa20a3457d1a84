/*
 * wait.c - migc_wait_current(): a program that must not migrate waits for one that does.  The
 * other one runs in the event that says what is pending, so that no test waits for time to pass.
 */
#include "database.h"
#include "modules.h"
#include "sets.h"

struct other {
    const char *path;
    const migc_set *set; /* that it migrates to; NULL: it asks the call to stop */
    int events;
    char first[40]; /* migration that was awaited */
};

static int be_the_primary(const migc_event *event, void *user) {
    struct other *other = user;
    CHECK_INT(MIGC_EVENT_PENDING, event->type);
    other->events++;
    snprintf(other->first, sizeof(other->first), "%s", event->migration->name);
    if (!other->set)
        return 1;
    sqlite3 *db = db_open(other->path);
    CHECK_INT(MIGC_OK, migc_up(db, other->set, NULL, NULL));
    sqlite3_close(db);
    return 0;
}

static sqlite3 *open_replica(const struct lab *lab, const migc_set *at, const char *journal) {
    sqlite3 *db = db_open(lab->path);
    db_exec(db, journal);
    CHECK_INT(MIGC_OK, migc_up(db, at, NULL, NULL));
    if (strstr(journal, "WAL"))
        check_defer(db_close, db); /* its files stay as long as it is open */
    else
        sqlite3_close(db);
    CHECK_INT(SQLITE_OK, sqlite3_open_v2(lab->path, &db, SQLITE_OPEN_READONLY, NULL));
    check_defer(db_close, db);
    return db;
}

static void wait_for_primary(const char *journal, unsigned flags) {
    struct lab lab;
    migc_set before = library_at_2, now = library;
    migc_result result = {0};
    migc_error error;
    before.flags = now.flags = flags;
    lab_begin(&lab);
    struct other other = {.path = lab.path, .set = &now};
    migc_options options = {
        .on_event = be_the_primary, .event_user = &other, .result = &result, .wait_ms = 600000};
    sqlite3 *db = open_replica(&lab, &before, journal);
    migc_wait_current(db, &now, &options, &error);
    CHECK_STR("", error.message);
    CHECK_INT(1, other.events);
    CHECK_STR(library_migrations[2].name, other.first);
    CHECK_INT(4, result.to);
    CHECK_INT(0, result.count);
    CHECK_INT(MIGC_OK, migc_wait_current(db, &now, &options, NULL));
    CHECK_INT(1, other.events);
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

TEST(waits, "N10 P14: a read-only connection waits until another one has migrated") {
    wait_for_primary("PRAGMA journal_mode = DELETE", 0);
}

TEST(waits_wal, "N10 P14: it sees that in WAL mode, too") {
    wait_for_primary("PRAGMA journal_mode = WAL", 0);
}

TEST(waits_no_stamp,
     "N10 P12: sets that leave user_version alone are waited for by their history") {
    wait_for_primary("PRAGMA journal_mode = DELETE", MIGC_SET_NO_STAMP);
    wait_for_primary("PRAGMA journal_mode = DELETE", MIGC_SET_MODULE);
}

TEST(time_is_up, "P14 V6: what is still pending at the deadline is named, nothing is written") {
    struct lab lab;
    migc_error error;
    lab_begin(&lab);
    sqlite3 *db = open_replica(&lab, &library_at_2, "PRAGMA journal_mode = DELETE");
    migc_options options = {.wait_ms = -1};
    CHECK_INT(MIGC_READ_ONLY, migc_wait_current(db, &library, &options, &error));
    CHECK_STR(
        "waited until another program would apply 003_birth_years, and it is still pending (2 in"
        " all). Nothing was changed. Migrate where the database can be written (on a"
        " replica's primary), then start again.",
        error.message);
    sqlite3 *writable = db_open(lab.path);
    check_defer(db_close, writable);
    CHECK_INT(MIGC_READ_ONLY, migc_wait_current(writable, &library, &options, NULL));
    CHECK_INT(0, sqlite3_total_changes(writable));
    CHECK_INT(2, db_number(writable, "SELECT count(*) FROM migc_migrations"));
}

TEST(newer_at_once, "P14: a database that is newer than the program is not waited for") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    struct other other = {0};
    migc_options options = {.on_event = be_the_primary, .event_user = &other, .wait_ms = 600000};
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(MIGC_NEWER, migc_wait_current(db, &library_at_2, &options, &error));
    CHECK_INT(0, other.events);
    CHECK_INT(MIGC_MISUSE, migc_wait_current(NULL, &library, &options, &error));
}

TEST(stops, "P14: the event stops the waiting") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    struct other other = {0};
    migc_options options = {.on_event = be_the_primary, .event_user = &other, .wait_ms = 600000};
    CHECK_INT(MIGC_STOPPED, migc_wait_current(db, &library, &options, &error));
    CHECK_CONTAINS("stopped while waiting for another program. Nothing was changed.",
                   error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

static int migrate_modules(const migc_event *event, void *user) {
    sqlite3 *db = db_open(user);
    CHECK_INT(MIGC_EVENT_PENDING, event->type);
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
    sqlite3_close(db);
    return 0;
}

TEST(waits_needs, "N10 P12: a set that needs another one waits until both are there") {
    size_t needing = 0;
    for (size_t i = 0; i < MODULES; i++) {
        struct lab lab;
        lab_begin(&lab);
        sqlite3 *db = db_open(lab.path);
        check_defer(db_close, db);
        migc_options options = {.wait_ms = -1};
        migc_code code = migc_wait_current(db, modules[i], &options, NULL);
        CHECK(code == MIGC_NEEDS || code == MIGC_READ_ONLY);
        needing += code == MIGC_NEEDS;
        options =
            (migc_options){.wait_ms = 600000, .on_event = migrate_modules, .event_user = lab.path};
        CHECK_INT(MIGC_OK, migc_wait_current(db, modules[i], &options, NULL));
    }
    CHECK(needing > 0);
}

static int count_statement(unsigned type, void *user, void *statement, void *text) {
    (void)type;
    (void)statement;
    (void)text;
    *(int *)user += 1;
    return 0;
}

TEST(header_only, "N5: a database that is current is found so by two questions to its header") {
    sqlite3 *db = db_open_memory();
    int statements = 0;
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, &statements);
    CHECK_INT(MIGC_OK, migc_wait_current(db, &library, NULL, NULL));
    CHECK_INT(2, statements);
}

#define TESTS(X)                                                                                   \
    X(waits)                                                                                       \
    X(waits_wal)                                                                                   \
    X(waits_no_stamp)                                                                              \
    X(waits_needs)                                                                                 \
    X(time_is_up)                                                                                  \
    X(newer_at_once)                                                                               \
    X(stops)                                                                                       \
    X(header_only)
CHECK_MAIN(TESTS)
