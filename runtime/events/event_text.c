/*
 * event_text.c - describes an event in words, for the ready-made event functions.  Those
 * that the command line prints as well are in notice_text.c.
 */
#include "events/events.h"

#include "base/core.h"
#include "base/tame.h"

#include <stdio.h>

char *migc_event_text(const migc_event *event, char *buffer, size_t size) {
    double ms = (double)event->duration_us / 1000;
    const char *detail = event->detail ? event->detail : "";
    const char *name = event->migration ? event->migration->name : "";
    buffer[0] = '\0';
    switch (event->type) {
    case MIGC_EVENT_PLANNED:
        snprintf(buffer, size, "%s: would %s %s", event->set->name,
                 event->down ? "revert" : "apply", name);
        break;
    case MIGC_EVENT_STARTED:
        snprintf(buffer, size, "%s: [%zu/%zu] %s %s", event->set->name, event->index, event->count,
                 event->down ? "reverting" : "applying", name);
        break;
    case MIGC_EVENT_FINISHED:
        snprintf(buffer, size, "%s: [%zu/%zu] %s %s, %.0f ms", event->set->name, event->index,
                 event->count, event->down ? "reverted" : "applied", name, ms);
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
            snprintf(buffer, size, "%s: %s %s, %.0f ms", event->set->name,
                     event->done ? "backed up to" : "nothing has changed since the backup", detail,
                     ms);
        break;
    case MIGC_EVENT_STEP:
        if (event->statement)
            snprintf(buffer, size, "%s: [%zu/%zu] %s:%u: step %u of %u, %.0f ms", event->set->name,
                     event->index, event->count,
                     migci_file_of_step(event->migration, event->statement), event->statement->line,
                     event->step, event->step_count, ms);
        break;
    default:
        return migci_notice_text(event, buffer, size);
    }
    migci_tame_line(buffer);
    return buffer;
}
