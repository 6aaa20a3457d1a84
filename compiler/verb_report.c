/*
 * verb_report.c - "migc report": writes one page about a set to a file or to the standard output.
 */
#include "report/page.h"
#include "side.h"

#include <stdio.h>

enum status run_report(const struct verb *verb, struct options *options, struct arena *arena) {
    const char *problem = side_problem(options->operands[0], NULL, arena);
    if (problem)
        return usage_error(verb, "%s", problem);
    struct diagnostics diagnostics = {.arena = arena, .flags = options->warnings};
    struct side side = {0};
    struct page page = {
        .state = &side.state, .set = &side.set, .arena = arena, .diagnostics = &diagnostics};
    bool opened = open_side(&side, options->operands[0], NULL, options, arena, &diagnostics);
    page.db_path = options->database;
    if (opened && page.db_path &&
        (sqlite3_open_v2(page.db_path, &page.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
         sqlite3_exec(page.db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK))
        opened = report_failure(&diagnostics, "%s: %s", page.db_path,
                                is_folder(page.db_path) ? "it is a folder, not a database"
                                                        : sqlite3_errmsg(page.db));
    if (opened) {
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
