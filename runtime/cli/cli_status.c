/*
 * cli_status.c - the commands that compare a database with the program: status and validate.
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
    case MIGC_BAD_HISTORY:
        return "more than once in the history, or under a wrong number";
    default:
        return "interrupted";
    }
}

/* With --long: who applied it, and its header. */
static void print_details(const migci_cli *cli, const migc_state *state) {
    if (!cli->long_form)
        return;
    if (state->applied)
        migci_print("      Applied by: %s\n", state->applied_by);
    if (state->migration)
        migci_print_header(state->migration, "      ");
}

static void print_state(const migci_cli *cli, const migc_state *state, int64_t version) {
    static const struct {
        char mark;
        int colour;
    } looks[] = {{' ', MIGCI_YELLOW}, {'x', MIGCI_GREEN}, {'!', MIGCI_RED}};
    bool ordered = state->problem == MIGC_OUT_OF_ORDER && cli->error.code == MIGC_OK;
    int look = state->problem && !ordered ? 2 : state->applied;
    char duration[32];
    migci_print_mark(cli, looks[look].colour, looks[look].mark);
    migci_print("%s", state->name);
    if (state->applied)
        migci_print("  (applied: %.19s, %s)", state->applied_at,
                    migci_duration(state->duration_us, duration));
    if (ordered)
        migci_print_order(cli, version);
    else if (state->problem)
        migci_print("  %s", problem_text(state->problem));
    if (state->flags & MIGC_AT_WORK)
        migci_print("  another process %s it at this moment",
                    state->applied ? "reverts" : "applies");
    migci_print("\n");
    print_details(cli, state);
}

static void print_repeatable(const migci_cli *cli, const migc_state *state) {
    bool again = (state->flags & MIGC_RUNS_AGAIN) != 0;
    char duration[32];
    migci_print_mark(cli, state->applied && !again ? MIGCI_GREEN : MIGCI_YELLOW,
                     state->applied ? 'x' : ' ');
    migci_print("%s", state->name);
    if (state->applied)
        migci_print("  (applied: %.19s, %s%s%s)", state->applied_at,
                    migci_duration(state->duration_us, duration),
                    state->flags & MIGC_CHANGED ? ", changed" : "",
                    !again                        ? ""
                    : state->flags & MIGC_CHANGED ? ": will run again"
                                                  : ", will run again");
    migci_print("%s\n", state->migration ? "" : "  no longer in this program; what it made stays");
    print_details(cli, state);
}

static void begin_state_json(migci_json *json, const migc_state *state, bool has_version) {
    migci_json_open(json, NULL, '{');
    if (has_version && state->version >= MIGCI_UNPLACED_END)
        migci_json_number(json, "version", state->version);
    else
        migci_json_null(json, "version");
    migci_json_text(json, "name", state->name);
    migci_json_bool(json, "applied", state->applied);
    migci_json_text(json, "applied_at", state->applied_at);
    migci_json_text(json, "applied_by", state->applied_by);
    if (state->applied)
        migci_json_number(json, "duration_us", state->duration_us);
    else
        migci_json_null(json, "duration_us");
}

static void end_state_json(migci_json *json, const migc_state *state) {
    static const migc_migration unknown;
    migci_json_header(json, state->migration ? state->migration : &unknown);
    migci_json_close(json);
}

static void print_states_json(migci_cli *cli, const migc_states *states) {
    migci_json json;
    migci_json_begin_command(&json, cli);
    migci_json_bool(&json, "exists", !cli->missing);
    migci_json_number(&json, "version", states->version);
    migci_json_number(&json, "total", (int64_t)states->count);
    migci_json_number(&json, "applied", (int64_t)states->applied);
    migci_json_number(&json, "pending", (int64_t)states->pending);
    migci_json_number(&json, "repeatables", (int64_t)states->repeatable_count);
    migci_json_number(&json, "repeatables_due", (int64_t)states->repeatable_due);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "migrations", '[');
    for (size_t i = 0; i < states->count; i++) {
        const migc_state *state = &states->states[i];
        bool out_of_order = state->problem == MIGC_OUT_OF_ORDER;
        begin_state_json(&json, state, true);
        migci_json_text(&json, "problem", state->problem ? migc_code_name(state->problem) : NULL);
        migci_json_text(&json, "out_of_order", out_of_order ? migci_order_word(cli) : NULL);
        migci_json_bool(&json, "at_work", state->flags & MIGC_AT_WORK);
        end_state_json(&json, state);
    }
    for (size_t i = 0; i < states->repeatable_count; i++) {
        const migc_state *state = &states->repeatables[i];
        begin_state_json(&json, state, false);
        migci_json_bool(&json, "changed", state->flags & MIGC_CHANGED);
        migci_json_bool(&json, "runs_again", state->flags & MIGC_RUNS_AGAIN);
        migci_json_bool(&json, "in_this_program", state->migration != NULL);
        end_state_json(&json, state);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

/* Whether up would do something. */
static bool is_behind(const migci_cli *cli, const migc_states *states) {
    size_t skipped = 0;
    bool skips = (migci_flags(cli->set, &cli->options) & MIGC_SKIP_OUT_OF_ORDER) != 0;
    for (size_t i = 0; skips && i < states->count; i++)
        skipped += states->states[i].problem == MIGC_OUT_OF_ORDER;
    return states->pending > skipped || states->repeatable_due > 0;
}

/* If database and program disagree, the states are still shown; the exit status tells of the
 * disagreement. */
static int compare_history(migci_cli *cli, bool show) {
    migc_states states;
    migc_code code = migc_status(cli->db, cli->set, &states, &cli->options, &cli->error);
    int status = code == MIGC_OK && cli->exit_code && is_behind(cli, &states) ? MIGCI_PENDING : 0;
    if (cli->json)
        print_states_json(cli, &states);
    else if (states.count && show) {
        if (cli->missing)
            migci_print("%s does not exist yet.\n\n", cli->path);
        for (size_t i = 0; i < states.count; i++)
            print_state(cli, &states.states[i], states.version);
        for (size_t i = 0; i < states.repeatable_count; i++)
            print_repeatable(cli, &states.repeatables[i]);
        migci_print("%sTotal: %zu | Applied: %zu | Pending: %zu", states.count ? "\n" : "",
                    states.count, states.applied, states.pending);
        if (states.repeatable_count)
            migci_print(" | Repeatable: %zu, to run: %zu", states.repeatable_count,
                        states.repeatable_due);
        migci_print("\n");
    }
    migc_states_free(&states);
    return code == MIGC_OK ? status : migci_cli_fail(cli);
}

int migci_cli_status(migci_cli *cli) {
    return compare_history(cli, !cli->quiet);
}

/* Nothing is printed when all is well; but a database that does not exist was not compared. */
int migci_cli_validate(migci_cli *cli) {
    if (cli->missing && !cli->json && !cli->quiet)
        migci_print("%s does not exist yet.\n", cli->path);
    return compare_history(cli, false);
}
