# Sourced by what needs a cluster: three nodes on loopback, from Debian's libdqlite.
#
#     cluster_start DIR BASE     nodes 1 to 3 on 127.0.0.1:BASE+1 to +3, all voters
#     cluster_stop               ends them all
#     node_start N, node_kill N [SIGNAL]
#     leader                     prints the number of who leads, or nothing
#     ask N COMMAND...           tool.c on that node
#
# $servers names the nodes as migc_dqlite_open() wants them.  BUILD names node and tool.

: "${BUILD:?}"
node_address() { echo "127.0.0.1:$((cluster_base + $1))"; }
ask() { node=$1; shift; "$BUILD/dqlite/tool" "$(node_address "$node")" "$@"; }

# Its log is that of this start: "ready" of an earlier one says nothing.
node_start() {
    mkdir -p "$cluster_dir/$1"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$BUILD/dqlite/node" "$1" "$(node_address "$1")" "$cluster_dir/$1" \
            >"$cluster_dir/$1.log" 2>&1 &
        echo $! >"$cluster_dir/$1.pid"
        for _ in $(seq 50); do
            kill -0 "$(cat "$cluster_dir/$1.pid")" 2>/dev/null || break
            ask "$1" leader >/dev/null 2>&1 && return 0
            # A node that has just started knows no leader yet, but it answers.
            grep -qs ready "$cluster_dir/$1.log" && return 0
            sleep 0.02
        done
    done
    return 1
}

node_kill() { kill "-${2:-KILL}" "$(cat "$cluster_dir/$1.pid")" 2>/dev/null; }

leader() {
    for n in 1 2 3; do
        at=$(ask "$n" leader 2>/dev/null) || continue
        echo $((${at##*:} - cluster_base))
        return 0
    done
    return 1
}

# Waits until COMMAND succeeds, at most 30 s.
until_true() {
    for _ in $(seq 1500); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.02
    done
    return 1
}

cluster_start() {
    cluster_dir=$1 cluster_base=$2
    servers=$(node_address 1),$(node_address 2),$(node_address 3)
    mkdir -p "$cluster_dir"
    for n in 1 2 3; do node_start "$n" || return 1; done
    until_true ask 1 leader || return 1
    for n in 2 3; do until_true ask 1 add "$n" "$(node_address "$n")" || return 1; done
}

cluster_stop() {
    for n in 1 2 3; do
        [ ! -e "$cluster_dir/$n.pid" ] || node_kill "$n" CONT
        [ ! -e "$cluster_dir/$n.pid" ] || node_kill "$n" KILL
    done
    wait 2>/dev/null
}
