/*
 * history.c - migc_migrations (what is applied now) and migc_events (what happened;
 * rows are only ever added).  No other file's SQL writes to them.
 *
 * Both are checked before they are trusted: somebody may have put a view in their place, or a
 * trigger on them.  Every name has its schema, since TEMP objects hide those of the file, and every
 * write is checked to have happened.
 */
#include "history/history.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW "strftime('%Y-%m-%d %H:%M:%f', 'now')"

enum { TABLES = 2 };
static const char *const table_names[TABLES] = {"migc_migrations", "migc_events"};
static const char *const create_tables[TABLES] = {
    "CREATE TABLE IF NOT EXISTS main.migc_migrations(\n"
    "set_name TEXT NOT NULL, seq INTEGER NOT NULL, version INTEGER NOT NULL,\n"
    "name TEXT NOT NULL, checksum TEXT NOT NULL, chain TEXT NOT NULL, down TEXT,\n"
    "applied_at TEXT NOT NULL, duration_us INTEGER NOT NULL, applied_by TEXT,\n"
    "PRIMARY KEY(set_name, seq)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS main.migc_events(\n"
    "id INTEGER PRIMARY KEY, at TEXT NOT NULL, set_name TEXT NOT NULL,\n"
    "action TEXT NOT NULL, version INTEGER, name TEXT, duration_us INTEGER,\n"
    "host TEXT, pid INTEGER, applied_by TEXT, detail TEXT,\n"
    "description TEXT, status TEXT, metadata TEXT)",
};

static const migc_migration none; /* for a row that the set has no migration for */

/* Columns of migc_events that older tables lack; they get them with the next event. */
static const char *const newer_columns[] = {"description TEXT", "status TEXT", "metadata TEXT"};

static migci_outcome add_newer_columns(migci_session *session) {
    char sql[80];
    migci_outcome outcome = MIGCI_DONE;
    for (size_t i = 0; i < sizeof(newer_columns) / sizeof(*newer_columns); i++) {
        snprintf(sql, sizeof(sql), "ALTER TABLE main.migc_events ADD COLUMN %s", newer_columns[i]);
        if (outcome == MIGCI_DONE)
            outcome = migci_do(session, sql, "");
    }
    if (outcome == MIGCI_DONE)
        outcome =
            migci_do(session,
                     "UPDATE main.migc_events SET status = CASE action WHEN 'up' THEN 'completed'"
                     " WHEN 'failed' THEN 'failed' WHEN 'down' THEN 'rolled_back' END",
                     "");
    session->history->is_old = outcome != MIGCI_DONE;
    session->schema_version = 0;
    return outcome;
}

/* Creates those that are missing: somebody may have dropped the events alone, to save space. */
migci_outcome migci_history_create(migci_session *session) {
    for (size_t i = 0; i < TABLES; i++) {
        migci_outcome outcome = migci_do(session, create_tables[i], "");
        if (outcome != MIGCI_DONE)
            return outcome;
    }
    return MIGCI_DONE;
}

/* ------------------------------------------------------------------ reading */

/* If memory is out while reading, `count` is higher than the number of rows in the list;
 * migci_history_index() notices that. */

/* Selects the two tables, tables with REFERENCES (LIKE is fast with a rare part of the word),
 * triggers, and the last row (from which a list is continued).  If LIKE is case-sensitive or the
 * host's own, it selects every table. */
static const char look_sql[] =
    "SELECT rowid, type, tbl_name, sql, name FROM main.sqlite_schema WHERE type <> 'index' AND"
    " (type = 'trigger' OR tbl_name COLLATE NOCASE BETWEEN 'migc_events' AND 'migc_migrations'"
    " OR sql LIKE '%ferences%' OR NOT ifnull('- REFERENCES -' LIKE '%ferences%', 0))"
    " UNION ALL SELECT max(rowid), '', '', '', '' FROM main.sqlite_schema";

/* Behind that, indexes that do more than speed up.  Nearly always there is none that somebody made,
 * and a PRAGMA tells that sooner than preparing this join does. */
#define UNION " UNION ALL "
static const char made_indexes[] =
    UNION "SELECT 0, 'index', t, '', i.name FROM (SELECT 'migc_migrations' AS t UNION ALL"
          " SELECT 'migc_events') CROSS JOIN pragma_index_list(t, 'main') AS i WHERE origin = 'c'"
          " AND (\"unique\" OR partial OR EXISTS"
          " (SELECT 1 FROM pragma_index_xinfo(i.name, 'main') WHERE cid = -2))";
static const char *const list_indexes[TABLES] = {"PRAGMA main.index_list(migc_migrations)",
                                                 "PRAGMA main.index_list(migc_events)"};

struct look {
    migci_session *session;
    bool exists[TABLES], bad, old;
};

/* Blank space does not count: a dump may have been edited, or read by another tool. */
static bool is_text_of(size_t table, const char *sql, bool *old) {
    const char *own = strchr(create_tables[table], '(');
    if (strncmp(sql, create_tables[table], strlen("CREATE TABLE")) != 0)
        return false;
    for (sql = strchr(sql, '('); sql; sql++, own++) {
        sql += strspn(sql, " \n\r\t");
        own += strspn(own, " \n");
        if (*sql == ')' && *own == ',' && strstr(own, newer_columns[0]) == own + 2) {
            *old = true;
            own = strchr(own, ')');
        }
        if (!*own || *own != *sql)
            return *own == *sql;
    }
    return false;
}

/* A name may be in quotes of any kind, also in those of a string. */
static bool is_name(migci_token token, const char *name) {
    bool is_quoted = token.kind == MIGCI_TOKEN_NAME || token.kind == MIGCI_TOKEN_STRING;
    size_t length = strlen(name);
    return token.length == length + (is_quoted ? 2 : 0) &&
           sqlite3_strnicmp(token.start + is_quoted, name, (int)length) == 0;
}

/* Such a trigger may be on any table.  One that only reads them, or has their names in a comment,
 * is the program's own affair. */
const char *migci_reaches_history(const char *type, const char *sql) {
    /* How far behind each word the name of a table stands that it may write to, in tokens:
     * DELETE FROM name, UPDATE OR IGNORE name. */
    static const struct {
        const char *word;
        int reach;
    } writers[] = {{"into", 1}, {"delete", 2}, {"update", 1}, {"or", 2}, {"references", 1}};
    bool can_write = strcmp(type, "trigger") == 0 || strcmp(type, "table") == 0;
    if (!can_write || !(migci_mentions(sql, table_names[0]) || migci_mentions(sql, table_names[1])))
        return NULL;
    migci_text text = migci_text_of(sql);
    migci_token token = migci_token_next(&text);
    for (int reach = 0; token.kind != MIGCI_TOKEN_END; reach--) {
        for (size_t i = 0; i < TABLES && reach > 0; i++)
            if (is_name(token, table_names[i]))
                return token.start;
        for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++)
            if (migci_token_is(token, writers[i].word))
                reach = writers[i].reach + 1;
        token = migci_token_next(&text);
    }
    return NULL;
}

/* Which of the two it is; TABLES for any other. */
static size_t find_table(const char *name) {
    size_t at = 0;
    while (at < TABLES && sqlite3_stricmp(name, table_names[at]) != 0)
        at++;
    return at;
}

static int take_schema_object(void *argument, const migci_value *cells) {
    struct look *look = argument;
    migci_session *session = look->session;
    const char *type = migci_cell_text(&cells[1]), *sql = migci_cell_text(&cells[3]);
    const char *name = migci_cell_text(&cells[4]);
    size_t at = find_table(migci_cell_text(&cells[2]));
    if (at == TABLES && !migci_reaches_history(type, sql))
        return session->take_object ? session->take_object(session, cells) : 0;
    if (at < TABLES && find_table(name) == at) /* also a view */
        look->exists[at] = true;
    if (at < TABLES && strcmp(type, "table") == 0 && is_text_of(at, sql, &look->old))
        return 0;
    look->bad = true;
    snprintf(session->driver.failure.reason, sizeof(session->driver.failure.reason),
             "the %s %s is not migc's", type, name);
    return 1;
}

static int take_origin(void *argument, const migci_value *cells) {
    bool *is_made = argument;
    *is_made |= cells[3].text && *cells[3].text == 'c';
    return 0;
}

migci_outcome migci_history_look(migci_session *session) {
    struct look look = {session, {false}, false, false};
    char sql[sizeof(look_sql) + sizeof(MIGCI_TEMP_TRIGGERS) + sizeof(made_indexes)];
    migci_history *history = session->history;
    if (!history)
        history = session->history = migci_allocate(&session->notes, sizeof(*history));
    if (!history)
        return migci_lack_memory(session);
    if (session->take_object)
        session->take_object(session, NULL);
    bool is_made = false, is_remote = session->driver.remote != NULL; /* a round trip each */
    snprintf(sql, sizeof(sql), "%s%s%s", look_sql,
             migci_has_temp(session) ? MIGCI_TEMP_TRIGGERS : "", is_remote ? made_indexes : "");
    migci_outcome outcome = migci_ask(session, take_schema_object, &look, sql, "");
    for (size_t i = 0; i < TABLES && outcome == MIGCI_DONE && !is_remote; i++)
        outcome = migci_ask(session, take_origin, &is_made, list_indexes[i], "");
    if (outcome == MIGCI_DONE && is_made && !look.bad)
        outcome = migci_ask(session, take_schema_object, &look, made_indexes + strlen(UNION), "");
    if (outcome == MIGCI_DONE && look.bad) {
        session->driver.failure.code = MIGC_BAD_HISTORY;
        outcome = MIGCI_REFUSED;
    }
    history->is_old = look.old;
    history->has_migrations = look.exists[0];
    history->has_events = look.exists[1];
    return outcome;
}

/* Two migrations may have the same statements, or one a new name: only both say which it is. */
static bool is_row_of(const migci_applied *row, const migc_migration *migration) {
    return strcmp(row->checksum, migration->checksum) == 0 &&
           strcmp(row->name, migration->name) == 0;
}

/* Under another's number, or none, a row is the one that its name and checksum say. */
static void place_row(const migci_session *session, migci_applied *row, bool has_version) {
    const migc_set *set = session->set;
    size_t count = set->migrations ? set->count : 0;
    for (size_t i = 0; i < count; i++)
        if (is_row_of(row, &set->migrations[i])) {
            row->version = set->migrations[i].version;
            row->is_misnumbered = true;
            return;
        }
    row->is_unplaced = !has_version;
    if (row->is_unplaced) /* no other has it */
        row->version = INT64_MIN + (int64_t)session->history->count;
}

/* The texts of a set may be far apart, and in no cache.  Those of a later migration are fetched
 * while SQLite reads the rows before it. */
enum { AHEAD = 6 };
#if defined(__GNUC__)
#define FETCH(text) __builtin_prefetch(text)
#else
#define FETCH(text) ((void)(text))
#endif

/* Texts that are in the set, too, or in the row before, are not copied. */
static const char *keep_text(migci_session *session, const char *known, const char *text) {
    text = text ? text : "?"; /* It can be NULL if the table was made by hand. */
    return known && strcmp(known, text) == 0 ? known : migci_copy_line(&session->memory, text);
}

/* What is brief lacks the last columns.  Each has whatever somebody wrote into it: what is not a
 * whole number is no number of a row, and no version. */
static int take_applied(void *argument, const migci_value *cells) {
    migci_session *session = argument;
    migci_history *history = session->history;
    migci_applied *row = migci_allocate(&session->memory, sizeof(*row));
    const migci_applied *before = history->newest;
    const migc_set *set = session->set;
    size_t at = history->count++;
    if (!row)
        return 1;
    bool has_version = cells[1].is_number;
    row->seq = cells[0].is_number ? cells[0].number : 0;
    row->version = has_version ? cells[1].number : 0;
    row->is_misnumbered = row->seq < 1 || row->seq >= MIGCI_SEQ_END || !has_version;
    const migc_migration *own = set->migrations ? migci_find_near(set, at, row->version) : NULL;
    own = own ? own : &none;
    if (set->migrations && at + AHEAD < set->count) {
        FETCH(set->migrations[at + AHEAD].checksum);
        FETCH(set->migrations[at + AHEAD].chain);
        FETCH(set->migrations[at + AHEAD].name);
    }
    row->checksum = keep_text(session, own->checksum, cells[2].text);
    row->chain = keep_text(session, own->chain, cells[3].text);
    if (!row->checksum || !row->chain)
        return 1;
    if (!session->brief) { /* a problem has the rows read as a whole */
        row->name = keep_text(session, own->name, cells[4].text);
        row->applied_at = keep_text(session, NULL, cells[5].text);
        row->applied_by = keep_text(session, before ? before->applied_by : NULL, cells[6].text);
        row->duration_us = cells[7].number;
        if (!row->name || !row->applied_at || !row->applied_by)
            return 1;
        if (!has_version || row->checksum != own->checksum || row->name != own->name)
            place_row(session, row, has_version);
    }
    row->older = history->newest;
    history->newest = row;
    return 0;
}

static int take_other(void *argument, const migci_value *cells) {
    migci_session *session = argument;
    if (!cells[0].text)
        return 1;
    session->history->other = migci_copy_line(&session->memory, cells[0].text);
    if (!session->history->other)
        session->history->count++;
    return 1;
}

/* If the set has no rows, asks which other set has. */
static migci_outcome read_rows(migci_session *session) {
    const char *name = session->set->name;
    char sql[160];
    snprintf(sql, sizeof(sql),
             "SELECT seq, version, checksum, chain%s FROM main.migc_migrations"
             " WHERE set_name = ? ORDER BY seq",
             session->brief ? "" : ", name, applied_at, applied_by, duration_us");
    migci_outcome outcome = migci_ask(session, take_applied, session, sql, "s", name);
    if (outcome == MIGCI_DONE && !session->history->count)
        outcome = migci_ask(session, take_other, session,
                            "SELECT min(set_name) FROM main.migc_migrations WHERE set_name <> ?",
                            "s", name);
    return outcome;
}

/* Changes with each commit to main or to temp, by anyone; reading it takes no statement. */
static int64_t read_data_version(const migci_session *session) {
    unsigned main = 0, temp = 0;
    if (!session->driver.remote) {
        sqlite3_file_control(session->driver.db, "main", SQLITE_FCNTL_DATA_VERSION, &main);
        sqlite3_file_control(session->driver.db, "temp", SQLITE_FCNTL_DATA_VERSION, &temp);
    }
    return (int64_t)((uint64_t)main << 32 | temp);
}

bool migci_has_temp(const migci_session *session) {
    unsigned version;
    return session->driver.remote ||
           sqlite3_file_control(session->driver.db, "temp", SQLITE_FCNTL_DATA_VERSION, &version) ==
               SQLITE_OK;
}

migci_outcome migci_read_schema_version(migci_session *session) {
    int64_t main = 0, temp = 0;
    migci_outcome outcome = migci_ask_number(session, "PRAGMA main.schema_version", &main);
    if (outcome == MIGCI_DONE && migci_has_temp(session))
        outcome = migci_ask_number(session, "PRAGMA temp.schema_version", &temp);
    session->schema_version = (int64_t)((uint64_t)main << 32 | (uint32_t)temp);
    return outcome;
}

void migci_history_leave(migci_session *session) {
    const migci_history *history = session->history;
    bool is_known = history->has_migrations && history->has_events && !session->driver.remote;
    session->schema_left = is_known ? session->schema_version : 0;
    session->data_version = read_data_version(session);
}

/* A COMMIT increases main's number by one.  If it has increased by more, another connection of a
 * shared cache has committed, too. */
void migci_history_committed(migci_session *session) {
    uint64_t before = (uint64_t)session->data_version >> 32;
    session->data_version = read_data_version(session);
    bool is_own = (uint64_t)session->data_version >> 32 == before + 1;
    if (!is_own || session->options->hooks) /* hooks ran after everything was read */
        session->schema_left = 0;
}

migc_code migci_history_read(migci_session *session) {
    migci_outcome outcome = migci_history_look(session);
    migci_history *history = session->history;
    if (history) {
        history->exists = history->has_migrations;
        history->other = NULL;
        history->newest = NULL;
        history->count = 0;
    }
    assert(history || outcome != MIGCI_DONE);
    if (outcome == MIGCI_DONE && history->exists)
        outcome = read_rows(session);
    if (outcome == MIGCI_DONE && !session->driver.remote)
        outcome = migci_read_schema_version(session);
    if (outcome != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    migci_history_leave(session);
    if (!migci_history_index(session, 0))
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while reading the history");
    return MIGC_OK;
}

bool migci_history_index(migci_session *session, size_t more) {
    migci_history *history = session->history;
    migci_applied *row = history->newest;
    size_t size = (history->count + more) * sizeof(migci_applied *);
    history->rows = migci_allocate(&session->memory, size);
    history->after = migci_allocate(&session->memory, size);
    history->count_same = 0;
    if (!history->rows || !history->after)
        return false;
    assert(more <= SIZE_MAX / sizeof(void *) - history->count);
    for (size_t i = history->count; i-- > 0; row = row->older) {
        if (!row)
            return false;
        history->rows[i] = row;
    }
    migci_note_latest(history->rows, 0, history->count);
    return true;
}

int64_t migci_latest_version(migci_applied *const *rows, size_t count) {
    return count ? rows[count - 1]->latest : 0;
}

void migci_note_latest(migci_applied *const *rows, size_t first, size_t count) {
    for (size_t i = first; i < count; i++) {
        int64_t before = migci_latest_version(rows, i);
        rows[i]->latest = rows[i]->version > before ? rows[i]->version : before;
    }
}

const migci_applied *migci_history_last(const migci_session *session) {
    const migci_history *history = session->history;
    return history->count ? history->rows[history->count - 1] : NULL;
}

/* A longer chain is compared as far as it fits. */
struct tail {
    int64_t seq;
    char chain[64];
};

static bool has_chain(const struct tail *tail, const char *chain) {
    return strncmp(tail->chain, chain, sizeof(tail->chain) - 1) == 0;
}

static int take_tail(void *argument, const migci_value *cells) {
    struct tail *tail = argument;
    tail->seq = cells[0].number;
    snprintf(tail->chain, sizeof(tail->chain), "%s", migci_cell_text(&cells[1]));
    return 1;
}

static migci_outcome read_tail(migci_session *session, struct tail *tail) {
    memset(tail, 0, sizeof(*tail));
    return migci_ask(session, take_tail, tail,
                     "SELECT seq, chain FROM main.migc_migrations WHERE set_name = ?"
                     " ORDER BY seq DESC LIMIT 1",
                     "s", session->set->name);
}

bool migci_history_ends_with(migci_session *session, const char *chain) {
    struct tail tail;
    return migci_history_look(session) == MIGCI_DONE && session->history->has_migrations &&
           read_tail(session, &tail) == MIGCI_DONE && has_chain(&tail, chain);
}

/* The last chain value stands for the whole history, so one row is enough. */
migc_code migci_history_moved(migci_session *session, bool *moved) {
    const migci_applied *last = migci_history_last(session);
    struct tail tail = {0, ""};
    *moved = false;
    /* Nothing has changed since the last transaction of this run, or since it read the history. */
    if (session->schema_left && session->schema_left == session->schema_version &&
        session->data_version == read_data_version(session))
        return MIGC_OK;
    migci_outcome outcome = migci_history_look(session);
    const migci_history *history = session->history;
    assert(history); /* it was read before */
    if (outcome == MIGCI_DONE && !session->driver.remote)
        outcome = migci_read_schema_version(session);
    if (outcome == MIGCI_DONE && history->has_migrations)
        outcome = read_tail(session, &tail);
    if (outcome != MIGCI_DONE)
        return migci_fail_driver(session, "reading the history");
    migci_history_leave(session);
    *moved = history->has_migrations != history->exists || tail.seq != (last ? last->seq : 0) ||
             !has_chain(&tail, last ? last->chain : "");
    return MIGC_OK;
}

/* ------------------------------------------------------------------ writing */

migci_outcome migci_history_written(migci_session *session, migci_outcome outcome) {
    migci_failure *failure = &session->driver.failure;
    if (outcome != MIGCI_DONE || session->driver.changed == 1 || session->driver.remote)
        return outcome;
    failure->code = MIGC_BAD_HISTORY;
    strcpy(failure->reason, "a row that was written is not there");
    return MIGCI_REFUSED;
}

/* "ines with todo": the name of the user, else the number, and the program if the system knows
 * it. */
static const char *applied_by(migci_session *session) {
    char *by = session->applied_by, program[64];
    const char *name = session->options->applied_by;
    if (name || *by)
        return name ? name : by;
    name = getenv("LOGNAME");
    if (!name)
        name = getenv("USER");
    if (name)
        snprintf(by, sizeof(session->applied_by), "%.64s", name);
    else
        snprintf(by, sizeof(session->applied_by), "uid %lu", (unsigned long)geteuid());
    size_t used = strlen(by);
    if (migci_process_name((long)getpid(), program))
        snprintf(by + used, sizeof(session->applied_by) - used, " with %s", program);
    return by;
}

uint64_t migci_down_sum(const char *name, const char *checksum, const char *down) {
    return migci_sum(migci_sum(migci_sum(MIGCI_SUM_START, name), checksum), down);
}

/* DOWN as text that a program without this migration can run, and its sum, against damage;
 * NULL when there is none.  The caller frees it with sqlite3_free(). */
char *migci_down_text(const migc_migration *migration, bool *failed) {
    sqlite3_str *text = sqlite3_str_new(NULL);
    const migc_step *step = migration->steps + migration->up_count;
    if (migration->down_count && migci_is_outside(migration, true))
        sqlite3_str_appendall(text, MIGCI_OUTSIDE_LINE);
    for (unsigned i = 0; i < migration->down_count; i++, step++)
        sqlite3_str_appendf(text, step->call ? "-- call: %s\n" : "%s;\n", step->text);
    if (migration->down_count && migration->down_drops)
        sqlite3_str_appendf(text, MIGCI_DROPS_LINE "%s\n", migration->down_drops);
    const char *so_far = sqlite3_str_value(text);
    if (so_far)
        sqlite3_str_appendf(
            text, MIGCI_SUM_LINE "%016llx\n",
            (unsigned long long)migci_down_sum(migration->name, migration->checksum, so_far));
    *failed = sqlite3_str_errcode(text) != SQLITE_OK;
    return sqlite3_str_finish(text);
}

migci_outcome migci_history_add(migci_session *session, int64_t seq,
                                const migc_migration *migration, int64_t duration_us) {
    bool failed = false;
    assert(seq > 0 && duration_us >= 0 && migci_in_transaction(session));
    char *down = migci_down_text(migration, &failed);
    migci_outcome outcome = failed ? migci_lack_memory(session) : MIGCI_DONE;
    if (!failed)
        outcome = migci_history_written(
            session,
            migci_do(session,
                     "INSERT INTO main.migc_migrations VALUES(?, ?, ?, ?, ?, ?, ?, " NOW ", ?, ?)",
                     "siissssis", session->set->name, seq, migration->version, migration->name,
                     migration->checksum, migration->chain, down, duration_us,
                     applied_by(session)));
    sqlite3_free(down);
    return outcome;
}

migci_outcome migci_history_rechain(migci_session *session, const migci_applied *row) {
    assert(row->chain && row->seq > 0);
    return migci_history_written(
        session,
        migci_do(session,
                 "UPDATE main.migc_migrations SET chain = ? WHERE set_name = ? AND seq = ?", "ssi",
                 row->chain, session->set->name, row->seq));
}

/* What a header says beside its description: JSON without what it does not say. */
#define METADATA                                                                                   \
    "json_patch('{}', json_object('author', ?12, 'date', ?13, 'tags', ?14, 'depends', ?15,"        \
    " 'irreversible', ?16, 'lossy', ?17, 'estimated_duration', ?18, 'notes', ?19))"

migci_outcome migci_history_event(migci_session *session, const char *action,
                                  const migc_migration *migration, int64_t duration_us,
                                  const char *detail) {
    const migc_migration *m = migration ? migration : &none;
    char host[256] = "", sql[512];
    bool has_more = m->author || m->date || m->tags || m->depends || m->irreversible || m->lossy ||
                    m->estimated_duration || m->notes;
    assert(action && session->history); /* the tables were looked at */
    gethostname(host, sizeof(host) - 1);
    if (session->history->is_old && add_newer_columns(session) != MIGCI_DONE)
        return MIGCI_REFUSED;
    const char *status = strcmp(action, "up") == 0       ? "completed"
                         : strcmp(action, "failed") == 0 ? "failed"
                         : strcmp(action, "down") == 0   ? "rolled_back"
                                                         : NULL;
    snprintf(sql, sizeof(sql),
             "INSERT INTO main.migc_events VALUES(NULL, %s, ?, ?, ?, ?, ?, ?, ?, ?, %s, ?, ?, %s)",
             NOW, detail ? "iif(json_valid(?9), ?9, json_object('text', ?9))" : "?",
             has_more ? METADATA : "NULL");
    return migci_history_written(
        session, migci_do(session, sql, has_more ? "ssnsnsissssssssssss" : "ssnsnsissss",
                          session->set->name, action, m->version ? m->version : (int64_t)-1,
                          m->name, duration_us, host, (int64_t)getpid(), applied_by(session),
                          detail, m->description, status, m->author, m->date, m->tags, m->depends,
                          m->irreversible, m->lossy, m->estimated_duration, m->notes));
}
