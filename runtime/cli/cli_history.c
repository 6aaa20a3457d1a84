/*
 * cli_history.c - the command that tells what happened.
 */
#include "cli.h"

#include <string.h>

struct listing {
    migci_cli *cli;
    migci_json json;
    size_t count;
};

enum { AT, ACTION, VERSION, NAME, DURATION_US, HOST, PID, APPLIED_BY, DETAIL, COLUMNS };

/* Its detail is a checksum, which says nothing to a person. */
static int is_repeat(const char *action) {
    return action && strncmp(action, "repeat", strlen("repeat")) == 0;
}

static void print_event(const migci_value *cells) {
    char duration[32];
    migci_print_tame(stdout, "%.19s  %-8s %s", cells[AT].text ? cells[AT].text : "?",
                     cells[ACTION].text ? cells[ACTION].text : "?",
                     cells[NAME].text ? cells[NAME].text : "");
    if (cells[DURATION_US].text)
        printf("  (%s)", migci_duration(cells[DURATION_US].number, duration));
    if (cells[APPLIED_BY].text || cells[HOST].text)
        migci_print_tame(stdout, "  by %s on %s, pid %lld",
                         cells[APPLIED_BY].text ? cells[APPLIED_BY].text : "?",
                         cells[HOST].text ? cells[HOST].text : "?", (long long)cells[PID].number);
    printf("\n");
    if (cells[DETAIL].text && !is_repeat(cells[ACTION].text))
        migci_print_tame(stdout, "    %s\n", cells[DETAIL].text);
}

static void add_event(migci_json *json, const migci_value *cells) {
    migci_value values[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        int is_number = i == VERSION || i == DURATION_US || i == PID;
        values[i] =
            cells[i].text && is_number ? MIGCI_NUMBER(cells[i].number) : MIGCI_TEXT(cells[i].text);
    }
    migci_json_add(json,
                   "SELECT json_object('at', ?1, 'action', ?2, 'version', ?3, 'name', ?4,"
                   " 'duration_us', ?5, 'host', ?6, 'pid', ?7, 'applied_by', ?8, 'detail', ?9)",
                   values, COLUMNS);
}

static int list_event(void *argument, const migci_value *cells) {
    struct listing *listing = argument;
    listing->count++;
    if (listing->cli->json)
        add_event(&listing->json, cells);
    else if (!listing->cli->quiet)
        print_event(cells);
    return 0;
}

static void print_json(migci_cli *cli, migci_json *json) {
    int failed = cli->error.code != MIGC_OK;
    migci_value values[] = {MIGCI_TEXT(cli->set->name), MIGCI_TEXT(cli->path),
                            MIGCI_TEXT(migc_code_name(cli->error.code)),
                            MIGCI_TEXT(failed ? cli->error.message : NULL)};
    migci_json_print(json,
                     "SELECT json_object('set', ?2, 'database', ?3, 'code', ?4, 'error', ?5,"
                     " 'events', json(?1))",
                     values, 4);
}

static migc_code read_events(migci_cli *cli, struct listing *listing) {
    migci_session session;
    if (migci_session_open(&session, cli->db, cli->set, &cli->options, &cli->error) == MIGC_OK &&
        migci_begin_to_read(&session) == MIGCI_DONE &&
        migci_history_list(&session, list_event, listing) != MIGCI_DONE)
        migci_fail_driver(&session, "reading the history");
    migci_rollback(&session);
    return migci_session_close(&session);
}

int migci_cli_history(migci_cli *cli) {
    struct listing listing = {cli, {NULL, NULL}, 0};
    if (cli->json && !migci_json_open(&listing.json))
        return 1;
    migc_code code = read_events(cli, &listing);
    if (cli->json)
        print_json(cli, &listing.json);
    else if (code == MIGC_OK && !listing.count && !cli->quiet)
        printf("%s has no history yet.\n", cli->path);
    return code == MIGC_OK ? 0 : migci_cli_fail(cli);
}
