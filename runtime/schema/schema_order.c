/*
 * schema_order.c - the order of the objects and tables of a schema, and finding a table by its
 * name.
 */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

int migci_object_order(const migci_object *a, const migci_object *b) {
    int a_group = a->type < MIGCI_INDEX ? 0 : (int)a->type;
    int b_group = b->type < MIGCI_INDEX ? 0 : (int)b->type;
    if (a_group != b_group)
        return a_group < b_group ? -1 : 1;
    int order = strcmp(a->owner, b->owner);
    if (order != 0)
        return order;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return strcmp(a->key, b->key);
}

/* Objects with the same key are ordered by their traits, so that duplicates meet on both sides. */
int migci_object_order_whole(const void *a, const void *b) {
    const migci_object *left = *(migci_object *const *)a, *right = *(migci_object *const *)b;
    int order = migci_object_order(left, right);
    for (int i = 0; i < MIGCI_TRAITS && order == 0; i++) {
        const char *one = left->traits[i] ? left->traits[i] : "";
        order = strcmp(one, right->traits[i] ? right->traits[i] : "");
    }
    return order;
}

int migci_table_order(const void *a, const void *b) {
    return strcmp((*(migci_table *const *)a)->key, (*(migci_table *const *)b)->key);
}

const migci_table *migci_schema_table(const migci_schema *schema, const char *key) {
    migci_table wanted = {.key = key}, *pointer = &wanted;
    if (!schema->table_count)
        return NULL;
    migci_table **found = bsearch(&pointer, schema->tables, schema->table_count,
                                  sizeof(migci_table *), migci_table_order);
    return found ? *found : NULL;
}
