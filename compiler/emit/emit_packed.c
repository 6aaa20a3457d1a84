/*
 * emit_packed.c - writes the migrations of a set as migc_packed has them: one object of texts, in
 * which a person finds each file as it is, and a table of numbers.
 *
 * A text longer than a literal may be goes on in the next member; it is cut at the end of a line.
 */
#include "emit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 100, GOES_ON = '\1' };

/* Of a migration: a member of its struct, or several where it is cut. */
struct text {
    const char *member;
    unsigned number;       /* after the member's name; 0: none */
    const migc_step *step; /* or NULL */
    const char *text;
};

struct texts {
    struct text *items;
    size_t count, capacity;
};

static void add_text(struct texts *texts, struct text text) {
    if (!text.text)
        return;
    texts->items = grow_items(texts->items, texts->count, &texts->capacity, sizeof(*texts->items));
    texts->items[texts->count++] = text;
}

static const migc_step *add_steps(struct texts *texts, const char *member, const migc_step *step,
                                  unsigned count) {
    for (unsigned i = 1; i <= count; i++, step++)
        add_text(texts, (struct text){member, i, step, step->text});
    return step;
}

static unsigned count_steps(const migc_migration *migration) {
    return migration->up_count + migration->down_count + migration->verify_count;
}

/* In the order in which the runtime takes them. */
static struct texts list_texts(const migc_migration *migration) {
    struct texts texts = {NULL, 0, 0};
    add_text(&texts, (struct text){"name", 0, NULL, migration->name});
    add_text(&texts, (struct text){"file", 0, NULL, migration->file});
    add_text(&texts, (struct text){"checksum", 0, NULL, migration->checksum});
    add_text(&texts, (struct text){"chain", 0, NULL, migration->chain});
#define ADD_TEXT(id, member) add_text(&texts, (struct text){#member, 0, NULL, migration->member});
    MIGC_TEXTS(ADD_TEXT)
#undef ADD_TEXT
    const migc_step *next = migration->steps;
    next = add_steps(&texts, "up", next, migration->up_count);
    next = add_steps(&texts, "down", next, migration->down_count);
    add_steps(&texts, "verify", next, migration->verify_count);
    return texts;
}

/* ------------------------------------------------------------------- pieces */

/* What one literal has of a text. */
struct piece {
    char front[24]; /* "12:" */
    const char *text;
    size_t size;
    bool goes_on;
};

/* What ends with the mark of a text that goes on needs that mark, and an empty piece. */
static struct piece next_piece(const struct text *text, const char *left) {
    struct piece piece = {.text = left, .size = strlen(left)};
    if (text->step && left == text->text)
        snprintf(piece.front, sizeof(piece.front), "%u%s:", text->step->line,
                 text->step->call ? " call" : "");
    size_t most = LITERAL_LIMIT - strlen(piece.front);
    bool is_marked = piece.size > 0 && left[piece.size - 1] == GOES_ON;
    piece.goes_on = piece.size > most || is_marked;
    if (piece.size + is_marked <= most)
        return piece;
    size_t end = --most; /* of a line, or else of a character */
    while (end > 0 && left[end - 1] != '\n')
        end--;
    while (end == 0 && ((unsigned char)left[most] & 0xC0) == 0x80)
        most--;
    piece.size = end > 0 ? end : most;
    return piece;
}

/* -------------------------------------------------------------------- sizes */

static void put_sizes(struct output *output, const migc_migration *migration, size_t index) {
    struct texts texts = list_texts(migration);
    size_t width = 0; /* where in the line the last member ended; 0: before the first */
    put_text(output, "    struct {\n");
    for (size_t i = 0; i < texts.count; i++) {
        const char *left = texts.items[i].text;
        struct piece piece;
        unsigned part = 1;
        do {
            piece = next_piece(&texts.items[i], left);
            size_t size = strlen(piece.front) + piece.size + piece.goes_on + 1;
            char number[16] = "", ending[16] = "", words[96];
            if (texts.items[i].number)
                snprintf(number, sizeof(number), "_%u", texts.items[i].number);
            if (part > 1)
                snprintf(ending, sizeof(ending), "_%u", part);
            part++;
            int length = snprintf(words, sizeof(words), "%s%s%s[%zu]", texts.items[i].member,
                                  number, ending, size);
            bool begins = width == 0, wraps = width + (size_t)length + 3 > LINE_WIDTH;
            put_text(output, begins ? "        char " : wraps ? ",\n            " : ", ");
            put_text(output, words);
            width = (begins ? 13 : wraps ? 12 : width + 2) + (size_t)length;
            left += piece.size;
        } while (piece.goes_on);
    }
    put_text(output, ";\n    } ");
    put_member_name(output, migration, index);
    put_text(output, ";\n");
    free(texts.items);
}

/* -------------------------------------------------------------------- texts */

static void put_texts(struct output *output, const migc_migration *migration, size_t index) {
    (void)index;
    struct texts texts = list_texts(migration);
    put_text(output, "    {\n");
    for (size_t i = 0; i < texts.count; i++) {
        const struct text *text = &texts.items[i];
        const char *left = text->text;
        struct piece piece;
        put_text(output, "        ");
        if (i >= 4 && text->number <= 1) { /* the first four are the same everywhere */
            put_text(output, "/* ");
            put_text(output, text->member);
            put_text(output, text->step ? " */\n        " : " */ ");
        }
        do {
            piece = next_piece(text, left);
            put_text(output, left > text->text ? "        " : "");
            size_t indent = 8;
            if (*piece.front) {
                put_char(output, '"');
                put_text(output, piece.front);
                put_text(output, "\" ");
                indent += strlen(piece.front) + 3;
            }
            put_literal(output, piece.text, piece.size, (unsigned)indent);
            put_text(output, piece.goes_on ? " \"\\001\",\n" : ",\n");
            left += piece.size;
        } while (piece.goes_on);
    }
    put_text(output, "    },\n");
    free(texts.items);
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
    struct texts texts = list_texts(migration);
    sums->count++;
    sums->steps += count_steps(migration);
    for (size_t i = 0; i < texts.count; i++) {
        struct piece piece = next_piece(&texts.items[i], texts.items[i].text);
        if (piece.goes_on)
            sums->joined += strlen(piece.front) + strlen(texts.items[i].text) + 1;
    }
    free(texts.items);
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
    put_text(output, "/* How long each text below is, with its NUL. */\nstatic const struct {\n");
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
    put_member_name(output, &set->migrations[set->count - 1], set->count - 1);
    put_text(output, ".chain\n};\n\n");
}
