/*
 * prove_key.c - reports foreign keys that a run leaves broken: which statement is to blame, and
 * where the key is declared.
 *
 * No statement fails: the check runs after the last one.
 */
#include "prove.h"

#include <string.h>

static const char mismatch[] = "foreign key mismatch - \"", referencing[] = "\" referencing \"",
                  dangling[] = "foreign keys do not hold after the run: ",
                  points[] = " points at no row of ";

/* Parts of the message, with names in lower case; `said` is the part about the key. */
struct broken_key {
    bool matches; /* the key itself is valid: a row violates it */
    const char *child, *parent;
    struct span span;               /* all statements up to the fault */
    const struct statement *begins; /* of the section that failed */
    struct location declared;       /* its source is NULL: not known */
};

static char *take_lower(struct arena *arena, const char *text, size_t size) {
    return migci_lower(arena_copy(arena, text, size));
}

/* "row 1 of thing points at no row of owner" */
static bool read_dangling(struct broken_key *key, const char *said, struct arena *arena) {
    const char *row = strstr(said, dangling), *of = row ? strstr(row, " of ") : NULL;
    const char *middle = of ? strstr(of, points) : NULL;
    if (!middle)
        return false;
    const char *parent = middle + strlen(points);
    key->matches = true;
    key->child = take_lower(arena, of + 4, (size_t)(middle - of - 4));
    key->parent = take_lower(arena, parent, strcspn(parent, ",; "));
    return true;
}

static bool read_mismatch(struct broken_key *key, const char *said, struct arena *arena) {
    const char *start = strstr(said, mismatch), *middle = start ? strstr(start, referencing) : NULL;
    if (!middle)
        return false;
    const char *child = start + strlen(mismatch), *parent = middle + strlen(referencing);
    key->child = take_lower(arena, child, (size_t)(middle - child));
    key->parent = take_lower(arena, parent, strcspn(parent, "\""));
    return true;
}

/* The declaration that holds: in the latest statement that defines a column of the child. */
static const struct statement *find_declared(struct prover *prover, struct broken_key *key) {
    struct declared_key declared;
    for (const struct statement *statement = key->span.end; statement-- > key->span.first;) {
        bool defines =
            statement->kind == STATEMENT_CREATE_TABLE || statement->kind == STATEMENT_ADD_COLUMN;
        if (!defines || strcmp(final_name(key->span, statement), key->child) != 0)
            continue;
        if (find_key(statement, NULL, key->parent, prover->arena, &declared)) {
            key->declared = declared.location;
            return statement;
        }
        if (statement->kind == STATEMENT_CREATE_TABLE)
            return NULL;
    }
    return NULL;
}

/* The only statement of the section that removes rows of the parent or writes rows of the child;
 * NULL: there is none, or more than one. */
static const struct statement *find_guilty(const struct broken_key *key) {
    const struct statement *guilty = NULL;
    for (const struct statement *statement = key->begins; statement < key->span.end; statement++) {
        bool takes = statement->kind == STATEMENT_DELETE || statement->kind == STATEMENT_UPDATE ||
                     statement->kind == STATEMENT_DROP_TABLE;
        bool gives = statement->kind == STATEMENT_INSERT || statement->kind == STATEMENT_UPDATE;
        if (!(takes && strcmp(statement->name, key->parent) == 0) &&
            !(gives && strcmp(statement->name, key->child) == 0))
            continue;
        if (guilty)
            return NULL;
        guilty = statement;
    }
    return guilty;
}

static void note_key(struct prover *prover, const struct broken_key *key,
                     const struct statement *declared, const struct statement *guilty) {
    if (!key->matches) {
        report_note(prover->diagnostics, key->declared,
                    "a foreign key of %s must name the primary key of %s, or columns that are "
                    "UNIQUE",
                    key->child, key->parent);
        return;
    }
    report_note(prover->diagnostics, key->declared, "the key is declared here");
    struct cursor cursor = cursor_at(declared->step, declared->step->text);
    while (cursor.token != TOKEN_END && !cursor_is(&cursor, "CASCADE") &&
           !cursor_is(&cursor, "SET"))
        cursor_next(&cursor);
    bool has_action = cursor.token != TOKEN_END; /* such as ON DELETE CASCADE */
    if ((!guilty || strcmp(guilty->name, key->parent) == 0) && has_action)
        report_note(prover->diagnostics, key->declared,
                    "foreign keys are off while migrations run, and are checked at the end: ON "
                    "DELETE and ON UPDATE do nothing here; '-- Foreign-Keys: on' in the header "
                    "enforces them");
}

bool report_broken_key(struct prover *prover, const migci_finding *finding,
                       enum section_kind section, const char *before) {
    struct broken_key key = {0};
    size_t index = finding->index;
    if (finding->error->step || (!read_mismatch(&key, finding->reason, prover->arena) &&
                                 !read_dangling(&key, finding->reason, prover->arena)))
        return false;
    key.span = span_until(&prover->lint, index, section == SECTION_DOWN);
    size_t earlier = prover->lint.statements->first[section == SECTION_DOWN ? index + 1 : index];
    key.begins = key.span.first + earlier;
    const struct statement *declared = find_declared(prover, &key);
    const struct statement *guilty =
        key.matches ? find_guilty(&key) : find_maker(key.span, STATEMENT_CREATE_TABLE, key.parent);
    if (!key.matches && guilty && guilty < key.begins) /* another run made the parent anew */
        guilty = NULL;
    struct location location = marker_location(&prover->set->migrations[index], section);
    if (!key.matches && declared && declared >= key.begins)
        location = key.declared;
    else if (guilty)
        location = guilty->location;
    const char *said = strstr(finding->reason, key.matches ? dangling : mismatch);
    report_error(prover->diagnostics, location, "%s%.*s", before,
                 (int)(key.matches ? strlen(said) : strcspn(said, ")")), said);
    if (declared)
        note_key(prover, &key, declared, guilty);
    return true;
}
