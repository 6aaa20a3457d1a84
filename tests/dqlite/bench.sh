#!/bin/sh
# Measures a set of 100 migrations on a cluster of three nodes on this machine, against local files.
# Run by `make bench-dqlite`.
set -eu

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
PATH=$BUILD:$BUILD/dqlite:$PATH
lab=$(mktemp -d)
. "$ROOT/tests/dqlite/cluster.sh"
trap 'cluster_stop; rm -rf "$lab"' EXIT
trap 'exit 130' INT TERM
cd "$lab"
sh "$ROOT/tests/dqlite/write_set.sh" 100 migrations
migc -o parts.c migrations
"$CC" -O2 -D_POSIX_C_SOURCE=200809L -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I. -o measure \
    "$ROOT/tests/dqlite/measure.c" parts.c "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" \
    ${SQLITE_LIBS:--lsqlite3}
cluster_start "$lab/nodes" $((30000 + $$ % 1000 * 10))
./measure "$servers" "$lab"
