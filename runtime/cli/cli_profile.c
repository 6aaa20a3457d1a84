/*
 * cli_profile.c - --profile: which steps took longest, how many rows they changed, and how many
 * pages they read and wrote.
 *
 * The counters are the connection's own.  Reading them runs no statement, so it is allowed while
 * an event is handled.
 */
#include "cli.h"

#include <string.h>

static migci_counters read_counters(migci_cli *cli) {
    int misses = 0, writes = 0, highest;
    sqlite3_db_status(cli->db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &highest, 0);
    sqlite3_db_status(cli->db, SQLITE_DBSTATUS_CACHE_WRITE, &writes, &highest, 0);
    return (migci_counters){migci_now_us(), sqlite3_total_changes64(cli->db), misses, writes};
}

/* Adds what happened since the event before.  The list stays sorted, the slowest first. */
static void measure_slow(migci_cli *cli, const migc_event *event, const char *what) {
    const migci_counters *before = &cli->counters;
    migci_counters now = read_counters(cli);
    migci_slow one = {event->migration,
                      event->statement,
                      what,
                      {now.time_us - before->time_us, now.rows - before->rows,
                       now.pages_read - before->pages_read,
                       now.pages_written - before->pages_written}};
    size_t at = cli->slow_count;
    if (at == MIGCI_SLOWEST && cli->slow[at - 1].used.time_us >= one.used.time_us)
        return;
    at -= at == MIGCI_SLOWEST;
    for (; at > 0 && cli->slow[at - 1].used.time_us < one.used.time_us; at--)
        cli->slow[at] = cli->slow[at - 1];
    cli->slow[at] = one;
    cli->slow_count += cli->slow_count < MIGCI_SLOWEST;
}

void migci_profile_event(migci_cli *cli, const migc_event *event) {
    switch (event->type) {
    case MIGC_EVENT_STEP:
        measure_slow(cli, event, NULL);
        break;
    case MIGC_EVENT_FINISHED:
        if (event->migration->verify_count && !event->down)
            measure_slow(cli, event, "VERIFY");
        break;
    case MIGC_EVENT_COMMITTED:
        measure_slow(cli, event, "foreign keys, history, commit");
        break;
    case MIGC_EVENT_STARTED:
        break;
    default:
        return;
    }
    cli->counters = read_counters(cli);
}

/* NULL: it belongs to the whole run. */
static const char *file_of_slow(const migci_slow *one) {
    if (one->statement)
        return migci_file_of_step(one->migration, one->statement);
    if (strcmp(one->what, "VERIFY") != 0)
        return NULL;
    return one->migration->verify_file ? one->migration->verify_file : one->migration->file;
}

/* Its first line, not cut within a character. */
static void describe_step(const migci_slow *one, char *words, size_t size) {
    const char *text = one->statement ? one->statement->text : one->what;
    bool is_call = one->statement && one->statement->call;
    size_t length = strcspn(text, "\r\n");
    size_t room = size - 1 - strlen("-- call: ");
    if (length > room)
        for (length = room; length && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    snprintf(words, size, "%s%.*s", is_call ? "-- call: " : "", (int)length, text);
}

void migci_profile_print(migci_cli *cli) {
    char duration[32], words[72];
    if (!cli->slow_count || cli->quiet)
        return;
    migci_print("Slowest:\n  %9s %9s %9s %9s\n", "time", "rows", "pages in", "pages out");
    for (size_t i = 0; i < cli->slow_count; i++) {
        const migci_slow *one = &cli->slow[i];
        const char *file = file_of_slow(one);
        char line[16] = "";
        if (one->statement)
            snprintf(line, sizeof(line), ":%u", one->statement->line);
        describe_step(one, words, sizeof(words));
        migci_print("  %9s %9lld %9lld %9lld  %s%s%s%s\n",
                    migci_duration(one->used.time_us, duration), (long long)one->used.rows,
                    (long long)one->used.pages_read, (long long)one->used.pages_written,
                    file ? file : "", line, file ? "  " : "", words);
    }
}

void migci_profile_json(const migci_cli *cli, migci_json *json) {
    char words[72];
    migci_json_open(json, "profile", '[');
    for (size_t i = 0; i < cli->slow_count; i++) {
        const migci_slow *one = &cli->slow[i];
        describe_step(one, words, sizeof(words));
        migci_json_open(json, NULL, '{');
        migci_json_text(json, "file", file_of_slow(one));
        if (one->statement)
            migci_json_number(json, "line", one->statement->line);
        else
            migci_json_null(json, "line");
        migci_json_text(json, "what", words);
        migci_json_number(json, "duration_us", one->used.time_us);
        migci_json_number(json, "rows", one->used.rows);
        migci_json_number(json, "pages_read", one->used.pages_read);
        migci_json_number(json, "pages_written", one->used.pages_written);
        migci_json_close(json);
    }
    migci_json_close(json);
}
