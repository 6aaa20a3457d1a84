/*
 * dialects.c - the table of dialects, in the order in which people read it.
 * identify.c finds out which one a folder has.
 */
#include "dialect.h"

#include <string.h>

static const struct name_form native_forms[] = {{"#_*.sql", ROLE_WHOLE},
                                                {"R__*.sql", ROLE_REPEATABLE},
                                                {"R_*.sql", ROLE_REPEATABLE},
                                                {NULL, ROLE_NONE}};

static const struct name_form up_down_forms[] = {{"#_*.sql", ROLE_WHOLE}, {"#-*.sql", ROLE_WHOLE},
                                                 {"#_*.py", ROLE_CODE},   {"#_*.ts", ROLE_CODE},
                                                 {"#_*.js", ROLE_CODE},   {NULL, ROLE_NONE}};

static const struct name_form plain_forms[] = {{"down/$~.sql", ROLE_DOWN},
                                               {"rollback/$~.sql", ROLE_DOWN},
                                               {"rollbacks/$~.sql", ROLE_DOWN},
                                               {"$~.sql", ROLE_WHOLE},
                                               {"$~.py", ROLE_CODE},
                                               {"$~.ts", ROLE_CODE},
                                               {"$~.js", ROLE_CODE},
                                               {"$~.rb", ROLE_CODE},
                                               {"$~.php", ROLE_CODE},
                                               {"$~.go", ROLE_CODE},
                                               {"$~.rs", ROLE_CODE},
                                               {"$~.sh", ROLE_CODE},
                                               {"atlas.sum", ROLE_IGNORED},
                                               {NULL, ROLE_NONE}};

static const struct name_form prefixed_forms[] = {{"@#~.up.sql", ROLE_UP},
                                                  {"@#~.down.sql", ROLE_DOWN},
                                                  {"@#~.sql", ROLE_WHOLE},
                                                  {NULL, ROLE_NONE}};

static const struct name_form release_forms[] = {
    {"%/#~.sql", ROLE_WHOLE},       {"v%/#~.sql", ROLE_WHOLE},  {"V%/#~.sql", ROLE_WHOLE},
    {"#_*/#~.sql", ROLE_WHOLE},     {"#-*/#~.sql", ROLE_WHOLE}, {"# */#~.sql", ROLE_WHOLE},
    {"%/*.sql", ROLE_WHOLE},        {"v%/*.sql", ROLE_WHOLE},   {"V%/*.sql", ROLE_WHOLE},
    {"%/*.sql.sqlite", ROLE_WHOLE}, {NULL, ROLE_NONE}};

static const struct name_form direction_forms[] = {
    {"up/$~.sql", ROLE_UP},         {"down/$~.sql", ROLE_DOWN}, {"deploy/$~.sql", ROLE_UP},
    {"revert/$~.sql", ROLE_DOWN},   {"up/@#~.sql", ROLE_UP},    {"down/@#~.sql", ROLE_DOWN},
    {"rollback/$~.sql", ROLE_DOWN}, {NULL, ROLE_NONE}};

static const struct name_form folder_forms[] = {{"#~/up.sql", ROLE_UP},
                                                {"#~/down.sql", ROLE_DOWN},
                                                {"@#~/up.sql", ROLE_UP},
                                                {"@#~/down.sql", ROLE_DOWN},
                                                {NULL, ROLE_NONE}};

static const struct name_form rusqlite_forms[] = {
    {"#-*/up.sql", ROLE_UP}, {"#-*/down.sql", ROLE_DOWN}, {NULL, ROLE_NONE}};

static const struct name_form blueplane_forms[] = {{"V#__*/up.sql", ROLE_UP},
                                                   {"V#__*/down.sql", ROLE_DOWN},
                                                   {"V#__*/metadata.yaml", ROLE_METADATA},
                                                   {"V#__*/up.py", ROLE_CODE},
                                                   {"V#__*.py", ROLE_CODE},
                                                   {NULL, ROLE_NONE}};

static const struct name_form goose_forms[] = {{"#_*_test.go", ROLE_IGNORED},
                                               {"#_*.sql", ROLE_WHOLE},
                                               {"#_*.go", ROLE_CODE},
                                               {NULL, ROLE_NONE}};

static const struct name_form dbmate_forms[] = {{"#~.sql", ROLE_WHOLE}, {NULL, ROLE_NONE}};

static const struct name_form sql_migrate_forms[] = {{"*.sql", ROLE_WHOLE}, {NULL, ROLE_NONE}};

static const struct name_form rambler_forms[] = {{"#_*.sql", ROLE_WHOLE}, {NULL, ROLE_NONE}};

static const struct name_form golang_migrate_forms[] = {{"#~.up.sql", ROLE_UP},
                                                        {"#~.down.sql", ROLE_DOWN},
                                                        {"#~.up.sqlite", ROLE_UP},
                                                        {"#~.down.sqlite", ROLE_DOWN},
                                                        {NULL, ROLE_NONE}};

static const struct name_form sqlx_forms[] = {{"#_*.up.sql", ROLE_UP},
                                              {"#_*.down.sql", ROLE_DOWN},
                                              {"#_*.sql", ROLE_WHOLE},
                                              {NULL, ROLE_NONE}};

static const struct name_form flyway_forms[] = {
    {"V%__*.sql", ROLE_UP},       {"U%__*.sql", ROLE_UNDO},  {"R__*.sql", ROLE_REPEATABLE},
    {"B%__*.sql", ROLE_BASELINE}, {"V%__*.java", ROLE_CODE}, {"V%__*.kt", ROLE_CODE},
    {"V%__*.py", ROLE_CODE},      {NULL, ROLE_NONE}};

static const struct name_form refinery_forms[] = {
    {"V#__*.sql", ROLE_UP}, {"U#__*.sql", ROLE_UNDO}, {"V#__*.rs", ROLE_CODE}, {NULL, ROLE_NONE}};

static const struct name_form diesel_forms[] = {{"^_*/up.sql", ROLE_UP},
                                                {"^_*/down.sql", ROLE_DOWN},
                                                {"^_*/metadata.toml", ROLE_METADATA},
                                                {NULL, ROLE_NONE}};

static const struct name_form prisma_forms[] = {{"#_*/migration.sql", ROLE_UP},
                                                {"*/migration.sql", ROLE_UP},
                                                {"migration_lock.toml", ROLE_IGNORED},
                                                {"*/snapshot.json", ROLE_IGNORED},
                                                {NULL, ROLE_NONE}};

static const struct name_form sqldelight_forms[] = {
    {"#.sqm", ROLE_UP}, {"#_~.sqm", ROLE_UP}, {"@#~.sqm", ROLE_UP}, {NULL, ROLE_NONE}};

static const struct name_form numbered_forms[] = {
    {"#_*.sql", ROLE_WHOLE}, {"#-*.sql", ROLE_WHOLE}, {"#.sql", ROLE_WHOLE}, {NULL, ROLE_NONE}};

static const struct name_form drizzle_forms[] = {
    {"#_*.sql", ROLE_UP}, {"meta/*", ROLE_IGNORED}, {NULL, ROLE_NONE}};

static const struct name_form sqitch_forms[] = {
    {"sqitch.plan", ROLE_IGNORED}, {"sqitch.conf", ROLE_IGNORED}, {NULL, ROLE_NONE}};

static const struct mark_row up_down_marks[] = {
    {"up", MARK_UP}, {"down", MARK_DOWN}, {NULL, MARK_NONE}};

static const struct mark_row goose_marks[] = {{"+goose Up", MARK_UP},
                                              {"+goose Down", MARK_DOWN},
                                              {"+goose StatementBegin", MARK_STATEMENT_BEGIN},
                                              {"+goose StatementEnd", MARK_STATEMENT_END},
                                              {"+goose NO TRANSACTION", MARK_NO_TRANSACTION},
                                              {"+goose ENVSUB ON", MARK_EXPAND},
                                              {"+goose ENVSUB OFF", MARK_VERBATIM},
                                              {NULL, MARK_NONE}};

static const struct mark_row dbmate_marks[] = {
    {"migrate:up", MARK_UP}, {"migrate:down", MARK_DOWN}, {NULL, MARK_NONE}};

static const struct mark_row sql_migrate_marks[] = {
    {"+migrate Up", MARK_UP},
    {"+migrate Down", MARK_DOWN},
    {"+migrate StatementBegin", MARK_STATEMENT_BEGIN},
    {"+migrate StatementEnd", MARK_STATEMENT_END},
    {NULL, MARK_NONE}};

static const struct mark_row rambler_marks[] = {
    {"rambler up", MARK_UP}, {"rambler down", MARK_DOWN}, {NULL, MARK_NONE}};

static const struct mark_row micrate_marks[] = {{"+micrate Up", MARK_UP},
                                                {"+micrate Down", MARK_DOWN},
                                                {"+micrate StatementBegin", MARK_STATEMENT_BEGIN},
                                                {"+micrate StatementEnd", MARK_STATEMENT_END},
                                                {NULL, MARK_NONE}};

static const struct mark_row play_marks[] = {
    {"!Ups", MARK_UP},     {"!Downs", MARK_DOWN},     {"- !Ups", MARK_UP}, {"- !Downs", MARK_DOWN},
    {"--- !Ups", MARK_UP}, {"--- !Downs", MARK_DOWN}, {NULL, MARK_NONE}};

static const struct mark_row mybatis_marks[] = {
    {"//@UNDO", MARK_DOWN}, {"// @UNDO", MARK_DOWN}, {"@UNDO", MARK_DOWN}, {NULL, MARK_NONE}};

static const struct mark_row tern_marks[] = {{"-- create above / drop below ----", MARK_DOWN},
                                             {NULL, MARK_NONE}};

#define WRAPS DIALECT_WRAPS
#define UP_ONLY DIALECT_UP_ONLY
/* Of those without a tool of their own. */
#define TAKES_ALL (DIALECT_DUPLICATES | DIALECT_TWINS | DIALECT_PRINTED | DIALECT_DRIVERS)

const struct dialect dialects[] = {
    {"native", "NNN_name.sql, R_name.sql", "-- === UP MIGRATION ===, -- up", native_forms,
     LAYOUT_FILES, ORDER_NUMBER, NULL, NULL, DIALECT_NATIVE | DIALECT_OWN_MARKERS, ORIGINAL_NONE,
     NULL},
    {"visionflow", "NNN_name.sql", "-- === UP MIGRATION ===, -- up", native_forms, LAYOUT_FILES,
     ORDER_NUMBER, NULL, NULL, WRAPS | DIALECT_OWN_MARKERS, ORIGINAL_SHA1, "schema_migrations"},
    {"up-down", "N_name.sql", "-- up, -- down", up_down_forms, LAYOUT_FILES, ORDER_NUMBER,
     up_down_marks, NULL, WRAPS | DIALECT_BARE, ORIGINAL_NONE, "schema_migrations"},
    {"blueplane", "VNNN__name/up.sql, down.sql, metadata.yaml", "none", blueplane_forms,
     LAYOUT_FOLDERS, ORDER_NUMBER, NULL, NULL, WRAPS, ORIGINAL_SHA256, "migration_history"},
    {"goose", "N_name.sql, N_name.go", "-- +goose Up, -- +goose Down", goose_forms, LAYOUT_FILES,
     ORDER_NUMBER, goose_marks, NULL, WRAPS, ORIGINAL_NONE, "goose_db_version"},
    {"dbmate", "Nname.sql", "-- migrate:up, -- migrate:down", dbmate_forms, LAYOUT_FILES,
     ORDER_NUMBER, dbmate_marks, "transaction:false", WRAPS, ORIGINAL_NONE, "schema_migrations"},
    {"sql-migrate", "name.sql", "-- +migrate Up, -- +migrate Down", sql_migrate_forms, LAYOUT_FILES,
     ORDER_NAME, sql_migrate_marks, "notransaction", WRAPS | DIALECT_DUPLICATES | DIALECT_AGAIN,
     ORIGINAL_NONE, "gorp_migrations"},
    {"micrate", "N_name.sql", "-- +micrate Up, -- +micrate Down", numbered_forms, LAYOUT_FILES,
     ORDER_NUMBER, micrate_marks, NULL, WRAPS, ORIGINAL_NONE, "micrate_db_version"},
    {"mybatis", "N_name.sql", "-- //@UNDO", numbered_forms, LAYOUT_FILES, ORDER_NUMBER,
     mybatis_marks, "", WRAPS | DIALECT_BEGINS_UP, ORIGINAL_NONE, "CHANGELOG"},
    {"play", "N.sql", "# --- !Ups, -- !Downs", numbered_forms, LAYOUT_FILES, ORDER_NUMBER,
     play_marks, "", WRAPS | DIALECT_HASH_LINES, ORIGINAL_NONE, "play_evolutions"},
    {"tern", "N_name.sql", "---- create above / drop below ----", numbered_forms, LAYOUT_FILES,
     ORDER_NUMBER, tern_marks, NULL, WRAPS | DIALECT_BEGINS_UP, ORIGINAL_NONE, "schema_version"},
    {"rambler", "N_name.sql", "-- rambler up, -- rambler down", rambler_forms, LAYOUT_FILES,
     ORDER_NUMBER, rambler_marks, NULL, DIALECT_ALTERNATES, ORIGINAL_NONE, "migrations"},
    {"golang-migrate", "N_name.up.sql, N_name.down.sql, N_name.sqlite3.up.sql", "none",
     golang_migrate_forms, LAYOUT_FILES, ORDER_NUMBER, NULL, NULL, WRAPS | DIALECT_DRIVERS,
     ORIGINAL_SHA384, "schema_migrations"},
    {"sqlx", "N_name.sql, or N_name.up.sql and N_name.down.sql",
     "-- no-transaction as the first bytes", sqlx_forms, LAYOUT_FILES, ORDER_NUMBER, NULL, NULL,
     WRAPS | DIALECT_FIRST_BYTES | DIALECT_DRIVERS, ORIGINAL_SHA384, "_sqlx_migrations"},
    {"flyway", "V1.2__name.sql, U1.2__name.sql, R__name.sql, B1.2__name.sql", "${placeholder}",
     flyway_forms, LAYOUT_FILES, ORDER_DOTTED, NULL, NULL,
     WRAPS | UP_ONLY | DIALECT_PLACEHOLDERS | DIALECT_NESTED, ORIGINAL_CRC32,
     "flyway_schema_history"},
    {"refinery", "V1__name.sql, U1__name.sql", "none", refinery_forms, LAYOUT_FILES, ORDER_NUMBER,
     NULL, NULL, WRAPS | UP_ONLY | DIALECT_UNDO_STEPS | DIALECT_NESTED, ORIGINAL_NONE,
     "refinery_schema_history"},
    {"diesel", "TIME_name/up.sql, down.sql, metadata.toml", "none", diesel_forms, LAYOUT_FOLDERS,
     ORDER_TEXT, NULL, NULL, WRAPS, ORIGINAL_NONE, "__diesel_schema_migrations"},
    {"rusqlite", "N-name/up.sql, down.sql", "none", rusqlite_forms, LAYOUT_FOLDERS, ORDER_NUMBER,
     NULL, NULL, WRAPS, ORIGINAL_NONE, NULL},
    {"folders", "NNN/up.sql, NNN-name/up.sql, down.sql", "none", folder_forms, LAYOUT_FOLDERS,
     ORDER_NUMBER, NULL, NULL, WRAPS, ORIGINAL_NONE, NULL},
    {"directions", "up/NNN_name.sql, down/NNN_name.sql", "none", direction_forms, LAYOUT_FOLDERS,
     ORDER_NUMBER, NULL, NULL, WRAPS, ORIGINAL_NONE, "schema_migrations"},
    {"prisma", "TIME_name/migration.sql", "none", prisma_forms, LAYOUT_FOLDERS, ORDER_TEXT, NULL,
     NULL, UP_ONLY | DIALECT_DUPLICATES, ORIGINAL_SHA256, "_prisma_migrations"},
    {"drizzle", "0000_name.sql, meta/_journal.json", "--> statement-breakpoint", drizzle_forms,
     LAYOUT_JOURNAL, ORDER_LISTED, NULL, NULL, WRAPS | UP_ONLY, ORIGINAL_SHA256,
     "__drizzle_migrations"},
    {"sqitch", "sqitch.plan, deploy/, revert/, verify/", "none", sqitch_forms, LAYOUT_PLAN,
     ORDER_LISTED, NULL, NULL, DIALECT_VERIFY_RUNS, ORIGINAL_NONE, NULL},
    {"sqldelight", "N.sqm", "none", sqldelight_forms, LAYOUT_FILES, ORDER_NUMBER, NULL, NULL,
     WRAPS | UP_ONLY, ORIGINAL_NONE, NULL},
    {"mautrix", "NN-name.sql", "-- v0 -> v16", numbered_forms, LAYOUT_FILES, ORDER_NUMBER, NULL,
     NULL, WRAPS | UP_ONLY | DIALECT_JUMPS | DIALECT_DRIVERS, ORIGINAL_NONE, NULL},
    {"releases", "1.2/NNN_name.sql, v1.2/NNN_name.sql", "none", release_forms, LAYOUT_FOLDERS,
     ORDER_FOLDER, NULL, NULL, UP_ONLY | TAKES_ALL, ORIGINAL_SHA384, "schema_migrations"},
    {"plain", "NNN_name.sql, NNN_name.down.sql", "none", plain_forms, LAYOUT_FILES, ORDER_NUMBER,
     NULL, NULL, UP_ONLY | TAKES_ALL, ORIGINAL_SHA384, "schema_migrations"},
    {"prefixed", "v1.sql, migration_001_name.sql", "none", prefixed_forms, LAYOUT_FILES,
     ORDER_NUMBER, NULL, NULL, UP_ONLY | TAKES_ALL, ORIGINAL_SHA384, "schema_migrations"},
};
const size_t dialect_count = COUNT_OF(dialects);

_Static_assert(COUNT_OF(dialects) <= DIALECT_LIMIT, "raise DIALECT_LIMIT");

const struct dialect *find_dialect(const char *name, const char **nearest) {
    struct nearest near = {name, strlen(name), NULL, 0};
    for (size_t i = 0; i < dialect_count; i++) {
        if (same_word(name, strlen(name), dialects[i].name))
            return &dialects[i];
        consider_name(&near, dialects[i].name);
    }
    *nearest = near.name;
    return NULL;
}

bool is_native(const struct dialect *dialect) {
    return dialect->flags & DIALECT_NATIVE;
}
