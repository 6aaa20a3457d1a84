/*
 * cli_fleet.c - "--each-db": runs one command on many databases, in as many processes as asked
 * for, the canaries first.  Prints one line for each database, and a summary.
 *
 * Nothing is recorded outside of the databases.  To go on after a run that was cut short, run it
 * again: a database that is current costs no more than reading its header.
 */
#include "fleet.h"

#include <assert.h>
#include <errno.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A migration mostly waits for the disk: 300 databases took 1.4 s with one process for each
 * processor, 0.9 s with four, and no less with more. */
enum { AT_ONCE = 4 };

enum { MOST_WORKERS = 256, SOME_FAILED = 6, LOOK_EVERY_MS = 500 };

struct fleet {
    migci_cli *cli;
    bool from_stdin;
    glob_t found;
    size_t next; /* an index into `found` */
    size_t started, canaries, migrated, copied, current, pending, failed;
    bool halted; /* nothing new is started */
    bool canary_failed;
    int64_t begun_us;
    migci_worker workers[MOST_WORKERS];
    size_t worker_count;
};

static volatile sig_atomic_t caught;

static void note_signal(int number) {
    caught = number;
}

/* -------------------------------------------------------------------- paths */

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), end_length = strlen(end);
    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

/* Whether it is a backup, or kept by a restore: "notes-3-20261121T081500Z.db". */
static bool is_kept(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *dash = strchr(slash ? slash : path, '-');
    while (dash && !migci_is_file_time(dash + 1))
        dash = strchr(dash + 1, '-');
    return dash && ends_with(path, ".db");
}

/* The next database, malloc'd; NULL after the last.  Lines are read as they are needed, since a
 * list may be longer than memory.  Files that SQLite and migc keep next to a database often
 * match the pattern, too, and are skipped. */
static char *next_path(struct fleet *fleet) {
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (fleet->from_stdin && (length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[--length] = '\0';
        if (length > 0)
            return line;
    }
    free(line);
    while (fleet->next < fleet->found.gl_pathc) {
        const char *path = fleet->found.gl_pathv[fleet->next++];
        if (!ends_with(path, "-wal") && !ends_with(path, "-shm") && !ends_with(path, "-journal") &&
            !is_kept(path))
            return strdup(path);
    }
    return NULL;
}

/* ------------------------------------------------------------------- output */

static const char *outcome_word(const migci_fared *fared) {
    if (fared->status == MIGCI_PENDING)
        return "pending";
    if (fared->status)
        return "failed";
    return fared->is_copied ? "backed up" : fared->result.count ? "migrated" : "current";
}

static void print_fared(const migci_cli *cli, const char *path, const migci_fared *fared) {
    char duration[32];
    if (fared->status && fared->status != MIGCI_PENDING) {
        migci_print_mark(cli, MIGCI_RED, '!');
        migci_print("%s  %s\n", path, fared->message);
        return;
    }
    if (cli->quiet)
        return;
    if (fared->is_copied)
        migci_print_mark(cli, MIGCI_GREEN, 'x');
    else if (!fared->result.count)
        migci_print("[%s] ", fared->status ? " " : "=");
    if (fared->is_copied || !fared->result.count) {
        migci_print("%s  %s\n", path, outcome_word(fared));
        return;
    }
    migci_print_mark(cli, MIGCI_GREEN, fared->status ? ' ' : 'x');
    migci_print("%s  ", path);
    if (fared->result.from != fared->result.to) /* but not with several sets */
        migci_print("%s -> %s, ", migci_name_at(cli->set, fared->result.from),
                    migci_name_at(cli->set, fared->result.to));
    migci_print("%zu %s %s\n", fared->result.count, fared->status ? "pending, checked in" : "in",
                migci_duration(fared->result.duration_us, duration));
}

static void print_fared_json(const char *path, const migci_fared *fared) {
    migci_json json;
    bool failed = fared->status && fared->status != MIGCI_PENDING;
    migci_json_begin(&json, stdout);
    migci_json_text(&json, "database", path);
    migci_json_text(&json, "outcome", outcome_word(fared));
    migci_json_number(&json, "from", fared->result.from);
    migci_json_number(&json, "to", fared->result.to);
    migci_json_number(&json, "count", (int64_t)fared->result.count);
    migci_json_number(&json, "duration_us", fared->result.duration_us);
    migci_json_text(&json, "code", migc_code_name(fared->code));
    migci_json_text(&json, "error", failed ? fared->message : NULL);
    migci_json_end(&json);
}

static size_t succeeded(const struct fleet *fleet) {
    return fleet->migrated + fleet->copied + fleet->current + fleet->pending;
}

static size_t count_rest(struct fleet *fleet) {
    size_t rest = 0;
    char *path;
    for (; (path = next_path(fleet)); rest++)
        free(path);
    return rest;
}

static void print_count(size_t number, const char *what) {
    if (number)
        migci_print(", %zu %s", number, what);
}

static void print_fleet_summary(struct fleet *fleet) {
    char duration[32];
    int64_t spent_us = migci_now_us() - fleet->begun_us;
    migci_print("%zu %s in %s", fleet->started, fleet->started == 1 ? "database" : "databases",
                migci_duration(spent_us, duration));
    print_count(fleet->migrated, "migrated");
    print_count(fleet->copied, "backed up");
    print_count(fleet->pending, "pending");
    print_count(fleet->current, "current");
    print_count(fleet->failed, "failed");
    print_count(fleet->halted ? count_rest(fleet) : 0, "not started");
    migci_print("\n");
    if (fleet->canary_failed)
        migci_print("A canary failed: the others were not touched.\n");
    else if (fleet->halted && fleet->failed)
        migci_print("Stopped after the first failure; --keep-going goes on with the others."
                    " What is done stays done: run it again for the rest.\n");
}

static void print_fleet_json(struct fleet *fleet) {
    migci_json json;
    migci_json_begin(&json, stdout);
    migci_json_number(&json, "databases", (int64_t)fleet->started);
    migci_json_number(&json, "migrated", (int64_t)fleet->migrated);
    if (fleet->copied)
        migci_json_number(&json, "backed_up", (int64_t)fleet->copied);
    migci_json_number(&json, "pending", (int64_t)fleet->pending);
    migci_json_number(&json, "current", (int64_t)fleet->current);
    migci_json_number(&json, "failed", (int64_t)fleet->failed);
    migci_json_number(&json, "not_started", (int64_t)count_rest(fleet));
    migci_json_number(&json, "duration_us", migci_now_us() - fleet->begun_us);
    migci_json_end(&json);
}

/* --------------------------------------------------------------------- work */

static void finish_one(struct fleet *fleet, migci_worker *worker) {
    migci_fared fared;
    assert(worker->pid && worker->path);
    migci_worker_receive(worker, &fared);
    if ((fleet->cli->dry_run || fleet->cli->rehearse) && !fared.status && fared.result.count)
        fared.status = MIGCI_PENDING;
    bool failed = fared.status && fared.status != MIGCI_PENDING;
    if (fared.status == MIGCI_PENDING)
        fleet->pending++;
    else if (failed)
        fleet->failed++;
    else if (fared.is_copied)
        fleet->copied++;
    else if (fared.result.count)
        fleet->migrated++;
    else
        fleet->current++;
    if (fleet->cli->json)
        print_fared_json(worker->path, &fared);
    else
        print_fared(fleet->cli, worker->path, &fared);
    fflush(stdout);
    free(worker->path);
    worker->path = NULL;
    if (failed) {
        fleet->canary_failed = fleet->started <= fleet->canaries;
        fleet->halted |= fleet->canary_failed || !fleet->cli->keep_going;
    }
}

static size_t count_busy(const struct fleet *fleet) {
    size_t busy = 0;
    for (size_t i = 0; i < fleet->worker_count; i++)
        busy += fleet->workers[i].path != NULL;
    return busy;
}

/* Canaries go one by one: the next starts when the one before has succeeded.  Returns 0, or an
 * exit status when no process can be started. */
static int start_some(struct fleet *fleet) {
    while (!fleet->halted && !caught) {
        migci_worker *worker = fleet->workers, *end = worker + fleet->worker_count;
        bool one_by_one = fleet->canaries && fleet->started <= fleet->canaries;
        while (worker < end && worker->path)
            worker++;
        if (worker == end || (one_by_one && count_busy(fleet)))
            return 0;
        int reason = worker->pid ? 0
                                 : migci_worker_start(worker, fleet->cli, fleet->workers,
                                                      fleet->worker_count);
        if (reason && count_busy(fleet))
            return 0; /* go on with fewer processes */
        if (reason) {
            fleet->halted = true;
            return migci_cli_refuse(fleet->cli, "no process for the work can be started: %s",
                                    strerror(reason));
        }
        char *path = next_path(fleet);
        if (!path)
            return 0;
        fleet->started++;
        migci_worker_send(worker, path); /* if it is gone, reading its answer tells */
    }
    return 0;
}

static int run_fleet(struct fleet *fleet) {
    assert(fleet->worker_count > 0 && fleet->worker_count <= MOST_WORKERS);
    struct pollfd polls[MOST_WORKERS];
    migci_worker *busy[MOST_WORKERS];
    bool passed_on = false;
    for (;;) {
        int status = start_some(fleet);
        if (status)
            return status;
        if (caught && !passed_on) {
            passed_on = fleet->halted = true;
            for (size_t i = 0; i < fleet->worker_count; i++)
                if (fleet->workers[i].path && fleet->workers[i].pid)
                    kill(fleet->workers[i].pid, caught);
        }
        nfds_t count = 0;
        for (size_t i = 0; i < fleet->worker_count; i++) {
            if (!fleet->workers[i].path)
                continue;
            busy[count] = &fleet->workers[i];
            polls[count++] = (struct pollfd){fleet->workers[i].from, POLLIN, 0};
        }
        if (!count)
            return 0;
        /* A signal may have come just before the handlers were set. */
        int ready = poll(polls, count, LOOK_EVERY_MS);
        for (nfds_t i = 0; ready > 0 && i < count; i++)
            if (polls[i].revents)
                finish_one(fleet, busy[i]);
    }
}

/* --------------------------------------------------------------------- verb */

static size_t worker_count(const migci_cli *cli) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t usual = AT_ONCE * (processors > 0 ? processors : 1);
    int64_t wanted = cli->jobs ? cli->jobs : usual;
    return wanted > MOST_WORKERS ? MOST_WORKERS : (size_t)wanted;
}

/* The handlers stay until everything is printed, however often a signal comes.  A signal that
 * was ignored stays ignored. */
static int work_through(struct fleet *fleet) {
    enum { COUNT = 4 };
    struct sigaction ours, before[COUNT];
    static const int numbers[COUNT] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    memset(&ours, 0, sizeof(ours));
    sigemptyset(&ours.sa_mask);
    for (int i = 0; i < COUNT; i++) {
        ours.sa_handler = numbers[i] == SIGPIPE ? SIG_IGN : note_signal;
        sigaction(numbers[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(numbers[i], &ours, NULL);
    }
    caught = 0;
    int status = run_fleet(fleet);
    for (size_t i = 0; i < fleet->worker_count; i++)
        migci_worker_stop(&fleet->workers[i]);
    if (!status) {
        (fleet->cli->json ? print_fleet_json : print_fleet_summary)(fleet);
        fflush(stdout);
        status = caught                                    ? 128 + caught
                 : fleet->failed                           ? (succeeded(fleet) ? SOME_FAILED : 1)
                 : fleet->cli->exit_code && fleet->pending ? MIGCI_PENDING
                                                           : 0;
    }
    for (int i = 0; i < COUNT; i++)
        sigaction(numbers[i], &before[i], NULL);
    return status;
}

static int run_each(migci_cli *cli) {
    struct fleet *fleet = calloc(1, sizeof(*fleet));
    if (!fleet)
        return migci_cli_refuse(cli, "out of memory");
    fleet->cli = cli;
    fleet->begun_us = migci_now_us();
    fleet->worker_count = worker_count(cli);
    fleet->canaries = cli->no_canary ? 0 : cli->canary ? (size_t)cli->canary : 1;
    migci_worker_prepare();
    fleet->from_stdin = strcmp(cli->each_db, "-") == 0;
    int code = fleet->from_stdin ? 0 : glob(cli->each_db, 0, NULL, &fleet->found), status;
    if (code)
        status = migci_cli_refuse(cli, "--each-db: %s '%s'",
                                  code == GLOB_NOMATCH ? "no file matches" : "cannot list",
                                  cli->each_db);
    fflush(NULL);
    if (!code)
        status = work_through(fleet);
    if (fleet->from_stdin && ferror(stdin)) { /* the rest of the list was not read */
        migci_print_to(stderr,
                       "%s: --each-db: the list on standard input could not be read to its end\n",
                       cli->program);
        if (!status || status == MIGCI_PENDING)
            status = succeeded(fleet) ? SOME_FAILED : 1;
    }
    if (fleet->found.gl_pathv)
        globfree(&fleet->found);
    free(fleet);
    return status;
}

static bool spread_over_databases(migci_cli *cli, int *status) {
    bool reverts = (cli->command->bit & (MIGCI_FOR_DOWN | MIGCI_FOR_RESET)) || cli->forget;
    if (!cli->each_db)
        return false;
    /* Lines of several processes on standard error would not show which database they are about. */
    if (cli->log && strcmp(cli->log, "syslog") != 0)
        *status = migci_cli_usage(cli, "this --log is for one database; --each-db takes"
                                       " --log syslog");
    else if (reverts && !cli->yes && !cli->dry_run && !cli->rehearse)
        *status = migci_cli_usage(cli, "%s --each-db asks no questions: it wants --yes",
                                  cli->command->name);
    else
        *status = run_each(cli);
    return true;
}

/* A line has room for the result, not for a list or for SQL. */
enum {
    LOOKS = MIGCI_FOR_STATUS | MIGCI_FOR_PLAN | MIGCI_FOR_VALIDATE | MIGCI_FOR_DRIFT,
    FLEET = MIGCI_FOR_CHANGES | MIGCI_FOR_BACKUP | LOOKS
};

static const migci_option options[] = {
    {"--each-db", "PATTERN", "every database that matches; -: those named on standard input",
     MIGCI_WORD, offsetof(migci_cli, each_db), FLEET & ~MIGCI_FOR_REPAIR, MIGCI_FOR_REPAIR,
     MIGCI_REPAIRS, "--db"},
    {"-j", "N", "how many at once (four a processor)", MIGCI_COUNT, offsetof(migci_cli, jobs), 0,
     FLEET, "--each-db", NULL},
    {"--canary", "N", "the first N go alone, and the rest only when they came through (1)",
     MIGCI_COUNT, offsetof(migci_cli, canary), 0, FLEET, "--each-db", "--no-canary"},
    {"--no-canary", NULL, "none goes alone", MIGCI_FLAG, offsetof(migci_cli, no_canary), 0, FLEET,
     "--each-db", NULL},
    {"--keep-going", NULL, "go on with the others after a failure", MIGCI_FLAG,
     offsetof(migci_cli, keep_going), 0, FLEET, "--each-db", NULL},
};

const migci_part migci_part_fleet = {.title = "Many databases",
                                     .options = options,
                                     .option_count = sizeof(options) / sizeof(*options),
                                     .spread = spread_over_databases};
