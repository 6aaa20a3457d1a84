/*
 * complaint.c - what SQLite complains of: the name in its message, and where that name is in the
 * statement.
 *
 * SQLite gives the offset of an error for some errors only, and the offset may be one into a trigger
 * or view that the statement uses.  Messages are read as SQLite 3.38 to 3.54 word them.
 */
#include "lint.h"

#include <assert.h>
#include <string.h>

/* The text around the name in a message, and what the name is.  The first row that fits counts. */
static const struct wording {
    const char *before, *behind;
    enum name_role role;
    bool again; /* the second one in the statement is to blame */
} wordings[] = {
    {"no such table: ", "", NAME_TABLE, false},
    {"no such view: ", "", NAME_OBJECT, false},
    {"no such index: ", "", NAME_OBJECT, false},
    {"no such trigger: ", "", NAME_OBJECT, false},
    {"no such column: ", " - should this be", NAME_COLUMN, false},
    {"no such column: ", "", NAME_COLUMN, false},
    {" has no column named ", "", NAME_TARGET, false},
    {"ambiguous column name: ", "", NAME_COLUMN, false},
    {"duplicate column name: ", "", NAME_DEFINED, true},
    {"cannot INSERT into generated column \"", "\"", NAME_TARGET, false},
    {"cannot UPDATE generated column \"", "\"", NAME_TARGET, false},
    {"cannot join using column ", " - column not present", NAME_COLUMN, false},
    {"unknown column \"", "\" in foreign key definition", NAME_COLUMN, false},
    {"default value of column [", "] is not constant", NAME_DEFINED, false},
    {"missing datatype for ", "", NAME_DEFINED, false},
    {"unknown datatype for ", ": \"", NAME_DEFINED, false},
    {"cannot drop PRIMARY KEY column: \"", "\"", NAME_COLUMN, false},
    {"cannot drop UNIQUE column: \"", "\"", NAME_COLUMN, false},
    {"cannot drop column \"", "\": no other columns", NAME_COLUMN, false},
    {"cannot drop column from view \"", "\"", NAME_TABLE, false},
    {"cannot rename columns of view \"", "\"", NAME_TABLE, false},
    {"generated column loop on \"", "\"", NAME_DEFINED, false},
    {"index ", " already exists", NAME_OBJECT, false},
    {"table ", " already exists", NAME_OBJECT, false},
    {"view ", " already exists", NAME_OBJECT, false},
    {"trigger ", " already exists", NAME_OBJECT, false},
    {"there is already an index named ", "", NAME_OBJECT, false},
    {"there is already a table named ", "", NAME_OBJECT, false},
    {"there is already another table or index with this name: ", "", NAME_DEFINED, false},
    {"object name reserved for internal use: ", "", NAME_OBJECT, false},
    {"use DROP VIEW to delete view ", "", NAME_OBJECT, false},
    {"use DROP TABLE to delete table ", "", NAME_OBJECT, false},
    {"cannot modify ", " because it is a view", NAME_TABLE, false},
    {" trigger on view: ", "", NAME_TABLE, false},
    {" trigger on table: ", "", NAME_TABLE, false},
    {"table \"", "\" has more than one primary key", NAME_OBJECT, false},
    {"PRIMARY KEY missing on table ", "", NAME_OBJECT, false},
    {"no such function: ", "", NAME_FUNCTION, false},
    {"unknown function: ", "()", NAME_FUNCTION, false},
    {"wrong number of arguments to function ", "()", NAME_FUNCTION, false},
    {"misuse of aggregate: ", "()", NAME_FUNCTION, false},
    {"misuse of aggregate function ", "()", NAME_FUNCTION, false},
    {"misuse of window function ", "()", NAME_FUNCTION, false},
    {"unsafe use of ", "()", NAME_FUNCTION, false},
    {"non-deterministic use of ", "()", NAME_FUNCTION, false},
    {"no such collation sequence: ", "", NAME_COLLATION, false},
    {"no such module: ", "", NAME_MODULE, false},
    {"no such window: ", "", NAME_OTHER, false},
    {"no such constraint: ", "", NAME_OTHER, false},
    {"no such savepoint: ", "", NAME_OTHER, false},
    {"no such database: ", "", NAME_OTHER, false},
    {"unknown database ", "", NAME_OTHER, false},
    {"duplicate WITH table name: ", "", NAME_OTHER, true},
    {"circular reference: ", "", NAME_TABLE, false},
    {"multiple references to recursive table: ", "", NAME_TABLE, true},
    {"multiple recursive references: ", "", NAME_TABLE, true},
    {"view ", " is circularly defined", NAME_TABLE, false},
    {"unknown table option: ", "", NAME_OTHER, false},
    {"unrecognized option: ", "", NAME_OTHER, false},
    {"unrecognized parameter: ", "=", NAME_OTHER, false},
    {"reserved fts5 column name: ", "", NAME_OTHER, false},
    {"reserved fts5 table name: ", "", NAME_OBJECT, false},
    {"columns for '", "' but got", NAME_TABLE, false},
    {"NOT NULL constraint failed: ", "", NAME_TARGET, false},
    {"UNIQUE constraint failed: ", ", ", NAME_TARGET, false},
    {"UNIQUE constraint failed: ", "", NAME_TARGET, false},
    {"table ", " has ", NAME_TABLE, false},
    {"table ", " may not be ", NAME_TABLE, false},
    {" column ", "", NAME_TARGET, false}, /* cannot store TEXT value in INTEGER column t.c */
};

/* For messages without a name: the word of the statement that is to blame. */
static const struct {
    const char *said, *word; /* NULL: the last token */
} blamed_words[] = {
    {"views may not be indexed", "ON"},
    {"AUTOINCREMENT is only allowed", "AUTOINCREMENT"},
    {"AUTOINCREMENT not allowed", "AUTOINCREMENT"},
    {"ON CONFLICT clause does not match", "CONFLICT"},
    {"HAVING clause on a non-aggregate", "HAVING"},
    {"a GROUP BY clause is required before HAVING", "HAVING"},
    {"all VALUES must have the same number", "VALUES"},
    {"Cannot add a ", "ADD"},
    {"cannot add a STORED column", "STORED"},
    {"number of columns in foreign key does not match", "REFERENCES"},
    {"SELECTs to the left and right of UNION", "UNION"},
    {"SELECTs to the left and right of EXCEPT", "EXCEPT"},
    {"SELECTs to the left and right of INTERSECT", "INTERSECT"},
    {"values for ", "VALUES"},
    /* full-text search */
    {"no such tokenizer", "tokenize"},
    {"unknown tokenizer", "tokenize"},
    {"error in tokenizer constructor", "tokenize"},
    {"parse error in tokenize directive", "tokenize"},
    {"multiple tokenize= directives", "tokenize"},
    {"malformed prefix=", "prefix"},
    {"multiple content= directives", "content"},
    {"malformed columnsize=", "columnsize"},
    {"malformed detail=", "detail"},
    {"malformed contentless_delete=", "contentless_delete"},
    {"incomplete input", NULL},
};

struct complaint read_complaint(const char *said, struct arena *arena) {
    struct complaint complaint = {.said = said};
    for (size_t i = 0; i < COUNT_OF(wordings); i++) {
        const struct wording *wording = &wordings[i];
        const char *start = strstr(said, wording->before), *end;
        if (!start)
            continue;
        start += strlen(wording->before);
        end = *wording->behind ? strstr(start, wording->behind) : start + strlen(start);
        if (!end)
            continue;
        complaint.role = wording->role;
        complaint.again = wording->again;
        /* main.users is users of main.  ALTER TABLE quotes the names in its messages. */
        const char *dot = memchr(start, '.', (size_t)(end - start));
        if (end - start >= 2 && start[0] == '"' && end[-1] == '"') {
            start++;
            end--;
        } else if (dot && dot > start && dot + 1 < end) {
            complaint.qualifier = arena_copy(arena, start, (size_t)(dot - start));
            start = dot + 1;
        }
        complaint.name = arena_copy(arena, start, (size_t)(end - start));
        break;
    }
    return complaint;
}

/* ------------------------------------------------------------ in the statement */

enum { WORST_RANK = 9 };

/* By the role that is looked for and the one that is found: 1 fits best, 0 not at all. */
static const signed char role_ranks[][NAME_OTHER + 1] = {
    [NAME_OBJECT] = {[NAME_OBJECT] = 1, [NAME_TABLE] = 2, [NAME_DEFINED] = 3},
    [NAME_TABLE] = {[NAME_TABLE] = 1, [NAME_OBJECT] = 2, [NAME_DEFINED] = 3},
    [NAME_DEFINED] = {[NAME_DEFINED] = 1, [NAME_OBJECT] = 2, [NAME_COLUMN] = 3},
    [NAME_TARGET] = {[NAME_TARGET] = 1, [NAME_DEFINED] = 2, [NAME_COLUMN] = 3},
    [NAME_COLUMN] = {[NAME_TARGET] = 1, [NAME_COLUMN] = 2, [NAME_DEFINED] = 3},
    /* cppcheck-suppress unknownEvaluationOrder */
    [NAME_FUNCTION] = {[NAME_FUNCTION] = 1},
    /* cppcheck-suppress unknownEvaluationOrder */
    [NAME_COLLATION] = {[NAME_COLLATION] = 1},
    /* cppcheck-suppress unknownEvaluationOrder */
    [NAME_MODULE] = {[NAME_MODULE] = 1},
    [NAME_OTHER] = {[NAME_OTHER] = 1, [NAME_COLUMN] = 1, [NAME_DEFINED] = 1, [NAME_TABLE] = 1},
};

/* The best location of the name: of equals the first, or the second where that is to blame. */
static bool find_blamed_name(const struct migration *migration, const struct step *step,
                             const struct complaint *complaint, struct location *location) {
    struct name_walk walk = names_of(step);
    int best = WORST_RANK, count = 0;
    while (next_name(&walk)) {
        assert(walk.role <= NAME_OTHER);
        int rank =
            complaint->role < COUNT_OF(role_ranks) ? role_ranks[complaint->role][walk.role] : 0;
        if (!cursor_names(&walk.name, complaint->name) || rank == 0)
            continue;
        rank = 2 * rank +
               (complaint->qualifier &&
                (walk.qualifier.size == 0 || !cursor_names(&walk.qualifier, complaint->qualifier)));
        count = rank < best ? 1 : count + (rank == best);
        if (rank < best || (rank == best && complaint->again && count == 2))
            *location = cursor_location(&walk.name, migration);
        best = rank < best ? rank : best;
    }
    return best < WORST_RANK;
}

bool find_complaint(const struct complaint *complaint, const struct migration *migration,
                    const struct step *step, struct location *location) {
    struct complaint table = {.name = complaint->qualifier, .role = NAME_TABLE};
    assert(!step->is_call);
    if (complaint->name && find_blamed_name(migration, step, complaint, location))
        return true;
    size_t blamed = 0;
    while (blamed < COUNT_OF(blamed_words) && !strstr(complaint->said, blamed_words[blamed].said))
        blamed++;
    if (blamed == COUNT_OF(blamed_words))
        return table.name && find_blamed_name(migration, step, &table, location);
    /* The first token that is this word, or the last token where `word` is NULL. */
    const char *word = blamed_words[blamed].word;
    struct cursor cursor = cursor_at(step, step->text);
    for (; cursor.token != TOKEN_END; cursor_next(&cursor))
        if (!word || (cursor.token == TOKEN_WORD && cursor_is(&cursor, word))) {
            *location = cursor_location(&cursor, migration);
            if (word)
                return true;
        }
    return !word;
}

bool locate_complaint(const struct complaint *complaint, const struct migration *migration,
                      const struct step *step, int offset, struct location *location) {
    *location = step_location(migration, step);
    if (offset < 0 || (size_t)offset >= step->size)
        return find_complaint(complaint, migration, step, location);
    struct cursor cursor = cursor_at(step, step->text + offset), dot = cursor;
    cursor_next(&dot);
    bool is_qualifier =
        complaint->qualifier && cursor_is(&dot, ".") && cursor_names(&cursor, complaint->qualifier);
    /* Another name there: the offset is one into a trigger or view. */
    if (complaint->name && !is_qualifier && !cursor_names(&cursor, complaint->name))
        return find_complaint(complaint, migration, step, location);
    *location = cursor_location(&cursor, migration);
    return true;
}
