/*
 * each.c - a run of several transactions, which remembers from one to the next what it need not
 * read again: the keys of the tables, that the history is as it should be, the settings.
 */
#include "database.h"
#include "sets.h"

#include <stdbool.h>

enum { BASE = 2, MORE = 3, STEPS = 2 };

/* Three migrations on top of the library, a transaction each. */
struct more {
    const char *name;
    const char *sql[MORE][STEPS];
    const char *touched[MORE];
    migc_code code;
};

struct made {
    migc_step steps[MORE][STEPS];
    migc_migration migrations[BASE + MORE];
    migc_set set;
};

static migc_error error;

static const migc_set *make(const struct more *more, struct made *made) {
    static const migc_migration migrations[BASE + MORE] = {
        MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
        MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
        MIGRATION(3, "003_one", 0, 0, 0, 0, NULL),
        MIGRATION(4, "004_two", 0, 0, 0, 0, NULL),
        MIGRATION(5, "005_three", 0, 0, 0, 0, NULL),
    };
    memset(made, 0, sizeof(*made));
    memcpy(made->migrations, migrations, sizeof(migrations));
    for (int i = 0; i < MORE; i++) {
        migc_migration *migration = &made->migrations[BASE + i];
        migration->steps = made->steps[i];
        migration->touched = more->touched[i];
        for (int s = 0; s < STEPS && more->sql[i][s]; s++, migration->up_count++)
            made->steps[i][s] = (migc_step)SQL((unsigned)s + 3, more->sql[i][s]);
    }
    made->set = (migc_set){
        .abi = MIGC_ABI, .name = "library", .count = BASE + MORE, .migrations = made->migrations};
    return &made->set;
}

static migc_code run(sqlite3 *db, const struct more *more, migc_event_function *on_event,
                     void *user) {
    struct made made;
    migc_options options = {.flags = MIGC_EACH, .on_event = on_event, .event_user = user};
    return migc_up(db, make(more, &made), &options, &error);
}

/* -------------------------------------------------------------- foreign keys */

#define LOSE_AUTHOR "DELETE FROM author WHERE id = 3"
#define FREE_AUTHOR "DELETE FROM book WHERE author = 3"

static const struct more chains[] = {
    {"a child that the run has made",
     {{"CREATE TABLE prize(author INTEGER REFERENCES author)"},
      {"INSERT INTO prize VALUES(3)", FREE_AUTHOR},
      {LOSE_AUTHOR}},
     {"[]", "[\"prize\",\"book\"]", "[\"author\"]"},
     MIGC_FOREIGN_KEY},
    {"a child where another table was",
     {{"CREATE TABLE last(x)"},
      {"DROP TABLE last", "CREATE TABLE prize(author INTEGER REFERENCES author)"},
      {"INSERT INTO prize VALUES(99)"}},
     {"[]", "[\"last\"]", "[\"prize\"]"},
     MIGC_FOREIGN_KEY},
    {"a child where the last table was one transaction before",
     {{"CREATE TABLE last(x)"},
      {"DROP TABLE last"},
      {"CREATE TABLE prize(author INTEGER REFERENCES author)", "INSERT INTO prize VALUES(99)"}},
     {"[]", "[\"last\"]", "[\"prize\"]"},
     MIGC_FOREIGN_KEY},
    {"a child that has another name now",
     {{"UPDATE book SET title = ''"}, {"ALTER TABLE book RENAME TO volume"}, {LOSE_AUTHOR}},
     {"[\"book\"]", "[\"book\"]", "[\"author\"]"},
     MIGC_FOREIGN_KEY},
    {"a parent that has another name now",
     {{"UPDATE book SET title = ''"},
      {"ALTER TABLE author RENAME TO writer"},
      {"DELETE FROM writer WHERE id = 3"}},
     {"[\"book\"]", "[\"author\"]", "[\"writer\"]"},
     MIGC_FOREIGN_KEY},
    {"a key that was added",
     {{"ALTER TABLE word ADD COLUMN author INTEGER REFERENCES author"},
      {"INSERT INTO word(word, author) VALUES('x', 3)", FREE_AUTHOR},
      {LOSE_AUTHOR}},
     {"[\"word\"]", "[\"word\",\"book\"]", "[\"author\"]"},
     MIGC_FOREIGN_KEY},
    {"a child with other keys under the same name",
     {{"UPDATE book SET title = ''"},
      {"DROP TABLE book", "CREATE TABLE book(id INTEGER PRIMARY KEY, word TEXT REFERENCES word)"},
      {"INSERT INTO book VALUES(1, 'nowhere')"}},
     {"[\"book\"]", "[\"book\"]", "[\"book\"]"},
     MIGC_FOREIGN_KEY},
    {"a child that is gone",
     {{"UPDATE book SET title = ''"}, {"DROP TABLE book"}, {LOSE_AUTHOR}},
     {"[\"book\"]", "[\"book\"]", "[\"author\"]"},
     MIGC_OK},
    {"a name with a quote in it",
     {{"CREATE TABLE \"a \"\"prize\"\"\"(author INTEGER REFERENCES author)"},
      {"INSERT INTO \"a \"\"prize\"\"\" VALUES(99)"},
      {"UPDATE book SET title = ''"}},
     {"[]", "[\"a \\\"prize\\\"\"]", "[\"book\"]"},
     MIGC_FOREIGN_KEY},
    {"a key in small letters",
     {{"CREATE TABLE prize(author integer references Author)"},
      {"INSERT INTO prize VALUES(3)", FREE_AUTHOR},
      {LOSE_AUTHOR}},
     {"[]", "[\"prize\",\"book\"]", "[\"author\"]"},
     MIGC_FOREIGN_KEY},
};

TEST(keys_of_chain, "P9: a run of several transactions sees the keys that it has changed itself") {
    for (size_t i = 0; i < sizeof(chains) / sizeof(*chains); i++) {
        sqlite3 *db = db_open_memory();
        db_exec(db, "PRAGMA foreign_keys = ON");
        CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
        migc_code code = run(db, &chains[i], NULL, NULL);
        CHECK_MSG(code == chains[i].code, "%s: %s", chains[i].name, error.message);
    }
}

/* --------------------------------------------------------------- the others */

struct other {
    sqlite3 *db;
    const char *sql; /* once the first migration is durable */
    bool done;
};

static int act_between(const migc_event *event, void *user) {
    struct other *other = user;
    if (event->type == MIGC_EVENT_COMMITTED && event->index == 1)
        db_exec(other->db, other->sql);
    return 0;
}

static const struct more harmless = {"harmless",
                                     {{"UPDATE book SET title = ''"},
                                      {"UPDATE word SET book = 1"},
                                      {"DELETE FROM author WHERE id = 4"}},
                                     {"[\"book\"]", "[\"word\"]", "[\"author\"]"},
                                     MIGC_OK};

TEST(backwards, "P9: keys are found, too, where the host has SELECT run backwards") {
    static const struct more *const all[] = {&chains[0], &chains[1], &chains[2]};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        sqlite3 *db = db_open_memory();
        CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
        db_exec(db, "PRAGMA reverse_unordered_selects = ON");
        CHECK_INT(all[i]->code, run(db, all[i], NULL, NULL));
    }
}

/* By another connection, or by the program's own. */
static void act(const char *sql, bool is_own, migc_code code, const char *message) {
    struct lab lab = {"", ""};
    lab_begin(&lab);
    struct other other = {.sql = sql};
    sqlite3 *db = db_open(lab.path);
    check_defer(db_close, db);
    other.db = is_own ? db : db_open(lab.path);
    if (!is_own)
        check_defer(db_close, other.db);
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, "INSERT INTO author VALUES(4, 'Nobody')");
    CHECK_INT(code, run(db, &harmless, act_between, &other));
    CHECK_CONTAINS(message, error.message);
}

TEST(key_of_another, "P9: a child that another connection makes meanwhile is looked at") {
    static const char sql[] = "CREATE TABLE prize(author INTEGER REFERENCES author);"
                              "INSERT INTO prize VALUES(4)";
    act(sql, false, MIGC_FOREIGN_KEY, "row 1 of prize points at no row of author");
    act(sql, true, MIGC_FOREIGN_KEY, "row 1 of prize points at no row of author");
}

TEST(trigger_of_another, "B10: a trigger that comes onto the history meanwhile is refused") {
    act("CREATE TRIGGER sly AFTER INSERT ON migc_events BEGIN DELETE FROM book; END", false,
        MIGC_BAD_HISTORY, "the trigger sly is not migc's");
    act("CREATE TEMP TRIGGER sly AFTER INSERT ON main.migc_events BEGIN SELECT 1; END", true,
        MIGC_BAD_HISTORY, "the trigger sly is not migc's");
}

static int spoil_late(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    if (point == MIGC_BEFORE_COMMIT)
        db_exec(user, "CREATE TRIGGER IF NOT EXISTS sly AFTER INSERT ON migc_events"
                      " BEGIN DELETE FROM book; END");
    return 0;
}

TEST(trigger_of_hook,
     "B10: so is one of a hook, which runs behind all that a transaction looks at") {
    sqlite3 *db = db_open_memory();
    struct made made;
    const migc_hook hook = {spoil_late, db, NULL};
    migc_options options = {.flags = MIGC_EACH, .hooks = &hook};
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    CHECK_INT(MIGC_BAD_HISTORY, migc_up(db, make(&harmless, &made), &options, &error));
    CHECK_CONTAINS("the trigger sly is not migc's", error.message);
    CHECK_INT(3, db_number(db, "SELECT max(version) FROM migc_migrations"));
}

TEST(history_of_another, "N10: a history that moves meanwhile is read again") {
    static const char sql[] =
        "UPDATE migc_migrations SET checksum = 'x', chain = 'y' WHERE seq = 3";
    act(sql, false, MIGC_EDITED, "003_one.sql was edited");
    act(sql, true, MIGC_EDITED, "003_one.sql was edited");
}

/* The statement at its end, and nothing else of the connection: what another one does there. */
static int act_behind_commit(unsigned type, void *user, void *statement, void *duration) {
    struct other *other = user;
    (void)type, (void)duration;
    if (strcmp(sqlite3_sql(statement), "COMMIT") == 0 && !other->done) {
        other->done = true;
        db_exec(other->db, other->sql);
    }
    return 0;
}

TEST(shared_cache, "N10: so is one that another connection of a shared cache moves at once") {
    static const char uri[] = "file:shared?mode=memory&cache=shared";
    struct other other = {
        .sql = "UPDATE migc_migrations SET checksum = 'x', chain = 'y' WHERE seq = 3"};
    sqlite3 *db = NULL;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    CHECK_INT(SQLITE_OK, sqlite3_open_v2(uri, &db, flags, NULL));
    check_defer(db_close, db);
    CHECK_INT(SQLITE_OK, sqlite3_open_v2(uri, &other.db, flags, NULL));
    check_defer(db_close, other.db);
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, act_behind_commit, &other);
    CHECK_INT(MIGC_EDITED, run(db, &harmless, NULL, NULL));
}

TEST(settings_between, "J3: a setting that a migration changes does not reach the next one") {
    static const struct more changing = {
        "changing",
        {{"PRAGMA recursive_triggers = ON"},
         {"CREATE TABLE seen AS SELECT * FROM pragma_recursive_triggers"},
         {"UPDATE book SET title = ''"}},
        {"[]", "[]", "[\"book\"]"},
        MIGC_OK};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    CHECK_INT(MIGC_OK, run(db, &changing, NULL, NULL));
    CHECK_INT(0, db_number(db, "SELECT * FROM seen"));
    CHECK_INT(0, db_number(db, "PRAGMA recursive_triggers"));
}

/* A check that is a PRAGMA is no way around that. */
TEST(setting_of_verify, "J3: nor does one that its VERIFY changes") {
    static const struct more changing = {
        "changing",
        {{"UPDATE book SET title = ''", "PRAGMA recursive_triggers = ON"},
         {"CREATE TABLE seen AS SELECT * FROM pragma_recursive_triggers"},
         {"UPDATE book SET title = ''"}},
        {"[\"book\"]", "[]", "[\"book\"]"},
        MIGC_OK};
    struct made made;
    migc_options options = {.flags = MIGC_EACH};
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    make(&changing, &made);
    made.migrations[BASE].up_count = made.migrations[BASE].verify_count = 1;
    CHECK_INT(MIGC_OK, migc_up(db, &made.set, &options, &error));
    CHECK_INT(0, db_number(db, "SELECT * FROM seen"));
}

#define TESTS(X)                                                                                   \
    X(keys_of_chain)                                                                               \
    X(backwards)                                                                                   \
    X(key_of_another)                                                                              \
    X(trigger_of_another)                                                                          \
    X(trigger_of_hook)                                                                             \
    X(history_of_another)                                                                          \
    X(shared_cache)                                                                                \
    X(settings_between)                                                                            \
    X(setting_of_verify)
CHECK_MAIN(TESTS)
