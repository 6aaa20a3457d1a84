/*
 * error.c - codes in words, and the first half of every message: what
 * happened and where.  session.c adds the state of the database and the advice.
 */
#include "base/core.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BEHIND_PLACE ": "

/* Its own list, so that migc_code_text(), which has all codes, is not linked for it. */
const char *migci_words_of(migc_code code) {
    static const char *const texts[] = {
#define TEXT_ROW(name, status, text, advice) text,
        MIGC_SQLITE_CODES(TEXT_ROW)
#undef TEXT_ROW
    };
    return code <= MIGC_STEP_FAILED ? texts[code] : "it failed";
}

/* By SQLite's primary result codes; any other is a statement that failed. */
static const struct {
    unsigned char sqlite, code;
} from_sqlite[] = {
    {SQLITE_OK, MIGC_OK},
    {SQLITE_BUSY, MIGC_LOCKED},
    {SQLITE_LOCKED, MIGC_LOCKED},
    {SQLITE_PROTOCOL, MIGC_LOCKED},
    {SQLITE_NOMEM, MIGC_NO_MEMORY},
    {SQLITE_READONLY, MIGC_READ_ONLY},
    {SQLITE_PERM, MIGC_READ_ONLY},
    {SQLITE_FULL, MIGC_DISK_FULL},
    {SQLITE_IOERR, MIGC_IO_ERROR},
    {SQLITE_CORRUPT, MIGC_CORRUPT},
    {SQLITE_NOTADB, MIGC_NOT_A_DATABASE},
    {SQLITE_CANTOPEN, MIGC_CANNOT_OPEN},
    {SQLITE_INTERRUPT, MIGC_STOPPED},
};

migc_code migci_code_of(int sqlite_code) {
    if (sqlite_code == SQLITE_IOERR_NOMEM)
        return MIGC_NO_MEMORY;
    for (size_t i = 0; i < sizeof(from_sqlite) / sizeof(*from_sqlite); i++)
        if (from_sqlite[i].sqlite == (sqlite_code & 0xff))
            return (migc_code)from_sqlite[i].code;
    return MIGC_STEP_FAILED;
}

/* Behind the `used` bytes that are there. */
static migc_code put_message(migci_session *session, migc_code code, size_t used,
                             const char *format, va_list arguments) {
    migc_error *error = session->error;
    session->advice = NULL;
    error->code = code;
    error->offset = -1;
    vsnprintf(error->message + used, sizeof(error->message) - used, format, arguments);
    if (session->stopped) { /* whatever SQLite made of it */
        error->code = session->stopped;
        error->place.size = session->stop_place;
        snprintf(error->message, sizeof(error->message), "%s", session->stop_reason);
    }
    return error->code;
}

migc_code migci_fail(migci_session *session, migc_code code, const char *format, ...) {
    va_list arguments;
    session->error->place.size = 0;
    va_start(arguments, format);
    code = put_message(session, code, 0, format, arguments);
    va_end(arguments);
    return code;
}

void migci_blame(migci_session *session, const migc_migration *migration, const migc_step *step) {
    migc_error *error = session->error;
    if (!migration)
        return;
    session->failed = migration;
    session->failed_step = step;
    error->version = migration->version;
    error->name = migration->name;
    error->file = migration->file;
    error->step = 0;
    if (step) {
        error->file = migci_file_of_step(migration, step);
        error->step = (unsigned)(step - migration->steps) + 1;
    }
}

migc_code migci_fail_at(migci_session *session, migc_code code, const migc_migration *migration,
                        const migc_step *step, unsigned line, const char *format, ...) {
    migc_error *error = session->error;
    va_list arguments;
    migci_blame(session, migration, step);
    error->line = line;
    snprintf(error->message, sizeof(error->message), "%s:%u" BEHIND_PLACE, error->file, line);
    size_t used = strlen(error->message);
    error->place.size = (unsigned)(used - strlen(BEHIND_PLACE));
    va_start(arguments, format);
    code = put_message(session, code, used, format, arguments);
    va_end(arguments);
    return code;
}

const char *migci_reason(const migc_error *error) {
    return error->message + (error->place.size ? error->place.size + strlen(BEHIND_PLACE) : 0);
}

void migci_clear_error(migci_session *session) {
    memset(session->error, 0, sizeof(*session->error));
}

migci_outcome migci_lack_memory(migci_session *session) {
    session->driver.failure.code = MIGC_NO_MEMORY;
    strcpy(session->driver.failure.reason, "out of memory");
    return MIGCI_REFUSED;
}

static const char *engine_name(const migci_session *session) {
    return session->driver.remote ? session->driver.remote->name : "SQLite";
}

migc_code migci_fail_driver(migci_session *session, const char *doing) {
    const migci_failure *failure = &session->driver.failure;
    session->error->sqlite_code = failure->sqlite_code;
    if (failure->code == MIGC_BAD_HISTORY) {
        migci_fail(session, MIGC_BAD_HISTORY, "the history is not as migc writes it: %s",
                   failure->reason);
        session->advice = "Find out who did that, and remove it, or restore a backup";
        return MIGC_BAD_HISTORY;
    }
    migc_code code =
        migci_fail(session, failure->code, "%s (while %s, %s said: %s)",
                   migci_words_of(failure->code), doing, engine_name(session), failure->reason);
    if (code == MIGC_STEP_FAILED) /* of migc's own: no migration is to be corrected */
        session->advice = "";
    return code;
}

#define SCHEMA_CHANGED                                                                             \
    "Correct the migration, or what somebody has changed in the schema ('drift' shows it)"

#define RECORD_BY_HAND                                                                             \
    "If somebody made that change by hand, 'repair --mark' records the migration as applied; else" \
    " correct the migration"

/* What may stop a migration that was right when it was built: the first whose words are in the
 * message.  SQLite's "error in view v: ..." goes on with words of the others. */
static const struct {
    const char *words, *advice, *for_repeatable; /* NULL: the same */
} in_the_way[] = {
    {"error in ",
     "If that is your own and not of the migrations ('drift' shows it), drop it, start"
     " again, and create it again; else correct the migration",
     NULL},
    {"no such function",
     "Register the function in on_open, which a program made with --main"
     " cannot, or correct the migration",
     NULL},
    {" already exists", RECORD_BY_HAND,
     "If it is not of the migrations ('drift' shows it), drop it, then start again; else write"
     " DROP ... IF EXISTS in front of it"},
    {"no such table", SCHEMA_CHANGED, NULL},
    {"no such column", SCHEMA_CHANGED, NULL},
    {"has no column named", SCHEMA_CHANGED, NULL},
    {"database table is locked",
     "Finish or reset the program's own statements, such as a SELECT that"
     " is still open, then start again",
     NULL},
    {"duplicate column name", RECORD_BY_HAND, NULL},
};

migc_code migci_fail_step(migci_session *session, const migc_migration *migration,
                          const migc_step *step) {
    const migci_failure *failure = &session->driver.failure;
    migc_error *error = session->error;
    unsigned line = step->line;
    error->sqlite_code = failure->sqlite_code;
    if (step->call)
        return migci_fail_at(session, failure->code, migration, step, line, "%s() failed: %s",
                             step->text, failure->reason);
    for (int i = 0; i < failure->offset && step->text[i]; i++)
        line += step->text[i] == '\n';
    if (failure->code == MIGC_STEP_FAILED)
        migci_fail_at(session, failure->code, migration, step, line, "%s", failure->reason);
    else
        migci_fail_at(session, failure->code, migration, step, line, "%s (%s said: %s)",
                      migci_words_of(failure->code), engine_name(session), failure->reason);
    error->offset = failure->offset;
    bool is_repeatable = migration->flags & MIGC_REPEATABLE;
    for (size_t i = 0; i < sizeof(in_the_way) / sizeof(*in_the_way); i++)
        if (strstr(failure->reason, in_the_way[i].words)) {
            const char *other = is_repeatable ? in_the_way[i].for_repeatable : NULL;
            session->advice = other ? other : in_the_way[i].advice;
            break;
        }
    return error->code;
}
