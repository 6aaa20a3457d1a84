/*
 * proof_watch.c - what statements touch, as SQLite's authorizer tells while it
 * compiles them; and the fence: a proof runs SQL that nobody has run before,
 * so it must not reach a file, and must end.
 */
#include "proof.h"

#include <string.h>

enum { STEP_OF_PROGRESS = 100000, NAME_SIZE = 300 };

bool migci_proof_lacks_memory(migci_proof *proof, int code) {
    proof->no_memory |= (code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM;
    return proof->no_memory;
}

int64_t migci_proof_clock(const migci_proof *proof) {
    return proof->clock_readings ? proof->clock_readings(proof->user) : 0;
}

const char *migci_watch_list(sqlite3_str *list) {
    const char *text = sqlite3_str_value(list);
    return text ? text : "";
}

bool migci_watch_has(const char *list, const char *name) {
    size_t length = strlen(name);
    while (list && *list) {
        size_t line = strcspn(list, "\n");
        if (line == length && sqlite3_strnicmp(list, name, (int)length) == 0)
            return true;
        list += line + (list[line] == '\n');
    }
    return false;
}

static bool contains(sqlite3_str *list, const char *name) {
    return migci_watch_has(migci_watch_list(list), name);
}

static void add_watched(sqlite3_str *list, const char *name) {
    if (!contains(list, name))
        sqlite3_str_appendf(list, "%s\n", name);
}

/* SQLite's tables and those of the history. */
static bool is_unwatched_table(const char *table) {
    return sqlite3_strnicmp(table, "sqlite_", 7) == 0 || sqlite3_strnicmp(table, "migc_", 5) == 0;
}

/* What has no rows: an index or a view. */
static void drop(migci_watch *watch, const char *name) {
    if (watch->index != watch->proof->set->count && !is_unwatched_table(name) &&
        !contains(watch->created, name))
        watch->touches_existing = true;
}

static void touch(migci_watch *watch, const char *table) {
    if (watch->index == watch->proof->set->count || is_unwatched_table(table))
        return;
    add_watched(watch->touched, table);
    drop(watch, table);
}

static void watch_read(migci_watch *watch, const char *table) {
    watch->reads_existing |= watch->index != watch->proof->set->count &&
                             !is_unwatched_table(table) && !contains(watch->created, table);
}

/* A trigger and a table may have one name. */
static char *name_of_trigger(const char *name, char *buffer, int size) {
    return sqlite3_snprintf(size, buffer, "trigger %s", name);
}

static void create_trigger(migci_watch *watch, const char *name) {
    char buffer[NAME_SIZE];
    if (watch->index == watch->proof->set->count)
        return;
    add_watched(watch->made, name_of_trigger(name, buffer, NAME_SIZE));
    add_watched(watch->created, buffer);
}

/* It is no table whose rows could change. */
static void drop_trigger(migci_watch *watch, const char *name) {
    char buffer[NAME_SIZE];
    if (!contains(watch->created, name_of_trigger(name, buffer, NAME_SIZE)))
        watch->touches_existing = true;
}

static void create(migci_watch *watch, const char *type, const char *name) {
    if (watch->index == watch->proof->set->count || is_unwatched_table(name))
        return;
    sqlite3_str_appendf(watch->made, "%s %s\n", type, name);
    add_watched(watch->created, name);
}

static bool is_watched_name(const char *const *names, const char *name) {
    while (*names && sqlite3_stricmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* VACUUM attaches a nameless temporary file; everything else that attaches has a name. */
static bool is_outside(int action, const char *first, const char *second) {
    static const char *const functions[] = {"load_extension", "readfile",       "writefile",
                                            "edit",           "fts3_tokenizer", NULL};
    static const char *const pragmas[] = {"writable_schema", "temp_store_directory",
                                          "data_store_directory", NULL};
    if (action == SQLITE_ATTACH)
        return !first || *first;
    if (action == SQLITE_PRAGMA)
        return second && is_watched_name(pragmas, first);
    return action == SQLITE_FUNCTION && second && is_watched_name(functions, second);
}

/* The copy that VACUUM makes: vacuum_db, since 3.43 vacuum_ and 16 digits. */
static bool is_copy_of_vacuum(const char *schema) {
    return schema && sqlite3_strglob("vacuum_*", schema) == 0;
}

static bool is_chance(int action, const char *name) {
    return action == SQLITE_FUNCTION && name &&
           (sqlite3_stricmp(name, "random") == 0 || sqlite3_stricmp(name, "randomblob") == 0);
}

static int authorize(void *argument, int action, const char *first, const char *second,
                     const char *schema, const char *inner) {
    migci_watch *watch = argument;
    (void)inner;
    if (is_copy_of_vacuum(schema))
        return SQLITE_OK;
    if (is_outside(action, first, second)) {
        watch->outside = true;
        return SQLITE_DENY;
    }
    if (is_chance(action, second))
        watch->reads_chance = true;
    switch (action) {
    case SQLITE_CREATE_TABLE:
        create(watch, "table", first);
        break;
    case SQLITE_CREATE_VIEW:
        create(watch, "view", first);
        break;
    case SQLITE_CREATE_TRIGGER:
        create_trigger(watch, first);
        break;
    case SQLITE_CREATE_INDEX:
        create(watch, "index", first);
        break;
    case SQLITE_CREATE_VTABLE:
        create(watch, "virtual table", first);
        watch->makes_virtual = true;
        break;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_VTABLE:
        touch(watch, first);
        break;
    case SQLITE_READ:
        watch_read(watch, first);
        break;
    case SQLITE_DROP_INDEX:
    case SQLITE_DROP_VIEW:
        drop(watch, first);
        break;
    case SQLITE_DROP_TRIGGER:
        drop_trigger(watch, first);
        break;
    case SQLITE_ALTER_TABLE: /* the table is the second, the first is the schema */
        touch(watch, second);
        break;
    default:
        break;
    }
    return SQLITE_OK;
}

static int count_instructions(void *argument) {
    migci_watch *watch = argument;
    watch->spent += STEP_OF_PROGRESS;
    return watch->proof->limit && watch->spent > watch->proof->limit;
}

sqlite3 *migci_proof_open(migci_proof *proof, migci_watch *watch, int moment) {
    sqlite3 *db = proof->open(proof->user, moment);
    if (!db)
        return NULL;
    memset(watch, 0, sizeof(*watch));
    watch->proof = proof;
    watch->index = proof->set->count;
    watch->created = sqlite3_str_new(NULL);
    watch->touched = sqlite3_str_new(NULL);
    watch->made = sqlite3_str_new(NULL);
    sqlite3_set_authorizer(db, authorize, watch);
    migci_set_progress(db, STEP_OF_PROGRESS, count_instructions, watch);
    return db;
}

/* DOWN may drop what its UP created, and touches nothing by it. */
void migci_watch_migration(migci_watch *watch, size_t index, bool down) {
    sqlite3_str_reset(watch->created);
    sqlite3_str_reset(watch->touched);
    sqlite3_str_reset(watch->made);
    watch->touches_existing = watch->outside = watch->reads_chance = watch->reads_existing = false;
    watch->spent = 0;
    watch->index = index;
    if (down && watch->proof->effects[index].created)
        sqlite3_str_appendall(watch->created, watch->proof->effects[index].created);
}

/* A list that lacks a name is no list: memory that was out must not pass for "touches nothing". */
void migci_watch_learn(const migci_watch *watch, size_t index) {
    migci_proof *proof = watch->proof;
    migci_effect *effect = &proof->effects[index];
    const char *touched = migci_watch_list(watch->touched);
    proof->no_memory |= sqlite3_str_errcode(watch->touched) ||
                        sqlite3_str_errcode(watch->created) || sqlite3_str_errcode(watch->made);
    if (!effect->touched || !*effect->touched) {
        effect->touched = migci_copy(&proof->memory, touched);
        proof->no_memory |= !effect->touched;
        return;
    }
    for (char name[NAME_SIZE]; *touched && !proof->no_memory;) {
        size_t length = strcspn(touched, "\n");
        sqlite3_snprintf((int)sizeof(name), name, "%.*s", (int)length, touched);
        touched += length + (touched[length] == '\n');
        sqlite3_str *list = sqlite3_str_new(NULL);
        sqlite3_str_appendall(list, effect->touched);
        if (!contains(list, name)) {
            sqlite3_str_appendf(list, "%s\n", name);
            const char *longer = sqlite3_str_errcode(list)
                                     ? NULL
                                     : migci_copy(&proof->memory, migci_watch_list(list));
            proof->no_memory |= !longer;
            effect->touched = longer;
        }
        sqlite3_free(sqlite3_str_finish(list));
    }
}

void migci_proof_close(migci_watch *watch, sqlite3 *db) {
    sqlite3_set_authorizer(db, NULL, NULL);
    migci_set_progress(db, 0, NULL, NULL);
    sqlite3_free(sqlite3_str_finish(watch->created));
    sqlite3_free(sqlite3_str_finish(watch->touched));
    sqlite3_free(sqlite3_str_finish(watch->made));
    sqlite3_close(db);
}
