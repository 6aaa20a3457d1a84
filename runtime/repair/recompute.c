/*
 * recompute.c - writes what follows from the rows of a history as it should be: their
 * numbers, the chain and the stamp.
 */
#include "repair.h"

#include <stdio.h>
#include <string.h>

const char **migci_chains_expected(migci_session *session) {
    const migc_set *set = session->set;
    const migci_history *history = session->history;
    const char **chains =
        migci_allocate(&session->memory, (history->count + 1) * sizeof(const char *));
    bool *seen = migci_allocate(&session->memory, (set->count + 1) * sizeof(*seen));
    size_t known = 0, latest = 0; /* so many of the set's are applied, and none behind `latest` */
    if (!chains || !seen)
        return NULL;
    for (size_t i = 0; i < history->count; i++) {
        const migc_migration *migration = migci_find(set, history->rows[i]->version);
        if (!migration || strcmp(migration->checksum, history->rows[i]->checksum) != 0)
            break;
        size_t index = (size_t)(migration - set->migrations);
        known += !seen[index];
        seen[index] = true;
        latest = index > latest ? index : latest;
        chains[i] = known == latest + 1 && known == i + 1 ? set->migrations[latest].chain : NULL;
    }
    return chains;
}

bool migci_is_chain_of(const migci_session *session, size_t row, const char *expected) {
    const migc_set *set = session->set;
    const char *chain = session->history->rows[row]->chain;
    return strcmp(chain, expected) == 0 || (set->repeatables && row + 1 == set->count &&
                                            strcmp(chain, set->repeatables->chain) == 0);
}

bool migci_is_chain_of_set(const migc_set *set, const char *chain) {
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->migrations[i].chain, chain) == 0)
            return true;
    return set->repeatables && strcmp(set->repeatables->chain, chain) == 0;
}

/* Of a history whose other rows stand in the order of their versions, the last one too; else it
 * was out of order before, and stays so. */
static void place_last(migci_history *history) {
    migci_applied **rows = history->rows;
    size_t at = history->count;
    for (size_t i = 1; i + 1 < history->count; i++)
        if (rows[i - 1]->version > rows[i]->version)
            return;
    for (migci_applied *last = at ? rows[--at] : NULL; at > 0; at--) {
        if (rows[at - 1]->version < last->version)
            return;
        rows[at] = rows[at - 1];
        rows[at - 1] = last;
    }
}

static migci_outcome recompute_numbers(migci_session *session, bool was_added) {
    if (migci_history_read(session) != MIGC_OK)
        return MIGCI_REFUSED;
    if (was_added)
        place_last(session->history);
    bool is_numbered = true;
    for (size_t i = 0; i < session->history->count; i++)
        is_numbered &= session->history->rows[i]->seq == (int64_t)i + 1;
    if (is_numbered)
        return MIGCI_DONE;
    migci_outcome outcome = migci_history_renumber(session);
    return outcome != MIGCI_DONE || migci_history_read(session) == MIGC_OK ? outcome
                                                                           : MIGCI_REFUSED;
}

/* The set's chain up to here would say that nothing is missing before it. */
static const char *break_chain(migci_session *session, const migci_applied *last) {
    if (!migci_is_chain_of_set(session->set, last->chain))
        return last->chain;
    char *chain = migci_allocate(&session->memory, strlen(last->chain) + 2);
    if (chain)
        snprintf(chain, strlen(last->chain) + 2, "%c%s", MIGCI_BROKEN_CHAIN, last->chain);
    return chain;
}

static migci_outcome recompute_chain(migci_session *session) {
    const migci_history *history = session->history;
    const char **expected = migci_chains_expected(session);
    migci_outcome outcome = MIGCI_DONE;
    if (!expected)
        return migci_lack_memory(session);
    for (size_t i = 0; i < history->count && outcome == MIGCI_DONE; i++) {
        migci_applied *row = history->rows[i];
        const char *chain = row->chain;
        if (expected[i] && !migci_is_chain_of(session, i, expected[i]))
            chain = expected[i];
        if (!expected[i] && i + 1 == history->count)
            chain = break_chain(session, row);
        if (!chain)
            return migci_lack_memory(session);
        if (strcmp(chain, row->chain) == 0)
            continue;
        row->chain = chain;
        outcome = migci_history_rechain(session, row);
    }
    return outcome;
}

migci_outcome migci_recompute(migci_session *session, bool was_added) {
    const migci_history *history = session->history;
    migci_outcome outcome = recompute_numbers(session, was_added);
    if (outcome == MIGCI_DONE)
        outcome = recompute_chain(session);
    if (outcome != MIGCI_DONE)
        return outcome;
    const migci_applied *last = migci_history_last(session);
    session->result.to = migci_latest_version(history->rows, history->count);
    return migci_stamp_write(session, last ? last->chain : NULL);
}
