/*
 * drift.c - replays a set in memory and compares what it makes with a database.
 */
#include "drift.h"

#include <stdio.h>
#include <string.h>

struct count {
    migci_difference_function *report;
    void *argument;
    size_t differences;
};

static void count_and_report(const migci_difference *difference, void *argument) {
    struct count *count = argument;
    count->differences++;
    count->report(difference, count->argument);
}

static migc_code fail(migc_error *error, int sqlite_code, const char *doing) {
    error->code = migci_code_of(sqlite_code);
    error->sqlite_code = sqlite_code;
    snprintf(error->message, sizeof error->message, "%s (while %s)", migc_code_text(error->code),
             doing);
    return error->code;
}

static migc_code compare(sqlite3 *db, sqlite3 *replayed, struct count *count, migc_error *error) {
    migci_memory memory = {0};
    migci_schema expected, found;
    int code = migci_schema_read(replayed, &memory, &expected);
    if (code == SQLITE_OK)
        code = migci_schema_read(db, &memory, &found);
    if (code == SQLITE_OK)
        migci_schema_compare(&expected, &found, count_and_report, count);
    migci_free_all(&memory);
    if (code != SQLITE_OK)
        return fail(error, code, "reading the schema");
    return count->differences ? MIGC_DRIFTED : MIGC_OK;
}

migc_code migci_drift(sqlite3 *db, const migc_set *set, int64_t version,
                      const migc_options *options, const char *const *ignore,
                      migci_difference_function *report, void *argument, migc_error *error) {
    struct count count = {report, argument, 0};
    migci_target target = {MIGCI_VERSION, version};
    migc_options replaying = {0};
    sqlite3 *replayed = NULL;
    (void)ignore;
    memset(error, 0, sizeof *error);
    replaying.user = options ? options->user : NULL;
    int code = sqlite3_open(":memory:", &replayed);
    if (code == SQLITE_OK && options && options->on_open)
        code = options->on_open(replayed, options->user);
    if (code != SQLITE_OK)
        fail(error, code, "opening a database in memory");
    else if (migci_run(replayed, set, target, &replaying, error) == MIGC_OK)
        error->code = compare(db, replayed, &count, error);
    sqlite3_close(replayed);
    return error->code;
}
