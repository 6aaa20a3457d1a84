/*
 * ups.c - how much of what can go wrong in an UP the proof finds, on rows that
 * nobody wrote.
 *
 * Every place of a set where one of the changes below can be made is listed, and
 * some of them are picked at random.  Found is what gets an error or a warning
 * that the right set does not have; what survives is counted by kind.
 *
 * What survives, and why: literals, an UPDATE, and what fills a new table, which are
 * the author's own words; what the header allows ("Lossy:", "Allow:"); an index or a
 * constraint that is new, or the reason of the rebuild; OR IGNORE where nothing
 * conflicts; a type that changes no value; NOT NULL of a generated column.
 */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKENS = 2000, MOST_ITEMS = 64, MOST_KINDS = 32, TEXT_SIZE = 200 };

/* ------------------------------------------------------------------ statements */

struct piece {
    enum token kind;
    const char *text;
    size_t size;
    int depth; /* of parentheses around it */
};

struct up_statement {
    const char *start, *end; /* the ";" included */
    struct piece tokens[MOST_TOKENS];
    size_t count;
};

static void read_statement(struct up_statement *statement, const struct migration *migration,
                           const struct step *step) {
    struct lexer lexer = {.text = migration->source.text, .cursor = step->text};
    int depth = 0;
    enum token kind;
    statement->start = step->text;
    statement->end = step->text + step->size;
    statement->count = 0;
    while (statement->count < MOST_TOKENS && (kind = lex_token(&lexer)) != TOKEN_END &&
           lexer.token < statement->end) {
        struct piece piece = {kind, lexer.token, (size_t)(lexer.cursor - lexer.token), 0};
        if (kind == TOKEN_LINE_COMMENT || kind == TOKEN_BLOCK_COMMENT)
            continue;
        depth -= piece.size == 1 && *piece.text == ')';
        piece.depth = depth;
        depth += piece.size == 1 && *piece.text == '(';
        statement->tokens[statement->count++] = piece;
    }
}

static bool is_word_at(const struct up_statement *statement, size_t at, const char *word) {
    return at < statement->count &&
           same_word(statement->tokens[at].text, statement->tokens[at].size, word);
}

static bool is_sign_at(const struct up_statement *statement, size_t at, char sign) {
    return at < statement->count && statement->tokens[at].size == 1 &&
           *statement->tokens[at].text == sign;
}

/* The first one outside parentheses, or the count. */
static size_t find_word(const struct up_statement *statement, size_t from, const char *word) {
    while (from < statement->count &&
           (statement->tokens[from].depth > 0 || !is_word_at(statement, from, word)))
        from++;
    return from;
}

static const char *end_of(const struct up_statement *statement, size_t at) {
    return statement->tokens[at].text + statement->tokens[at].size;
}

/* ---------------------------------------------------------------------- changes */

/* What stands between `from` and `to` goes, `text` comes; twice where `other` says so. */
struct change {
    const char *kind;
    size_t index; /* of the migration */
    struct edit {
        const char *from, *to;
        char text[TEXT_SIZE];
    } parts[2];
    size_t count; /* of parts, in the order of the text */
};

struct changes {
    struct change *items;
    size_t count, capacity;
    size_t index; /* of the migration that is read */
    const struct migration *migration;
};

static struct change *add_change(struct changes *changes, const char *kind, const char *from,
                                 const char *to, const char *text) {
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity ? changes->capacity * 2 : 64;
        changes->items =
            must_have(realloc(changes->items, changes->capacity * sizeof(*changes->items)));
    }
    struct change *change = &changes->items[changes->count++];
    *change = (struct change){.kind = kind, .index = changes->index, .count = 1};
    change->parts[0].from = from;
    change->parts[0].to = to;
    snprintf(change->parts[0].text, TEXT_SIZE, "%s", text);
    return change;
}

static void add_part(struct change *change, const char *from, const char *to, const char *text) {
    struct edit *part = &change->parts[change->count++];
    part->from = from;
    part->to = to;
    snprintf(part->text, TEXT_SIZE, "%s", text);
}

/* A list between commas, from one token to before another. */
struct list {
    size_t from[MOST_ITEMS], to[MOST_ITEMS];
    size_t count;
};

static struct list read_list(const struct up_statement *statement, size_t from, size_t to) {
    struct list list = {.count = 0};
    int depth = from < statement->count ? statement->tokens[from].depth : 0;
    for (size_t i = from; i < to && list.count < MOST_ITEMS; i++) {
        list.from[list.count] = i;
        while (i < to && !(is_sign_at(statement, i, ',') && statement->tokens[i].depth == depth))
            i++;
        list.to[list.count++] = i;
    }
    return list;
}

/* ------------------------------------------------------------- changes of a copy */

static void swap_items(struct changes *changes, const struct up_statement *statement,
                       const struct list *items, bool rebuild) {
    for (size_t i = 0; i + 1 < items->count; i++) {
        const char *first = statement->tokens[items->from[i]].text;
        const char *first_end = end_of(statement, items->to[i] - 1);
        const char *second = statement->tokens[items->from[i + 1]].text;
        const char *second_end = end_of(statement, items->to[i + 1] - 1);
        char text[TEXT_SIZE];
        snprintf(text, sizeof(text), "%.*s", (int)(second_end - second), second);
        struct change *change =
            add_change(changes, rebuild ? "swap two columns" : "swap two columns of a new table",
                       first, first_end, text);
        snprintf(text, sizeof(text), "%.*s", (int)(first_end - first), first);
        add_part(change, second, second_end, text);
    }
}

/* With the comma before or behind it. */
static void range_of_item(const struct up_statement *statement, const struct list *list,
                          size_t item, const char **from, const char **to) {
    *from =
        item ? end_of(statement, list->to[item - 1] - 1) : statement->tokens[list->from[item]].text;
    *to = item || item + 1 == list->count ? end_of(statement, list->to[item] - 1)
                                          : statement->tokens[list->from[item + 1]].text;
}

static void drop_items(struct changes *changes, const struct up_statement *statement,
                       const struct list *targets, const struct list *items, bool rebuild) {
    for (size_t i = 0; i < items->count && targets->count == items->count && items->count > 1;
         i++) {
        const char *from, *to;
        range_of_item(statement, targets, i, &from, &to);
        struct change *change = add_change(
            changes, rebuild ? "drop a column of the list" : "drop a column of a new table's list",
            from, to, "");
        range_of_item(statement, items, i, &from, &to);
        add_part(change, from, to, "");
    }
}

/* Whether the copy is the one of a rebuild: the table that it reads is dropped. */
static bool is_of_rebuild(const struct changes *changes, const struct piece *table) {
    const struct section *up = &changes->migration->sections[SECTION_UP];
    for (size_t i = 0; i < up->count; i++) {
        const char *name = up->steps[i].text + strlen("DROP TABLE ");
        if (up->steps[i].size >= strlen("DROP TABLE ") + table->size &&
            strncmp(up->steps[i].text, "DROP TABLE ", strlen("DROP TABLE ")) == 0 &&
            strncmp(name, table->text, table->size) == 0 && name[table->size] == ';')
            return true;
    }
    return false;
}

static void change_copy(struct changes *changes, const struct up_statement *statement) {
    size_t select = find_word(statement, 1, "SELECT");
    size_t from = find_word(statement, select, "FROM");
    if (!is_word_at(statement, 0, "INSERT") || from + 1 >= statement->count)
        return;
    bool rebuild = is_of_rebuild(changes, &statement->tokens[from + 1]);
    add_change(changes, rebuild ? "forget the copy" : "forget to fill a new table",
               statement->start, statement->end, "");
    if (is_word_at(statement, 1, "INTO"))
        add_change(changes, "OR IGNORE", end_of(statement, 0), end_of(statement, 0), " OR IGNORE");
    size_t left = find_word(statement, from, "LEFT");
    if (left < statement->count)
        add_change(changes, "JOIN for LEFT JOIN", statement->tokens[left].text,
                   end_of(statement, left), "");
    struct list items = read_list(statement, select + 1, from);
    swap_items(changes, statement, &items, rebuild);
    if (is_sign_at(statement, 3, '(')) {
        struct list targets = read_list(statement, 4, select - 1);
        drop_items(changes, statement, &targets, &items, rebuild);
    }
}

/* ---------------------------------------------------------- changes of the others */

static void change_added_column(struct changes *changes, const struct up_statement *statement) {
    size_t add = find_word(statement, 0, "ADD"), fallback = find_word(statement, 0, "DEFAULT");
    size_t last = statement->count;
    if (!is_word_at(statement, 0, "ALTER") || add >= statement->count)
        return;
    last -= last > 0 && is_sign_at(statement, last - 1, ';');
    bool not_null = find_word(statement, 0, "NULL") < statement->count;
    if (fallback < statement->count && fallback + 1 < last) {
        size_t end = fallback + 2;
        while (end < last && (statement->tokens[end].depth > 0 || is_sign_at(statement, end, ')')))
            end++;
        add_change(changes, "NOT NULL without default", statement->tokens[fallback].text,
                   end_of(statement, end - 1), not_null ? "" : "NOT NULL");
    } else if (!not_null)
        add_change(changes, "NOT NULL without default", end_of(statement, last - 1),
                   end_of(statement, last - 1), " NOT NULL");
}

/* Behind the parenthesis that opens at `at`. */
static size_t skip_group(const struct up_statement *statement, size_t at) {
    int depth = statement->tokens[at].depth;
    for (at++; at < statement->count && statement->tokens[at].depth > depth; at++)
        continue;
    return at + 1;
}

static void drop_tokens(struct changes *changes, const char *kind,
                        const struct up_statement *statement, size_t from, size_t to) {
    if (to <= statement->count)
        add_change(changes, kind, statement->tokens[from].text, end_of(statement, to - 1), "");
}

/* Whether the table that is made takes the place of another one. */
static bool is_renamed(const struct changes *changes, const struct piece *name) {
    const struct section *up = &changes->migration->sections[SECTION_UP];
    for (size_t i = 0; i < up->count; i++) {
        const char *rest = up->steps[i].text + strlen("ALTER TABLE ");
        if (up->steps[i].size > strlen("ALTER TABLE  RENAME TO ") + name->size &&
            strncmp(up->steps[i].text, "ALTER TABLE ", strlen("ALTER TABLE ")) == 0 &&
            strncmp(rest, name->text, name->size) == 0 &&
            strncmp(rest + name->size, " RENAME TO ", strlen(" RENAME TO ")) == 0)
            return true;
    }
    return false;
}

/* A table made anew without one of the things that the old one had. */
static void change_definition(struct changes *changes, const struct up_statement *statement) {
    static const char kind[] = "drop a constraint of a rebuild";
    if (!is_word_at(statement, 0, "CREATE") || !is_word_at(statement, 1, "TABLE") ||
        !is_renamed(changes, &statement->tokens[2]))
        return;
    for (size_t i = 3; i + 1 < statement->count; i++) {
        if (is_word_at(statement, i, "TEXT"))
            add_change(changes, "another type in a rebuild", statement->tokens[i].text,
                       end_of(statement, i), "INTEGER");
        if (is_word_at(statement, i, "NOT") && is_word_at(statement, i + 1, "NULL"))
            drop_tokens(changes, kind, statement, i, i + 2);
        else if (is_word_at(statement, i, "CHECK"))
            drop_tokens(changes, kind, statement, i, skip_group(statement, i + 1));
        else if (is_word_at(statement, i, "DEFAULT") && !is_sign_at(statement, i + 1, '('))
            drop_tokens(changes, kind, statement, i, i + 2);
        else if (is_word_at(statement, i, "UNIQUE") && !is_sign_at(statement, i + 1, '('))
            drop_tokens(changes, kind, statement, i, i + 1);
        else if (is_word_at(statement, i, "ON") && is_word_at(statement, i + 1, "DELETE"))
            drop_tokens(changes, kind, statement, i, i + 3 + is_word_at(statement, i + 2, "SET"));
    }
}

static const char *kind_of_literal(const struct up_statement *statement) {
    bool is_create = is_word_at(statement, 0, "CREATE");
    if (is_create && find_word(statement, 1, "TABLE") == 1)
        return "change a literal of a constraint or DEFAULT";
    if (is_word_at(statement, 0, "ALTER"))
        return "change a literal of a constraint or DEFAULT";
    if (is_create)
        return "change a literal of a view, trigger or index";
    if (is_word_at(statement, 0, "INSERT") && find_word(statement, 0, "SELECT") == statement->count)
        return "change a literal of a seed";
    return "change a literal of an UPDATE, DELETE or copy";
}

static void change_literals(struct changes *changes, const struct up_statement *statement) {
    for (size_t i = 0; i < statement->count; i++) {
        const struct piece *token = &statement->tokens[i];
        const char *kind = kind_of_literal(statement);
        if (token->kind == TOKEN_STRING && token->size > 2) {
            add_change(changes, kind, token->text + 1, token->text + 1, "x");
            add_change(changes, kind, token->text, end_of(statement, i), "''");
        } else if (token->kind == TOKEN_NUMBER) {
            add_change(changes, kind, end_of(statement, i), end_of(statement, i), "1");
            add_change(changes, kind, token->text, end_of(statement, i), "NULL");
        }
    }
}

static void forget_statement(struct changes *changes, const struct up_statement *statement,
                             bool renamed) {
    const char *kind = NULL;
    bool is_create = is_word_at(statement, 0, "CREATE");
    size_t what = is_word_at(statement, 1, "UNIQUE") ? 2 : 1;
    if (is_create && renamed && is_word_at(statement, what, "INDEX"))
        kind = "drop an index of a rebuild";
    else if (is_create && renamed && is_word_at(statement, what, "TRIGGER"))
        kind = "drop a trigger of a rebuild";
    else if (is_word_at(statement, 0, "UPDATE"))
        kind = "forget the UPDATE";
    else if (is_word_at(statement, 0, "INSERT") && statement->count > 8 &&
             same_word(statement->tokens[7].text, statement->tokens[7].size, "'rebuild'"))
        kind = "forget to fill the search";
    if (kind)
        add_change(changes, kind, statement->start, statement->end, "");
}

static void list_changes(struct changes *changes, const struct migration *migration) {
    const struct section *up = &migration->sections[SECTION_UP];
    struct up_statement *statement = must_have(malloc(sizeof(*statement)));
    bool renamed = false;
    changes->migration = migration;
    for (size_t i = 0; i < up->count; i++) {
        if (up->steps[i].is_call)
            continue;
        read_statement(statement, migration, &up->steps[i]);
        change_copy(changes, statement);
        change_added_column(changes, statement);
        change_definition(changes, statement);
        change_literals(changes, statement);
        forget_statement(changes, statement, renamed);
        renamed |= is_word_at(statement, 0, "ALTER") &&
                   find_word(statement, 0, "RENAME") + 1 == find_word(statement, 0, "TO");
    }
    free(statement);
}

/* -------------------------------------------------------------------------- tally */

struct up_tally {
    struct {
        const char *kind;
        size_t found, survived;
    } kinds[MOST_KINDS];
    size_t count;
    bool verbose;
};

static void count_change(struct up_tally *tally, const char *kind, bool found) {
    size_t at = 0;
    while (at < tally->count && strcmp(tally->kinds[at].kind, kind) != 0)
        at++;
    tally->count += at == tally->count;
    tally->kinds[at].kind = kind;
    tally->kinds[at].found += found;
    tally->kinds[at].survived += !found;
}

static void print_change(const struct migration *migration, const struct change *change) {
    const char *line = change->parts[0].from, *end = change->parts[0].to;
    while (line > migration->source.text && line[-1] != '\n')
        line--;
    end += strcspn(end, "\n");
    printf("survives: %s, %s: ", migration->entry->file, change->kind);
    for (; line < end; line++) {
        if (line == change->parts[0].from)
            printf("[%s|", change->parts[0].text);
        if (line == change->parts[0].to)
            printf("]");
        putchar(*line == '\n' ? ' ' : *line);
    }
    putchar('\n');
}

/* ---------------------------------------------------------------------------- all */

static void add_severity(void *user, enum severity severity, struct location location,
                         const char *text) {
    (void)location;
    (void)text;
    *(size_t *)user += severity >= SEVERITY_WARNING;
}

static size_t count_reports(const struct compiled *compiled) {
    size_t count = 0;
    for (size_t i = 0; i < compiled->set.count; i++)
        visit_diagnostics(&compiled->diagnostics, &compiled->set.migrations[i].source, add_severity,
                          &count);
    return count;
}

static void write_changed(const char *folder, const struct migration *migration,
                          const struct change *change) {
    FILE *file = open_file(folder, migration->entry->file, "w");
    const char *at = migration->source.text;
    for (size_t i = 0; i < change->count; i++) {
        fwrite(at, 1, (size_t)(change->parts[i].from - at), file);
        fputs(change->parts[i].text, file);
        at = change->parts[i].to;
    }
    fputs(at, file);
    fclose(file);
}

static void try_change(struct up_tally *tally, const char *folder, const struct compiled *right,
                       const struct change *change) {
    struct compiled mutant;
    const struct migration *migration = &right->set.migrations[change->index];
    write_changed(folder, migration, change);
    bool found = !compile(&mutant, folder, true) || count_reports(&mutant) > count_reports(right);
    count_change(tally, change->kind, found);
    if (!found && tally->verbose)
        print_change(migration, change);
    discard(&mutant);
    write_original(folder, migration);
}

static void try_some(struct up_tally *tally, const char *folder, const struct compiled *right,
                     struct changes *changes, size_t count, struct chance *chance) {
    for (; count > 0 && changes->count > 0; count--) {
        size_t at = pick(chance, changes->count);
        try_change(tally, folder, right, &changes->items[at]);
        changes->items[at] = changes->items[--changes->count];
    }
}

static bool mutate_ups_of(struct up_tally *tally, const char *path, size_t count,
                          struct chance *chance) {
    struct compiled right;
    struct changes changes = {0};
    char folder[] = "/tmp/mutate.XXXXXX";
    bool is_right = compile(&right, path, true);
    if (!is_right)
        print_diagnostics(&right.diagnostics);
    else
        copy_set(folder, &right.set);
    for (changes.index = 0; is_right && changes.index < right.set.count; changes.index++)
        list_changes(&changes, &right.set.migrations[changes.index]);
    try_some(tally, folder, &right, &changes, count, chance);
    if (is_right)
        remove_files(folder, &right.set);
    free(changes.items);
    discard(&right);
    return is_right;
}

static void print_tally(const struct up_tally *tally) {
    size_t found = 0, survived = 0;
    for (size_t i = 0; i < tally->count; i++) {
        found += tally->kinds[i].found;
        survived += tally->kinds[i].survived;
        printf("%5zu found %5zu survive: %s\n", tally->kinds[i].found, tally->kinds[i].survived,
               tally->kinds[i].kind);
    }
    printf("%zu UPs with one change: %zu are found, %zu survive\n", found + survived, found,
           survived);
}

bool mutate_ups(char *const *folders, size_t folder_count, size_t count, struct chance *chance,
                bool verbose) {
    struct up_tally tally = {.verbose = verbose};
    for (size_t i = 0; i < folder_count; i++)
        if (!mutate_ups_of(&tally, folders[i], count / folder_count + (i < count % folder_count),
                           chance))
            return false;
    print_tally(&tally);
    return true;
}
