/*
 * rows_shrink.c - finds the fewest rows, with the fewest columns, on which UP fails.  They
 * are tried on a database that has the migrations before and no other made-up row.
 */
#include "rows.h"

#include <string.h>

enum { MOST_TESTS = 60, MOST_COLUMN_TESTS = 40, MOST_SHRUNK = 20 };

/* ---------------------------------------------------------------- the database */

const struct base *find_base(const struct rows *rows, size_t end) {
    const struct base *base = &rows->prover->base;
    return base->bytes && base->until > 0 && base->until <= end ? base : NULL;
}

static bool put_base(void *user, sqlite3 *db) {
    const struct base *base = user;
    return restore_database(db, (const char *)base->bytes, base->size);
}

void restore_base(migci_sandbox *sandbox, const struct base *base) {
    if (!migci_sandbox_between(sandbox, put_base, (void *)base))
        must_have(NULL);
}

/* Brings the database without rows to the state before the migration. */
static bool climb_bare(struct rows *rows) {
    if (!rows->bare_open) {
        if (rows->bare_lost || !migci_sandbox_open(&rows->bare, &rows->prover->proof))
            return false;
        rows->bare_open = true;
        rows->bare_at = 0;
        const struct base *base = find_base(rows, rows->index);
        if (base && base->until >= rows->halt) { /* with and without a cache */
            restore_base(&rows->bare, base);
            rows->bare_at = base->until;
        }
    }
    for (; rows->bare_at < rows->index; rows->bare_at++)
        if (migci_sandbox_run(&rows->bare, rows->bare_at, false) != MIGC_OK) {
            migci_sandbox_close(&rows->bare);
            rows->bare_open = false;
            rows->bare_lost = true;
            return false;
        }
    return true;
}

/* ------------------------------------------------------------------- the rows */

static void list_table(struct rows *rows, struct row_list *list, struct names *done,
                       const char *name, int depth) {
    if (has_item(done, name) || depth > MOST_AHEAD)
        return;
    struct row_table *table = read_row_table(rows, rows->sandbox.db, name);
    if (!table || table->is_virtual)
        return;
    add_name(&rows->scratch, done, table->key);
    for (size_t i = 0; i < table->key_count; i++)
        list_table(rows, list, done, table->keys[i].parent, depth + 1);
    struct row_list all = dump_table(rows, rows->sandbox.db, table);
    for (size_t i = 0; i < all.count; i++) {
        for (size_t o = 0; o < rows->odd.count; o++) {
            const struct row *odd = &rows->odd.items[o];
            bool same = strcmp(odd->table->key, table->key) == 0;
            for (size_t c = 0; same && c < table->count; c++)
                same = same_meaning(&odd->values[c], &all.items[i].values[c]);
            if (same) {
                all.items[i].kind = odd->kind;
                all.items[i].column = odd->column;
            }
        }
        list->items = grow_rows(&rows->scratch, list->items, list->count, &list->capacity,
                                sizeof(*list->items));
        list->items[list->count++] = all.items[i];
    }
}

struct row_list list_rows(struct rows *rows, const struct names *tables) {
    struct row_list list = {0};
    struct names done = {0};
    for (size_t i = 0; i < tables->count; i++)
        list_table(rows, &list, &done, tables->items[i], 0);
    return list;
}

/* ------------------------------------------------------------------- one test */

static void insert_bare(struct rows *rows, const struct row *row) {
    sqlite3_stmt *statement = NULL;
    sqlite3_str *sql = sqlite3_str_new(rows->bare.db);
    size_t named = 0;
    sqlite3_str_appendf(sql, "INSERT INTO main.\"%w\"", row->table->name);
    for (size_t c = 0; c < row->table->count; c++)
        if (row->values[c].type)
            sqlite3_str_appendf(sql, "%s\"%w\"", named++ ? ", " : "(", row->table->columns[c].name);
    for (size_t i = 0; i < named; i++)
        sqlite3_str_appendall(sql, i ? ", ?" : ") VALUES(?");
    sqlite3_str_appendall(sql, named ? ")" : " DEFAULT VALUES");
    char *text = must_have(sqlite3_str_finish(sql));
    rows->bare.watch.spent = 0;
    if (sqlite3_prepare_v2(rows->bare.db, text, -1, &statement, NULL) == SQLITE_OK) {
        int parameter = 0;
        for (size_t c = 0; c < row->table->count; c++)
            if (row->values[c].type)
                bind_value(statement, ++parameter, &row->values[c]);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    sqlite3_free(text);
}

static bool still_fails(struct rows *rows, const struct row_list *list,
                        const struct run_failure *failure) {
    struct run_failure found;
    struct names tables = {0};
    migci_sandbox_exec(&rows->bare, "SAVEPOINT test");
    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].out) {
            insert_bare(rows, &list->items[i]);
            add_name(&rows->scratch, &tables, list->items[i].table->key);
        }
    if (!failure->child)
        remove_dangling(rows, rows->bare.db, &tables);
    bool fails = !run_on_rows(rows, &rows->bare, false, &found) && same_failure(&found, failure);
    if (migci_sandbox_is_lost(&rows->bare)) { /* UP ended the transaction */
        migci_sandbox_close(&rows->bare);
        rows->bare_open = false;
        return climb_bare(rows) && fails;
    }
    migci_sandbox_end(&rows->bare, "test", false);
    return fails;
}

/* How many odd rows are not out. */
enum breadth { NO_ODD, BLAMED_USUAL, BLAMED, ALL_ODD };

/* Finds rows that fail, to begin with: the plain ones, then with blamed odd ones, then all. */
static bool choose_rows(struct rows *rows, struct row_list *list,
                        const struct run_failure *failure) {
    for (size_t i = 0; i < list->count; i++)
        list->items[i].out = true;
    if (still_fails(rows, list, failure)) /* it fails without rows: the proof reports that */
        return false;
    for (int breadth = NO_ODD; breadth <= ALL_ODD; breadth++) {
        for (size_t i = 0; i < list->count; i++) {
            struct row *row = &list->items[i];
            bool strange =
                row->kind && (strcmp(row->kind, "text") == 0 || strcmp(row->kind, "num") == 0);
            bool blamed = row->kind && blames_row(failure->reason, row);
            row->out = row->kind && breadth != ALL_ODD &&
                       (breadth == NO_ODD || !blamed || (breadth == BLAMED_USUAL && strange));
        }
        if (still_fails(rows, list, failure))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------- shrinking */

static void take_rows_out(struct rows *rows, struct row_list *list,
                          const struct run_failure *failure) {
    int tests = 0;
    bool *was = arena_take(&rows->scratch, list->count + 1);
    for (size_t size = list->count; size > 0; size /= 2)
        for (size_t from = 0; from < list->count && tests < MOST_TESTS; from += size) {
            size_t end = from + size < list->count ? from + size : list->count, changed = 0;
            for (size_t i = from; i < end; i++) {
                was[i] = list->items[i].out;
                changed += !was[i];
                list->items[i].out = true;
            }
            if (!changed)
                continue;
            tests++;
            if (!still_fails(rows, list, failure))
                for (size_t i = from; i < end; i++)
                    list->items[i].out = was[i];
        }
}

bool shrink_rows(struct rows *rows, struct row_list *list, const struct run_failure *failure) {
    if (rows->shrunk >= MOST_SHRUNK || !climb_bare(rows) || !choose_rows(rows, list, failure))
        return false;
    rows->shrunk++;
    take_rows_out(rows, list, failure);
    int tests = 0;
    for (size_t i = 0; i < list->count; i++)
        for (size_t c = 0; c < list->items[i].table->count && !list->items[i].out; c++) {
            const struct row_column *column = &list->items[i].table->columns[c];
            struct value kept = list->items[i].values[c];
            if (column->primary || (column->not_null && !column->fallback) ||
                tests++ >= MOST_COLUMN_TESTS)
                continue;
            list->items[i].values[c] = (struct value){.type = 0};
            if (!still_fails(rows, list, failure))
                list->items[i].values[c] = kept;
        }
    return rows->bare_open;
}
