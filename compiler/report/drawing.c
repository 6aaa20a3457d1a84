/*
 * drawing.c - the tables and their foreign keys as SVG, laid out by Graphviz where it is installed.
 */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TABLES = 80, MOST_COLUMNS = 30 };

/* A primary key is underlined. */
static void put_node(struct page *page, const struct item *item, struct buffer *graph) {
    size_t number = item_number(&page->state->list, item);
    buffer_format(graph,
                  "t%zu [URL=\"#t%zu\" label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" "
                  "CELLSPACING=\"0\" CELLPADDING=\"4\"><TR><TD><B>",
                  number, number);
    put_html_text(graph, item->name);
    buffer_text(graph, "</B></TD></TR>");
    for (size_t i = 0; i < item->column_count && i < MOST_COLUMNS; i++) {
        sqlite3_stmt *row = NULL;
        sqlite3_prepare_v2(page->state->db,
                           "SELECT 1 FROM pragma_table_xinfo(?1, 'main') WHERE pk AND name = ?2",
                           -1, &row, NULL);
        sqlite3_bind_text(row, 1, item->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(row, 2, item->columns[i].name, -1, SQLITE_STATIC);
        bool primary = sqlite3_step(row) == SQLITE_ROW;
        sqlite3_finalize(row);
        buffer_format(graph, "<TR><TD ALIGN=\"LEFT\" PORT=\"c%zu\">%s", i, primary ? "<U>" : "");
        put_html_text(graph, item->columns[i].name);
        buffer_format(graph, "%s </TD></TR>", primary ? "</U>" : "");
    }
    if (item->column_count > MOST_COLUMNS)
        buffer_format(graph, "<TR><TD>%zu more</TD></TR>", item->column_count - MOST_COLUMNS);
    buffer_text(graph, "</TABLE>>];\n");
}

/* ":c3" for a column that is shown. */
static void put_port(struct buffer *graph, const struct item *item, const char *name) {
    const struct column *column = name ? item_column(item, name) : NULL;
    if (column && column - item->columns < MOST_COLUMNS)
        buffer_format(graph, ":c%zu", (size_t)(column - item->columns));
}

static void put_edges(struct page *page, const struct item *item, struct buffer *graph) {
    sqlite3_stmt *rows = NULL;
    sqlite3_prepare_v2(page->state->db,
                       "SELECT DISTINCT \"table\", \"from\", \"to\""
                       " FROM pragma_foreign_key_list(?1, 'main')",
                       -1, &rows, NULL);
    sqlite3_bind_text(rows, 1, item->name, -1, SQLITE_STATIC);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const struct item *parent =
            find_item(&page->state->list, ITEM_TABLE, (const char *)sqlite3_column_text(rows, 0));
        if (!parent)
            continue;
        buffer_format(graph, "t%zu", item_number(&page->state->list, item));
        put_port(graph, item, (const char *)sqlite3_column_text(rows, 1));
        buffer_format(graph, " -> t%zu", item_number(&page->state->list, parent));
        put_port(graph, parent, (const char *)sqlite3_column_text(rows, 2));
        buffer_text(graph, ";\n");
    }
    sqlite3_finalize(rows);
}

/* The path goes to the shell in a variable, never in the command. */
static bool run_dot(const struct buffer *graph, struct buffer *svg, struct arena *arena) {
    const char *place = getenv("TMPDIR");
    char *path = arena_format(arena, "%s/migc-graph-XXXXXX", place && *place ? place : "/tmp");
    int file = mkstemp(path);
    char bytes[4096];
    size_t size;
    if (file < 0)
        return false;
    bool done = write(file, graph->bytes, graph->size) == (ssize_t)graph->size;
    close(file);
    setenv("MIGC_GRAPH", path, 1);
    /* NOLINTNEXTLINE(cert-env33-c): the shell looks for dot in PATH, and is given nothing else */
    FILE *dot = done ? popen("dot -Tsvg \"$MIGC_GRAPH\" 2>/dev/null", "r") : NULL;
    while (dot && (size = fread(bytes, 1, sizeof(bytes), dot)) > 0)
        buffer_add(svg, bytes, size);
    done = dot && pclose(dot) == 0 && svg->size > 0;
    unlink(path);
    return done;
}

void put_drawing(struct page *page) {
    struct buffer graph = {0}, svg = {0};
    const struct item_list *list = &page->state->list;
    size_t tables = 0;
    buffer_text(&graph, "digraph schema { rankdir=LR; bgcolor=transparent;\n"
                        "node [shape=plain fontname=\"sans-serif\" fontsize=11];\n");
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == ITEM_TABLE) {
            tables++;
            put_node(page, list->items[i], &graph);
            put_edges(page, list->items[i], &graph);
        }
    buffer_text(&graph, "}\n");
    buffer_text(&page->text, "<h2>Drawing</h2>\n");
    if (tables > MOST_TABLES)
        buffer_format(&page->text, "<p class=soft>%zu tables are too many for a drawing.</p>\n",
                      tables);
    else if (!run_dot(&graph, &svg, page->arena))
        buffer_text(&page->text, "<p class=soft>It is left out: Graphviz (dot) is not installed "
                                 "here.</p>\n");
    else {
        const char *start = arena_copy(page->arena, svg.bytes, svg.size);
        const char *image = strstr(start, "<svg");
        buffer_text(&page->text, "<div class=\"drawing scroll\">\n");
        buffer_text(&page->text, image ? image : "");
        buffer_text(&page->text, "</div>\n");
    }
    buffer_free(&graph);
    buffer_free(&svg);
}
