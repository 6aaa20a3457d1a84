/*
 * session.c - how every call of the API begins and ends.  The end adds the state
 * of the database and the advice to the message: the parts of a message are joined
 * here, once, and the caller is told where each of them is.
 */
#include "base/core.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t migci_now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

migc_code migci_session_open_any(migci_session *session, sqlite3 *db, const migc_set *set,
                                 const migc_options *options, migc_error *error) {
    memset(session, 0, sizeof(*session));
    session->set = session->known = set;
    session->options = options ? options : &session->defaults;
    session->error = error ? error : &session->unwanted;
    migci_clear_error(session);
    session->started_us = migci_now_us();
    if (session->options->remote && !db)
        session->options->remote->attach(session->options->remote, &session->driver,
                                         session->options);
    else
        migci_sqlite_driver(&session->driver, db);
    bool has_database = db || session->options->remote;
    if (!has_database || !set)
        return migci_fail(session, MIGC_MISUSE, "libmigc was called without a %s",
                          has_database ? "set" : "database connection");
    if (migci_require_sqlite(session) != MIGC_OK)
        return MIGC_SQLITE_TOO_OLD;
    if (set->abi != MIGC_ABI)
        return migci_fail(session, MIGC_ABI_MISMATCH,
                          "the migrations were emitted for ABI %u of libmigc, this is ABI %d",
                          set->abi, MIGC_ABI);
    /* A statement that writes and has not finished also has one. */
    if (db && (!sqlite3_get_autocommit(db) || sqlite3_txn_state(db, NULL) == SQLITE_TXN_WRITE))
        return migci_fail(session, MIGC_IN_TRANSACTION,
                          "the program's connection has a transaction or a write open");
    return MIGC_OK;
}

migc_code migci_session_unpack(migci_session *session) {
    assert(session->set && session->error->code == MIGC_OK);
    const migc_set *unpacked = migci_unpack_set(session->set, &session->unpacked);
    if (!unpacked)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, before anything was read");
    session->set = unpacked;
    return MIGC_OK;
}

static unsigned at_most(size_t size, size_t most) {
    return (unsigned)(size < most ? size : most);
}

static migc_part append_sentence(migc_error *error, const char *before, const char *text) {
    size_t used = strlen(error->message), most = sizeof(error->message) - 1;
    migc_part part = {0, 0};
    if (!*text)
        return part;
    snprintf(error->message + used, sizeof(error->message) - used, "%s%s.", before, text);
    part.at = at_most(used + strlen(before), most);
    part.size = at_most(strlen(text), most - part.at);
    return part;
}

void migci_session_free(migci_session *session) {
    assert(!session->claimed);
    session->driver.methods->close(&session->driver);
    migci_free_all(&session->memory);
    migci_free_all(&session->notes);
    migci_free_all(&session->unpacked);
}

migc_code migci_session_close(migci_session *session) {
    static const char *const advice_of_code[] = {
#define ADVICE_ROW(name, status, text, advice) advice,
        MIGC_CODES(ADVICE_ROW) /* NOLINT(bugprone-suspicious-missing-comma) */
#undef ADVICE_ROW
    };
    migc_error *error = session->error;
    const char *state = session->state;
    assert((size_t)error->code < sizeof(advice_of_code) / sizeof(*advice_of_code));
    error->what.size = (unsigned)strlen(error->message);
    if (error->code != MIGC_OK && error->code != MIGC_MISUSE) {
        const char *advice = session->advice ? session->advice : advice_of_code[error->code];
        error->state = append_sentence(error, ". ", *state ? state : "Nothing was changed");
        error->advice = append_sentence(error, " ", advice);
    }
    session->result.duration_us = migci_now_us() - session->started_us;
    if (session->options->result)
        *session->options->result = session->result;
    migci_session_free(session);
    return error->code;
}
