/*
 * hooks.c - what the host wants done before and after: when its hooks are called, what they
 * may change, and what happens when they refuse.
 */
#include "database.h"
#include "sets.h"

static migc_error error;

static const char *const point_names[] = {
#define NAME_ROW(name) #name,
    MIGC_HOOK_POINTS(NAME_ROW)
#undef NAME_ROW
};

/* Writes down each call: "BEFORE_RUN, BEFORE_MIGRATION 1, ..."; at one point it acts. */
struct diary {
    char text[1000];
    int at; /* the point at which it acts, -1 for none */
    int64_t version;
    int (*act)(migc_context *context);
};

static int note(migc_context *context, migc_hook_point point, void *user) {
    struct diary *diary = user;
    const migc_migration *migration = migc_running(context);
    size_t used = strlen(diary->text);
    used += (size_t)snprintf(diary->text + used, sizeof(diary->text) - used, "%s%s",
                             used ? ", " : "", point_names[point]);
    if (migration)
        snprintf(diary->text + used, sizeof(diary->text) - used, " %d", (int)migration->version);
    CHECK((migration != NULL) == (point == MIGC_BEFORE_MIGRATION || point == MIGC_AFTER_MIGRATION));
    if ((int)point != diary->at || (migration && migration->version != diary->version))
        return 0;
    return diary->act(context);
}

static int refuse(migc_context *context) {
    return migc_fail(context, "the moon is full");
}

static int refuse_mutely(migc_context *context) {
    (void)context;
    return 1;
}

static int run_sql(migc_context *context, const char *sql) {
    sqlite3 *db = migc_db(context);
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : migc_fail(context, "%s", sqlite3_errmsg(db));
}

static int leave_a_row(migc_context *context) {
    return run_sql(context, "CREATE TABLE IF NOT EXISTS hooked(n); INSERT INTO hooked VALUES(1)");
}

static int commit(migc_context *context) {
    return run_sql(context, "COMMIT");
}

static int roll_back(migc_context *context) {
    return run_sql(context, "ROLLBACK");
}

static const migc_step shelf_steps[] = {SQL(3, "CREATE TABLE shelf(n)"),
                                        SQL(7, "DROP TABLE shelf")};
static const migc_migration migrations[] = {
    MIGRATION(1, "001_shelf", 0, 1, 1, 0, shelf_steps),
    MIGRATION(2, "002_counter", 0, 1, 1, 0, counter_steps),
};
static const migc_set shelves = SET("shelves", migrations, NULL);

/* An up of both on an empty database. */
static migc_code go_up(sqlite3 *db, struct diary *diary, unsigned flags) {
    migc_hook hook = {note, diary, NULL};
    migc_options options = {.flags = flags, .hooks = &hook};
    return migc_up(db, &shelves, &options, &error);
}

/* ----------------------------------------------------------------- points */

TEST(points, "F2: hooks are called before and after the run, each migration, the commit") {
    struct diary diary = {.at = -1};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, go_up(db, &diary, 0));
    CHECK_STR("BEFORE_RUN, BEFORE_MIGRATION 1, AFTER_MIGRATION 1, BEFORE_MIGRATION 2,"
              " AFTER_MIGRATION 2, BEFORE_COMMIT, AFTER_COMMIT, AFTER_RUN",
              diary.text);
}

TEST(each, "F2: with MIGC_EACH each migration has its commit, and the run is one") {
    struct diary diary = {.at = -1};
    CHECK_INT(MIGC_OK, go_up(db_open_memory(), &diary, MIGC_EACH));
    CHECK_STR("BEFORE_RUN, BEFORE_MIGRATION 1, AFTER_MIGRATION 1, BEFORE_COMMIT, AFTER_COMMIT,"
              " BEFORE_MIGRATION 2, AFTER_MIGRATION 2, BEFORE_COMMIT, AFTER_COMMIT, AFTER_RUN",
              diary.text);
}

TEST(outside, "F2: a migration outside transactions has the same hook points") {
    struct diary diary = {.at = -1};
    migc_hook hook = {note, &diary, NULL};
    migc_options options = {.hooks = &hook};
    CHECK_INT(MIGC_OK, migc_up(db_open_memory(), &vacuuming, &options, &error));
    CHECK_STR("BEFORE_RUN, BEFORE_MIGRATION 1, AFTER_MIGRATION 1, BEFORE_COMMIT, AFTER_COMMIT,"
              " BEFORE_MIGRATION 2, AFTER_MIGRATION 2, BEFORE_COMMIT, AFTER_COMMIT,"
              " BEFORE_MIGRATION 3, AFTER_MIGRATION 3, BEFORE_COMMIT, AFTER_COMMIT, AFTER_RUN",
              diary.text);
}

TEST(nothing, "F2: with nothing to do, and in a dry run, no hook is called") {
    struct diary diary = {.at = -1};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, go_up(db, &diary, MIGC_DRY_RUN));
    CHECK_STR("", diary.text);
    CHECK_INT(MIGC_OK, migc_up(db, &shelves, NULL, &error));
    CHECK_INT(MIGC_OK, go_up(db, &diary, 0));
    CHECK_STR("", diary.text);
}

static int sign(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    char *letters = strchr((char *)user, '\0');
    letters[0] = (char)('a' + (int)point);
    letters[1] = '\0';
    return 0;
}

static int sign_twice(migc_context *context, migc_hook_point point, void *user) {
    sign(context, point, user);
    return sign(context, point, user);
}

TEST(list, "F2: hooks are called in the order of their list") {
    char letters[64] = "";
    migc_hook second = {sign_twice, letters, NULL}, first = {sign, letters, &second};
    migc_options options = {.hooks = &first};
    CHECK_INT(MIGC_OK, migc_up(db_open_memory(), &shelves, &options, &error));
    CHECK_STR("aaabbbcccbbbcccdddeeefff", letters);
}

TEST(takes_part, "F2: what a hook writes in the transaction is part of it") {
    struct diary diary = {.at = MIGC_AFTER_MIGRATION, .version = 2, .act = leave_a_row};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, go_up(db, &diary, 0));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM hooked"));
}

TEST(has_the_lock, "F2: before the run the write lock is held, and nothing was changed yet") {
    struct diary diary = {.at = MIGC_BEFORE_RUN, .act = leave_a_row};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, go_up(db, &diary, 0));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM hooked"));
    CHECK_INT(1, db_number(db, "SELECT rowid < (SELECT rowid FROM sqlite_schema WHERE name ="
                               " 'shelf') FROM sqlite_schema WHERE name = 'hooked'"));
}

/* ---------------------------------------------------------------- refusals */

/* A refusal at each point of an up of two; what the message begins with. */
static const struct refusal {
    migc_hook_point point;
    int64_t version;
    const char *calls;
} refusals[] = {
    {MIGC_BEFORE_RUN, 0, "BEFORE_RUN, AFTER_RUN"},
    {MIGC_BEFORE_MIGRATION, 2,
     "BEFORE_RUN, BEFORE_MIGRATION 1, AFTER_MIGRATION 1, BEFORE_MIGRATION 2, AFTER_RUN"},
    {MIGC_AFTER_MIGRATION, 1, "BEFORE_RUN, BEFORE_MIGRATION 1, AFTER_MIGRATION 1, AFTER_RUN"},
    {MIGC_BEFORE_COMMIT, 0,
     "BEFORE_RUN, BEFORE_MIGRATION 1, AFTER_MIGRATION 1, BEFORE_MIGRATION 2, AFTER_MIGRATION 2,"
     " BEFORE_COMMIT, AFTER_RUN"},
};

TEST(refuses, "F2: a hook that refuses undoes the run, with its reason") {
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        const struct refusal *refusal = &refusals[i];
        struct diary diary = {
            .at = (int)refusal->point, .version = refusal->version, .act = refuse};
        sqlite3 *db = db_open_memory();
        uint64_t before = db_digest(db);
        CHECK_INT(MIGC_HOOK_FAILED, go_up(db, &diary, 0));
        CHECK_STR("a hook refused: the moon is full. The database is as it was before the run, at"
                  " the beginning.",
                  error.message);
        CHECK_STR(refusal->calls, diary.text);
        CHECK_INT(refusal->version, error.version);
        CHECK(before == db_digest(db));
        CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'failed'"));
    }
}

TEST(refuses_mutely, "F2: a hook that gives no reason is told of as such") {
    struct diary diary = {.at = MIGC_BEFORE_COMMIT, .act = refuse_mutely};
    CHECK_INT(MIGC_HOOK_FAILED, go_up(db_open_memory(), &diary, 0));
    CHECK_CONTAINS("a hook refused: it gave no reason. The database is as", error.message);
}

TEST(refuses_each, "F2: with MIGC_EACH the migrations before a refusal stay") {
    struct diary diary = {.at = MIGC_BEFORE_MIGRATION, .version = 2, .act = refuse};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_HOOK_FAILED, go_up(db, &diary, MIGC_EACH));
    CHECK_STR("a hook refused: the moon is full. Done before that and kept: 1; the database is at"
              " 001_shelf.",
              error.message);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

TEST(refuses_down, "F2: a hook may refuse that migrations are reverted") {
    struct diary diary = {.at = MIGC_BEFORE_COMMIT, .act = refuse};
    migc_hook hook = {note, &diary, NULL};
    migc_options options = {.hooks = &hook};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &shelves, NULL, &error));
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_HOOK_FAILED, migc_down(db, &shelves, 2, &options, &error));
    CHECK_CONTAINS("as it was before the run, at 002_counter.", error.message);
    CHECK(before == db_digest(db));
}

TEST(refuses_too_late, "F2: after the commit a refusal changes nothing") {
    static const int late[] = {MIGC_AFTER_COMMIT, MIGC_AFTER_RUN};
    for (size_t i = 0; i < 2; i++) {
        struct diary diary = {.at = late[i], .act = refuse};
        sqlite3 *db = db_open_memory();
        CHECK_INT(MIGC_OK, go_up(db, &diary, 0));
        CHECK_STR("", error.message);
        CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_migrations"));
    }
}

TEST(refuses_outside, "P4: a hook that refuses outside transactions leaves a trace") {
    struct diary diary = {.at = MIGC_AFTER_MIGRATION, .version = 2, .act = refuse};
    migc_hook hook = {note, &diary, NULL};
    migc_options options = {.hooks = &hook};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_HOOK_FAILED, migc_up(db, &vacuuming, &options, &error));
    CHECK_STR("a hook refused: the moon is full. It runs outside transactions: 3 of its 3"
              " statements are done and stay. Put that right, then go on with 'up --resume'"
              " (MIGC_RESUME), which leaves out what is done; a start without it refuses.",
              error.message);
    CHECK_INT(MIGC_INTERRUPTED, migc_up(db, &vacuuming, NULL, &error));
    options.flags = MIGC_RESUME;
    diary.at = -1;
    CHECK_INT(MIGC_OK, migc_up(db, &vacuuming, &options, &error));
}

/* ------------------------------------------------------- ends a transaction */

TEST(ends_transaction, "F2: a hook that ends the transaction is refused, and that is said") {
    static int (*const ways[])(migc_context *) = {commit, roll_back};
    for (size_t i = 0; i < 2; i++) {
        struct diary diary = {.at = MIGC_AFTER_MIGRATION, .version = 1, .act = ways[i]};
        sqlite3 *db = db_open_memory();
        CHECK_INT(MIGC_HOOK_FAILED, go_up(db, &diary, 0));
        CHECK_STR("a hook refused: it ended the transaction of the run. What was done up to there"
                  " may be committed, and is not in the history.",
                  error.message);
        CHECK(sqlite3_get_autocommit(db));
        CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_migrations"));
    }
}

/* ------------------------------------------------------------------ stopping */

static int stop_at_once(const migc_event *event, void *user) {
    (void)user;
    return event->type == MIGC_EVENT_PROGRESS;
}

static int work(migc_context *context) {
    for (int64_t done = 1;; done++)
        if (migc_progress_step(context, done, 0))
            return refuse(context);
}

static int query_forever(migc_context *context) {
    return run_sql(context, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                            " SELECT max(i) FROM n");
}

/* SQLite ends the transaction itself when it interrupts a statement that writes. */
static int write_forever(migc_context *context) {
    return run_sql(context, "CREATE TABLE n(i); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                            " SELECT i + 1 FROM n) INSERT INTO n SELECT i FROM n WHERE i < 9");
}

TEST(stops, "N12: a hook that takes long is stopped like a statement") {
    static int (*const ways[])(migc_context *) = {work, query_forever, write_forever};
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct diary diary = {.at = MIGC_BEFORE_COMMIT, .act = ways[i]};
        migc_hook hook = {note, &diary, NULL};
        migc_options options = {
            .hooks = &hook, .progress = &migc_progress, .on_event = stop_at_once};
        sqlite3 *db = db_open_memory();
        uint64_t before = db_digest(db);
        CHECK_INT(MIGC_STOPPED, migc_up(db, &shelves, &options, &error));
        CHECK_STR("stopped on request. The database is as it was before the run, at the beginning."
                  " Start again at any time.",
                  error.message);
        CHECK(before == db_digest(db));
    }
}

#define TESTS(X)                                                                                   \
    X(points)                                                                                      \
    X(each)                                                                                        \
    X(outside)                                                                                     \
    X(nothing)                                                                                     \
    X(list)                                                                                        \
    X(takes_part)                                                                                  \
    X(has_the_lock)                                                                                \
    X(refuses)                                                                                     \
    X(refuses_mutely)                                                                              \
    X(refuses_each)                                                                                \
    X(refuses_down)                                                                                \
    X(refuses_too_late)                                                                            \
    X(refuses_outside)                                                                             \
    X(ends_transaction)                                                                            \
    X(stops)
CHECK_MAIN(TESTS)
