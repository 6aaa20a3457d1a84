/*
 * check_set.c - rules across the files (duplicate and missing numbers) and inside each migration (a
 * missing DOWN, statements that cannot work in migc's transaction).
 *
 * Changes nothing.  Whether the SQL is right is for SQLite to say.
 */
#include "set.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A version from here on is a date or time, and has gaps. */
#define FIRST_DATE INT64_C(1000000)

/* Reports the migration that is not released: it can still have another number. */
static void check_duplicate(const struct migration *before, const struct migration *migration,
                            struct diagnostics *diagnostics) {
    /* In dialects that know files by their names, two may have one number. */
    bool is_twin = migration->dialect->order == ORDER_NUMBER &&
                   (migration->dialect->flags & DIALECT_DUPLICATES) &&
                   same_version(before->entry->label, migration->entry->label);
    if (is_twin) {
        report_warning(diagnostics, WARNING_ADAPTED, location_of_file(&migration->source),
                       "version %s is given twice: both run, in the order of their names",
                       migration->entry->label);
        report_note(diagnostics, location_of_file(&before->source), "this file has it too");
    }
    if (before->entry->version != migration->entry->version)
        return;
    if (migration->locked && !before->locked) {
        const struct migration *released = migration;
        migration = before;
        before = released;
    }
    if (!is_native(migration->dialect)) {
        report_error(diagnostics, location_of_file(&migration->source),
                     "version %s is given twice; give one of the files another",
                     migration->entry->label);
        report_note(diagnostics, location_of_file(&before->source), "this file has it too");
        return;
    }
    report_error(diagnostics, location_of_file(&migration->source),
                 "version %" PRId64 " is given twice; 'migc renumber %s' gives this file the next "
                 "number that is free",
                 migration->entry->version, migration->source.path);
    report_note(diagnostics, location_of_file(&before->source), "this file has it too");
}

static void check_gap(const struct migration *before, const struct migration *migration,
                      struct diagnostics *diagnostics) {
    int64_t first = before->entry->version + 1, last = migration->entry->version - 1;
    int digits = (int)migration->entry->digits;
    struct location location = location_of_file(&migration->source);
    if (first > last || migration->entry->version >= FIRST_DATE)
        return;
    if (before->locked && migration->locked) /* too late to change */
        return;
    if (first == last) {
        report_warning(diagnostics, WARNING_GAP, location,
                       "gap in the numbers: %0*" PRId64 " is missing", digits, first);
    } else {
        report_warning(diagnostics, WARNING_GAP, location,
                       "gap in the numbers: %0*" PRId64 " to %0*" PRId64 " are missing", digits,
                       first, digits, last);
    }
    report_note(diagnostics, location_of_file(&before->source), "this is the file before it");
}

static bool has_section(const struct migration *migration, enum section_kind kind) {
    return migration->sections[kind].size > 0;
}

static void check_down(const struct migration *migration, struct diagnostics *diagnostics) {
    const struct section *down = &migration->sections[SECTION_DOWN];
    bool irreversible = migration->fields[KEY_IRREVERSIBLE].value != NULL;
    if (irreversible && down->count > 0) {
        report_warning(diagnostics, WARNING_IRREVERSIBLE_DOWN,
                       field_location(migration, KEY_IRREVERSIBLE),
                       "irreversible, but it has a DOWN; remove one of them");
        report_note(diagnostics, marker_location(migration, SECTION_DOWN), "DOWN is here");
    }
    if (irreversible || migration->entry->up_only || down->count > 0 ||
        migration->sections[SECTION_UP].count == 0)
        return;
    if (!is_native(migration->dialect)) {
        report_warning_as(diagnostics, WARNING_MISSING_DOWN, SEVERITY_WARNING,
                          location_of_file(&migration->source), "%s",
                          down->size ? "DOWN is empty" : "no DOWN");
        return;
    }
    report_warning_as(diagnostics, WARNING_MISSING_DOWN,
                      migration->short_markers ? SEVERITY_WARNING : SEVERITY_ERROR,
                      marker_location(migration, down->size ? SECTION_DOWN : SECTION_UP),
                      "%s; write what reverts UP below '%s', or say in the header why nothing can: "
                      "'-- Irreversible: reason'",
                      down->size ? "DOWN is empty" : "no DOWN",
                      migration->short_markers ? section_rows[SECTION_DOWN].short_marker
                                               : section_rows[SECTION_DOWN].marker);
}

/* PRAGMA foreign_keys OFF and ON around a rebuild are one mistake, reported once a file. */
static void check_step(const struct migration *migration, const struct step *step, bool *reported,
                       struct diagnostics *diagnostics) {
    if (step->is_call || !strchr("BbCcEeRrPp", step->text[0]))
        return;
    struct opening opening = read_opening(step);
    size_t name = find_pragma(&opening, "foreign_keys");
    size_t journal = find_pragma(&opening, "journal_mode");
    /* A change to or from WAL fails, and OFF would keep a failed run from being rolled back.  The
     * proof sees neither, because its database has no file. */
    if (journal > 0)
        report_warning(diagnostics, WARNING_TRANSACTION_STATEMENT,
                       text_location(migration, opening.of[journal].text, opening.of[journal].size),
                       "the journal cannot change inside a transaction; write '-- Transaction: "
                       "none' in the header, or set it where the program opens the database");
    if (find_transaction_word(&opening) != TRANSACTION_STAYS) {
        report_warning(diagnostics, WARNING_TRANSACTION_STATEMENT,
                       text_location(migration, opening.of[0].text, opening.of[0].size),
                       "%.*s inside a migration: migc begins and commits, so that all of it "
                       "happens or nothing does; remove the statement",
                       (int)opening.of[0].size, opening.of[0].text);
    } else if (name > 0 && !*reported) {
        *reported = true;
        report_warning(diagnostics, WARNING_PRAGMA_FOREIGN_KEYS,
                       text_location(migration, opening.of[name].text, opening.of[name].size),
                       "this has no effect inside a transaction; migc turns enforcement off and "
                       "checks all keys before the commit ('-- Foreign-Keys: on' in the header "
                       "enforces them throughout)");
    }
}

static void check_migration(const struct migration *migration, struct diagnostics *diagnostics) {
    diagnostics->softened = !is_native(migration->dialect);
    diagnostics->softer = WARNING_DOWN;
    const char *stem = migration->fields[KEY_MIGRATION].value;
    if (stem && strcmp(stem, migration->entry->stem) != 0)
        report_error(diagnostics, field_location(migration, KEY_MIGRATION),
                     "the header says '%s', the file's name '%s'; correct one of them", stem,
                     migration->entry->stem);
    bool has_up = has_section(migration, SECTION_UP);
    if (migration->entry->repeatable)
        check_repeatable(migration, diagnostics);
    else if (migration->sections[SECTION_UP].count == 0 && !migration->entry->is_code) {
        const char *marker = find_marker(migration->dialect, SECTION_UP, diagnostics->arena);
        if (has_section(migration, SECTION_DOWN) && !has_up)
            report_error(diagnostics, marker_location(migration, SECTION_DOWN),
                         marker ? "DOWN without UP; write what it reverts below a line '%s'"
                                : "DOWN without UP; write what it reverts above it",
                         marker);
        else
            report_warning(diagnostics, WARNING_EMPTY, marker_location(migration, SECTION_UP),
                           "%s: this migration changes nothing",
                           has_up ? "UP is empty" : "the file has no UP");
    }
    if (!migration->entry->repeatable)
        check_down(migration, diagnostics);
    bool reported = false;
    for (unsigned kind = 0; kind < SECTION_COUNT; kind++)
        for (size_t i = 0; runs_in_transaction(migration, (enum section_kind)kind) &&
                           i < migration->sections[kind].count;
             i++)
            check_step(migration, &migration->sections[kind].steps[i], &reported, diagnostics);
    diagnostics->softened = false;
}

void check_set(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        if (i > 0 && i < set->count) {
            check_duplicate(migration - 1, migration, diagnostics);
            check_gap(migration - 1, migration, diagnostics);
        }
        if (!migration->broken)
            check_migration(migration, diagnostics);
    }
    check_repeatable_names(set, diagnostics);
    check_dependencies(set, arena, diagnostics);
}
