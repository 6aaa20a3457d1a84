/*
 * set.c - questions that a set answers without a database: the migration of a version, the steps of
 * a direction.
 */
#include "base/core.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

const migc_migration *migci_find(const migc_set *set, int64_t version) {
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->migrations[middle].version < version)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < set->count && set->migrations[low].version == version)
        return &set->migrations[low];
    return NULL;
}

const migc_migration *migci_find_near(const migc_set *set, size_t at, int64_t version) {
    bool is_there = at < set->count && set->migrations[at].version == version;
    return is_there ? &set->migrations[at] : migci_find(set, version);
}

const char *migci_file_of_step(const migc_migration *migration, const migc_step *step) {
    size_t at = (size_t)(step - migration->steps), up = migration->up_count;
    const char *file = at < up                           ? NULL
                       : at < up + migration->down_count ? migration->down_file
                                                         : migration->verify_file;
    assert(at < up + migration->down_count + migration->verify_count);
    return file ? file : migration->file;
}

const char *migci_end_of_set(const migc_set *set, int64_t *version) {
    size_t last = set->count - 1;
    const migc_packed *packed = set->migrations ? NULL : set->packed;
    assert(packed || set->migrations);
    *version = packed ? packed->rows[last].version : set->migrations[last].version;
    if (set->repeatables)
        return set->repeatables->chain;
    return packed ? packed->chain : set->migrations[last].chain;
}

const migc_step *migci_action_steps(const migc_action *action, unsigned *count) {
    const migc_migration *migration = action->migration;
    assert(migration && (action->down == 0 || action->down == 1));
    *count = action->down ? migration->down_count : migration->up_count;
    return action->down ? migration->steps + migration->up_count : migration->steps;
}

static bool is_word_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* A byte order mark is blank space where a word could begin. */
static bool begins_word(const char *text, const char *at) {
    return at == text || !is_word_byte(at[-1]) ||
           (at - text >= 3 && strncmp(at - 3, MIGCI_BYTE_ORDER_MARK, 3) == 0);
}

bool migci_mentions(const char *text, const char *word) {
    size_t length = strlen(word);
    for (const char *at = text; *at; at++)
        if (((*at ^ *word) & ~0x20) == 0 && sqlite3_strnicmp(at, word, (int)length) == 0 &&
            !is_word_byte(at[length]) && begins_word(text, at))
            return true;
    return false;
}

bool migci_plan_mentions(const migc_plan *plan, size_t first, size_t end, const char *word) {
    assert(end <= plan->count);
    for (size_t i = first; i < end; i++) {
        const migc_migration *migration = plan->actions[i].migration;
        unsigned up = migration->up_count, behind_down = up + migration->down_count;
        for (unsigned s = 0; s < behind_down + migration->verify_count; s++) {
            const migc_step *step = &migration->steps[s];
            bool is_down = s >= up && s < behind_down;
            if (is_down == plan->actions[i].down &&
                (step->call || migci_mentions(step->text, word)))
                return true;
        }
    }
    return false;
}
