/*
 * backup_slow.c - no memory, a failing disk and a killed process, at every point of a
 * backup and of a restore.
 *
 * Whatever happens, the database holds what it held or what was restored, whole; a file
 * with a backup's name is a whole backup; what was replaced is kept; no temporary file
 * stays, unless the process died, and then until the next backup.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "backups.h"
#include "faulty_vfs.h"
#include "sets.h"

static struct {
    struct shelf shelf;
    const char *journal;
    int damaged;            /* the database to restore to is none */
    char backup[200];       /* a copy of it stays in this file, which trimming never meets */
    uint64_t before, after; /* content of that backup, and of the database */
} world;

/* ------------------------------------------------------------------- failures */

static struct {
    sqlite3_mem_methods real;
    long until; /* 1: the next allocation fails; 0: none does */
    int reached;
} memory;

static int no_memory(void) {
    if (memory.until == 0 || --memory.until > 0)
        return 0;
    return memory.reached = 1;
}

static void *allocate(int size) {
    return no_memory() ? NULL : memory.real.xMalloc(size);
}

static void *reallocate(void *block, int size) {
    return no_memory() ? NULL : memory.real.xRealloc(block, size);
}

static void install_failures(void) {
    if (!memory.real.xMalloc) {
        sqlite3_shutdown();
        CHECK_INT(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.real));
        sqlite3_mem_methods methods = memory.real;
        methods.xMalloc = allocate;
        methods.xRealloc = reallocate;
        CHECK_INT(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_MALLOC, &methods));
        CHECK_INT(SQLITE_OK, sqlite3_initialize());
    }
    faulty_vfs_install();
}

/* ---------------------------------------------------------------------- world */

static void copy_bytes(const char *from, const char *to) {
    char bytes[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    CHECK(in && out);
    for (size_t count; (count = fread(bytes, 1, sizeof(bytes), in)) > 0;)
        CHECK(fwrite(bytes, 1, count, out) == count);
    fclose(in);
    CHECK_INT(0, fclose(out));
}

static void in_folder(char *path, size_t size, const char *name) {
    snprintf(path, size, "%s/%s", world.shelf.folder, name);
}

/* The folder with two files: the database after an up, and one from before it. */
static void restart(void) {
    static const char *const kept[] = {"kept-before", "kept-after"};
    char name[200], path[200];
    char hidden[2][240];
    for (int i = 0; i < 2; i++) {
        in_folder(name, sizeof(name), kept[i]);
        snprintf(hidden[i], sizeof(hidden[i]), "%s.%s", world.shelf.folder, kept[i]);
        if (access(name, F_OK) == 0)
            CHECK_INT(0, rename(name, hidden[i]));
    }
    shelf_empty(&world.shelf);
    for (int i = 0; i < 2; i++) {
        in_folder(name, sizeof(name), kept[i]);
        CHECK_INT(0, rename(hidden[i], name));
    }
    snprintf(path, sizeof(path), "%s", world.shelf.path);
    copy_bytes(name, path);
    if (world.damaged) {
        FILE *file = fopen(path, "r+b");
        CHECK(file != NULL);
        CHECK(fwrite("no database at all", 18, 1, file) == 1);
        fclose(file);
    }
}

static void begin(const char *journal, int damaged) {
    char sql[100], name[200];
    memset(&faulty, 0, sizeof(faulty));
    install_failures();
    memory.until = 0;
    shelf_begin(&world.shelf);
    world.journal = journal;
    world.damaged = damaged;
    in_folder(world.backup, sizeof(world.backup), "kept-before");
    sqlite3 *db = db_open(world.shelf.path);
    snprintf(sql, sizeof(sql), "PRAGMA page_size = 1024; PRAGMA journal_mode = %s", journal);
    db_exec(db, sql);
    CHECK_INT(MIGC_OK, migc_up(db, &library_at_2, NULL, NULL));
    world.before = db_digest(db);
    db_close(db);
    copy_bytes(world.shelf.path, world.backup);
    db = db_open(world.shelf.path);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, NULL));
    world.after = db_digest(db);
    db_close(db);
    in_folder(name, sizeof(name), "kept-after");
    copy_bytes(world.shelf.path, name);
}

/* Each file whose name begins like this has this content. */
static void check_all(const char *start, uint64_t content) {
    char path[400], copy[80];
    DIR *folder = opendir(world.shelf.folder);
    struct dirent *entry;
    CHECK(folder != NULL);
    snprintf(copy, sizeof(copy), "%s.copy", world.shelf.folder);
    while ((entry = readdir(folder)) != NULL)
        if (strncmp(entry->d_name, start, strlen(start)) == 0) {
            snprintf(path, sizeof(path), "%s/%s", world.shelf.folder, entry->d_name);
            copy_bytes(path, copy);
            uint64_t got = shelf_digest(copy);
            unlink(copy);
            CHECK_MSG(got == content, "%s is not whole", entry->d_name);
        }
    closedir(folder);
}

/* --------------------------------------------------------------------- travels */

static migc_code back_up(migc_error *error) {
    sqlite3 *db = NULL;
    migc_code code = MIGC_CANNOT_OPEN;
    if (sqlite3_open(world.shelf.path, &db) == SQLITE_OK)
        code = migc_backup_now(db, &library, NULL, NULL, error);
    sqlite3_close(db);
    return code;
}

static void check_backup(migc_code code, const char *message) {
    CHECK_MSG(shelf_digest(world.shelf.path) == world.after, "the database changed: %s", message);
    check_all("library-4-", world.after);
    CHECK_INT(code == MIGC_OK, shelf_count(&world.shelf, "library-4-"));
}

static migc_code restore(migc_error *error) {
    return migc_restore(world.shelf.path, &library, world.backup, NULL, NULL, error);
}

static void check_restore(migc_code code, const char *message) {
    int kept = shelf_count(&world.shelf, "library-replaced-");
    if (world.damaged) {
        FILE *file = fopen(world.shelf.path, "rb");
        CHECK(file != NULL);
        int untouched = fgetc(file) == 'n';
        fclose(file);
        CHECK_MSG(untouched ? code != MIGC_OK : shelf_digest(world.shelf.path) == world.before,
                  "neither damaged nor restored: %s", message);
        CHECK(untouched || kept == 1);
        return;
    }
    uint64_t content = shelf_digest(world.shelf.path);
    CHECK_MSG(content == world.before || (code != MIGC_OK && content == world.after),
              "neither as it was nor restored: %s", message);
    check_all("library-replaced-", world.after);
    CHECK_MSG(content == world.after || kept == 1, "what was replaced is lost: %s", message);
    CHECK_MSG(content == world.after || code == MIGC_OK || !strstr(message, "Nothing was changed"),
              "it says that nothing was changed: %s", message);
}

struct travel {
    migc_code (*go)(migc_error *error);
    void (*check)(migc_code code, const char *message);
};

static const struct travel backing_up = {back_up, check_backup};
static const struct travel restoring = {restore, check_restore};

/* -------------------------------------------------------------------- suffering */

static long current;
static const char *current_kind;

static void tell_current(void *unused) {
    (void)unused;
    memset(&faulty, 0, sizeof(faulty));
    memory.until = 0;
    if (current)
        printf("  at %s %ld\n", current_kind, current);
    current = 0;
}

static int suffer(const struct travel *travel) {
    migc_error error = {0};
    migc_code code = travel->go(&error);
    int reached = faulty.reached || memory.reached;
    memset(&faulty, 0, sizeof(faulty));
    memory.until = memory.reached = 0;
    CHECK_MSG(code == MIGC_OK || *error.message || code == MIGC_CANNOT_OPEN, "no message");
    CHECK_INT(0, shelf_count(&world.shelf, ".library"));
    travel->check(code, error.message);
    return reached;
}

static void without_memory(const struct travel *travel) {
    current_kind = "allocation";
    current = 0;
    sqlite3_int64 used = sqlite3_memory_used();
    int reached;
    check_defer(tell_current, NULL);
    do {
        current += 1 + current / 60;
        restart();
        memory.until = current;
        reached = suffer(travel);
    } while (reached);
    CHECK_MSG(current > 100, "it allocates nothing");
    CHECK_INT(used, sqlite3_memory_used());
    current = 0;
}

/* `stays`: the disk does not come back.  `done`: it did what it says it did not. */
static void with_bad_disk(const struct travel *travel, int stays, int done, int result) {
    current_kind = stays ? "operation, and all after it," : "operation";
    current = 0;
    int reached;
    check_defer(tell_current, NULL);
    do {
        current += 1 + current / 60;
        restart();
        faulty.kinds = FAULTY_ALL;
        faulty.until = current;
        faulty.stays = stays;
        faulty.done = done;
        faulty.result = result;
        reached = suffer(travel);
    } while (reached);
    CHECK_MSG(current > 10, "it writes nothing");
    current = 0;
}

/* 1 when the child reached its death. */
static int die(const struct travel *travel, long at) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        migc_error error;
        faulty.kinds = FAULTY_ALL;
        faulty.until = at;
        faulty.dies = 1;
        travel->go(&error);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status);
}

static void killed(const struct travel *travel) {
    migc_error error;
    int reached;
    current_kind = "death in operation";
    current = 0;
    check_defer(tell_current, NULL);
    do {
        current += 1 + current / 60;
        restart();
        reached = die(travel, current);
        CHECK(shelf_count(&world.shelf, ".library") <= 3); /* one, and its journals */
        if (travel == &restoring)
            check_restore(MIGC_STOPPED, "");
        else
            check_all("library-4-", world.after);
        CHECK_INT(MIGC_OK, travel->go(&error));
        CHECK_INT(0, shelf_count(&world.shelf, ".library"));
    } while (reached);
    CHECK_MSG(current > 10, "it writes nothing");
    current = 0;
}

TEST(backup_memory, "B8: no memory at any point of a backup") {
    begin("DELETE", 0);
    without_memory(&backing_up);
}

TEST(restore_memory, "B8: no memory at any point of a restore") {
    begin("DELETE", 0);
    without_memory(&restoring);
}

TEST(replace_memory, "B8: no memory at any point of the restore of a damaged database") {
    begin("DELETE", 1);
    without_memory(&restoring);
}

TEST(backup_disk, "B8: the disk fails at any point of a backup") {
    begin("DELETE", 0);
    with_bad_disk(&backing_up, 0, 0, 0);
    with_bad_disk(&backing_up, 1, 0, SQLITE_FULL);
}

TEST(backup_wal, "B8: the disk fails at any point of a backup, write-ahead log") {
    begin("WAL", 0);
    with_bad_disk(&backing_up, 0, 0, 0);
}

TEST(restore_disk, "B8: the disk fails at any point of a restore") {
    begin("DELETE", 0);
    with_bad_disk(&restoring, 0, 0, 0);
    with_bad_disk(&restoring, 1, 0, 0);
    with_bad_disk(&restoring, 0, 1, 0);
    with_bad_disk(&restoring, 1, 0, SQLITE_FULL);
}

TEST(restore_wal, "B8: the disk fails at any point of a restore, write-ahead log") {
    begin("WAL", 0);
    with_bad_disk(&restoring, 0, 0, 0);
    with_bad_disk(&restoring, 1, 0, 0);
}

TEST(replace_disk, "B8: the disk fails at any point of the restore of a damaged database") {
    begin("DELETE", 1);
    with_bad_disk(&restoring, 0, 0, 0);
    with_bad_disk(&restoring, 1, 0, SQLITE_FULL);
}

TEST(backup_killed, "B8: killed at any point of a backup") {
    begin("DELETE", 0);
    killed(&backing_up);
}

TEST(restore_killed, "B8: killed at any point of a restore") {
    begin("DELETE", 0);
    killed(&restoring);
}

TEST(restore_killed_wal, "B8: killed at any point of a restore, write-ahead log") {
    begin("WAL", 0);
    killed(&restoring);
}

/* From that operation on, the disk fails. */
static migc_code restore_on_bad_disk(long at, migc_error *error) {
    restart();
    memset(&faulty, 0, sizeof(faulty));
    faulty.kinds = FAULTY_ALL & ~FAULTY_OPEN;
    faulty.until = at;
    faulty.stays = 1;
    migc_code code = restore(error);
    CHECK(faulty.reached);
    memset(&faulty, 0, sizeof(faulty));
    return code;
}

TEST(disk_messages, "B8: where the disk fails a person is told what is where") {
    migc_error error;
    char expected[600];
    long at = 1;
    begin("DELETE", 0);
    CHECK_INT(MIGC_BACKUP_FAILED, restore_on_bad_disk(at, &error));
    snprintf(expected, sizeof(expected),
             "the restore failed: the disk does not read or take a copy of %s, which is to be kept"
             " (SQLite said: disk I/O error). Move it elsewhere, with its -wal or -journal, then"
             " start again. Nothing was changed.",
             world.shelf.path);
    CHECK_STR(expected, error.message);
    while (strstr(error.message, "Nothing was changed"))
        CHECK_INT(MIGC_BACKUP_FAILED, restore_on_bad_disk(++at, &error));
    CHECK_CONTAINS("the restore failed: SQLite said: disk I/O error (while writing the database)."
                   " Check the disk and the system's log, then start again. The database is as it"
                   " was, or restored completely; what it was is kept as library-replaced-",
                   error.message);
}

#define TESTS(X)                                                                                   \
    X(backup_memory)                                                                               \
    X(restore_memory)                                                                              \
    X(replace_memory)                                                                              \
    X(backup_disk)                                                                                 \
    X(backup_wal)                                                                                  \
    X(restore_disk)                                                                                \
    X(restore_wal)                                                                                 \
    X(replace_disk)                                                                                \
    X(backup_killed)                                                                               \
    X(restore_killed)                                                                              \
    X(restore_killed_wal)                                                                          \
    X(disk_messages)
CHECK_MAIN(TESTS)
