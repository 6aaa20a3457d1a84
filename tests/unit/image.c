/*
 * image.c - new databases made of a snapshot: when it is used, that the result is a replay's,
 * and what happens where a file system or the system's calls fail.
 *
 * The calls that place a file are this program's own here, in front of the C library's: each
 * can be made to fail, or to be the last that the process makes.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_TMPFILE, syscall() */
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"
#include "sets.h"

/* --------------------------------------------------------- calls that can fail */

static struct {
    int active;
    int no_nameless;      /* the file system knows no O_TMPFILE */
    int no_link;          /* nor hard links */
    long count;           /* of calls so far */
    long until;           /* the number of the one that fails; 0: none */
    int stays;            /* and all after it */
    int dies;             /* the process does, instead of the call */
    char order[64];       /* w: written, s: synced, l: linked */
    void (*linked)(void); /* runs when a file has its name, before its maker goes on */
} calls;

static int fails(void) {
    if (!calls.active || ++calls.count < calls.until || !calls.until ||
        (calls.count > calls.until && !calls.stays))
        return 0;
    if (calls.dies)
        kill(getpid(), SIGKILL);
    errno = EIO;
    return 1;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): theirs are reserved */

static void note(char what) {
    size_t length = strlen(calls.order);
    if (calls.active && length + 1 < sizeof(calls.order))
        calls.order[length] = what;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    if (calls.no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return fails() ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int close(int fd) {
    int failed = fails();
    int answer = (int)syscall(SYS_close, fd);
    return failed ? -1 : answer;
}

/* Half of it reaches the disk before the rest fails. */
ssize_t write(int fd, const void *bytes, size_t size) {
    note('w');
    if (calls.active && calls.dies && calls.count + 1 == calls.until)
        syscall(SYS_write, fd, bytes, size / 2);
    return fails() ? -1 : (ssize_t)syscall(SYS_write, fd, bytes, size);
}

int fsync(int fd) {
    note('s');
    return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

static int link_file(int from, const char *old, int to, const char *name, int flags) {
    note('l');
    int answer = fails() ? -1 : (int)syscall(SYS_linkat, from, old, to, name, flags);
    if (answer == 0 && calls.linked)
        calls.linked();
    return answer;
}

int linkat(int from, const char *old, int to, const char *name, int flags) {
    return link_file(from, old, to, name, flags);
}

int link(const char *old, const char *name) {
    if (calls.no_link) {
        errno = EPERM;
        return -1;
    }
    return link_file(AT_FDCWD, old, AT_FDCWD, name, 0);
}

int unlink(const char *name) {
    return fails() ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static void reset_calls(void *unused) {
    (void)unused;
    memset(&calls, 0, sizeof(calls));
}

/* ------------------------------------------------------------- what is compared */

/* What the events told. */
struct told {
    int started, finished, committed, others;
    size_t index; /* of COMMITTED */
};

static int count_event(const migc_event *event, void *user) {
    struct told *told = user;
    switch (event->type) {
    case MIGC_EVENT_STARTED:
        told->started++;
        break;
    case MIGC_EVENT_FINISHED:
        told->finished++;
        break;
    case MIGC_EVENT_COMMITTED:
        told->committed++;
        told->index = event->index;
        break;
    default:
        told->others++;
        break;
    }
    return 0;
}

/* A new database at lab->path. */
struct opened {
    migc_code code;
    migc_error error;
    migc_result result;
    struct told told;
    uint64_t digest;
    int64_t page_size;
    char history[2000]; /* without times */
};

static const char history_sql[] =
    "SELECT group_concat(action || ' ' || version || ' ' || name || ' ' || set_name)"
    " || (SELECT group_concat(seq || ' ' || checksum || ' ' || chain || ' ' || down)"
    " FROM migc_migrations) FROM migc_events";

static void open_new(const struct lab *lab, const migc_set *set, migc_options options,
                     struct opened *opened) {
    sqlite3 *db = NULL;
    memset(opened, 0, sizeof(*opened));
    options.result = &opened->result;
    options.on_event = count_event;
    options.event_user = &opened->told;
    opened->code = migc_open(lab->path, set, &options, &db, &opened->error);
    calls.active = 0;
    if (db) {
        char ok[16];
        CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", ok, sizeof(ok)));
        opened->digest = db_digest(db);
        opened->page_size = db_number(db, "PRAGMA page_size");
        db_text(db, history_sql, opened->history, sizeof(opened->history));
    }
    sqlite3_close(db);
}

/* How many entries a folder has. */
static int count_entries(const struct lab *lab) {
    DIR *entries = opendir(lab->folder);
    const struct dirent *entry;
    int count = 0;
    CHECK(entries != NULL);
    while ((entry = readdir(entries)))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void check_same(const struct opened *replayed, const struct opened *opened) {
    CHECK_STR("", opened->error.message);
    CHECK_INT(MIGC_OK, opened->code);
    CHECK(opened->digest == replayed->digest);
    CHECK_INT(replayed->page_size, opened->page_size);
    CHECK_STR(replayed->history, opened->history);
    CHECK_INT(replayed->result.count, opened->result.count);
    CHECK_INT(replayed->result.from, opened->result.from);
    CHECK_INT(replayed->result.to, opened->result.to);
    CHECK(opened->result.duration_us > 0);
}

/* What the same call makes without the snapshot, in a folder that is as it was after. */
static struct opened replay(const struct lab *lab, const migc_set *set, migc_options options) {
    struct opened replayed;
    migc_set plain = *set;
    plain.snapshot = NULL;
    open_new(lab, &plain, options, &replayed);
    lab_empty(lab);
    return replayed;
}

enum how { AT_ONCE, BY_REPLAYING };

/* The result is a replay's, and it came about as told. */
static void check_new(const struct lab *lab, const migc_set *set, migc_options options,
                      enum how how) {
    struct opened opened, replayed = replay(lab, set, options);
    open_new(lab, set, options, &opened);
    check_same(&replayed, &opened);
    CHECK_INT(how == AT_ONCE ? 0 : (int)set->count, opened.told.started);
    CHECK_INT((int)set->count, opened.told.finished);
    CHECK_INT(1, opened.told.committed);
    CHECK_INT(set->count, opened.told.index);
    CHECK_INT(1, count_entries(lab));
    lab_empty(lab);
}

/* ------------------------------------------------------------------- when it is */

TEST(made_at_once, "N6: a new database is made of the snapshot, and has what a replay gives it") {
    static struct lab lab;
    lab_begin(&lab);
    check_new(&lab, &imaged_set(&library)->set, (migc_options){0}, AT_ONCE);
    check_new(&lab, &imaged_set(&large)->set, (migc_options){.flags = MIGC_EACH}, AT_ONCE);
}

TEST(application, "N6: a new database has the program's application_id") {
    static struct lab lab;
    migc_options options = {.application_id = 4711};
    lab_begin(&lab);
    check_new(&lab, &imaged_set(&library)->set, options, AT_ONCE);
}

static migc_set with_flags(const migc_set *set, unsigned flags) {
    migc_set changed = *set;
    changed.flags = flags;
    return changed;
}

TEST(modules, "N6: sets without a stamp, and modules, have new databases at once too") {
    static struct lab lab;
    struct imaged *imaged = imaged_set(&library);
    lab_begin(&lab);
    migc_set no_stamp = with_flags(&imaged->set, MIGC_SET_NO_STAMP);
    migc_set module = with_flags(&imaged->set, MIGC_SET_MODULE);
    check_new(&lab, &no_stamp, (migc_options){0}, AT_ONCE);
    check_new(&lab, &module, (migc_options){0}, AT_ONCE);
}

TEST(goes_on, "N6: a database that was made of a snapshot goes down and up again") {
    static struct lab lab;
    struct imaged *imaged = imaged_set(&library);
    migc_error error;
    sqlite3 *db;
    lab_begin(&lab);
    CHECK_INT(MIGC_OK, migc_open(lab.path, &imaged->set, NULL, &db, &error));
    check_defer(db_close, db);
    uint64_t made = db_digest(db);
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, &error));
    CHECK_INT(MIGC_OK, migc_to(db, &library, 0, NULL, &error));
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(MIGC_OK, migc_up(db, &library, NULL, &error));
    CHECK(db_digest(db) == made);
    CHECK_INT(12, db_number(db, "SELECT count(*) FROM migc_events"));
}

/* SQLite's own mode, and the umask. */
TEST(mode, "N6: a new database has the mode that SQLite would give it") {
    static const mode_t masks[] = {022, 077, 002};
    struct imaged *imaged = imaged_set(&library);
    static struct lab lab;
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
        struct opened opened;
        struct stat status;
        mode_t before = umask(masks[i]);
        open_new(&lab, &imaged->set, (migc_options){0}, &opened);
        umask(before);
        CHECK_INT(0, stat(lab.path, &status));
        CHECK_INT(0644 & ~masks[i], status.st_mode & 0777);
        CHECK_INT(0, opened.told.started);
        lab_empty(&lab);
    }
}

/* ----------------------------------------------------------------- when it is not */

static int ask_for(sqlite3 *db, void *user) {
    return sqlite3_exec(db, user, NULL, NULL, NULL);
}

TEST(unusual, "N6: a host that asks for another kind of file has it") {
    static char wishes[][40] = {"PRAGMA page_size = 8192", "PRAGMA auto_vacuum = 1",
                                "PRAGMA encoding = 'UTF-16le'", "PRAGMA application_id = 7"};
    struct imaged *imaged = imaged_set(&library);
    static struct lab lab;
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(wishes) / sizeof(*wishes); i++) {
        migc_options options = {.on_open = ask_for, .user = wishes[i]};
        check_new(&lab, &imaged->set, options, BY_REPLAYING);
    }
}

TEST(usual, "N6: the PRAGMAs that most hosts set are no obstacle") {
    static char wishes[] = "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;"
                           "PRAGMA cache_size = -8000; PRAGMA recursive_triggers = ON;"
                           "PRAGMA page_size = 4096";
    static struct lab lab;
    lab_begin(&lab);
    migc_options options = {.on_open = ask_for, .user = wishes};
    check_new(&lab, &imaged_set(&library)->set, options, AT_ONCE);
}

static int reserve_bytes(sqlite3 *db, void *unused) {
    int bytes = 16;
    (void)unused;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

TEST(reserved, "N6: where pages keep room for a checksum or a key, the migrations run") {
    static struct lab lab;
    lab_begin(&lab);
    migc_options options = {.on_open = reserve_bytes};
    check_new(&lab, &imaged_set(&library)->set, options, BY_REPLAYING);
}

static int do_nothing(migc_context *context, migc_hook_point point, void *user) {
    (void)context;
    (void)point;
    (void)user;
    return 0;
}

TEST(hooks, "N6: hooks are called, so the migrations run") {
    static struct lab lab;
    static const migc_hook hook = {do_nothing, NULL, NULL};
    lab_begin(&lab);
    check_new(&lab, &imaged_set(&library)->set, (migc_options){.hooks = &hook}, BY_REPLAYING);
}

TEST(dry_run, "N6: a dry run makes nothing") {
    static struct lab lab;
    struct opened opened;
    lab_begin(&lab);
    open_new(&lab, &imaged_set(&library)->set, (migc_options){.flags = MIGC_DRY_RUN}, &opened);
    CHECK_INT(MIGC_OK, opened.code);
    CHECK_INT(4, opened.told.others);
    CHECK_INT(0, opened.told.finished);
    struct stat status;
    CHECK_INT(0, stat(lab.path, &status));
    CHECK_INT(0, status.st_size);
}

static int drop_modules(sqlite3 *db, void *unused) {
    (void)unused;
    return sqlite3_drop_modules(db, NULL);
}

static const migc_step search_steps[] = {
    SQL(2, "CREATE VIRTUAL TABLE search USING fts5(body)"),
    SQL(3, "INSERT INTO search VALUES('all that glitters')"),
    SQL(6, "DROP TABLE search"),
};
static const migc_migration search_migrations[] = {
    MIGRATION(1, "001_search", 0, 2, 1, 0, search_steps)};
static const migc_set search = SET("search", search_migrations, NULL);

TEST(module_missing, "N6: a SQLite without the module of a table is told of as in a replay") {
    static struct lab lab;
    struct opened opened;
    struct imaged *imaged = imaged_set(&search);
    lab_begin(&lab);
    check_new(&lab, &imaged->set, (migc_options){0}, AT_ONCE);
    open_new(&lab, &imaged->set, (migc_options){.on_open = drop_modules}, &opened);
    CHECK_INT(MIGC_STEP_FAILED, opened.code);
    CHECK_STR("001_search.sql:2: no such module: fts5. The database is as it was before the run, "
              "at the beginning. Correct the migration, or the data it met.",
              opened.error.message);
}

static int refuse_files(sqlite3 *db, void *user) {
    (void)user;
    const char *name = sqlite3_db_filename(db, "main");
    return name && *name ? SQLITE_AUTH : SQLITE_OK;
}

TEST(on_open_fails, "N6: a host that gives up on the database is told that it was made") {
    static struct lab lab;
    struct opened opened;
    lab_begin(&lab);
    open_new(&lab, &imaged_set(&library)->set, (migc_options){.on_open = refuse_files}, &opened);
    CHECK_CONTAINS("The database was made, and is complete. ", opened.error.message);
    CHECK_INT(4, opened.result.count);
}

/* A journal of an earlier database would be rolled back into the new one. */
TEST(left_over_journal, "N6: beside the journal of an earlier database the migrations run") {
    static const char *const suffixes[] = {"-journal", "-wal"};
    struct imaged *imaged = imaged_set(&library);
    static struct lab lab;
    lab_begin(&lab);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        struct opened opened, replayed = replay(&lab, &imaged->set, (migc_options){0});
        char name[128];
        snprintf(name, sizeof(name), "%s%s", lab.path, suffixes[i]);
        FILE *file = fopen(name, "w");
        CHECK(file != NULL);
        fputs("of another database", file);
        fclose(file);
        open_new(&lab, &imaged->set, (migc_options){0}, &opened);
        check_same(&replayed, &opened);
        CHECK_INT(4, opened.told.started);
        lab_empty(&lab);
    }
}

TEST(special_names, "N6: names that are no new file's open as ever") {
    struct imaged *imaged = imaged_set(&library);
    static struct lab lab;
    struct opened opened;
    lab_begin(&lab);
    struct opened replayed = replay(&lab, &imaged->set, (migc_options){0});
    snprintf(lab.path, sizeof(lab.path), ":memory:");
    open_new(&lab, &imaged->set, (migc_options){0}, &opened);
    check_same(&replayed, &opened);
    CHECK_INT(4, opened.told.started);
    *lab.path = '\0';
    open_new(&lab, &imaged->set, (migc_options){0}, &opened);
    check_same(&replayed, &opened);
    CHECK_INT(4, opened.told.started);
    CHECK_INT(0, count_entries(&lab));
}

TEST(existing, "N6: an empty file is not replaced") {
    struct imaged *imaged = imaged_set(&library);
    static struct lab lab;
    struct opened opened;
    struct stat before, after;
    lab_begin(&lab);
    struct opened replayed = replay(&lab, &imaged->set, (migc_options){0});
    FILE *file = fopen(lab.path, "w");
    CHECK(file && fclose(file) == 0 && stat(lab.path, &before) == 0);
    open_new(&lab, &imaged->set, (migc_options){0}, &opened);
    check_same(&replayed, &opened);
    CHECK_INT(0, stat(lab.path, &after));
    CHECK(before.st_ino == after.st_ino);
    CHECK_INT(4, opened.told.started);
}

/* Other bytes than migc would emit: no crash, and the migrations run. */
TEST(damaged, "N6: a snapshot that is damaged is not used, whatever its bytes are") {
    struct imaged *imaged = imaged_set(&library);
    static struct lab lab;
    uint64_t dice = 20261121;
    lab_begin(&lab);
    struct opened opened, replayed = replay(&lab, &imaged->set, (migc_options){0});
    size_t whole = imaged->packed.size;
    for (size_t size = 0; size < whole; size += 1 + size / 8) {
        imaged->packed.size = size;
        imaged_cut(imaged);
        open_new(&lab, &imaged->set, (migc_options){0}, &opened);
        check_same(&replayed, &opened);
        CHECK_INT(4, opened.told.started);
        lab_empty(&lab);
    }
    /* Numbers at the beginning of the stream, of any size. */
    for (int round = 0; round < 300; round++) {
        imaged->packed.size = 40;
        for (size_t i = 0; i < imaged->packed.size; i++) {
            dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            imaged->packed.bytes[i] = (char)(dice >> 40);
        }
        imaged_cut(imaged);
        open_new(&lab, &imaged->set, (migc_options){0}, &opened);
        check_same(&replayed, &opened);
        lab_empty(&lab);
    }
}

/* ------------------------------------------------------ file systems and failures */

TEST(named, "N6: where no file can be without a name, it has a temporary one") {
    static struct lab lab;
    lab_begin(&lab);
    check_defer(reset_calls, NULL);
    calls.no_nameless = 1;
    check_new(&lab, &imaged_set(&library)->set, (migc_options){0}, AT_ONCE);
}

/* Else a crash of the machine could leave the name and not the bytes. */
TEST(order, "N11: the bytes are on the disk before they have a name, then the name is") {
    static struct lab lab;
    struct imaged *imaged = imaged_set(&library);
    lab_begin(&lab);
    check_defer(reset_calls, NULL);
    for (int no_nameless = 0; no_nameless <= 1; no_nameless++) {
        struct opened opened;
        reset_calls(NULL);
        calls.active = 1;
        calls.no_nameless = no_nameless;
        open_new(&lab, &imaged->set, (migc_options){0}, &opened);
        CHECK_INT(0, opened.told.started);
        CHECK_STR("wsls", calls.order);
        lab_empty(&lab);
    }
}

TEST(no_links, "N6: where nothing can be linked the migrations run, and nothing is left") {
    static struct lab lab;
    lab_begin(&lab);
    check_defer(reset_calls, NULL);
    calls.no_nameless = calls.no_link = 1;
    check_new(&lab, &imaged_set(&library)->set, (migc_options){0}, BY_REPLAYING);
}

static void touch(const char *name) {
    FILE *file = fopen(name, "w");
    CHECK(file && fclose(file) == 0);
}

/* A process that is gone by now. */
static pid_t dead_process(void) {
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    CHECK(child > 0 && waitpid(child, NULL, 0) == child);
    return child;
}

TEST(left_overs, "N6: the next start removes what a crash left, and no other's") {
    static struct lab lab;
    struct opened opened;
    char dead[160], living[160], other[160];
    lab_begin(&lab);
    check_defer(reset_calls, NULL);
    snprintf(dead, sizeof(dead), "%s-migc-%ld-0badcafe", lab.path, (long)dead_process());
    snprintf(living, sizeof(living), "%s-migc-%ld-0badcafe", lab.path, (long)getppid());
    snprintf(other, sizeof(other), "%s/other.db-migc-%ld-0badcafe", lab.folder,
             (long)dead_process());
    touch(dead);
    touch(living);
    touch(other);
    calls.no_nameless = 1;
    open_new(&lab, &imaged_set(&library)->set, (migc_options){0}, &opened);
    CHECK_INT(0, opened.told.started);
    int is_dead_there = access(dead, F_OK) == 0;
    CHECK_INT(0, unlink(living));
    CHECK_INT(0, unlink(other));
    CHECK_INT(0, is_dead_there);
    CHECK_INT(1, count_entries(&lab));
}

/* Returns 0 once the call makes no more than that many calls of the system. */
static int survive(const struct lab *lab, const migc_set *set, const struct opened *replayed,
                   long number, int stays) {
    struct opened opened;
    calls.active = 1;
    calls.count = 0;
    calls.until = number;
    calls.stays = stays;
    open_new(lab, set, (migc_options){0}, &opened);
    int reached = calls.count >= number;
    if (!stays)
        CHECK_STR("", opened.error.message);
    calls.until = 0;
    if (opened.code != MIGC_OK) {
        CHECK(*opened.error.message);
        open_new(lab, set, (migc_options){0}, &opened);
        CHECK_STR("", opened.error.message);
    }
    CHECK(opened.digest == replayed->digest);
    CHECK_STR(replayed->history, opened.history);
    /* A name that could not be taken away is the next one's to remove. */
    CHECK(count_entries(lab) <= 1 + calls.no_nameless);
    lab_empty(lab);
    return reached;
}

static void remove_rest(void *argument) {
    const struct lab *lab = argument;
    DIR *entries = opendir(lab->folder);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries)))
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(lab->folder);
}

static void fail_each_call(int no_nameless) {
    static struct lab lab;
    struct imaged *imaged = imaged_set(&library);
    lab_begin(&lab);
    check_defer(remove_rest, &lab);
    struct opened replayed = replay(&lab, &imaged->set, (migc_options){0});
    check_defer(reset_calls, NULL);
    calls.no_nameless = no_nameless;
    for (int stays = 0; stays <= 1; stays++) {
        long number = 1;
        while (survive(&lab, &imaged->set, &replayed, number, stays)) {
            number++;
            remove_rest(&lab);
            CHECK_INT(0, mkdir(lab.folder, 0700));
        }
        CHECK_MSG(number > 6, "no more than %ld calls were made", number);
    }
}

TEST(failing_calls, "N11: each call of the system fails while a new database is made") {
    fail_each_call(0);
}

TEST(failing_named, "N11: the same where it has a temporary name") {
    fail_each_call(1);
}

/* ------------------------------------------------------------------------- locks */

enum { RESERVED_BYTE = 0x40000001 };

static struct {
    struct lab lab;
    sqlite3 *db;
} other;

/* Another thread, as fast as can be. */
static void lock_new_file(void) {
    calls.linked = NULL;
    other.db = db_open(other.lab.path);
    db_exec(other.db, "BEGIN IMMEDIATE");
}

/* As another process sees it. */
static int is_locked(const char *path) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_start = RESERVED_BYTE, .l_len = 1};
        int fd = open(path, O_RDWR);
        _exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* POSIX drops a process's locks on a file when it closes any descriptor of it. */
static void lock_while_made(int no_nameless) {
    struct opened opened;
    struct imaged *imaged = imaged_set(&library);
    lab_begin(&other.lab);
    check_defer(reset_calls, NULL);
    calls.no_nameless = no_nameless;
    calls.linked = lock_new_file;
    open_new(&other.lab, &imaged->set, (migc_options){0}, &opened);
    CHECK(other.db != NULL);
    int locked = is_locked(other.lab.path);
    db_close(other.db);
    other.db = NULL;
    CHECK_INT(0, opened.told.started);
    CHECK(locked);
    CHECK(!is_locked(other.lab.path));
}

TEST(locks_stay, "N6: a lock that another thread takes on the new database stays") {
    lock_while_made(0);
}

TEST(locks_stay_named, "N6: the same where it had a temporary name") {
    lock_while_made(1);
}

/* ----------------------------------------------------------------------- crashes */

enum { SURVIVED = 10 };

_Noreturn static void open_to_death(const struct lab *lab, const migc_set *set, long number) {
    sqlite3 *db = NULL;
    calls.active = calls.dies = 1;
    calls.count = 0;
    calls.until = number;
    migc_open(lab->path, set, NULL, &db, NULL);
    _exit(SURVIVED);
}

static int kill_at(const struct lab *lab, const migc_set *set, long number) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        open_to_death(lab, set, number);
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) {
        CHECK_INT(SURVIVED, WEXITSTATUS(status));
        return 0;
    }
    return 1;
}

/* A child dies in each of its calls in turn: there is no file, or all of it. */
static void kill_in_each_call(int no_nameless) {
    static struct lab lab;
    struct imaged *imaged = imaged_set(&library);
    int absent = 0, present = 0;
    lab_begin(&lab);
    check_defer(remove_rest, &lab);
    struct opened opened, replayed = replay(&lab, &imaged->set, (migc_options){0});
    check_defer(reset_calls, NULL);
    calls.no_nameless = no_nameless;
    for (long number = 1; kill_at(&lab, &imaged->set, number); number++) {
        int there = access(lab.path, F_OK) == 0;
        there ? present++ : absent++;
        CHECK(count_entries(&lab) <= there + no_nameless);
        open_new(&lab, &imaged->set, (migc_options){0}, &opened);
        CHECK_STR("", opened.error.message);
        CHECK(opened.digest == replayed.digest);
        CHECK_INT(there ? 0 : 4, opened.result.count);
        CHECK(count_entries(&lab) <= 1 + (there && no_nameless));
        remove_rest(&lab);
        CHECK_INT(0, mkdir(lab.folder, 0700));
    }
    CHECK(absent > 2 && present > 0);
}

TEST(killed, "N6: a crash at any point leaves no file, or the finished one") {
    kill_in_each_call(0);
}

TEST(killed_named, "N6: with a temporary name it leaves at most that, for the next start") {
    kill_in_each_call(1);
}

#define TESTS(X)                                                                                   \
    X(made_at_once)                                                                                \
    X(application)                                                                                 \
    X(modules)                                                                                     \
    X(goes_on)                                                                                     \
    X(mode)                                                                                        \
    X(unusual)                                                                                     \
    X(usual)                                                                                       \
    X(reserved)                                                                                    \
    X(hooks)                                                                                       \
    X(dry_run)                                                                                     \
    X(module_missing)                                                                              \
    X(on_open_fails)                                                                               \
    X(left_over_journal)                                                                           \
    X(special_names)                                                                               \
    X(existing)                                                                                    \
    X(damaged)                                                                                     \
    X(named)                                                                                       \
    X(order)                                                                                       \
    X(no_links)                                                                                    \
    X(left_overs)                                                                                  \
    X(failing_calls)                                                                               \
    X(failing_named)                                                                               \
    X(locks_stay)                                                                                  \
    X(locks_stay_named)                                                                            \
    X(killed)                                                                                      \
    X(killed_named)
CHECK_MAIN(TESTS)
