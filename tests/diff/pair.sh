# For the scenarios of migc diff, which source it behind lib.sh.

# The statements of section $1 of the file on standard input.
section() {
    awk -v wanted="$1" '/^-- === / { inside = ($3 == wanted); next } inside'
}

# Three rows of each table in database $1, as far as the schema takes them.
add_rows() {
    sqlite3 -batch "$1" "
        SELECT printf('INSERT OR IGNORE INTO \"%w\"(%s) VALUES(%s);', m.name,
               (SELECT group_concat(printf('\"%w\"', name)) FROM pragma_table_info(m.name)),
               (SELECT group_concat(CASE WHEN type LIKE '%INT%' THEN n.n
                                         WHEN type LIKE '%BLOB%' THEN quote(CAST(name || n.n AS BLOB))
                                         ELSE quote(name || n.n) END)
                  FROM pragma_table_info(m.name)))
          FROM sqlite_schema AS m, (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 7) AS n
         WHERE m.type = 'table' AND m.sql NOT LIKE '% VIRTUAL %' AND m.name NOT LIKE 'sqlite%'
           AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')" >rows.sql
    sqlite3 -batch "$1" <rows.sql 2>/dev/null
}

# Queries of the rows of each table, of the columns that databases $1 and $2 both have.
common_rows() {
    sqlite3 -batch "$1" "ATTACH '$2' AS other;
        SELECT printf('SELECT %Q, %s FROM main.\"%w\" ORDER BY 2;', m.name,
               (SELECT group_concat(printf('quote(\"%w\")', a.name))
                  FROM pragma_table_info(m.name, 'main') AS a
                  JOIN pragma_table_info(m.name, 'other') AS b
                    ON a.name = b.name AND a.type = b.type AND a.\"notnull\" >= b.\"notnull\"),
               m.name)
          FROM main.sqlite_schema AS m
          JOIN other.sqlite_schema AS o ON o.name = m.name AND o.type = m.type
         WHERE m.type = 'table' AND m.sql NOT LIKE '% VIRTUAL %' AND m.name NOT LIKE 'sqlite%'
           AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
         ORDER BY m.name" | grep -v ',  FROM'
}

# From a.sql to b.sql, as $1: prints what is wrong with the migration.
try_pair() {
    mkdir migrations
    { printf '%s\n' '-- Irreversible: the start' '-- up'; cat a.sql; } >migrations/001_a.sql
    renames=
    for try in 1 2 3 4 5 6 7 8 9; do
        # shellcheck disable=SC2086  # the options are a list without blanks
        migc diff -Wno-foreign-key-target $renames -o migrations/b migrations b.sql >said 2>&1 && break
        more=$(sed -n 's/.*with --rename \([^ ]*=\) they go/--rename=\1/p' said)
        [ -n "$more" ] || break
        renames="$renames $(echo $more)"
    done
    grep -q '^Nothing differs' said && return
    if [ ! -e migrations/002_b.sql ]; then
        echo "$1: no migration: $(sed -n 1,3p said)"
        return
    fi
    sed -E 's/answer_[A-Za-z0-9_]+/row_number() OVER ()/g' migrations/002_b.sql >whole.sql
    sqlite3 -batch one.db <a.sql && sqlite3 -batch two.db <b.sql
    add_rows one.db >/dev/null 2>&1
    common_rows one.db two.db >select.sql
    sqlite3 -batch one.db <select.sql >rows.before
    sqlite3 -batch one.db 'PRAGMA foreign_key_check' >broken.before
    section UP <whole.sql | sqlite3 -batch -bail one.db || echo "$1: UP fails"
    sqlite3 -batch one.db <select.sql >rows.after
    [ -z "$(migc diff one.db b.sql 2>&1)" ] || echo "$1: UP leads elsewhere: $(migc diff one.db b.sql 2>&1 | head -n 3)"
    cmp -s rows.before rows.after || echo "$1: rows are lost: $(diff rows.before rows.after | head -n 4)"
    sqlite3 -batch one.db 'PRAGMA foreign_key_check' >broken.after
    [ -s broken.before ] || sed "s/^/$1: a reference is broken: /" broken.after
    section DOWN <whole.sql | sqlite3 -batch -bail one.db || echo "$1: DOWN fails"
    [ -z "$(migc diff one.db a.sql 2>&1)" ] || echo "$1: DOWN leads elsewhere: $(migc diff one.db a.sql 2>&1 | head -n 3)"
}
