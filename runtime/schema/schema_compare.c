/*
 * schema_compare.c - finds the differences of two schemas.
 *
 * Walks both sorted lists at once, so the cost grows with the number of objects, and nothing is
 * allocated. schema_words.c has the words.
 */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECT_SIZE = 300, TEXT_SIZE = 900 };

struct comparison {
    const migci_schema *expected, *found;
    migci_difference_function *report;
    void *argument;
};

static void report_difference(const struct comparison *comparison, migci_difference_kind kind,
                              const migci_object *object, const char *change) {
    char name[OBJECT_SIZE], text[TEXT_SIZE];
    migci_difference difference = {kind, object->type, object->name, object->table, name, change};
    migci_say_object(object, name, sizeof(name));
    if (!change) {
        migci_difference_say(&difference, &migci_voice_plain, text, sizeof(text));
        difference.text = text;
    }
    comparison->report(&difference, comparison->argument);
}

/* ------------------------------------------------------------- missing and extra */

static int order_objects(const void *a, const void *b) {
    return migci_object_order(*(migci_object *const *)a, *(migci_object *const *)b);
}

static const migci_object *find_in_schema(const migci_schema *schema, migci_object_type type,
                                          const char *owner, const char *key) {
    migci_object wanted = {.type = type, .owner = owner, .key = key}, *pointer = &wanted;
    if (!schema->count)
        return NULL;
    migci_object **found =
        bsearch(&pointer, schema->objects, schema->count, sizeof(migci_object *), order_objects);
    return found ? *found : NULL;
}

static void tell_alone(const struct comparison *comparison, migci_difference_kind kind,
                       const migci_object *object) {
    const migci_schema *other = kind == MIGCI_MISSING ? comparison->found : comparison->expected;
    /* Of a table that the other side lacks, only the table is reported. */
    if (object->type == MIGCI_TABLE || object->type == MIGCI_VIEW ||
        find_in_schema(other, MIGCI_TABLE, object->home, "") ||
        (object->type == MIGCI_TRIGGER && find_in_schema(other, MIGCI_VIEW, "", object->home)))
        report_difference(comparison, kind, object, NULL);
}

/* ---------------------------------------------------------------- order of columns */

/* The next column of `table`, from *at, that the other side has too; NULL at the end. */
static const migci_object *next_shared(const migci_table *table, const migci_schema *other,
                                       size_t *at) {
    while (*at < table->column_count) {
        const migci_object *column = table->columns[(*at)++];
        if (find_in_schema(other, MIGCI_COLUMN, column->owner, column->key))
            return column;
    }
    return NULL;
}

/* Whether the shared columns of both sides are in one order when `moved` is left out. */
static bool is_only_moved(const struct comparison *comparison, const migci_table *expected,
                          const migci_table *found, const migci_object *moved) {
    size_t at = 0, at_found = 0;
    for (;;) {
        const migci_object *was = next_shared(expected, comparison->found, &at);
        const migci_object *is = next_shared(found, comparison->expected, &at_found);
        if (was && strcmp(was->key, moved->key) == 0)
            was = next_shared(expected, comparison->found, &at);
        if (is && strcmp(is->key, moved->key) == 0)
            is = next_shared(found, comparison->expected, &at_found);
        if (!was || !is)
            return !was && !is;
        if (strcmp(was->key, is->key) != 0)
            return false;
    }
}

/* "behind town", or "first". */
static void say_place(const migci_table *table, const migci_schema *other,
                      const migci_object *column, char *buffer, size_t size) {
    const migci_object *before = NULL, *next;
    size_t at = 0;
    while ((next = next_shared(table, other, &at)) && strcmp(next->key, column->key) != 0)
        before = next;
    migci_say(buffer, size, before ? "behind %s" : "first", before ? before->name : "");
}

/* The columns, from the first one that differs. */
static void list_differing_columns(const migci_table *table, const migci_schema *other,
                                   const migci_object *first, char *buffer, size_t size) {
    const migci_object *column;
    size_t at = 0, used = 0;
    buffer[0] = '\0';
    while ((column = next_shared(table, other, &at)) && used < size - 1) {
        if (used == 0 && column != first)
            continue;
        migci_say(buffer + used, size - used, "%s%s", used ? ", " : "", column->name);
        used = strlen(buffer);
    }
}

/* Whether two columns have changed places, and all others have not. */
static bool is_swap(const struct comparison *comparison, const migci_table *expected,
                    const migci_table *found, const migci_object *one, const migci_object *other) {
    const migci_object *was, *is;
    size_t at = 0, at_found = 0;
    while ((was = next_shared(expected, comparison->found, &at)) &&
           (is = next_shared(found, comparison->expected, &at_found))) {
        const migci_object *wanted = was == one ? other : was;
        if (strcmp(was->key, other->key) == 0)
            wanted = one;
        if (strcmp(is->key, wanted->key) != 0)
            return false;
    }
    return true;
}

static void compare_order(const struct comparison *comparison, const migci_object *expected,
                          const migci_object *found) {
    char text[TEXT_SIZE], was[OBJECT_SIZE], is[OBJECT_SIZE];
    const migci_object *first, *first_now, *moved = NULL; /* the first two columns that differ */
    size_t at = 0, at_found = 0;
    do {
        first = next_shared(expected->details, comparison->found, &at);
        first_now = next_shared(found->details, comparison->expected, &at_found);
    } while (first && first_now && strcmp(first->key, first_now->key) == 0);
    if (!first || !first_now)
        return;
    if (is_swap(comparison, expected->details, found->details, first, first_now)) {
        migci_say(text, sizeof(text), "columns %s and %s of %s have changed places", first->name,
                  first_now->name, expected->name);
        report_difference(comparison, MIGCI_ORDER, expected, text);
        return;
    }
    if (is_only_moved(comparison, expected->details, found->details, first))
        moved = first;
    else if (is_only_moved(comparison, expected->details, found->details, first_now))
        moved = first_now;
    if (moved) {
        say_place(expected->details, comparison->found, moved, was, sizeof(was));
        say_place(found->details, comparison->expected, moved, is, sizeof(is));
        migci_say(text, sizeof(text), "column %s of %s stands %s instead of %s", moved->name,
                  expected->name, is, was);
    } else {
        list_differing_columns(expected->details, comparison->found, first, was, sizeof(was));
        list_differing_columns(found->details, comparison->expected, first_now, is, sizeof(is));
        migci_say(text, sizeof(text), "the columns of %s stand in the order %s instead of %s",
                  expected->name, is, was);
    }
    report_difference(comparison, MIGCI_ORDER, expected, text);
}

/* ------------------------------------------------------------------------ changed */

static void compare_pair(const struct comparison *comparison, const migci_object *expected,
                         const migci_object *found) {
    char text[TEXT_SIZE];
    for (int trait = 0; trait < MIGCI_TRAITS; trait++) {
        const char *was = expected->traits[trait], *is = found->traits[trait];
        if (was == is || (was && is && strcmp(was, is) == 0))
            continue;
        migci_say_change(expected, trait, is, text, sizeof(text));
        report_difference(comparison, MIGCI_CHANGED, expected, text);
    }
    if (expected->type == MIGCI_TABLE)
        compare_order(comparison, expected, found);
}

void migci_schema_compare(const migci_schema *expected, const migci_schema *found,
                          migci_difference_function *report, void *argument) {
    struct comparison comparison = {expected, found, report, argument};
    size_t i = 0, j = 0;
    while (i < expected->count || j < found->count) {
        int order = i == expected->count ? 1
                    : j == found->count
                        ? -1
                        : migci_object_order(expected->objects[i], found->objects[j]);
        if (order < 0)
            tell_alone(&comparison, MIGCI_MISSING, expected->objects[i++]);
        else if (order > 0)
            tell_alone(&comparison, MIGCI_EXTRA, found->objects[j++]);
        else
            compare_pair(&comparison, expected->objects[i++], found->objects[j++]);
    }
}

static void count_difference(const migci_difference *difference, void *argument) {
    (void)difference;
    ++*(size_t *)argument;
}

size_t migci_schema_differences(const migci_schema *expected, const migci_schema *found) {
    size_t count = 0;
    migci_schema_compare(expected, found, count_difference, &count);
    return count;
}
