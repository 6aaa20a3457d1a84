/*
 * warn_step.c - warnings that the statements alone give, without a schema.
 */
#include "lint.h"

#include <string.h>

static void warn_of_empty_sections(struct lint *lint, const struct migration *migration) {
    static const enum section_kind kinds[] = {SECTION_VERIFY, SECTION_TEST};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct section *section = &migration->sections[kinds[i]];
        if (section->size > 0 && section->count == 0)
            report_warning(lint->diagnostics, WARNING_EMPTY_SECTION,
                           marker_location(migration, kinds[i]),
                           "nothing stands below this marker; remove it, or write what is missing");
    }
}

/* Whether the table is still there when the UP ends. */
static bool outlives(struct span span, const struct deed *deed) {
    return !deed->temporary && *final_name(span, deed);
}

static void warn_of_create(struct lint *lint, struct span span, const struct deed *deed) {
    struct cursor cursor = cursor_at(deed->step, deed->rest);
    if (!cursor_is(&cursor, "AS") || !outlives(span, deed))
        return;
    report_warning(lint->diagnostics, WARNING_CREATE_AS_SELECT, deed->location,
                   "AS SELECT gives %s no primary key, constraints or defaults, and hardly a type; "
                   "write its columns out and fill it with INSERT INTO %s SELECT",
                   deed->name, deed->name);
}

/* What this UP made itself, or makes anew under the old name, no program knows by another. */
static bool is_known_name(struct span span, const struct deed *deed) {
    bool renames_table = deed->kind == DEED_RENAME_TABLE;
    struct span before = {span.first, deed};
    for (const struct deed *other = before.first; other < before.end; other++)
        if (other->kind == DEED_CREATE_TABLE && strcmp(final_name(before, other), deed->name) == 0)
            return false;
    return !(renames_table && (find_rebuild(span, deed->name) || !outlives(span, deed)));
}

static void warn_of_rename(struct lint *lint, struct span span, const struct deed *deed) {
    bool renames_table = deed->kind == DEED_RENAME_TABLE;
    if (!is_known_name(span, deed))
        return;
    report_warning(lint->diagnostics, WARNING_RENAME, deed->location,
                   "an older program that is still running asks for %s%s%s and fails from here on",
                   deed->name, renames_table ? "" : ".", deed->column);
}

/* What a migration wrote there would be taken for what is applied. */
static void warn_of_own_tables(struct lint *lint, const struct deed *deed) {
    static const char *const own[] = {"migc_migrations", "migc_events"};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (strcmp(deed->name, own[i]) == 0 || strcmp(deed->to, own[i]) == 0)
            report_warning(lint->diagnostics, WARNING_OWN_TABLE, deed->location,
                           "%s is migc's own and says what is applied; a migration must leave it "
                           "alone",
                           own[i]);
}

static void warn_of_down(struct lint *lint, const struct migration *migration) {
    const struct section *down = &migration->sections[SECTION_DOWN];
    for (size_t i = 0; i < down->count; i++) {
        struct deed deed;
        if (down->steps[i].is_call)
            continue;
        read_deed(&deed, migration, &down->steps[i], lint->arena);
        warn_of_own_tables(lint, &deed);
    }
}

static void warn_of_deed(struct lint *lint, struct span span, const struct deed *deed) {
    warn_of_own_tables(lint, deed);
    switch (deed->kind) {
    case DEED_CREATE_TABLE:
        warn_of_create(lint, span, deed);
        break;
    case DEED_RENAME_TABLE:
    case DEED_RENAME_COLUMN:
        warn_of_rename(lint, span, deed);
        break;
    case DEED_PRAGMA:
        warn_of_pragma(lint, deed);
        break;
    default:
        break;
    }
}

void lint_steps(struct lint *lint) {
    for (size_t i = 0; i < count_all(lint->set); i++) {
        struct span span = span_of(lint, i);
        warn_of_empty_sections(lint, &lint->set->migrations[i]);
        warn_of_characters(lint, &lint->set->migrations[i]);
        for (const struct deed *deed = span.first; deed < span.end; deed++)
            warn_of_deed(lint, span, deed);
        warn_of_unfilled_tables(lint, &lint->set->migrations[i], span);
        warn_of_down(lint, &lint->set->migrations[i]);
    }
}
