/*
 * image.h - snapshots of sets that were written by hand, as migc would emit them: all of the
 * set's migrations in memory, with a history that has no rows, packed.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdlib.h>

#include "database.h"
#include "migc.h"
#include "prove/prove.h"

enum { IMAGE_PIECES = 64, IMAGE_PIECE_SIZE = 4095 };

struct imaged {
    migc_set set; /* with the snapshot */
    migc_snapshot snapshot;
    migc_snapshot_piece pieces[IMAGE_PIECES];
    struct buffer packed;
};

static inline void imaged_free(void *argument) {
    struct imaged *imaged = argument;
    buffer_free(&imaged->packed);
    free(imaged);
}

static inline void imaged_cut(struct imaged *imaged) {
    size_t count = 0;
    for (size_t at = 0; at < imaged->packed.size; at += IMAGE_PIECE_SIZE) {
        size_t left = imaged->packed.size - at;
        CHECK(count < IMAGE_PIECES);
        imaged->pieces[count++] =
            (migc_snapshot_piece){(unsigned)(left < IMAGE_PIECE_SIZE ? left : IMAGE_PIECE_SIZE),
                                  imaged->packed.bytes + at};
    }
    imaged->snapshot.piece_count = count;
    imaged->snapshot.pieces = imaged->pieces;
    imaged->set.snapshot = &imaged->snapshot;
}

static inline struct imaged *imaged_set(const migc_set *set) {
    struct imaged *imaged = calloc(1, sizeof *imaged);
    sqlite3_int64 size = 0;
    CHECK(imaged != NULL);
    check_defer(imaged_free, imaged);
    imaged->set = *set;
    sqlite3 *db = db_open(":memory:");
    CHECK_INT(MIGC_OK, migc_up(db, set, NULL, NULL));
    db_exec(db, "DELETE FROM migc_migrations; DELETE FROM migc_events; PRAGMA user_version = 0");
    unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
    db_close(db);
    CHECK(bytes != NULL);
    imaged->snapshot.size = (size_t)size;
    pack_bytes(&imaged->packed, bytes, (size_t)size);
    sqlite3_free(bytes);
    imaged_cut(imaged);
    return imaged;
}

#endif
