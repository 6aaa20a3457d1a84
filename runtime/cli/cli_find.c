/*
 * cli_find.c - which migration a person means.
 */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "3" or "003". */
static int is_number(const char *text, int64_t *number) {
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* "003_add_prefs", "3", "003" or "add_prefs". */
static const migc_migration *find_named(const migc_set *set, const char *name) {
    int64_t number;
    if (is_number(name, &number))
        return migci_find(set, number);
    for (size_t i = 0; i < set->count; i++) {
        const migc_migration *migration = &set->migrations[i];
        const char *rest = strchr(migration->name, '_');
        if (strcmp(migration->name, name) == 0 || (rest && strcmp(rest + 1, name) == 0))
            return migration;
    }
    return NULL;
}

/* "R_views" or "views". */
const migc_migration *migci_cli_repeatable(const migci_cli *cli, const char *name) {
    const migc_repeatables *repeatables = cli->set->repeatables;
    for (size_t i = 0; repeatables && i < repeatables->count; i++) {
        const migc_migration *migration = &repeatables->migrations[i];
        const char *bare = migration->name + strlen("R_");
        bare += *bare == '_';
        if (strcmp(migration->name, name) == 0 || strcmp(bare, name) == 0)
            return migration;
    }
    return NULL;
}

const migc_migration *migci_cli_find(migci_cli *cli, const char *name, int *status) {
    const migc_migration *migration = find_named(cli->set, name);
    const migc_migration *repeatable = migration ? NULL : migci_cli_repeatable(cli, name);
    if (repeatable)
        *status = migci_cli_refuse(cli,
                                   "%s is a repeatable: it has no place in the order, and comes"
                                   " and goes with the latest migration",
                                   repeatable->name);
    else if (!migration)
        *status = migci_cli_refuse(cli,
                                   "this program has no migration '%s'; '%s status' lists"
                                   " those it has",
                                   name, cli->program);
    return migration;
}

int migci_cli_version(migci_cli *cli) {
    int status = 0;
    if (is_number(cli->operand, &cli->version) && cli->version == 0)
        return 0;
    const migc_migration *migration = migci_cli_find(cli, cli->operand, &status);
    if (migration && migration->version == 0)
        return migci_cli_refuse(cli, "0 reverts everything, %s too; 'down -n N' stops above it",
                                migration->name);
    if (migration)
        cli->version = migration->version;
    return status;
}
