#!/bin/sh
# The proof inside the program, where the steps in C are.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# write_host PROOF: what options.verbs is.
write_host() {
    cat >host.c <<END
#include "app.h"

int stamp_titles(migc_context *context) {
    return sqlite3_exec(migc_db(context), "CREATE TABLE stamped(a)", NULL, NULL, NULL);
}

int main(int argc, char **argv) {
    migc_options options = {0};
    options.verbs = $1;
    return migc_main(argc, argv, &app, "app.db", &options);
}
END
}

scenario "F4 B7: selftest proves the sample set with its step in C, and touches no file"
expect_exit 0 notes --migrate selftest
expect_output <<'END'
9 migrations: up, down and up again, each and all together.
END
expect test -z "$(ls)"

scenario "F4 N2: selftest finds what only the step in C leaves behind"
migration 001_base.sql <<'END'
-- up
CREATE TABLE base(id INTEGER PRIMARY KEY);
-- down
DROP TABLE base;
END
migration 002_stamp.sql <<'END'
-- up
-- call: stamp_titles
-- down
DELETE FROM base WHERE id = 0;
END
expect_exit 0 migc -Wno-skipped-call -n app -o app.c migrations
write_host 'migc_verbs_all'
expect_exit 0 build_program app app.c host.c
expect_exit 1 ./app selftest
expect_output <<'END'
002_stamp.sql: DOWN leaves table stamped behind
END

scenario "F4 B10: selftest tries views, triggers and full text in the end, with the host's functions"
migration 001_base.sql <<'END'
-- up
CREATE TABLE base(id INTEGER PRIMARY KEY, name TEXT);
CREATE VIEW shouted AS SELECT shout(name) AS name FROM base;
CREATE VIEW broken AS SELECT nope FROM base;
CREATE TRIGGER noted AFTER INSERT ON base BEGIN
    DELETE FROM gone;
END;
CREATE VIRTUAL TABLE found USING fts5(name, content = 'base', content_rowid = 'id');
DROP TRIGGER noted;
INSERT INTO base VALUES (1, 'apple');
CREATE TRIGGER noted AFTER DELETE ON base BEGIN
    DELETE FROM gone;
END;
-- down
DROP TABLE found;
DROP VIEW shouted;
DROP VIEW broken;
DROP TABLE base;
END
printf 'Function: shout/1\n' >migrations/migc.conf
expect_exit 0 migc -Wno-broken-view -Wno-rows -n app -o app.c migrations
write_host 'migc_verbs_all'
expect_exit 0 build_program app app.c host.c
expect_exit 1 ./app selftest
expect_output <<'END'
all: when all have run, the triggers of base: no such table: main.gone
all: when all have run, the view broken: no such column: nope
all: when all have run, the full-text index of found: it does not fit its content, or is damaged
END

scenario "F4: a program that does without the proof says so, and links none of it"
migration 001_base.sql <<'END'
-- up
CREATE TABLE base(id INTEGER PRIMARY KEY);
-- down
DROP TABLE base;
END
expect_exit 0 migc -n app -o app.c migrations
write_host NULL
expect_exit 0 build_program app app.c host.c
expect_exit 2 ./app selftest
expect_output <<'END'
app: there is no command 'selftest'; see 'app help'
END
expect_exit 1 grep -q 'does not bring back' app

scenario "F4 P8: selftest proves the repeatables, with their steps in C"
migration 001_base.sql <<'END'
-- up
CREATE TABLE base(id INTEGER PRIMARY KEY);
-- down
DROP TABLE base;
END
migration R_stamp.sql <<'END'
-- up
-- call: stamp_titles
-- down
DROP TABLE IF EXISTS stamped;
END
expect_exit 0 migc -Wno-skipped-call -n app -o app.c migrations
write_host 'migc_verbs_all'
expect_exit 0 build_program app app.c host.c
expect_exit 1 ./app selftest
expect_output <<'END'
R_stamp.sql: UP fails when it runs again: line 2: stamp_titles() failed: it gave no reason
END
sed 's/CREATE TABLE/& IF NOT EXISTS/' host.c >again.c
expect_exit 0 build_program app app.c again.c
expect_exit 0 ./app selftest
