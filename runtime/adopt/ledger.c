/*
 * ledger.c - reads the histories of other tools: for each tool, a query makes rows of
 * one form from its table.  A table and a column identify the tool (identify.c).  Names
 * of tables and columns are from each tool's documentation.
 *
 * A row has: state, id, other id, checksum, applied at, duration in microseconds,
 * applied by.  Rows are in the order in which they were written, so that the
 * last one of a migration counts.
 */
#include "adopt.h"

#include <string.h>

#define FORM "'%Y-%m-%d %H:%M:%f'"

/* Text in any form that SQLite reads, Go's (its first 19 characters are), or a number of seconds
 * or milliseconds. */
#define TIME(x)                                                                                    \
    "iif(typeof(" x ") IN ('integer', 'real'),"                                                    \
    " strftime(" FORM ", iif(" x " > 100000000000, " x " / 1000.0, " x "), 'unixepoch'),"          \
    " coalesce(strftime(" FORM ", " x "), strftime(" FORM ", substr(" x ", 1, 19))))"

static const struct format {
    const char *tool, *query;
} formats[] = {
    {"goose", "SELECT iif(is_applied, 'applied', 'not applied'), version_id, NULL, NULL,"
              " " TIME("tstamp") ", 0, NULL"
                                 " FROM main.goose_db_version WHERE version_id <> 0 ORDER BY id"},
    {"sqlx", "SELECT iif(success, 'applied', 'failed'), version, NULL,"
             " 'sha384:' || lower(hex(checksum)), " TIME(
                 "installed_on") ","
                                 " execution_time / 1000, NULL FROM main._sqlx_migrations ORDER BY "
                                 "version"},
    {"refinery", "SELECT 'applied', version, NULL, NULL, " TIME(
                     "applied_on") ", 0, NULL"
                                   " FROM main.refinery_schema_history ORDER BY version"},
    {"diesel", "SELECT 'applied', version, NULL, NULL, " TIME(
                   "run_on") ", 0, NULL"
                             " FROM main.__diesel_schema_migrations ORDER BY version"},
    {"Flyway", "SELECT CASE WHEN NOT success THEN 'failed'"
               " WHEN type IN ('BASELINE', 'SQL_BASELINE') THEN 'up to'"
               " WHEN type IN ('DELETE', 'UNDO_SQL', 'UNDO_JDBC', 'UNDO_SCRIPT') THEN 'not applied'"
               " WHEN version IS NULL THEN 'repeatable' ELSE 'applied' END,"
               " version, script, iif(type = 'SQL', 'crc32:' || checksum, NULL),"
               " " TIME("installed_on") ", execution_time * 1000, installed_by"
                                        " FROM main.flyway_schema_history ORDER BY installed_rank"},
    {"sql-migrate", "SELECT 'applied', id, NULL, NULL, " TIME(
                        "applied_at") ", 0, NULL"
                                      " FROM main.gorp_migrations ORDER BY applied_at, id"},
    {"GRDB", "SELECT 'applied', identifier, NULL, NULL, NULL, 0, NULL"
             " FROM main.grdb_migrations ORDER BY rowid"},
    {"Prisma", "SELECT CASE WHEN rolled_back_at IS NOT NULL THEN 'not applied'"
               " WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END, migration_name, NULL,"
               " 'sha256:' || checksum, " TIME(
                   "coalesce(finished_at, started_at)") ","
                                                        " 0, NULL FROM main._prisma_migrations "
                                                        "ORDER BY started_at, rowid"},
    {"Atlas", "SELECT CASE WHEN coalesce(error, '') <> '' OR applied < total THEN 'failed'"
              " WHEN type & 1 THEN 'up to' ELSE 'applied' END,"
              " version, version || '_' || description, NULL, " TIME(
                  "executed_at") ","
                                 " execution_time / 1000, NULL"
                                 " FROM main.atlas_schema_revisions WHERE version NOT LIKE '.%' "
                                 "ORDER BY version"},
    {"knex", "SELECT 'applied', name, NULL, NULL, " TIME(
                 "migration_time") ", 0, NULL"
                                   " FROM main.knex_migrations ORDER BY id"},
    {"yoyo",
     "SELECT 'applied', migration_id, NULL, NULL, " TIME(
         "applied_at_utc") ", 0, NULL"
                           " FROM main._yoyo_migration ORDER BY applied_at_utc, migration_id"},
    {"drizzle",
     "SELECT 'applied', hash, NULL, 'sha256:' || hash, " TIME(
         "created_at") ","
                       " 0, NULL FROM main.__drizzle_migrations ORDER BY created_at, id"},
    {"Alembic", "SELECT 'up to', version_num, NULL, NULL, NULL, 0, NULL"
                " FROM main.alembic_version"},
    {"Blueplane",
     "SELECT CASE status WHEN 'completed' THEN 'applied'"
     " WHEN 'rolled_back' THEN 'not applied' ELSE 'failed' END, version, NULL,"
     " 'sha256:' || checksum, " TIME(
         "applied_at") ","
                       " execution_time_ms * 1000, applied_by FROM main.migration_history"
                       " ORDER BY rowid"},
    {"Decant", "SELECT 'applied', name, NULL, NULL, " TIME(
                   "applied_at") ", 0, NULL"
                                 " FROM main._migrations ORDER BY id"},
    {"golang-migrate", "SELECT iif(dirty, 'failed', 'up to'), version, NULL, NULL, NULL, 0, NULL"
                       " FROM main.schema_migrations WHERE version >= 0"},
    {"Cockpit",
     "SELECT 'applied', migration_name, NULL, NULL, " TIME(
         "applied_at") ","
                       " execution_time_ms * 1000, NULL FROM main.schema_migrations ORDER BY id"},
    {"VisionFlow", "SELECT 'applied', version, name, 'sha1:' || checksum, " TIME(
                       "applied_at") ","
                                     " execution_time_ms * 1000, NULL FROM main.schema_migrations "
                                     "ORDER BY version"},
    {"just-logging",
     "SELECT 'applied', version, NULL, NULL, " TIME(
         "applied_at") ","
                       " execution_time_ms * 1000, NULL FROM main.schema_migrations ORDER BY id"},
    {"dbmate or Rails", "SELECT 'applied', version, NULL, NULL, NULL, 0, NULL"
                        " FROM main.schema_migrations ORDER BY CAST(version AS INTEGER), version"},
};

/* Tools whose databases migc_up() refuses without naming the tool.  The first one that fits counts. */
static const struct {
    migci_tool tool;
    const char *query;
} more_formats[] = {
    {{"Ecto", "schema_migrations", "inserted_at"},
     "SELECT 'applied', version, NULL, NULL, " TIME(
         "inserted_at") ", 0, NULL"
                        " FROM main.schema_migrations ORDER BY version"},
    {{"Play", "play_evolutions", "apply_script"},
     "SELECT iif(state = 'applied', 'applied', 'failed'), id, NULL, NULL, " TIME(
         "applied_at") ", 0, NULL FROM main.play_evolutions ORDER BY id"},
    {{"micrate", "micrate_db_version", "is_applied"},
     "SELECT iif(is_applied, 'applied', 'not applied'), version_id, NULL, NULL, " TIME(
         "tstamp") ", 0, NULL FROM main.micrate_db_version WHERE version_id <> 0 ORDER BY id"},
    {{"Sequelize", "SequelizeMeta", "name"},
     "SELECT 'applied', name, NULL, NULL, NULL, 0, NULL FROM main.SequelizeMeta ORDER BY name"},
    {{"Wrangler", "d1_migrations", "name"},
     "SELECT 'applied', name, NULL, NULL, " TIME(
         "applied_at") ", 0, NULL"
                       " FROM main.d1_migrations ORDER BY id"},
    {{"EF Core", "__EFMigrationsHistory", "MigrationId"},
     "SELECT 'applied', MigrationId, NULL, NULL, NULL, 0, NULL"
     " FROM main.__EFMigrationsHistory ORDER BY MigrationId"},
    {{"postgrator", "schemaversion", "md5"},
     "SELECT 'applied', version, NULL, NULL, " TIME(
         "run_at") ", 0, NULL"
                   " FROM main.schemaversion WHERE version > 0 ORDER BY version"},
    {{"Phinx", "phinxlog", "end_time"},
     "SELECT 'applied', version, NULL, NULL, " TIME(
         "end_time") ", 0, NULL"
                     " FROM main.phinxlog ORDER BY version"},
    {{"byjg", "migration_version", "status"},
     "SELECT iif(status = 'complete', 'up to', 'failed'), version, NULL, NULL, NULL, 0, NULL"
     " FROM main.migration_version WHERE version > 0"},
    /* All apps of a project are in one table; a set is one of them. */
    {{"Django", "django_migrations", "app"},
     "SELECT 'applied', name, NULL, NULL, " TIME(
         "applied") ", 0, NULL"
                    " FROM main.django_migrations WHERE app = ? ORDER BY id"},
    /* The program may have tables of these names. */
    {{"MyBatis", "changelog", "applied_at"},
     "SELECT 'applied', id, NULL, NULL, " TIME("applied_at") ", 0, NULL"
                                                             " FROM main.changelog ORDER BY id"},
    {{"rambler or Laravel", "migrations", "migration"},
     "SELECT 'applied', migration, NULL, NULL, NULL, 0, NULL"
     " FROM main.migrations ORDER BY migration"},
    {{"node-sqlite", "migrations", "up"},
     "SELECT 'applied', id, NULL, NULL, NULL, 0, NULL FROM main.migrations ORDER BY id"},
    {{"db-migrate", "migrations", "run_on"},
     "SELECT 'applied', name, NULL, NULL, " TIME("run_on") ", 0, NULL"
                                                           " FROM main.migrations ORDER BY id"},
};

enum { STATE, ID, OTHER_ID, CHECKSUM, APPLIED_AT, DURATION, APPLIED_BY };

struct ledger_reading {
    migci_session *session;
    migci_ledger_entry **end;
    bool no_memory;
};

static const char *keep_cell(struct ledger_reading *reading, const migci_value *cell) {
    const char *copy = cell->text ? migci_copy(&reading->session->memory, cell->text) : NULL;
    reading->no_memory |= cell->text && !copy;
    return copy;
}

static migci_ledger_state state_named(const char *name) {
    static const struct {
        const char *name;
        migci_ledger_state state;
    } states[] = {
        {"applied", MIGCI_ENTRY_APPLIED},
        {"up to", MIGCI_ENTRY_APPLIED_UP_TO},
        {"not applied", MIGCI_ENTRY_NOT_APPLIED},
        {"repeatable", MIGCI_ENTRY_REPEATABLE},
    };
    for (size_t i = 0; name && i < sizeof(states) / sizeof(*states); i++)
        if (strcmp(states[i].name, name) == 0)
            return states[i].state;
    return MIGCI_ENTRY_FAILED;
}

static int take_entry(void *argument, const migci_value *cells) {
    struct ledger_reading *reading = argument;
    migci_ledger_entry *entry = migci_allocate(&reading->session->memory, sizeof(*entry));
    if (!entry) {
        reading->no_memory = true;
        return 1;
    }
    *entry = (migci_ledger_entry){.state = state_named(cells[STATE].text),
                                  .id = keep_cell(reading, &cells[ID]),
                                  .other_id = keep_cell(reading, &cells[OTHER_ID]),
                                  .checksum = keep_cell(reading, &cells[CHECKSUM]),
                                  .applied_at = keep_cell(reading, &cells[APPLIED_AT]),
                                  .duration_us = cells[DURATION].number,
                                  .applied_by = keep_cell(reading, &cells[APPLIED_BY])};
    if (!entry->id)
        entry->id = "";
    *reading->end = entry;
    reading->end = &entry->next;
    return reading->no_memory;
}

static int note_tools_table(void *argument, const migci_value *cells) {
    (void)cells;
    *(bool *)argument = true;
    return 1;
}

/* A tool that migc_up() names goes before a table of a name that the program may use itself.  Only
 * where tools share a table, one with a column of its own goes before it. */
static migci_outcome find_format(migci_session *session, const migci_tool **tool,
                                 const char **query) {
    bool is_there = false;
    *tool = NULL;
    *query = NULL;
    migci_outcome outcome = migci_find_tool(session, tool);
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats) && *tool && !*query; i++)
        if (strcmp(formats[i].tool, (*tool)->name) == 0)
            *query = formats[i].query;
    const char *table = *tool ? (*tool)->table : NULL;
    for (size_t i = 0; i < sizeof(more_formats) / sizeof(*more_formats) && !is_there; i++) {
        const migci_tool *other = &more_formats[i].tool;
        if (outcome != MIGCI_DONE || (table && strcmp(table, other->table) != 0))
            continue;
        outcome = migci_ask(session, note_tools_table, &is_there,
                            "SELECT 1 FROM pragma_table_info(?, 'main')"
                            " WHERE name = ? COLLATE NOCASE",
                            "ss", other->table, other->column);
        if (is_there) {
            *tool = other;
            *query = more_formats[i].query;
        }
    }
    return outcome;
}

migc_code migci_ledger_read(migci_session *session, migci_ledger *ledger) {
    struct ledger_reading reading = {session, &ledger->entries, false};
    const migci_tool *tool = NULL;
    const char *query = NULL;
    *ledger = (migci_ledger){0};
    if (find_format(session, &tool, &query) != MIGCI_DONE)
        return migci_fail_driver(session, "reading the schema");
    if (!tool) {
        if (migci_uses_stamp(session->set) &&
            migci_ask_number(session, "PRAGMA main.user_version", &ledger->counter) != MIGCI_DONE)
            return migci_fail_driver(session, "reading the header");
        if (migci_is_own_stamp(session->set, ledger->counter))
            ledger->counter = 0; /* its tables are gone: the schema tells */
        if (ledger->counter > 0)
            ledger->tool = "PRAGMA user_version";
        return MIGC_OK;
    }
    ledger->tool = tool->name;
    ledger->table = tool->table;
    if (!query)
        return migci_fail(session, MIGC_OTHER_TOOL, "how %s keeps its history is not known",
                          ledger->tool);
    if (migci_ask(session, take_entry, &reading, query, strchr(query, '?') ? "s" : "",
                  session->set->name) != MIGCI_DONE) {
        if (session->driver.failure.code != MIGC_STEP_FAILED)
            return migci_fail_driver(session, "reading the other tool's history");
        return migci_fail(session, MIGC_OTHER_TOOL,
                          "the table %s is not as %s makes it: %s. 'baseline' takes the database"
                          " over at a version that you name",
                          ledger->table, ledger->tool, session->driver.failure.reason);
    }
    return reading.no_memory ? migci_fail(session, MIGC_NO_MEMORY,
                                          "out of memory, while reading the other tool's history")
                             : MIGC_OK;
}
