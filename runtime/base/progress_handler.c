/*
 * progress_handler.c - SQLite's progress handler, if SQLite was built with it
 * (SQLITE_OMIT_PROGRESS_CALLBACK leaves it out).
 */
#include "base/core.h"

bool migci_has_progress(void) {
    return MIGCI_HAVE(sqlite3_progress_handler);
}

void migci_set_progress(sqlite3 *db, int interval, int (*look)(void *), void *argument) {
    if (MIGCI_HAVE(sqlite3_progress_handler))
        sqlite3_progress_handler(db, look ? interval : 0, look, argument);
}
