/*
 * opening.c - the first tokens of a statement, without comments: they tell what
 * it does to transactions and settings.
 */
#include "read.h"

#include <string.h>

struct opening read_opening(const struct step *step) {
    struct opening opening = {.count = 0};
    struct lexer lexer = {step->text, step->text, step->text};
    while (opening.count < COUNT_OF(opening.of)) {
        enum token token = lex_token(&lexer);
        if (token == TOKEN_END || lexer.token >= step->text + step->size)
            break;
        if (token != TOKEN_LINE_COMMENT && token != TOKEN_BLOCK_COMMENT) {
            opening.of[opening.count].text = lexer.token;
            opening.of[opening.count++].size = (size_t)(lexer.cursor - lexer.token);
        }
    }
    return opening;
}

bool opening_is(const struct opening *opening, size_t i, const char *word) {
    return i < opening->count && same_word(opening->of[i].text, opening->of[i].size, word);
}

enum transaction_word find_transaction_word(const struct opening *opening) {
    if (opening_is(opening, 0, "BEGIN"))
        return TRANSACTION_BEGINS;
    if (opening_is(opening, 0, "COMMIT") || opening_is(opening, 0, "END"))
        return TRANSACTION_COMMITS;
    if (!opening_is(opening, 0, "ROLLBACK"))
        return TRANSACTION_STAYS;
    size_t next = opening_is(opening, 1, "TRANSACTION") ? 2 : 1;
    return opening_is(opening, next, "TO") ? TRANSACTION_STAYS : TRANSACTION_ROLLS_BACK;
}

/* PRAGMA [schema.]name = ... or (...) */
size_t find_pragma(const struct opening *opening, const char *pragma) {
    size_t name = opening_is(opening, 2, ".") ? 3 : 1;
    bool sets = opening_is(opening, name + 1, "=") || opening_is(opening, name + 1, "(");
    bool is_it = opening_is(opening, 0, "PRAGMA") && opening_is(opening, name, pragma);
    return is_it && sets ? name : 0;
}
