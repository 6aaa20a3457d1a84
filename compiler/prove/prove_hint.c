/*
 * prove_hint.c - adds notes to SQLite's message: the existing columns, the nearest name,
 * where a table was made or dropped, and what SQLite offers for a word of other
 * databases.
 */
#include "prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------- names that are there */

/* Names from a query, for the nearest one and for a list. */
struct names {
    struct buffer list;
    const char *wanted;
    char nearest[128];
    size_t distance;
    size_t count;
};

static void collect(sqlite3 *db, const char *sql, const char *value, struct names *names) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, value, -1, SQLITE_STATIC);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *name = (const char *)sqlite3_column_text(statement, 0);
            size_t distance =
                edit_distance(names->wanted, strlen(names->wanted), name, strlen(name));
            if (names->count++ > 0)
                buffer_text(&names->list, ", ");
            buffer_text(&names->list, name);
            if (distance < names->distance) {
                names->distance = distance;
                snprintf(names->nearest, sizeof(names->nearest), "%s", name);
            }
        }
    }
    sqlite3_finalize(statement);
}

/* A short name may have one slip, a long one three, but never as many as letters. */
static bool is_near(const struct names *names) {
    size_t length = strlen(names->wanted);
    return names->count > 0 && names->distance < length &&
           names->distance <= (length < 4   ? 1
                               : length < 8 ? 2
                                            : 3);
}

/* Where the statements end that have run before `fault`. */
static size_t end_before(const struct prover *prover, size_t index, const struct step *fault) {
    const struct statements *statements = prover->lint.statements;
    const struct section *up = &prover->set->migrations[index].sections[SECTION_UP];
    bool in_up = fault && up->count > 0 && fault >= up->steps && fault < up->steps + up->count;
    size_t end = statements->first[index + 1];
    while (in_up && end > statements->first[index] && statements->items[end - 1].step >= fault)
        end--;
    return end;
}

static void hint_table(struct prover *prover, const migci_finding *finding,
                       struct location location, const struct step *fault, const char *table,
                       const char *column) {
    const struct statements *statements = prover->lint.statements;
    const struct statement *gone = NULL; /* what dropped or renamed the column last */
    for (size_t i = end_before(prover, finding->index, fault); i-- > 0 && !gone;) {
        const struct statement *statement = &statements->items[i];
        if ((statement->kind == STATEMENT_DROP_COLUMN ||
             statement->kind == STATEMENT_RENAME_COLUMN) &&
            same_word(table, strlen(table), statement->name) &&
            same_word(column, strlen(column), statement->column))
            gone = statement;
    }
    struct names names = {.wanted = column, .distance = SIZE_MAX};
    collect(finding->db, "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 1", table,
            &names);
    if (names.count > 0)
        report_note(prover->diagnostics, location, "%s has columns %.*s%s%s%s", table,
                    (int)names.list.size, names.list.bytes,
                    is_near(&names) ? "; did you mean " : "", is_near(&names) ? names.nearest : "",
                    is_near(&names) ? "?" : "");
    buffer_free(&names.list);
    if (gone && gone->kind == STATEMENT_DROP_COLUMN)
        report_note(prover->diagnostics, gone->location, "%s.%s was dropped here", table, column);
    else if (gone)
        report_note(prover->diagnostics, gone->location, "%s.%s was renamed to %s here", table,
                    column, gone->to);
}

/* "table users has no column named emial" is about users.  Other messages may mean any table of the
 * statement. */
static void hint_no_column(struct prover *prover, const migci_finding *finding,
                           struct location location, const struct step *step, const char *column) {
    static const char between[] = " has no column named ";
    const char *said = strstr(finding->reason, between);
    struct name_walk walk = names_of(step);
    const char *told[3];
    for (size_t count = 0; count < COUNT_OF(told) && next_name(&walk);) {
        const char *name = cursor_name(&walk.name, prover->arena);
        size_t size = strlen(name);
        bool is_used = walk.role == NAME_TABLE || walk.role == NAME_OBJECT;
        bool is_said =
            said && (size_t)(said - finding->reason) >= size && same_word(said - size, size, name);
        bool is_told = false;
        for (size_t i = 0; i < count; i++)
            is_told |= same_word(name, size, told[i]);
        if (!is_used || is_told || (said && !is_said) ||
            sqlite3_table_column_metadata(finding->db, NULL, name, NULL, NULL, NULL, NULL, NULL,
                                          NULL) != SQLITE_OK)
            continue;
        hint_table(prover, finding, location, step, name, column);
        if (said)
            return;
        told[count++] = name;
    }
}

/* ------------------------------------------------------ where a table went */

/* The latest statement of an UP, before `fault`, of the kinds `first` to `last` about the name. */
static const struct statement *find_statement_before(const struct prover *prover, size_t index,
                                                     const struct step *fault,
                                                     enum statement_kind first,
                                                     enum statement_kind last, const char *name) {
    const struct statements *statements = prover->lint.statements;
    for (size_t i = end_before(prover, index, fault); i-- > 0;) {
        const struct statement *statement = &statements->items[i];
        if (statement->kind >= first && statement->kind <= last &&
            same_word(name, strlen(name), statement->name))
            return statement;
    }
    return NULL;
}

static const struct statement *find_creation(const struct prover *prover, size_t index,
                                             const struct step *fault, const char *name) {
    return find_statement_before(prover, index, fault, STATEMENT_CREATE_TABLE,
                                 STATEMENT_CREATE_TRIGGER, name);
}

#define NAMES_OF(types)                                                                            \
    "SELECT name FROM sqlite_schema WHERE type IN (" types ")"                                     \
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'migc\\_%' ESCAPE '\\'"         \
    " AND ?1 IS NOT NULL"

#define FUNCTIONS "SELECT DISTINCT name FROM pragma_function_list WHERE ?1 IS NOT NULL"

/* How SQLite's message begins before the name, and a query for the names that may be meant. */
static const struct lack {
    const char *said, *names;
    size_t least; /* letters that a name must have to be near another one */
} lacks[] = {
    {"no such table: ", NAMES_OF("'table', 'view'"), 1},
    {"no such view: ", NAMES_OF("'view'"), 1},
    {"no such index: ", NAMES_OF("'index'"), 1},
    {"no such trigger: ", NAMES_OF("'trigger'"), 1},
    {"no such function: ", FUNCTIONS, 4},
    {"unknown function: ", FUNCTIONS, 4},
    {"no such collation sequence: ", "SELECT name FROM pragma_collation_list WHERE ?1 IS NOT NULL",
     4},
};

static void hint_no_object(struct prover *prover, const migci_finding *finding,
                           const struct step *step, struct location location,
                           const struct lack *lack, const char *name) {
    struct names names = {.wanted = name, .distance = SIZE_MAX};
    const struct statement *dropped = find_statement_before(
        prover, finding->index, step, STATEMENT_DROP_TABLE, STATEMENT_DROP_TRIGGER, name);
    const struct statement *renamed = find_statement_before(
        prover, finding->index, step, STATEMENT_RENAME_TABLE, STATEMENT_RENAME_TABLE, name);
    const struct statement *made = find_creation(prover, finding->index, step, name);
    const struct statement *gone = !dropped || (renamed && renamed > dropped) ? renamed : dropped;
    if (gone && made && made > gone) /* it was made again */
        gone = NULL;
    if (gone && gone->kind == STATEMENT_RENAME_TABLE)
        report_note(prover->diagnostics, step_location(gone->migration, gone->step),
                    "%s was renamed to %s here", name, gone->to);
    else if (gone)
        report_note(prover->diagnostics, step_location(gone->migration, gone->step),
                    "%s was dropped here", name);
    collect(finding->db, lack->names, name, &names);
    bool is_too_short = strlen(name) < lack->least;
    if (!gone && !is_too_short && is_near(&names) && names.distance > 0) /* 0: DOWN removed it */
        report_note(prover->diagnostics, location, "did you mean %s?", names.nearest);
    buffer_free(&names.list);
}

/* "table users already exists", "there is already an index named users". */
static void hint_exists(struct prover *prover, size_t index, const struct step *step,
                        const char *name) {
    const struct statement *made = find_creation(prover, index, step, name);
    if (made)
        report_note(prover->diagnostics, step_location(made->migration, made->step),
                    "it was created here");
}

static const char declare_function[] = "a function of the host is declared with --function "
                                       "NAME/NARGS, or 'Function: NAME/NARGS' in migc.conf";

static const char outside_transactions[] =
    "a migration with '-- Transaction: none' in its header runs outside a transaction";
static const char statements_alone[] =
    "migc begins and commits by itself, with 'Transaction: none' after each statement: leave out "
    "BEGIN, COMMIT and SAVEPOINT, or that line of the header";

static const char strict_types[] =
    "the columns of a STRICT table are INT, INTEGER, REAL, TEXT, BLOB or ANY";

static const struct {
    const char *said, *advice;
} missing[] = {
    {"no such function: ", declare_function},
    {"unknown function: ", declare_function}, /* in a DEFAULT */
    {"no such collation sequence: ", "a collation of the host is declared with --collation NAME, "
                                     "or 'Collation: NAME' in migc.conf"},
    {"no such module: ",
     "a module of the host is declared with --virtual-module NAME, or 'Module: NAME' in migc.conf"},
    {"cannot VACUUM", outside_transactions},
    {"may not be changed inside a transaction", outside_transactions},
    {"left a transaction open", statements_alone},
    {"ended the transaction", statements_alone},
    {"cannot start a transaction within", statements_alone},
    {"no transaction is active", statements_alone},
    {"Cannot add a UNIQUE column",
     "add the column without UNIQUE, and create a UNIQUE INDEX on it"},
    {"Cannot add a PRIMARY KEY column",
     "the key of a table is given when it is made: " HINT_NEW_TABLE},
    {"cannot drop PRIMARY KEY column",
     "the key of a table is given when it is made: " HINT_NEW_TABLE},
    {"cannot drop UNIQUE column", "UNIQUE is part of the table: " HINT_NEW_TABLE},
    {"unknown datatype for ", strict_types},
    {"missing datatype for ", strict_types},
    {"PRIMARY KEY missing on table ", "WITHOUT ROWID, rows are kept by their PRIMARY KEY: give it "
                                      "one, or leave out WITHOUT ROWID"},
};

/* ----------------------------------------------------------------- stand-ins */

/* A function of the host that the statement calls, or NULL. */
static const struct provision *find_stand_in(const struct conf *conf, const struct step *step) {
    struct name_walk walk = names_of(step);
    const struct provision *found = NULL;
    while (!found && conf && next_name(&walk))
        for (size_t i = 0; i < conf->provisions.count && walk.role == NAME_FUNCTION && !found; i++)
            if (conf->provisions.items[i].kind == PROVISION_FUNCTION &&
                cursor_names(&walk.name, conf->provisions.items[i].name))
                found = &conf->provisions.items[i];
    return found;
}

/* The same for definitions of the table that it writes: a DEFAULT, a CHECK, a trigger. */
static const struct provision *find_stand_in_of_table(const struct prover *prover, size_t index,
                                                      const struct step *step) {
    struct span span = span_until(&prover->lint, index, false);
    struct name_walk walk = names_of(step);
    while (next_name(&walk))
        for (const struct statement *statement = span.end;
             walk.role == NAME_TABLE && statement-- > span.first;) {
            bool defines = statement->kind == STATEMENT_CREATE_TABLE ||
                           statement->kind == STATEMENT_ADD_COLUMN;
            bool is_of_table = (defines && cursor_names(&walk.name, final_name(span, statement))) ||
                               (statement->kind == STATEMENT_CREATE_TRIGGER &&
                                cursor_names(&walk.name, statement->to));
            const struct provision *found =
                is_of_table ? find_stand_in(prover->set->conf, statement->step) : NULL;
            if (found)
                return found;
        }
    return NULL;
}

/* A failure that the proof causes, and not the migration. */
static void hint_stand_in(struct prover *prover, const migci_finding *finding,
                          const struct step *step, struct location location) {
    const struct provision *function = find_stand_in(prover->set->conf, step);
    if (!strstr(finding->reason, " constraint failed") &&
        !strstr(finding->reason, "datatype mismatch") && !strstr(finding->reason, "cannot store "))
        return;
    if (!function)
        function = find_stand_in_of_table(prover, finding->index, step);
    if (function)
        report_note(prover->diagnostics, function->location.source ? function->location : location,
                    "%s() is the program's own: a stand-in answers NULL here; '--load FILE.so' "
                    "gives the proof the real one",
                    function->name);
}

/* ----------------------------------------------- in what the statement sets off */

#define READ_OBJECTS                                                                               \
    "SELECT name FROM sqlite_schema WHERE (type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE)"     \
    " OR (type = 'view' AND name = ?1 COLLATE NOCASE)"

/* The name is in no token of the statement, but in a trigger that it fires, or a view that it
 * reads. */
static void hint_elsewhere(struct prover *prover, const migci_finding *finding,
                           const struct step *step, const struct complaint *complaint) {
    struct name_walk walk = names_of(step);
    bool told = false;
    while (!told && next_name(&walk)) {
        sqlite3_stmt *statement = NULL;
        const char *name = cursor_name(&walk.name, prover->arena);
        if (walk.role != NAME_TABLE ||
            sqlite3_prepare_v2(finding->db, READ_OBJECTS, -1, &statement, NULL) != SQLITE_OK)
            continue;
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        while (!told && sqlite3_step(statement) == SQLITE_ROW) {
            const char *object = (const char *)sqlite3_column_text(statement, 0);
            const struct statement *made = find_creation(prover, finding->index, step, object);
            struct location location;
            told = made && find_complaint(complaint, made->migration, made->step, &location);
            if (told)
                report_note(prover->diagnostics, location, "%s %s, which this uses, names it here",
                            made->kind == STATEMENT_CREATE_VIEW ? "view" : "trigger", object);
        }
        sqlite3_finalize(statement);
    }
}

/* ---------------------------------------------------------------------- all */

static void hint_names(struct prover *prover, const migci_finding *finding,
                       struct location location, const struct step *step,
                       const struct complaint *complaint) {
    const char *reason = finding->reason, *object = strstr(reason, "error in ");
    if (object) { /* about another object than the statement's */
        object += strlen("error in ");
        const char *stop = strstr(object, " after drop column"), *end = strstr(object, ": ");
        if (stop)
            report_note(prover->diagnostics, location,
                        strncmp(object, "table ", 6) == 0
                            ? "the rest of the %.*s mentions the column: make a new table without "
                              "it"
                            : "%.*s mentions the column: drop it first",
                        (int)(stop - object), object);
        else if (end && (strncmp(object, "view ", 5) == 0 || strncmp(object, "trigger ", 8) == 0)) {
            /* "error in view names: no such table: main.users": it was made so, or a statement
             * before broke it. */
            report_note(prover->diagnostics, location,
                        "ALTER TABLE needs every view and trigger to be valid: correct %.*s, or "
                        "drop it before and create it again when all that it names exists",
                        (int)(end - object), object);
            const char *name = strchr(object, ' ') + 1;
            hint_exists(prover, finding->index, step,
                        arena_copy(prover->arena, name, (size_t)(end - name)));
        }
        return;
    }
    if (strstr(reason, "no such column: ") || strstr(reason, " has no column named "))
        hint_no_column(prover, finding, location, step, complaint->name);
    else if (strstr(reason, " already exists") || strstr(reason, "there is already a"))
        hint_exists(prover, finding->index, step, complaint->name);
    for (size_t i = 0; i < COUNT_OF(lacks); i++)
        if (strstr(reason, lacks[i].said))
            hint_no_object(prover, finding, step, location, &lacks[i], complaint->name);
}

/* What is missing may be of another set, on which the migration depends. */
static void hint_outside(struct prover *prover, const migci_finding *finding) {
    const struct set *set = prover->set;
    bool of_module = set->migrations[finding->index].of_module;
    if (!strstr(finding->reason, "no such "))
        return;
    for (size_t i = 0; i <= finding->index; i++) {
        const struct migration *migration = &set->migrations[i];
        for (size_t n = 0; n < migration->need_count && migration->of_module == of_module; n++)
            if (!find_set(set, migration->needs[n].set)) {
                report_note(prover->diagnostics, migration->needs[n].location,
                            "the set '%s' is not part of this proof: '--after %s=DIR' names the "
                            "folder of its migrations%s",
                            migration->needs[n].set, migration->needs[n].set,
                            of_module && !set->name ? "; if it is this set, say so with -n" : "");
                return;
            }
    }
}

void hint(struct prover *prover, const migci_finding *finding, const struct complaint *complaint,
          struct location location) {
    const struct step *step = step_of(prover, finding->index, finding->error->step);
    const struct migration *migration = &prover->set->migrations[finding->index];
    const migc_step *steps = prover->view.migrations[finding->index].steps;
    struct location unused;
    if (!step || step->is_call)
        return;
    hint_slip(prover, migration, step, location, finding->reason);
    for (size_t i = 0; i < COUNT_OF(missing); i++)
        if (strstr(finding->reason, missing[i].said))
            report_note(prover->diagnostics, location, "%s", missing[i].advice);
    hint_stand_in(prover, finding, step, location);
    /* The database is in the state before the migration.  Its steps up to the fault run again, so
     * that the names are those that the step saw. */
    sqlite3_exec(finding->db, "BEGIN", NULL, NULL, NULL);
    for (unsigned i = 1; finding->kind != MIGCI_FOUND_DOWN_FAILED && i < finding->error->step; i++)
        if (!steps[i - 1].call)
            sqlite3_exec(finding->db, steps[i - 1].text, NULL, NULL, NULL);
    if (complaint->name && !strstr(finding->reason, "error in ") &&
        !find_complaint(complaint, migration, step, &unused))
        hint_elsewhere(prover, finding, step, complaint);
    else if (complaint->name)
        hint_names(prover, finding, location, step, complaint);
    hint_outside(prover, finding);
    sqlite3_exec(finding->db, "ROLLBACK", NULL, NULL, NULL);
}
