/*
 * snapshot.c - what a new database costs when it is made of the emitted snapshot, against writing
 * its bytes, syncing and linking them (the least that any program could do for a file that is
 * there in one piece), and against replaying the migrations.  Linked with an emitted set.
 *
 *     snapshot COUNT FOLDER      the databases are made there
 */
#include "measure.h"
#include "migc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 15 };
enum { SNAPSHOT, REPLAY, WRITE, RUNNERS };

static const double limit_write = 3, limit_replay = 0.15;

extern const migc_set bench;

struct task {
    const migc_set *set;
    char path[400];
};

static void open_new(void *argument) {
    const struct task *task = argument;
    sqlite3 *db;
    migc_error error;
    unlink(task->path);
    if (migc_open(task->path, task->set, NULL, &db, &error) != MIGC_OK)
        give_up("migc_open", error.message);
    sqlite3_close(db);
}

struct bytes {
    struct task task;
    char temporary[420];
    char *bytes;
    size_t size;
};

static void write_bytes(void *argument) {
    const struct bytes *bytes = argument;
    unlink(bytes->task.path);
    int fd = open(bytes->temporary, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (fd < 0 || write(fd, bytes->bytes, bytes->size) != (ssize_t)bytes->size || fsync(fd) != 0 ||
        close(fd) != 0 || link(bytes->temporary, bytes->task.path) != 0)
        give_up(bytes->temporary, "cannot be written");
    unlink(bytes->temporary);
}

static void read_bytes(struct bytes *bytes, const char *path) {
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (!file || stat(path, &status) != 0)
        give_up(path, "cannot be read");
    bytes->size = (size_t)status.st_size;
    bytes->bytes = malloc(bytes->size);
    if (!file || !bytes->bytes || fread(bytes->bytes, 1, bytes->size, file) != bytes->size)
        give_up(path, "cannot be read");
    else
        fclose(file);
}

static void report_all(const char *count, const struct contestant *of, size_t size) {
    const struct samples *snapshot = &of[SNAPSHOT].samples;
    char key[40], what[80], note[120];
    snprintf(key, sizeof(key), "snapshot-write-%s", count);
    snprintf(what, sizeof(what), "a new database, %s migrations", count);
    snprintf(note, sizeof(note), "%.1f ms; write, fsync, link of its %zu KiB: %.1f ms",
             median(snapshot) / 1e3, size / 1024, median(&of[WRITE].samples) / 1e3);
    report(key, what, median_ratio(snapshot, &of[WRITE].samples), limit_write, "x", note);
    snprintf(key, sizeof(key), "snapshot-replay-%s", count);
    snprintf(note, sizeof(note), "%.1f ms", median(&of[REPLAY].samples) / 1e3);
    report(key, "  the same against a replay", median_ratio(snapshot, &of[REPLAY].samples),
           strcmp(count, "1000") == 0 ? limit_replay : 0, "x", note);
}

int main(int argc, char **argv) {
    migc_set replayed = bench;
    struct task made = {&bench, ""}, replay = {&replayed, ""};
    struct bytes bytes;
    replayed.snapshot = NULL;
    memset(&bytes, 0, sizeof(bytes));
    if (argc != 3 || !bench.snapshot)
        give_up("usage", "snapshot COUNT FOLDER, linked with a set that has a snapshot");
    snprintf(made.path, sizeof(made.path), "%s/snapshot.db", argv[2]);
    snprintf(replay.path, sizeof(replay.path), "%s/replay.db", argv[2]);
    snprintf(bytes.task.path, sizeof(bytes.task.path), "%s/bytes.db", argv[2]);
    snprintf(bytes.temporary, sizeof(bytes.temporary), "%s-new", bytes.task.path);
    open_new(&made);
    read_bytes(&bytes, made.path);
    struct contestant contestants[RUNNERS] = {
        {open_new, &made, {0}}, {open_new, &replay, {0}}, {write_bytes, &bytes, {0}}};
    measure(contestants, RUNNERS, ROUNDS);
    report_all(argv[1], contestants, bytes.size);
    free(bytes.bytes);
    return 0;
}
