/*
 * notes - short notes with tags, due days and full-text search, in one SQLite file.
 *
 * The schema is what migrations/ says.  migc compiled that folder into notes.h
 * and its `notes`; this program carries it along, brings its database up to date
 * at every start, and answers "notes --migrate".  What the commands do is left to
 * commands.c.
 */
#include "notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

#define DEFAULT_PATH "notes.db"

enum { BUSY_MS = 5000, WAL_ATTEMPTS = 100, WAL_PAUSE_MS = 50 };

/* ----------------------------------------------------------------- database */

/* Whether the database has no page yet and may be written. */
static int is_new(sqlite3 *db, int *answer) {
    sqlite3_stmt *statement = NULL;

    int code = sqlite3_prepare_v2(db, "PRAGMA page_count", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        *answer = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) == 0 &&
                  !sqlite3_db_readonly(db, "main");
        code = sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return code;
}

/*
 * Puts a new database into WAL mode.  The file remembers the mode, so one that
 * exists has it already, and one that turns out not to be ours stays as it is.
 * While another process does the same, SQLite can answer BUSY without waiting.
 */
static int use_wal(sqlite3 *db) {
    int new_file = 0;

    int code = is_new(db, &new_file);
    for (int i = 0; i < WAL_ATTEMPTS && code == SQLITE_OK && new_file; i++) {
        code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (code != SQLITE_BUSY) {
            break;
        }
        sqlite3_sleep(WAL_PAUSE_MS);
    }
    return code;
}

/* For every connection, ours and the one of "notes --migrate". */
static int prepare_connection(sqlite3 *db, void *user) {
    (void)user;
    sqlite3_busy_timeout(db, BUSY_MS);
    int code = sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    return code == SQLITE_OK ? use_wal(db) : code;
}

/* Of all that migc tells, only what makes the user wait. */
static int report_waiting(const migc_event *event, void *user) {
    return event->type == MIGC_EVENT_WAITING ? migc_print_event(event, user) : 0;
}

static int migrate(sqlite3 *db) {
    migc_result result = {0};
    const migc_options options = {.on_event = report_waiting, .result = &result};
    migc_error error;

    if (migc_up(db, &notes, &options, &error) != MIGC_OK) {
        fprintf(stderr, "notes: %s\n", error.message);
        return FAILED;
    }
    if (result.count > 0) {
        fprintf(stderr, "notes: migrated the database from version %lld to %lld\n",
                (long long)result.from, (long long)result.to);
    }
    return DONE;
}

/* The caller closes *db, also after a failure. */
static int open_database(sqlite3 **db) {
    const char *path = getenv("DATABASE_PATH");
    if (path == NULL || path[0] == '\0') {
        path = DEFAULT_PATH;
    }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK ||
        prepare_connection(*db, NULL) != SQLITE_OK) {
        fprintf(stderr, "notes: cannot use %s: %s\n", path, sqlite3_errmsg(*db));
        return FAILED;
    }
    return migrate(*db);
}

/* ------------------------------------------------------------- command line */

static void print_usage(FILE *out) {
    fprintf(out, "usage: notes COMMAND [ARGUMENT...]\n\n");
    for (size_t i = 0; i < command_count; i++) {
        fprintf(out, "  %-7s %-17s %s\n", commands[i].name, commands[i].arguments,
                commands[i].help);
    }
    fprintf(out, "\nThe notes are in the file that DATABASE_PATH names, else in " DEFAULT_PATH "\n"
                 "in the current folder.  \"notes --migrate status\" tells its version.\n");
}

/* The command that argv asks for; NULL after a message when it asks for none. */
static const struct command *find_command(int argc, char **argv) {
    if (argc < 2) {
        print_usage(stderr);
        return NULL;
    }
    for (size_t i = 0; i < command_count; i++) {
        const struct command *found = &commands[i];
        if (strcmp(found->name, argv[1]) != 0) {
            continue;
        }
        if (argc - 2 < found->least || argc - 2 > found->most) {
            fprintf(stderr, "usage: notes %s %s\n", found->name, found->arguments);
            return NULL;
        }
        return found;
    }
    fprintf(stderr, "notes: there is no command \"%s\"; see notes --help\n", argv[1]);
    return NULL;
}

/* All of a command, or nothing: what is not committed, sqlite3_close() rolls back. */
static int run_in_transaction(sqlite3 *db, const struct command *command, int argc, char **argv) {
    int status = DONE;

    int code = sqlite3_exec(db, command->begin, NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        status = command->run(db, argc, argv);
    }
    if (code == SQLITE_OK && status == DONE) {
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    if (code != SQLITE_OK) {
        fprintf(stderr, "notes: %s\n", sqlite3_errmsg(db));
        return FAILED;
    }
    return status;
}

static int flush_output(void) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("notes: cannot write the output");
        return FAILED;
    }
    return DONE;
}

int main(int argc, char **argv) {
    const migc_options options = {.on_open = prepare_connection, .verbs = migc_verbs_all};
    int status = migc_cli(argc, argv, &notes, DEFAULT_PATH, &options);
    if (status >= 0) {
        return status;
    }
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_usage(stdout);
        return flush_output();
    }
    const struct command *command = find_command(argc, argv);
    if (command == NULL) {
        return WRONG_USAGE;
    }
    sqlite3 *db = NULL;
    status = open_database(&db);
    if (status == DONE) {
        status = run_in_transaction(db, command, argc - 2, argv + 2);
    }
    sqlite3_close(db);
    return status == DONE ? flush_output() : status;
}
