/*
 * check_engine.c - for "Engine: dqlite" in migc.conf: migrations for SQLite alone, statements that a
 * node refuses or that can make it abort, and functions, collations, modules and extensions of the
 * program, which it cannot have.
 *
 * The list of statements is the driver's, which refuses them before they are sent.
 */
#include "set.h"

#include <dqlite/dqlite_sql.h>

const char *const provision_words[PROVISION_COUNT] = {"function", "collation", "module",
                                                      "extension"};

static void check_statements(const struct migration *migration, struct arena *arena,
                             struct diagnostics *diagnostics) {
    if (migration->fields[KEY_ENGINE].value) {
        report_warning(diagnostics, WARNING_ENGINE, field_location(migration, KEY_ENGINE),
                       "on dqlite the migration is refused: its header says that it is for SQLite "
                       "alone");
        return;
    }
    for (unsigned kind = 0; kind < SECTION_COUNT; kind++) {
        const struct section *section = &migration->sections[kind];
        bool in_transaction = runs_in_transaction(migration, (enum section_kind)kind);
        for (size_t i = 0; i < section->count && kind != SECTION_TEST; i++) {
            const struct step *step = &section->steps[i];
            const char *sql = arena_copy(arena, step->text, step->size);
            const char *refusal = step->is_call ? NULL : migci_sql_refusal(sql, in_transaction);
            if (refusal)
                report_warning(diagnostics, WARNING_ENGINE, step_location(migration, step),
                               "on dqlite it is refused: %s", refusal);
        }
    }
}

void check_engine(const struct set *set, struct arena *arena, struct diagnostics *diagnostics) {
    if (!set->conf || !set->conf->is_dqlite)
        return;
    for (size_t i = 0; i < count_all(set); i++)
        if (!set->migrations[i].broken)
            check_statements(&set->migrations[i], arena, diagnostics);
    for (size_t i = 0; i < set->conf->provisions.count; i++) {
        const struct provision *provision = &set->conf->provisions.items[i];
        report_warning(diagnostics, WARNING_ENGINE,
                       provision->location.source ? provision->location
                                                  : location_of_folder(set->folder, arena),
                       "the %s '%s' is the program's; statements run on a node of dqlite, which "
                       "does not have it",
                       provision_words[provision->kind], provision->name);
    }
}
