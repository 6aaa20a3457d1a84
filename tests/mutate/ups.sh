#!/bin/sh
# How much of what can go wrong in an UP the proof finds, on rows that nobody wrote:
#
#     ups.sh MIGC COUNT FOLDER...
#
# Changes one thing in the UP of one migration, at each place that there is, in up to COUNT sets,
# and asks migc.  Found is what gets an error or a warning that the right set does not have; what
# survives is listed by kind.
here=$(cd "$(dirname "$0")" && pwd) || exit 2
migc=$1 count=$2
shift 2
lab=$(mktemp -d) || exit 2
trap 'rm -rf "$lab"' EXIT
trap 'exit 1' HUP INT TERM
said() {
    "$migc" check "$1" >"$lab/said" 2>&1 || { echo 1000; return; } # an error is always news
    grep -cE ': (error|warning): ' "$lab/said"
}
for folder; do
    rm -rf "$lab/set"
    mkdir "$lab/set" && cp "$folder"/*.sql "$lab/set" || exit 2
    right=$(said "$lab/set")
    for file in "$folder"/[0-9]*.sql; do
        number=0
        while [ "$count" -gt 0 ]; do
            number=$((number + 1))
            awk -v number="$number" -v kind="$lab/kind" -f "$here/ups.awk" "$file" >"$lab/mutant" || break
            cp "$lab/mutant" "$lab/set/${file##*/}"
            count=$((count - 1))
            [ "$(said "$lab/set")" -gt "$right" ] && fate=found || fate=survives
            echo "$fate: $(cat "$lab/kind")" >>"$lab/fates"
            [ $fate = found ] || [ -z "${VERBOSE:-}" ] || echo "survives: ${file##*/}, change $number: $(cat "$lab/kind")"
        done
        cp "$file" "$lab/set"
    done
done
[ -s "$lab/fates" ] || { echo "ups.sh: nothing to change" >&2; exit 2; }
sort "$lab/fates" | uniq -c | sed 's/^ *//'
awk '/^found/ { found++ } END { print NR " UPs with one change: " found " are found, " NR - found " survive" }' "$lab/fates"
