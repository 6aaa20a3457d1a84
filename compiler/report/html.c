/*
 * html.c - text of strangers in a page: escaped, and SQL with its tokens marked.
 */
#include "page.h"

#include <string.h>

void put_html(struct buffer *text, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        size_t length = utf8_length(bytes + i, bytes + size);
        if (c == '<')
            buffer_text(text, "&lt;");
        else if (c == '>')
            buffer_text(text, "&gt;");
        else if (c == '&')
            buffer_text(text, "&amp;");
        else if (c == '"')
            buffer_text(text, "&quot;");
        else if (c == '\'')
            buffer_text(text, "&#39;");
        else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || length == 0)
            buffer_text(text, "\xEF\xBF\xBD");
        else
            buffer_add(text, bytes + i, length);
        i += length > 1 ? length - 1 : 0;
    }
}

void put_html_text(struct buffer *text, const char *string) {
    put_html(text, string ? string : "", string ? strlen(string) : 0);
}

static const char *mark_of(migci_token token) {
    bool quoted = token.kind == MIGCI_TOKEN_STRING || token.kind == MIGCI_TOKEN_BLOB;
    char word[32];
    if (quoted)
        return "i class=s";
    if (token.kind != MIGCI_TOKEN_WORD || token.length >= sizeof(word))
        return NULL;
    memcpy(word, token.start, token.length);
    word[token.length] = '\0';
    return sqlite3_keyword_check(word, (int)token.length) ? "b class=k" : NULL;
}

void put_html_sql(struct buffer *text, const char *sql, size_t size) {
    migci_text rest = {sql, sql + size};
    const char *done = sql;
    buffer_text(text, "<pre>");
    for (migci_token token; (token = migci_token_next(&rest)).kind != MIGCI_TOKEN_END;) {
        const char *mark = mark_of(token);
        if (!mark)
            continue;
        put_html(text, done, (size_t)(token.start - done));
        buffer_format(text, "<%s>", mark);
        put_html(text, token.start, token.length);
        buffer_format(text, "</%c>", mark[0]);
        done = token.start + token.length;
    }
    put_html(text, done, (size_t)(sql + size - done));
    buffer_text(text, "</pre>\n");
}
