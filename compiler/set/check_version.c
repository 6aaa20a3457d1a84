/*
 * check_version.c - what is newer than the SQLite that the set declares
 * ("Sqlite: 3.38" in migc.conf).  The SQLite that migc runs with may know it;
 * that of a user's machine does not.  Versions: https://www.sqlite.org/changes.html
 */
#include "set.h"

#include <string.h>

/* What is recognised by one word before a '(', by two words, or by a string. */
enum feature_kind { FEATURE_FUNCTION, FEATURE_WORDS, FEATURE_STRING };

static const struct feature {
    const char *word, *next;
    enum feature_kind kind;
    int version; /* as 3041000 */
} features[] = {
    {"RIGHT", "JOIN", FEATURE_WORDS, 3039000},
    {"RIGHT", "OUTER", FEATURE_WORDS, 3039000},
    {"FULL", "JOIN", FEATURE_WORDS, 3039000},
    {"FULL", "OUTER", FEATURE_WORDS, 3039000},
    {"DISTINCT", "FROM", FEATURE_WORDS, 3039000},
    {"unhex", NULL, FEATURE_FUNCTION, 3041000},
    {"'subsec'", NULL, FEATURE_STRING, 3042000},
    {"'subsecond'", NULL, FEATURE_STRING, 3042000},
    {"timediff", NULL, FEATURE_FUNCTION, 3043000},
    {"octet_length", NULL, FEATURE_FUNCTION, 3043000},
    {"concat", NULL, FEATURE_FUNCTION, 3044000},
    {"concat_ws", NULL, FEATURE_FUNCTION, 3044000},
    {"string_agg", NULL, FEATURE_FUNCTION, 3044000},
    {"jsonb", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_array", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_extract", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_insert", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_object", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_patch", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_remove", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_replace", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_set", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_group_array", NULL, FEATURE_FUNCTION, 3045000},
    {"jsonb_group_object", NULL, FEATURE_FUNCTION, 3045000},
    {"json_pretty", NULL, FEATURE_FUNCTION, 3046000},
    {"if", NULL, FEATURE_FUNCTION, 3048000},
    {"unistr", NULL, FEATURE_FUNCTION, 3050000},
    {"unistr_quote", NULL, FEATURE_FUNCTION, 3050000},
};

struct word {
    enum token token;
    const char *start;
    size_t size;
};

static bool fits(const struct feature *feature, struct word word, struct word next) {
    if (!same_word(word.start, word.size, feature->word))
        return false;
    switch (feature->kind) {
    case FEATURE_FUNCTION:
        return word.token == TOKEN_WORD && next.size == 1 && *next.start == '(';
    case FEATURE_WORDS:
        return next.token == TOKEN_WORD && same_word(next.start, next.size, feature->next);
    default:
        return word.token == TOKEN_STRING;
    }
}

static struct word next_word(struct lexer *lexer) {
    enum token token;
    do
        token = lex_token(lexer);
    while (token == TOKEN_LINE_COMMENT || token == TOKEN_BLOCK_COMMENT);
    return (struct word){token, lexer->token, (size_t)(lexer->cursor - lexer->token)};
}

static void check_word(const struct migration *migration, struct word word, struct word next,
                       int sqlite, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < COUNT_OF(features); i++)
        if (features[i].version > sqlite && fits(&features[i], word, next))
            report_error(diagnostics, text_location(migration, word.start, word.size),
                         "%.*s%s%s came with SQLite 3.%d, and migc.conf says that the program "
                         "runs with 3.%d",
                         (int)word.size, word.start, features[i].next ? " " : "",
                         features[i].next ? features[i].next : "",
                         features[i].version / 1000 % 1000, sqlite / 1000 % 1000);
}

static void check_step(const struct migration *migration, const struct step *step, int sqlite,
                       struct diagnostics *diagnostics) {
    struct lexer lexer = {.cursor = step->text};
    const char *end = step->text + step->size;
    if (step->is_call)
        return;
    for (struct word word = next_word(&lexer); word.start < end;) {
        struct word next = next_word(&lexer);
        check_word(migration, word, next, sqlite, diagnostics);
        word = next;
    }
}

void check_versions(const struct set *set, struct diagnostics *diagnostics) {
    if (!set->conf || !set->conf->sqlite)
        return;
    for (size_t i = 0; i < count_all(set); i++)
        for (int kind = SECTION_UP; kind <= SECTION_VERIFY; kind++)
            for (size_t s = 0; s < set->migrations[i].sections[kind].count; s++)
                check_step(&set->migrations[i], &set->migrations[i].sections[kind].steps[s],
                           set->conf->sqlite, diagnostics);
}
