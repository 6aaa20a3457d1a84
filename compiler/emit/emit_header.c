/*
 * emit_header.c - writes the header beside the emitted source: the set, its
 * constants, and the C functions that its steps call.
 */
#include "emit.h"

#include <stdlib.h>
#include <string.h>

/* A C step, and the how-manieth it is. */
struct call {
    const struct step *step;
    size_t order;
};

struct calls {
    struct call *items;
    size_t count, capacity;
};

static void collect_calls(struct calls *calls, const struct set *set) {
    for (size_t i = 0; i < count_all(set); i++) {
        for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
            const struct section *section = &set->migrations[i].sections[kind];
            for (size_t j = 0; j < section->count; j++) {
                if (section->steps[j].is_call) {
                    calls->items = grow_items(calls->items, calls->count, &calls->capacity,
                                              sizeof(*calls->items));
                    calls->items[calls->count] = (struct call){&section->steps[j], calls->count};
                    calls->count++;
                }
            }
        }
    }
}

static int compare_functions(const struct step *a, const struct step *b) {
    int order = memcmp(a->text, b->text, a->size < b->size ? a->size : b->size);
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

static int compare_order(const void *left, const void *right) {
    const struct call *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

static int compare_calls(const void *left, const void *right) {
    const struct call *a = left, *b = right;
    int order = compare_functions(a->step, b->step);
    return order ? order : compare_order(left, right);
}

/* Leaves each function once, in the order of first use. */
static void keep_first_calls(struct calls *calls) {
    size_t kept = 0;
    if (calls->count == 0)
        return;
    qsort(calls->items, calls->count, sizeof(*calls->items), compare_calls);
    for (size_t i = 0; i < calls->count; i++)
        if (i == 0 || compare_functions(calls->items[i - 1].step, calls->items[i].step) != 0)
            calls->items[kept++] = calls->items[i];
    calls->count = kept;
    qsort(calls->items, calls->count, sizeof(*calls->items), compare_order);
}

static void put_calls(struct output *output, const struct set *set) {
    struct calls calls = {NULL, 0, 0};
    collect_calls(&calls, set);
    keep_first_calls(&calls);
    for (size_t i = 0; i < calls.count; i++) {
        put_text(output, i == 0 ? "\n/* The steps in C; 0 when done, see migc_function. */\n" : "");
        put_text(output, "int ");
        put_bytes(output, calls.items[i].step->text, calls.items[i].step->size);
        put_text(output, "(migc_context *context);\n");
    }
    free(calls.items);
}

static void put_upper(struct output *output, const char *name, const char *end) {
    for (; *name; name++)
        put_char(output, to_upper(*name));
    put_text(output, end);
}

void emit_header(struct output *output, const struct set *set) {
    const char *name = set->name;
    int64_t latest = set->migrations[set->count - 1].entry->version;
    put_text(output, "/* Emitted by migc.  Edit the SQL, not this file. */\n#ifndef ");
    put_upper(output, name, "_H\n#define ");
    put_upper(output, name, "_H\n\n#include \"migc.h\"\n\n#define ");
    put_upper(output, name, "_COUNT ");
    put_number(output, set->count);
    put_text(output, "\n#define ");
    put_upper(output, name, "_LATEST INT64_C(");
    put_number(output, (uint64_t)latest);
    put_text(output, ")\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\nextern const migc_set ");
    put_text(output, name);
    put_text(output, ";\n");
    put_calls(output, set);
    put_text(output, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

static void check_symbol(const struct migration *migration, const struct step *step,
                         const char *name, struct diagnostics *diagnostics) {
    static const char *const ends[] = {"",       "_migrations",  "_needed",
                                       "_needs", "_repeatables", "_repeat"};
    size_t length = strlen(name);
    bool clashes = false;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        clashes |= step->size >= length && memcmp(step->text, name, length) == 0 &&
                   same_text(step->text + length, step->size - length, ends[i]);
    if (clashes) {
        report_error(diagnostics, step_location(migration, step),
                     "'%.*s' is already the name of the set or its table; rename the function, "
                     "or give the set another name with -n",
                     (int)step->size, step->text);
    }
}

void check_symbols(const struct set *set, const char *name, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < count_all(set); i++) {
        for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
            const struct section *section = &set->migrations[i].sections[kind];
            for (size_t j = 0; j < section->count; j++)
                if (section->steps[j].is_call)
                    check_symbol(&set->migrations[i], &section->steps[j], name, diagnostics);
        }
    }
}
