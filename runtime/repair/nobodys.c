/*
 * nobodys.c - tables that no migration makes: those of replication, and the histories of other
 * tools.
 */
#include "repair.h"

#include <string.h>

bool migci_is_nobodys_table(const char *name) {
    static const char *const patterns[] = {
        "migc_*", "sqlite_*", MIGCI_NOBODYS_TABLES,
        /* what tools have besides the table of their history */
        "knex_migrations_lock", "ar_internal_metadata", "_yoyo_*", "yoyo_lock",
        "DATABASECHANGELOGLOCK", "__EFMigrationsLock",
        /* histories that only adopt reads, or nobody; none of a name that a program may have */
        "play_evolutions", "micrate_db_version", "SequelizeMeta", "d1_migrations",
        "__EFMigrationsHistory", "schemaversion", "phinxlog", "migration_version",
        "django_migrations", "DATABASECHANGELOG", NULL};
    for (const char *const *pattern = patterns; *pattern; pattern++)
        if (sqlite3_strglob(*pattern, name) == 0)
            return true;
    return migci_is_tools_table(name);
}

bool migci_is_nobodys(const migci_difference *difference) {
    return migci_is_nobodys_table(difference->table ? difference->table : difference->name);
}
