/*
 * page.c - the page: what the schema is, how each migration got it there.
 */
#include "page.h"

#include "assets.h"

#include <string.h>

/* "001_initial" as a link to the migration. */
static void put_origin_link(struct page *page, struct origin origin) {
    if (!origin.migration)
        return;
    buffer_format(&page->text, "<a href=\"#m%zu\">",
                  (size_t)(origin.migration - page->state->all.migrations));
    put_html_text(&page->text, origin.migration->entry->stem);
    buffer_format(&page->text, "</a>:%u", origin.step->line);
}

/* "PRIMARY KEY", and the table that it refers to as a link. */
static void put_keys(struct page *page, const struct item *item, const struct column *column) {
    static const char sql[] =
        "SELECT NULL, NULL FROM pragma_table_xinfo(?1, 'main') WHERE pk AND name = ?2"
        " UNION ALL SELECT \"table\", \"to\" FROM pragma_foreign_key_list(?1, 'main')"
        " WHERE \"from\" = ?2 COLLATE NOCASE";
    sqlite3_stmt *row = NULL;
    struct buffer *text = &page->text;
    sqlite3_prepare_v2(page->state->db, sql, -1, &row, NULL);
    sqlite3_bind_text(row, 1, item->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, column->name, -1, SQLITE_STATIC);
    for (bool first = true; sqlite3_step(row) == SQLITE_ROW; first = false) {
        const char *table = (const char *)sqlite3_column_text(row, 0);
        const char *to = (const char *)sqlite3_column_text(row, 1);
        const struct item *parent = table ? find_item(&page->state->list, ITEM_TABLE, table) : NULL;
        buffer_text(text, first ? "" : ", ");
        if (!table)
            buffer_text(text, "primary");
        if (parent)
            buffer_format(text, "<a href=\"#t%zu\">", item_number(&page->state->list, parent));
        put_html_text(text, table);
        buffer_text(text, to ? "." : "");
        put_html_text(text, to);
        buffer_text(text, parent ? "</a>" : "");
    }
    sqlite3_finalize(row);
}

static void put_page_columns(struct page *page, const struct item *item) {
    struct buffer *text = &page->text;
    buffer_text(text, "<div class=scroll><table><tr><th>column<th>type<th>key<th>made<th>changed"
                      "</tr>\n");
    for (size_t i = 0; i < item->column_count; i++) {
        const struct column *column = &item->columns[i];
        buffer_text(text, "<tr><td>");
        put_html_text(text, column->name);
        buffer_text(text, "</td><td>");
        put_html_text(text, column->declared);
        buffer_text(text, "</td><td>");
        put_keys(page, item, column);
        buffer_text(text, "</td><td>");
        put_origin_link(page, column->made);
        buffer_text(text, "</td><td>");
        if (column->changed.step != column->made.step)
            put_origin_link(page, column->changed);
        buffer_text(text, "</td></tr>\n");
    }
    buffer_text(text, "</table></div>\n");
}

/* What happened to it and to its columns, in order. */
static void put_history(struct page *page, const struct item *item) {
    static const char *const words[] = {"made", "changed", "renamed", "dropped"};
    struct buffer *text = &page->text;
    buffer_text(text, "<details><summary>history</summary><ul>\n");
    for (size_t i = 0; i < page->state->event_count; i++) {
        const struct event *event = &page->state->events[i];
        if (event->item != item->kind || sqlite3_stricmp(event->table, item->table) != 0 ||
            (!event->is_column && sqlite3_stricmp(event->new_name, item->name) != 0))
            continue;
        buffer_text(text, "<li>");
        put_html_text(text, event->name);
        buffer_format(text, " %s", words[event->kind]);
        if (event->kind == EVENT_RENAMED) {
            buffer_text(text, " to ");
            put_html_text(text, event->new_name);
        }
        buffer_text(text, " by ");
        put_origin_link(page, event->origin);
        buffer_text(text, "</li>\n");
    }
    buffer_text(text, "</ul></details>\n");
}

static void put_page_item(struct page *page, const struct item *item) {
    struct buffer *text = &page->text;
    buffer_format(text, "<section class=item id=t%zu><h3>", item_number(&page->state->list, item));
    put_html_text(text, item->name);
    buffer_format(text, " <span class=soft>%s</span></h3>\n", item_names[item->kind]);
    if (item->kind == ITEM_TABLE)
        put_page_columns(page, item);
    buffer_text(text, "<details><summary>SQL</summary>");
    put_html_sql(text, item->sql, strlen(item->sql));
    for (size_t i = 0; i < page->state->list.count; i++) {
        const struct item *part = page->state->list.items[i];
        if ((part->kind == ITEM_INDEX || part->kind == ITEM_TRIGGER) &&
            sqlite3_stricmp(part->table, item->name) == 0)
            put_html_sql(text, part->sql, strlen(part->sql));
    }
    buffer_text(text, "</details>\n");
    put_history(page, item);
    buffer_text(text, "</section>\n");
}

static void put_field(struct buffer *text, const char *name, const char *value) {
    if (!value || !*value)
        return;
    buffer_format(text, "<p><span class=soft>%s</span> ", name);
    put_html_text(text, value);
    buffer_text(text, "</p>\n");
}

static void put_warning(void *argument, enum severity severity, struct location location,
                        const char *message) {
    struct page *page = argument;
    if (severity != SEVERITY_WARNING && severity != SEVERITY_NOTE)
        return;
    buffer_text(&page->text, "<p class=bad>");
    put_html_text(&page->text, message);
    buffer_text(&page->text, "</p>\n");
    (void)location;
}

static void put_migration(struct page *page, size_t index) {
    const struct migration *migration = &page->state->all.migrations[index];
    struct buffer *text = &page->text;
    static const enum key keys[] = {KEY_DESCRIPTION, KEY_AUTHOR, KEY_DATE,        KEY_DEPENDS,
                                    KEY_TAGS,        KEY_LOSSY,  KEY_IRREVERSIBLE};
    static const char *const names[] = {"",     "by",     "on",           "depends on",
                                        "tags", "lossy:", "irreversible:"};
    buffer_format(text, "<section class=item id=m%zu><h3>", index);
    put_html_text(text, migration->entry->stem);
    buffer_text(text, "</h3>\n");
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        put_field(text, names[i], migration->fields[keys[i]].value);
    if (migration->lowered)
        put_field(text, "effect:", migration->lowered->effects);
    put_field(text, "proven on", migration->rows);
    visit_diagnostics(page->diagnostics, &migration->source, put_warning, page);
    for (int kind = 0; kind < SECTION_COUNT; kind++) {
        const struct section *section = &migration->sections[kind];
        if (!section->count)
            continue;
        buffer_format(text, "<details%s><summary>%s, %zu statement%s</summary>\n",
                      kind == SECTION_UP ? " open" : "", section_rows[kind].name, section->count,
                      section->count == 1 ? "" : "s");
        for (size_t i = 0; i < section->count; i++)
            put_html_sql(text, section->steps[i].text, section->steps[i].size);
        buffer_text(text, "</details>\n");
    }
    buffer_text(text, "</section>\n");
}

void write_page(struct page *page) {
    const struct item_list *list = &page->state->list;
    struct buffer *text = &page->text;
    buffer_text(text, "<!DOCTYPE html>\n<html lang=en>\n<head><meta charset=utf-8>\n"
                      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
                      "style-src '" STYLE_HASH "'; script-src '" SCRIPT_HASH
                      "'; base-uri 'none'; form-action 'none'\">\n"
                      "<meta name=viewport content=\"width=device-width\">\n<title>");
    put_html_text(text, page->set->folder->path);
    buffer_text(text, " - migrations</title>\n<style>" STYLE "</style></head>\n<body>\n<h1>");
    put_html_text(text, page->set->folder->path);
    buffer_format(text,
                  "</h1>\n<p class=soft>%zu migrations, %zu repeatables. "
                  "Each was proven: UP, DOWN and UP again.</p>\n"
                  "<p><input id=search type=search aria-label=Search placeholder=Search> "
                  "<span id=found class=soft></span></p>\n",
                  page->set->count, page->set->repeatable_count);
    buffer_text(text, "<div id=around>\n"); /* hidden while something is looked for */
    if (page->db)
        put_database(page);
    put_drawing(page);
    buffer_text(text, "</div>\n<h2>Schema</h2>\n");
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == ITEM_TABLE || list->items[i]->kind == ITEM_VIEW)
            put_page_item(page, list->items[i]);
    buffer_text(text, "<h2>Migrations</h2>\n");
    for (size_t i = count_all(&page->state->all); i-- > 0;)
        put_migration(page, i);
    buffer_text(text, "<script>" SCRIPT "</script>\n</body>\n</html>\n");
}
