/*
 * dqlite_sql.c - classifies statements by their first words.  Everything else about them is left
 * to SQLite on the leader.
 */
#include "dqlite_sql.h"

#include "driver.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *skip_blanks(const char *sql) {
    for (;;) {
        sql += strspn(sql, " \t\r\n\f;");
        if (sql[0] == '-' && sql[1] == '-') {
            sql += strcspn(sql, "\n");
        } else if (sql[0] == '/' && sql[1] == '*') {
            const char *end = strstr(sql + 2, "*/");
            sql = end ? end + 2 : sql + strlen(sql);
        } else {
            return sql;
        }
    }
}

static size_t word_size(const char *sql) {
    return strspn(sql, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
}

static bool is_keyword(const char *sql, const char *keyword) {
    size_t size = word_size(sql);
    return size == strlen(keyword) && strncasecmp(sql, keyword, size) == 0;
}

static const char *next_keyword(const char *sql) {
    return skip_blanks(sql + word_size(sql));
}

/* The name of a PRAGMA, after "main.". */
static const char *pragma_name(const char *sql) {
    const char *name = next_keyword(sql);
    const char *behind = skip_blanks(name + word_size(name));
    return *behind == '.' ? skip_blanks(behind + 1) : name;
}

migci_sql_kind migci_sql_kind_of(const char *sql) {
    static const struct {
        const char *keyword;
        migci_sql_kind kind;
    } kinds[] = {
        {"SELECT", MIGCI_SQL_READS},     {"VALUES", MIGCI_SQL_READS}, {"EXPLAIN", MIGCI_SQL_READS},
        {"BEGIN", MIGCI_SQL_BEGINS},     {"COMMIT", MIGCI_SQL_ENDS},  {"END", MIGCI_SQL_ENDS},
        {"SAVEPOINT", MIGCI_SQL_BEGINS},
    };
    sql = skip_blanks(sql);
    if (!*sql)
        return MIGCI_SQL_EMPTY;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (is_keyword(sql, kinds[i].keyword))
            return kinds[i].kind;
    if (is_keyword(sql, "ROLLBACK")) {
        const char *word = next_keyword(sql);
        if (is_keyword(word, "TRANSACTION"))
            word = next_keyword(word);
        return is_keyword(word, "TO") ? MIGCI_SQL_SETTING : MIGCI_SQL_ENDS;
    }
    if (is_keyword(sql, "RELEASE"))
        return MIGCI_SQL_SETTING;
    if (is_keyword(sql, "PRAGMA"))
        return strchr(sql, '=') ? MIGCI_SQL_SETTING : MIGCI_SQL_READS;
    return MIGCI_SQL_WRITES;
}

bool migci_sql_sets_connection(const char *sql) {
    static const char *const others[] = {"user_version", "application_id", "defer_foreign_keys"};
    sql = skip_blanks(sql);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (is_keyword(pragma_name(sql), others[i]))
            return false;
    return is_keyword(sql, "PRAGMA");
}

bool migci_sql_sets_stamp(const char *sql) {
    if (strncmp(sql, MIGCI_SET_STAMP, strlen(MIGCI_SET_STAMP)) != 0)
        return false;
    sql += strlen(MIGCI_SET_STAMP);
    sql += *sql == '-';
    size_t digits = strspn(sql, "0123456789");
    return digits > 0 && !sql[digits];
}

/* Whether it has the word RETURNING, outside strings, quoted names and comments. */
static bool has_returning(const char *sql) {
    for (sql = skip_blanks(sql); *sql; sql = skip_blanks(sql)) {
        size_t size = word_size(sql);
        if (is_keyword(sql, "RETURNING"))
            return true;
        if (size == 0 && strchr("'\"`[", *sql)) {
            const char *end = strchr(sql + 1, *sql == '[' ? ']' : *sql);
            size = end ? (size_t)(end - sql) + 1 : strlen(sql);
        }
        sql += size ? size : 1;
    }
    return false;
}

const char *migci_sql_refusal(const char *sql, bool in_transaction) {
    static const char *const pragmas[] = {
        "analysis_limit",     "application_id",      "automatic_index",
        "cache_spill",        "case_sensitive_like", "cell_size_check",
        "defer_foreign_keys", "foreign_key_check",   "foreign_key_list",
        "foreign_keys",       "function_list",       "ignore_check_constraints",
        "index_info",         "index_list",          "index_xinfo",
        "integrity_check",    "legacy_alter_table",  "optimize",
        "quick_check",        "recursive_triggers",  "reverse_unordered_selects",
        "table_info",         "table_list",          "table_xinfo",
        "trusted_schema",     "user_version",        "writable_schema",
    };
    sql = skip_blanks(sql);
    if (is_keyword(sql, "ATTACH") || is_keyword(sql, "DETACH"))
        return "a replicated database stands alone: no ATTACH or DETACH";
    if (is_keyword(sql, "VACUUM"))
        return "a replicated database cannot be vacuumed";
    if (!in_transaction && has_returning(sql))
        return "RETURNING outside a transaction loses its row";
    if (!is_keyword(sql, "PRAGMA") || !strpbrk(sql, "=("))
        return NULL;
    for (size_t i = 0; i < sizeof(pragmas) / sizeof(*pragmas); i++)
        if (is_keyword(pragma_name(sql), pragmas[i]))
            return NULL;
    return "this PRAGMA is not for a replicated database";
}
