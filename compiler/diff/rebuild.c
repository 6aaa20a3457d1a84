/*
 * rebuild.c - a table made anew, as SQLite documents it: a new table, its rows copied by the names
 * of the columns, the old one dropped, the new one renamed.
 *
 * What a column of old rows gets that only a person can know is a question in the text: a name
 * that no table has, so that the build stops there.
 */
#include "diff.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------- the text of a statement */

/* Behind CREATE [VIRTUAL] TABLE; *name is the token of the name. */
static migci_text text_behind_name(const char *sql, migci_token *name) {
    migci_text text = migci_text_of(sql);
    migci_token_next(&text);
    *name = migci_token_next(&text);
    if (migci_token_is(*name, "virtual"))
        *name = migci_token_next(&text);
    *name = migci_token_next(&text);
    return text;
}

const char *column_definition(const struct item *item, size_t index, struct arena *arena) {
    migci_token token;
    migci_text text = text_behind_name(item->sql, &token), list, column;
    token = migci_token_next(&text); /* "(" */
    list = migci_text_group(&text);
    for (size_t i = 0; migci_text_item(&list, &column); i++) {
        if (i != index)
            continue;
        const char *start = NULL, *end = NULL;
        while ((token = migci_token_next(&column)).kind != MIGCI_TOKEN_END) {
            start = start ? start : token.start;
            end = token.start + token.length;
        }
        return start ? arena_copy(arena, start, (size_t)(end - start)) : "";
    }
    return "";
}

/* ------------------------------------------------------------------------ columns */

enum affinity { AFFINITY_ANY, AFFINITY_TEXT, AFFINITY_NUMERIC, AFFINITY_REAL, AFFINITY_INTEGER };

struct traits {
    const char *type, *standard; /* standard: its DEFAULT, or NULL */
    bool not_null, generated, primary;
    bool is_rowid;      /* INTEGER PRIMARY KEY: SQLite numbers it by itself */
    bool is_strict;     /* the table takes no value of another type */
    const char *parent; /* a row of the table it refers to, as a query; NULL: it does not */
    enum affinity affinity;
};

static bool type_has(const char *type, const char *part) {
    return sqlite3_strlike(part, type, 0) == 0;
}

static enum affinity affinity_of_type(const char *type) {
    if (type_has(type, "%INT%"))
        return AFFINITY_INTEGER;
    if (type_has(type, "%CHAR%") || type_has(type, "%CLOB%") || type_has(type, "%TEXT%"))
        return AFFINITY_TEXT;
    if (!*type || type_has(type, "%BLOB%") || type_has(type, "ANY"))
        return AFFINITY_ANY;
    if (type_has(type, "%REAL%") || type_has(type, "%FLOA%") || type_has(type, "%DOUB%"))
        return AFFINITY_REAL;
    return AFFINITY_NUMERIC;
}

static const char *keep_column(sqlite3_stmt *row, int column, struct arena *arena) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

static bool read_traits(sqlite3 *db, const char *table, const char *name, struct traits *traits,
                        struct arena *arena) {
    sqlite3_stmt *row = NULL;
    *traits = (struct traits){.type = ""};
    sqlite3_prepare_v2(db,
                       "SELECT type, dflt_value, \"notnull\", hidden IN (2, 3), pk,"
                       " pk AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?1, 'main')"
                       " WHERE origin = 'pk'), (SELECT strict FROM pragma_table_list(?1)"
                       " WHERE schema = 'main'), (SELECT printf('(SELECT min(%s) FROM \"%w\")',"
                       " ifnull(printf('\"%w\"', \"to\"), 'rowid'), \"table\") FROM"
                       " pragma_foreign_key_list(?1, 'main') WHERE \"from\" = ?2 COLLATE NOCASE)"
                       " FROM pragma_table_xinfo(?1, 'main') WHERE name = ?2 COLLATE NOCASE",
                       -1, &row, NULL);
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, name, -1, SQLITE_STATIC);
    bool found = sqlite3_step(row) == SQLITE_ROW;
    if (found) {
        traits->type = keep_column(row, 0, arena);
        traits->type = traits->type ? traits->type : "";
        traits->standard = keep_column(row, 1, arena);
        traits->not_null = sqlite3_column_int(row, 2) != 0;
        traits->generated = sqlite3_column_int(row, 3) != 0;
        traits->primary = sqlite3_column_int(row, 4) != 0;
        traits->is_rowid = sqlite3_column_int(row, 5) != 0;
        traits->is_strict = sqlite3_column_int(row, 6) != 0;
        traits->parent = keep_column(row, 7, arena);
        traits->affinity = affinity_of_type(traits->type);
        if (traits->standard && sqlite3_stricmp(traits->standard, "NULL") == 0)
            traits->standard = NULL;
    }
    sqlite3_finalize(row);
    return found;
}

/* A value of the type, for the trial and for rows that come back. */
static const char *stand_in(const struct traits *traits) {
    static const char *const values[] = {"x''", "''", "0", "0.0", "0"};
    return traits->parent ? traits->parent : values[traits->affinity];
}

static const char *unique_stand_in(const struct traits *traits, struct arena *arena) {
    return traits->is_strict ? arena_format(arena, "CAST(row_number() OVER () AS %s)", traits->type)
                             : "row_number() OVER ()";
}

/* ---------------------------------------------------------------------- questions */

/* The lists of INSERT ... SELECT as they grow. */
struct copy {
    struct buffer columns, values, shown;
    size_t count;
    bool altered; /* a column of the old table has other values */
};

static void add_copied_value(struct copy *copy, const char *column, const char *value,
                             const char *shown) {
    const char *comma = copy->count++ ? ", " : "";
    buffer_format(&copy->columns, "%s%s", comma, column);
    buffer_format(&copy->values, "%s%s", comma, value);
    if (shown) /* it has a line of its own */
        buffer_format(&copy->shown, "%s%s", *comma ? "," : "", shown);
    else
        buffer_format(&copy->shown, "%s%s", comma, value);
}

/* "answer_total", on a line of its own below what is asked. */
static const char *question(struct writer *writer, const char *column, const char *asked,
                            const char *before, const char *behind) {
    struct buffer name = {0};
    writer->script->questions++;
    for (const char *c = column; *c; c++)
        buffer_add(&name, is_word(*c) ? c : "_", 1);
    const char *shown = arena_format(writer->arena, "\n        -- %s\n        %sanswer_%.*s%s",
                                     asked, before, (int)name.size, name.bytes, behind);
    buffer_free(&name);
    return shown;
}

enum uniqueness read_uniqueness(sqlite3 *db, const struct item *item, const char *name) {
    static const char sql[] =
        "SELECT max(1 + (SELECT count(*) = 1 FROM pragma_index_info(l.name)))"
        " FROM pragma_index_list(?1, 'main') AS l, pragma_index_info(l.name) AS i"
        " WHERE l.\"unique\" AND i.name = ?2 COLLATE NOCASE";
    sqlite3_stmt *row = NULL;
    sqlite3_prepare_v2(db, sql, -1, &row, NULL);
    sqlite3_bind_text(row, 1, item->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, name, -1, SQLITE_STATIC);
    int unique = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int(row, 0) : 0;
    sqlite3_finalize(row);
    return (enum uniqueness)unique;
}

/* Most get their default, and a reference to a row gets NULL.  One that must differ from row to
 * row needs more than that. */
static void copy_new_column(struct writer *writer, struct copy *copy, const struct item *item,
                            const char *name, const struct traits *traits) {
    struct arena *arena = writer->arena;
    enum uniqueness unique = read_uniqueness(writer->target, item, name);
    bool needed = traits->not_null || traits->primary;
    bool serves = traits->standard && unique != WHOLLY_UNIQUE && !traits->parent;
    const char *value = !needed && (traits->parent || !traits->standard) ? "NULL"
                        : unique ? unique_stand_in(traits, arena)
                                 : stand_in(traits);
    const char *shown = NULL;
    if (traits->is_rowid || serves || (!needed && !traits->standard))
        return;
    if (writer->direction == WAY_UP && strcmp(value, "NULL") != 0) {
        const char *reason = traits->primary ? (unique == WHOLLY_UNIQUE ? "the PRIMARY KEY"
                                                                        : "part of the PRIMARY KEY")
                             : unique == WHOLLY_UNIQUE ? "UNIQUE"
                             : traits->standard        ? "NOT NULL and a reference"
                                                       : "NOT NULL without DEFAULT";
        shown = question(
            writer, name,
            arena_format(arena, "%s.%s is %s: what do old rows get?", item->name, name, reason), "",
            "");
    }
    add_copied_value(copy, quote_name(name, arena), value, shown);
}

/* Whether the new column refuses or changes what the old one may hold. */
static bool is_narrower(const struct traits *old, const struct traits *traits) {
    if (!traits->is_strict)
        return traits->affinity > AFFINITY_TEXT && old->affinity < traits->affinity;
    if (traits->affinity == AFFINITY_ANY)
        return type_has(traits->type, "BLOB") && sqlite3_stricmp(old->type, traits->type) != 0;
    return traits->affinity == AFFINITY_TEXT ? old->affinity == AFFINITY_ANY
                                             : old->affinity < traits->affinity;
}

static void copy_old_column(struct writer *writer, struct copy *copy, const struct item *item,
                            const char *name, const struct traits *old,
                            const struct traits *traits) {
    struct arena *arena = writer->arena;
    const char *quoted = quote_name(name, arena), *value = quoted, *shown = NULL;
    const char *cast = arena_format(arena, "CAST(%s AS %s)", quoted, traits->type);
    bool asks = is_narrower(old, traits) && writer->direction == WAY_UP;
    bool needs_cast =
        traits->is_strict && sqlite3_stricmp(traits->type, "ANY") != 0 &&
        (is_narrower(old, traits) || (!old->is_strict && writer->direction == WAY_DOWN));
    bool refuses_null = traits->not_null && !old->not_null && !traits->is_rowid;
    bool unique = asks && (read_uniqueness(writer->target, item, name) ||
                           read_uniqueness(writer->db, item, name));
    if (unique) /* what differs from row to row may not once it is cast */
        value = unique_stand_in(traits, arena);
    else if (asks || needs_cast)
        value = cast;
    if (refuses_null && !unique)
        value = arena_format(arena, "ifnull(%s, %s)", value,
                             traits->standard ? traits->standard : stand_in(traits));
    if (asks)
        shown = question(writer, name,
                         arena_format(arena,
                                      "%s.%s was '%s' and is '%s': what do old values become? %s?",
                                      item->name, name, old->type, traits->type, cast),
                         "", "");
    else if (refuses_null && !traits->standard && writer->direction == WAY_UP)
        shown = question(
            writer, name,
            arena_format(arena, "%s.%s is NOT NULL: what do rows with NULL get?", item->name, name),
            arena_format(arena, "ifnull(%s, ", quoted), ")");
    writer->script->asks_old |= shown != NULL;
    copy->altered |= value != quoted;
    add_copied_value(copy, quoted, value, shown);
}

/* ------------------------------------------------------------------------- tables */

static bool is_full_text(const struct item *item, struct arena *arena) {
    return is_module_table(item) &&
           (has_token(item->sql, "fts5", arena) || has_token(item->sql, "fts4", arena) ||
            has_token(item->sql, "fts3", arena));
}

const char *content_of(const struct item *item, struct arena *arena) {
    migci_text content;
    if (!migci_content_of(item->sql, &content))
        return NULL;
    return arena_copy(arena, content.start, (size_t)(content.end - content.start));
}

bool fill_index(struct writer *writer, const struct item *item) {
    const char *content = content_of(item, writer->arena);
    const char *name = quote_name(item->name, writer->arena);
    if (!content || !*content)
        return true;
    return write_format(writer, "INSERT INTO %s(%s) VALUES('rebuild')", name, name);
}

/* Rows that only their rowid tells apart: no column is a name for it. */
static bool has_rowid(sqlite3 *db, const struct item *item, struct arena *arena) {
    sqlite3_stmt *statement = NULL;
    struct traits traits;
    size_t keys = 0, integers = 0;
    for (size_t i = 0; i < item->column_count; i++) {
        read_traits(db, item->name, item->columns[i].name, &traits, arena);
        keys += traits.primary;
        integers += traits.primary && sqlite3_stricmp(traits.type, "INTEGER") == 0;
    }
    if (keys == 1 && integers == 1)
        return false;
    const char *sql = arena_format(arena, "SELECT rowid FROM %s", quote_name(item->name, arena));
    bool has = !item_column(item, "rowid") &&
               sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK;
    sqlite3_finalize(statement);
    return has;
}

static void fill_copy(struct writer *writer, struct copy *copy, const struct item *old,
                      const struct item *item) {
    assert(copy->count == 0);
    bool needs_rowid = is_full_text(old, writer->arena) && is_full_text(item, writer->arena);
    for (size_t i = 0; i < writer->to->list.count && !needs_rowid; i++) {
        const char *content = content_of(writer->to->list.items[i], writer->arena);
        /* A full-text index finds the table's rows by their rowid. */
        needs_rowid = content && sqlite3_stricmp(content, item->name) == 0;
    }
    if (needs_rowid && has_rowid(writer->db, old, writer->arena) &&
        has_rowid(writer->target, item, writer->arena))
        add_copied_value(copy, "rowid", "rowid", NULL);
    for (size_t i = 0; i < item->column_count; i++) {
        struct traits was, is;
        const char *name = item->columns[i].name;
        if (!read_traits(writer->target, item->name, name, &is, writer->arena) || is.generated)
            continue;
        if (read_traits(writer->db, old->name, name, &was, writer->arena))
            copy_old_column(writer, copy, item, name, &was, &is);
        else
            copy_new_column(writer, copy, item, name, &is);
    }
}

static bool copy_rows(struct writer *writer, const struct item *old, const struct item *item,
                      const char *fresh) {
    struct copy copy = {0};
    struct arena *arena = writer->arena;
    bool done = true;
    fill_copy(writer, &copy, old, item);
    if (copy.count) {
        const char *columns = arena_copy(arena, copy.columns.bytes, copy.columns.size);
        const char *form = "INSERT INTO %s(%s)\n    SELECT %s\n    FROM %s";
        const char *from = quote_name(old->name, arena);
        done = write_statement(
            writer,
            arena_format(arena, form, fresh, columns,
                         arena_copy(arena, copy.values.bytes, copy.values.size), from),
            arena_format(arena, form, fresh, columns,
                         arena_copy(arena, copy.shown.bytes, copy.shown.size), from));
    }
    writer->altered |= copy.altered;
    buffer_free(&copy.columns);
    buffer_free(&copy.values);
    buffer_free(&copy.shown);
    return done;
}

/* The numbers that AUTOINCREMENT has given are not given again. */
static bool keep_sequence(struct writer *writer, const struct item *old, const struct item *item,
                          const char *fresh) {
    if (!has_token(old->sql, "autoincrement", writer->arena) ||
        !has_token(item->sql, "autoincrement", writer->arena))
        return true;
    char *sql = sqlite3_mprintf("INSERT INTO sqlite_sequence(name, seq) SELECT %Q, seq FROM "
                                "sqlite_sequence WHERE name = %Q",
                                fresh, old->name);
    bool done = write_statement(writer, must_have(sql), NULL);
    sqlite3_free(sql);
    return done;
}

bool refill_indexes(struct writer *writer, const char *table) {
    bool done = true;
    for (size_t i = 0; i < writer->to->list.count && done; i++) {
        const struct item *item = writer->to->list.items[i];
        const struct item *now = find_item(&writer->now, ITEM_TABLE, item->name);
        const char *content = content_of(item, writer->arena);
        if (content && sqlite3_stricmp(content, table) == 0 && now &&
            strcmp(now->sql, item->sql) == 0)
            done = fill_index(writer, item);
    }
    return done;
}

bool rebuild_table(struct writer *writer, const struct item *old, const struct item *item) {
    assert(old->kind == ITEM_TABLE && item->kind == ITEM_TABLE);
    struct arena *arena = writer->arena;
    const char *table = quote_name(old->name, arena), *content = content_of(item, arena);
    if (content || content_of(old, arena)) {
        if (content && !*content)
            add_lossy(writer, "what the index %s holds", item->name);
        return write_format(writer, "DROP TABLE %s", table) &&
               write_statement(writer, item->sql, NULL) && fill_index(writer, item);
    }
    const char *name = arena_format(arena, "%s_new", item->name);
    for (int n = 2;
         find_item(&writer->now, ITEM_TABLE, name) ||
         find_item(&writer->to->list, ITEM_TABLE, name) || find_item(&writer->now, ITEM_VIEW, name);
         n++)
        name = arena_format(arena, "%s_new%d", item->name, n);
    migci_token old_name;
    text_behind_name(item->sql, &old_name);
    const char *fresh = quote_name(name, arena);
    const char *sql = arena_format(arena, "%.*s%s%s", (int)(old_name.start - item->sql), item->sql,
                                   fresh, old_name.start + old_name.length);
    writer->altered = false;
    return write_statement(writer, sql, NULL) && keep_sequence(writer, old, item, name) &&
           copy_rows(writer, old, item, fresh) && write_format(writer, "DROP TABLE %s", table) &&
           write_format(writer, "ALTER TABLE %s RENAME TO %s", fresh,
                        quote_name(item->name, arena)) &&
           (!writer->altered || refill_indexes(writer, item->name));
}
