/*
 * proof_excerpt.c - chooses the part of a database that one migration concerns: the tables that
 * it names, what depends on them, and what that needs to compile.
 *
 * SQLite goes through all of a schema for each ALTER TABLE.  If the tables concerned hold few
 * rows, DOWN and UP again show the same on an excerpt of the database (proof_trial.c).  An
 * excerpt with too much in it is also right, so a name counts wherever it stands as a word.
 */
#include "proof.h"

#include <stdio.h>
#include <string.h>

typedef struct migci_piece {
    char type; /* 't'able, 'i'ndex, 'v'iew, t'r'igger */
    const char *name, *table, *sql;
    struct migci_piece *home;    /* the table or view that it comes with, or is */
    const migci_table *as_table; /* of the chain's schema */
    size_t rows;
    bool taken;
    bool concerned; /* what names it is taken, too */
    bool followed;
} migci_piece;

typedef struct migci_excerpt {
    migci_chain *chain;
    const migc_migration *migration;
    migci_memory memory;
    migci_piece *pieces; /* in the order of sqlite_schema */
    size_t count;
    char *text; /* UP and DOWN */
    bool whole; /* all that is taken is concerned */
    bool grows;
} migci_excerpt;

/* Whether the text reaches what an excerpt does not have: other schemas, state of the
 * connection, chance. */
static bool has_reach(const char *text) {
    static const char *const words[] = {
        "temp",    "temporary",         "attach",         "detach", "vacuum",
        "analyze", "virtual",           "load_extension", "random", "randomblob",
        "changes", "last_insert_rowid", "total_changes",  "dbstat"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (migci_mentions(text, words[i]))
            return true;
    return sqlite3_strlike("%sqlite_%", text, 0) == 0 || sqlite3_strlike("%pragma%", text, 0) == 0;
}

/* ---------------------------------------------------------------------- reading */

static char *text_of_steps(migci_excerpt *excerpt) {
    const migc_migration *migration = excerpt->migration;
    sqlite3_str *text = sqlite3_str_new(NULL);
    for (unsigned i = 0; i < migration->up_count + migration->down_count; i++)
        if (migration->steps[i].text)
            sqlite3_str_appendf(text, "%s;\n", migration->steps[i].text);
    char *whole = sqlite3_str_finish(text);
    char *copy = whole ? migci_copy(&excerpt->memory, whole) : NULL;
    excerpt->chain->proof->no_memory |= !copy;
    sqlite3_free(whole);
    return copy;
}

/* Whether it leaves something on the connection, which no excerpt would have. */
static bool leaves_things_behind(const migc_migration *migration) {
    for (unsigned i = 0; i < migration->up_count + migration->down_count; i++) {
        const char *text = migration->steps[i].text;
        if (migration->steps[i].call || migci_mentions(text, "temp") ||
            migci_mentions(text, "temporary") ||
            (migci_mentions(text, "pragma") && !migci_mentions(text, "foreign_keys")))
            return true;
    }
    return false;
}

static const char *keep_piece_text(migci_excerpt *excerpt, sqlite3_stmt *row, int column) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    const char *copy = text ? migci_copy(&excerpt->memory, text) : NULL;
    excerpt->chain->proof->no_memory |= !copy;
    return copy ? copy : "";
}

static bool is_home(const migci_piece *piece) {
    return piece->type == 't' || piece->type == 'v';
}

/* It most often stands shortly before. */
static migci_piece *find_home(const migci_excerpt *excerpt, migci_piece *piece) {
    size_t at = (size_t)(piece - excerpt->pieces);
    for (size_t i = 1; !is_home(piece) && i < excerpt->count; i++) {
        migci_piece *other = &excerpt->pieces[(at + excerpt->count - i) % excerpt->count];
        if (is_home(other) && sqlite3_stricmp(other->name, piece->table) == 0)
            return other;
    }
    return piece;
}

static bool read_pieces(migci_excerpt *excerpt) {
    sqlite3_stmt *row = NULL;
    sqlite3 *db = excerpt->chain->sandbox.db;
    int64_t most = migci_ask_sqlite(db, "SELECT count(*) FROM main.sqlite_schema");
    migci_piece *pieces = migci_allocate(&excerpt->memory, (size_t)(most + 1) * sizeof(*pieces));
    excerpt->chain->proof->no_memory |= most < 0 || !pieces;
    excerpt->pieces = pieces;
    int code = excerpt->chain->proof->no_memory
                   ? SQLITE_NOMEM
                   : sqlite3_prepare_v2(db,
                                        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
                                        " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%'"
                                        " ESCAPE '\\' ORDER BY rowid",
                                        -1, &row, NULL);
    bool plain = true;
    while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        migci_piece *piece = &pieces[excerpt->count++];
        const char *type = (const char *)sqlite3_column_text(row, 0);
        excerpt->chain->proof->no_memory |= !type;
        piece->type = type ? type[*type == 't' && type[1] == 'r'] : ' ';
        piece->name = keep_piece_text(excerpt, row, 1);
        piece->table = keep_piece_text(excerpt, row, 2);
        piece->sql = keep_piece_text(excerpt, row, 3);
        plain &= *piece->name && !strpbrk(piece->name, "\"'`[]");
        code = SQLITE_OK;
    }
    sqlite3_finalize(row);
    bool read = !migci_proof_lacks_memory(excerpt->chain->proof, code) && code == SQLITE_DONE;
    for (size_t i = 0; read && i < excerpt->count; i++)
        pieces[i].home = find_home(excerpt, &pieces[i]);
    return read && plain;
}

/* --------------------------------------------------------------------- choosing */

/* Takes the table or view; an index or trigger comes with its own. */
static void take_piece(migci_excerpt *excerpt, migci_piece *piece, bool concerned) {
    piece = piece->home;
    concerned |= excerpt->whole;
    excerpt->grows |= !piece->taken || (concerned && !piece->concerned);
    piece->followed &= !concerned || piece->concerned;
    piece->taken = true;
    piece->concerned |= concerned;
}

/* What the statement needs to compile. */
static void take_named(migci_excerpt *excerpt, const migci_piece *by) {
    for (size_t i = 0; i < excerpt->count; i++) {
        migci_piece *piece = &excerpt->pieces[i];
        if (is_home(piece) && !piece->taken && migci_mentions(by->sql, piece->name))
            take_piece(excerpt, piece, false);
    }
}

static void follow_piece(migci_excerpt *excerpt, migci_piece *home) {
    home->followed = true;
    /* Take what names the table or view; what names a view that was taken is taken, too. */
    for (size_t i = 0; i < excerpt->count && home->concerned; i++)
        if (&excerpt->pieces[i] != home && migci_mentions(excerpt->pieces[i].sql, home->name))
            take_piece(excerpt, &excerpt->pieces[i], excerpt->pieces[i].type == 'v');
    if (home->concerned || home->type == 'v')
        take_named(excerpt, home);
    for (size_t i = 0; i < excerpt->count; i++)
        if (excerpt->pieces[i].type == 'r' &&
            sqlite3_stricmp(excerpt->pieces[i].table, home->name) == 0)
            take_named(excerpt, &excerpt->pieces[i]);
}

static void choose_pieces(migci_excerpt *excerpt) {
    for (size_t i = 0; i < excerpt->count; i++)
        if (migci_mentions(excerpt->text, excerpt->pieces[i].name))
            take_piece(excerpt, &excerpt->pieces[i], true);
    for (excerpt->grows = true; excerpt->grows;) {
        excerpt->grows = false;
        for (size_t i = 0; i < excerpt->count; i++)
            if (excerpt->pieces[i].taken && !excerpt->pieces[i].followed)
                follow_piece(excerpt, &excerpt->pieces[i]);
    }
}

/* ---------------------------------------------------------------------- judging */

static bool has_numbers(migci_excerpt *excerpt, const char *table) {
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(excerpt->chain->sandbox.db,
                                  "SELECT 1 FROM main.sqlite_sequence WHERE name = ?1 COLLATE"
                                  " NOCASE",
                                  -1, &row, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(row);
    sqlite3_finalize(row);
    return !migci_proof_lacks_memory(excerpt->chain->proof, code) && code == SQLITE_ROW;
}

/* Without a column: whether there is such a table. */
static bool has_column(sqlite3 *db, const char *table, const char *column) {
    return sqlite3_table_column_metadata(db, "main", table, column, NULL, NULL, NULL, NULL, NULL) ==
           SQLITE_OK;
}

/* Notes the table's rows.  False: what an excerpt needs of the table is not known. */
static bool has_known_rows(migci_excerpt *excerpt, migci_piece *piece) {
    char *key = migci_copy(&excerpt->memory, piece->name);
    excerpt->chain->proof->no_memory |= !key;
    piece->as_table = key ? migci_schema_table(&excerpt->chain->schema, migci_lower(key)) : NULL;
    const migci_kept_rows *kept = key ? migci_chain_rows(excerpt->chain, key) : NULL;
    piece->rows = kept ? kept->rows.count : 0;
    return piece->as_table && !(migci_mentions(piece->sql, "autoincrement") &&
                                (piece->rows || has_numbers(excerpt, piece->name)));
}

/* Whether the text names a table with so many rows that nothing is gained. */
static bool names_many_rows(const migci_excerpt *excerpt) {
    const migci_schema *schema = &excerpt->chain->schema;
    for (size_t i = 0; i < schema->table_count; i++) {
        const migci_kept_rows *kept = migci_chain_rows(excerpt->chain, schema->tables[i]->key);
        if (kept && kept->rows.count > schema->count &&
            migci_mentions(excerpt->text, schema->tables[i]->name))
            return true;
    }
    return false;
}

/* Whether the text names a missing table that a key refers to: making such a table, or renaming
 * one to it, may change the key. */
static bool names_missing_parent(const migci_excerpt *excerpt) {
    const migci_schema *schema = &excerpt->chain->schema;
    for (size_t i = 0; i < schema->count; i++) {
        const migci_object *object = schema->objects[i];
        char parent[300];
        size_t size;
        if (object->type != MIGCI_FOREIGN_KEY)
            continue;
        const char *name = migci_key_parent(object, &size);
        snprintf(parent, sizeof(parent), "%.*s", (int)size, name);
        if (*parent && !migci_schema_table(schema, parent) && migci_mentions(excerpt->text, parent))
            return true;
    }
    return false;
}

/* Shadow tables are named after their table: its name comes first. */
static bool names_shadow(const migci_excerpt *excerpt, const migci_piece *piece) {
    size_t size = strlen(piece->name);
    if (!migci_mentions(piece->sql, "virtual"))
        return false;
    for (const char *at = excerpt->text; *at; at++)
        if (sqlite3_strnicmp(at, piece->name, (int)size) == 0)
            return true;
    return false;
}

/* ---------------------------------------------------------------------- writing */

/* Appends INSERT INTO main."t"(_rowid_, "a") VALUES(1, 'text'); for each row.  False: it cannot. */
static bool write_rows(migci_excerpt *excerpt, const migci_table *table, sqlite3_str *sql) {
    sqlite3 *db = excerpt->chain->sandbox.db;
    sqlite3_str *start = sqlite3_str_new(NULL), *query = sqlite3_str_new(NULL);
    sqlite3_stmt *row = NULL;
    bool written = has_column(db, table->name, "_rowid_"), fine = true;
    sqlite3_str_appendf(start, "INSERT INTO main.\"%w\"(%s", table->name, written ? "_rowid_" : "");
    sqlite3_str_appendall(query, written ? "SELECT ?1 || quote(_rowid_)" : "SELECT ?1");
    for (size_t i = 0; i < table->column_count; i++) {
        const migci_object *column = table->columns[i];
        fine &= strcmp(column->key, "_rowid_") != 0; /* else _rowid_ is not the rowid */
        if (column->traits[MIGCI_GENERATED])
            continue;
        sqlite3_str_appendf(start, "%s\"%w\"", written ? ", " : "", column->name);
        sqlite3_str_appendf(query, " || %squote(\"%w\")", written ? "', ' || " : "", column->name);
        written = true;
    }
    sqlite3_str_appendall(start, ") VALUES(");
    sqlite3_str_appendf(query, " || ');' FROM main.\"%w\"", table->name);
    char *insert = sqlite3_str_finish(start), *select = sqlite3_str_finish(query);
    int code = insert && select ? sqlite3_prepare_v2(db, select, -1, &row, NULL) : SQLITE_NOMEM;
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(row, 1, insert, -1, SQLITE_STATIC);
    while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(row, 0);
        code = text ? SQLITE_OK : SQLITE_NOMEM;
        sqlite3_str_appendf(sql, "%s\n", text);
    }
    sqlite3_finalize(row);
    sqlite3_free(insert);
    sqlite3_free(select);
    return !migci_proof_lacks_memory(excerpt->chain->proof, code) && code == SQLITE_DONE && fine;
}

/* The rows come before the triggers, which must not fire. */
static bool write_taken(migci_excerpt *excerpt, sqlite3_str *sql) {
    bool written = true;
    for (size_t i = 0; i < excerpt->count; i++)
        if (excerpt->pieces[i].home->taken && excerpt->pieces[i].type != 'r')
            sqlite3_str_appendf(sql, "%s;\n", excerpt->pieces[i].sql);
    for (size_t i = 0; i < excerpt->count && written; i++)
        if (excerpt->pieces[i].taken && excerpt->pieces[i].rows)
            written = write_rows(excerpt, excerpt->pieces[i].as_table, sql);
    for (size_t i = 0; i < excerpt->count; i++)
        if (excerpt->pieces[i].home->taken && excerpt->pieces[i].type == 'r')
            sqlite3_str_appendf(sql, "%s;\n", excerpt->pieces[i].sql);
    return written;
}

/* NULL: so much is taken that nothing is gained, or the excerpt would not show the same. */
static const char *write_excerpt(migci_excerpt *excerpt, migci_memory *memory) {
    size_t taken = 0, rows = 0;
    bool shows = true;
    for (size_t i = 0; i < excerpt->count && shows; i++) {
        migci_piece *piece = &excerpt->pieces[i];
        shows = !names_shadow(excerpt, piece);
        if (!piece->home->taken)
            continue;
        taken++;
        shows &= !has_reach(piece->sql) && (piece->type != 't' || has_known_rows(excerpt, piece));
        rows += piece->rows;
    }
    /* VERIFY may read other tables, and with statistics SQLite may visit rows in another order. */
    bool depends_on_more = excerpt->migration->verify_count ||
                           has_column(excerpt->chain->sandbox.db, "sqlite_stat1", NULL);
    shows &= taken <= excerpt->count / 2 && rows <= excerpt->count && !depends_on_more;
    if (!shows || excerpt->chain->proof->no_memory)
        return NULL;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    shows = write_taken(excerpt, sql);
    excerpt->chain->proof->no_memory |= sqlite3_str_errcode(sql) == SQLITE_NOMEM;
    char *text = sqlite3_str_finish(sql);
    const char *copy = shows ? migci_copy(memory, text ? text : "") : NULL;
    excerpt->chain->proof->no_memory |= shows && !copy;
    sqlite3_free(text);
    return excerpt->chain->proof->no_memory ? NULL : copy;
}

const char *migci_excerpt_of(migci_chain *chain, size_t index, bool whole, migci_memory *memory) {
    const migc_migration *migrations = chain->proof->set->migrations;
    const migc_migration *migration = &migrations[index];
    migci_excerpt excerpt = {.chain = chain, .migration = migration, .whole = whole};
    const char *sql = NULL;
    for (; chain->seen_migrations <= index && !chain->whole_only; chain->seen_migrations++)
        chain->whole_only = leaves_things_behind(&migrations[chain->seen_migrations]);
    if (chain->whole_only || chain->broken || !chain->trial.db || !migration->down_count ||
        !migci_sandbox_nests(migration, false) || !migci_sandbox_nests(migration, true))
        return NULL;
    if ((excerpt.text = text_of_steps(&excerpt)) != NULL && !has_reach(excerpt.text) &&
        !names_many_rows(&excerpt) && !names_missing_parent(&excerpt) && read_pieces(&excerpt)) {
        bool compiles_again = false; /* ALTER TABLE compiles views and triggers */
        for (size_t i = 0; i < excerpt.count; i++)
            compiles_again |= excerpt.pieces[i].type == 'v' || excerpt.pieces[i].type == 'r';
        chain->sound |= !compiles_again;
        choose_pieces(&excerpt);
        sql = write_excerpt(&excerpt, memory);
    }
    migci_free_all(&excerpt.memory);
    return sql;
}
