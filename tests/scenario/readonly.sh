# Databases that may not be written: what only reads works and leaves no trace, what writes
# says so.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# Root may write everything, so that user becomes nobody for a command.
if [ "$(id -u)" -ne 0 ]; then
    as_user() { "$@"; }
else
    as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
fi

# begin TITLE: a scenario with a program and a database that lacks the last migration.
begin() {
    scenario "$1"
    as_user true 2>/dev/null || skip "cannot become another user"
    chmod 755 "$lab" .
    use_books
    expect make_app
    expect ./app to 2 --quiet --db books.db
}

# Nothing but what was there is there, and the database has not changed by a byte.
expect_no_trace() {
    expect cmp before.db "${1:-books.db}"
    for file in "${1:-books.db}"-*; do
        [ -e "$file" ] && fail "left behind: $file"
    done
}

begin "P14: status reads a read-only file in a read-only folder and leaves no trace"
mkdir closed
cp books.db closed/
cp books.db before.db
chmod 444 closed/books.db
chmod 555 closed
for command in status plan history validate 'up --dry-run' 'down --dry-run'; do
    # shellcheck disable=SC2086  # a command and its option
    expect_exit 0 as_user ./app $command --db closed/books.db
done
expect_no_trace closed/books.db

begin "P14: status of a database in WAL mode creates no -wal and -shm"
sql books.db 'PRAGMA journal_mode = WAL' >/dev/null
cp books.db before.db
for command in status plan history validate 'up --dry-run'; do
    # shellcheck disable=SC2086
    expect_exit 0 ./app $command --db books.db
    expect_no_trace
done

begin "P14: a WAL database in a read-only folder can be read, whatever its name"
mkdir closed
sql books.db 'PRAGMA journal_mode = WAL' >/dev/null
cp books.db before.db
cp books.db 'closed/50% #1?.db'
chmod 444 closed/*
chmod 555 closed
expect_exit 0 as_user ./app status --db 'closed/50% #1?.db'
expect_text 'Total: 3 | Applied: 2 | Pending: 1'
expect_no_trace 'closed/50% #1?.db'

begin "P14: status sees what is in another process's WAL"
sql books.db 'PRAGMA journal_mode = WAL' >/dev/null
cat >hold.c <<'END'
/* Has the database open, with a migration that only its WAL holds. */
#include <sqlite3.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    sqlite3 *db;
    int status = 1;
    if (argc == 4 && sqlite3_open(argv[1], &db) == SQLITE_OK &&
        sqlite3_exec(db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK)
        status = system(argv[2]) != 0 || system(argv[3]) != 0;
    sqlite3_close(db);
    return status;
}
END
build_program hold hold.c
expect_exit 0 ./hold books.db './app up --quiet --db books.db' './app status --db books.db'
expect_text 'Total: 3 | Applied: 3 | Pending: 0'

begin "V6: up on a read-only file says so and changes nothing"
chmod 444 books.db
cp books.db before.db
chmod 777 .
expect_exit 1 as_user ./app up --db books.db
expect_output <<'END'
app: books.db: 003_index_titles.sql:2: the database is read-only (SQLite said: attempt to write a readonly database). The database is as it was before the run, at 002_add_year. Make the file and its folder writable for this user, then start again; on a read-only replica, do it on the primary (up --wait-current waits for that).
END
expect_no_trace

begin "V6: up in a read-only folder says so and changes nothing"
mkdir closed
cp books.db closed/
cp books.db before.db
chmod 666 closed/books.db
chmod 555 closed
expect_exit 1 as_user ./app up --db closed/books.db
expect_text 'The database is as it was before the run, at 002_add_year.'
expect_text 'Make the file and its folder writable for this user, then start again; on a read-only replica, do it on the primary (up --wait-current waits for that).'
expect cmp before.db closed/books.db

begin "P14: what a crash left is not undone by a command that reads, which says who does it"
sqlite3 -batch books.db <<'END'
PRAGMA cache_size = 1;
BEGIN;
UPDATE books SET title = 'half';
CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
    SELECT i, zeroblob(400) FROM n;
.shell cp books.db before.db; cp books.db-journal before.db-journal
END
cp before.db cut.db
cp before.db-journal cut.db-journal
for command in status plan history validate drift 'up --dry-run'; do
    # shellcheck disable=SC2086
    expect_exit 1 ./app $command --db cut.db
    expect_output <<'END'
app: cut.db: a program was cut off while it wrote, and what it left (cut.db-journal) is not undone yet; a command that only reads must not do it. Nothing was changed. Leave both files where they are and start the program: whoever opens the database to write undoes it first.
END
    expect cmp before.db cut.db
    expect cmp before.db-journal cut.db-journal
done
expect_exit 0 ./app up --db cut.db
expect_exit 0 ./app status --db cut.db
expect test "$(sql cut.db "SELECT count(*) FROM books WHERE title = 'half'")" = 0

begin "V6: what is no file is refused, and not waited for"
mkfifo pipe
for command in status up; do
    expect_exit 1 timeout 20 ./app $command --db pipe
    expect_output <<'END'
app: pipe: the database cannot be opened (it is not a file). Nothing was changed. Check the path and who may use it.
END
done

begin "P14: a WAL database is read by a path that begins with two slashes, too"
sql books.db 'PRAGMA journal_mode = WAL' >/dev/null
expect_exit 0 ./app status --db "/$PWD/books.db"
expect_text 'Total: 3 | Applied: 2 | Pending: 1'

begin "V6: a file that may not be read says so"
chmod 000 books.db
expect_exit 1 as_user ./app status --db books.db
expect_output <<'END'
app: books.db: the database cannot be opened (unable to open database file). Nothing was changed. Check the path and who may use it.
END
expect_exit 1 as_user ./app up --db books.db
expect_text 'Check the path and who may use it.'

begin "N4: down --to on a read-only file says what is stored there and changes nothing"
expect ./app up --quiet --db books.db
rm migrations/003_index_titles.sql
expect make_app
chmod 444 books.db
cp books.db before.db
chmod 777 .
expect_exit 0 as_user ./app down --to 2 --dry-run --db books.db
expect_text '-- down 003_index_titles (stored DOWN of 003_index_titles)'
expect_exit 1 as_user ./app down --to 2 --yes --db books.db
expect_text 'books.db: stored DOWN of 003_index_titles:1: the database is read-only'
expect_text 'The database is as it was before the run, at 003_index_titles. Make the file and its folder writable'
expect_no_trace

begin "N5: up with nothing to do works on a read-only file"
expect ./app up --quiet --db books.db
chmod 444 books.db
expect_exit 0 as_user ./app up --db books.db
expect_text 'Nothing to do'
