/*
 * rows.c - the walk: runs the migrations one after the other on a second database,
 * in which each table that a migration touches holds rows.
 *
 * A table is filled when a migration first touches it.  Its rows go through each later
 * UP, as a user's rows do.  UP and DOWN run on plain rows, then UP on odd ones too, then
 * DOWN on rows that were written after UP.  Savepoints restore the state between runs.
 */
#include "rows.h"

#include <assert.h>
#include <string.h>

enum { MOST_ROUNDS = 6 };

static bool exec_rows(struct rows *rows, const char *sql) {
    return migci_sandbox_exec(&rows->sandbox, sql);
}

static void back_to(struct rows *rows, const char *savepoint) {
    migci_sandbox_end(&rows->sandbox, savepoint, false);
}

/* ------------------------------------------------------------ which tables */

/* Not SQLite's and migc's own tables, nor those in which a virtual table keeps its rows. */
static bool is_table_with_rows(sqlite3 *db, const char *name) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_strnicmp(name, "sqlite_", 7) == 0 || sqlite3_strnicmp(name, "migc_", 5) == 0 ||
        sqlite3_table_column_metadata(db, "main", name, NULL, NULL, NULL, NULL, NULL, NULL) !=
            SQLITE_OK)
        return false;
    if (!strchr(name, '_') ||
        sqlite3_prepare_v2(db,
                           "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND"
                           " sql LIKE 'create virtual%' AND ?1 LIKE name || '\\_%' ESCAPE '\\'",
                           -1, &statement, NULL) != SQLITE_OK)
        return true;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    bool is_shadow = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    return !is_shadow;
}

static void add_if_table(struct rows *rows, struct names *names, const char *name) {
    if (!has_item(names, name) && is_table_with_rows(rows->sandbox.db, name))
        add_name(&rows->scratch, names, name);
}

/* Adds every word of the statements that is the name of a table. */
static void add_named(struct rows *rows, struct names *names, const struct section *section) {
    struct word_walk walk = {.section = section};
    for (const char *word; (word = next_word(&walk, &rows->scratch)) != NULL;)
        add_if_table(rows, names, word);
}

/* The tables that the statements name, and those that triggers and views reached in the chain. */
static struct names find_touched(struct rows *rows) {
    struct names names = {0};
    const char *touched = rows->prover->proof.effects[rows->index].touched, *line;
    add_named(rows, &names, &rows->migration->sections[SECTION_UP]);
    add_named(rows, &names, &rows->migration->sections[SECTION_DOWN]);
    for (size_t size; (line = next_of_list(&touched, &size)) != NULL;)
        add_if_table(rows, &names, migci_lower(arena_copy(&rows->scratch, line, size)));
    return names;
}

/* ------------------------------------------------------------------ starting again */

/* Opens a new database with the migrations before `index` and no made-up row. */
static bool restart_rows(struct rows *rows, size_t index) {
    migci_sandbox_close(&rows->sandbox);
    for (struct row_record *record = rows->records; record; record = record->next)
        record->filled = record->given = false;
    if (!migci_sandbox_open(&rows->sandbox, &rows->prover->proof))
        must_have(NULL);
    for (size_t i = rows->first; i < index; i++)
        if (migci_sandbox_run(&rows->sandbox, i, false) != MIGC_OK)
            return false;
    return true;
}

/* --------------------------------------------------------------------- filling */

static bool load_all_test_rows(struct rows *rows, struct names *names) {
    const struct section *test = &rows->migration->sections[SECTION_TEST];
    struct names named = {0};
    add_named(rows, &named, test);
    for (size_t i = 0; i < named.count; i++) {
        struct row_record *record = record_of(rows, named.items[i]);
        if (record->filled) /* its rows were made up: those of TEST replace them */
            run_sql(rows->sandbox.db, "DELETE FROM main.\"%w\"", named.items[i]);
        record->filled = record->given = true;
        record->reason = NULL;
        add_name(&rows->scratch, names, named.items[i]);
    }
    for (size_t i = 0; i < test->count; i++)
        if (!exec_rows(rows, arena_copy(&rows->scratch, test->steps[i].text, test->steps[i].size)))
            return false;
    struct names all = named;
    add_children(rows, &all);
    remove_dangling(rows, rows->sandbox.db, &all);
    return true;
}

static void fill_all(struct rows *rows, const struct names *names) {
    for (size_t i = 0; i < names->count && !is_lost(rows); i++)
        fill_table(rows, names->items[i], 0);
}

/* ------------------------------------------------------------- what can go wrong */

static bool has_expression(const struct statement *statement) {
    int depth = 0;
    for (struct cursor cursor = cursor_at(statement->step, statement->rest);
         cursor.token != TOKEN_END; cursor_next(&cursor)) {
        depth += cursor_is(&cursor, "(");
        if (depth > 1)
            return true;
        depth -= cursor_is(&cursor, ")");
    }
    return false;
}

/* Whether a statement depends on the values of rows, and not only on whether there are any. */
static bool depends_on_rows(struct span span) {
    for (const struct statement *statement = span.first; statement < span.end; statement++)
        switch (statement->kind) {
        case STATEMENT_INSERT:
        case STATEMENT_UPDATE:
        case STATEMENT_DELETE:
        case STATEMENT_OTHER:
            return true;
        case STATEMENT_CREATE_TABLE:
            if (mentions(statement, "select"))
                return true;
            break;
        case STATEMENT_CREATE_INDEX:
            if (statement->unique || has_expression(statement))
                return true;
            break;
        case STATEMENT_ADD_COLUMN:
            if (mentions(statement, "check") || mentions(statement, "generated") ||
                mentions(statement, "as"))
                return true;
            break;
        default:
            break;
        }
    return false;
}

/* A stand-in function that UP calls, or NULL.  It returns NULL, so it proves nothing about rows. */
static const char *find_deciding_stand_in(const struct rows *rows) {
    const struct conf *conf = rows->prover->set->conf;
    for (size_t i = 0; conf && i < conf->provisions.count; i++) {
        const struct provision *provision = &conf->provisions.items[i];
        for (const struct statement *statement = rows->span.first; statement < rows->span.end;
             statement++)
            if (provision->kind == PROVISION_FUNCTION &&
                mentions(statement, migci_lower(arena_format((struct arena *)&rows->scratch, "%s",
                                                             provision->name))))
                return provision->name;
    }
    return NULL;
}

/* ------------------------------------------------------------ one migration */

/* Whether UP added the foreign key that is violated. */
static bool is_new_key(const struct row_snapshots *before, const struct run_failure *failure) {
    for (size_t i = 0; failure->child && i < before->count; i++) {
        const struct row_table *table = before->items[i].table;
        if (sqlite3_stricmp(table->name, failure->child) != 0)
            continue;
        for (size_t k = 0; k < table->key_count; k++) {
            const struct row_key *key = &table->keys[k];
            struct buffer list = {0}; /* as failure->columns: "a,b" */
            for (size_t c = 0; c < key->count; c++)
                buffer_format(&list, "%s%s", c ? "," : "", table->columns[key->columns[c]].key);
            buffer_add(&list, "", 1);
            bool same = sqlite3_stricmp(key->parent, failure->parent) == 0 &&
                        strcmp(list.bytes, failure->columns) == 0;
            buffer_free(&list);
            if (same)
                return false;
        }
    }
    return true;
}

/* Whether a later UP of the same change gives the rows their parents. */
static bool is_healed_later(struct rows *rows, const struct run_failure *failure) {
    const struct set *set = rows->prover->set;
    bool healed = false;
    exec_rows(rows, "SAVEPOINT later");
    for (size_t i = rows->index + 1; i < set->count && i <= rows->index + MOST_AHEAD && !healed;
         i++) {
        if ((set->migrations[i].locked != NULL) != (rows->migration->locked != NULL) ||
            !migci_sandbox_nests(&rows->prover->view.migrations[i], false) ||
            migci_sandbox_run(&rows->sandbox, i, false) != MIGC_OK)
            break;
        struct violations left = read_violations(rows, rows->sandbox.db);
        healed = true;
        for (size_t v = 0; v < left.count; v++)
            healed &= sqlite3_stricmp(left.items[v].child, failure->child) != 0 ||
                      sqlite3_stricmp(left.items[v].parent, failure->parent) != 0;
    }
    back_to(rows, "later");
    return healed;
}

/* The table whose made-up rows an INSERT of constants collides with, or NULL. */
static const char *find_seeded(const struct rows *rows, const struct run_failure *failure) {
    const struct step *step = step_of(rows->prover, rows->index, failure->error.step);
    for (const struct statement *statement = rows->span.first; step && statement < rows->span.end;
         statement++)
        if (statement->step == step && statement->kind == STATEMENT_INSERT &&
            !mentions(statement, "select") &&
            strncmp(failure->reason, "UNIQUE constraint", 17) == 0)
            return statement->name;
    return NULL;
}

/* Runs UP on plain rows.  True: it worked, or a later UP repairs what it leaves broken. */
static bool run_plain_up(struct rows *rows, const struct names *names,
                         struct row_snapshots *before) {
    struct run_failure failure;
    for (int round = 0; round < MOST_ROUNDS; round++) {
        *before = take_snapshots(rows, names);
        exec_rows(rows, "SAVEPOINT up");
        bool worked = run_on_rows(rows, &rows->sandbox, false, &failure);
        if (is_lost(rows))
            return false;
        if (worked || (failure.child && is_healed_later(rows, &failure))) {
            exec_rows(rows, "RELEASE up");
            return true;
        }
        back_to(rows, "up");
        const char *seeded = rows->from ? NULL : find_seeded(rows, &failure);
        if (!seeded || !is_table_with_rows(rows->sandbox.db, seeded))
            break;
        run_sql(rows->sandbox.db, "DELETE FROM main.\"%w\"", seeded);
        struct names emptied = {0};
        add_name(&rows->scratch, &emptied, seeded);
        add_children(rows, &emptied);
        remove_dangling(rows, rows->sandbox.db, &emptied);
    }
    rows->odd.count = 0;
    struct row_list list = {0};
    if (!rows->from)
        list = list_rows(rows, names);
    if (rows->from || shrink_rows(rows, &list, &failure))
        report_plain_failure(rows, &failure, &list, is_new_key(before, &failure));
    return false;
}

static void drop_guilty(struct rows *rows, const struct row_list *list) {
    for (size_t i = 0; i < list->count; i++)
        for (size_t o = 0; o < rows->odd.count && list->items[i].kind && !list->items[i].out; o++) {
            struct row *odd = &rows->odd.items[o];
            odd->out |= strcmp(odd->table->key, list->items[i].table->key) == 0 &&
                        odd->column == list->items[i].column &&
                        strcmp(odd->kind, list->items[i].kind) == 0;
        }
}

static void put_odd_rows(struct rows *rows) {
    for (size_t i = 0; i < rows->odd.count; i++) {
        struct inserter inserter = open_inserter(&rows->sandbox, rows->odd.items[i].table);
        if (!rows->odd.items[i].out)
            insert_row(&inserter, &rows->odd.items[i]);
        close_inserter(&inserter);
    }
}

/* Runs UP on plain and odd rows, reports each kind of failure once, and restores the state.  `all`
 * are these tables and those that refer to them. */
static void run_odd_up(struct rows *rows, const struct names *names, const struct names *all) {
    struct run_failure told[MOST_ROUNDS];
    rows->odd.count = 0;
    exec_rows(rows, "SAVEPOINT odd");
    for (size_t i = 0; i < names->count && !is_lost(rows); i++)
        make_odd_rows(rows, names->items[i], false);
    make_odd_children(rows, names);
    for (int round = 0; round < MOST_ROUNDS && !is_lost(rows); round++) {
        if (round > 0)
            put_odd_rows(rows);
        struct row_snapshots before = take_snapshots(rows, names);
        struct row_list list = list_rows(rows, all);
        struct run_failure *failure = &told[round];
        bool worked = run_on_rows(rows, &rows->sandbox, false, failure);
        if (worked) {
            rows->quiet = false;
            judge_rows_up(rows, &before, true);
            rows->quiet = true;
        }
        if (is_lost(rows))
            return;
        migci_sandbox_back(&rows->sandbox, "odd");
        if (worked || find_seeded(rows, failure) || !shrink_rows(rows, &list, failure))
            break;
        drop_guilty(rows, &list);
        bool is_news = true;
        for (int i = 0; i < round; i++)
            is_news &= !same_failure(&told[i], failure);
        if (is_news)
            report_odd_failure(rows, failure, &list);
    }
    if (!is_lost(rows))
        back_to(rows, "odd");
}

/* Finds rows that each make DOWN fail, reports the first if it is news, and leaves them out of the
 * next try.  False: no single row does it. */
static bool report_guilty_rows(struct rows *rows, const struct run_failure *failure, bool is_news) {
    struct row_list list = {0};
    for (size_t i = 0; i < rows->odd.count && !list.count && !is_lost(rows); i++) {
        struct row *odd = &rows->odd.items[i];
        if (odd->out || (!failure->child && !blames_row(failure->reason, odd)))
            continue;
        struct run_failure found; /* of DOWN with this row alone */
        struct inserter inserter = open_inserter(&rows->sandbox, odd->table);
        exec_rows(rows, "SAVEPOINT one");
        bool placed = insert_row(&inserter, odd) == SQLITE_OK;
        close_inserter(&inserter);
        bool fails = placed && !run_on_rows(rows, &rows->sandbox, true, &found) &&
                     same_failure(&found, failure);
        if (!is_lost(rows))
            back_to(rows, "one");
        if (!fails)
            continue;
        struct row_list first = dump_table(rows, rows->sandbox.db, odd->table);
        list.items = grow_rows(&rows->scratch, list.items, 0, &list.capacity, sizeof(*odd));
        bool repeats = strcmp(odd->kind, "dup") == 0 || strcmp(odd->kind, "twin") == 0;
        if (repeats && first.count)
            list.items[list.count++] = first.items[0];
        list.items[list.count++] = *odd;
    }
    if (list.count && is_news)
        report_new_rows(rows, failure, &list);
    drop_guilty(rows, &list);
    return list.count > 0;
}

/* Runs DOWN on rows that were written after UP. */
static void run_new_down(struct rows *rows, const struct names *names) {
    struct run_failure told[MOST_ROUNDS];
    struct names tables = *names;
    if (rows->migration->fields[KEY_LOSSY].value)
        return;
    add_named(rows, &tables, &rows->migration->sections[SECTION_UP]);
    exec_rows(rows, "SAVEPOINT new");
    keep_records(rows);
    rows->odd.count = 0;
    rows->after_up = true;
    fill_all(rows, &tables);
    exec_rows(rows, "SAVEPOINT odd");
    for (size_t i = 0; i < tables.count && !is_lost(rows); i++)
        make_odd_rows(rows, tables.items[i], true);
    for (int round = 0; round < MOST_ROUNDS && !is_lost(rows); round++) {
        if (round > 0)
            put_odd_rows(rows);
        struct run_failure *failure = &told[round];
        if (run_on_rows(rows, &rows->sandbox, true, failure) || is_lost(rows))
            break;
        migci_sandbox_back(&rows->sandbox, "odd");
        bool is_news = true;
        for (int i = 0; i < round; i++)
            is_news &= !same_failure(&told[i], failure);
        /* The author of a DOWN that deletes parents knows that rows may refer to them. */
        struct span span = section_span(rows, SECTION_DOWN);
        if ((failure->child &&
             find_statement(span, STATEMENT_DELETE,
                            migci_lower(arena_format(&rows->scratch, "%s", failure->parent)))) ||
            !report_guilty_rows(rows, failure, is_news) || failure->child)
            break;
    }
    rows->after_up = false;
    restore_records(rows);
    if (!is_lost(rows))
        back_to(rows, "new");
}

static void run_down(struct rows *rows, const struct names *names, struct row_snapshots *before,
                     const struct indexes *indexes) {
    struct run_failure failure;
    exec_rows(rows, "SAVEPOINT down");
    bool worked = run_on_rows(rows, &rows->sandbox, true, &failure);
    if (worked) {
        judge_rows_down(rows, before);
        judge_counters(rows, before, true);
        if (indexes)
            judge_indexes(rows, indexes, true);
    } else if (!is_lost(rows)) {
        struct row_list none = {0};
        report_plain_failure(rows, &failure, &none, false);
    }
    if (is_lost(rows))
        return;
    back_to(rows, "down");
    if (worked && !rows->from && depends_on_rows(section_span(rows, SECTION_DOWN)))
        run_new_down(rows, names);
}

/* A no-transaction DOWN would end the savepoints that restore the rows. */
static bool has_down_that_nests(const struct rows *rows) {
    return rows->migration->sections[SECTION_DOWN].count > 0 &&
           migci_sandbox_nests(&rows->prover->view.migrations[rows->index], true);
}

/* Notes "3 rows of notes, 2 of tags" for the report. */
static void note_rows_of_proof(struct rows *rows, const struct names *names) {
    struct buffer text = {0};
    for (size_t i = 0; i < names->count; i++) {
        long long count = count_rows(rows->sandbox.db, names->items[i]);
        if (count > 0)
            buffer_format(&text, "%s%lld%s of %s", text.size ? ", " : "", count,
                          text.size   ? ""
                          : count > 1 ? " rows"
                                      : " row",
                          names->items[i]);
    }
    if (text.size)
        rows->prover->set->migrations[rows->index].rows =
            arena_copy(rows->prover->arena, text.bytes, text.size);
    buffer_free(&text);
}

/* Proves the migration on rows.  False: the walk has to restart after it. */
static bool prove_on_rows(struct rows *rows, struct names *names) {
    struct row_snapshots before;
    struct names touched = *names;
    size_t known = rows->prover->diagnostics->count;
    struct indexes indexes = list_indexes(rows);
    if (rows->migration->sections[SECTION_TEST].count && !load_all_test_rows(rows, names))
        return false;
    add_children(rows, names);
    fill_all(rows, names);
    if (is_lost(rows))
        return false;
    fill_indexes(rows, &indexes);
    raise_counters(rows, names);
    note_rows_of_proof(rows, names);
    if (depends_on_rows(rows->span)) {
        exec_rows(rows, "SAVEPOINT first");
        if (!run_plain_up(rows, names, &before))
            return false;
        size_t told = rows->prover->diagnostics->count;
        judge_rows_up(rows, &before, false);
        rows->quiet = true;
        back_to(rows, "first");
        if (rows->prover->diagnostics->count ==
            told) /* or they would show the same failure again */
            run_odd_up(rows, &touched, names);
        if (is_lost(rows))
            return false;
    }
    if (!run_plain_up(rows, names, &before))
        return false;
    judge_rows_up(rows, &before, false);
    judge_counters(rows, &before, false);
    bool fits = judge_indexes(rows, &indexes, false);
    if (fits && rows->prover->diagnostics->count == known)
        judge_triggers(rows);
    if (has_down_that_nests(rows) && !is_lost(rows))
        run_down(rows, names, &before, fits ? &indexes : NULL);
    return !is_lost(rows);
}

static bool restore_rows(void *user, sqlite3 *db) {
    const struct rows *rows = user;
    return restore_database(db, rows->kept_database, rows->kept_size);
}

/* Begins before the last migration with what is connected with it alone, if no row was made up
 * before: SQLite goes through all of a schema for each ALTER TABLE. */
static bool begin_on_excerpt(struct rows *rows) {
    const struct prover *prover = rows->prover;
    if (!prover->excerpt || rows->done || rows->touched || rows->index < rows->halt ||
        rows->index + 1 < prover->set->count)
        return false;
    if (!exec_rows(rows, prover->excerpt))
        must_have(NULL);
    begin_anew(rows->sandbox.db);
    rows->done = rows->index;
    return true;
}

/* Runs the migrations before `end` that have not run yet.  False: the walk cannot go on. */
static bool catch_up(struct rows *rows, size_t end) {
    /* Skips those up to the base of the proof, if no row was made up before, or up to the database
     * of the cache. */
    bool is_kept = rows->kept_database && rows->done < rows->halt;
    const struct base *base = find_base(rows, end);
    bool skips = base && !rows->touched && rows->done < base->until &&
                 (!is_kept || base->until >= rows->halt);
    if (skips) {
        restore_base(&rows->sandbox, base);
        rows->done = base->until;
    } else if (is_kept) {
        if (!migci_sandbox_between(&rows->sandbox, restore_rows, rows))
            must_have(NULL);
        rows->done = rows->halt;
    }
    if (skips || is_kept)
        begin_anew(rows->sandbox.db);
    for (; rows->done < end; rows->done++) {
        if (migci_sandbox_run(&rows->sandbox, rows->done, false) != MIGC_OK &&
            !restart_rows(rows, rows->done + 1))
            return false;
        if (rows->done + 1 == rows->halt)
            begin_anew(rows->sandbox.db);
    }
    return true;
}

/* Walks over one migration.  False: the walk cannot go on. */
static bool climb_one(struct rows *rows) {
    const migc_migration *migration = &rows->prover->view.migrations[rows->index];
    struct names names = {0};
    bool judged = !rows->migration->of_module && migci_sandbox_nests(migration, false) &&
                  !rows->prover->faulty[rows->index];
    if (judged)
        judge_crossed(rows);
    if (rows->index < rows->first_search &&
        !(judged && (may_touch(rows) || next_trigger(rows->span, NULL))))
        return true;
    if (!begin_on_excerpt(rows) && !catch_up(rows, rows->index))
        return false;
    if (judged)
        names = find_touched(rows);
    judged &= find_deciding_stand_in(rows) == NULL;
    bool goes_on;
    if (names.count && judged) {
        exec_rows(rows, "SAVEPOINT migration");
        goes_on = prove_on_rows(rows, &names) && exec_rows(rows, "RELEASE migration");
    } else { /* it may fill new tables, and make a full-text index on them */
        struct indexes indexes = {0};
        if (judged)
            indexes = list_indexes(rows);
        goes_on = migci_sandbox_run(&rows->sandbox, rows->index, false) == MIGC_OK;
        if (goes_on && judged && judge_indexes(rows, &indexes, false))
            judge_triggers(rows);
        goes_on = goes_on && !is_lost(rows);
    }
    goes_on = goes_on || restart_rows(rows, rows->index + 1);
    rows->done = rows->index + 1;
    if (rows->done == rows->halt)
        begin_anew(rows->sandbox.db);
    return goes_on;
}

/* The same on a given database: no row is made up. */
static bool climb_given(struct rows *rows) {
    if (rows->applied && rows->applied[rows->index])
        return true;
    if (rows->migration->of_module) /* the build of its own set reports it */
        return migci_sandbox_run(&rows->sandbox, rows->index, false) == MIGC_OK;
    struct names names = find_touched(rows);
    struct row_snapshots before;
    add_children(rows, &names);
    if (!migci_sandbox_nests(&rows->prover->view.migrations[rows->index], false)) {
        struct run_failure failure;
        struct row_list none = {0};
        if (run_on_rows(rows, &rows->sandbox, false, &failure))
            return true;
        report_plain_failure(rows, &failure, &none, false);
        return false;
    }
    struct indexes indexes = list_indexes(rows);
    exec_rows(rows, "SAVEPOINT migration");
    if (!run_plain_up(rows, &names, &before))
        return false;
    judge_rows_up(rows, &before, false);
    judge_counters(rows, &before, false);
    bool fits = judge_indexes(rows, &indexes, false);
    if (has_down_that_nests(rows))
        run_down(rows, &names, &before, fits ? &indexes : NULL);
    return !is_lost(rows) && exec_rows(rows, "RELEASE migration");
}

/* -------------------------------------------------------------------- the end */

static bool adopt_rows(void *user, sqlite3 *db) {
    keep_rows_part(user, db);
    return true;
}

/* After the released migrations the walk goes on as if their rows came from the cache. */
static bool halt_rows(struct rows *rows) {
    bool goes_on = true;
    if (rows->questions && !rows->done && rows->prover->only_up_at_halt)
        keep_rows_part(rows, NULL);
    else if (rows->questions) {
        goes_on = catch_up(rows, rows->halt);
        if (goes_on && !migci_sandbox_between(&rows->sandbox, adopt_rows, rows))
            must_have(NULL);
    }
    end_questions(rows);
    if (rows->bare_open)
        migci_sandbox_close(&rows->bare);
    rows->bare_open = false;
    return goes_on;
}

static void walk_rows(struct rows *rows, size_t first, size_t end,
                      bool (*climb)(struct rows *rows)) {
    bool goes_on = true;
    for (rows->index = first; rows->index < end && goes_on; rows->index++) {
        rows->migration = &rows->prover->set->migrations[rows->index];
        rows->span = span_of(&rows->prover->lint, rows->index);
        rows->odd = (struct row_list){0};
        rows->quiet = false;
        goes_on = climb(rows);
        if (goes_on && rows->index + 1 == rows->halt)
            goes_on = halt_rows(rows);
        arena_free(&rows->scratch);
        rows->scratch = (struct arena){0};
    }
    migci_sandbox_close(&rows->sandbox);
    arena_free(&rows->scratch);
    if (rows->seen)
        arena_free(&rows->seen->arena);
    rows->seen = NULL;
}

void walk_given(struct prover *prover, const char *path, size_t first, const bool *applied) {
    struct rows rows = {.prover = prover, .from = path, .first = first, .applied = applied};
    read_set_words(&rows);
    if (!migci_sandbox_open(&rows.sandbox, &prover->proof))
        must_have(NULL);
    walk_rows(&rows, first, prover->set->count, climb_given);
}

void prove_rows(struct prover *prover, long limit, size_t reached) {
    struct rows rows = {.prover = prover, .limit = limit};
    if (!reached || !limit || prover->diagnostics->flags.of[WARNING_ROWS].off)
        return;
    read_set_words(&rows);
    if (!migci_sandbox_open(&rows.sandbox, &prover->proof))
        must_have(NULL);
    begin_questions(&rows);
    rows.first_report = prover->diagnostics->count;
    bool kept = read_rows_part(&rows);
    walk_rows(&rows, kept ? rows.halt : 0, reached, climb_one);
    end_questions(&rows);
    if (rows.bare_open)
        migci_sandbox_close(&rows.bare);
    struct buffer list = {0}; /* of the tables for which no rows were made */
    size_t all = 0, filled = 0;
    for (const struct row_record *record = rows.records; record; record = record->next) {
        all++;
        filled += !record->reason;
        if (record->reason)
            buffer_format(&list, "%s%s (%s)", list.size ? ", " : "", record->key, record->reason);
    }
    if (list.size)
        report_warning(rows.prover->diagnostics, WARNING_UNFILLED,
                       location_of_file(&rows.prover->set->migrations[0].source),
                       "rows were made up for %zu of %zu tables that migrations touch; not for "
                       "%.*s: write such rows into TEST",
                       filled, all, (int)list.size, list.bytes);
    buffer_free(&list);
}
