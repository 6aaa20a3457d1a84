/*
 * rows_trigger.c - fires the triggers that UP made, by an INSERT, an UPDATE and a
 * DELETE such as a program runs afterwards.
 *
 * SQLite compiles a trigger's body only when it first fires, and a full-text index
 * refuses values at run time: without this, both would happen in the user's program.  A
 * full-text index that triggers maintain must match its table after each of the three
 * statements, and must have the rows from before UP.
 */
#include "rows.h"

#include <string.h>

enum work { WORK_INSERT, WORK_UPDATE, WORK_DELETE };

static const char *const events[] = {"INSERT", "UPDATE", "DELETE"};
static const char *const works[] = {"an INSERT", "an UPDATE", "a DELETE"};
static const migci_use uses[] = {MIGCI_USE_INSERT, MIGCI_USE_UPDATE, MIGCI_USE_DELETE};

enum { NEW_ROW = 9 };

/* A table with triggers that UP made. */
struct working {
    struct rows *rows;
    const struct row_table *table;
    const struct statement *trigger; /* the first of them, or the current one */
};

/* ------------------------------------------------------------------ three statements */

/* Changes the texts of one row.  Where a constraint refuses that, writes the same values again. */
static int update_row(const struct working *working) {
    const struct row_table *table = working->table;
    int code = SQLITE_CONSTRAINT;
    for (int changes = 1; changes >= 0 && (code & 0xff) == SQLITE_CONSTRAINT; changes--) {
        sqlite3_str *sql = sqlite3_str_new(NULL);
        sqlite3_str_appendf(sql, "UPDATE main.\"%w\" SET ", table->name);
        for (size_t c = 0; c < table->count; c++) {
            const struct row_column *column = &table->columns[c];
            bool other = changes && column->affinity == 't' && !column->is_key &&
                         !column->primary && !column->wishes.count && !column->length &&
                         !column->date && !column->json;
            sqlite3_str_appendf(sql, "%s\"%w\" = \"%w\"%s", c ? ", " : "", column->name,
                                column->name, other ? " || ' x'" : "");
        }
        sqlite3_str_appendf(sql, " WHERE rowid = (SELECT min(rowid) FROM main.\"%w\")",
                            table->name);
        char *text = must_have(sqlite3_str_finish(sql));
        working->rows->sandbox.watch.spent = 0;
        code = sqlite3_exec(working->rows->sandbox.db, text, NULL, NULL, NULL);
        sqlite3_free(text);
    }
    return code;
}

static int work_on(const struct working *working, enum work work) {
    struct rows *rows = working->rows;
    sqlite3 *db = rows->sandbox.db;
    if (work == WORK_UPDATE)
        return update_row(working);
    if (work == WORK_DELETE) {
        char *sql = must_have(sqlite3_mprintf(
            "DELETE FROM main.\"%w\" WHERE rowid = (SELECT max(rowid) FROM main.\"%w\")",
            working->table->name, working->table->name));
        rows->sandbox.watch.spent = 0;
        int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
        sqlite3_free(sql);
        return code;
    }
    struct inserter inserter = open_inserter(&rows->sandbox, working->table);
    struct row row = new_row(rows, working->table, NEW_ROW, true);
    int code = inserter.statement ? insert_row(&inserter, &row) : sqlite3_errcode(db);
    close_inserter(&inserter);
    return code;
}

static bool fires_at_work(const struct statement *trigger, enum work work) {
    struct cursor cursor = cursor_at(trigger->step, trigger->step->text);
    for (; cursor.token != TOKEN_END; cursor_next(&cursor))
        for (int event = WORK_INSERT; event <= WORK_DELETE; event++)
            if (cursor_is(&cursor, events[event]))
                return event == (int)work;
    return false;
}

const struct statement *next_trigger(struct span span, const char *table) {
    while (span.first < span.end && (span.first->kind != STATEMENT_CREATE_TRIGGER ||
                                     (table && strcmp(span.first->to, table) != 0)))
        span.first++;
    return span.first < span.end ? span.first : NULL;
}

/* The next trigger of the table, from `from` on, that this work fires and that names `name`, if it
 * is not NULL; or NULL. */
static const struct statement *next_firing(const struct working *working,
                                           const struct statement *from, enum work work,
                                           const char *name) {
    struct span rest = {from, working->rows->span.end};
    const struct statement *trigger = next_trigger(rest, working->trigger->to);
    while (trigger && (!fires_at_work(trigger, work) || (name && !mentions(trigger, name))))
        trigger = next_trigger((struct span){trigger + 1, rest.end}, working->trigger->to);
    return trigger;
}

static struct location location_of_work(const struct working *working, enum work work) {
    const struct statement *trigger = next_firing(working, working->trigger, work, NULL);
    return trigger ? trigger->location : working->trigger->location;
}

static bool judge_fit(const struct working *working, enum work work, const struct indexes *before) {
    struct rows *rows = working->rows;
    struct indexes now = list_indexes(rows);
    for (size_t i = 0; i < now.count && i < before->count; i++) {
        const char *name = now.items[i].name;
        if (now.items[i].whole || !before->items[i].whole)
            continue;
        /* A table whose rows are never changed needs no trigger for UPDATE and DELETE. */
        const char *key = migci_lower(arena_copy(&rows->scratch, name, strlen(name)));
        if (!next_firing(working, working->trigger, work, key))
            continue;
        report_warning(rows->prover->diagnostics, WARNING_ROWS, location_of_work(working, work),
                       "after %s of %s, %s does not match its rows: a trigger must delete the old "
                       "values from it before it writes new ones",
                       works[work], working->table->name, name);
        return false;
    }
    return true;
}

/* False: something was reported. */
static bool try_work(const struct working *working, enum work work) {
    struct rows *rows = working->rows;
    struct indexes before = list_indexes(rows);
    if (migci_compile_use(rows->sandbox.db, working->table->name, uses[work]) != SQLITE_OK)
        return false; /* reported at the end, unless a later migration corrects it */
    migci_sandbox_exec(&rows->sandbox, "SAVEPOINT work");
    int code = work_on(working, work);
    /* A constraint or RAISE that refuses is the author's own rule. */
    bool right = (code & 0xff) != SQLITE_ERROR && (code & 0xff) != SQLITE_CORRUPT;
    const char *said = sqlite3_errmsg(rows->sandbox.db);
    /* Full text reports no more than that.  Other errors may be due to made-up values. */
    bool of_search = (code & 0xff) == SQLITE_CORRUPT || strcmp(said, "SQL logic error") == 0;
    if (!right)
        report_warning_as(
            rows->prover->diagnostics, WARNING_ROWS, of_search ? SEVERITY_ERROR : SEVERITY_WARNING,
            location_of_work(working, work), "after UP, %s of %s fails in its triggers: %s",
            works[work], working->table->name,
            of_search ? "the full-text index refuses what they write" : said);
    else if (code == SQLITE_OK || code == SQLITE_DONE)
        right = judge_fit(working, work, &before);
    migci_sandbox_end(&rows->sandbox, "work", false);
    return right;
}

/* ------------------------------------------------- what triggers would have written */

/* All rows of a full-text table or R*Tree, as text. */
static struct buffer print_found(struct rows *rows, const char *name) {
    struct buffer text = {0};
    sqlite3_stmt *statement = NULL;
    char *sql = must_have(sqlite3_mprintf("SELECT rowid, * FROM main.\"%w\" ORDER BY rowid", name));
    if (sqlite3_prepare_v2(rows->sandbox.db, sql, -1, &statement, NULL) == SQLITE_OK)
        while (sqlite3_step(statement) == SQLITE_ROW)
            for (int c = 0; c < sqlite3_column_count(statement); c++) {
                struct value value = value_of_column(&rows->scratch, statement, c);
                if (value.type != SQLITE_NULL && (value.type != SQLITE_TEXT || value.size))
                    print_value(&text, &value); /* to a search, NULL is like an empty text */
                buffer_text(&text, "|");
            }
    sqlite3_finalize(statement);
    sqlite3_free(sql);
    return text;
}

/* Empties the table and the search, and inserts the rows of the table again. */
static bool write_again(const struct working *working, const char *search) {
    struct rows *rows = working->rows;
    struct row_list list = dump_table(rows, rows->sandbox.db, working->table);
    bool written =
        run_sql(rows->sandbox.db, "DELETE FROM main.\"%w\"", working->table->name) &&
        (run_sql(rows->sandbox.db, "DELETE FROM main.\"%w\"", search) ||
         run_sql(rows->sandbox.db, /* of a full-text table without content */
                 "INSERT INTO main.\"%w\"(\"%w\") VALUES('delete-all')", search, search));
    struct inserter inserter = open_inserter(&rows->sandbox, working->table);
    for (size_t i = 0; i < list.count && written; i++)
        written = insert_row(&inserter, &list.items[i]) == SQLITE_OK;
    close_inserter(&inserter);
    return written && !list.too_long;
}

/* UP makes a full-text table or R*Tree that a trigger fills from then on.  It must hold what the
 * trigger would have written for the rows from before. */
static void judge_filled(const struct working *working, const struct statement *search) {
    struct rows *rows = working->rows;
    struct buffer found = print_found(rows, search->name);
    migci_sandbox_exec(&rows->sandbox, "SAVEPOINT work");
    if (write_again(working, search->name)) {
        struct buffer wanted = print_found(rows, search->name);
        if (wanted.size &&
            (wanted.size != found.size || memcmp(wanted.bytes, found.bytes, wanted.size) != 0))
            report_warning(
                rows->prover->diagnostics, WARNING_ROWS, search->location,
                "UP %s what trigger %s writes into it for new rows: searches do not find "
                "the rows that %s has already, or find wrong ones",
                found.size ? "fills this with something other than" : "does not fill this with",
                working->trigger->name, working->table->name);
        buffer_free(&wanted);
    }
    migci_sandbox_end(&rows->sandbox, "work", false);
    buffer_free(&found);
}

/* --------------------------------------------------------------------------- all */

static void judge_working(struct working *working) {
    struct rows *rows = working->rows;
    bool is_new = count_rows(rows->sandbox.db, working->table->name) < 1;
    bool right = try_work(working, WORK_INSERT);
    if (is_new)
        fill_table(rows, working->table->name, 0);
    if (count_rows(rows->sandbox.db, working->table->name) < 1)
        return;
    if (right && try_work(working, WORK_UPDATE))
        try_work(working, WORK_DELETE);
    const struct statement *trigger =
        is_new ? NULL : next_firing(working, working->trigger, WORK_INSERT, NULL);
    for (; trigger; trigger = next_firing(working, trigger + 1, WORK_INSERT, NULL)) {
        working->trigger = trigger;
        /* Full-text tables with rows of their own, and R*Trees, that UP makes and it fills. */
        const struct span span = rows->span;
        for (const struct statement *statement = span.first; statement < span.end; statement++) {
            const char *sql =
                arena_copy(&rows->scratch, statement->step->text, statement->step->size);
            migci_text content;
            bool is_search = mentions(statement, "fts5") || mentions(statement, "fts4") ||
                             mentions(statement, "rtree");
            bool has_own_rows = !migci_content_of(sql, &content) || content.start == content.end;
            if (statement->kind == STATEMENT_CREATE_VIRTUAL && is_search && has_own_rows &&
                mentions(working->trigger, statement->name))
                judge_filled(working, statement);
        }
    }
}

void judge_triggers(struct rows *rows) {
    const struct statement *trigger = next_trigger(rows->span, NULL);
    if (!trigger)
        return;
    migci_sandbox_exec(&rows->sandbox, "SAVEPOINT triggers");
    keep_records(rows);
    rows->after_up = true;
    for (; trigger; trigger = next_trigger((struct span){trigger + 1, rows->span.end}, NULL)) {
        if (trigger->temporary || next_trigger(rows->span, trigger->to) != trigger)
            continue;
        struct working working = {rows, read_row_table(rows, rows->sandbox.db, trigger->to),
                                  trigger};
        if (working.table && !working.table->is_virtual && !working.table->without_rowid)
            judge_working(&working);
    }
    rows->after_up = false;
    migci_sandbox_end(&rows->sandbox, "triggers", false);
    restore_records(rows);
}
