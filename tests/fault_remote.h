/*
 * fault_remote.h - a remote database that loses answers: local SQLite, behind the seam that a
 * cluster stands behind.
 *
 * Every `commit_every`-th COMMIT is answered by nothing, after it happened or before; every
 * `statement_every`-th statement cuts the connection, and with it the transaction.  0: none.
 */
#ifndef FAULT_REMOTE_H
#define FAULT_REMOTE_H

#include "engine/engine.h"

#include <stdbool.h>
#include <string.h>

struct fault_remote {
    migc_remote remote; /* the first */
    sqlite3 *db;
    unsigned commit_every, statement_every;
    bool after;         /* the lost COMMITs happened */
    bool then_down;     /* behind the first of them nobody answers any more */
    const char *always; /* a statement that never gets through, or NULL */
    unsigned commits, statements, lost_commits, cuts;
    bool down; /* nobody answers at all */
};

static const migci_driver_methods *fault_inner;

static inline struct fault_remote *fault_of(migci_driver *driver) {
    return (struct fault_remote *)(void *)driver->remote;
}

static inline migci_outcome fault_break(migci_driver *driver, migci_outcome outcome) {
    driver->lost = outcome == MIGCI_REFUSED && !sqlite3_get_autocommit(driver->db);
    fault_inner->rollback(driver);
    driver->failure.code = MIGC_UNREACHABLE;
    driver->failure.sqlite_code = 0;
    strcpy(driver->failure.reason, "the connection broke");
    return outcome;
}

static inline migci_outcome fault_begin(migci_driver *driver, int write) {
    driver->lost = 0;
    if (fault_of(driver)->down)
        return fault_break(driver, MIGCI_REFUSED);
    return fault_inner->begin(driver, write);
}

static inline migci_outcome fault_query(migci_driver *driver, const char *sql,
                                        const migci_value *values, int count,
                                        migci_row_function *row, void *argument) {
    struct fault_remote *fault = fault_of(driver);
    bool cut = fault->statement_every && ++fault->statements % fault->statement_every == 0;
    if (cut || fault->down || (fault->always && strstr(sql, fault->always))) {
        fault->cuts++;
        return fault_break(driver, MIGCI_REFUSED);
    }
    return fault_inner->query(driver, sql, values, count, row, argument);
}

static inline migci_outcome fault_commit(migci_driver *driver) {
    struct fault_remote *fault = fault_of(driver);
    if (!fault->commit_every || ++fault->commits % fault->commit_every != 0)
        return fault_inner->commit(driver);
    fault->lost_commits++;
    fault->down = fault->then_down;
    if (fault->after)
        fault_inner->commit(driver);
    return fault_break(driver, MIGCI_UNKNOWN);
}

static inline void fault_rollback(migci_driver *driver) {
    fault_inner->rollback(driver);
}

static inline int fault_in_transaction(migci_driver *driver) {
    return fault_inner->in_transaction(driver);
}

static inline void fault_close(migci_driver *driver) {
    fault_inner->close(driver);
}

static const migci_driver_methods fault_methods = {
    fault_begin, fault_query, fault_commit, fault_rollback, fault_in_transaction, fault_close,
};

static inline void fault_attach(migc_remote *remote, migci_driver *driver,
                                const migc_options *options) {
    (void)options;
    migci_sqlite_driver(driver, ((struct fault_remote *)(void *)remote)->db);
    fault_inner = driver->methods;
    driver->methods = &fault_methods;
    driver->remote = remote;
}

static inline migci_outcome fault_enter(migci_driver *driver, int foreign_keys) {
    if (fault_of(driver)->down)
        return fault_break(driver, MIGCI_REFUSED);
    sqlite3_db_config(driver->db, SQLITE_DBCONFIG_ENABLE_FKEY, foreign_keys, NULL);
    return MIGCI_DONE;
}

static inline void fault_watch(migc_remote *remote, migci_watch_function *watch, void *argument) {
    (void)remote, (void)watch, (void)argument;
}

static inline void fault_open(struct fault_remote *fault, sqlite3 *db) {
    memset(fault, 0, sizeof(*fault));
    fault->remote = (migc_remote){"the cluster", fault_attach,           fault_enter,
                                  fault_watch,   migci_transaction_lost, migci_check_remote};
    fault->db = db;
}

#endif
