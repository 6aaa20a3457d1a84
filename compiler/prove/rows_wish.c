/*
 * rows_wish.c - finds in the set's text which values a column should hold: literals of
 * its CHECKs, present and later; JSON; dates.  Finds also which tables stay empty because
 * a later migration of the same change fills them.
 *
 * A plain row fits the schema before and after the change.  One that fits only the
 * old schema is an odd row (rows_odd.c).
 */
#include "rows.h"

#include <string.h>

/* -------------------------------------------------------------------- tokens */

struct words {
    migci_token *items;
    size_t count, capacity;
};

static struct words read_words(struct arena *arena, const char *text, size_t size) {
    migci_text rest = {text, text + size};
    struct words words = {0};
    for (;;) {
        migci_token token = migci_token_next(&rest);
        if (token.kind == MIGCI_TOKEN_END)
            return words;
        words.items =
            grow_rows(arena, words.items, words.count, &words.capacity, sizeof(*words.items));
        words.items[words.count++] = token;
    }
}

static bool word_is(const struct words *words, size_t at, const char *word) {
    return at < words->count && migci_token_is(words->items[at], word);
}

static bool word_names(const struct words *words, size_t at, const char *name) {
    if (at >= words->count)
        return false;
    const migci_token *token = &words->items[at];
    size_t quote = token->kind == MIGCI_TOKEN_NAME;
    return (quote || token->kind == MIGCI_TOKEN_WORD) &&
           same_word(token->start + quote, token->length - 2 * quote, name);
}

static const char *word_name(struct arena *arena, const struct words *words, size_t at) {
    const migci_token *token = &words->items[at];
    size_t quote = token->kind == MIGCI_TOKEN_NAME || token->kind == MIGCI_TOKEN_STRING;
    return migci_lower(arena_copy(arena, token->start + quote, token->length - 2 * quote));
}

/* The literal at `at`, which moves past it; type 0: there is none. */
static struct value take_literal(struct arena *arena, const struct words *words, size_t *at) {
    bool negative = word_is(words, *at, "-");
    size_t next = *at + negative;
    if (next >= words->count)
        return (struct value){.type = 0};
    const migci_token *token = &words->items[next];
    struct value value = value_of_literal(arena, token->start, token->length, negative);
    if (value.type)
        *at = next + 1;
    return value;
}

/* Where a literal with its sign begins that ends before the operator at `end`. */
static size_t literal_before(const struct words *words, size_t end) {
    size_t at = end > 0 ? end - 1 : 0;
    return at > 0 && word_is(words, at - 1, "-") ? at - 1 : at;
}

/* -------------------------------------------------------------- one expression */

static bool is_equal_sign(const struct words *words, size_t at) {
    return word_is(words, at, "=") || word_is(words, at, "==") || word_is(words, at, "is");
}

static bool is_order_sign(const struct words *words, size_t at) {
    return word_is(words, at, "<") || word_is(words, at, "<=") || word_is(words, at, ">") ||
           word_is(words, at, ">=") || word_is(words, at, "between") || is_equal_sign(words, at);
}

/* The numbers that are the limit of what stands from `first` to before `end`. */
static void read_bounds(struct arena *arena, struct values *bounds, const struct words *words,
                        size_t first, size_t end) {
    size_t before = first >= 2 ? literal_before(words, first - 1) : 0, next = end + 1;
    struct value value = {.type = 0};
    if (is_order_sign(words, end) && (value = take_literal(arena, words, &next)).type) {
        add_value(arena, bounds, value);
        if (word_is(words, end, "between") && word_is(words, next, "and") &&
            (next++, value = take_literal(arena, words, &next)).type)
            add_value(arena, bounds, value);
    } else if (first >= 2 && is_order_sign(words, first - 1) &&
               (value = take_literal(arena, words, &before)).type)
        add_value(arena, bounds, value);
}

static void read_case(struct arena *arena, struct row_column *column, const struct words *words,
                      size_t at) {
    for (at++; word_is(words, at, "when");) {
        at++;
        struct value value = take_literal(arena, words, &at);
        if (!value.type || !word_is(words, at, "then"))
            return;
        add_value(arena, &column->wishes, value);
        while (at < words->count && !word_is(words, at, "when") && !word_is(words, at, "end"))
            at++;
    }
}

/* Reads what the expression demands of the column that is named at `at`. */
static void read_wish(struct arena *arena, struct row_column *column, const struct words *words,
                      size_t at) {
    size_t next = at + 2, before = at >= 2 ? literal_before(words, at - 1) : 0, item = at + 3;
    bool in_call = at >= 2 && word_is(words, at - 1, "(");
    struct value value = {.type = 0};
    if (word_is(words, at + 1, "in") && word_is(words, at + 2, "("))
        while (item < words->count && !word_is(words, item, ")") &&
               (value = take_literal(arena, words, &item)).type) {
            add_value(arena, &column->wishes, value);
            item += word_is(words, item, ",");
        }
    else if (is_equal_sign(words, at + 1))
        value = take_literal(arena, words, &next);
    else if (at >= 2 && is_equal_sign(words, at - 1))
        value = take_literal(arena, words, &before);
    if (value.type)
        add_value(arena, &column->wishes, value); /* once, where it was one of a list */
    if (at > 0 && word_is(words, at - 1, "case"))
        read_case(arena, column, words, at);
    next = at + 3; /* length(column) = n */
    read_bounds(arena, &column->bounds, words, at, at + 1);
    if (in_call && word_is(words, at - 2, "length") && word_is(words, at + 1, ")"))
        read_bounds(arena, &column->sizes, words, at - 2, at + 2);
    if (in_call && word_is(words, at - 2, "length") && word_is(words, at + 1, ")") &&
        is_equal_sign(words, at + 2)) {
        value = take_literal(arena, words, &next);
        if (value.type == SQLITE_INTEGER && value.number > 0 && value.number < 1000)
            column->length = (size_t)value.number;
    }
    if (in_call && sqlite3_strnicmp(words->items[at - 2].start, "json_", 5) == 0)
        column->json = true;
}

static void read_expression_wishes(struct rows *rows, struct row_table *table, const char *text,
                                   size_t size) {
    struct words words = read_words(&rows->scratch, text, size);
    for (size_t at = 0; at < words.count; at++)
        for (size_t c = 0; c < table->count; c++)
            if (word_names(&words, at, table->columns[c].key))
                read_wish(&rows->scratch, &table->columns[c], &words, at);
}

/* ------------------------------------------------------------------ later states */

/* "shelf INTEGER REFERENCES shelf(id)" and "FOREIGN KEY (shelf) REFERENCES shelf". */
static void read_later_keys(struct rows *rows, struct row_table *table, const struct words *words) {
    for (size_t at = 0; at + 1 < words->count; at++) {
        if (!word_is(words, at, "references"))
            continue;
        size_t column = at, depth = 0;
        if (at >= 2 && word_is(words, at - 1, ")")) {
            while (column > 0 && !word_is(words, column, "("))
                column--;
            if (column > 0 && word_is(words, column - 1, "key"))
                column++;
            else
                column = at;
        }
        /* the first word after the comma or bracket before it */
        for (size_t i = at; column == at && i-- > 0;) {
            depth += word_is(words, i, ")");
            if (depth == 0 && (word_is(words, i, ",") || word_is(words, i, "(")))
                column = i + 1;
            depth -= word_is(words, i, "(") && depth > 0;
        }
        for (size_t c = 0; c < table->count; c++)
            if (word_names(words, column, table->columns[c].key) && !table->columns[c].is_key)
                table->columns[c].later_parent = word_name(&rows->scratch, words, at + 1);
    }
}

static void read_created_table(struct rows *rows, struct row_table *table,
                               const struct statement *statement, bool keys) {
    migci_clause *clauses = NULL;
    migci_memory memory = {0};
    const char *sql = arena_copy(&rows->scratch, statement->step->text, statement->step->size);
    if (!migci_clauses_read(sql, &memory, &clauses))
        must_have(NULL);
    for (const migci_clause *clause = clauses; clause; clause = clause->next)
        if (clause->kind == MIGCI_CLAUSE_CHECK)
            read_expression_wishes(rows, table, clause->text.start,
                                   (size_t)(clause->text.end - clause->text.start));
    migci_free_all(&memory);
    struct words words = read_words(&rows->scratch, sql, strlen(sql));
    if (keys)
        read_later_keys(rows, table, &words);
}

/* Reads the ids with which this or a later UP compares. */
static void read_ids(struct rows *rows, struct row_table *table,
                     const struct statement *statement) {
    for (size_t c = 0; c < table->count; c++) {
        struct row_column *column = &table->columns[c];
        if (!column->is_id ||
            !(strcmp(statement->name, table->key) == 0 || mentions(statement, table->key)))
            continue;
        struct words words =
            read_words(&rows->scratch, statement->step->text, statement->step->size);
        for (size_t at = 0; at < words.count; at++)
            if (word_names(&words, at, column->key))
                read_wish(&rows->scratch, column, &words, at);
    }
}

static const struct statement *find_create(const struct prover *prover, size_t index,
                                           const char *name) {
    struct span span = span_of(&prover->lint, index);
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_CREATE_TABLE && strcmp(statement->name, name) == 0)
            return statement;
    return NULL;
}

/* Reads what the migrations from `first` to before `end` demand of a table, which is called `name`
 * before them.  Returns its name after them. */
static const char *read_state_words(struct rows *rows, struct row_table *table, const char *name,
                                    size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        struct span span = span_of(&rows->prover->lint, i);
        const char *after = name_after(rows->prover, i, name);
        for (const struct statement *statement = span.first; statement < span.end; statement++) {
            if (statement->kind == STATEMENT_CREATE_TABLE && !statement->temporary &&
                strcmp(final_name(span, statement), after) == 0)
                read_created_table(rows, table, statement, true);
            else if (i == rows->index && statement->kind == STATEMENT_INSERT &&
                     strcmp(statement->name, name) != 0 && mentions(statement, name) &&
                     mentions(statement, "select")) {
                const struct statement *made = find_create(rows->prover, i, statement->name);
                if (made)
                    read_created_table(rows, table, made, false);
            }
            if (rows->compares[statement - rows->prover->lint.statements->items])
                read_ids(rows, table, statement);
        }
        name = after;
    }
    return name;
}

static bool is_wish_word(const char *const *names, const char *name) {
    while (names && *names && strcmp(*names, name) != 0)
        names++;
    return names && *names;
}

enum { ASKS_WISHES, ASKS_EMPTY, QUESTION_KINDS };

static void read_later(struct rows *rows, struct row_table *table) {
    size_t end = rows->prover->set->count;
    bool is_released = rows->index < rows->halt;
    const char *name =
        read_state_words(rows, table, table->key, rows->index, is_released ? rows->halt : end);
    if (!is_released)
        return;
    struct buffer text = {0};
    buffer_number(&text, ASKS_WISHES);
    buffer_string(&text, name);
    buffer_number(&text, table->count);
    for (size_t c = 0; c < table->count; c++) {
        buffer_string(&text, table->columns[c].key);
        buffer_number(&text, table->columns[c].is_id);
        buffer_number(&text, table->columns[c].is_key);
    }
    keep_question(rows, &text);
    buffer_free(&text);
    read_state_words(rows, table, name, rows->halt, end);
}

void read_wishes(struct rows *rows, struct row_table *table) {
    for (size_t i = 0; i < table->check_count; i++)
        read_expression_wishes(rows, table, table->checks[i], strlen(table->checks[i]));
    for (size_t c = 0; c < table->count; c++) {
        struct row_column *column = &table->columns[c];
        const char *fallback = column->fallback ? column->fallback : "";
        column->own_wishes = column->wishes.count;
        column->own_bounds = column->bounds.count;
        column->own_sizes = column->sizes.count;
        column->json |= strncmp(fallback, "'{", 2) == 0 || strncmp(fallback, "'[", 2) == 0 ||
                        strstr(column->type, "JSON") || is_wish_word(rows->json_names, column->key);
        column->date = is_wish_word(rows->date_names, column->key);
    }
    read_later(rows, table);
    if (!rows->after_up)
        return;
    /* Rows that are written after UP must also fit the schema before it. */
    struct span span = section_span(rows, SECTION_DOWN);
    const char *name = follow_rows(span, table->key);
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        if (statement->kind == STATEMENT_CREATE_TABLE && !statement->temporary &&
            strcmp(final_name(span, statement), name) == 0)
            read_created_table(rows, table, statement, true);
}

/* ------------------------------------------------------------------ words of the set */

static const char *const date_calls[] = {"date",     "time",      "datetime",
                                         "strftime", "julianday", "unixepoch"};

static void read_step_words(struct rows *rows, const struct step *step, struct names *json,
                            struct names *dates) {
    struct arena *arena = rows->prover->arena;
    struct words words = read_words(&rows->scratch, step->text, step->size);
    for (size_t at = 0; at < words.count; at++) {
        if (words.items[at].kind != MIGCI_TOKEN_WORD && words.items[at].kind != MIGCI_TOKEN_NAME)
            continue;
        size_t open = at;
        while (open >= 2 && word_is(&words, open - 1, "."))
            open -= 2;
        if (word_is(&words, at + 1, "->") || word_is(&words, at + 1, "->>"))
            add_name(arena, json, word_name(arena, &words, at));
        if (open < 2 || !word_is(&words, open - 1, "("))
            continue;
        const migci_token *call = &words.items[open - 2];
        if (sqlite3_strnicmp(call->start, "json_", 5) == 0)
            add_name(arena, json, word_name(arena, &words, at));
        else
            for (size_t i = 0; i < COUNT_OF(date_calls); i++)
                if (same_word(call->start, call->length, date_calls[i]))
                    add_name(arena, dates, word_name(arena, &words, at));
    }
}

static bool compares_number(struct rows *rows, const struct statement *statement) {
    if (statement->kind != STATEMENT_UPDATE && statement->kind != STATEMENT_INSERT &&
        statement->kind != STATEMENT_DELETE && statement->kind != STATEMENT_OTHER)
        return false;
    struct words words = read_words(&rows->scratch, statement->step->text, statement->step->size);
    for (size_t at = 2; at < words.count; at++)
        if (words.items[at].kind == MIGCI_TOKEN_NUMBER &&
            (is_equal_sign(&words, at - 1) || word_is(&words, at - 1, "when") ||
             (word_is(&words, at - 1, "(") && word_is(&words, at - 2, "in"))))
            return true;
    return false;
}

/* strftime() has its format first. */
void read_set_words(struct rows *rows) {
    struct names json = {0}, dates = {0};
    const struct set *set = rows->prover->set;
    for (size_t i = 0; i < set->count; i++)
        for (int kind = SECTION_UP; kind <= SECTION_DOWN; kind++)
            for (size_t s = 0; s < set->migrations[i].sections[kind].count; s++)
                if (!set->migrations[i].sections[kind].steps[s].is_call)
                    read_step_words(rows, &set->migrations[i].sections[kind].steps[s], &json,
                                    &dates);
    add_name(rows->prover->arena, &json, "");
    add_name(rows->prover->arena, &dates, "");
    json.items[json.count - 1] = dates.items[dates.count - 1] = NULL;
    const struct statements *statements = rows->prover->lint.statements;
    rows->compares = arena_take(rows->prover->arena, statements->count + 1);
    rows->first_search = SIZE_MAX;
    for (size_t i = 0; i < statements->count; i++) {
        rows->compares[i] = compares_number(rows, &statements->items[i]);
        if (statements->items[i].kind == STATEMENT_CREATE_VIRTUAL && rows->first_search == SIZE_MAX)
            rows->first_search =
                (size_t)(statements->items[i].migration - rows->prover->set->migrations);
        rows->counts |= mentions(&statements->items[i], "autoincrement");
    }
    rows->json_names = json.items;
    rows->date_names = dates.items;
}

/* --------------------------------------------------------- changes in several files */

enum emptiness { EMPTY_UNSAID, EMPTY_NO, EMPTY_YES };

/* Whether one of these migrations fills the table from another table. */
static enum emptiness say_empty(const struct rows *rows, const char *key, size_t first,
                                size_t end) {
    for (size_t i = first; i < end; i++) {
        struct span span = span_of(&rows->prover->lint, i);
        if (find_create(rows->prover, i, key)) /* another table of that name */
            return EMPTY_NO;
        for (const struct statement *statement = span.first; statement < span.end; statement++)
            if (statement->kind == STATEMENT_INSERT && strcmp(statement->name, key) == 0 &&
                mentions(statement, "select") && !mentions(statement, key))
                return EMPTY_YES;
    }
    return EMPTY_UNSAID;
}

static size_t end_of_change(const struct rows *rows, size_t index) {
    size_t count = rows->prover->set->count;
    return index + MOST_AHEAD < count ? index + MOST_AHEAD : count;
}

bool is_kept_empty(struct rows *rows, const char *key) {
    bool lately = false;
    for (size_t i = rows->index > MOST_AHEAD ? rows->index - MOST_AHEAD : 0; i < rows->index; i++)
        lately |= find_create(rows->prover, i, key) != NULL;
    size_t end = lately ? end_of_change(rows, rows->index) : rows->index + 1;
    bool reaches_over = lately && rows->index < rows->halt && rows->index + MOST_AHEAD > rows->halt;
    size_t middle = reaches_over ? rows->halt : end;
    enum emptiness said = say_empty(rows, key, rows->index, middle);
    if (said == EMPTY_UNSAID && reaches_over) {
        struct buffer text = {0};
        buffer_number(&text, ASKS_EMPTY);
        buffer_string(&text, key);
        buffer_number(&text, rows->index);
        keep_question(rows, &text);
        buffer_free(&text);
        said = say_empty(rows, key, middle, end);
    }
    return said == EMPTY_YES;
}

void answer_question(struct rows *rows, struct decoder *question, struct buffer *answer) {
    bool is_empty = read_below(question, QUESTION_KINDS) == ASKS_EMPTY;
    const char *name = read_string(question);
    if (is_empty) {
        size_t end = end_of_change(rows, (size_t)read_u64(question));
        buffer_number(answer, say_empty(rows, name, rows->halt, end));
        return;
    }
    struct row_table table = {.key = name, .count = (size_t)read_u64(question)};
    table.columns = arena_take(&rows->scratch, (table.count + 1) * sizeof(*table.columns));
    memset(table.columns, 0, (table.count + 1) * sizeof(*table.columns));
    for (size_t c = 0; c < table.count; c++) {
        table.columns[c].key = read_string(question);
        table.columns[c].is_id = read_u64(question) != 0;
        table.columns[c].is_key = read_u64(question) != 0;
    }
    read_state_words(rows, &table, name, rows->halt, rows->prover->set->count);
    for (size_t c = 0; c < table.count; c++) {
        const struct row_column *column = &table.columns[c];
        for (size_t i = 0; i < column->wishes.count; i++) {
            print_value(answer, &column->wishes.items[i]);
            buffer_text(answer, ",");
        }
        buffer_string(answer, column->later_parent);
        buffer_number(answer, column->length);
        buffer_number(answer, column->json || is_wish_word(rows->json_names, column->key));
        buffer_number(answer, is_wish_word(rows->date_names, column->key));
    }
}
