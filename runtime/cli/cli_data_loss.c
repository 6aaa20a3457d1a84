/*
 * cli_data_loss.c - what would be lost, in words and in JSON.
 */
#include "cli.h"

#include <string.h>

void migci_data_loss_find(migci_data_loss *lost, sqlite3 *db, const migc_action *actions,
                          size_t count) {
    memset(lost, 0, sizeof(*lost));
    lost->known = migci_find_losses(db, actions, count, &lost->memory, &lost->losses);
}

bool migci_data_loss_has(const migci_data_loss *lost, const migc_migration *migration) {
    for (const migci_loss *loss = lost->losses; loss; loss = loss->next)
        if (loss->migration == migration)
            return true;
    return false;
}

void migci_data_loss_print(const migci_data_loss *lost, const migc_migration *migration,
                           FILE *stream, const char *indent) {
    for (const migci_loss *loss = lost->known ? lost->losses : NULL; loss; loss = loss->next) {
        char number[32];
        const char *plural = loss->count == 1 ? "" : "s";
        if (loss->migration != migration)
            continue;
        sqlite3_snprintf(sizeof(number), number, "%,lld", (long long)loss->count);
        if (loss->kind == MIGCI_LOSS_ALL)
            migci_print_to(stream, "%smakes table %s anew without its %s row%s\n", indent,
                           loss->table, number, plural);
        else if (loss->kind == MIGCI_LOSS_SOME)
            migci_print_to(stream,
                           "%smakes table %s anew, and may leave out some of its %s row%s\n",
                           indent, loss->table, number, plural);
        else if (loss->column)
            migci_print_to(stream, "%sdrops column %s.%s with %s value%s\n", indent, loss->table,
                           loss->column, number, plural);
        else
            migci_print_to(stream, "%sdrops table %s with %s row%s\n", indent, loss->table, number,
                           plural);
    }
}

void migci_data_loss_json(migci_json *json, const migci_data_loss *lost,
                          const migc_action *action) {
    const migc_migration *migration = action->migration;
    static const char *const kinds[] = {
        [MIGCI_LOSS_DROP] = "drop", [MIGCI_LOSS_ALL] = "all-rows", [MIGCI_LOSS_SOME] = "some-rows"};
    migci_json_text(json, "lossy", action->down ? migration->lossy : NULL);
    if (!lost->known || (!action->down && !migci_data_loss_has(lost, migration))) {
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
        migci_json_text(json, "kind", kinds[loss->kind]);
        migci_json_close(json);
    }
    migci_json_close(json);
}
