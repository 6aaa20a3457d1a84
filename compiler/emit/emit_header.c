/*
 * emit_header.c - writes the header beside the emitted source: the set, its
 * constants, and the C functions that its steps call.
 */
#include "emit.h"

#include <stdlib.h>
#include <string.h>

/* A function that is called, and the position of its first call among all. */
struct call {
    const char *name;
    size_t order;
};

struct calls {
    struct call *items;
    size_t count, capacity;
};

static void collect_calls(struct calls *calls, const migc_migration *migrations, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (unsigned s = 0; s < migrations[i].up_count + migrations[i].down_count; s++) {
            const migc_step *step = &migrations[i].steps[s];
            if (!step->call)
                continue;
            calls->items =
                grow_items(calls->items, calls->count, &calls->capacity, sizeof(*calls->items));
            calls->items[calls->count] = (struct call){step->text, calls->count};
            calls->count++;
        }
}

static int compare_first_use(const void *left, const void *right) {
    const struct call *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

static int compare_calls(const void *left, const void *right) {
    const struct call *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : compare_first_use(left, right);
}

static void put_calls(struct output *output, const migc_set *set) {
    struct calls calls = {NULL, 0, 0};
    collect_calls(&calls, set->migrations, set->count);
    if (set->repeatables)
        collect_calls(&calls, set->repeatables->migrations, set->repeatables->count);
    size_t kept = 0; /* each function once, in the order of first use */
    if (calls.count > 0)
        qsort(calls.items, calls.count, sizeof(*calls.items), compare_calls);
    for (size_t i = 0; i < calls.count; i++)
        if (i == 0 || strcmp(calls.items[i - 1].name, calls.items[i].name) != 0)
            calls.items[kept++] = calls.items[i];
    if (kept > 0)
        qsort(calls.items, kept, sizeof(*calls.items), compare_first_use);
    for (size_t i = 0; i < kept; i++) {
        put_text(output, i == 0 ? "\n/* The steps in C; 0 when done, see migc_function. */\n" : "");
        put_text(output, "int ");
        put_text(output, calls.items[i].name);
        put_text(output, "(migc_context *context);\n");
    }
    free(calls.items);
}

void emit_header(struct output *output, const migc_set *set) {
    put_text(output, "/* Emitted by migc.  Edit the SQL, not this file. */\n#ifndef ");
    put_set_name(output, set->name, EMITTED_GUARD);
    put_text(output, "\n#define ");
    put_set_name(output, set->name, EMITTED_GUARD);
    put_text(output, "\n\n#include \"migc.h\"\n\n#define ");
    put_set_name(output, set->name, EMITTED_COUNT_MACRO);
    put_char(output, ' ');
    put_number(output, set->count);
    put_text(output, "\n#define ");
    put_set_name(output, set->name, EMITTED_LATEST_MACRO);
    put_text(output, " INT64_C(");
    put_number(output, (uint64_t)set->migrations[set->count - 1].version);
    put_text(output, ")\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\nextern const migc_set ");
    put_set_name(output, set->name, EMITTED_SET);
    put_text(output, ";\n");
    put_calls(output, set);
    put_text(output, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
