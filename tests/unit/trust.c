/*
 * The history is believed after a look only: what stands in the place of migc's tables, what is
 * on them, and rows that contradict each other are refused before anything is changed.
 */
#include "database.h"
#include "sets.h"

#define MIGRATIONS(constraint)                                                                     \
    "ALTER TABLE migc_migrations RENAME TO old; CREATE TABLE migc_migrations(\n"                   \
    "set_name TEXT NOT NULL, seq INTEGER NOT NULL, version INTEGER NOT NULL,\n"                    \
    "name TEXT NOT NULL, checksum TEXT NOT NULL, chain TEXT NOT NULL, down TEXT,\n"                \
    "applied_at TEXT NOT NULL, duration_us INTEGER NOT NULL, applied_by TEXT" constraint ");\n"    \
    "INSERT INTO migc_migrations SELECT set_name, seq, version, name, checksum, chain, down,"      \
    " applied_at, duration_us, applied_by FROM old; DROP TABLE old"

#define EVENTS(before, after)                                                                      \
    "DROP TABLE migc_events; CREATE TABLE migc_events(" before                                     \
    "at TEXT NOT NULL, set_name TEXT NOT NULL, action TEXT NOT NULL, version INTEGER, name TEXT,"  \
    " duration_us INTEGER, host TEXT, pid INTEGER, applied_by TEXT, detail TEXT" after

static const struct {
    const char *sql, *reason;
} refused[] = {
    {"CREATE TRIGGER spy BEFORE INSERT ON migc_migrations BEGIN SELECT raise(IGNORE); END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER DELETE ON migc_events BEGIN DELETE FROM author; END",
     "the trigger spy is not migc's"},
    {"CREATE TEMP TRIGGER spy AFTER INSERT ON main.migc_events BEGIN DELETE FROM author; END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER UPDATE ON author BEGIN DELETE FROM migc_migrations; END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER INSERT ON author BEGIN"
     " INSERT INTO book(title) SELECT 1; DELETE/**/FROM \"Migc_Events\"; END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER UPDATE ON author BEGIN"
     " UPDATE OR IGNORE [migc_migrations] SET chain = ''; END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER UPDATE ON author BEGIN"
     " INSERT -- more\n INTO 'migc_migrations' SELECT * FROM migc_migrations; END",
     "the trigger spy is not migc's"},
    {"CREATE TEMP TRIGGER spy AFTER UPDATE ON main.author BEGIN DELETE FROM migc_events; END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER UPDATE ON author BEGIN DELETE FROM \xEF\xBB\xBFmigc_events; END",
     "the trigger spy is not migc's"},
    {"CREATE TRIGGER spy AFTER UPDATE ON author BEGIN"
     " UPDATE \v\v\v\v OR \v IGNORE \xEF\xBB\xBF\xEF\xBB\xBF \"migc_events\" SET action = ''; END",
     "the trigger spy is not migc's"},
    {"CREATE TABLE spy(a REFERENCES \xEF\xBB\xBFmigc_migrations(seq) ON DELETE CASCADE)",
     "the table spy is not migc's"},
    {"ALTER TABLE migc_migrations RENAME TO m; CREATE VIEW migc_migrations AS SELECT * FROM m",
     "the view migc_migrations is not migc's"},
    {"DROP TABLE migc_events; CREATE VIEW Migc_Events AS SELECT * FROM author",
     "the view Migc_Events is not migc's"},
    {"DROP TABLE migc_events; CREATE VIRTUAL TABLE migc_events USING fts5(x)",
     "the table migc_events is not migc's"},
    {"DROP TABLE migc_events; CREATE VIRTUAL TABLE migc_events USING fts4(id INTEGER PRIMARY KEY,"
     " at TEXT NOT NULL, set_name TEXT NOT NULL, action TEXT NOT NULL, version INTEGER, name TEXT,"
     " duration_us INTEGER, host TEXT, pid INTEGER, applied_by TEXT, detail TEXT, description TEXT,"
     " status TEXT, metadata TEXT)",
     "the table migc_events is not migc's"},
    {"ALTER TABLE migc_migrations DROP COLUMN applied_by",
     "the table migc_migrations is not migc's"},
    {"ALTER TABLE migc_events ADD COLUMN more AS (abs(pid))",
     "the table migc_events is not migc's"},
    {MIGRATIONS(", PRIMARY KEY(set_name, version)"), "the table migc_migrations is not migc's"},
    {MIGRATIONS(", PRIMARY KEY(set_name, seq) ON CONFLICT IGNORE"),
     "the table migc_migrations is not migc's"},
    {MIGRATIONS(", UNIQUE(set_name, version), PRIMARY KEY(set_name, seq)"),
     "the table migc_migrations is not migc's"},
    {MIGRATIONS(", CHECK(abs(version)), PRIMARY KEY(set_name, seq)"),
     "the table migc_migrations is not migc's"},
    {EVENTS("id INTEGER PRIMARY KEY, ", ", FOREIGN KEY(version) REFERENCES author(id))"),
     "the table migc_events is not migc's"},
    {EVENTS("id INTEGER PRIMARY KEY, ", ") WITHOUT ROWID"), "the table migc_events is not migc's"},
    {EVENTS("id TEXT PRIMARY KEY, ", ")"), "the table migc_events is not migc's"},
    {"CREATE UNIQUE INDEX one ON migc_events(id)", "the index one is not migc's"},
    {"CREATE INDEX one ON migc_events(abs(pid))", "the index one is not migc's"},
    {"CREATE INDEX one ON migc_events(pid) WHERE abs(pid) > 1", "the index one is not migc's"},
    {"CREATE TABLE child(id REFERENCES migc_events(id) ON DELETE CASCADE)",
     "the table child is not migc's"},
};

/* Without the stamp as well, for that says that all is applied before anybody looks. */
TEST(refuses, "P4: what is not as migc makes its tables is no history, and nothing is changed") {
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        sqlite3 *db = db_open(":memory:");
        migc_states states;
        migc_error error;
        CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
        db_exec(db, refused[i].sql);
        uint64_t before = db_digest(db);
        CHECK_MSG(migc_up(db, &library, NULL, &error) == MIGC_BAD_HISTORY, "%s: %s", refused[i].sql,
                  error.message);
        CHECK_CONTAINS(refused[i].reason, error.message);
        CHECK_INT(MIGC_BAD_HISTORY, migc_down(db, &library, 1, NULL, NULL));
        CHECK_INT(MIGC_BAD_HISTORY, migc_status(db, &library, &states, NULL, NULL));
        migc_states_free(&states);
        CHECK(before == db_digest(db));
        sqlite3_close(db);
    }
}

TEST(nor_read, "P4 B10: nor do a repair and a check read on in a table of other columns") {
    sqlite3 *db = db_open_memory();
    migc_faults faults;
    migc_checks checks;
    db_exec(db, "CREATE TABLE migc_migrations(x)");
    CHECK_INT(MIGC_BAD_HISTORY, migc_find_faults(db, &library, &faults, NULL, NULL));
    migc_faults_free(&faults);
    CHECK_INT(MIGC_BAD_HISTORY, migc_check(db, &library, &checks, NULL, NULL));
    migc_checks_free(&checks);
}

TEST(like_sees_case, "P4: a LIKE that the host has told to see case hides none of it") {
    static const char *const objects[] = {
        "CREATE TABLE child(id REFERENCES migc_events(id) ON DELETE CASCADE)",
        "CREATE UNIQUE INDEX one ON migc_events(id)",
    };
    for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
        sqlite3 *db = db_open_memory();
        CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
        db_exec(db, objects[i]);
        db_exec(db, "PRAGMA case_sensitive_like = ON");
        CHECK_INT(MIGC_BAD_HISTORY, migc_up(db, &library, NULL, NULL));
    }
}

/* One for which "%" is a character as others are. */
static void like_without_wildcards(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    sqlite3_result_int(context, sqlite3_stricmp((const char *)sqlite3_value_text(values[0]),
                                                (const char *)sqlite3_value_text(values[1])) == 0);
}

TEST(like_of_host, "P4: nor does a LIKE of the host's own hide the history, or a foreign key") {
    static const char *const objects[] = {
        "CREATE TABLE other(author REFERENCES author)",
        "CREATE TABLE child(id REFERENCES migc_events(id) ON DELETE CASCADE)",
    };
    const migc_code expected[] = {MIGC_OK, MIGC_BAD_HISTORY};
    for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
        sqlite3 *db = db_open_memory();
        CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
        db_exec(db, objects[i]);
        sqlite3_create_function_v2(db, "like", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                   like_without_wildcards, NULL, NULL, NULL);
        CHECK_INT(expected[i], migc_up(db, &library, NULL, NULL));
    }
}

TEST(trigger_reads, "P4: a trigger that only reads or names migc's tables is the program's own") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, "CREATE TABLE migc_events_old(name REFERENCES author /* not migc_events */);"
                "CREATE TABLE seen(version, migc_events);"
                "CREATE TRIGGER t AFTER INSERT ON author BEGIN"
                " -- DELETE FROM migc_migrations\n"
                " INSERT INTO seen SELECT max(version), '/* UPDATE migc_events' FROM"
                " main.migc_migrations; DELETE FROM migc_events_old WHERE name IN (SELECT name FROM"
                " migc_events); /* INSERT INTO migc_events */ UPDATE seen SET version ="
                " (SELECT count(*) FROM migc_events), migc_events = 'INTO migc_events'; END;"
                "CREATE TRIGGER u AFTER UPDATE OF migc_events ON seen BEGIN"
                " UPDATE seen SET migc_events = 1; END");
    migc_up(db, &library, NULL, &error);
    CHECK_STR("", error.message);
}

TEST(allows, "P4: an index that only helps, and blank space, are no fault") {
    sqlite3 *db = db_open_memory();
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, MIGRATIONS(",   PRIMARY KEY(set_name,seq)) WITHOUT ROWID; --"));
    db_exec(db, "CREATE INDEX by_time ON migc_events(at);"
                "CREATE TABLE other(migc_name REFERENCES author)");
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
}

TEST(hidden, "P4: a TEMP table of that name is not the history") {
    sqlite3 *db = db_open_memory();
    migc_states states;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, "CREATE TEMP TABLE migc_migrations AS SELECT * FROM main.migc_migrations LIMIT 0");
    CHECK_INT(MIGC_OK, migc_status(db, &library, &states, NULL, NULL));
    CHECK_INT(2, states.applied);
    migc_states_free(&states);
}

TEST(module, "P4: nor does the quick start of a set without a stamp believe a view") {
    sqlite3 *db = db_open_memory();
    migc_set set = library;
    set.flags = MIGC_SET_NO_STAMP;
    CHECK_INT(MIGC_OK, migc_up(db, &set, NULL, NULL));
    db_exec(db, "ALTER TABLE migc_migrations RENAME TO m;"
                "CREATE VIEW migc_migrations AS SELECT * FROM m");
    CHECK_INT(MIGC_BAD_HISTORY, migc_up(db, &set, NULL, NULL));
}

static const char *const rows[] = {
    ("INSERT INTO migc_migrations SELECT set_name, seq + 1, version, name, checksum, chain, down,"
     " applied_at, duration_us, applied_by FROM migc_migrations WHERE version = 2"),
    "UPDATE migc_migrations SET seq = 9223372036854775807 WHERE version = 2",
    "UPDATE migc_migrations SET seq = -5 WHERE version = 1",
    "UPDATE migc_migrations SET version = 9 WHERE version = 1",
    "UPDATE migc_migrations SET version = -9 WHERE version = 2",
    "UPDATE migc_migrations SET version = 3 WHERE version = 1",
    "UPDATE migc_migrations SET version = 'one' WHERE version = 1",
    "UPDATE migc_migrations SET version = 9.5, name = 'other' WHERE version = 1",
};

TEST(contradicts, "P4: a row too many, or one of a number that cannot be, stops up and down") {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        sqlite3 *db = db_open(":memory:");
        migc_error error;
        CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
        db_exec(db, rows[i]);
        uint64_t before = db_digest(db);
        CHECK_INT(MIGC_BAD_HISTORY, migc_up(db, &library, NULL, &error));
        CHECK_CONTAINS("more than once, or under a wrong number. Nothing was changed. 'repair'",
                       error.message);
        CHECK_INT(MIGC_BAD_HISTORY, migc_down(db, &library, 1, NULL, NULL));
        CHECK_INT(MIGC_BAD_HISTORY, migc_down_stored(db, &library, 1, NULL, NULL));
        CHECK(before == db_digest(db));
        sqlite3_close(db);
    }
}

TEST(misnumbered, "C5 B10: a row under any other version is put right by its name and checksum") {
    static const char *const versions[] = {
        "9",   "-9",  "1",    "3",  "4",    "9223372036854775807",
        "1.5", "2.5", "9e99", "''", "'2x'", "x'32'"};
    for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
        sqlite3 *db = db_open(":memory:");
        migc_faults faults;
        char sql[100];
        CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
        uint64_t before = db_digest(db);
        snprintf(sql, sizeof(sql), "UPDATE migc_migrations SET version = %s WHERE version = 2",
                 versions[i]);
        db_exec(db, sql);
        CHECK_INT(MIGC_OK, migc_find_faults(db, &library, &faults, NULL, NULL));
        CHECK_MSG(faults.count == 1, "%s: %zu faults", versions[i], faults.count);
        CHECK_INT(MIGC_FAULT_GAP, faults.faults[0].type);
        CHECK_INT(2, faults.faults[0].version);
        migc_faults_free(&faults);
        CHECK_INT(MIGC_OK, migc_repair(db, &library, MIGC_REPAIR_STAMP, 0, NULL, NULL));
        CHECK_INT(MIGC_OK, migc_find_faults(db, &library, &faults, NULL, NULL));
        CHECK_INT(0, faults.count);
        migc_faults_free(&faults);
        CHECK(before == db_digest(db));
        sqlite3_close(db);
    }
}

/* A hook that refuses, after it has had something put onto the events from outside. */
static int refuse_late(migc_context *context, migc_hook_point point, void *user) {
    if (point != MIGC_BEFORE_COMMIT)
        return 0;
    return migc_fail(context, "%s", (const char *)user);
}

static int spoil_events(const migc_event *event, void *user) {
    if (event->type == MIGC_EVENT_ROLLED_BACK)
        db_exec(user,
                "CREATE TRIGGER sly AFTER INSERT ON migc_events BEGIN DELETE FROM author; END");
    return 0;
}

TEST(failure_noted, "P4: a failure is not noted where the events are not migc's any more") {
    sqlite3 *db = db_open_memory();
    const migc_hook hook = {refuse_late, "no", NULL};
    migc_options options = {.hooks = &hook, .on_event = spoil_events, .event_user = db};
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    CHECK_INT(MIGC_HOOK_FAILED, migc_up(db, &library, &options, NULL));
    CHECK_INT(3, db_number(db, "SELECT count(*) FROM author"));
}

#define OLD_EVENTS                                                                                 \
    "CREATE TABLE old AS SELECT * FROM migc_events;" EVENTS(                                       \
        "id INTEGER PRIMARY KEY, ", ")") ";"                                                       \
                                         "INSERT INTO migc_events SELECT id, at, set_name, "       \
                                         "action, version, name, duration_us, host,"               \
                                         " pid, applied_by, detail FROM old; DROP TABLE old"

TEST(failure_of_old, "P4: a failure is noted in events that the run would have given new columns") {
    sqlite3 *db = db_open_memory();
    const migc_hook hook = {refuse_late, "no", NULL};
    migc_options options = {.hooks = &hook};
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, OLD_EVENTS);
    CHECK_INT(MIGC_HOOK_FAILED, migc_up(db, &library, &options, NULL));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE status = 'failed'"));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
}

#define TESTS(X)                                                                                   \
    X(refuses)                                                                                     \
    X(nor_read)                                                                                    \
    X(like_sees_case)                                                                              \
    X(like_of_host)                                                                                \
    X(trigger_reads)                                                                               \
    X(allows)                                                                                      \
    X(hidden)                                                                                      \
    X(module)                                                                                      \
    X(contradicts)                                                                                 \
    X(misnumbered)                                                                                 \
    X(failure_noted)                                                                               \
    X(failure_of_old)

CHECK_MAIN(TESTS)
