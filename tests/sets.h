/*
 * sets.h - migrations written by hand, as migc would emit them, for tests of
 * the runtime.
 *
 * `library` is the realistic one: parents and children, an index, a trigger, a
 * rebuild of the parent, a step in C, a view, VERIFY.  Of the others their
 * names say what they are for.
 */
#ifndef SETS_H
#define SETS_H

#include "migc.h"

#define SQL(line, text)                                                                            \
    { (line), (text), NULL }
#define CALL(line, function)                                                                       \
    { (line), #function, (function) }

/* A migration whose steps are `steps`: the first `up` of them are UP, and so on. */
#define MIGRATION(number, title, how, up, down, check, its_steps)                                  \
    {                                                                                              \
        .version = (number), .name = (title), .file = title ".sql", .checksum = "xxh3:" title,     \
        .chain = "xxh3:" #number #number #number #number "0000 " title, .flags = (how),            \
        .up_count = (up), .down_count = (down), .verify_count = (check), .steps = (its_steps)      \
    }

#define SET(title, its_migrations, outside_part)                                                   \
    {                                                                                              \
        MIGC_ABI, 0, (title), sizeof(its_migrations) / sizeof(*(its_migrations)),                  \
            (its_migrations), (outside_part), NULL, NULL, NULL, NULL, NULL                         \
    }

/* ------------------------------------------------------------------ library */

static const migc_step library_1[] = {
    SQL(3, "CREATE TABLE author(\n"
           "    id INTEGER PRIMARY KEY,\n"
           "    name TEXT NOT NULL UNIQUE\n"
           ")"),
    SQL(7, "CREATE TABLE book(\n"
           "    id INTEGER PRIMARY KEY,\n"
           "    author INTEGER NOT NULL REFERENCES author(id) ON DELETE CASCADE,\n"
           "    title TEXT NOT NULL\n"
           ")"),
    SQL(12, "INSERT INTO author VALUES(1, 'Lem'), (2, 'Le Guin'), (3, 'Borges')"),
    SQL(13,
        "INSERT INTO book VALUES(1, 1, 'Solaris'), (2, 1, 'Fiasco'), (3, 2, 'The Dispossessed'),"
        " (4, 3, 'Ficciones')"),
    SQL(16, "DROP TABLE book"),
    SQL(17, "DROP TABLE author"),
};

static const migc_step library_2[] = {
    SQL(3, "CREATE INDEX book_author ON book(author)"),
    SQL(4, "CREATE TABLE word(word TEXT PRIMARY KEY, book INTEGER) WITHOUT ROWID"),
    SQL(5, "CREATE TRIGGER book_added AFTER INSERT ON book BEGIN\n"
           "    INSERT OR IGNORE INTO word VALUES(\n"
           "        CASE WHEN new.title = '' THEN 'untitled' ELSE new.title END, new.id);\n"
           "END"),
    SQL(9, "INSERT INTO book VALUES(5, 3, 'El Aleph')"),
    SQL(12, "DELETE FROM book WHERE id = 5"),
    SQL(13, "DROP TRIGGER book_added"),
    SQL(14, "DROP TABLE word"),
    SQL(15, "DROP INDEX book_author"),
};

/* The rebuild of a parent: with foreign keys on, its DROP would take the children along. */
static const migc_step library_3[] = {
    SQL(3, "CREATE TABLE author_new(\n"
           "    id INTEGER PRIMARY KEY,\n"
           "    name TEXT NOT NULL UNIQUE CHECK(name <> ''),\n"
           "    born INTEGER\n"
           ")"),
    SQL(8, "INSERT INTO author_new SELECT id, name, 1900 + id FROM author"),
    SQL(9, "DROP TABLE author"),
    SQL(10, "ALTER TABLE author_new RENAME TO author"),
    SQL(13, "CREATE TABLE author_old(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)"),
    SQL(14, "INSERT INTO author_old SELECT id, name FROM author"),
    SQL(15, "DROP TABLE author"),
    SQL(16, "ALTER TABLE author_old RENAME TO author"),
};

/* What migc_db() is for; a host's own step would do what SQL cannot. */
static inline int shout_titles(migc_context *context) {
    int code =
        sqlite3_exec(migc_db(context), "UPDATE book SET title = upper(title)", NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : migc_fail(context, "%s", sqlite3_errmsg(migc_db(context)));
}

static const migc_step library_4[] = {
    CALL(3, shout_titles),
    SQL(4, "ALTER TABLE book ADD COLUMN pages INTEGER NOT NULL DEFAULT 100"),
    SQL(5, "CREATE VIEW shelf AS SELECT name, title FROM author JOIN book ON author.id = author"),
    SQL(8, "DROP VIEW shelf"),
    SQL(9, "ALTER TABLE book DROP COLUMN pages"),
    SQL(10, "UPDATE book SET title = lower(title)"),
    SQL(13, "SELECT id FROM book WHERE title = ''"),
};

static const migc_migration library_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
    MIGRATION(3, "003_birth_years", 0, 4, 4, 0, library_3),
    MIGRATION(4, "004_titles", 0, 3, 3, 1, library_4),
};

static const migc_set library = SET("library", library_migrations, NULL);

/* The library as an older program knows it. */
static const migc_set library_at_2 = {
    .abi = MIGC_ABI, .name = "library", .count = 2, .migrations = library_migrations};

/* The library with much to write. */
static const migc_step large_5[] = {
    SQL(3, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)\n"
           "INSERT INTO word SELECT format('%08d', i * 7919 % 4001), i FROM n"),
    SQL(5, "CREATE INDEX word_book ON word(book)"),
    SQL(6, "UPDATE word SET book = book + 1 WHERE word LIKE '%1%'"),
    SQL(9, "DROP INDEX word_book"),
    SQL(10, "DELETE FROM word WHERE word GLOB '[0-9]*'"),
};

static const migc_migration large_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_words", 0, 4, 4, 0, library_2),
    MIGRATION(3, "003_birth_years", 0, 4, 4, 0, library_3),
    MIGRATION(4, "004_titles", 0, 3, 3, 1, library_4),
    MIGRATION(5, "005_many_words", 0, 3, 2, 0, large_5),
};

static const migc_set large = SET("library", large_migrations, NULL);

/* ----------------------------------------------------- outside transactions */

/* A statement whose note is lost runs twice: they are written to bear that. */
static const migc_step vacuum_steps[] = {
    SQL(3, "INSERT OR IGNORE INTO author VALUES(4, 'Calvino')"),
    SQL(4, "VACUUM"),
    SQL(5, "INSERT OR IGNORE INTO author VALUES(5, 'Cortazar')"),
    SQL(8, "DELETE FROM author WHERE id IN (4, 5)"),
};

static const migc_step counter_steps[] = {
    SQL(3, "CREATE TABLE counter(n INTEGER)"),
    SQL(6, "DROP TABLE counter"),
};

static const migc_migration vacuum_migrations[] = {
    MIGRATION(1, "001_books", 0, 4, 2, 0, library_1),
    MIGRATION(2, "002_vacuum", MIGC_NO_TRANSACTION, 3, 1, 0, vacuum_steps),
    MIGRATION(3, "003_counter", 0, 1, 1, 0, counter_steps),
};

static const migc_set vacuuming = SET("library", vacuum_migrations, &migc_no_transaction);

/* -------------------------------------------------------------- repeatables */

#define REPEATABLE(title, edition, up, down, its_steps)                                            \
    {                                                                                              \
        .name = (title), .file = title ".sql", .checksum = "xxh3:" title " " edition, .chain = "", \
        .flags = MIGC_REPEATABLE, .up_count = (up), .down_count = (down), .steps = (its_steps)     \
    }

#define REPEATABLES(its_migrations, its_chain)                                                     \
    {                                                                                              \
        &migc_run_repeatables, sizeof(its_migrations) / sizeof(*(its_migrations)),                 \
            (its_migrations), its_chain                                                            \
    }

static const migc_step seed_steps[] = {
    SQL(2, "INSERT OR REPLACE INTO word VALUES('seed', 0)"),
    SQL(4, "DELETE FROM word WHERE word = 'seed'"),
};

/* Stands in the way of the rebuild of author, unless it is reverted before. */
static const migc_step catalogue_steps[] = {
    SQL(2, "DROP VIEW IF EXISTS catalogue"),
    SQL(3,
        "CREATE VIEW catalogue AS SELECT name, title FROM author JOIN book ON author.id = author"),
    SQL(5, "DROP VIEW IF EXISTS catalogue"),
};

static const migc_step catalogue_2_steps[] = {
    SQL(2, "DROP VIEW IF EXISTS catalogue"),
    SQL(3, "CREATE VIEW catalogue AS SELECT title, name AS author FROM author JOIN book"
           " ON author.id = author"),
    SQL(5, "DROP VIEW IF EXISTS catalogue"),
};

/* What is on a view goes with it. */
static const migc_step lend_steps[] = {
    SQL(2, "CREATE TRIGGER IF NOT EXISTS lend INSTEAD OF DELETE ON catalogue BEGIN\n"
           "    DELETE FROM book WHERE title = old.title;\n"
           "END"),
    SQL(6, "DROP TRIGGER IF EXISTS lend"),
};

static const migc_migration repeats_1[] = {
    REPEATABLE("R_a_seed", "1", 1, 1, seed_steps),
    REPEATABLE("R_catalogue", "1", 2, 1, catalogue_steps),
    REPEATABLE("R_lending", "1", 1, 1, lend_steps),
};

static const migc_migration repeats_2[] = {
    REPEATABLE("R_a_seed", "1", 1, 1, seed_steps),
    REPEATABLE("R_catalogue", "2", 2, 1, catalogue_2_steps),
    REPEATABLE("R_lending", "1", 1, 1, lend_steps),
};

static const migc_repeatables views_1 = REPEATABLES(repeats_1, "xxh3:aaaa0001");
static const migc_repeatables views_2 = REPEATABLES(repeats_2, "xxh3:aaaa0002");
static const migc_repeatables views_1_at_4 = REPEATABLES(repeats_1, "xxh3:aaaa0014");
static const migc_repeatables views_2_at_4 = REPEATABLES(repeats_2, "xxh3:aaaa0024");

#define VIEWING(how_many, its_repeatables)                                                         \
    {                                                                                              \
        .abi = MIGC_ABI, .name = "library", .count = (how_many), .migrations = library_migrations, \
        .repeatables = (its_repeatables)                                                           \
    }

/* The first two migrations of the library, or all, with either edition. */
static const migc_set viewing_at_2 = VIEWING(2, &views_1);
static const migc_set viewing_2_at_2 = VIEWING(2, &views_2);
static const migc_set viewing_at_4 = VIEWING(4, &views_1_at_4);
static const migc_set viewing_2_at_4 = VIEWING(4, &views_2_at_4);

#endif
