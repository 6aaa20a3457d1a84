/*
 * context_query.c - statements of a step in C, on any engine.  It is an object file of its own
 * because most steps use migc_db().
 */
#include "base/core.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TEXTS = 64 };

struct text_rows {
    const migci_driver *driver;
    migc_row_function *row;
    void *user;
};

static int hand_texts(void *argument, const migci_value *cells) {
    const struct text_rows *rows = argument;
    const char *texts[MOST_TEXTS];
    size_t count = (size_t)rows->driver->columns;
    for (size_t i = 0; i < count; i++)
        texts[i] = cells[i].text;
    return rows->row(rows->user, count, texts);
}

static int run_for_step(migc_context *context, const char *sql, migci_row_function *row,
                        void *argument) {
    migci_driver *driver = &context->session->driver;
    if (driver->methods->query(driver, sql, NULL, 0, row, argument) == MIGCI_DONE)
        return 0;
    return migc_fail(context, "%s", driver->failure.reason);
}

int migc_exec(migc_context *context, const char *sql) {
    return run_for_step(context, sql, NULL, NULL);
}

int migc_query(migc_context *context, const char *sql, migc_row_function *row, void *user) {
    struct text_rows rows = {&context->session->driver, row, user};
    return run_for_step(context, sql, hand_texts, &rows);
}
