/*
 * identify.c - finds out whose database it is, if the set has no history in it.  The
 * set may begin one in an empty database, but not in another tool's or program's.
 * Names of tables and columns are from each tool's documentation and sources.
 */
#include "history/history.h"

#include <stdio.h>
#include <string.h>

/* A tool is identified by a table and a column in it.  The first row that fits counts,
 * so among tools that share a table, those with a column of their own come first. */
static const migci_tool tools[] = {
    {"goose", "goose_db_version", "is_applied"},
    {"sqlx", "_sqlx_migrations", "checksum"},
    {"refinery", "refinery_schema_history", "version"},
    {"diesel", "__diesel_schema_migrations", "version"},
    {"Flyway", "flyway_schema_history", "installed_rank"},
    {"sql-migrate", "gorp_migrations", "id"},
    {"GRDB", "grdb_migrations", "identifier"},
    {"Prisma", "_prisma_migrations", "migration_name"},
    {"Atlas", "atlas_schema_revisions", "version"},
    {"knex", "knex_migrations", "batch"},
    {"yoyo", "_yoyo_migration", "migration_hash"},
    {"drizzle", "__drizzle_migrations", "hash"},
    {"Alembic", "alembic_version", "version_num"},
    {"Blueplane", "migration_history", "rollback_at"},
    {"Decant", "_migrations", "applied_at"},
    {"golang-migrate", "schema_migrations", "dirty"},
    {"Cockpit", "schema_migrations", "migration_name"},
    {"VisionFlow", "schema_migrations", "checksum"},
    {"just-logging", "schema_migrations", "description"},
    {"dbmate or Rails", "schema_migrations", "version"},
};

struct text {
    char first[128];
    int64_t count;
};

static int take_schema_text(void *argument, const migci_value *cells) {
    struct text *text = argument;
    snprintf(text->first, sizeof(text->first), "%s", migci_cell_text(&cells[0]));
    text->count = cells[1].number;
    return 1;
}

migci_outcome migci_find_tool(migci_session *session, const migci_tool **tool) {
    struct text answer = {"", 0};
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
        migci_outcome outcome = migci_ask(session, take_schema_text, &answer,
                                          "SELECT name, 1 FROM pragma_table_info(?, 'main')"
                                          " WHERE name = ? COLLATE NOCASE",
                                          "ss", tools[i].table, tools[i].column);
        if (outcome != MIGCI_DONE)
            return outcome;
        if (answer.count) {
            *tool = &tools[i];
            break;
        }
    }
    return MIGCI_DONE;
}

bool migci_is_tools_table(const char *name) {
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
        if (sqlite3_stricmp(tools[i].table, name) == 0)
            return true;
    return false;
}

bool migci_is_own_stamp(const migc_set *set, int64_t stamp) {
    bool is_own = set->repeatables && migci_stamp_of(set->repeatables->chain) == stamp;
    for (size_t i = 0; set->migrations && i < set->count && !is_own; i++)
        is_own = migci_stamp_of(set->migrations[i].chain) == stamp;
    return is_own;
}

static migc_code refuse_unmanaged(migci_session *session, const struct text *tables) {
    char reason[96] = "but no history of migrations";
    migc_code code = MIGC_UNMANAGED;
    int64_t version = 0;
    if (migci_ask_number(session, "PRAGMA user_version", &version) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the header");
    if (version && migci_uses_stamp(session->set) && migci_is_own_stamp(session->set, version)) {
        migci_fail(session, MIGC_OTHER_TOOL,
                   "the database has tables (%lld, the first is \"%s\") and this program's PRAGMA"
                   " user_version, but the table migc_migrations is gone",
                   (long long)tables->count, tables->first);
        session->advice = "Restore a backup, or have 'adopt' (migc_adopt) find out by the schema"
                          " what is applied";
        return MIGC_OTHER_TOOL;
    }
    if (version && migci_uses_stamp(session->set)) {
        snprintf(reason, sizeof(reason),
                 "and PRAGMA user_version %lld: its migrations are another program's",
                 (long long)version);
        code = MIGC_OTHER_TOOL;
    }
    return migci_fail(session, code, "the database has tables (%lld, the first is \"%s\") %s",
                      (long long)tables->count, tables->first, reason);
}

/* Programs that replicate or serve the file keep tables in it; a database with no others is new. */
static migc_code check_unmanaged(migci_session *session) {
    struct text tables = {"", 0};
    const migci_tool *tool = NULL;
    if (migci_ask(session, take_schema_text, &tables,
                  "SELECT min(name), count(*) FROM main.sqlite_schema"
                  " WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
                  " AND name NOT GLOB '_litestream_*' AND name NOT GLOB 'crsql_*'"
                  " AND name NOT GLOB '_cf_*'",
                  "") != MIGCI_DONE)
        return migci_fail_driver(session, "reading the schema");
    if (tables.count == 0)
        return MIGC_OK;
    if (migci_find_tool(session, &tool) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the schema");
    if (tool)
        return migci_fail(session, MIGC_OTHER_TOOL,
                          "the database is managed by %s (it has the table %s)", tool->name,
                          tool->table);
    return refuse_unmanaged(session, &tables);
}

static migc_code check_application(migci_session *session) {
    int64_t wanted = session->options->application_id;
    int64_t has = 0;
    if (!wanted)
        return MIGC_OK;
    if (migci_ask_number(session, "PRAGMA application_id", &has) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the header");
    if (has == 0 || has == wanted)
        return MIGC_OK;
    return migci_fail(session, MIGC_APPLICATION_ID,
                      "the database has application_id %lld, this program's have %lld",
                      (long long)has, (long long)wanted);
}

migc_code migci_identify(migci_session *session) {
    migc_code code = check_application(session);
    if (code != MIGC_OK || session->history->count)
        return code;
    if (session->history->exists) {
        /* A second owner of the stamp would have each of the two migrate at every start. */
        int64_t stamp = 0;
        if (!session->history->other || !migci_uses_stamp(session->set))
            return MIGC_OK;
        if (migci_ask_number(session, "PRAGMA user_version", &stamp) != MIGCI_DONE)
            return migci_fail_driver(session, "reading the header");
        if (!stamp)
            return MIGC_OK;
        migci_fail(session, MIGC_OTHER_TOOL,
                   "the database belongs to the set \"%s\", this program has the set \"%s\"",
                   session->history->other, session->set->name);
        session->advice = "Check the path, or use the program whose set that is";
        return MIGC_OTHER_TOOL;
    }
    if (session->set->flags & MIGC_SET_MODULE || session->options->flags & MIGC_ALLOW_UNMANAGED)
        return MIGC_OK;
    return check_unmanaged(session);
}
