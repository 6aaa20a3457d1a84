/*
 * schema_text.c - takes pieces of stored SQL apart: lists, and what stands in parentheses.
 *
 * What tokens mean, and which of them mean the same, is left to schema_canon.c and
 * schema_clauses.c.
 */
#include "schema.h"

static int depth_after(int depth, migci_token token) {
    return depth + migci_token_is(token, "(") - migci_token_is(token, ")");
}

migci_text migci_text_group(migci_text *text) {
    migci_text inside = {text->start, text->start};
    for (int depth = 1; depth > 0;) {
        migci_token token = migci_token_next(text);
        if (token.kind == MIGCI_TOKEN_END)
            break;
        depth = depth_after(depth, token);
        inside.end = token.start;
    }
    return inside;
}

bool migci_text_item(migci_text *list, migci_text *item) {
    int depth = 0;
    migci_token token;
    *item = *list;
    do {
        token = migci_token_next(list);
        depth = depth_after(depth, token);
        item->end = token.start;
    } while (token.kind != MIGCI_TOKEN_END && (depth > 0 || !migci_token_is(token, ",")));
    migci_text first = *item;
    return migci_token_next(&first).kind != MIGCI_TOKEN_END;
}

migci_text migci_text_bare(migci_text text) {
    for (;;) {
        migci_text rest = text;
        if (!migci_token_is(migci_token_next(&rest), "("))
            return text;
        migci_text inside = migci_text_group(&rest);
        if (migci_token_next(&rest).kind != MIGCI_TOKEN_END)
            return text;
        text = inside;
    }
}
