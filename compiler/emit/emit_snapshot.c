/*
 * emit_snapshot.c - writes the finished database as C: pieces that every C99 compiler takes.
 */
#include "emit.h"

enum { INDENT = 6 };

void emit_snapshot(struct output *output, const migc_snapshot *snapshot, const char *name) {
    if (!snapshot)
        return;
    put_text(output, "/* A new database, packed: what all of the above leaves (--no-snapshot). */\n"
                     "static const migc_snapshot_piece ");
    put_set_name(output, name, EMITTED_PIECES);
    put_text(output, "[] = {\n");
    for (size_t i = 0; i < snapshot->piece_count; i++) {
        put_text(output, "    { ");
        put_number(output, snapshot->pieces[i].size);
        put_text(output, ",\n      ");
        put_byte_literal(output, snapshot->pieces[i].bytes, snapshot->pieces[i].size, INDENT);
        put_text(output, " },\n");
    }
    put_text(output, "};\n\nstatic const migc_snapshot ");
    put_set_name(output, name, EMITTED_SNAPSHOT);
    put_text(output, " = { ");
    put_number(output, snapshot->size);
    put_text(output, ", ");
    put_number(output, snapshot->piece_count);
    put_text(output, ", ");
    put_set_name(output, name, EMITTED_PIECES);
    put_text(output, " };\n\n");
}
