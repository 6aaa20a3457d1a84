/*
 * json_event.c - the ready event function that prints JSON lines.
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

static void print_event_migration(migci_json *json, const migc_event *event) {
    if (!event->migration)
        return;
    migci_json_text(json, "migration", event->migration->name);
    migci_json_number(json, "version", event->migration->version);
    migci_json_text(json, "direction", event->down ? "down" : "up");
    migci_json_text(json, "file",
                    event->statement ? migci_file_of_step(event->migration, event->statement)
                                     : event->migration->file);
}

static const char *name_of_type(migc_event_type type) {
    static const char *const names[] = {
#define NAME_ROW(name) #name,
        MIGC_EVENTS(NAME_ROW)
#undef NAME_ROW
    };
    return (size_t)type < sizeof(names) / sizeof(*names) ? names[type] : "UNKNOWN";
}

static const char *name_of_level(migc_level level) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    return (size_t)level < sizeof(names) / sizeof(*names) ? names[level] : "info";
}

int migc_json_event(const migc_event *event, void *user) {
    FILE *stream = user ? (FILE *)user : stderr;
    migci_json json;
    flockfile(stream);
    migci_json_begin(&json, stream);
    add_time(&json);
    migci_json_text(&json, "event", name_of_type(event->type));
    if (event->set)
        migci_json_text(&json, "set", event->set->name);
    print_event_migration(&json, event);
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
        migci_json_text(&json, "level", name_of_level(event->level));
    if (event->detail)
        migci_json_text(&json, "detail", event->detail);
    migci_json_end(&json);
    fflush(stream);
    funlockfile(stream);
    return 0;
}
