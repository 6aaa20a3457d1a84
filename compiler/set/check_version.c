/*
 * check_version.c - what is newer than the SQLite that migc.conf declares ("Sqlite: 3.38").  The
 * SQLite that migc runs with may know it; the one on a user's machine does not.
 *
 * Versions: https://www.sqlite.org/changes.html
 */
#include "set.h"

#include <string.h>

enum { DEEPEST = 32 };

/* Goes through the tokens of one statement. */
struct version_check {
    const struct migration *migration;
    struct diagnostics *diagnostics;
    int sqlite; /* what is declared, as 3038000 */
    struct cursor verb, before, at, next;
    size_t depth;
    struct call {
        struct cursor name; /* in front of the '('; of size 0: no call */
        struct cursor open;
        size_t commas;
        bool grouped; /* GROUP BY was seen in the SELECT at this depth */
    } calls[DEEPEST];
};

static struct call *current_call(struct version_check *check) {
    return &check->calls[check->depth < DEEPEST ? check->depth : DEEPEST - 1];
}

static void report_newer(const struct version_check *check, const struct cursor *at,
                         const char *what, int version) {
    if (version > check->sqlite)
        report_error(check->diagnostics, cursor_location(at, check->migration),
                     "%s came with SQLite 3.%d, and migc.conf says that the program runs with 3.%d",
                     what, version / 1000 % 1000, check->sqlite / 1000 % 1000);
}

/* ------------------------------------------------------- functions, words, strings */

static const struct {
    const char *name;
    int version;
} functions[] = {
    {"unhex", 3041000},
    {"json_error_position", 3042000},
    {"timediff", 3043000},
    {"octet_length", 3043000},
    {"concat", 3044000},
    {"concat_ws", 3044000},
    {"string_agg", 3044000},
    {"jsonb", 3045000},
    {"jsonb_array", 3045000},
    {"jsonb_extract", 3045000},
    {"jsonb_insert", 3045000},
    {"jsonb_object", 3045000},
    {"jsonb_patch", 3045000},
    {"jsonb_remove", 3045000},
    {"jsonb_replace", 3045000},
    {"jsonb_set", 3045000},
    {"jsonb_group_array", 3045000},
    {"jsonb_group_object", 3045000},
    {"json_pretty", 3046000},
    {"fts5_locale", 3047000},
    {"if", 3048000},
    {"unistr", 3050000},
    {"unistr_quote", 3050000},
    {"jsonb_each", 3051000},
    {"jsonb_tree", 3051000},
    {"json_array_insert", 3053000},
    {"jsonb_array_insert", 3053000},
};

/* Two words, one after the other; the statement begins with `verb` where that is not NULL. */
static const struct {
    const char *verb, *word, *next;
    int version;
} word_pairs[] = {
    {NULL, "RIGHT", "JOIN", 3039000},         {NULL, "RIGHT", "OUTER", 3039000},
    {NULL, "FULL", "JOIN", 3039000},          {NULL, "FULL", "OUTER", 3039000},
    {NULL, "DISTINCT", "FROM", 3039000},      {"CREATE", "contentless_delete", "=", 3043000},
    {"CREATE", "tokendata", "=", 3045000},    {"CREATE", "contentless_unindexed", "=", 3047000},
    {"CREATE", "locale", "=", 3047000},       {"REINDEX", "REINDEX", "EXPRESSIONS", 3053000},
    {"ALTER", "ADD", "CONSTRAINT", 3053000},  {"ALTER", "ADD", "CHECK", 3053000},
    {"ALTER", "DROP", "CONSTRAINT", 3053000}, {"ALTER", "ALTER", "COLUMN", 3053000},
};

static void check_words(const struct version_check *check) {
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (check->at.token == TOKEN_WORD && cursor_is(&check->next, "(") &&
            cursor_is(&check->at, functions[i].name))
            report_newer(check, &check->at, functions[i].name, functions[i].version);
    for (size_t i = 0; i < COUNT_OF(word_pairs); i++) {
        char words[64];
        bool fits = check->at.token == TOKEN_WORD && cursor_is(&check->at, word_pairs[i].word) &&
                    cursor_is(&check->next, word_pairs[i].next) &&
                    (!word_pairs[i].verb || cursor_is(&check->verb, word_pairs[i].verb));
        size_t size = strlen(word_pairs[i].word), rest = strlen(word_pairs[i].next);
        memcpy(words, word_pairs[i].word, size);
        words[size] = ' ';
        memcpy(words + size + 1, word_pairs[i].next, rest + 1);
        if (fits)
            report_newer(check, &check->at, words, word_pairs[i].version);
    }
}

/* ------------------------------------------------------------------- dates */

static bool is_date_function(const struct cursor *name) {
    static const char *const names[] = {"date",      "time",      "datetime",
                                        "julianday", "unixepoch", "strftime"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (name->token == TOKEN_WORD && cursor_is(name, names[i]))
            return true;
    return false;
}

static void check_string(struct version_check *check) {
    static const struct {
        const char *modifier;
        int version;
    } modifiers[] = {{"'subsec'", 3042000},
                     {"'subsecond'", 3042000},
                     {"'ceiling'", 3046000},
                     {"'floor'", 3046000}};
    const struct call *call = current_call(check);
    if (check->at.token != TOKEN_STRING || !is_date_function(&call->name))
        return;
    for (size_t i = 0; i < COUNT_OF(modifiers); i++)
        if (cursor_is(&check->at, modifiers[i].modifier))
            report_newer(check, &check->at, modifiers[i].modifier, modifiers[i].version);
    const char *text = check->at.text; /* '+0001-02-03' */
    if (check->at.size > 11 && (text[1] == '+' || text[1] == '-') && is_digit(text[2]) &&
        is_digit(text[5]) && text[6] == '-' && text[9] == '-')
        report_newer(check, &check->at, "a shift by years, months and days at once", 3043000);
    if (cursor_is(&call->name, "strftime") && call->commas == 0) {
        /* The format: "%F" came with 3.44, "%G" with 3.46. */
        static const char since_44[] = "eFIklpPRTu", since_46[] = "GgUV";
        for (size_t i = 1; i + 1 < check->at.size; i++) {
            char letter = check->at.text[i + 1], what[] = {'%', letter, '\0'};
            if (check->at.text[i] != '%')
                continue;
            if (strchr(since_44, letter))
                report_newer(check, &check->at, what, 3044000);
            else if (strchr(since_46, letter))
                report_newer(check, &check->at, what, 3046000);
            i++;
        }
    }
}

/* ------------------------------------------------------------- shapes of a statement */

static void check_shape(struct version_check *check) {
    struct call *call = current_call(check);
    bool is_word = check->at.token == TOKEN_WORD;
    if (check->at.token == TOKEN_NUMBER && memchr(check->at.text, '_', check->at.size))
        report_newer(check, &check->at, "'_' between digits", 3046000);
    if (is_word && cursor_is(&check->at, "SELECT"))
        call->grouped = false;
    call->grouped |= is_word && cursor_is(&check->at, "GROUP");
    if (is_word && cursor_is(&check->at, "HAVING") && !call->grouped)
        report_newer(check, &check->at, "HAVING without GROUP BY", 3039000);
    if (is_word && cursor_is(&check->at, "ORDER") && call->name.size > 0 &&
        !cursor_is(&call->open, "SELECT") && !cursor_is(&call->open, "WITH") &&
        !cursor_is(&call->open, "VALUES"))
        report_newer(check, &check->at, "ORDER BY in an aggregate function", 3044000);
    if (call->name.size > 0 && cursor_is(&call->name, "RAISE") && call->commas == 1 &&
        cursor_is(&check->before, ",") &&
        (check->at.token != TOKEN_STRING || !cursor_is(&check->next, ")")))
        report_newer(check, &check->at, "an expression in RAISE()", 3047000);
}

static void follow_calls(struct version_check *check) {
    /* Words in front of a '(' that call nothing. */
    static const char *const words[] = {"OVER", "AS",     "IN",    "EXISTS", "FROM", "JOIN",
                                        "BY",   "VALUES", "WHERE", "AND",    "OR",   "NOT",
                                        "ON",   "SELECT", "USING", "CHECK",  "KEY",  "WHEN"};
    struct call *call = current_call(check);
    if (cursor_is(&check->at, ",")) {
        call->commas++;
    } else if (cursor_is(&check->at, "(")) {
        check->depth++;
        *current_call(check) = (struct call){.open = check->next};
        bool is_call = check->before.token == TOKEN_WORD;
        for (size_t i = 0; is_call && i < COUNT_OF(words); i++)
            is_call = !cursor_is(&check->before, words[i]);
        if (is_call)
            current_call(check)->name = check->before;
    } else if (cursor_is(&check->at, ")") && check->depth > 0) {
        /* Functions that take another number of arguments since some version. */
        size_t arguments = call->name.token == TOKEN_WORD ? call->commas + 1 : 0;
        if (arguments == 2 && cursor_is(&call->name, "iif"))
            report_newer(check, &call->name, "iif() of two arguments", 3048000);
        else if (arguments > 3 && cursor_is(&call->name, "iif"))
            report_newer(check, &call->name, "iif() of more than three arguments", 3049000);
        else if (arguments == 2 && cursor_is(&call->name, "json_valid"))
            report_newer(check, &call->name, "json_valid() of two arguments", 3045000);
        check->depth--;
    }
}

static void check_statement_version(const struct migration *migration, const struct step *step,
                                    int sqlite, struct diagnostics *diagnostics) {
    struct version_check check = {
        .migration = migration, .diagnostics = diagnostics, .sqlite = sqlite};
    if (step->is_call)
        return;
    check.verb = check.at = check.next = cursor_at(step, step->text);
    cursor_next(&check.next);
    while (check.at.token != TOKEN_END) {
        check_words(&check);
        check_string(&check);
        check_shape(&check);
        follow_calls(&check);
        check.before = check.at;
        check.at = check.next;
        cursor_next(&check.next);
    }
}

void check_versions(const struct set *set, struct diagnostics *diagnostics) {
    if (!set->conf || !set->conf->sqlite)
        return;
    for (size_t i = 0; i < count_all(set); i++)
        for (int kind = SECTION_UP; kind <= SECTION_VERIFY; kind++)
            for (size_t s = 0; s < set->migrations[i].sections[kind].count; s++)
                check_statement_version(&set->migrations[i],
                                        &set->migrations[i].sections[kind].steps[s],
                                        set->conf->sqlite, diagnostics);
}
