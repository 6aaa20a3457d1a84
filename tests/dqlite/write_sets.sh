#!/bin/sh
# write_sets.sh COUNT DIR: two sets of COUNT migrations each in DIR/core and DIR/shop, as write_set.sh
# makes them.  Each tenth of shop needs that of core, and the one of core behind it that of shop.
set -eu
mkdir -p "$2/core" "$2/shop"
cat >"$2/core/001_ledger.sql" <<'END'
-- up
CREATE TABLE ledger(id INTEGER PRIMARY KEY, version TEXT NOT NULL);
INSERT INTO ledger(version) VALUES('core 1');

-- down
DROP TABLE ledger;
END
for set in core shop; do
    n=1
    while [ "$n" -le "$1" ]; do
        name=$(printf %03d "$n")_part needs=
        [ "$set" = shop ] && [ $((n % 10)) = 2 ] && needs="-- Depends: core/$name"
        [ "$set" = core ] && [ $((n % 10)) = 3 ] && needs="-- Depends: shop/$(printf %03d $((n - 1)))_part"
        [ "$set$n" = core1 ] || cat >"$2/$set/$name.sql" <<END
$needs
-- up
CREATE TABLE ${set}_$n(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO ${set}_$n(name) VALUES('a'), ('b');
INSERT INTO ledger(version) VALUES('$set $n');

-- down
DELETE FROM ledger WHERE version = '$set $n';
DROP TABLE ${set}_$n;
END
        n=$((n + 1))
    done
done
