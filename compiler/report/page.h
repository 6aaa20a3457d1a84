/*
 * page.h - migc report: one page about a set, its schema and, where it is given, a database.
 *
 * Everything that comes from files or a database goes through put_html().  The page's own style and
 * script are the only ones that its content security policy lets act, by their hashes.
 */
#ifndef PAGE_H
#define PAGE_H

#include "state/state.h"

struct page {
    struct buffer text;
    const struct state *state;
    const struct set *set;
    sqlite3 *db; /* of --db, or NULL */
    const char *db_path;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* Makes the page in page->text. */
void write_page(struct page *page);

/* ------------------------------------------------------------- text: html.c */

void put_html(struct buffer *text, const char *bytes, size_t size);
void put_html_text(struct buffer *text, const char *string);
/* In <pre>, its keywords, strings and comments marked. */
void put_html_sql(struct buffer *text, const char *sql, size_t size);

/* ------------------------------------------- parts: drawing.c, page_database.c */

/* Tables and their foreign keys, laid out by Graphviz; or why not. */
void put_drawing(struct page *page);
/* What is applied, what failed, drift, sizes. */
void put_database(struct page *page);

#endif
