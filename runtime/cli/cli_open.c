/*
 * cli_open.c - opens the database of a command.
 *
 * A command that only reads opens the database read-only, creates nothing, and leaves no -wal
 * and -shm files next to a database in WAL mode that nobody has open.  A database that does not
 * exist yet is read as an empty one, also by commands that only revert.
 */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_SIZE = 100, WRITE_VERSION_AT = 18, WAL_VERSION = 2 };

/* See https://www.sqlite.org/fileformat2.html, "file format version numbers".  Reads through
 * SQLite's own file: closing another descriptor would drop the locks of a host that has the
 * database open. */
static bool is_in_wal_mode(sqlite3 *db) {
    unsigned char header[HEADER_SIZE] = {0};
    sqlite3_file *file = NULL;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
           file && file->pMethods &&
           file->pMethods->xRead(file, header, sizeof(header), 0) == SQLITE_OK &&
           header[WRITE_VERSION_AT] == WAL_VERSION;
}

/* Nobody has a WAL database open while it has no -wal file, so nothing can
 * change under a reader that takes no locks. */
static int open_as_reader(migci_cli *cli, bool immutable) {
    char *uri = migci_reading_uri(cli->path, immutable);
    int code = uri ? sqlite3_open_v2(uri, &cli->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
                   : SQLITE_NOMEM;
    sqlite3_free(uri);
    return code;
}

static int print_open_failure(migci_cli *cli) {
    migci_json_failure(cli);
    return migci_cli_fail(cli);
}

static int fail_cli_open(migci_cli *cli, int code, const char *reason) {
    cli->error.code = migci_code_of(code);
    if (cli->error.code == MIGC_STEP_FAILED)
        cli->error.code = MIGC_CANNOT_OPEN;
    snprintf(cli->error.message, sizeof(cli->error.message),
             "%s (%s). %s. Check the path and who may use it.", migci_words_of(cli->error.code),
             reason, cli->made ? "The database was made, and is complete" : "Nothing was changed");
    return print_open_failure(cli);
}

/* Checks the type first: opening a pipe would wait for its other end. */
static int check_path(migci_cli *cli) {
    struct stat status;
    char folder[sizeof(cli->file)];
    if (!*cli->file) /* in memory, or temporary */
        return 0;
    if (stat(cli->file, &status) == 0)
        return S_ISREG(status.st_mode)   ? 0
               : S_ISDIR(status.st_mode) ? fail_cli_open(cli, SQLITE_CANTOPEN, "it is a folder")
                                         : fail_cli_open(cli, SQLITE_CANTOPEN, "it is not a file");
    if (errno != ENOENT)
        return fail_cli_open(cli, SQLITE_CANTOPEN, strerror(errno));
    if (!migci_folder_of(cli->file, folder, sizeof(folder)) || stat(folder, &status) != 0 ||
        !S_ISDIR(status.st_mode))
        return fail_cli_open(cli, SQLITE_CANTOPEN, "its folder does not exist");
    if (cli->only_existing)
        return fail_cli_open(cli, SQLITE_CANTOPEN, "there is no such file");
    cli->missing = true;
    return 0;
}

static int open_database(migci_cli *cli, bool writes) {
    bool creates = writes && cli->operations.access == MIGCI_CREATES && cli->version > 0;
    char wal[sizeof(cli->file) + 8];
    if (cli->missing && !creates)
        return sqlite3_open(":memory:", &cli->db);
    cli->missing = false;
    if (writes)
        return sqlite3_open_v2(cli->path, &cli->db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL);
    int code = open_as_reader(cli, false);
    snprintf(wal, sizeof(wal), "%s-wal", cli->file);
    if (code != SQLITE_OK || !is_in_wal_mode(cli->db) || access(wal, F_OK) == 0)
        return code;
    sqlite3_close(cli->db);
    cli->db = NULL;
    return open_as_reader(cli, true);
}

/* The host's PRAGMAs may write (journal_mode).  A connection that only reads goes on without
 * them if SQLite refuses them. */
static int prepare_connection(migci_cli *cli, bool writes) {
    migc_options options = cli->options;
    char reason[200];
    int64_t waited_us;
    if (!writes)
        options.wait_ms = -1;
    int code = migci_call_on_open(cli->db, &options, &waited_us);
    if (code == SQLITE_OK || !writes)
        return 0;
    bool is_own = (sqlite3_extended_errcode(cli->db) & 0xff) == (code & 0xff);
    snprintf(reason, sizeof(reason), "%.120s, in on_open, after %.3f s",
             is_own ? sqlite3_errmsg(cli->db) : sqlite3_errstr(code), (double)waited_us / 1e6);
    return fail_cli_open(cli, code, reason);
}

int migci_cli_path(migci_cli *cli) {
    const char *from_environment = getenv("DATABASE_PATH");
    if (!cli->path)
        cli->path = from_environment && *from_environment ? from_environment : cli->default_path;
    if (!cli->path || !*cli->path)
        return migci_cli_usage(cli, "which database? Name it with --db PATH or DATABASE_PATH");
    if (!migci_file_of(cli->path, cli->file, sizeof(cli->file)))
        return migci_cli_usage(cli, "the name of the database is longer than %zu bytes",
                               sizeof(cli->file));
    return 0;
}

int migci_cli_open(migci_cli *cli) {
    bool writes = cli->operations.access != MIGCI_READS && !cli->dry_run;
    int status = migci_cli_path(cli);
    if (!status)
        status = check_path(cli);
    if (status)
        return status;
    int code = open_database(cli, writes);
    if (code != SQLITE_OK)
        return fail_cli_open(cli, code, cli->db ? sqlite3_errmsg(cli->db) : "no memory");
    status = prepare_connection(cli, writes);
    if (!status && !writes &&
        sqlite3_exec(cli->db, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_OK &&
        sqlite3_extended_errcode(cli->db) == SQLITE_READONLY_ROLLBACK) {
        /* The next program that may write completes the rollback; this one must not write. */
        cli->error.code = MIGC_READ_ONLY;
        snprintf(cli->error.message, sizeof(cli->error.message),
                 "a program was cut off while it wrote, and what it left (%s-journal) is not undone"
                 " yet; a command that only reads must not do it. Nothing was changed. Leave both"
                 " files where they are and start the program: whoever opens the database to write"
                 " undoes it first.",
                 migci_base_name(cli->file));
        status = print_open_failure(cli);
    }
    return status;
}
