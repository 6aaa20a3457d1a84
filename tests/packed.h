/*
 * packed.h - a set as migc emits it, without pointers, for tests of the runtime.
 */
#ifndef PACKED_H
#define PACKED_H

#include "migc.h"

static inline int fill_packed(migc_context *context) {
    return migc_exec(context, "INSERT INTO note VALUES('by fill')");
}

/* DOWN and VERIFY of 002 stand in files of their own.  Some of its texts are cut; its description
 * ends as a text does that is, and so does the empty piece behind it. */
static const char packed_texts[] = "001_one\0"
                                   "001_one.sql\0xxh3:1\0xxh3:aaaa0001\0"
                                   "first\0"
                                   "2:CREATE TABLE note(a TEXT)\0"
                                   "5 call:fill_packed\0"
                                   "8:DROP TABLE note\0"
                                   "002_two\0"
                                   "002_two.sql\0xxh3:2\0xxh3:aaaa0002\0"
                                   "x\1\1\0\0"
                                   "\0"
                                   "down/002.sql\0verify/002.sql\0"
                                   "7:CREATE \1\0TABLE t\1\0wo(a, b)\0"
                                   "1:DELETE FROM note\0"
                                   "3:DROP TABLE nosuchtable\0"
                                   "1:SELECT a FROM note WHERE a = 'bad'\0"
                                   "R_view\0R_view.sql\0xxh3:3\0\0"
                                   "2:CREATE VIEW v AS SELECT a FROM note\0"
                                   "1:DROP VIEW v";

static const migc_row packed_rows[] = {
    {1, 2, 1, 0, MIGC_HAS_DESCRIPTION},
    {2, 1, 2, 1,
     MIGC_NONDETERMINISTIC | MIGC_HAS_DESCRIPTION | MIGC_HAS_LOSSY | MIGC_HAS_DOWN_FILE |
         MIGC_HAS_VERIFY_FILE},
    {0, 1, 1, 0, MIGC_REPEATABLE},
};

static migc_function *const packed_calls[] = {fill_packed};

static const migc_packed packed_data = {
    3, 9, 64, packed_rows, packed_texts, packed_calls, "xxh3:aaaa0002"};

static const migc_repeatables packed_repeatables = {&migc_run_repeatables, 1, NULL,
                                                    "xxh3:bbbb0001"};

static const migc_set packed = {.abi = MIGC_ABI,
                                .name = "packed",
                                .count = 2,
                                .repeatables = &packed_repeatables,
                                .packed = &packed_data};

#endif
