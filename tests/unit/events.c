/*
 * What the event function is told, in which order, and the ready-made ones.
 */
#include "database.h"
#include "sets.h"

struct diary {
    char text[2000];
    int64_t slowest_us;
};

/* One word an event, with the migration's version: "STARTED 1, STEP 1/4, ...". */
static int note(const migc_event *event, void *user) {
    static const char *const names[] = {
#define NAME_ROW(name) #name,
        MIGC_EVENTS(NAME_ROW)
#undef NAME_ROW
    };
    struct diary *diary = user;
    size_t used = strlen(diary->text);
    char *at = diary->text + used;
    size_t left = sizeof(diary->text) - used;
    const char *comma = used ? ", " : "";
    CHECK(event->set == &library || event->set->count > 0);
    if (event->type == MIGC_EVENT_STEP)
        snprintf(at, left, "%sSTEP %u/%u", comma, event->step, event->step_count);
    else
        snprintf(at, left, "%s%s %s%zu/%zu", comma, names[event->type], event->down ? "down " : "",
                 event->index, event->count);
    if (event->duration_us > diary->slowest_us)
        diary->slowest_us = event->duration_us;
    return 0;
}

static const migc_step shelf_steps[] = {
    SQL(3, "CREATE TABLE shelf(n)"),
    SQL(4, "INSERT INTO shelf VALUES(1)"),
    SQL(7, "DROP TABLE shelf"),
};
static const migc_step broken_steps[] = {SQL(3, "INSERT INTO nowhere VALUES(1)")};
static const migc_migration migrations[] = {
    MIGRATION(1, "001_shelf", 0, 2, 1, 0, shelf_steps),
    MIGRATION(2, "002_counter", 0, 1, 1, 0, counter_steps),
    MIGRATION(3, "003_broken", 0, 1, 0, 0, broken_steps),
};
static const migc_set shelves = {
    .abi = MIGC_ABI, .name = "shelves", .count = 2, .migrations = migrations};
static const migc_set broken = {
    .abi = MIGC_ABI, .name = "shelves", .count = 3, .migrations = migrations};

TEST(order_up, "C1: up tells of each migration, each step and the commit") {
    struct diary diary = {"", 0};
    migc_options options = {.on_event = note, .event_user = &diary};
    CHECK_INT(MIGC_OK, migc_up(db_open_memory(), &shelves, &options, NULL));
    CHECK_STR("STARTED 1/2, STEP 1/2, STEP 2/2, FINISHED 1/2, STARTED 2/2, STEP 1/1,"
              " FINISHED 2/2, COMMITTED 2/2",
              diary.text);
    CHECK(diary.slowest_us > 0);
}

TEST(order_each, "C1: with MIGC_EACH each migration is committed by itself") {
    struct diary diary = {"", 0};
    migc_options options = {.flags = MIGC_EACH, .on_event = note, .event_user = &diary};
    CHECK_INT(MIGC_OK, migc_up(db_open_memory(), &shelves, &options, NULL));
    CHECK_STR("STARTED 1/2, STEP 1/2, STEP 2/2, FINISHED 1/2, COMMITTED 1/2, STARTED 2/2,"
              " STEP 1/1, FINISHED 2/2, COMMITTED 2/2",
              diary.text);
}

TEST(order_down, "D4: down tells of the newest first") {
    struct diary diary = {"", 0};
    migc_options options = {.on_event = note, .event_user = &diary};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &shelves, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_down(db, &shelves, 2, &options, NULL));
    CHECK_STR("STARTED down 1/2, STEP 1/1, FINISHED down 1/2, STARTED down 2/2, STEP 1/1,"
              " FINISHED down 2/2, COMMITTED down 2/2",
              diary.text);
}

TEST(order_failed, "C1: a failed run ends with what was rolled back") {
    struct diary diary = {"", 0};
    migc_options options = {.on_event = note, .event_user = &diary};
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db_open_memory(), &broken, &options, NULL));
    CHECK_STR("STARTED 1/3, STEP 1/2, STEP 2/2, FINISHED 1/3, STARTED 2/3, STEP 1/1,"
              " FINISHED 2/3, STARTED 3/3, ROLLED_BACK 1/3",
              diary.text);
}

TEST(order_dry, "V5: a dry run tells only what would run") {
    struct diary diary = {"", 0};
    migc_options options = {.flags = MIGC_DRY_RUN, .on_event = note, .event_user = &diary};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &shelves, &options, NULL));
    CHECK_STR("PLANNED 1/2, PLANNED 2/2", diary.text);
}

TEST(order_nothing, "N5: with nothing to do nothing is told") {
    struct diary diary = {"", 0};
    migc_options options = {.on_event = note, .event_user = &diary};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &shelves, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(db, &shelves, &options, NULL));
    CHECK_STR("", diary.text);
}

static int stop_at_finish(const migc_event *event, void *user) {
    (void)user;
    return event->type == MIGC_EVENT_FINISHED && event->index == 2;
}

TEST(hook_stops, "F2: a hook after a migration can undo the run") {
    sqlite3 *db = db_open_memory();
    migc_options options = {.on_event = stop_at_finish};
    migc_error error;
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_STOPPED, migc_up(db, &shelves, &options, &error));
    CHECK_STR("002_counter.sql: the program asked to stop. The database is as it was before the "
              "run, at the"
              " beginning. Start again at any time.",
              error.message);
    CHECK(before == db_digest(db));
}

TEST(words, "C1: the ready-made event function prints a line an event") {
    char *text = NULL;
    size_t size = 0;
    sqlite3 *db = db_open_memory();
    FILE *stream = open_memstream(&text, &size);
    migc_options options = {.on_event = migc_print_event, .event_user = stream};
    CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &broken, &options, NULL));
    fclose(stream);
    check_defer(free, text);
    CHECK_CONTAINS("shelves: [1/3] applying 001_shelf\n"
                   "shelves: [1/3] 001_shelf.sql:3: step 1 of 2, ",
                   text);
    CHECK_CONTAINS("\nshelves: [1/3] 001_shelf.sql:4: step 2 of 2, ", text);
    CHECK_CONTAINS("\nshelves: [1/3] applied 001_shelf, ", text);
    CHECK_CONTAINS("shelves: [3/3] applying 003_broken\n"
                   "shelves: rolled back: 003_broken.sql:3: no such table: nowhere\n",
                   text);
}

TEST(cut, "C1: a line is cut to the buffer") {
    migc_event event = {.type = MIGC_EVENT_STARTED, .set = &shelves, .migration = migrations};
    char line[12];
    CHECK_STR("shelves: [0", migc_event_text(&event, line, sizeof(line)));
    event.type = MIGC_EVENT_STEP; /* of a statement that nobody named */
    CHECK_STR("", migc_event_text(&event, line, sizeof(line)));
}

TEST(tame, "C1: what a database says does not reach the terminal as it is") {
    migc_event event = {.type = MIGC_EVENT_ROLLED_BACK, .set = &shelves};
    char line[80];
    event.detail = "no such table: t\x1b[5m\xc2\x9b";
    CHECK_STR("shelves: rolled back: no such table: t?[5m??",
              migc_event_text(&event, line, sizeof(line)));
}

#define TESTS(X)                                                                                   \
    X(order_up)                                                                                    \
    X(order_each)                                                                                  \
    X(order_down)                                                                                  \
    X(order_failed)                                                                                \
    X(order_dry)                                                                                   \
    X(order_nothing)                                                                               \
    X(hook_stops)                                                                                  \
    X(words)                                                                                       \
    X(cut) X(tame)
CHECK_MAIN(TESTS)
