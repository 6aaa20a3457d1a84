# What the command line does on a terminal: colours, and the question before it reverts.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
    terminal=1
else
    terminal=
fi

# Runs COMMAND on a terminal of its own, its input being the first argument.
on_terminal() {
    answer=$1
    shift
    printf '%s' "$answer" | script -qec "$*" /dev/null
}

# begin TITLE: a scenario with a program and a database at the latest version.
begin() {
    scenario "$1"
    [ -n "$terminal" ] || skip "script(1) gives no terminal here"
    use_books
    expect make_app
    expect ./app up --quiet --db books.db
}

escape=$(printf '\033')

begin "P10: colours on a terminal that takes them"
expect_exit 0 on_terminal '' TERM=xterm ./app status --db books.db
expect_text "${escape}[32m[x]${escape}[0m 001_create_books"

begin "P10: no colour where it is not wanted"
expect_exit 0 on_terminal '' NO_COLOR=1 TERM=xterm ./app status --db books.db
expect_text '[x] 001_create_books'
expect_no_text "$escape"
expect_exit 0 on_terminal '' TERM=dumb ./app status --db books.db
expect_no_text "$escape"
expect_exit 0 on_terminal '' TERM= ./app status --db books.db
expect_no_text "$escape"
expect_exit 0 on_terminal '' NO_COLOR= TERM=xterm ./app status --db books.db
expect_text "${escape}[32m"
expect_exit 0 env TERM=xterm ./app status --db books.db
expect_no_text "$escape"

begin "D3: on a terminal down asks; no is the default and changes nothing"
cp books.db before.db
for answer in 'n
' '
' 'maybe
'; do
    expect_exit 1 on_terminal "$answer" ./app down -n 2 --db books.db
    expect_text 'From books.db this reverts:'
    expect_text '  002_add_year: loses data: the years are forgotten'
    expect_text 'Go on? [y/N] '
    expect_text 'Nothing was changed.'
    expect cmp before.db books.db
done

begin "C5: on a terminal repair asks before it forgets a row; no is the default"
mv migrations/002_add_year.sql .
expect make_app -Wno-gap
cp books.db before.db
for answer in 'n
' '
'; do
    expect_exit 1 on_terminal "$answer" ./app repair --forget 2 --db books.db
    expect_text 'From books.db this removes 002_add_year from the history; the schema stays as it is.'
    expect_text 'Go on? [y/N] '
    expect_text 'Nothing was changed.'
    expect cmp before.db books.db
done
expect_exit 0 on_terminal 'y
' ./app repair --forget 2 --db books.db
expect_text 'books.db: 002_add_year is forgotten.'

begin "D3: the answer yes goes on"
expect_exit 0 on_terminal 'y
' ./app to 0 --db books.db
expect_text '3 reverted'
expect_exit 0 ./app status --db books.db
expect_text 'Applied: 0'

begin "N4: on a terminal down --to tells what is stored, asks, and does it"
rm migrations/003_index_titles.sql
expect make_app
cp books.db before.db
expect_exit 1 on_terminal 'n
' ./app down --to 2 --db books.db
expect_text 'reverted by the DOWN stored in it:'
expect_text '  003_index_titles (applied '
expect_text 'Go on? [y/N] '
expect_text 'Nothing was changed.'
expect cmp before.db books.db
expect_exit 0 on_terminal 'y
' ./app down --to 2 --db books.db
expect_text '1 reverted'
expect_exit 0 ./app validate --db books.db

begin "P5: on a terminal redo and reset ask, and tell what is lost"
cp books.db before.db
expect_exit 1 on_terminal 'n
' ./app redo 2 --db books.db
expect_text '    drops column books.year with 1 value'
expect_text 'and applies it again.'
expect cmp before.db books.db
expect_exit 0 on_terminal 'y
' ./app redo 2 --db books.db
expect_text '2 reverted and applied again'
expect_exit 0 on_terminal 'y
' ./app reset --db books.db
expect_text '    drops table books with 2 rows'
expect_text '3 reverted'

begin "D3: --yes and going up ask nothing"
expect_exit 0 on_terminal '' ./app down --yes --db books.db
expect_no_text 'Go on?'
expect_exit 0 on_terminal '' ./app to 3 --db books.db
expect_no_text 'Go on?'

begin "B8: on a terminal restore asks; no is the default and changes nothing"
expect ./app backup --quiet --db books.db
sqlite3 books.db "DELETE FROM books"
cp books.db before.db
for answer in 'n
' '
'; do
    expect_exit 1 on_terminal "$answer" ./app restore --db books.db
    expect_text 'In place of books.db this puts back '
    expect_text ', at 003_index_titles.'
    expect_text 'What is there now is kept. Go on? [y/N] '
    expect_text 'Nothing was changed.'
    expect cmp before.db books.db
done
expect_exit 0 on_terminal 'y
' ./app restore --db books.db
expect_text 'books.db is restored from '
expect test "$(sqlite3 books.db "SELECT count(*) > 0 FROM books")" = 1

begin "B8: on a terminal a backup shows how far it is, then nothing of that"
expect_exit 0 on_terminal '' TERM=xterm ./app backup --db books.db
expect_text "100% of "
expect_text "${escape}[K"
expect_text "Backup: "
expect_exit 0 on_terminal '' TERM=xterm ./app backup --quiet --db books.db
expect_no_text "%"

# begin_endless TITLE: the same, and a fourth migration that never ends.
begin_endless() {
    begin "$1"
    use_endless
    expect make_app
    sql books.db "INSERT INTO books(title) VALUES ('Endless')"
}

# What was drawn, a line each time.
drawn() {
    tr '\r' '\n' <"$output" | sed "s/${escape}\[K//" | grep '^\[1/1\]'
}

begin_endless "N12: on a terminal a bar tells of a long statement, and goes before the message"
expect_exit 124 on_terminal '' TERM=xterm ./app up --timeout 1.5 --db books.db
expect_text '[1/1] 004_endless 2/2 ['
expect_text "${escape}[32m="
expect_text "$(printf '\r')${escape}[Kapp: books.db: 004_endless.sql:3: the deadline of 1.5 s has passed"

begin_endless "N12: the bar has no colour where it is not wanted, and fits the terminal"
for columns in 20 40 80; do
    expect_exit 124 on_terminal '' NO_COLOR=1 TERM=xterm \
        sh -c "'stty cols $columns; exec ./app up --timeout 1.5 --db books.db'"
    expect_no_text "${escape}[32m"
    drawn >lines
    expect test -s lines
    expect_exit 0 awk -v most="$columns" 'length($0) >= most { print; exit 1 }' lines
done

begin_endless "N12: no bar with --quiet, on a dumb terminal, or where there is none"
expect_exit 124 on_terminal '' TERM=xterm ./app up --timeout 0.7 --quiet --db books.db
expect_no_text '[1/1]'
expect_exit 124 on_terminal '' TERM=dumb ./app up --timeout 0.7 --db books.db
expect_no_text '[1/1]'
expect_exit 124 env TERM=xterm ./app up --timeout 0.7 --db books.db
expect_no_text '[1/1]'
