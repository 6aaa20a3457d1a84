/*
 * verb_report.c - "migc report": writes one page about a set to a file or to the standard output.
 */
#include "report/page.h"
#include "side.h"

#include <stdio.h>

static bool open_page_database(struct page *page, const char *path) {
    page->db_path = path;
    if (!path)
        return true;
    return (sqlite3_open_v2(path, &page->db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
            sqlite3_exec(page->db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK) ||
           report_failure(page->diagnostics, "%s: %s", path, sqlite3_errmsg(page->db));
}

enum status run_report(const struct verb *verb, struct options *options, struct arena *arena) {
    (void)verb;
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct side side = {0};
    struct page page = {
        .state = &side.state, .set = &side.set, .arena = arena, .diagnostics = &diagnostics};
    if (open_side(&side, options->operands[0], NULL, options, arena, &diagnostics) &&
        open_page_database(&page, options->database)) {
        struct output output;
        write_page(&page);
        if (options->output) {
            open_output(&output, arena, options->output);
            put_bytes(&output, page.text.bytes, page.text.size);
            commit_outputs(&output, 1, &diagnostics);
        } else {
            fwrite(page.text.bytes, 1, page.text.size, stdout);
        }
    }
    enum status status = close_diagnostics(&diagnostics);
    buffer_free(&page.text);
    sqlite3_close(page.db);
    close_side(&side);
    return status;
}
