/*
 * module.c - the other sets of the database, given by --after: their folders, and one order of all
 * migrations for the proof.
 *
 * The order is the runtime's (sets_order.c): set by set as they are given, except that a migration
 * waits for what it needs of another set.  A need of a set that is not given counts as met.
 */
#include "set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Sets the files of each module apart in the order of diagnostics. */
enum { FILES_OF_A_SET = 1 << 20 };

/* ------------------------------------------------------------------- reading */

bool read_modules(struct set *set, const struct after *after, size_t count, struct arena *arena,
                  struct diagnostics *diagnostics) {
    set->modules = arena_take(arena, (count + 1) * sizeof(*set->modules));
    for (size_t i = 0; i < count; i++) {
        struct module *module = &set->modules[set->module_count++];
        *module = (struct module){.name = after[i].name,
                                  .folder = {.fd = -1},
                                  .set = {.name = after[i].name,
                                          .of_module = true,
                                          .order = (i + 1) * FILES_OF_A_SET,
                                          .conf = &module->conf}};
        if (!open_folder(&module->folder, arena, after[i].path, diagnostics) ||
            !read_conf(&module->conf, &module->folder, arena, diagnostics) ||
            !scan_folder(&module->folder, arena, module->conf.dialect, diagnostics) ||
            !read_set(&module->set, arena, &module->folder, diagnostics))
            return false;
        read_needs(&module->set, arena, diagnostics);
    }
    read_needs(set, arena, diagnostics);
    return true;
}

void close_modules(struct set *set) {
    for (size_t i = 0; i < set->module_count; i++)
        close_folder(&set->modules[i].folder);
}

const struct set *find_set(const struct set *set, const char *name) {
    if (set->name && strcmp(set->name, name) == 0)
        return set;
    for (size_t i = 0; i < set->module_count; i++)
        if (strcmp(set->modules[i].name, name) == 0)
            return &set->modules[i].set;
    return NULL;
}

/* --------------------------------------------------------------------- order */

/* The migrations of the modules and of the set itself, which is the last, in one order. */
struct order {
    const struct set *own;
    size_t *taken; /* how many of each set are in the order */
    const struct migration **items;
    size_t count;
};

static const struct set *set_at(const struct order *order, size_t i) {
    assert(i <= order->own->module_count);
    return i < order->own->module_count ? &order->own->modules[i].set : order->own;
}

static const struct migration *find_migration_of_stem(const struct set *set, const char *stem) {
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->migrations[i].entry->stem, stem) == 0)
            return &set->migrations[i];
    return NULL;
}

/* The first need for which the migration must wait, or NULL. */
static const struct need *find_need_in_the_way(const struct order *order,
                                               const struct migration *migration) {
    for (size_t i = 0; i < migration->need_count; i++) {
        const struct need *need = &migration->needs[i];
        const struct set *set = find_set(order->own, need->set);
        const struct migration *wanted = set ? find_migration_of_stem(set, need->stem) : NULL;
        size_t module = 0;
        while (wanted && set_at(order, module) != set)
            module++;
        if (wanted && (size_t)(wanted - set->migrations) >= order->taken[module])
            return need;
    }
    return NULL;
}

static struct order make_order(const struct set *set, struct arena *arena) {
    size_t total = set->count, sets = set->module_count + 1;
    for (size_t i = 0; i < set->module_count; i++)
        total += set->modules[i].set.count;
    struct order order = {set, arena_take(arena, sets * sizeof(*order.taken)),
                          arena_take(arena, (total + 1) * sizeof(*order.items)), 0};
    memset(order.taken, 0, sets * sizeof(*order.taken));
    /* Again and again the next migration of the first set where it has all it needs. */
    for (size_t i = 0; i < sets;) {
        const struct set *from = set_at(&order, i);
        const struct migration *next = &from->migrations[order.taken[i]];
        if (order.taken[i] == from->count || find_need_in_the_way(&order, next)) {
            i++;
            continue;
        }
        order.items[order.count++] = next;
        order.taken[i]++;
        i = 0;
    }
    assert(order.count <= total);
    return order;
}

struct set merge_modules(const struct set *set, struct arena *arena) {
    struct set all = *set;
    if (set->module_count == 0)
        return all;
    struct order order = make_order(set, arena);
    struct conf *conf = arena_take(arena, sizeof(*conf));
    *conf = *set->conf;
    memset(&conf->provisions, 0, sizeof(conf->provisions));
    for (size_t i = 0; i <= set->module_count; i++)
        for (size_t p = 0; p < set_at(&order, i)->conf->provisions.count; p++)
            add_provision(&conf->provisions, arena, &set_at(&order, i)->conf->provisions.items[p]);
    all.conf = conf;
    all.count = order.count;
    all.migrations = arena_take(arena, (count_all(&all) + 1) * sizeof(*all.migrations));
    for (size_t i = 0; i < order.count; i++)
        all.migrations[i] = *order.items[i];
    for (size_t i = 0; i < set->repeatable_count; i++)
        all.migrations[order.count + i] = set->migrations[set->count + i];
    return all;
}

/* --------------------------------------------------------------------- check */

static void check_presence(const struct set *all, const struct set *set,
                           struct diagnostics *diagnostics) {
    for (size_t i = 0; i < set->count; i++)
        for (size_t n = 0; n < set->migrations[i].need_count; n++) {
            const struct need *need = &set->migrations[i].needs[n];
            const struct set *other = find_set(all, need->set);
            if (other && !find_migration_of_stem(other, need->stem))
                report_error(diagnostics, need->location, "there is no migration '%s' in %s",
                             need->stem, other->folder->path);
        }
}

void check_modules(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    struct order order = make_order(set, arena);
    check_presence(set, set, diagnostics);
    for (size_t i = 0; i < set->module_count; i++)
        check_presence(set, &set->modules[i].set, diagnostics);
    /* The sets that wait, wait for each other: one error, and a note for each of the rest. */
    bool reported = false;
    for (size_t i = set->module_count + 1; i-- > 0;) {
        const struct set *waiting = set_at(&order, i);
        if (order.taken[i] == waiting->count)
            continue;
        const struct migration *migration = &waiting->migrations[order.taken[i]];
        const struct need *need = find_need_in_the_way(&order, migration);
        assert(need);
        if (!reported)
            report_error(diagnostics, need->location,
                         "'%s/%s' waits for '%s', or for what comes after it in its set: neither "
                         "can come first",
                         need->set, need->stem, migration->entry->stem);
        else
            report_note(diagnostics, need->location, "'%s' of the set '%s' needs '%s/%s'",
                        migration->entry->stem, waiting->name ? waiting->name : "?", need->set,
                        need->stem);
        reported = true;
    }
}
