/*
 * modules.h - two sets of one database, as migc would emit them: users/001
 * needs core/002, core/003 needs users/001, users/002 needs core/003.
 */
#ifndef MODULES_H
#define MODULES_H

#include "sets.h"

static const migc_step core_1[] = {
    SQL(2, "CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT NOT NULL)"),
    SQL(3, "INSERT INTO kind VALUES(1, 'free'), (2, 'paid')"),
    SQL(5, "DROP TABLE kind"),
};
static const migc_step core_2[] = {
    SQL(2, "CREATE TABLE account(id INTEGER PRIMARY KEY, kind INTEGER REFERENCES kind(id))"),
    SQL(3, "INSERT INTO account VALUES(10, 1), (11, 2)"),
    SQL(5, "DROP TABLE account"),
};
static const migc_step core_3[] = {
    SQL(3, "CREATE TABLE owner(account INTEGER PRIMARY KEY REFERENCES account(id),"
           " person INTEGER NOT NULL REFERENCES person(id))"),
    SQL(4, "INSERT INTO owner SELECT account, id FROM person"),
    SQL(6, "DROP TABLE owner"),
};
static const migc_step users_1[] = {
    SQL(3, "CREATE TABLE person(id INTEGER PRIMARY KEY, account INTEGER REFERENCES account(id))"),
    SQL(4, "INSERT INTO person(account) SELECT id FROM account"),
    SQL(6, "DROP TABLE person"),
};
static const migc_step users_2[] = {
    SQL(3, "ALTER TABLE person ADD COLUMN nick TEXT"),
    SQL(4, "UPDATE person SET nick = 'owner' WHERE id IN (SELECT person FROM owner)"),
    SQL(6, "ALTER TABLE person DROP COLUMN nick"),
};

static const migc_migration core_migrations[] = {
    MIGRATION(1, "001_kinds", 0, 2, 1, 0, core_1),
    MIGRATION(2, "002_accounts", 0, 2, 1, 0, core_2),
    MIGRATION(3, "003_owners", 0, 2, 1, 0, core_3),
};
static const migc_migration users_migrations[] = {
    MIGRATION(1, "001_people", 0, 2, 1, 0, users_1),
    MIGRATION(2, "002_nicknames", 0, 2, 1, 0, users_2),
};

static const migc_need core_needed[] = {{3, "users", "001_people"}};
static const migc_need users_needed[] = {{1, "core", "002_accounts"}, {2, "core", "003_owners"}};
static const migc_needs core_needs = {&migc_needs_of_sets, 1, core_needed};
static const migc_needs users_needs = {&migc_needs_of_sets, 2, users_needed};

/* core keeps user_version, users is a module. */
static const migc_set core = {MIGC_ABI,    0,    "core", 3,   core_migrations, NULL, NULL,
                              &core_needs, NULL, NULL,   NULL};
static const migc_set users = {
    MIGC_ABI, MIGC_SET_MODULE, "users", 2, users_migrations, NULL, NULL, &users_needs, NULL, NULL,
    NULL};

enum { MODULES = 2 };
static const migc_set *const modules[MODULES] = {&core, &users};

#endif
