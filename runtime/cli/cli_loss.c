/*
 * cli_loss.c - what would be lost, in words and in JSON.
 */
#include "cli.h"

#include <string.h>

void migci_toll_take(migci_toll *toll, sqlite3 *db, const migc_action *actions, size_t count) {
    size_t downs = 0;
    memset(toll, 0, sizeof *toll);
    for (size_t i = 0; i < count; i++)
        downs += actions[i].down != 0;
    toll->known = !downs || migci_losses(db, actions, count, &toll->memory, &toll->losses);
}

static void print_loss(const migci_loss *loss, FILE *stream, const char *indent) {
    char number[32];
    sqlite3_snprintf(sizeof number, number, "%,lld", (long long)loss->count);
    migci_print(stream, "%sdrops %s %s%s%s with %s %s%s\n", indent,
                loss->column ? "column" : "table", loss->table, loss->column ? "." : "",
                loss->column ? loss->column : "", number, loss->column ? "value" : "row",
                loss->count == 1 ? "" : "s");
}

void migci_toll_print(const migci_toll *toll, const migc_migration *migration, FILE *stream,
                      const char *indent) {
    for (const migci_loss *loss = toll->known ? toll->losses : NULL; loss; loss = loss->next)
        if (loss->migration == migration)
            print_loss(loss, stream, indent);
}

void migci_toll_json(migci_json *json, const migci_toll *toll, const migc_migration *migration) {
    if (!toll->known) {
        migci_json_null(json, "losses");
        return;
    }
    migci_json_open(json, "losses", '[');
    for (const migci_loss *loss = toll->losses; loss; loss = loss->next) {
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
