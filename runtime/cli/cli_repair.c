/*
 * cli_repair.c - the command repair.  Without an option it only explains each fault, and prints
 * the command that would repair it, ready to be copied.
 */
#include "cli.h"

#include <string.h>
#include <unistd.h>

/* What repair can do; the help text is in the option table. */
static const struct order {
    const char *option;
    migc_remedy remedy;
    size_t offset;
    const char *does; /* what the explanation says */
    const char *done; /* after a name */
} orders[] = {
    {"--resume", MIGC_REPAIR_RESUME, offsetof(migci_cli, resume),
     "goes on with that statement, once what stopped it is out of the way", ""},
    {"--mark", MIGC_REPAIR_MARK, offsetof(migci_cli, mark),
     "records it, once all that it does is there", ""},
    {"--accept", MIGC_REPAIR_ACCEPT, offsetof(migci_cli, accept),
     "records it as this program has it; the schema stays as it is", "is accepted as it is"},
    {"--forget", MIGC_REPAIR_FORGET, offsetof(migci_cli, forget),
     "removes the row; the schema stays as it is", "is forgotten"},
    {"--stamp", MIGC_REPAIR_STAMP, offsetof(migci_cli, stamp),
     "writes numbers, chain and stamp anew, from the rows, and begins lost events anew", ""},
};

enum { ORDERS = sizeof(orders) / sizeof(*orders) };

static const struct order *order_given(const migci_cli *cli) {
    for (size_t i = 0; i < ORDERS; i++)
        if (*(const bool *)((const char *)cli + orders[i].offset))
            return &orders[i];
    return NULL;
}

/* ---------------------------------------------------------------- explaining */

/* In quotes for a shell, where it needs them. */
static void print_shell_quoted(const char *text) {
    if (*text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_-./+:,@%=") == strlen(text)) {
        migci_print("%s", text);
        return;
    }
    putchar('\'');
    for (; *text; text++)
        if (*text == '\'')
            migci_print("'\\''");
        else
            putchar((unsigned char)*text < ' ' ? '?' : *text);
    putchar('\'');
}

static const char *subject_of_fault(const migc_fault *fault) {
    return fault->migration ? fault->migration->name : fault->name;
}

static size_t count_real(const migc_faults *faults) {
    size_t count = 0;
    for (size_t i = 0; i < faults->count; i++)
        count += faults->faults[i].type != MIGC_FAULT_RUNNING;
    return count;
}

static void print_faults(const migci_cli *cli, const migc_faults *faults) {
    size_t real = count_real(faults);
    if (cli->missing)
        migci_print("%s does not exist yet.\n", cli->path);
    else if (!real)
        migci_print("%s: the history is as it should be.\n", cli->path);
    else
        migci_print("%s: found %zu fault%s in the history. Nothing was changed.\n", cli->path, real,
                    real == 1 ? "" : "s");
    for (size_t i = 0; i < faults->count; i++) {
        const migc_fault *fault = &faults->faults[i];
        migci_print("\n%2zu. ", i + 1);
        migci_print_flat(stdout, "%s.", fault->text);
        migci_print("\n");
        if (fault->step) {
            size_t length = strcspn(fault->step->text, "\n"); /* its first line is enough */
            migci_print("     %s%.*s%s\n", fault->step->call ? "-- call: " : "", (int)length,
                        fault->step->text, fault->step->text[length] ? " ..." : "");
        }
        for (const struct order *order = orders; order < orders + ORDERS; order++) {
            if (!(fault->remedies & order->remedy))
                continue;
            migci_print("     %s repair %s", cli->program, order->option);
            if (order->remedy != MIGC_REPAIR_STAMP) {
                putchar(' ');
                print_shell_quoted(subject_of_fault(fault));
            }
            migci_print(" --db ");
            print_shell_quoted(cli->path);
            migci_print("\n         %s\n", order->does);
        }
    }
}

static void print_faults_json(migci_cli *cli, const migc_faults *faults) {
    static const char *const names[] = {
#define NAME_ROW(name, remedies) #name,
        MIGC_FAULTS(NAME_ROW)
#undef NAME_ROW
    };
    migci_json json;
    migci_json_begin_command(&json, cli);
    migci_json_outcome(&json, cli);
    migci_json_open(&json, "faults", '[');
    for (size_t i = 0; i < faults->count; i++) {
        const migc_fault *fault = &faults->faults[i];
        migci_json_open(&json, NULL, '{');
        migci_json_text(&json, "fault", names[fault->type]);
        if (fault->name && fault->version >= MIGCI_UNPLACED_END)
            migci_json_number(&json, "version", fault->version);
        else
            migci_json_null(&json, "version");
        migci_json_text(&json, "name", subject_of_fault(fault));
        migci_json_text(&json, "text", fault->text);
        if (fault->step)
            migci_json_number(&json, "line", fault->step->line);
        else
            migci_json_null(&json, "line");
        migci_json_text(&json, "statement", fault->step ? fault->step->text : NULL);
        migci_json_open(&json, "remedies", '[');
        for (size_t o = 0; o < ORDERS; o++)
            if (fault->remedies & orders[o].remedy)
                migci_json_text(&json, NULL, orders[o].option);
        migci_json_close(&json);
        migci_json_close(&json);
    }
    migci_json_close(&json);
    migci_json_end(&json);
}

/* ------------------------------------------------------------------ which one */

static bool has_name_or_number(const migc_state *state, const char *name) {
    const char *rest = strchr(state->name, '_');
    const char *known = state->migration ? state->migration->name : state->name;
    char number[32];
    size_t zeros = strspn(name, "0");
    snprintf(number, sizeof(number), "%lld", (long long)state->version);
    return strcmp(state->name, name) == 0 || strcmp(known, name) == 0 ||
           (rest && strcmp(rest + 1, name) == 0) || strcmp(number, name + zeros) == 0 ||
           strcmp(number, name) == 0;
}

/* It may be a version that only the database has. */
static int find_version(migci_cli *cli) {
    migc_states states;
    int status = -1;
    migc_status(cli->db, cli->set, &states, &cli->options, &cli->error);
    if (!states.count && cli->error.code != MIGC_OK) {
        migci_json_failure(cli);
        status = migci_cli_fail(cli);
    }
    for (size_t i = 0; i < states.count && status < 0; i++)
        if (has_name_or_number(&states.states[i], cli->operand)) {
            cli->version = states.states[i].version;
            snprintf(cli->name, sizeof(cli->name), "%s", states.states[i].name);
            migci_tame(cli->name);
            status = 0;
        }
    migc_states_free(&states);
    if (status >= 0)
        return status;
    char who[sizeof("neither this program nor  has a") + sizeof(cli->file)];
    snprintf(who, sizeof(who), "neither this program nor %s has a", cli->path);
    return migci_cli_no_migration(cli, who, cli->operand, "them");
}

/* ------------------------------------------------------------------- repairing */

/* Asks only before something that cannot be brought back. */
static int confirm_forgetting(migci_cli *cli) {
    if (!isatty(STDIN_FILENO)) {
        migci_print_to(stderr,
                       "%s: %s: this removes %s from the history; the schema stays as it is.\n",
                       cli->program, cli->path, cli->name);
        return migci_cli_unasked(cli);
    }
    migci_print("From %s this removes %s from the history; the schema stays as it is.\n", cli->path,
                cli->name);
    return migci_cli_yes() ? 0 : 1;
}

static void print_done(const migci_cli *cli, const struct order *order) {
    if (cli->quiet)
        return;
    if (cli->dry_run)
        migci_print("-- Dry run: 'repair %s%s%s' would be done. Nothing was changed.\n",
                    order->option, *cli->name ? " " : "", cli->name);
    else if (order->remedy == MIGC_REPAIR_STAMP)
        migci_print("%s: numbers, chain and stamp are written anew.\n", cli->path);
    else if (order->remedy == MIGC_REPAIR_MARK)
        migci_print("%s: %s is marked as %s.\n", cli->path, cli->name,
                    cli->result.to < cli->result.from ? "reverted" : "applied");
    else
        migci_print("%s: %s %s.\n", cli->path, cli->name, order->done);
}

static int repair(migci_cli *cli, const struct order *order) {
    int status = cli->operand ? find_version(cli) : 0;
    if (!status && order->remedy == MIGC_REPAIR_FORGET && !cli->yes && !cli->dry_run)
        status = confirm_forgetting(cli);
    if (status)
        return status;
    if (order->remedy == MIGC_REPAIR_RESUME)
        migci_cli_watch(cli);
    else
        migci_cli_watch_waiting(cli);
    migc_repair(cli->db, cli->set, order->remedy, cli->version, &cli->options, &cli->error);
    migci_cli_unwatch(cli);
    if (order->remedy == MIGC_REPAIR_RESUME)
        return migci_cli_finish(cli);
    if (cli->json) {
        migci_json json;
        migci_json_begin_command(&json, cli);
        migci_json_text(&json, "command", "repair");
        migci_json_bool(&json, "dry_run", cli->dry_run);
        migci_json_text(&json, "remedy", order->option);
        migci_json_text(&json, "name", cli->operand ? cli->name : NULL);
        migci_json_outcome(&json, cli);
        migci_json_end(&json);
    }
    if (cli->error.code != MIGC_OK)
        return migci_cli_fail(cli);
    if (!cli->json)
        print_done(cli, order);
    return 0;
}

/* Without an option it explains what is wrong. */
static int run_repair(migci_cli *cli) {
    const struct order *order = order_given(cli);
    migc_faults faults;
    int status = 0;
    if (cli->force)
        cli->options.flags |= MIGC_FORCE;
    cli->options.flags &= ~(unsigned)MIGC_RESUME;
    if (order)
        return repair(cli, order);
    migc_code code = migc_find_faults(cli->db, cli->set, &faults, &cli->options, &cli->error);
    if (cli->json)
        print_faults_json(cli, &faults);
    else if (code == MIGC_OK && !cli->quiet)
        print_faults(cli, &faults);
    if (code == MIGC_OK && count_real(&faults))
        status = migci_exit_status(MIGC_BAD_HISTORY);
    migc_faults_free(&faults);
    return code == MIGC_OK ? status : migci_cli_fail(cli);
}

/* ------------------------------------------------------------------ the verbs */

static const migci_command commands[] = {
    {"baseline", "VERSION", "record all up to VERSION as applied, without running them",
     migci_cli_baseline, MIGCI_WRITES, MIGCI_FOR_BASELINE},
    {"adopt", "", "take over what another tool has applied", migci_cli_adopt, MIGCI_WRITES,
     MIGCI_FOR_ADOPT},
    {"repair", "[NAME]", "what is wrong with the history, and how to put it right", run_repair,
     MIGCI_WRITES, MIGCI_FOR_REPAIR},
};

static const migci_option options[] = {
    {"--mark", NULL, "repair: a person has finished NAME; record it", MIGCI_FLAG,
     offsetof(migci_cli, mark), MIGCI_FOR_REPAIR, 0, NULL, "--resume --accept --forget --stamp"},
    {"--accept", NULL, "repair: NAME was edited; it counts as this program has it", MIGCI_FLAG,
     offsetof(migci_cli, accept), MIGCI_FOR_REPAIR, 0, NULL, "--resume --forget --stamp"},
    {"--forget", NULL, "repair: remove the row of NAME, which this program lacks", MIGCI_FLAG,
     offsetof(migci_cli, forget), MIGCI_FOR_REPAIR, 0, NULL, "--resume --stamp"},
    {"--stamp", NULL, "repair: write numbers, chain and stamp anew, from the rows", MIGCI_FLAG,
     offsetof(migci_cli, stamp), MIGCI_FOR_REPAIR, 0, NULL, "--resume"},
    {"--force", NULL, "baseline, repair, adopt: take it as it is", MIGCI_FLAG,
     offsetof(migci_cli, force), MIGCI_FOR_BASELINE | MIGCI_FOR_ADOPT, MIGCI_FOR_REPAIR,
     MIGCI_REPAIRS, NULL},
};

static int choose_repair_or_baseline(migci_cli *cli) {
    const struct order *order = order_given(cli);
    if (cli->command->bit == MIGCI_FOR_BASELINE && cli->version == 0 && cli->set->count &&
        cli->set->migrations[0].version)
        return migci_cli_usage(cli,
                               "baseline wants a migration: there is nothing before the first");
    if (cli->command->bit != MIGCI_FOR_REPAIR)
        return 0;
    if (order && order->remedy != MIGC_REPAIR_STAMP && !cli->operand)
        return migci_cli_usage(cli, "repair wants the NAME of a migration for this");
    if (cli->operand && (!order || order->remedy == MIGC_REPAIR_STAMP))
        return migci_cli_usage(cli,
                               "repair wants --resume, --mark, --accept or --forget with a NAME");
    if (!order)
        cli->operations.access = MIGCI_READS;
    return 0;
}

/* The empty database that takes its place has no history to change. */
static int refuse_missing_database(migci_cli *cli) {
    const char *action = cli->command->bit == MIGCI_FOR_BASELINE ? "record"
                         : cli->command->bit == MIGCI_FOR_ADOPT  ? "adopt"
                                                                 : "repair";
    bool changes = cli->command->bit & (MIGCI_FOR_BASELINE | MIGCI_FOR_ADOPT) ||
                   (cli->command->bit == MIGCI_FOR_REPAIR && order_given(cli));
    if (!cli->missing || !changes)
        return 0;
    migci_cli_lack_database(cli, action);
    migci_json_failure(cli);
    return migci_cli_fail(cli);
}

const migci_part migci_part_repair = {.title = "Baseline and repair",
                                      .commands = commands,
                                      .command_count = sizeof(commands) / sizeof(*commands),
                                      .options = options,
                                      .option_count = sizeof(options) / sizeof(*options),
                                      .choose = choose_repair_or_baseline,
                                      .before = refuse_missing_database};
