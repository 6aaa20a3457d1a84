#!/bin/sh
# --cache: what is proven of released migrations is kept.  Whether it is, and in what state, makes no
# difference to what migc writes and says.
. "$(dirname "$0")/../lib.sh"

# Released: tables that are filled, changed and rebuilt, with warnings.  The rest is not.
begin_set() {
    mkdir set
    awk -v folder=set -v tables=12 -v changes=24 -f "$ROOT/tests/bench/grown.awk"
    rm set.sql set-thrice.sql
    printf -- '-- up\n%s\n-- down\n%s\n' \
        "CREATE TABLE word(id INTEGER PRIMARY KEY, kind INT, name TEXT NOT NULL, at TEXT);
INSERT INTO word(kind, name) VALUES(1, 'it''s');" "DROP TABLE word;" >set/0050_word.sql
    printf -- '-- up\n%s\n-- down\n%s\n' "ALTER TABLE word ADD COLUMN note TEXT;" \
        "ALTER TABLE word DROP COLUMN note;" >set/0051_note.sql
    printf -- '-- up\n%s\n-- down\n%s\n' "CREATE UNIQUE INDEX word_note ON word(note, kind);" \
        "DROP INDEX word_note;" >set/0052_unique.sql
    migc lock set >"$output" 2>&1 || fail "the set cannot be locked"
    printf -- '-- up\n%s\n-- down\n%s\n' "ALTER TABLE word ADD COLUMN mood TEXT;" \
        "ALTER TABLE word DROP COLUMN mood;" >set/0060_new.sql
}

# build_with FOLDER OPTION...: app.c, app.h, app.status and app.said in FOLDER.
build_with() {
    mkdir -p "$1"
    to=$1
    shift
    migc "$@" -Wreplay -Wrename -n app -o "$to/app.c" set >"$to/app.said" 2>&1
    echo $? >"$to/app.status"
}

# Without a cache, and with the one that is there: no difference.
expect_same() {
    rm -rf without with
    build_with without "$@"
    build_with with --cache kept "$@"
    expect diff -r without with
}

expect_status() {
    [ "$(cat without/app.status)" = "$1" ] || fail "status $(cat without/app.status): $(cat without/app.said)"
}

files_of() {
    (cd "$1" && ls -i)
}

# What stands in set/0060_new.sql is the newest thing, and not released.
write_new() {
    printf -- '-- up\n%s\n-- down\n%s\n' "$1" "$2" >set/0060_new.sql
}

scenario "L5: with --cache or without, output and messages are the same"
begin_set
expect_same
expect_status 0
expect grep -q constraint-on-rows without/app.said
files_of kept >before
expect_same
files_of kept >after
expect cmp before after # nothing was made anew
expect_same -Wno-rows
expect_same -Werror
expect_status 1
expect_same --rows-limit 0
expect_same --no-snapshot
expect_same --no-stamp

scenario "L5: what is not released is proven on what was kept"
begin_set
expect_same
files_of kept >before
write_new "ALTER TABLE word ADD COLUMN mood TEXT NOT NULL;" "ALTER TABLE word DROP COLUMN mood;"
expect_same
expect_status 1
expect grep -q 'Cannot add a NOT NULL column' with/app.said
write_new "ALTER TABLE word ADD COLUMN mood TEXT;" "ALTER TABLE word DROP COLUMN modo;"
expect_same
expect_status 1
write_new "CREATE UNIQUE INDEX word_name ON word(name);" "DROP INDEX word_name;"
expect_same
expect_status 0
expect grep -q 'UNIQUE constraint failed: word.name' with/app.said
write_new "UPDATE word SET name = random();" "SELECT 1;"
expect_same
write_new "SELECT nothing;" "SELECT 1;"
expect_same
expect_status 1
files_of kept >after
expect cmp before after
printf -- '-- up\nDROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT name FROM word;\n-- down\nDROP VIEW IF EXISTS names;\n' >set/R_names.sql
write_new "ALTER TABLE word ADD COLUMN mood TEXT;" "ALTER TABLE word DROP COLUMN mood;"
expect_same
expect_status 0
rm set/R_names.sql set/0060_new.sql
expect_same
expect_status 0

scenario "L5: rows that a migration wants otherwise which is not released are made anew"
begin_set
expect_same
files_of kept >before
write_new "CREATE TABLE word_new(id INTEGER PRIMARY KEY, kind INT CHECK(kind IN (1, 70, 71)), name TEXT NOT NULL, at TEXT, note TEXT);
INSERT INTO word_new SELECT id, kind, name, at, note FROM word;
DROP TABLE word;
ALTER TABLE word_new RENAME TO word;" "SELECT 1;"
sed -i.bak '1i\
-- Lossy: a test' set/0060_new.sql && rm set/0060_new.sql.bak
expect_same
expect grep -q 'no longer has\|CHECK\|rows' with/app.said
files_of kept >after
expect test "$(grep rows before)" != "$(grep rows after)"
expect test "$(grep proof before)" = "$(grep proof after)"
files_of kept >before
expect_same
files_of kept >after
expect cmp before after

scenario "L5: values that depend on the moment are told, whether what writes them is kept or not"
begin_set
printf -- '-- up\n%s\n-- down\n%s\n' "CREATE TABLE time(at TEXT DEFAULT CURRENT_TIMESTAMP, n);
INSERT INTO time(n) VALUES(abs(random()) % 9);" "DROP TABLE time;" >set/0053_time.sql
rm set/0060_new.sql
migc lock set >/dev/null 2>&1 || fail "the set cannot be locked"
expect_same
expect_status 0
expect grep -q nondeterministic with/app.said
expect_same
write_new "UPDATE time SET n = n + 1;" "UPDATE time SET n = n - 1;"
expect_same
expect_status 0

scenario "L5: a new database is the same, taken from the proof or made by a run"
mkdir set
i=0
while [ $i -lt 30 ]; do
    i=$((i + 1))
    printf -- '-- up\n%s\n-- down\n%s\n' "CREATE TABLE t$i(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE, b);
CREATE INDEX t${i}_b ON t$i(b) WHERE b > $i;
CREATE VIEW v$i AS SELECT a FROM t$i;
CREATE TRIGGER r$i AFTER INSERT ON t$i BEGIN DELETE FROM t$i WHERE b = 7; END;
INSERT INTO t$i(a, b) VALUES('one', hex(zeroblob(5000 * ($i % 3)))), ('two', 2), ('six', 7);
INSERT OR REPLACE INTO t$i(a, b) VALUES('one', $i);
CREATE TABLE w$i(k PRIMARY KEY, x) WITHOUT ROWID;
INSERT INTO w$i VALUES(3, zeroblob(9000)), (1, 2);" "DROP TABLE w$i; DROP VIEW v$i; DROP TABLE t$i;" \
        >"$(printf 'set/%03d_t.sql' $i)"
    [ $i -ne 1 ] || migc lock set >/dev/null 2>&1 || fail "the set cannot be locked"
done
expect_same # nothing is kept yet: both are taken from the proof
expect_same # a run makes all but the first
expect_status 0
expect grep -q 'A new database' without/app.c
write_late() {
    printf -- '-- up\n%s\n-- down\n%s\n' "ALTER TABLE t1 ADD COLUMN z TEXT; $1" \
        "ALTER TABLE t1 DROP COLUMN z;" >set/040_late.sql
    printf -- '-- up\n%s\n-- down\n%s\n' "CREATE TABLE last(x); UPDATE t2 SET b = 2 WHERE b = 3;" \
        "DROP TABLE last;" >set/041_last.sql
}
snapshot_of() {
    sed -n '/A new database/,/^}/p' "$1/app.c"
}
write_late ""
expect_same # from where the first column was added
expect_same
expect_status 0
snapshot_of without >once
write_late "SELECT date('2026-01-01');"
expect_same # two runs from the beginning
expect_same
snapshot_of without >twice
expect test -s once
expect cmp once twice

scenario "L5: a released file that is edited, in a comment or in its DOWN, is proven again"
begin_set
expect_same
sed -i.bak '1i\
-- A comment, and all places below are others' set/0001_change.sql && rm set/0001_change.sql.bak
expect_same
expect_status 0
printf -- '-- up\n%s\n-- down\n%s\n' "ALTER TABLE word ADD COLUMN note TEXT;" \
    "ALTER TABLE word DROP COLUMN remark;" >set/0051_note.sql
expect_same
expect_status 1
expect grep -q '0051_note.sql:4:' with/app.said
printf -- '-- up\n%s\n-- down\n%s\n' "ALTER TABLE word ADD COLUMN other TEXT;" \
    "ALTER TABLE word DROP COLUMN other;" >set/0051_note.sql
expect_same
expect_status 1
expect grep -q 'was edited after its release' with/app.said

scenario "L5: what is not released does not change what is told of released migrations"
mkdir set
printf -- '-- up\n%s\n-- down\n%s\n' "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT);
CREATE TRIGGER note_added AFTER INSERT ON note BEGIN SELECT json_extract(new.body, '\$.['); END;
CREATE TABLE log(id INTEGER PRIMARY KEY, at TEXT);" "DROP TABLE log; DROP TABLE note;" >set/0001_note.sql
printf -- '-- up\n%s\n-- down\n%s\n' "INSERT INTO log(at) VALUES('a'), ('b');" "DELETE FROM log WHERE at IN ('a', 'b');" \
    >set/0002_log.sql
migc lock set >/dev/null 2>&1 || fail "the set cannot be locked"
expect_same
write_new "CREATE VIRTUAL TABLE search USING fts5(body);" "DROP TABLE search;"
expect_same
expect grep -q 'an INSERT of note fails' with/app.said

scenario "L5: what a connection remembers is the same on released migrations that were kept"
mkdir set
printf -- '-- up\n%s\n-- down\n%s\n' "CREATE TABLE a(id INTEGER PRIMARY KEY, b);
INSERT INTO a(b) VALUES(7), (8), (9);" "DROP TABLE a;" >set/0001_a.sql
migc lock set >/dev/null 2>&1 || fail "the set cannot be locked"
for call in 'last_insert_rowid()' 'changes()' 'total_changes()'; do
    rm -rf kept
    write_new "CREATE TABLE c(id INTEGER PRIMARY KEY, n CHECK(n < 2)); INSERT INTO c(n) SELECT $call;" \
        "DROP TABLE c;"
    expect_same
    expect_same
    write_new "CREATE TABLE c(id INTEGER PRIMARY KEY, n); INSERT INTO c(n) VALUES($call);" \
        "DROP TABLE c;"
    expect_same
    write_new "CREATE TABLE c(id INTEGER PRIMARY KEY, n); CREATE TABLE d(id INTEGER PRIMARY KEY, n);
INSERT INTO c(n) VALUES(1); INSERT INTO d(n) VALUES($call);" "DROP TABLE d; DROP TABLE c;"
    expect_same
done

scenario "L5: what released views and triggers ask of their connection is the same on what was kept"
for call in 'last_insert_rowid()' 'changes()' 'total_changes()'; do
    rm -rf set kept
    mkdir set
    printf -- '-- up\n%s\n-- down\n%s\n' "CREATE TABLE a(id INTEGER PRIMARY KEY, b);
CREATE TABLE log(id INTEGER PRIMARY KEY, n);
INSERT INTO a(b) VALUES(7), (8), (9);
CREATE VIEW lately AS SELECT $call AS n;
CREATE TRIGGER a_changed AFTER UPDATE ON a BEGIN INSERT INTO log(n) VALUES($call); END;" \
        "DROP TRIGGER a_changed; DROP VIEW lately; DROP TABLE log; DROP TABLE a;" >set/0001_a.sql
    migc lock set >/dev/null 2>&1 || fail "the set cannot be locked"
    for from in 'lately' 'log'; do
        write_new "CREATE TABLE c(id INTEGER PRIMARY KEY, n CHECK(n > 2));
UPDATE a SET b = 1 WHERE id = 4; INSERT INTO c(n) SELECT max(n) FROM $from;" "DROP TABLE c;"
        expect_same
        expect_same
        write_new "CREATE TABLE c(id INTEGER PRIMARY KEY, n);
UPDATE a SET b = 1 WHERE id = 2; INSERT INTO c(n) SELECT max(n) FROM $from;" "DROP TABLE c;"
        expect_same
        expect_same
    done
done

# damage COMMAND...: with each file of the cache in turn, as "$file".
damage() {
    for file in good/*; do
        rm -rf kept && cp -r good kept
        file=kept/$(basename "$file")
        eval "$*" || fail "$*"
        rm -rf with
        build_with with --cache kept
        expect diff -r without with
        rm -rf with
        build_with with --cache kept
        expect diff -r without with
    done
}

# The byte at a place, counted from the end where that is negative.
flip() {
    size=$(wc -c <"$1")
    at=$(($2 < 0 ? size + $2 : $2))
    byte=$(dd if="$1" bs=1 skip="$at" count=1 2>/dev/null | od -An -tu1)
    printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$at" conv=notrunc 2>/dev/null
}

cut_to() {
    size=$(wc -c <"$1")
    head -c $((size * $2 / 100)) "$1" >cut && mv cut "$1"
}

scenario "L5: a cache that is damaged is as good as none"
begin_set
expect_same
cp -r kept good
damage 'rm "$file"'
damage ': >"$file"'
damage 'cut_to "$file" 1'
damage 'cut_to "$file" 50'
damage 'cut_to "$file" 99'
damage 'flip "$file" 3'
damage 'flip "$file" 20'
damage 'flip "$file" 60'
damage 'flip "$file" 100'
damage 'flip "$file" 5000'
damage 'flip "$file" -1'
damage 'echo more >>"$file"'
damage 'rm "$file"; mkdir "$file"'
damage 'rm "$file"; ln -s /dev/null "$file"'
damage 'rm "$file"; mkfifo "$file"'
damage 'head -c 100000 /dev/zero >"$file"'
damage 'for other in kept/*; do cat "$other" >"$file"; done'

scenario "L5: a cache of another set, another path or other options is not used"
begin_set
expect_same
mv kept foreign
expect_same -Wno-rows
for file in kept/*; do
    cp "foreign/$(ls foreign | grep "${file##*.}")" "$file"
done
expect_same -Wno-rows

scenario "L5: what another user has written, or may have, is not believed"
begin_set
expect_same
chmod g+w kept/*
files_of kept >before
expect_same
files_of kept >after
for part in proof rows snapshot; do
    expect test "$(grep "$part" before)" != "$(grep "$part" after)"
done
if [ "$(id -u)" -eq 0 ]; then
    chown 65534 kept/*.proof
    expect_same
    expect test "$(stat -c %u kept/*.proof)" -eq 0
fi

scenario "L5: the folder of the migrations is no cache"
begin_set
expect_exit 1 migc check --cache set/. set
expect_text "set: error: --cache is the folder of the migrations; name one below your build folder"
expect test -z "$(ls set | grep -v '\.sql$' | grep -v '^migc.lock$')"

scenario "L5: a folder that cannot be made or written is as good as none"
begin_set
: >kept
expect_same
expect_status 0
rm kept && mkdir kept && chmod a-w kept
expect_same
chmod u+w kept
rm -rf kept
rm -rf with && build_with with --cache deep/er/kept/
expect diff -r without with
expect test "$(ls deep/er/kept | wc -l)" -eq 3

scenario "L5: two builds at once"
begin_set
rm -rf without && build_with without
for i in 1 2 3 4; do
    build_with "with-$i" --cache kept &
done
wait
for i in 1 2 3 4; do
    expect diff -r without "with-$i"
done
expect test "$(ls kept | wc -l)" -eq 3

scenario "L5: --locked proves everything again"
begin_set
rm set/0060_new.sql
expect_same
files_of kept >before
expect_same --locked
expect_status 0
files_of kept >after
for part in proof rows snapshot; do
    expect test "$(grep "$part" before)" != "$(grep "$part" after)"
done

scenario "L5: what was kept longest goes, and nothing that migc has not written"
begin_set
half=kept/migc-0123456789abcdef0123456789abcdef.proof.aaaaaa
mkdir kept && echo mine >kept/README && echo mine >kept/migc-1.0.tar.gz && echo half >$half
touch -t 202001010000 kept/* $half
for limit in 1 2 3 4 5 6 7 8 9 10 11; do
    build_with with --cache kept --rows-limit "$limit"
done
expect test "$(ls kept | wc -l)" -le 26
expect test -e kept/README
expect test -e kept/migc-1.0.tar.gz
expect test ! -e $half
expect_same --rows-limit 11

scenario "L5: check takes --cache, and shares it with build"
begin_set
expect_same
files_of kept >before
migc check -Wreplay -Wrename -n app --cache kept set >checked 2>&1
expect cmp checked without/app.said
files_of kept >after
expect cmp before after
