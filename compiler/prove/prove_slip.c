/*
 * prove_slip.c - finds what the author meant where SQLite reports only a syntax error: a word of
 * another database, a forgotten semicolon, a quote that ended a string, a command of the sqlite3
 * shell.
 */
#include "prove.h"

#include <string.h>

/* The token that SQLite refused, and those before it. */
struct stumble {
    struct prover *prover;
    const struct migration *migration;
    const struct step *step;
    struct location location;
    struct cursor at, before, earlier; /* of size 0: there is none */
};

/* ------------------------------------------------------- words of other dialects */

#define NO_IF_EXISTS                                                                               \
    "SQLite's DROP COLUMN and ADD COLUMN have no IF EXISTS: every database that runs this "        \
    "migration has the same schema, so it is not needed"
#define NO_INDEX "SQLite's CREATE TABLE takes no index: write a CREATE INDEX below it"

/* The word at the fault, and what to write instead. */
static const struct foreign_word {
    const char *word;   /* at the fault */
    const char *within; /* somewhere in the statement, or NULL */
    int since;          /* the SQLite that accepts it, as 3053000, or 0 */
    const char *advice;
} foreign_words[] = {
    {"CASCADE", "DROP", 0, "SQLite's DROP has no CASCADE: drop what depends on it first, by name"},
    {"RESTRICT", "DROP", 0, "SQLite's DROP has no RESTRICT: leave it out"},
    {"EXISTS", "COLUMN", 0, NO_IF_EXISTS},
    {"IF", "COLUMN", 0, NO_IF_EXISTS},
    {"ALTER", "TYPE", 0, "SQLite cannot change a column's type: " HINT_NEW_TABLE},
    {"ALTER", "DEFAULT", 0, "SQLite cannot change a column's DEFAULT: " HINT_NEW_TABLE},
    {"ALTER", "TABLE", 3053000, "cannot alter a column: " HINT_NEW_TABLE},
    {"TYPE", "ALTER", 0, "SQLite cannot change a column's type: " HINT_NEW_TABLE},
    {"DEFAULT", "ALTER", 0, "SQLite cannot change a column's DEFAULT: " HINT_NEW_TABLE},
    {"MODIFY", "TABLE", 0, "SQLite has no MODIFY: " HINT_NEW_TABLE},
    {"CHANGE", "TABLE", 0,
     "SQLite renames a column with RENAME COLUMN, and cannot change its type"},
    {"PRIMARY", "DROP", 0, "SQLite cannot drop a primary key: make a new table without it"},
    {"INDEX", "DROP", 0, "SQLite drops an index with DROP INDEX and its name alone"},
    {"KEY", "DROP", 0, "SQLite drops an index with DROP INDEX and its name alone"},
    {"CONSTRAINT", "DROP", 3053000, "cannot drop a constraint: make a new table without it"},
    {"ON", "DROP", 0, "SQLite's DROP takes a name and nothing else: leave out ON and the table"},
    {"ON", "INDEX", 0, "an index has a name: CREATE INDEX name ON table (columns)"},
    {"ON", "CURRENT_TIMESTAMP", 0,
     "SQLite has no ON UPDATE for a column: a trigger AFTER UPDATE sets it"},
    {",", "DROP", 0, "SQLite drops one thing a statement: write one DROP for each"},
    {",", "ADD", 0, "SQLite adds one column a statement: write one ALTER TABLE for each"},
    {"CONSTRAINT", "FOREIGN", 0,
     "SQLite cannot add a foreign key to a table: make a new table with it"},
    {"CONSTRAINT", "UNIQUE", 0,
     "SQLite cannot add UNIQUE to a table: CREATE UNIQUE INDEX does the same"},
    {"CONSTRAINT", "ADD", 3053000, "cannot add a constraint to a table: make a new table with it"},
    {"CHECK", "ADD", 3053000, "cannot add a CHECK to a table: make a new table with it"},
    {"UNIQUE", "ADD", 0, "SQLite cannot add UNIQUE to a table: CREATE UNIQUE INDEX does the same"},
    {"FOREIGN", "ADD", 0, "SQLite cannot add a foreign key to a table: make a new table with it"},
    {"PRIMARY", "ADD", 0, "SQLite cannot add a primary key to a table: make a new table with it"},
    {"AUTO_INCREMENT", NULL, 0, "SQLite writes INTEGER PRIMARY KEY, which numbers rows by itself"},
    {"IDENTITY", NULL, 0, "SQLite writes INTEGER PRIMARY KEY, which numbers rows by itself"},
    {"=", "ENGINE", 0, "SQLite has one storage engine: leave out ENGINE"},
    {"=", "COMMENT", 0, "SQLite has no COMMENT: write it as '-- ...'"},
    {"COMMENT", NULL, 0, "SQLite has no COMMENT: write it as '-- ...'"},
    {"CHARACTER", NULL, 0, "SQLite has one character set, UTF-8: leave it out"},
    {"INDEX", "RENAME", 0, "SQLite cannot rename an index: drop it and create it again"},
    {"INDEX", "TABLE", 0, NO_INDEX},
    {"KEY", "UNIQUE", 0, "SQLite writes UNIQUE (columns), without KEY and a name"},
    {"OR", "CREATE", 0, "SQLite has no CREATE OR REPLACE: DROP it IF EXISTS first"},
    {"IGNORE", "INSERT", 0, "SQLite writes INSERT OR IGNORE"},
    {"DUPLICATE", "INSERT", 0, "SQLite writes ON CONFLICT (columns) DO UPDATE SET"},
    {"VALUE", "INSERT", 0, "SQLite writes VALUES"},
    {"ILIKE", NULL, 0, "SQLite's LIKE takes no notice of case: write LIKE"},
    {"JOIN", "UPDATE", 0, "SQLite writes UPDATE t SET ... FROM other WHERE ..."},
    {"TRUNCATE", NULL, 0,
     "SQLite has no TRUNCATE: DELETE FROM the table, without WHERE, is as fast"},
    {"RENAME", NULL, 0, "SQLite writes ALTER TABLE t RENAME TO other"},
    {"TYPE", "CREATE", 0, "SQLite has no types of its own: TEXT with CHECK (x IN ('a', 'b'))"},
    {"SCHEMA", NULL, 0, "SQLite has one schema a database: leave it out"},
    {"DATABASE", NULL, 0, "a database of SQLite is a file, which the program opens: leave it out"},
    {"FUNCTION", NULL, 0,
     "SQLite's functions are made by the program, and declared with --function NAME/NARGS"},
    {"PROCEDURE", NULL, 0, "SQLite has no procedures: a trigger, or a step in C ('-- call:')"},
    {"SEQUENCE", NULL, 0, "SQLite writes INTEGER PRIMARY KEY, which numbers rows by itself"},
    {"CREATE", "TRIGGER", 0, "a trigger holds INSERT, UPDATE, DELETE and SELECT alone"},
    {"EXIST", NULL, 0, "SQL writes IF NOT EXISTS"},
    {"EXTENSION", "CREATE", 0, "SQLite's extensions are loaded by the program, not by SQL"},
    {"USING", "INDEX", 0, "SQLite has one kind of index: leave out USING"},
    {"LIKE", "TABLE", 0, "SQLite has no CREATE TABLE ... LIKE: write its columns"},
    {"STATEMENT", "TRIGGER", 0, "SQLite's triggers run FOR EACH ROW, always"},
    {"EXECUTE", "TRIGGER", 0, "SQLite's triggers hold their statements: BEGIN ... END"},
    {"IF", "TRIGGER", 0, "SQLite's triggers have no IF: write WHEN (...) before BEGIN"},
    {"SET", "TRIGGER", 0,
     "SQLite has no SET of NEW: an AFTER trigger can UPDATE the row whose rowid is NEW.rowid"},
    {"START", NULL, 0, "migc begins and commits by itself: leave it out"},
    {"GRANT", NULL, 0, "SQLite has no users and no GRANT: leave it out"},
    {"USE", NULL, 0, "a database of SQLite is a file, which the program opens: leave it out"},
    {"LOCK", NULL, 0, "migc takes the write lock by itself: leave it out"},
    {"UNLOCK", NULL, 0, "migc takes the write lock by itself: leave it out"},
    {"SET", NULL, 0, "SQLite has no SET of variables: leave it out"},
    {":", NULL, 0, "SQLite has no casts with '::': write CAST(x AS type)"},
    {"NOW", NULL, 0, "SQLite writes CURRENT_TIMESTAMP, or datetime('now')"},
    {"MODULE", NULL, 0, "declare it with --virtual-module NAME, or 'Module: NAME' in migc.conf"},
};

static bool step_has_word(const struct step *step, const char *word) {
    struct cursor cursor = cursor_at(step, step->text);
    while (cursor.token != TOKEN_END && !(cursor.token == TOKEN_WORD && cursor_is(&cursor, word)))
        cursor_next(&cursor);
    return cursor.token != TOKEN_END;
}

static bool hint_dialect(const struct stumble *stumble) {
    struct diagnostics *diagnostics = stumble->prover->diagnostics;
    for (size_t i = 0; i < COUNT_OF(foreign_words); i++) {
        const struct foreign_word *word = &foreign_words[i];
        if (!cursor_is(&stumble->at, word->word) ||
            (word->within && !step_has_word(stumble->step, word->within)))
            continue;
        if (word->since)
            report_note(diagnostics, stumble->location, "SQLite before 3.%d %s",
                        word->since / 1000 % 1000, word->advice);
        else
            report_note(diagnostics, stumble->location, "%s", word->advice);
        return true;
    }
    return false;
}

/* --------------------------------------------------------------------- slips */

static bool is_first_of_line(const struct stumble *stumble, const struct cursor *cursor) {
    const char *text = cursor->text;
    while (text > stumble->migration->source.text && is_blank(text[-1]))
        text--;
    return text == stumble->migration->source.text || text[-1] == '\n';
}

static bool begins_statement(const struct cursor *cursor) {
    static const char *const words[] = {"ALTER",   "ANALYZE", "ATTACH",    "CREATE", "DELETE",
                                        "DETACH",  "DROP",    "EXPLAIN",   "INSERT", "PRAGMA",
                                        "REPLACE", "REINDEX", "SAVEPOINT", "SELECT", "UPDATE",
                                        "VACUUM",  "VALUES",  "WITH",      "BEGIN",  "COMMIT"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (cursor->token == TOKEN_WORD && cursor_is(cursor, words[i]))
            return true;
    return false;
}

/* "CREATE INDEX a ON t(x)", and the next line begins a statement. */
static bool hint_semicolon(const struct stumble *stumble) {
    const struct cursor *before = &stumble->before, *start = &stumble->at;
    if (!begins_statement(start) || !is_first_of_line(stumble, start)) {
        start = before; /* "ADD COLUMN a TEXT", then "REPLACE INTO": a type of two words */
        before = &stumble->earlier;
    }
    if (before->size == 0 || !begins_statement(start) || !is_first_of_line(stumble, start))
        return false;
    report_note(stumble->prover->diagnostics, cursor_location(before, stumble->migration),
                "a ';' is missing after this, if a statement of its own begins with %.*s",
                (int)start->size, start->text);
    return true;
}

/* 'it's': the word touches the string before it. */
static bool hint_quote(const struct stumble *stumble) {
    const struct cursor *before = &stumble->before;
    if (before->token != TOKEN_STRING || before->text + before->size != stumble->at.text ||
        stumble->at.token == TOKEN_OPERATOR)
        return false;
    report_note(stumble->prover->diagnostics, cursor_location(before, stumble->migration),
                "the string ends here; a quote inside a string is written twice: 'it''s'");
    return true;
}

/* ".schema", ".mode csv" */
static bool hint_shell(const struct stumble *stumble) {
    struct cursor word = stumble->at;
    cursor_next(&word);
    if (!cursor_is(&stumble->at, ".") || word.token != TOKEN_WORD ||
        !is_first_of_line(stumble, &stumble->at))
        return false;
    report_note(stumble->prover->diagnostics, stumble->location,
                ".%.*s is a command of the sqlite3 shell and not SQL: leave the line out",
                (int)word.size, word.text);
    return true;
}

/* DEFAULT now(), DEFAULT a || b */
static bool hint_default(const struct stumble *stumble) {
    bool is_expression = cursor_is(&stumble->at, "(") || stumble->at.token == TOKEN_OPERATOR;
    if (!is_expression || !cursor_is(&stumble->earlier, "DEFAULT") ||
        cursor_is(&stumble->at, ",") || cursor_is(&stumble->at, ")"))
        return false;
    report_note(
        stumble->prover->diagnostics, cursor_location(&stumble->before, stumble->migration),
        "an expression as a DEFAULT is written in parentheses: DEFAULT (datetime('now')); the "
        "time alone is DEFAULT CURRENT_TIMESTAMP");
    return true;
}

/* A statement after ")" or a name, in the same line: "CREATE TABLE a(x) CREATE TABLE b(x)". */
static bool hint_semicolon_in_line(const struct stumble *stumble) {
    const struct cursor *before = &stumble->before;
    bool ends =
        cursor_is(before, ")") || before->token == TOKEN_STRING ||
        (cursor_is_name(before) && cursor_is_name(&stumble->earlier) && !begins_statement(before));
    if (!ends || !begins_statement(&stumble->at) || step_has_word(stumble->step, "TRIGGER"))
        return false;
    report_note(stumble->prover->diagnostics, cursor_location(before, stumble->migration),
                "a ';' is missing after this, if a statement of its own begins with %.*s",
                (int)stumble->at.size, stumble->at.text);
    return true;
}

/* What the word before the fault is to other databases. */
static bool hint_word_before(const struct stumble *stumble) {
    static const struct {
        const char *before, *at, *advice; /* `at` is NULL where any token may be there */
    } words[] = {
        {"KEY", "(", NO_INDEX},
        {"CONCURRENTLY", NULL, "SQLite has no CONCURRENTLY: leave it out"},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!cursor_is(&stumble->before, words[i].before) ||
            (words[i].at && !cursor_is(&stumble->at, words[i].at)))
            continue;
        report_note(stumble->prover->diagnostics,
                    cursor_location(&stumble->before, stumble->migration), "%s", words[i].advice);
        return true;
    }
    return false;
}

/* UPDATE item i SET ..., DELETE FROM item i WHERE ... */
static bool hint_alias(const struct stumble *stumble) {
    bool is_updated = cursor_is(&stumble->earlier, "UPDATE");
    bool is_deleted =
        cursor_is(&stumble->earlier, "FROM") && step_has_word(stumble->step, "DELETE");
    if ((!is_updated && !is_deleted) || !cursor_is_name(&stumble->before) ||
        !cursor_is_name(&stumble->at))
        return false;
    report_note(stumble->prover->diagnostics, stumble->location,
                "an alias is written with AS here: %.*s AS %.*s", (int)stumble->before.size,
                stumble->before.text, (int)stumble->at.size, stumble->at.text);
    return true;
}

static bool hint_comma(const struct stumble *stumble) {
    bool is_twice = cursor_is(&stumble->at, ",") && cursor_is(&stumble->before, ",");
    bool is_last = cursor_is(&stumble->at, ")") && cursor_is(&stumble->before, ",");
    bool is_missing = step_has_word(stumble->step, "TABLE") && cursor_is_name(&stumble->at) &&
                      stumble->before.size > 0 && is_first_of_line(stumble, &stumble->at) &&
                      !cursor_is(&stumble->before, ",") && !cursor_is(&stumble->before, "(");
    if (is_last || is_twice)
        report_note(stumble->prover->diagnostics,
                    cursor_location(&stumble->before, stumble->migration),
                    is_last ? "the ',' before ')' is not needed" : "one ',' is enough");
    else if (is_missing)
        report_note(stumble->prover->diagnostics,
                    cursor_location(&stumble->before, stumble->migration),
                    "is a ',' missing after this?");
    return is_last || is_twice || is_missing;
}

/* ENUM('a', 'b') */
static bool hint_enum(const struct stumble *stumble) {
    if (!cursor_is(&stumble->before, "(") || !cursor_is(&stumble->earlier, "ENUM"))
        return false;
    report_note(stumble->prover->diagnostics,
                cursor_location(&stumble->earlier, stumble->migration),
                "SQLite has no ENUM: write TEXT CHECK (column IN ('a', 'b'))");
    return true;
}

/* CREATE TABLE order(...): a keyword where a name is needed. */
static bool hint_keyword(const struct stumble *stumble) {
    static const char *const openings[] = {"TABLE",  "INTO",   "FROM",  "UPDATE", "JOIN",
                                           "COLUMN", "EXISTS", "INDEX", "ON",     "VIEW",
                                           "(",      ",",      "."};
    for (size_t i = 0; i < COUNT_OF(openings); i++)
        if (stumble->at.token == TOKEN_WORD && !begins_statement(&stumble->at) &&
            cursor_is(&stumble->before, openings[i])) {
            report_note(stumble->prover->diagnostics, stumble->location,
                        "%.*s is a keyword of SQL: as a name it is written \"%.*s\"",
                        (int)stumble->at.size, stumble->at.text, (int)stumble->at.size,
                        stumble->at.text);
            return true;
        }
    return false;
}

/* ---------------------------------------------------------------------- all */

static bool (*const slips[])(const struct stumble *stumble) = {
    hint_semicolon, hint_quote, hint_shell,   hint_enum,  hint_word_before,
    hint_default,   hint_alias, hint_dialect, hint_comma, hint_semicolon_in_line,
    hint_keyword,
};

void hint_slip(struct prover *prover, const struct migration *migration, const struct step *step,
               struct location location, const char *said) {
    struct stumble stumble = {.prover = prover, .migration = migration, .step = step};
    const char *fault = location.source->text + location.offset;
    stumble.location = location;
    stumble.at = cursor_at(step, step->text);
    while (stumble.at.token != TOKEN_END && stumble.at.text < fault) {
        stumble.earlier = stumble.before;
        stumble.before = stumble.at;
        cursor_next(&stumble.at);
    }
    if (!strstr(said, "syntax error") && !strstr(said, "unrecognized token")) {
        if (location.size == stumble.at.size)
            hint_dialect(&stumble);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(slips); i++)
        if (slips[i](&stumble))
            return;
}
