/*
 * cli_selftest.c - the command that proves the set inside the program, as the compiler does, but
 * with the program's steps in C and its functions.
 */
#include "cli.h"
#include "proof/proof.h"

#include <string.h>

struct selftest {
    migci_cli *cli;
    const migc_set *set;
    size_t findings;
};

static sqlite3 *open_selftest_database(void *user, int hook_point) {
    const migci_cli *cli = ((struct selftest *)user)->cli;
    const migc_options *host = cli->host;
    sqlite3 *db = NULL;
    (void)hook_point;
    if (sqlite3_open(":memory:", &db) == SQLITE_OK &&
        (!host || !host->on_open || host->on_open(db, host->user) == SQLITE_OK))
        return db;
    sqlite3_close(db);
    return NULL;
}

static void describe_finding(const migci_finding *finding, char *text, size_t size) {
    switch (finding->kind) {
    case MIGCI_FOUND_DOWN_DIFFERS:
        migci_difference_say(finding->difference, &migci_voice_down, text, size);
        break;
    case MIGCI_FOUND_AGAIN_DIFFERS:
        migci_difference_say(finding->difference, &migci_voice_again, text, size);
        break;
    case MIGCI_FOUND_ROWS_LOST:
    case MIGCI_FOUND_ROWS_CHANGED:
    case MIGCI_FOUND_ROWS_ADDED:
    case MIGCI_FOUND_BROKEN:
        snprintf(text, size, "%s", finding->reason);
        break;
    case MIGCI_FOUND_DOWN_FAILED:
        snprintf(text, size, "DOWN fails: line %u: %s", finding->error->line, finding->reason);
        break;
    case MIGCI_FOUND_AGAIN_FAILED:
        snprintf(text, size, "UP fails after DOWN: %s", finding->reason);
        break;
    case MIGCI_FOUND_REPEAT_FAILED:
        snprintf(text, size, "%s fails when it runs again: line %u: %s",
                 finding->down ? "DOWN" : "UP", finding->error->line, finding->reason);
        break;
    case MIGCI_FOUND_REPEAT_DIFFERS:
        snprintf(text, size, "%s, run again, makes another schema: %s",
                 finding->down ? "DOWN" : "UP", finding->difference->text);
        break;
    case MIGCI_FOUND_REPEAT_ROWS:
        snprintf(text, size, "%s", finding->reason);
        break;
    default:
        snprintf(text, size, "line %u: %s", finding->error ? finding->error->line : 0,
                 finding->reason ? finding->reason : "");
        break;
    }
}

static void report_selftest(void *user, const migci_finding *finding) {
    struct selftest *selftest = user;
    const migc_set *set = selftest->set;
    const char *file = "all";
    char text[600];
    if (finding->kind == MIGCI_FOUND_UP_CHANGED || finding->kind == MIGCI_FOUND_NONDETERMINISTIC)
        return;
    selftest->findings++;
    if (finding->repeatable)
        file = set->repeatables->migrations[finding->index - set->count].file;
    else if (finding->index < set->count)
        file = set->migrations[finding->index].file;
    describe_finding(finding, text, sizeof(text));
    migci_print("%s: %s\n", file, text);
}

static int run_selftest(migci_cli *cli) {
    migci_memory memory = {0};
    const migc_set *set = cli->operations.whole(cli, &memory);
    if (!set) {
        migci_free_all(&memory);
        return migci_cli_fail(cli);
    }
    struct selftest selftest = {cli, set, 0};
    migci_proof proof = {0};
    proof.set = set;
    proof.user = &selftest;
    proof.step_user = cli->host ? cli->host->user : NULL;
    proof.open = open_selftest_database;
    proof.report = report_selftest;
    proof.uses = true;
    proof.effects = migci_allocate(&memory, migci_proof_effects(set) * sizeof(*proof.effects));
    migc_code code = proof.effects ? migci_prove(&proof) : MIGC_NO_MEMORY;
    size_t count = set->count;
    migci_free_all(&proof.memory);
    migci_free_all(&memory);
    if (code != MIGC_OK) {
        migci_print_to(stderr, "%s: the proof could not be made: %s\n", cli->program,
                       migc_code_text(code));
        return 1;
    }
    if (!selftest.findings && !cli->quiet)
        migci_print("%zu migrations: up, down and up again, each and all together.\n", count);
    return selftest.findings ? 1 : 0;
}

static const migci_command commands[] = {
    {"selftest", "", "prove up, down and up again in memory, with the steps in C", run_selftest,
     MIGCI_NO_DATABASE, MIGCI_FOR_SELFTEST},
};

const migci_part migci_part_selftest = {
    .title = "Checking", .commands = commands, .command_count = 1};
