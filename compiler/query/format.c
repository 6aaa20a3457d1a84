/*
 * format.c - formats of sqlite3_mprintf and its like: whether they are SQL, and what stands for
 * what only the program knows.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>

bool begins_like_sql(const char *text) {
    static const struct {
        const char *first, *second[6];
    } beginnings[] = {
        {"SELECT", {NULL}},
        {"WITH", {NULL}},
        {"UPDATE", {NULL}},
        {"INSERT", {"INTO", "OR"}},
        {"REPLACE", {"INTO"}},
        {"DELETE", {"FROM"}},
        {"CREATE", {"TABLE", "TEMP", "INDEX", "UNIQUE", "VIEW", "TRIGGER"}},
        {"DROP", {"TABLE", "INDEX", "VIEW", "TRIGGER"}},
        {"ALTER", {"TABLE"}},
    };
    migci_text words = migci_text_of(text);
    migci_token first = migci_token_next(&words), second = migci_token_next(&words);
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        const char *const *word = beginnings[i].second;
        if (!migci_token_is(first, beginnings[i].first))
            continue;
        for (size_t w = 0; w < COUNT_OF(beginnings[i].second) && word[w]; w++)
            if (migci_token_is(second, word[w]))
                return true;
        return !*word;
    }
    return false;
}

void fill_format(struct query *query) {
    struct query_text format = query->text;
    query->is_format = true;
    query->text = (struct query_text){0};
    for (size_t i = 0; i < format.bytes.size; i++) {
        const char *bytes = format.bytes.bytes;
        size_t offset = format.offsets[i];
        if (bytes[i] != '%') {
            add_query_byte(&query->text, bytes[i], offset);
            continue;
        }
        for (i++; i < format.bytes.size && strchr("0123456789.,*-+ #!lhzjt", bytes[i]); i++)
            continue;
        if (i < format.bytes.size && bytes[i] == '%') {
            add_query_byte(&query->text, '%', offset);
        } else if (i < format.bytes.size) {
            /* A number after a letter is part of a name. */
            size_t size = query->text.bytes.size;
            bool in_name = size > 0 && is_word(query->text.bytes.bytes[size - 1]);
            const char *filling = strchr("diuxXocp", bytes[i]) && !in_name ? "0"
                                  : strchr("fFeEgG", bytes[i]) && !in_name ? "0.0"
                                  : bytes[i] == 'Q'                        ? "'" QUERY_HOLE "'"
                                                                           : QUERY_HOLE;
            query->has_holes = query->has_holes || filling[0] != '0';
            query->is_open = query->is_open || strchr("sz", bytes[i]);
            for (; *filling; filling++)
                add_query_byte(&query->text, *filling, offset);
        }
    }
    buffer_free(&format.bytes);
    free(format.offsets);
}
