/*
 * touched.c - which objects of a schema some SQL can have to do with: those that it names, those
 * that these name, and those that name any of them.  The others are as if they were not there.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

/* Objects by their names; a trigger may be called as a table is. */
struct named_item {
    const char *name;
    size_t index;
};

/* One object names another. */
struct mention {
    size_t from, to;
};

struct touching {
    const struct item_list *list;
    struct named_item *names;
    struct mention *mentions;
    size_t count, capacity;
    bool *touched;
    struct arena *arena;
};

static int compare_named_items(const void *a, const void *b) {
    return sqlite3_stricmp(((const struct named_item *)a)->name,
                           ((const struct named_item *)b)->name);
}

/* `from` is the object whose SQL it is; or past the last one: then what is named is touched. */
static void read_mentions(struct touching *work, const char *sql, size_t from) {
    migci_text text = migci_text_of(sql);
    size_t count = work->list->count;
    for (migci_token token; (token = migci_token_next(&text)).kind != MIGCI_TOKEN_END;) {
        const char *name = name_of_token(token, work->arena);
        struct named_item wanted = {name, 0};
        const struct named_item *found =
            name ? bsearch(&wanted, work->names, count, sizeof(wanted), compare_named_items) : NULL;
        if (!found)
            continue;
        while (found > work->names && compare_named_items(found - 1, &wanted) == 0)
            found--;
        for (; found < work->names + count && compare_named_items(found, &wanted) == 0; found++)
            if (from == count)
                work->touched[found->index] = true;
            else if (found->index != from) {
                work->mentions = grow_items(work->mentions, work->count, &work->capacity,
                                            sizeof(*work->mentions));
                work->mentions[work->count++] = (struct mention){from, found->index};
            }
    }
}

bool *find_touched(const struct state *state, const char *const *scripts, size_t count,
                   struct arena *arena) {
    const struct item_list *list = &state->list;
    struct touching work = {.list = list, .arena = arena};
    work.names = arena_take(arena, (list->count + 1) * sizeof(*work.names));
    work.touched = arena_take(arena, (list->count + 1) * sizeof(*work.touched));
    memset(work.touched, 0, (list->count + 1) * sizeof(*work.touched));
    for (size_t i = 0; i < list->count; i++)
        work.names[i] = (struct named_item){list->items[i]->name, i};
    if (list->count > 0)
        qsort(work.names, list->count, sizeof(*work.names), compare_named_items);
    for (size_t i = 0; i < list->count; i++)
        read_mentions(&work, list->items[i]->sql, i);
    for (size_t i = 0; i < count; i++)
        read_mentions(&work, scripts[i], list->count);
    for (bool grows = true; grows;) {
        grows = false;
        for (size_t i = 0; i < work.count; i++) {
            const struct mention *mention = &work.mentions[i];
            if (work.touched[mention->from] == work.touched[mention->to])
                continue;
            work.touched[mention->from] = work.touched[mention->to] = true;
            grows = true;
        }
    }
    free(work.mentions);
    return work.touched;
}
