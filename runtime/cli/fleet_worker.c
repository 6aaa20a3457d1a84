/*
 * fleet_worker.c - a process that runs a command on one database after the other, as the command
 * line does, and the parent's side of the pipes to it.
 */
#include "fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A path in a message; longer ones cannot be opened. */
enum { MOST_PATH = 4096 };

/* A message comes whole, unless the other end is gone. */
static int read_whole_message(int fd, void *buffer, size_t size) {
    char *at = buffer;
    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        at += got;
        size -= (size_t)got;
    }
    return 0;
}

static int write_whole(int fd, const void *buffer, size_t size) {
    const char *at = buffer;
    while (size > 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        at += put;
        size -= (size_t)put;
    }
    return 0;
}

/* ------------------------------------------------------------------- worker */

static void run_one(const migci_cli *cli, const char *path, FILE *printed, migci_fared *fared) {
    char *message = fared->message;
    migci_cli one = *cli;
    memset(fared, 0, sizeof(*fared));
    rewind(printed);
    if (ftruncate(fileno(printed), 0) != 0)
        return;
    one.path = path;
    one.only_existing = true; /* the path of a missing one is more likely wrong */
    one.in_fleet = true;
    one.each_db = NULL;
    one.quiet = true;
    one.json = false;
    one.exit_code = true;
    one.options.result = &one.result;
    fared->status = migci_cli_run(&one);
    fared->code = one.error.code;
    fared->result = one.result;
    fared->is_copied = fared->status == 0 && one.command->bit == MIGCI_FOR_BACKUP && !one.dry_run &&
                       *one.backup.path;
    sqlite3_free(one.ran);
    /* What the command printed about its failure, on one line. */
    fflush(stderr);
    rewind(printed);
    size_t length = fread(message, 1, sizeof(fared->message) - 1, printed);
    while (length > 0 && message[length - 1] == '\n')
        length--;
    message[length] = '\0';
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)message[i] < ' ')
            message[i] = ' ';
}

static void open_onto(int fd, const char *path, int flags) {
    int opened = open(path, flags);
    if (opened >= 0 && opened != fd) {
        dup2(opened, fd);
        close(opened);
    }
}

/* Ctrl-C in a terminal reaches every process, and the parent passes it on.  The second signal
 * must not kill a worker that the first one stopped, before it has answered. */
static void end_unless_stopped(int number) {
    if (migci_signal_came())
        return;
    signal(number, SIG_DFL);
    raise(number);
}

static void work(const migci_cli *cli, int from, int to) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction ours, before;
    char path[MOST_PATH];
    uint32_t length;
    migci_fared fared;
    FILE *printed = tmpfile();
    memset(&ours, 0, sizeof(ours));
    sigemptyset(&ours.sa_mask);
    ours.sa_handler = end_unless_stopped;
    ours.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        sigaction(numbers[i], NULL, &before);
        if (before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &ours, NULL);
    }
    open_onto(STDIN_FILENO, "/dev/null", O_RDONLY);
    open_onto(STDOUT_FILENO, "/dev/null", O_WRONLY);
    if (!printed || dup2(fileno(printed), STDERR_FILENO) < 0)
        return;
    while (read_whole_message(from, &length, sizeof(length)) == 0 && length < sizeof(path) &&
           read_whole_message(from, path, length) == 0) {
        path[length] = '\0';
        run_one(cli, path, printed, &fared);
        if (write_whole(to, &fared, sizeof(fared)) != 0)
            return;
    }
}

/* ------------------------------------------------------------------- parent */

/* If one of the three standard files is closed, a pipe would get its number.  Using these still
 * fails. */
void migci_worker_prepare(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int migci_worker_start(migci_worker *worker, const migci_cli *cli, const migci_worker *all,
                       size_t count) {
    int down[2], up[2];
    if (pipe(down) != 0)
        return errno;
    if (pipe(up) != 0) {
        int reason = errno;
        close(down[0]);
        close(down[1]);
        return reason;
    }
    pid_t pid = fork();
    int reason = errno;
    if (pid == 0) {
        for (size_t i = 0; i < count; i++)
            if (all[i].pid) {
                close(all[i].to);
                close(all[i].from);
            }
        close(down[1]);
        close(up[0]);
        work(cli, down[0], up[1]);
        _exit(0);
    }
    close(down[0]);
    close(up[1]);
    *worker = (migci_worker){pid, down[1], up[0], NULL};
    if (pid > 0)
        return 0;
    close(down[1]);
    close(up[0]);
    worker->pid = 0;
    return reason;
}

int migci_worker_send(migci_worker *worker, char *path) {
    char message[sizeof(uint32_t) + MOST_PATH];
    uint32_t length = (uint32_t)strlen(path);
    worker->path = path;
    if (length >= MOST_PATH)
        length = MOST_PATH - 1; /* no such file, as its error will say */
    memcpy(message, &length, sizeof(length));
    memcpy(message + sizeof(length), path, length + 1); /* the NUL is not sent */
    return write_whole(worker->to, message, sizeof(length) + length);
}

static int reap(migci_worker *worker) {
    int ended = 0;
    close(worker->to);
    close(worker->from);
    while (waitpid(worker->pid, &ended, 0) < 0 && errno == EINTR)
        continue;
    worker->pid = 0;
    return ended;
}

void migci_worker_receive(migci_worker *worker, migci_fared *fared) {
    static const char rest[] =
        "The database is as it was before, or as after: SQLite reverts what is incomplete. Look for"
        " the cause, then run it again.";
    if (read_whole_message(worker->from, fared, sizeof(*fared)) == 0)
        return;
    int ended = reap(worker), signal_number = WIFSIGNALED(ended) ? WTERMSIG(ended) : 0;
    memset(fared, 0, sizeof(*fared));
    fared->status = 1;
    fared->code = MIGC_CALL_FAILED;
    if (signal_number)
        snprintf(fared->message, sizeof(fared->message),
                 "its process was killed by signal %d (%s). %s", signal_number,
                 strsignal(signal_number), rest);
    else
        snprintf(fared->message, sizeof(fared->message), "its process ended with status %d. %s",
                 WEXITSTATUS(ended), rest);
}

void migci_worker_stop(migci_worker *worker) {
    if (worker->pid)
        reap(worker);
}
