# New databases that are made of the emitted snapshot: they are what a replay gives, and where one
# cannot be made, all is as without it.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

trap 'ended=$?; umount "$small" 2>/dev/null; end_script $ended' EXIT
small=$lab/small
mkdir "$small"

# make_both [FLAG...]: ./app with the snapshot, ./plain without.
make_both() {
    expect make_app "$@"
    expect grep -q '_snapshot = ' app.c
    mv app.c with.c && mv app with
    expect make_app --no-snapshot "$@"
    expect test "$(grep -c '_snapshot' app.c)" -eq 0
    mv app plain && mv with app && mv with.c app.c
}

# All that a database holds, but when, how fast and by which process it was made.
content() {
    sqlite3 -batch "$1" .dump |
        sed -E -e "s/ with (app|plain)'/ with PROGRAM'/g" -e "s/'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{12}'(,'[a-z]+',)?/'AT'\1/g" \
            -e "/^INSERT INTO migc_migrations /s/'AT',[0-9]+,/'AT',0,/" \
            -e "/^INSERT INTO migc_events /s/,[0-9]+,'[^',]*',[0-9]+,('[^']*',(NULL|'[^']*'),.*\))/,0,'HOST',0,\1/"
    for pragma in page_size encoding auto_vacuum journal_mode user_version application_id \
        schema_version integrity_check foreign_key_check; do
        echo "$pragma $(sqlite3 -batch "$1" "PRAGMA $pragma" | tr '\n' ' ')"
    done
}

# expect_equal: both make the same database, which goes down and up again.
expect_equal() {
    expect_exit 0 ./app up --db new.db
    expect_exit 0 ./plain up --db replayed.db
    content new.db >new.txt
    content replayed.db >replayed.txt
    expect_exit 0 diff replayed.txt new.txt
    expect grep -q 'integrity_check ok' new.txt
    expect test "$(sql new.db 'SELECT sum(duration_us) FROM migc_migrations')" -eq 0
    expect test "$(sql replayed.db 'SELECT sum(duration_us) FROM migc_migrations')" -gt 0
    expect_exit 0 ./app validate --db new.db
    expect_exit 0 ./app to 0 --yes --db new.db
    expect_exit 0 ./app up --db new.db
    expect test "$(sql new.db 'PRAGMA integrity_check')" = ok
}

scenario "N6: a new database is what a replay makes, row by row, history and stamp included"
use_books
make_both
expect_equal

scenario "N6: with tables of every kind, views and triggers"
migration 001_people.sql <<'END'
-- up
CREATE TABLE people(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
    upper TEXT GENERATED ALWAYS AS (upper(name)) STORED, photo BLOB);
INSERT INTO people(name, photo) VALUES ('Ann', zeroblob(9000)), ('Bob', x'00ff00'), ('Cy?? "\', NULL);
DELETE FROM people WHERE name = 'Bob';
CREATE TABLE words(word TEXT PRIMARY KEY, n REAL) WITHOUT ROWID;
INSERT INTO words VALUES ('zwölf', 12.5), ('a', -0.0), ('', 1e300);
CREATE TABLE strictly(a INT, b ANY) STRICT;
INSERT INTO strictly VALUES (1, 'x'), (NULL, x'00');
CREATE TABLE plain(v);
INSERT INTO plain VALUES (1), (2), (3);
DELETE FROM plain WHERE v = 2;
-- down
DROP TABLE plain;
DROP TABLE strictly;
DROP TABLE words;
DROP TABLE people;
END
    migration 002_search.sql <<'SQL'
-- up
CREATE VIRTUAL TABLE search USING fts5(name, content='people', content_rowid='id');
INSERT INTO search(search) VALUES ('rebuild');
CREATE VIRTUAL TABLE places USING rtree(id, x1, x2);
INSERT INTO places VALUES (1, 0, 2), (2, -5.5, 7);
CREATE TRIGGER people_search AFTER INSERT ON people BEGIN
    INSERT INTO search(rowid, name) VALUES (new.id, new.name);
END;
CREATE VIEW named AS SELECT name FROM people;
CREATE INDEX people_photo ON people(length(photo)) WHERE photo IS NOT NULL;
ANALYZE;
INSERT INTO people(name) VALUES ('Dora');
-- down
DELETE FROM people WHERE name = 'Dora';
DROP INDEX people_photo;
DROP VIEW named;
DROP TRIGGER people_search;
DROP TABLE places;
DROP TABLE search;
DELETE FROM sqlite_stat1;
SQL
    migration 003_rebuild.sql <<'END'
-- Foreign-Keys: on
-- Lossy: the book without an owner is gone
-- Allow: destructive: the mark is a trial
-- up
CREATE TABLE book(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people(id) ON DELETE CASCADE);
CREATE INDEX book_owner ON book(owner);
INSERT INTO book VALUES (1, 1), (2, 3), (3, NULL);
ALTER TABLE words RENAME COLUMN n TO weight;
ALTER TABLE words ADD COLUMN mark TEXT DEFAULT 'é';
ALTER TABLE words DROP COLUMN mark;
CREATE TABLE gone(x);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
INSERT INTO gone SELECT hex(zeroblob(60)) FROM n;
DROP TABLE gone;
PRAGMA application_id = 4711;
-- down
ALTER TABLE words RENAME COLUMN weight TO n;
DROP TABLE book;
END
make_both -Wno-rebuild-loses
expect_equal
expect test "$(sql new.db "SELECT count(*) FROM search('ann')")" -eq 1

scenario "N6 P8: with repeatables on top"
use_books
migration R_titles.sql <<'END'
-- up
DROP VIEW IF EXISTS titles;
CREATE VIEW titles AS SELECT title FROM books;
-- down
DROP VIEW IF EXISTS titles;
END
make_both
expect_equal
expect_exit 0 ./app status --exit-code --db new.db
expect_text 'R_titles'

scenario "N6: modules and sets without a stamp"
use_books
for flag in --module --no-stamp; do
    make_both "$flag"
    expect_equal
    rm -f new.db replayed.db
done

scenario "N6: the same input gives the same snapshot at another time, in another zone, from elsewhere"
use_books
expect_exit 0 env TZ=Asia/Kathmandu migc -n books -o one.c migrations
mkdir elsewhere && cp -r migrations elsewhere/sql
cd elsewhere || exit 2
expect_exit 0 env TZ=America/New_York migc -n books -o one.c sql
cd ..
expect cmp one.c elsewhere/one.c
expect grep -q '_snapshot = ' one.c

scenario "N6: what the program's own options would change is not made at once"
use_books
expect make_app
expect_exit 0 ./app up --dry-run --db new.db
expect test ! -e new.db
expect_exit 0 ./app to 2 --db new.db
expect test "$(sql new.db 'SELECT sum(duration_us) FROM migc_migrations')" -gt 0

# Root may write everything, so that user becomes nobody for a command.
if [ "$(id -u)" -ne 0 ]; then
    as_user() { "$@"; }
else
    as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
fi

scenario "N6 V6: a folder that may not be written is told of as ever"
if ! as_user true 2>/dev/null; then
    skip "cannot become another user"
else
    use_books
    make_both
    chmod 755 "$lab" .
    mkdir closed
    chmod 555 closed
    for program in app plain; do
        as_user "./$program" up --db closed/x.db >$program.txt 2>&1
        echo "exit $?" >>$program.txt
        sed -i "s/$program/PROGRAM/" $program.txt
    done
    expect_exit 0 diff plain.txt app.txt
    expect grep -q 'Nothing was changed' app.txt
    expect test ! -e closed/x.db
fi

scenario "N6 V6: a full disk is told of as ever, and the next start makes the database"
if ! mount -t tmpfs -o size=64k tmpfs "$small" 2>/dev/null; then
    skip "needs root, to mount a small disk"
else
    migration 001_large.sql <<'END'
-- up
CREATE TABLE large(x);
INSERT INTO large VALUES (zeroblob(100000));
-- down
DROP TABLE large;
END
    make_both
    for program in app plain; do
        "./$program" up --quiet --db "$small/x.db" >$program.txt 2>&1
        echo "exit $?" >>$program.txt
        # shellcheck disable=SC2012  # the names are ours
        ls "$small" >>$program.txt
        sed -i "s/$program/PROGRAM/" $program.txt
        rm -f "$small"/*
    done
    expect_exit 0 diff plain.txt app.txt
    expect grep -q 'the disk is full' app.txt
    mount -o remount,size=4m "$small"
    expect_exit 0 ./app up --db "$small/x.db"
    expect test "$(sql "$small/x.db" 'SELECT length(x) FROM large')" -eq 100000
    umount "$small"
fi

scenario "N6 V6: a file that may not grow is told of as ever"
migration 001_large.sql <<'END'
-- up
CREATE TABLE large(x);
INSERT INTO large VALUES (zeroblob(200000));
-- down
DROP TABLE large;
END
make_both
for program in app plain; do
    sh -c 'trap "" XFSZ; ulimit -f 64; ./"$1" up --quiet --db x.db' sh $program >$program.txt 2>&1
    echo "exit $?" >>$program.txt
    find . -name 'x.db*' >>$program.txt
    sed -i "s/$program/PROGRAM/" $program.txt
    rm -f x.db*
done
expect_exit 0 diff plain.txt app.txt
expect grep -q 'exit 1' app.txt

scenario "N6: a dangling link, a pipe, a missing folder and a name too long are met as ever"
use_books
make_both
for program in app plain; do
    rm -rf at && mkdir at
    ln -s real.db at/link.db
    mkfifo at/pipe.db
    long=$(printf '%0600d' 7 | tr 0 a)
    {
        run "./$program" up --quiet --db at/link.db
        find at | sort
        run timeout 10 "./$program" status --db at/link.db
        run timeout 10 "./$program" up --db at/none/x.db
        run timeout 10 "./$program" up --db at
        run timeout 10 "./$program" up --db "at/$long.db"
        long=at/$(printf '%0200d' 7 | tr 0 a)
        mkdir -p "$long/$long/$long"
        run timeout 10 "./$program" up --db "$long/$long/$long/x.db"
        find at | sort
    } 2>&1 | sed -e "s,^\$ \(.*\)\./$program ,$ \1PROGRAM ," -e "s/^$program:/PROGRAM:/" >$program.txt
done
expect_exit 0 diff plain.txt app.txt
expect test -s at/real.db

scenario "N6: through a linked folder, with a name full of signs, and relative to the root"
use_books
expect make_app
mkdir 'a b%?#' && ln -s 'a b%?#' link
expect_exit 0 ./app up --db 'link/"x" $y.db'
expect test "$(sql 'a b%?#/"x" $y.db' 'SELECT count(*) FROM books')" -eq 2
expect_exit 0 ./app up --db "$PWD/./link/../z.db"
expect test "$(sql z.db 'SELECT sum(duration_us) FROM migc_migrations')" -eq 0
