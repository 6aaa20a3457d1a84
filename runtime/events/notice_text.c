/*
 * notice_text.c - describes in words the events that are no part of a migration's course: what a
 * run waits for, how far a long statement is, and what a step in C says.
 */
#include "events/events.h"

#include "base/core.h"
#include "base/tame.h"

#include <stdio.h>

/* Where the run is, how long it has been there, and how much of it is done. */
static void write_progress(const migc_event *event, char *buffer, size_t size) {
    char position[200] = "between the statements", work[80] = "";
    long long done = event->done, total = event->total;
    if (event->migration)
        snprintf(position, sizeof(position), "[%zu/%zu] %s:%u", event->index, event->count,
                 migci_file_of_step(event->migration, event->statement), event->statement->line);
    if (total)
        snprintf(work, sizeof(work), ", %lld of %lld", done, total);
    else if (done)
        snprintf(work, sizeof(work), ", %lld%s", done,
                 event->statement && event->statement->call ? "" : " rows");
    snprintf(buffer, size, "%s: %s: at work for %.1f s%s", event->set->name, position,
             (double)event->duration_us / 1e6, work);
}

char *migci_notice_text(const migc_event *event, char *buffer, size_t size) {
    const char *set = event->set->name, *detail = event->detail ? event->detail : "";
    const char *name = event->migration ? event->migration->name : NULL;
    double seconds = (double)event->duration_us / 1e6;
    buffer[0] = '\0';
    switch (event->type) {
    case MIGC_EVENT_WAITING:
        if (event->code == MIGC_UNREACHABLE)
            snprintf(buffer, size, "%s: waiting for the cluster, %s (%.1f s)", set,
                     *detail ? detail : "which does not answer", seconds);
        else
            snprintf(buffer, size, "%s: waiting for the database, locked%s%s (%.1f s)", set,
                     *detail ? " by " : "", detail, seconds);
        break;
    case MIGC_EVENT_PENDING:
        snprintf(buffer, size, "%s: waiting until another program has applied %s (%.1f s)", set,
                 name ? name : "what is pending", seconds);
        break;
    case MIGC_EVENT_PROGRESS:
        if (event->heartbeat)
            write_progress(event, buffer, size);
        break;
    case MIGC_EVENT_LOG:
        snprintf(buffer, size, "%s: %s%s%s%s", set, name ? name : "", name ? ": " : "",
                 event->level == MIGC_WARNING ? "warning: "
                 : event->level == MIGC_ERROR ? "error: "
                                              : "",
                 detail);
        break;
    default:
        break;
    }
    migci_tame(buffer);
    return buffer;
}
