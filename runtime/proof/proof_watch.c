/*
 * proof_watch.c - sees what statements touch, as SQLite's authorizer tells when it compiles
 * them, and keeps them in bounds: a proof runs SQL that nobody has run before, so the SQL must
 * not reach a file, and must end.
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

const char *migci_watch_next(const char *list, char *name, size_t size) {
    size_t length = strcspn(list, "\n");
    size_t kept = length < size ? length : size - 1;
    memcpy(name, list, kept);
    name[kept] = '\0';
    return list + length + (list[length] == '\n');
}

static bool contains(sqlite3_str *list, const char *name) {
    return migci_watch_has(migci_watch_list(list), name);
}

static void add_watched(sqlite3_str *list, const char *name) {
    if (!contains(list, name))
        sqlite3_str_appendf(list, "%s\n", name);
}

static const char *const chance[] = {"random", "randomblob", NULL};

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

/* What an action of the authorizer does to the object that it names. */
static const struct watched_action {
    enum { IS_NOT_WATCHED, READS, TOUCHES_ROWS, CREATES, DROPS } does;
    const char *type;
} actions[] = {
    [SQLITE_READ] = {READS, NULL},
    [SQLITE_INSERT] = {TOUCHES_ROWS, NULL},
    [SQLITE_UPDATE] = {TOUCHES_ROWS, NULL},
    [SQLITE_DELETE] = {TOUCHES_ROWS, NULL},
    [SQLITE_ALTER_TABLE] = {TOUCHES_ROWS, NULL},
    [SQLITE_DROP_TABLE] = {TOUCHES_ROWS, NULL},
    [SQLITE_DROP_VTABLE] = {TOUCHES_ROWS, NULL},
    [SQLITE_DROP_INDEX] = {DROPS, NULL},
    [SQLITE_DROP_VIEW] = {DROPS, NULL},
    [SQLITE_DROP_TRIGGER] = {DROPS, NULL},
    [SQLITE_CREATE_TABLE] = {CREATES, "table "},
    [SQLITE_CREATE_VTABLE] = {CREATES, "virtual table "},
    [SQLITE_CREATE_INDEX] = {CREATES, "index "},
    [SQLITE_CREATE_VIEW] = {CREATES, "view "},
    [SQLITE_CREATE_TRIGGER] = {CREATES, ""}, /* the name has "trigger " in front */
};

static void watch_object(migci_watch *watch, const struct watched_action *action,
                         const char *name) {
    bool is_own = contains(watch->created, name);
    switch (action->does) {
    case READS:
        watch->reads_existing |= !is_own;
        break;
    case TOUCHES_ROWS:
        add_watched(watch->touched, name);
        watch->touches_existing |= !is_own;
        break;
    case DROPS:
        watch->touches_existing |= !is_own;
        break;
    case CREATES:
        sqlite3_str_appendf(watch->made, "%s%s\n", action->type, name);
        add_watched(watch->created, name);
        break;
    case IS_NOT_WATCHED:
        break;
    }
}

static int authorize(void *argument, int action, const char *first, const char *second,
                     const char *schema, const char *inner) {
    migci_watch *watch = argument;
    const char *name = action == SQLITE_ALTER_TABLE ? second : first; /* the schema is first */
    char trigger[NAME_SIZE];
    (void)inner;
    /* The copy that VACUUM makes is called vacuum_db, since 3.43 vacuum_ and 16 digits. */
    if (schema && sqlite3_strglob("vacuum_*", schema) == 0)
        return SQLITE_OK;
    if (is_outside(action, first, second)) {
        watch->outside = true;
        return SQLITE_DENY;
    }
    watch->reads_chance |= action == SQLITE_FUNCTION && second && is_watched_name(chance, second);
    watch->makes_virtual |= action == SQLITE_CREATE_VTABLE;
    if (action < 0 || (size_t)action >= sizeof(actions) / sizeof(*actions) ||
        actions[action].does == IS_NOT_WATCHED)
        return SQLITE_OK;
    /* A trigger may have the name of a table. */
    if (action == SQLITE_CREATE_TRIGGER || action == SQLITE_DROP_TRIGGER)
        name = sqlite3_snprintf(NAME_SIZE, trigger, "trigger %s", first);
    /* SQLite's tables and those of the history do not count. */
    if (watch->index != watch->proof->set->count && sqlite3_strnicmp(name, "sqlite_", 7) != 0 &&
        sqlite3_strnicmp(name, "migc_", 5) != 0)
        watch_object(watch, &actions[action], name);
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

/* When DOWN drops what its UP created, it touches nothing that existed before. */
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

/* A list that lacks names for want of memory must not pass for "touches nothing". */
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
        touched = migci_watch_next(touched, name, sizeof(name));
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
