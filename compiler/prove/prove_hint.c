/*
 * prove_hint.c - notes below what SQLite said: the columns there are, the
 * nearest name, where a table was made or dropped, and what SQLite offers for
 * a word of another dialect.
 */
#include "prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ other dialects */

/* What stands at the fault, or right before it, and what to write instead. */
static const struct dialect {
    const char *word;   /* at the fault */
    const char *before; /* somewhere in the statement, or NULL */
    const char *advice;
} dialects[] = {
    {"CASCADE", "DROP", "SQLite's DROP has no CASCADE: drop what depends on it first, by name"},
    {"RESTRICT", "DROP", "SQLite's DROP has no RESTRICT: leave it out"},
    {"EXISTS", "COLUMN",
     "SQLite's DROP COLUMN and ADD COLUMN have no IF EXISTS: every database that runs this "
     "migration has the same schema, so it is not needed"},
    {"IF", "COLUMN",
     "SQLite's DROP COLUMN and ADD COLUMN have no IF EXISTS: every database that runs this "
     "migration has the same schema, so it is not needed"},
    {"ALTER", "TABLE",
     "SQLite cannot alter a column: make a new table, copy the rows, drop the old "
     "one and rename the new one"},
    {"MODIFY", "TABLE",
     "SQLite cannot modify a column: make a new table, copy the rows, drop the "
     "old one and rename the new one"},
    {"CHANGE", "TABLE", "SQLite renames a column with RENAME COLUMN, and cannot change its type"},
    {"CONSTRAINT", "DROP", "SQLite cannot drop a constraint: make a new table without it"},
    {"ON", "DROP", "SQLite's DROP takes a name and nothing else: leave out ON and the table"},
    {",", "DROP", "SQLite drops one thing a statement: write one DROP for each"},
    {"CONSTRAINT", "ADD", "SQLite cannot add a constraint to a table: make a new table with it"},
    {"FOREIGN", "ADD", "SQLite cannot add a foreign key to a table: make a new table with it"},
    {"PRIMARY", "ADD", "SQLite cannot add a primary key to a table: make a new table with it"},
    {"AUTO_INCREMENT", NULL, "SQLite writes INTEGER PRIMARY KEY, which numbers rows by itself"},
    {"=", "ENGINE", "SQLite has one storage engine: leave out ENGINE"},
    {"COMMENT", NULL, "SQLite has no COMMENT: write it as '-- ...'"},
    {"TRUNCATE", NULL, "SQLite has no TRUNCATE: DELETE FROM the table, without WHERE, is as fast"},
    {"NOW", NULL, "SQLite writes CURRENT_TIMESTAMP, or datetime('now')"},
    {"MODULE", NULL, "declare it with --virtual-module NAME, or 'Module: NAME' in migc.conf"},
};

static bool has_word(const struct step *step, const char *word) {
    struct lexer lexer = {.cursor = step->text};
    enum token token;
    while ((token = lex_token(&lexer)) != TOKEN_END && lexer.token < step->text + step->size)
        if (token == TOKEN_WORD &&
            same_word(lexer.token, (size_t)(lexer.cursor - lexer.token), word))
            return true;
    return false;
}

static void hint_dialect(struct prover *prover, struct location location, const struct step *step) {
    const char *at = location.source->text + location.offset;
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        size_t length = strlen(dialects[i].word);
        bool fits = location.size == length && same_word(at, length, dialects[i].word);
        if (fits && (!dialects[i].before || has_word(step, dialects[i].before))) {
            report_note(prover->diagnostics, location, "%s", dialects[i].advice);
            return;
        }
    }
}

/* --------------------------------------------------------- names that are there */

/* Names from a query, for the nearest one and for a list. */
struct names {
    struct buffer list;
    const char *wanted;
    char nearest[128];
    size_t distance;
    size_t count;
};

static void add_name(struct names *names, const char *name) {
    size_t distance = edit_distance(names->wanted, strlen(names->wanted), name, strlen(name));
    if (names->count++ > 0)
        buffer_text(&names->list, ", ");
    buffer_text(&names->list, name);
    if (distance < names->distance) {
        names->distance = distance;
        snprintf(names->nearest, sizeof(names->nearest), "%s", name);
    }
}

static void collect(sqlite3 *db, const char *sql, const char *value, struct names *names) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, value, -1, SQLITE_STATIC);
        while (sqlite3_step(statement) == SQLITE_ROW)
            add_name(names, (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
}

/* A name is near when a third of its letters are right in all but... a slip or two. */
static bool is_near(const struct names *names) {
    size_t length = strlen(names->wanted);
    return names->count > 0 && names->distance <= (length < 4 ? 1 : length < 8 ? 2 : 3);
}

static void hint_columns(struct prover *prover, struct location location, sqlite3 *db,
                         const char *table, const char *column) {
    struct names names = {.wanted = column, .distance = SIZE_MAX};
    collect(db, "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 1", table, &names);
    if (names.count > 0)
        report_note(prover->diagnostics, location, "%s has columns %.*s%s%s%s", table,
                    (int)names.list.size, names.list.bytes,
                    is_near(&names) ? "; did you mean " : "", is_near(&names) ? names.nearest : "",
                    is_near(&names) ? "?" : "");
    buffer_free(&names.list);
}

/* Every table that the statement names, and that is there. */
static void hint_no_column(struct prover *prover, struct location location, sqlite3 *db,
                           const struct step *step, const char *column) {
    struct lexer lexer = {.cursor = step->text};
    enum token token;
    unsigned told = 0;
    const char *dot = strrchr(column, '.');
    while (told < 3 && (token = lex_token(&lexer)) != TOKEN_END &&
           lexer.token < step->text + step->size) {
        char name[128];
        size_t size = (size_t)(lexer.cursor - lexer.token);
        size_t quote = token == TOKEN_QUOTED;
        if ((token != TOKEN_WORD && token != TOKEN_QUOTED) || size - 2 * quote >= sizeof(name))
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)(size - 2 * quote), lexer.token + quote);
        if (sqlite3_table_column_metadata(db, NULL, name, NULL, NULL, NULL, NULL, NULL, NULL) !=
            SQLITE_OK)
            continue;
        hint_columns(prover, location, db, name, dot ? dot + 1 : column);
        told++;
    }
}

/* ------------------------------------------------------ where a table went */

/* Stands between the verb and the name: "CREATE UNIQUE INDEX IF NOT EXISTS main.x". */
static bool is_between(const char *text, size_t size) {
    static const char *const words[] = {"TEMP",   "TEMPORARY", "UNIQUE",  "VIRTUAL", "TABLE",
                                        "INDEX",  "VIEW",      "TRIGGER", "IF",      "NOT",
                                        "EXISTS", "main",      "."};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (same_word(text, size, words[i]))
            return true;
    return false;
}

/* Whether it says VERB ... name of this very object, and not of one that refers to it. */
static bool acts_on(const struct step *step, const char *verb, const char *name) {
    struct lexer lexer = {.text = step->text, .cursor = step->text};
    enum token token;
    lex_token(&lexer);
    if (step->is_call || !same_word(lexer.token, (size_t)(lexer.cursor - lexer.token), verb))
        return false;
    do
        token = lex_token(&lexer);
    while (token != TOKEN_END && is_between(lexer.token, (size_t)(lexer.cursor - lexer.token)));
    size_t quote = token == TOKEN_QUOTED;
    size_t size = (size_t)(lexer.cursor - lexer.token);
    return size > 2 * quote && same_word(lexer.token + quote, size - 2 * quote, name);
}

/* The latest step of UP, before `fault`, that says VERB of the name. */
static const struct step *find_ddl(const struct prover *prover, size_t index,
                                   const struct step *fault, const char *verb, const char *name,
                                   const struct migration **where) {
    for (size_t i = index + 1; i-- > 0;) {
        const struct section *up = &prover->set->migrations[i].sections[SECTION_UP];
        size_t s = up->count;
        if (fault && up->count > 0 && fault >= up->steps && fault < up->steps + up->count)
            s = (size_t)(fault - up->steps);
        while (s-- > 0)
            if (acts_on(&up->steps[s], verb, name)) {
                *where = &prover->set->migrations[i];
                return &up->steps[s];
            }
    }
    return NULL;
}

#define NAMES_OF(types)                                                                            \
    "SELECT name FROM sqlite_schema WHERE type IN (" types ")"                                     \
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'migc\\_%' ESCAPE '\\'"         \
    " AND ?1 IS NOT NULL"

/* What SQLite says, in front of the name, and the names that it might have been. */
static const struct lack {
    const char *said, *names;
} lacks[] = {
    {"no such table: ", NAMES_OF("'table', 'view'")},
    {"no such view: ", NAMES_OF("'view'")},
    {"no such index: ", NAMES_OF("'index'")},
    {"no such trigger: ", NAMES_OF("'trigger'")},
};

/* The step that took the name away for good: none of UP made it again. */
static const struct step *find_drop(const struct prover *prover, size_t index,
                                    const struct step *fault, const char *name,
                                    const struct migration **where) {
    const struct migration *maker;
    const struct step *dropped = find_ddl(prover, index, fault, "DROP", name, where);
    const struct step *made = find_ddl(prover, index, fault, "CREATE", name, &maker);
    bool again = dropped && made && (maker > *where || (maker == *where && made > dropped));
    return again ? NULL : dropped;
}

static void hint_no_object(struct prover *prover, const migci_finding *finding,
                           const struct step *step, struct location location,
                           const struct lack *lack) {
    const char *name = strstr(finding->reason, lack->said) + strlen(lack->said);
    if (strncmp(name, "main.", 5) == 0)
        name += 5;
    struct names names = {.wanted = name, .distance = SIZE_MAX};
    const struct migration *where;
    const struct step *dropped = find_drop(prover, finding->index, step, name, &where);
    if (dropped)
        report_note(prover->diagnostics, step_location(where, dropped), "%s was dropped here",
                    name);
    collect(finding->db, lack->names, name, &names);
    if (!dropped && is_near(&names) && names.distance > 0) /* 0: the DOWN itself took it away */
        report_note(prover->diagnostics, location, "did you mean %s?", names.nearest);
    buffer_free(&names.list);
}

/* "table users already exists", "there is already an index named users". */
static void hint_exists(struct prover *prover, size_t index, const struct step *step,
                        const char *reason) {
    static const char named[] = " named ";
    char name[128];
    const char *end = strstr(reason, " already exists");
    const char *start = end ? strchr(reason, ' ') + 1 : strstr(reason, named);
    if (!start)
        return;
    start += end ? 0 : strlen(named);
    int size = end ? (int)(end - start) : (int)strlen(start);
    bool quoted = size > 2 && *start && strchr("\"[`", *start);
    snprintf(name, sizeof(name), "%.*s", size - 2 * quoted, start + quoted);
    const struct migration *where;
    const struct step *created = find_ddl(prover, index, step, "CREATE", name, &where);
    if (created)
        report_note(prover->diagnostics, step_location(where, created), "it was created here");
}

/* "error in index users_email after drop column: no such column: email". */
static void hint_blocked(struct prover *prover, struct location location, const char *object,
                         size_t size) {
    bool is_table = strncmp(object, "table ", 6) == 0;
    report_note(prover->diagnostics, location,
                is_table ? "the rest of the %.*s mentions the column: make a new table without it"
                         : "%.*s mentions the column: drop it first",
                (int)size, object);
}

/* "error in view names: no such table: main.users", of one that was made like this, or that
 * something else broke before. */
static void hint_broken(struct prover *prover, size_t index, const struct step *step,
                        struct location location, const char *object) {
    const char *space = strchr(object, ' '), *stop = strstr(object, ": ");
    const struct migration *where;
    if (!stop || (strncmp(object, "view ", 5) != 0 && strncmp(object, "trigger ", 8) != 0))
        return;
    report_note(prover->diagnostics, location,
                "ALTER TABLE wants every view and trigger to hold: correct %.*s, or drop it before "
                "and create it again when all that it names is there",
                (int)(stop - object), object);
    const char *name = arena_copy(prover->arena, space + 1, (size_t)(stop - space - 1));
    const struct step *created = find_ddl(prover, index, step, "CREATE", name, &where);
    if (created)
        report_note(prover->diagnostics, step_location(where, created), "it was created here");
}

static void hint_object(struct prover *prover, size_t index, const struct step *step,
                        struct location location, const char *object) {
    const char *stop = strstr(object, " after drop column");
    if (stop)
        hint_blocked(prover, location, object, (size_t)(stop - object));
    else
        hint_broken(prover, index, step, location, object);
}

static const char declare_function[] = "a function of the host is declared with --function "
                                       "NAME/NARGS, or 'Function: NAME/NARGS' in migc.conf";

static const struct {
    const char *said, *advice;
} missing[] = {
    {"no such function: ", declare_function},
    {"unknown function: ", declare_function}, /* in a DEFAULT */
    {"no such collation sequence: ", "a collation of the host is declared with --collation NAME, "
                                     "or 'Collation: NAME' in migc.conf"},
    {"no such module: ",
     "a module of the host is declared with --virtual-module NAME, or 'Module: NAME' in migc.conf"},
};

static void hint_missing(struct prover *prover, struct location location, const char *reason) {
    for (size_t i = 0; i < COUNT_OF(missing); i++)
        if (strstr(reason, missing[i].said))
            report_note(prover->diagnostics, location, "%s", missing[i].advice);
}

/* foreign key mismatch - "orders" referencing "users": told where the table is made. */
static void hint_mismatch(struct prover *prover, const migci_finding *finding) {
    static const char said[] = "foreign key mismatch - \"", between[] = "\" referencing \"";
    const char *child = strstr(finding->reason, said), *middle = NULL, *end = NULL;
    if (child && (middle = strstr(child += strlen(said), between)))
        end = strchr(middle + strlen(between), '"');
    if (!end)
        return;
    const char *parent = middle + strlen(between);
    const char *name = arena_copy(prover->arena, child, (size_t)(middle - child));
    const struct migration *where;
    const struct step *made = find_ddl(prover, finding->index, NULL, "CREATE", name, &where);
    report_note(prover->diagnostics,
                made ? step_location(where, made)
                     : marker_location(&prover->set->migrations[finding->index], SECTION_UP),
                "a foreign key of %s must name the primary key of %.*s, or columns that are UNIQUE",
                name, (int)(end - parent), parent);
}

/* ---------------------------------------------------------------------- all */

/* The database stands before the migration: what its own steps made up to the
 * fault is made again, to know the names it saw. */
static void replay(const struct prover *prover, const migci_finding *finding) {
    const migc_migration *migration = &prover->emitted.migrations[finding->index];
    sqlite3_exec(finding->db, "BEGIN", NULL, NULL, NULL);
    for (const migc_step *step = migration->steps;
         finding->kind != MIGCI_FOUND_DOWN_FAILED && step < finding->error->step; step++)
        if (!step->call)
            sqlite3_exec(finding->db, step->text, NULL, NULL, NULL);
}

/* SQLite quotes a name here and there. */
static const char *bare_name(const char *name, struct arena *arena) {
    size_t size = strlen(name);
    bool quoted = size >= 2 && name[0] == '"' && name[size - 1] == '"';
    return quoted ? arena_copy(arena, name + 1, size - 2) : name;
}

static void hint_names(struct prover *prover, const migci_finding *finding,
                       struct location location, const struct step *step) {
    const char *reason = finding->reason, *name;
    if ((name = strstr(reason, "error in "))) /* about another object than the statement's */
        hint_object(prover, finding->index, step, location, name + strlen("error in "));
    else if ((name = strstr(reason, "no such column: ")))
        hint_no_column(prover, location, finding->db, step,
                       bare_name(name + strlen("no such column: "), prover->arena));
    else if (strstr(reason, " has no column named "))
        hint_no_column(prover, location, finding->db, step,
                       strstr(reason, " named ") + strlen(" named "));
    else
        for (size_t i = 0; i < COUNT_OF(lacks); i++)
            if (strstr(reason, lacks[i].said))
                hint_no_object(prover, finding, step, location, &lacks[i]);
}

/* What a migration depends on outside may be what is missing. */
static void hint_outside(struct prover *prover, const migci_finding *finding) {
    const struct set *set = prover->set;
    bool foreign = set->migrations[finding->index].foreign;
    if (!strstr(finding->reason, "no such "))
        return;
    for (size_t i = 0; i <= finding->index; i++) {
        const struct migration *migration = &set->migrations[i];
        for (size_t n = 0; n < migration->need_count && migration->foreign == foreign; n++)
            if (!find_set(set, migration->needs[n].set)) {
                report_note(prover->diagnostics, migration->needs[n].location,
                            "the set '%s' is not part of this proof: '--after %s=DIR' names the "
                            "folder of its migrations%s",
                            migration->needs[n].set, migration->needs[n].set,
                            foreign && !set->name ? "; if it is this set, say so with -n" : "");
                return;
            }
    }
}

void hint(struct prover *prover, const migci_finding *finding, struct location location) {
    const migc_error *error = finding->error;
    const struct step *step = step_of(prover, finding->index, error->step);
    if (!step)
        hint_mismatch(prover, finding);
    if (!step || step->is_call)
        return;
    hint_dialect(prover, location, step);
    hint_missing(prover, location, finding->reason);
    if (strstr(finding->reason, " already exists") || strstr(finding->reason, "there is already "))
        hint_exists(prover, finding->index, step, finding->reason);
    replay(prover, finding);
    hint_names(prover, finding, location, step);
    hint_outside(prover, finding);
    sqlite3_exec(finding->db, "ROLLBACK", NULL, NULL, NULL);
}
