#!/bin/sh
# Rehearsals that are cut off, that find no room, and that others look on at.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# A second migration that does not end by itself.
use_endless() {
    migration 001_create.sql <<'END'
-- up
CREATE TABLE n(i);
-- down
DROP TABLE n;
END
    migration 002_endless.sql <<'END'
-- Lossy: rows of n
-- up
INSERT INTO n VALUES(1);
INSERT INTO n WITH RECURSIVE all_of(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM all_of)
SELECT i FROM all_of WHERE i < 0;
-- down
DELETE FROM n;
END
    expect make_app --no-prove
    expect ./app to 1 --quiet --db n.db
    cp n.db before.db
}

# kill_when FILES SIGNAL COMMAND...: as soon as there is a file like FILES, or the command has ended.
kill_when() {
    files=$1
    signal=$2
    shift 2
    "$@" &
    process=$!
    # shellcheck disable=SC2086  # the name is a pattern
    while ! ls $files >/dev/null 2>&1 && kill -0 "$process" 2>/dev/null; do
        :
    done
    kill -s "$signal" "$process"
    wait "$process"
}

scenario "N7: a signal ends a rehearsal on a copy, and removes the copy"
use_endless
expect_exit 143 kill_when '*-rehearsal-*' TERM ./app up --rehearse --copy --db n.db
expect test ! -e "$(echo *rehearsal*)"
expect_exit 129 kill_when '*-rehearsal-*' HUP ./app up --rehearse --copy --db n.db
expect test ! -e "$(echo *rehearsal*)"
expect cmp n.db before.db

scenario "N7: a rehearsal that is killed in its transaction leaves the database as it was"
use_endless
expect_exit 137 kill_when 'n.db-journal' KILL ./app up --rehearse --db n.db
expect_exit 0 ./app status --db n.db
expect_text 'Total: 2 | Applied: 1 | Pending: 1'
expect_exit 0 sqlite3 n.db 'PRAGMA integrity_check; SELECT count(*) FROM n'
expect_output <<'END'
ok
0
END

# The header of a database of 8 TB: no disk here has room for a copy of that.
scenario "N7: no room for a copy is told before one is made"
use_books
expect make_app
sqlite3 large.db 'PRAGMA page_size = 65536; CREATE TABLE a(b); DROP TABLE a'
if ! truncate -s 8T large.db 2>/dev/null; then
    skip "no file of 8 TB can be made here"
else
    printf '\010\000\000\000' | dd of=large.db bs=1 seek=28 conv=notrunc 2>/dev/null
    expect_exit 1 ./app up --rehearse --copy --db large.db
    sed -i -E "s,in /[^ ]*,in FOLDER,; s/and [0-9.]+ [kMGT]?B are/and SOME are/" "$output"
    expect_output <<'END'
app: large.db: a rehearsal on a copy needs 17.6 TB in FOLDER (twice the size of the database), and SOME are free. This was a rehearsal: nothing was changed. Free some space, then start again.
END
    expect test ! -e "$(echo *rehearsal*)"
fi

scenario "N7: a program that does not name the verbs has neither --rehearse nor drift"
use_books
expect migc -n books -o books.c migrations
echo '#include "books.h"
int main(int argc, char **argv) { return migc_main(argc, argv, &books, "books.db", 0); }' >main.c
build_program app main.c books.c
expect_exit 2 ./app up --rehearse
expect_output <<'END'
app: there is no option '--rehearse'; see 'app help'
END
expect_exit 2 ./app drift
expect_output <<'END'
app: there is no command 'drift'; see 'app help'
END
