# N2: DOWNs that are wrong are found, each in the words that its case states and in no others;
# DOWNs that are right, in whatever spelling, are accused of nothing.  The cases are in
# corpus/wrong and corpus/right; corpus/expand.awk says how one is written.
. "$(dirname "$0")/../lib.sh"

corpus=$ROOT/tests/corpus
newest=$(sqlite_number)

# Warnings are about style, and have tests of their own.
errors() {
    grep ': error: ' "$output" || :
}

expect_right() {
    expect_exit 0 migc check "$1/migrations"
    expect_no_text ': error: '
}

# As many errors as lines of words, and each line somewhere in one of them.
expect_wrong() {
    if [ "$newest" -ge 3053000 ] && grep -qE '^DOWN fails: near "(ALTER|CONSTRAINT)"' "$1/words"; then
        skip "SQLite 3.53 and newer can do that"
        return
    fi
    expect_exit 1 migc check "$1/migrations"
    errors >found
    while read -r words; do
        grep -qF -e "$words" found || fail "expected: $words
$(cat found)"
    done <"$1/words"
    [ "$(wc -l <found)" -eq "$(wc -l <"$1/words")" ] || fail "expected as many errors as there are here:
$(cat "$1/words")
but got:
$(cat found)"
}

for file in "$corpus"/wrong/*.txt "$corpus"/right/*.txt; do
    kind=$(basename "$(dirname "$file")")
    cases=$lab/cases-$kind-$(basename "$file" .txt)
    awk -v dest="$cases" -f "$corpus/expand.awk" "$file" >"$lab/folders"
    while read -r folder; do
        scenario "$kind/$(basename "$file" .txt): $(cat "$folder/name")"
        "expect_$kind" "$folder"
    done <"$lab/folders"
    rm -rf "$cases"
done
