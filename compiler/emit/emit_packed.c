/*
 * emit_packed.c - writes the migrations of a set as migc_packed has them: one object of texts, in
 * which a person finds each file as it is, and a table of numbers.
 *
 * The texts of a migration are one literal, as long as C99 allows, or several: a C compiler takes
 * much longer for a literal each.  A text longer than that goes on in the next; it is cut at the
 * end of a line.
 */
#include "emit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOES_ON = '\1', ALWAYS = 4 /* texts that each migration has, first of all */ };

/* What one string has of a text: all of it, if that is not too long for a literal. */
struct piece {
    const char *what; /* which text begins; NULL: it need not be said */
    char front[24];   /* "12:" */
    const char *text;
    size_t size;
    bool begins, goes_on; /* the text */
    size_t ends;          /* the size of the member that ends with it; 0: another follows in it */
};

struct pieces {
    struct piece *items;
    size_t count, capacity;
    size_t size; /* of the member so far */
};

/* What ends with the mark of a text that goes on needs that mark, and an empty piece. */
static void cut_piece(struct piece *piece) {
    size_t most = LITERAL_LIMIT - strlen(piece->front);
    bool is_marked = piece->size > 0 && piece->text[piece->size - 1] == GOES_ON;
    piece->goes_on = piece->size > most || is_marked;
    if (piece->size + is_marked <= most)
        return;
    size_t end = --most; /* of a line, or else of a character */
    while (end > 0 && piece->text[end - 1] != '\n')
        end--;
    while (end == 0 && ((unsigned char)piece->text[most] & 0xC0) == 0x80)
        most--;
    piece->size = end > 0 ? end : most;
}

/* With its NUL. */
static size_t string_size(const struct piece *piece) {
    return strlen(piece->front) + piece->size + piece->goes_on + 1;
}

static void end_member(struct pieces *pieces) {
    assert(pieces->count > 0);
    pieces->items[pieces->count - 1].ends = pieces->size;
    pieces->size = 0;
}

static void add_text(struct pieces *pieces, const char *what, const migc_step *step,
                     const char *text) {
    if (!text)
        return;
    struct piece piece = {.what = what, .begins = true};
    if (step)
        snprintf(piece.front, sizeof(piece.front), "%u%s:", step->line, step->call ? " call" : "");
    do {
        piece.text = text;
        piece.size = strlen(text);
        cut_piece(&piece);
        if (pieces->size + string_size(&piece) > LITERAL_LIMIT + 1)
            end_member(pieces);
        pieces->size += string_size(&piece);
        pieces->items =
            grow_items(pieces->items, pieces->count, &pieces->capacity, sizeof(*pieces->items));
        pieces->items[pieces->count++] = piece;
        text += piece.size;
        piece.what = NULL;
        piece.begins = false;
        *piece.front = '\0';
    } while (piece.goes_on);
}

static const migc_step *add_steps(struct pieces *pieces, const char *what, const migc_step *step,
                                  unsigned count) {
    for (unsigned i = 0; i < count; i++, step++)
        add_text(pieces, i == 0 ? what : NULL, step, step->text);
    return step;
}

static unsigned count_steps(const migc_migration *migration) {
    return migration->up_count + migration->down_count + migration->verify_count;
}

/* In the order in which the runtime takes them. */
static struct pieces list_pieces(const migc_migration *migration) {
    struct pieces pieces = {NULL, 0, 0, 0};
    add_text(&pieces, NULL, NULL, migration->name);
    add_text(&pieces, NULL, NULL, migration->file);
    add_text(&pieces, NULL, NULL, migration->checksum);
    add_text(&pieces, NULL, NULL, migration->chain);
    assert(pieces.count == ALWAYS);
#define ADD_TEXT(id, member) add_text(&pieces, #member, NULL, migration->member);
    MIGC_TEXTS(ADD_TEXT)
#undef ADD_TEXT
    const migc_step *next = migration->steps;
    next = add_steps(&pieces, "up", next, migration->up_count);
    next = add_steps(&pieces, "down", next, migration->down_count);
    add_steps(&pieces, "verify", next, migration->verify_count);
    end_member(&pieces);
    return pieces;
}

/* -------------------------------------------------------------------- sizes */

static void put_sizes(struct output *output, const migc_migration *migration, size_t index) {
    struct pieces pieces = list_pieces(migration);
    uint64_t part = 1;
    put_text(output, "    char ");
    for (size_t i = 0; i < pieces.count; i++) {
        if (!pieces.items[i].ends)
            continue;
        put_text(output, part > 1 ? ", " : "");
        put_member_name(output, migration, index);
        if (part > 1) {
            put_char(output, '_');
            put_number(output, part);
        }
        part++;
        put_char(output, '[');
        put_number(output, pieces.items[i].ends);
        put_char(output, ']');
    }
    put_text(output, ";\n");
    free(pieces.items);
}

/* -------------------------------------------------------------------- texts */

static void put_texts(struct output *output, const migc_migration *migration, size_t index) {
    struct pieces pieces = list_pieces(migration);
    put_text(output, index > 0 || migration->flags & MIGC_REPEATABLE ? "\n" : "");
    for (size_t i = 0; i < pieces.count; i++) {
        const struct piece *piece = &pieces.items[i];
        unsigned indent = 4;
        put_text(output, "    ");
        if (piece->what) {
            put_text(output, "/* ");
            put_text(output, piece->what);
            put_text(output, *piece->front ? " */\n    " : " */ ");
        }
        if (*piece->front) {
            put_char(output, '"');
            put_text(output, piece->front);
            put_text(output, "\" ");
            indent += (unsigned)strlen(piece->front) + 3;
        }
        put_ended_literal(output, piece->text, piece->size, indent,
                          piece->goes_on ? piece->ends ? "\\001" : "\\001\\0"
                          : piece->ends  ? ""
                                         : "\\0");
        put_text(output, piece->ends ? ",\n" : "\n");
    }
    free(pieces.items);
}

/* --------------------------------------------------------------------- rows */

static const struct flag row_flags[] = {
    FLAG(MIGC_NO_TRANSACTION),  FLAG(MIGC_UP_NO_TRANSACTION), FLAG(MIGC_DOWN_NO_TRANSACTION),
    FLAG(MIGC_FOREIGN_KEYS_ON), FLAG(MIGC_NONDETERMINISTIC),  FLAG(MIGC_REPEATABLE),
    FLAG(MIGC_SQLITE_ONLY),
#define TEXT_FLAG(id, member) FLAG(MIGC_HAS_##id),
    MIGC_TEXTS(TEXT_FLAG)
#undef TEXT_FLAG
};

static void put_row(struct output *output, const migc_migration *migration, size_t index) {
    (void)index;
    char words[80];
    unsigned flags = migration->flags;
#define ADD_FLAG(id, member) flags |= migration->member ? (unsigned)MIGC_HAS_##id : 0u;
    MIGC_TEXTS(ADD_FLAG)
#undef ADD_FLAG
    int width =
        snprintf(words, sizeof(words), "    { %lld, %u, %u, %u, ", (long long)migration->version,
                 migration->up_count, migration->down_count, migration->verify_count);
    put_text(output, words);
    put_flags(output, flags, row_flags, COUNT_OF(row_flags), (size_t)width);
    put_text(output, " },\n");
}

/* ---------------------------------------------------------------------- all */

typedef void put_function(struct output *output, const migc_migration *migration, size_t index);

/* The numbered ones, then the repeatables, counted by themselves. */
static void put_each(struct output *output, const migc_set *set, put_function *put) {
    for (size_t i = 0; i < set->count; i++)
        put(output, &set->migrations[i], i);
    for (size_t i = 0; set->repeatables && i < set->repeatables->count; i++)
        put(output, &set->repeatables->migrations[i], i);
}

static void put_calls_of(struct output *output, const migc_migration *migration, size_t index) {
    (void)index;
    for (unsigned i = 0; i < count_steps(migration); i++)
        if (migration->steps[i].call) {
            put_text(output, "    ");
            put_text(output, migration->steps[i].text);
            put_text(output, ",\n");
        }
}

struct sums {
    size_t count, steps, joined;
};

static void sum_migration(struct sums *sums, const migc_migration *migration) {
    struct pieces pieces = list_pieces(migration);
    sums->count++;
    sums->steps += count_steps(migration);
    for (size_t i = 0; i < pieces.count; i++) {
        const struct piece *piece = &pieces.items[i];
        if (piece->goes_on || !piece->begins)
            sums->joined += string_size(piece) - (piece->goes_on ? 2 : 0);
    }
    free(pieces.items);
}

static struct sums sum_all(const migc_set *set) {
    struct sums sums = {0, 0, 0};
    for (size_t i = 0; i < set->count; i++)
        sum_migration(&sums, &set->migrations[i]);
    for (size_t i = 0; set->repeatables && i < set->repeatables->count; i++)
        sum_migration(&sums, &set->repeatables->migrations[i]);
    return sums;
}

static bool has_calls(const migc_migration *migrations, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (unsigned s = 0; s < count_steps(&migrations[i]); s++)
            if (migrations[i].steps[s].call)
                return true;
    return false;
}

void emit_packed(struct output *output, const migc_set *set) {
    const migc_repeatables *repeatables = set->repeatables;
    struct sums sums = sum_all(set);
    assert(set->count > 0 && sums.count == set->count + (repeatables ? repeatables->count : 0));
    bool calls = has_calls(set->migrations, set->count) ||
                 (repeatables && has_calls(repeatables->migrations, repeatables->count));
    put_text(output, "/* How long the texts of each migration are, with their NULs. */\n"
                     "static const struct {\n");
    put_each(output, set, put_sizes);
    put_text(output, "} ");
    put_set_name(output, set->name, EMITTED_TEXTS);
    put_text(output, " = {\n");
    put_each(output, set, put_texts);
    put_text(output, "};\n\n"
                     "/* version, up, down and verify steps, flags and which texts there are */\n"
                     "static const migc_row ");
    put_set_name(output, set->name, EMITTED_ROWS);
    put_text(output, "[] = {\n");
    put_each(output, set, put_row);
    put_text(output, "};\n\n");
    if (calls) {
        put_text(output, "/* the steps in C, in their order */\nstatic migc_function *const ");
        put_set_name(output, set->name, EMITTED_CALLS);
        put_text(output, "[] = {\n");
        put_each(output, set, put_calls_of);
        put_text(output, "};\n\n");
    }
    put_text(output, "static const migc_packed ");
    put_set_name(output, set->name, EMITTED_PACKED);
    put_text(output, " = {\n    ");
    put_number(output, sums.count);
    put_text(output, ", ");
    put_number(output, sums.steps);
    put_text(output, ", ");
    put_number(output, sums.joined);
    put_text(output, ", ");
    put_set_name(output, set->name, EMITTED_ROWS);
    put_text(output, ", (const char *)&");
    put_set_name(output, set->name, EMITTED_TEXTS);
    put_text(output, calls ? ", " : ", NULL");
    if (calls)
        put_set_name(output, set->name, EMITTED_CALLS);
    put_text(output, ", ");
    put_set_name(output, set->name, EMITTED_TEXTS);
    put_char(output, '.');
    const migc_migration *last = &set->migrations[set->count - 1];
    put_member_name(output, last, set->count - 1);
    put_text(output, " + ");
    put_number(output, strlen(last->name) + strlen(last->file) + strlen(last->checksum) + 3);
    put_text(output, " /* its chain */\n};\n\n");
}
