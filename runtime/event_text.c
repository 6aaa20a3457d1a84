/*
 * event_text.c - an event in words, for the ready event functions.
 */
#include "internal.h"

#include <stdio.h>

static const char *name_of(const migc_event *event) {
    return event->migration ? event->migration->name : "";
}

char *migc_event_text(const migc_event *event, char *buffer, size_t size) {
    double ms = (double)event->duration_us / 1000;
    const char *detail = event->detail ? event->detail : "";
    buffer[0] = '\0';
    switch (event->type) {
    case MIGC_EVENT_WAITING:
        snprintf(buffer, size, "%s: waiting for the database, locked%s%s (%.1f s)",
                 event->set->name, *detail ? " by " : "", detail, ms / 1000);
        break;
    case MIGC_EVENT_PLANNED:
        snprintf(buffer, size, "%s: would %s %s", event->set->name,
                 event->down ? "take back" : "apply", name_of(event));
        break;
    case MIGC_EVENT_STARTED:
        snprintf(buffer, size, "%s: [%zu/%zu] %s %s", event->set->name, event->index, event->count,
                 event->down ? "taking back" : "applying", name_of(event));
        break;
    case MIGC_EVENT_FINISHED:
        snprintf(buffer, size, "%s: [%zu/%zu] %s %s, %.0f ms", event->set->name, event->index,
                 event->count, event->down ? "took back" : "applied", name_of(event), ms);
        break;
    case MIGC_EVENT_COMMITTED:
        snprintf(buffer, size, "%s: committed, %zu of %zu", event->set->name, event->index,
                 event->count);
        break;
    case MIGC_EVENT_ROLLED_BACK:
        snprintf(buffer, size, "%s: rolled back: %s", event->set->name, detail);
        break;
    case MIGC_EVENT_BACKUP:
        if (*detail)
            snprintf(buffer, size, "%s: backed up to %s, %.0f ms", event->set->name, detail, ms);
        break;
    case MIGC_EVENT_STEP:
        break;
    }
    return buffer;
}
