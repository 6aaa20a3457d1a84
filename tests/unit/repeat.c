/*
 * Repeatables: they stand on top of the numbered migrations, go before those change, and
 * run again when they change themselves.
 */
#include "database.h"
#include "sets.h"

static void up(sqlite3 *db, const migc_set *set, const migc_options *options) {
    migc_error error;
    migc_up(db, set, options, &error);
    CHECK_STR("", error.message);
}

/* The latest `count` events, oldest first: "up 003_birth_years, repeat R_catalogue". */
static void check_events(sqlite3 *db, int count, const char *events) {
    char sql[300], text[600];
    snprintf(sql, sizeof(sql),
             "SELECT group_concat(action || ' ' || name, ', ') FROM (SELECT * FROM"
             " (SELECT id, action, name FROM migc_events ORDER BY id DESC LIMIT %d) ORDER BY id)",
             count);
    CHECK_STR(events, db_text(db, sql, text, sizeof(text)));
}

static int64_t count_events(sqlite3 *db) {
    return db_number(db, "SELECT count(*) FROM migc_events");
}

static void check_columns(sqlite3 *db, const char *columns) {
    char text[100];
    CHECK_STR(columns, db_text(db, "SELECT group_concat(name) FROM pragma_table_info('catalogue')",
                               text, sizeof(text)));
}

static int has_trigger(sqlite3 *db) {
    return db_number(db, "SELECT 1 FROM sqlite_schema WHERE name = 'lend'") == 1;
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

/* Whether a start reads the header alone; without one it looks at the history: the
 * look with its two PRAGMAs, and one row. */
static int is_quick(sqlite3 *db, const migc_set *set) {
    int statements = 0;
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, &statements);
    up(db, set, NULL);
    sqlite3_trace_v2(db, 0, NULL, NULL);
    return statements <= (set->flags & MIGC_SET_NO_STAMP ? 4 : 1);
}

TEST(fresh, "P8: they run after the numbered ones, in their order, without rows in the history") {
    sqlite3 *db = db_open_memory();
    migc_result result = {0};
    up(db, &viewing_at_2, &(migc_options){.result = &result});
    check_events(db, 9,
                 "up 001_books, up 002_words, repeat R_a_seed, repeat R_catalogue,"
                 " repeat R_lending");
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(5, result.count);
    CHECK_INT(2, result.to);
    check_columns(db, "name,title");
    CHECK(has_trigger(db));
}

TEST(quick, "P8 N5: the stamp stands for them too: an unchanged start reads the header alone") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_2, NULL);
    CHECK_INT((int32_t)0xaaaa0001, stamp_of(db));
    CHECK(is_quick(db, &viewing_at_2));
    CHECK(!is_quick(db, &viewing_2_at_2));
    CHECK(is_quick(db, &viewing_2_at_2));
}

TEST(unstamped, "P8: so does the chain of the last row, in a set without a stamp") {
    sqlite3 *db = db_open_memory();
    migc_set set = viewing_at_2, changed = viewing_2_at_2;
    set.flags = changed.flags = MIGC_SET_NO_STAMP;
    up(db, &set, NULL);
    CHECK(is_quick(db, &set));
    up(db, &changed, NULL);
    check_columns(db, "title,author");
    CHECK(is_quick(db, &changed));
    CHECK_INT(0, stamp_of(db));
}

TEST(changed, "P8: the first that changed and those behind it run again, the others do not") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_2, NULL);
    int64_t events = count_events(db);
    up(db, &viewing_2_at_2, NULL);
    check_events(db, (int)(count_events(db) - events),
                 "repeat-down R_lending, repeat-down R_catalogue, repeat R_catalogue,"
                 " repeat R_lending");
    check_columns(db, "title,author");
    CHECK(has_trigger(db));
}

TEST(around, "P8: they go before a numbered one runs, and come back behind it") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_2, NULL);
    int64_t events = count_events(db);
    up(db, &viewing_2_at_4, NULL);
    check_events(db, (int)(count_events(db) - events),
                 "repeat-down R_lending, repeat-down R_catalogue, repeat-down R_a_seed,"
                 " up 003_birth_years, up 004_titles, repeat R_a_seed, repeat R_catalogue,"
                 " repeat R_lending");
    check_columns(db, "title,author");
    CHECK_INT((int32_t)0xaaaa0024, stamp_of(db));
}

TEST(one_transaction,
     "P8: they share the transaction of the numbered ones, with MIGC_EACH of the nearest") {
    sqlite3 *db = db_open_memory();
    migc_plan steps;
    migc_options each = {.flags = MIGC_EACH};
    up(db, &viewing_at_2, NULL);
    static const char begins[2][9] = {"10000000", "10001000"};
    for (int i = 0; i < 2; i++) {
        char got[9] = "";
        CHECK_INT(MIGC_OK,
                  migc_plan_to(db, &viewing_at_4, MIGC_LATEST, &steps, i ? &each : NULL, NULL));
        CHECK_INT(8, steps.count);
        for (size_t a = 0; a < steps.count; a++)
            got[a] = (char)('0' + steps.actions[a].begins_transaction);
        CHECK_STR(begins[i], got);
        migc_plan_free(&steps);
    }
}

TEST(back, "P8: below the latest version there are none, and up brings them again") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_4, NULL);
    CHECK_INT(MIGC_OK, migc_down(db, &viewing_at_4, 1, NULL, NULL));
    check_columns(db, "");
    CHECK_INT(0x33330000, stamp_of(db) & 0xffff0000);
    CHECK_INT(MIGC_OK, migc_to(db, &viewing_at_4, 4, NULL, NULL));
    check_columns(db, "name,title");
    CHECK_INT(MIGC_OK, migc_to(db, &viewing_at_4, 0, NULL, NULL));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"
                               " WHERE tbl_name NOT LIKE 'migc%'"));
    up(db, &viewing_at_4, NULL);
    CHECK(is_quick(db, &viewing_at_4));
}

static const migc_migration zero_migrations[] = {
    MIGRATION(0, "000_books", 0, 4, 2, 0, library_1),
};
static const migc_repeatables zero_views = {&migc_run_repeatables, 2, repeats_1 + 1,
                                            "xxh3:aaaa0030"};
static const migc_set zero = {.abi = MIGC_ABI,
                              .name = "library",
                              .count = 1,
                              .migrations = zero_migrations,
                              .repeatables = &zero_views};

TEST(at_zero, "P8: a migration with the number 0 is not taken for the empty database") {
    sqlite3 *db = db_open_memory();
    up(db, &zero, NULL);
    check_columns(db, "name,title");
    CHECK(is_quick(db, &zero));
    CHECK_INT(MIGC_OK, migc_down(db, &zero, 1, NULL, NULL));
    check_columns(db, "");
    CHECK_INT(MIGC_OK, migc_to(db, &zero, 0, NULL, NULL));
    check_columns(db, "");
}

static const migc_step broken_steps[] = {
    SQL(2, "DROP VIEW IF EXISTS catalogue"),
    SQL(3, "CREATE VIEW catalogue AS SELECT * FROM author"),
    SQL(4, "INSERT INTO nowhere VALUES(1)"),
    SQL(6, "DROP VIEW IF EXISTS catalogue"),
};
static const migc_migration broken_migrations[] = {
    REPEATABLE("R_a_seed", "1", 1, 1, seed_steps),
    REPEATABLE("R_catalogue", "3", 3, 1, broken_steps),
};
static const migc_repeatables broken = REPEATABLES(broken_migrations, "xxh3:aaaa0004");
static const migc_set breaking = VIEWING(4, &broken);

TEST(failure, "P8: one that fails undoes all, the numbered ones too, and says where") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    up(db, &viewing_at_2, NULL);
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &breaking, NULL, &error));
    CHECK_STR("R_catalogue.sql:4: no such table: nowhere. The database is as it was before the run,"
              " at 002_words. Correct the migration, or what somebody has changed in the schema "
              "('drift' shows it).",
              error.message);
    CHECK(before == db_digest(db));
    CHECK(is_quick(db, &viewing_at_2));
    check_events(db, 1, "failed R_catalogue");
}

TEST(status, "P8: the states tell which are applied, changed, due and unknown, and write nothing") {
    sqlite3 *db = db_open_memory();
    migc_states states;
    CHECK_INT(MIGC_OK, migc_status(db, &viewing_at_2, &states, NULL, NULL));
    CHECK_INT(3, states.repeatable_count);
    CHECK_INT(3, states.repeatable_due);
    CHECK(!states.repeatables[0].applied && !states.repeatables[0].flags);
    migc_states_free(&states);
    up(db, &viewing_at_2, NULL);
    CHECK_INT(MIGC_OK, migc_status(db, &viewing_at_2, &states, NULL, NULL));
    CHECK_INT(0, states.repeatable_due);
    CHECK_INT(2, states.count);
    CHECK(states.repeatables[1].applied && !states.repeatables[1].flags);
    CHECK(states.repeatables[1].applied_at && states.repeatables[1].duration_us >= 0);
    migc_states_free(&states);
    CHECK_INT(MIGC_OK, migc_status(db, &viewing_2_at_2, &states, NULL, NULL));
    CHECK_INT(2, states.repeatable_due);
    CHECK_INT(0, states.repeatables[0].flags);
    CHECK_INT(MIGC_CHANGED | MIGC_RUNS_AGAIN, states.repeatables[1].flags);
    CHECK_INT(MIGC_RUNS_AGAIN, states.repeatables[2].flags);
    migc_states_free(&states);
}

static const migc_repeatables seed_only = {&migc_run_repeatables, 1, repeats_1, "xxh3:aaaa0009"};
static const migc_set seeding = VIEWING(2, &seed_only);

TEST(removed, "P8: one that a later program lacks is told of and left alone") {
    sqlite3 *db = db_open_memory();
    migc_states states;
    up(db, &viewing_at_2, NULL);
    CHECK(!is_quick(db, &seeding));
    CHECK(is_quick(db, &seeding));
    check_columns(db, "name,title");
    CHECK_INT(MIGC_OK, migc_status(db, &seeding, &states, NULL, NULL));
    CHECK_INT(3, states.repeatable_count);
    CHECK_STR("R_lending", states.repeatables[1].name);
    CHECK(states.repeatables[1].applied && !states.repeatables[1].migration);
    CHECK_INT(0, states.repeatable_due);
    migc_states_free(&states);
}

TEST(none_left, "P8 N5: a later program without any leaves them, and its second start is quick") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_2, NULL);
    CHECK(!is_quick(db, &library_at_2));
    CHECK(is_quick(db, &library_at_2));
    check_columns(db, "name,title");
    int64_t events = count_events(db);
    CHECK(!is_quick(db, &viewing_at_2));
    CHECK(is_quick(db, &viewing_at_2));
    CHECK_INT(events, count_events(db));
}

TEST(without_them, "P8: where a program without them reverted and applied, all run again") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_2, NULL);
    db_exec(db, "DROP VIEW catalogue");
    CHECK_INT(MIGC_OK, migc_to(db, &library_at_2, 0, NULL, NULL));
    up(db, &library_at_2, NULL);
    up(db, &viewing_2_at_2, NULL);
    check_columns(db, "title,author");
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM word WHERE word = 'seed'"));
}

TEST(older, "P8: an older edition runs again too: each program has the views it was built for") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_2_at_2, NULL);
    up(db, &viewing_at_2, NULL);
    check_columns(db, "name,title");
    up(db, &viewing_at_4, NULL);
    CHECK_INT(MIGC_NEWER, migc_up(db, &viewing_at_2, NULL, NULL));
    check_columns(db, "name,title");
}

static const migc_migration stay_migrations[] = {
    REPEATABLE("R_catalogue", "1", 2, 0, catalogue_steps),
};
static const migc_migration stay_changed[] = {
    REPEATABLE("R_catalogue", "2", 2, 0, catalogue_2_steps),
};
static const migc_repeatables stay = REPEATABLES(stay_migrations, "xxh3:aaaa0005");
static const migc_repeatables stay_2 = REPEATABLES(stay_changed, "xxh3:aaaa0006");
static const migc_set staying = VIEWING(2, &stay);
static const migc_set staying_2 = VIEWING(2, &stay_2);

TEST(no_down, "P8: one without DOWN stays where others are reverted, and runs when it changed") {
    sqlite3 *db = db_open_memory();
    up(db, &staying, NULL);
    CHECK_INT(MIGC_OK, migc_down(db, &staying, 1, NULL, NULL));
    check_columns(db, "name,title");
    up(db, &staying_2, NULL);
    check_columns(db, "title,author");
    CHECK(is_quick(db, &staying_2));
}

static const migc_migration slipped_in[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_counter", 0, 1, 1, 0, counter_steps),
    MIGRATION(3, "003_birth_years", 0, 4, 4, 0, library_3),
};
static const migc_migration before_it[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(3, "003_birth_years", 0, 4, 4, 0, library_3),
};
static const migc_repeatables wordless = {&migc_run_repeatables, 2, repeats_1 + 1, "xxh3:aaaa0010"};
static const migc_repeatables wordless_2 = {&migc_run_repeatables, 2, repeats_2 + 1,
                                            "xxh3:aaaa0020"};
static const migc_set gap = SET("library", before_it, NULL);
static const migc_set gap_viewing = {.abi = MIGC_ABI,
                                     .name = "library",
                                     .count = 3,
                                     .migrations = slipped_in,
                                     .repeatables = &wordless};
static const migc_set gap_viewing_2 = {.abi = MIGC_ABI,
                                       .name = "library",
                                       .count = 3,
                                       .migrations = slipped_in,
                                       .repeatables = &wordless_2};

TEST(broken_chain, "P7 P8: with a migration skipped they run once, and each start looks") {
    migc_options skip = {.flags = MIGC_SKIP_OUT_OF_ORDER};
    sqlite3 *db = db_open_memory();
    up(db, &gap, NULL);
    up(db, &gap_viewing, &skip);
    check_columns(db, "name,title");
    CHECK_INT(0, stamp_of(db));
    int64_t events = count_events(db);
    up(db, &gap_viewing, &skip);
    CHECK_INT(events, count_events(db));
    up(db, &gap_viewing_2, &skip);
    check_columns(db, "title,author");
    CHECK_INT(events + 4, count_events(db));
    CHECK_INT(0, stamp_of(db));
    up(db, &gap_viewing_2, &(migc_options){.flags = MIGC_ALLOW_OUT_OF_ORDER});
    CHECK_INT((int32_t)0xaaaa0020, stamp_of(db));
    CHECK(is_quick(db, &gap_viewing_2));
}

static const migc_migration outside_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
    MIGRATION(3, "003_vacuum", MIGC_NO_TRANSACTION, 3, 1, 0, vacuum_steps),
};
static const migc_repeatables views_3 = REPEATABLES(repeats_1, "xxh3:aaaa0007");
static const migc_set outside = {.abi = MIGC_ABI,
                                 .name = "library",
                                 .count = 3,
                                 .migrations = outside_migrations,
                                 .no_transaction = &migc_no_transaction,
                                 .repeatables = &views_3};

TEST(around_outside, "P4 P8: around a migration outside transactions they have their own") {
    sqlite3 *db = db_open_memory();
    up(db, &viewing_at_2, NULL);
    up(db, &outside, NULL);
    check_columns(db, "name,title");
    CHECK(is_quick(db, &outside));
    CHECK_INT(MIGC_OK, migc_down(db, &outside, 1, NULL, NULL));
    check_columns(db, "");
    CHECK_INT(0x22220000, stamp_of(db) & 0xffff0000);
}

static const migc_migration enforced_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
    MIGRATION(3, "003_counter", MIGC_FOREIGN_KEYS_ON, 1, 1, 0, counter_steps),
};
static const migc_set enforced = {.abi = MIGC_ABI,
                                  .name = "library",
                                  .count = 3,
                                  .migrations = enforced_migrations,
                                  .repeatables = &views_3};

TEST(between,
     "P8: a failure between transactions leaves none, says so, and the next up brings them") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    up(db, &viewing_at_2, NULL);
    db_exec(db, "CREATE TABLE counter(in_the_way)");
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &enforced, NULL, &error));
    CHECK_STR("003_counter.sql:3: table counter already exists. Done before that and kept: 3; the "
              "database is at 002_words. If somebody made that change by hand, 'repair --mark'"
              " records the migration as applied; else correct the migration.",
              error.message);
    check_columns(db, "");
    CHECK_INT(0x22220000, stamp_of(db) & 0xffff0000);
    db_exec(db, "DROP TABLE counter");
    up(db, &enforced, NULL);
    check_columns(db, "name,title");
    CHECK(is_quick(db, &enforced));
}

struct race {
    sqlite3 *other;
    int ran;
};

/* Between looking and locking, another process does the same. */
static int at_begin(unsigned event, void *user, void *statement, void *unused) {
    struct race *race = user;
    (void)event;
    (void)unused;
    if (strcmp(sqlite3_sql(statement), "BEGIN IMMEDIATE") == 0 && !race->ran++)
        up(race->other, &viewing_2_at_2, NULL);
    return 0;
}

TEST(race, "P8 N10: two that start at once run what changed once") {
    static struct lab lab;
    lab_begin(&lab);
    sqlite3 *db = db_open(lab.path), *other = db_open(lab.path);
    check_defer(db_close, db);
    check_defer(db_close, other);
    struct race race = {other, 0};
    up(db, &viewing_at_2, NULL);
    int64_t events = count_events(db);
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, at_begin, &race);
    up(db, &viewing_2_at_2, NULL);
    sqlite3_trace_v2(db, 0, NULL, NULL);
    CHECK(race.ran > 0);
    CHECK_INT(events + 4, count_events(db));
    check_columns(db, "title,author");
}

TEST(dry, "P8 B4: a dry run tells of them and changes nothing") {
    sqlite3 *db = db_open_memory();
    migc_result result = {0};
    migc_options options = {.flags = MIGC_DRY_RUN, .result = &result};
    up(db, &viewing_at_2, NULL);
    uint64_t before = db_digest(db);
    up(db, &viewing_2_at_2, &options);
    CHECK_INT(4, result.count);
    CHECK(before == db_digest(db));
}

#define TESTS(X)                                                                                   \
    X(fresh)                                                                                       \
    X(quick)                                                                                       \
    X(unstamped)                                                                                   \
    X(changed)                                                                                     \
    X(around)                                                                                      \
    X(one_transaction)                                                                             \
    X(back)                                                                                        \
    X(at_zero)                                                                                     \
    X(failure)                                                                                     \
    X(status)                                                                                      \
    X(removed)                                                                                     \
    X(none_left)                                                                                   \
    X(without_them)                                                                                \
    X(older)                                                                                       \
    X(no_down)                                                                                     \
    X(broken_chain)                                                                                \
    X(around_outside)                                                                              \
    X(between)                                                                                     \
    X(race)                                                                                        \
    X(dry)
CHECK_MAIN(TESTS)
