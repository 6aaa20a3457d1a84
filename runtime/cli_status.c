/*
 * cli_status.c - the commands that compare: status and validate.
 */
#include "cli.h"

static const char *problem_text(migc_code problem) {
    switch (problem) {
    case MIGC_NEWER:
        return "newer than this program";
    case MIGC_EDITED:
        return "edited since it was applied";
    case MIGC_MISSING:
        return "missing from this program";
    case MIGC_OUT_OF_ORDER:
        return "pending, and sorts before an applied one";
    default:
        return "interrupted";
    }
}

static void print_state(const migci_cli *cli, const migc_state *state) {
    static const struct {
        char mark;
        int colour;
    } looks[] = {{' ', MIGCI_YELLOW}, {'x', MIGCI_GREEN}, {'!', MIGCI_RED}};
    int look = state->problem ? 2 : state->applied;
    char duration[32];
    printf("%s[%c]%s %s", migci_paint(cli, looks[look].colour), looks[look].mark,
           migci_paint(cli, MIGCI_PLAIN), state->name);
    if (state->applied)
        printf("  (applied: %.19s, %s)", state->applied_at,
               migci_duration(state->duration_us, duration));
    if (state->problem)
        printf("  %s", problem_text(state->problem));
    printf("\n");
}

static void print_states(const migci_cli *cli, const migc_states *states) {
    if (cli->missing)
        printf("%s does not exist yet.\n\n", cli->path);
    for (size_t i = 0; i < states->count; i++)
        print_state(cli, &states->states[i]);
    printf("%sTotal: %zu | Applied: %zu | Pending: %zu\n", states->count ? "\n" : "", states->count,
           states->applied, states->pending);
}

static void add_state(migci_json *json, const migc_state *state) {
    const migc_migration *known = state->migration;
    migci_value none = MIGCI_TEXT((const char *)NULL);
    migci_value values[] = {
        MIGCI_NUMBER(state->version),
        MIGCI_TEXT(state->name),
        MIGCI_NUMBER(state->applied),
        MIGCI_TEXT(state->applied_at),
        MIGCI_TEXT(state->applied_by),
        state->applied ? MIGCI_NUMBER(state->duration_us) : none,
        MIGCI_TEXT(state->problem ? migc_code_name(state->problem) : NULL),
        MIGCI_TEXT(known ? known->checksum : NULL),
        MIGCI_TEXT(known ? known->description : NULL),
        MIGCI_TEXT(known ? known->author : NULL),
        MIGCI_TEXT(known ? known->tags : NULL),
    };
    migci_json_add(json,
                   "SELECT json_object('version', ?1, 'name', ?2,"
                   " 'applied', json(iif(?3, 'true', 'false')), 'applied_at', ?4,"
                   " 'applied_by', ?5, 'duration_us', ?6, 'problem', ?7, 'checksum', ?8,"
                   " 'description', ?9, 'author', ?10, 'tags', ?11)",
                   values, sizeof values / sizeof *values);
}

static void print_json(const migci_cli *cli, const migc_states *states) {
    migci_json json;
    int failed = cli->error.code != MIGC_OK;
    if (!migci_json_open(&json))
        return;
    for (size_t i = 0; i < states->count; i++)
        add_state(&json, &states->states[i]);
    migci_value values[] = {
        MIGCI_TEXT(cli->set->name),
        MIGCI_TEXT(cli->path),
        MIGCI_NUMBER(!cli->missing),
        MIGCI_NUMBER(states->version),
        MIGCI_NUMBER((int64_t)states->count),
        MIGCI_NUMBER((int64_t)states->applied),
        MIGCI_NUMBER((int64_t)states->pending),
        MIGCI_TEXT(migc_code_name(cli->error.code)),
        MIGCI_TEXT(failed ? cli->error.message : NULL),
    };
    migci_json_print(&json,
                     "SELECT json_object('set', ?2, 'database', ?3,"
                     " 'exists', json(iif(?4, 'true', 'false')), 'version', ?5, 'total', ?6,"
                     " 'applied', ?7, 'pending', ?8, 'code', ?9, 'error', ?10,"
                     " 'migrations', json(?1))",
                     values, sizeof values / sizeof *values);
}

/* Even where they disagree there is something to show; the disagreement is the status. */
static int compare(migci_cli *cli, int show) {
    migc_states states;
    migc_code code = migc_status(cli->db, cli->set, &states, &cli->options, &cli->error);
    int status = code == MIGC_OK && cli->exit_code && states.pending ? MIGCI_PENDING : 0;
    if (cli->json)
        print_json(cli, &states);
    else if (states.count && show)
        print_states(cli, &states);
    migc_states_free(&states);
    return code == MIGC_OK ? status : migci_cli_fail(cli);
}

int migci_cli_status(migci_cli *cli) {
    return compare(cli, !cli->quiet);
}

int migci_cli_validate(migci_cli *cli) {
    return compare(cli, 0);
}
