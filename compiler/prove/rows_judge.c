/*
 * rows_judge.c - reports what UP or DOWN did to made-up rows although no statement says so: lost
 * rows, changed values, new ids.  Each is reported once, at the statement that causes it, with a
 * row that shows it.
 */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

struct judging {
    struct rows *rows;
    const struct row_snapshot *snapshot;
    const struct said *said;
    bool odd;
};

static struct diagnostics *diagnostics_of(const struct rows *rows) {
    return rows->prover->diagnostics;
}

static bool is_said_lossy(const struct rows *rows) {
    return rows->migration->fields[KEY_LOSSY].value ||
           rows->migration->fields[KEY_IRREVERSIBLE].value;
}

static struct location location_of(const struct rows *rows, const struct statement *statement) {
    return statement ? statement->location : marker_location(rows->migration, SECTION_UP);
}

static void note_row(struct rows *rows, struct location location, const struct row *row,
                     const char *before) {
    struct buffer text = {0};
    print_row(&text, row);
    report_note(diagnostics_of(rows), location, "%s%.*s", before, (int)text.size, text.bytes);
    buffer_free(&text);
}

static const char *literal_of(struct rows *rows, const struct value *value) {
    struct buffer text = {0};
    print_value(&text, value);
    const char *kept = arena_copy(&rows->scratch, text.bytes, text.size);
    buffer_free(&text);
    return kept;
}

/* ----------------------------------------------------------------- lost rows */

/* The first lost row; with `kind`, the first that is an odd row of this kind. */
static const struct row *first_lost(const struct judging *judging, const char *kind) {
    const struct row_snapshot *snapshot = judging->snapshot;
    const struct row_list *odd = &judging->rows->odd;
    for (size_t i = 0; i < snapshot->list.count; i++) {
        const struct row *row = &snapshot->list.items[i];
        bool same = !kind;
        size_t o = 0;
        if (snapshot->partner[i] != SIZE_MAX)
            continue;
        for (; o < odd->count && !same; o++) {
            same = strcmp(odd->items[o].table->key, row->table->key) == 0;
            for (size_t c = 0; same && c < row->table->count; c++)
                same = same_meaning(&odd->items[o].values[c], &row->values[c]);
        }
        if (!kind || (same && strcmp(odd->items[o - 1].kind, kind) == 0))
            return row;
    }
    return NULL;
}

static void judge_forgotten(const struct judging *judging) {
    struct rows *rows = judging->rows;
    const struct said *said = judging->said;
    const char *name = judging->snapshot->table->name;
    bool reset = said->dropped && said->dropped < said->made;
    if (judging->odd || said->unknown || is_said_lossy(rows) || (reset && said->aside))
        return;
    struct location location = location_of(rows, said->dropped ? said->dropped : said->made);
    if (reset && !said->holder) {
        report_warning(diagnostics_of(rows), WARNING_DESTRUCTIVE, location,
                       "table %s is dropped with all its rows and made anew; " SAY_IF_INTENDED,
                       name);
        return;
    }
    report_warning_as(diagnostics_of(rows), WARNING_ROWS, SEVERITY_ERROR, location,
                      said->holder ? "UP loses the rows of %s: nothing copies them back from %s"
                                   : "UP loses the rows of %s: nothing copies them into %s",
                      name, said->holder ? said->holder->name : said->made->name);
    note_row(rows, location, &judging->snapshot->list.items[0], "such as: ");
}

/* Whether the new table cannot hold both: they are alike in all that must be unique. */
static bool are_rivals(const struct judging *judging, const struct row *row,
                       const struct row *other) {
    const struct row_table *before = row->table, *after = judging->snapshot->after;
    size_t alike = 0, differ = 0;
    for (size_t c = 0; c < before->count; c++)
        for (size_t a = 0; a < after->count; a++) {
            if (strcmp(before->columns[c].key, after->columns[a].key) != 0 ||
                !after->columns[a].in_unique)
                continue;
            bool same = row->values[c].type != SQLITE_NULL &&
                        same_meaning(&row->values[c], &other->values[c]);
            if (same && after->columns[a].unique)
                return true;
            alike += same && !after->columns[a].unique;
            differ += !same && !after->columns[a].unique;
        }
    return alike > 0 && differ == 0;
}

static const struct row *find_rival(const struct judging *judging, const struct row *row) {
    const struct row_list *list = &judging->snapshot->list;
    for (size_t i = 0; i < list->count; i++)
        if (&list->items[i] != row && are_rivals(judging, row, &list->items[i]))
            return &list->items[i];
    return NULL;
}

static void judge_dropped(const struct judging *judging) {
    struct rows *rows = judging->rows;
    struct diagnostics *diagnostics = diagnostics_of(rows);
    const struct said *said = judging->said;
    const char *name = judging->snapshot->table->name;
    bool ignores = said->copy.ignores;
    if (!judging->odd || is_said_lossy(rows) ||
        (ignores && is_allowed(&rows->migration->source, WARNING_CONSTRAINT_ON_ROWS)))
        return;
    const struct row *row = first_lost(judging, ignores ? NULL : "null");
    if (!row)
        return;
    const struct row *rival = ignores ? find_rival(judging, row) : NULL;
    struct location location = location_of(rows, said->copy.statement);
    struct buffer text = {0};
    if (rival) {
        print_row(&text, rival);
        buffer_text(&text, " ");
    }
    print_row(&text, row);
    size_t known = find_constraint_report(rows, judging->snapshot->after->name);
    if (known == SIZE_MAX || !ignores) {
        report_warning(diagnostics, WARNING_ROWS, location,
                       "UP loses rows of %s: the copy leaves out those that %s; " SAY_IF_LOSSY,
                       name,
                       ignores ? "the new table does not take" : "have no partner in the join");
        report_note(diagnostics, location, "such as: %.*s", (int)text.size, text.bytes);
    } else
        report_note_to(diagnostics, known, location, "rows of %s are lost, such as: %.*s", name,
                       (int)text.size, text.bytes);
    buffer_free(&text);
}

static void judge_lost(const struct judging *judging, size_t lost) {
    const struct said *said = judging->said;
    struct rows *rows = judging->rows;
    const struct row_snapshot *snapshot = judging->snapshot;
    if (said->rebuilt && !said->copies && lost == snapshot->list.count) {
        judge_forgotten(judging);
    } else if (said->copies == 1 && (said->copy.ignores || said->copy.joins) &&
               !said->copy.filters && !said->deletes) {
        judge_dropped(judging);
    } else if (!said->copies && !said->rebuilt && !said->deletes && !said->replaces &&
               !said->unknown && !said->aside && !judging->odd && !is_said_lossy(rows)) {
        struct location location = marker_location(rows->migration, SECTION_UP);
        report_warning(diagnostics_of(rows), WARNING_ROWS, location,
                       "UP loses %zu rows of %s, and no statement says so", lost,
                       snapshot->table->name);
        note_row(rows, location, first_lost(judging, NULL), "such as: ");
    }
}

/* ------------------------------------------------------------- changed values */

struct changed {
    const struct judging *judging;
    size_t column; /* in the table before */
    const struct row *was;
    const struct value *old, *new;
};

static void report_changed_value(const struct changed *changed, enum severity severity,
                                 const char *words) {
    struct rows *rows = changed->judging->rows;
    const struct statement *statement = changed->judging->said->copy.statement;
    struct location location = location_of(rows, statement);
    if (statement) {
        const char *key = changed->was->table->columns[changed->column].key;
        if (mentions(statement, key))
            location = location_of_name(statement, key);
    }
    report_warning_as(diagnostics_of(rows), WARNING_ROWS, severity, location, "UP %s", words);
    if (!same_meaning(changed->old, changed->new))
        note_row(rows, location, changed->was,
                 arena_format(&rows->scratch, "%s became %s in: ", literal_of(rows, changed->old),
                              literal_of(rows, changed->new)));
}

static void report_new_ids(const struct changed *changed) {
    struct rows *rows = changed->judging->rows;
    const struct row_table *table = changed->was->table;
    const char *column = table->columns[changed->column].name;
    struct names names = {0};
    add_name(&rows->scratch, &names, changed->judging->snapshot->after->key);
    add_children(rows, &names);
    if (names.count > 1) /* other tables refer to it */
        report_changed_value(changed, SEVERITY_ERROR,
                             arena_format(&rows->scratch,
                                          "gives the rows of %s new ids: rows of other tables then "
                                          "refer to the wrong rows; copy %s too",
                                          table->name, column));
    else
        report_changed_value(
            changed, SEVERITY_WARNING,
            same_meaning(changed->old, changed->new)
                ? arena_format(
                      &rows->scratch,
                      "gives the rows of %s new ids if rows were deleted before: copy %s too",
                      table->name, column)
                : arena_format(&rows->scratch,
                               "gives the rows of %s new ids (%s became %s): copy %s too",
                               table->name, literal_of(rows, changed->old),
                               literal_of(rows, changed->new), column));
}

static const struct copy_item *find_item(const struct said *said, const char *target) {
    for (size_t i = 0; i < said->copy.count; i++)
        if (strcmp(said->copy.items[i].target, target) == 0)
            return &said->copy.items[i];
    return NULL;
}

/* The item that fills the column; an INTEGER PRIMARY KEY has other names. */
static const struct copy_item *find_item_of(const struct said *said,
                                            const struct row_column *column) {
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    const struct copy_item *item = find_item(said, column->key);
    for (size_t i = 0; !item && column->is_id && i < COUNT_OF(names); i++)
        item = find_item(said, names[i]);
    return item;
}

/* The name of what SELECT * reads: the table, or what held its rows. */
static const char *name_of_copied(const struct judging *judging) {
    const struct said *said = judging->said;
    const struct row_table *table = judging->snapshot->table;
    const char *name = name_at(said->span, table->key, said->copy.statement);
    bool is_itself = !*said->copy.from || (name && strcmp(name, said->copy.from) == 0);
    return is_itself ? table->name : said->copy.from;
}

static void judge_copied_value(const struct changed *changed) {
    const struct judging *judging = changed->judging;
    struct rows *rows = judging->rows;
    const struct row_column *column = &changed->was->table->columns[changed->column];
    const struct row_snapshot *snapshot = judging->snapshot;
    const struct row_column *after = &snapshot->after->columns[snapshot->map[changed->column]];
    const struct copy_item *item = find_item_of(judging->said, after);
    const char *table = changed->was->table->name;
    struct arena *arena = &rows->scratch;
    if (!item && column->is_id) {
        if (!judging->odd)
            report_new_ids(changed);
    } else if (!item)
        report_changed_value(changed, SEVERITY_ERROR,
                             arena_format(arena,
                                          "loses %s.%s: the copy leaves it out, so it becomes %s",
                                          table, column->name, literal_of(rows, changed->new)));
    else if (item && item->source && strcmp(item->source, column->key) == 0) {
        if (changed->old->type == SQLITE_TEXT && changed->new->type != SQLITE_TEXT &&
            !is_said_lossy(rows))
            report_changed_value(
                changed, SEVERITY_WARNING,
                arena_format(arena, "changes %s.%s where it is copied into %s: %s becomes %s",
                             table, column->name, judging->said->copy.statement->name,
                             literal_of(rows, changed->old), literal_of(rows, changed->new)));
    } else if (item && item->source && !judging->odd && judging->said->copy.star)
        report_changed_value(changed, SEVERITY_ERROR,
                             arena_format(arena,
                                          "loses %s.%s: it is filled from %s, because SELECT * "
                                          "returns the columns in the order of %s",
                                          table, column->name, item->source,
                                          name_of_copied(judging)));
    else if (item && item->source && !judging->odd)
        report_changed_value(changed, SEVERITY_ERROR,
                             arena_format(arena, "loses %s.%s: it is filled from %s instead", table,
                                          column->name, item->source));
}

static void judge_column(const struct judging *judging, size_t column) {
    const struct row_snapshot *snapshot = judging->snapshot;
    const struct said *said = judging->said;
    const struct row_column *before = &snapshot->table->columns[column];
    size_t target = snapshot->map[column];
    if (target == SIZE_MAX || has_item(&said->updated, before->key) ||
        has_item(&said->updated, snapshot->after->columns[target].key) || said->copies > 1 ||
        said->unknown)
        return;
    size_t told = diagnostics_of(judging->rows)->count;
    for (size_t i = 0; i < snapshot->list.count; i++) {
        struct changed changed = {judging, column, &snapshot->list.items[i],
                                  &snapshot->list.items[i].values[column], NULL};
        if (snapshot->partner[i] == SIZE_MAX)
            continue;
        changed.new = &snapshot->later.items[snapshot->partner[i]].values[target];
        if (same_meaning(changed.old, changed.new))
            continue;
        if (said->copies == 1)
            judge_copied_value(&changed);
        else if (!judging->odd && !said->rebuilt && !said->replaces)
            report_warning(diagnostics_of(judging->rows), WARNING_TRIGGER_ON_ROWS,
                           marker_location(judging->rows->migration, SECTION_UP),
                           "UP changes %s.%s, and no statement names it: a trigger does",
                           snapshot->table->name, before->name);
        if (said->copies != 1 || !judging->odd || diagnostics_of(judging->rows)->count > told)
            return;
    }
    /* Rows of TEST may have by chance the ids that SQLite gives. */
    bool are_less = snapshot->later.count < snapshot->list.count; /* sums, perhaps */
    for (size_t i = 0; i < snapshot->list.count; i++)
        are_less &= snapshot->partner[i] == SIZE_MAX;
    if (before->is_id && said->copies == 1 && !judging->odd && snapshot->list.count && !are_less &&
        !find_item_of(said, &snapshot->after->columns[target])) {
        const struct value *id = &snapshot->list.items[0].values[column];
        struct changed changed = {judging, column, &snapshot->list.items[0], id, id};
        report_new_ids(&changed);
    }
}

/* ---------------------------------------------------------------------- UP */

static size_t find_judged_column(const struct row_table *table, const char *key) {
    for (size_t c = 0; c < table->count; c++)
        if (strcmp(table->columns[c].key, key) == 0)
            return c;
    return SIZE_MAX;
}

static const char *renamed_to(const struct said *said, const struct row_snapshot *snapshot,
                              const char *column) {
    for (const struct statement *statement = said->span.first; statement < said->span.end;
         statement++)
        if (statement->kind == STATEMENT_RENAME_COLUMN && strcmp(statement->column, column) == 0 &&
            (strcmp(statement->name, snapshot->table->key) == 0 ||
             strcmp(final_name(said->span, statement), snapshot->after->key) == 0))
            return statement->to;
    for (size_t i = 0; i < said->copy.count; i++)
        if (said->copy.items[i].source && strcmp(said->copy.items[i].source, column) == 0 &&
            find_judged_column(snapshot->table, said->copy.items[i].target) == SIZE_MAX)
            return said->copy.items[i].target;
    return NULL;
}

static bool drops_column(const struct row_snapshot *snapshot, const char *column) {
    struct span span = snapshot->said.span;
    for (const struct statement *at = span.first; at < span.end; at++)
        if (at->kind == STATEMENT_DROP_COLUMN && strcmp(at->column, column) == 0 &&
            (strcmp(at->name, snapshot->after->key) == 0 ||
             strcmp(final_name(span, at), snapshot->after->key) == 0))
            return true;
    return false;
}

static size_t *map_columns(struct rows *rows, const struct row_snapshot *snapshot) {
    size_t *map = arena_take(&rows->scratch, (snapshot->table->count + 1) * sizeof(*map));
    for (size_t c = 0; c < snapshot->table->count; c++) {
        const char *key = snapshot->table->columns[c].key;
        const char *other = renamed_to(&snapshot->said, snapshot, key);
        bool gone = (other && !snapshot->said.rebuilt) || drops_column(snapshot, key);
        map[c] = gone ? SIZE_MAX : find_judged_column(snapshot->after, key);
        if (map[c] == SIZE_MAX && other)
            map[c] = find_judged_column(snapshot->after, other);
    }
    return map;
}

/* Whether the value that begins here is only the name of the column, which may be qualified. */
static bool is_column_alone(struct cursor value, const char *table, const char *column) {
    static const char *const ends[] = {",", "FROM", "WHERE", "ORDER", "LIMIT", "RETURNING"};
    struct cursor behind = value;
    bool is_of_table = true;
    cursor_next(&behind);
    while (cursor_take(&behind, ".")) {
        is_of_table = cursor_names(&value, table);
        value = behind;
        cursor_next(&behind);
    }
    bool is_alone = behind.token == TOKEN_END;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        is_alone |= cursor_is(&behind, ends[i]);
    return is_alone && is_of_table && cursor_names(&value, column);
}

/* SET to = from: the column whose name alone is its new value, or NULL. */
static const char *find_set_from(struct rows *rows, const struct statement *statement,
                                 const char *from) {
    struct cursor cursor = cursor_at(statement->step, statement->rest), target = cursor;
    bool has_alias = cursor_take(&cursor, "AS");
    const char *table = has_alias ? cursor_name(&cursor, &rows->scratch) : statement->name;
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "SET"))
        cursor_next(&cursor); /* over the alias, and INDEXED BY */
    bool begins = cursor_take(&cursor, "SET");
    for (int depth = 0; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        bool is_first = begins && depth == 0;
        begins = depth == 0 && cursor_is(&cursor, ",");
        depth += depth_change(&cursor);
        if (!is_first || !cursor_is_name(&cursor))
            continue;
        target = cursor;
        cursor_next(&cursor);
        struct cursor value = cursor;
        if (!cursor_is(&cursor, "="))
            continue;
        cursor_next(&value);
        if (is_column_alone(value, table, from))
            return migci_lower(cursor_name(&target, &rows->scratch));
    }
    return NULL;
}

/* The statement that copies a column that goes into another one of the table: which, and its name
 * there. */
static const struct statement *find_move(const struct judging *judging, const char *column,
                                         size_t *target, const char **name) {
    struct span span = judging->said->span;
    const struct row_table *after = judging->snapshot->after;
    const char *to = NULL;
    const struct statement *move = NULL;
    for (const struct statement *at = span.first; at < span.end; at++) {
        if (strcmp(final_name(span, at), after->key) != 0)
            continue;
        if (at->kind == STATEMENT_UPDATE && !to &&
            (*name = to = find_set_from(judging->rows, at, column)))
            move = at;
        else if (at->kind == STATEMENT_RENAME_COLUMN && to && strcmp(at->column, to) == 0)
            to = at->to;
    }
    *target = to ? find_judged_column(after, to) : SIZE_MAX;
    return *target == SIZE_MAX ? NULL : move;
}

/* Whether `new` is what a column of numbers makes of the text.  If not, a WHERE passed over the row,
 * or another statement has given it its value. */
static bool is_made_of_text(struct arena *arena, const struct value *new,
                            const struct value *text) {
    double number = new->type == SQLITE_INTEGER ? (double)new->number : new->real;
    double least = number - 1e-9 * number, most = number + 1e-9 * number;
    const char *start = arena_copy(arena, text->bytes, text->size);
    char *end;
    double read = strtod(start, &end);
    bool is_number = new->type == SQLITE_INTEGER || new->type == SQLITE_FLOAT;
    if (!is_number || end == start)
        return false;
    while (is_blank(*end) || *end == '\n' || *end == '\r')
        end++;
    return !*end && (number < 0 ? most <= read && read <= least : least <= read && read <= most);
}

/* Whether a column of the row after UP, of whatever name, holds the text. */
static bool still_has_text(const struct row_table *after, const struct row *row,
                           const struct value *text) {
    for (size_t c = 0; c < after->count; c++)
        if (same_meaning(&row->values[c], text))
            return true;
    return false;
}

/* ADD COLUMN, UPDATE and DROP COLUMN in place of a copy: what is text may become a number. */
static void judge_moved(const struct judging *judging, size_t column) {
    const struct row_snapshot *snapshot = judging->snapshot;
    struct rows *rows = judging->rows;
    const struct row_column *before = &snapshot->table->columns[column];
    const char *name = NULL;
    size_t target = SIZE_MAX;
    if (!drops_column(snapshot, before->key) || is_said_lossy(rows))
        return;
    const struct statement *move = find_move(judging, before->key, &target, &name);
    for (size_t i = 0; move && i < snapshot->list.count; i++) {
        const struct row *was = &snapshot->list.items[i];
        const struct value *old = &was->values[column];
        if (snapshot->partner[i] == SIZE_MAX || old->type != SQLITE_TEXT)
            continue;
        const struct row *later = &snapshot->later.items[snapshot->partner[i]];
        const struct value *new = &later->values[target];
        if (still_has_text(snapshot->after, later, old) ||
            !is_made_of_text(&rows->scratch, new, old))
            continue;
        struct location location = location_of(rows, move);
        report_warning(diagnostics_of(rows), WARNING_ROWS, location,
                       "UP changes %s.%s where it is copied into %s: %s becomes %s",
                       snapshot->table->name, before->name, name, literal_of(rows, old),
                       literal_of(rows, new));
        note_row(rows, location, was,
                 arena_format(&rows->scratch, "%s became %s in: ", literal_of(rows, old),
                              literal_of(rows, new)));
        return;
    }
}

static bool has_id(const struct row_snapshot *snapshot) {
    if (snapshot->said.copies != 1)
        return true;
    for (size_t c = 0; c < snapshot->table->count; c++)
        if (snapshot->table->columns[c].is_id)
            return find_item_of(&snapshot->said, &snapshot->table->columns[c]) != NULL;
    return true;
}

void judge_rows_up(struct rows *rows, struct row_snapshots *before, bool odd) {
    bool calls = calls_c(&rows->migration->sections[SECTION_UP]);
    for (size_t i = 0; i < before->count; i++) {
        struct row_snapshot *snapshot = &before->items[i];
        size_t lost = 0;
        const char *name = follow_rows(rows->span, snapshot->table->key);
        snapshot->after = read_row_table(rows, rows->sandbox.db, name);
        snapshot->said = (struct said){.span = rows->span};
        if (snapshot->after && snapshot->after->is_virtual)
            snapshot->after = NULL;
        if (!snapshot->after && snapshot->list.count) /* DOWN may bring it back */
            snapshot->said = read_said(rows, rows->span, snapshot->table, snapshot->table);
        if (!snapshot->after || !snapshot->list.count || snapshot->list.too_long)
            continue;
        snapshot->said = read_said(rows, rows->span, snapshot->table, snapshot->after);
        snapshot->map = map_columns(rows, snapshot);
        snapshot->later = dump_table(rows, rows->sandbox.db, snapshot->after);
        if (snapshot->later.too_long)
            continue;
        snapshot->partner = pair_rows(rows, &snapshot->list, &snapshot->later, snapshot->map,
                                      has_id(snapshot), &lost);
        struct judging judging = {rows, snapshot, &snapshot->said, odd};
        if (calls || rows->quiet)
            continue;
        if (lost)
            judge_lost(&judging, lost);
        for (size_t c = 0; c < snapshot->table->count; c++) {
            judge_column(&judging, c);
            judge_moved(&judging, c);
        }
    }
}

/* -------------------------------------------------------------------- DOWN */

static void judge_lost_down(struct rows *rows, const struct row_snapshot *snapshot,
                            const size_t *partner) {
    size_t count = 0, first = 0;
    struct location location = marker_location(rows->migration, SECTION_DOWN);
    bool is_elsewhere = /* UP put the rows where DOWN can find them */
        snapshot->said.aside &&
        !was_reported(diagnostics_of(rows), WARNING_DESTRUCTIVE, &rows->migration->source);
    for (size_t i = snapshot->list.count; i-- > 0;)
        if (partner[i] == SIZE_MAX &&
            (is_elsewhere || (snapshot->partner && snapshot->partner[i] != SIZE_MAX))) {
            count++;
            first = i;
        }
    if (!count)
        return;
    report_warning_as(diagnostics_of(rows), WARNING_ROWS, severity_of_down(rows), location,
                      "DOWN loses %zu %s of %s; " SAY_IF_LOSSY, count, count == 1 ? "row" : "rows",
                      snapshot->table->name);
    note_row(rows, location, &snapshot->list.items[first], "such as: ");
}

/* Whether UP kept the value, or put it elsewhere. */
static bool was_kept(struct rows *rows, const struct row_snapshot *snapshot, size_t row,
                     size_t column) {
    size_t partner = snapshot->partner ? snapshot->partner[row] : SIZE_MAX;
    if (partner == SIZE_MAX)
        return false;
    if (snapshot->map[column] == SIZE_MAX) /* it was dropped, and may have been copied before */
        return snapshot->said.aside &&
               !was_reported(diagnostics_of(rows), WARNING_DESTRUCTIVE, &rows->migration->source);
    return same_meaning(&snapshot->list.items[row].values[column],
                        &snapshot->later.items[partner].values[snapshot->map[column]]);
}

static void judge_changed_down(struct rows *rows, const struct row_snapshot *snapshot,
                               const struct row_list *now, const size_t *map, const size_t *partner,
                               const struct said *said) {
    struct location location = marker_location(rows->migration, SECTION_DOWN);
    for (size_t c = 0; c < snapshot->table->count; c++) {
        const char *key = snapshot->table->columns[c].key;
        const struct copy_item *item = find_item(said, key);
        bool is_said = said->unknown || has_item(&said->updated, key) || (item && !item->source);
        for (size_t i = 0; i < snapshot->list.count && map[c] != SIZE_MAX && !is_said; i++) {
            const struct value *old = &snapshot->list.items[i].values[c];
            if (partner[i] == SIZE_MAX || !was_kept(rows, snapshot, i, c))
                continue;
            const struct value *new = &now->items[partner[i]].values[map[c]];
            if (same_meaning(old, new))
                continue;
            report_warning_as(diagnostics_of(rows), WARNING_ROWS, severity_of_down(rows), location,
                              "DOWN changes %s.%s: %s becomes %s; " SAY_IF_LOSSY,
                              snapshot->table->name, snapshot->table->columns[c].name,
                              literal_of(rows, old), literal_of(rows, new));
            note_row(rows, location, &snapshot->list.items[i], "such as: ");
            break;
        }
    }
}

void judge_rows_down(struct rows *rows, const struct row_snapshots *before) {
    struct span span = section_span(rows, SECTION_DOWN);
    if (is_said_lossy(rows) || calls_c(&rows->migration->sections[SECTION_DOWN]) ||
        calls_c(&rows->migration->sections[SECTION_UP]))
        return;
    for (size_t i = 0; i < before->count; i++) {
        const struct row_snapshot *snapshot = &before->items[i];
        size_t lost;
        struct row_table *table = read_row_table(rows, rows->sandbox.db, snapshot->table->key);
        bool dropped = !snapshot->after && !snapshot->list.too_long;
        if (!table || !(snapshot->partner || dropped) || !snapshot->list.count)
            continue;
        size_t *map = arena_take(&rows->scratch, (snapshot->table->count + 1) * sizeof(*map));
        for (size_t c = 0; c < snapshot->table->count; c++)
            map[c] = find_judged_column(table, snapshot->table->columns[c].key);
        struct row_list now = dump_table(rows, rows->sandbox.db, table);
        if (now.too_long)
            continue;
        size_t *partner = pair_rows(rows, &snapshot->list, &now, map, has_id(snapshot), &lost);
        const struct row_table *middle = snapshot->after ? snapshot->after : snapshot->table;
        struct said said = read_said(rows, span, middle, table);
        judge_lost_down(rows, snapshot, partner);
        judge_changed_down(rows, snapshot, &now, map, partner, &said);
    }
}
