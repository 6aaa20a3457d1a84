/*
 * An older program reverts what a newer one did, by the DOWN stored in the
 * database: what it runs, what it refuses, and what it leaves when it stops.
 */
#include "database.h"
#include "sets.h"

/* The library at 2, and one migration that only the newer program has. */
static const migc_set *newer_with(const migc_step *steps, unsigned up, unsigned down) {
    static migc_migration migrations[3];
    static const migc_set set = SET("library", migrations, NULL);
    const migc_migration newest = MIGRATION(3, "003_newer", 0, up, down, 0, NULL);
    memcpy(migrations, library_migrations, 2 * sizeof(*migrations));
    migrations[2] = newest;
    migrations[2].steps = steps;
    return &set;
}

static sqlite3 *open_at(const migc_set *set) {
    migc_error error;
    sqlite3 *db = db_open_memory();
    migc_up(db, set, NULL, &error);
    CHECK_STR("", error.message);
    return db;
}

/* A database whose newest migration has this DOWN. */
static sqlite3 *open_with_down(const char *down) {
    static migc_step steps[] = {
        SQL(1, "CREATE TABLE shelf(id INTEGER PRIMARY KEY, book INTEGER REFERENCES book(id))"),
        SQL(4, "DROP TABLE shelf"),
        SQL(5, ""),
    };
    steps[2].text = down;
    return open_at(newer_with(steps, 1, 2));
}

/* Refused, and nothing but the note of the attempt is different. */
static void refuses(sqlite3 *db, migc_code code, const char *words) {
    migc_error error;
    uint64_t before = db_digest(db);
    CHECK_INT(code, migc_down_stored(db, &library_at_2, 2, NULL, &error));
    CHECK_CONTAINS(words, error.message);
    CHECK(db_digest(db) == before);
    CHECK(sqlite3_get_autocommit(db));
    CHECK(error.name == NULL && error.file == NULL && error.step == 0);
}

static int64_t latest(sqlite3 *db) {
    return db_number(db, "SELECT ifnull(max(version), 0) FROM migc_migrations");
}

/* ------------------------------------------------------------------- it goes */

TEST(takes_back, "N4: what a newer program did is reverted, and can be done again") {
    migc_error error;
    migc_result result = {0};
    migc_options options = {.result = &result};
    sqlite3 *db = open_at(&library);
    uint64_t newer = db_digest(db);
    CHECK_INT(MIGC_NEWER, migc_up(db, &library_at_2, NULL, NULL));
    migc_down_stored(db, &library_at_2, 2, &options, &error);
    CHECK_STR("", error.message);
    CHECK_INT(4, result.from);
    CHECK_INT(2, result.to);
    CHECK_INT(2, result.count);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM pragma_table_info('author')"
                               " WHERE name = 'born'"));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'down'"));
    result.count = 9;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, &options, NULL));
    CHECK_INT(0, result.count);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK(db_digest(db) == newer);
}

TEST(stamped, "N4: the stamp afterwards is that of the older program") {
    sqlite3 *db = open_at(&library_at_2);
    int64_t stamp = db_number(db, "PRAGMA user_version");
    db = open_at(&library);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library_at_2, 2, NULL, NULL));
    CHECK_INT(stamp, db_number(db, "PRAGMA user_version"));
}

TEST(own_too, "N4: below the unknown ones the program's own DOWN is run") {
    static migc_migration own[2];
    static const migc_set edited_down = SET("library", own, NULL);
    static const migc_step steps[] = {
        SQL(3, "CREATE INDEX book_author ON book(author)"),
        SQL(9, "CREATE TABLE own_down_ran(x)"),
    };
    memcpy(own, library_migrations, sizeof(own));
    own[1].steps = steps;
    own[1].up_count = own[1].down_count = 1;
    sqlite3 *db = open_at(&library);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &edited_down, 1, NULL, NULL));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'own_down_ran'"));
    CHECK_INT(1, latest(db));
}

TEST(to_nothing, "N4: 0 reverts everything") {
    sqlite3 *db = open_at(&library);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library_at_2, 0, NULL, NULL));
    CHECK_INT(0, latest(db));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'book'"));
}

TEST(nothing_foreign, "D2: with nothing unknown it goes down like any other") {
    sqlite3 *db = open_at(&library);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library, 3, NULL, NULL));
    CHECK_INT(3, latest(db));
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library, 3, NULL, NULL));
    CHECK_INT(3, latest(db));
}

TEST(other_branch, "N4: one that has another UP here is reverted by its own DOWN") {
    static const migc_step branch_steps[] = {
        SQL(1, "CREATE TABLE shelf(id)"),
        SQL(4, "DROP TABLE shelf"),
    };
    migc_error error;
    sqlite3 *db = open_at(newer_with(branch_steps, 1, 1));
    CHECK_INT(MIGC_EDITED, migc_up(db, &library, NULL, NULL));
    migc_down_stored(db, &library, 2, NULL, &error);
    CHECK_STR("", error.message);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    CHECK_INT(4, latest(db));
}

TEST(missing_below, "N4: one that is missing below the version stays a refusal") {
    static migc_migration own[2];
    static const migc_set gap = SET("library", own, NULL);
    migc_error error;
    own[0] = library_migrations[0];
    own[1] = library_migrations[2];
    sqlite3 *db = open_at(&library);
    CHECK_INT(MIGC_MISSING, migc_down_stored(db, &gap, 3, NULL, &error));
    CHECK_CONTAINS("002_words was applied to this database", error.message);
    CHECK_INT(4, latest(db));
    CHECK_INT(MIGC_OK, migc_down_stored(db, &gap, 1, NULL, NULL));
    CHECK_INT(1, latest(db));
}

TEST(semicolons, "N4: a stored DOWN is cut where SQLite says that a statement ends") {
    static const migc_step steps[] = {
        SQL(1, "CREATE TABLE shelf(id)"),
        SQL(4, "CREATE TRIGGER made AFTER INSERT ON shelf BEGIN\n"
               "    INSERT INTO word VALUES('a;\n-- call: b', 1);\n"
               "    DELETE FROM word WHERE word = ';\n';\n"
               "END"),
        SQL(9, "INSERT INTO shelf VALUES(1) -- ;\n ON CONFLICT DO NOTHING"),
        SQL(10, "INSERT INTO word SELECT \"word\" || ';\n\n', 2 FROM word WHERE book = 1\n;"),
        SQL(11, "DROP TABLE shelf"),
    };
    migc_error error;
    sqlite3 *db = open_at(newer_with(steps, 1, 4));
    migc_down_stored(db, &library_at_2, 2, NULL, &error);
    CHECK_STR("", error.message);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM word WHERE word = 'a;\n-- call: b'"));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM word WHERE word = 'a;\n-- call: b;\n\n'"));
}

TEST(full_text, "N4: full-text and spatial indexes can be dropped and made again") {
    static const migc_step steps[] = {
        SQL(1, "DROP INDEX book_author"),
        SQL(4, "CREATE VIRTUAL TABLE found USING fts5(title)"),
        SQL(5, "INSERT INTO found SELECT title FROM book"),
        SQL(6, "INSERT INTO found(found) VALUES('optimize')"),
        SQL(7, "DROP TABLE found"),
        SQL(8, "CREATE VIRTUAL TABLE found USING fts4(title)"),
        SQL(9, "INSERT INTO found SELECT title FROM book"),
        SQL(10, "DROP TABLE found"),
        SQL(11, "CREATE VIRTUAL TABLE place USING rtree(id, x1, x2)"),
        SQL(12, "INSERT INTO place VALUES(1, 2, 3)"),
        SQL(13, "ANALYZE"),
        SQL(14, "CREATE INDEX book_author ON book(author)"),
    };
    migc_error error;
    sqlite3 *db = open_at(newer_with(steps, 1, 10));
    migc_down_stored(db, &library_at_2, 2, NULL, &error);
    CHECK_STR("", error.message);
}

static const migc_set other = {.abi = MIGC_ABI,
                               .flags = MIGC_SET_MODULE,
                               .name = "other",
                               .count = 2,
                               .migrations = vacuum_migrations};

TEST(other_sets, "N4: what other sets have in the database is left alone") {
    static migc_migration migrations[2];
    static migc_set module = SET("library", migrations, NULL);
    static const migc_step steps[] = {SQL(1, "CREATE TABLE shelf(id)"), SQL(4, "DROP TABLE shelf")};
    static const migc_migration shelf = MIGRATION(9, "009_shelf", 0, 1, 1, 0, steps);
    static migc_set others;
    others = other;
    others.count = 1;
    others.migrations = &shelf;
    module.flags = MIGC_SET_MODULE;
    memcpy(migrations, library_migrations, sizeof(migrations));
    sqlite3 *db = open_at(&module);
    CHECK_INT(MIGC_OK, migc_up(db, &others, NULL, NULL));
    module.count = 1;
    CHECK_INT(MIGC_OK, migc_down_stored(db, &module, 1, NULL, NULL));
    module.count = 2;
    CHECK_INT(9, latest(db));
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_migrations WHERE set_name = 'library'"));
}

/* The newer program's view rests on what its third migration adds. */
TEST(under_a_view, "N4 P8: repeatables that are not this program's are reverted first") {
    static const migc_step third[] = {
        SQL(1, "ALTER TABLE word ADD COLUMN times INTEGER"),
        SQL(3, "ALTER TABLE word DROP COLUMN times"),
    };
    static const migc_step view[] = {
        SQL(1, "CREATE VIEW often AS SELECT word, times FROM word"),
        SQL(3, "DROP VIEW often"),
    };
    static const migc_migration views[] = {
        MIGRATION(0, "R_often", MIGC_REPEATABLE, 1, 1, 0, view),
    };
    static const migc_repeatables repeatables = {&migc_run_repeatables, 1, views, "xxh3:all"};
    migc_set newer = *newer_with(third, 1, 1);
    migc_error error;
    newer.repeatables = &repeatables;
    sqlite3 *db = open_at(&newer);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'often'"));
    migc_down_stored(db, &library_at_2, 2, NULL, &error);
    CHECK_STR("", error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'often'"));
    CHECK_INT(2, latest(db));
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(db, &newer, NULL, NULL));
    db_exec(db, "UPDATE migc_events SET detail = replace(detail, 'DROP VIEW often', 'DROP TABLE"
                " book') WHERE action = 'repeat'");
    refuses(db, MIGC_DOWN_EDITED, "the DOWN that is stored for R_often is not as it was");
}

/* ---------------------------------------------------------------- it refuses */

static int shouts;

static void shout(sqlite3_context *context, int count, sqlite3_value **values) {
    (void)count;
    shouts++;
    sqlite3_result_value(context, values[0]);
}

TEST(forbidden, "N4: a stored DOWN may not reach beyond its database, nor into migc's tables") {
    static const struct {
        const char *down, *deed;
    } rows[] = {
        {"ATTACH ':memory:' AS evil", "ATTACH a database"},
        {"DETACH evil", "DETACH a database"},
        {"PRAGMA writable_schema = 1", "use PRAGMA writable_schema"},
        {"PRAGMA journal_mode = OFF", "use PRAGMA journal_mode"},
        {"PRAGMA user_version = 7", "use PRAGMA user_version"},
        {"SAVEPOINT s", "begin or end a transaction"},
        {"COMMIT", "begin or end a transaction"},
        {"ROLLBACK", "begin or end a transaction"},
        {"SELECT load_extension('evil')", "call load_extension"},
        {"SELECT readfile('/etc/passwd')", "call readfile"},
        {"UPDATE author SET name = writefile('/tmp/x', name)", "call writefile"},
        {"DELETE FROM migc_migrations", "change migc_migrations"},
        {"INSERT INTO MIGC_EVENTS(action) VALUES('x')", "change migc_events"},
        {"UPDATE main.migc_migrations SET chain = 'x'", "change migc_migrations"},
        {"DROP TABLE migc_events", "change migc_events"},
        {"ALTER TABLE migc_events RENAME TO events", "change migc_events"},
        {"CREATE INDEX i ON migc_events(action)", "change migc_events"},
        {"CREATE TEMP TRIGGER t AFTER DELETE ON migc_migrations BEGIN SELECT 1; END",
         "make or use anything TEMP"},
        {"CREATE TEMP TABLE t(x)", "make or use anything TEMP"},
        {"CREATE TEMP VIEW t AS SELECT 1", "make or use anything TEMP"},
        {"CREATE TABLE temp.t(x)", "make or use anything TEMP"},
        {"CREATE INDEX temp.i ON hidden(x)", "make or use anything TEMP"},
        {"DROP TABLE temp.hidden", "make or use anything TEMP"},
        {"INSERT INTO hidden VALUES(1)", "make or use anything TEMP"},
        {"ALTER TABLE hidden RENAME TO migc_migrations", "make or use anything TEMP"},
        {"DELETE FROM beside.word", "use another database: beside"},
        {"INSERT INTO word SELECT x, 1 FROM beside.word", "use another database: beside"},
        {"SELECT shout(word) FROM word", "call shout"},
        {"CREATE TABLE t(x DEFAULT (shout('x')))", "call shout"},
        {"INSERT INTO loud(y) VALUES(1)", "use the table loud"},
        {"CREATE TABLE t(x, CHECK(shout(x) = x))", "call shout"},
        {"CREATE INDEX i ON word(shout(word))", "call shout"},
        {"PRAGMA temp_store_directory = '/'", "use PRAGMA temp_store_directory"},
        {"PRAGMA trusted_schema = 1", "use PRAGMA trusted_schema"},
        {"CREATE TRIGGER t AFTER INSERT ON migc_events BEGIN SELECT 1; END", "change migc_events"},
        {"CREATE VIRTUAL TABLE v USING csv(filename = '/etc/passwd')", "use the module csv"},
    };
    char words[160];
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        sqlite3 *db = open_with_down(rows[i].down);
        sqlite3_create_function(db, "shout", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, shout,
                                NULL, NULL);
        db_exec(db, "CREATE TABLE loud(x DEFAULT (shout('x')), y);"
                    "CREATE TEMP TABLE hidden(x); ATTACH ':memory:' AS beside;"
                    "CREATE TABLE beside.word(x)");
        sqlite3_create_function(db, "readfile", 1, SQLITE_UTF8, NULL, NULL, NULL, NULL);
        snprintf(words, sizeof(words),
                 "being a stored DOWN, it must not %s. The database is as it was", rows[i].deed);
        /* Functions that this SQLite does not have are no less refused. */
        if (strstr(rows[i].deed, "readfile") || strstr(rows[i].deed, "writefile"))
            snprintf(words, sizeof(words), "stored DOWN of 003_newer:2: ");
        migc_code code = strstr(words, "must not") ? MIGC_IRREVERSIBLE : MIGC_STEP_FAILED;
        refuses(db, code, words);
        db_exec(db, "ATTACH ':memory:' AS again; DETACH again; PRAGMA user_version = 1");
    }
}

/* Of the history only the migrations are there, so that a name is free. */
TEST(in_its_place, "N4: a stored DOWN puts nothing in the place of migc's tables, or in reach") {
    static const char *const downs[] = {
        "ALTER TABLE word RENAME TO migc_events",
        "ALTER TABLE word RENAME TO MIGC_anything",
        ("CREATE TABLE migc_events(at, set_name, action, version, name, duration_us, host, pid,"
         " applied_by, detail)"),
        "CREATE VIEW migc_events AS SELECT 1 AS id",
        "CREATE TRIGGER later AFTER INSERT ON word BEGIN DELETE FROM migc_migrations; END",
        "CREATE TABLE child(event REFERENCES migc_events(id) ON DELETE CASCADE)",
    };
    for (size_t i = 0; i < sizeof(downs) / sizeof(*downs); i++) {
        migc_error error;
        sqlite3 *db = open_with_down(downs[i]);
        db_exec(db, "DROP TABLE migc_events");
        CHECK_INT(MIGC_IRREVERSIBLE, migc_down_stored(db, &library_at_2, 2, NULL, &error));
        CHECK_CONTAINS("being a stored DOWN, it must not ", error.message);
        CHECK_INT(3, latest(db));
        CHECK_INT(1, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'word'"));
    }
}

TEST(innocuous, "N4: a stored DOWN may call what the program has registered as harmless") {
    sqlite3 *db = open_with_down("UPDATE word SET word = shout(word)");
    sqlite3_create_function(db, "shout", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, shout, NULL,
                            NULL);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library_at_2, 2, NULL, NULL));
}

/* The program's own DOWN sets off what the script has left on the program's table. */
static void calls_later(const char *down) {
    static migc_migration own[2];
    static const migc_set older = SET("library", own, NULL);
    static const migc_step steps[] = {
        SQL(3, "CREATE INDEX book_author ON book(author)"),
        SQL(9, "INSERT INTO word(word) VALUES('x')"),
    };
    migc_error error;
    memcpy(own, library_migrations, sizeof(own));
    own[1].steps = steps;
    own[1].up_count = own[1].down_count = 1;
    sqlite3 *db = open_with_down(down);
    sqlite3_create_function(db, "shout", 1, SQLITE_UTF8, NULL, shout, NULL, NULL);
    shouts = 0;
    CHECK_INT(MIGC_IRREVERSIBLE, migc_down_stored(db, &older, 1, NULL, &error));
    CHECK_CONTAINS("it must not call shout", error.message);
    CHECK_INT(3, latest(db));
    CHECK_INT(0, shouts);
}

TEST(set_off_later, "N4: what a stored DOWN made is held to the same list when it is set off") {
    calls_later("CREATE TRIGGER t AFTER INSERT ON word BEGIN SELECT shout(new.word); END");
}

static int refuse_drops(void *unused, int action, const char *a, const char *b, const char *c,
                        const char *d) {
    (void)unused, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_DROP_TABLE ? SQLITE_DENY : SQLITE_OK;
}

TEST(no_authorizer, "N4: the host's authorizer is replaced and none is left behind") {
    sqlite3 *db = open_with_down("DELETE FROM word");
    sqlite3_set_authorizer(db, refuse_drops, NULL);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library_at_2, 2, NULL, NULL));
    db_exec(db, "DROP TABLE word");
}

TEST(outside, "N4: a DOWN that cannot run inside a transaction is refused and says so") {
    sqlite3 *db = open_with_down("VACUUM");
    refuses(
        db, MIGC_IRREVERSIBLE,
        "stored DOWN of 003_newer:2: cannot VACUUM from within a transaction, and without one"
        " a stored DOWN is not run. The database is as it was before the run, at 003_newer. Revert"
        " it with the program that applied it, or restore a backup.");
}

/* A database whose newest migration goes down outside transactions. */
static sqlite3 *open_outside(const char *down) {
    static migc_step steps[] = {SQL(1, "CREATE TABLE shelf(id)"), SQL(4, "DROP TABLE shelf"),
                                SQL(5, "")};
    static migc_migration migrations[3];
    static const migc_set set = SET("library", migrations, &migc_no_transaction);
    const migc_migration newest =
        MIGRATION(3, "003_newer", MIGC_DOWN_NO_TRANSACTION, 1, 2, 0, steps);
    steps[2].text = down;
    memcpy(migrations, library_migrations, 2 * sizeof(*migrations));
    migrations[2] = newest;
    return open_at(&set);
}

TEST(said_outside, "P4 N4: a stored DOWN says that it runs outside transactions, and is refused"
                   " before the first statement where it has to") {
    sqlite3 *db = open_outside("VACUUM");
    CHECK_INT(1, db_number(db, "SELECT down LIKE '-- transaction: none%' FROM migc_migrations"
                               " WHERE version = 3"));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_migrations WHERE version < 3"
                               " AND down NOT LIKE '%transaction%'"));
    int64_t failed = db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'failed'");
    refuses(db, MIGC_IRREVERSIBLE,
            "003_newer cannot be reverted by this program: its stored DOWN runs outside"
            " transactions (VACUUM), which is left to the program that applied it. Nothing was"
            " changed. Revert it with that program, or restore a backup.");
    CHECK_INT(failed, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'failed'"));
}

TEST(inside_instead, "P4 N4: where all of its statements can be in a transaction, it is all or"
                     " nothing") {
    sqlite3 *db = open_outside("DELETE FROM word");
    db_exec(db, "CREATE TRIGGER stays BEFORE DELETE ON word BEGIN SELECT raise(ABORT, 'stay'); END;"
                "INSERT INTO word VALUES('x', 1)");
    refuses(db, MIGC_STEP_FAILED, "stored DOWN of 003_newer:3: stay");
    db_exec(db, "DROP TRIGGER stays");
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library_at_2, 2, NULL, NULL));
    CHECK_INT(2, latest(db));
}

TEST(schema_table, "N4: a stored DOWN does not write to the schema table") {
    sqlite3 *db = open_with_down("UPDATE sqlite_schema SET sql = ''");
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    refuses(db, MIGC_STEP_FAILED, "may not be modified");
}

TEST(tampered, "N4: a stored DOWN that is not what it was is not run") {
    static const char *const changes[] = {
        "down = replace(down, 'shelf', 'book')",
        "down = down || 'DROP TABLE book;' || char(10)",
        "down = 'DROP TABLE book;' || char(10) || down",
        "down = replace(down, '-- sum: ', '-- sum; ')",
        "down = substr(down, 1, length(down) - 1)",
        "down = substr(down, 1, instr(down, '-- sum') - 1)",
        "down = ''",
        "name = '003_other'",
        "checksum = 'xxh3:0'",
    };
    char sql[200];
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        sqlite3 *db = open_with_down("DELETE FROM word");
        snprintf(sql, sizeof(sql), "UPDATE migc_migrations SET %s WHERE version = 3", changes[i]);
        db_exec(db, sql);
        refuses(db, MIGC_DOWN_EDITED, "is not as it was when that was applied");
        refuses(db, MIGC_DOWN_EDITED, "or restore a backup. Nothing was changed.");
    }
}

TEST(c_step, "N4: a stored DOWN that calls C is refused by name") {
    static const migc_step steps[] = {
        SQL(1, "CREATE TABLE shelf(id)"),
        SQL(4, "DROP TABLE shelf"),
        CALL(5, shout_titles),
    };
    refuses(open_at(newer_with(steps, 1, 2)), MIGC_IRREVERSIBLE,
            "003_newer cannot be reverted by this program: its stored DOWN calls shout_titles()"
            " in C, which is part of the program that applied it. Nothing was changed.");
}

TEST(no_down, "N4: one without a DOWN is named before anything runs") {
    static const migc_step steps[] = {SQL(1, "CREATE TABLE shelf(id)")};
    refuses(open_at(newer_with(steps, 1, 0)), MIGC_IRREVERSIBLE,
            "003_newer cannot be reverted: the program that applied it stored no DOWN. Nothing");
}

TEST(fails, "N4: a stored DOWN that fails is undone as a whole") {
    refuses(open_with_down("DROP TABLE nosuch"), MIGC_STEP_FAILED,
            "stored DOWN of 003_newer:2: no such table: nosuch. The database is as it was");
}

TEST(violates, "N4: a stored DOWN that leaves rows pointing at nothing is undone") {
    refuses(open_with_down("DELETE FROM author"), MIGC_FOREIGN_KEY,
            "foreign keys do not hold after the run");
}

static int stop_at_second(const migc_event *event, void *unused) {
    (void)unused;
    return event->type == MIGC_EVENT_STARTED && event->index == 2;
}

TEST(halfway, "N4: stopped halfway, all of it is undone") {
    migc_options options = {.on_event = stop_at_second};
    migc_error error;
    sqlite3 *db = open_at(&library);
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_STOPPED, migc_down_stored(db, &library_at_2, 2, &options, &error));
    CHECK(db_digest(db) == before);
    CHECK_INT(4, latest(db));
}

TEST(dry, "N4: a dry run changes nothing") {
    migc_result result = {0};
    migc_options options = {.flags = MIGC_DRY_RUN, .result = &result};
    sqlite3 *db = open_at(&library);
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &library_at_2, 1, &options, NULL));
    CHECK_INT(3, result.count);
    CHECK(db_digest(db) == before);
}

TEST(not_up, "N4: it does not go up, nor to what the program does not know") {
    migc_error error;
    sqlite3 *db = open_at(&library_at_2);
    CHECK_INT(MIGC_NO_SUCH_VERSION, migc_down_stored(db, &library, 3, NULL, &error));
    CHECK_CONTAINS("the database is at version 2: down does not go up to 3", error.message);
    CHECK_INT(MIGC_NO_SUCH_VERSION, migc_down_stored(db, &library, 7, NULL, &error));
    CHECK_CONTAINS("this program has no migration with version 7", error.message);
    CHECK_INT(2, latest(db));
    CHECK_INT(MIGC_MISUSE, migc_down_stored(NULL, &library, 0, NULL, NULL));
    CHECK_INT(MIGC_MISUSE, migc_down_stored(db, NULL, 0, NULL, NULL));
}

/* The newer program was cut off while it reverted its migration, step by step. */
TEST(begun, "N4: one that its own program is reverting outside transactions is refused") {
    sqlite3 *db = open_with_down("DELETE FROM word");
    db_exec(db, "INSERT INTO migc_events(at, set_name, action, version, host, pid, detail)"
                " VALUES('', 'library', 'started', 3, 'elsewhere', 4711, '0/2 down')");
    refuses(db, MIGC_INTERRUPTED,
            "process 4711 of another program began to revert 003_newer outside a transaction");
}

TEST(pending_below, "N4: a pending migration on the way down is not applied") {
    static migc_migration own[3];
    static const migc_set three = SET("library", own, NULL);
    static const migc_step steps[] = {SQL(1, "CREATE TABLE shelf(id)"), SQL(4, "DROP TABLE shelf")};
    static const migc_migration between = MIGRATION(2, "002_between", 0, 1, 1, 0, steps);
    own[0] = library_migrations[0];
    own[1] = between;
    own[2] = library_migrations[1];
    own[2].version = 3;
    own[2].chain = "xxh3:99999999 other";
    static migc_migration newer[2];
    static const migc_set skipping = SET("library", newer, NULL);
    newer[0] = own[0];
    newer[1] = own[2];
    sqlite3 *db = open_at(&skipping);
    CHECK_INT(MIGC_OK, migc_down_stored(db, &three, 2, NULL, NULL));
    CHECK_INT(1, latest(db));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'shelf'"));
}

#define TESTS(X)                                                                                   \
    X(takes_back)                                                                                  \
    X(stamped)                                                                                     \
    X(own_too)                                                                                     \
    X(to_nothing)                                                                                  \
    X(nothing_foreign)                                                                             \
    X(other_branch)                                                                                \
    X(missing_below)                                                                               \
    X(semicolons)                                                                                  \
    X(full_text)                                                                                   \
    X(other_sets)                                                                                  \
    X(under_a_view)                                                                                \
    X(forbidden)                                                                                   \
    X(in_its_place)                                                                                \
    X(innocuous)                                                                                   \
    X(set_off_later)                                                                               \
    X(no_authorizer)                                                                               \
    X(outside)                                                                                     \
    X(said_outside)                                                                                \
    X(inside_instead)                                                                              \
    X(schema_table)                                                                                \
    X(tampered)                                                                                    \
    X(c_step)                                                                                      \
    X(no_down)                                                                                     \
    X(fails)                                                                                       \
    X(violates)                                                                                    \
    X(halfway)                                                                                     \
    X(dry)                                                                                         \
    X(not_up)                                                                                      \
    X(begun)                                                                                       \
    X(pending_below)
CHECK_MAIN(TESTS)
