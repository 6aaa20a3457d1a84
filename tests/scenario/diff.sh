# Pairs of schemas, random ones and such that have been wrong: the migration that migc diff writes
# reaches the second, keeps the rows of columns that both have, and its DOWN comes back.
# DIFFS=1000 LIMIT=9000 has the whole campaign.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/diff/pair.sh"

scenario "C3 N20: between random schemas the migration written reaches the target, keeps the rows and comes back"
pairs=${DIFFS:-40}
seed=1
while [ "$seed" -le "$pairs" ]; do
    rm -rf pair && mkdir pair && cd pair || exit 2
    awk -v SEED="$seed" -v A=a.sql -v B=b.sql -f "$ROOT/tests/diff/random.awk" </dev/null
    [ ! -s a.sql ] || try_pair "seed $seed" >>"$output" 2>&1
    cd ..
    seed=$((seed + 1))
done
expect_output </dev/null

scenario "C3 N20: so it does for keys, STRICT, views on views, names with quotes, computed defaults and references"
awk '/^== / { n++; mkdir = "mkdir " n; system(mkdir); file = n "/a.sql"; print substr($0, 4) >(n "/title"); next }
     /^-- to/ { file = n "/b.sql"; next }
     file != "" { print >file }' "$ROOT/tests/diff/kinds.txt"
for pair in [0-9]*; do
    cd "$pair" || exit 2
    try_pair "$(cat title)" >>"$output" 2>&1
    cd ..
done
expect test -d 13
expect_output </dev/null
