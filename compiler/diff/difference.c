/*
 * difference.c - what differs between two databases, in the words of the runtime's comparison.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

struct collection {
    struct differences *changes;
    struct arena *arena;
};

static const char *copy_difference(struct arena *arena, const char *text) {
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

static void collect_change(const migci_difference *difference, void *argument) {
    struct collection *collection = argument;
    struct differences *changes = collection->changes;
    struct arena *arena = collection->arena;
    changes->items =
        grow_items(changes->items, changes->count, &changes->capacity, sizeof(*changes->items));
    changes->items[changes->count++] = (struct difference){
        difference->kind, difference->type, copy_difference(arena, difference->name),
        copy_difference(arena, difference->table), copy_difference(arena, difference->text)};
}

bool compare_databases(sqlite3 *target, sqlite3 *found, struct differences *changes,
                       struct arena *arena, struct diagnostics *diagnostics) {
    migci_memory memory = {0};
    migci_schema wanted, there;
    struct collection collection = {changes, arena};
    sqlite3 *failed = NULL;
    *changes = (struct differences){0};
    if (migci_schema_read(target, &memory, &wanted) != SQLITE_OK)
        failed = target;
    else if (migci_schema_read(found, &memory, &there) != SQLITE_OK)
        failed = found;
    else
        migci_schema_compare(&wanted, &there, collect_change, &collection);
    migci_free_all(&memory);
    return !failed ||
           report_failure(diagnostics, "a schema cannot be read: %s", sqlite3_errmsg(failed));
}

void free_changes(struct differences *changes) {
    free(changes->items);
    *changes = (struct differences){0};
}
