/*
 * lex.re - finds SQL tokens, as SQLite's own tokenizer does.
 *
 * The rules return tokens and nothing more; what tokens mean together is for
 * parse, where statements end is for SQLite.  lex.c is made from this file by
 * re2c ("make regen").
 */
#include "read.h"

#include <string.h>

/* Version-control markers are seven equal characters at the start of a line. */
static bool is_conflict(const struct lexer *lexer) {
    return lexer->token == lexer->text || lexer->token[-1] == '\n';
}

/* The text ends in a NUL, and holds no other: source.c saw to that. */
enum token lex_token(struct lexer *lexer) {
    const unsigned char *cursor = (const unsigned char *)lexer->cursor;
    const unsigned char *marker;

#define FOUND(id) return lexer->cursor = (const char *)cursor, TOKEN_##id

    for (;;) {
        lexer->token = (const char *)cursor;
        /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYCURSOR = cursor;
        re2c:define:YYMARKER = marker;
        re2c:yyfill:enable = 0;

        end = "\x00";
        bom = "\xEF\xBB\xBF"; /* blank space where a token could begin, a letter elsewhere */
        digit = [0-9];
        hex = [0-9a-fA-F];
        word_start = [a-zA-Z_\x80-\xFF];
        word_part = [a-zA-Z0-9_$\x80-\xFF];
        exponent = [eE] [+-]? digit [0-9_]*;
        number = (digit [0-9_]* ("." [0-9_]*)? | "." digit [0-9_]*) exponent? | '0x' hex [0-9a-fA-F_]*;
        parameter = [$@:#] "::"* word_part (word_part | "::")*;
        in_braces = [^\x00 \t\n\v\f\r)];

        end                             { lexer->cursor = lexer->token; return TOKEN_END; }
        [ \t\n\f\r] [ \t\n\v\f\r]*      { continue; }
        bom word_part*                  { cursor = (const unsigned char *)lexer->token + 3; continue; }

        "--" [^\n\x00]*                 { FOUND(LINE_COMMENT); }
        "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"+ "/"  { FOUND(BLOCK_COMMENT); }
        "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"*      { FOUND(OPEN_COMMENT); }

        "'" ([^'\x00] | "''")* "'"      { FOUND(STRING); }
        "'" ([^'\x00] | "''")*          { FOUND(OPEN_STRING); }
        ["] ([^"\x00] | ["]["])* ["]    { FOUND(QUOTED); }
        ["] ([^"\x00] | ["]["])*        { FOUND(OPEN_QUOTED); }
        "`" ([^`\x00] | "``")* "`"      { FOUND(QUOTED); }
        "`" ([^`\x00] | "``")*          { FOUND(OPEN_QUOTED); }
        "[" [^\]\x00]* "]"              { FOUND(QUOTED); }
        "[" [^\]\x00]*                  { FOUND(OPEN_QUOTED); }

        [xX] "'" (hex hex)* "'"         { FOUND(BLOB); }
        [xX] "'" [^'\x00]* "'"?         { FOUND(BAD_BLOB); }
        number                          { FOUND(NUMBER); }
        number word_part+               { FOUND(BAD_NUMBER); }
        "?" digit*                      { FOUND(PARAMETER); }
        parameter ("(" in_braces* ")")? { FOUND(PARAMETER); }
        parameter "(" in_braces*        { FOUND(BAD_PARAMETER); }
        [$@:#] "::"*                    { FOUND(BAD_PARAMETER); }
        word_start word_part*           { FOUND(WORD); }

        ("<<<<<<<" | "|||||||" | ">>>>>>>") " " [^\n\x00]* | "=======" [ \t]* / [\n\x00] {
            if (is_conflict(lexer)) {
                FOUND(CONFLICT);
            }
            cursor = (const unsigned char *)lexer->token + 2;
            FOUND(OPERATOR);
        }
        ";"                             { FOUND(SEMICOLON); }
        "||" | "->" | "->>" | "<<" | ">>" | "<=" | ">=" | "<>" | "==" | "!="  { FOUND(OPERATOR); }
        [-+*/%&|~<>=(),.]               { FOUND(OPERATOR); }
        [^]                             { FOUND(ILLEGAL); }
        */
    }
#undef FOUND
}
