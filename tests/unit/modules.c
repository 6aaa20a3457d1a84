/*
 * modules.c - several sets of one database through the API: one order, one
 * transaction, one run as events and hooks see it.
 */
#include "modules.h"
#include "database.h"

/* A set whose migrations want other transactions. */
static const migc_step strict_steps[] = {
    SQL(3, "CREATE TABLE strict_part(id INTEGER PRIMARY KEY, kind REFERENCES kind(id))"),
    SQL(4, "INSERT INTO strict_part VALUES(1, 2)"),
    SQL(6, "DROP TABLE strict_part"),
};
static const migc_step loose_steps[] = {
    SQL(3, "VACUUM"),
    SQL(5, "SELECT 1"),
};
static const migc_step last_steps[] = {
    SQL(3, "CREATE TABLE last_part(id INTEGER PRIMARY KEY)"),
    SQL(5, "DROP TABLE last_part"),
};
static const migc_migration mixed_migrations[] = {
    MIGRATION(1, "001_strict", MIGC_FOREIGN_KEYS_ON, 2, 1, 0, strict_steps),
    MIGRATION(2, "002_vacuum", MIGC_NO_TRANSACTION, 1, 1, 0, loose_steps),
    MIGRATION(3, "003_last", 0, 1, 1, 0, last_steps),
};
static const migc_need mixed_needed[] = {{1, "core", "001_kinds"}};
static const migc_needs mixed_needs = {&migc_needs_of_sets, 1, mixed_needed};
static const migc_set mixed = {MIGC_ABI,
                               MIGC_SET_MODULE,
                               "mixed",
                               3,
                               mixed_migrations,
                               &migc_no_transaction,
                               NULL,
                               &mixed_needs,
                               NULL,
                               NULL,
                               NULL};

/* ------------------------------------------------------- what a run is seen as */

struct seen {
    char text[4000];
    const char *stop_at; /* the migration whose STARTED is answered with "stop" */
};

static void note(struct seen *seen, const char *format, ...) {
    size_t used = strlen(seen->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(seen->text + used, sizeof(seen->text) - used, format, arguments);
    va_end(arguments);
}

static int see_event(const migc_event *event, void *user) {
    struct seen *seen = user;
    const char *name = event->migration ? event->migration->name : "";
    switch (event->type) {
    case MIGC_EVENT_PLANNED:
    case MIGC_EVENT_FINISHED:
        note(seen, "%s/%s %zu of %zu\n", event->set->name, name, event->index, event->count);
        break;
    case MIGC_EVENT_COMMITTED:
        note(seen, "committed %s/%s %zu\n", event->set->name, name, event->index);
        break;
    case MIGC_EVENT_ROLLED_BACK:
        note(seen, "rolled back\n");
        break;
    default:
        break;
    }
    if (event->set != &core && event->set != &users && event->set != &mixed)
        note(seen, "a set that is not the program's\n");
    return seen->stop_at && event->type == MIGC_EVENT_STARTED && !strcmp(seen->stop_at, name);
}

static int see_hook(migc_context *context, migc_hook_point point, void *user) {
    static const char *const names[] = {
#define MOMENT_NAME(name) #name,
        MIGC_HOOK_POINTS(MOMENT_NAME)
#undef MOMENT_NAME
    };
    struct seen *seen = user;
    int inside = !sqlite3_get_autocommit(migc_db(context));
    note(seen, "%s%s%s%s\n", names[point], migc_running(context) ? " " : "",
         migc_running(context) ? migc_running(context)->name : "", inside ? "" : " outside");
    return 0;
}

static migc_code up_seen(sqlite3 *db, unsigned flags, struct seen *seen, migc_result *result,
                         migc_error *error) {
    migc_options options = {
        .flags = flags, .on_event = see_event, .event_user = seen, .result = result};
    return migc_up_sets(db, modules, MODULES, &options, error);
}

/* ------------------------------------------------------------------------ up */

TEST(one_transaction, "P12: modules that need parts of each other go up in one transaction") {
    sqlite3 *db = db_open_memory();
    struct seen seen = {.stop_at = NULL};
    migc_result result;
    migc_error error;
    db_settings_unusual(db);
    struct db_settings before = db_settings(db);
    CHECK_INT(MIGC_OK, up_seen(db, 0, &seen, &result, &error));
    CHECK_STR("", error.message);
    CHECK_STR("core/001_kinds 1 of 5\n"
              "core/002_accounts 2 of 5\n"
              "users/001_people 3 of 5\n"
              "core/003_owners 4 of 5\n"
              "users/002_nicknames 5 of 5\n"
              "committed users/002_nicknames 5\n",
              seen.text);
    CHECK_INT(5, result.count);
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM person WHERE nick = 'owner'"));
    CHECK_INT(3, db_number(db, "SELECT count(*) FROM migc_migrations WHERE set_name = 'core'"));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM migc_migrations WHERE set_name = 'users'"));
    CHECK_STR(before.text, db_settings(db).text);
    CHECK_INT(MIGC_OK, migc_up(db, &core, NULL, NULL)); /* the stamp is core's */
    CHECK(db_number(db, "PRAGMA user_version") != 0);
}

TEST(each, "P12: with MIGC_EACH every migration of every set commits by itself") {
    sqlite3 *db = db_open_memory();
    struct seen seen = {.stop_at = NULL};
    CHECK_INT(MIGC_OK, up_seen(db, MIGC_EACH, &seen, NULL, NULL));
    CHECK_STR("core/001_kinds 1 of 5\ncommitted core/001_kinds 1\n"
              "core/002_accounts 2 of 5\ncommitted core/002_accounts 2\n"
              "users/001_people 3 of 5\ncommitted users/001_people 3\n"
              "core/003_owners 4 of 5\ncommitted core/003_owners 4\n"
              "users/002_nicknames 5 of 5\ncommitted users/002_nicknames 5\n",
              seen.text);
}

TEST(dry_run, "P12: a dry run tells the order and changes nothing") {
    sqlite3 *db = db_open_memory();
    struct seen seen = {.stop_at = NULL};
    migc_result result;
    CHECK_INT(MIGC_OK, up_seen(db, MIGC_DRY_RUN, &seen, &result, NULL));
    CHECK_CONTAINS("users/001_people 3 of 5\ncore/003_owners 4 of 5\n", seen.text);
    CHECK_INT(5, result.count);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

TEST(stopped, "P12: a stop in the last migration of the last set undoes all of them") {
    sqlite3 *db = db_open_memory();
    struct seen seen = {.stop_at = "002_nicknames"};
    migc_result result;
    migc_error error;
    db_settings_unusual(db);
    struct db_settings before = db_settings(db);
    CHECK_INT(MIGC_STOPPED, up_seen(db, 0, &seen, &result, &error));
    CHECK_STR("users: 002_nicknames.sql: the program asked to stop. The database is as it was "
              "before the run."
              " Start again at any time.",
              error.message);
    CHECK_INT(0, result.count);
    CHECK_CONTAINS("rolled back\n", seen.text);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM migc_migrations"));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"));
    CHECK(sqlite3_get_autocommit(db));
    CHECK_STR(before.text, db_settings(db).text);
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
}

TEST(hooks, "L9: F2, P12: hooks see one run, whatever the number of sets") {
    sqlite3 *db = db_open_memory();
    struct seen seen = {.stop_at = NULL};
    migc_hook hook = {see_hook, &seen, NULL};
    migc_options options = {.hooks = &hook};
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, &options, NULL));
    CHECK_STR("BEFORE_RUN\n"
              "BEFORE_MIGRATION 001_kinds\nAFTER_MIGRATION 001_kinds\n"
              "BEFORE_MIGRATION 002_accounts\nAFTER_MIGRATION 002_accounts\n"
              "BEFORE_MIGRATION 001_people\nAFTER_MIGRATION 001_people\n"
              "BEFORE_MIGRATION 003_owners\nAFTER_MIGRATION 003_owners\n"
              "BEFORE_MIGRATION 002_nicknames\nAFTER_MIGRATION 002_nicknames\n"
              "BEFORE_COMMIT\nAFTER_COMMIT outside\nAFTER_RUN outside\n",
              seen.text);
}

TEST(nothing_to_do, "L9: N5, P12: with nothing to do no lock is taken and nothing is written") {
    struct lab lab = {.path = ""};
    lab_begin(&lab);
    sqlite3 *other = db_open(lab.path), *db = db_open(lab.path);
    check_defer(db_close, other);
    check_defer(db_close, db);
    migc_options options = {.wait_ms = -1};
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
    db_exec(other, "BEGIN IMMEDIATE");
    int64_t changes = sqlite3_total_changes64(db);
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, &options, NULL));
    CHECK_INT(changes, sqlite3_total_changes64(db));
    db_exec(other, "ROLLBACK");
    db_exec(db, "PRAGMA user_version = 0"); /* a stamp that was lost is put back */
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
    CHECK(db_number(db, "PRAGMA user_version") != 0);
}

TEST(locked,
     "L9: V6, P12: a lock that is held past the deadline is told of, and nothing is begun") {
    struct lab lab = {.path = ""};
    lab_begin(&lab);
    migc_error error;
    migc_options options = {.wait_ms = -1};
    sqlite3 *other = db_open(lab.path), *db = db_open(lab.path);
    check_defer(db_close, other);
    check_defer(db_close, db);
    db_exec(other, "CREATE TABLE t(x); DROP TABLE t; BEGIN IMMEDIATE");
    CHECK_INT(MIGC_LOCKED, migc_up_sets(db, modules, MODULES, &options, &error));
    CHECK_CONTAINS("The database is as it was before the run.", error.message);
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

/* --------------------------------------------------------- what wants transactions */

TEST(mixed_kinds,
     "L9: P4, P9, P12: transactions end where one set's migration wants another kind") {
    const migc_set *const three[] = {&core, &users, &mixed};
    sqlite3 *db = db_open_memory();
    struct seen seen = {.stop_at = NULL};
    migc_options options = {.on_event = see_event, .event_user = &seen};
    CHECK_INT(MIGC_OK, migc_up_sets(db, three, 3, &options, NULL));
    CHECK_STR("core/001_kinds 1 of 8\ncore/002_accounts 2 of 8\nusers/001_people 3 of 8\n"
              "core/003_owners 4 of 8\nusers/002_nicknames 5 of 8\n"
              "committed users/002_nicknames 5\n"
              "mixed/001_strict 6 of 8\ncommitted mixed/001_strict 6\n"
              "mixed/002_vacuum 7 of 8\ncommitted mixed/002_vacuum 7\n"
              "mixed/003_last 8 of 8\ncommitted mixed/003_last 8\n",
              seen.text);
    seen.text[0] = '\0';
    sqlite3 *again = db_open_memory();
    CHECK_INT(MIGC_OK, migc_to_sets(again, three, 3, 0, 2, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up(again, &mixed, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_up_sets(again, three, 3, &options, NULL));
    CHECK_STR("users/001_people 1 of 3\ncore/003_owners 2 of 3\nusers/002_nicknames 3 of 3\n"
              "committed users/002_nicknames 3\n",
              seen.text);
}

/* ---------------------------------------------------------------------- back */

TEST(goes_back, "P12: a set goes back as far as no other needs what goes") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
    uint64_t full = db_digest(db);
    CHECK_INT(MIGC_NEEDS, migc_down_sets(db, modules, MODULES, 0, 1, NULL, &error));
    CHECK_STR("003_owners.sql cannot be reverted: 002_nicknames of the set \"users\" is applied"
              " and needs it; revert that first. Nothing was changed.",
              error.message);
    CHECK_STR("003_owners", error.name);
    CHECK_INT(MIGC_NEEDS, migc_to_sets(db, modules, MODULES, 1, 0, NULL, &error));
    CHECK(db_digest(db) == full);
    CHECK_INT(MIGC_OK, migc_down_sets(db, modules, MODULES, 1, 1, NULL, &error));
    CHECK_INT(MIGC_OK, migc_down_sets(db, modules, MODULES, 0, 1, NULL, &error));
    CHECK_INT(MIGC_NEEDS, migc_to_sets(db, modules, MODULES, 1, 2, NULL, &error));
    CHECK_STR("002_nicknames.sql needs 003_owners of the set \"core\", which this database does not"
              " have; bring that set up first, or both together. Nothing was changed.",
              error.message);
    CHECK_INT(MIGC_OK, migc_to_sets(db, modules, MODULES, 0, 3, NULL, &error));
    CHECK_INT(MIGC_OK, migc_to_sets(db, modules, MODULES, 1, 2, NULL, &error));
    CHECK_INT(2, db_number(db, "SELECT count(*) FROM person WHERE nick = 'owner'"));
}

/* Another program, a moment before the commit. */
static int apply_users_too(migc_context *context, migc_hook_point point, void *user) {
    (void)user;
    if (point == MIGC_BEFORE_RUN)
        db_exec(migc_db(context), "INSERT INTO migc_migrations SELECT 'users', 2, 2,"
                                  " '002_nicknames', checksum, chain, down, applied_at,"
                                  " duration_us, applied_by FROM migc_migrations LIMIT 1");
    return 0;
}

TEST(goes_back_too_late,
     "P12: what was applied since the plan was made is seen before the commit") {
    sqlite3 *db = db_open_memory();
    migc_error error;
    migc_hook hook = {apply_users_too, NULL, NULL};
    migc_options options = {.hooks = &hook};
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_down_sets(db, modules, MODULES, 1, 1, NULL, NULL));
    CHECK_INT(MIGC_NEEDS, migc_down_sets(db, modules, MODULES, 0, 1, &options, &error));
    CHECK_STR("003_owners.sql cannot be reverted: 002_nicknames of the set \"users\" is applied"
              " and needs it; revert that first. The database is as it was before the run, at"
              " 003_owners.",
              error.message);
    CHECK_INT(1, db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'owner'"));
}

/* And in the other direction: what was there when the plan was made is gone inside the lock. */
static int remove_owners(const migc_event *event, void *user) {
    if (event->type == MIGC_EVENT_WAITING)
        db_exec(user, "DELETE FROM migc_migrations WHERE name = '003_owners'; COMMIT");
    return 0;
}

TEST(needs_inside_the_lock, "P12: what is needed is looked for again with the write lock held") {
    struct lab lab = {.path = ""};
    lab_begin(&lab);
    migc_error error;
    sqlite3 *other = db_open(lab.path), *db = db_open(lab.path);
    check_defer(db_close, other);
    check_defer(db_close, db);
    CHECK_INT(MIGC_OK, migc_up_sets(db, modules, MODULES, NULL, NULL));
    CHECK_INT(MIGC_OK, migc_down_sets(db, modules, MODULES, 1, 1, NULL, NULL));
    db_exec(other, "BEGIN IMMEDIATE");
    migc_options options = {.on_event = remove_owners, .event_user = other};
    CHECK_INT(MIGC_NEEDS, migc_up(db, &users, &options, &error));
    CHECK_CONTAINS("002_nicknames.sql needs 003_owners of the set \"core\"", error.message);
    CHECK_CONTAINS("The database is as it was before the run, at 001_people.", error.message);
}

/* -------------------------------------------------------------------- misuse */

TEST(misuse, "P12: sets that cannot share a database are refused") {
    static const migc_set twin = SET("core", core_migrations, NULL);
    static const migc_set owner = SET("owner", users_migrations, NULL);
    static const migc_set old = {.abi = 1, .name = "old"};
    const migc_set *const twins[] = {&core, &twin}, *const owners[] = {&core, &owner},
                          *const missing[] = {&core, NULL}, *const older[] = {&core, &old};
    sqlite3 *db = db_open_memory();
    migc_error error;
    CHECK_INT(MIGC_MISUSE, migc_up_sets(db, modules, 0, NULL, &error));
    CHECK_STR("libmigc was called without a set", error.message);
    CHECK_INT(MIGC_MISUSE, migc_up_sets(db, missing, 2, NULL, &error));
    CHECK_STR("libmigc was called without a set", error.message);
    CHECK_INT(MIGC_MISUSE, migc_down_sets(db, missing, 2, 0, 1, NULL, &error));
    CHECK_STR("libmigc was called without a set", error.message);
    CHECK_INT(MIGC_MISUSE, migc_up_sets(NULL, modules, MODULES, NULL, &error));
    CHECK_STR("libmigc was called without a database connection", error.message);
    CHECK_INT(MIGC_MISUSE, migc_up_sets(db, twins, 2, NULL, &error));
    CHECK_STR("two of the sets have the name \"core\"", error.message);
    CHECK_INT(MIGC_MISUSE, migc_up_sets(db, owners, 2, NULL, &error));
    CHECK_STR("the sets \"core\" and \"owner\" both keep PRAGMA user_version of one database;"
              " compile all but one with --module",
              error.message);
    CHECK_INT(MIGC_ABI_MISMATCH, migc_up_sets(db, older, 2, NULL, &error));
    CHECK_INT(MIGC_MISUSE, migc_to_sets(db, modules, MODULES, 2, 1, NULL, &error));
    CHECK_STR("there are 2 sets, and no number 2", error.message);
    db_exec(db, "BEGIN");
    CHECK_INT(MIGC_IN_TRANSACTION, migc_up_sets(db, modules, MODULES, NULL, &error));
    db_exec(db, "COMMIT");
    CHECK_INT(0, db_number(db, "SELECT count(*) FROM sqlite_schema"));
}

#define TESTS(X)                                                                                   \
    X(one_transaction)                                                                             \
    X(each)                                                                                        \
    X(dry_run)                                                                                     \
    X(stopped)                                                                                     \
    X(hooks)                                                                                       \
    X(nothing_to_do)                                                                               \
    X(locked)                                                                                      \
    X(mixed_kinds)                                                                                 \
    X(goes_back)                                                                                   \
    X(goes_back_too_late)                                                                          \
    X(needs_inside_the_lock)                                                                       \
    X(misuse)
CHECK_MAIN(TESTS)
