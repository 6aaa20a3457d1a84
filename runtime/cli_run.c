/*
 * cli_run.c - the commands that change the database: up, down, to; their dry
 * runs, the question before anything is taken back, and the summary.
 */
#include "cli.h"

#include <unistd.h>

typedef struct migci_ran {
    const migc_migration *migration;
    int down;
    int64_t duration_us;
} ran;

/* ------------------------------------------------------------------- events */

static int remember(migci_cli *cli, const migc_event *event) {
    if (cli->ran_count == cli->ran_room) {
        size_t room = cli->ran_room ? cli->ran_room * 2 : 64;
        ran *grown = sqlite3_realloc64(cli->ran, room * sizeof *grown);
        if (!grown)
            return 1;
        cli->ran = grown;
        cli->ran_room = room;
    }
    cli->ran[cli->ran_count++] = (ran){event->migration, event->down, event->duration_us};
    return 0;
}

static void print_planned(const migci_cli *cli, const migc_event *event) {
    migc_action action = {event->migration, event->down, 0};
    unsigned count;
    const migc_step *steps = migci_action_steps(&action, &count);
    if (cli->json || cli->quiet)
        return;
    printf("-- %s %s (%s)\n", event->down ? "down" : "up", event->migration->name,
           event->migration->file);
    migci_print_steps(steps, count);
    printf("\n");
}

static void print_finished(const migci_cli *cli, const migc_event *event) {
    char duration[32];
    const char *effects = event->down ? NULL : event->migration->effects;
    if (cli->json || cli->quiet)
        return;
    printf("%s[%s]%s %s  (%s%s)%s%s\n", migci_paint(cli, event->down ? MIGCI_YELLOW : MIGCI_GREEN),
           event->down ? " " : "x", migci_paint(cli, MIGCI_PLAIN), event->migration->name,
           event->down ? "taken back, " : "", migci_duration(event->duration_us, duration),
           effects && *effects ? "  " : "", effects ? effects : "");
}

/* The lines above said that these were done. */
static void take_undone_back(migci_cli *cli) {
    size_t undone = cli->ran_count - cli->ran_durable;
    if (undone && !cli->json && !cli->quiet)
        printf("Undone again: %zu of the above.\n", undone);
    cli->ran_count = cli->ran_durable;
}

static int on_event(const migc_event *event, void *user) {
    migci_cli *cli = user;
    char text[512];
    switch (event->type) {
    case MIGC_EVENT_PLANNED:
        print_planned(cli, event);
        return remember(cli, event);
    case MIGC_EVENT_FINISHED:
        print_finished(cli, event);
        return remember(cli, event);
    case MIGC_EVENT_COMMITTED:
        cli->ran_durable = cli->ran_count;
        break;
    case MIGC_EVENT_ROLLED_BACK:
        take_undone_back(cli);
        break;
    case MIGC_EVENT_WAITING:
        if (!cli->quiet)
            fprintf(stderr, "%s\n", migc_event_text(event, text, sizeof text));
        break;
    default:
        break;
    }
    fflush(stdout);
    return 0;
}

/* ------------------------------------------------------------------ summary */

static const char *name_at(const migci_cli *cli, int64_t version) {
    const migc_migration *migration = migci_find(cli->set, version);
    return migration ? migration->name : "the beginning";
}

static void print_summary(const migci_cli *cli) {
    const migc_result *result = &cli->result;
    int down = cli->ran_count && cli->ran[0].down;
    char duration[32];
    if (cli->quiet)
        return;
    if (!result->count)
        printf("Nothing to do: %s is at %s.\n", cli->path, name_at(cli, result->to));
    else if (cli->dry_run)
        printf("-- Dry run: %zu would be %s, from %s to %s. Nothing was changed.\n", result->count,
               down ? "taken back" : "applied", name_at(cli, result->from),
               name_at(cli, result->to));
    else
        printf("%zu %s in %s: %s is at %s.\n", result->count, down ? "taken back" : "applied",
               migci_duration(result->duration_us, duration), cli->path, name_at(cli, result->to));
}

static int print_json(migci_cli *cli) {
    migci_json json;
    if (!migci_json_open(&json))
        return 0;
    for (size_t i = 0; i < cli->ran_count; i++) {
        const ran *one = &cli->ran[i];
        migci_value values[] = {
            MIGCI_NUMBER(one->migration->version), MIGCI_TEXT(one->migration->name),
            MIGCI_TEXT(one->down ? "down" : "up"), MIGCI_NUMBER(one->duration_us)};
        migci_json_add(&json,
                       "SELECT json_object('version', ?1, 'name', ?2, 'direction', ?3,"
                       " 'duration_us', ?4)",
                       values, 4);
    }
    int failed = cli->error.code != MIGC_OK;
    migci_value values[] = {
        MIGCI_TEXT(cli->set->name),
        MIGCI_TEXT(cli->path),
        MIGCI_TEXT(cli->command->name),
        MIGCI_NUMBER(cli->dry_run),
        MIGCI_NUMBER(cli->result.from),
        MIGCI_NUMBER(cli->result.to),
        MIGCI_NUMBER(cli->result.duration_us),
        MIGCI_TEXT(migc_code_name(cli->error.code)),
        MIGCI_TEXT(failed ? cli->error.message : NULL),
    };
    return migci_json_print(&json,
                            "SELECT json_object('set', ?2, 'database', ?3, 'command', ?4,"
                            " 'dry_run', json(iif(?5, 'true', 'false')), 'from', ?6, 'to', ?7,"
                            " 'duration_us', ?8, 'code', ?9, 'error', ?10,"
                            " 'migrations', json(?1))",
                            values, sizeof values / sizeof *values);
}

static int finish(migci_cli *cli) {
    if (cli->json)
        print_json(cli);
    if (cli->error.code != MIGC_OK)
        return migci_cli_fail(cli);
    if (!cli->json)
        print_summary(cli);
    return cli->exit_code && cli->dry_run && cli->result.count ? MIGCI_PENDING : 0;
}

/* ----------------------------------------------------------------- commands */

static migc_code call(migci_cli *cli, migci_target target) {
    cli->options.on_event = on_event;
    cli->options.event_user = cli;
    switch (target.kind) {
    case MIGCI_BACK:
        return migc_down(cli->db, cli->set, (size_t)target.value, &cli->options, &cli->error);
    case MIGCI_VERSION:
        return migc_to(cli->db, cli->set, target.value, &cli->options, &cli->error);
    default:
        return migc_up(cli->db, cli->set, &cli->options, &cli->error);
    }
}

int migci_cli_up(migci_cli *cli) {
    call(cli, (migci_target){MIGCI_ALL, 0});
    return finish(cli);
}

static void list_going_back(const migci_cli *cli, FILE *stream) {
    for (size_t i = 0; i < cli->ran_count; i++) {
        const migc_migration *migration = cli->ran[i].migration;
        fprintf(stream, "  %s%s%s\n", migration->name, migration->lossy ? ": loses data: " : "",
                migration->lossy ? migration->lossy : "");
    }
}

/* Reads the answer of a person; anything but yes is a no. */
static int ask(const migci_cli *cli) {
    char answer[16] = "";
    printf("From %s this takes back:\n", cli->path);
    list_going_back(cli, stdout);
    printf("Go on? [y/N] ");
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return 1;
    printf("Nothing was changed.\n");
    return 0;
}

static int refuse(migci_cli *cli) {
    fprintf(stderr, "%s: from %s this takes back:\n", cli->program, cli->path);
    list_going_back(cli, stderr);
    fprintf(stderr, "Nothing was changed. Pass --yes to go on without a question.\n");
    return MIGCI_USAGE;
}

/* A dry run tells what a person is asked about. */
static int confirm(migci_cli *cli, migci_target target) {
    int quiet = cli->quiet, status = 0;
    cli->quiet = 1;
    cli->options.flags |= MIGC_DRY_RUN;
    migc_code code = call(cli, target);
    cli->options.flags &= ~(unsigned)MIGC_DRY_RUN;
    cli->quiet = quiet;
    if (code != MIGC_OK)
        status = finish(cli);
    else if (cli->ran_count && cli->ran[0].down)
        status = !isatty(STDIN_FILENO) ? refuse(cli) : ask(cli) ? 0 : 1;
    cli->ran_count = 0;
    return status;
}

static int go(migci_cli *cli, migci_target target) {
    int status = cli->yes || cli->dry_run ? 0 : confirm(cli, target);
    if (status)
        return status;
    call(cli, target);
    return finish(cli);
}

int migci_cli_to(migci_cli *cli) {
    return go(cli, (migci_target){MIGCI_VERSION, cli->version});
}

/* Those on top of NAME would lose their ground. */
static int refuse_below(const migci_cli *cli, const char *name, int64_t version,
                        const migc_states *states) {
    size_t count = 1;
    fprintf(stderr, "%s: %s: %s cannot be taken back while later ones are applied:", cli->program,
            cli->path, name);
    for (size_t s = states->count; s-- > 0 && states->states[s].version > version;)
        if (states->states[s].applied)
            fprintf(stderr, "%s %s", count++ > 1 ? "," : "", states->states[s].name);
    fprintf(stderr, ". Nothing was changed. 'down -n %zu' takes them all back.\n", count);
    return 1;
}

/* NAME must be the latest applied one. */
static int check_latest(migci_cli *cli) {
    int status = 0;
    const migc_migration *wanted = migci_cli_find(cli, cli->operand, &status);
    migc_states states;
    if (!wanted)
        return status;
    if (migc_status(cli->db, cli->set, &states, &cli->options, &cli->error) != MIGC_OK)
        status = finish(cli);
    else if (states.version > wanted->version)
        status = refuse_below(cli, wanted->name, wanted->version, &states);
    else if (states.version < wanted->version) {
        fprintf(stderr, "%s: %s: %s is not applied. Nothing was changed.\n", cli->program,
                cli->path, wanted->name);
        status = 1;
    }
    migc_states_free(&states);
    return status;
}

int migci_cli_down(migci_cli *cli) {
    if (cli->operand && cli->count)
        return migci_cli_usage(cli, "down takes a NAME or -n N, not both");
    int status = cli->operand ? check_latest(cli) : 0;
    return status ? status : go(cli, (migci_target){MIGCI_BACK, cli->count ? cli->count : 1});
}
