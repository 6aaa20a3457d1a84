/*
 * rows_copy.c - finds the source of each column that INSERT INTO a SELECT ... writes:
 * a column of the table whose rows are copied.  The rows may come through a WITH clause,
 * a query in FROM, a view, or a table that holds them for a while.
 */
#include "rows.h"

#include <string.h>

/* Whether it has ON CONFLICT ... DO and then this word. */
static bool has_upsert(const struct statement *statement, const char *word) {
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    for (bool upsert = false; cursor.token != TOKEN_END; cursor_next(&cursor)) {
        upsert |= cursor_take(&cursor, "ON") && cursor_is(&cursor, "CONFLICT");
        if (upsert && cursor_take(&cursor, "DO") && cursor_is(&cursor, word))
            return true;
    }
    return false;
}

bool drops_conflicts(const struct statement *statement) {
    struct cursor cursor = cursor_at(statement->step, statement->verb);
    if (cursor_is(&cursor, "REPLACE"))
        return true;
    cursor_next(&cursor);
    return (cursor_take(&cursor, "OR") &&
            (cursor_is(&cursor, "IGNORE") || cursor_is(&cursor, "REPLACE"))) ||
           has_upsert(statement, "NOTHING");
}

/* Where a query may find the rows: in the table itself, in a table or view that the section makes,
 * or in the query of a WITH or FROM clause. */
struct reading_copy {
    struct rows *rows;
    struct span span;                /* the statements before the copy */
    const struct row_table *before;  /* whose rows are copied; NULL: any */
    const struct statement *current; /* the statement that is read now */
    int depth;                       /* how deep queries are nested */
    int *left;                       /* how many relations may still be read */
};

enum { MOST_QUERIES = 8, MOST_RELATIONS = 100 };

/* The columns of a query or table, in order.  The target is the column's name, "" for none; the
 * source is the column of the table whose rows are copied, or NULL. */
struct relation {
    struct copy_item *items;
    size_t count, capacity;
    bool filters, ignores, joins, star;
    bool found;
    bool beside; /* FROM has others, too */
    bool shifts; /* more columns follow, which are not known */
    const char *from, *alias;
};

static struct relation read_query(const struct reading_copy *reading, struct cursor cursor);

const char *lower_token(struct arena *arena, const struct cursor *cursor) {
    return migci_lower(cursor_is_name(cursor) ? cursor_name(cursor, arena)
                                              : arena_copy(arena, cursor->text, cursor->size));
}

static void add_item(const struct reading_copy *reading, struct relation *relation,
                     const char *target, const char *source) {
    relation->items = grow_rows(&reading->rows->scratch, relation->items, relation->count,
                                &relation->capacity, sizeof(*relation->items));
    relation->items[relation->count++] = (struct copy_item){target, source};
}

/* Reads the names of "(a, b)"; none if there is no "(". */
static struct names read_name_list(struct rows *rows, struct cursor *cursor) {
    struct names names = {0};
    if (cursor_take(cursor, "("))
        for (; cursor->token != TOKEN_END && !cursor_take(cursor, ")"); cursor_next(cursor))
            if (!cursor_is(cursor, ","))
                add_name(&rows->scratch, &names, lower_token(&rows->scratch, cursor));
    return names;
}

/* Gives the columns these names, as far as there are names. */
static void name_columns(struct relation *relation, const struct names *names) {
    for (size_t i = 0; i < relation->count && i < names->count; i++)
        relation->items[i].target = names->items[i];
}

/* Finds "name (a, b) AS (SELECT ...)" in the WITH clause of the query at the cursor. */
static bool find_with(const struct reading_copy *reading, struct cursor cursor, const char *name,
                      struct relation *relation) {
    if (!cursor_take(&cursor, "WITH"))
        return false;
    cursor_take(&cursor, "RECURSIVE");
    while (cursor.token != TOKEN_END) {
        bool is_it = cursor_names(&cursor, name);
        cursor_next(&cursor);
        struct names names = read_name_list(reading->rows, &cursor);
        while (cursor.token != TOKEN_END && !cursor_is(&cursor, "("))
            cursor_next(&cursor);
        cursor_take(&cursor, "(");
        if (is_it) {
            *relation = read_query(reading, cursor);
            name_columns(relation, &names);
            return true;
        }
        for (int depth = 1; cursor.token != TOKEN_END && depth > 0; cursor_next(&cursor))
            depth += depth_change(&cursor);
        if (!cursor_take(&cursor, ","))
            break;
    }
    return false;
}

/* Forgets the sources of columns that are updated in the holder, or of all where it is altered. */
static void forget_written(const struct reading_copy *reading, const struct statement *made,
                           struct relation *relation) {
    for (const struct statement *at = made + 1; at < reading->span.end; at++) {
        if (strcmp(at->name, made->name) != 0)
            continue;
        bool alters = at->kind == STATEMENT_ADD_COLUMN || at->kind == STATEMENT_DROP_COLUMN ||
                      at->kind == STATEMENT_RENAME_COLUMN;
        bool updates = at->kind == STATEMENT_UPDATE;
        relation->shifts |= alters;
        for (size_t i = 0; i < relation->count && (alters || updates); i++)
            if (alters || mentions(at, relation->items[i].target))
                relation->items[i].source = NULL;
    }
}

/* Reads a holder: CREATE TABLE held(a, b), and the only INSERT INTO held SELECT ... */
static bool find_filled(const struct reading_copy *reading, const struct statement *made,
                        struct relation *relation) {
    struct rows *rows = reading->rows;
    struct names columns = {0};
    struct cursor cursor = first_definition(made);
    struct definition definition;
    const struct statement *fill = NULL;
    while (next_definition(&cursor, &definition))
        add_name(&rows->scratch, &columns, lower_token(&rows->scratch, &definition.start));
    for (const struct statement *at = made + 1; at < reading->span.end; at++)
        if (at->kind == STATEMENT_INSERT && strcmp(at->name, made->name) == 0) {
            if (fill)
                return false;
            fill = at;
        }
    if (!fill)
        return false;
    struct cursor rest = cursor_at(fill->step, fill->rest);
    struct names targets = read_name_list(rows, &rest);
    struct reading_copy inner = *reading;
    inner.current = fill;
    struct relation filled = read_query(&inner, rest);
    filled.ignores |= drops_conflicts(fill);
    name_columns(&filled, targets.count ? &targets : &columns);
    *relation = filled;
    relation->items = NULL;
    relation->count = relation->capacity = 0;
    for (size_t c = 0; c < columns.count; c++) {
        size_t i = 0;
        while (i < filled.count && strcmp(filled.items[i].target, columns.items[c]) != 0)
            i++;
        add_item(reading, relation, columns.items[c],
                 i < filled.count ? filled.items[i].source : NULL);
    }
    return filled.found;
}

/* The relation of this name: the table itself, or what holds its rows. */
static struct relation find_relation(const struct reading_copy *outer, struct cursor query,
                                     const char *name) {
    struct relation relation = {.from = "", .alias = ""};
    struct reading_copy inner = *outer, *reading = &inner;
    const struct statement *made = NULL;
    if (++inner.depth > MOST_QUERIES || !reading->before || --*reading->left < 0)
        return relation;
    if (find_with(reading, query, name, &relation) ||
        find_with(reading, cursor_at(reading->current->step, reading->current->step->text), name,
                  &relation))
        return relation;
    const char *now = name_at(reading->span, reading->before->key, reading->current);
    if (now && strcmp(name, now) == 0) {
        for (size_t c = 0; c < reading->before->count; c++)
            add_item(reading, &relation, reading->before->columns[c].key,
                     reading->before->columns[c].key);
        relation.found = true;
        return relation;
    }
    for (const struct statement *at = reading->span.first; at < reading->span.end; at++)
        if ((at->kind == STATEMENT_CREATE_TABLE || at->kind == STATEMENT_CREATE_VIEW) &&
            strcmp(at->name, name) == 0)
            made = at;
    if (!made)
        return relation;
    inner.span.end = made->kind == STATEMENT_CREATE_VIEW ? made : reading->span.end;
    struct cursor cursor = cursor_at(made->step, made->rest);
    if (made->kind == STATEMENT_CREATE_TABLE && cursor_is(&cursor, "(")) {
        relation.found = find_filled(reading, made, &relation);
        forget_written(reading, made, &relation);
        return relation;
    }
    inner.current = made;
    struct names names = read_name_list(reading->rows, &cursor);
    cursor_take(&cursor, "AS");
    relation = read_query(reading, cursor);
    name_columns(&relation, &names);
    if (made->kind == STATEMENT_CREATE_TABLE)
        forget_written(reading, made, &relation);
    return relation;
}

/* Reads the next item of a SELECT.  Returns its column if it is nothing else, or NULL; *name: the
 * item's name, "" for none; *table: what stands before the column's dot, "" for none. */
static const char *read_item(struct rows *rows, struct cursor *cursor, bool *star,
                             const char **name, const char **table) {
    struct cursor first = *cursor;
    const char *column = NULL;
    size_t tokens = 0;
    bool bare = true;
    *name = *table = "";
    for (int depth = 0; cursor->token != TOKEN_END; cursor_next(cursor)) {
        if (depth == 0 &&
            (cursor_is(cursor, ",") || cursor_is(cursor, "FROM") || cursor_is(cursor, ")")))
            break;
        if (depth == 0 && cursor_take(cursor, "AS")) {
            *name = lower_token(&rows->scratch, cursor);
            cursor_next(cursor);
            break;
        }
        depth += depth_change(cursor);
        tokens++;
        *star |= depth == 0 && cursor_is(cursor, "*") && (tokens == 1 || (bare && tokens == 3));
        if (cursor_is(cursor, "."))
            continue;
        bare &= cursor->token == TOKEN_WORD || cursor->token == TOKEN_QUOTED;
        column = bare ? lower_token(&rows->scratch, cursor) : NULL;
    }
    column = bare && (tokens == 1 || tokens == 3) ? column : NULL;
    if (!**name && column)
        *name = column;
    if (tokens == 3 && (column || *star))
        *table = lower_token(&rows->scratch, &first);
    return column;
}

static bool take_column(struct cursor *cursor) {
    bool is_column = cursor_is_name(cursor);
    do
        cursor_next(cursor);
    while (cursor_take(cursor, "."));
    return is_column;
}

/* Whether the clause leaves out no row: WHERE true, as before ON CONFLICT; or WHERE a.x = b.y AND
 * ... of a join that is written with commas. */
static bool filters_nothing(struct cursor cursor, bool joins) {
    bool holds = cursor_take(&cursor, "WHERE") &&
                 (cursor_take(&cursor, "TRUE") || cursor_take(&cursor, "1"));
    if (!holds && joins)
        do
            holds = take_column(&cursor) && cursor_take(&cursor, "=") && take_column(&cursor);
        while (holds && cursor_take(&cursor, "AND"));
    return holds &&
           (cursor.token == TOKEN_END || cursor_is(&cursor, ";") || cursor_is(&cursor, ")") ||
            cursor_is(&cursor, "ORDER") || cursor_is(&cursor, "ON"));
}

static void read_clauses(struct relation *relation, struct cursor cursor) {
    static const char *const filters[] = {"WHERE", "DISTINCT", "GROUP",    "LIMIT",
                                          "UNION", "EXCEPT",   "INTERSECT"};
    bool left = false, in_from = false;
    for (int depth = 0; cursor.token != TOKEN_END && depth >= 0; cursor_next(&cursor)) {
        bool ends = cursor_is(&cursor, "ON") || cursor_is(&cursor, "ORDER");
        for (size_t i = 0; depth == 0 && i < COUNT_OF(filters); i++) {
            ends |= cursor_is(&cursor, filters[i]);
            relation->filters |=
                cursor_is(&cursor, filters[i]) && !filters_nothing(cursor, relation->joins);
        }
        in_from = (in_from && !(depth == 0 && ends)) || (depth == 0 && cursor_is(&cursor, "FROM"));
        left |= depth == 0 && (cursor_is(&cursor, "LEFT") || cursor_is(&cursor, "FULL"));
        relation->joins |= depth == 0 && cursor_is(&cursor, "JOIN") && !left;
        relation->joins |= depth == 0 && in_from && cursor_is(&cursor, ",");
        left &= !cursor_is(&cursor, "JOIN");
        depth += depth_change(&cursor);
    }
}

static const char *source_of(const struct relation *relation, const char *column) {
    for (size_t i = 0; i < relation->count; i++)
        if (strcmp(relation->items[i].target, column) == 0)
            return relation->items[i].source;
    return NULL;
}

/* One term of FROM, which is taken with its alias. */
static struct relation read_term(const struct reading_copy *reading, struct cursor query,
                                 struct cursor *cursor) {
    struct relation term = {.from = "", .alias = ""};
    struct arena *arena = &reading->rows->scratch;
    if (cursor_is(cursor, "SELECT") || cursor_is(cursor, "WITH") || cursor_is(cursor, "VALUES")) {
        struct reading_copy inner = *reading;
        if (++inner.depth <= MOST_QUERIES && --*inner.left >= 0)
            term = read_query(&inner, *cursor);
        term.from = term.alias = "";
        for (int depth = 1; cursor->token != TOKEN_END && depth > 0; cursor_next(cursor))
            depth += depth_change(cursor);
    } else if (cursor->token != TOKEN_END) {
        const char *name = lower_token(arena, cursor);
        cursor_next(cursor);
        if (cursor_take(cursor, ".") && cursor->token != TOKEN_END) {
            name = lower_token(arena, cursor);
            cursor_next(cursor);
        }
        term = find_relation(reading, query, name);
        term.from = term.alias = name;
    }
    cursor_take(cursor, "AS");
    if (cursor_is_name(cursor)) /* or a word such as JOIN, which no column has before its dot */
        term.alias = lower_token(arena, cursor);
    return term;
}

/* Goes on after the next comma or JOIN of FROM.  False: there is none. */
static bool find_next_term(struct cursor *cursor) {
    static const char *const ends[] = {"WHERE", "GROUP",  "ORDER",     "LIMIT",
                                       "UNION", "EXCEPT", "INTERSECT", "WINDOW"};
    for (int depth = 0; cursor->token != TOKEN_END && depth >= 0; cursor_next(cursor)) {
        for (size_t i = 0; depth == 0 && i < COUNT_OF(ends); i++)
            if (cursor_is(cursor, ends[i]))
                return false;
        if (depth == 0 && (cursor_take(cursor, ",") || cursor_take(cursor, "JOIN")))
            return true;
        depth += depth_change(cursor);
    }
    return false;
}

/* The columns of what holds the rows in FROM, else of what FROM names first. */
static struct relation read_from(const struct reading_copy *reading, struct cursor query,
                                 struct cursor cursor) {
    struct relation first = {.from = "", .alias = ""};
    int depth = 0;
    while (cursor.token != TOKEN_END && depth >= 0 && !(depth == 0 && cursor_is(&cursor, "FROM"))) {
        depth += depth_change(&cursor);
        cursor_next(&cursor);
    }
    bool more = depth == 0 && cursor_take(&cursor, "FROM");
    for (bool is_first = true; more && (is_first || reading->before); is_first = false) {
        while (cursor_take(&cursor, "("))
            ;
        struct relation term = read_term(reading, query, &cursor);
        if (is_first)
            first = term;
        more = find_next_term(&cursor);
        term.beside = more || !is_first;
        term.joins |= !is_first;
        term.shifts |= !is_first;
        if (term.found)
            return term;
    }
    return first;
}

/* Adds what * or t.* stands for.  The columns of other tables in FROM are not known. */
static void add_star(const struct reading_copy *reading, struct relation *relation,
                     const struct relation *from, bool is_of_it, bool is_of_all) {
    bool stands_first = !from->beside || !from->shifts || !is_of_all;
    if (relation->shifts)
        return;
    for (size_t i = 0; is_of_it && stands_first && i < from->count; i++)
        add_item(reading, relation, from->items[i].target, from->items[i].source);
    for (size_t c = 0; !from->found && reading->before && c < reading->before->count; c++)
        add_item(reading, relation, reading->before->columns[c].key,
                 reading->before->columns[c].key);
    relation->shifts |= !is_of_it || from->shifts || (from->beside && is_of_all);
}

/* The columns of the query that begins with WITH or SELECT, and ends with its ")". */
static struct relation read_query(const struct reading_copy *reading, struct cursor cursor) {
    struct cursor query = cursor;
    int depth = 0;
    while (cursor.token != TOKEN_END && depth >= 0 &&
           !(depth == 0 && cursor_is(&cursor, "SELECT"))) {
        depth += depth_change(&cursor);
        cursor_next(&cursor);
    }
    if (depth != 0 || !cursor_take(&cursor, "SELECT")) /* VALUES */
        return (struct relation){.from = "", .alias = ""};
    struct relation from = read_from(reading, query, cursor), relation = from;
    relation.items = NULL;
    relation.count = relation.capacity = 0;
    relation.star = relation.shifts = false;
    read_clauses(&relation, cursor);
    cursor_take(&cursor, "ALL");
    relation.filters |= cursor_take(&cursor, "DISTINCT");
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "FROM") && !cursor_is(&cursor, ")")) {
        bool star = false;
        const char *name, *table;
        const char *column = read_item(reading->rows, &cursor, &star, &name, &table);
        bool is_of_it = !from.found || !*table || strcmp(table, from.alias) == 0 ||
                        strcmp(table, from.from) == 0;
        if (star)
            add_star(reading, &relation, &from, is_of_it, *table == '\0');
        else if (!relation.shifts)
            add_item(reading, &relation, name,
                     column && from.found ? is_of_it ? source_of(&from, column) : NULL : column);
        relation.star |= star;
        cursor_take(&cursor, ",");
    }
    return relation;
}

struct row_copy read_row_copy(struct rows *rows, struct span span,
                              const struct statement *statement, const struct row_table *before,
                              const struct row_table *after) {
    int left = MOST_RELATIONS;
    struct reading_copy reading = {rows, {span.first, statement}, before, statement, 0, &left};
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    struct names targets = read_name_list(rows, &cursor);
    bool in_order = targets.count == 0 && after;
    for (size_t c = 0; in_order && c < after->count; c++)
        add_name(&rows->scratch, &targets, after->columns[c].key);
    struct relation query = read_query(&reading, cursor);
    while (query.shifts && query.count < targets.count)
        add_item(&reading, &query, "", NULL);
    name_columns(&query, &targets);
    for (size_t i = 0; before && !query.found && i < query.count; i++) {
        struct copy_item *item = &query.items[i];
        bool is_column = false;
        for (size_t c = 0; c < before->count; c++)
            is_column |= strcmp(before->columns[c].key, item->target) == 0;
        if (is_column && item->source && strcmp(item->source, item->target) != 0)
            item->source = NULL; /* the table is not known: the two may change places */
    }
    return (struct row_copy){.statement = statement,
                             .from = query.from,
                             .star = query.star,
                             .filters = query.filters || has_upsert(statement, "UPDATE"),
                             .ignores = query.ignores || drops_conflicts(statement),
                             .joins = query.joins,
                             .found = query.found,
                             .items = query.items,
                             .count = query.count < targets.count ? query.count : targets.count};
}
