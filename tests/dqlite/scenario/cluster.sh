# The same set on a dqlite cluster of three nodes.
. "$(dirname "$0")/../../lib.sh"
part=0
. "$ROOT/tests/dqlite/campaign.sh"

scenario "N14: one program migrates a cluster, and every node has what a local run makes"
make_host
new_cluster
expect_exit 0 run up
expect_text "100 applied"
expect_exactly_once "a first run"
for n in 1 2 3; do
    expect_exit 0 host status --dqlite "$(node_address $n)/parts"
    expect_text "Total: 100 | Applied: 100 | Pending: 0"
done

scenario "N14: down, to, redo, history, plan, validate, a dry run and JSON work on a cluster"
new_cluster
expect_exit 0 run up --each
expect_exit 0 run down --yes
expect_text "1 reverted"
expect_exit 0 run redo --yes
expect_exit 0 run to 50 --yes
expect_exit 0 run plan
expect_text "051_part"
expect_exit 0 run up --dry-run
expect_text "Dry run: 50 would be applied"
expect_exit 0 run up --json
expect_exit 0 run history
expect_text "  down     100_part"
expect_exit 0 run validate
expect_exit 0 run status --json
expect_text '"pending":0'

scenario "N14: a step in C that asks for the connection is refused by name: in the plan, where its header says so"
mkdir calls
cat >calls/001_base.sql <<'END'
-- up
CREATE TABLE ledger(id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
-- call: fill_ledger
-- down
DROP TABLE ledger;
END
cat >calls/002_connection.sql <<'END'
-- up
-- call: use_connection
-- down
SELECT 1;
END
cat >steps.c <<'END'
#include "parts.h"
int fill_ledger(migc_context *context) {
    return migc_exec(context, "INSERT INTO ledger(version) VALUES(1)");
}
int use_connection(migc_context *context) {
    return migc_db(context) ? 0 : migc_fail(context, "no connection");
}
END
expect_exit 0 migc --no-prove -n parts -o parts.c calls
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I. -o calling \
    "$ROOT/tests/dqlite/host.c" parts.c steps.c "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" \
    ${SQLITE_LIBS:--lsqlite3}
new_cluster
expect_exit 0 ./calling plan --dqlite "$servers/parts"
expect_text "calls fill_ledger() in C: without migc_db() on a cluster"
expect_text "calls use_connection() in C"
expect_exit 1 ./calling up --each --dqlite "$servers/parts"
expect_text "use_connection"
expect_text "it asks for the connection, by migc_db(), and a cluster has none"
expect_text "'Engine: sqlite' in the header has it refused before anything runs"
expect_exit 0 ./calling status --dqlite "$servers/parts"
expect_text "Applied: 1 | Pending: 1"
sed -i '1i -- Engine: sqlite' calls/002_connection.sql
expect_exit 0 migc --no-prove -n parts -o parts.c calls
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I. -o declared \
    "$ROOT/tests/dqlite/host.c" parts.c steps.c "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" \
    ${SQLITE_LIBS:--lsqlite3}
for command in plan "up --dry-run" "up --each"; do
    # shellcheck disable=SC2086
    expect_exit 1 ./declared $command --dqlite "$servers/declared"
    expect_text "002_connection.sql is for SQLite alone (Engine: sqlite)"
    expect_text "use_connection"
done
expect_exit 0 ./declared up --db declared.db

scenario "N14: what a cluster cannot do is refused, with the reason"
for command in backup backups "restore x.db" drift "up --rehearse" "validate --check" "up --backup"; do
    # shellcheck disable=SC2086
    expect_exit 2 run $command
    expect_text "--dqlite"
done

scenario "N14: no way back that needs stored DOWNs is tried or named on a cluster"
new_cluster
mkdir releases
printf -- '-- up\nCREATE TABLE a(x);\n-- down\nDROP TABLE a;\n' >releases/001_a.sql
printf -- '-- up\nCREATE TABLE b(x);\n-- down\nDROP TABLE b;\n' >releases/002_b.sql
make_release() {
    expect_exit 0 migc -n parts -o parts.c releases
    expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I. -o release \
        "$ROOT/tests/dqlite/host.c" parts.c "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" \
        ${SQLITE_LIBS:--lsqlite3}
}
make_release
expect_exit 0 ./release up --dqlite "$servers/releases"
sed -i 's/b(x)/b(y)/' releases/002_b.sql
make_release
for command in up "redo --yes" "down --yes"; do
    # shellcheck disable=SC2086
    expect_exit 5 ./release $command --dqlite "$servers/releases"
    expect_text "002_b.sql was edited after it had been applied"
    expect_no_text "down --to"
done
rm releases/002_b.sql
make_release
expect_exit 5 ./release up --dqlite "$servers/releases"
expect_text "1 ahead of this program"
expect_no_text "down --to"
expect_exit 0 ./release up --db releases.db

scenario "N14: a cluster without a majority is waited for, and said to be unreachable"
new_cluster
node_kill 2
node_kill 3
expect_exit 4 run up --wait 1
expect_text "the cluster does not answer"
expect_text "(127.0.0.1:"
expect_text "parts: waiting for the cluster, "
expect_no_text "locked"

scenario "N14: a node that cannot be reached is named, with the reason"
expect_exit 4 host up --wait 1 --dqlite "127.0.0.1:$((base + 4))/parts"
expect_text "the node cannot be reached (127.0.0.1:$((base + 4)))"
expect_exit 4 host up --wait 1 --dqlite nosuch.invalid:9001/parts
expect_text "the node cannot be reached (nosuch.invalid:9001)"
for servers in nonsense :9001 h: h:9001,,i:9001 ,; do
    expect_exit 2 host up --dqlite "$servers/parts"
    expect_text "HOST:PORT"
done

scenario "N14: a database's name is what tells it from others, and a wrong one is a new database"
new_cluster
expect_exit 0 run up
expect_exit 0 host status --dqlite "$servers/Parts"
expect_text "Total: 100 | Applied: 0 | Pending: 100"
expect_exit 0 host up --dqlite "$servers/prats"
expect_text "100 applied"
expect_exit 0 run status
expect_text "Total: 100 | Applied: 100 | Pending: 0"
expect_exit 0 host up --dqlite "$servers/$(printf '%0500d' 0)"
expect_exit 2 host up --dqlite "$servers/$(printf '%0501d' 0)"
expect_text "a NAME of at most 500 bytes"
expect_exit 2 host up --dqlite "$servers/"
expect_exit 2 host up --dqlite "$servers/parts/old"
expect_text "HOST:PORT"

scenario "N14: a program that must not migrate waits until another has migrated the cluster"
new_cluster
expect_exit 1 run up --wait-current 1
expect_text "waited until another program would apply 001_ledger"
run up --wait-current 30 >waited 2>&1 &
waiting=$!
expect_exit 0 run up
wait $waiting || fail "$(cat waited)"

scenario "N14: a stopped leader is left for the one that follows it"
new_cluster
host up --each --wait 60 --dqlite "$servers/parts" >said 2>&1 &
migrating=$!
sleep 0.3
stopped=$(leader)
node_kill "$stopped" STOP
wait $migrating || fail "$(cat said)"
node_kill "$stopped" CONT
expect_exactly_once "a leader that was stopped"

scenario "N14: a stopped leader is left where it alone was named: it has named the others by then"
new_cluster
stopped=$(leader)
host up --each --wait 60 --dqlite "$(node_address "$stopped")/parts" >said 2>&1 &
migrating=$!
sleep 0.3
node_kill "$stopped" STOP
wait $migrating || fail "$(cat said)"
node_kill "$stopped" CONT
expect_exactly_once "a leader that was stopped, and alone was named"

scenario "N14: a stopped node that alone is named is waited for as long as --wait and --timeout say"
node_kill 1 STOP
for command in status plan history validate up; do
    begun=$(date +%s)
    expect_exit 4 host $command --wait 1 --dqlite "$(node_address 1)/parts"
    expect_text "the node does not answer ($(node_address 1)), and no other node is named"
    expect test $(($(date +%s) - begun)) -le 5
done
begun=$(date +%s)
expect_exit 124 host down --yes --timeout 2 --dqlite "$(node_address 1)/parts"
expect_text "the deadline of 2 s has passed"
expect_text "($(node_address 1))"
expect test $(($(date +%s) - begun)) -le 5
node_kill 1 CONT

scenario "N14: eight programs at once apply each migration once"
new_cluster
for n in 1 2 3 4 5 6 7 8; do
    (host up --wait 60 --dqlite "$servers/parts" >"said$n" 2>&1; echo $? >"status$n") &
    pids="${pids:-} $!"
done
# shellcheck disable=SC2086
wait $pids
expect test "$(cat status? | sort -u)" = 0
expect_exactly_once "eight at once"

scenario "N14: a program that is killed again and again leaves nothing half done"
new_cluster
for after in 05 10 15 20 25 30; do
    host up --each --dqlite "$servers/parts" >said 2>&1 &
    migrating=$!
    sleep 0.$after
    kill -9 $migrating 2>/dev/null
    wait $migrating 2>/dev/null
done
expect_exit 0 run up --wait 60
expect_exactly_once "kills of the program"

scenario "N14: leaders die while half of a set goes down, is redone, and goes up again"
new_cluster
expect_exit 0 run up
for command in "to 50 --yes" "redo -n 30 --yes" "up --each"; do
    kills=0 random=$SEED
    # shellcheck disable=SC2086
    host $command --wait 60 --dqlite "$servers/parts" >said 2>&1 &
    migrating=$!
    kill_leaders $migrating 90
    wait $migrating || fail "$command: $(cat said)"
done
reversions() {
    rm -rf copy && mkdir copy && ask 1 dump parts copy && sqlite3 copy/parts "
        SELECT count(*), count(DISTINCT version) FROM ledger;
        SELECT action, count(*) FROM migc_events WHERE action IN ('up', 'down') GROUP BY 1 ORDER BY 1"
}
reversions_are_right() { test "$(reversions | tr '\n' ' ')" = "100|100 down|80 up|180 "; }
until_true reversions_are_right || fail "$(reversions)"
expect_exit 0 run validate

scenario "N14: repeatables and migrations without a transaction run on a cluster, and come back"
mkdir migrations
cat >migrations/001_start.sql <<'END'
-- up
CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT);
INSERT INTO a(x) VALUES('one'), ('two');
-- down
DROP TABLE a;
END
cat >migrations/002_outside.sql <<'END'
-- Transaction: none
-- up
CREATE INDEX a_x ON a(x);
UPDATE a SET x = x || '!';
-- down
UPDATE a SET x = rtrim(x, '!');
DROP INDEX a_x;
END
cat >migrations/R_all.sql <<'END'
-- up
DROP VIEW IF EXISTS all_of_a;
CREATE VIEW all_of_a AS SELECT x FROM a;
-- down
DROP VIEW IF EXISTS all_of_a;
END
expect_exit 0 migc -n parts -o parts.c migrations
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I. -o small \
    "$ROOT/tests/dqlite/host.c" parts.c "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" \
    ${SQLITE_LIBS:--lsqlite3}
new_cluster
for command in up "redo -n 2 --yes" "to 1 --yes" "up --each"; do
    # shellcheck disable=SC2086
    expect_exit 0 ./small $command --dqlite "$servers/small"
done
expect_exit 0 ./small status --dqlite "$servers/small"
expect_text "Total: 2 | Applied: 2 | Pending: 0 | Repeatable: 1, to run: 0"
mkdir copy && ask 1 dump small copy
expect test "$(sqlite3 copy/small 'SELECT group_concat(x) FROM all_of_a')" = 'one!,two!'
