/*
 * stamp.c - 32 bits of the history's chain in PRAGMA user_version.
 *
 * It is in the header of the file, so a start with nothing to do reads a few bytes
 * and no schema.  It can only say "nothing to do": if it is lost or different, the
 * history is read.
 */
#include "history/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAMP_DIGITS = 8 };

int32_t migci_stamp_of(const char *chain) {
    if (!chain || *chain == MIGCI_BROKEN_CHAIN)
        return 0;
    const char *colon = strchr(chain, ':');
    char digits[STAMP_DIGITS + 1] = "";
    snprintf(digits, sizeof(digits), "%s", colon ? colon + 1 : chain);
    uint32_t bits = (uint32_t)strtoul(digits, NULL, 16);
    return bits ? (int32_t)bits : 1;
}

bool migci_uses_stamp(const migc_set *set) {
    return !(set->flags & (MIGC_SET_MODULE | MIGC_SET_NO_STAMP));
}

bool migci_is_current(migci_session *session) {
    const migc_set *set = session->set;
    if (set->count == 0)
        return false;
    int64_t latest;
    const char *chain = migci_end_of_set(set, &latest);
    if (!migci_uses_stamp(set)) { /* what is half reverted still has its row */
        if (set->no_transaction || !migci_history_ends_with(session, chain))
            return false;
    } else {
        int64_t stamp = 0;
        migci_ask_number(session, "PRAGMA user_version", &stamp);
        if (stamp != migci_stamp_of(chain))
            return false;
    }
    session->result.from = session->result.to = latest;
    return true;
}

migci_outcome migci_stamp_write(migci_session *session, const char *chain) {
    char sql[64];
    if (!migci_uses_stamp(session->set))
        return MIGCI_DONE;
    snprintf(sql, sizeof(sql), MIGCI_SET_STAMP "%d", (int)migci_stamp_of(chain));
    return migci_do(session, sql, "");
}
