/*
 * cli_find.c - finds the migration that a person means.
 */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "3" or "003". */
static bool is_plain_number(const char *text, int64_t *number) {
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* Finds the version as it is written: "003" in "003_add_prefs", "1.2" in "V1.2__add_prefs".
 * Returns its size. */
static size_t read_written_version(const char *name, const char **label) {
    *label = name + ((name[0] == 'V' || name[0] == 'U') && name[1] >= '0' && name[1] <= '9');
    return strcspn(*label, "_");
}

/* "003_add_prefs", "add_prefs", "003" or "3"; with the letter or without it, "V1.2". */
static bool is_migration_named(const migc_migration *migration, const char *text) {
    const char *rest = strchr(migration->name, '_'), *label;
    rest += rest ? strspn(rest, "_") : 0;
    if (strcmp(migration->name, text) == 0 || (rest && strcmp(rest, text) == 0))
        return true;
    size_t size = read_written_version(migration->name, &label), own_zeros = strspn(label, "0");
    text += *text == 'V';
    size_t length = strlen(text), zeros = strspn(text, "0");
    bool is_version = *label >= '0' && *label <= '9';
    bool is_same = length == size && memcmp(label, text, size) == 0;
    bool is_same_number = strspn(text, "0123456789") == length &&
                          length - zeros == size - own_zeros &&
                          memcmp(label + own_zeros, text + zeros, size - own_zeros) == 0;
    return is_version && (is_same || is_same_number);
}

/* A number that no name has may be the version that the set sorts by, but not for names such as
 * "V1.2", whose version a person writes in another way. */
static const migc_migration *find_migration_of(const migc_set *set, const char *name) {
    int64_t number;
    const char *label;
    for (size_t i = 0; i < set->count; i++)
        if (is_migration_named(&set->migrations[i], name))
            return &set->migrations[i];
    const migc_migration *found = is_plain_number(name, &number) ? migci_find(set, number) : NULL;
    if (!found)
        return NULL;
    read_written_version(found->name, &label);
    return *label >= '0' && *label <= '9' && strcspn(label, ".") < strcspn(label, "_") ? NULL
                                                                                       : found;
}

/* "R_views" or "views". */
const migc_migration *migci_cli_repeatable(const migci_cli *cli, const char *name) {
    const migc_repeatables *repeatables = cli->set->repeatables;
    for (size_t i = 0; repeatables && i < repeatables->count; i++) {
        const migc_migration *migration = &repeatables->migrations[i];
        const char *label = migration->name + strlen("R_");
        label += *label == '_';
        if (strcmp(migration->name, name) == 0 || strcmp(label, name) == 0)
            return migration;
    }
    return NULL;
}

int migci_cli_no_migration(migci_cli *cli, const char *who, const char *name, const char *those) {
    migci_near near = {NULL, 0};
    const char *meant = NULL;
    for (size_t i = 0; i < cli->set->count; i++) {
        const char *own = cli->set->migrations[i].name, *rest = strchr(own, '_');
        bool is_nearer = migci_consider_word(&near, name, own);
        if (rest && migci_consider_word(&near, name, rest + strspn(rest, "_")))
            is_nearer = true;
        meant = is_nearer ? own : meant;
    }
    return migci_cli_refuse(cli, "%s migration '%s'%s%s%s '%s status' lists %s", who, name,
                            meant ? ". Did you mean '" : ";", meant ? meant : "", meant ? "'?" : "",
                            cli->program, those);
}

const migc_migration *migci_cli_find(migci_cli *cli, const char *name, int *status) {
    const migc_migration *migration = find_migration_of(cli->set, name);
    const migc_migration *repeatable = migration ? NULL : migci_cli_repeatable(cli, name);
    if (repeatable)
        *status = migci_cli_refuse(cli,
                                   "%s is a repeatable: it has no place in the order, and comes"
                                   " and goes with the latest migration",
                                   repeatable->name);
    else if (!migration)
        *status = migci_cli_no_migration(cli, "this program has no", name, "those it has");
    return migration;
}

int migci_cli_version(migci_cli *cli) {
    int status = 0;
    if (is_plain_number(cli->operand, &cli->version) && cli->version == 0)
        return 0;
    const migc_migration *migration = migci_cli_find(cli, cli->operand, &status);
    if (migration && migration->version == 0)
        return migci_cli_refuse(cli, "0 reverts everything, %s too; 'down -n N' stops above it",
                                migration->name);
    if (migration)
        cli->version = migration->version;
    return status;
}
