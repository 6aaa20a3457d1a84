/*
 * foreign_keys.c - makes sure that a run with foreign keys off leaves no new violations.
 *
 * Violations from before the run do not count.  If there are any, they are kept in a temporary
 * table, inside the run's transaction, and subtracted from those at its end.  They are counted,
 * because nothing else tells rows of a table WITHOUT ROWID apart.
 *
 * If it is known what a run touches, only those tables are checked, and those that refer to one of
 * them.  For that, the keys of all tables are listed once.  As long as the schema's version says
 * that only this run has changed the schema, new keys are added to the list.  The proof does not
 * know every trigger that a database has, so a trigger of a touched table is taken to touch every
 * table that it mentions.
 */
#include "engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Columns: table, rowid, parent, the number of the key in its table (a rebuild may change it), and -1
 * before the run or 1 after it. */
#define CHECKED "SELECT *, ?2 AS balance FROM pragma_foreign_key_check(?1, 'main')"
#define KEEP_CHECKED "INSERT INTO temp.migc_violations " CHECKED

/* ------------------------------------------------------------ the list of keys */

typedef struct parent {
    const char *name;
    struct parent *next;
} parent;

/* A table that refers to others. */
typedef struct migci_child {
    const char *name;
    bool is_read; /* its parents are known */
    parent *parents;
    struct migci_child *next;
} child;

/* A trigger: the tables that it mentions may be touched when the rows of its table are. */
typedef struct migci_trigger {
    const char *table; /* NULL: not known, so it always fires */
    const char *sql;
    bool fires;
    struct migci_trigger *next;
} trigger;

static bool add_trigger(migci_keys *keys, const char *table, const char *sql) {
    trigger *added = migci_allocate(&keys->memory, sizeof(*added));
    if (!added || !(added->table = migci_copy(&keys->memory, table)) ||
        !(added->sql = migci_copy(&keys->memory, sql)))
        return false;
    added->next = keys->triggers;
    keys->triggers = added;
    return true;
}

static bool add_child(migci_keys *keys, const char *name) {
    child *added = migci_allocate(&keys->memory, sizeof(*added));
    if (!added || !(added->name = migci_copy(&keys->memory, name)))
        return false;
    added->next = keys->children;
    keys->children = added;
    return true;
}

void migci_keys_forget(migci_keys *keys) {
    migci_free_all(&keys->memory);
    migci_free_all(&keys->memory_of_run);
    memset(keys, 0, sizeof(*keys));
}

/* If memory is out here, the list is not valid, but reading the history goes on. */
int migci_keys_take(void *argument, const migci_value *cells) {
    migci_keys *keys = &((migci_session *)argument)->run->keys;
    if (!cells) {
        migci_free_all(&keys->memory);
        keys->children = NULL;
        keys->triggers = NULL;
        keys->last_rowid = 0;
        keys->listed = true;
        return 0;
    }
    const char *type = cells[1].text, *table = cells[2].text, *sql = cells[3].text;
    if (cells[0].number > keys->last_rowid)
        keys->last_rowid = cells[0].number;
    if (!type || !table || !sql)
        return 0;
    if (strcmp(type, "trigger") == 0)
        keys->listed &= add_trigger(keys, table, sql);
    else if (strcmp(type, "table") == 0 && migci_mentions(sql, "REFERENCES"))
        keys->listed &= add_child(keys, table);
    return 0;
}

static int take_parent_table(void *argument, const migci_value *cells) {
    migci_keys *keys = argument;
    parent *added = migci_allocate(&keys->memory, sizeof(*added));
    keys->listed = added && (added->name = migci_copy(&keys->memory, cells[0].text));
    if (!keys->listed)
        return 1;
    added->next = keys->reading->parents;
    keys->reading->parents = added;
    return 0;
}

static migci_outcome end_listing(migci_session *session, migci_outcome outcome) {
    if (outcome == MIGCI_DONE && session->run->keys.listed)
        return MIGCI_DONE;
    session->run->keys.listed = false;
    return outcome == MIGCI_DONE ? migci_lack_memory(session) : MIGCI_REFUSED;
}

static migci_outcome list_parents(migci_session *session) {
    migci_keys *keys = &session->run->keys;
    migci_outcome outcome = MIGCI_DONE;
    for (child *table = keys->children; table && outcome == MIGCI_DONE; table = table->next) {
        if (table->is_read)
            continue;
        keys->reading = table;
        table->parents = NULL;
        table->is_read = true;
        outcome = end_listing(session,
                              migci_ask(session, take_parent_table, keys,
                                        "SELECT \"table\" FROM pragma_foreign_key_list(?, 'main')",
                                        "s", table->name));
    }
    return outcome;
}

static const char list_sql[] = "SELECT rowid, type, tbl_name, sql, name FROM main.sqlite_schema"
                               " WHERE rowid > ? AND type IN ('table', 'trigger')";

/* Adds the tables and triggers that are newer than the list. */
static migci_outcome list_child_tables(migci_session *session) {
    char sql[sizeof(list_sql) + sizeof(MIGCI_TEMP_TRIGGERS)];
    migci_keys *keys = &session->run->keys;
    if (!keys->listed || keys->last_rowid < 0)
        migci_keys_take(session, NULL);
    snprintf(sql, sizeof(sql), "%s%s", list_sql,
             migci_has_temp(session) ? MIGCI_TEMP_TRIGGERS : "");
    migci_outcome outcome =
        migci_ask(session, migci_keys_take, session, sql, "i", keys->last_rowid);
    return end_listing(session, outcome);
}

static bool has_name(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; (at = strchr(at, '"')) != NULL; at = strchr(at, '"') + 1)
        if (sqlite3_strnicmp(++at, name, (int)length) == 0 && at[length] == '"')
            return true;
    return false;
}

/* Whether a migration of the run touches the table, or a trigger that it fires.  A quote in a
 * name may be doubled in the text. */
static bool touches(const migci_session *session, const char *name) {
    bool is_quoted = strpbrk(name, "\"'`]") != NULL;
    const trigger *const lists[] = {session->run->keys.triggers,
                                    session->run->keys.triggers_of_run};
    for (size_t i = session->next; i < session->run->keys.end; i++)
        if (has_name(session->plan.actions[i].migration->touched, name))
            return true;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        for (const trigger *at = lists[i]; at; at = at->next)
            if (at->fires && (is_quoted || migci_mentions(at->sql, name)))
                return true;
    return false;
}

/* One trigger may fire another. */
static void find_firing(const migci_session *session) {
    trigger *const lists[] = {session->run->keys.triggers, session->run->keys.triggers_of_run};
    const size_t count = sizeof(lists) / sizeof(*lists);
    bool again = true;
    for (size_t i = 0; i < count; i++)
        for (trigger *at = lists[i]; at; at = at->next)
            at->fires = !at->table;
    while (again) {
        again = false;
        for (size_t i = 0; i < count; i++)
            for (trigger *at = lists[i]; at; at = at->next)
                if (!at->fires && touches(session, at->table))
                    at->fires = again = true;
    }
}

/* After the run, the tables are checked that its new triggers mention.  So they are checked
 * before it, too: old violations there are not the run's. */
static bool list_made_triggers(migci_session *session) {
    migci_keys *keys = &session->run->keys;
    for (size_t i = session->next; i < keys->end; i++) {
        unsigned count;
        const migc_step *steps = migci_action_steps(&session->plan.actions[i], &count);
        for (unsigned s = 0; s < count; s++) {
            if (!migci_mentions(steps[s].text, "TRIGGER"))
                continue;
            trigger *added = migci_allocate(&keys->memory_of_run, sizeof(*added));
            if (!added)
                return false;
            *added = (trigger){.sql = steps[s].text, .next = keys->triggers_of_run};
            keys->triggers_of_run = added;
        }
    }
    return true;
}

/* A trigger that the run has dropped may have fired before. */
static void keep_triggers(migci_keys *keys) {
    trigger *last = keys->triggers;
    while (last && last->next)
        last = last->next;
    if (last) {
        last->next = keys->triggers_of_run;
        keys->triggers_of_run = keys->triggers;
    }
    keys->triggers = NULL;
    migci_add_memory(&keys->memory_of_run, &keys->memory);
}

/* Whether a statement of the run has the word in it. */
static bool run_mentions(const migci_session *session, const char *word) {
    return migci_plan_mentions(&session->plan, session->next, session->run->keys.end, word);
}

/* Whether what the run made may belong in the list; a module may make anything. */
static bool makes_keys(const migci_session *session) {
    return run_mentions(session, "REFERENCES") || run_mentions(session, "TRIGGER") ||
           run_mentions(session, "VIRTUAL");
}

/* After the run's statements.  ALTER TABLE changes rows of the schema in place. */
static migci_outcome update_list(migci_session *session) {
    migci_keys *keys = &session->run->keys;
    /* On a remote this would cost a round trip: the schema counts as changed. */
    if (!session->driver.remote) {
        int64_t version = session->schema_version;
        migci_outcome outcome = migci_read_schema_version(session);
        if (outcome != MIGCI_DONE || (keys->listed && version == session->schema_version))
            return outcome;
    }
    keys->listed &= keys->narrow && !session->claimed && !run_mentions(session, "ALTER");
    bool drops = keys->listed && run_mentions(session, "DROP");
    if (drops && !run_mentions(session, "CREATE")) {
        /* The rowid of a deleted row may be used again, so new rows are not known by their
         * rowid. */
        keys->last_rowid = -1;
        for (child *table = keys->children; table; table = table->next)
            table->is_read &= !touches(session, table->name);
        return MIGCI_DONE;
    }
    keys->listed &= !drops;
    if (keys->listed && keys->last_rowid >= 0 && !makes_keys(session))
        return MIGCI_DONE;
    if (keys->narrow && (!keys->listed || keys->last_rowid < 0))
        keep_triggers(keys);
    return keys->narrow ? list_child_tables(session) : MIGCI_DONE;
}

/* -------------------------------------------------------------------- checking */

struct violation {
    bool before; /* found before the run */
    char words[300];
    int64_t count;
};

static int take_violation(void *argument, const migci_value *cells) {
    struct violation *violation = argument;
    violation->count++;
    if (violation->before || violation->count > 1)
        return violation->before;
    if (!cells[1].text)
        snprintf(violation->words, sizeof(violation->words), "a row of %s points at no row of %s",
                 cells[0].text, cells[2].text);
    else
        snprintf(violation->words, sizeof(violation->words),
                 "row %lld of %s points at no row of %s", (long long)cells[1].number, cells[0].text,
                 cells[2].text);
    return 0;
}

/* A foreign key that names no unique columns cannot be checked: SQLite fails with an
 * ordinary error.  If it does so before the run, that is not the run's fault. */
static migci_outcome check_table(migci_session *session, const char *sql, const char *table,
                                 struct violation *violation) {
    migci_keys *keys = &session->run->keys;
    migci_outcome outcome = migci_ask(session, take_violation, violation, sql, "si", table,
                                      violation->before ? (int64_t)-1 : (int64_t)1);
    if (outcome == MIGCI_DONE || session->driver.failure.sqlite_code != SQLITE_ERROR)
        return outcome;
    keys->unchecked |= violation->before;
    return keys->unchecked ? MIGCI_DONE : outcome;
}

/* Runs `sql` for each table that is checked, or once for all. */
static migci_outcome check_tables(migci_session *session, const char *sql,
                                  struct violation *violation) {
    if (!session->run->keys.narrow)
        return check_table(session, sql, NULL, violation);
    migci_outcome outcome = list_parents(session);
    find_firing(session);
    for (child *table = session->run->keys.children; table && outcome == MIGCI_DONE;
         table = table->next) {
        bool checks = table->parents && touches(session, table->name);
        for (const parent *to = table->parents; to && !checks; to = to->next)
            checks = touches(session, to->name);
        if (checks)
            outcome = check_table(session, sql, table->name, violation);
    }
    return outcome;
}

/* ------------------------------------------------------------------- the run */

/* A backslash in the JSON means a quote in a name, which touches() could not find. */
void migci_keys_narrow(migci_session *session, size_t end) {
    migci_keys *keys = &session->run->keys;
    keys->end = end;
    keys->narrow = true;
    for (size_t i = session->next; i < end && keys->narrow; i++) {
        const char *touched = session->plan.actions[i].migration->touched;
        keys->narrow = touched && !strchr(touched, '\\');
    }
}

static migc_code refuse_keys(migci_session *session) {
    return migci_fail_driver(session, "checking foreign keys");
}

static migci_outcome drop_violations(migci_session *session) {
    return migci_do(session, "DROP TABLE IF EXISTS temp.migc_violations", "");
}

/* All tables are checked in a new database, where they are all new; if there are hooks, since
 * nobody has proven what these do; and if a migration sets the schema's version, which hides
 * changes. */
migc_code migci_keys_before(migci_session *session, size_t end) {
    migci_keys *keys = &session->run->keys;
    struct violation any = {.before = true};
    assert(end <= session->plan.count && migci_in_transaction(session));
    keys->violated = keys->unchecked = false;
    migci_keys_narrow(session, end);
    keys->narrow &= session->history && session->history->count > 0 && !session->options->hooks &&
                    !run_mentions(session, "schema_version") &&
                    !run_mentions(session, "writable_schema");
    if (session->driver.remote) /* listed when this transaction read the history */
        keys->listed &= session->take_object != NULL;
    else
        keys->listed &= session->schema_left && session->schema_left == session->schema_version;
    migci_free_all(&keys->memory_of_run);
    keys->triggers_of_run = NULL;
    if (keys->narrow && !list_made_triggers(session)) {
        migci_lack_memory(session);
        return refuse_keys(session);
    }
    if ((keys->narrow && !keys->listed && list_child_tables(session) != MIGCI_DONE) ||
        check_tables(session, CHECKED, &any) != MIGCI_DONE)
        return refuse_keys(session);
    if (!any.count)
        return MIGC_OK;
    keys->violated = true;
    migci_outcome outcome = drop_violations(session);
    if (outcome == MIGCI_DONE)
        outcome = migci_do(
            session, "CREATE TEMP TABLE migc_violations(child, row, parent, key, balance)", "");
    if (outcome == MIGCI_DONE)
        outcome = check_tables(session, KEEP_CHECKED, &any);
    return outcome == MIGCI_DONE ? MIGC_OK : refuse_keys(session);
}

#define MORE_BY(column)                                                                            \
    "(SELECT count(*) FROM (SELECT 1 FROM temp.migc_violations GROUP BY " column                   \
    " HAVING sum(balance) > 0))"

/* Old violations look new if their table or its parent has another name now, or its rows have other
 * rowids.  So after a run that renames or drops, they are only counted. */
static migci_outcome excuse_renamed(migci_session *session, struct violation *added) {
    struct violation all = {.before = false};
    int64_t more = 0;
    if (!added->count || !(run_mentions(session, "RENAME") || run_mentions(session, "DROP")))
        return MIGCI_DONE;
    migci_outcome outcome = check_tables(session, KEEP_CHECKED, &all);
    if (outcome == MIGCI_DONE)
        outcome = migci_ask_number(
            session, "SELECT min(" MORE_BY("child") ", " MORE_BY("parent") ")", &more);
    if (outcome == MIGCI_DONE && !more)
        added->count = 0;
    return outcome;
}

migc_code migci_keys_after(migci_session *session) {
    const migci_keys *keys = &session->run->keys;
    struct violation added = {.before = false};
    const char *sql = keys->violated ? "SELECT * FROM (" CHECKED
                                       " UNION ALL SELECT * FROM temp.migc_violations)"
                                       " GROUP BY 1, 2, 3 HAVING sum(balance) > 0"
                                     : CHECKED;
    if (update_list(session) != MIGCI_DONE || check_tables(session, sql, &added) != MIGCI_DONE ||
        (keys->violated &&
         (excuse_renamed(session, &added) != MIGCI_DONE || drop_violations(session) != MIGCI_DONE)))
        return refuse_keys(session);
    if (!added.count)
        return MIGC_OK;
    migci_fail(session, MIGC_FOREIGN_KEY, "foreign keys do not hold after the run: %s%s",
               added.words, added.count > 1 ? ", and others" : "");
    if (run_mentions(session, "DELETE"))
        session->advice = "Delete what points there, too: ON DELETE CASCADE does nothing while"
                          " migrations run, unless 'Foreign-Keys: on' is in the header";
    return MIGC_FOREIGN_KEY;
}
