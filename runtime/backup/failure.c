/*
 * failure.c - messages that several files of backup and restore need.
 */
#include "backup.h"

#include <stdarg.h>
#include <stdio.h>

migc_code migci_fail_memory(migci_session *session) {
    return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while copying the database");
}

migc_code migci_fail_backup(migci_session *session, const char *format, ...) {
    char what[900];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    return migci_fail(session, MIGC_BACKUP_FAILED, "%s", what);
}

migc_code migci_name_failure(migci_session *session, const char *what) {
    migc_error *error = session->error;
    char *whole = NULL;
    if (error->code == MIGC_BACKUP_FAILED)
        whole = sqlite3_mprintf("%s: %s", what, error->message);
    if (whole)
        snprintf(error->message, sizeof(error->message), "%s", whole);
    sqlite3_free(whole);
    return error->code;
}

migc_code migci_fail_in_use(migci_session *session, const char *who) {
    return migci_fail(session, MIGC_IN_USE,
                      "others have the database open%s%s. Stop every program that uses it, then"
                      " start again",
                      *who ? ": " : "", who);
}
