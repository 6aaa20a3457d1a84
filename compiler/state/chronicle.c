/*
 * chronicle.c - runs the migrations one statement at a time, and notes which statement made,
 * changed, renamed or dropped which object or column.
 *
 * In a migration that does more than create, each object and column points to what it was when the
 * migration began.  So a table that is made anew under its old name is the same table afterwards,
 * and a renamed column is the same column.
 */
#include "state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct state *state;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct origin origin; /* the statement that runs */
    int64_t schema_version;
    bool notes;             /* note what each statement did */
    int64_t last_row;       /* of sqlite_schema */
    bool has_virtual;       /* the database has virtual tables */
    size_t capacity;        /* of the state's list */
    bool has_begin;         /* a statement of this migration did more than create */
    struct item_list begin; /* what was there when the migration began; with has_begin */
};

/* ----------------------------------------------------------- after a statement */

/* The only column that `other` lacks; NULL: there is none, or more than one. */
static struct column *only_other_column(struct item *item, const struct item *other) {
    struct column *found = NULL;
    for (size_t i = 0; i < item->column_count; i++) {
        if (item_column(other, item->columns[i].name))
            continue;
        if (found)
            return NULL;
        found = &item->columns[i];
    }
    return found;
}

static void inherit_columns(struct item *item, struct item *old, struct origin origin) {
    struct column *renamed =
        item->column_count == old->column_count ? only_other_column(item, old) : NULL;
    struct column *was = renamed ? only_other_column(old, item) : NULL;
    for (size_t i = 0; i < item->column_count; i++) {
        struct column *column = &item->columns[i];
        struct column *match = item_column(old, column->name);
        column->made = column->changed = origin;
        if (!match && column == renamed)
            match = was;
        if (!match)
            continue;
        column->made = match->made;
        if (strcmp(column->name, match->name) == 0 &&
            strcmp(column->declared, match->declared) == 0)
            column->changed = match->changed;
        column->before = match->before;
        match->kept = true;
    }
    for (size_t i = 0; i < old->column_count; i++)
        if (!old->columns[i].kept && old->columns[i].before)
            old->columns[i].before->changed = origin; /* dropped it */
}

static void make_item(struct run *run, struct item *item) {
    item->made = item->changed = run->origin;
    if (item->kind == ITEM_TABLE)
        read_columns(run->state->db, item, run->arena);
    for (size_t i = 0; i < item->column_count; i++)
        item->columns[i].made = item->columns[i].changed = run->origin;
}

static struct item *adopt_item(struct run *run, struct item *item, const struct item_list *old,
                               const struct item_list *now) {
    struct item *match = find_item(old, item->kind, item->name);
    bool may_be_renamed = !match && item->kind == ITEM_TABLE && item->root;
    for (size_t i = 0; may_be_renamed && !match && i < old->count; i++) {
        struct item *other = old->items[i];
        /* The table that had the same root page under a name that is gone. */
        if (other->kind == ITEM_TABLE && other->root == item->root &&
            !find_item(now, ITEM_TABLE, other->name))
            match = other;
    }
    if (match) {
        match->kept = true;
        if (strcmp(match->sql, item->sql) == 0 && strcmp(match->name, item->name) == 0) {
            match->root = item->root;
            return match;
        }
    }
    make_item(run, item);
    if (match) {
        item->made = match->made;
        item->before = match->before;
        inherit_columns(item, match, run->origin);
    }
    return item;
}

static void insert_item(struct run *run, struct item *item) {
    struct item_list *list = &run->state->list;
    size_t low = 0, high = list->count;
    assert(list->count <= run->capacity);
    if (list->count == run->capacity) {
        struct item **items =
            arena_take(run->arena, (run->capacity = list->count * 2 + 16) * sizeof(struct item *));
        if (list->count)
            memcpy(items, list->items, list->count * sizeof(struct item *));
        list->items = items;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct item *other = list->items[middle];
        int order = (int)other->kind - (int)item->kind;
        if (order == 0)
            order = sqlite3_stricmp(other->name, item->name);
        if (order == 0)
            order = strcmp(other->name, item->name);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(&list->items[low + 1], &list->items[low], (list->count - low) * sizeof(struct item *));
    list->items[low] = item;
    list->count++;
}

/* Keeps what was there when the migration began, and goes on with copies. */
static void begin_to_change(struct run *run) {
    struct item_list *list = &run->state->list, begin = {NULL, 0};
    begin.items = arena_take(run->arena, (list->count + 1) * sizeof(struct item *));
    for (size_t i = 0; i < list->count; i++) {
        struct item *was = list->items[i], *item;
        if (was->made.migration == run->origin.migration)
            continue;
        item = arena_take(run->arena, sizeof(*item));
        *item = *was;
        item->columns = arena_take(run->arena, (was->column_count + 1) * sizeof(struct column));
        item->before = was;
        was->kept = false;
        for (size_t c = 0; c < was->column_count; c++) {
            item->columns[c] = was->columns[c];
            item->columns[c].before = &was->columns[c];
            was->columns[c].kept = false;
        }
        begin.items[begin.count++] = was;
        list->items[i] = item;
    }
    run->begin = begin;
    run->has_begin = true;
}

static bool has_successor(const struct item *item, const struct column *was) {
    for (size_t i = 0; i < item->column_count; i++)
        if (item->columns[i].before == was)
            return true;
    return false;
}

/* Connects the columns of a table that was made anew with those of the old table: by the names that
 * they had when that was dropped. */
static void join_columns(struct item *item, struct item *old) {
    struct item *last = old->gone ? old->gone : old;
    for (size_t i = 0; i < item->column_count; i++) {
        struct column *column = &item->columns[i];
        struct column *match = item_column(last, column->name);
        struct column *was = match && old->gone ? match->before : match;
        if (column->before || !match || (was && has_successor(item, was)))
            continue;
        column->before = was;
        column->made = match->made;
        if (strcmp(column->declared, match->declared) == 0 &&
            strcmp(column->name, match->name) == 0)
            column->changed = match->changed;
    }
}

/* At once, because its columns may be renamed later in the same migration. */
static void join_successors(struct run *run) {
    struct item_list *list = &run->state->list;
    for (size_t i = 0; i < list->count && run->has_begin; i++) {
        struct item *item = list->items[i], *was = NULL;
        if (!item->before && item->made.migration == run->origin.migration)
            was = find_item(&run->begin, item->kind, item->name);
        if (was && was->gone)
            join_columns(item, was);
    }
}

static bool is_step_of(const struct step *step, const char *word, const char *next) {
    struct cursor cursor = cursor_at(step, step->text);
    return cursor_take(&cursor, word) && (!next || cursor_take(&cursor, next));
}

static void note_changes(struct run *run) {
    sqlite3 *db = run->state->db;
    int64_t version = migci_ask_sqlite(db, "PRAGMA main.schema_version");
    if (version == run->schema_version)
        return;
    run->schema_version = version;
    if (is_step_of(run->origin.step, "CREATE", NULL)) {
        /* CREATE adds rows to sqlite_schema, after all others, and changes none of them. */
        struct item_list created;
        run->has_virtual |= is_step_of(run->origin.step, "CREATE", "VIRTUAL");
        if (!list_items_behind(db, run->last_row, run->has_virtual, &created, run->arena))
            must_have(NULL);
        for (size_t i = 0; i < created.count; i++) {
            make_item(run, created.items[i]);
            insert_item(run, created.items[i]);
        }
    } else {
        struct item_list now, *old = &run->state->list;
        if (!run->has_begin)
            begin_to_change(run);
        if (!list_items(db, &now, run->arena))
            must_have(NULL);
        for (size_t i = 0; i < old->count; i++)
            old->items[i]->kept = false;
        for (size_t i = 0; i < now.count; i++)
            now.items[i] = adopt_item(run, now.items[i], old, &now);
        for (size_t i = 0; i < old->count; i++)
            if (!old->items[i]->kept && old->items[i]->before) {
                old->items[i]->before->changed = run->origin;
                old->items[i]->before->gone = old->items[i];
            }
        run->state->list = now;
        run->capacity = now.count;
        run->has_virtual = has_virtual_tables(db);
    }
    join_successors(run);
    run->last_row = migci_ask_sqlite(db, "SELECT ifnull(max(rowid), 0) FROM main.sqlite_schema");
}

/* ------------------------------------------------------------ after a migration */

static void add_event(struct state *state, enum event_kind kind, const struct item *item,
                      const char *name, const char *new_name, bool is_column,
                      struct origin origin) {
    state->events = grow_items(state->events, state->event_count, &state->event_capacity,
                               sizeof(*state->events));
    state->events[state->event_count++] =
        (struct event){kind, item->kind, item->table, name, new_name, is_column, origin};
}

static void note_columns(struct state *state, const struct item *item, struct origin fallback) {
    for (size_t i = 0; i < item->column_count; i++) {
        const struct column *column = &item->columns[i], *was = column->before;
        if (!was)
            add_event(state, EVENT_MADE, item, column->name, column->name, true, column->made);
        else if (strcmp(was->name, column->name) != 0)
            add_event(state, EVENT_RENAMED, item, was->name, column->name, true, column->changed);
        else if (strcmp(was->declared, column->declared) != 0)
            add_event(state, EVENT_CHANGED, item, was->name, column->name, true, column->changed);
        if (was)
            ((struct column *)was)->kept = true;
    }
    for (size_t i = 0; i < item->before->column_count; i++) {
        const struct column *was = &item->before->columns[i];
        if (!was->kept)
            add_event(state, EVENT_DROPPED, item, was->name, was->name, true,
                      was->changed.migration == fallback.migration ? was->changed : fallback);
    }
}

static void note_item(struct state *state, struct item *item, const struct item_list *begin) {
    if (!item->before) {
        struct item *was = find_item(begin, item->kind, item->name);
        if (was && !was->kept) {
            item->before = was;
            item->made = was->made;
            if (strcmp(item->sql, was->sql) == 0)
                item->changed = was->changed;
            join_columns(item, was);
        }
    }
    if (!item->before) {
        add_event(state, EVENT_MADE, item, item->name, item->name, false, item->made);
        return;
    }
    item->before->kept = true;
    if (strcmp(item->before->name, item->name) != 0)
        add_event(state, EVENT_RENAMED, item, item->before->name, item->name, false, item->changed);
    size_t events = state->event_count;
    if (strcmp(item->before->sql, item->sql) == 0)
        return;
    note_columns(state, item, item->changed);
    if (events == state->event_count && strcmp(item->before->name, item->name) == 0)
        add_event(state, EVENT_CHANGED, item, item->name, item->name, false, item->changed);
}

static void note_made(const struct run *run) {
    const struct item_list *list = &run->state->list;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->made.migration == run->origin.migration)
            note_item(run->state, list->items[i], &run->begin);
}

static void note_changed(const struct run *run) {
    const struct item_list *list = &run->state->list, *begin = &run->begin;
    for (size_t i = 0; i < begin->count; i++)
        begin->items[i]->kept = false;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->before)
            list->items[i]->before->kept = true;
    for (size_t i = 0; i < list->count; i++) {
        struct item *item = list->items[i], *was = item->before;
        if (!was || item->changed.migration != was->changed.migration ||
            item->changed.step != was->changed.step || strcmp(item->sql, was->sql) != 0)
            note_item(run->state, item, begin);
    }
    for (size_t i = 0; i < begin->count; i++) {
        const struct item *was = begin->items[i];
        if (!was->kept)
            add_event(run->state, EVENT_DROPPED, was, was->name, was->name, false, was->changed);
    }
}

/* ---------------------------------------------------------------------- the run */

static bool run_migration(struct run *run, const struct migration *migration) {
    const struct section *up = &migration->sections[SECTION_UP];
    int64_t before = run->schema_version;
    run->has_begin = false;
    run->begin = (struct item_list){0};
    run->origin.migration = migration;
    for (size_t i = 0; i < up->count; i++) {
        const struct step *step = &up->steps[i];
        if (step->is_call)
            continue;
        run->origin.step = step;
        char *sql = arena_copy(run->arena, step->text, step->size);
        if (sqlite3_exec(run->state->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
            report_error(run->diagnostics, step_location(migration, step), "%s",
                         sqlite3_errmsg(run->state->db));
            return false;
        }
        if (run->notes)
            note_changes(run);
    }
    if (before != run->schema_version)
        (run->has_begin ? note_changed : note_made)(run);
    return true;
}

static bool run_up_to(struct run *run, const struct set *set, int64_t version) {
    struct state *state = run->state;
    bool is_known = version == LATEST_VERSION || version == 0;
    state->path = state->source.path = set->folder->path;
    for (size_t i = 0; i < set->count && !is_known; i++)
        is_known = set->migrations[i].entry->version == version;
    if (!is_known) {
        report_error(run->diagnostics, location_of_folder(set->folder, run->arena),
                     "no migration has the number %lld", (long long)version);
        return false;
    }
    state->all = merge_modules(set, run->arena);
    clocks_begin(state->clocks);
    state->has_clocks = true;
    state->db = must_have(open_at(0));
    if (!provide_all(state->db, set->conf, run->diagnostics))
        return false;
    for (size_t i = 0; i < count_all(&state->all); i++) {
        const struct migration *migration = &state->all.migrations[i];
        bool is_later =
            version != LATEST_VERSION &&
            (migration->number || (!migration->of_module && migration->entry->version > version));
        if (!is_later && !run_migration(run, migration))
            return false;
    }
    return true;
}

bool run_set(struct state *state, const struct set *set, int64_t version, struct arena *arena,
             struct diagnostics *diagnostics) {
    struct run run = {.state = state, .arena = arena, .diagnostics = diagnostics, .notes = true};
    return run_up_to(&run, set, version);
}

bool run_set_alone(struct state *state, const struct set *set, int64_t version, struct arena *arena,
                   struct diagnostics *diagnostics) {
    struct run run = {.state = state, .arena = arena, .diagnostics = diagnostics};
    return run_up_to(&run, set, version);
}
