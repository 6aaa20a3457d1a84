/*
 * log.c - migc_log(): messages of a step in C or a hook.
 */
#include "engine/engine.h"

#include <stdarg.h>
#include <stdio.h>

void migc_log(migc_context *context, migc_level level, const char *format, ...) {
    char text[501];
    migc_event event = {0};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    event.type = MIGC_EVENT_LOG;
    event.set = context->session->set;
    event.migration = context->migration;
    event.level = level;
    event.detail = text;
    migci_emit(context->session, &event);
}
