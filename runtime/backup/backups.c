/*
 * backups.c - where the backups of a database are, their names, and how many are kept.
 *
 * The name is SET-VERSION-TIME.db if the database is SET.db and the folder is its own.  Otherwise
 * the name says more, because backups are found and deleted by name: it begins with the name of the
 * database's file if that is not SET.db, and in a folder that databases of other folders may use,
 * too, it has a sum of the database's folder.  So no database lists, restores or deletes another's
 * backups.  A database of several sets has no single version: FILE-TIME.db is a backup of each of
 * them.
 */
#include "backup.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_OF_A_SECOND = 10000,
    MOST_TEMPORARY = 100,
    ABANDONED_S = 3600,
    TIME_LENGTH = 16,
    STICKY = 01000
};

/* -------------------------------------------------------------------- names */

void migci_read_owners(migci_backups *backups) {
    char own[4096];
    struct stat status;
    backups->open = stat(backups->folder, &status) == 0 && status.st_mode & (STICKY | S_IWOTH);
    if (stat(backups->database, &status) == 0 ||
        (migci_folder_of(backups->database, own, sizeof(own)) && stat(own, &status) == 0))
        backups->owner = status.st_uid;
    else
        backups->owner = geteuid();
}

bool migci_is_ours(const migci_backups *backups, const struct stat *file) {
    return !backups->open || file->st_uid == backups->owner || file->st_uid == geteuid() ||
           file->st_uid == 0;
}

migc_code migci_backups_find(migci_session *session, const char *database, const char *folder,
                             migci_backups *backups) {
    const char *set = session->set->name;
    size_t length = strlen(set);
    backups->database = migci_full_path(session, database);
    char *own = backups->database ? migci_format(session, "%s", backups->database) : NULL;
    if (!own)
        return session->error->code;
    migci_folder_of(backups->database, own, strlen(own) + 1);
    /* "notes", or "other.db-notes" for a database that is not notes.db */
    const char *base = migci_base_name(backups->database), *stem = set;
    if (strncmp(base, set, length) != 0 || strcmp(base + length, ".db") != 0)
        stem = migci_format(session, "%s-%s", base, set);
    backups->folder = folder ? migci_full_path(session, folder) : own;
    if (!backups->folder || !stem)
        return session->error->code;
    backups->prefix = stem;
    backups->shared = base;
    if (backups->folder != own && !migci_same_file(backups->folder, own)) {
        backups->prefix =
            migci_format(session, "%s@%012" PRIx64, stem, migci_sum(MIGCI_SUM_START, own) >> 16);
        backups->shared = migci_format(session, "%s@%012" PRIx64, backups->shared,
                                       migci_sum(MIGCI_SUM_START, own) >> 16);
    }
    migci_read_owners(backups);
    return backups->prefix && backups->shared ? MIGC_OK : session->error->code;
}

/* "-TIME.db", or "-TIME-2.db", to its last letter. */
static bool read_backup_time(const char *text, migci_kept *kept) {
    char *end;
    if (*text != '-' || !migci_is_file_time(text + 1))
        return false;
    kept->time = text + 1;
    kept->number = 1;
    end = (char *)text + 1 + TIME_LENGTH;
    if (*end == '-' && isdigit((unsigned char)end[1]))
        kept->number = strtol(end + 1, &end, 10);
    return strcmp(end, ".db") == 0;
}

static bool read_backup_name(const char *name, const migci_backups *backups, migci_kept *kept) {
    size_t shared = strlen(backups->shared), length = strlen(backups->prefix);
    char *end;
    kept->version = -1;
    if (strncmp(name, backups->shared, shared) == 0 && read_backup_time(name + shared, kept))
        return true;
    if (strncmp(name, backups->prefix, length) != 0 || name[length] != '-' ||
        !isdigit((unsigned char)name[length + 1]))
        return false;
    kept->version = strtoll(name + length + 1, &end, 10);
    return read_backup_time(end, kept);
}

/* ------------------------------------------------------------------- listing */

/* The number within a second is that of all backups; older programs counted those of one
 * version. */
static int newest_first(const void *left, const void *right) {
    const migci_kept *one = left, *two = right;
    int order = strncmp(two->time, one->time, TIME_LENGTH);
    if (!order)
        order = (two->number > one->number) - (two->number < one->number);
    return order ? order
                 : (two->written_ns > one->written_ns) - (two->written_ns < one->written_ns);
}

struct listing {
    migci_session *session;
    const migci_backups *backups;
    migci_kept *list;
    size_t count, room;
    int failure;     /* errno, of */
    const char *bad; /* one that cannot be read: it may be the newest */
};

/* The texts of a backup point into its name. */
static bool consider_entry(struct listing *listing, int folder, const char *entry) {
    migci_kept kept;
    struct stat status;
    assert(listing->count <= listing->room);
    if (!read_backup_name(entry, listing->backups, &kept))
        return true;
    if (fstatat(folder, entry, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        listing->failure = errno == ENOENT ? 0 : errno; /* it was deleted a moment ago */
        listing->bad = migci_copy(&listing->session->memory, entry);
        return !listing->failure;
    }
    if (!S_ISREG(status.st_mode) || !migci_is_ours(listing->backups, &status))
        return true;
    kept.name = migci_copy(&listing->session->memory, entry);
    if (!kept.name)
        return false;
    kept.time = kept.name + (kept.time - entry);
    kept.size = (int64_t)status.st_size;
    kept.written_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    if (listing->count == listing->room) {
        size_t room = listing->room ? listing->room * 2 : 32;
        migci_kept *grown = migci_allocate(&listing->session->memory, room * sizeof(*grown));
        if (!grown)
            return false;
        if (listing->count)
            memcpy(grown, listing->list, listing->count * sizeof(*grown));
        listing->list = grown;
        listing->room = room;
    }
    listing->list[listing->count++] = kept;
    return true;
}

migc_code migci_backups_list(migci_session *session, const migci_backups *backups,
                             migci_kept **list, size_t *count) {
    struct listing listing = {session, backups, NULL, 0, 0, 0, NULL};
    struct dirent *entry;
    bool fits = true;
    *count = 0;
    *list = NULL;
    DIR *folder = opendir(backups->folder);
    if (!folder && errno == ENOENT)
        return MIGC_OK;
    if (!folder)
        return migci_fail_backup(session,
                                 "%s cannot be read: %s. Name a folder that this user may read",
                                 backups->folder, strerror(errno));
    while (fits && (entry = readdir(folder)))
        fits = consider_entry(&listing, dirfd(folder), entry->d_name);
    closedir(folder);
    if (listing.failure && listing.bad)
        return migci_fail_backup(session,
                                 "%s/%s cannot be read: %s. Check the disk and the system's"
                                 " log, or name the backup's file",
                                 backups->folder, listing.bad, strerror(listing.failure));
    if (!fits)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while listing the backups");
    if (listing.count)
        qsort(listing.list, listing.count, sizeof(*listing.list), newest_first);
    *list = listing.list;
    *count = listing.count;
    return MIGC_OK;
}

/* One that cannot be deleted takes room, and is no reason to stop. */
void migci_backups_trim(migci_session *session, const migci_backups *backups, int keep,
                        const char *path) {
    migc_error before = *session->error;
    migci_kept *list;
    size_t count;
    assert(keep >= 0);
    if (migci_backups_list(session, backups, &list, &count) == MIGC_OK)
        for (size_t i = (size_t)keep; list && i < count; i++) {
            char *old = migci_format(session, "%s/%s", backups->folder, list[i].name);
            if (old && strcmp(old, path) != 0)
                unlink(old);
        }
    *session->error = before;
}

/* ----------------------------------------------------------- temporary files */

/* ".PREFIX~PID..." whose process is gone.  A process of another container, or of another
 * machine, cannot be seen: but it holds the lock.  Where processes have the same number again and
 * again, or locks do not reach, age decides: a copy in the making is written to. */
static bool is_abandoned(int folder, const char *name, const char *prefix) {
    size_t length = strlen(prefix);
    struct stat status;
    if (name[0] != '.' || strncmp(name + 1, prefix, length) != 0 || name[length + 1] != '~' ||
        !strstr(name + length, ".tmp"))
        return false;
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    long pid = strtol(name + length + 2, NULL, 10);
    bool abandoned = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && pid > 0 &&
                     flock(file, LOCK_EX | LOCK_NB) == 0 &&
                     ((kill((pid_t)pid, 0) != 0 && errno == ESRCH) ||
                      time(NULL) - status.st_mtime > ABANDONED_S);
    if (file >= 0)
        close(file);
    return abandoned;
}

migc_code migci_temporary_make(migci_session *session, const char *folder, const char *prefix,
                               migci_temporary *temporary) {
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries && (entry = readdir(entries)))
        if (is_abandoned(dirfd(entries), entry->d_name, prefix))
            unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    *temporary = (migci_temporary){NULL, -1};
    for (int i = 1; temporary->file < 0 && i < MOST_TEMPORARY; i++) {
        temporary->path =
            migci_format(session, "%s/.%s~%ld.%d.tmp", folder, prefix, (long)getpid(), i);
        if (!temporary->path)
            return session->error->code;
        temporary->file =
            open(temporary->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (temporary->file < 0 && errno != EEXIST)
            break;
    }
    if (temporary->file >= 0) {
        flock(temporary->file, LOCK_EX | LOCK_NB); /* where it cannot be had, age decides */
        return MIGC_OK;
    }
    temporary->path = NULL;
    return migci_fail_backup(session,
                             "%s: %s. Name a folder that exists and that this user may write to",
                             folder, strerror(errno));
}

void migci_temporary_end(migci_temporary *temporary) {
    if (temporary->path)
        migci_drop_temporary(temporary->path);
    if (temporary->file >= 0)
        close(temporary->file);
    *temporary = (migci_temporary){NULL, -1};
}

/* ------------------------------------------------------------------- naming */

static migc_code name_file_at(migci_session *session, const char *from, const char *folder,
                              const char *start, const char *when, long first, const char **path) {
    int failure = EEXIST;
    for (long i = first; failure == EEXIST && i < first + MOST_OF_A_SECOND; i++) {
        *path = i == 1 ? migci_format(session, "%s/%s-%s.db", folder, start, when)
                       : migci_format(session, "%s/%s-%s-%ld.db", folder, start, when, i);
        if (!*path)
            return session->error->code;
        failure = migci_name_file(from, *path);
    }
    if (!failure)
        failure = migci_sync_folder(folder);
    return failure ? migci_fail_backup(session, "%s: %s. Check the folder, then start again", *path,
                                       strerror(failure))
                   : MIGC_OK;
}

static void format_clock(char when[TIME_LENGTH + 1]) {
    struct tm utc;
    time_t now = time(NULL);
    gmtime_r(&now, &utc);
    strftime(when, TIME_LENGTH + 1, "%Y%m%dT%H%M%SZ", &utc);
}

/* Where the newest backup was not made in the past, the clock was ahead, or this is the same
 * second: the new one has that time, and the next number. */
migc_code migci_name_backup(migci_session *session, const char *from, const migci_backups *backups,
                            const char *start, const char **path) {
    char when[TIME_LENGTH + 1];
    migci_kept *list;
    size_t count;
    long first = 1;
    format_clock(when);
    migc_code code = migci_backups_list(session, backups, &list, &count);
    if (code != MIGC_OK)
        return code;
    if (count && strncmp(list[0].time, when, TIME_LENGTH) >= 0) {
        snprintf(when, sizeof(when), "%.*s", TIME_LENGTH, list[0].time);
        first = list[0].number + 1;
    }
    return name_file_at(session, from, backups->folder, start, when, first, path);
}

migc_code migci_name_replaced(migci_session *session, const char *from,
                              const migci_backups *backups, const char **path) {
    char when[TIME_LENGTH + 1];
    char *start = migci_format(session, "%s-replaced", backups->prefix);
    format_clock(when);
    return start ? name_file_at(session, from, backups->folder, start, when, 1, path)
                 : session->error->code;
}
