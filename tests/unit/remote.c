/*
 * What the engine does when a database's answers are lost: each migration runs once, or the run
 * stops and says what is known.  The database is local SQLite behind fault_remote.h.
 */
#include "database.h"
#include "fault_remote.h"
#include "modules.h"
#include "sets.h"

#include <base/session.h>

struct heard {
    size_t committed, rolled_back, finished;
};

static int hear(const migc_event *event, void *user) {
    struct heard *heard = user;
    heard->committed += event->type == MIGC_EVENT_COMMITTED;
    heard->rolled_back += event->type == MIGC_EVENT_ROLLED_BACK;
    heard->finished += event->type == MIGC_EVENT_FINISHED;
    return 0;
}

/* A call on a database that loses answers. */
struct call {
    sqlite3 *db;
    struct fault_remote fault;
    struct heard heard;
    migc_result result;
    migc_options options;
    migc_error error;
};

static void call_end(struct call *call) {
    sqlite3_close(call->db);
}

static void call_begin(struct call *call, unsigned flags) {
    memset(call, 0, sizeof(*call));
    CHECK_INT(SQLITE_OK, sqlite3_open(":memory:", &call->db));
    fault_open(&call->fault, call->db);
    call->options.flags = flags;
    call->options.remote = &call->fault.remote;
    call->options.result = &call->result;
    call->options.on_event = hear;
    call->options.event_user = &call->heard;
    call->options.wait_ms = -1;
}

/* What up of a local database leaves, but for times. */
static void check_like_local(struct call *call) {
    sqlite3 *local = NULL;
    migc_error error;
    CHECK_INT(SQLITE_OK, sqlite3_open(":memory:", &local));
    CHECK_INT(MIGC_OK, migc_up(local, &library, NULL, &error));
    static const char *const same[] = {
        "SELECT group_concat(sql, ';') FROM sqlite_schema WHERE name NOT LIKE 'migc!_%' ESCAPE '!'",
        "SELECT group_concat(title) FROM book",
        "SELECT group_concat(name) FROM author",
        "SELECT group_concat(version || chain) FROM migc_migrations",
        "SELECT user_version FROM pragma_user_version",
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        char expected[4000], got[4000];
        CHECK_STR(db_text(local, same[i], expected, sizeof(expected)),
                  db_text(call->db, same[i], got, sizeof(got)));
    }
    sqlite3_close(local);
}

/* Of runs with every n-th answer lost, each leaves what a local one does. */
static void check_lost_commits(unsigned flags, bool after) {
    for (unsigned every = 1; every <= 6; every++) {
        struct call call;
        call_begin(&call, flags);
        call.fault.commit_every = every;
        call.fault.after = after;
        migc_code code = migc_up(NULL, &library, &call.options, &call.error);
        if (code == MIGC_OK) {
            check_like_local(&call);
            CHECK_INT(4, call.result.count);
        } else { /* each COMMIT is lost: the run stops, with nothing done */
            CHECK_INT(1, every);
            CHECK(!after);
            CHECK_INT(MIGC_UNREACHABLE, code);
            CHECK_INT(0, db_number(call.db, "SELECT count(*) FROM sqlite_schema"));
        }
        call_end(&call);
    }
}

TEST(one_commit_lost_after,
     "N14: a COMMIT whose answer is lost and that happened is not run again") {
    check_lost_commits(0, true);
}

TEST(one_commit_lost_before, "N14: a COMMIT that is lost before it happened is run again") {
    check_lost_commits(0, false);
}

TEST(each_commit_lost_after, "N14: with a transaction each, lost answers cost nothing twice") {
    check_lost_commits(MIGC_EACH, true);
}

TEST(each_commit_lost_before, "N14: with a transaction each, what did not happen runs again") {
    check_lost_commits(MIGC_EACH, false);
}

TEST(events_follow, "N14: events and counts follow the history, not the answer") {
    struct call call;
    call_begin(&call, 0);
    call.fault.commit_every = 1;
    call.fault.after = true;
    CHECK_INT(MIGC_OK, migc_up(NULL, &library, &call.options, &call.error));
    CHECK_INT(1, call.heard.committed);
    CHECK_INT(0, call.heard.rolled_back);
    CHECK_INT(4, call.heard.finished);
    call_end(&call);
    call_begin(&call, 0);
    call.fault.commit_every = 2;
    call.fault.commits = 1; /* the first COMMIT is the one that is lost */
    CHECK_INT(MIGC_OK, migc_up(NULL, &library, &call.options, &call.error));
    CHECK_INT(1, call.heard.committed);
    CHECK_INT(1, call.heard.rolled_back);
    CHECK_INT(8, call.heard.finished);
    CHECK_INT(4, call.result.count);
    call_end(&call);
}

TEST(statements_cut,
     "N14: a connection that breaks at any statement leaves each migration run once") {
    size_t done = 0;
    for (unsigned every = 7; every <= 120; every++) {
        struct call call;
        call_begin(&call, every % 2 ? MIGC_EACH : 0);
        call.fault.statement_every = every;
        call.options.wait_ms = 0;
        migc_code code = migc_up(NULL, &library, &call.options, &call.error);
        if (code == MIGC_OK) {
            check_like_local(&call);
            done += call.fault.cuts > 0;
            call_end(&call);
            continue;
        }
        /* It was cut at one step twice, or too often: what is said to be done is. */
        CHECK_INT(MIGC_UNREACHABLE, code);
        int64_t rows =
            db_number(call.db, "SELECT count(*) FROM sqlite_schema WHERE name = 'migc_migrations'")
                ? db_number(call.db, "SELECT count(*) FROM migc_migrations")
                : 0;
        CHECK_INT(rows, call.result.count);
        call_end(&call);
    }
    CHECK_MSG(done > 10, "%zu runs were cut and came to their end", done);
}

TEST(same_step_twice,
     "N14: a step that was at work at two losses in a row stops the run and is named") {
    struct call call;
    call_begin(&call, MIGC_EACH);
    call.fault.always = "INSERT INTO author_new";
    CHECK_INT(MIGC_UNREACHABLE, migc_up(NULL, &library, &call.options, &call.error));
    CHECK_INT(2, call.fault.cuts);
    CHECK_INT(2, call.result.count);
    CHECK_CONTAINS("003_birth_years.sql:8", call.error.message);
    CHECK_CONTAINS("twice in a row", call.error.message);
    CHECK_CONTAINS("smaller steps", call.error.message);
    CHECK_INT(2, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
    call_end(&call);
}

TEST(nobody_answers, "N14: where nobody answers nothing is changed, and exit status 4 says so") {
    struct call call;
    migc_states states;
    call_begin(&call, 0);
    call.fault.down = true;
    CHECK_INT(MIGC_UNREACHABLE, migc_up(NULL, &library, &call.options, &call.error));
    CHECK_CONTAINS("the cluster does not answer", call.error.message);
    CHECK_CONTAINS("Nothing was changed", call.error.message);
    CHECK_INT(MIGC_UNREACHABLE, migc_status(NULL, &library, &states, &call.options, &call.error));
    migc_states_free(&states);
    call_end(&call);
}

TEST(down_and_redo, "N14: down and redo are exactly once, too") {
    for (unsigned every = 1; every <= 4; every++)
        for (int after = 0; after < 2; after++) {
            struct call call;
            call_begin(&call, MIGC_EACH);
            CHECK_INT(MIGC_OK, migc_up(NULL, &library, &call.options, &call.error));
            call.fault.commit_every = every;
            call.fault.after = after || every == 1;
            CHECK_INT(MIGC_OK, migc_redo(NULL, &library, 2, &call.options, &call.error));
            CHECK_INT(4, call.result.count);
            check_like_local(&call);
            CHECK_INT(MIGC_OK, migc_down(NULL, &library, 3, &call.options, &call.error));
            CHECK_INT(3, call.result.count);
            CHECK_INT(1, db_number(call.db, "SELECT max(version) FROM migc_migrations"));
            call_end(&call);
        }
}

TEST(wants_a_connection,
     "N14: a call that needs SQLite's connection is refused on another engine") {
    struct call call;
    migc_checks checks;
    call_begin(&call, 0);
    CHECK_INT(MIGC_OK, migc_up(NULL, &library, &call.options, &call.error));
    CHECK_INT(MIGC_MISUSE, migc_down_stored(NULL, &library, 1, &call.options, &call.error));
    CHECK_CONTAINS("the cluster", call.error.message);
    CHECK_INT(MIGC_MISUSE, migc_check(NULL, &library, &checks, &call.options, &call.error));
    migc_checks_free(&checks);
    CHECK_INT(MIGC_MISUSE,
              migc_drift(NULL, &library, NULL, NULL, NULL, &call.options, &call.error));
    CHECK_INT(MIGC_MISUSE, migc_baseline(NULL, &library, 4, &call.options, &call.error));
    CHECK_INT(4, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
    call_end(&call);
}

/* A step in C that runs on every engine. */
static int add_pages(migc_context *context) {
    return migc_exec(context, "UPDATE book SET title = title || '!'");
}

static int take_titles(void *user, size_t count, const char *const *texts) {
    CHECK_INT(1, count);
    snprintf(user, 64, "%s", texts[0]);
    return 0;
}

static int read_titles(migc_context *context) {
    return migc_query(context, "SELECT max(title) FROM book", take_titles, migc_user(context));
}

static int misspell(migc_context *context) {
    return migc_exec(context, "UPDATE nosuch SET x = 1");
}

/* As on an engine that is not SQLite: the fault driver is. */
static int use_connection(migc_context *context) {
    sqlite3 *hidden = context->session->driver.db;
    context->session->driver.db = NULL;
    bool used = migc_db(context) != NULL;
    context->session->driver.db = hidden;
    return used;
}

static const migc_step local_steps[] = {CALL(3, use_connection)};
static const migc_step portable_steps[] = {CALL(3, add_pages), CALL(4, read_titles)};
static const migc_step misspelt_steps[] = {CALL(3, misspell)};

TEST(steps_in_c, "N14: a step in C reads and writes by migc_exec and migc_query on any engine") {
    char title[64] = "";
    struct call call;
    call_begin(&call, 0);
    migc_migration migrations[3] = {library_migrations[0],
                                    MIGRATION(2, "002_portable", 0, 2, 0, 0, portable_steps),
                                    MIGRATION(3, "003_misspelt", 0, 1, 0, 0, misspelt_steps)};
    migc_set set = {.abi = MIGC_ABI, .name = "library", .count = 2, .migrations = migrations};
    call.options.user = title;
    CHECK_INT(MIGC_OK, migc_up(NULL, &set, &call.options, &call.error));
    CHECK_STR("The Dispossessed!", title);
    set.count = 3;
    CHECK_INT(MIGC_CALL_FAILED, migc_up(NULL, &set, &call.options, &call.error));
    CHECK_CONTAINS("no such table: nosuch", call.error.message);
    call_end(&call);
}

TEST(steps_of_one_engine, "N14: a step in C that asks for the connection is refused by name") {
    struct call call;
    call_begin(&call, 0);
    migc_migration migrations[2] = {library_migrations[0],
                                    MIGRATION(2, "002_local", 0, 1, 0, 0, local_steps)};
    migc_set set = {.abi = MIGC_ABI, .name = "library", .count = 2, .migrations = migrations};
    CHECK_INT(MIGC_CALL_FAILED, migc_up(NULL, &set, &call.options, &call.error));
    CHECK_CONTAINS("use_connection", call.error.message);
    CHECK_CONTAINS("migc_exec() and migc_query() work there", call.error.message);
    CHECK_INT(0, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
    call_end(&call);
}

/* Nothing of a plan with it runs, and nothing is in the way of one without. */
static const migc_step view_steps[] = {SQL(3, "CREATE VIEW titles AS SELECT 'Solaris' AS title"),
                                       SQL(5, "DROP VIEW titles")};
static const migc_migration views[] = {{.name = "R_titles",
                                        .file = "R_titles.sql",
                                        .checksum = "xxh3:titles",
                                        .flags = MIGC_REPEATABLE,
                                        .up_count = 1,
                                        .down_count = 1,
                                        .steps = view_steps}};
static const migc_repeatables repeatable_views = {&migc_run_repeatables, 1, views, "xxh3:bbbb0001"};

/* A repeatable has no row in the history: the chain of the last row says what became of it. */
TEST(repeatable_commit_lost, "N14: of a repeatable, too, counts and events follow what happened") {
    for (int after = 0; after < 2; after++) {
        struct call call;
        migc_set set = library;
        call_begin(&call, 0);
        CHECK_INT(MIGC_OK, migc_up(NULL, &set, &call.options, &call.error));
        memset(&call.heard, 0, sizeof(call.heard));
        set.repeatables = &repeatable_views;
        call.fault.after = after;
        call.fault.commit_every = 2;
        call.fault.commits = 1; /* the next COMMIT is the one that is lost */
        CHECK_INT(MIGC_OK, migc_up(NULL, &set, &call.options, &call.error));
        CHECK_INT(1, call.fault.lost_commits);
        CHECK_INT(1, call.result.count);
        CHECK_INT(1, call.heard.committed);
        CHECK_INT(!after, call.heard.rolled_back);
        CHECK_INT(1,
                  db_number(call.db, "SELECT count(*) FROM migc_events WHERE action = 'repeat'"));
        call_end(&call);
    }
}

/* ------------------------------------------------------------- several sets */

/* What a local run of both sets leaves, but for times. */
static void check_modules_like_local(struct call *call) {
    static const char *const same[] = {
        "SELECT group_concat(sql, ';') FROM sqlite_schema WHERE name NOT LIKE 'migc!_%' ESCAPE '!'",
        "SELECT group_concat(person || account) FROM owner",
        "SELECT group_concat(id || ifnull(nick, '-')) FROM person",
        "SELECT group_concat(set_name || version || chain) FROM migc_migrations",
        "SELECT count(*) FROM migc_events WHERE action = 'up'",
        "SELECT user_version FROM pragma_user_version",
    };
    sqlite3 *local = NULL;
    CHECK_INT(SQLITE_OK, sqlite3_open(":memory:", &local));
    CHECK_INT(MIGC_OK, migc_up_sets(local, modules, MODULES, NULL, NULL));
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        char expected[4000], got[4000];
        CHECK_STR(db_text(local, same[i], expected, sizeof(expected)),
                  db_text(call->db, same[i], got, sizeof(got)));
    }
    sqlite3_close(local);
}

TEST(sets_commits_lost, "N14: several sets go up together, and lost answers cost nothing twice") {
    for (unsigned every = 1; every <= 6; every++)
        for (int after = 0; after < 2; after++)
            for (unsigned flags = 0; flags <= MIGC_EACH; flags += MIGC_EACH) {
                struct call call;
                call_begin(&call, flags);
                call.fault.commit_every = every;
                call.fault.after = after;
                migc_code code = migc_up_sets(NULL, modules, MODULES, &call.options, &call.error);
                if (every == 1 && !after) { /* no COMMIT ever happens */
                    CHECK_INT(MIGC_UNREACHABLE, code);
                    CHECK_INT(0, call.result.count);
                    CHECK_INT(0, db_number(call.db, "SELECT count(*) FROM sqlite_schema"));
                } else {
                    CHECK_STR("", call.error.message);
                    CHECK_INT(5, call.result.count);
                    CHECK_INT(flags ? 5 : 1, call.heard.committed);
                    check_modules_like_local(&call);
                }
                call_end(&call);
            }
}

static void check_not_known(struct call *call, migc_code code) {
    CHECK_INT(MIGC_UNREACHABLE, code);
    CHECK_CONTAINS("the next start finds out which", call->error.message);
    CHECK_INT(1, call->fault.lost_commits);
}

TEST(then_nobody, "N14: where nobody answers behind a lost COMMIT, it is said to be not known") {
    for (int several = 0; several < 2; several++)
        for (unsigned flags = 0; flags <= MIGC_EACH; flags += MIGC_EACH)
            for (unsigned every = 1; every <= 1 + (flags != 0); every++) {
                struct call call;
                call_begin(&call, flags);
                call.options.wait_ms = -1;
                call.fault.commit_every = every;
                call.fault.after = call.fault.then_down = true;
                check_not_known(
                    &call, several
                               ? migc_up_sets(NULL, modules, MODULES, &call.options, &call.error)
                               : migc_up(NULL, &library_at_2, &call.options, &call.error));
                call_end(&call);
            }
}

TEST(sets_statements_cut,
     "N14: of several sets, too, a connection that breaks at any statement leaves each run once") {
    size_t done = 0;
    for (unsigned every = 7; every <= 200; every++) {
        struct call call;
        call_begin(&call, every % 2 ? MIGC_EACH : 0);
        call.fault.statement_every = every;
        call.options.wait_ms = 20;
        migc_code code = migc_up_sets(NULL, modules, MODULES, &call.options, &call.error);
        if (code == MIGC_OK) {
            check_modules_like_local(&call);
            CHECK_INT(5, call.result.count);
            done += call.fault.cuts > 0;
            call_end(&call);
            continue;
        }
        CHECK_INT(MIGC_UNREACHABLE, code);
        int64_t rows =
            db_number(call.db, "SELECT count(*) FROM sqlite_schema WHERE name = 'migc_migrations'")
                ? db_number(call.db, "SELECT count(*) FROM migc_migrations")
                : 0;
        CHECK_INT(rows, call.result.count);
        call_end(&call);
    }
    CHECK_MSG(done > 10, "%zu runs were cut and came to their end", done);
}

TEST(sets_same_step_twice, "N14: of several sets, a step at work at two losses stops the run") {
    struct call call;
    call_begin(&call, 0);
    call.fault.always = "CREATE TABLE owner";
    CHECK_INT(MIGC_UNREACHABLE, migc_up_sets(NULL, modules, MODULES, &call.options, &call.error));
    CHECK_INT(2, call.fault.cuts);
    CHECK_INT(0, call.result.count);
    CHECK_CONTAINS("003_owners.sql:3", call.error.message);
    CHECK_CONTAINS("twice in a row", call.error.message);
    CHECK_CONTAINS("The database is as it was before the run", call.error.message);
    CHECK_INT(0, db_number(call.db, "SELECT count(*) FROM sqlite_schema"));
    call_end(&call);
}

TEST(sets_down, "N14: one of several sets goes down exactly once, and not below what others need") {
    for (unsigned every = 1; every <= 4; every++) {
        struct call call;
        call_begin(&call, MIGC_EACH);
        CHECK_INT(MIGC_OK, migc_up_sets(NULL, modules, MODULES, &call.options, &call.error));
        CHECK_INT(MIGC_NEEDS,
                  migc_down_sets(NULL, modules, MODULES, 0, 1, &call.options, &call.error));
        call.fault.commit_every = every;
        call.fault.after = every % 2;
        CHECK_INT(MIGC_OK,
                  migc_down_sets(NULL, modules, MODULES, 1, 1, &call.options, &call.error));
        CHECK_INT(MIGC_OK, migc_to_sets(NULL, modules, MODULES, 0, 2, &call.options, &call.error));
        CHECK_INT(3, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
        CHECK_INT(2, db_number(call.db, "SELECT count(*) FROM migc_events WHERE action = 'down'"));
        CHECK_INT(MIGC_OK, migc_up_sets(NULL, modules, MODULES, &call.options, &call.error));
        CHECK_INT(2, call.result.count);
        CHECK_INT(5, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
        call_end(&call);
    }
}

static const migc_step index_steps[] = {SQL(3, "CREATE TABLE loose(x)"), SQL(4, "VACUUM"),
                                        SQL(6, "DROP TABLE loose")};
static const migc_step more_steps[] = {SQL(3, "CREATE TABLE more(x)"), SQL(5, "DROP TABLE more")};
static const migc_migration loose_migrations[] = {
    MIGRATION(1, "001_loose", MIGC_NO_TRANSACTION, 2, 1, 0, index_steps),
    MIGRATION(2, "002_more", 0, 1, 1, 0, more_steps),
};
static const migc_set loose = {.abi = MIGC_ABI,
                               .flags = MIGC_SET_MODULE,
                               .name = "loose",
                               .count = 2,
                               .migrations = loose_migrations,
                               .no_transaction = &migc_no_transaction};

TEST(sets_outside,
     "N14: of several sets, one outside transactions runs once or says how far it is") {
    const migc_set *const sets[] = {&loose, &core, &users};
    for (unsigned every = 1; every <= 8; every++)
        for (int after = 0; after < 2; after++) {
            struct call call;
            call_begin(&call, 0);
            call.fault.commit_every = every;
            call.fault.after = after;
            migc_code code = migc_up_sets(NULL, sets, 3, &call.options, &call.error);
            if (every == 1) {
                CHECK_CONTAINS("whether it is noted as started is not known", call.error.message);
                CHECK_INT(MIGC_UNREACHABLE, code);
            }
            call.options.flags = MIGC_RESUME;
            if (every < 4) /* else no attempt would come to its end */
                call.fault.commit_every = 0;
            for (int i = 0; i < 10 && code != MIGC_OK; i++)
                code = migc_up_sets(NULL, sets, 3, &call.options, &call.error);
            CHECK_STR("", call.error.message);
            CHECK_INT(7, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
            CHECK_INT(7,
                      db_number(call.db, "SELECT count(*) FROM migc_events WHERE action = 'up'"));
            call_end(&call);
        }
}

TEST(for_sqlite_alone, "N14: a migration for SQLite alone is refused by name in the plan already") {
    struct call call;
    migc_plan plan;
    call_begin(&call, MIGC_EACH);
    migc_migration migrations[2] = {
        library_migrations[0], MIGRATION(2, "002_local", MIGC_SQLITE_ONLY, 1, 0, 0, local_steps)};
    migc_set set = {.abi = MIGC_ABI, .name = "library", .count = 2, .migrations = migrations};
    CHECK_INT(MIGC_OTHER_ENGINE,
              migc_plan_to(NULL, &set, MIGC_LATEST, &plan, &call.options, &call.error));
    migc_plan_free(&plan);
    CHECK_CONTAINS("002_local.sql is for SQLite alone (Engine: sqlite)", call.error.message);
    CHECK_CONTAINS("use_connection", call.error.message);
    CHECK_CONTAINS("Nothing was changed", call.error.message);
    CHECK_INT(MIGC_OTHER_ENGINE, migc_up(NULL, &set, &call.options, &call.error));
    call.options.flags = MIGC_DRY_RUN;
    CHECK_INT(MIGC_OTHER_ENGINE, migc_up(NULL, &set, &call.options, &call.error));
    CHECK_INT(0, db_number(call.db, "SELECT count(*) FROM sqlite_schema"));
    call.options.flags = 0;
    CHECK_INT(MIGC_OK, migc_to(NULL, &set, 1, &call.options, &call.error));
    CHECK_INT(1, db_number(call.db, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(MIGC_CALL_FAILED, migc_up(call.db, &set, NULL, &call.error)); /* SQLite's own */
    call_end(&call);
}

#define TESTS(X)                                                                                   \
    X(one_commit_lost_after)                                                                       \
    X(one_commit_lost_before)                                                                      \
    X(each_commit_lost_after)                                                                      \
    X(each_commit_lost_before)                                                                     \
    X(events_follow)                                                                               \
    X(statements_cut)                                                                              \
    X(same_step_twice)                                                                             \
    X(nobody_answers)                                                                              \
    X(down_and_redo)                                                                               \
    X(wants_a_connection)                                                                          \
    X(steps_in_c)                                                                                  \
    X(steps_of_one_engine)                                                                         \
    X(for_sqlite_alone)                                                                            \
    X(repeatable_commit_lost)                                                                      \
    X(sets_commits_lost)                                                                           \
    X(then_nobody) X(sets_statements_cut) X(sets_same_step_twice) X(sets_down) X(sets_outside)

CHECK_MAIN(TESTS)
