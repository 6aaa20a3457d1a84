/*
 * warn_step.c - warnings that need the statements only, and no schema.
 */
#include "lint.h"

#include "history/history.h"

#include <string.h>

/* Whether the table is still there when the UP ends. */
static bool outlives(struct span span, const struct statement *statement) {
    return !statement->temporary && *final_name(span, statement);
}

static void warn_of_create_as(struct lint *lint, struct span span,
                              const struct statement *statement) {
    if (statement->kind != STATEMENT_CREATE_TABLE)
        return;
    struct cursor cursor = cursor_at(statement->step, statement->rest);
    if (!cursor_is(&cursor, "AS") || !outlives(span, statement))
        return;
    report_warning(lint->diagnostics, WARNING_CREATE_AS_SELECT, statement->location,
                   "AS SELECT gives %s no primary key, constraints or defaults, and hardly a type; "
                   "write its columns out and fill it with INSERT INTO %s SELECT",
                   statement->name, statement->name);
}

static void warn_of_rename(struct lint *lint, struct span span, const struct statement *statement) {
    bool renames_table = statement->kind == STATEMENT_RENAME_TABLE;
    struct span before = {span.first, statement};
    if (!renames_table && statement->kind != STATEMENT_RENAME_COLUMN)
        return;
    /* No program uses a table that this UP made, and one that UP makes anew keeps its name. */
    if (creates_table(before, statement->name) ||
        (renames_table && (find_rebuild(span, statement->name) || !outlives(span, statement))))
        return;
    report_warning(lint->diagnostics, WARNING_RENAME, statement->location,
                   "an older program that still runs uses %s%s%s and fails from here on",
                   statement->name, renames_table ? "" : ".", statement->column);
}

static void warn_of_own_tables(struct lint *lint, const struct statement *statement) {
    static const char *const own[] = {"migc_migrations", "migc_events"};
    bool is_trigger = statement->kind == STATEMENT_CREATE_TRIGGER;
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (strcmp(statement->name, own[i]) == 0 || strcmp(statement->to, own[i]) == 0) {
            report_warning(
                lint->diagnostics, WARNING_OWN_TABLE, statement->location,
                "%s belongs to migc, and records what is applied; a migration must not change it",
                own[i]);
            return;
        }
    if (!is_trigger && statement->kind != STATEMENT_CREATE_TABLE &&
        statement->kind != STATEMENT_ADD_COLUMN)
        return;
    const struct step *step = statement->step;
    const char *text = arena_copy(lint->arena, step->text, step->size);
    const char *at = migci_reaches_history(is_trigger ? "trigger" : "table", text);
    if (!at)
        return;
    struct cursor cursor = cursor_at(step, step->text + (at - text));
    report_warning(
        lint->diagnostics, WARNING_OWN_TABLE, cursor_location(&cursor, statement->migration),
        "%s belongs to migc, which refuses a database where a %s it",
        own[cursor_names(&cursor, own[1])], is_trigger ? "trigger writes to" : "foreign key names");
}

void lint_steps(struct lint *lint) {
    for (size_t i = 0; i < count_all(lint->set); i++) {
        const struct migration *migration = &lint->set->migrations[i];
        const struct section *down = &migration->sections[SECTION_DOWN];
        struct span span = span_of(lint, i);
        for (int kind = SECTION_VERIFY; kind <= SECTION_TEST; kind++)
            if (migration->sections[kind].size > 0 && migration->sections[kind].count == 0)
                report_warning(
                    lint->diagnostics, WARNING_EMPTY_SECTION,
                    marker_location(migration, (enum section_kind)kind),
                    "there is nothing below this marker; remove it, or write what is missing");
        warn_of_characters(lint, migration);
        for (const struct statement *statement = span.first; statement < span.end; statement++) {
            warn_of_own_tables(lint, statement);
            warn_of_create_as(lint, span, statement);
            warn_of_rename(lint, span, statement);
            warn_of_pragma(lint, statement);
        }
        warn_of_unfilled_tables(lint, migration, span);
        for (size_t d = 0; d < down->count; d++) {
            struct statement statement;
            if (down->steps[d].is_call)
                continue;
            read_statement(&statement, migration, &down->steps[d], lint->arena);
            warn_of_own_tables(lint, &statement);
        }
    }
}
