/*
 * proof_local.c - the proof of one migration: TEST rows, UP, DOWN, UP again, on
 * a copy of the database that those before it left, with schema and rows
 * compared by meaning.
 */
#include "proof.h"

#include <stdio.h>
#include <string.h>

struct local {
    migci_proof *proof;
    migci_watch watch;
    sqlite3 *db;
    size_t index;
    const migc_migration *migration;
    migci_memory memory;
    migci_schema before, after;
    migci_rows *rows; /* of each table of `before` */
    char reason[600]; /* of the latest failure */
};

sqlite3 *migci_proof_open(migci_proof *proof, migci_watch *watch, int moment) {
    sqlite3 *db = proof->open(proof->user, moment);
    if (db)
        migci_watch_begin(watch, proof, db);
    return db;
}

void migci_proof_close(migci_watch *watch, sqlite3 *db) {
    migci_watch_end(watch);
    sqlite3_close(db);
}

static int copy(sqlite3 *to, sqlite3 *from) {
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return 0;
    int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE;
}

/* ---------------------------------------------------------------- findings */

static void tell(struct local *local, const migci_finding *finding) {
    local->proof->faults += finding->kind != MIGCI_FOUND_UP_CHANGED;
    local->proof->report(local->proof->user, finding);
}

static void report(struct local *local, migci_finding_kind kind, const migc_error *error) {
    migci_finding finding = {0};
    finding.kind = kind;
    finding.index = local->index;
    finding.error = error;
    finding.reason = error && !*local->reason ? error->message : local->reason;
    finding.db = local->db;
    tell(local, &finding);
}

static void report_rows(struct local *local, migci_finding_kind kind, const char *does,
                        const char *table, size_t count) {
    migci_finding finding = {0};
    snprintf(local->reason, sizeof local->reason, "DOWN %s %zu %s of %s", does, count,
             count == 1 ? "row" : "rows", table);
    finding.reason = local->reason;
    finding.kind = kind;
    finding.index = local->index;
    finding.table = table;
    finding.count = (int64_t)count;
    finding.db = local->db;
    if (count)
        tell(local, &finding);
}

struct differences {
    struct local *local;
    migci_finding_kind kind;
    size_t count;
};

static void report_difference(const migci_difference *difference, void *argument) {
    struct differences *differences = argument;
    migci_finding finding = {0};
    finding.kind = differences->kind;
    finding.index = differences->local->index;
    finding.difference = difference;
    finding.db = differences->local->db;
    differences->count++;
    tell(differences->local, &finding);
}

static size_t compare(struct local *local, const migci_schema *expected, const migci_schema *found,
                      migci_finding_kind kind) {
    struct differences differences = {local, kind, 0};
    migci_schema_compare(expected, found, report_difference, &differences);
    return differences.count;
}

/* ---------------------------------------------------------------- the stages */

void migci_proof_reason(const char *file, const char *message, char *reason, size_t size) {
    size_t length = strlen(file);
    if (strncmp(message, file, length) == 0 && message[length] == ':') {
        message += length + 1;
        message += strspn(message, "0123456789");
        message += strspn(message, ": ");
    }
    snprintf(reason, size, "%s", message);
}

static int on_event(const migc_event *event, void *user) {
    struct local *local = user;
    if (event->type == MIGC_EVENT_STARTED)
        migci_watch_migration(&local->watch, local->index, event->down);
    else if (event->type == MIGC_EVENT_STEP)
        local->watch.spent = 0;
    else if (event->type == MIGC_EVENT_ROLLED_BACK)
        migci_proof_reason(local->migration->file, event->detail, local->reason,
                           sizeof local->reason);
    return 0;
}

static int go(struct local *local, int down, migci_finding_kind failure) {
    migc_options options = {0};
    migc_error error;
    local->reason[0] = '\0';
    options.on_event = on_event;
    options.event_user = local;
    options.user = local->proof->step_user;
    migci_target back = {MIGCI_BACK, 1}, up = {MIGCI_VERSION, local->migration->version};
    migc_code code = migci_run(local->db, local->proof->set, down ? back : up, &options, &error);
    local->proof->effects[local->index].outside |= local->watch.outside;
    migci_watch_learn(&local->watch);
    if (code != MIGC_OK)
        report(local, failure, &error);
    return code == MIGC_OK;
}

static int load_test(struct local *local) {
    migci_proof *proof = local->proof;
    migc_error error;
    memset(&error, 0, sizeof error);
    if (!proof->load_test || !proof->has_test(proof->user, local->index))
        return 1;
    if (proof->load_test(proof->user, local->db, local->index, &error) == 0)
        return 1;
    report(local, MIGCI_FOUND_TEST_FAILED, &error);
    return 0;
}

/* Full text and R*Tree keep rows of their own, as tables do.  What another module shows is its
 * affair, and may have no end; "content = notes" shows the rows of that table. */
int migci_proof_compares(const migci_schema *schema, const migci_table *table) {
    const char *module = "";
    for (size_t i = 0; table->is_virtual && i < schema->count; i++)
        if (schema->objects[i]->type == MIGCI_TABLE && schema->objects[i]->details == table)
            module = schema->objects[i]->traits[MIGCI_MODULE];
    return !table->is_virtual ||
           ((strncmp(module, "USING fts", 9) == 0 || strncmp(module, "USING rtree", 11) == 0) &&
            !strstr(module, "content = "));
}

static void read_rows(struct local *local) {
    local->rows =
        migci_allocate(&local->memory, (local->before.table_count + 1) * sizeof *local->rows);
    for (size_t i = 0; local->rows && i < local->before.table_count; i++)
        if (migci_proof_compares(&local->before, local->before.tables[i]))
            migci_rows_read(local->db, local->before.tables[i]->name, &local->memory,
                            &local->rows[i]);
}

/* Rows of a table whose columns are others now would all be others: the schema tells. */
static int has_table(const migci_schema *schema, const migci_table *table) {
    for (size_t i = 0; i < schema->table_count; i++)
        if (strcmp(schema->tables[i]->key, table->key) == 0)
            return schema->tables[i]->column_count == table->column_count;
    return 0;
}

static void compare_rows(struct local *local, const migci_schema *now) {
    for (size_t i = 0; local->rows && i < local->before.table_count; i++) {
        const migci_table *table = local->before.tables[i];
        migci_rows after = {0};
        if (!migci_proof_compares(&local->before, table) || !has_table(now, table) ||
            migci_rows_read(local->db, table->name, &local->memory, &after) != SQLITE_OK)
            continue;
        size_t lost = migci_rows_lost(&local->rows[i], &after);
        size_t added = migci_rows_lost(&after, &local->rows[i]);
        size_t changed = lost < added ? lost : added;
        report_rows(local, MIGCI_FOUND_ROWS_CHANGED, "changes", table->name, changed);
        report_rows(local, MIGCI_FOUND_ROWS_LOST, "loses", table->name, lost - changed);
        report_rows(local, MIGCI_FOUND_ROWS_ADDED, "leaves behind", table->name, added - changed);
    }
}

static void go_down_and_up(struct local *local) {
    migci_schema now;
    if (!go(local, 1, MIGCI_FOUND_DOWN_FAILED))
        return;
    if (migci_schema_read(local->db, &local->memory, &now) != SQLITE_OK)
        return;
    size_t differences = compare(local, &local->before, &now, MIGCI_FOUND_DOWN_DIFFERS);
    if (!local->migration->lossy)
        compare_rows(local, &now);
    if (differences) /* what UP meets then is no news */
        return;
    if (!go(local, 0, MIGCI_FOUND_AGAIN_FAILED))
        return;
    if (migci_schema_read(local->db, &local->memory, &now) == SQLITE_OK)
        compare(local, &local->after, &now, MIGCI_FOUND_AGAIN_DIFFERS);
}

static int prove(struct local *local) {
    if (!load_test(local))
        return 1;
    if (migci_schema_read(local->db, &local->memory, &local->before) != SQLITE_OK)
        return 1;
    read_rows(local);
    if (!go(local, 0, MIGCI_FOUND_UP_FAILED))
        return 0;
    if (migci_schema_read(local->db, &local->memory, &local->after) != SQLITE_OK)
        return 1;
    compare(local, &local->before, &local->after, MIGCI_FOUND_UP_CHANGED);
    if (local->proof->looked)
        local->proof->looked(local->proof->user, local->index, &local->before, &local->after);
    if (local->migration->down_count)
        go_down_and_up(local);
    return 1;
}

int migci_prove_one(migci_proof *proof, sqlite3 *before, size_t index) {
    struct local local = {0};
    int worked = 1;
    local.proof = proof;
    local.index = index;
    local.migration = &proof->set->migrations[index];
    local.db = migci_proof_open(proof, &local.watch, 0);
    if (!local.db)
        return 0;
    if (copy(local.db, before))
        worked = prove(&local);
    migci_free_all(&local.memory);
    migci_proof_close(&local.watch, local.db);
    return worked;
}
