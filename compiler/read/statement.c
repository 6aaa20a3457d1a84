/*
 * statement.c - where a statement begins and ends.
 *
 * SQLite decides the end: sqlite3_complete() is asked at a ';'.  Once it has
 * said no, the statement is a trigger, and it can say yes only after "; END",
 * so it is asked only there: the whole stays linear in the size of the file.
 */
#include "read.h"

#include <sqlite3.h>
#include <string.h>

enum { NOTHING, AFTER_SEMICOLON, AFTER_END }; /* semicolon_end */

void add_to_statement(struct open_statement *statement, enum token token, char *text, size_t size) {
    if (!statement->start)
        statement->start = text;
    bool ends = statement->semicolon_end == AFTER_SEMICOLON && token == TOKEN_WORD &&
                same_word(text, size, "END");
    statement->semicolon_end = ends ? AFTER_END : NOTHING;
    statement->end = text + size;
}

bool ends_statement(struct open_statement *statement, char *semicolon) {
    bool may_end = !statement->is_trigger || statement->semicolon_end == AFTER_END;
    if (may_end) {
        char saved[2];
        memcpy(saved, semicolon, sizeof(saved));
        semicolon[0] = ';';
        semicolon[1] = '\0';
        bool complete = sqlite3_complete(statement->start) == 1;
        memcpy(semicolon, saved, sizeof(saved));
        if (complete)
            return true;
    }
    statement->is_trigger = true;
    statement->semicolon_end = AFTER_SEMICOLON;
    return false;
}
