/*
 * match.c - finds the migration of the set for each row of another tool's history.
 *
 * A row names its migration by a number, a name or a file's name.  What cannot be taken
 * over is refused, each case with its own message: a migration that failed or stopped
 * halfway, one that the set does not have, one whose file was a different one.
 */
#include "adopt.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------- one by one */

/* Digits without the zeros in front of them; NULL when there are others. */
static const char *digits_of(const char *text, size_t *size) {
    *size = strspn(text, "0123456789");
    if (!*size)
        return NULL;
    for (; *size > 1 && *text == '0'; --*size)
        text++;
    return text;
}

static bool is_same_number(const char *one, const char *two) {
    size_t size_one, size_two;
    one = digits_of(one, &size_one);
    two = digits_of(two, &size_two);
    return one && two && !one[size_one] && !two[size_two] && size_one == size_two &&
           memcmp(one, two, size_one) == 0;
}

/* Without "a/" in front, and without ".up.sql", ".sql", ".js" at the end. */
static bool is_same_stem(const char *one, const char *two) {
    one = migci_base_name(one);
    two = migci_base_name(two);
    size_t size = strcspn(one, ".");
    return size && size == strcspn(two, ".") && memcmp(one, two, size) == 0;
}

/* Of "003_1975ea83b712_add_users" any word. */
static bool has_id_as_word(const char *name, const char *id) {
    size_t size = strlen(id);
    for (const char *at = name; size && (at = strstr(at, id)); at++)
        if ((at == name || at[-1] == '_') && (!at[size] || at[size] == '_'))
            return true;
    return false;
}

/* From the strictest to the loosest: the first that fits exactly one migration decides. */
enum { BY_NAME, BY_STEM, BY_NUMBER, BY_WORD, WAYS };

static bool fits_in_way(const migc_migration *migration, const char *id, int way) {
    const char *file = migration->original_file ? migration->original_file : migration->file;
    const char *label = migration->original_label;
    char number[32];
    switch (way) {
    case BY_NAME:
        return strcmp(migration->name, id) == 0 || strcmp(file, id) == 0 ||
               (label && strcmp(label, id) == 0) ||
               /* "V001__users/up.sql" is also called "V001__users" */
               (*id && strncmp(file, id, strlen(id)) == 0 && file[strlen(id)] == '/');
    case BY_STEM:
        return is_same_stem(file, id) || is_same_stem(migration->name, id);
    case BY_NUMBER:
        snprintf(number, sizeof(number), "%lld", (long long)migration->version);
        return is_same_number(number, id) || (label && is_same_number(label, id));
    default:
        return has_id_as_word(migration->name, id);
    }
}

static const migc_migration *find_by_id(const migc_set *set, const char *id) {
    for (int way = 0; id && *id && way < WAYS; way++) {
        const migc_migration *found = NULL;
        size_t count = 0;
        for (size_t i = 0; i < set->count; i++)
            if (fits_in_way(&set->migrations[i], id, way)) {
                found = &set->migrations[i];
                count++;
            }
        if (count == 1)
            return found;
    }
    return NULL;
}

/* Of "sha256:1f crc32:7" that which begins as the other does: 1 the same, 0 another, -1 there is
 * none to compare with. */
static int compare_checksums(const migc_migration *migration, const char *checksum) {
    assert(migration);
    const char *list = migration->original_checksums;
    const char *colon = checksum ? strchr(checksum, ':') : NULL;
    size_t kind = colon ? (size_t)(colon - checksum) + 1 : 0;
    while (list && kind && *list) {
        size_t size = strcspn(list, " ");
        if (size >= kind && strncmp(list, checksum, kind) == 0)
            return size == strlen(checksum) && sqlite3_strnicmp(list, checksum, (int)size) == 0;
        list += size + strspn(list + size, " ");
    }
    return -1;
}

static const migc_migration *find_entry(const migc_set *set, const migci_ledger_entry *entry) {
    const migc_migration *migration = find_by_id(set, entry->id);
    if (!migration)
        migration = find_by_id(set, entry->other_id);
    /* drizzle knows a migration by nothing but its checksum. */
    for (size_t i = 0; i < set->count && !migration; i++)
        if (compare_checksums(&set->migrations[i], entry->checksum) == 1)
            migration = &set->migrations[i];
    return migration;
}

/* ---------------------------------------------------------------- all of them */

struct matching {
    migci_session *session;
    const migci_ledger *ledger;
    migc_adoption *adoption;
    const migci_ledger_entry *
        *last;     /* of each migration of the set: the row that counts, or NULL */
    size_t *order; /* those applied, in the order that the tool applied them */
    size_t count;
};

static size_t index_in_set(const migc_set *set, const migc_migration *migration) {
    assert(migration >= set->migrations && migration < set->migrations + set->count);
    return (size_t)(migration - set->migrations);
}

static void set_applied(struct matching *matching, size_t index, const migci_ledger_entry *entry) {
    assert(index < matching->session->set->count);
    assert(matching->count < matching->session->set->count || matching->last[index]);
    if (!matching->last[index])
        matching->order[matching->count++] = index;
    matching->last[index] = entry;
}

static bool is_last_of_id(const migci_ledger_entry *entry) {
    for (const migci_ledger_entry *later = entry->next; later; later = later->next)
        if (strcmp(later->id, entry->id) == 0)
            return false;
    return true;
}

static migc_code match_entry(struct matching *matching, const migci_ledger_entry *entry) {
    migci_session *session = matching->session;
    const char *tool = matching->ledger->tool, *table = matching->ledger->table;
    const migc_migration *migration = find_entry(session->set, entry);
    bool not_applied = entry->state == MIGCI_ENTRY_NOT_APPLIED;
    if (entry->state == MIGCI_ENTRY_REPEATABLE || (not_applied && !migration)) {
        matching->adoption->left_out++;
        return MIGC_OK;
    }
    if ((entry->state == MIGCI_ENTRY_FAILED || !migration) && !is_last_of_id(entry))
        return MIGC_OK;
    /* A set that begins with the schema of that time does not have what came before. */
    if (!migration && entry->state == MIGCI_ENTRY_APPLIED && session->options->flags & MIGC_FORCE) {
        matching->adoption->left_out++;
        return MIGC_OK;
    }
    if (entry->state == MIGCI_ENTRY_FAILED)
        return migci_fail(session, MIGC_INTERRUPTED,
                          "the table %s says that %s failed, or stopped half-way. Put that right"
                          " with %s first, so that the migration is either applied or not",
                          table, entry->id, tool);
    if (!migration)
        return migci_fail(session, MIGC_MISSING,
                          "%s has applied %s, which this program does not have%s", tool,
                          entry->other_id ? entry->other_id : entry->id,
                          entry->state == MIGCI_ENTRY_APPLIED
                              ? "; where one of its migrations makes what that made, --force"
                                " (MIGC_FORCE) leaves it out"
                              : "");
    size_t index = index_in_set(session->set, migration), kept = 0;
    if (not_applied) {
        matching->adoption->left_out++;
        for (size_t i = 0; i < matching->count; i++)
            if (matching->order[i] != index)
                matching->order[kept++] = matching->order[i];
        matching->count = kept;
        matching->last[index] = NULL;
        return MIGC_OK;
    }
    for (size_t i = 0; entry->state == MIGCI_ENTRY_APPLIED_UP_TO && i < index; i++)
        set_applied(matching, i, entry);
    set_applied(matching, index, entry);
    return MIGC_OK;
}

static migc_code verify_checksum(struct matching *matching, size_t index, migc_adopted *adopted) {
    migci_session *session = matching->session;
    const migc_migration *migration = &session->set->migrations[index];
    const migci_ledger_entry *entry = matching->last[index];
    int same = find_entry(session->set, entry) == migration
                   ? compare_checksums(migration, entry->checksum)
                   : -1;
    adopted->verified = same == 1;
    if (same != 0 || session->options->flags & MIGC_FORCE)
        return MIGC_OK;
    migci_blame(session, migration, NULL);
    return migci_fail(
        session, MIGC_EDITED,
        "%s is not what %s applied: its checksum was %s. --force (MIGC_FORCE) takes it"
        " over as it is now",
        migration->file, matching->ledger->tool, entry->checksum);
}

/* A row with nothing but a number: the migration of that number; or, where they are numbered in
 * another way, so many. */
static migc_code match_counter(struct matching *matching) {
    static const migci_ledger_entry counted = {.id = ""};
    const migc_set *set = matching->session->set;
    int64_t counter = matching->ledger->counter;
    const migc_migration *latest = migci_find(set, counter);
    size_t end = latest ? index_in_set(set, latest) + 1 : (size_t)counter;
    if (end > set->count)
        return migci_fail(matching->session, MIGC_NEWER,
                          "PRAGMA user_version is %lld, and this program has %zu migrations",
                          (long long)counter, set->count);
    for (size_t i = 0; i < end; i++)
        set_applied(matching, i, &counted);
    return MIGC_OK;
}

static migc_code list_adopted(struct matching *matching) {
    migci_session *session = matching->session;
    migc_adoption *adoption = matching->adoption;
    session->plan.count = adoption->count = matching->count;
    for (size_t i = 0; i < matching->count; i++) {
        size_t index = matching->order[i];
        const migci_ledger_entry *entry = matching->last[index];
        migc_adopted *adopted = &adoption->migrations[i];
        *adopted = (migc_adopted){&session->set->migrations[index], entry->applied_at,
                                  entry->applied_by, 0};
        session->plan.actions[i] = (migc_action){adopted->migration, 0, i == 0};
        session->durations[i] = entry->duration_us > 0 ? entry->duration_us : 0;
        if (verify_checksum(matching, index, adopted) != MIGC_OK)
            return session->error->code;
    }
    return MIGC_OK;
}

migc_code migci_ledger_match(migci_session *session, const migci_ledger *ledger,
                             migc_adoption *adoption) {
    size_t room = session->set->count + 1;
    migci_memory *memory = &session->memory;
    struct matching matching = {session, ledger, adoption, NULL, NULL, 0};
    matching.last = migci_allocate(memory, room * sizeof(void *));
    matching.order = migci_allocate(memory, room * sizeof(*matching.order));
    adoption->migrations = migci_allocate(memory, room * sizeof(*adoption->migrations));
    session->plan.actions = migci_allocate(memory, room * sizeof(*session->plan.actions));
    session->durations = migci_allocate(memory, room * sizeof(*session->durations));
    if (!matching.last || !matching.order || !adoption->migrations || !session->plan.actions ||
        !session->durations)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while adopting");
    memset(matching.last, 0, room * sizeof(void *));
    session->plan.count = session->next = 0;
    adoption->left_out = 0;
    migc_code code = ledger->table ? MIGC_OK : match_counter(&matching);
    for (const migci_ledger_entry *entry = ledger->entries; entry && code == MIGC_OK;
         entry = entry->next)
        code = match_entry(&matching, entry);
    return code == MIGC_OK ? list_adopted(&matching) : code;
}
