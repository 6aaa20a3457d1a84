#!/bin/sh
# Three nodes of a cluster on this machine: the sample is migrated, each node is asked, and the leader
# is killed in the middle of the next run.  Run by `make demo-dqlite`.
set -eu

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
PATH=$BUILD:$BUILD/dqlite:$PATH
lab=$(mktemp -d)
. "$ROOT/tests/dqlite/cluster.sh"
trap 'cluster_stop; rm -rf "$lab"' EXIT
trap 'exit 130' INT TERM
cd "$lab"

show() {
    echo "\$ $*"
    "$@"
}

sh "$ROOT/tests/dqlite/write_set.sh" 100 migrations
migc -o parts.c migrations
"$CC" -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I. -o host "$ROOT/tests/dqlite/host.c" parts.c \
    "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" ${SQLITE_LIBS:--lsqlite3}

echo "Three nodes start."
cluster_start "$lab/nodes" 9650
show ./host to 20 --quiet --dqlite "$servers/parts"
for n in 1 2 3; do
    echo "Node $n: $(./host status --dqlite "$(node_address $n)/parts" | tail -n 1)"
done

echo "The other 80 migrations run, each in a transaction of its own; the leader is killed meanwhile."
./host up --each --quiet --wait 60 --dqlite "$servers/parts" &
migrating=$!
sleep 0.3
node=$(leader)
node_kill "$node"
echo "Killed node $node."
wait $migrating
node_start "$node"
for n in 1 2 3; do
    echo "Node $n: $(./host status --wait 30 --dqlite "$(node_address $n)/parts" | tail -n 1)"
done
echo "Migrations that ran twice: $(until_true leader; ask "$(leader)" sql parts \
    'SELECT count(*) - count(DISTINCT version) FROM ledger')"
