# Two sets in one database of a cluster: one run, in one order, exactly once.
. "$(dirname "$0")/../../lib.sh"
part=3
. "$ROOT/tests/dqlite/campaign.sh"

scenario "N14: two sets go up on a cluster as one run, and every node has what a local run makes"
make_host_of_sets
new_cluster
expect_exit 0 run plan
expect_text "shop/002_part"
expect_exit 0 run up --dry-run
expect_text "Dry run: 80 would be applied"
expect_exit 0 run up
expect_text "80 applied"
expect_exactly_once "a first run"
for n in 1 2 3; do
    expect_exit 0 host status --dqlite "$(node_address $n)/parts"
    expect_text "Total: 40 | Applied: 40 | Pending: 0"
    expect_no_text "Pending: 40"
done
expect_exit 0 run up
expect_text "Nothing to do"
expect_exit 0 run status --json
expect_exit 0 run history
expect_exit 0 run validate

scenario "N14: one of two sets goes down on a cluster, but not what the other needs"
new_cluster
expect_exit 0 run up --each
expect_exit 2 run down --yes
expect_text "choose it with --set NAME"
expect_exit 5 run to 31 --set core --yes
expect_text "revert that first"
expect_exit 0 run to 32 --set core --yes
expect_exit 0 run to 31 --set shop --yes
expect_exit 0 run to 31 --set core --yes
expect_exit 0 run redo --set shop --yes
expect_exit 0 run up
expect_text "18 applied"

scenario "N14: eight programs at once apply two sets once"
new_cluster
for n in 1 2 3 4 5 6 7 8; do
    (host up --wait 60 --dqlite "$servers/parts" >"said$n" 2>&1; echo $? >"status$n") &
    pids="${pids:-} $!"
done
# shellcheck disable=SC2086
wait $pids
expect test "$(cat status? | sort -u)" = 0
expect_exactly_once "eight at once"

scenario "N14: leaders die while two sets go up in one transaction"
RUNS=10
campaign 60

scenario "N14: leaders die while two sets go up, a transaction each"
campaign 200 --each
