/*
 * emit_image.c - writes the finished database as C: pieces that every C99 compiler takes.
 */
#include "emit.h"

#include <string.h>

enum { PIECE_SIZE = 4095, INDENT = 6 };

static void put_pieces(struct output *output, const struct buffer *packed, const char *name) {
    put_text(output, "static const migc_snapshot_piece ");
    put_text(output, name);
    put_text(output, "_pieces[] = {\n");
    for (size_t at = 0; at < packed->size; at += PIECE_SIZE) {
        size_t size = packed->size - at < PIECE_SIZE ? packed->size - at : PIECE_SIZE;
        put_text(output, "    { ");
        put_number(output, size);
        put_text(output, ",\n      ");
        put_byte_literal(output, packed->bytes + at, size, INDENT);
        put_text(output, " },\n");
    }
    put_text(output, "};\n\n");
}

void emit_snapshot(struct output *output, const struct snapshot *snapshot, const char *name) {
    if (snapshot->size == 0)
        return;
    put_text(output,
             "/* A new database, packed: what all of the above leaves (--no-snapshot). */\n");
    put_pieces(output, &snapshot->packed, name);
    put_text(output, "static const migc_snapshot ");
    put_text(output, name);
    put_text(output, "_snapshot = { ");
    put_number(output, snapshot->size);
    put_text(output, ", ");
    put_number(output, (snapshot->packed.size + PIECE_SIZE - 1) / PIECE_SIZE);
    put_text(output, ", ");
    put_text(output, name);
    put_text(output, "_pieces };\n\n");
}
