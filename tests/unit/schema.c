/*
 * schema.c - schemas compared by their meaning: each difference is found and said in words,
 * and no other spelling of the same schema is accused.
 *
 * Most cases are pairs: what is expected, what is found, and what is told of it, one line a
 * difference.  A pair without words means the same.
 */
#include "check.h"

#include <stdlib.h>
#include <time.h>

#include "schema/schema.h"

#define USERS "CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER);"
#define ORGS "CREATE TABLE orgs(id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT);"
#define LOG "CREATE TABLE log(id INTEGER PRIMARY KEY, note TEXT);"
#define ORDERS(check)                                                                              \
    "CREATE TABLE orders(id INTEGER PRIMARY KEY, qty INTEGER, price REAL " check ");"
#define TRIGGER(head, body) USERS LOG "CREATE TRIGGER users_ai " head " BEGIN " body " END;"
#define LOGGED "INSERT INTO log(note) VALUES ('New user ' || new.email);"
#define MEMBERS(rest) ORGS "CREATE TABLE members(id INTEGER PRIMARY KEY, org INTEGER " rest ");"
#define REBUILD(columns, list)                                                                     \
    "CREATE TABLE users_new(" columns ");"                                                         \
    "INSERT INTO users_new(" list ") SELECT " list " FROM users;"                                  \
    "DROP TABLE users; ALTER TABLE users_new RENAME TO users;"

/* X(name, title, expected, found, words) */
#define DIFFERENT(X)                                                                                \
    X(parens_or, "OR in parentheses, and not", "CREATE TABLE t(a, b, c, CHECK (a AND (b OR c)))",   \
      "CREATE TABLE t(a, b, c, CHECK (a AND b OR c))",                                              \
      "check (a and (b or c)) of t is missing\ncheck (a and b or c) of t is extra")                 \
    X(parens_equal, "a comparison of a comparison",                                                 \
      "CREATE TABLE t(a, b, c, CHECK (a = (b = c)))",                                               \
      "CREATE TABLE t(a, b, c, CHECK (a = b = c))",                                                 \
      "check (a = (b = c)) of t is missing\ncheck (a = b = c) of t is extra")                       \
    X(parens_minus, "a difference of a difference",                                                 \
      "CREATE TABLE t(a, b, c, CHECK (a - (b - c) > 0))",                                           \
      "CREATE TABLE t(a, b, c, CHECK (a - b - c > 0))",                                             \
      "check (a - (b - c) > 0) of t is missing\ncheck (a - b - c > 0) of t is extra")               \
    X(parens_collate, "COLLATE of all, and of the last part",                                       \
      "CREATE TABLE t(a, b, c, CHECK ((a || b) COLLATE nocase = c))",                               \
      "CREATE TABLE t(a, b, c, CHECK (a || b COLLATE nocase = c))",                                 \
      "check ((a || b) collate nocase = c) of t is missing\ncheck (a || b collate nocase = c) of "  \
      "t is extra")                                                                                 \
    X(parens_between, "what belongs to BETWEEN",                                                    \
      "CREATE TABLE t(a, b, c, CHECK (a BETWEEN 1 AND (b = c)))",                                   \
      "CREATE TABLE t(a, b, c, CHECK (a BETWEEN 1 AND b = c))",                                     \
      "check (a between 1 and (b = c)) of t is missing\ncheck (a between 1 and b = c) of t is "     \
      "extra")                                                                                      \
    X(parens_not, "NOT of both, and of one", "CREATE TABLE t(a, b, c, CHECK (NOT (a AND b)))",      \
      "CREATE TABLE t(a, b, c, CHECK (NOT a AND b))",                                               \
      "check (not (a and b)) of t is missing\ncheck (not a and b) of t is extra")                   \
    X(parens_subquery, "a value, and a list of rows",                                               \
      "CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT 1 FROM t WHERE a IN ((SELECT b FROM t))",   \
      "CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT 1 FROM t WHERE a IN (SELECT b FROM t)",     \
      "view v differs: \"… in (select b from t)\" instead of \"… in ((select b from t))\"")         \
    X(parens_join, "a join in parentheses",                                                         \
      "CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT 1 FROM t LEFT JOIN (t u JOIN t w) ON u.a "  \
      "= t.a",                                                                                      \
      "CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT 1 FROM t LEFT JOIN t u JOIN t w ON u.a = "  \
      "t.a",                                                                                        \
      "view v differs: \"… join t u join t w …\" instead of \"… join (t u join t w) …\"")           \
    X(table_missing, "a table is missing", USERS ORGS, USERS, "table orgs is missing")              \
    X(table_extra, "a table is left", USERS, USERS ORGS, "table orgs is extra")                     \
    X(table_parts_once, "a missing table is told of without its parts",                             \
      USERS "CREATE INDEX i ON users(age); CREATE TRIGGER t DELETE ON users BEGIN SELECT 1; END;",  \
      "", "table users is missing")                                                                 \
    X(column_missing, "a column is missing", USERS, USERS "ALTER TABLE users DROP COLUMN age;",     \
      "column users.age is missing")                                                                \
    X(column_extra, "a column is left", USERS, USERS "ALTER TABLE users ADD COLUMN phone TEXT;",    \
      "column users.phone is extra")                                                                \
    X(column_renamed, "a renamed column is one missing and one extra", USERS,                       \
      USERS "ALTER TABLE users RENAME COLUMN age TO years;",                                        \
      "column users.age is missing\ncolumn users.years is extra")                                   \
    X(not_null_lost, "NOT NULL is lost", "CREATE TABLE t(a TEXT NOT NULL)",                         \
      "CREATE TABLE t(a TEXT)", "t.a has lost NOT NULL")                                            \
    X(not_null_gained, "NOT NULL is gained", "CREATE TABLE t(a TEXT)",                              \
      "CREATE TABLE t(a TEXT NOT NULL)", "t.a has gained NOT NULL")                                 \
    X(not_null_conflict, "NOT NULL loses its ON CONFLICT",                                          \
      "CREATE TABLE t(a, b TEXT NOT NULL ON CONFLICT REPLACE DEFAULT '')",                          \
      "CREATE TABLE t(a, b TEXT NOT NULL DEFAULT '')",                                              \
      "t.b has NOT NULL instead of NOT NULL ON CONFLICT REPLACE")                                   \
    X(default_lost, "DEFAULT is lost", "CREATE TABLE t(a INTEGER DEFAULT 0)",                       \
      "CREATE TABLE t(a INTEGER)", "t.a has lost DEFAULT 0")                                        \
    X(default_gained, "DEFAULT is gained", "CREATE TABLE t(a)",                                     \
      "CREATE TABLE t(a DEFAULT CURRENT_TIMESTAMP)", "t.a has gained DEFAULT current_timestamp")    \
    X(default_changed, "DEFAULT has another value", "CREATE TABLE t(a INTEGER DEFAULT 1)",          \
      "CREATE TABLE t(a INTEGER DEFAULT -1)", "t.a has DEFAULT -1 instead of DEFAULT 1")            \
    X(default_case, "the case of a DEFAULT string counts", "CREATE TABLE t(a DEFAULT 'Text')",      \
      "CREATE TABLE t(a DEFAULT 'text')", "t.a has DEFAULT 'text' instead of DEFAULT 'Text'")       \
    X(default_kind, "a DEFAULT number is not a DEFAULT string", "CREATE TABLE t(a DEFAULT 0)",      \
      "CREATE TABLE t(a DEFAULT '0')", "t.a has DEFAULT '0' instead of DEFAULT 0")                  \
    X(default_spaces, "blanks inside a DEFAULT string count", "CREATE TABLE t(a DEFAULT 'x  y')",   \
      "CREATE TABLE t(a DEFAULT 'x y')", "t.a has DEFAULT 'x y' instead of DEFAULT 'x  y'")         \
    X(default_comment, "what looks like a comment in a string counts",                              \
      "CREATE TABLE t(a DEFAULT '/* a */ -- b')", "CREATE TABLE t(a DEFAULT ' -- b')",              \
      "t.a has DEFAULT ' -- b' instead of DEFAULT '/* a */ -- b'")                                  \
    X(type_changed, "another type", "CREATE TABLE t(a INTEGER)", "CREATE TABLE t(a INT)",           \
      "t.a has type INT instead of type INTEGER")                                                   \
    X(type_lost, "no type", "CREATE TABLE t(a VARCHAR(10))", "CREATE TABLE t(a)",                   \
      "t.a has lost type VARCHAR(10)")                                                              \
    X(collation_lost, "a collation is lost, and told of once in spite of its index",                \
      "CREATE TABLE t(a TEXT COLLATE NOCASE); CREATE INDEX i ON t(a)",                              \
      "CREATE TABLE t(a TEXT); CREATE INDEX i ON t(a)", "t.a has lost COLLATE NOCASE")              \
    X(collation_changed, "another collation", "CREATE TABLE t(a TEXT COLLATE nocase)",              \
      "CREATE TABLE t(a TEXT COLLATE rtrim)", "t.a has COLLATE RTRIM instead of COLLATE NOCASE")    \
    X(generated_lost, "a generated column becomes an ordinary one",                                 \
      "CREATE TABLE t(a, b INT GENERATED ALWAYS AS (a + 1))", "CREATE TABLE t(a, b INT)",           \
      "t.b has lost GENERATED AS (a + 1) VIRTUAL")                                                  \
    X(generated_changed, "a generated column has another expression",                               \
      "CREATE TABLE t(a, b AS (a + 1))", "CREATE TABLE t(a, b AS (a + 2))",                         \
      "t.b has GENERATED AS (a + 2) VIRTUAL instead of GENERATED AS (a + 1) VIRTUAL")               \
    X(generated_stored, "STORED is not VIRTUAL", "CREATE TABLE t(a, b AS (a) STORED)",              \
      "CREATE TABLE t(a, b AS (a))",                                                                \
      "t.b has GENERATED AS (a) VIRTUAL instead of GENERATED AS (a) STORED")                        \
    X(two_swapped, "two columns have changed places", "CREATE TABLE t(x, a, m, b, y)",              \
      "CREATE TABLE t(x, b, m, a, y)", "columns a and b of t have changed places")                  \
    X(three_moved, "more columns have moved", "CREATE TABLE t(a, b, c)",                            \
      "CREATE TABLE t(c, a, b)", "column c of t stands first instead of behind b")                  \
    X(moved_to_end, "a column that was dropped and added stands last", USERS,                       \
      USERS "ALTER TABLE users DROP COLUMN email;"                                                  \
            "ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';",                         \
      "columns email and age of users have changed places\n"                                        \
      "users.email has gained DEFAULT ''")                                                          \
    X(primary_lost, "CREATE TABLE AS SELECT loses the primary key and NOT NULL", USERS,             \
      USERS "CREATE TABLE n AS SELECT * FROM users; DROP TABLE users;"                              \
            "ALTER TABLE n RENAME TO users;",                                                       \
      "table users has lost INTEGER PRIMARY KEY (id)\nusers.age has type INT instead of type "      \
      "INTEGER\nusers.email has lost NOT NULL\nusers.id has type INT instead of type INTEGER")      \
    X(primary_not_rowid, "INTEGER PRIMARY KEY DESC is not the rowid",                               \
      "CREATE TABLE t(id INTEGER PRIMARY KEY)", "CREATE TABLE t(id INTEGER PRIMARY KEY DESC)",      \
      "table t has PRIMARY KEY (id DESC) instead of INTEGER PRIMARY KEY (id)")                      \
    X(primary_int, "INT PRIMARY KEY is not the rowid", "CREATE TABLE t(id INTEGER PRIMARY KEY)",    \
      "CREATE TABLE t(id INT PRIMARY KEY)",                                                         \
      "table t has PRIMARY KEY (id) instead of INTEGER PRIMARY KEY (id)\n"                          \
      "t.id has type INT instead of type INTEGER")                                                  \
    X(primary_order, "the order in a primary key counts",                                           \
      "CREATE TABLE t(a, b, PRIMARY KEY(a, b))", "CREATE TABLE t(a, b, PRIMARY KEY(b, a))",         \
      "table t has PRIMARY KEY (b, a) instead of PRIMARY KEY (a, b)")                               \
    X(primary_conflict, "the rowid's ON CONFLICT",                                                  \
      "CREATE TABLE t(id INTEGER PRIMARY KEY ON CONFLICT REPLACE)",                                 \
      "CREATE TABLE t(id INTEGER PRIMARY KEY)",                                                     \
      "table t has INTEGER PRIMARY KEY (id) instead of INTEGER PRIMARY KEY (id) ON CONFLICT "       \
      "REPLACE")                                                                                    \
    X(autoincrement_lost, "AUTOINCREMENT is lost",                                                  \
      "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT)",                                       \
      "CREATE TABLE t(id INTEGER PRIMARY KEY)", "table t has lost AUTOINCREMENT")                   \
    X(without_rowid_lost, "WITHOUT ROWID is lost",                                                  \
      "CREATE TABLE t(a TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",                                  \
      "CREATE TABLE t(a TEXT NOT NULL PRIMARY KEY)", "table t has lost WITHOUT ROWID")              \
    X(strict_gained, "STRICT is gained", "CREATE TABLE t(a TEXT)",                                  \
      "CREATE TABLE t(a TEXT) STRICT", "table t has gained STRICT")                                 \
    X(check_lost, "a CHECK is lost", ORDERS(", CHECK (qty > 0)"), ORDERS(""),                       \
      "check (qty > 0) of orders is missing")                                                       \
    X(check_changed, "another CHECK", ORDERS("CHECK (price >= 0)"), ORDERS("CHECK (price > 0)"),    \
      "check (price > 0) of orders is extra\ncheck (price >= 0) of orders is missing")              \
    X(check_string, "the case of a string in a CHECK counts",                                       \
      "CREATE TABLE t(a CHECK (a IN ('On', 'Off')))",                                               \
      "CREATE TABLE t(a CHECK (a IN ('on', 'Off')))",                                               \
      "check (a in ('On', 'Off')) of t is missing\ncheck (a in ('on', 'Off')) of t is extra")       \
    X(unique_lost, "a UNIQUE is lost", "CREATE TABLE t(a TEXT UNIQUE, b)",                          \
      "CREATE TABLE t(a TEXT, b)", "unique (a) of t is missing")                                    \
    X(unique_wider, "a UNIQUE over other columns", "CREATE TABLE t(a, b, UNIQUE(a))",               \
      "CREATE TABLE t(a, b, UNIQUE(a, b))",                                                         \
      "unique (a) of t is missing\nunique (a, b) of t is extra")                                    \
    X(unique_conflict, "a UNIQUE loses its ON CONFLICT",                                            \
      "CREATE TABLE t(a, b, UNIQUE(b), UNIQUE(a COLLATE NOCASE, b) ON CONFLICT IGNORE)",            \
      "CREATE TABLE t(a, b, UNIQUE(b), UNIQUE(a COLLATE NOCASE, b))",                               \
      "unique (a COLLATE NOCASE, b) of t has lost ON CONFLICT IGNORE")                              \
    X(unique_as_index, "UNIQUE and a unique index are two things", "CREATE TABLE t(a UNIQUE)",      \
      "CREATE TABLE t(a); CREATE UNIQUE INDEX t_a ON t(a)",                                         \
      "unique (a) of t is missing\nindex t_a is extra")                                             \
    X(key_lost, "a foreign key is lost", MEMBERS("REFERENCES orgs(id)"), MEMBERS(""),               \
      "foreign key members(org) → orgs is missing")                                                 \
    X(key_cascade, "ON DELETE CASCADE is lost", MEMBERS("REFERENCES orgs ON DELETE CASCADE"),       \
      MEMBERS("REFERENCES orgs"), "foreign key members(org) → orgs has lost ON DELETE CASCADE")     \
    X(key_action, "another ON DELETE and an ON UPDATE",                                             \
      MEMBERS("REFERENCES orgs ON DELETE CASCADE"),                                                 \
      MEMBERS("REFERENCES orgs ON DELETE SET NULL ON UPDATE CASCADE"),                              \
      "foreign key members(org) → orgs has ON DELETE SET NULL instead of ON DELETE CASCADE\n"     \
      "foreign key members(org) → orgs has gained ON UPDATE CASCADE")                               \
    X(key_deferred, "the second of three foreign keys is no longer deferred",                       \
      ORGS "CREATE TABLE m(a REFERENCES orgs, b REFERENCES orgs(code) DEFERRABLE INITIALLY "        \
           "DEFERRED, c REFERENCES orgs)",                                                          \
      ORGS "CREATE TABLE m(a REFERENCES orgs, b REFERENCES orgs(code) DEFERRABLE, c REFERENCES "    \
           "orgs)",                                                                                 \
      "foreign key m(b) → orgs(code) has lost DEFERRABLE INITIALLY DEFERRED")                       \
    X(key_parent, "a foreign key to another table", MEMBERS("REFERENCES orgs"),                     \
      MEMBERS("REFERENCES people"),                                                                 \
      "foreign key members(org) → orgs is missing\nforeign key members(org) → people is extra")     \
    X(index_missing, "an index is missing", USERS "CREATE INDEX users_email ON users(email)",       \
      USERS, "index users_email is missing")                                                        \
    X(index_extra, "an index is left behind", USERS,                                                \
      USERS "CREATE INDEX users_email ON users(email)", "index users_email is extra")               \
    X(index_unique, "an index is no longer unique",                                                 \
      USERS "CREATE UNIQUE INDEX users_email ON users(email)",                                      \
      USERS "CREATE INDEX users_email ON users(email)", "index users_email has lost UNIQUE")        \
    X(index_columns, "an index over other columns, in another order",                               \
      USERS "CREATE INDEX i ON users(email, age)", USERS "CREATE INDEX i ON users(age DESC)",       \
      "index i is on users(age DESC) instead of users(email, age)")                                 \
    X(index_table, "an index of another table", USERS LOG "CREATE INDEX i ON users(id)",            \
      USERS LOG "CREATE INDEX i ON log(id)", "index i is on log(id) instead of users(id)")          \
    X(index_collation, "an index of another collation", USERS "CREATE INDEX i ON users(email)",     \
      USERS "CREATE INDEX i ON users(email COLLATE NOCASE)",                                        \
      "index i is on users(email COLLATE NOCASE) instead of users(email)")                          \
    X(index_expression, "an index over another expression",                                         \
      USERS "CREATE INDEX i ON users(age, lower(email))",                                           \
      USERS "CREATE INDEX i ON users(age, upper(email))",                                           \
      "index i is on users(age, upper(email)) instead of users(age, lower(email))")                 \
    X(index_condition, "the condition of an index is lost",                                         \
      USERS "CREATE INDEX i ON users(age) WHERE email <> ''",                                       \
      USERS "CREATE INDEX i ON users(age)", "index i has lost WHERE email <> ''")                   \
    X(index_condition_collation, "a collation at the end of a condition counts",                    \
      USERS "CREATE INDEX i ON users(age) WHERE email = 'a' COLLATE NOCASE",                        \
      USERS "CREATE INDEX i ON users(age) WHERE email = 'a'",                                       \
      "index i has WHERE email = 'a' instead of WHERE email = 'a' collate nocase")                  \
    X(trigger_missing, "a trigger is missing", TRIGGER("AFTER INSERT ON users", LOGGED),            \
      USERS LOG, "trigger users_ai is missing")                                                     \
    X(trigger_body, "a trigger does something else", TRIGGER("AFTER INSERT ON users", LOGGED),      \
      TRIGGER("AFTER INSERT ON users",                                                              \
              "INSERT INTO log(note) VALUES ('new user ' || new.email);"),                          \
      "trigger users_ai differs: \"… values ('new …\" instead of \"… values ('New …\"")             \
    X(trigger_time, "a trigger runs before", TRIGGER("AFTER INSERT ON users", LOGGED),              \
      TRIGGER("INSERT ON users", LOGGED),                                                           \
      "trigger users_ai differs: \"before …\" instead of \"after …\"")                              \
    X(trigger_when, "a trigger's WHEN is lost",                                                     \
      TRIGGER("AFTER INSERT ON users WHEN new.age > 17", LOGGED),                                   \
      TRIGGER("AFTER INSERT ON users", LOGGED),                                                     \
      "trigger users_ai differs: \"… users begin …\" instead of \"… users when new.age > 17 " \
      "begin …\"")                                                                                  \
    X(view_extra, "a view is left", USERS, USERS "CREATE VIEW adults AS SELECT * FROM users",       \
      "view adults is extra")                                                                       \
    X(view_body, "a view shows something else",                                                     \
      USERS "CREATE VIEW adults AS SELECT * FROM users WHERE age >= 18",                            \
      USERS "CREATE VIEW adults AS SELECT * FROM users WHERE age > 18",                             \
      "view adults differs: \"… age > …\" instead of \"… age >= …\"")                               \
    X(view_columns, "a view names its columns otherwise", "CREATE VIEW v(a, b) AS SELECT 1, 2",     \
      "CREATE VIEW v(b, a) AS SELECT 1, 2",                                                         \
      "view v differs: \"(b, a) …\" instead of \"(a, b) …\"")                                       \
    X(view_or_table, "a table in place of a view", "CREATE VIEW v AS SELECT 1 AS a",                \
      "CREATE TABLE v(a)", "table v is extra\nview v is missing")                                   \
    X(module_argument, "another tokenizer of a full-text index",                                    \
      "CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize = 'porter unicode61')",              \
      "CREATE VIRTUAL TABLE f USING fts5(title, body)",                                             \
      "virtual table f differs: \"… fts5(title, body)\" instead of \"… fts5(title, body, "      \
      "tokenize = 'porter unicode61')\"")                                                           \
    X(module_missing, "a virtual table is one object", "CREATE VIRTUAL TABLE f USING fts5(a)", "",  \
      "virtual table f is missing")                                                                 \
    X(module_or_table, "a table in place of a virtual one",                                         \
      "CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE TABLE f(a)",                                  \
      "virtual table f has lost USING fts5(a)\ncolumn f.a is extra")                                \
    X(rebuild_loses, "a rebuild that forgets a default, a check, an index and a trigger",           \
      TRIGGER("AFTER INSERT ON users",                                                              \
              LOGGED) "CREATE INDEX users_age ON users(age);"                                       \
                      "ALTER TABLE users ADD COLUMN plan TEXT DEFAULT 'free' CHECK (plan <> '')",   \
      TRIGGER("AFTER INSERT ON users",                                                              \
              LOGGED) "CREATE INDEX users_age ON users(age);"                                       \
                      "ALTER TABLE users ADD COLUMN plan TEXT DEFAULT 'free' CHECK (plan <> "       \
                      "'');" REBUILD(                                                               \
                          "id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER, plan TEXT",    \
                          "id, email, age, plan"),                                                  \
      "users.plan has lost DEFAULT 'free'\ncheck (plan <> '') of users is missing\n"                \
      "index users_age is missing\ntrigger users_ai is missing")

#define SAME(X)                                                                                    \
    X(same_parens_and, "parentheses that repeat how AND and OR bind",                              \
      "CREATE TABLE t(a, b, c, CHECK (a > 0 AND b > 0 AND c > 0 OR a IS NULL))",                   \
      "CREATE TABLE t(a, b, c, CHECK ((((a > 0) AND (b > 0)) AND (c > 0)) OR (a IS NULL)))", "")   \
    X(same_parens_right, "AND, OR are the same from the right",                                    \
      "CREATE TABLE t(a, b, c, CHECK (a AND b AND c))",                                            \
      "CREATE TABLE t(a, b, c, CHECK (a AND (b AND (c))))", "")                                    \
    X(same_parens_sum, "parentheses around products in a sum",                                     \
      "CREATE TABLE t(a, b, c, CHECK (a * 2 + b * 3 - c > -a))",                                   \
      "CREATE TABLE t(a, b, c, CHECK (((a * 2) + (b * (3)) - (c)) > (-a)))", "")                   \
    X(same_parens_not, "NOT around a comparison", "CREATE TABLE t(a, b, c, CHECK (NOT a = b))",    \
      "CREATE TABLE t(a, b, c, CHECK (NOT (a = b)))", "")                                          \
    X(same_parens_call, "arguments in parentheses",                                                \
      "CREATE TABLE t(a, b, c, CHECK (length(trim(a)) > 1 AND b IN (1, 2)))",                      \
      "CREATE TABLE t(a, b, c, CHECK ((length((trim((a)))) > (1)) AND (b IN ((1), (2)))))", "")    \
    X(same_parens_between, "parentheses around BETWEEN",                                           \
      "CREATE TABLE t(a, b, c, CHECK (a BETWEEN 1 AND 2 AND b = 3))",                              \
      "CREATE TABLE t(a, b, c, CHECK ((a BETWEEN (1) AND (2)) AND (b = 3)))", "")                  \
    X(same_parens_case, "parentheses in CASE",                                                     \
      "CREATE TABLE t(a, b, c, CHECK (CASE WHEN a = 1 THEN b ELSE c END = 2))",                    \
      "CREATE TABLE t(a, b, c, CHECK ((CASE WHEN (a = 1) THEN (b) ELSE (c) END) = 2))", "")        \
    X(same_parens_index, "WHERE of an index",                                                      \
      "CREATE TABLE t(a, b, c); CREATE INDEX i ON t(a) WHERE a > 0 AND b IS NOT NULL",             \
      "CREATE TABLE t(a, b, c); CREATE INDEX i ON t((a)) WHERE ((a > 0) AND (b NOTNULL))", "")     \
    X(same_parens_view, "a view in other words",                                                   \
      "CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT a AS x, b AS y FROM t AS u INNER JOIN t "  \
      "AS w ON u.a = w.b WHERE u.a IS NULL AND w.c > 1",                                           \
      "CREATE TABLE t(a, b, c); CREATE VIEW v AS SELECT a x, (b) y FROM t u JOIN t w ON (u.a = "   \
      "w.b) WHERE ((u.a ISNULL) AND (w.c > (1)))",                                                 \
      "")                                                                                          \
    X(same_parens_trigger, "a trigger in other words",                                             \
      "CREATE TABLE t(a, b, c); CREATE TRIGGER g AFTER UPDATE ON t WHEN new.a > 1 AND old.a NOT "  \
      "NULL BEGIN UPDATE t SET b = new.a + 1 WHERE a = new.a; END",                                \
      "CREATE TABLE t(a, b, c); CREATE TRIGGER g AFTER UPDATE ON t WHEN ((new.a > 1) AND (old.a "  \
      "IS NOT NULL)) BEGIN UPDATE t SET b = ((new.a) + 1) WHERE (a = new.a); END",                 \
      "")                                                                                          \
    X(same_hexadecimal, "0x10 is 16",                                                              \
      "CREATE TABLE t(a DEFAULT 16, b CHECK (b <> -1), c DEFAULT 255)",                            \
      "CREATE TABLE t(a DEFAULT 0x10, b CHECK (b <> 0xFFFFFFFFFFFFFFFF), c DEFAULT (0X00ff))", "") \
    X(same_blanks, "blank space, comments and keyword case", USERS,                                \
      "create table users ( -- people\n id\tinteger PRIMARY  KEY , /* (a, b) */\n"                 \
      " email text not null,\r\n age Integer )",                                                   \
      "")                                                                                          \
    X(same_quotes, "names in any quotes and case", USERS,                                          \
      "CREATE TABLE \"Users\"([id] INTEGER PRIMARY KEY, `EMAIL` TEXT NOT NULL, 'age' INTEGER)",    \
      "")                                                                                          \
    X(same_schema_name, "main. and IF NOT EXISTS", USERS "CREATE INDEX i ON users(age)",           \
      "CREATE TABLE IF NOT EXISTS main.users(id INTEGER PRIMARY KEY, email TEXT NOT NULL,"         \
      " age INTEGER); CREATE INDEX IF NOT EXISTS main.i ON users(age ASC)",                        \
      "")                                                                                          \
    X(same_add_drop, "ADD COLUMN and DROP COLUMN", USERS,                                          \
      USERS "ALTER TABLE users ADD COLUMN phone TEXT DEFAULT 'none' CHECK (phone <> '');"          \
            "ALTER TABLE users DROP COLUMN phone;",                                                \
      "")                                                                                          \
    X(same_added, "ADD COLUMN and a column of CREATE TABLE", USERS,                                \
      "CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT NOT NULL);"                           \
      "ALTER TABLE users ADD age INTEGER",                                                         \
      "")                                                                                          \
    X(same_rename_table, "a table renamed and renamed back",                                       \
      TRIGGER(                                                                                     \
          "AFTER UPDATE OF age ON users WHEN new.age > old.age",                                   \
          LOGGED) "CREATE INDEX i ON users(lower(email)) WHERE users.age > 1;"                     \
                  "CREATE VIEW v AS SELECT users.email FROM users JOIN log ON log.id = users.id;"  \
                  "CREATE TABLE c(u REFERENCES users(id), CHECK (c.u > 0))",                       \
      TRIGGER(                                                                                     \
          "AFTER UPDATE OF age ON users WHEN new.age > old.age",                                   \
          LOGGED) "CREATE INDEX i ON users(lower(email)) WHERE users.age > 1;"                     \
                  "CREATE VIEW v AS SELECT users.email FROM users JOIN log ON log.id = users.id;"  \
                  "CREATE TABLE c(u REFERENCES users(id), CHECK (c.u > 0));"                       \
                  "ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME TO users;"        \
                  "ALTER TABLE c RENAME TO d; ALTER TABLE d RENAME TO c;",                         \
      "")                                                                                          \
    X(same_rename_column, "a column renamed and renamed back",                                     \
      TRIGGER("AFTER UPDATE OF age ON users WHEN new.age > old.age",                               \
              LOGGED) "CREATE INDEX i ON users(age, abs(age)) WHERE age > 1;"                      \
                      "CREATE VIEW v AS SELECT age AS years FROM users;"                           \
                      "ALTER TABLE users ADD COLUMN half AS (age / 2) CHECK (age <> 7)",           \
      TRIGGER("AFTER UPDATE OF age ON users WHEN new.age > old.age",                               \
              LOGGED) "CREATE INDEX i ON users(age, abs(age)) WHERE age > 1;"                      \
                      "CREATE VIEW v AS SELECT age AS years FROM users;"                           \
                      "ALTER TABLE users ADD COLUMN half AS (age / 2) CHECK (age <> 7);"           \
                      "ALTER TABLE users RENAME age TO \"how old\"; ALTER TABLE users RENAME "     \
                      "\"how old\" TO age;",                                                       \
      "")                                                                                          \
    X(same_rebuild, "a rebuild by the book",                                                       \
      "CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INT DEFAULT 0 "           \
      "CHECK(age>=0));",                                                                           \
      "CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INT DEFAULT 0 "           \
      "CHECK(age>=0));" REBUILD(                                                                   \
          "id INTEGER, email TEXT, age INT DEFAULT (0), PRIMARY KEY (id), UNIQUE(email), "         \
          "CONSTRAINT age_ok CHECK ((users_new.age >= 0))",                                        \
          "id, email, age"),                                                                       \
      "")                                                                                          \
    X(same_children, "a child whose parent was rebuilt",                                           \
      MEMBERS("REFERENCES orgs(id) ON DELETE CASCADE"),                                            \
      MEMBERS("REFERENCES orgs(id) ON DELETE CASCADE") "ALTER TABLE orgs RENAME TO old_orgs; "     \
                                                       "ALTER TABLE old_orgs RENAME TO orgs;",     \
      "")                                                                                          \
    X(same_order, "the order of objects",                                                          \
      USERS LOG "CREATE INDEX a ON log(id); CREATE INDEX b ON log(note)",                          \
      LOG "CREATE INDEX b ON log(note); CREATE INDEX a ON log(id);" USERS, "")                     \
    X(same_constraints, "constraints of a column or of the table, named or not, in any order",     \
      ORGS                                                                                         \
      "CREATE TABLE m(a INTEGER NOT NULL PRIMARY KEY, b UNIQUE CHECK (b > 0) REFERENCES orgs, c)", \
      ORGS "CREATE TABLE m(a INTEGER CONSTRAINT pk PRIMARY KEY, b, c,"                             \
           " CONSTRAINT f FOREIGN KEY (b) REFERENCES orgs(id), CONSTRAINT k CHECK (b > 0)"         \
           " CONSTRAINT u UNIQUE (b))",                                                            \
      "")                                                                                          \
    X(same_primary, "PRIMARY KEY of a column or of the table",                                     \
      "CREATE TABLE t(a TEXT PRIMARY KEY ON CONFLICT ABORT)",                                      \
      "CREATE TABLE t(a TEXT, PRIMARY KEY(a))", "")                                                \
    X(same_rowid, "PRIMARY KEY(id DESC) is the rowid as well",                                     \
      "CREATE TABLE t(id INTEGER PRIMARY KEY)",                                                    \
      "CREATE TABLE t(id INTEGER, PRIMARY KEY(id DESC))", "")                                      \
    X(same_duplicate, "a constraint said twice", "CREATE TABLE t(a UNIQUE CHECK (a > 1))",         \
      "CREATE TABLE t(a UNIQUE CHECK (a > 1), UNIQUE (a), CHECK (a>1))", "")                       \
    X(same_key_order, "a foreign key with its columns in another order",                           \
      "CREATE TABLE p(x, y, PRIMARY KEY (x, y)); CREATE TABLE c(a, b, FOREIGN KEY (a, b) "         \
      "REFERENCES p)",                                                                             \
      "CREATE TABLE p(x, y, PRIMARY KEY (x, y));"                                                  \
      "CREATE TABLE c(a, b, FOREIGN KEY (b, a) REFERENCES P(Y, X) ON DELETE NO ACTION MATCH "      \
      "FULL)",                                                                                     \
      "")                                                                                          \
    X(same_immediate, "DEFERRABLE INITIALLY IMMEDIATE, NOT DEFERRABLE, and nothing",               \
      ORGS "CREATE TABLE m(a REFERENCES orgs DEFERRABLE INITIALLY IMMEDIATE, b REFERENCES orgs"    \
           " NOT DEFERRABLE INITIALLY DEFERRED)",                                                  \
      ORGS "CREATE TABLE m(a REFERENCES orgs, b REFERENCES orgs)", "")                             \
    X(same_operators, "== and =, != and <>", ORDERS("CHECK (qty == 1 OR price != 2)"),             \
      ORDERS("CHECK (qty = 1 or price<>2)"), "")                                                   \
    X(same_parentheses, "parentheses around a whole",                                              \
      ORDERS("CHECK (qty > 0)") "CREATE INDEX i ON orders(abs(qty)) WHERE qty > 1",                \
      ORDERS("CHECK (((qty > 0)))") "CREATE INDEX i ON orders((abs(qty))) WHERE (qty > 1)", "")    \
    X(same_default, "a DEFAULT in parentheses, with a plus, as TRUE, as NULL",                     \
      "CREATE TABLE t(a DEFAULT 5, b DEFAULT 'x', c DEFAULT 1, d, e DEFAULT (1 + 2), f DEFAULT "   \
      "x'ab')",                                                                                    \
      "CREATE TABLE t(a DEFAULT (+5), b DEFAULT \"x\", c DEFAULT TRUE, d DEFAULT NULL,"            \
      " e DEFAULT ((1+2)), f DEFAULT X'AB')",                                                      \
      "")                                                                                          \
    X(same_default_word, "a DEFAULT word is a string, as SQLite takes it",                         \
      "CREATE TABLE t(a DEFAULT 'Free')", "CREATE TABLE t(a DEFAULT Free)", "")                    \
    X(same_binary, "COLLATE BINARY is none", "CREATE TABLE t(a TEXT)",                             \
      "CREATE TABLE t(a TEXT COLLATE binary)", "")                                                 \
    X(same_type, "the spelling of a type",                                                         \
      "CREATE TABLE t(a VARCHAR(10), b \"double precision\", c NUMERIC)",                          \
      "CREATE TABLE t(a varchar ( 10 ), b DOUBLE  PRECISION, c 'numeric')", "")                    \
    X(same_string_in_quotes, "a string in double quotes, where SQLite takes it for one",           \
      "CREATE TABLE t(a CHECK (a <> 'None'))", "CREATE TABLE t(a CHECK (\"a\" <> \"None\"))", "")  \
    X(same_reserved, "a keyword as a name, in any quotes",                                         \
      "CREATE TABLE t(\"order\" INT, [group] CHECK ([group] > \"order\"), \"key\" AS (\"key2\"), " \
      "key2)",                                                                                     \
      "CREATE TABLE t(`order` INT, 'group' CHECK (`group` > [ORDER]), key AS (KEY2), `key2`)", "") \
    X(same_trigger, "a trigger in other words",                                                    \
      TRIGGER("INSERT ON users WHEN (new.age > 1)", LOGGED),                                       \
      USERS LOG "CREATE TRIGGER \"users_ai\" before insert on main.\"users\" for each row\n"       \
                "when (new.\"age\" >1) -- grown\nbegin /* ; */ insert into [LOG](note)\n"          \
                "values('New user '||NEW.email); END",                                             \
      "")                                                                                          \
    X(same_trigger_case, "CASE and END inside a trigger",                                          \
      TRIGGER("AFTER INSERT ON users",                                                             \
              "UPDATE users SET age = CASE WHEN age < 0 THEN 0 ELSE age END;"),                    \
      TRIGGER("AFTER INSERT ON users",                                                             \
              "update users set age=case when age<0 then 0 else age end;"),                        \
      "")                                                                                          \
    X(same_view, "a view in other words",                                                          \
      USERS "CREATE VIEW v AS SELECT email AS mail FROM users",                                    \
      USERS                                                                                        \
      "CREATE VIEW IF NOT EXISTS main.[v] as\nselect \"email\" as 'mail' from main.\"Users\"",     \
      "")                                                                                          \
    X(same_broken_view, "a view whose table is gone can be read",                                  \
      "CREATE VIEW v AS SELECT * FROM gone", "CREATE VIEW v AS SELECT * FROM [gone]", "")          \
    X(same_virtual, "a virtual table in other words, whatever its rows",                           \
      "CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize = 'porter')",                       \
      "CREATE VIRTUAL TABLE IF NOT EXISTS F using FTS5(title,\"body\",tokenize=\"porter\");"       \
      "INSERT INTO f VALUES ('a', 'b')",                                                           \
      "")                                                                                          \
    X(same_own_tables, "the tables of migc and of SQLite", USERS,                                  \
      USERS "CREATE TABLE migc_migrations(a); CREATE INDEX mi ON migc_migrations(a);"              \
            "CREATE TABLE migc_events(a); CREATE INDEX i ON users(age); ANALYZE; DROP INDEX i;",   \
      "")                                                                                          \
    X(same_words, "clauses that only look like others",                                            \
      "CREATE TABLE t(a TEXT DEFAULT 'CHECK (x), UNIQUE' /* , NOT NULL */, \"check\" INT,"         \
      " \"b, c\" DECIMAL(10, 2), [d)] TEXT)",                                                      \
      "CREATE TABLE t(a TEXT DEFAULT 'CHECK (x), UNIQUE', `check` INT, [b, c] DECIMAL(10,2),"      \
      " \"d)\" TEXT)",                                                                             \
      "")

struct told {
    char text[4000];
    migci_difference_kind kind;
    char voiced[1000];
    const migci_voice *voice;
};

static void close_db(void *db) {
    sqlite3_close(db);
}

static void free_memory(void *memory) {
    migci_free_all(memory);
    free(memory);
}

static migci_memory *new_memory(void) {
    migci_memory *memory = calloc(1, sizeof(*memory));
    CHECK(memory != NULL);
    check_defer(free_memory, memory);
    return memory;
}

static sqlite3 *open_with(const char *sql) {
    sqlite3 *db = NULL;
    char *message = NULL;
    CHECK_INT(SQLITE_OK, sqlite3_open(":memory:", &db));
    check_defer(close_db, db);
    sqlite3_exec(db, sql, NULL, NULL, &message);
    CHECK_STR(NULL, message);
    return db;
}

static void take(const migci_difference *difference, void *argument) {
    struct told *told = argument;
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof(told->text) - used, "%s%s", used ? "\n" : "",
             difference->text);
    told->kind = difference->kind;
    if (told->voice)
        migci_difference_say(difference, told->voice, told->voiced, sizeof(told->voiced));
}

static void compare(const char *expected_sql, const char *found_sql, migci_memory *memory,
                    struct told *told) {
    migci_schema expected, found;
    CHECK_INT(SQLITE_OK, migci_schema_read(open_with(expected_sql), memory, &expected));
    CHECK_INT(SQLITE_OK, migci_schema_read(open_with(found_sql), memory, &found));
    migci_schema_compare(&expected, &found, take, told);
}

static void check_pair(const char *expected, const char *found, const char *words) {
    migci_memory *memory = new_memory();
    struct told told = {.text = ""};
    compare(expected, found, memory, &told);
    CHECK_STR(words, told.text);
}

/* What means the same does so from both sides. */
static void check_same(const char *one, const char *other) {
    check_pair(one, other, "");
    check_pair(other, one, "");
}

#define DIFFERENT_TEST(name, title, expected, found, words)                                        \
    TEST(name, title) {                                                                            \
        check_pair(expected, found, words);                                                        \
        check_pair(expected, expected, "");                                                        \
        check_pair(found, found, "");                                                              \
    }
#define SAME_TEST(name, title, one, other, words)                                                  \
    TEST(name, "L9: the same: " title) {                                                           \
        check_same(one, other);                                                                    \
    }

DIFFERENT(DIFFERENT_TEST)
SAME(SAME_TEST)

TEST(voices, "L9: a difference is said by who caused it") {
    migci_memory *memory = new_memory();
    struct told told = {.text = "", .voice = &migci_voice_down};
    compare(USERS, USERS "CREATE INDEX users_email ON users(email)", memory, &told);
    CHECK_STR("DOWN leaves index users_email behind", told.voiced);
    CHECK_INT(MIGCI_EXTRA, told.kind);
    compare(USERS ORGS, USERS, memory, &told);
    CHECK_STR("DOWN does not bring back table orgs", told.voiced);
    CHECK_INT(MIGCI_MISSING, told.kind);
    told.voice = &migci_voice_database;
    compare(USERS, USERS ORGS, memory, &told);
    CHECK_STR("table orgs is not part of the schema", told.voiced);
    told.voice = &migci_voice_again;
    compare("CREATE TABLE t(a NOT NULL)", "CREATE TABLE t(a)", memory, &told);
    CHECK_STR("after UP, DOWN and UP, t.a has lost NOT NULL", told.voiced);
    CHECK_INT(MIGCI_CHANGED, told.kind);
    compare("CREATE TABLE t(a, b)", "CREATE TABLE t(b, a)", memory, &told);
    CHECK_INT(MIGCI_ORDER, told.kind);
}

TEST(long_words, "L9: what is too long to say is cut between characters") {
    char small[16];
    CHECK_STR("äöüäöü…", migci_say(small, sizeof(small), "%s", "äöüäöüäöüäöü"));
    CHECK_STR("123456789012345", migci_say(small, sizeof(small), "123456789012345"));
}

TEST(temporary, "L9: tables of TEMP do not count, even under the same name") {
    migci_memory *memory = new_memory();
    migci_schema schema;
    sqlite3 *db = open_with("CREATE TABLE t(a); CREATE TEMP TABLE t(b, c); CREATE TEMP TABLE u(d);"
                            "CREATE TEMP TRIGGER x INSERT ON main.t BEGIN SELECT 1; END;");
    CHECK_INT(SQLITE_OK, migci_schema_read(db, memory, &schema));
    CHECK_INT(2, schema.count);
    CHECK_STR("a", schema.objects[1]->name);
}

TEST(empty, "L9: an empty database has no objects") {
    check_pair("", "", "");
}

TEST(wide, "L9: a table of 2,000 columns, an index of 1,000 tokens") {
    char *sql = sqlite3_mprintf("CREATE TABLE t(c0");
    for (int i = 1; i < 2000; i++)
        sql = sqlite3_mprintf("%z, c%d INT DEFAULT %d CHECK (c%d > 0)", sql, i, i, i);
    sql = sqlite3_mprintf("%z)", sql);
    check_defer(sqlite3_free, sql);
    check_pair(sql, sql, "");
}

/* Fails the allocation whose turn it is, once. */
static sqlite3_mem_methods real;
static long turn = -1;

static int is_turn(void) {
    return turn >= 0 && turn-- == 0;
}

static void *failing_malloc(int size) {
    return is_turn() ? NULL : real.xMalloc(size);
}

static void *failing_realloc(void *old, int size) {
    return is_turn() ? NULL : real.xRealloc(old, size);
}

/* What was read in spite of it is whole. */
static int read_failing(sqlite3 *db, long at, const migci_schema *whole, struct told *told) {
    migci_memory failing = {0};
    migci_schema schema;
    turn = at;
    int code = migci_schema_read(db, &failing, &schema);
    turn = -1;
    if (code == SQLITE_OK)
        migci_schema_compare(whole, &schema, take, told);
    else if (schema.count)
        code = SQLITE_INTERNAL;
    migci_free_all(&failing);
    return code;
}

static void restore_memory(void *unused) {
    (void)unused;
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MALLOC, &real);
}

TEST(no_memory, "L9: each allocation that fails is reported and nothing else happens") {
    migci_schema whole;
    struct told told = {.text = ""};
    long failed = 0;
    int code = SQLITE_NOMEM;
    sqlite3_shutdown();
    CHECK_INT(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real));
    sqlite3_mem_methods failing = real;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    CHECK_INT(SQLITE_OK, sqlite3_config(SQLITE_CONFIG_MALLOC, &failing));
    check_defer(restore_memory, NULL);
    sqlite3 *db =
        open_with(MEMBERS("REFERENCES orgs CHECK (org > 0) UNIQUE ON CONFLICT IGNORE") TRIGGER(
            "AFTER INSERT ON users", LOGGED) "CREATE INDEX i ON users(lower(email)) WHERE age > 1;"
                                             "CREATE VIRTUAL TABLE f USING fts5(a)");
    migci_memory *memory = new_memory();
    CHECK_INT(SQLITE_OK, migci_schema_read(db, memory, &whole));
    for (long at = 0; at < 2000; at++) {
        code = read_failing(db, at, &whole, &told);
        failed += code == SQLITE_NOMEM;
        CHECK(code == SQLITE_OK || code == SQLITE_NOMEM);
        CHECK_STR("", told.text);
    }
    CHECK(failed > 50);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* SCHEMA_TIMES=1 prints them: no test depends on how fast the machine is. */
static void print_time(const char *what, double since) {
    if (getenv("SCHEMA_TIMES"))
        printf("# %s: %.1f ms\n", what, (seconds() - since) * 1000);
}

TEST(thousand, "L9: a thousand tables") {
    migci_memory *memory = new_memory();
    migci_schema schema;
    struct told told = {.text = ""};
    sqlite3 *db = open_with("BEGIN");
    for (int i = 0; i < 1000; i++) {
        char *sql = sqlite3_mprintf(
            "CREATE TABLE t%d(id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b INTEGER"
            " CHECK (b > 0), c TEXT UNIQUE, d REAL, e REFERENCES t0(id) ON DELETE CASCADE);"
            "CREATE INDEX i%d ON t%d(a, b); CREATE INDEX j%d ON t%d(lower(a)) WHERE b > 1;",
            i, i, i, i, i);
        CHECK_INT(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
        sqlite3_free(sql);
    }
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    double start = seconds();
    CHECK_INT(SQLITE_OK, migci_schema_read(db, memory, &schema));
    print_time("reading 1,000 tables", start);
    start = seconds();
    migci_schema_compare(&schema, &schema, take, &told);
    print_time("comparing them", start);
    CHECK_STR("", told.text);
    CHECK_INT(12000, schema.count);
}

#define TESTS(X) X(voices) X(long_words) X(temporary) X(empty) X(wide) X(thousand) X(no_memory)

#define PAIR_ROW(name, title, expected, found, words) CHECK_ROW(name)

int main(int argc, char **argv) {
    static const struct check_test tests[] = {DIFFERENT(PAIR_ROW) SAME(PAIR_ROW) TESTS(CHECK_ROW)};
    return check_run(tests, sizeof(tests) / sizeof(*tests), argc, argv);
}
