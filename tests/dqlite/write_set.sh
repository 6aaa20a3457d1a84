#!/bin/sh
# write_set.sh COUNT DIR: COUNT migrations, each of which makes a table, fills it, and adds itself to
# `ledger`, where a migration that ran twice shows.
set -eu
mkdir -p "$2"
cat >"$2/001_ledger.sql" <<'END'
-- up
CREATE TABLE ledger(id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO ledger(version) VALUES(1);

-- down
DROP TABLE ledger;
END
n=2
while [ "$n" -le "$1" ]; do
    cat >"$2/$(printf %03d "$n")_part.sql" <<END
-- up
CREATE TABLE part_$n(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE INDEX part_${n}_name ON part_$n(name);
INSERT INTO part_$n(name) VALUES('a'), ('b');
INSERT INTO ledger(version) VALUES($n);

-- down
DELETE FROM ledger WHERE version = $n;
DROP TABLE part_$n;
END
    n=$((n + 1))
done
