/*
 * journey.h - a run from one state of a database file to another, on a disk
 * that may fail or under a process that may die; and the look at the file
 * afterwards: sound, as before or as after, and the next run gets there.
 */
#ifndef JOURNEY_H
#define JOURNEY_H

#include "database.h"
#include "faulty_vfs.h"
#include "modules.h"
#include "sets.h"

struct journey {
    const char *journal;  /* PRAGMA journal_mode */
    const migc_set *set;  /* NULL: all of modules.h */
    const migc_set *from; /* applied before, or NULL; with more in it, the DOWNs it stored run */
    int64_t to;
};

static struct {
    struct lab lab;
    struct journey journey;
    unsigned char *image; /* of the file before */
    size_t image_size;
    uint64_t before, after;
    const migc_progress_part *progress; /* of the runs, or NULL */
} journey_state;

static inline migc_code journey_travel(sqlite3 *db, migc_error *error) {
    migc_options options = {
        .wait_ms = -1, .progress = journey_state.progress, .timeout_ms = 1000000};
    const struct journey *journey = &journey_state.journey;
    if (!journey->set)
        return migc_up_sets(db, modules, MODULES, &options, error);
    if (journey->from && journey->from->count > journey->set->count)
        return migc_down_stored(db, journey->set, journey->to, &options, error);
    return migc_to(db, journey->set, journey->to, &options, error);
}

static inline void journey_free(void *unused) {
    (void)unused;
    free(journey_state.image);
    journey_state.image = NULL;
}

static inline void journey_read_image(void) {
    enum { IMAGE_MAX = 1 << 22 };
    FILE *file = fopen(journey_state.lab.path, "rb");
    CHECK(file != NULL);
    check_defer(journey_free, NULL);
    journey_state.image = malloc(IMAGE_MAX);
    if (journey_state.image)
        journey_state.image_size = fread(journey_state.image, 1, IMAGE_MAX, file);
    fclose(file);
    CHECK(journey_state.image_size > 0 && journey_state.image_size < IMAGE_MAX);
}

/* The file as it was before, and nothing beside it. */
static inline void journey_restart(void) {
    lab_empty(&journey_state.lab);
    FILE *file = fopen(journey_state.lab.path, "wb");
    CHECK(file != NULL);
    size_t written = fwrite(journey_state.image, 1, journey_state.image_size, file);
    CHECK_INT(0, fclose(file));
    CHECK_INT(journey_state.image_size, written);
}

/* Learns what is before and after from a run that nothing disturbs. */
static inline void journey_begin(const struct journey *journey) {
    migc_error error;
    char sql[64];
    faulty_vfs_install();
    lab_begin(&journey_state.lab);
    journey_state.journey = *journey;
    sqlite3 *db = db_open(journey_state.lab.path);
    snprintf(sql, sizeof(sql), "PRAGMA journal_mode = %s; VACUUM", journey->journal);
    db_exec(db, sql);
    if (journey->from)
        CHECK_INT(MIGC_OK, migc_up(db, journey->from, NULL, NULL));
    journey_state.before = db_digest(db);
    db_close(db);
    journey_read_image();
    db = db_open(journey_state.lab.path);
    CHECK_INT(MIGC_OK, journey_travel(db, &error));
    journey_state.after = db_digest(db);
    db_close(db);
    CHECK(journey_state.before != journey_state.after);
}

/* `code` is what the disturbed run answered; one that died has failed. */
static inline void journey_check(migc_code code, const char *message) {
    char text[256];
    migc_error none;
    sqlite3 *db = db_open(journey_state.lab.path);
    CHECK_STR("ok", db_text(db, "PRAGMA integrity_check", text, sizeof(text)));
    uint64_t content = db_digest(db);
    CHECK_MSG(content == journey_state.after ||
                  (code != MIGC_OK && content == journey_state.before),
              "neither as before nor as after: %s", message);
    journey_travel(db, &none);
    CHECK_STR("", none.message);
    CHECK(db_digest(db) == journey_state.after);
    db_close(db);
}

#endif
