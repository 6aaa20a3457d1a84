/*
 * rows_compare.c - finds the partner of each old row among the new ones: first a row with
 * the same values, then one with the same values except its id, then one with the same
 * id, then the one that shares most values.
 */
#include "rows.h"

#include <string.h>

struct pairing {
    const struct row_list *before, *after;
    const size_t *map;
    size_t columns, id; /* index of a row of before; SIZE_MAX: none */
    size_t *partner;
    bool *taken;
};

static const struct value *value_after(const struct pairing *pairing, size_t row, size_t column) {
    return &pairing->after->items[row].values[pairing->map[column]];
}

/* How many mapped columns are equal; *all: how many were compared. */
static size_t count_equal(const struct pairing *pairing, size_t a, size_t b, bool without_id,
                          size_t *all) {
    size_t equal = 0;
    *all = 0;
    for (size_t c = 0; c < pairing->columns; c++) {
        if (pairing->map[c] == SIZE_MAX || (without_id && c == pairing->id))
            continue;
        ++*all;
        equal += same_meaning(&pairing->before->items[a].values[c], value_after(pairing, b, c));
    }
    return equal;
}

static void join_rows(struct pairing *pairing, size_t a, size_t b) {
    pairing->partner[a] = b;
    pairing->taken[b] = true;
}

static void pair_equal(struct pairing *pairing, bool without_id) {
    size_t all;
    for (size_t a = 0; a < pairing->before->count; a++)
        for (size_t b = 0; b < pairing->after->count && pairing->partner[a] == SIZE_MAX; b++)
            if (!pairing->taken[b] && count_equal(pairing, a, b, without_id, &all) == all && all)
                join_rows(pairing, a, b);
}

static void pair_by_most(struct pairing *pairing) {
    for (size_t a = 0; a < pairing->before->count; a++) {
        size_t best = SIZE_MAX, most = 0, all;
        for (size_t b = 0; b < pairing->after->count && pairing->partner[a] == SIZE_MAX; b++) {
            size_t equal = pairing->taken[b] ? 0 : count_equal(pairing, a, b, false, &all);
            if (equal > most && equal * 2 >= all) {
                best = b;
                most = equal;
            }
        }
        if (best != SIZE_MAX)
            join_rows(pairing, a, best);
    }
}

size_t *pair_rows(struct rows *rows, const struct row_list *before, const struct row_list *after,
                  const size_t *map, bool by_id, size_t *lost) {
    struct pairing pairing = {.before = before, .after = after, .map = map};
    pairing.columns = before->count ? before->items[0].table->count : 0;
    pairing.id = SIZE_MAX;
    for (size_t c = pairing.columns; c-- > 0;)
        if (before->items[0].table->columns[c].primary && before->items[0].table->columns[c].unique)
            pairing.id = c;
    pairing.partner = arena_take(&rows->scratch, (before->count + 1) * sizeof(size_t));
    pairing.taken = arena_take(&rows->scratch, after->count + 1);
    memset(pairing.partner, 0xff, (before->count + 1) * sizeof(size_t));
    memset(pairing.taken, 0, after->count + 1);
    pair_equal(&pairing, false);
    if (pairing.id != SIZE_MAX && !by_id)
        pair_equal(&pairing, true);
    bool has_id = by_id && pairing.id != SIZE_MAX && map[pairing.id] != SIZE_MAX;
    for (size_t a = 0; has_id && a < before->count; a++)
        for (size_t b = 0; b < after->count && pairing.partner[a] == SIZE_MAX; b++)
            if (!pairing.taken[b] && same_meaning(&before->items[a].values[pairing.id],
                                                  value_after(&pairing, b, pairing.id)))
                join_rows(&pairing, a, b);
    pair_by_most(&pairing);
    *lost = 0;
    for (size_t a = 0; a < before->count; a++)
        *lost += pairing.partner[a] == SIZE_MAX;
    return pairing.partner;
}

/* ------------------------------------------------------------------ snapshots */

struct row_snapshots take_snapshots(struct rows *rows, const struct names *names) {
    struct row_snapshots taken = {
        .items = arena_take(&rows->scratch, (names->count + 1) * sizeof(*taken.items))};
    for (size_t i = 0; i < names->count; i++) {
        struct row_snapshot snapshot = {
            .table = read_row_table(rows, rows->sandbox.db, names->items[i])};
        if (!snapshot.table || snapshot.table->is_virtual)
            continue;
        snapshot.list = dump_table(rows, rows->sandbox.db, snapshot.table);
        snapshot.counter = read_counter(rows->sandbox.db, snapshot.table);
        taken.items[taken.count++] = snapshot;
    }
    return taken;
}
