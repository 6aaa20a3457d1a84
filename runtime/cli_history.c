/*
 * cli_history.c - the command that tells what happened.
 */
#include "cli.h"

struct listing {
    migci_cli *cli;
    migci_json json;
    size_t count;
};

enum { AT, ACTION, VERSION, NAME, DURATION_US, HOST, PID, APPLIED_BY, DETAIL, COLUMNS };

static void print_event(const migci_value *cells) {
    char duration[32];
    printf("%.19s  %-8s %s", cells[AT].text, cells[ACTION].text,
           cells[NAME].text ? cells[NAME].text : "");
    if (cells[DURATION_US].text)
        printf("  (%s)", migci_duration(cells[DURATION_US].number, duration));
    if (cells[APPLIED_BY].text || cells[HOST].text)
        printf("  by %s@%s, pid %lld", cells[APPLIED_BY].text ? cells[APPLIED_BY].text : "?",
               cells[HOST].text ? cells[HOST].text : "?", (long long)cells[PID].number);
    printf("\n");
    if (cells[DETAIL].text)
        printf("    %s\n", cells[DETAIL].text);
}

static void add_event(migci_json *json, const migci_value *cells) {
    migci_value values[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        int is_number = i == VERSION || i == DURATION_US || i == PID;
        values[i] = cells[i].text && is_number ? MIGCI_NUMBER(cells[i].number)
                                               : MIGCI_TEXT(cells[i].text);
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

static int fail(migci_cli *cli, const migci_failure *failure) {
    cli->error.code = failure->code;
    snprintf(cli->error.message, sizeof cli->error.message,
             "the history cannot be read: %s. Nothing was changed.", failure->reason);
    return migci_cli_fail(cli);
}

static void print_json(migci_cli *cli, migci_json *json) {
    migci_value values[] = {MIGCI_TEXT(cli->set->name), MIGCI_TEXT(cli->path)};
    migci_json_print(json, "SELECT json_object('set', ?2, 'database', ?3, 'events', json(?1))",
                     values, 2);
}

int migci_cli_history(migci_cli *cli) {
    struct listing listing = {cli, {NULL, NULL}, 0};
    migci_driver driver;
    if (cli->json && !migci_json_open(&listing.json))
        return 1;
    migci_sqlite_driver(&driver, cli->db);
    migci_outcome outcome =
        migci_history_list(&driver, cli->set->name, list_event, &listing);
    driver.methods->close(&driver);
    if (cli->json)
        print_json(cli, &listing.json);
    else if (outcome == MIGCI_DONE && !listing.count && !cli->quiet)
        printf("%s has no history yet.\n", cli->path);
    return outcome == MIGCI_DONE ? 0 : fail(cli, &driver.failure);
}
