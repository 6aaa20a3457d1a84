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

/* --long: who applied it, and what its header says. */
static void print_details(const migci_cli *cli, const migc_state *state) {
    if (!cli->long_form)
        return;
    if (state->applied)
        migci_print_tame(stdout, "      Applied by: %s\n", state->applied_by);
    if (state->migration)
        migci_print_header(state->migration, "      ");
}

static void print_state(const migci_cli *cli, const migc_state *state, int64_t version) {
    static const struct {
        char mark;
        int colour;
    } looks[] = {{' ', MIGCI_YELLOW}, {'x', MIGCI_GREEN}, {'!', MIGCI_RED}};
    int ordered = state->problem == MIGC_OUT_OF_ORDER && cli->error.code == MIGC_OK;
    int look = state->problem && !ordered ? 2 : state->applied;
    char duration[32];
    printf("%s[%c]%s ", migci_paint(cli, looks[look].colour), looks[look].mark,
           migci_paint(cli, MIGCI_PLAIN));
    migci_print_tame(stdout, "%s", state->name);
    if (state->applied)
        migci_print_tame(stdout, "  (applied: %.19s, %s)", state->applied_at,
                         migci_duration(state->duration_us, duration));
    if (ordered)
        migci_print_order(cli, version);
    else if (state->problem)
        printf("  %s", problem_text(state->problem));
    printf("\n");
    print_details(cli, state);
}

static void print_repeatable(const migci_cli *cli, const migc_state *state) {
    int again = (state->flags & MIGC_RUNS_AGAIN) != 0;
    char duration[32];
    printf("%s[%c]%s ", migci_paint(cli, state->applied && !again ? MIGCI_GREEN : MIGCI_YELLOW),
           state->applied ? 'x' : ' ', migci_paint(cli, MIGCI_PLAIN));
    migci_print_tame(stdout, "%s", state->name);
    if (state->applied)
        migci_print_tame(stdout, "  (applied: %.19s, %s%s%s)", state->applied_at,
                         migci_duration(state->duration_us, duration),
                         state->flags & MIGC_CHANGED ? ", changed" : "",
                         !again                        ? ""
                         : state->flags & MIGC_CHANGED ? ": will run again"
                                                       : ", will run again");
    printf("%s\n", state->migration ? "" : "  no longer in this program; what it made stays");
    print_details(cli, state);
}

static void print_states(const migci_cli *cli, const migc_states *states) {
    if (cli->missing)
        printf("%s does not exist yet.\n\n", cli->path);
    for (size_t i = 0; i < states->count; i++)
        print_state(cli, &states->states[i], states->version);
    for (size_t i = 0; i < states->repeatable_count; i++)
        print_repeatable(cli, &states->repeatables[i]);
    printf("%sTotal: %zu | Applied: %zu | Pending: %zu", states->count ? "\n" : "", states->count,
           states->applied, states->pending);
    if (states->repeatable_count)
        printf(" | Repeatable: %zu, to run: %zu", states->repeatable_count, states->repeatable_due);
    printf("\n");
}

/* What stands behind the values of a state's own. */
enum { OWN_VALUES = 8, ALL_VALUES = 17 };
#define HEADER_JSON                                                                                \
    " 'checksum', ?9, 'description', ?10, 'author', ?11, 'date', ?12, 'depends', ?13,"             \
    " 'tags', ?14, 'irreversible', ?15, 'lossy', ?16, 'effects', ?17)"

static void fill_header(migci_value values[ALL_VALUES], const migc_migration *known) {
    static const migc_migration unknown;
    const migc_migration *m = known ? known : &unknown;
    const char *const texts[] = {m->checksum, m->description,  m->author, m->date,   m->depends,
                                 m->tags,     m->irreversible, m->lossy,  m->effects};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        values[OWN_VALUES + i] = MIGCI_TEXT(texts[i]);
}

static void add_state(const migci_cli *cli, migci_json *json, const migc_state *state) {
    migci_value none = MIGCI_TEXT((const char *)NULL);
    migci_value values[ALL_VALUES] = {
        MIGCI_NUMBER(state->version),
        MIGCI_TEXT(state->name),
        MIGCI_NUMBER(state->applied),
        MIGCI_TEXT(state->applied_at),
        MIGCI_TEXT(state->applied_by),
        state->applied ? MIGCI_NUMBER(state->duration_us) : none,
        MIGCI_TEXT(state->problem ? migc_code_name(state->problem) : NULL),
        MIGCI_TEXT(state->problem == MIGC_OUT_OF_ORDER ? migci_order_word(cli) : NULL),
    };
    fill_header(values, state->migration);
    migci_json_add(
        json,
        "SELECT json_object('version', ?1, 'name', ?2,"
        " 'applied', json(iif(?3, 'true', 'false')), 'applied_at', ?4,"
        " 'applied_by', ?5, 'duration_us', ?6, 'problem', ?7, 'out_of_order', ?8," HEADER_JSON,
        values, ALL_VALUES);
}

/* In the same list, behind those with a version. */
static void add_repeatable(migci_json *json, const migc_state *state) {
    migci_value none = MIGCI_TEXT((const char *)NULL);
    migci_value values[ALL_VALUES] = {
        MIGCI_TEXT(state->name),
        MIGCI_NUMBER(state->applied),
        MIGCI_TEXT(state->applied_at),
        MIGCI_TEXT(state->applied_by),
        state->applied ? MIGCI_NUMBER(state->duration_us) : none,
        MIGCI_NUMBER(state->flags & MIGC_CHANGED),
        MIGCI_NUMBER(state->flags & MIGC_RUNS_AGAIN),
        MIGCI_NUMBER(state->migration != NULL),
    };
    fill_header(values, state->migration);
    migci_json_add(json,
                   "SELECT json_object('version', NULL, 'name', ?1,"
                   " 'applied', json(iif(?2, 'true', 'false')), 'applied_at', ?3,"
                   " 'applied_by', ?4, 'duration_us', ?5,"
                   " 'changed', json(iif(?6, 'true', 'false')),"
                   " 'runs_again', json(iif(?7, 'true', 'false')),"
                   " 'in_this_program', json(iif(?8, 'true', 'false'))," HEADER_JSON,
                   values, ALL_VALUES);
}

static void print_json(const migci_cli *cli, const migc_states *states) {
    migci_json json;
    int failed = cli->error.code != MIGC_OK;
    if (!migci_json_open(&json))
        return;
    for (size_t i = 0; i < states->count; i++)
        add_state(cli, &json, &states->states[i]);
    for (size_t i = 0; i < states->repeatable_count; i++)
        add_repeatable(&json, &states->repeatables[i]);
    migci_value values[] = {
        MIGCI_TEXT(cli->set->name),
        MIGCI_TEXT(cli->path),
        MIGCI_NUMBER(!cli->missing),
        MIGCI_NUMBER(states->version),
        MIGCI_NUMBER((int64_t)states->count),
        MIGCI_NUMBER((int64_t)states->applied),
        MIGCI_NUMBER((int64_t)states->pending),
        MIGCI_NUMBER((int64_t)states->repeatable_count),
        MIGCI_NUMBER((int64_t)states->repeatable_due),
        MIGCI_TEXT(migc_code_name(cli->error.code)),
        MIGCI_TEXT(failed ? cli->error.message : NULL),
    };
    migci_json_print(&json,
                     "SELECT json_object('set', ?2, 'database', ?3,"
                     " 'exists', json(iif(?4, 'true', 'false')), 'version', ?5, 'total', ?6,"
                     " 'applied', ?7, 'pending', ?8, 'repeatables', ?9, 'repeatables_due', ?10,"
                     " 'code', ?11, 'error', ?12, 'migrations', json(?1))",
                     values, sizeof values / sizeof *values);
}

/* Whether an up would do something. */
static int is_behind(const migci_cli *cli, const migc_states *states) {
    size_t skipped = 0;
    int skips = (migci_flags(cli->set, &cli->options) & MIGC_SKIP_OUT_OF_ORDER) != 0;
    for (size_t i = 0; skips && i < states->count; i++)
        skipped += states->states[i].problem == MIGC_OUT_OF_ORDER;
    return states->pending > skipped || states->repeatable_due > 0;
}

/* Even where they disagree there is something to show; the disagreement is the status. */
static int compare(migci_cli *cli, int show) {
    migc_states states;
    migc_code code = migc_status(cli->db, cli->set, &states, &cli->options, &cli->error);
    int status = code == MIGC_OK && cli->exit_code && is_behind(cli, &states) ? MIGCI_PENDING : 0;
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
