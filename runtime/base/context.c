/*
 * context.c - what a step in C may ask and say.
 */
#include "base/core.h"

#include <stdarg.h>
#include <stdio.h>

sqlite3 *migc_db(const migc_context *context) {
    context->session->wanted_db |= !context->session->driver.db;
    return context->session->driver.db;
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
