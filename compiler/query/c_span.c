/*
 * c_span.c - a part of a C source, token by token, and what a token is.
 */
#include "query.h"

#include <string.h>

enum c_token next_in_span(struct c_span *span) {
    enum c_token token;
    do
        token = lex_c_token(&span->at);
    while (token == C_NEWLINE && span->at.token < span->end);
    return span->at.token < span->end ? token : C_END;
}

bool is_c_sign(enum c_token token, const struct c_lexer *lexer, char sign) {
    return token == C_OTHER && *lexer->token == sign;
}

bool is_c_word(const struct c_lexer *lexer, const char *word) {
    return same_text(lexer->token, (size_t)(lexer->cursor - lexer->token), word);
}
