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

enum { IMAGE_PIECES = 256 };

struct imaged {
    migc_set set; /* with the snapshot */
    migc_snapshot snapshot;
    char pieces[IMAGE_PIECES][MIGC_PIECE_SIZE + 1];
    struct buffer packed;
};

static inline void imaged_free(void *argument) {
    struct imaged *imaged = argument;
    buffer_free(&imaged->packed);
    free(imaged);
}

static inline void imaged_cut(struct imaged *imaged) {
    CHECK(imaged->packed.size <= sizeof(imaged->pieces) / (MIGC_PIECE_SIZE + 1) * MIGC_PIECE_SIZE);
    for (size_t at = 0; at < imaged->packed.size; at++)
        imaged->pieces[at / MIGC_PIECE_SIZE][at % MIGC_PIECE_SIZE] = imaged->packed.bytes[at];
    imaged->snapshot.packed_size = imaged->packed.size;
    imaged->snapshot.pieces = (const char(*)[MIGC_PIECE_SIZE + 1]) imaged->pieces;
    imaged->set.snapshot = &imaged->snapshot;
}

static inline struct imaged *imaged_set(const migc_set *set) {
    struct imaged *imaged = calloc(1, sizeof(*imaged));
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
