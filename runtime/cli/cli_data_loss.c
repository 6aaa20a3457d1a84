/*
 * cli_data_loss.c - what would be lost, in words and in JSON.
 */
#include "cli.h"

#include <string.h>

/* A sketch costs some time, and most of what goes up drops nothing. */
static bool may_drop(const migc_action *action) {
    unsigned count;
    const migc_step *steps = migci_action_steps(action, &count);
    for (unsigned i = 0; i < count; i++)
        for (const char *at = steps[i].text; !steps[i].call && *at; at++)
            if ((*at | 0x20) == 'd' && sqlite3_strnicmp(at, "drop", 4) == 0)
                return true;
    return false;
}

void migci_data_loss_find(migci_data_loss *lost, sqlite3 *db, const migc_action *actions,
                          size_t count) {
    size_t drops = 0;
    memset(lost, 0, sizeof(*lost));
    for (size_t i = 0; i < count; i++)
        drops += may_drop(&actions[i]);
    lost->known = !drops || migci_find_losses(db, actions, count, &lost->memory, &lost->losses);
}

bool migci_data_loss_has(const migci_data_loss *lost, const migc_migration *migration) {
    for (const migci_loss *loss = lost->losses; loss; loss = loss->next)
        if (loss->migration == migration)
            return true;
    return false;
}

static void print_loss(const migci_loss *loss, FILE *stream, const char *indent) {
    char number[32];
    sqlite3_snprintf(sizeof(number), number, "%,lld", (long long)loss->count);
    migci_print(stream, "%sdrops %s %s%s%s with %s %s%s\n", indent,
                loss->column ? "column" : "table", loss->table, loss->column ? "." : "",
                loss->column ? loss->column : "", number, loss->column ? "value" : "row",
                loss->count == 1 ? "" : "s");
}

void migci_data_loss_print(const migci_data_loss *lost, const migc_migration *migration,
                           FILE *stream, const char *indent) {
    for (const migci_loss *loss = lost->known ? lost->losses : NULL; loss; loss = loss->next)
        if (loss->migration == migration)
            print_loss(loss, stream, indent);
}

void migci_data_loss_json(migci_json *json, const migci_data_loss *lost,
                          const migc_migration *migration) {
    if (!lost->known) {
        migci_json_null(json, "losses");
        return;
    }
    migci_json_open(json, "losses", '[');
    for (const migci_loss *loss = lost->losses; loss; loss = loss->next) {
        if (loss->migration != migration)
            continue;
        migci_json_open(json, NULL, '{');
        migci_json_text(json, "table", loss->table);
        migci_json_text(json, "column", loss->column);
        migci_json_number(json, "count", loss->count);
        migci_json_close(json);
    }
    migci_json_close(json);
}
