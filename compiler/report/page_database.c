/*
 * page_database.c - what the database of --db has: migrations, failures, drift, sizes.
 */
#include "page.h"

#include <assert.h>
#include <string.h>

static void put_cell(struct buffer *text, const char *value) {
    buffer_text(text, "<td>");
    put_html_text(text, value);
    buffer_text(text, "</td>");
}

static void put_states(struct page *page) {
    struct buffer *text = &page->text;
    migc_states states;
    migc_error error;
    migc_code code = migc_status(page->db, page->set->lowered, &states, NULL, &error);
    buffer_format(text, "<p>%zu applied, %zu pending.</p>\n", states.applied, states.pending);
    if (code != MIGC_OK) {
        buffer_text(text, "<p class=bad>");
        put_html_text(text, error.message);
        buffer_text(text, "</p>\n");
    }
    buffer_text(text, "<div class=scroll><table><tr><th>migration<th>applied<th>by<th>ms</tr>\n");
    for (size_t i = 0; i < states.count; i++) {
        const migc_state *state = &states.states[i];
        buffer_text(text, "<tr>");
        put_cell(text, state->name);
        put_cell(text, state->applied ? state->applied_at : "pending");
        put_cell(text, state->applied_by);
        buffer_format(text, "<td>%.1f</td></tr>\n", (double)state->duration_us / 1000);
    }
    buffer_text(text, "</table></div>\n");
    migc_states_free(&states);
}

static int put_failure(void *argument, const migci_value *cells) {
    struct page *page = argument;
    if (!cells[1].text || strcmp(cells[1].text, "failed") != 0)
        return 0;
    buffer_text(&page->text, "<p class=bad>");
    for (int i = 0; i < 9; i++)
        if (i == 0 || i == 3 || i == 8) {
            put_html_text(&page->text, cells[i].text);
            buffer_text(&page->text, " ");
        }
    buffer_text(&page->text, "</p>\n");
    return 0;
}

static void put_drift(const migci_difference *difference, void *argument) {
    struct page *page = argument;
    buffer_text(&page->text, "<p class=bad>");
    put_html_text(&page->text, difference->text);
    buffer_text(&page->text, "</p>\n");
}

static int64_t ask_number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *row = NULL;
    int64_t number = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
        number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

static void put_counts(struct page *page) {
    struct item_list list;
    struct buffer *text = &page->text;
    int64_t size = ask_number(page->db, "SELECT page_count * page_size FROM pragma_page_count,"
                                        " pragma_page_size");
    buffer_format(text, "<h3>Rows</h3>\n<p>%lld bytes in all.</p>\n", (long long)size);
    if (!list_items(page->db, &list, page->arena))
        return;
    buffer_text(text, "<div class=scroll><table><tr><th>table<th>rows</tr>\n");
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i]->kind != ITEM_TABLE)
            continue;
        char *sql = sqlite3_mprintf("SELECT count(*) FROM main.\"%w\"", list.items[i]->name);
        buffer_text(text, "<tr>");
        put_cell(text, list.items[i]->name);
        buffer_format(text, "<td>%lld</td></tr>\n",
                      (long long)ask_number(page->db, must_have(sql)));
        sqlite3_free(sql);
    }
    buffer_text(text, "</table></div>\n");
}

void put_database(struct page *page) {
    assert(page->db && page->set->lowered);
    migci_session session;
    migc_error error;
    buffer_text(&page->text, "<h2>The database ");
    put_html_text(&page->text, page->db_path);
    buffer_text(&page->text, "</h2>\n");
    /* Where nobody has said the set's name (-n), it is the one that the database has. */
    sqlite3_stmt *row = NULL;
    if (!page->set->name &&
        sqlite3_prepare_v2(page->db,
                           "SELECT min(set_name) FROM main.migc_migrations"
                           " HAVING count(DISTINCT set_name) = 1",
                           -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        page->set->lowered->name = arena_copy(page->arena, name, strlen(name));
    }
    sqlite3_finalize(row);
    put_states(page);
    if (migci_session_open(&session, page->db, page->set->lowered, NULL, &error) == MIGC_OK)
        migci_history_list(&session, put_failure, page);
    migci_session_close(&session);
    migci_memory memory = {0};
    migci_schema wanted, there;
    buffer_text(&page->text, "<h3>Against the schema of the migrations</h3>\n");
    size_t before = page->text.size;
    if (migci_schema_read(page->state->db, &memory, &wanted) == SQLITE_OK &&
        migci_schema_read(page->db, &memory, &there) == SQLITE_OK)
        migci_schema_compare(&wanted, &there, put_drift, page);
    if (before == page->text.size)
        buffer_text(&page->text, "<p>Nothing differs.</p>\n");
    migci_free_all(&memory);
    put_counts(page);
}
