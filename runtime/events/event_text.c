/*
 * event_text.c - describes an event in words, for the ready-made event functions.
 */
#include "base/core.h"
#include "base/tame.h"

#include <stdio.h>

static const char *name_of_migration(const migc_event *event) {
    return event->migration ? event->migration->name : "";
}

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

static const char *word_of_level(migc_level level) {
    static const char *const words[] = {[MIGC_DEBUG] = "",
                                        [MIGC_INFO] = "",
                                        [MIGC_WARNING] = "warning: ",
                                        [MIGC_ERROR] = "error: "};
    return level >= MIGC_DEBUG && level <= MIGC_ERROR ? words[level] : "";
}

static void write_waiting(const migc_event *event, char *buffer, size_t size) {
    const char *detail = event->detail ? event->detail : "";
    double seconds = (double)event->duration_us / 1e6;
    if (event->code == MIGC_UNREACHABLE)
        snprintf(buffer, size, "%s: waiting for the cluster, %s (%.1f s)", event->set->name,
                 *detail ? detail : "which does not answer", seconds);
    else
        snprintf(buffer, size, "%s: waiting for the database, locked%s%s (%.1f s)",
                 event->set->name, *detail ? " by " : "", detail, seconds);
}

char *migc_event_text(const migc_event *event, char *buffer, size_t size) {
    double ms = (double)event->duration_us / 1000;
    const char *detail = event->detail ? event->detail : "";
    buffer[0] = '\0';
    switch (event->type) {
    case MIGC_EVENT_WAITING:
        write_waiting(event, buffer, size);
        break;
    case MIGC_EVENT_PENDING:
        snprintf(buffer, size, "%s: waiting until another program has applied %s (%.1f s)",
                 event->set->name, event->migration ? event->migration->name : "what is pending",
                 ms / 1000);
        break;
    case MIGC_EVENT_PLANNED:
        snprintf(buffer, size, "%s: would %s %s", event->set->name,
                 event->down ? "revert" : "apply", name_of_migration(event));
        break;
    case MIGC_EVENT_STARTED:
        snprintf(buffer, size, "%s: [%zu/%zu] %s %s", event->set->name, event->index, event->count,
                 event->down ? "reverting" : "applying", name_of_migration(event));
        break;
    case MIGC_EVENT_FINISHED:
        snprintf(buffer, size, "%s: [%zu/%zu] %s %s, %.0f ms", event->set->name, event->index,
                 event->count, event->down ? "reverted" : "applied", name_of_migration(event), ms);
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
    case MIGC_EVENT_PROGRESS:
        if (event->heartbeat)
            write_progress(event, buffer, size);
        break;
    case MIGC_EVENT_LOG:
        snprintf(buffer, size, "%s: %s%s%s%s", event->set->name, name_of_migration(event),
                 event->migration ? ": " : "", word_of_level(event->level), detail);
        break;
    case MIGC_EVENT_STEP:
        if (event->statement)
            snprintf(buffer, size, "%s: [%zu/%zu] %s:%u: step %u of %u, %.0f ms", event->set->name,
                     event->index, event->count,
                     migci_file_of_step(event->migration, event->statement), event->statement->line,
                     event->step, event->step_count, ms);
        break;
    }
    migci_tame(buffer);
    return buffer;
}
