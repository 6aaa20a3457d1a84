/*
 * snapshot.c - makes the finished database of a set, to be emitted.  A program then makes a new
 * database in the time that it takes to write the bytes.
 *
 * The set runs twice through the runtime's own functions, each time on an empty database in
 * memory with SQLite's defaults.  Clock, seed and time zone of the second run differ.  If both
 * runs give the same bytes, any machine would get them.  Most sets have no word that could make
 * a difference: they run once, and not at all if the proof has run each UP once on one database
 * and no DOWN.  The snapshot has the tables of the history; the program writes the rows,
 * because they have times.
 */
#include "engine/engine.h"
#include "prove.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LARGEST = 64 << 20, /* the program unpacks it in memory */
    COUNTER_AT = 24,
    VALID_FOR_AT = 92,
    SQLITE_VERSION_AT = 96
};

/* ------------------------------------------------------------- what prevents it */

static void leave_out(const struct set *set, const struct migration *migration,
                      enum severity severity, const char *reason, struct diagnostics *diagnostics) {
    struct location location = migration ? marker_location(migration, SECTION_UP)
                                         : location_of_folder(set->folder, diagnostics->arena);
    report_warning_as(diagnostics, WARNING_REPLAY, severity, location,
                      "a new database will be made by replaying, because %s %s",
                      migration ? "this" : "it", reason);
}

static bool has_obstacle(const struct set *set, struct diagnostics *diagnostics) {
    if (set->conf && set->conf->provisions.count > 0) {
        leave_out(set, NULL, SEVERITY_IGNORED, "may use what only the program provides",
                  diagnostics);
        return true;
    }
    if (set->module_count > 0) {
        leave_out(set, NULL, SEVERITY_IGNORED, "shares its database with other sets", diagnostics);
        return true;
    }
    for (size_t i = 0; i < count_all(set); i++) {
        const struct migration *migration = &set->migrations[i];
        const char *reason =
            calls_c(&migration->sections[SECTION_UP])           ? "has a step in C"
            : migci_is_outside(migration->lowered, false)       ? "runs outside transactions"
            : migration->need_count > 0                         ? "needs what another set makes"
            : migration->lowered->flags & MIGC_NONDETERMINISTIC ? "writes nondeterministic values"
                                                                : NULL;
        if (!reason)
            continue;
        leave_out(set, migration, SEVERITY_IGNORED, reason, diagnostics);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ running it */

/* Functions whose value is about the SQLite that runs here, not the program's. */
static const struct {
    int action;
    const char *name;
} telling[] = {
    {SQLITE_FUNCTION, "sqlite_version"},
    {SQLITE_FUNCTION, "sqlite_source_id"},
    {SQLITE_FUNCTION, "sqlite_compileoption_get"},
    {SQLITE_FUNCTION, "sqlite_compileoption_used"},
    {SQLITE_PRAGMA, "compile_options"},
    {SQLITE_PRAGMA, "function_list"},
    {SQLITE_PRAGMA, "module_list"},
    {SQLITE_PRAGMA, "pragma_list"},
    {SQLITE_PRAGMA, "collation_list"},
};

static int refuse_what_names_sqlite(void *unused, int action, const char *first, const char *second,
                                    const char *schema, const char *inner) {
    const char *name = action == SQLITE_FUNCTION ? second : first;
    (void)unused;
    (void)schema;
    (void)inner;
    for (size_t i = 0; i < COUNT_OF(telling); i++)
        if (telling[i].action == action && name && sqlite3_stricmp(name, telling[i].name) == 0)
            return SQLITE_DENY;
    return SQLITE_OK;
}

static bool apply(migci_session *session, size_t index) {
    const migc_migration *migration = session->plan.actions[index].migration;
    migci_settings settings;
    if (migci_settings_enter(session, &settings, (migration->flags & MIGC_FOREIGN_KEYS_ON) != 0) !=
        MIGC_OK)
        return false;
    bool applied = migci_begin(session) == MIGCI_DONE &&
                   migci_apply(session, index, 0) == MIGC_OK && migci_commit(session) == MIGCI_DONE;
    migci_rollback(session);
    migci_settings_leave(session, &settings);
    return applied;
}

/* One run of the set, and its database after the released migrations. */
struct run {
    const migc_set *set;
    const struct cache *cache;
    const char *kept; /* from the cache; NULL: the run makes it */
    size_t kept_size, kept_until;
    struct buffer released;
};

/* Runs as migc_up() does, but without rows of the history. */
static bool apply_for_snapshot(sqlite3 *db, struct run *run) {
    migci_session session;
    size_t first = run->kept ? run->kept_until : 0;
    bool applied = migci_session_open(&session, db, run->set, NULL, NULL) == MIGC_OK &&
                   migci_read_plan(&session, migci_target_of(MIGC_LATEST)) == MIGC_OK;
    if (applied && run->kept) { /* SQLite resizes the block */
        unsigned char *copy = must_have(sqlite3_malloc64(run->kept_size));
        memcpy(copy, run->kept, run->kept_size);
        applied = sqlite3_deserialize(db, "main", copy, (sqlite3_int64)run->kept_size,
                                      (sqlite3_int64)run->kept_size,
                                      SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK;
    }
    for (size_t i = first - (first > 0); applied && i < session.plan.count; i++) {
        applied = i < first || apply(&session, i);
        if (applied && i >= first && i + 1 == run->cache->released && run->cache->folder)
            applied = keep_database(&run->released, db);
        bool ends = i + 1 == session.plan.count || session.plan.actions[i + 1].begins_transaction;
        if (applied && ends) /* the history's tables are made after the first transaction */
            applied = migci_history_create(&session) == MIGCI_DONE; /* if it does not exist */
    }
    migci_session_close(&session);
    return applied;
}

/* What is deleted is overwritten with zeros. */
bool prepare_like_snapshot(sqlite3 *db) {
    return sqlite3_exec(db,
                        "PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8';"
                        " PRAGMA auto_vacuum = 0; PRAGMA secure_delete = 1",
                        NULL, NULL, NULL) == SQLITE_OK;
}

/* The header names the SQLite that wrote last: here the oldest that reads the file. */
static void normalise(unsigned char *bytes) {
    static const unsigned char oldest[4] = {3038000 >> 24, 3038000 >> 16 & 0xff,
                                            3038000 >> 8 & 0xff, 3038000 & 0xff};
    memset(bytes + COUNTER_AT, 0, sizeof(oldest));
    memset(bytes + VALID_FOR_AT, 0, sizeof(oldest));
    memcpy(bytes + SQLITE_VERSION_AT, oldest, sizeof(oldest));
}

/* NULL: the set does not run here.  The caller frees it with sqlite3_free(). */
static unsigned char *run_at(int clock, struct run *run, size_t *size) {
    static const struct {
        const char *name;
        int minutes; /* ahead of UTC */
    } zones[PROVE_CLOCKS] = {{"UTC0", 0}, {"MIGC-05:45", 5 * 60 + 45}};
    sqlite3_int64 length = 0;
    unsigned char *bytes = NULL;
    /* If the zone cannot be set, the run would not show what depends on it. */
    struct tm epoch;
    time_t zero = 0;
    bool set = setenv("TZ", zones[clock].name, 1) == 0;
    tzset();
    if (!set || !localtime_r(&zero, &epoch) ||
        epoch.tm_hour * 60 + epoch.tm_min != zones[clock].minutes)
        must_have(NULL);
    sqlite3 *db = must_have(open_at(clock));
    bool applied = prepare_like_snapshot(db) &&
                   sqlite3_set_authorizer(db, refuse_what_names_sqlite, NULL) == SQLITE_OK &&
                   apply_for_snapshot(db, run);
    if (applied || run->kept) /* a block that it began with is not SQLite's to free */
        bytes = sqlite3_serialize(db, "main", &length, run->kept ? SQLITE_SERIALIZE_NOCOPY : 0);
    sqlite3_close(db);
    *size = (size_t)length;
    if (applied) {
        normalise(must_have(bytes));
        return bytes;
    }
    sqlite3_free(bytes);
    return NULL;
}

/* ------------------------------------------------------------ what needs no run */

enum { LARGE_NUMBER = 18 }; /* digits: SQLite draws a random rowid after the largest one */

/* Whether it names no function whose value depends on time, the time zone, chance, the SQLite that
 * runs it or what its connection did before; and nothing that may use one inside. */
static bool is_independent_text(const char *sql) {
    static const char *const functions[] = {
        "date",     "time",   "datetime",   "julianday", "unixepoch",     "strftime",
        "timediff", "random", "randomblob", "changes",   "total_changes", "last_insert_rowid"};
    static const char *const words[] = {"current_date", "current_time", "current_timestamp",
                                        "virtual", "pragma"};
    migci_text text = migci_text_of(sql);
    migci_token token = migci_token_next(&text);
    while (token.kind != MIGCI_TOKEN_END) {
        migci_token next = migci_token_next(&text);
        bool is_quoted = token.kind == MIGCI_TOKEN_NAME || token.kind == MIGCI_TOKEN_STRING;
        bool is_name = is_quoted || token.kind == MIGCI_TOKEN_WORD;
        if (token.kind == MIGCI_TOKEN_NUMBER && token.length >= LARGE_NUMBER)
            return false;
        const char *name = token.start + is_quoted;
        size_t size = is_name ? token.length - (is_quoted ? 2 : 0) : 0;
        bool is_called = is_name && migci_token_is(next, "(");
        for (size_t i = 0; is_called && i < COUNT_OF(functions); i++)
            if (same_word(name, size, functions[i]))
                return false;
        for (size_t i = 0; is_name && i < COUNT_OF(words); i++)
            if (same_word(name, size, words[i]))
                return false;
        if (size > 7 && (same_word(name, 7, "sqlite_") || same_word(name, 7, "pragma_")))
            return false;
        token = next;
    }
    return true;
}

bool are_independent(const struct set *set, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        const migc_migration *migration = set->migrations[i].lowered;
        if (migration->flags & MIGC_FOREIGN_KEYS_ON) /* more transactions than one */
            return false;
        for (unsigned s = 0; s < migration->up_count; s++)
            if (migration->steps[s].call || !is_independent_text(migration->steps[s].text))
                return false;
    }
    return true;
}

void free_ready(struct ready *ready) {
    sqlite3_free(ready->bytes);
    sqlite3_free(ready->base.bytes);
}

/* All in one transaction, after which the history's tables are made. */
void take_ready(struct ready *ready, const migc_set *set, sqlite3 *db) {
    migci_session session;
    sqlite3_int64 size = 0;
    if (set->repeatables)
        return;
    bool made = migci_session_open(&session, db, set, NULL, NULL) == MIGC_OK &&
                migci_history_create(&session) == MIGCI_DONE;
    migci_session_close(&session);
    if (made)
        ready->bytes = must_have(sqlite3_serialize(db, "main", &size, 0));
    ready->size = (size_t)size;
    if (made)
        normalise(ready->bytes);
}

/* ------------------------------------------------------------------- its price */

static bool is_worth_it(const struct set *set, size_t size, struct diagnostics *diagnostics) {
    size_t adds = (size / MIGC_PIECE_SIZE + 1) * (MIGC_PIECE_SIZE + 1);
    size_t sql = 0;
    for (size_t i = 0; i < count_all(set); i++) {
        const migc_migration *migration = set->migrations[i].lowered;
        unsigned steps = migration->up_count + migration->down_count + migration->verify_count;
        for (unsigned s = 0; s < steps; s++)
            sql += strlen(migration->steps[s].text);
    }
    size_t allowed = sql * 3 / 2 + (16 << 10);
    if (adds <= allowed)
        return true;
    leave_out(set, NULL, SEVERITY_NOTE,
              arena_format(diagnostics->arena,
                           "would add %zu KiB to the program, and the limit is %zu KiB (1.5 times "
                           "its SQL plus 16 KiB)",
                           (adds + 1023) / 1024, allowed / 1024),
              diagnostics);
    return false;
}

/* ----------------------------------------------------------------------- stage */

#define PART "snapshot"

/* Keeps the released part if all runs gave the same bytes. */
static void keep_released(struct cache *cache, const struct run *runs, int count) {
    const struct buffer *one = &runs[0].released, *other = &runs[count - 1].released;
    if (one->size > 0 && one->size == other->size &&
        memcmp(one->bytes, other->bytes, one->size) == 0)
        store_part(cache, PART, one);
}

/* Chooses the database with which the run begins: the proof's where one run is enough, else the
 * cache's. */
static void choose_kept(struct run *run, const struct set *set, const struct ready *ready,
                        bool once) {
    struct decoder decoder;
    run->kept_until = run->cache->released;
    if (ready->base.bytes && once) {
        run->kept = (const char *)ready->base.bytes;
        run->kept_size = ready->base.size;
        run->kept_until = ready->base.until;
    } else if (ready->released && once) {
        run->kept = ready->released;
        run->kept_size = ready->released_size;
        run->kept_until = ready->released_until;
    } else if (load_part(run->cache, PART, &decoder))
        run->kept = read_block(&decoder, &run->kept_size);
    /* An UP that calls one of these depends on what its connection did before. */
    if (run->kept && (run->kept_until == 0 || calls_function(set, "last_insert_rowid") ||
                      calls_function(set, "changes") || calls_function(set, "total_changes")))
        run->kept = NULL;
}

/* Runs the set, again if its bytes might differ.  False: they differ, or it does not run. */
static bool run_for_snapshot(const struct set *set, const struct proof_order *order,
                             struct arena *arena, struct diagnostics *diagnostics) {
    struct clock clocks[PROVE_CLOCKS];
    size_t sizes[PROVE_CLOCKS] = {0};
    unsigned char *bytes[PROVE_CLOCKS] = {NULL};
    struct cache cache = order->ready->cache;
    struct run run = {.set = set->lowered, .cache = &cache}, runs[PROVE_CLOCKS] = {{0}};
    bool once = are_independent(set, order->ready->independent, count_all(set));
    int count = once ? 1 : PROVE_CLOCKS;
    choose_kept(&run, set, order->ready, once);
    const char *zone = getenv("TZ");
    zone = zone ? arena_copy(arena, zone, strlen(zone)) : NULL;
    clocks_begin(clocks);
    for (int i = 0; i < count; i++) {
        runs[i] = run;
        bytes[i] = run_at(i, &runs[i], &sizes[i]);
    }
    keep_released(&cache, runs, count);
    trim_cache(&cache);
    clocks_end(clocks);
    if (zone)
        setenv("TZ", zone, 1);
    else
        unsetenv("TZ");
    tzset();
    bool whole = bytes[0] && bytes[count - 1];
    bool same =
        whole && sizes[0] == sizes[count - 1] && memcmp(bytes[0], bytes[count - 1], sizes[0]) == 0;
    if (!whole)
        leave_out(set, NULL, SEVERITY_IGNORED, "asks which SQLite runs it", diagnostics);
    else if (!same)
        leave_out(set, NULL, SEVERITY_IGNORED,
                  "gives another database in another time zone, or at another time", diagnostics);
    order->ready->bytes = same ? bytes[0] : NULL;
    order->ready->size = sizes[0];
    for (int i = 0; i < count; i++) {
        if (!same || i > 0)
            sqlite3_free(bytes[i]);
        buffer_free(&runs[i].released);
    }
    return same;
}

void make_snapshot(const struct set *set, const struct proof_order *order, struct arena *arena,
                   struct diagnostics *diagnostics) {
    struct ready *ready = order->ready;
    struct buffer packed = {0};
    if (has_obstacle(set, diagnostics) ||
        (!ready->bytes && !run_for_snapshot(set, order, arena, diagnostics)))
        return;
    if (ready->size > LARGEST) {
        leave_out(set, NULL, SEVERITY_NOTE, "is larger than 64 MiB", diagnostics);
        return;
    }
    pack_bytes(&packed, ready->bytes, ready->size);
    if (is_worth_it(set, packed.size, diagnostics)) {
        /* In pieces, each as long as a literal may be. */
        size_t count = (packed.size + MIGC_PIECE_SIZE - 1) / MIGC_PIECE_SIZE;
        char(*pieces)[MIGC_PIECE_SIZE + 1] =
            arena_take(diagnostics->arena, count * sizeof(*pieces));
        migc_snapshot *made = arena_take(diagnostics->arena, sizeof(*made));
        memset(pieces, 0, count * sizeof(*pieces));
        for (size_t i = 0; i < packed.size; i += MIGC_PIECE_SIZE) {
            size_t left = packed.size - i;
            memcpy(pieces[i / MIGC_PIECE_SIZE], packed.bytes + i,
                   left < MIGC_PIECE_SIZE ? left : MIGC_PIECE_SIZE);
        }
        *made =
            (migc_snapshot){ready->size, packed.size, (const char(*)[MIGC_PIECE_SIZE + 1]) pieces};
        set->lowered->snapshot = made;
    }
    buffer_free(&packed);
}
