# For golden cases and scenarios that need a program with migrations:  . "$ROOT/tests/app.sh"
#
#     use_books                 copies the small set of tests/books to migrations/
#     use_endless               adds 004_endless, which ends but where a book is called Endless
#     migration FILE <<'END'    writes migrations/FILE
#     make_app [FLAG...]        compiles migrations/ with migc --main FLAG... into ./app
#     make_program OUT FILE.c.. compiles and links what a case wrote itself
#     run COMMAND...            prints "$ COMMAND", what it says with times masked, and its
#                               exit status unless that is 0
#     sql DATABASE SQL          prints what the sqlite3 shell answers
#     dump DATABASE [PATTERN]   the SQL of the tables like PATTERN (books%) and their rows

. "$ROOT/tests/link.sh"

use_books() {
    mkdir -p migrations
    cp "$ROOT"/tests/books/*.sql migrations/
}

migration() {
    mkdir -p migrations
    cat >"migrations/$1"
}

make_app() {
    migc --main -n "${NAME:-books}" "$@" -o app.c migrations && make_program app app.c
}

make_program() {
    link_program "$@"
}

# What differs from run to run: times, durations, processes, machines.
mask() {
    sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}(\.[0-9]+)?/DATE/g' \
        -e 's/[0-9]+(\.[0-9]+)? (ms|s)\b/TIME/g' \
        -e 's/ on [^ ,]+, pid [0-9]+/ on HOST, pid PID/g' \
        -e 's/(by [^ )]+( with [^ )]+)?) on [^ )]+\)/\1 on HOST)/g' \
        -e 's/process [0-9]+/process PID/g' \
        -e 's/[0-9]{8}T[0-9]{6}Z(-[0-9]+)?/STAMP/g' -e "s|$PWD/|./|g" -e "s|$PWD\\b|.|g" -e 's,\./\./,./,g' \
        -e 's/since tick [0-9]+, connection [0-9a-f]+/since tick N/g' \
        -e 's/"duration_us":[0-9]+/"duration_us":0/g' \
        -e 's/journal about [0-9]+/journal about SIZE/; s/"journal_size":[0-9]+/"journal_size":0/' \
        -e 's/"host":"[^"]*","pid":[0-9]+/"host":"HOST","pid":0/g'
}

run() {
    echo "\$ $*"
    status=0
    "$@" >.said 2>&1 || status=$?
    mask <.said
    rm -f .said
    [ "$status" -eq 0 ] || echo "[exit $status]"
}

sql() {
    sqlite3 -batch "$1" "$2"
}

dump() {
    sqlite3 -batch "$1" ".dump --nosys ${2:-books%}" | sed '/^PRAGMA\|^BEGIN\|^COMMIT/d'
}

# A migration whose UP ends at once, but never where a book is called Endless; with a line of
# its header, or none.
use_endless() {
    {
        [ $# -eq 0 ] || echo "$1"
        cat <<'END'
-- up
CREATE TABLE numbers(n INTEGER);
INSERT INTO numbers
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE EXISTS (SELECT 1 FROM books WHERE title = 'Endless'))
SELECT i FROM n WHERE i = 0;
-- down
DROP TABLE numbers;
END
    } | migration 004_endless.sql
}

# What a program would have: the SQL of all but migc's own tables, and their rows.
contents() {
    sqlite3 -batch "$1" "SELECT sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'migc!_%' ESCAPE '!'
        AND sql IS NOT NULL ORDER BY type DESC, name"
    sqlite3 -batch "$1" "SELECT name FROM sqlite_schema WHERE type = 'table'
        AND name NOT LIKE 'migc!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name" |
        while read -r table; do
            sqlite3 -batch "$1" "SELECT '$table', * FROM \"$table\""
        done
}

# try_dialect FOLDER [OPTION...]: takes FOLDER of another tool as it is up and down, and holds
# what UP makes against what the sqlite3 shell makes of FOLDER.sql.
try_dialect() {
    folder=$1
    shift
    migc dialects "$folder"
    run migc run "$@" "$folder" up --db a.db
    sqlite3 -batch b.db <"$folder.sql"
    contents a.db >a.txt
    contents b.db >b.txt
    diff b.txt a.txt && echo "as the sqlite3 shell has it: $(wc -l <a.txt) lines"
    run migc run "$@" -Wno-adapted -Wno-untaken -Wno-missing-down -Wno-pragma-foreign-keys \
        "$folder" status --db a.db
}
