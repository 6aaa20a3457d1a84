/*
 * rows_fail.c - runs UP or DOWN on rows, and reports a failure.  A failure on plain rows
 * is an error, since every database has such rows.  One on odd rows is a warning or a
 * note.
 */
#include "rows.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ALLOW_ADVICE "correct the rows first, or say why there are none: '-- Allow: rows: reason'"

/* ------------------------------------------------------------------- running */

struct violations read_violations(struct rows *rows, sqlite3 *db) {
    struct violations found = {0};
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(
        db,
        "SELECT c.\"table\", c.parent, count(*), (SELECT lower(group_concat(\"from\"))"
        " FROM pragma_foreign_key_list(c.\"table\") AS k WHERE k.id = c.fkid)"
        " FROM pragma_foreign_key_check AS c GROUP BY 1, 2, c.fkid",
        -1, &statement, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct value child = value_of_column(&rows->scratch, statement, 0);
        struct value parent = value_of_column(&rows->scratch, statement, 1);
        struct value columns = value_of_column(&rows->scratch, statement, 3);
        found.items = grow_rows(&rows->scratch, found.items, found.count, &found.capacity,
                                sizeof(*found.items));
        found.items[found.count++] =
            (struct violation){child.bytes, parent.bytes, columns.bytes ? columns.bytes : "",
                               sqlite3_column_int64(statement, 2)};
        code = SQLITE_OK;
    }
    if ((code & 0xff) == SQLITE_NOMEM)
        must_have(NULL);
    sqlite3_finalize(statement);
    return found;
}

static int64_t count_violations(const struct violations *violations, const struct violation *like) {
    for (size_t i = 0; i < violations->count; i++)
        if (sqlite3_stricmp(violations->items[i].child, like->child) == 0 &&
            sqlite3_stricmp(violations->items[i].parent, like->parent) == 0 &&
            strcmp(violations->items[i].columns, like->columns) == 0)
            return violations->items[i].count;
    return 0;
}

bool run_on_rows(struct rows *rows, migci_sandbox *sandbox, bool down,
                 struct run_failure *failure) {
    struct violations before = read_violations(rows, sandbox->db);
    *failure = (struct run_failure){.down = down};
    migc_code code = migci_sandbox_run(sandbox, rows->index, down);
    if (code == MIGC_OK && rows->from && !down)
        code = migci_verify(&sandbox->session, &rows->prover->view.migrations[rows->index]);
    if (code == MIGC_NO_MEMORY)
        must_have(NULL);
    if (code != MIGC_OK) {
        failure->error = sandbox->error;
        const char *reason = migci_reason(&failure->error);
        failure->reason = arena_copy(&rows->scratch, reason, strlen(reason));
        return false;
    }
    struct violations after = read_violations(rows, sandbox->db);
    for (size_t i = 0; i < after.count; i++) {
        const struct violation *violation = &after.items[i];
        int64_t more = violation->count - count_violations(&before, violation);
        if (more <= 0)
            continue;
        failure->error.code = MIGC_FOREIGN_KEY;
        failure->child = violation->child;
        failure->parent = violation->parent;
        failure->columns = violation->columns;
        failure->count = more;
        failure->reason = arena_format(&rows->scratch, "%lld %s of %s would point at no row of %s",
                                       (long long)more, more == 1 ? "row" : "rows",
                                       violation->child, violation->parent);
        return false;
    }
    return true;
}

bool same_failure(const struct run_failure *a, const struct run_failure *b) {
    if (a->error.code != b->error.code || a->error.step != b->error.step)
        return false;
    if (a->child)
        return b->child && sqlite3_stricmp(a->child, b->child) == 0 &&
               sqlite3_stricmp(a->parent, b->parent) == 0;
    return !b->child && strcmp(a->reason, b->reason) == 0;
}

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

bool blames_row(const char *message, const struct row *odd) {
    const struct row_column *columns = odd->table->columns;
    bool blames = has_name(message, columns[odd->column].key) ||
                  (strcmp(odd->kind, "check") == 0 && begins(message, "CHECK constraint"));
    for (size_t c = 0; strcmp(odd->kind, "twin") == 0 && c < odd->table->count; c++)
        blames |= has_name(message, columns[c].key);
    return blames;
}

/* ----------------------------------------------------------------- reporting */

/* The statement that may leave rows without their parents: the last that deletes parents, or writes
 * one of both tables; or NULL. */
static const struct statement *find_orphaning(struct rows *rows, enum section_kind section,
                                              const struct run_failure *failure) {
    struct span span = section_span(rows, section);
    const struct statement *found = NULL;
    for (const struct statement *at = span.first; at < span.end; at++) {
        const char *name = final_name(span, at);
        bool is_child = sqlite3_stricmp(name, failure->child) == 0;
        bool is_parent = sqlite3_stricmp(name, failure->parent) == 0;
        if (at->kind == STATEMENT_DELETE && is_parent)
            return at;
        if ((at->kind == STATEMENT_INSERT && (is_child || is_parent)) ||
            (at->kind == STATEMENT_UPDATE && (is_child || is_parent)) ||
            (at->kind == STATEMENT_ADD_COLUMN && is_child &&
             sqlite3_stricmp(at->column, failure->columns) == 0))
            found = at;
    }
    return found;
}

static struct location location_of_failure(struct rows *rows, const struct run_failure *failure) {
    enum section_kind section = failure->down ? SECTION_DOWN : SECTION_UP;
    const struct step *step = step_of(rows->prover, rows->index, failure->error.step);
    struct complaint complaint = read_complaint(failure->reason, rows->prover->arena);
    struct location location = marker_location(rows->migration, section);
    const struct statement *orphaning =
        failure->child ? find_orphaning(rows, section, failure) : NULL;
    if (orphaning)
        location = orphaning->location;
    else if (step)
        locate_complaint(&complaint, rows->migration, step, failure->error.offset, &location);
    return location;
}

static size_t count_in(const struct row_list *list) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += !list->items[i].out;
    return count;
}

static const char *these_rows(const struct row_list *list, bool for_test) {
    static const char *const words[2][2] = {
        {"this row", "this row (paste it into TEST to try again)"},
        {"these rows", "these rows (paste them into TEST to try again)"}};
    return words[count_in(list) > 1][for_test];
}

static void note_rows(struct rows *rows, struct location location, const struct row_list *list,
                      bool for_test) {
    if (count_in(list))
        report_note(rows->prover->diagnostics, location, "with %s: %s", these_rows(list, for_test),
                    print_rows(rows, list));
}

/* Another tool may never run its DOWN. */
enum severity severity_of_down(const struct rows *rows) {
    return is_native(rows->migration->dialect) ? SEVERITY_ERROR : SEVERITY_WARNING;
}

void report_plain_failure(struct rows *rows, const struct run_failure *failure,
                          const struct row_list *list, bool new_key) {
    struct diagnostics *diagnostics = rows->prover->diagnostics;
    struct location location = location_of_failure(rows, failure);
    enum severity severity = failure->down ? severity_of_down(rows) : SEVERITY_ERROR;
    if (rows->from) { /* the header cannot allow it */
        report_error(diagnostics, location, "%s fails on %s: %s", failure->down ? "DOWN" : "UP",
                     rows->from, failure->reason);
        return;
    }
    if (failure->child && !failure->down && new_key)
        report_warning(diagnostics, WARNING_ROWS, location,
                       "UP fails on rows that the schema allows: %s; " ALLOW_ADVICE,
                       failure->reason);
    else if (failure->child)
        report_warning_as(
            diagnostics, WARNING_ROWS, severity, location,
            "%s leaves %lld %s of %s without %s %s, and is refused on a database that "
            "holds rows",
            failure->down ? "DOWN" : "UP", (long long)failure->count,
            failure->count == 1 ? "row" : "rows", failure->child,
            failure->count == 1 ? "its" : "their", failure->parent);
    else
        report_warning_as(diagnostics, WARNING_ROWS, severity, location,
                          "%s fails on a database that holds rows: %s",
                          failure->down ? "DOWN" : "UP", failure->reason);
    note_rows(rows, location, list, !failure->down);
}

/* ------------------------------------------------------------------- odd rows */

enum weight { SILENT, NOTE, WARN };

static bool has_kind(const struct row_list *list, const char *kind) {
    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].out && list->items[i].kind && strcmp(list->items[i].kind, kind) == 0)
            return true;
    return false;
}

/* A failure that takes several odd rows is rare: a note. */
static enum weight weigh_failure(const struct rows *rows, const struct run_failure *failure,
                                 const struct row_list *list) {
    const char *reason = failure->reason;
    size_t odd = 0;
    bool twins = false;
    for (size_t i = 0; i < list->count; i++) {
        const struct row *row = &list->items[i];
        if (row->out || !row->kind)
            continue;
        odd += !twins || strcmp(row->kind, "twin") != 0; /* rows without a key look the same */
        twins |= strcmp(row->kind, "twin") == 0;
        if (was_prepared(rows, row->table->key, row->table->columns[row->column].key))
            return SILENT; /* an earlier UP of the same change corrected the column */
    }
    if (failure->child)
        return WARN;
    if (odd > 1)
        return NOTE;
    if (begins(reason, "CHECK constraint"))
        return has_kind(list, "text") || has_kind(list, "num") ? NOTE : WARN;
    if (begins(reason, "UNIQUE constraint") || begins(reason, "NOT NULL constraint") ||
        begins(reason, "cannot store") || strstr(reason, "constraint failed"))
        return WARN;
    return SILENT;
}

size_t find_constraint_report(struct rows *rows, const char *table) {
    return find_report(rows->prover->diagnostics, WARNING_CONSTRAINT_ON_ROWS,
                       &rows->migration->source,
                       arena_format(&rows->scratch, EXISTING_ROWS_OF, table));
}

void report_odd_failure(struct rows *rows, const struct run_failure *failure,
                        const struct row_list *list) {
    struct diagnostics *diagnostics = rows->prover->diagnostics;
    struct location location = location_of_failure(rows, failure);
    enum weight weight = weigh_failure(rows, failure, list);
    if (weight == SILENT || is_allowed(&rows->migration->source, WARNING_CONSTRAINT_ON_ROWS))
        return;
    size_t odd = 0; /* the row that UP fails on */
    while (odd + 1 < list->count && (list->items[odd].out || !list->items[odd].kind))
        odd++;
    assert(failure->child || odd < list->count);
    size_t said = find_constraint_report(
        rows,
        failure->child ? failure->child : follow_rows(rows->span, list->items[odd].table->key));
    if (said != SIZE_MAX) {
        report_note_to(diagnostics, said, location, "%s, with %s: %s", failure->reason,
                       these_rows(list, true), print_rows(rows, list));
        return;
    }
    report_warning_as(diagnostics, WARNING_ROWS, weight == WARN ? SEVERITY_WARNING : SEVERITY_NOTE,
                      location, "UP fails on rows that the schema allows: %s; " ALLOW_ADVICE,
                      failure->reason);
    note_rows(rows, location, list, true);
}

void report_new_rows(struct rows *rows, const struct run_failure *failure,
                     const struct row_list *list) {
    struct location location = location_of_failure(rows, failure);
    report_warning(rows->prover->diagnostics, WARNING_ROWS, location,
                   "DOWN fails when rows like this were written after UP: %s; " SAY_IF_LOSSY,
                   failure->reason);
    note_rows(rows, location, list, false);
}
