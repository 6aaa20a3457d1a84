/*
 * schema_compare.c - what two schemas do not share.
 *
 * Walks both sorted lists at once, so the cost grows with the number of
 * objects and nothing is allocated.  How a difference is said is schema_words.c's.
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

static void tell(const struct comparison *comparison, migci_difference_kind kind,
                 const migci_object *object, const char *change) {
    char name[OBJECT_SIZE], text[TEXT_SIZE];
    migci_difference difference = {kind, object->type, object->name, object->table, name, change};
    migci_say_object(object, name, sizeof name);
    if (!change) {
        migci_difference_say(&difference, &migci_voice_plain, text, sizeof text);
        difference.text = text;
    }
    comparison->report(&difference, comparison->argument);
}

/* ------------------------------------------------------------- missing and extra */

static int compare_objects(const void *a, const void *b) {
    return migci_object_order(*(migci_object *const *)a, *(migci_object *const *)b);
}

static const migci_object *find(const migci_schema *schema, migci_object_type type,
                                const char *owner, const char *key) {
    migci_object wanted = {.type = type, .owner = owner, .key = key}, *pointer = &wanted;
    if (!schema->count)
        return NULL;
    migci_object **found =
        bsearch(&pointer, schema->objects, schema->count, sizeof(migci_object *), compare_objects);
    return found ? *found : NULL;
}

/* What a part, an index or a trigger cannot be without. */
static int has_its_table(const migci_schema *schema, const migci_object *object) {
    if (object->type == MIGCI_TABLE || object->type == MIGCI_VIEW)
        return 1;
    return find(schema, MIGCI_TABLE, object->home, "") ||
           (object->type == MIGCI_TRIGGER && find(schema, MIGCI_VIEW, "", object->home));
}

static void tell_alone(const struct comparison *comparison, migci_difference_kind kind,
                       const migci_object *object) {
    const migci_schema *other = kind == MIGCI_MISSING ? comparison->found : comparison->expected;
    if (has_its_table(other, object))
        tell(comparison, kind, object, NULL);
}

/* ---------------------------------------------------------------- order of columns */

static int is_shared(const migci_object *column, const migci_schema *other) {
    return find(other, MIGCI_COLUMN, column->owner, column->key) != NULL;
}

/* The next column of `table`, from *at, that the other side has too; NULL at the end. */
static const migci_object *next_shared(const migci_table *table, const migci_schema *other,
                                       size_t *at) {
    while (*at < table->column_count) {
        const migci_object *column = table->columns[(*at)++];
        if (is_shared(column, other))
            return column;
    }
    return NULL;
}

struct moved {
    size_t count;
    const migci_object *first, *first_now; /* at the first place that differs: was, is */
    const migci_object *last, *last_now;
};

static struct moved find_moved(const struct comparison *comparison, const migci_table *expected,
                               const migci_table *found) {
    struct moved moved = {0};
    size_t at = 0, at_found = 0;
    for (;;) {
        const migci_object *was = next_shared(expected, comparison->found, &at);
        const migci_object *is = next_shared(found, comparison->expected, &at_found);
        if (!was || !is)
            return moved;
        if (strcmp(was->key, is->key) == 0)
            continue;
        if (moved.count++ == 0) {
            moved.first = was;
            moved.first_now = is;
        }
        moved.last = was;
        moved.last_now = is;
    }
}

static void list_columns(const migci_table *table, const migci_schema *other, char *buffer,
                         size_t size) {
    const migci_object *column;
    size_t at = 0, used = 0;
    buffer[0] = '\0';
    while ((column = next_shared(table, other, &at)) && used < size - 1) {
        migci_say(buffer + used, size - used, "%s%s", used ? ", " : "", column->name);
        used = strlen(buffer);
    }
}

static void compare_order(const struct comparison *comparison, const migci_object *expected,
                          const migci_object *found) {
    char text[TEXT_SIZE], was[OBJECT_SIZE], is[OBJECT_SIZE];
    struct moved moved = find_moved(comparison, expected->details, found->details);
    if (moved.count == 0)
        return;
    if (moved.count == 2 && strcmp(moved.first->key, moved.last_now->key) == 0 &&
        strcmp(moved.first_now->key, moved.last->key) == 0) {
        migci_say(text, sizeof text, "columns %s and %s of %s have changed places",
                  moved.first->name, moved.last->name, expected->name);
    } else {
        list_columns(expected->details, comparison->found, was, sizeof was);
        list_columns(found->details, comparison->expected, is, sizeof is);
        migci_say(text, sizeof text, "the columns of %s stand in the order %s instead of %s",
                  expected->name, is, was);
    }
    tell(comparison, MIGCI_ORDER, expected, text);
}

/* ------------------------------------------------------------------------ changed */

static void compare_trait(const struct comparison *comparison, const migci_object *expected,
                          const migci_object *found, int trait) {
    char text[TEXT_SIZE];
    const char *was = expected->traits[trait], *is = found->traits[trait];
    if (was == is || (was && is && strcmp(was, is) == 0))
        return;
    migci_say_change(expected, trait, is, text, sizeof text);
    tell(comparison, MIGCI_CHANGED, expected, text);
}

static void compare_pair(const struct comparison *comparison, const migci_object *expected,
                         const migci_object *found) {
    for (int trait = 0; trait < MIGCI_TRAITS; trait++)
        compare_trait(comparison, expected, found, trait);
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
