#!/bin/sh
# Backup and restore where it is about the system: permissions, space, other processes, kill.
. "$(dirname "$0")/../lib.sh"

# ./app with two migrations, and books.db at the first one, with `rows` rows of 1 kB.
prepare() {
    mkdir migrations
    cat >migrations/001_books.sql <<'END'
-- up
CREATE TABLE books(id INTEGER PRIMARY KEY, title TEXT NOT NULL);
-- down
DROP TABLE books;
END
    cat >migrations/002_year.sql <<'END'
-- up
ALTER TABLE books ADD COLUMN year INTEGER;
UPDATE books SET year = 1900;
-- down
ALTER TABLE books DROP COLUMN year;
END
    expect migc --main -n books -o app.c migrations
    build_program app app.c
    expect ./app to 1 --db books.db
    fill books.db "${1:-10}"
}

fill() {
    sqlite3 "$1" "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
        INSERT INTO books(title) SELECT hex(randomblob(500)) FROM n"
}

content() {
    sqlite3 "$1" "PRAGMA integrity_check; SELECT count(*), sum(length(title)) FROM books;
        SELECT group_concat(name) FROM pragma_table_info('books')"
}

temporary_files() {
    find . -maxdepth 1 -name '.books~*' | wc -l
}

scenario "B8: a backup holds what is in the write-ahead log only, and restores to WAL mode"
prepare
sqlite3 books.db "PRAGMA journal_mode = WAL" >"$output"
(
    echo "PRAGMA wal_autocheckpoint = 0; INSERT INTO books(title) VALUES('in the log');"
    echo ".shell test -s books.db-wal && ./app up --backup --db books.db"
) | sqlite3 books.db >"$output" 2>&1
expect_text "Backup: "
expect test "$(sqlite3 "file:$(ls books-1-*.db)?immutable=1" \
    "SELECT count(*) FROM books WHERE title = 'in the log'")" = 1
expect_exit 0 ./app restore --yes --db books.db
expect test "$(sqlite3 books.db "PRAGMA journal_mode; SELECT count(*) FROM books")" = "wal
11"
expect test "$(find . -name '*-wal' -o -name '*-shm' -o -name '*-journal')" = ""
expect test "$(content "$(ls books-replaced-*.db)" | tail -n 1)" = "id,title,year"

scenario "B8: a backup has the mode of the database, whatever the umask, and is never wider"
prepare
chmod 640 books.db
(umask 077 && expect_exit 0 ./app backup --db books.db)
expect test "$(stat -c %a books-1-*.db)" = 640
chmod 600 books.db
rm books-1-*.db
(umask 000 && expect_exit 0 ./app backup --db books.db)
expect test "$(stat -c %a books-1-*.db)" = 600

scenario "B8: a backup belongs to whom the database belongs to"
prepare
if [ "$(id -u)" -eq 0 ]; then
    chown 12345:12346 books.db
    expect_exit 0 ./app up --backup --db books.db
    expect test "$(stat -c %u:%g books-1-*.db)" = 12345:12346
    expect_exit 0 ./app restore --yes --db books.db
    expect test "$(stat -c %u:%g books.db)" = 12345:12346
    expect test "$(stat -c %u:%g books-replaced-*.db)" = 12345:12346
    echo damage >books.db
    expect_exit 0 ./app restore --yes --db books.db
    expect test "$(stat -c %u:%g books.db)" = 12345:12346
else
    skip "only root gives files away"
fi

scenario "B8: the newest ten are kept, and nothing but backups of this database is deleted"
prepare
for i in 1 2 3 4 5 6 7 8 9; do
    touch -d "2026-01-0$i" "books-1-2026010${i}T000000Z.db"
done
touch books-1-20260101T000000Z.db.gz books-1-20260101T000000Z-2.db books-x-20260101T000000Z.db \
    other.db-books-1-20200101T000000Z.db books-replaced-20200101T000000Z.db books-1.db
mkdir books-1-20200101T000000Z.db
expect_exit 0 ./app backup --db books.db
expect test -e books-1-20260101T000000Z-2.db -o -e books-1-20260101T000000Z.db
expect test "$(find . -type f -name 'books-1-2026*Z*.db' | wc -l)" = 10
expect_exit 0 ./app backup --db books.db
expect test "$(find . -type f -name 'books-1-2026*Z*.db' | wc -l)" = 10
expect test -e books-1-20260103T000000Z.db
expect test ! -e books-1-20260101T000000Z.db -a ! -e books-1-20260101T000000Z-2.db
expect test -e books-1-20260101T000000Z.db.gz -a -e books-x-20260101T000000Z.db -a -e books-1.db
expect test -e other.db-books-1-20200101T000000Z.db -a -e books-replaced-20200101T000000Z.db
expect test -d books-1-20200101T000000Z.db
expect_exit 0 ./app backup --keep 2 --db books.db
expect test "$(find . -type f -name 'books-1-2026*Z*.db' | wc -l)" = 2

scenario "B8: databases of one name in two folders do not see each other's backups"
prepare
mkdir a b kept
cp books.db a
cp books.db b
fill a/books.db 5
for i in 1 2 3; do
    expect_exit 0 ./app backup kept --keep 2 --db a/books.db
done
expect_exit 0 ./app backup kept --keep 2 --db b/books.db
expect test "$(find kept -type f | wc -l)" = 3
expect_exit 0 ./app restore kept --yes --db a/books.db
expect test "$(sqlite3 a/books.db "SELECT count(*) FROM books")" = 15
expect_exit 0 ./app backups kept --db b/books.db
expect test "$(wc -l <"$output")" = 1

scenario "B8: a folder may have any name, and the database may be reached by a link"
prepare
odd='50% #1? of "it", 本 für später'
mkdir "$odd"
cp books.db "$odd"
ln -s "$odd/books.db" link.db
expect_exit 0 ./app backup --db link.db
expect test "$(find "$odd" -name 'books-1-*.db' | wc -l)" = 1
sqlite3 "$odd/books.db" "DELETE FROM books"
expect_exit 0 ./app restore --yes --db link.db
expect test -h link.db
expect test "$(sqlite3 "$odd/books.db" "SELECT count(*) FROM books")" = 10
echo damage >"$odd/books.db"
expect_exit 0 ./app restore --yes --db link.db
expect test -h link.db
expect test "$(sqlite3 "$odd/books.db" "SELECT count(*) FROM books")" = 10

scenario "B8: without room nothing is changed, and the message tells how much is needed"
prepare 2000
mkdir small
if mount -t tmpfs -o size=1m none small 2>"$output"; then
    expect_exit 1 ./app up --backup=small --db books.db
    expect grep -Eqx "app: books.db: the backup failed: 2\.[0-9] MB needed in $PWD/small, 1\.0 MB free\. Free some space there, then start again\. The database is as it was before the run, at 001_books\." "$output"
    expect test "$(find small -type f)" = ""
    expect test "$(content books.db | tail -n 1)" = "id,title"
    cp books.db small/books.db 2>"$output"
    rm small/books.db
    expect ./app to 1 --db small/books.db
    expect_exit 1 ./app restore books.db --yes --db small/books.db
    expect_text "the restore failed: "
    expect_text " needed in $PWD/small, "
    expect_exit 0 ./app validate --db small/books.db
    expect test "$(sqlite3 small/books.db "SELECT count(*) FROM books")" = 0
    umount small
else
    skip "a small file system cannot be mounted here"
fi

# Runs COMMAND as somebody who may not write everywhere, nor look into root's processes.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

# Skips unless somebody else can be played.
prepare_for_nobody() {
    prepare
    chmod 755 "$lab"
    expect_exit 0 ./app backup --db books.db
    [ "$(id -u)" -eq 0 ] && as_nobody test -x ./app || skip "it takes root and setpriv"
}

scenario "B8: a folder that cannot be written stops the run before anything is changed"
prepare_for_nobody
mkdir closed
chmod 777 . && chmod 666 books.db
expect_exit 1 as_nobody ./app up --backup=closed --db books.db
expect_text "app: books.db: the backup failed: $PWD/closed: Permission denied. Name a folder that exists and that this user may write to. The database is as it was before the run, at 001_books."

scenario "B8: a database that this user may not write is not restored, and the message says why"
prepare_for_nobody
chmod 777 .
expect_exit 1 as_nobody ./app restore --yes --db books.db
expect_text "app: books.db: the restore failed: $PWD/books.db cannot be written: attempt to write a readonly database. Make the file and its folder writable for this user, then start again. Nothing was changed."
expect test "$(find . -name 'books-replaced-*')" = ""
chmod 600 "$(ls books-1-*.db)"
expect_exit 1 as_nobody ./app restore --yes --db books.db
expect_text "cannot be put back: unable to open database file. Name another backup. Nothing was changed."
chmod 700 .
expect_exit 1 as_nobody ./app backup --db "$PWD/books.db"

scenario "B8: an idle connection that cannot be seen finds the restored content"
prepare_for_nobody
chmod 777 . && chmod 666 ./*.db
{
    echo "DELETE FROM books; SELECT count(*) FROM books;"
    echo ".shell setpriv --reuid=65534 --regid=65534 --clear-groups ./app restore --yes --quiet --db books.db"
    echo "SELECT count(*) FROM books; INSERT INTO books(title) VALUES('later');"
} | sqlite3 books.db >"$output" 2>&1
expect_output <<'END'
0
10
END
expect test "$(content books.db | head -n 1)" = ok
expect test "$(sqlite3 books.db "SELECT count(*) FROM books")" = 11

scenario "B8: a connection in WAL mode is seen, also one of another user"
prepare_for_nobody
sqlite3 books.db "PRAGMA journal_mode = WAL" >"$output"
chmod 777 . && chmod 666 ./*.db
{
    echo "SELECT count(*) FROM books;"
    echo ".shell chmod 666 books.db-*"
    echo ".shell setpriv --reuid=65534 --regid=65534 --clear-groups ./app restore --yes --db books.db"
} | sqlite3 books.db >"$output" 2>&1
expect_text "app: books.db: others have the database open. Stop every program that uses it, then start again. Nothing was changed."

scenario "B8: several backups at once, of one second, do not get into each other's way"
prepare
for i in 1 2 3 4 5; do
    ./app backup --quiet --db books.db >"$lab/said.$i" 2>&1 &
done
wait
expect test "$(cat "$lab"/said.*)" = ""
expect test "$(find . -name 'books-1-*Z*.db' | wc -l)" = 5
expect test "$(temporary_files)" = 0
for file in books-1-*.db; do
    expect test "$(content "$file")" = "$(content books.db)"
done

# Kills a command ($1) after ever longer times, and what must hold then ($2) 50 times.
kill_often() {
    for i in $(seq 50); do
        sh -c "exec $1" >"$lab/killed" 2>&1 &
        pid=$!
        sleep "0.0$(printf '%02d' $((i / 2)))"
        kill -9 "$pid" 2>>"$lab/killed"
        wait "$pid" 2>>"$lab/killed"
        $2 || return
    done
}

scenario "B8: killed while it backs up, it leaves the database alone and no half backup"
prepare 4000
content books.db >before
half_backup() {
    content books.db >now
    expect cmp -s before now
    for file in books-1-*.db; do
        [ -e "$file" ] || continue
        content "$file" >now
        expect cmp -s before now
    done
    expect test "$(temporary_files)" -le 1
}
kill_often "./app backup --db books.db" half_backup
expect_exit 0 ./app backup --db books.db
expect test "$(temporary_files)" = 0

scenario "B8: killed while it restores, it leaves the old content or the new, and loses neither"
prepare 3000
expect_exit 0 ./app backup --db books.db
content books.db >before
expect ./app up --db books.db
fill books.db 500
content books.db >after
cp books.db after.db
half_restored() {
    content books.db >now
    cmp -s now before || expect cmp now after
    cmp -s now after || expect test -e "$(ls books-replaced-*.db)"
    for file in books-replaced-*.db; do
        [ -e "$file" ] || continue
        content "$file" >now
        expect cmp now after
    done
    expect test "$(temporary_files)" -le 1
    rm -f books-replaced-*.db books.db books.db-*
    cp after.db books.db
}
kill_often "./app restore --yes --db books.db" half_restored
expect_exit 0 ./app restore --yes --db books.db
content books.db >now
expect cmp now before
expect test "$(temporary_files)" = 0

scenario "B8: 200 MB are backed up and restored in 40 MB of memory"
prepare 1
sqlite3 books.db "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    INSERT INTO books(title) SELECT zeroblob(1000000) FROM n"
case ${TEST_CFLAGS:-} in
*sanitize*) skip "a sanitizer takes terabytes of addresses" ;;
*)
    content books.db >before
    (ulimit -v 40000 && expect_exit 0 ./app up --backup --db books.db)
    sqlite3 books.db "DELETE FROM books WHERE id > 100"
    (ulimit -v 40000 && expect_exit 0 ./app restore --yes --db books.db)
    content books.db >now
    expect cmp now before
    ;;
esac
