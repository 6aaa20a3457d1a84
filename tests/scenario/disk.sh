# Disks that take no more: the message, and that nothing is half done.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

trap 'ended=$?; umount "$small" 2>/dev/null; end_script $ended' EXIT
small=$lab/small
mkdir "$small"

# A migration that writes more than the small disk holds.
use_shelves() {
    migration 001_create_shelves.sql <<'END'
-- up
CREATE TABLE shelves(label TEXT);
INSERT INTO shelves VALUES ('north');
-- down
DROP TABLE shelves;
END
    migration 002_fill_shelves.sql <<'END'
-- up
INSERT INTO shelves
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
SELECT hex(zeroblob(500)) FROM n;
-- down
DELETE FROM shelves WHERE label <> 'north';
END
    make_app
}

scenario "V6: a full disk undoes the run and says so"
if ! mount -t tmpfs -o size=256k tmpfs "$small" 2>/dev/null; then
    skip "needs root, to mount a small disk"
else
    use_shelves
    expect ./app to 1 --quiet --db "$small/books.db"
    expect_exit 1 ./app up --db "$small/books.db"
    sed -i "s,$small,small," "$output"
    expect_text 'small/books.db: '
    expect_text 'the disk is full (SQLite said: database or disk is full).'
    expect_text 'The database is as it was before the run, at 001_create_shelves. Free some space, then start again.'
    expect_exit 0 sqlite3 "$small/books.db" 'PRAGMA integrity_check; SELECT * FROM shelves'
    expect_output <<'END'
ok
north
END
    mount -o remount,size=4m "$small"
    expect_exit 0 ./app up --db "$small/books.db"
    expect_exit 0 sqlite3 "$small/books.db" 'SELECT count(*) FROM shelves'
    expect_output <<'END'
2001
END
    umount "$small"
fi

scenario "V6: a full disk is told as one in WAL mode, too, where SQLite has no word for it"
if ! mount -t tmpfs -o size=256k tmpfs "$small" 2>/dev/null; then
    skip "needs root, to mount a small disk"
else
    use_shelves
    expect ./app to 1 --quiet --db "$small/books.db"
    expect_exit 0 sqlite3 "$small/books.db" 'PRAGMA journal_mode = WAL'
    expect_exit 1 ./app up --db "$small/books.db"
    expect_text 'the disk is full'
    expect_text 'The database is as it was before the run, at 001_create_shelves. Free some space, then start again.'
    expect_exit 0 sqlite3 "$small/books.db" 'PRAGMA integrity_check; SELECT * FROM shelves'
    expect_output <<'END'
ok
north
END
    mount -o remount,size=4m "$small"
    expect_exit 0 ./app up --db "$small/books.db"
    umount "$small"
fi

# A file that may not grow: writing fails as on a broken disk, not as on a full one.
scenario "V6: a disk that fails to write undoes the run and says so"
use_shelves
expect ./app to 1 --quiet --db books.db
expect_exit 1 sh -c 'trap "" XFSZ; ulimit -f 64; ./app up --db books.db'
expect_text 'the disk could not be read or written (SQLite said: disk I/O error).'
expect_text 'Check the disk and the system'\''s log, then start again.'
expect_exit 0 sqlite3 books.db 'PRAGMA integrity_check; SELECT * FROM shelves'
expect_output <<'END'
ok
north
END
expect_exit 0 ./app up --db books.db

scenario "V6: output that cannot be written is a failure"
use_books
expect make_app
if [ -e /dev/full ]; then
    expect_exit 1 sh -c './app status --db books.db >/dev/full'
    expect_output <<'END'
app: standard output could not be written
END
else
    skip "there is no /dev/full here"
fi

scenario "V6: a conversion that cannot be written leaves no folder, which the next one would find there"
mkdir plain
echo 'CREATE TABLE a(x);' >plain/1_a.sql
expect_exit 0 sh -c '(trap "" XFSZ; ulimit -f 0; migc convert -o new plain) 2>&1 | cat'
expect_text 'cannot write new/1_a.sql'
expect_exit 0 test ! -e new
expect_exit 0 migc convert -o new plain
expect_exit 0 test -e new/1_a.sql
