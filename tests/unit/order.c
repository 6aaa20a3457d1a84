/*
 * Migrations that sort before applied ones: what each policy makes of them, and that chain
 * and stamp say "all is applied" exactly when it is.
 */
#include "database.h"
#include "sets.h"

/* Each makes a table named after it. */
#define TABLE_STEPS(n)                                                                             \
    static const migc_step steps_##n[] = {SQL(2, "CREATE TABLE t" #n "(a)"),                       \
                                          SQL(4, "DROP TABLE t" #n)};

TABLE_STEPS(1)
TABLE_STEPS(2)
TABLE_STEPS(3)
TABLE_STEPS(4)
TABLE_STEPS(5)
TABLE_STEPS(6)

/* A chain stands for all migrations up to its own, so that of 5 is another without 3 and 4. */
#define TABLE(n, its_chain)                                                                        \
    {                                                                                              \
        .version = (n), .name = "00" #n "_t" #n, .file = "00" #n "_t" #n ".sql",                   \
        .checksum = "xxh3:" #n, .chain = "xxh3:" its_chain, .up_count = 1, .down_count = 1,        \
        .steps = steps_##n                                                                         \
    }

static const migc_migration table_12345[] = {TABLE(1, "10000001"), TABLE(2, "20000012"),
                                             TABLE(3, "30000123"), TABLE(4, "40001234"),
                                             TABLE(5, "50012345"), TABLE(6, "60123456")};
static const migc_migration table_125[] = {TABLE(1, "10000001"), TABLE(2, "20000012"),
                                           TABLE(5, "50000125")};
static const migc_migration table_1235[] = {TABLE(1, "10000001"), TABLE(2, "20000012"),
                                            TABLE(3, "30000123"), TABLE(5, "50001235")};

static const migc_set set_125 = SET("tables", table_125, NULL);
static const migc_set set_1235 = SET("tables", table_1235, NULL);
static const migc_set set_123456 = SET("tables", table_12345, NULL);
static const migc_set set_12345 = {
    .abi = MIGC_ABI, .name = "tables", .count = 5, .migrations = table_12345};
static const migc_set unstamped_125 = {.abi = MIGC_ABI,
                                       .flags = MIGC_SET_NO_STAMP,
                                       .name = "tables",
                                       .count = 3,
                                       .migrations = table_125};
static const migc_set unstamped_12345 = {.abi = MIGC_ABI,
                                         .flags = MIGC_SET_NO_STAMP,
                                         .name = "tables",
                                         .count = 5,
                                         .migrations = table_12345};
static const migc_set allowing = {.abi = MIGC_ABI,
                                  .flags = MIGC_SET_ALLOW_OUT_OF_ORDER,
                                  .name = "tables",
                                  .count = 5,
                                  .migrations = table_12345};
static const migc_set skipping = {.abi = MIGC_ABI,
                                  .flags = MIGC_SET_SKIP_OUT_OF_ORDER,
                                  .name = "tables",
                                  .count = 5,
                                  .migrations = table_12345};

static const migc_options allow = {.flags = MIGC_ALLOW_OUT_OF_ORDER};
static const migc_options skip = {.flags = MIGC_SKIP_OUT_OF_ORDER};
static const migc_options refuse = {.flags = MIGC_REFUSE_OUT_OF_ORDER};

static void up(sqlite3 *db, const migc_set *set, const migc_options *options) {
    migc_error error;
    migc_up(db, set, options, &error);
    CHECK_STR("", error.message);
}

static sqlite3 *open_125(void) {
    sqlite3 *db = db_open_memory();
    up(db, &set_125, NULL);
    return db;
}

/* "1 2 5 3 4": the versions of the history, in the order they were applied. */
static void check_history(sqlite3 *db, const char *versions) {
    char text[100];
    CHECK_STR(versions, db_text(db,
                                "SELECT group_concat(version, ' ') FROM"
                                " (SELECT version FROM migc_migrations ORDER BY seq)",
                                text, sizeof(text)));
}

static void check_tables(sqlite3 *db, const char *names) {
    char text[100];
    CHECK_STR(names, db_text(db,
                             "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema"
                             " WHERE name GLOB 't[0-9]' ORDER BY name)",
                             text, sizeof(text)));
}

static const char *last_chain(sqlite3 *db) {
    static char text[100];
    return db_text(db, "SELECT chain FROM migc_migrations ORDER BY seq DESC", text, sizeof(text));
}

static int64_t stamp_of(sqlite3 *db) {
    return db_number(db, "PRAGMA user_version");
}

static int count_statement(unsigned event, void *count, void *statement, void *unused) {
    (void)event;
    (void)statement;
    (void)unused;
    ++*(int *)count;
    return 0;
}

/* Whether a start reads the header alone, which only says that all is applied; without a stamp it
 * looks at the history: the look with its two PRAGMAs, and one row. */
static int is_quick(sqlite3 *db, const migc_set *set, const migc_options *options) {
    int statements = 0;
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, &statements);
    up(db, set, options);
    sqlite3_trace_v2(db, 0, NULL, NULL);
    return statements <= (set->flags & MIGC_SET_NO_STAMP ? 4 : 1);
}

TEST(refused,
     "P7: one that sorts before an applied one is refused, and the message names the way") {
    sqlite3 *db = open_125();
    migc_error error;
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OUT_OF_ORDER, migc_up(db, &set_12345, NULL, &error));
    CHECK_STR(
        "003_t3.sql is not applied, and sorts before version 5, which is. Nothing was changed."
        " Give the pending migration a higher number and build again, or pass --out-of-order"
        " allow.",
        error.message);
    CHECK(before == db_digest(db));
}

TEST(allowed, "P7: allowed, they are applied, and the history is as good as one in order") {
    sqlite3 *db = open_125();
    up(db, &set_12345, &allow);
    check_history(db, "1 2 5 3 4");
    check_tables(db, "t1 t2 t3 t4 t5");
    CHECK_STR("xxh3:50012345", last_chain(db));
    CHECK_INT(0x50012345, stamp_of(db));
    CHECK(is_quick(db, &set_12345, NULL));
    up(db, &set_123456, NULL);
    check_history(db, "1 2 5 3 4 6");
    CHECK_STR("xxh3:60123456", last_chain(db));
}

TEST(allowed_each,
     "P7: allowed, with a transaction each, no stamp in between says that all is applied") {
    sqlite3 *db = open_125();
    migc_options options = {.flags = MIGC_ALLOW_OUT_OF_ORDER | MIGC_EACH};
    db_exec(db, "CREATE TABLE t4(in_the_way)");
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &set_12345, &options, NULL));
    check_history(db, "1 2 5 3");
    CHECK_STR("~xxh3:30000123", last_chain(db));
    CHECK_INT(0, stamp_of(db));
    CHECK(is_quick(db, &set_1235, NULL) == 0);
    db_exec(db, "DROP TABLE t4");
    up(db, &set_12345, &options);
    CHECK(is_quick(db, &set_12345, NULL));
}

TEST(skipped, "P7: skipped, they stay pending, later ones are applied, and each start looks") {
    sqlite3 *db = open_125();
    up(db, &set_12345, &skip);
    check_history(db, "1 2 5");
    up(db, &set_123456, &skip);
    check_history(db, "1 2 5 6");
    check_tables(db, "t1 t2 t5 t6");
    CHECK_STR("~xxh3:60123456", last_chain(db));
    CHECK_INT(0, stamp_of(db));
    CHECK(!is_quick(db, &set_123456, &skip));
    up(db, &set_123456, &allow);
    check_history(db, "1 2 5 6 3 4");
    CHECK(is_quick(db, &set_123456, NULL));
}

TEST(skip_is_seen,
     "P7: what is skipped is pending and out of order in the states, without a failure") {
    sqlite3 *db = open_125();
    migc_states states;
    CHECK_INT(MIGC_OK, migc_status(db, &set_12345, &states, &skip, NULL));
    CHECK_INT(5, states.count);
    CHECK_INT(2, states.pending);
    CHECK_INT(5, states.version);
    CHECK_INT(MIGC_OUT_OF_ORDER, states.states[2].problem);
    CHECK_INT(MIGC_OUT_OF_ORDER, states.states[3].problem);
    CHECK_INT(MIGC_OK, states.states[4].problem);
    migc_states_free(&states);
}

TEST(planned, "P7: the plan has what is allowed, in order of version, and lacks what is skipped") {
    sqlite3 *db = open_125();
    migc_plan steps;
    CHECK_INT(MIGC_OK, migc_plan_to(db, &set_123456, MIGC_LATEST, &steps, &allow, NULL));
    CHECK_INT(3, steps.count);
    CHECK_INT(3, steps.actions[0].migration->version);
    CHECK_INT(4, steps.actions[1].migration->version);
    CHECK_INT(6, steps.actions[2].migration->version);
    CHECK_INT(6, steps.to);
    migc_plan_free(&steps);
    CHECK_INT(MIGC_OK, migc_plan_to(db, &set_12345, MIGC_LATEST, &steps, &allow, NULL));
    CHECK_INT(5, steps.from);
    CHECK_INT(5, steps.to);
    migc_plan_free(&steps);
    CHECK_INT(MIGC_OK, migc_plan_to(db, &set_12345, MIGC_LATEST, &steps, &skip, NULL));
    CHECK_INT(0, steps.count);
    migc_plan_free(&steps);
    CHECK_INT(MIGC_OUT_OF_ORDER, migc_plan_to(db, &set_12345, MIGC_LATEST, &steps, NULL, NULL));
    migc_plan_free(&steps);
}

TEST(down, "P7: down reverts by version, whatever the order they were applied in") {
    sqlite3 *db = open_125();
    up(db, &set_12345, &allow);
    CHECK_INT(MIGC_OK, migc_down(db, &set_12345, 1, NULL, NULL));
    check_history(db, "1 2 3 4");
    CHECK_STR("xxh3:40001234", last_chain(db));
    CHECK_INT(0x40001234, stamp_of(db));
    CHECK_INT(MIGC_OK, migc_down(db, &set_12345, 1, NULL, NULL));
    check_history(db, "1 2 3");
    check_tables(db, "t1 t2 t3");
    up(db, &set_12345, NULL);
    check_history(db, "1 2 3 4 5");
    CHECK(is_quick(db, &set_12345, NULL));
}

TEST(down_with_a_gap, "P7: down with a gap in the history, and the gap closed by it") {
    sqlite3 *db = open_125();
    CHECK_INT(MIGC_OK, migc_down(db, &set_12345, 1, &skip, NULL));
    check_history(db, "1 2");
    CHECK_INT(0x20000012, stamp_of(db));
    up(db, &set_12345, NULL);
    check_history(db, "1 2 3 4 5");
    CHECK(is_quick(db, &set_12345, NULL));
}

TEST(to, "P7: to a version in a history out of order, down and up again") {
    sqlite3 *db = open_125();
    up(db, &set_12345, &allow);
    CHECK_INT(MIGC_OK, migc_to(db, &set_12345, 2, NULL, NULL));
    check_history(db, "1 2");
    check_tables(db, "t1 t2");
    CHECK_INT(0x20000012, stamp_of(db));
    CHECK_INT(MIGC_OK, migc_to(db, &set_12345, 4, NULL, NULL));
    check_history(db, "1 2 3 4");
    CHECK_INT(MIGC_OK, migc_to(db, &set_12345, 0, NULL, NULL));
    check_history(db, "");
    CHECK_INT(0, stamp_of(db));
}

TEST(to_among, "P7: to a version that has pending ones below it applies them when allowed") {
    sqlite3 *db = open_125();
    CHECK_INT(MIGC_OK, migc_to(db, &set_12345, 3, &allow, NULL));
    check_history(db, "1 2 3");
    CHECK_INT(0x30000123, stamp_of(db));
}

TEST(later_linear, "P7: a later program that knows no policy works on such a database") {
    sqlite3 *db = open_125();
    up(db, &set_1235, &allow);
    up(db, &set_12345, &allow);
    check_history(db, "1 2 5 3 4");
    migc_states states;
    CHECK_INT(MIGC_OK, migc_status(db, &set_123456, &states, NULL, NULL));
    CHECK_INT(1, states.pending);
    migc_states_free(&states);
    up(db, &set_123456, NULL);
    CHECK_INT(MIGC_OK, migc_to(db, &set_123456, 1, NULL, NULL));
    up(db, &set_123456, NULL);
    check_history(db, "1 2 3 4 5 6");
}

TEST(older_program, "P7: a program that lacks what was slipped in says that it is missing") {
    sqlite3 *db = open_125();
    up(db, &set_12345, &allow);
    CHECK_INT(MIGC_MISSING, migc_up(db, &set_125, NULL, NULL));
}

TEST(unstamped, "P7: without a stamp the last row's chain tells the same") {
    sqlite3 *db = db_open_memory();
    up(db, &unstamped_125, NULL);
    CHECK_INT(MIGC_OUT_OF_ORDER, migc_up(db, &unstamped_12345, NULL, NULL));
    up(db, &unstamped_12345, &allow);
    CHECK_STR("xxh3:50012345", last_chain(db));
    CHECK(is_quick(db, &unstamped_12345, NULL));
    CHECK_INT(0, stamp_of(db));
}

TEST(of_the_set,
     "P7: the set's own policy holds where the options have none, and they override it") {
    sqlite3 *db = open_125();
    up(db, &skipping, NULL);
    check_history(db, "1 2 5");
    CHECK_INT(MIGC_OUT_OF_ORDER, migc_up(db, &allowing, &refuse, NULL));
    CHECK_INT(MIGC_OUT_OF_ORDER, migc_up(db, &skipping, &refuse, NULL));
    up(db, &allowing, &skip);
    check_history(db, "1 2 5");
    up(db, &allowing, NULL);
    check_history(db, "1 2 5 3 4");
}

TEST(failure, "P7: a failure among them leaves all as it was, and tells the latest version") {
    sqlite3 *db = open_125();
    migc_error error;
    up(db, &set_1235, &allow);
    db_exec(db, "CREATE TABLE t4(in_the_way)");
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &set_12345, &allow, &error));
    CHECK_STR("004_t4.sql:2: table t4 already exists. The database is as it was before the run, at "
              "005_t5. If somebody made that change by hand, 'repair --mark'"
              " records the migration as applied; else correct the migration.",
              error.message);
    CHECK(before == db_digest(db));
}

#define TESTS(X)                                                                                   \
    X(refused)                                                                                     \
    X(allowed)                                                                                     \
    X(allowed_each)                                                                                \
    X(skipped)                                                                                     \
    X(skip_is_seen)                                                                                \
    X(planned)                                                                                     \
    X(down)                                                                                        \
    X(down_with_a_gap)                                                                             \
    X(to)                                                                                          \
    X(to_among)                                                                                    \
    X(later_linear)                                                                                \
    X(older_program)                                                                               \
    X(unstamped)                                                                                   \
    X(of_the_set)                                                                                  \
    X(failure)
CHECK_MAIN(TESTS)
