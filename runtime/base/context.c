/*
 * context.c - what a step in C or a hook can ask and report.
 */
#include "base/core.h"

#include <stdarg.h>
#include <stdio.h>

sqlite3 *migc_db(const migc_context *context) {
    migci_session *session = context->session;
    if (!session->driver.db)
        session->no_db = "it asks for the connection, by migc_db(), and a cluster has none;"
                         " migc_exec() and migc_query() work there, and 'Engine: sqlite' in the"
                         " header has it refused before anything runs";
    return session->driver.db;
}

const migc_migration *migc_running(const migc_context *context) {
    return context->migration;
}

void *migc_user(const migc_context *context) {
    return context->session->options->user;
}

int migc_fail(migc_context *context, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context->reason, sizeof(context->reason), format, arguments);
    va_end(arguments);
    return 1;
}
