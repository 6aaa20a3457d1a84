# The same set on a dqlite cluster of three nodes, while leaders die.  RUNS is how many runs each of
# the two campaigns makes (30), SEED where their random times begin.
. "$(dirname "$0")/../../lib.sh"
. "$ROOT/tests/dqlite/cluster.sh"

RUNS=${RUNS:-30} SEED=${SEED:-1}
base=$((20000 + $$ % 1000 * 10)) cluster_dir= cluster_base=$base
PATH=$BUILD/dqlite:$PATH
trap 'cluster_stop; end_script $?' EXIT

# new_cluster: in the scenario's folder, on ports that no cluster before has had.
new_cluster() {
    [ -z "$cluster_dir" ] || cluster_stop
    base=$((base + 10))
    cluster_start "$PWD/nodes" $base || fail "no cluster: $(cat nodes/*.log)"
}

# run COMMAND [OPTION...]: the host on the cluster.
run() { host "$@" --dqlite "$servers/parts"; }

# What a database holds, but for times and names of machines.
contents() {
    sqlite3 "$1" "SELECT type, name, tbl_name, sql FROM sqlite_schema
        WHERE name NOT LIKE 'migc_%' AND name NOT LIKE 'sqlite_%' ORDER BY 1, 2;
        SELECT version FROM ledger ORDER BY id; PRAGMA user_version;
        SELECT seq, version, name, checksum, chain, down FROM migc_migrations;
        SELECT count(*) FROM migc_events WHERE action = 'up'"
}

# Whether the three nodes have the same files, and node 1 what a local run has made.
replicas_agree() {
    for n in 1 2 3; do
        rm -rf "copy$n" && mkdir "copy$n" && ask "$n" dump parts "copy$n" || return 1
        contents "copy$n/parts" >"contents$n" 2>&1 || return 1
    done
    cmp -s contents1 contents2 && cmp -s contents2 contents3
}

# What a person needs to know of replicas that do not agree.
describe_replicas() {
    for n in 1 2 3; do
        kill -0 "$(cat "nodes/$n.pid")" 2>/dev/null && echo "node $n runs" || echo "node $n has ended"
        tail -n 3 "nodes/$n.log"
        cksum "contents$n"
    done
    diff contents1 contents2 | head -n 3
    diff contents2 contents3 | head -n 3
}

expect_exactly_once() {
    until_true replicas_agree || fail "the replicas differ after $1: $(describe_replicas)"
    diff "$lab/local" contents1 >difference || fail "differs from a local run after $1: $(head -n 5 difference)"
    expect test -s contents1
}

# The leader is killed and started again, each time after up to $2 ms, while process $1 lives.
kill_leaders() {
    killed=0
    while kill -0 "$1" 2>/dev/null && [ "$killed" -lt 8 ]; do
        random=$(((random * 1103515245 + 12345) % 2147483648))
        sleep "0.$(printf %03d $((random / 65536 % $2 + 10)))"
        kill -0 "$1" 2>/dev/null || break
        node=$(leader) || continue
        node_kill "$node" && killed=$((killed + 1)) kills=$((kills + 1))
        node_start "$node" || fail "node $node does not start again: $(tail -n 3 "nodes/$node.log")"
    done
}

# migrate [OPTION...]: up, until it ends well; a step that two leaders died of, as it must seem when they
# die by chance, stops a run, and the next one goes on.
migrate() {
    for _ in 1 2 3; do
        host up --wait 60 "$@" --dqlite "$servers/parts" >said 2>&1 && return
        grep -q "twice in a row while this step was at work" said || return
    done
}

# campaign MS [OPTION...]: runs of up with OPTIONs, with leaders killed after up to MS milliseconds.
campaign() {
    span=$1
    shift
    kills=0 random=$SEED run=0
    while [ $run -lt "$RUNS" ] && [ ! -e "$lab/failure" ]; do
        run=$((run + 1))
        rm -rf nodes
        new_cluster
        migrate "$@" &
        migrating=$!
        kill_leaders $migrating "$span"
        wait $migrating || fail "run $run of $*: $(cat said)"
        expect_exit 0 run up
        expect_text "Nothing to do"
        expect_exactly_once "run $run of $*"
        cluster_stop
    done
    echo "  $run runs $*, $kills leaders killed" >&2
}

scenario "N14: one program migrates a cluster, and every node has what a local run makes"
sh "$ROOT/tests/dqlite/write_set.sh" 100 "$lab/migrations"
cd "$lab" || exit 2
expect_exit 0 migc -o "$lab/parts.c" "$lab/migrations"
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I"$lab" -o "$lab/host" \
    "$ROOT/tests/dqlite/host.c" "$lab/parts.c" "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" \
    ${SQLITE_LIBS:--lsqlite3}
PATH=$lab:$PATH
cd "$lab/$count" || exit 2
expect_exit 0 host up --db local.db
contents local.db >"$lab/local"
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

scenario "N14: a plan names the steps in C, and one that asks for the connection is refused by name"
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
expect_exit 0 ./calling status --dqlite "$servers/parts"
expect_text "Applied: 1 | Pending: 1"

scenario "N14: what a cluster cannot do is refused, with the reason"
for command in backup backups "restore x.db" drift "up --rehearse" "validate --check" "up --backup"; do
    # shellcheck disable=SC2086
    expect_exit 2 run $command
    expect_text "--dqlite"
done

scenario "N14: a cluster without a majority is waited for, and said to be unreachable"
new_cluster
node_kill 2
node_kill 3
expect_exit 4 run up --wait 1
expect_text "the cluster does not answer"

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

scenario "N14: a program that is killed leaves nothing half done"
new_cluster
host up --each --dqlite "$servers/parts" >said 2>&1 &
migrating=$!
sleep 0.4
kill -9 $migrating
wait $migrating 2>/dev/null
expect_exit 0 run up --wait 60
expect_exactly_once "a kill of the program"

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

scenario "N14: leaders die while each migration is a transaction of its own"
campaign 200 --each

scenario "N14: leaders die while all migrations are one transaction"
campaign 60
