/*
 * json_event.c - the ready-made event function that writes lines of JSON.
 */
#include "base/core.h"
#include "base/json.h"

#include <time.h>

static void add_some(migci_json *json, const char *key, int64_t number) {
    if (number)
        migci_json_number(json, key, number);
}

static void add_time(migci_json *json) {
    char text[40], second[24];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(second, sizeof(second), "%Y-%m-%d %H:%M:%S", &utc);
    snprintf(text, sizeof(text), "%s.%03ld", second, now.tv_nsec / 1000000);
    migci_json_text(json, "at", text);
}

int migc_json_event(const migc_event *event, void *user) {
    static const char *const types[] = {
#define NAME_ROW(name) #name,
        MIGC_EVENTS(NAME_ROW)
#undef NAME_ROW
    };
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    const migc_migration *migration = event->migration;
    size_t type = (size_t)event->type, level = (size_t)event->level;
    FILE *stream = user ? (FILE *)user : stderr;
    migci_json json;
    flockfile(stream);
    migci_json_begin(&json, stream);
    add_time(&json);
    migci_json_text(&json, "event",
                    type < sizeof(types) / sizeof(*types) ? types[type] : "UNKNOWN");
    if (event->set)
        migci_json_text(&json, "set", event->set->name);
    if (migration) {
        migci_json_text(&json, "migration", migration->name);
        migci_json_number(&json, "version", migration->version);
        migci_json_text(&json, "direction", event->down ? "down" : "up");
        migci_json_text(&json, "file",
                        event->statement ? migci_file_of_step(migration, event->statement)
                                         : migration->file);
    }
    add_some(&json, "index", (int64_t)event->index);
    add_some(&json, "count", (int64_t)event->count);
    if (event->statement)
        migci_json_number(&json, "line", event->statement->line);
    add_some(&json, "step", event->step);
    add_some(&json, "step_count", event->step_count);
    add_some(&json, "duration_us", event->duration_us);
    add_some(&json, "done", event->done);
    add_some(&json, "total", event->total);
    if (event->type == MIGC_EVENT_LOG)
        migci_json_text(&json, "level",
                        level < sizeof(levels) / sizeof(*levels) ? levels[level] : "info");
    if (event->detail)
        migci_json_text(&json, "detail", event->detail);
    migci_json_end(&json);
    fflush(stream);
    funlockfile(stream);
    return 0;
}
