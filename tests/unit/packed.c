/*
 * packed.c - sets as migc emits them: what is unpacked of their texts, and what outlives it.
 */
#include <string.h>

#include "database.h"
#include "packed.h"

TEST(unpacked, "P3: a set that is emitted without pointers has all that a set has") {
    void *memory;
    const migc_set *set = migc_unpack(&packed, &memory);
    CHECK(set != NULL && set != &packed);
    check_defer(migc_unpack_free, memory);
    const migc_migration *two = &set->migrations[1], *view = &set->repeatables->migrations[0];
    CHECK_INT(2, set->count);
    CHECK_STR("001_one", set->migrations[0].name);
    CHECK_STR("001_one.sql", set->migrations[0].file);
    CHECK_STR("xxh3:1", set->migrations[0].checksum);
    CHECK_STR("first", set->migrations[0].description);
    CHECK(set->migrations[0].lossy == NULL && set->migrations[0].touched == NULL);
    CHECK_INT(0, set->migrations[0].flags);
    CHECK_INT(5, set->migrations[0].steps[1].line);
    CHECK_STR("fill_packed", set->migrations[0].steps[1].text);
    CHECK(set->migrations[0].steps[1].call == fill_packed);
    CHECK_INT(2, two->version);
    CHECK_INT(MIGC_NONDETERMINISTIC, two->flags);
    CHECK_STR("xxh3:aaaa0002", two->chain);
    CHECK_STR("", two->lossy);
    CHECK_STR("down/002.sql", two->down_file);
    CHECK_STR("SELECT a FROM note WHERE a = 'bad'", two->steps[3].text);
    CHECK_STR("R_view", view->name);
    CHECK_STR("", view->chain);
    CHECK_INT(MIGC_REPEATABLE, view->flags);
    CHECK_STR("DROP VIEW v", view->steps[1].text);
}

TEST(joined, "P3: a text of several strings is one again, whatever it ends with") {
    void *memory;
    const migc_set *set = migc_unpack(&packed, &memory);
    CHECK(set != NULL);
    check_defer(migc_unpack_free, memory);
    CHECK_STR("x\1", set->migrations[1].description);
    CHECK_STR("CREATE TABLE two(a, b)", set->migrations[1].steps[0].text);
    CHECK_INT(7, set->migrations[1].steps[0].line);
    CHECK(set->migrations[1].steps[0].call == NULL);
}

TEST(by_hand, "P3: a set with migrations is what it is") {
    static const migc_migration migrations[] = {{.version = 1, .name = "001_a"}};
    const migc_set set = {.abi = MIGC_ABI, .name = "hand", .count = 1, .migrations = migrations};
    migc_set other = packed;
    void *memory = &memory;
    CHECK(migc_unpack(&set, &memory) == &set);
    CHECK(memory == NULL);
    other.abi++;
    CHECK(migc_unpack(&other, &memory) == NULL);
    CHECK(memory == NULL);
}

static int see_set(const migc_event *event, void *user) {
    *(int *)user += event->set == &packed;
    return 0;
}

TEST(runs, "P3: it is applied, its events name the program's own set, and a start finds nothing") {
    int seen = 0;
    migc_result result = {0};
    const migc_options options = {.on_event = see_set, .event_user = &seen, .result = &result};
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &packed, &options, &error));
    CHECK_INT(3, result.count);
    CHECK(seen > 3);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM v WHERE a = 'by fill'"));
    seen = 0;
    CHECK_INT(MIGC_OK, migc_up(db, &packed, &options, &error));
    CHECK_INT(0, seen);
    CHECK_INT(2, result.to);
}

TEST(outlives, "V6: what an error says of a packed set is there after the call") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &packed, NULL, &error));
    CHECK_INT(MIGC_STEP_FAILED, migc_to(db, &packed, 1, NULL, &error));
    CHECK_INT(2, error.version);
    CHECK_STR("002_two", error.name);
    CHECK_INT(3, error.step);
    CHECK_INT(3, error.line);
}

TEST(files, "V6: a failure names the file in which the DOWN stands, or VERIFY") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &packed, NULL, &error));
    CHECK_INT(MIGC_STEP_FAILED, migc_to(db, &packed, 1, NULL, &error));
    CHECK_STR("down/002.sql", error.file);
    CHECK_CONTAINS("down/002.sql:3: no such table: nosuchtable.", error.message);
    CHECK_INT(MIGC_OK, migc_open(":memory:", &packed, NULL, &db, &error));
    db_exec(db, "DROP VIEW v; DROP TABLE two; INSERT INTO note VALUES('bad');"
                "DELETE FROM migc_migrations WHERE version = 2; DELETE FROM migc_events;"
                "PRAGMA user_version = 0");
    migc_code code = migc_up(db, &packed, NULL, &error);
    sqlite3_close(db);
    CHECK_INT(MIGC_VERIFY_FAILED, code);
    CHECK_STR("verify/002.sql", error.file);
    CHECK_CONTAINS("verify/002.sql:1: VERIFY found a row", error.message);
}

TEST(results, "D4: migrations in a result live as long as that") {
    sqlite3 *db = db_open_memory();
    migc_states states;
    migc_plan plan;
    CHECK_INT(MIGC_OK, migc_plan_to(db, &packed, MIGC_LATEST, &plan, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_status(db, &packed, &states, NULL, NULL));
    int same = strcmp(plan.actions[1].migration->steps[0].text, "CREATE TABLE two(a, b)") == 0 &&
               strcmp(states.states[1].migration->name, states.states[1].name) == 0;
    migc_plan_free(&plan);
    migc_states_free(&states);
    CHECK(same);
}

#define TESTS(X)                                                                                   \
    X(unpacked)                                                                                    \
    X(joined)                                                                                      \
    X(by_hand)                                                                                     \
    X(runs)                                                                                        \
    X(outlives)                                                                                    \
    X(files)                                                                                       \
    X(results)
CHECK_MAIN(TESTS)
