/*
 * The stamp: 32 bits of the history's chain in PRAGMA user_version, which make
 * a start with nothing to do cost one read of the header.
 */
#include "database.h"
#include "sets.h"

enum { NO_WAIT = -1 };

static const migc_options impatient = {.wait_ms = NO_WAIT};

static int64_t stamp_of(sqlite3 *db) {
    return db_number(db, "PRAGMA user_version");
}

static sqlite3 *open_file(struct lab *lab) {
    lab_begin(lab);
    sqlite3 *db = db_open(lab->path);
    check_defer(db_close, db);
    return db;
}

static sqlite3 *open_second(const struct lab *lab) {
    sqlite3 *db = db_open(lab->path);
    check_defer(db_close, db);
    return db;
}

static void up(sqlite3 *db, const migc_set *set, const migc_options *options) {
    migc_error error;
    migc_up(db, set, options, &error);
    CHECK_STR("", error.message);
}

TEST(follows, "N5: the stamp follows the history, up and down") {
    sqlite3 *db = db_open_memory();
    up(db, &library_at_2, NULL);
    CHECK_INT(0x22220000 + 0, stamp_of(db) & 0xffff0000);
    int64_t at_2 = stamp_of(db);
    up(db, &library, NULL);
    CHECK(stamp_of(db) != at_2);
    CHECK_INT(MIGC_OK, migc_to(db, &library, 2, NULL, NULL));
    CHECK_INT(at_2, stamp_of(db));
    CHECK_INT(MIGC_OK, migc_to(db, &library, 0, NULL, NULL));
    CHECK_INT(0, stamp_of(db));
}

/* Appends the statement's text. */
static int note_statement(unsigned event, void *text, void *statement, void *unused) {
    (void)event;
    (void)unused;
    size_t used = strlen(text);
    snprintf((char *)text + used, 400 - used, "%s;", sqlite3_sql(statement));
    return 0;
}

TEST(reads_header, "N5: with nothing to do, up runs one statement, which reads the header") {
    char ran[400] = "";
    sqlite3 *db = db_open_memory();
    up(db, &library, NULL);
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, note_statement, ran);
    up(db, &library, NULL);
    CHECK_STR("PRAGMA user_version;", ran);
}

TEST(takes_no_lock, "N5: with nothing to do, up goes by another's write lock and changes no byte") {
    static struct lab lab;
    sqlite3 *db = open_file(&lab), *other = open_second(&lab);
    up(db, &library, NULL);
    int64_t version = db_number(db, "PRAGMA data_version");
    int changes = sqlite3_total_changes(db);
    db_exec(other, "BEGIN IMMEDIATE");
    up(db, &library, &impatient);
    CHECK_INT(version, db_number(db, "PRAGMA data_version"));
    CHECK_INT(changes, sqlite3_total_changes(db));
}

TEST(put_back, "N5: a stamp that was lost is put back, and nothing runs twice") {
    sqlite3 *db = db_open_memory();
    migc_result result = {0};
    up(db, &library, NULL);
    int64_t stamp = stamp_of(db);
    uint64_t before = db_digest(db);
    const int wrong[] = {0, 5, -1};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char sql[64];
        snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", wrong[i]);
        db_exec(db, sql);
        up(db, &library, &(migc_options){.result = &result});
        CHECK_INT(0, result.count);
        CHECK_INT(4, result.to);
        CHECK_INT(stamp, stamp_of(db));
    }
    CHECK(before == db_digest(db));
}

TEST(put_back_later, "N5: a lost stamp stops nobody while another holds the lock") {
    static struct lab lab;
    sqlite3 *db = open_file(&lab), *other = open_second(&lab);
    up(db, &library, NULL);
    int64_t stamp = stamp_of(db);
    db_exec(db, "PRAGMA user_version = 0");
    db_exec(other, "BEGIN IMMEDIATE");
    up(db, &library, &impatient);
    CHECK_INT(0, stamp_of(db));
    db_exec(other, "COMMIT");
    up(db, &library, &impatient);
    CHECK_INT(stamp, stamp_of(db));
}

TEST(proves_nothing, "N5: a stamp of another history does not hide what is pending") {
    sqlite3 *db = db_open_memory();
    up(db, &library_at_2, NULL);
    db_exec(db, "PRAGMA user_version = 1234");
    up(db, &library, NULL);
    CHECK_INT(4, db_number(db, "SELECT count(*) FROM migc_migrations"));
}

static void check_leaves_user_version(unsigned flags) {
    static struct lab lab;
    migc_set set = library;
    set.flags = flags;
    sqlite3 *db = open_file(&lab), *other = open_second(&lab);
    db_exec(db, "PRAGMA user_version = 77");
    up(db, &set, NULL);
    CHECK_INT(77, stamp_of(db));
    db_exec(other, "BEGIN IMMEDIATE");
    up(db, &set, &impatient);
    db_exec(other, "COMMIT");
    CHECK_INT(MIGC_OK, migc_to(db, &set, 0, NULL, NULL));
    CHECK_INT(77, stamp_of(db));
}

TEST(history_gone, "N5: a stamp of this set without its history is not called another program's") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    migc_adoption adoption;
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    db_exec(db, "DROP TABLE migc_migrations; DROP TABLE migc_events");
    CHECK_INT(MIGC_OTHER_TOOL, migc_up(db, &library, NULL, &error));
    CHECK_CONTAINS("this program's PRAGMA user_version, but the table"
                   " migc_migrations is gone. Nothing was changed. Restore a backup, or",
                   error.message);
    migc_adopt(db, &library, &adoption, NULL, &error);
    CHECK_STR("", error.message);
    CHECK_INT(2, adoption.count);
    migc_adoption_free(&adoption);
    db_exec(db, "DROP TABLE migc_migrations; DROP TABLE migc_events; PRAGMA user_version = 7");
    CHECK_INT(MIGC_OTHER_TOOL, migc_up(db, &library, NULL, &error));
    CHECK_CONTAINS("PRAGMA user_version 7: its migrations are another program's", error.message);
}

TEST(no_stamp, "N5: a set without a stamp leaves user_version alone and still takes no lock") {
    check_leaves_user_version(MIGC_SET_NO_STAMP);
}

TEST(module, "P12: a module leaves user_version alone and still takes no lock") {
    check_leaves_user_version(MIGC_SET_MODULE);
}

#define TESTS(X)                                                                                   \
    X(follows)                                                                                     \
    X(reads_header)                                                                                \
    X(takes_no_lock)                                                                               \
    X(put_back)                                                                                    \
    X(put_back_later)                                                                              \
    X(proves_nothing)                                                                              \
    X(history_gone)                                                                                \
    X(no_stamp)                                                                                    \
    X(module)
CHECK_MAIN(TESTS)
