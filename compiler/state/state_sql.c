/*
 * state_sql.c - a schema as SQL that makes it again, one object a paragraph.
 *
 * Each table is followed by its indexes and triggers, by name, so that a migration of one table shows
 * in one place.  Views come after all tables.
 */
#include "state.h"

#include <string.h>

static void print_item(const struct item *item, struct buffer *text) {
    if (text->size)
        buffer_text(text, "\n");
    buffer_text(text, item->sql);
    buffer_text(text, ";\n");
}

static void print_of(const struct state *state, enum item_kind kind, const struct item *owner,
                     struct buffer *text) {
    for (size_t i = 0; i < state->list.count; i++) {
        const struct item *item = state->list.items[i];
        if (item->kind == kind && sqlite3_stricmp(item->table, owner->name) == 0)
            print_item(item, text);
    }
}

void print_state_sql(const struct state *state, struct buffer *text) {
    static const enum item_kind order[] = {ITEM_TABLE, ITEM_VIEW};
    for (size_t o = 0; o < COUNT_OF(order); o++) {
        for (size_t i = 0; i < state->list.count; i++) {
            const struct item *item = state->list.items[i];
            if (item->kind != order[o])
                continue;
            print_item(item, text);
            print_of(state, ITEM_INDEX, item, text);
            print_of(state, ITEM_TRIGGER, item, text);
        }
    }
}
