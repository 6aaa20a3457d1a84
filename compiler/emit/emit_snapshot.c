/*
 * emit_snapshot.c - writes the finished database as C: pieces that every C99 compiler takes.
 */
#include "emit.h"

#include <assert.h>

enum { INDENT = 4 };

void emit_snapshot(struct output *output, const migc_snapshot *snapshot, const char *name) {
    if (!snapshot)
        return;
    assert(snapshot->size > 0 && snapshot->packed_size > 0);
    put_text(output, "/* A new database, packed: what all of the above leaves (--no-snapshot). */\n"
                     "static const char ");
    put_set_name(output, name, EMITTED_PIECES);
    put_text(output, "[][MIGC_PIECE_SIZE + 1] = {\n");
    for (size_t at = 0; at < snapshot->packed_size; at += MIGC_PIECE_SIZE) {
        size_t left = snapshot->packed_size - at;
        put_text(output, "    ");
        put_byte_literal(output, snapshot->pieces[at / MIGC_PIECE_SIZE],
                         left < MIGC_PIECE_SIZE ? left : MIGC_PIECE_SIZE, INDENT);
        put_text(output, ",\n");
    }
    put_text(output, "};\n\nstatic const migc_snapshot ");
    put_set_name(output, name, EMITTED_SNAPSHOT);
    put_text(output, " = { ");
    put_number(output, snapshot->size);
    put_text(output, ", ");
    put_number(output, snapshot->packed_size);
    put_text(output, ", ");
    put_set_name(output, name, EMITTED_PIECES);
    put_text(output, " };\n\n");
}
