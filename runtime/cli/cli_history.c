/*
 * cli_history.c - the command that lists what happened.
 */
#include "cli.h"

#include <string.h>

struct listing {
    migci_cli *cli;
    migci_json json;
    size_t count;
};

enum { AT, ACTION, VERSION, NAME, DURATION_US, HOST, PID, APPLIED_BY, DETAIL, COLUMNS };

static void add_event_json(migci_json *json, const migci_value *cells) {
    static const struct {
        const char *key;
        bool is_number;
    } columns[COLUMNS] = {
        [AT] = {"at", false},
        [ACTION] = {"action", false},
        [VERSION] = {"version", true},
        [NAME] = {"name", false},
        [DURATION_US] = {"duration_us", true},
        [HOST] = {"host", false},
        [PID] = {"pid", true},
        [APPLIED_BY] = {"applied_by", false},
        [DETAIL] = {"detail", false},
    };
    migci_json_open(json, NULL, '{');
    for (int i = 0; i < COLUMNS; i++)
        if (columns[i].is_number && cells[i].text)
            migci_json_number(json, columns[i].key, cells[i].number);
        else
            migci_json_text(json, columns[i].key, cells[i].text);
    migci_json_close(json);
}

static int list_event(void *argument, const migci_value *cells) {
    struct listing *listing = argument;
    char duration[32];
    listing->count++;
    if (listing->cli->json)
        add_event_json(&listing->json, cells);
    if (listing->cli->json || listing->cli->quiet)
        return 0;
    migci_print_flat(stdout, "%.19s  %-8s %s", cells[AT].text ? cells[AT].text : "?",
                     cells[ACTION].text ? cells[ACTION].text : "?",
                     cells[NAME].text ? cells[NAME].text : "");
    if (cells[DURATION_US].text)
        migci_print("  (%s)", migci_duration(cells[DURATION_US].number, duration));
    if (cells[APPLIED_BY].text || cells[HOST].text)
        migci_print_flat(stdout, "  by %s on %s, pid %lld",
                         cells[APPLIED_BY].text ? cells[APPLIED_BY].text : "?",
                         cells[HOST].text ? cells[HOST].text : "?", (long long)cells[PID].number);
    migci_print("\n");
    /* A repeatable's detail is a checksum, which tells a person nothing. */
    bool is_repeatable = cells[ACTION].text && strncmp(cells[ACTION].text, "repeat", 6) == 0;
    if (cells[DETAIL].text && !is_repeatable) {
        migci_print_flat(stdout, "    %s", cells[DETAIL].text);
        migci_print("\n");
    }
    return 0;
}

/* The document lists the events as they are read, before the result is known. */
int migci_cli_history(migci_cli *cli) {
    struct listing listing = {.cli = cli};
    migci_session session;
    if (cli->json) {
        migci_json_begin_command(&listing.json, cli);
        migci_json_open(&listing.json, "events", '[');
    }
    if (migci_session_open_any(&session, cli->db, cli->set, &cli->options, &cli->error) ==
            MIGC_OK &&
        migci_begin_to_read(&session) == MIGCI_DONE &&
        migci_history_list(&session, list_event, &listing) != MIGCI_DONE)
        migci_fail_driver(&session, "reading the history");
    migci_rollback(&session);
    migc_code code = migci_session_close(&session);
    if (cli->json) {
        migci_json_close(&listing.json);
        migci_json_outcome(&listing.json, cli);
        migci_json_end(&listing.json);
    } else if (code == MIGC_OK && !listing.count && !cli->quiet) {
        migci_print("%s %s yet.\n", cli->path, cli->missing ? "does not exist" : "has no history");
    }
    return code == MIGC_OK ? 0 : migci_cli_fail(cli);
}
