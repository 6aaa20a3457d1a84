# Sourced by the tests on a cluster: a program, what it must leave behind, and leaders that die.
#
#     part=N                a number of its own for each script, before it sources this
#     make_host             100 migrations in a program; make_host_of_sets: 2 sets of 40
#     new_cluster           three nodes
#     run COMMAND...        the program on the cluster
#     expect_exactly_once   it has what a local run makes, on each node
#     campaign MS OPTION... runs of up with OPTIONs, while leaders die
#
# RUNS is how many runs a campaign makes (30), SEED where its random times begin, CLUSTERS how many
# clusters it has at once (4): they mostly sleep.
. "$ROOT/tests/dqlite/cluster.sh"

RUNS=${RUNS:-30} SEED=${SEED:-1} CLUSTERS=${CLUSTERS:-4} workers=
# Four ports a cluster, below those that connections get: a stretch for each part, and for another
# `make test-dqlite` beside this one most likely other stretches.
span=$(((RUNS + 20) * 4))
slot=$(echo "${PROGRAMS:-$$}" | cksum | cut -d ' ' -f 1)
base=$((20000 + (slot % (12000 / span / 4) * 4 + part) * span)) cluster_dir= cluster_base=$base
PATH=$BUILD/dqlite:$PATH
# shellcheck disable=SC2086  # a list
trap 'status=$?; [ -z "$workers" ] || kill $workers 2>/dev/null; cluster_stop; end_script $status' EXIT

# The program is called host, and what a file has behind a run of it is in $lab/local.
link_host() {
    # shellcheck disable=SC2086  # the flags are lists
    expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/runtime/dqlite" -I"$lab" -o "$lab/host" \
        "$@" "$BUILD/libmigc-dqlite.a" "$BUILD/libmigc.a" ${SQLITE_LIBS:--lsqlite3}
    PATH=$lab:$PATH
    expect_exit 0 host up --db local.db
    contents local.db >"$lab/local"
}

make_host() {
    sh "$ROOT/tests/dqlite/write_set.sh" 100 "$lab/migrations"
    expect_exit 0 migc -o "$lab/parts.c" "$lab/migrations"
    link_host "$ROOT/tests/dqlite/host.c" "$lab/parts.c"
}

# Each of the sets needs parts of the other, so neither is proven alone.
make_host_of_sets() {
    sh "$ROOT/tests/dqlite/write_sets.sh" 40 "$lab"
    expect_exit 0 migc --no-prove -n core -o "$lab/core.c" "$lab/core"
    expect_exit 0 migc --no-prove -n shop --module -o "$lab/shop.c" "$lab/shop"
    link_host "$ROOT/tests/dqlite/two_sets.c" "$lab/core.c" "$lab/shop.c"
}

# new_cluster: in the scenario's folder, on ports that no cluster before has had.
new_cluster() {
    [ -z "$cluster_dir" ] || cluster_stop
    base=$((base + 4))
    cluster_start "$PWD/nodes" $base || fail "no cluster: $(cat nodes/*.log)"
}

# run COMMAND [OPTION...]: the host on the cluster.
run() { host "$@" --dqlite "$servers/parts"; }

# What a database holds, but for times and names of machines.
contents() {
    sqlite3 "$1" "SELECT type, name, tbl_name, sql FROM sqlite_schema
        WHERE name NOT LIKE 'migc_%' AND name NOT LIKE 'sqlite_%' ORDER BY 1, 2;
        SELECT version FROM ledger ORDER BY id; PRAGMA user_version;
        SELECT set_name, seq, version, name, checksum, chain, down FROM migc_migrations;
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

# A run on a cluster of its own: run_with_deaths RUN MS [OPTION...]
run_with_deaths() {
    this=$1 longest=$2 kills=0 random=$((SEED * 1000 + $1))
    shift 2
    mkdir "run$this" && cd "run$this" || exit 2
    base=$((first_base + this * 4)) output=$PWD/output
    new_cluster
    migrate "$@" &
    migrating=$!
    kill_leaders $migrating "$longest"
    wait $migrating || fail "run $this of $*: $(cat said)"
    expect_exit 0 run up
    expect_text "Nothing to do"
    expect_exactly_once "run $this of $*"
    cluster_stop
    cd ..
    rm -rf "run$this"
    echo "$kills" >>kills
}

# Every CLUSTERS-th run, from the N-th on: run_every N MS [OPTION...]
run_every() {
    number=$1
    shift
    trap cluster_stop EXIT
    trap 'exit 130' INT TERM HUP
    while [ "$number" -le "$RUNS" ] && [ ! -e "$lab/failure" ]; do
        run_with_deaths "$number" "$@"
        number=$((number + CLUSTERS))
    done
}

# campaign MS [OPTION...]: runs of up with OPTIONs, with leaders killed after up to MS milliseconds.
campaign() {
    first_base=$base
    for n in $(seq "$CLUSTERS"); do
        (run_every "$n" "$@") &
        workers="$workers $!"
    done
    # shellcheck disable=SC2086  # a list
    wait $workers
    workers= base=$((first_base + RUNS * 4))
    shift
    kills=$(($(tr '\n' '+' <kills)0))
    echo "  $RUNS runs $*, $kills leaders killed" >&2
    expect test "$(wc -l <kills)" -eq "$RUNS"
    expect test "$kills" -ge "$RUNS"
}
