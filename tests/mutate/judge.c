/*
 * judge.c - runs UP and DOWN through sqlite3_exec() and compares what the
 * PRAGMAs and sqlite_schema tell before and after, as text.
 *
 * Of a table's own text the tokens are compared in sorted order: what ALTER
 * TABLE adds stands elsewhere than what CREATE TABLE says, and means the same.
 */
#include "judge.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* What SQLite tells of every table and index, and a row for every object. */
static const char *const schema_queries[] = {
    "SELECT type, lower(name), lower(tbl_name) FROM sqlite_schema"
    " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2",
    "SELECT lower(l.name), l.type, l.wr, l.strict FROM pragma_table_list AS l"
    " WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite%' ORDER BY 1",
    "SELECT lower(l.name), x.cid, lower(x.name), upper(x.type), x.\"notnull\", x.dflt_value, x.pk,"
    " x.hidden FROM pragma_table_list AS l, pragma_table_xinfo(l.name) AS x"
    " WHERE l.schema = 'main' AND l.type <> 'shadow' AND l.name NOT LIKE 'sqlite%' ORDER BY 1, 2",
    "SELECT lower(l.name), i.origin, i.\"unique\", i.partial,"
    " CASE i.origin WHEN 'c' THEN lower(i.name) ELSE '' END,"
    " (SELECT group_concat(x.cid || ' ' || lower(ifnull(x.name, '')) || ' ' || x.desc || ' ' ||"
    " upper(x.coll) || ' ' || x.key) FROM pragma_index_xinfo(i.name) AS x)"
    " FROM pragma_table_list AS l, pragma_index_list(l.name) AS i"
    " WHERE l.schema = 'main' AND l.type = 'table' ORDER BY 1, 2, 5, 6",
    "SELECT lower(l.name), lower(f.\"table\"), f.seq, lower(f.\"from\"), lower(ifnull(f.\"to\", "
    "'')),"
    " f.on_update, f.on_delete FROM pragma_table_list AS l, pragma_foreign_key_list(l.name) AS f"
    " WHERE l.schema = 'main' AND l.type = 'table' ORDER BY 1, 2, 3, 4, 5",
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    must_have(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK ? statement : NULL);
    return statement;
}

static void dump_query(sqlite3 *db, const char *sql, struct buffer *text) {
    sqlite3_stmt *statement = prepare(db, sql);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            buffer_format(text, "%d:%s|", sqlite3_column_type(statement, i), value ? value : "");
        }
        buffer_text(text, "\n");
    }
    sqlite3_finalize(statement);
}

/* -------------------------------------------------------------- stored text */

enum { MOST_TOKENS = 2000, TOKEN_SIZE = 80 };

struct tokens {
    char text[MOST_TOKENS][TOKEN_SIZE];
    size_t count;
};

static int compare_texts(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Quotes of names and the case of all but strings do not count. */
static void add_token(struct tokens *tokens, enum token kind, const char *text, size_t size) {
    char *token = tokens->text[tokens->count];
    bool quoted = kind == TOKEN_QUOTED;
    size_t content = quoted ? size - 2 : size;
    size_t kept = content < TOKEN_SIZE ? content : TOKEN_SIZE - 1;
    if (tokens->count + 1 == MOST_TOKENS)
        return;
    memcpy(token, text + quoted, kept);
    token[kept] = '\0';
    for (char *at = token; kind != TOKEN_STRING && *at; at++)
        *at = to_lower(*at);
    tokens->count++;
}

static void dump_text(const char *type, const char *sql, struct buffer *text) {
    struct tokens *tokens = must_have(calloc(1, sizeof(*tokens)));
    char *copy = must_have(sqlite3_mprintf("%s%c", sql, 0)); /* the lexer looks one byte further */
    struct lexer lexer = {.text = copy, .token = copy, .cursor = copy};
    enum token kind;
    while ((kind = lex_token(&lexer)) != TOKEN_END)
        if (kind != TOKEN_LINE_COMMENT && kind != TOKEN_BLOCK_COMMENT)
            add_token(tokens, kind, lexer.token, (size_t)(lexer.cursor - lexer.token));
    if (strcmp(type, "table") == 0)
        qsort(tokens->text, tokens->count, TOKEN_SIZE, compare_texts);
    for (size_t i = 0; i < tokens->count; i++)
        buffer_format(text, "%s ", tokens->text[i]);
    buffer_text(text, "\n");
    sqlite3_free(copy);
    free(tokens);
}

static void dump_schema(sqlite3 *db, struct buffer *text) {
    for (size_t i = 0; i < COUNT_OF(schema_queries); i++)
        dump_query(db, schema_queries[i], text);
    sqlite3_stmt *objects = prepare(db, "SELECT type, sql FROM sqlite_schema WHERE sql IS NOT NULL"
                                        " AND name NOT LIKE 'sqlite%' ORDER BY type, lower(name)");
    while (sqlite3_step(objects) == SQLITE_ROW)
        dump_text((const char *)sqlite3_column_text(objects, 0),
                  (const char *)sqlite3_column_text(objects, 1), text);
    sqlite3_finalize(objects);
}

/* ----------------------------------------------------------------------- rows */

static void dump_rows(sqlite3 *db, struct buffer *text) {
    sqlite3_stmt *tables = prepare(
        db, "SELECT l.name, (SELECT group_concat(c) FROM (SELECT '\"' || x.name || '\"' AS c"
            " FROM pragma_table_xinfo(l.name) AS x WHERE x.hidden = 0 ORDER BY lower(x.name)))"
            " FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.type = 'table'"
            " AND l.name NOT LIKE 'sqlite%' ORDER BY lower(l.name)");
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char *sql =
            sqlite3_mprintf("SELECT %s FROM \"%w\" ORDER BY %s", sqlite3_column_text(tables, 1),
                            sqlite3_column_text(tables, 0), sqlite3_column_text(tables, 1));
        dump_query(db, must_have(sql), text);
        sqlite3_free(sql);
    }
    sqlite3_finalize(tables);
}

/* ------------------------------------------------------------------------ runs */

static bool run(sqlite3 *db, const struct migration *migration, enum section_kind kind) {
    const struct section *section = &migration->sections[kind];
    bool fine = true;
    for (size_t i = 0; fine && i < section->count; i++) {
        const struct step *step = &section->steps[i];
        char *sql = sqlite3_mprintf("%.*s", (int)step->size, step->text);
        fine = step->is_call || sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        sqlite3_free(sql);
    }
    return fine;
}

static bool same(const struct buffer *a, const struct buffer *b) {
    return a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

struct state {
    struct buffer schema, rows;
};

static void dump(sqlite3 *db, struct state *state) {
    dump_schema(db, &state->schema);
    dump_rows(db, &state->rows);
}

static enum verdict compare(const struct migration *migration, const struct state states[4],
                            bool worked) {
    if (!worked || !same(&states[0].schema, &states[2].schema) ||
        !same(&states[1].schema, &states[3].schema))
        return VERDICT_SCHEMA;
    bool lossy = migration->fields[KEY_LOSSY].value != NULL;
    return lossy || same(&states[0].rows, &states[2].rows) ? VERDICT_SAME : VERDICT_ROWS;
}

enum verdict judge_down(const struct set *set, size_t index) {
    static const enum section_kind stages[] = {SECTION_UP, SECTION_DOWN, SECTION_UP};
    const struct migration *migration = &set->migrations[index];
    struct state states[4] = {0};
    sqlite3 *db = NULL;
    must_have(sqlite3_open(":memory:", &db) == SQLITE_OK ? db : NULL);
    bool worked = true;
    for (size_t i = 0; i < index; i++)
        worked = worked && run(db, &set->migrations[i], SECTION_UP);
    worked = worked && run(db, migration, SECTION_TEST);
    dump(db, &states[0]);
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        worked = worked && run(db, migration, stages[i]);
        dump(db, &states[i + 1]);
    }
    enum verdict verdict = compare(migration, states, worked);
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        buffer_free(&states[i].schema);
        buffer_free(&states[i].rows);
    }
    sqlite3_close(db);
    return verdict;
}
