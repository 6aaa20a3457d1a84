/*
 * snapshot.c - makes a new database from the snapshot that migc emitted, in place of a replay.
 *
 * The snapshot is unpacked into a database in memory, where the usual code writes the history.  The
 * result is written to the disk in one piece (new_file.c).  Until the file has its name there is
 * nothing, so failures and reasons against it need no message: the caller migrates, and reports
 * what is wrong.
 */
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---------------------------------------------------------------- unpacking */

struct reader {
    const migc_snapshot *snapshot;
    size_t at;
    bool is_over; /* more was asked for than there is */
};

static int next_byte(struct reader *reader) {
    const migc_snapshot *snapshot = reader->snapshot;
    if (reader->at == snapshot->packed_size) {
        reader->is_over = true;
        return -1;
    }
    size_t at = reader->at++;
    return (unsigned char)snapshot->pieces[at / MIGC_PIECE_SIZE][at % MIGC_PIECE_SIZE];
}

static uint64_t next_number(struct reader *reader) {
    uint64_t number = 0;
    int byte;
    for (unsigned shift = 0; (byte = next_byte(reader)) >= 0 && shift < 63; shift += 7) {
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

/* Mostly these are zeros that repeat the byte before them. */
static void copy(unsigned char *to, size_t size, size_t back) {
    if (size <= back)
        memcpy(to, to - back, size);
    else if (back == 1)
        memset(to, to[-1], size);
    else
        for (size_t i = 0; i < size; i++)
            to[i] = to[i - back];
}

bool migci_unpack(const migc_snapshot *snapshot, unsigned char *to) {
    struct reader reader = {snapshot, 0, false};
    size_t done = 0;
    while (done < snapshot->size) {
        uint64_t literals = next_number(&reader);
        if (literals > snapshot->size - done)
            return false;
        while (literals-- > 0)
            to[done++] = (unsigned char)next_byte(&reader);
        uint64_t copies = next_number(&reader), back = next_number(&reader);
        if (copies > snapshot->size - done || back > done || (copies && !back) || reader.is_over)
            return false;
        copy(to + done, (size_t)copies, (size_t)back);
        done += (size_t)copies;
    }
    return true;
}

#ifdef SQLITE_OMIT_DESERIALIZE

bool migci_snapshot_make(const char *path, const migc_set *set, const migc_options *options) {
    (void)path;
    (void)set;
    (void)options;
    return false;
}

#else

enum { PATH_SIZE = 4096, SUFFIX_SIZE = 8, PAGE_SIZE = 4096, ROOM_FOR_HISTORY = 1024 };

/* -------------------------------------------------------- can it be used? */

static bool suits_set(const migc_set *set, const migc_options *options) {
    return migci_sqlite_serves() && MIGCI_HAVE(sqlite3_deserialize) && set &&
           set->abi == MIGC_ABI && set->snapshot && set->count && !set->needs && !options->hooks &&
           !(options->flags & MIGC_DRY_RUN);
}

/* A dangling link counts as a file, too. */
static bool is_free(const char *path, const char *suffix) {
    char name[PATH_SIZE];
    struct stat status;
    int length = snprintf(name, sizeof(name), "%s%s", path, suffix);
    return length < PATH_SIZE && lstat(name, &status) != 0 && errno == ENOENT;
}

/* Whether it is an ordinary path, used through SQLite's own VFS; makes it absolute.  The journal
 * of an earlier database of this name would be rolled back into a new one that is not empty. */
static bool suits_path(const char *path, char full[PATH_SIZE]) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (!path || !*path || *path == ':' || strncmp(path, "file:", 5) == 0 || !vfs ||
        strcmp(vfs->zName, "unix") != 0 || vfs->mxPathname >= PATH_SIZE)
        return false;
    memset(full, 0, PATH_SIZE);
    if ((vfs->xFullPathname(vfs, path, vfs->mxPathname + 1, full) & 0xff) != SQLITE_OK ||
        strlen(full) + SUFFIX_SIZE > (size_t)vfs->mxPathname)
        return false;
    return is_free(full, "") && is_free(full, "-journal") && is_free(full, "-wal");
}

/* Whether a new database, after on_open, has SQLite's defaults and is empty.  An encrypted one
 * reserves bytes of its pages, or its SQLite says so. */
static bool suits_connection(sqlite3 *db) {
    sqlite3_stmt *statement = NULL;
    int reserved = -1, usual = 0;
    if (sqlite3_compileoption_used("HAS_CODEC") ||
        sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) != SQLITE_OK ||
        reserved != 0)
        return false;
    int code = sqlite3_prepare_v2(
        db,
        "SELECT page_size = ?1 AND encoding = 'UTF-8' AND auto_vacuum = 0 AND schema_version = 0"
        " AND user_version = 0 AND application_id = 0"
        " FROM pragma_page_size, pragma_encoding, pragma_auto_vacuum, pragma_schema_version,"
        " pragma_user_version, pragma_application_id",
        -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int(statement, 1, PAGE_SIZE);
    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        usual = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return usual;
}

/* This SQLite may lack the module of a virtual table, which CREATE would have reported. */
static bool suits_tables(sqlite3 *db) {
    sqlite3_stmt *tables = NULL, *table = NULL;
    int code = sqlite3_prepare_v2(
        db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage = 0", -1, &tables,
        NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(tables)) == SQLITE_ROW) {
        char *sql = sqlite3_mprintf("SELECT 1 FROM main.\"%w\"", sqlite3_column_text(tables, 0));
        code = sql ? sqlite3_prepare_v2(db, sql, -1, &table, NULL) : SQLITE_NOMEM;
        sqlite3_free(sql);
        sqlite3_finalize(table);
        table = NULL;
    }
    sqlite3_finalize(tables);
    return code == SQLITE_DONE;
}

/* ------------------------------------------------------------------- making */

/* With room to grow, so that the history does not move it. */
static bool load_snapshot(sqlite3 *db, const migc_set *set) {
    size_t size = set->snapshot->size;
    size_t room = size + (set->count + 64) * ROOM_FOR_HISTORY;
    unsigned char *bytes = sqlite3_malloc64(room);
    if (!bytes)
        return false;
    if (!migci_unpack(set->snapshot, bytes)) {
        sqlite3_free(bytes);
        return false;
    }
    return sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)size, (sqlite3_int64)room,
                               SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) ==
           SQLITE_OK;
}

static bool make_of_snapshot(sqlite3 *db, const char *path, const migc_set *set,
                             const migc_options *options, int64_t started_us) {
    migci_target all = {NULL, 0};
    size_t count = set->count + (set->repeatables ? set->repeatables->count : 0);
    sqlite3_int64 size = 0;
    const void *bytes = NULL;
    migci_session session;
    if (migci_session_open(&session, db, set, options, NULL) != MIGC_OK)
        return false;
    session.started_us = started_us;
    /* The history is written as if all of the plan had just run. */
    if (migci_read_plan(&session, all) == MIGC_OK && session.plan.count == count &&
        migci_begin(&session) == MIGCI_DONE && migci_record(&session, count) == MIGC_OK &&
        migci_commit(&session) == MIGCI_DONE)
        bytes = sqlite3_serialize(db, "main", &size, SQLITE_SERIALIZE_NOCOPY);
    bool made = bytes && migci_make_file(path, bytes, (size_t)size);
    if (made) {
        for (size_t i = 0; i < count; i++)
            migci_emit_action(&session, MIGC_EVENT_FINISHED, i, 0, NULL);
        migci_go_on(&session, count);
    } else {
        migci_rollback(&session);
    }
    migci_session_close(&session);
    return made;
}

bool migci_snapshot_make(const char *path, const migc_set *set, const migc_options *options) {
    static const migc_options defaults;
    char full[PATH_SIZE];
    sqlite3 *db = NULL;
    int64_t started_us = migci_now_us();
    options = options ? options : &defaults;
    if (!suits_set(set, options) || !suits_path(path, full))
        return false;
    bool made = sqlite3_open(":memory:", &db) == SQLITE_OK &&
                (!options->on_open || options->on_open(db, options->user) == SQLITE_OK) &&
                suits_connection(db) && load_snapshot(db, set) && suits_tables(db) &&
                make_of_snapshot(db, full, set, options, started_us);
    sqlite3_close_v2(db); /* on_open may have kept a statement of it */
    return made;
}

#endif
