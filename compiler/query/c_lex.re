/*
 * c_lex.re - the tokens of C and C++ that matter to who looks for calls and their literals.
 *
 * c_lex.c is made from this file by re2c ("make regen").
 */
#include "query.h"

#include <string.h>

/* Behind `R"`: up to the same delimiter after ")", and the quote. */
static const char *raw_string_end(const char *start) {
    const char *open = start;
    while (*open && *open != '(' && *open != '\n' && *open != '"')
        open++;
    if (*open != '(')
        return start;
    size_t size = (size_t)(open - start);
    for (const char *close = open; (close = strchr(close, ')')); close++)
        if (strncmp(close + 1, start, size) == 0 && close[1 + size] == '"')
            return close + size + 2;
    return start + strlen(start);
}

/* The text ends in a NUL. */
enum c_token lex_c_token(struct c_lexer *lexer) {
    const unsigned char *cursor = (const unsigned char *)lexer->cursor;
    const unsigned char *marker;

#define FOUND(id) return lexer->cursor = (const char *)cursor, C_##id

    for (;;) {
        lexer->token = (const char *)cursor;
        /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCURSOR = cursor;
        re2c:define:YYMARKER = marker;
        re2c:yyfill:enable = 0;

        word_start = [a-zA-Z_\x80-\xFF];
        word_part = [a-zA-Z0-9_\x80-\xFF];
        prefix = "u8" | [uUL];

        "\x00"                          { lexer->cursor = lexer->token; return C_END; }
        "\n"                            { FOUND(NEWLINE); }
        "\\" [ \t]* "\n"                { continue; }
        [ \t\v\f\r]+                    { continue; }
        "//" ([^\n\x00\\] | "\\" [^\x00])*            { continue; }
        "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"+ "/"    { continue; }
        prefix? "R" ["]                 {
            cursor = (const unsigned char *)raw_string_end((const char *)cursor);
            FOUND(RAW_STRING);
        }
        prefix? ["] ([^"\n\\\x00] | "\\" [^\x00])* ["]?  { FOUND(STRING); }
        prefix? "'" ([^'\n\\\x00] | "\\" [^\x00])* "'"?  { FOUND(OTHER); }
        word_start word_part*           { FOUND(NAME); }
        "."? [0-9] ([a-zA-Z0-9_.] | [eEpP] [-+] | "'" [a-zA-Z0-9])*  { FOUND(OTHER); }
        [^]                             { FOUND(OTHER); }
        */
    }
#undef FOUND
}
