/*
 * history_list.c - reads migc_events whole, for those who list it.  Belongs to
 * history.c; an object file of its own because the core never needs it.
 */
#include "cli.h"

static int found(void *argument, const migci_value *cells) {
    (void)cells;
    *(int *)argument = 1;
    return 1;
}

migci_outcome migci_history_list(migci_driver *driver, const char *set_name,
                                 migci_row_function *row, void *argument) {
    migci_value name = MIGCI_TEXT(set_name);
    int exists = 0;
    migci_outcome outcome = driver->methods->query(
        driver, "SELECT 1 FROM sqlite_schema WHERE name = 'migc_events'", NULL, 0, found, &exists);
    if (outcome != MIGCI_DONE || !exists)
        return outcome;
    return driver->methods->query(driver,
                                  "SELECT at, action, version, name, duration_us, host, pid,"
                                  " applied_by, detail FROM migc_events WHERE set_name = ?"
                                  " ORDER BY id",
                                  &name, 1, row, argument);
}
