/*
 * What a program sees of backup and restore: the hook, its events, the refusals.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "backups.h"
#include "sets.h"

static struct shelf shelf;
static sqlite3 *db;

/* Whichever connection it is by then. */
static void close_db(void *unused) {
    (void)unused;
    sqlite3_close(db);
    db = NULL;
}

/* A library at its second migration. */
static void begin(void) {
    shelf_begin(&shelf);
    db = db_open(shelf.path);
    check_defer(close_db, NULL);
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
}

static migc_code up(sqlite3 *connection, migc_backup *backup, const migc_options *more,
                    migc_error *error) {
    migc_options options = more ? *more : (migc_options){0};
    migc_hook hook = {migc_backup_hook, backup, NULL};
    options.hooks = &hook;
    return migc_up(connection, &library, &options, error);
}

/* --------------------------------------------------------------------- backup */

TEST(hook, "B8: the hook copies the database as it was before the run") {
    migc_backup backup = {0};
    begin();
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, up(db, &backup, NULL, NULL));
    CHECK(shelf_digest(backup.path) == before);
    CHECK(db_digest(db) != before);
    CHECK_INT(1, shelf_count(&shelf, "library-2-"));
    CHECK_INT(0, shelf_count(&shelf, ".library"));
    backup.path[0] = 'x';
    CHECK_INT(MIGC_OK, up(db, &backup, NULL, NULL));
    CHECK_INT(1, shelf_count(&shelf, "library-2-"));
}

TEST(first_run, "B8: a new, empty database needs no backup") {
    migc_backup backup = {0};
    shelf_begin(&shelf);
    db = db_open(shelf.path);
    check_defer(close_db, NULL);
    CHECK_INT(MIGC_OK, up(db, &backup, NULL, NULL));
    CHECK_STR("", backup.path);
    CHECK_INT(0, shelf_count(&shelf, "library-"));
}

TEST(outside, "B8: a migration outside transactions is backed up before too") {
    migc_backup backup = {0};
    migc_hook hook = {migc_backup_hook, &backup, NULL};
    migc_options options = {.hooks = &hook};
    shelf_begin(&shelf);
    db = db_open(shelf.path);
    check_defer(close_db, NULL);
    CHECK_INT(MIGC_OK, migc_up(db, &vacuuming, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_down(db, &vacuuming, 1, NULL, NULL));
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, migc_up(db, &vacuuming, &options, NULL));
    CHECK(shelf_digest(backup.path) == before);
}

struct progress {
    int64_t done, total;
    int events, finished, stop_at;
    char path[200];
};

static int watch(const migc_event *event, void *user) {
    struct progress *progress = user;
    if (event->type != MIGC_EVENT_BACKUP)
        return 0;
    CHECK(event->done >= progress->done && event->done <= event->total && event->total > 0);
    progress->done = event->done;
    progress->total = event->total;
    progress->finished += event->detail != NULL;
    if (event->detail)
        snprintf(progress->path, sizeof(progress->path), "%s", event->detail);
    return ++progress->events == progress->stop_at;
}

static void grow(void) {
    db_exec(db, "CREATE TABLE big AS WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                " WHERE i < 40) SELECT zeroblob(100000) AS bytes FROM n");
}

TEST(events, "B8: events tell how much is copied, and where the backup is") {
    struct progress progress = {0};
    migc_options options = {.on_event = watch, .event_user = &progress};
    migc_backup backup = {0};
    struct stat status;
    begin();
    grow();
    CHECK_INT(MIGC_OK, up(db, &backup, &options, NULL));
    CHECK(progress.events > 3);
    CHECK_INT(1, progress.finished);
    CHECK_STR(backup.path, progress.path);
    CHECK_INT(0, stat(backup.path, &status));
    CHECK_INT(status.st_size, progress.total);
    CHECK_INT(progress.total, progress.done);
}

TEST(stopped, "B8: the event function stops a backup, and so the run") {
    struct progress progress = {.stop_at = 2};
    migc_options options = {.on_event = watch, .event_user = &progress};
    migc_backup backup = {0};
    migc_error error;
    begin();
    grow();
    CHECK_INT(MIGC_STOPPED, up(db, &backup, &options, &error));
    CHECK_STR("the program asked to stop. The database is as it was before the run, at 002_words."
              " Start again at any time.",
              error.message);
    CHECK_INT(0, shelf_count(&shelf, "library-") + shelf_count(&shelf, ".library"));
    CHECK_INT(2, db_number(db, "SELECT max(version) FROM migc_migrations"));
}

TEST(memory, "B8: a database in memory has no file to copy, and the message says so") {
    migc_backup backup = {0};
    migc_error error;
    db = db_open(":memory:");
    check_defer(close_db, NULL);
    CHECK_INT(MIGC_BACKUP_FAILED, up(db, &backup, NULL, &error));
    CHECK_STR("the backup failed: the database is in memory or temporary, there is no file to"
              " copy. Leave the backup out. The database is as it was before the run, at the"
              " beginning.",
              error.message);
    CHECK_INT(MIGC_BACKUP_FAILED, migc_backup_now(db, &library, NULL, NULL, &error));
    CHECK_CONTAINS("Leave the backup out. Nothing was changed.", error.message);
}

TEST(exclusive, "B8: a connection that keeps the database for itself cannot be backed up") {
    migc_backup backup = {0};
    migc_error error;
    begin();
    db_exec(db, "PRAGMA locking_mode = EXCLUSIVE; UPDATE book SET title = title");
    CHECK_INT(MIGC_BACKUP_FAILED, up(db, &backup, NULL, &error));
    CHECK_STR("the backup failed: the database is locked, also for this program's own second"
              " connection (while opening the database again). Do without PRAGMA locking_mode ="
              " EXCLUSIVE, or without the backup. The database is as it was before the run, at"
              " 002_words.",
              error.message);
}

static int opened;

static int count_open(sqlite3 *connection, void *user) {
    (void)user;
    opened++;
    return sqlite3_exec(connection, "PRAGMA cache_size = 100", NULL, NULL, NULL);
}

static int refuse_open(sqlite3 *connection, void *user) {
    (void)user;
    return sqlite3_db_readonly(connection, "main") ? SQLITE_OK : SQLITE_AUTH;
}

TEST(on_open, "B8: the program's own PRAGMAs are set for the source, the copy and the check") {
    migc_options options = {.on_open = count_open};
    migc_backup backup = {0};
    migc_error error;
    begin();
    opened = 0;
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, &options, NULL));
    CHECK_INT(3, opened);
    options.on_open = refuse_open;
    CHECK_INT(MIGC_BACKUP_FAILED, migc_backup_now(db, &library, &backup, &options, &error));
    CHECK_CONTAINS("the backup failed: ", error.message);
    CHECK_INT(1, shelf_count(&shelf, "library-"));
}

static sqlite3_stmt *kept[16];
static int kept_count;

static int keep_statement(sqlite3 *connection, void *user) {
    (void)user;
    sqlite3_stmt **statement = &kept[kept_count++];
    int code =
        sqlite3_prepare_v2(connection, "SELECT name FROM sqlite_schema", -1, statement, NULL);
    if (code == SQLITE_OK && sqlite3_db_readonly(connection, "main"))
        sqlite3_step(*statement);
    return code;
}

static void drop_statements(void *unused) {
    (void)unused;
    while (kept_count > 0)
        sqlite3_finalize(kept[--kept_count]);
}

TEST(kept_statement, "B8: an on_open that keeps a statement leaves no lock behind") {
    migc_options options = {.on_open = keep_statement};
    migc_backup backup = {0};
    begin();
    check_defer(drop_statements, NULL);
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, &options, NULL));
    db_exec(db, "UPDATE book SET title = upper(title)");
    drop_statements(NULL);
    close_db(NULL);
    migc_code code = migc_restore(shelf.path, &library, NULL, &backup, &options, NULL);
    db = db_open(shelf.path);
    CHECK_INT(MIGC_OK, code);
    db_exec(db, "UPDATE book SET title = upper(title)");
}

TEST(damaged, "B8: a damaged copy is no backup, and stops the run") {
    migc_backup backup = {0};
    migc_error error;
    begin();
    int64_t page = db_number(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'word'");
    close_db(NULL);
    FILE *file = fopen(shelf.path, "r+b");
    CHECK(file != NULL);
    fseek(file, (page - 1) * 4096L, SEEK_SET);
    CHECK(fwrite("damage", 6, 1, file) == 1);
    fclose(file);
    CHECK_INT(SQLITE_OK, sqlite3_open(shelf.path, &db));
    migc_code code = up(db, &backup, NULL, &error);
    sqlite3_close(db);
    db = NULL;
    CHECK_INT(MIGC_BACKUP_FAILED, code);
    CHECK_CONTAINS("the backup failed: the copy is damaged: ", error.message);
    CHECK_CONTAINS(". Check the database itself with PRAGMA integrity_check, and the disk. The"
                   " database is as it was before the run, at 002_words.",
                   error.message);
    CHECK_INT(0, shelf_count(&shelf, "library-") + shelf_count(&shelf, ".library"));
}

TEST(violated, "B8: rows that break a constraint are in the database, and so in its backup") {
    migc_backup backup = {0};
    migc_error error;
    begin();
    db_exec(db, "CREATE TABLE odd(n CHECK(n > 0)); PRAGMA ignore_check_constraints = 1;"
                "INSERT INTO odd VALUES(-1)");
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, &error));
    CHECK_STR("", error.message);
}

static int no_other_hook(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    *(int *)user += point == MIGC_BEFORE_RUN;
    return 0;
}

TEST(hooks, "B8: when the backup fails, hooks behind it are not called") {
    int calls = 0;
    migc_backup backup = {.folder = "/nowhere/at/all"};
    migc_hook last = {no_other_hook, &calls, NULL}, first = {migc_backup_hook, &backup, &last};
    migc_options options = {.hooks = &first};
    migc_error error;
    begin();
    CHECK_INT(MIGC_BACKUP_FAILED, migc_up(db, &library, &options, &error));
    CHECK_STR("the backup failed: /nowhere/at/all: No such file or directory. Name a folder that"
              " exists and that this user may write to. The database is as it was before the run,"
              " at 002_words.",
              error.message);
    CHECK_INT(0, calls);
}

TEST(reader, "B8: others may read, and in WAL mode write, while a backup is made") {
    migc_backup backup = {0};
    begin();
    db_exec(db, "PRAGMA journal_mode = WAL");
    sqlite3 *writer = db_open(shelf.path);
    check_defer(db_close, writer);
    db_exec(writer, "BEGIN IMMEDIATE; UPDATE book SET title = 'uncommitted'");
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    db_exec(writer, "ROLLBACK");
    CHECK(shelf_digest(backup.path) == db_digest(db));
}

/* -------------------------------------------------------------------- restore */

TEST(restore, "B8: restore brings back what was, keeps what is, and tells the versions") {
    migc_backup backup = {0};
    migc_result result = {0};
    migc_options options = {.result = &result};
    begin();
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, up(db, &backup, NULL, NULL));
    uint64_t after = db_digest(db);
    close_db(NULL);
    migc_code code = migc_restore(shelf.path, &library, NULL, &backup, &options, NULL);
    db = db_open(shelf.path);
    CHECK_INT(MIGC_OK, code);
    CHECK_INT(4, result.from);
    CHECK_INT(2, result.to);
    CHECK(db_digest(db) == before);
    CHECK(shelf_digest(backup.replaced) == after);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'restore'"));
}

/* The copy of what is replaced comes first; it is the writing that stops. */
struct stopping {
    int whole; /* how often all was done */
};

static int stop_writing(const migc_event *event, void *user) {
    struct stopping *stopping = user;
    if (event->type != MIGC_EVENT_BACKUP)
        return 0;
    int all = event->done == event->total;
    stopping->whole += all;
    return stopping->whole == 1 && !all;
}

static int without_journal(sqlite3 *connection, void *user) {
    (void)user;
    return sqlite3_exec(connection, "PRAGMA journal_mode = OFF; PRAGMA cache_size = 10", NULL, NULL,
                        NULL);
}

static int with_journal_in_memory(sqlite3 *connection, void *user) {
    (void)user;
    return sqlite3_exec(connection, "PRAGMA journal_mode = MEMORY", NULL, NULL, NULL);
}

TEST(no_journal, "B8: a restore is undone whole where the program has no journal") {
    struct stopping stopping = {0};
    migc_backup backup = {0};
    migc_options options = {
        .on_open = without_journal, .on_event = stop_writing, .event_user = &stopping};
    begin();
    db_exec(db, "CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                " SELECT i + 1 FROM n WHERE i < 20000) SELECT i, zeroblob(500) FROM n");
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    db_exec(db, "UPDATE large SET i = -i");
    uint64_t before = db_digest(db);
    close_db(NULL);
    migc_code code = migc_restore(shelf.path, &library, NULL, &backup, &options, NULL);
    db = db_open(shelf.path);
    CHECK_INT(MIGC_STOPPED, code);
    CHECK(db_digest(db) == before);
}

static int look_for_journal(const migc_event *event, void *user) {
    char path[128];
    snprintf(path, sizeof(path), "%s-journal", shelf.path);
    if (event->type == MIGC_EVENT_BACKUP)
        *(int *)user |= access(path, F_OK) == 0;
    return 0;
}

TEST(journal_in_memory, "B8: the journal of a restore is a file, whatever the program's is") {
    int seen = 0;
    migc_backup backup = {0};
    migc_options options = {
        .on_open = with_journal_in_memory, .on_event = look_for_journal, .event_user = &seen};
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    close_db(NULL);
    char *uri = sqlite3_mprintf("file:%s?cache=private", shelf.path);
    CHECK_INT(MIGC_OK, migc_restore(uri, &library, NULL, &backup, &options, NULL));
    sqlite3_free(uri);
    CHECK(seen);
    db = db_open(shelf.path);
}

static int busy_at_first(sqlite3 *connection, void *user) {
    (void)connection;
    return ++*(int *)user % 4 ? SQLITE_BUSY : SQLITE_OK;
}

TEST(on_open_waits, "B8 J3: a restore waits for a lock that on_open meets") {
    int calls = 0;
    migc_backup backup = {0};
    migc_options options = {.on_open = busy_at_first, .user = &calls};
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    close_db(NULL);
    CHECK_INT(MIGC_OK, migc_restore(shelf.path, &library, NULL, &backup, &options, NULL));
    CHECK(calls >= 4);
    db = db_open(shelf.path);
}

/* The VFS finds it beside the database. */
static int attach_another(sqlite3 *connection, void *user) {
    char sql[200];
    (void)user;
    snprintf(sql, sizeof(sql), "ATTACH '%s/other.db' AS other", shelf.folder);
    return sqlite3_exec(connection, sql, NULL, NULL, NULL);
}

TEST(attached, "B8: another database that on_open attaches is not in the way, and stays as it is") {
    migc_options options = {.on_open = attach_another};
    migc_backup backup = {0};
    char mode[16] = "";
    begin();
    CHECK_INT(SQLITE_OK, attach_another(db, NULL));
    db_exec(db, "PRAGMA other.journal_mode = WAL; CREATE TABLE other.mine(a)");
    migc_code backed = migc_backup_now(db, &library, &backup, &options, NULL);
    close_db(NULL);
    migc_code code = migc_restore(shelf.path, &library, NULL, &backup, &options, NULL);
    db = db_open(shelf.path);
    CHECK_INT(SQLITE_OK, attach_another(db, NULL));
    CHECK_INT(MIGC_OK, backed);
    CHECK_INT(MIGC_OK, code);
    CHECK_STR("wal", db_text(db, "PRAGMA other.journal_mode", mode, sizeof(mode)));
}

TEST(own_connection, "B8: restore refuses while this program has the database open itself") {
    migc_backup backup = {0};
    migc_error error;
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(MIGC_IN_USE, migc_restore(shelf.path, &library, NULL, NULL, NULL, &error));
    CHECK_STR("others have the database open: another connection of this program. Stop every"
              " program that uses it, then start again. Nothing was changed.",
              error.message);
}

TEST(page_size, "B8: a backup with pages of another size is restored, in WAL mode too") {
    migc_backup backup = {0};
    char text[20];
    begin();
    db_exec(db, "PRAGMA page_size = 1024; VACUUM");
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    db_exec(db, "PRAGMA page_size = 8192; VACUUM; PRAGMA journal_mode = WAL; DROP TABLE word");
    close_db(NULL);
    migc_error error;
    migc_restore(shelf.path, &library, NULL, &backup, NULL, &error);
    db = db_open(shelf.path);
    CHECK_STR("", error.message);
    CHECK_STR("1024", db_text(db, "PRAGMA page_size", text, sizeof(text)));
    CHECK(db_digest(db) == before);
}

TEST(auto_vacuum, "B8: a backup with auto_vacuum is restored to a database without, and sound") {
    migc_backup backup = {0};
    migc_error error;
    char text[200];
    begin();
    db_exec(db, "PRAGMA auto_vacuum = FULL; VACUUM");
    uint64_t before = db_digest(db);
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    db_exec(db, "PRAGMA auto_vacuum = NONE; VACUUM");
    close_db(NULL);
    migc_restore(shelf.path, &library, NULL, &backup, NULL, &error);
    db = db_open(shelf.path);
    CHECK_STR("", error.message);
    CHECK_STR("1", db_text(db, "PRAGMA auto_vacuum", text, sizeof(text)));
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    CHECK(db_digest(db) == before);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM migc_events WHERE action = 'restore'"));
}

TEST(wrong_calls, "B8: wrong calls of backup and restore are told as such") {
    migc_set old = library;
    migc_error error;
    begin();
    CHECK_INT(MIGC_MISUSE, migc_backup_now(NULL, &library, NULL, NULL, &error));
    CHECK_INT(MIGC_MISUSE, migc_backup_now(db, NULL, NULL, NULL, &error));
    CHECK_INT(MIGC_MISUSE, migc_restore(NULL, &library, NULL, NULL, NULL, &error));
    CHECK_INT(MIGC_MISUSE, migc_restore(shelf.path, NULL, NULL, NULL, NULL, &error));
    old.abi = 1;
    CHECK_INT(MIGC_ABI_MISMATCH, migc_restore(shelf.path, &old, NULL, NULL, NULL, &error));
    db_exec(db, "BEGIN");
    CHECK_INT(MIGC_IN_TRANSACTION, migc_backup_now(db, &library, NULL, NULL, &error));
    db_exec(db, "ROLLBACK");
}

TEST(other_set, "B8: a backup of another set's database is not put back") {
    static const migc_set other = SET("other", library_migrations, NULL);
    migc_backup backup = {0};
    migc_error error;
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(MIGC_BACKUP_FAILED,
              migc_restore("/tmp/migc-not-there.db", &other, backup.path, NULL, NULL, &error));
    CHECK_CONTAINS("cannot be put back: the database belongs to the set \"library\", this program"
                   " has the set \"other\". Name another backup. Nothing was changed.",
                   error.message);
}

/* ------------------------------------------------------- folders of others */

/* While the pages are copied, a link takes the place of the temporary file. */
struct swap {
    char victim[128];
    int done;
};

static int swap_temporary(const migc_event *event, void *user) {
    struct swap *swap = user;
    char name[400];
    struct dirent *entry;
    DIR *folder = event->type == MIGC_EVENT_BACKUP && !swap->done ? opendir(shelf.folder) : NULL;
    while (folder && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.' || !strstr(entry->d_name, ".tmp"))
            continue;
        snprintf(name, sizeof(name), "%s/%s", shelf.folder, entry->d_name);
        swap->done = unlink(name) == 0 && symlink(swap->victim, name) == 0;
    }
    if (folder)
        closedir(folder);
    return 0;
}

TEST(link_swapped_in, "B8: a link in the place of the temporary file is not followed") {
    struct swap swap = {.done = 0};
    struct stat status;
    migc_options options = {.on_event = swap_temporary, .event_user = &swap};
    migc_backup backup = {0};
    migc_error error;
    begin();
    snprintf(swap.victim, sizeof(swap.victim), "%s/victim", shelf.folder);
    int victim = open(swap.victim, O_CREAT | O_WRONLY, 0600);
    CHECK(victim >= 0 && close(victim) == 0 && chmod(shelf.path, 0644) == 0);
    CHECK_INT(MIGC_BACKUP_FAILED, migc_backup_now(db, &library, &backup, &options, &error));
    CHECK_CONTAINS("somebody put something else in the place of ", error.message);
    CHECK(swap.done);
    CHECK_INT(0, stat(swap.victim, &status));
    CHECK_INT(0600, status.st_mode & 0777);
    CHECK_INT(0, status.st_size);
    CHECK_INT(0, shelf_count(&shelf, ".library") + shelf_count(&shelf, "library-"));
}

TEST(elsewhere, "B8: a temporary file whose process cannot be seen stays while it is locked") {
    char name[128];
    begin();
    snprintf(name, sizeof(name), "%s/.library~999999999.1.tmp", shelf.folder);
    int file = open(name, O_CREAT | O_RDWR, 0600);
    CHECK(file >= 0 && flock(file, LOCK_EX) == 0);
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, NULL, NULL, NULL));
    CHECK_INT(0, access(name, F_OK));
    CHECK_INT(0, close(file));
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, NULL, NULL, NULL));
    CHECK(access(name, F_OK) != 0 && errno == ENOENT);
}

TEST(clock_ahead, "B8: the newest backup is the one that was made last, whatever the clock said") {
    char late[128];
    migc_backup backup = {.keep = 2};
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    snprintf(late, sizeof(late), "%s/library-2-22260101T000000Z.db", shelf.folder);
    CHECK_INT(0, rename(backup.path, late));
    db_exec(db, "DELETE FROM word; INSERT INTO word(word) VALUES('later')");
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(2, shelf_count(&shelf, "library-"));
    CHECK(access(late, F_OK) != 0);
    db_exec(db, "DELETE FROM word");
    close_db(NULL);
    CHECK_INT(MIGC_OK, migc_restore(shelf.path, &library, NULL, &backup, NULL, NULL));
    db = db_open(shelf.path);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM word WHERE word = 'later'"));
}

TEST(writable, "B8: what anybody may write to is not put back") {
    migc_backup backup = {0};
    migc_error error;
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(0, chmod(backup.path, 0666));
    close_db(NULL);
    CHECK_INT(MIGC_BACKUP_FAILED, migc_restore(shelf.path, &library, NULL, &backup, NULL, &error));
    CHECK_CONTAINS("cannot be put back: anybody may write to it", error.message);
}

/* Only root can make files of another user. */
TEST(of_others, "B8: in a folder that anybody may write to, the files of others are no backups") {
    char name[128];
    migc_backup backup = {.keep = 1};
    begin();
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(0, chmod(shelf.folder, 01777));
    snprintf(name, sizeof(name), "%s/library-2-22260101T000000Z.db", shelf.folder);
    int file = open(name, O_CREAT | O_RDWR, 0600);
    CHECK(file >= 0 && close(file) == 0);
    if (geteuid() != 0 || chown(name, 12345, 12345) != 0)
        return;
    close_db(NULL);
    CHECK_INT(MIGC_OK, migc_restore(shelf.path, &library, NULL, &backup, NULL, NULL));
    CHECK(strstr(backup.path, "2226") == NULL);
    db = db_open(shelf.path);
    CHECK_INT(MIGC_OK, migc_backup_now(db, &library, &backup, NULL, NULL));
    CHECK_INT(0, access(name, F_OK));
}

#define TESTS(X)                                                                                   \
    X(hook)                                                                                        \
    X(first_run)                                                                                   \
    X(outside)                                                                                     \
    X(events)                                                                                      \
    X(stopped)                                                                                     \
    X(memory)                                                                                      \
    X(exclusive)                                                                                   \
    X(on_open)                                                                                     \
    X(kept_statement)                                                                              \
    X(damaged)                                                                                     \
    X(violated)                                                                                    \
    X(hooks)                                                                                       \
    X(reader)                                                                                      \
    X(restore)                                                                                     \
    X(no_journal)                                                                                  \
    X(journal_in_memory)                                                                           \
    X(on_open_waits)                                                                               \
    X(attached)                                                                                    \
    X(own_connection)                                                                              \
    X(page_size)                                                                                   \
    X(auto_vacuum)                                                                                 \
    X(wrong_calls)                                                                                 \
    X(other_set)                                                                                   \
    X(link_swapped_in)                                                                             \
    X(elsewhere)                                                                                   \
    X(clock_ahead)                                                                                 \
    X(writable)                                                                                    \
    X(of_others)
CHECK_MAIN(TESTS)
